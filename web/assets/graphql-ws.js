/*
 * A client of graphql-transport-ws (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md).
 *
 * One socket carries every subscription of the page. When it breaks, the client waits a jittered, growing time (full
 * jitter: Brooker 2015, "Exponential Backoff And Jitter"), or as long as a server that leaves asks for, connects again
 * and subscribes again. Variables are asked for
 * at that moment, so a caller that keeps its last cursor resumes where it was. A ping every ten seconds finds sockets
 * that died without saying so.
 */

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const PING_MS = 10_000;

/* Closed for something that trying again cannot mend: a wrong message, no right, or a protocol we do not share. */
const FINAL_CODES = new Set([4400, 4401, 4403, 4406, 4409]);
const SERVICE_RESTART = 1012;

/** How long to wait before the given attempt, counted from 0. */
export function waitMs(attempt, random = Math.random) {
  return 250 + random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
}

/** How long the server that closed a socket asks to wait; null when it does not say. */
export function hintMs({ code, reason }) {
  const hint = code === SERVICE_RESTART ? /retry in (\d+) ms$/.exec(reason) : null;
  return hint && Math.min(LONGEST_WAIT_MS, Number(hint[1]));
}

export class GraphQLSocket {
  #url;
  #onStatus;
  #socket = null;
  #subscriptions = new Map();
  #lastId = 0;
  #attempt = 0;
  #retry = 0;
  #watchdog = 0;
  #isReady = false;
  #wasReady = false;
  #hasHeard = false;

  /** `onStatus` gets {kind: connecting | live | waiting | offline | refused}, with `resumed` or `until` (ms) beside it. */
  constructor(url, onStatus = () => {}) {
    this.#url = url;
    this.#onStatus = onStatus;
    addEventListener("online", () => this.#connectNow());
    addEventListener("offline", () => this.#lost());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#connectNow();
    });
  }

  /**
   * Subscribes; `variables` is called for each connection. Returns {stop, restart}. After `onError` or `onComplete`
   * nothing more comes; an answer with errors ends its subscription too.
   */
  subscribe({ query, variables, onNext, onError = () => {}, onComplete = () => {} }) {
    const subscription = { query, variables, onNext, onError, onComplete, id: null };
    const enlist = () => {
      subscription.id = String(++this.#lastId);
      this.#subscriptions.set(subscription.id, subscription);
      if (this.#isReady) this.#start(subscription);
      else if (!this.#socket && !this.#retry) this.#connect();
    };
    const stop = () => {
      if (this.#subscriptions.delete(subscription.id) && this.#isReady) {
        this.#send({ type: "complete", id: subscription.id });
      }
    };
    enlist();
    return {
      stop,
      restart: () => {
        stop();
        enlist();
      },
    };
  }

  #connect() {
    clearTimeout(this.#retry);
    this.#retry = 0;
    this.#onStatus({ kind: "connecting" });
    const socket = new WebSocket(this.#url, "graphql-transport-ws");
    this.#socket = socket;
    this.#hasHeard = true;
    socket.onopen = () => this.#send({ type: "connection_init" });
    socket.onmessage = (event) => this.#receive(JSON.parse(event.data));
    socket.onclose = (event) => (FINAL_CODES.has(event.code) ? this.#refused(event) : this.#lost(hintMs(event)));
    this.#watchdog = setInterval(() => this.#check(), PING_MS);
  }

  #connectNow() {
    if (this.#retry) this.#connect();
  }

  #check() {
    if (!this.#hasHeard || !this.#isReady) {
      this.#lost();
      return;
    }
    this.#hasHeard = false;
    this.#send({ type: "ping" });
  }

  #receive(message) {
    this.#hasHeard = true;
    const subscription = this.#subscriptions.get(message.id);
    switch (message.type) {
      case "connection_ack":
        this.#isReady = true;
        this.#onStatus({ kind: "live", resumed: this.#wasReady });
        this.#wasReady = true;
        this.#subscriptions.forEach((each) => this.#start(each));
        break;
      case "ping":
        this.#send({ type: "pong" });
        break;
      case "pong":
        this.#attempt = 0;
        break;
      case "next":
        this.#attempt = 0;
        if (!message.payload.errors) subscription?.onNext(message.payload.data);
        else if (this.#subscriptions.delete(message.id)) {
          this.#send({ type: "complete", id: message.id });
          subscription.onError(message.payload.errors);
        }
        break;
      case "error":
        this.#subscriptions.delete(message.id);
        subscription?.onError(message.payload);
        break;
      case "complete":
        this.#subscriptions.delete(message.id);
        subscription?.onComplete();
    }
  }

  #start({ id, query, variables }) {
    this.#send({ type: "subscribe", id, payload: { query, variables: variables() } });
  }

  #send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /* A broken socket may take minutes to close, so it is let go at once and never listened to again. */
  #drop() {
    clearInterval(this.#watchdog);
    this.#isReady = false;
    if (!this.#socket) return;
    const socket = this.#socket;
    this.#socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #lost(hint = null) {
    if (!this.#socket && !this.#retry) return;
    this.#drop();
    clearTimeout(this.#retry);
    const wait = hint ?? waitMs(this.#attempt++);
    this.#retry = setTimeout(() => this.#connect(), wait);
    this.#onStatus(navigator.onLine ? { kind: "waiting", until: Date.now() + wait } : { kind: "offline" });
  }

  #refused({ code, reason }) {
    this.#drop();
    this.#onStatus({ kind: "refused", code, reason });
  }
}

/** The address of the GraphQL socket of this host. */
export function socketUrl() {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/graphql`;
}
