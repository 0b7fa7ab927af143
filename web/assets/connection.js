/* The badge that says whether what you see is live, and when it last changed. */

import { byId, setText } from "./dom.js";
import { clock } from "./text.js";

const RESUMED_SHOWN_MS = 5_000;

export class ConnectionBadge {
  #node = byId("connection");
  #text = byId("connection-text");
  #changed = byId("last-change");
  #tick = 0;

  /** What a sound connection is called: an event that is not running is watched, but nothing is live. */
  calm = "Live";

  show(status) {
    clearInterval(this.#tick);
    clearTimeout(this.#tick);
    this.#node.dataset.kind = status.kind;
    switch (status.kind) {
      case "live":
        setText(this.#text, status.resumed ? "Resumed" : this.calm);
        if (status.resumed) this.#tick = setTimeout(() => setText(this.#text, this.calm), RESUMED_SHOWN_MS);
        break;
      case "waiting":
        this.#tick = setInterval(() => this.#countDown(status.until), 500);
        this.#countDown(status.until);
        break;
      case "offline":
        setText(this.#text, "Offline");
        break;
      case "refused":
        setText(this.#text, status.reason || "Refused");
        break;
      default:
        setText(this.#text, "Connecting");
    }
  }

  /** Notes that the page has just been read as a whole. */
  asOf(at = new Date()) {
    setText(this.#changed, `As of ${clock(at)}`);
  }

  /** Notes the time of a change that has just arrived. */
  changed(at = new Date()) {
    this.#changed.dateTime = at.toISOString();
    setText(this.#changed, `Last change ${clock(at)}`);
  }

  #countDown(until) {
    setText(this.#text, `Reconnecting in ${Math.max(1, Math.ceil((until - Date.now()) / 1000))} s`);
  }
}
