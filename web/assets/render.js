/*
 * The drawing: one SVG group per match that stays the same node from the first result to the last.
 *
 * `draw` builds everything for a bracket; `update` touches only matches whose object has changed since, so a score costs
 * a few attribute writes. What moves is told to CSS by class: `flip` on a score, `flash` on a card, `spark` on a line.
 */

import { countDown } from "./countdown.js";
import { setText, svg } from "./dom.js";
import { BOX, slotMiddle } from "./layout.js";
import { champion, entrantKey, entrants } from "./state.js";
import { dueAt, scoreText, sentence, slotName, tag } from "./text.js";

const NAME_X = 44;
const NAME_WIDTH = BOX.width - NAME_X - 38;
const LEVEL = { UPPER: "Upper bracket", LOWER: "Lower bracket" };

export class Drawing {
  #root;
  #plan;
  #state;
  #cards = new Map();
  #links = [];
  #headers = [];
  #trophy = null;
  #tracing = null;

  /** `root` is the group that pans and zooms. */
  constructor(root) {
    this.#root = root;
  }

  /** The node of a match. */
  card(id) {
    return this.#cards.get(id)?.node;
  }

  /** Builds the bracket anew. */
  draw(state, plan) {
    this.#state = state;
    this.#plan = plan;
    this.#cards.clear();
    this.#links = plan.links.map((link) => ({
      ...link,
      node: svg("path", { class: `link ${link.kind.toLowerCase()}`, d: link.path }),
    }));
    const lines = svg("g", { class: "links", "aria-hidden": "true" }, ...this.#links.map(({ node }) => node));
    const rounds = state.rounds.map((round) =>
      svg(
        "g",
        { role: "group", "aria-label": round.name },
        ...round.matchIds.filter((id) => plan.boxes.has(id)).map((id) => this.#build(state.matches.get(id), round.name)),
      ),
    );
    this.#trophy = plan.trophy && buildTrophy(plan.trophy);
    this.#headers = plan.headers.map((header) => this.#buildHeader(header));
    this.#root.replaceChildren(
      lines,
      ...(this.#trophy ? [this.#trophy.node] : []),
      ...rounds,
      ...this.#headers.map(({ node }) => node),
    );
    for (const id of plan.boxes.keys()) this.#fill(state.matches.get(id), null);
    this.#settle();
  }

  /** Brings the drawing from the state it shows to the next one. Returns the matches that changed. */
  update(state) {
    const before = this.#state;
    this.#state = state;
    const changed = [...state.matches.values()].filter((match) => before.matches.get(match.id) !== match);
    for (const match of changed.filter(({ id }) => this.#cards.has(id))) this.#fill(match, before.matches.get(match.id));
    if (changed.length) this.#settle();
    return changed;
  }

  /** Lights the whole way of an entrant and dims the rest. Null lights everything again. */
  trace(key) {
    if (key === this.#tracing) return;
    this.#tracing = key;
    this.#root.classList.toggle("tracing", key !== null);
    const path = new Set(key === null ? [] : entrants(this.#state).get(key)?.matchIds);
    for (const [id, { node, slots }] of this.#cards) {
      node.classList.toggle("on-path", path.has(id));
      for (const slot of slots) slot.node.classList.toggle("traced", key !== null && slot.node.dataset.entrant === key);
    }
    for (const { from, to, slot, node } of this.#links) {
      const arrives = entrantKey(this.#state.matches.get(to).slots[slot]);
      node.classList.toggle("on-path", key !== null && arrives === key && path.has(from));
    }
  }

  /** Keeps the names of the rounds in sight while their rounds are. `top` is the upper edge of the window. */
  stick(top) {
    for (const { header, section, node } of this.#headers) {
      if (!header.isSticky) continue;
      const y = Math.min(Math.max(header.y, top + 8), Math.max(header.y, section.bottom - 2 * BOX.height));
      node.setAttribute("transform", `translate(${header.x} ${y})`);
      node.classList.toggle("stuck", y > header.y + 1);
    }
  }

  #build(match, roundName) {
    const box = this.#plan.boxes.get(match.id);
    const slots = [0, 1].map((index) => buildSlot(index));
    const label = svg("text", { class: "key", x: 2, y: -8 }, match.place.key);
    const state = svg("text", { class: "tag", x: BOX.width - 2, y: -8, "text-anchor": "end" });
    const node = svg(
      "g",
      { class: "match", transform: `translate(${box.x} ${box.y})`, role: "button", tabindex: -1, "data-match": match.id },
      svg("rect", { class: "ring", x: -4, y: -4, width: BOX.width + 8, height: BOX.height + 8, rx: 14 }),
      svg("rect", { class: "card", width: BOX.width, height: BOX.height, rx: 10 }),
      svg("rect", { class: "edge", x: 0, y: 14, width: 4, height: BOX.height - 28, rx: 2 }),
      svg("path", { class: "rule", d: `M12 ${BOX.row}H${BOX.width - 12}` }),
      ...slots.map((slot) => slot.node),
      label,
      state,
    );
    this.#cards.set(match.id, { node, slots, state, roundName });
    return node;
  }

  #buildHeader(header) {
    const round = this.#state.rounds.find(({ side, number }) => side === header.side && number === header.round);
    const section = this.#plan.sections.find(({ side }) => side === header.side);
    const isFirst = header.isSticky && header.x === this.#plan.columns[0] && this.#plan.sections.length > 1;
    const node = svg(
      "g",
      { class: "round", transform: `translate(${header.x} ${header.y})`, "aria-hidden": "true" },
      svg("rect", { class: "plate", x: -8, y: -24, width: BOX.width + 16, height: 56, rx: 10 }),
      svg("text", { x: 2, y: 19 }, fit(round.name, BOX.width - 8)),
      isFirst && svg("title", null, LEVEL[header.side]),
    );
    return { header, section, node };
  }

  #fill(match, before) {
    const { node, slots, state, roundName } = this.#cards.get(match.id);
    const isLive = match.status === "LIVE";
    node.setAttribute("class", `match is-${match.status.toLowerCase()}${keepPath(node)}`);
    node.setAttribute("aria-label", sentence(match, roundName, this.#state.matches));
    countDown(state, tag(match), dueAt(match));
    slots.forEach((slot, index) => {
      const { name, seed } = match.slots[index];
      const key = entrantKey(match.slots[index]);
      slot.node.dataset.entrant = key ?? "";
      slot.node.classList.toggle("open", name === null);
      slot.node.classList.toggle("won", match.winnerSlot === index);
      slot.node.classList.toggle("lost", match.winnerSlot !== null && match.winnerSlot !== index);
      setText(slot.seed, seed === null ? "" : String(seed));
      const shown = slotName(match, index, this.#state.matches);
      if (slot.title.textContent !== shown) {
        slot.title.textContent = shown;
        setText(slot.name, fit(shown, NAME_WIDTH));
      }
      if (setText(slot.score, scoreText(match, index)) && before && (isLive || match.winnerSlot !== null)) replay(slot.score, "flip");
    });
    if (!before) return;
    if (before.status !== match.status) replay(node, "flash");
    if (before.winnerSlot === null && match.winnerSlot !== null) this.#spark(match.id);
  }

  /* Lines know their colour from the match they leave; the plate knows its name from the last match. */
  #settle() {
    for (const { from, node } of this.#links) {
      node.classList.toggle("won", this.#state.matches.get(from).winnerSlot !== null);
    }
    if (!this.#trophy) return;
    const winner = champion(this.#state);
    this.#trophy.node.classList.toggle("given", winner !== null);
    setText(this.#trophy.name, winner ? fit(winner.name, this.#plan.trophy.width - 88, 700, 17) : "To be decided");
  }

  #spark(id) {
    for (const { from, kind, path, node } of this.#links) {
      if (from !== id || kind !== "WINNER") continue;
      const spark = svg("path", { class: "spark", d: path, pathLength: 1 });
      spark.addEventListener("animationend", () => spark.remove());
      node.after(spark);
    }
  }
}

function buildSlot(index) {
  const y = slotMiddle(index) + 5;
  const parts = {
    seed: svg("text", { class: "seed", x: 26, y: y - 0.5, "text-anchor": "middle" }),
    name: svg("text", { class: "name", x: NAME_X, y }),
    score: svg("text", { class: "score", x: BOX.width - 22, y, "text-anchor": "middle" }),
    title: svg("title"),
  };
  const hit = svg("rect", { class: "row", y: index * BOX.row, width: BOX.width, height: BOX.row });
  return { ...parts, node: svg("g", { class: "slot" }, parts.title, hit, parts.seed, parts.name, parts.score) };
}

function buildTrophy({ x, y, width, height }) {
  const name = svg("text", { class: "trophy-name", x: 72, y: 62 });
  const node = svg(
    "g",
    { class: "trophy", transform: `translate(${x} ${y})`, "aria-hidden": "true" },
    svg("path", { class: "link trophy-link", d: `M${-48} ${height / 2}H0` }),
    svg("rect", { class: "plate", width, height, rx: 16 }),
    svg("path", {
      class: "cup",
      d: "M26 30h24v12a12 12 0 0 1-24 0zM26 33h-6v3a8 8 0 0 0 8 8M50 33h6v3a8 8 0 0 1-8 8M38 54v8M30 65h16",
    }),
    svg("text", { class: "trophy-label", x: 72, y: 40 }, "Champion"),
    name,
  );
  return { node, name };
}

function keepPath(node) {
  return node.classList.contains("on-path") ? " on-path" : "";
}

/* A class with an animation, started again even when it has not ended yet. */
function replay(node, name) {
  node.classList.remove(name);
  node.getBoundingClientRect();
  node.classList.add(name);
  node.addEventListener("animationend", () => node.classList.remove(name), { once: true });
}

const ruler = document.createElement("canvas").getContext("2d");
const fitted = new Map();

/* SVG text has no ellipsis, so the longest beginning that fits is measured here. */
function fit(text, width, weight = 600, size = 15) {
  const key = `${text}|${width}`;
  if (fitted.has(key)) return fitted.get(key);
  ruler.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
  let shown = text;
  for (let length = text.length; ruler.measureText(shown).width > width && length > 1; length -= 1) {
    shown = `${text.slice(0, length).trimEnd()}…`;
  }
  fitted.set(key, shown);
  return shown;
}
