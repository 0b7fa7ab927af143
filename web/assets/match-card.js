/* A match as a card: its state, and both sides with their scores. It stays the same node while it is played. */

import { countDown } from "./countdown.js";
import { html, setText } from "./dom.js";
import { entrantKey } from "./state.js";
import { dueAt, scoreText, sentence, slotName, tag } from "./text.js";

/** The card of a match of a round; `fillCard` writes what it shows. */
export function buildCard(id, roundName) {
  const slots = [0, 1].map(() => {
    const parts = { name: html("span", { class: "seat-name" }), score: html("span", { class: "seat-score" }) };
    return { ...parts, node: html("span", { class: "seat" }, parts.name, parts.score) };
  });
  const state = html("span", { class: "fixture-tag" });
  const node = html("button", { type: "button", "data-match": id }, state, ...slots.map((slot) => slot.node));
  return { node, slots, state, roundName };
}

/** Writes a match into its card. `matches` are all of the stage; `note` is added to the state. */
export function fillCard({ node, slots, state, roundName }, match, matches, note = "") {
  const isOnPath = node.classList.contains("on-path");
  node.className = `fixture is-${match.status.toLowerCase()}${isOnPath ? " on-path" : ""}`;
  node.setAttribute("aria-label", [sentence(match, roundName, matches), note].filter(Boolean).join(" "));
  countDown(state, [tag(match), note].filter(Boolean).join(" · "), dueAt(match));
  slots.forEach((slot, index) => {
    slot.node.dataset.entrant = entrantKey(match.slots[index]) ?? "";
    slot.node.classList.toggle("won", match.winnerSlot === index);
    slot.node.classList.toggle("lost", match.winnerSlot !== null && match.winnerSlot !== index);
    setText(slot.name, slotName(match, index, matches));
    setText(slot.score, scoreText(match, index));
  });
}
