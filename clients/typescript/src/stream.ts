import { Refused } from "./refused.js";

const MAX_WAITING = 1_000;

/** Where a stream comes from. */
export interface Source<Message> {
  push(message: Message): void;
  end(failure?: unknown): void;
}

/**
 * What a subscription sends, to be read with `for await`. Leaving the loop, or `return()`, ends the subscription at once.
 *
 * A generator would not do: its `return()` waits for the next message, which may never come.
 */
export class Stream<Message> implements AsyncIterableIterator<Message, void> {
  readonly #waiting: Message[] = [];
  readonly #readers: { resolve(result: IteratorResult<Message, void>): void; reject(reason: unknown): void }[] = [];
  readonly #stop: () => void;
  #hasEnded = false;
  #failure: unknown;

  constructor(start: (source: Source<Message>) => () => void) {
    this.#stop = start({ push: (message) => this.#push(message), end: (failure) => this.#end(failure) });
  }

  next(): Promise<IteratorResult<Message, void>> {
    const value = this.#waiting.shift();
    if (value !== undefined) return Promise.resolve({ value });
    if (!this.#hasEnded) return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
    const failure = this.#failure;
    this.#failure = undefined;
    return failure === undefined ? Promise.resolve({ done: true, value: undefined }) : Promise.reject(failure);
  }

  return(): Promise<IteratorResult<Message, void>> {
    this.#waiting.length = 0;
    this.#end();
    this.#failure = undefined;
    return this.next();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #push(value: Message): void {
    if (this.#hasEnded) return;
    const reader = this.#readers.shift();
    if (reader) reader.resolve({ value });
    else if (this.#waiting.push(value) > MAX_WAITING) this.#end(new Refused("SLOW_CLIENT", `${MAX_WAITING} messages wait to be read.`));
  }

  #end(failure?: unknown): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const reader = this.#readers.shift();
    if (!reader) this.#failure = failure;
    else if (failure === undefined) reader.resolve({ done: true, value: undefined });
    else reader.reject(failure);
    for (const other of this.#readers.splice(0)) other.resolve({ done: true, value: undefined });
    this.#stop();
  }
}
