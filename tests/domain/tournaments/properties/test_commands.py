"""Events that people run by commands, at a venue: whatever they do, certain things hold after every step.

They enter and check in, begin, report, confirm, dispute and comment, are called to tables and answer, leave; organizers
start, decide, award walkovers, correct, disqualify, call, move and free tables.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any, TypeVar
from uuid import UUID

import uvloop
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text

from domain import matches, queues, registry, tournaments
from domain.infra import outbox
from domain.infra.db import Database, ReadSession, WriteSession
from domain.infra.embedded import PostgreSQL
from domain.infra.outbox import OutboxRow
from domain.kernel.actor import Actor
from domain.kernel.errors import DomainError
from domain.matches import MatchState
from domain.queues import (
    AnswerCall,
    AnswerTimeEnded,
    CallNext,
    CallStatus,
    CallView,
    FreeTable,
    MoveMatch,
    NoShow,
    QueueChanged,
)
from domain.queues.errors import PlayerIsBusy
from domain.queues.models import Call, CallPlayer
from domain.tournaments import (
    CheckIn,
    Elimination,
    Entrant,
    Format,
    GrandFinal,
    StagePlan,
    StageSource,
    Structure,
    TournamentStatus,
)
from domain.venues import Table, Venue
from tests.domain.tournaments.test_random_play import Crowd
from tests.factories.games import make_catalogue
from tests.factories.queues import use_tables
from tests.factories.stages import double, knockout, round_robin, swiss
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import enter, places, published, row_of, start
from tests.factories.venues import hall
from tests.fixtures import database
from tests.fixtures.brackets import assert_explained, assert_gapless, assert_ranking
from tests.fixtures.events import Event
from tests.fixtures.profiles import exhaustively
from tests.fixtures.replay import by_place, replay, seen

R = TypeVar("R")

CHANCE = st.randoms(use_true_random=False)
HOUR = timedelta(hours=1)
GSL = StagePlan(None, Format(Structure.GSL_GROUP, Elimination(best_of=1, final_best_of=1)))


@st.composite
def shapes(draw: st.DrawFn) -> tuple[int, Sequence[StagePlan]]:
    """How many play, and what."""
    size = draw(st.sampled_from([4, 4, 5, 5, 6, 7]))
    return draw(
        st.sampled_from(
            [
                (size, [double(grand_final=GrandFinal.RESET)]),
                (size, [knockout(has_third_place_match=True)]),
                (4, [GSL]),
                (size, [round_robin(group_count=2)]),
                (size, [swiss(rounds=3)]),
                (size, [swiss(wins_to_advance=2, losses_to_leave=2)]),
                (size, [round_robin(group_count=2), knockout(StageSource(1, 1, 2))]),
                (size, [swiss(rounds=2), knockout(StageSource(1, 1, 2)), round_robin(StageSource(1, 3, 4))]),
            ]
        )
    )


@dataclass(frozen=True)
class World:
    """A database, the loop in which it is used, and whoever and whatever is in every event."""

    runner: asyncio.Runner
    db: Database
    organizer: Actor
    people: Sequence[Actor]
    venue: Venue
    tables: Sequence[Table]
    numbers: count[int] = field(default_factory=count)

    def do(self, work: Coroutine[Any, Any, R]) -> R:
        """Wait for something."""
        return self.runner.run(work)


async def make_world(runner: asyncio.Runner, db: Database) -> World:
    """As many people as ever enter, and a venue with two tables."""
    await make_catalogue(db)
    organizer, *people = await make_people(db, "organizer", *(f"player-{number}" for number in range(1, 11)))
    venue, tables = await hall(db, organizer, 2)
    return World(runner, db, organizer, people, venue, tables)


@dataclass(frozen=True)
class Seen:
    """What a viewer has at some moment: where the event and its queue are, the matches, and the calls."""

    change_count: int
    states: dict[UUID, MatchState]
    queue_count: int
    calls: dict[UUID, CallView]


class CommandedEvent(RuleBasedStateMachine):
    """One event from its creation to its end.

    No rule waits until it can do something; it then does nothing. Hypothesis leaves some rules out of an example, and
    one in which no other could go on would not count. For the same reason matches go on by most of the rules.
    """

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.db = self.world.db
        self.organizer = self.world.organizer
        self.found: list[MatchState] = []
        self.history: list[Seen] = []

    @initialize(shape=shapes(), chance=CHANCE, absent=st.sampled_from([0, 0, 1, 2]), no_show=st.sampled_from(NoShow))
    def begin(self, shape: tuple[int, Sequence[StagePlan]], chance: Random, absent: int, no_show: NoShow) -> None:
        """People enter, not all of them come, and the event starts at a venue with two tables."""
        self.count, self.plans = shape
        self.world.do(self._begin(chance, absent, no_show))

    async def _begin(self, chance: Random, absent: int, no_show: NoShow) -> None:
        # Facts are found by their subjects, for which there is no index.
        await self.db.transaction(lambda session: session.execute(text("TRUNCATE outbox")))
        self.event = await self._entered(absent)
        venue, tables = self.world.venue, self.world.tables
        await use_tables(self.db, self.organizer, self._id, venue, tables, no_show=no_show)
        self.crowd = Crowd(self.db, self.organizer, self._id, self.event.players, chance)

    async def _entered(self, absent: int = 0) -> Event:
        """An event that has just started: for the first of those who entered, who stay away, others move up."""
        settings: dict[str, Any] = {"structure": None, "stages": self.plans, "capacity": self.count}
        if absent:
            settings |= {"check_in_opens_at": NOW - HOUR, "check_in_closes_at": NOW + HOUR}
        draft = await published(self.db, self.organizer, f"cup-{next(self.world.numbers)}", **settings)
        people = self.world.people[: self.count + absent]
        rows = await enter(self.db, draft.id, *people, waitlist=True)
        if absent:
            coming = list(zip(people, rows, strict=True))[absent:]
            await self.db.transaction(lambda session: _check_in(session, coming))
        running = await start(self.db, self.organizer, draft.id)
        return Event(self.db, self.organizer, running, {one.require_user(): one for one in people})

    @property
    def _id(self) -> UUID:
        return self.event.tournament.id

    def _open(self) -> list[MatchState]:
        return [state for state in self.found if state.status in matches.OPEN]

    def _over(self) -> list[MatchState]:
        return [state for state in self.found if state.outcome is not None and self.crowd._is_known(state)]

    async def _look(self) -> None:
        """See every match, in the same order whenever the same is played again."""
        self.found = list((await by_place(self.event)).values())

    @rule(chance=CHANCE, times=st.integers(1, 3))
    def people_act(self, chance: Random, times: int) -> None:
        """Matches go on: they begin, are reported, confirmed, disputed, decided, or commented on."""
        self.world.do(self._act(chance, times))

    async def _act(self, chance: Random, times: int) -> None:
        self.crowd.random = chance
        for _ in range(times):
            if found := self._open():
                # In a group somebody has several matches to play, and is refused to begin two.
                with suppress(PlayerIsBusy):
                    await self.crowd._touch(chance.choice(found))
                await self._look()

    @rule(chance=CHANCE, times=st.integers(0, 2))
    def somebody_leaves(self, chance: Random, times: int) -> None:
        """By their own will, or they are put out, while there is something to play."""
        self.world.do(self._act(chance, times))
        if self._open():
            self.world.do(self.crowd._leave())

    @rule(chance=CHANCE, times=st.integers(0, 2))
    def an_organizer_corrects(self, chance: Random, times: int) -> None:
        """A result of whatever match, whatever was played since."""
        self.world.do(self._act(chance, times))
        self.world.do(self.crowd._correct(self._over()))

    @rule(chance=CHANCE, what=st.sampled_from(["call", "call", "answer", "answer", "expire", "free", "move"]))
    def the_queue_goes_on(self, chance: Random, what: str) -> None:
        """Matches are called to tables, and what comes of it; what cannot be is refused."""
        self.world.do(self._queue(chance, what))

    async def _queue(self, chance: Random, what: str) -> None:
        by_match = {call.match_id: call for call in self.history[-1].calls.values()}
        calls = [by_match[state.id] for state in self.found if state.id in by_match]
        if what == "call":
            await self._unless_refused(queues.call_next, CallNext(tournament_id=self._id, now=NOW))
        elif what == "move":
            command = MoveMatch(
                match_id=chance.choice(self.found).id, table_id=chance.choice(self.world.tables).id, now=NOW
            )
            await self._unless_refused(queues.move_match, command)
        elif calls:
            call = chance.choice(calls)
            if what == "answer":
                answer = AnswerCall(call_id=call.id, now=NOW, slot=chance.randrange(2))
                await self._unless_refused(queues.answer_call, answer)
            elif what == "free":
                await self._unless_refused(queues.free_table, FreeTable(call_id=call.id, now=NOW))
            else:
                ended = AnswerTimeEnded(tournament_id=self._id, call_id=call.id, at=NOW)
                await self.db.transaction(lambda session: _expire(session, ended))

    async def _unless_refused(self, use_case: Any, command: Any) -> None:
        try:
            await run(self.db, use_case, self.organizer, command)
        except DomainError:
            return

    @invariant()
    def i01_i14_nobody_and_nothing_is_in_two_places(self) -> None:
        """Of a round, and of the hall; nor is anything at a table that is over."""
        self.world.do(self._in_one_place())

    async def _in_one_place(self) -> None:
        async with self.db.snapshot() as session:
            view = (await tournaments.bracket_views(session, [self._id]))[self._id]
            self.found = [state for state, _ in view.matches]
            self.history.append(await self._seen(session))
            current = select(Call.table_id, CallPlayer.user_id, Call.match_id)
            rows = await session.execute(
                current.join(CallPlayer, CallPlayer.call_id == Call.id).where(Call.ended_at.is_(None))
            )
            called = [(table, user, match) for table, user, match in rows]
        assert max(Counter(user for _, user, _ in called).values(), default=0) <= 1
        tables = {(table, match) for table, _, match in called if table is not None}
        assert len(tables) == len({table for table, _ in tables})
        open_ = {state.id for state in self._open()}
        assert {match for _, _, match in called if match in self.history[-1].states} <= open_
        seats = Counter(
            (place.stage, place.side, place.round, slot.seed)
            for state, place in view.matches
            for slot in state.slots
            if slot.seed is not None
        )
        assert max(seats.values()) == 1

    async def _seen(self, session: ReadSession) -> Seen:
        row = (await tournaments.tournaments_by_id(session, [self._id]))[self._id]
        found = await matches.states_of_owner(session, self._id)
        queue = (await queues.queues_by_id(session, [self._id]))[self._id]
        current = select(Call.id).where(Call.tournament_id == self._id, Call.ended_at.is_(None))
        calls = await queues.calls_by_id(session, list(await session.scalars(current)))
        return Seen(row.change_count, {each.id: each for each in found}, queue.change_count, dict(calls))

    def teardown(self) -> None:
        """The event ends with a place for everybody, and all that was told of it leads to the same."""
        if hasattr(self, "event"):
            self.world.do(self._end())

    async def _end(self) -> None:
        while found := self._open():
            await self.event.decide(found[0], 0)
            await self._look()
        assert (await row_of(self.db, self._id)).status is TournamentStatus.FINISHED
        ranking = {seed: (low or 0, high or 0) for seed, (low, high) in (await places(self.db, self._id)).items()}
        assert_ranking(ranking, self.count)
        if len(self.plans) == 1 and self.plans[0].format.is_elimination:
            await assert_explained(self.db, self._id)
        await assert_gapless(self.db, self._id)
        await self._resume_everywhere()
        again = await self._entered()
        await replay(self.event, again)
        assert await seen(again, is_begun_told=False) == await seen(self.event, is_begun_told=False)

    async def _resume_everywhere(self) -> None:
        """Whoever looked at any moment, and heard all changes since, has what is there now (i17)."""
        async with self.db.snapshot() as session:
            now = await self._seen(session)
            told = select(OutboxRow).where(OutboxRow.name == QueueChanged.name, OutboxRow.subject == self._id)
            rows = list(await session.scalars(told.order_by(OutboxRow.id)))
            queue: list[Any] = [outbox.from_json(registry.EVENTS[row.name], row.payload) for row in rows]
            for then in self.history:
                changes = await tournaments.changes_after(session, self._id, then.change_count, 5_000)
                assert changes is not None
                assert len(changes) == now.change_count - then.change_count
                heard = {change.match.id: change.match for change in changes if change.match is not None}
                known = {**then.states, **heard}
                assert known.items() <= now.states.items()
                # What was drawn meanwhile and has not changed is read when the event itself is told to have changed.
                drawn = now.states.keys() - known.keys()
                assert all(now.states[match_id].version == 1 for match_id in drawn)
                assert not drawn or any(change.match is None for change in changes)
                calls = {**then.calls, **{each.call.id: each.call for each in queue[then.queue_count :] if each.call}}
                assert {key: call for key, call in calls.items() if call.status is not CallStatus.OVER} == now.calls
        assert [each.sequence for each in queue] == list(range(1, now.queue_count + 1))


async def _check_in(session: WriteSession, coming: Sequence[tuple[Actor, Entrant]]) -> None:
    for person, row in coming:
        await tournaments.check_in(session, person, CheckIn(row.id, NOW))


async def _expire(session: WriteSession, event: AnswerTimeEnded) -> None:
    await queues.expire_call(session, event)


def test_properties_i01_i04_i07_i14_i17_whatever_is_commanded(postgres: PostgreSQL) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        name = runner.run(database.clone(postgres))
        db = Database(postgres.url(name), within=registry.WITHIN)

        class CommandedHere(CommandedEvent):
            world = runner.run(make_world(runner, db))

        try:
            run_state_machine_as_test(
                CommandedHere,
                settings=settings(
                    exhaustively,
                    stateful_step_count=8,
                    # An example takes half a second: one that fails is not tried in thousands of smaller ways.
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(db.close())
            runner.run(database.drop(postgres, name))
