/* Finding an entrant: a combobox over the names of the bracket (WAI-ARIA 1.2, list with manual selection). */

import { byId, html } from "./dom.js";
import { entrants } from "./state.js";

const MOST_SHOWN = 8;

export class Search {
  #input = byId("search");
  #list = byId("search-results");
  #state = null;
  #onPick;
  #onTrace;
  #active = -1;

  /** `onPick` gets the chosen entrant; `onTrace` the key of the one in question, or null. */
  constructor(onPick, onTrace) {
    this.#onPick = onPick;
    this.#onTrace = onTrace;
    this.#input.addEventListener("input", () => this.#show());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("blur", () => this.#hide());
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.target.closest("input, select, textarea")) return;
      event.preventDefault();
      this.#input.focus();
    });
  }

  setState(state) {
    this.#state = state;
  }

  #show() {
    const wanted = fold(this.#input.value);
    const found = wanted ? [...entrants(this.#state).values()].filter(({ name }) => fold(name).includes(wanted)) : [];
    found.sort((a, b) => fold(a.name).indexOf(wanted) - fold(b.name).indexOf(wanted) || a.seed - b.seed);
    this.#active = -1;
    this.#list.replaceChildren(...found.slice(0, MOST_SHOWN).map((entrant, index) => this.#option(entrant, index)));
    if (wanted && !found.length) this.#list.append(html("li", { class: "quiet" }, "Nobody by that name"));
    this.#list.hidden = !wanted;
    this.#input.setAttribute("aria-expanded", String(Boolean(wanted)));
    this.#mark();
  }

  #option(entrant, index) {
    const seed = entrant.seed === null ? "" : String(entrant.seed);
    const option = html(
      "li",
      { role: "option", id: `found-${index}`, "aria-selected": "false" },
      html("span", { class: "rank" }, seed),
      entrant.name,
    );
    option.entrant = entrant;
    option.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.#pick(entrant);
    });
    return option;
  }

  #key(event) {
    const options = this.#list.querySelectorAll("[role=option]");
    if (event.key === "Escape") {
      this.#input.value = "";
      this.#hide();
      this.#onTrace(null);
      event.stopPropagation();
    } else if (event.key === "Enter" && options.length) this.#pick(options[Math.max(0, this.#active)].entrant);
    else if (["ArrowDown", "ArrowUp"].includes(event.key) && options.length) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.#active = (this.#active + step + options.length) % options.length;
      this.#mark();
    } else return;
    event.preventDefault();
  }

  #mark() {
    const options = [...this.#list.querySelectorAll("[role=option]")];
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === this.#active)));
    const active = options[this.#active];
    if (active) this.#input.setAttribute("aria-activedescendant", active.id);
    else this.#input.removeAttribute("aria-activedescendant");
    this.#onTrace(active?.entrant.key ?? (options.length === 1 ? options[0].entrant.key : null));
  }

  #pick(entrant) {
    this.#input.value = "";
    this.#hide();
    this.#onPick(entrant);
  }

  #hide() {
    this.#list.hidden = true;
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }
}

function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
