/* The sheet beside the bracket (below it on a phone): opens with a title and content, gives the focus back on closing. */

import { byId } from "./dom.js";

export class Panel {
  #node = byId("panel");
  #title = byId("panel-title");
  #body = byId("panel-body");
  #opener = null;
  #onClose = null;

  constructor() {
    byId("panel-close").addEventListener("click", () => this.close());
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !this.#node.hidden) this.close();
    });
  }

  /** How much of the page it covers on the right; nothing where it lies below. */
  get coveredRight() {
    return this.#node.hidden || innerWidth < 900 ? 0 : this.#node.offsetWidth;
  }

  /** Shows content; whatever was open before is closed first. `onClose` runs once, when it goes. */
  open(title, content, onClose = () => {}) {
    if (this.#node.hidden) this.#opener = document.activeElement;
    this.#onClose?.();
    this.#onClose = onClose;
    this.#title.textContent = title;
    this.#body.replaceChildren(...content);
    this.#body.scrollTop = 0;
    this.#node.hidden = false;
    this.#title.focus({ preventScroll: true });
  }

  close() {
    this.#node.hidden = true;
    this.#onClose?.();
    this.#onClose = null;
    this.#opener?.focus({ preventScroll: true });
  }
}
