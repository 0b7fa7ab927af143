/*
 * The live page: one query for the first sight, then the changes of the bracket from its cursor on.
 *
 * Everything that arrives goes through `reduce`; what it changes goes to the drawing, the map, the table and the log.
 * When the reducer finds a hole it asks for a replay, and the subscription starts again from the last whole cursor.
 */

import { Announcer, TextBracket, Walk } from "./a11y.js";
import { ConnectionBadge } from "./connection.js";
import { byId, html, setText } from "./dom.js";
import { GraphQLSocket, socketUrl, waitMs } from "./graphql-ws.js";
import { documentText, request } from "./http.js";
import { BOX, isDrawn, layout, stack } from "./layout.js";
import { Minimap } from "./minimap.js";
import { Panel } from "./panel.js";
import { Drawing } from "./render.js";
import { loadRoster, podium, rosterList } from "./roster.js";
import { Search } from "./search.js";
import { StageTabs } from "./stage-tabs.js";
import {
  begunStages,
  foldTables,
  hasTables,
  heatWinner,
  isInHeats,
  isLadder,
  leader,
  stageIn,
  stageToShow,
  stateOf,
  topOf,
} from "./stages.js";
import { EMPTY, champion, entrants, progress, reduce } from "./state.js";
import { count, day, format, fromNow, isDraw, sentence, words } from "./text.js";
import { View } from "./view.js";

const PHONE_WIDTH = 640;
const ROSTER_EVERY_MS = 20_000;
const ADDRESS_EVERY_MS = 5_000;
/* Before there are matches nothing tells from where to follow; the subscription then begins with a snapshot. */
const NO_CURSOR = "0";
const SIDES = { UPPER: "Upper bracket", LOWER: "Lower bracket", FINAL: "Finals", THIRD_PLACE: "Third place" };

const slug = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const stage = byId("stage");
const world = byId("world");

let state = EMPTY;
/* The part of the state that is in the stage on view; `plan` is how its bracket is drawn, null for tables, ladders and heats. */
let shown = EMPTY;
let stageOnView = null;
let wantedStage = stageIn(location.hash);
let plan = null;
let tables = [];
let tablesCursor = null;
let isFollowingTables = false;
let isFollowingDeadlines = false;
let ladders = [];
let ladderPages = 1;
/* What draws tables, ladders and heats; each is loaded with the first of them that is on view or read. */
let groups = null;
let ladder = null;
let ladderReader = null;
let heats = null;
/* A match in full; loaded when the first is opened. */
let matchPanel = null;
let isLoading = false;
let changes = null;
let viewers = null;
let pinned = null;
let isStacked = innerWidth < PHONE_WIDTH;
let lobbyTimer = 0;
let addressTimer = 0;
let failures = 0;

const badge = new ConnectionBadge();
const socket = new GraphQLSocket(socketUrl(), (status) => badge.show(status));
const drawing = new Drawing(world);
const minimap = new Minimap(byId("minimap"), (x, y) => view.centre(x, y));
const view = new View(stage, world, (at) => {
  drawing.stick(-at.y / at.k);
  minimap.show(at);
  pickRound(at);
  stage.classList.toggle("far", at.k < 0.5);
});
const panel = new Panel();
const walk = new Walk(world, drawing, (id) => reveal(id));
const announcer = new Announcer(byId("announcements"));
const textBracket = new TextBracket(byId("text-bracket"));
const search = new Search(follow, trace);
const tabs = new StageTabs((number) => (location.hash = `stage-${number}`));

bindControls();
start();

async function start() {
  try {
    if (await read()) await subscribe();
    else {
      notFound();
      setTimeout(start, ADDRESS_EVERY_MS);
    }
  } catch {
    retry();
  }
}

/* The server could not be reached, or ended the subscription: begin again with a fresh reading, a while later. */
function retry() {
  const wait = waitMs(failures++);
  badge.show(navigator.onLine ? { kind: "waiting", until: Date.now() + wait } : { kind: "offline" });
  setTimeout(start, wait);
}

/* Reads the event as a whole and takes it for a snapshot. Says whether there is such an event. */
async function read(how) {
  const { tournament } = await request("LivePage", { slug }, how);
  if (!tournament) return false;
  const { bracket, ...headline } = tournament;
  const cursor = bracket?.cursor ?? state.cursor ?? NO_CURSOR;
  badge.asOf();
  receive({ __typename: "BracketSnapshot", cursor, tournament: headline, bracket });
  followDeadlines(tournament.matchDeadlines);
  showPodium();
  return true;
}

