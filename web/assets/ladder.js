/*
 * A stage that is a ladder: who stands on which rung, what is open, and what moved whom.
 *
 * The matches come from the bracket, and each stays the same node; the rungs are written anew when they are read again.
 */

import { html } from "./dom.js";
import { request } from "./http.js";
import { buildCard, fillCard } from "./match-card.js";
import { entrantKey, entrants } from "./state.js";
import { day } from "./text.js";

const LATEST = 12;
const MARKED = html("p", { class: "through-note" }, "In an open challenge");
const OPEN = new Set(["READY", "LIVE", "REPORTED", "DISPUTED"]);

/** Reads the ladders of an event, each with so many pages of its rungs; answers as `request` does. */
export async function readLadders(slug, pages) {
  const answer = await request("LadderStandings", { slug, after: null });
  for (const { number, ladder } of answer.tournament?.stages ?? []) {
    for (let page = 1; page < pages && ladder?.rungs.pageInfo.hasNextPage; page += 1) {
      const more = await request("LadderStandings", { slug, after: ladder.rungs.pageInfo.endCursor });
      const { rungs } = more.tournament.stages.find((stage) => stage.number === number).ladder;
      ladder.rungs = { ...rungs, nodes: [...ladder.rungs.nodes, ...rungs.nodes] };
    }
  }
  return answer;
}

export class Ladder {
  #root;
  #onMore;
  #stage = null;
  #state = null;
  #cards = new Map();
  #due = new Map();
  #tracing = null;
  #rungs = html("div", { class: "standings rungs" });
  #moves = html("ol", { class: "moves" });
  #open = html("ul", { class: "fixtures" });
  #latest = html("ul", { class: "fixtures" });
  #more = html("button", { class: "button", type: "button", hidden: true }, "Show more");

  /** `root` is the element that all of it goes into; `onMore` is called when more rungs are wanted. */
  constructor(root, onMore) {
    this.#root = root;
    this.#onMore = onMore;
    this.#more.addEventListener("click", () => this.#onMore());
  }

  /** The node of a match; older ones have none. */
  card(id) {
    return this.#cards.get(id)?.node;
  }

  focus(id) {
    this.card(id)?.focus();
  }

