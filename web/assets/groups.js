/*
 * A stage that is played in tables: of each group who stands where, and its matches by round, a Swiss newest first.
 *
 * Each match stays the same node, as in the drawing of a bracket; the tables are written anew when they are read again.
 */

import { html, setText } from "./dom.js";
import { buildCard, fillCard } from "./match-card.js";
import { goingOn, groupsOf } from "./stages.js";
import { entrantKey, entrants } from "./state.js";
import { count, tiebreakName } from "./text.js";

const MOST_VALUES = 3;

export class Groups {
  #root;
  #stage = null;
  #state = null;
  #cards = new Map();
  #groups = new Map();
  #tracing = null;
  #legend = html("p", { class: "legend" });

  /** `root` is the element that all of it goes into. */
  constructor(root) {
    this.#root = root;
  }

  /** The node of a match. */
  card(id) {
    return this.#cards.get(id)?.node;
  }

  focus(id) {
    this.card(id)?.focus();
  }

  /** Builds a stage anew; its tables follow. */
  draw(state, stage) {
    this.#state = state;
    this.#stage = stage;
    this.#cards.clear();
    this.#groups.clear();
    const numbers = [...new Set(state.rounds.map(({ group }) => group))];
    this.#root.classList.toggle("single", numbers.length === 1);
    this.#root.replaceChildren(...numbers.map((number) => this.#buildGroup(number)), this.#legend);
    for (const match of state.matches.values()) this.#fill(match);
  }

  /** Brings the matches from the state they show to the next one. Returns those that changed. */
  update(state) {
    const before = this.#state;
    this.#state = state;
    const changed = [...state.matches.values()].filter((match) => before.matches.get(match.id) !== match);
    for (const match of changed) this.#fill(match);
    return changed;
  }

  /** Writes who stands where, and who sits out. `tables` are those of all stages. */
  setTables(tables) {
    const groups = groupsOf(tables, this.#stage.number);
    const goal = goalOf(this.#state.tournament.stages, this.#stage, groups.length);
    setText(this.#legend, legend(groups));
    for (const group of groups) {
      const nodes = this.#groups.get(group.number);
      if (!nodes) continue;
      setText(nodes.title, group.name ? `Group ${group.name}` : "Standings");
      nodes.table.replaceChildren(...table(group.standings, goal));
      for (const [round, list] of nodes.byes) {
        const names = group.byes.filter((bye) => bye.round === round).map(({ entrant }) => entrant.name);
        setText(list, names.length ? `${names.join(", ")} ${names.length === 1 ? "sits" : "sit"} out` : "");
      }
    }
    this.#light();
  }

  /** Lights an entrant wherever they stand and dims the matches of others. Null lights everything again. */
  trace(key) {
    if (key === this.#tracing) return;
    this.#tracing = key;
    this.#light();
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

  #buildGroup(number) {
    const rounds = this.#state.rounds.filter(({ group }) => group === number);
    if (this.#stage.structure === "SWISS") rounds.reverse();
    const title = html("h2", { id: `group-${number}` });
    const table = html("div", { class: "standings" });
    const byes = new Map();
    const blocks = rounds.map((round) => {
      const bye = html("p", { class: "bye" });
      byes.set(round.number, bye);
      const items = round.matchIds.map((id) => html("li", null, this.#buildCard(id, round.name)));
      return html(
        "section",
        { "aria-labelledby": `group-${number}-round-${round.number}` },
        html("h3", { id: `group-${number}-round-${round.number}`, class: "overline" }, `Round ${round.number}`),
        html("ul", { class: "fixtures" }, ...items),
        bye,
      );
    });
    this.#groups.set(number, { title, table, byes });
    return html(
      "section",
      { class: "group", "aria-labelledby": `group-${number}` },
      html("div", { class: "group-table" }, title, table),
      html("div", { class: "group-rounds" }, ...blocks),
    );
  }

  #buildCard(id, roundName) {
    const card = buildCard(id, roundName);
    this.#cards.set(id, card);
    return card.node;
  }

  #fill(match) {
    fillCard(this.#cards.get(match.id), match, this.#state.matches);
  }
}

function values(row) {
  return row.values.slice(0, MOST_VALUES);
}

/* What the codes at the heads of the tables mean, for those who cannot point at them. */
function legend(groups) {
  const first = groups.find(({ standings }) => standings.length)?.standings[0];
  return first ? values(first).map(({ tiebreak }) => `${tiebreak}: ${tiebreakName(tiebreak)}`).join(" · ") : "";
}

/*
 * What there is to reach in a stage: {isReached(row, place), note}. In a Swiss that ends by wins that is what the server
 * says of each; elsewhere a place in the table from which a later stage takes people. Those of the same rank stand there
 * in the order in which they go on.
 */
function goalOf(stages, stage, groupCount) {
  const { winsToAdvance: wins, lossesToLeave: losses } = stage.settings;
  if (wins || losses) {
    const note = [wins && `${count(wins, "win")}: through`, losses && `${count(losses, "loss", "losses")}: out`];
    return { isReached: ({ exit }) => exit === "ADVANCED", note: note.filter(Boolean).join(" · ") };
  }
  const ranks = goingOn(stages, stage.number, groupCount);
  const note = ranks.map(({ from, to }) => (from === 1 ? `The first ${to}` : from === to ? `Rank ${from}` : `Ranks ${from} to ${to}`));
  return {
    isReached: (row, place) => ranks.some(({ from, to }) => place >= from && place <= to),
    note: note.length ? `${note.join(", ")} go on` : "",
  };
}

const EXITS = { ADVANCED: "through", ELIMINATED: "out", LEFT: "left" };

function table(standings, goal) {
  if (standings.length === 0) return [];
  const heads = values(standings[0]).map(({ tiebreak }) =>
    html("th", { scope: "col" }, html("abbr", { title: tiebreakName(tiebreak) }, tiebreak)),
  );
  const rows = standings.map((row, index) => {
    const state = EXITS[row.exit] ?? (goal.isReached(row, index + 1) && "through");
    return html(
      "tr",
      { class: state || null, "data-entrant": entrantKey({ name: row.entrant.name, seed: row.seed }) },
      html("td", { class: "place" }, row.isTied ? `${row.rank}=` : String(row.rank)),
      html(
        "th",
        { scope: "row", title: row.entrant.name },
        row.exit && html("span", { class: "exit" }, EXITS[row.exit], html("span", { class: "unseen" }, ": ")),
        row.entrant.name,
        state === "through" && !row.exit && html("span", { class: "unseen" }, ", in a place that goes on"),
      ),
      ...values(row).map(({ value }) => html("td", null, value ?? "–")),
    );
  });
  const rank = html("th", { scope: "col" }, html("abbr", { title: "Rank" }, "#"));
  const head = html("tr", null, rank, html("th", { scope: "col" }, "Name"), ...heads);
  return [
    html("table", null, html("thead", null, head), html("tbody", null, ...rows)),
    goal.note && html("p", { class: "through-note" }, goal.note),
  ].filter(Boolean);
}
