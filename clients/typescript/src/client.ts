import type { Document, Given } from "./document.js";
import { limited } from "./limit.js";
import { Refused, type GraphQLFault } from "./refused.js";
import { Session, type Credentials, type SessionOptions } from "./session.js";
import { Socket, type SocketOptions } from "./socket.js";
import { Stream } from "./stream.js";

export type ClientOptions = SessionOptions & SocketOptions;

/** A client of Matchpoint. */
export interface Client {
  /** Reads something. */
  query<Result, Variables>(document: Document<"query", Result, Variables>, ...given: Given<Variables>): Promise<Result>;
  /** Changes something. What is refused is a member of the result. */
  mutate<Result, Variables>(document: Document<"mutation", Result, Variables>, ...given: Given<Variables>): Promise<Result>;
  /** Follows something, each message once and in order. Ends when the loop over it is left. */
  subscribe<Result, Variables>(document: Document<"subscription", Result, Variables>, ...given: Given<Variables>): Stream<Result>;
  /** Is somebody from now on, with what `LogIn` or `Register` gave. With null, nobody. */
  signIn(credentials: Credentials | null): void;
  /** Opens the socket anew, such as after the device slept. Subscriptions go on after their last message. */
  reconnect(): void;
  /** Ends all subscriptions. */
  close(): Promise<void>;
}

/** A client of the API at `url`. Nothing is connected until something is asked. */
export function createClient(options: ClientOptions): Client {
  const session = new Session(options);
  let socket: Socket | null = null;
  return {
    query: (document, ...[variables]) => ask(session, document, variables),
    mutate: (document, ...[variables]) => ask(session, document, variables),
    subscribe: (document, ...[variables]) => follow((socket ??= new Socket(session, options)), document, variables),
    signIn(credentials) {
      session.signIn(credentials);
      socket?.reconnect();
    },
    reconnect: () => socket?.reconnect(),
    close: async () => socket?.close(),
  };
}

async function ask<Result, Variables>(
  session: Session,
  document: Document<"query" | "mutation", Result, Variables>,
  variables: Variables | undefined,
): Promise<Result> {
  return limited(async (signal) => {
    const response = await session.fetch(session.url, {
      method: "POST",
      headers: { accept: "application/graphql-response+json", "content-type": "application/json" },
      body: JSON.stringify({ documentId: document.id, variables }),
      signal,
    });
    return answered<Result>(response, await response.text());
  });
}

function answered<Result>({ status, headers }: Response, text: string): Result {
  const { data, errors } = parsed<Result>(status, text);
  if (data && !errors) return data;
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  throw Refused.because(errors ?? [], Number.isFinite(seconds) ? seconds * 1_000 : null);
}

function parsed<Result>(status: number, text: string): { data?: Result; errors?: GraphQLFault[] } {
  try {
    return JSON.parse(text) as { data?: Result; errors?: GraphQLFault[] };
  } catch {
    // Something in between answered, such as a balancer without a server behind it.
    throw new Refused(`HTTP_${status}`, `The answer has status ${status} and is no JSON.`);
  }
}

function follow<Result, Variables>(
  socket: Socket,
  document: Document<"subscription", Result, Variables>,
  variables: Variables | undefined,
): Stream<Result> {
  return new Stream((source) =>
    socket.subscribe<Result>(
      { documentId: document.id, variables: variables ?? {} },
      {
        next({ data, errors }) {
          if (data && !errors) source.push(data);
          else source.end(Refused.because((errors ?? []) as readonly GraphQLFault[]));
        },
        error: (reason) => source.end(reason),
        complete: () => source.end(),
      },
    ),
  );
}