async function subscribe() {
  changes = socket.subscribe({
    query: await documentText("BracketChanges"),
    variables: () => ({ tournamentId: state.tournament.id, after: state.cursor === NO_CURSOR ? null : state.cursor }),
    onNext: ({ bracketChanges }) => {
      failures = 0;
      badge.changed();
      receive(bracketChanges);
    },
    onError: retry,
    onComplete: retry,
  });
  viewers?.stop();
  viewers = socket.subscribe({
    query: await documentText("PresenceChanges"),
    variables: () => ({ subjectId: state.tournament.id }),
    onNext: ({ presenceChanges }) => showViewers(presenceChanges.viewerCount),
    onError: () => showViewers(0),
  });
}

/* The tables as they change, once there is a stage that has some. When that ends, the next change asks again. */
async function followTables() {
  if (isFollowingTables || !state.tournament.stages.some(hasTables)) return;
  isFollowingTables = true;
  const end = () => (isFollowingTables = false);
  const query = await documentText("StandingsChanges").catch(end);
  if (!query) return;
  const variables = () => ({ tournamentId: state.tournament.id, after: tablesCursor });
  const onNext = ({ standingsChanges }) => takeTables(standingsChanges);
  socket.subscribe({ query, variables, onNext, onError: end, onComplete: end });
}

/* Who checks in until when, and until when results are answered, once an event has such deadlines. */
async function followDeadlines({ checkInMinutes, confirmationMinutes }) {
  if (isFollowingDeadlines || (checkInMinutes ?? confirmationMinutes) === null) return;
  isFollowingDeadlines = true;
  const end = () => (isFollowingDeadlines = false);
  const take = (matches) => receive({ __typename: "DeadlinesRead", matches });
  await import("./deadlines.js").then(({ follow }) => follow(socket, state.tournament.id, take, end)).catch(end);
}

function takeTables(message) {
  tablesCursor = message.cursor ?? tablesCursor;
  tables = foldTables(tables, message);
  if (stageOnView && hasTables(stageOnView)) groups.setTables(tables);
  showHeadline();
}

/* Less important than anything else here, so whatever is wrong with it only hides it. */
function showViewers(number) {
  setText(byId("viewers"), number ? `${number} watching` : "");
}

function receive(message) {
  const before = state;
  const outcome = reduce(state, message);
  state = outcome.state;
  if (outcome.effect === "replay") changes.restart();
  if (outcome.effect === "reload") read({ isFresh: true }).catch(() => changes.restart());
  if (state !== before) show();
  if (message.__typename === "BracketSnapshot") followHeats();
}

/* What a snapshot does not have: the heats of each stage that is played in heats, read after it, so not older. */
async function followHeats() {
  const played = begunStages(state).filter(isInHeats);
  if (played.length === 0) return;
  try {
    const { Heats, readHeats } = await import("./heats.js");
    heats ??= new Heats(byId("heats"));
    const read = await Promise.all(played.map(({ number }) => readHeats(slug, number)));
    receive({ __typename: "HeatsRead", heats: read.flat() });
  } catch {
    setTimeout(followHeats, ADDRESS_EVERY_MS);
  }
}

function show() {
  showHeadline();
  followTables();
  const begun = begunStages(state);
  byId("arena").hidden = begun.length === 0;
  if (begun.length === 0) {
    showLobby();
    return;
  }
  byId("lobby").hidden = true;
  const missing = missingFor(stageToShow(state, wantedStage));
  if (missing) {
    load(missing);
    return;
  }
  const before = { shown, stage: stageOnView?.number };
  stageOnView = stageToShow(state, wantedStage);
  shown = stateOf(state, stageOnView.number);
  tabs.show(state.tournament.stages.map((stage) => ({ ...stage, hasBegun: begun.includes(stage) })), stageOnView.number);
  search.setState(shown);
  if (before.stage !== stageOnView.number) unpin();
  if (isInHeats(stageOnView)) showHeats(before.stage !== stageOnView.number);
  else if (before.stage !== stageOnView.number || drawnIds(before.shown) !== drawnIds(shown)) drawAll();
  else update(before.shown);
  matchPanel?.update(state);
}

/* What has to be loaded before a stage can be shown. Null: nothing. */
function missingFor(next) {
  if (hasTables(next) && !groups) return loadGroups;
  return isLadder(next) && !ladder ? loadLadder : null;
}

