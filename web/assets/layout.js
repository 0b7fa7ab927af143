/*
 * Where everything in a bracket stands. Pure: matches in, coordinates out.
 *
 * Winners flow to the right. Within a side a match stands centred on the matches that feed it, and every match without
 * a feeder takes a row of its own. Each subtree so has its own band of rows, and no two boxes can meet. The lower side
 * stands below the upper one, the finals to the right of both, centred on the two sides, and the match for third place
 * under everything in its column.
 */

export const BOX = { width: 224, height: 64, row: 32 };
const ROW_PITCH = 92;
const COLUMN_PITCH = BOX.width + 48;
const STACK_PITCH = 98;
const STACK_GAP = 24;
const HEADER = 56;
const MARGIN = 24;
const SECTION_GAP = 40;
const TROPHY = { width: 256, height: 96 };

/**
 * The drawing of a bracket, as its matches are drawn:
 * `boxes` id -> {x, y, side, round}; `links` [{from, to, slot, kind, path, end}]; `headers` [{side, round, x, y}];
 * `sections` [{side, top, bottom}]; `columns` [x]; `trophy` {x, y, width, height, from}; `width`; `height`.
 */
export function layout(all) {
  const matches = all.filter(isDrawn);
  const byId = new Map(matches.map((match) => [match.id, match]));
  const boxes = new Map();
  const headers = [];
  const sections = [];
  const of = (side) => matches.filter((match) => match.place.side === side);

  let top = MARGIN;
  for (const side of ["UPPER", "LOWER"]) {
    const members = of(side);
    if (members.length === 0) continue;
    const rows = placeSide(members, byId, boxes, top + HEADER);
    const bottom = top + HEADER + rows * ROW_PITCH;
    for (const round of new Set(members.map((match) => match.place.round))) {
      headers.push({ side, round, x: columnX(round), y: top, isSticky: true });
    }
    sections.push({ side, top, bottom });
    top = bottom + SECTION_GAP;
  }

  const lastColumn = Math.max(0, ...[...boxes.values()].map((box) => box.round));
  placeFinals(of("FINAL"), boxes, headers, lastColumn);
  const finalColumn = Math.max(0, ...[...boxes.values()].map((box) => box.x));
  placeThird(of("THIRD_PLACE"), boxes, headers, finalColumn);

  const links = connect(matches, boxes);
  const trophy = placeTrophy(matches, boxes);
  const placed = [...boxes.values()];
  const right = Math.max(...placed.map((box) => box.x + BOX.width), trophy ? trophy.x + trophy.width : 0);
  return {
    boxes,
    links,
    headers,
    sections,
    trophy,
    columns: [...new Set(placed.map((box) => box.x))].sort((a, b) => a - b),
    width: right + MARGIN,
    height: Math.max(0, ...placed.map((box) => box.y + BOX.height)) + MARGIN,
  };
}

/** The same matches round by round, each round a dense column: what a phone can show at a readable size. */
export function stack(all, rounds) {
  const byId = new Map(all.filter(isDrawn).map((match) => [match.id, match]));
  const boxes = new Map();
  const headers = [];
  const shown = rounds.filter(({ matchIds }) => matchIds.some((id) => byId.has(id)));
  shown.forEach(({ side, number, matchIds }, index) => {
    const x = MARGIN + index * (BOX.width + STACK_GAP);
    headers.push({ side, round: number, x, y: 0, isSticky: true });
    matchIds
      .map((id) => byId.get(id))
      .filter(Boolean)
      .sort((a, b) => a.place.position - b.place.position)
      .forEach(({ id }, row) => boxes.set(id, { x, y: HEADER + row * STACK_PITCH, side, round: index + 1 }));
  });
  const bottom = Math.max(...[...boxes.values()].map((box) => box.y + BOX.height)) + MARGIN;
  return {
    boxes,
    headers,
    links: [],
    sections: ["UPPER", "LOWER", "FINAL", "THIRD_PLACE"].map((side) => ({ side, top: 0, bottom })),
    trophy: null,
    columns: headers.map(({ x }) => x),
    width: 2 * MARGIN + shown.length * (BOX.width + STACK_GAP) - STACK_GAP,
    height: bottom,
  };
}

/** Whether a match is drawn: a reset only once it is known that it will be played. */
export function isDrawn({ place, status }) {
  return !(place.isReset && (status === "PENDING" || status === "NOT_NEEDED"));
}

/** The middle of a slot, measured from the top of its box. */
export function slotMiddle(slot) {
  return slot * BOX.row + BOX.row / 2;
}

