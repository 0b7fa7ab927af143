"""An event played under load while connections break and processes die, and what every client knows at the end."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

import orjson

from cli.play import documents, events
from cli.play.client import Account, Answer, Refused, Server
from cli.play.pace import Pace, each
from domain.kernel.ids import global_id, key_of
from tests.faults.followers import (
    BracketFold,
    Fold,
    Follower,
    LogFold,
    LongBracketFold,
    ScoresFold,
    State,
    state_of,
)
from tests.faults.several import Books, Several, until

_AT_ONCE = 6
_OVER = ("FINISHED", "NOT_NEEDED")
_PLAYABLE = ("READY", "LIVE", "REPORTED")
# The last match, whose score changes until all is calm, and the one that may follow it.
_LAST = 2
_WATCHED_LOGS = 4
_VALKEY_AWAY_S = (0.5, 2.0)
_LAST_CHANGE = "SELECT max(sequence) FROM bracket_changes WHERE tournament_id = $1"
_LAST_ENTRY = "SELECT max(sequence) FROM match_log WHERE match_id = $1"
_MATCHES = """SELECT json_object_agg(id, json_build_array(version, status, json_build_array(first_score, second_score)))
FROM matches WHERE owner_id = $1"""
# What clients are told of when they miss something, however that comes about.
TOLD = ("SLOW_CLIENT", "HISTORY_GONE")
# How many changes are left when history is forgotten.
_REMEMBERED = 5
# What an API process has of clients; all of it is 0 once they have left.
GAUGES = (
    "matchpoint_websocket_connections",
    "matchpoint_event_streams",
    "matchpoint_hub_groups",
    "matchpoint_hub_members",
    "matchpoint_hub_outboxes",
    "matchpoint_hub_waiting",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard it is: `faults` are spread over the time. `valkey`, `relay` and `api`, the last at most once, are
    killed; of `history` little is left.

    `slow` clients, who take nothing for long, come besides the others. `changes_per_second` is the most that is asked
    for. Each match but the last is played with `scores` changes of its score; that of the last changes until the end,
    which is when clients have been told of everything that they can miss.
    """

    duration_s: float
    clients: int
    slow: int
    entrants: int
    faults: Sequence[str]
    changes_per_second: float
    scores: int
    seed: int


class Load:
    """The event: its players start their matches, change scores, report and confirm, through whatever happens."""

    def __init__(self, server: Server, plan: Plan) -> None:
        self.is_calm = False
        self.mutations = 0
        self.slug = f"ordeal-{secrets.token_hex(4)}"
        self._plan = plan
        self._pace = Pace(plan.changes_per_second)
        self._left = plan.entrants
        self._scored: Counter[str] = Counter()
        names = [f"{self.slug}-{number}" for number in range(plan.entrants)]
        self._players = {
            name: Account(server, name, secrets.token_urlsafe(18), name, f"{name}@play.invalid") for name in names
        }
        self._organizer = self._players[names[0]]

    async def begin(self) -> events.Bracket:
        """The bracket of the event, which has started."""
        await each(Account.register, self._players.values(), _AT_ONCE)
        event = await events.create(
            self._organizer, self.slug, "create", name="Ordeal", game="rocket-league-1v1", entrantKind="USER",
            structure="DOUBLE_ELIMINATION", capacity=self._plan.entrants,
        )  # fmt: skip
        await events.publish(self._organizer, event)
        for player in self._players.values():
            await player.do(documents.REGISTER_ENTRANT, tournamentId=event["id"], idempotencyKey="enter")
        await events.start(self._organizer, event)
        return await self._bracket()

    async def play(self) -> None:
        """Play all matches; the last is held open until `is_calm`."""
        while True:
            matches = (await self._bracket()).matches
            self._left = sum(match["status"] not in _OVER for match in matches)
            ready = [match for match in matches if match["status"] in _PLAYABLE]
            if not ready:
                break
            await each(self._settle, ready, _AT_ONCE)

    async def _bracket(self) -> events.Bracket:
        return await events.bracket(self._organizer, self.slug)

    async def _settle(self, match: Answer) -> None:
        while match["status"] not in _OVER:
            await self._pace.wait()
            self.mutations += 1
            try:
                match = await self._advanced(match)
            except Refused as refusal:
                if not refusal.is_outdated:
                    raise
                # An answer may have got lost, and what it told has happened.
                match = await events.match(self._organizer, match["id"])

    async def _advanced(self, match: Answer) -> Answer:
        given = {"matchId": match["id"], "version": match["version"]}
        key = f"{match['id']}-{match['version']}"
        first, second = (self._players[slot["name"]] for slot in match["slots"])
        if match["status"] == "READY":
            answer = await self._organizer.do(documents.START_MATCH, **given)
        elif match["status"] == "REPORTED":
            answer = await second.do(documents.CONFIRM_RESULT, **given, idempotencyKey=key)
        elif self._goes_on(match["id"]):
            self._scored[match["id"]] += 1
            scores = [1, 0] if match["slots"][0]["score"] != 1 else [0, 1]
            answer = await self._organizer.do(documents.UPDATE_SCORE, **given, scores=scores)
        else:
            wins = match["bestOf"] // 2 + 1
            answer = await first.do(documents.REPORT_RESULT, **given, scores=[wins, 0], idempotencyKey=key)
        return answer["match"]

    def _goes_on(self, match_id: str) -> bool:
        return self._scored[match_id] < self._plan.scores or (self._left <= _LAST and not self.is_calm)


