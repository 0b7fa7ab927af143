/* How the explorer reaches the server: HTTP for requests, graphql-transport-ws for subscriptions, each with the token. */

import { createGraphiQLFetcher, isAsyncIterable } from "@graphiql/toolkit";
import { createClient } from "graphql-ws";

import { accessToken, timeLeftMs } from "../../assets/session.js";
import { noteAnswer } from "./cost.jsx";

/* A code of our own: the client sees an abnormal end, connects again, and brings a fresh token. */
const TOKEN_EXPIRED = 4205;
/* GraphiQL asks for the schema by itself; what that costs is nobody's last request. */
const INTROSPECTION = "IntrospectionQuery";

let expiry = 0;

const sockets = createClient({
  url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`,
  connectionParams: async () => ({ authorization: `Bearer ${await accessToken()}` }),
  keepAlive: 10_000,
  retryAttempts: Infinity,
  shouldRetry: () => true,
  on: {
    connected(socket) {
      clearTimeout(expiry);
      expiry = setTimeout(() => {
        if (socket.readyState === WebSocket.OPEN) socket.close(TOKEN_EXPIRED, "The token expires.");
      }, timeLeftMs());
    },
    closed: () => clearTimeout(expiry),
  },
});

const ask = createGraphiQLFetcher({
  url: "/graphql",
  wsClient: sockets,
  fetch: async (url, options) =>
    fetch(url, { ...options, headers: { ...options.headers, authorization: `Bearer ${await accessToken()}` } }),
});

export async function fetcher(parameters, options) {
  const answer = await ask(parameters, options);
  if (parameters.operationName === INTROSPECTION) return answer;
  noteAnswer(null);
  if (isAsyncIterable(answer)) return noted(answer);
  noteAnswer(answer);
  return answer;
}

/* The same answers. Not a generator, because one that waits for an answer cannot be stopped before it comes. */
function noted(answers) {
  const inner = answers[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      try {
        const step = await inner.next();
        if (!step.done) [step.value].flat().forEach(noteAnswer);
        return step;
      } catch (failure) {
        /* A WebSocket refuses an operation with its errors alone. */
        noteAnswer({ errors: failure });
        throw failure;
      }
    },
    return: () => inner.return(),
  };
}
