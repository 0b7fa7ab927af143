/* How the explorer reaches the server: HTTP for requests, graphql-transport-ws for subscriptions, each with the token. */

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { createClient } from "graphql-ws";

import { accessToken, timeLeftMs } from "./session.js";

/* A code of our own: the client sees an abnormal end, connects again, and brings a fresh token. */
const TOKEN_EXPIRED = 4205;

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

export const fetcher = createGraphiQLFetcher({
  url: "/graphql",
  wsClient: sockets,
  fetch: async (url, options) =>
    fetch(url, { ...options, headers: { ...options.headers, authorization: `Bearer ${await accessToken()}` } }),
});
