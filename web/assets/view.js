/*
 * The window onto the drawing: wheel, pinch, drag, buttons and keys pan and zoom it; `fit` shows all of it.
 *
 * A notch of a mouse wheel zooms at the pointer; the finer steps of a trackpad pan, and zoom when pinched (browsers
 * report a pinch as a wheel with Ctrl). On a phone a drag comes to rest on the nearest round.
 */

import { BOX } from "./layout.js";

const SMALLEST = 0.08;
const LARGEST = 2;
const STEP = 1.25;
const PAN_STEP = 96;
const DRAG_THRESHOLD = 5;
const GLIDE_MS = 280;
const PHONE_WIDTH = 640;
const EDGE = 24;
const PHONE_EDGE = 20;
const READABLE = 0.56;

const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

export class View {
  #stage;
  #world;
  #onChange;
  #content = { width: 1, height: 1, columns: [0] };
  #at = { x: 0, y: 0, k: 1 };
  #pointers = new Map();
  #travelled = 0;
  #frame = 0;

  /** Pixels on the right that something covers. */
  coveredRight = 0;

  /** `stage` gets the events, `world` is moved; `onChange` hears {x, y, k, width, height} after every move. */
  constructor(stage, world, onChange) {
    this.#stage = stage;
    this.#world = world;
    this.#onChange = onChange;
    stage.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.#press(event));
    stage.addEventListener("pointermove", (event) => this.#drag(event));
    for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, (event) => this.#release(event));
    stage.addEventListener("click", (event) => this.#swallowDrag(event), { capture: true });
    stage.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#apply(this.#at)).observe(stage);
  }

  /** Tells the size of the drawing and where its columns begin. */
  setContent({ width, height, columns }) {
    this.#content = { width, height, columns };
  }

  /** The whole drawing if it stays readable, otherwise the neighbourhood of a box at a comfortable size. */
  open(box) {
    const whole = this.#whole();
    if (whole.k >= READABLE && !this.#isPhone()) this.#apply(whole);
    else this.#apply(this.#around(box, this.#comfortable()));
  }

  /** Everything at once. */
  fit() {
    this.glide(this.#whole());
  }

  /** Moves a box into sight when it is not there, at a readable size. */
  reveal(box) {
    const { x, y, k } = this.#at;
    const { width, height } = this.#size();
    const left = box.x * k + x;
    const top = box.y * k + y;
    const isInSight =
      k >= 0.5 && left > EDGE && top > 56 && left + box.width * k < width - EDGE && top + box.height * k < height - EDGE;
    if (!isInSight) this.goTo(box);
  }

  /** Moves to a box, at a readable size. */
  goTo(box) {
    this.glide(this.#around(box, Math.max(this.#at.k, this.#comfortable())));
  }

  /** Zooms about the middle. */
  zoom(factor) {
    const { width, height } = this.#size();
    this.glide(this.#zoomed(factor, width / 2, height / 2));
  }

  /** Puts a point of the drawing in the middle, at once. */
  centre(x, y) {
    const { width, height } = this.#size();
    const { k } = this.#at;
    this.#apply({ x: width / 2 - x * k, y: height / 2 - y * k, k });
  }

  /** Moves there smoothly, or at once for those who asked for less motion. */
  glide(target) {
    cancelAnimationFrame(this.#frame);
    if (isCalm.matches) {
      this.#apply(target);
      return;
    }
    const from = this.#at;
    const start = performance.now();
    const step = (now) => {
      const t = Math.min(1, (now - start) / GLIDE_MS);
      const eased = 1 - (1 - t) ** 3;
      const mix = (name) => from[name] + (target[name] - from[name]) * eased;
      this.#apply({ x: mix("x"), y: mix("y"), k: mix("k") });
      if (t < 1) this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  #size() {
    const { width, height } = this.#stage.getBoundingClientRect();
    return { width: width - this.coveredRight, height };
  }

  /* On a phone a match fills the width, with a glimpse of the next round. */
  #comfortable() {
    return this.#isPhone() ? Math.min(1.25, (this.#stage.clientWidth - 2 * PHONE_EDGE - 24) / BOX.width) : 0.85;
  }

  #isPhone() {
    return this.#stage.clientWidth < PHONE_WIDTH;
  }

  #whole() {
    const { width, height } = this.#size();
    const k = Math.max(SMALLEST, Math.min(1.1, width / this.#content.width, height / this.#content.height));
    return { x: (width - this.#content.width * k) / 2, y: (height - this.#content.height * k) / 2, k };
  }

  #around(box, k) {
    const { width, height } = this.#size();
    const x = this.#isPhone() ? PHONE_EDGE - box.x * k : width / 2 - (box.x + box.width / 2) * k;
    return this.#kept({ x, y: height / 2 - (box.y + box.height / 2) * k, k });
  }

  #zoomed(factor, x, y) {
    const { x: left, y: top, k } = this.#at;
    const next = Math.min(LARGEST, Math.max(SMALLEST, k * factor));
    return { x: x - ((x - left) / k) * next, y: y - ((y - top) / k) * next, k: next };
  }

  /* Some of the drawing always stays in sight; what fits stands in the middle. */
  #kept({ x, y, k }) {
    const { width, height } = this.#size();
    const within = (value, room, length) => {
      const slack = room - length;
      return slack >= 0 ? slack / 2 : Math.min(EDGE, Math.max(slack - EDGE, value));
    };
    return { x: within(x, width, this.#content.width * k), y: within(y, height, this.#content.height * k), k };
  }

  #apply(next) {
    const { width, height } = this.#stage.getBoundingClientRect();
    const reach = 80;
    const hold = (value, room, length) => Math.min(room - reach, Math.max(reach - length, value));
    const k = next.k;
    this.#at = {
      x: hold(next.x, width, this.#content.width * k),
      y: hold(next.y, height, this.#content.height * k),
      k,
    };
    this.#world.setAttribute("transform", `matrix(${k} 0 0 ${k} ${this.#at.x} ${this.#at.y})`);
    this.#onChange({ ...this.#at, width, height });
  }

  #wheel(event) {
    event.preventDefault();
    cancelAnimationFrame(this.#frame);
    const { left, top } = this.#stage.getBoundingClientRect();
    const isNotch = event.deltaX === 0 && (event.deltaMode !== 0 || Math.abs(event.deltaY) >= 100);
    if (event.ctrlKey || (isNotch && !event.shiftKey)) {
      const factor = Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0018));
      this.#apply(this.#zoomed(factor, event.clientX - left, event.clientY - top));
      return;
    }
    const { x, y, k } = this.#at;
    const sideways = event.shiftKey && event.deltaX === 0;
    this.#apply({ x: x - (sideways ? event.deltaY : event.deltaX), y: y - (sideways ? 0 : event.deltaY), k });
  }

  #press(event) {
    if (event.button !== 0 || event.target.closest("button, input, select")) return;
    cancelAnimationFrame(this.#frame);
    if (this.#pointers.size === 0) this.#travelled = 0;
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  #drag(event) {
    const last = this.#pointers.get(event.pointerId);
    if (!last) return;
    const now = { x: event.clientX, y: event.clientY };
    const move = { x: now.x - last.x, y: now.y - last.y };
    this.#travelled += Math.hypot(move.x, move.y);
    this.#pointers.set(event.pointerId, now);
    if (this.#travelled < DRAG_THRESHOLD) return;
    this.#stage.classList.add("dragging");
    this.#stage.setPointerCapture(event.pointerId);
    const { x, y, k } = this.#at;
    if (this.#pointers.size === 1) {
      this.#apply({ x: x + move.x, y: y + move.y, k });
      return;
    }
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)[1];
    const { left, top } = this.#stage.getBoundingClientRect();
    const spread = (point) => Math.hypot(point.x - other.x, point.y - other.y);
    const middle = { x: (now.x + other.x) / 2 - left, y: (now.y + other.y) / 2 - top };
    this.#at = { x: x + move.x / 2, y: y + move.y / 2, k };
    this.#apply(this.#zoomed(spread(now) / Math.max(1, spread(last)), middle.x, middle.y));
  }

  #release(event) {
    if (!this.#pointers.delete(event.pointerId) || this.#pointers.size > 0) return;
    this.#stage.classList.remove("dragging");
    if (this.#travelled >= DRAG_THRESHOLD && this.#isPhone() && this.#at.k > 0.6) this.#snap();
  }

  #snap() {
    const { x, y, k } = this.#at;
    const offsets = this.#content.columns.map((column) => PHONE_EDGE - column * k);
    const nearest = offsets.reduce((best, each) => (Math.abs(each - x) < Math.abs(best - x) ? each : best));
    this.glide({ x: nearest, y, k });
  }

  #swallowDrag(event) {
    if (this.#travelled < DRAG_THRESHOLD) return;
    this.#travelled = 0;
    event.stopPropagation();
  }

  #key(event) {
    const { x, y, k } = this.#at;
    const pan = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (pan && (event.target === this.#stage || event.shiftKey)) {
      this.glide({ x: x + pan[0] * PAN_STEP, y: y + pan[1] * PAN_STEP, k });
    } else if (event.key === "+" || event.key === "=") this.zoom(STEP);
    else if (event.key === "-") this.zoom(1 / STEP);
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
  }
}
