/*
 * What the page knows of an event. Pure: `reduce(state, message)` answers the next state, and what to do about it.
 *
 * The server numbers the changes of a bracket without holes. A change that is not newer than the last one is a
 * duplicate and dropped. A hole is counted and asked for again once ("replay"); if it is still there then, the change is
 * taken, because every change carries its match as a whole. A Resync announces that the next message may jump.
 */

export const EMPTY = Object.freeze({
  tournament: null,
  rounds: [],
  matches: new Map(),
  heats: [],
  deadlines: new Map(),
  cursor: null,
  gaps: 0,
  duplicates: 0,
  resyncs: 0,
  mayJump: false,
  replayedFrom: null,
});

/** The state after a message of the subscription, and the effect it asks for: null, "replay" or "reload". */
export function reduce(state, message) {
  switch (message.__typename) {
    case "BracketSnapshot":
      return snapshot(state, message);
    case "MatchChanged":
      return inOrder(state, message, matchChanged);
    case "HeatChanged":
      return inOrder(state, message, heatChanged);
    case "HeatsRead":
      return { state: { ...state, heats: newest(state.heats, message.heats) }, effect: null };
    case "DeadlinesRead":
      return { state: deadlinesRead(state, message.matches), effect: null };
    case "TournamentChanged":
      return inOrder(state, message, tournamentChanged);
    case "Resync":
      return { state: { ...state, resyncs: state.resyncs + 1, mayJump: true, replayedFrom: null }, effect: null };
    default:
      return { state, effect: null };
  }
}

/** Finished matches and heats, and those that are or will be played; a reset counts once it is known to be needed. */
export function progress({ matches, heats }) {
  let done = heats.filter(({ status }) => status === "FINISHED").length;
  let all = heats.length;
  for (const match of matches.values()) {
    if (match.status === "NOT_NEEDED" || match.status === "CANCELLED") continue;
    if (match.place.isReset && match.status === "PENDING") continue;
    all += 1;
    if (match.status === "FINISHED") done += 1;
  }
  return { done, all };
}

/** The winner of the deciding match, once nothing is played after it. Null before. */
export function champion({ matches }) {
  const final = [...matches.values()].filter(isDeciding).at(-1);
  return final && final.winnerSlot !== null ? { ...final.slots[final.winnerSlot], matchId: final.id } : null;

  function isDeciding(match) {
    if (match.status !== "FINISHED" || !["UPPER", "FINAL"].includes(match.place.side)) return false;
    const later = [...matches.values()].filter((other) =>
      other.place.sources.some((source) => source.matchId === match.id && source.kind === "WINNER"),
    );
    return later.every((other) => other.status === "NOT_NEEDED");
  }
}

/** Who plays in the bracket: key -> {key, name, seed, matchIds}, the matches in playing order. */
export function entrants({ matches }) {
  const found = new Map();
  for (const match of matches.values()) {
    for (const slot of match.slots) {
      const key = entrantKey(slot);
      if (key === null) continue;
      if (!found.has(key)) found.set(key, { key, name: slot.name, seed: slot.seed, matchIds: [] });
      found.get(key).matchIds.push(match.id);
    }
  }
  return found;
}

/** What identifies an entrant within one bracket. Null while the slot is open. */
export function entrantKey(slot) {
  if (slot.name === null) return null;
  return slot.seed === null ? slot.name : String(slot.seed);
}

function snapshot(state, { cursor, tournament, bracket }) {
  if (!state.mayJump && state.cursor !== null && BigInt(cursor) < BigInt(state.cursor)) {
    return { state: { ...state, duplicates: state.duplicates + 1 }, effect: null };
  }
  const rounds = bracket?.rounds ?? [];
  const deadlines = stillDue(state.deadlines, tournament);
  const matches = new Map();
  for (const match of rounds.flatMap((round) => round.matches)) {
    const known = state.matches.get(match.id);
    const isKnown = known?.version === match.version && deadlines === state.deadlines;
    matches.set(match.id, isKnown ? known : { ...match, ...deadlines.get(match.id) });
  }
  const next = {
    ...state,
    tournament: tournament ?? state.tournament,
    rounds: rounds.map(({ stage, group, side, number, name, matches: members }) => ({
      stage,
      group,
      side,
      number,
      name,
      matchIds: members.map(({ id }) => id),
    })),
    matches,
    deadlines,
    cursor,
    mayJump: false,
    replayedFrom: null,
  };
  return { state: next, effect: null };
}

function inOrder(state, message, apply) {
  const { cursor } = message;
  const skipped = state.cursor === null ? 0n : BigInt(cursor) - BigInt(state.cursor) - 1n;
  if (skipped < 0n) return { state: { ...state, duplicates: state.duplicates + 1 }, effect: null };
  if (skipped > 0n && !state.mayJump && state.replayedFrom !== state.cursor) {
    return { state: { ...state, gaps: state.gaps + Number(skipped), replayedFrom: state.cursor }, effect: "replay" };
  }
  return apply({ ...state, cursor, mayJump: false, replayedFrom: null }, message);
}

function matchChanged(state, { match }) {
  const known = state.matches.get(match.id);
  if (!known) return { state, effect: "reload" };
  if (match.version < known.version) return { state, effect: null };
  const matches = new Map(state.matches).set(match.id, { ...known, ...match });
  return { state: { ...state, matches }, effect: null };
}

/* Where nobody has to check in any more, check-ins end without a change of their matches. */
function stillDue(deadlines, tournament) {
  const isOver = tournament?.matchDeadlines?.checkInMinutes === null;
  if (!isOver || ![...deadlines.values()].some(({ checkIn }) => checkIn)) return deadlines;
  return new Map([...deadlines].map(([id, due]) => [id, { ...due, checkIn: null }]));
}

/* Deadlines are read beside the changes, so they may come before the match that they are of. */
function deadlinesRead(state, read) {
  const deadlines = new Map(state.deadlines);
  const matches = new Map(state.matches);
  for (const { id, checkIn, confirmsAt } of read) {
    deadlines.set(id, { checkIn, confirmsAt });
    if (matches.has(id)) matches.set(id, { ...matches.get(id), checkIn, confirmsAt });
  }
  return { ...state, deadlines, matches };
}

function heatChanged(state, { heat }) {
  const known = state.heats.find(({ id }) => id === heat.id);
  if (!known) return { state, effect: heat.status === "SET_ASIDE" ? null : "reload" };
  const heats = state.heats.map((each) => (each.id === heat.id && heat.version >= each.version ? heat : each));
  return { state: { ...state, heats: heats.filter(({ status }) => status !== "SET_ASIDE") }, effect: null };
}

/* What was read, but for heats of which a newer version has come meanwhile. */
function newest(known, read) {
  return read.map((heat) => known.find(({ id, version }) => id === heat.id && version > heat.version) ?? heat);
}

function tournamentChanged(state, { tournament }) {
  return { state: { ...state, tournament: { ...state.tournament, ...tournament } }, effect: "reload" };
}
