import { createClient, type Client, type FormattedExecutionResult } from "graphql-ws";
import { Refused, type GraphQLFault } from "./refused.js";
import { SessionEnded, type Session } from "./session.js";

const LONGEST_WAIT_MS = 30_000;
const PING_MS = 10_000;
const SERVICE_RESTART = 1012;
const FORBIDDEN = 4403;

/** Why a socket closed. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

export interface SocketOptions {
  /** The class of sockets where the platform has none: `WebSocket` of the package `ws` in Node.js before 22. */
  readonly webSocketImpl?: unknown;
  /** Hears why the socket closed, each time. */
  readonly onClosed?: (closed: Closed) => void;
}

/** What to follow: a document by its id, either as `documentId` or as Apollo clients name it. */
export interface Subscription {
  readonly documentId?: string | undefined;
  readonly extensions?: Record<string, unknown> | undefined;
  readonly variables?: object | undefined;
}

/** Who listens. After `error` or `complete` nothing more comes. */
export interface Listener<Result> {
  next(result: FormattedExecutionResult<Result>): void;
  error(reason: unknown): void;
  complete(): void;
}

/** How long a server that leaves asks its clients to wait; null when it does not say. */
export function retryHintMs({ code, reason }: Closed): number | null {
  const hint = code === SERVICE_RESTART ? /retry in (\d+)\s*(ms|s)\b/i.exec(reason) : null;
  return hint && Math.min(LONGEST_WAIT_MS, Number(hint[1]) * (hint[2]?.toLowerCase() === "s" ? 1_000 : 1));
}

/** How long to wait before the given attempt, counted from 0: growing, and different for everyone. */
export function backOffMs(attempt: number): number {
  return 250 + Math.random() * Math.min(LONGEST_WAIT_MS, 500 * 2 ** attempt);
}

/** One socket for all subscriptions, which opens with the first and closes with the last. Clients of others take it, too. */
export class Socket {
  readonly #client: Client;
  readonly #session: Session;
  #lastClosed: Closed | null = null;
  #hintMs: number | null = null;
  #shown: string | null = null;
  #ended: SessionEnded | null = null;

  constructor(session: Session, { webSocketImpl, onClosed = () => {} }: SocketOptions = {}) {
    this.#session = session;
    this.#client = createClient({
      url: session.url.replace(/^http/, "ws"),
      webSocketImpl,
      keepAlive: PING_MS,
      connectionAckWaitTimeout: PING_MS,
      // By itself graphql-ws gives up after five attempts, and at once when nobody listens at the address.
      retryAttempts: Infinity,
      shouldRetry: () => this.#mayRetry(),
      retryWait: (attempt) => {
        const waitMs = this.#hintMs ?? backOffMs(attempt);
        this.#hintMs = null;
        return new Promise((resolve) => setTimeout(() => resolve(), waitMs));
      },
      connectionParams: () => this.#introduction(),
      on: {
        connected: () => {
          this.#lastClosed = null;
        },
        closed: (event) => {
          const { code, reason } = (this.#lastClosed = event as Closed);
          this.#hintMs = retryHintMs(this.#lastClosed);
          // With another token there is nothing to wait for.
          if (code === FORBIDDEN && session.expire(this.#shown)) this.#hintMs = 0;
          onClosed({ code, reason });
        },
      },
    });
  }

  /** Follow a document across connections, each message once and in order. Gives what ends it. */
  subscribe<Result>({ variables, ...document }: Subscription, listener: Listener<Result>): () => void {
    let cursor: string | null = null;
    const payload = {
      query: "",
      ...document,
      // graphql-ws reads them each time it subscribes, so a new connection goes on after the last message.
      get variables() {
        return cursor === null ? { ...variables } : { ...variables, after: cursor };
      },
    };
    return this.#client.subscribe<Result>(payload, {
      next: (result) => {
        cursor = cursorIn(result.data) ?? cursor;
        listener.next(result as FormattedExecutionResult<Result>);
      },
      error: (reason) => listener.error(this.#because(reason)),
      complete: () => listener.complete(),
    });
  }

  /** Connect again, as whoever is logged in now. */
  reconnect(): void {
    this.#client.terminate();
  }

  /** End all subscriptions. */
  async close(): Promise<void> {
    await this.#client.dispose();
  }

  async #introduction(): Promise<Record<string, unknown>> {
    this.#ended = null;
    this.#shown = await this.#token();
    return {
      ...(this.#shown === null ? {} : { Authorization: `Bearer ${this.#shown}` }),
      ...(this.#session.apiKey === undefined ? {} : { apiKey: this.#session.apiKey }),
    };
  }

  async #token(): Promise<string | null> {
    try {
      return await this.#session.accessToken();
    } catch (error) {
      if (error instanceof SessionEnded) {
        this.#ended = error;
        throw error;
      }
      // The renewal did not arrive. The old token gets another 4403, and the next attempt renews again.
      return this.#shown;
    }
  }

  #mayRetry(): boolean {
    const { code, reason } = this.#lastClosed ?? {};
    return code !== FORBIDDEN || (reason !== "API_KEY_INVALID" && this.#session.canRenew);
  }

  #because(reason: unknown): unknown {
    if (Array.isArray(reason)) return Refused.because(reason as readonly GraphQLFault[]);
    if (this.#ended) return this.#ended;
    if (isClosed(reason)) return new Refused(reason.code === FORBIDDEN ? reason.reason : `CLOSED_${reason.code}`, reason.reason);
    return reason;
  }
}

function isClosed(reason: unknown): reason is Closed {
  return typeof reason === "object" && reason !== null && "code" in reason && "reason" in reason;
}

/** The cursor of a message, which stands in its one field. */
function cursorIn(data: unknown): string | null {
  const [message] = Object.values(data ?? {}) as [{ cursor?: string }?];
  return message?.cursor ?? null;
}
