/* The stages of an event as tabs (WAI-ARIA 1.2, chosen as soon as they have the focus). One stage needs none. */

import { byId, html } from "./dom.js";
import { words } from "./text.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

export class StageTabs {
  #node = byId("stages");
  #shown = "";
  #onChoose;

  /** `onChoose` gets the number of the stage that was chosen. */
  constructor(onChoose) {
    this.#onChoose = onChoose;
    this.#node.addEventListener("click", (event) => this.#choose(event.target.closest("[role=tab]")));
    this.#node.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Shows all stages, each with whether it `hasBegun`, and which one is on view. */
  show(stages, chosen) {
    const wanted = JSON.stringify([stages, chosen]);
    if (this.#shown === wanted) return;
    this.#shown = wanted;
    const isFocused = this.#node.contains(document.activeElement);
    const panel = byId("arena");
    this.#node.hidden = stages.length < 2;
    if (this.#node.hidden) {
      panel.removeAttribute("role");
      panel.removeAttribute("aria-labelledby");
      return;
    }
    this.#node.replaceChildren(...stages.map((stage) => tab(stage, stage.number === chosen)));
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `tab-${chosen}`);
    byId(`tab-${chosen}`).scrollIntoView({ block: "nearest", inline: "nearest" });
    if (isFocused) byId(`tab-${chosen}`).focus();
  }

  #choose(tab) {
    if (tab && !tab.disabled) this.#onChoose(Number(tab.dataset.stage));
  }

  #key(event) {
    const tabs = [...this.#node.querySelectorAll("[role=tab]:enabled")];
    const here = tabs.indexOf(event.target);
    const targets = { Home: 0, End: tabs.length - 1 };
    const next = event.key in STEPS ? (here + STEPS[event.key] + tabs.length) % tabs.length : targets[event.key];
    if (here < 0 || next === undefined) return;
    event.preventDefault();
    this.#choose(tabs[next]);
  }
}

function tab({ number, name, structure, status, hasBegun }, isChosen) {
  return html(
    "button",
    {
      id: `tab-${number}`,
      class: `tab is-${status.toLowerCase()}`,
      type: "button",
      role: "tab",
      tabindex: isChosen ? 0 : -1,
      "aria-selected": String(isChosen),
      "aria-controls": "arena",
      "data-stage": number,
      disabled: !hasBegun,
    },
    name ?? words(structure),
    status === "RUNNING" && html("span", { class: "unseen" }, ", being played"),
    status === "CANCELLED" && html("span", { class: "unseen" }, ", called off"),
    !hasBegun && html("span", { class: "unseen" }, ", not begun"),
  );
}
