/* The stages of an event: which one is on view, and what of the event belongs to it. Pure. */

const HASH = /^#stage-(\d+)$/;

/** Whether a stage is played in tables. What is neither that nor a ladder nor in heats is drawn as a bracket. */
export function hasTables({ structure }) {
  return structure === "ROUND_ROBIN" || structure === "SWISS";
}

/** Whether a stage is a ladder. */
export function isLadder({ structure }) {
  return structure === "LADDER";
}

/** Whether a stage is played in heats of many. */
export function isInHeats({ structure }) {
  return structure === "FREE_FOR_ALL";
}

/** The number of the stage that an address asks for, such as "#stage-2". Null when it asks for none. */
export function stageIn(hash) {
  const found = HASH.exec(hash);
  return found && Number(found[1]);
}

/**
 * The stage to show: the wanted one if it has begun, else the one that is played, else the last that was.
 * That a stage has begun is heard a moment before its matches are read.
 */
export function stageToShow(state, wanted) {
  const begun = begunStages(state);
  return begun.find(({ number }) => number === wanted) ?? begun.find(({ status }) => status === "RUNNING") ?? begun.at(-1);
}

/**
 * The stages that there is something to see of; none before an event is read. A ladder may have begun without any match,
 * and heats are read after it is heard that their stage has begun.
 */
export function begunStages({ tournament, rounds }) {
  return (tournament?.stages ?? []).filter((each) =>
    isLadder(each) || isInHeats(each)
      ? each.status !== "PENDING"
      : rounds.some(({ stage }) => stage === each.number),
  );
}

/** The same state with the rounds, the matches and the heats of one stage only. */
export function stateOf(state, stage) {
  const rounds = state.rounds.filter((round) => round.stage === stage);
  const ids = rounds.flatMap(({ matchIds }) => matchIds);
  const matches = new Map(ids.map((id) => [id, state.matches.get(id)]));
  return { ...state, rounds, matches, heats: state.heats.filter((heat) => heat.stage === stage) };
}

/** The tables of all stages after a message of their stream: [{number, groups}], both in order. */
export function foldTables(tables, message) {
  if (message.__typename === "StandingsSnapshot") return message.tournament.stages;
  if (message.__typename !== "StandingsChanged") return tables;
  const { stage, group } = message;
  const groups = tables.find(({ number }) => number === stage.number)?.groups ?? [];
  return put(tables, { number: stage.number, groups: put(groups, group) });
}

function put(list, item) {
  return [...list.filter(({ number }) => number !== item.number), item].sort((a, b) => a.number - b.number);
}

/** The groups of a stage with their tables. */
export function groupsOf(tables, stage) {
  return tables.find(({ number }) => number === stage)?.groups ?? [];
}

/** From which and to which rank people of each group of a stage go on, by what later stages take: [{from, to}]. */
export function goingOn(stages, stage, groupCount) {
  return stages
    .flatMap(({ sources }) => sources)
    .filter((source) => source.stage === stage && (groupCount === 1 || !source.isOverall))
    .map(({ fromRank, toRank }) => ({ from: fromRank, to: toRank }));
}

/** Who stands alone at the top of a stage of one group. Null when nobody does. */
export function leader(tables, stage) {
  const groups = groupsOf(tables, stage);
  const first = groups.length === 1 ? groups[0].standings.filter(({ rank }) => rank === 1) : [];
  return first.length === 1 ? first[0].entrant : null;
}

/** Who is at the top of a ladder. Null while it is not read. */
export function topOf(stages, number) {
  return stages.find((stage) => stage.number === number)?.ladder?.rungs.nodes[0]?.entrant ?? null;
}

/** Who has won the last heat of a free-for-all alone. Null when nobody has. */
export function heatWinner({ heats }) {
  const first = heats.at(-1)?.entrants.filter(({ place }) => place === 1) ?? [];
  return first.length === 1 ? first[0] : null;
}
