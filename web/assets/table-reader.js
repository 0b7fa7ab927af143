/*
 * Reads the tables of an event, or its ladders: at once, and while results come in at most once a second.
 *
 * What was read may have been kept somewhere for two seconds, so it says of which change it is, and is asked for again
 * until it is of the last result.
 */

import { waitMs } from "./graphql-ws.js";

const EVERY_MS = 1_000;

export class TableReader {
  #ask;
  #onTables;
  #wanted = 0n;
  #timer = 0;
  #isReading = false;
  #readAt = -Infinity;
  #failures = 0;

  /** `ask` reads them, as `request` does, and `onTables` gets the stages with their tables each time. */
  constructor(ask, onTables) {
    this.#ask = ask;
    this.#onTables = onTables;
  }

  /** Asks for tables in which the change with this cursor counts. */
  want(cursor) {
    this.#wanted = BigInt(cursor);
    this.#plan();
  }

  #plan() {
    if (this.#timer || this.#isReading) return;
    const pause = EVERY_MS + (this.#failures ? waitMs(this.#failures) : 0);
    this.#timer = setTimeout(() => this.#read(), Math.max(0, this.#readAt + pause - performance.now()));
  }

  async #read() {
    this.#timer = 0;
    this.#isReading = true;
    this.#readAt = performance.now();
    const read = await this.#ask().catch(() => null);
    this.#isReading = false;
    this.#failures = read?.tournament ? 0 : this.#failures + 1;
    if (read?.tournament) this.#onTables(read.tournament.stages);
    if (this.#failures || BigInt(read.tournament.bracket.cursor) < this.#wanted) this.#plan();
  }
}
