const LIMIT_MS = 30_000;

/** The work, aborted when it takes too long. `AbortSignal.timeout` would do, but React Native has none. */
export async function limited<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LIMIT_MS);
  try {
    return await work(stop.signal);
  } finally {
    clearTimeout(timer);
  }
}
