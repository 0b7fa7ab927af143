export { createClient, type Client, type ClientOptions } from "./client.js";
export type { Document } from "./document.js";
export { Refused, type GraphQLFault } from "./refused.js";
export { Session, SessionEnded, type Credentials, type SessionOptions } from "./session.js";
export { Socket, backOffMs, retryHintMs, type Closed, type Listener, type SocketOptions, type Subscription } from "./socket.js";
export type { Stream } from "./stream.js";
export * from "./generated.js";