  /** Builds a stage anew; its rungs follow. */
  draw(state, stage) {
    this.#stage = stage;
    this.#state = state;
    this.#root.classList.add("single");
    this.#root.replaceChildren(
      html(
        "section",
        { class: "group", "aria-labelledby": "ladder-title" },
        html("div", { class: "group-table" }, html("h2", { id: "ladder-title" }, "Ladder"), this.#rungs, this.#more),
        html(
          "div",
          { class: "group-rounds" },
          block("ladder-open", "Open challenges", this.#open, "Nobody is challenged at the moment."),
          block("ladder-moves", "Latest moves", this.#moves, "Nobody has moved up yet."),
          block("ladder-latest", "Latest results", this.#latest, "Nothing has been played yet."),
        ),
      ),
    );
    this.#arrange();
  }

  /** Brings the matches from the state they show to the next one. Returns those that changed. */
  update(state) {
    const before = this.#state;
    this.#state = state;
    const changed = [...state.matches.values()].filter((match) => before.matches.get(match.id) !== match);
    if (changed.length) this.#arrange();
    return changed;
  }

  /** Writes who stands where, and until when challenges are to be played. `stages` are those of the event. */
  setTables(stages) {
    const ladder = stages.find(({ number }) => number === this.#stage.number)?.ladder;
    if (!ladder) return;
    this.#due = new Map(ladder.challenges.nodes.map(({ match, answerDueAt }) => [match.id, answerDueAt]));
    this.#more.hidden = !ladder.rungs.pageInfo.hasNextPage;
    const isAnyoneChallenged = ladder.rungs.nodes.some(({ isInChallenge }) => isInChallenge);
    this.#rungs.replaceChildren(table(ladder), isAnyoneChallenged ? MARKED.cloneNode(true) : "");
    this.#moves.replaceChildren(...ladder.moves.nodes.map(move));
    this.#arrange();
  }

  /** Lights an entrant wherever they stand and dims the matches of others. Null lights everything again. */
  trace(key) {
    if (key === this.#tracing) return;
    this.#tracing = key;
    this.#light();
  }

  /* The open challenges, and the latest that are over, the newest first. */
  #arrange() {
    const newest = [...this.#state.matches.values()].reverse();
    const open = newest.filter(({ status }) => OPEN.has(status));
    const latest = newest.filter(({ status }) => status === "FINISHED").slice(0, LATEST);
    const shown = new Set([...open, ...latest].map(({ id }) => id));
    for (const id of this.#cards.keys()) if (!shown.has(id)) this.#cards.delete(id);
    place(this.#open, open.map((match) => this.#card(match)));
    place(this.#latest, latest.map((match) => this.#card(match)));
    this.#light();
  }

  #card(match) {
    if (!this.#cards.has(match.id)) {
      const card = buildCard(match.id, "Challenge");
      this.#cards.set(match.id, { ...card, item: html("li", null, card.node) });
    }
    const card = this.#cards.get(match.id);
    const due = match.status === "READY" && this.#due.get(match.id);
    fillCard(card, match, this.#state.matches, due ? `until ${day(due)}` : "");
    return card.item;
  }

  #light() {
    const key = this.#tracing;
    this.#root.classList.toggle("tracing", key !== null);
    const path = new Set(key === null ? [] : entrants(this.#state).get(key)?.matchIds);
    for (const [id, { node }] of this.#cards) node.classList.toggle("on-path", path.has(id));
    for (const node of this.#root.querySelectorAll("[data-entrant]")) {
      node.classList.toggle("traced", key !== null && node.dataset.entrant === key);
    }
  }
}

function block(id, title, list, otherwise) {
  return html(
    "section",
    { "aria-labelledby": id },
    html("h3", { id, class: "overline" }, title),
    list,
    html("p", { class: "otherwise" }, otherwise),
  );
}

/* Leaves nodes that are in their place where they are, so that nobody loses the focus. */
function place(list, items) {
  items.forEach((item, index) => {
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
  });
  while (list.children.length > items.length) list.lastChild.remove();
}

function table({ rungs, moves }) {
  const latest = new Map([...moves.nodes].reverse().map((one) => [one.entrant.id, one]));
  const rows = rungs.nodes.map(({ rank, isInChallenge, lastPlayedAt, entrant }) => {
    const moved = latest.get(entrant.id);
    const isStill = moved && moved.after === rank;
    return html(
      "tr",
      { "data-entrant": entrantKey(entrant), class: isInChallenge ? "in-challenge" : null },
      html("td", { class: "place" }, String(rank)),
      html(
        "th",
        { scope: "row", title: entrant.name },
        entrant.name,
        isInChallenge && html("span", { class: "unseen" }, ", in an open challenge"),
      ),
      html(
        "td",
        { class: "up" },
        isStill && html("span", { title: `Up from ${moved.before}` }, `▲ ${moved.before - moved.after}`),
      ),
      html("td", { class: "when" }, lastPlayedAt ? day(lastPlayedAt) : "–"),
    );
  });
  const rank = html("th", { scope: "col" }, html("abbr", { title: "Rank" }, "#"));
  const heads = ["Name", "Moved", "Last played"].map((name) => html("th", { scope: "col" }, name));
  return html("table", null, html("thead", null, html("tr", null, rank, ...heads)), html("tbody", null, ...rows));
}

function move({ movedAt, before, after, entrant }) {
  return html(
    "li",
    null,
    html("span", { class: "who" }, entrant.name),
    html("span", { class: "step" }, `${before} → ${after}`),
    html("time", { datetime: movedAt }, day(movedAt)),
  );
}