class Ordeal:
    """A plan on a platform."""

    def __init__(self, several: Several, books: Books, plan: Plan) -> None:
        self._several = several
        self._books = books
        self._plan = plan
        self._random = Random(plan.seed)
        self._followers: list[Follower] = []
        self._tournament_id: UUID
        self._suffered: list[str] = []
        self._killed = ""

    async def run(self) -> dict[str, Any]:
        """What happened, and what was lost; nothing was if `holes`, `doubles`, `behind` and `wrong` are all 0.

        Raises:
            TimeoutError: something did not happen within the limit of `until`.
        """
        async with Server(self._several.url) as server:
            load = Load(server, self._plan)
            bracket = await load.begin()
            self._tournament_id = await self._books.ask("SELECT id FROM tournaments WHERE slug = $1", load.slug)
            try:
                self._follow(bracket, lambda: load.mutations)
                async with asyncio.TaskGroup() as group:
                    group.create_task(load.play())
                    await self._disturb()
                    with suppress(TimeoutError):  # what nobody was told of shows in the result
                        await until(self._all_is_told)
                    for follower in self._followers:
                        follower.stay()
                    await until(self._all_are_there)
                    load.is_calm = True
                caught_up_s, behind = await self._caught_up()
                wrong = self._wrong(await self._matches(), await _asked(server, load.slug))
            finally:
                for follower in self._followers:
                    await follower.stop()
        counts = self._counts()
        return {
            "seed": self._plan.seed,
            "clients": len(self._followers),
            "faults": self._suffered,
            "mutations": load.mutations,
            "changes": await self._books.ask(_LAST_CHANGE, self._tournament_id),
            **{name: counts[name] for name in ("messages", "drops", "breaks", "resumes", "pauses", "dawdles")},
            "resyncs": dict.fromkeys(TOLD, 0) | _by_reason(counts, "resync."),
            "refused": _by_reason(counts, "refused."),
            "holes": sum(follower.fold.holes for follower in self._followers),
            "doubles": sum(follower.fold.doubles for follower in self._followers),
            "behind": behind,
            "wrong": wrong,
            "caught_up_s": round(caught_up_s, 2),
            "left": await self._left_open(),
            "errors": self._errors(),
        }

    def _counts(self) -> Counter[str]:
        return sum((follower.counts for follower in self._followers), Counter())

    def _follow(self, bracket: events.Bracket, happened: Callable[[], int]) -> None:
        """Half of the clients the bracket, the others the scores and the logs of matches, over either protocol.

        Those that are slow follow the bracket over a socket.
        """
        tournament = global_id("Tournament", self._tournament_id)
        logs = self._random.sample([match["id"] for match in bracket.matches], _WATCHED_LOGS)
        for number in range(self._plan.clients):
            subject = self._random.choice(logs) if number % 4 == 3 else tournament
            fold: Fold = (BracketFold, BracketFold, ScoresFold, LogFold)[number % 4]()
            seed, is_sse = f"{self._plan.seed}-{number}", number // 4 % 2 == 1
            self._followers.append(Follower(self._several.url, subject, fold, is_sse=is_sse, seed=seed))
        for number in range(self._plan.slow):
            seed = f"{self._plan.seed}-slow-{number}"
            self._followers.append(
                Follower(self._several.url, tournament, LongBracketFold(), seed=seed, happened=happened)
            )

    async def _disturb(self) -> None:
        """Let each fault happen at a moment in its part of the time."""
        faults = list(self._plan.faults)
        self._random.shuffle(faults)
        part_s, began = self._plan.duration_s / len(faults), time.monotonic()
        for number, fault in enumerate(faults):
            moment = began + (number + self._random.uniform(0.2, 0.8)) * part_s
            await asyncio.sleep(moment - time.monotonic())
            self._suffered.append(await self._suffer(fault))
        await asyncio.sleep(began + self._plan.duration_s - time.monotonic())

    async def _suffer(self, fault: str) -> str:
        """Let a fault happen; the answer is what it has struck."""
        if fault == "valkey":
            await self._several.kill_valkey(self._random.uniform(*_VALKEY_AWAY_S))
        elif fault == "history":
            await self._forget()
        elif fault == "relay":
            return await self._several.kill_active_relay()
        else:
            # The one that most clients have to leave.
            connections = {name: await self._open_at(name) for name in self._several.metrics}
            self._killed = max(connections, key=lambda name: connections[name])
            self._several.kill(self._killed)
            return self._killed
        return fault

    async def _forget(self) -> None:
        """Leave so little of the history of the bracket that somebody who is away cannot resume from it."""

        async def somebody_is_behind() -> bool:
            newest = await self._books.ask(_LAST_CHANGE, self._tournament_id)
            return any(
                isinstance(follower.fold, BracketFold)
                and follower.is_away
                and (follower.fold.cursor or newest) < newest - _REMEMBERED
                for follower in self._followers
            )

        await until(somebody_is_behind)
        newest = await self._books.ask(_LAST_CHANGE, self._tournament_id)
        await self._books.forget_changes(self._tournament_id, newest - _REMEMBERED)

    async def _all_is_told(self) -> bool:
        """Whether clients have been told of everything that they can miss; history is forgotten until they have."""
        counts = self._counts()
        if not counts["resync.HISTORY_GONE"]:
            await self._forget()
        return all(counts[f"resync.{reason}"] for reason in TOLD)

    async def _open_at(self, process: str) -> int:
        return sum([await self._several.metric(process, name) for name in GAUGES[:2]])

    async def _all_are_there(self) -> bool:
        for follower in self._followers:
            follower.check()
        return all(follower.is_there for follower in self._followers)

    async def _caught_up(self) -> tuple[float, int]:
        """How long it took until all clients had all there is, and how many never had."""
        began = time.monotonic()
        final = await self._matches()
        last: dict[str, int] = {
            global_id("Tournament", self._tournament_id): await self._books.ask(_LAST_CHANGE, self._tournament_id)
        }
        for follower in self._followers:
            if follower.subject not in last:
                last[follower.subject] = await self._books.ask(_LAST_ENTRY, key_of(follower.subject, "Match", "id"))
        missing = list(self._followers)

        async def none_is_missing() -> bool:
            missing[:] = [follower for follower in missing if not follower.has(last[follower.subject], final)]
            return not missing

        with suppress(TimeoutError):
            await until(none_is_missing)
        return time.monotonic() - began, len(missing)

    async def _matches(self) -> dict[str, State]:
        found = orjson.loads(await self._books.ask(_MATCHES, self._tournament_id))
        return {
            global_id("Match", UUID(key)): (version, status, scores) for key, (version, status, scores) in found.items()
        }

    def _wrong(self, final: Mapping[str, State], asked: Mapping[str, State]) -> int:
        """How many clients, and queries, know another state than the database does."""
        return (final != asked) + sum(not follower.fold.agrees(final) for follower in self._followers)

    async def _left_open(self) -> dict[str, int]:
        """What the clients have left in the API processes, once that is nothing or after the limit of `until`."""
        left: dict[str, int] = {}
        running = [name for name in self._several.metrics if name != self._killed]

        async def is_nothing() -> bool:
            for name in GAUGES:
                left[name] = sum([await self._several.metric(process, name) for process in running])
            return not any(left.values())

        with suppress(TimeoutError):
            await until(is_nothing)
        return left

    def _errors(self) -> dict[str, int]:
        """Lines of the processes' logs at level error, by what they say."""
        return dict(Counter(self._several.errors()))


async def _asked(server: Server, slug: str) -> dict[str, State]:
    """The bracket as a query tells it."""
    rounds = (await server.ask(documents.MATCHES, {"slug": slug}))["bracket"]["rounds"]
    return dict(state_of(match) for round_ in rounds for match in round_["matches"])


def _by_reason(counts: Mapping[str, int], kind: str) -> dict[str, int]:
    return {name.removeprefix(kind): count for name, count in sorted(counts.items()) if name.startswith(kind)}