async function load(missing) {
  if (isLoading) return;
  isLoading = true;
  const isLoaded = await missing().then(() => true, () => false);
  isLoading = false;
  if (isLoaded) show();
  else setTimeout(show, ADDRESS_EVERY_MS);
}

async function loadGroups() {
  const { Groups } = await import("./groups.js");
  groups = new Groups(byId("groups"));
}

async function loadLadder() {
  const { Ladder, LadderReader, readLadders } = await import("./ladder.js");
  ladder = new Ladder(byId("groups"), () => {
    ladderPages += 1;
    ladderReader.want(state.cursor);
  });
  ladderReader = new LadderReader(
    () => readLadders(slug, ladderPages),
    (read) => {
      ladders = read;
      if (isLadder(stageOnView)) ladder.setTables(ladders);
      showHeadline();
    },
  );
}

function drawnIds({ matches }) {
  return [...matches.values()].filter(isDrawn).map(({ id }) => id).join();
}

function showHeats(isNew) {
  if (isNew) drawAll();
  for (const told of heats?.show(shown.heats) ?? []) announcer.say(told);
}

function drawAll() {
  const isHeats = isInHeats(stageOnView);
  const isDrawing = !hasTables(stageOnView) && !isLadder(stageOnView) && !isHeats;
  byId("groups").hidden = isDrawing || isHeats;
  byId("heats").hidden = !isHeats;
  byId("search").parentElement.hidden = isHeats;
  byId("round-picker").hidden = !isDrawing;
  stage.hidden = !isDrawing;
  textBracket.draw(shown);
  if (isDrawing) drawBracket();
  else if (isLadder(stageOnView)) drawLadder();
  else if (isHeats) plan = null;
  else drawTables();
}

/* What shows the matches of the stage on view: the drawing, the tables, or the ladder. Null: nothing does yet. */
function board() {
  if (plan) return drawing;
  return stageOnView && isLadder(stageOnView) ? ladder : groups;
}

function drawLadder() {
  plan = null;
  ladder.draw(shown, stageOnView);
  ladder.setTables(ladders);
  ladderReader.want(state.cursor);
}

function drawTables() {
  plan = null;
  groups.draw(shown, stageOnView);
  groups.setTables(tables);
}

function drawBracket() {
  const matches = [...shown.matches.values()];
  plan = isStacked ? stack(matches, shown.rounds) : layout(matches);
  drawing.draw(shown, plan);
  minimap.draw(shown, plan);
  walk.setPlan(plan);
  listRounds();
  view.setContent(plan);
  byId("shape").setAttribute("aria-pressed", String(isStacked));
  const active = matches.find(({ status }) => status === "LIVE") ?? matches.find(({ status }) => status === "READY");
  view.open(boxOf(active?.id ?? champion(shown)?.matchId ?? plan.boxes.keys().next().value));
}

function update(before) {
  const changed = board().update(shown);
  if (plan) minimap.update(changed);
  textBracket.update(shown, changed);
  for (const match of changed) announce(match, before.matches.get(match.id));
  if (isLadder(stageOnView)) ladderReader.want(state.cursor);
}

function announce(match, before) {
  if ((match.winnerSlot !== null && before.winnerSlot === null) || (isDraw(match) && !isDraw(before))) {
    const round = shown.rounds.find(({ matchIds }) => matchIds.includes(match.id));
    announcer.say(sentence(match, round.name, shown.matches));
  }
}

/* The address went to the next edition: show that one as soon as it is there. */
function followAddress() {
  clearTimeout(addressTimer);
  if (state.tournament.slug === slug) return;
  addressTimer = setTimeout(async () => {
    const answer = await request("LivePage", { slug }).catch(() => null);
    if (answer?.tournament && answer.tournament.id !== state.tournament.id) location.reload();
    else followAddress();
  }, ADDRESS_EVERY_MS);
}

