/* One match in full: both sides with their scores, what they play, and its log as it is written. */

import { documentText } from "./http.js";
import { html, setText } from "./dom.js";
import { entrantKey } from "./state.js";
import { clock, format, slotName, tag, words } from "./text.js";

const LONGEST_LOG = 200;

export class MatchPanel {
  #panel;
  #socket;
  #onTrace;
  #openId = null;
  #score = null;
  #log = null;
  #board = null;
  #match = null;
  #veto = null;
  #cursor = null;
  #seen = new Set();

  /** `onTrace` hears the key of the entrant in the hand of the reader, or null. */
  constructor(panel, socket, onTrace) {
    this.#panel = panel;
    this.#socket = socket;
    this.#onTrace = onTrace;
  }

  async open(id, state) {
    if (this.#openId === id) return;
    const match = state.matches.get(id);
    const round = state.rounds.find(({ matchIds }) => matchIds.includes(id));
    this.#score = html("div", { class: "scoreboard" });
    this.#log = html("ol", { class: "log", "aria-live": "off" });
    this.#veto = null;
    this.#cursor = null;
    this.#seen.clear();
    const subscriptions = [];
    const content = [this.#score, html("h3", { class: "overline" }, "Match log"), this.#log];
    this.#panel.open(`${round.name} · ${match.place.key}`, content, () => {
      this.#openId = null;
      this.#onTrace(null);
      this.#board?.stop();
      this.#board = null;
      for (const each of subscriptions) each.stop();
    });
    this.#openId = id;
    this.update(state);
    const [log, veto, { VetoBoard }] = await Promise.all([
      documentText("MatchLog"),
      documentText("MatchVeto"),
      import("./veto.js"),
    ]);
    if (this.#openId !== id) return;
    const board = new VetoBoard();
    this.#board = board;
    this.#score.after(board.node);
    const follow = (query, variables, onNext, onError) =>
      subscriptions.push(this.#socket.subscribe({ query, variables, onNext, onError }));
    follow(log, () => ({ matchId: id, after: this.#cursor }), ({ matchEvents }) => this.#receive(matchEvents), () =>
      this.#log.replaceChildren(html("li", { class: "quiet" }, "The log cannot be shown right now.")),
    );
    follow(veto, () => ({ matchId: id }), ({ vetoChanges }) => this.#settle(vetoChanges), () => board.show(null));
  }

  /** Brings the scores up to date, if the match is open. */
  update(state) {
    const match = state.matches.get(this.#openId);
    if (!match) return;
    this.#match = match;
    this.#board?.show(this.#veto, match);
    const sides = match.slots.map((slot, index) => {
      const key = entrantKey(slot);
      const trace = (on) => this.#onTrace(on ? key : null);
      const name = html("button", {
        class: "link-button",
        type: "button",
        disabled: key === null,
        onfocus: () => trace(true),
        onblur: () => trace(false),
        onpointerenter: () => trace(true),
        onpointerleave: () => trace(false),
      }, slotName(match, index, state.matches));
      const result = match.winnerSlot === null ? "" : match.winnerSlot === index ? "won" : "lost";
      return html(
        "div",
        { class: `side ${result}` },
        html("span", { class: "side-seed" }, slot.seed === null ? "–" : String(slot.seed)),
        name,
        html("span", { class: "side-score" }, slot.score === null ? "–" : String(slot.score)),
      );
    });
    const isLive = match.status === "LIVE";
    const status = html("span", { class: isLive ? "chip hot" : "chip" }, tag(match) || words(match.status));
    const focused = [...this.#score.querySelectorAll("button")].indexOf(document.activeElement);
    this.#score.replaceChildren(...sides, html("p", { class: "facts" }, status, format(match)));
    if (focused >= 0) this.#score.querySelectorAll("button")[focused].focus();
  }

  #receive(message) {
    if (message.cursor) this.#cursor = message.cursor;
    if (message.__typename === "MatchEventsSnapshot") {
      this.#seen.clear();
      this.#log.replaceChildren();
      for (const event of [...message.events].sort((a, b) => a.sequence - b.sequence)) this.#add(event);
    }
    if (message.__typename === "MatchEventAdded") this.#add(message.event, "arrives");
  }

  #settle(message) {
    if (message.veto === undefined) return;
    this.#veto = message.veto;
    this.#board.show(this.#veto, this.#match);
  }

  #add(event, style = "") {
    if (this.#seen.has(event.sequence)) return;
    this.#seen.add(event.sequence);
    const what = html("span", { class: "log-what" });
    setText(what, [words(event.kind), event.message].filter(Boolean).join(": "));
    this.#log.prepend(
      html(
        "li",
        { class: style },
        html("time", { datetime: event.occurredAt }, clock(event.occurredAt)),
        what,
        event.actor && html("span", { class: "quiet" }, event.actor.displayName),
        event.scores?.length > 0 && html("span", { class: "log-score" }, event.scores.join(" – ")),
      ),
    );
    while (this.#log.childElementCount > LONGEST_LOG) this.#log.lastElementChild.remove();
  }
}
