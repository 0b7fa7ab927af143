/* What the last request cost, and when to come back if too few points were left. Nothing when the server says nothing. */

import { useSyncExternalStore } from "react";

const listeners = new Set();
let last = null;

/** Keeps what an answer says of its cost; null forgets it. Parts of an answer that say nothing change nothing. */
export function noteAnswer(answer) {
  if (answer === null) {
    keep(null);
    return;
  }
  const errors = Array.isArray(answer.errors) ? answer.errors : [];
  const refusal = errors.find(({ extensions }) => extensions?.code === "RATE_LIMITED")?.extensions;
  const cost = answer.extensions?.cost ?? refusal?.cost;
  if (cost || refusal) keep({ ...cost, isRefused: refusal !== undefined, retryAfterSeconds: refusal?.retryAfterSeconds });
}

function keep(cost) {
  last = cost;
  listeners.forEach((tell) => tell());
}

function listen(tell) {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export const useCost = () => useSyncExternalStore(listen, () => last);

export function Cost({ cost }) {
  const { isRefused, requested, actual, remaining, restoreRate, retryAfterSeconds } = cost;
  return (
    <p className={isRefused ? "cost refused" : "cost"} role="status">
      {isRefused ? (
        <strong>
          Too few points{requested !== undefined && ` for ${points(requested)}`}.
          {retryAfterSeconds !== undefined && ` Try again in ${retryAfterSeconds} s.`}
        </strong>
      ) : (
        <strong>Cost {points(actual)}</strong>
      )}
      {!isRefused && requested !== undefined && <span>{requested} reserved</span>}
      {remaining !== undefined && <span>{remaining} left</span>}
      {restoreRate !== undefined && <span>{restoreRate} come back each second</span>}
    </p>
  );
}

const points = (count) => `${count} ${count === 1 ? "point" : "points"}`;
