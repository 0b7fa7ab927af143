"""Plays a recorded event as its users would: accounts, registration, seeding, and every result told by both sides."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, field

from cli.play import documents, events
from cli.play.client import Account, Answer, Refused, Server
from cli.play.pace import Pace, each
from cli.play.recording import FromMatch, RecordedMatch, Recording, Source
from cli.play.report import Progress
from cli.play.watcher import Watcher

# A home has one address, and a server has few processors to hash passwords with.
_AT_ONCE = 8
_TRIES = 20
_LAST_CHANGE_LIMIT_S = 30.0
_WALKOVER = "Decided without play, as recorded."
_GAME = "rocket-league-1v1"
# No mail ever reaches it (RFC 6761, 6.4).
_MAIL_DOMAIN = "play.invalid"
_MAX_ADDRESS = 40


class NotAsRecorded(Exception):
    """The server led the event elsewhere than the recording."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `differences` tells what is not as recorded."""

    slug: str
    matches: int
    changes_seen: int
    gaps: int
    resumes: int
    seconds: float
    placements_equal: bool
    differences: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether everything was played, every place is as recorded and no change was missed."""
        return not self.differences and self.gaps == 0


class Player:
    """Plays one recording on one server, with new accounts."""

    def __init__(self, server: Server, recording: Recording, name: str, pace: Pace, progress: Progress) -> None:
        self._server = server
        self._recording = recording
        self._name = name
        self._pace = pace
        self._progress = progress
        self._run = secrets.token_hex(4)
        self._slug = f"{_address(name)}-{self._run}"
        self._organizer = self._account("org", "Organizer")
        self._players = {seed: self._account(str(seed), f"Seed {seed}") for seed in range(1, recording.entrants + 1)}

    async def play(self) -> Outcome:
        """Play the event to its end.

        Raises:
            Refused: the server said no.
            Unreachable: it stayed away.
            NotAsRecorded: it led the event elsewhere.
        """
        began = time.monotonic()
        event = await self._announced()
        watcher = Watcher(self._server, event["id"], seed=len(self._recording.matches))
        try:
            await watcher.start()
            await self._fill(event)
            played = await self._play_matches()
            bracket = await events.bracket(self._organizer, self._slug)
            versions = {match["id"]: match["version"] for match in bracket.matches}
            await watcher.finish(bracket.cursor, versions, _LAST_CHANGE_LIMIT_S)
        finally:
            await watcher.stop()
        wrong_places = await self._wrong_places()
        unfinished = [] if bracket.status == "FINISHED" else [f"The event is {bracket.status}, not FINISHED."]
        return Outcome(
            slug=self._slug,
            matches=played,
            changes_seen=watcher.ledger.changes,
            gaps=watcher.ledger.gaps,
            resumes=watcher.resumes,
            seconds=round(time.monotonic() - began, 3),
            placements_equal=not wrong_places,
            differences=unfinished + wrong_places,
        )

    async def _announced(self) -> Answer:
        """The event, published."""
        game = await self._game()
        await self._organizer.register()
        event = await events.create(
            self._organizer,
            self._slug,
            f"{self._run}-create",
            name=self._name,
            game=game,
            entrantKind="USER",
            capacity=self._recording.entrants,
            stages=[{"format": {"custom": _bracket(self._recording)}}],
        )
        await events.publish(self._organizer, event)
        return event

    async def _game(self) -> str:
        games = [edge["node"] for edge in (await self._server.ask(documents.GAMES))["edges"]]
        if not games:
            raise Refused("", "", "The server knows no games; `matchpoint migrate` writes its catalogue.")
        alone = [game["slug"] for game in games if game["teamSize"] == 1] or [games[0]["slug"]]
        return _GAME if _GAME in alone else str(alone[0])

    async def _fill(self, event: Answer) -> None:
        """Let everybody enter, seed and start."""

        async def enter(seed: int) -> str:
            player, key = self._players[seed], f"{self._run}-enter"
            await player.register()
            answer = await player.do(documents.REGISTER_ENTRANT, tournamentId=event["id"], idempotencyKey=key)
            self._progress.advance("Entrants", self._recording.entrants)
            return str(answer["entrant"]["id"])

        order = await each(enter, sorted(self._players), _AT_ONCE)
        await events.close_and_seed(self._organizer, event, method="MANUAL", entrantIds=order)
        await events.start(self._organizer, event)

    async def _play_matches(self) -> int:
        """Play everything; the answer is how many matches were decided."""
        bracket = await events.bracket(self._organizer, self._slug)
        ids = {match["place"]["key"]: match["id"] for match in bracket.matches}
        played = 0
        for number, match in enumerate(self._recording.matches):
            await self._pace.wait()
            played += await self._settle(match, ids[match.key], number % 2)
            self._progress.advance("Matches", len(self._recording.matches))
        return played

    async def _settle(self, match: RecordedMatch, match_id: str, reporter: int) -> bool:
        """Bring a match to its recorded result from wherever it is; False when it turned out not to be needed."""
        now = await events.match(self._organizer, match_id)
        for _ in range(_TRIES):
            if now["status"] == "NOT_NEEDED" and match.winner is None:
                return False
            _require_same_sides(match, now)
            if now["status"] == "FINISHED":
                self._require_same_winner(match, now)
                return True
            try:
                now = await self._advanced(match, now, reporter)
            except Refused as refusal:
                if not refusal.is_outdated:
                    raise
                # It is not as it was read: perhaps an answer got lost, and what it told has happened.
                now = await events.match(self._organizer, match_id)
        raise NotAsRecorded(f"Match {match.key!r} stays {now['status']}.")

    async def _advanced(self, match: RecordedMatch, now: Answer, reporter: int) -> Answer:
        """A match after its next step."""
        given = {"matchId": now["id"], "version": now["version"]}
        if match.score is None:
            winner = self._winner_slot(match)
            answer = await self._organizer.do(documents.AWARD_WALKOVER, **given, winnerSlot=winner, reason=_WALKOVER)
            return answer["match"]
        result = {"scores": list(match.score.sides), "winnerSlot": match.score.tiebreak_winner}
        key = f"{self._run}-{now['id']}-{now['version']}"
        if now["status"] == "DISPUTED":
            answer = await self._organizer.do(documents.DECIDE_RESULT, **given, **result)
        elif now["status"] == "REPORTED":
            other = self._players[match.seeds[1 - now["report"]["slot"]]]
            answer = await other.do(documents.CONFIRM_RESULT, **given, idempotencyKey=key)
        else:
            games = [list(points) for points in match.score.points] or None
            answer = await self._players[match.seeds[reporter]].do(
                documents.REPORT_RESULT, **given, **result, games=games, idempotencyKey=key
            )
        return answer["match"]

    def _winner_slot(self, match: RecordedMatch) -> int | None:
        """Who goes on. Of a second final that has no result, the side that finished better."""
        if match.winner is not None:
            return match.seeds.index(match.winner)
        first, second = (self._recording.ranks.get(seed) for seed in match.seeds)
        if first is None or second is None or first == second:
            return None
        return 0 if first < second else 1

    def _require_same_winner(self, match: RecordedMatch, now: Answer) -> None:
        if now["winnerSlot"] != self._winner_slot(match):
            raise NotAsRecorded(f"Match {match.key!r} was won by slot {now['winnerSlot']} here.")

    async def _wrong_places(self) -> list[str]:
        places = {
            entrant["seed"]: entrant["placement"] and entrant["placement"]["low"]
            for entrant in await events.entrants(self._organizer, self._slug)
        }
        return [
            f"Seed {seed} is placed {places.get(seed)}; recorded is {rank}."
            for seed, rank in sorted(self._recording.ranks.items())
            if places.get(seed) != rank
        ]

    def _account(self, name: str, display_name: str) -> Account:
        username = f"p{self._run}-{name}"
        password = secrets.token_urlsafe(18)
        return Account(self._server, username, password, display_name, f"{username}@{_MAIL_DOMAIN}")


def _require_same_sides(match: RecordedMatch, now: Answer) -> None:
    seeds = tuple(slot["seed"] for slot in now["slots"])
    if now["status"] == "NOT_NEEDED":
        raise NotAsRecorded(f"Match {match.key!r} was played, but is not needed here.")
    if seeds != match.seeds:
        raise NotAsRecorded(f"Match {match.key!r} is {now['status']} with seeds {seeds}; recorded are {match.seeds}.")


def _bracket(recording: Recording) -> dict[str, object]:
    return {"scoring": recording.scoring.value, "matches": [_link(match) for match in recording.matches]}


def _link(match: RecordedMatch) -> dict[str, object]:
    first, second = match.sources
    return {
        "key": match.key,
        "round": match.round,
        "first": _source(first),
        "second": _source(second),
        "bestOf": match.best_of,
    }


def _source(source: Source) -> dict[str, object]:
    if isinstance(source, FromMatch):
        return {"winnerOf" if source.is_winner else "loserOf": source.key}
    return {"seed": source}


def _address(name: str) -> str:
    """The name as it can stand in an address, with room for a number after it."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower())[:_MAX_ADDRESS].strip("-")
    return plain or "event"
