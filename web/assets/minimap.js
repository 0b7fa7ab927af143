/* A small map of a bracket that does not fit the window: every match a mark, the window a frame. Click or drag to go. */

import { svg } from "./dom.js";
import { BOX } from "./layout.js";

export class Minimap {
  #node;
  #frame = svg("rect", { class: "window" });
  #marks = new Map();
  #plan = null;

  /** `onGo` gets the point of the drawing to move to. */
  constructor(node, onGo) {
    this.#node = node;
    const go = (event) => {
      if (event.buttons !== 1) return;
      const { left, top, width, height } = node.getBoundingClientRect();
      const { width: wide, height: high } = this.#plan;
      onGo(((event.clientX - left) / width) * wide, ((event.clientY - top) / height) * high);
    };
    node.addEventListener("pointerdown", go);
    node.addEventListener("pointermove", go);
  }

  draw(state, plan) {
    this.#plan = plan;
    this.#node.setAttribute("viewBox", `0 0 ${plan.width} ${plan.height}`);
    this.#marks.clear();
    for (const [id, { x, y }] of plan.boxes) {
      this.#marks.set(id, svg("rect", { x, y, width: BOX.width, height: BOX.height, rx: 12 }));
    }
    this.#node.replaceChildren(...this.#marks.values(), this.#frame);
    this.update([...state.matches.values()]);
  }

  update(matches) {
    for (const { id, status } of matches) this.#marks.get(id)?.setAttribute("class", `mark is-${status.toLowerCase()}`);
  }

  /** Shows where the window stands, and hides the map while everything is in sight. */
  show({ x, y, k, width, height }) {
    if (!this.#plan) return;
    const fits = this.#plan.width * k <= width + 1 && this.#plan.height * k <= height + 1;
    this.#node.classList.toggle("idle", fits);
    const place = { x: -x / k, y: -y / k, width: width / k, height: height / k, rx: 24 };
    for (const [name, value] of Object.entries(place)) this.#frame.setAttribute(name, value);
  }
}
