/*
 * The progress of an event as a picture: a column per round, a bar per match, filled as matches end. Of a bracket the
 * upper side stands above the lower one, the finals to the right of both, as in the bracket itself; groups stand side by
 * side. Of an event of several stages it is the one that is played, or else the last.
 */

import { svg } from "./dom.js";

const WIDTH = 320;
const HEIGHT = 112;
const GAP = 12;
const THICKEST = 9;
const OVER = new Set(["FINISHED", "NOT_NEEDED", "CANCELLED"]);

/** The picture. It says nothing that the text beside it does not say. */
export function miniProgress(rounds) {
  const open = rounds.find(({ matches }) => matches.some(({ status }) => !OVER.has(status))) ?? rounds.at(-1);
  const shown = rounds.filter(({ stage }) => stage === open.stage);
  const bars = open.group === null ? bracket(shown) : groups(shown);
  return svg("svg", { class: "mini", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": "true" }, ...bars);
}

function bracket(rounds) {
  const of = (...sides) => rounds.filter(({ side }) => sides.includes(side));
  const [upper, lower, final] = [of("UPPER"), of("LOWER"), of("FINAL", "THIRD_PLACE")];
  const depth = Math.max(upper.length, lower.length);
  const pitch = WIDTH / (depth + final.length);
  const split = lower.length ? (HEIGHT - GAP) * 0.62 : HEIGHT;
  return [
    ...upper.flatMap((round, index) => column(round, index * pitch, 0, pitch, split)),
    ...lower.flatMap((round, index) => column(round, index * pitch, split + GAP, pitch, HEIGHT - split - GAP)),
    ...final.flatMap((round, index) => column(round, (depth + index) * pitch, 0, pitch, HEIGHT)),
  ];
}

/* In as many equal rows as keep each group about as wide as it is high, with room between them. */
function groups(rounds) {
  const numbers = [...new Set(rounds.map(({ group }) => group))];
  const down = Math.max(1, Math.round(Math.sqrt((numbers.length * HEIGHT) / WIDTH)));
  const across = Math.ceil(numbers.length / down);
  const gap = GAP / Math.max(1, down - 1);
  const width = (WIDTH + gap) / across;
  const height = (HEIGHT + gap) / down;
  return numbers.flatMap((number, index) => {
    const mine = rounds.filter(({ group }) => group === number);
    const pitch = (width - gap) / mine.length;
    const [x, top] = [(index % across) * width, Math.floor(index / across) * height];
    return mine.flatMap((round, at) => column(round, x + at * pitch, top, pitch, height - gap));
  });
}

function column({ matches }, x, top, pitch, height) {
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
