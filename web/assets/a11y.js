/*
 * The bracket without a mouse and without a screen: arrow keys walk from match to match, a polite log tells results
 * as they come, and a hidden table holds every match by round.
 */

import { html, setText } from "./dom.js";
import { isDraw, slotName, tag, words } from "./text.js";

const LOG_EVERY_MS = 5_000;
const LOG_AT_MOST = 3;

/** One match is in the tab order; arrows move on: right to the next match, left to a feeder, up and down the round. */
export class Walk {
  #drawing;
  #plan;
  #current = null;

  constructor(root, drawing, onFocus) {
    this.#drawing = drawing;
    root.addEventListener("focusin", (event) => {
      const id = event.target.closest("[data-match]")?.dataset.match;
      if (!id) return;
      this.#enter(id);
      onFocus(id);
    });
    root.addEventListener("keydown", (event) => {
      const id = event.target.closest("[data-match]")?.dataset.match;
      if (!id || event.shiftKey) return;
      const target = this.#neighbour(id, event.key);
      if (target === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      this.focus(target);
    });
  }

  /** Takes over a new drawing; its first match becomes the way in. */
  setPlan(plan) {
    this.#plan = plan;
    this.#current = null;
    this.#enter(plan.boxes.keys().next().value);
  }

  focus(id) {
    this.#drawing.card(id)?.focus({ preventScroll: true });
  }

  #enter(id) {
    if (this.#current) this.#drawing.card(this.#current)?.setAttribute("tabindex", "-1");
    this.#current = id;
    this.#drawing.card(id)?.setAttribute("tabindex", "0");
  }

  #neighbour(id, key) {
    const { boxes, links } = this.#plan;
    const ids = [...boxes.keys()];
    switch (key) {
      case "ArrowRight":
        return links.find((link) => link.from === id && link.kind === "WINNER")?.to ?? this.#across(id, 1);
      case "ArrowLeft":
        return links.find((link) => link.to === id && link.kind === "WINNER")?.from ?? this.#across(id, -1);
      case "ArrowDown":
        return this.#beside(id, 1);
      case "ArrowUp":
        return this.#beside(id, -1);
      case "Home":
        return ids[0];
      case "End":
        return ids.at(-1);
    }
  }

  /* Where no line leads on, the match nearest in height of the next column. */
  #across(id, direction) {
    const { boxes, columns } = this.#plan;
    const here = boxes.get(id);
    const x = columns[columns.indexOf(here.x) + direction];
    const found = [...boxes].filter(([, box]) => box.x === x);
    return found.sort(([, a], [, b]) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y))[0]?.[0] ?? id;
  }

  #beside(id, direction) {
    const { boxes } = this.#plan;
    const here = boxes.get(id);
    const found = [...boxes]
      .filter(([, box]) => box.x === here.x && (box.y - here.y) * direction > 0)
      .sort(([, a], [, b]) => (a.y - b.y) * direction);
    return found[0]?.[0] ?? id;
  }
}

/** Says results aloud, a few at a time, so that a busy event does not talk over its listener. */
export class Announcer {
  #node;
  #waiting = [];
  #timer = 0;

  constructor(node) {
    this.#node = node;
  }

  say(text) {
    this.#waiting.push(text);
    this.#timer ||= setTimeout(() => this.#flush(), this.#node.childElementCount ? LOG_EVERY_MS : 400);
  }

  #flush() {
    this.#timer = 0;
    const shown = this.#waiting.splice(0, LOG_AT_MOST);
    const more = this.#waiting.length;
    this.#waiting = [];
    if (more) shown.push(`And ${more} more.`);
    this.#node.replaceChildren(...shown.map((text) => html("p", null, text)));
  }
}

/** Every match as a row of a table, one table per round, in playing order. */
export class TextBracket {
  #node;
  #rows = new Map();

  constructor(node) {
    this.#node = node;
  }

  draw(state) {
    this.#rows.clear();
    this.#node.replaceChildren(
      ...state.rounds.map(({ name, matchIds }) => {
        const rows = matchIds.map((id) => {
          const row = html("tr", null, html("th", { scope: "row" }), html("td"), html("td"), html("td"));
          this.#rows.set(id, row);
          return row;
        });
        const heads = ["Match", "First", "Second", "State"].map((text) => html("th", { scope: "col" }, text));
        return html(
          "table",
          null,
          html("caption", null, name),
          html("thead", null, html("tr", null, ...heads)),
          html("tbody", null, ...rows),
        );
      }),
    );
    this.update(state, [...state.matches.values()]);
  }

  update(state, matches) {
    for (const match of matches) {
      const side = (index) => `${slotName(match, index, state.matches)} ${match.slots[index].score ?? ""}`.trim();
      const open = isDraw(match) ? "Drawn" : tag(match) || words(match.status);
      const outcome = match.winnerSlot === null ? open : `${match.slots[match.winnerSlot].name} won`;
      const texts = [match.place.key, side(0), side(1), outcome];
      [...this.#rows.get(match.id).cells].forEach((cell, index) => setText(cell, texts[index]));
    }
  }
}
