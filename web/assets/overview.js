/*
 * The start page: what is played now, what comes next, what is over.
 *
 * The lists are read again every half minute while someone looks. Scores of the first few running events arrive between
 * the readings through `liveScores`, one subscription each, so the number of streams of a page is bounded.
 */

import { byId, html, setText } from "./dom.js";
import { GraphQLSocket, socketUrl } from "./graphql-ws.js";
import { documentText, request } from "./http.js";
import { miniProgress } from "./mini.js";
import { count, day, fromNow, words } from "./text.js";

const READ_EVERY_MS = 30_000;
const MOST_STREAMS = 6;
const MOST_TICKER_LINES = 2;
const OVER = new Set(["NOT_NEEDED", "CANCELLED"]);

const socket = new GraphQLSocket(socketUrl());
const streams = new Map();
const cards = new Map();

read();
setInterval(() => {
  if (document.visibilityState === "visible") read();
}, READ_EVERY_MS);

async function read() {
  try {
    show(await request("Overview"));
    byId("trouble").hidden = true;
  } catch {
    byId("trouble").hidden = false;
  }
}

function show(data) {
  const list = (connection) => connection.edges.map((edge) => edge.node);
  const running = list(data.running);
  const upcoming = list(data.upcoming).sort((a, b) => new Date(a.startsAt) - new Date(b.startsAt));
  const finished = list(data.finished);
  fill("running", running, runningCard);
  fill("upcoming", upcoming, (event) => row(event, `Starts ${fromNow(event.startsAt)}`, day(event.startsAt)));
  fill("finished", finished, (event) => row(event, day(event.finishedAt ?? event.startsAt), ""));
  byId("empty").hidden = running.length + upcoming.length + finished.length > 0;
  byId("loading").hidden = true;
  follow(running.slice(0, MOST_STREAMS));
}

function fill(id, events, build) {
  byId(id).hidden = events.length === 0;
  byId(`${id}-list`).replaceChildren(...events.map((event) => html("li", null, build(event))));
}

function runningCard(event) {
  const matches = new Map(event.progress.flatMap((round) => round.matches).map((match) => [match.matchId, match]));
  const old = cards.get(event.id);
  const card = {
    event,
    matches,
    scores: old?.scores ?? new Map(),
    picture: html("div", { class: "picture" }),
    text: html("span", { class: "quiet" }),
    ticker: html("ul", { class: "ticker" }),
  };
  cards.set(event.id, card);
  refresh(card);
  return html(
    "a",
    { class: "running-card", href: `/live/${encodeURIComponent(event.slug)}` },
    html("span", { class: "card-head" }, html("strong", null, event.name), html("span", { class: "chip hot" }, "Live")),
    html("span", { class: "quiet" }, `${event.game.name} · ${words(event.structure)}`),
    card.picture,
    card.ticker,
    card.text,
  );
}

function refresh({ event, matches, scores, picture, text, ticker }) {
  const rounds = event.progress.map((round) => ({
    ...round,
    matches: round.matches.map(({ matchId }) => matches.get(matchId)),
  }));
  if (rounds.length) picture.replaceChildren(miniProgress(rounds));
  const resets = rounds.filter(({ side, number }) => side === "FINAL" && number > 1).flatMap((round) => round.matches);
  const counted = [...matches.values()].filter(
    (match) => !OVER.has(match.status) && !(match.status === "PENDING" && resets.includes(match)),
  );
  const done = counted.filter(({ status }) => status === "FINISHED").length;
  /* There may be no matches yet, or heats instead. */
  const played = counted.length ? [`${done} of ${count(counted.length, "match", "matches")} played`] : [];
  setText(text, [...played, count(event.entrantCount, "entrant")].join(" · "));
  const live = [...scores.values()].filter(({ status }) => status === "LIVE").slice(0, MOST_TICKER_LINES);
  ticker.replaceChildren(
    ...live.map(({ names, scores: [first = 0, second = 0] }) =>
      html(
        "li",
        null,
        html("span", null, names[0] ?? "–"),
        html("b", null, `${first} – ${second}`),
        html("span", null, names[1] ?? "–"),
      ),
    ),
  );
}

async function follow(events) {
  const query = await documentText("LiveScores");
  const wanted = new Set(events.map(({ id }) => id));
  for (const [id, stream] of streams) {
    if (wanted.has(id)) continue;
    stream.stop();
    streams.delete(id);
  }
  for (const id of wanted) {
    if (streams.has(id)) continue;
    const end = () => streams.delete(id);
    const onNext = ({ liveScores }) => take(id, liveScores);
    const variables = () => ({ tournamentId: id });
    streams.set(id, socket.subscribe({ query, variables, onNext, onError: end, onComplete: end }));
  }
}

function take(id, message) {
  const card = cards.get(id);
  const scores = message.__typename === "LiveScoresSnapshot" ? message.all : [message];
  for (const score of scores) {
    if (!score.matchId || card.scores.get(score.matchId)?.version > score.version) continue;
    card.scores.set(score.matchId, score);
    if (card.matches.has(score.matchId)) card.matches.set(score.matchId, score);
  }
  refresh(card);
}

function row(event, when, detail) {
  return html(
    "a",
    { class: "row-card", href: `/live/${encodeURIComponent(event.slug)}` },
    html("strong", null, event.name),
    html("span", { class: "quiet" }, `${event.game.name} · ${words(event.structure)}`),
    html("span", { class: "when", title: detail || null }, when),
    html("span", { class: "quiet" }, `${event.entrantCount} of ${event.capacity} entrants`),
  );
}
