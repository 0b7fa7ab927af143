/* What a match is played on: each game with its map as far as it is picked, what is banned for the next one struck out,
   whose turn it is. */

import { countDown } from "./countdown.js";
import { html, setText } from "./dom.js";

const RUNNING = ["READY", "LIVE"];
const VERBS = { BAN: "bans", PICK: "picks", SIDE: "chooses a side" };

export class VetoBoard {
  node = html("section", { class: "veto", hidden: true, "aria-labelledby": "veto-title" });
  #turn = html("p", { class: "veto-turn", "aria-live": "polite" });
  #left = html("span", { class: "veto-left", role: "timer", "aria-live": "off" });
  #maps = html("ol", { class: "veto-maps" });
  #pool = html("ul", { class: "veto-pool", "aria-label": "Not played" });

  constructor() {
    const title = html("h3", { class: "overline", id: "veto-title" }, "Picks and bans");
    const now = html("div", { class: "veto-now" }, this.#turn, this.#left);
    this.node.append(title, now, this.#maps, this.#pool);
  }

  /** Shows a veto, or nothing without one. `match` has the names of the sides, and how many games there are. */
  show(veto, match) {
    this.node.hidden = !veto;
    if (!veto) return;
    const name = (slot) => match.slots[slot].name ?? "…";
    const next = veto.steps.find(({ option }) => option === null);
    const isWaiting = next && RUNNING.includes(match.status);
    setText(this.#turn, isWaiting ? `${name(next.slot)} ${VERBS[next.kind]}` : next ? "Never settled" : "Settled");
    this.node.classList.toggle("settled", !isWaiting);
    countDown(this.#left, "", isWaiting ? veto.deadlineAt : null);
    this.#left.hidden = !isWaiting || !veto.deadlineAt;
    const games = Array.from({ length: match.bestOf }, (_, index) => veto.maps[index] ?? null);
    this.#maps.replaceChildren(...games.map((each, index) => game(each, index, name)));
    const played = new Set(veto.maps.map(({ option }) => option.slug));
    const last = veto.steps.at(-1)?.game;
    const banned = veto.steps.filter(({ kind, game, option }) => kind === "BAN" && game === last && option);
    const bans = new Map(banned.map((step) => [step.option.slug, step]));
    this.#pool.replaceChildren(
      ...veto.pool
        .filter(({ slug }) => bans.has(slug) || !played.has(slug))
        .map((option) => chip(option, bans.get(option.slug), name)),
    );
  }
}

function game(map, index, name) {
  const number = html("span", { class: "veto-game" }, html("span", { class: "unseen" }, "Game "), String(index + 1));
  if (!map) return html("li", { class: "open" }, number, html("b", {}, "Not settled"));
  const by = map.pickedBySlot === null ? "Left over" : `Picked by ${name(map.pickedBySlot)}`;
  const [first] = map.startingSides;
  return html(
    "li",
    {},
    number,
    html("b", {}, map.option.name),
    html("span", { class: "quiet" }, by),
    first && html("span", { class: "quiet" }, `${name(0)} starts on ${first.name}`),
    map.winnerSlot !== null && html("span", { class: "quiet" }, `Won by ${name(map.winnerSlot)}`),
  );
}

function chip(option, ban, name) {
  if (!ban) return html("li", { class: "chip" }, option.name);
  const by = `Banned by ${name(ban.slot)}${ban.isAutomatic ? ", by lot" : ""}`;
  return html("li", { class: "chip banned", title: by }, html("s", {}, option.name), html("span", { class: "unseen" }, by));
}
