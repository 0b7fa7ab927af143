/* One match in full: both sides with their scores, what they play, and its log as it is written. */

import { countDown } from "./countdown.js";
import { html, setText } from "./dom.js";
import { documentText } from "./http.js";
import { entrantKey } from "./state.js";
import { dueAt, format, isHere, moment, scoreText, slotName, tag, words } from "./text.js";
import { VetoBoard } from "./veto.js";

const LONGEST_LOG = 200;

export class MatchPanel {
  #panel;
  #socket;
  #onTrace;
  #openId = null;
  #score = null;
  #note = null;
  #left = null;
  #log = null;
  #board = null;
  #match = null;
  #veto = null;
  #cursor = null;
  #seen = new Set();
  /* By its kind, the newest entry of the log. */
  #newest = new Map();

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
    this.#note = html("p", { class: "due-note", "aria-live": "polite" });
    this.#left = html("span", { class: "due-left", role: "timer", "aria-live": "off" });
    this.#log = html("ol", { class: "log", "aria-live": "off" });
    this.#veto = null;
    this.#cursor = null;
    this.#seen.clear();
    this.#newest.clear();
    const subscriptions = [];
    const due = html("div", { class: "due" }, this.#note, this.#left);
    const board = new VetoBoard();
    this.#board = board;
    const content = [this.#score, due, board.node, html("h3", { class: "overline" }, "Match log"), this.#log];
    this.#panel.open(`${round.name} · ${match.place.key}`, content, () => {
      this.#openId = null;
      this.#onTrace(null);
      for (const each of subscriptions) each.stop();
    });
    this.#openId = id;
    this.update(state);
    const [log, veto] = await Promise.all([documentText("MatchLog"), documentText("MatchVeto")]);
    if (this.#openId !== id) return;
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
    this.#board.show(this.#veto, match);
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
        html("span", { class: isHere(match, index) ? "side-score here" : "side-score" }, scoreText(match, index) || "–"),
      );
    });
    const isLive = match.status === "LIVE";
    const status = html("span", { class: isLive ? "chip hot" : "chip" }, tag(match) || words(match.status));
    const focused = [...this.#score.querySelectorAll("button")].indexOf(document.activeElement);
    this.#score.replaceChildren(...sides, html("p", { class: "facts" }, status, format(match)));
    if (focused >= 0) this.#score.querySelectorAll("button")[focused].focus();
    this.#explain();
  }

  /* Says what the match waits for and how long, or why it was not played. */
  #explain() {
    const at = dueAt(this.#match);
    setText(this.#note, noteOf(this.#match, at && moment(at), (kind) => this.#newest.get(kind)));
    countDown(this.#left, "", at);
  }

  #receive(message) {
    if (message.cursor) this.#cursor = message.cursor;
    if (message.__typename === "MatchEventsSnapshot") {
      this.#seen.clear();
      this.#log.replaceChildren();
      for (const event of [...message.events].sort((a, b) => a.sequence - b.sequence)) this.#add(event);
    }
    if (message.__typename === "MatchEventAdded") this.#add(message.event, "arrives");
    this.#explain();
  }

  #settle(message) {
    if (message.veto === undefined) return;
    this.#veto = message.veto;
    this.#board.show(this.#veto, this.#match);
  }

  #add(event, style = "") {
    if (this.#seen.has(event.sequence)) return;
    this.#seen.add(event.sequence);
    this.#newest.set(event.kind, event);
    const what = html("span", { class: "log-what" });
    setText(what, [words(event.kind), event.message].filter(Boolean).join(": "));
    this.#log.prepend(
      html(
        "li",
        { class: style },
        html("time", { datetime: event.occurredAt }, moment(event.occurredAt)),
        what,
        event.actor && html("span", { class: "quiet" }, event.actor.displayName),
        event.scores?.length > 0 && html("span", { class: "log-score" }, event.scores.join(" – ")),
      ),
    );
    while (this.#log.childElementCount > LONGEST_LOG) this.#log.lastElementChild.remove();
  }
}

/* In a sentence or two what a match waits for, or why it was not played. Empty where its score and its log say it all. */
function noteOf(match, until, newest) {
  switch (match.status) {
    case "READY":
      if (!match.checkIn) return "";
      return until
        ? `Both sides check in until ${until}. Who has not by then loses without play.`
        : "It begins when both sides have checked in.";
    case "REPORTED":
      return [
        `Reported: ${newest("REPORTED")?.scores.join(" – ") ?? ""}.`,
        until ? `It counts at ${until}, unless the other side objects.` : "The other side has to confirm it.",
      ].join(" ");
    case "DISPUTED":
      return ["The sides disagree, so an official decides.", newest("DISPUTED")?.message].filter(Boolean).join(" ");
    case "FINISHED":
      return newest({ WALKOVER: "WALKOVER", DISQUALIFICATION: "DISQUALIFIED" }[match.outcome])?.message ?? "";
    default:
      return "";
  }
}
