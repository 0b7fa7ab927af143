/* Words: how enums, times and matches read on the page. Pure, apart from the locale of the browser. */

const DAY = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60]];

const TAGS = {
  LIVE: "Live",
  READY: "Ready",
  REPORTED: "Reported",
  DISPUTED: "Disputed",
  NOT_NEEDED: "Not needed",
  CANCELLED: "Cancelled",
};

const TIEBREAKS = {
  PTS: "Points",
  WIN: "Wins",
  WON: "Games won",
  DE: "Direct encounter",
  H2H: "Head to head",
  GD: "Difference of games",
  GF: "Games for",
  BH: "Buchholz",
  FB: "Fore Buchholz",
  AOB: "Average Buchholz of opponents",
  SB: "Sonneborn-Berger",
  PS: "Progressive scores",
  KS: "Koya",
  ARO: "Average rating of opponents",
  TPR: "Performance rating",
  RTNG: "Rating",
  TPN: "Seed",
  LOT: "Lot",
};

export const day = (instant) => DAY.format(new Date(instant));
export const clock = (instant) => CLOCK.format(new Date(instant));

/** The time of day, and of another day than today the day as well. */
export function moment(instant) {
  return new Date(instant).toDateString() === new Date().toDateString() ? clock(instant) : day(instant);
}

/** "SINGLE_ELIMINATION" as "Single elimination". */
export function words(value) {
  const text = value.replaceAll("_", " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "BH:C1" as "Buchholz (C1)"; a tie-break without a name here keeps its code. */
export function tiebreakName(label) {
  const [code, ...modifiers] = label.split(/[:/]/);
  const name = TIEBREAKS[code] ?? code;
  return modifiers.length ? `${name} (${modifiers.join(", ")})` : name;
}

export function count(number, noun, plural = `${noun}s`) {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** "in 3 hours", "5 minutes ago". */
export function fromNow(instant, now = Date.now()) {
  const seconds = Math.round((new Date(instant) - now) / 1000);
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  return RELATIVE.format(Math.round(seconds / size), unit);
}

/** How a match, or the matches of an event, are scored: "Best of 5". */
export function format({ scoring, bestOf }) {
  if (scoring === "POINTS") return "By points";
  return scoring === "PLAY_ALL" ? `All of ${count(bestOf, "game")}` : `Best of ${bestOf}`;
}

/** Whether a match was played and nobody has won. */
export function isDraw({ outcome, winnerSlot }) {
  return outcome === "PLAYED" && winnerSlot === null;
}

/** Whether a side of a match that waits for both has checked in. */
export function isHere({ status, checkIn }, slot) {
  return status === "READY" && Boolean(checkIn?.sides[slot].checkedInAt);
}

/** What stands for a side at its score: a mark once it has checked in, nothing before. */
export function scoreText(match, slot) {
  return isHere(match, slot) ? "✓" : String(match.slots[slot].score ?? "");
}

/** When the time to check in for a match is over, or that to answer its reported result. Null: there is no such time. */
export function dueAt({ status, checkIn, confirmsAt }) {
  return { READY: checkIn?.deadlineAt, REPORTED: confirmsAt }[status] ?? null;
}

/** The short word above a match. Empty where the scores say it all. */
export function tag(match) {
  if (match.status === "READY" && match.checkIn) return "Check-in";
  if (match.place.isReset && match.status === "PENDING") return "If needed";
  if (match.status !== "FINISHED") return TAGS[match.status] ?? "";
  if (match.outcome !== "PLAYED") return words(match.outcome ?? "");
  const [first, second] = match.slots;
  if (first.score !== second.score) return "";
  return isDraw(match) ? "Draw" : "After a tie-break";
}

/** Who a slot waits for: "Winner of U1.2". */
export function slotName(match, slot, matches) {
  const name = match.slots[slot].name;
  if (name !== null) return name;
  const source = match.place.sources[slot];
  const feeder = matches.get(source.matchId);
  return feeder ? `${source.kind === "LOSER" ? "Loser" : "Winner"} of ${feeder.place.key}` : "To be decided";
}

/** A match in one sentence, for those who hear the page. */
export function sentence(match, roundName, matches) {
  const sides = match.slots.map((slot, index) => {
    const name = slotName(match, index, matches);
    return slot.score === null ? name : `${name} ${slot.score}`;
  });
  const how = match.outcome === "PLAYED" ? "" : ` by ${words(match.outcome ?? "").toLowerCase()}`;
  const winner = match.winnerSlot === null ? "" : ` ${match.slots[match.winnerSlot].name} won${how}.`;
  const state = winner ? "" : isDraw(match) ? " Drawn." : ` ${tag(match) || words(match.status)}.`;
  const here = match.slots.filter((_, index) => isHere(match, index)).map(({ name }) => ` ${name} has checked in.`);
  return `${roundName}, match ${match.place.key}: ${sides.join(", ")}.${winner}${state}${here.join("")}`;
}
