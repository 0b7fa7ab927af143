/*
 * The screen of a venue, for a television in the hall: calls in big letters, tables with who plays, what comes next.
 *
 * Tables and events are read every half minute; queues and scores arrive through two subscriptions for each event, so
 * the number of streams is bounded by that of the events shown.
 */

import { ConnectionBadge } from "./connection.js";
import { timeLeft } from "./countdown.js";
import { byId, html, setText } from "./dom.js";
import { GraphQLSocket, socketUrl } from "./graphql-ws.js";
import { documentText, request } from "./http.js";

const READ_EVERY_MS = 30_000;
const AGAIN_AFTER_MS = 5_000;
const MOST_EVENTS = 4;
const MOST_CALLS = 4;
const SEVERAL_TABLES = 8;
const MANY_TABLES = 24;
const MOST_WAITING = 8;
const MOST_SIDES = 8;
const CLOCK = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

const slug = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const badge = new ConnectionBadge();
const socket = new GraphQLSocket(socketUrl(), (status) => badge.show(status));
const events = new Map();
let venue = null;

read();
setInterval(read, READ_EVERY_MS);
setInterval(tick, 1_000);

async function read() {
  try {
    const answer = await request("VenueScreen", { slug });
    if (answer.venue) take(answer.venue);
    else notice("No such venue", "Check the address of this screen.");
  } catch {
    if (venue === null) notice("The server does not answer", "This screen tries again by itself.");
  }
}

function take(read) {
  venue = read;
  document.title = `${venue.name} · Matchpoint`;
  byId("notice").hidden = true;
  byId("hall").hidden = false;
  document.body.classList.toggle("several", venue.tables.length > SEVERAL_TABLES);
  document.body.classList.toggle("many", venue.tables.length > MANY_TABLES);
  setText(byId("venue-name"), venue.name);
  const shown = venue.tournaments.slice(0, MOST_EVENTS);
  setText(byId("event-names"), shown.map(({ name }) => name).join(" · ") || "No event is being played");
  for (const id of events.keys()) if (!shown.some((event) => event.id === id)) leave(id);
  for (const event of shown) if (!events.has(event.id)) follow(event);
  byId("codes").replaceChildren(...shown.map(code));
  show();
}

function follow(event) {
  const followed = { queue: null, scores: new Map(), streams: [] };
  events.set(event.id, followed);
  stream(followed, event, "QueueChanges", ({ queueChanges }) => {
    if (queueChanges.queue) followed.queue = queueChanges.queue;
    badge.changed();
  });
  stream(followed, event, "LiveScores", ({ liveScores }) => {
    for (const score of liveScores.all ?? [liveScores]) if (score.matchId) followed.scores.set(score.matchId, score);
  });
}

async function stream(followed, event, document, onMessage) {
  const query = await documentText(document);
  /* An event that ends, or that lost its tables, is not followed any more: reading the venue says what there is. */
  const end = () => setTimeout(() => leave(event.id), AGAIN_AFTER_MS);
  const subscription = socket.subscribe({
    query,
    variables: () => ({ tournamentId: event.id }),
    onNext: (data) => {
      onMessage(data);
      show();
    },
    onError: end,
    onComplete: end,
  });
  followed.streams.push(subscription);
}

function leave(id) {
  for (const subscription of events.get(id)?.streams ?? []) subscription.stop();
  events.delete(id);
}

function show() {
  const calls = [...events.values()].flatMap(({ queue, scores }) => [
    ...(queue?.calls ?? []).map((call) => ofMatch(call, scores.get(call.match.id))),
    ...(queue?.heatCalls ?? []).map(ofHeat),
  ]);
  const byTable = new Map(calls.filter(({ table }) => table).map((call) => [call.table.id, call]));
  const called = calls.filter(({ status, table }) => status === "CALLED" && table);
  called.sort((a, b) => a.dueAt.localeCompare(b.dueAt));
  byId("called").hidden = called.length === 0;
  const big = called.slice(0, MOST_CALLS);
  const isBig = (table) => big.some((call) => call.table.id === table.id);
  byId("calls").replaceChildren(...big.map(bigCall));
  const others = venue.tables.filter((table) => !isBig(table));
  byId("tables").replaceChildren(...others.map((table) => tableCard(table, byTable.get(table.id))));
  showWaiting();
  tick();
}

/* A call of a match or of a heat as it is shown: who plays, who of them is there, and how they stand. */
function ofMatch({ status, table, answerDueAt: dueAt, answeredSlots, match }, score) {
  const sides = match.slots.map((slot, index) => ({
    name: slot.name ?? "?",
    isHere: answeredSlots.includes(index),
    score: score?.scores[index] ?? slot.score,
  }));
  return { status, table, dueAt, heat: null, sides };
}

