/*
 * A stage that is played in heats: a table for each heat, by rounds, the newest first. Who goes on is marked.
 *
 * A table is written anew when its heat has changed, the others stay as they are. Only events with heats load this.
 */

import { html } from "./dom.js";
import { request } from "./http.js";

const MOST_PAGES = 20;
const STATES = { READY: "To be played", LIVE: "Being played" };

export class Heats {
  #root;
  #nodes = new Map();

  /** `root` is the element that all of it goes into. */
  constructor(root) {
    this.#root = root;
  }

  /** Brings the tables up to these heats. Returns of those that are over and were not a sentence. */
  show(heats) {
    const over = heats.filter(({ id, status }) => {
      const before = this.#nodes.get(id)?.heat.status;
      return status === "FINISHED" && before !== undefined && before !== "FINISHED";
    });
    const before = this.#nodes;
    this.#nodes = new Map(heats.map((heat) => [heat.id, before.get(heat.id)]));
    for (const heat of heats) {
      if (this.#nodes.get(heat.id)?.heat !== heat) this.#nodes.set(heat.id, { heat, node: section(heat) });
    }
    const numbers = [...new Set(heats.map(({ round }) => round))].reverse();
    this.#root.replaceChildren(...numbers.map((number) => this.#round(number, numbers.length)));
    return over.map(heatSentence);
  }

  #round(number, last) {
    const nodes = [...this.#nodes.values()].filter(({ heat }) => heat.round === number);
    const isFinal = number === last && nodes.length === 1;
    const title = html("h2", { id: `heats-${number}` }, isFinal ? "Final heat" : `Round ${number}`);
    return html(
      "section",
      { class: "heat-round", "aria-labelledby": `heats-${number}` },
      title,
      html("div", { class: "heat-list" }, ...nodes.map(({ node }) => node)),
    );
  }
}

/** The heats of a stage, by rounds: the first thousand at most. */
export async function readHeats(slug, stage) {
  const heats = [];
  let after = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { tournament } = await request("StageHeats", { slug, after }, { isFresh: true });
    const read = tournament.stages.find(({ number }) => number === stage).heats;
    heats.push(...read.nodes);
    if (!read.pageInfo.hasNextPage) break;
    after = read.pageInfo.endCursor;
  }
  return heats;
}

/* A heat in one sentence, for those who hear the page. */
function heatSentence({ round, number, entrants }) {
  const first = entrants.filter(({ place }) => place === 1).map(({ name }) => name);
  return `Round ${round}, heat ${number}: ${first.join(" and ")} came first.`;
}

function section(heat) {
  const id = `heat-${heat.round}-${heat.number}`;
  const reported = Math.max(0, ...heat.entrants.map(({ games }) => games.length));
  const played = heat.gameCount > 1 ? `${reported} of ${heat.gameCount} games` : null;
  const note = [STATES[heat.status], heat.status !== "READY" && played].filter(Boolean).join(" \u00b7 ");
  return html(
    "section",
    { class: `heat is-${heat.status.toLowerCase()}`, "aria-labelledby": id },
    html("h3", { id }, `Heat ${heat.number}`, note && html("span", { class: "heat-note" }, note)),
    html("div", { class: "standings" }, table(heat)),
  );
}

function table({ entrants, gameCount }) {
  const hasScores = entrants.some(({ score }) => score > 0);
  const head = html(
    "tr",
    null,
    html("th", { scope: "col" }, html("abbr", { title: "Place" }, "#")),
    html("th", { scope: "col" }, "Name"),
    html("th", { scope: "col" }, "Points"),
    hasScores && html("th", { scope: "col" }, "Score"),
  );
  const rows = entrants.map((entrant) => row(entrant, gameCount, hasScores));
  return html("table", null, html("thead", null, head), html("tbody", null, ...rows));
}

function row(entrant, gameCount, hasScores) {
  const { name, place, points, score, hasLeft, isThrough } = entrant;
  const games = entrant.games.map((game) => `Game ${game.number}: place ${game.place}, score ${game.score}`).join("\n");
  return html(
    "tr",
    { class: [isThrough && "through", hasLeft && "gone"].filter(Boolean).join(" ") || null },
    html("td", { class: "place" }, place === null ? "\u2013" : String(place)),
    html(
      "th",
      { scope: "row", title: name },
      name,
      isThrough && html("span", { class: "unseen" }, ", goes on"),
      hasLeft && html("span", { class: "gone-note" }, " left"),
    ),
    html("td", { title: gameCount > 1 ? games : null }, place === null ? "\u2013" : String(points)),
    hasScores && html("td", null, String(score)),
  );
}
