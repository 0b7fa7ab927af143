/*
 * The progress of an event as a picture: a column per round, a bar per match, filled as matches end. The upper side
 * stands above the lower one, the finals to the right of both, as in the bracket itself.
 */

import { svg } from "./dom.js";

const WIDTH = 320;
const HEIGHT = 112;
const GAP = 12;
const THICKEST = 9;

/** The picture. It says nothing that the text beside it does not say. */
export function miniBracket(rounds) {
  const of = (...sides) => rounds.filter(({ side }) => sides.includes(side));
  const [upper, lower, final] = [of("UPPER"), of("LOWER"), of("FINAL", "THIRD_PLACE")];
  const depth = Math.max(upper.length, lower.length);
  const pitch = WIDTH / (depth + final.length);
  const split = lower.length ? (HEIGHT - GAP) * 0.62 : HEIGHT;
  const bars = [
    ...upper.flatMap((round, index) => column(round, index * pitch, 0, split)),
    ...lower.flatMap((round, index) => column(round, index * pitch, split + GAP, HEIGHT - split - GAP)),
    ...final.flatMap((round, index) => column(round, (depth + index) * pitch, 0, HEIGHT)),
  ];
  return svg("svg", { class: "mini", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, ...bars);

  function column({ matches }, x, top, height) {
    const step = height / matches.length;
    const thickness = Math.min(THICKEST, Math.max(1, step * 0.7));
    return matches.map(({ status }, row) =>
      svg("rect", {
        class: `bar is-${status.toLowerCase()}`,
        x,
        y: top + row * step + (step - thickness) / 2,
        width: pitch - Math.min(8, pitch * 0.25),
        height: thickness,
        rx: Math.min(3, thickness / 2),
      }),
    );
  }
}