function showHeadline() {
  const { tournament } = state;
  followAddress();
  byId("notice").hidden = true;
  byId("connection").hidden = false;
  const { done, all } = progress(state);
  const winner = winnerOfAll();
  badge.calm = tournament.status === "RUNNING" ? "Live" : "Connected";
  document.title = `${tournament.name} · Matchpoint`;
  setText(byId("event-name"), tournament.name);
  const { stages } = tournament;
  const lengths = isInHeats(stages[0]) ? [] : [format(tournament)];
  const played = stages.length > 1 ? [count(stages.length, "stage")] : [words(tournament.structure), ...lengths];
  const facts = [tournament.game.name, ...played];
  setText(byId("event-facts"), [...facts, count(tournament.entrantCount, "entrant")].join(" · "));
  const status = byId("event-status");
  setText(status, words(tournament.status));
  status.className = tournament.status === "RUNNING" ? "chip hot" : "chip";
  setText(byId("entrants-name"), rosterName());
  byId("progress").hidden = all === 0;
  byId("progress-bar").max = all || 1;
  byId("progress-bar").value = done;
  const what = [state.matches.size > 0 && "matches", state.heats.length > 0 && "heats"].filter(Boolean).join(" and ");
  setText(byId("progress-text"), `${done} of ${all} ${what}`);
  byId("champion").hidden = winner === null || tournament.status === "CANCELLED";
  setText(byId("champion-name"), winner?.name ?? "");
  byId("cancelled").hidden = tournament.status !== "CANCELLED";
}

/* Whoever has won the last stage; in tables only once the event is over, because there anything may change before. */
function winnerOfAll() {
  const last = state.tournament.stages.at(-1);
  if (isLadder(last)) return state.tournament.status === "FINISHED" ? topOf(ladders, last.number) : null;
  if (isInHeats(last)) return state.tournament.status === "FINISHED" ? heatWinner(stateOf(state, last.number)) : null;
  if (!hasTables(last)) return champion(stateOf(state, last.number));
  return state.tournament.status === "FINISHED" ? leader(tables, last.number) : null;
}

/* Who came next, once the event is over. */
async function showPodium() {
  const isOver = state.tournament.status === "FINISHED";
  byId("podium").replaceChildren(...podium(isOver ? await loadRoster(slug, { isFresh: true }).catch(() => []) : []));
}

/* Before the start: when it begins, and who is there already; read again now and then while someone looks. */
async function showLobby() {
  const { tournament } = state;
  const lobby = byId("lobby");
  const isWaiting = tournament.status === "PUBLISHED" || tournament.status === "DRAFT";
  lobby.hidden = false;
  byId("notice").hidden = true;
  setText(byId("lobby-title"), isWaiting ? startsText(tournament) : words(tournament.status));
  const text = isWaiting ? `${day(tournament.startsAt)}. The bracket appears here at the start.` : "";
  setText(byId("lobby-text"), text);
  const roster = await loadRoster(slug).catch(() => null);
  if (roster) {
    const here = roster.filter(({ status }) => status === "CHECKED_IN").length;
    setText(byId("lobby-count"), `${here} of ${count(roster.length, "entrant")} checked in`);
    byId("lobby-roster").replaceChildren(rosterList(roster, { isBeforeStart: true }));
  }
  clearTimeout(lobbyTimer);
  lobbyTimer = setTimeout(() => {
    if (begunStages(state).length === 0) showLobby();
  }, ROSTER_EVERY_MS);
}

function startsText({ startsAt }) {
  return new Date(startsAt) > Date.now() ? `Starts ${fromNow(startsAt)}` : "About to start";
}

function notFound() {
  document.title = "No such event · Matchpoint";
  setText(byId("event-name"), "No such event");
  setText(byId("notice-title"), "There is no event here");
  setText(byId("notice-text"), `Nothing is played under “${slug}”. The address may be misspelt, or the event is not public.`);
  byId("notice").hidden = false;
  byId("connection").hidden = true;
}

function listRounds() {
  const sides = Object.entries(SIDES).map(([side, label]) => {
    const rounds = shown.rounds.filter((round) => round.side === side && plan.boxes.has(round.matchIds[0]));
    const options = rounds.map(({ name, matchIds }) => html("option", { value: matchIds[0] }, name));
    return options.length ? html("optgroup", { label }, ...options) : null;
  });
  byId("rounds").replaceChildren(...sides.filter(Boolean));
}

/* The picker names the round that stands at the left edge, in the side that fills the middle. */
function pickRound({ x, y, k, height }) {
  if (!plan || document.activeElement === byId("rounds")) return;
  const left = 40 / k - x / k;
  const middle = (height / 2 - y) / k;
  const far = ({ x: column, side }) => {
    const section = plan.sections.find((each) => each.side === side);
    const isHere = !section || (middle >= section.top && middle <= section.bottom);
    return Math.abs(column - left) + (isHere ? 0 : plan.width);
  };
  const nearest = plan.headers.reduce((best, each) => (far(each) < far(best) ? each : best));
  const round = shown.rounds.find(({ side, number }) => side === nearest.side && number === nearest.round);
  byId("rounds").value = round.matchIds[0];
}

