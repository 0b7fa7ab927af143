"""Tournaments with deadlines for tests, and the workers that let time pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import select

from domain import deadlines, matches, registry, tournaments
from domain.deadlines import CheckInToMatch, CheckInView, SetMatchDeadlines
from domain.infra import outbox, timers
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow
from domain.kernel.actor import Actor
from domain.matches import Match, MatchState
from domain.tournaments import StaffRole, Structure, Tournament
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import enter, published, start
from tests.fixtures.clock import FakeClock
from workers.reactions import REACTIONS, Outside


@dataclass
class Workers:
    """What reacts to facts: each fact once, in order, however late."""

    db: Database
    last: int = 0
    handled: list[str] = field(default_factory=list)

    async def work(self, now: datetime) -> None:
        """Record what is due, and react to everything that was recorded, until nothing is left."""
        outside = Outside(accounts=cast("Any", None), mail=cast("Any", None), clock=FakeClock(now), beside=self.db)
        while await self._due(now) or await self._react(outside):
            pass

    async def _due(self, now: datetime) -> int:
        return await self.db.transaction(lambda session: timers.record_due(session, registry.EVENTS, now))

    async def _react(self, outside: Outside) -> bool:
        async with self.db.read() as session:
            rows = (await session.scalars(select(OutboxRow).where(OutboxRow.id > self.last))).all()
        for row in sorted(rows, key=lambda row: row.id):
            fact = outbox.from_json(registry.EVENTS[row.name], row.payload)
            for reaction in REACTIONS.get(type(fact), ()):
                await self.db.transaction(
                    lambda session, row=row, fact=fact, reaction=reaction: reaction.run(  # type: ignore[misc]
                        session, row.event_id, fact, outside
                    )
                )
                self.handled.append(reaction.name)
            self.last = row.id
        return bool(rows)


@dataclass(frozen=True)
class Cup:
    """A single elimination that has started, with deadlines, everybody in it, and the workers."""

    db: Database
    organizer: Actor
    referee: Actor
    tournament: Tournament
    players: dict[UUID, Actor]
    workers: Workers

    def sides(self, state: MatchState) -> list[Actor]:
        """The players of a match, by slot."""
        return [self.players[slot.participant_id] for slot in state.slots if slot.participant_id is not None]


async def make_cup(
    db: Database, entrants: int = 4, check_in: int | None = 10, confirmation: int | None = None, **overrides: Any
) -> Cup:
    """A cup whose workers have seen the start."""
    await make_catalogue(db)
    organizer, referee = await make_people(db, "organizer", "referee")
    settings = {"structure": Structure.SINGLE_ELIMINATION, **overrides}
    event = await published(db, organizer, **settings)
    role = tournaments.SetStaff(event.id, "referee", StaffRole.REFEREE)
    await run(db, tournaments.set_staff, organizer, role)
    await set_deadlines(db, organizer, event.id, check_in, confirmation)
    players = await make_people(db, *(f"player-{number}" for number in range(1, entrants + 1)))
    await enter(db, event.id, *players)
    running = await start(db, organizer, event.id)
    cup = Cup(db, organizer, referee, running, {one.require_user(): one for one in players}, Workers(db))
    await cup.workers.work(NOW)
    return cup


async def set_deadlines(
    db: Database,
    actor: Actor,
    tournament_id: UUID,
    check_in: int | None = None,
    confirmation: int | None = None,
    now: datetime = NOW,
) -> Tournament:
    """Set what is due in the matches of a tournament."""
    command = SetMatchDeadlines(
        tournament_id=tournament_id, check_in_minutes=check_in, confirmation_minutes=confirmation, now=now
    )
    return await run(db, deadlines.set_match_deadlines, actor, command)


async def check_in(db: Database, actor: Actor, match_id: UUID, slot: int | None = None, now: datetime = NOW) -> Match:
    """Say that a side is there."""
    return await run(db, deadlines.check_in_to_match, actor, CheckInToMatch(match_id=match_id, slot=slot, now=now))


async def check_in_of(db: Database, match_id: UUID) -> CheckInView | None:
    """The check-in of a match as it is now."""
    async with db.read() as session:
        return (await deadlines.check_ins_by_match(session, [match_id])).get(match_id)


async def state_of(db: Database, match_id: UUID) -> MatchState:
    """A match as it is now."""
    async with db.read() as session:
        return (await matches.states_by_id(session, [match_id]))[match_id]


async def log_of(db: Database, match_id: UUID) -> Sequence[tuple[str, int | None]]:
    """The kinds and slots of the log of a match."""
    async with db.read() as session:
        return [(entry.kind.value, entry.slot) for entry in await matches.log_after(session, match_id, 0, 100)]