function columnX(round) {
  return MARGIN + (round - 1) * COLUMN_PITCH;
}

/* Walks each tree from its last match, first slot first, so that rows are taken from top to bottom. */
function placeSide(members, byId, boxes, top) {
  const side = members[0].place.side;
  const placed = new Map();
  const fedBy = new Map(members.map((match) => [match.id, feeders(match, "WINNER").filter(isHere)]));
  const feeding = new Set([...fedBy.values()].flat());
  let rows = 0;
  for (const match of members) if (!feeding.has(match.id)) place(match.id);
  for (const [id, row] of placed) {
    const { round } = byId.get(id).place;
    boxes.set(id, { x: columnX(round), y: top + row * ROW_PITCH + (ROW_PITCH - BOX.height) / 2, side, round });
  }
  return rows;

  function isHere(id) {
    return byId.get(id)?.place.side === side;
  }

  function place(id) {
    const below = fedBy.get(id).map(place);
    const row = below.length ? (below[0] + below.at(-1)) / 2 : rows++;
    placed.set(id, row);
    return row;
  }
}

function placeFinals(members, boxes, headers, lastColumn) {
  const rounds = [...new Set(members.map((match) => match.place.round))].sort((a, b) => a - b);
  rounds.forEach((round, index) => {
    const x = columnX(lastColumn + 1 + index);
    let free = -Infinity;
    for (const match of members.filter((each) => each.place.round === round)) {
      const fed = [...feeders(match, "WINNER"), ...feeders(match, "LOSER")].map((id) => boxes.get(id)).filter(Boolean);
      const centre = fed.length ? fed.reduce((sum, box) => sum + box.y, 0) / fed.length : MARGIN + HEADER;
      const y = Math.max(centre, free);
      free = y + ROW_PITCH;
      boxes.set(match.id, { x, y, side: "FINAL", round: lastColumn + 1 + index });
      headers.push({ side: "FINAL", round, x, y: y - HEADER, isSticky: false });
    }
  });
}

function placeThird(members, boxes, headers, x) {
  for (const match of members) {
    const column = [...boxes.values()].filter((box) => box.x === x);
    const y = Math.max(...column.map((box) => box.y + BOX.height)) + HEADER + 32;
    boxes.set(match.id, { x, y, side: "THIRD_PLACE", round: column[0].round });
    headers.push({ side: "THIRD_PLACE", round: match.place.round, x, y: y - HEADER, isSticky: false });
  }
}

/* The plate of the champion stands right of the match that decides: the last final, or the last upper match. */
function placeTrophy(matches, boxes) {
  const deciding = matches.filter(({ place }) => place.side === "FINAL").at(-1)
    ?? matches.filter(({ place }) => place.side === "UPPER").at(-1);
  if (!deciding) return null;
  const box = boxes.get(deciding.id);
  return {
    x: box.x + COLUMN_PITCH,
    y: box.y + BOX.height / 2 - TROPHY.height / 2,
    width: TROPHY.width,
    height: TROPHY.height,
    from: deciding.id,
  };
}

function connect(matches, boxes) {
  const links = [];
  for (const match of matches) {
    const to = boxes.get(match.id);
    match.place.sources.forEach(({ kind, matchId }, slot) => {
      const from = boxes.get(matchId);
      if (!from) return;
      const start = { x: from.x + BOX.width, y: from.y + BOX.height / 2 };
      const end = { x: to.x, y: to.y + slotMiddle(slot) };
      links.push({ from: matchId, to: match.id, slot, kind, end, path: elbow(start, end) });
    });
  }
  return links;
}

/* Level, then up or down in the gutter before the target, then level into the slot; corners are rounded. */
function elbow(start, end) {
  const rise = end.y - start.y;
  if (Math.abs(rise) < 1) return `M${start.x} ${start.y}H${end.x}`;
  const bend = end.x - (COLUMN_PITCH - BOX.width) / 2;
  const radius = Math.min(10, Math.abs(rise) / 2);
  const turn = Math.sign(rise) * radius;
  const lead = Math.sign(bend - start.x) * radius;
  return (
    `M${start.x} ${start.y}H${bend - lead}Q${bend} ${start.y} ${bend} ${start.y + turn}` +
    `V${end.y - turn}Q${bend} ${end.y} ${bend + radius} ${end.y}H${end.x}`
  );
}

function feeders(match, kind) {
  return match.place.sources.filter((source) => source.kind === kind).map((source) => source.matchId);
}
