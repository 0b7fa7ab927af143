"""Ladders for tests: started, challenged on, and read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain import matches, registry, tournaments
from domain.infra import timers
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow, from_json
from domain.kernel.actor import Actor
from domain.kernel.events import Event
from domain.matches import ConfirmResult, Match, MatchState, ReportResult
from domain.tournaments import (
    Entrant,
    FinishStage,
    Format,
    Ladder,
    LadderView,
    StagePlan,
    StageSource,
    Structure,
    Tournament,
)
from domain.tournaments.commands.challenges import ChallengeOnLadder
from tests.factories.stages import stages
from tests.factories.teams import NOW, run
from tests.factories.tournaments import correction, entrants, started, states

DAY = timedelta(days=1)


def ladder(*sources: StageSource, **settings: Any) -> StagePlan:
    """A ladder, best of 1."""
    return StagePlan(None, Format(Structure.LADDER, Ladder(**{"best_of": 1, **settings})), sources)


@dataclass(frozen=True)
class Hall:
    """An event that begins with a ladder, whose players are 1 to n as they entered."""

    db: Database
    organizer: Actor
    event: Tournament
    players: Mapping[UUID, Actor]

    def player(self, number: int) -> Actor:
        """Who entered as the nth."""
        return list(self.players.values())[number - 1]

    async def entrant(self, number: int) -> Entrant:
        """What they entered as."""
        return (await entrants(self.db, self.event.id))[number - 1]

    async def challenge(self, challenger: int, challenged: int, now: datetime = NOW) -> Match:
        """Let somebody challenge somebody."""
        command = ChallengeOnLadder((await self.entrant(challenged)).id, now)
        return await run(self.db, tournaments.challenges.challenge_on_ladder, self.player(challenger), command)

    async def play(self, match: Match | MatchState, winner: int, now: datetime = NOW) -> Match:
        """Let slot 0 report that a slot has won, and slot 1 confirm it."""
        state = await self.state(match.id)
        first, second = (self.players[slot.participant_id] for slot in state.slots if slot.participant_id is not None)
        report = ReportResult(state.id, state.version, (1, 0) if winner == 0 else (0, 1), now)
        reported = await run(self.db, matches.report_result, first, report)
        return await run(self.db, matches.confirm_result, second, ConfirmResult(state.id, reported.version, now))

    async def correct(self, match_id: UUID, winner: int | None, **overrides: Any) -> tournaments.Correction:
        """Let a slot have won, or nobody."""
        command = correction(await self.state(match_id), winner, **overrides)
        return await run(self.db, tournaments.correct_match, self.organizer, command)

    async def fought(self, challenger: int, challenged: int, now: datetime = NOW, winner: int = 0) -> Match:
        """Let somebody challenge somebody and be beaten, or win as slot 0."""
        return await self.play(await self.challenge(challenger, challenged, now), winner, now)

    async def state(self, match_id: UUID) -> MatchState:
        """A match as it is now."""
        async with self.db.read() as session:
            return (await matches.states_by_id(session, [match_id]))[match_id]

    async def view(self, number: int = 1) -> LadderView:
        """All that has happened on the ladder."""
        key = self.event.id, (await stages(self.db, self.event.id))[number - 1].id
        async with self.db.snapshot() as session:
            return (await tournaments.ladders(session, [key]))[key]

    async def order(self, now: datetime = NOW) -> list[int]:
        """Who stands where, by their numbers as they entered, the top first."""
        numbers = {entrant.id: number for number, entrant in enumerate(await entrants(self.db, self.event.id), 1)}
        view = await self.view()
        return [numbers[view.entrants[seed]] for seed in view.standing(now).order]

    async def finish(self, number: int = 1, now: datetime = NOW) -> Tournament:
        """End the ladder."""
        return await run(self.db, tournaments.finish_stage, self.organizer, FinishStage(self.event.id, number, now))

    async def states(self) -> list[MatchState]:
        """Every match."""
        return await states(self.db, self.event.id)


async def make_ladder(
    db: Database, organizer: Actor, size: int, slug: str = "spring-cup", capacity: int = 16, **settings: Any
) -> Hall:
    """A ladder of so many that runs."""
    plans = [ladder(**settings)]
    event, players = await started(db, organizer, size, slug, structure=None, stages=plans, capacity=capacity)
    return Hall(db, organizer, event, players)


async def due_facts(db: Database, kind: type[Event], now: datetime) -> list[Any]:
    """The facts of this kind whose instant has come, which are recorded by that."""
    await db.transaction(lambda session: timers.record_due(session, registry.EVENTS, now))
    async with db.read() as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.name == kind.name).order_by(OutboxRow.id))
        return [from_json(kind, row.payload) for row in rows]
