"""Events that leave as files and come back, for tests: played by chance, exported, imported and held against each
other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from domain import matches, tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.errors import DomainError
from domain.kernel.scoring import MatchScoring
from domain.matches import AwardWalkover, DecideResult, MatchState, MatchStatus, StartMatch
from domain.tournaments import (
    DisqualifyEntrant,
    Event,
    FinishStage,
    HeatSeat,
    HeatState,
    HeatStatus,
    StagePlan,
    StageStatus,
    StageView,
    Structure,
    WithdrawEntrant,
    exported_event,
    read_event,
    reproduce,
    write_event_json,
)
from domain.tournaments.commands.challenges import ChallengeOnLadder, WithdrawChallenge
from tests.factories.heats import correction_of, heats_of, report
from tests.factories.imports import imported
from tests.factories.stages import stages
from tests.factories.teams import NOW, run
from tests.factories.tournaments import correction, entrants, row_of, seeds, started, states


async def exported(db: Database, tournament_id: UUID, now: datetime = NOW) -> Event:
    """The event of a tournament as files tell it."""
    async with db.snapshot() as session:
        found = await exported_event(session, tournament_id, "Nine-ball", now)
    assert found is not None
    return found


def anonymous(event: Event) -> Event:
    """The same event without its name, and without what its platform calls people."""
    return replace(event, entrants=tuple(replace(one, external_id="") for one in event.entrants), name="")


async def comes_back(
    db: Database, organizer: Actor, tournament_id: UUID, slug: str = "imported", now: datetime = NOW
) -> UUID:
    """Assert that an event of a server is the same once it has been a file; the answer is what the file became."""
    file = await exported(db, tournament_id, now)
    assert read_event([write_event_json(file)])[1] == file
    assert reproduce(file).differences == ()
    again = await imported(db, organizer, file, slug)
    assert anonymous(await exported(db, again, now)) == anonymous(file)
    assert await shown(db, again) == await shown(db, tournament_id)
    return again


async def shown(db: Database, tournament_id: UUID) -> Mapping[str, Any]:
    """What viewers see of an event, by names and seeds instead of keys."""
    row = await row_of(db, tournament_id)
    everybody = [
        (one.name, one.status, one.seed, one.placement_low, one.placement_high)
        for one in await entrants(db, tournament_id)
    ]
    parts = await stages(db, tournament_id)
    return {
        "event": (row.status, row.capacity, row.finished_at, row.entrant_count),
        "entrants": sorted(map(str, everybody)),
        "stages": [
            (one.name, one.structure, one.settings, one.sources, one.veto, one.status, one.closed_at) for one in parts
        ],
        "matches": sorted(map(_match_shown, await states(db, tournament_id))),
        "heats": [
            (heat.round, heat.number, heat.status, heat.finished_at, [_seat_shown(seat) for seat in heat.seats])
            for one in parts
            for heat in await heats_of(db, tournament_id, one.number)
        ],
    }


def _match_shown(state: MatchState) -> str:
    slots = [(slot.name, slot.score) for slot in state.slots]
    # A result that waits for its confirmation is none yet, and the file says that the match is being played.
    status = MatchStatus.LIVE if state.status in matches.OPEN - {MatchStatus.READY} else state.status
    return str((seeds(state), slots, status, state.outcome, state.winner, state.format, state.games, state.finished_at))


def _seat_shown(seat: HeatSeat) -> tuple[Any, ...]:
    return seat.name, seat.seed, seat.games, seat.points, seat.place, seat.has_left, seat.is_through


@dataclass
class Played:
    """An event in which everything happens by chance."""

    db: Database
    organizer: Actor
    tournament_id: UUID
    players: Mapping[UUID, Actor]
    rng: Random
    now: datetime = NOW

    async def play(self, most: int) -> None:
        """Let up to so many things happen, or until nothing is left to play."""
        for _ in range(most):
            self.now += timedelta(hours=self.rng.choice([1, 5, 30]))
            if not await self._act():
                return

    async def finish(self) -> None:
        """End ladders, and let everything be played to its end."""
        while True:
            for ladder in await self._open_ladders():
                await run(
                    self.db,
                    tournaments.finish_stage,
                    self.organizer,
                    FinishStage(self.tournament_id, ladder.number, self.now),
                )
            ready = [state for state in await states(self.db, self.tournament_id) if state.status in matches.OPEN]
            heats = await self._open_heats()
            if not ready and not heats:
                return
            for heat in heats:
                await report(self.db, self.organizer, heat)
            for state in ready:
                await self.decide(state)

    async def _act(self) -> bool:
        found = await states(self.db, self.tournament_id)
        ready = [state for state in found if state.status in matches.OPEN]
        heats, ladders = await self._open_heats(), await self._open_ladders()
        die = self.rng.random()
        if die < 0.05:
            await self._leave()
        elif die < 0.15:
            await self._correct([state for state in found if state.outcome is not None])
        elif ladders and die < 0.6:
            await self._climb(self.rng.choice(ladders), ready)
        elif heats:
            heat = self.rng.choice(heats)
            staying = [seat.seed for seat in heat.seats if not seat.has_left]
            await report(self.db, self.organizer, heat, self.rng.sample(staying, len(staying)))
        elif ready:
            await self.decide(self.rng.choice(sorted(ready, key=lambda state: state.id)))
        return bool(ready or heats or ladders)

    async def decide(self, state: MatchState) -> None:
        """Decide a match by chance, mostly by play, or begin it."""
        die, key = self.rng.random(), (state.id, state.version)
        if die < 0.15:
            walkover = AwardWalkover(*key, self.rng.choice([0, 1, None]), "no show", self.now)
            await run(self.db, matches.award_walkover, self.organizer, walkover)
        elif die < 0.25 and state.status is MatchStatus.READY:
            await run(self.db, matches.start_match, self.organizer, StartMatch(*key, self.now))
        else:
            scores = score(state, self.rng)
            level = state.best_of - sum(scores) if state.scoring is MatchScoring.PLAY_ALL else 0
            games = [(11, 3)] * (scores[0] - state.advantage) + [(4, 11)] * scores[1] + [(7, 7)] * level
            if die > 0.6 or state.scoring is MatchScoring.POINTS:
                games = []
            winner = self.rng.randrange(2) if scores[0] == scores[1] and not state.can_be_drawn else None
            decide = DecideResult(*key, scores, self.now, games, winner=winner)
            await run(self.db, matches.decide_result, self.organizer, decide)

    async def _open_heats(self) -> list[HeatState]:
        parts = await stages(self.db, self.tournament_id)
        heats = [heat for part in parts for heat in await heats_of(self.db, self.tournament_id, part.number)]
        return [heat for heat in heats if heat.status is not HeatStatus.FINISHED]

    async def _open_ladders(self) -> list[StageView]:
        return [
            part
            for part in await stages(self.db, self.tournament_id)
            if part.structure is Structure.LADDER and part.status is StageStatus.RUNNING and part.closed_at is None
        ]

    async def _climb(self, ladder: StageView, ready: Sequence[MatchState]) -> None:
        """Challenge somebody, take a challenge back, or end the ladder."""
        die = self.rng.random()
        if die < 0.05:
            await self._try(tournaments.finish_stage, FinishStage(self.tournament_id, ladder.number, self.now))
        elif die < 0.2 and ready:
            state = self.rng.choice(ready)
            await self._try(
                tournaments.challenges.withdraw_challenge, WithdrawChallenge(state.id, state.version, self.now)
            )
        else:
            opponent = self.rng.choice(await entrants(self.db, self.tournament_id))
            challenger = self.rng.choice(list(self.players.values()))
            await self._try(
                tournaments.challenges.challenge_on_ladder, ChallengeOnLadder(opponent.id, self.now), challenger
            )

    async def _leave(self) -> None:
        entrant = self.rng.choice(await entrants(self.db, self.tournament_id))
        if self.rng.random() < 0.5:
            command = WithdrawEntrant(entrant.id, self.now)
            await self._try(tournaments.withdraw_entrant, command, self.players[entrant.participant_id])
        else:
            await self._try(tournaments.disqualify_entrant, DisqualifyEntrant(entrant.id, "rude", self.now))

    async def _correct(self, decided: Sequence[MatchState]) -> None:
        played = [
            heat for heat in await heats_of(self.db, self.tournament_id) if any(seat.games for seat in heat.seats)
        ]
        if played:
            heat = self.rng.choice(played)
            order = [seat.seed for seat in heat.seats if seat.games]
            swapped = correction_of(heat, self.rng.sample(order, len(order)), now=self.now, force=True)
            await self._try(tournaments.correct_heat, swapped)
        elif decided:
            command = correction(self.rng.choice(decided), self.rng.randrange(2), force=True, now=self.now)
            await self._try(tournaments.correct_match, command)

    async def _try(self, use_case: Any, command: Any, actor: Actor | None = None) -> None:
        """Do something that may be refused."""
        with suppress(DomainError):
            await run(self.db, use_case, actor or self.organizer, command)


def score(state: MatchState, rng: Random) -> tuple[int, int]:
    """A score that a match can end with."""
    if state.scoring is MatchScoring.BEST_OF:
        won = state.best_of // 2 + 1
        lost = rng.randrange(state.best_of // 2 + 1)
        return rng.choice([(won, max(lost, 0)), (max(lost, state.advantage), won)])
    first = rng.randint(0, state.best_of + 1 if state.scoring is MatchScoring.POINTS else state.best_of)
    return first, rng.randint(0, 3 if state.scoring is MatchScoring.POINTS else state.best_of - first)


async def played(
    db: Database, organizer: Actor, size: int, plans: Sequence[StagePlan], rng: Random, slug: str = "spring-cup"
) -> Played:
    """An event with these stages that has begun."""
    event, players = await started(db, organizer, size, slug, structure=None, stages=plans, capacity=size)
    return Played(db, organizer, event.id, players, rng)