function boxOf(id) {
  const { x, y } = plan.boxes.get(id);
  return { x, y, width: BOX.width, height: BOX.height };
}

function reveal(id) {
  if (!plan) {
    board().card(id)?.scrollIntoView({ block: "nearest" });
    return;
  }
  view.coveredRight = panel.coveredRight;
  view.reveal(boxOf(id));
}

async function openMatch(id) {
  const { MatchPanel } = await import("./match-panel.js");
  matchPanel ??= new MatchPanel(panel, socket, trace);
  matchPanel.open(id, state);
  reveal(id);
}

/* Lights the way of an entrant; with null that of whoever is followed, if anybody is. */
function trace(key) {
  board()?.trace(key ?? pinned);
}

/* Keeps the way of an entrant lit, and goes to where they play or last played. */
function follow({ name, seed }) {
  const found = [...entrants(shown).values()].filter((entrant) => entrant.name === name);
  const entrant = found.find((each) => each.seed === seed) ?? found[0];
  if (!entrant) return;
  pinned = entrant.key;
  trace(pinned);
  byId("unpin").hidden = false;
  setText(byId("unpin-name"), entrant.name);
  const next = entrant.matchIds.find((id) => shown.matches.get(id).status === "LIVE") ?? entrant.matchIds.at(-1);
  if (plan) walk.focus(next);
  else board().focus(next);
}

function unpin() {
  pinned = null;
  drawing.trace(null);
  groups?.trace(null);
  ladder?.trace(null);
  byId("unpin").hidden = true;
}

function rosterName() {
  return state.tournament.status === "FINISHED" ? "Standings" : "Entrants";
}

async function openRoster() {
  const holder = html("div", null, html("p", { class: "quiet" }, "Loading …"));
  panel.open(rosterName(), [holder]);
  const roster = await loadRoster(slug).catch(() => []);
  holder.replaceChildren(rosterList(roster, { isBeforeStart: false, onChoose: follow }));
}

function bindMatches(root) {
  const entrantUnder = (event) => event.target.closest?.("[data-entrant]")?.dataset.entrant || null;
  root.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") trace(entrantUnder(event));
  });
  root.addEventListener("pointerleave", () => trace(null));
  root.addEventListener("click", (event) => {
    const id = event.target.closest("[data-match]")?.dataset.match;
    if (id) openMatch(id);
  });
}

function bindControls() {
  bindMatches(world);
  bindMatches(byId("groups"));
  world.addEventListener("keydown", (event) => {
    const id = event.target.closest("[data-match]")?.dataset.match;
    if (!id || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    openMatch(id);
  });
  stage.addEventListener("keydown", (event) => {
    if (event.target === stage && event.key === "Enter") walk.focus(plan.boxes.keys().next().value);
  });
  byId("zoom-in").addEventListener("click", () => view.zoom(1.25));
  byId("zoom-out").addEventListener("click", () => view.zoom(0.8));
  byId("zoom-fit").addEventListener("click", () => view.fit());
  byId("rounds").addEventListener("change", (event) => goToRound(event.target.value));
  byId("round-back").addEventListener("click", () => stepRound(-1));
  byId("round-on").addEventListener("click", () => stepRound(1));
  byId("shape").addEventListener("click", () => {
    isStacked = !isStacked;
    drawAll();
  });
  byId("entrants").addEventListener("click", openRoster);
  byId("unpin").addEventListener("click", unpin);
  addEventListener("hashchange", () => {
    wantedStage = stageIn(location.hash) ?? wantedStage;
    if (begunStages(state).length) show();
  });
}

function stepRound(step) {
  const rounds = byId("rounds");
  const next = Math.min(rounds.options.length - 1, Math.max(0, rounds.selectedIndex + step));
  goToRound(rounds.options[next].value);
}

/* To the match that is next in a round: a live or open one before the first. */
function goToRound(firstId) {
  const { matchIds } = shown.rounds.find((round) => round.matchIds[0] === firstId);
  const target = matchIds.find((id) => shown.matches.get(id).status !== "FINISHED") ?? firstId;
  view.coveredRight = panel.coveredRight;
  view.goTo(boxOf(target));
}
