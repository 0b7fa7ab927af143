/** What a program of the examples is told, and what it tells: one line of JSON about what it saw. */
import { WebSocket } from "ws";
import { Session, Socket, type Closed } from "@matchpoint/client";

/** A message of `bracketChanges`, as far as every example reads it. */
export interface Change {
  readonly __typename: string;
  readonly cursor?: string;
}

const DRAINED = 1012;
const EXPIRED = 4403;
const ENOUGH = 12;

/**
 * Cursors and closes, in the order of their coming.
 *
 * A program has seen enough when messages came after a server left and after a token expired.
 */
export class Sightings {
  readonly cursors: number[] = [];
  readonly kinds: string[] = [];
  readonly closes: number[] = [];
  readonly hints: string[] = [];
  readonly #survived = new Set<number>();
  #wake = () => {};
  isEnough = false;
  readonly enough = new Promise<void>((resolve) => (this.#wake = resolve));

  saw(change: Change): void {
    this.kinds.push(change.__typename);
    if (change.cursor !== undefined) this.cursors.push(Number(change.cursor));
    for (const code of this.closes) this.#survived.add(code);
    this.isEnough = this.#survived.has(DRAINED) && this.#survived.has(EXPIRED) && this.kinds.length >= ENOUGH;
    if (this.isEnough) this.#wake();
  }

  readonly closed = ({ code, reason }: Closed): void => {
    this.closes.push(code);
    this.hints.push(reason);
  };

  tell(more: Record<string, unknown>): void {
    const { cursors, kinds, closes, hints } = this;
    console.log(JSON.stringify({ ...more, cursors, kinds, closes, hints }));
  }
}

function told(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}

export const url = told("MATCHPOINT_URL");
export const tournamentId = told("MATCHPOINT_TOURNAMENT");
export const webSocketImpl = WebSocket;

/** The session of an application with a key, and the socket of that session: what every client is built on. */
export function connected(sightings: Sightings): { session: Session; socket: Socket } {
  const session = new Session({ url, apiKey: told("MATCHPOINT_API_KEY") });
  return { session, socket: new Socket(session, { webSocketImpl, onClosed: sightings.closed }) };
}

/** Somebody new. */
export function newcomer(username: string): { email: string; username: string; password: string } {
  return { email: `${username}@example.com`, username, password: "correct horse battery" };
}

/** A new event of theirs. The key makes a repeat of the request answer the same instead of making another. */
export function newEvent(slug: string) {
  return {
    slug,
    name: slug,
    game: "rocket-league-1v1",
    entrantKind: "USER" as const,
    structure: "SINGLE_ELIMINATION" as const,
    capacity: 8,
    startsAt: new Date(Date.now() + 86_400_000).toISOString(),
    idempotencyKey: slug,
  };
}