function ofHeat({ status, table, dueAt, heat }) {
  const sides = heat.entrants.map(({ name, points }) => ({ name, isHere: false, score: status === "PLAYING" ? points : null }));
  return { status, table, dueAt, heat: heatName(heat), sides };
}

function heatName({ round, number }) {
  return `Heat ${number} of round ${round}`;
}

function bigCall(call) {
  const table = venue.tables.find(({ id }) => id === call.table.id);
  const names = call.sides.map(({ name, isHere }) => html("span", { class: isHere ? "side here" : "side" }, name));
  const who = call.heat ? [call.heat] : [names[0], html("span", { class: "versus" }, "vs"), names[1]];
  return html(
    "li",
    { class: "call" },
    html("strong", { class: "where" }, nameOf(table)),
    html("span", { class: "who" }, ...who),
    call.heat && html("span", { class: "quiet" }, someNames(call.sides)),
    html("time", { class: "left", "data-due": call.dueAt }),
  );
}

function someNames(sides) {
  const more = sides.length - MOST_SIDES;
  const names = sides.slice(0, MOST_SIDES).map(({ name }) => name).join(", ");
  return more > 0 ? `${names} and ${more} more` : names;
}

function tableCard(table, call) {
  const state = call ? call.status.toLowerCase() : table.status === "OPEN" ? "free" : "closed";
  const word = { playing: "Playing", free: "Free", closed: "Closed" }[state];
  const sides = (call?.sides ?? []).slice(0, MOST_SIDES).map(({ name, score }) =>
    html("p", { class: "line" }, html("span", null, name), html("b", null, String(score ?? ""))),
  );
  return html(
    "li",
    { class: `table ${state}` },
    html(
      "p",
      { class: "table-head" },
      html("strong", null, nameOf(table)),
      table.isStream && html("span", { class: "chip" }, "Stream"),
      state === "called"
        ? html("time", { class: "left", "data-due": call.dueAt })
        : html("span", { class: state === "playing" ? "chip hot" : "chip" }, word),
    ),
    call?.heat && html("p", { class: "line quiet" }, call.heat),
    ...sides,
  );
}

function showWaiting() {
  const queues = [...events.values()].flatMap(({ queue }) => queue ?? []);
  const all = queues.reduce((sum, { waitingCount, waitingHeatCount }) => sum + waitingCount + waitingHeatCount, 0);
  const known = queues.flatMap(({ waiting, waitingHeats }) => [
    ...waiting
      .filter(({ match }) => match.slots.every(({ name }) => name))
      .map(({ estimatedStartAt, match }) => ({ estimatedStartAt, who: match.slots.map(({ name }) => name).join(" – ") })),
    ...waitingHeats.map(({ estimatedStartAt, heat }) => ({ estimatedStartAt, who: heatName(heat) })),
  ]);
  known.sort((a, b) => (a.estimatedStartAt ?? "~").localeCompare(b.estimatedStartAt ?? "~"));
  const shown = known.slice(0, MOST_WAITING);
  byId("waiting").replaceChildren(
    ...shown.map(({ estimatedStartAt, who }) =>
      html(
        "li",
        null,
        html("time", null, estimatedStartAt ? `~ ${CLOCK.format(new Date(estimatedStartAt))}` : "later"),
        html("span", null, who),
      ),
    ),
  );
  const others = all - inSight(byId("waiting").children);
  const rest = shown.length ? `and ${others} more after that` : `${others} more, once it is known who plays`;
  setText(byId("more"), others > 0 ? rest : shown.length ? "" : "Nothing waits for a table.");
}

/* How many of these stand in the first column. */
function inSight(rows) {
  return [...rows].filter(({ offsetLeft }) => offsetLeft === rows[0].offsetLeft).length;
}

function code(event) {
  const path = `/live/${encodeURIComponent(event.slug)}`;
  return html(
    "figure",
    null,
    html("img", { src: `${path}/code.svg`, alt: `Code that leads to ${event.name}`, width: 200, height: 200 }),
    html("figcaption", null, html("strong", null, event.name), html("span", { class: "quiet" }, "Scan to check in and follow")),
  );
}

/* Once a second: the time of day, and how long those who are called have left. */
function tick() {
  const now = Date.now();
  setText(byId("time"), CLOCK.format(new Date(now)));
  for (const node of document.querySelectorAll("[data-due]")) {
    setText(node, timeLeft(node.dataset.due, now) ?? "Time is over");
    node.classList.toggle("late", new Date(node.dataset.due) - now < 60_000);
  }
}

function nameOf(table) {
  return table ? (table.name ?? `Table ${table.number}`) : "Table";
}

function notice(title, text) {
  setText(byId("notice-title"), title);
  setText(byId("notice-text"), text);
  byId("notice").hidden = false;
  byId("hall").hidden = true;
}
