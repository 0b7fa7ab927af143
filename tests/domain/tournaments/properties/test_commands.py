"""Events that people run by commands, at a venue: whatever they do, certain things hold after every step.

They enter and check in, begin, report, confirm, dispute and comment, are called to tables and answer, leave; organizers
start, decide, award walkovers, correct, disqualify, call, move and free tables.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from domain import matches, queues, registry, tournaments
from domain.infra import outbox
from domain.infra.db import Database, WriteSession
from domain.infra.embedded import PostgreSQL
from domain.infra.outbox import OutboxRow
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
from domain.queues.models import Call, CallPlayer
from domain.tournaments import (
    CheckIn,
    Elimination,
    Format,
    GrandFinal,
    StagePlan,
    StageSource,
    Structure,
    TournamentStatus,
)
from domain.venues import Table
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
from tests.fixtures.profiles import DATABASE
from tests.fixtures.replay import by_place, replay, seen

R = TypeVar("R")

CHANCE = st.randoms(use_true_random=False)
GSL = StagePlan(None, Format(Structure.GSL_GROUP, Elimination(best_of=1, final_best_of=1)))


@st.composite
def shapes(draw: st.DrawFn) -> tuple[int, Sequence[StagePlan]]:
    """How many play, and what."""
    size = draw(st.integers(5, 8))
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
                (size, [swiss(rounds=2), double(StageSource(1, 1, 3)), round_robin(StageSource(1, 4, 5))]),
            ]
        )
    )


@dataclass
class World:
    """A database, the loop in which it is used, and numbers for what is made there."""

    runner: asyncio.Runner
    db: Database
    numbers: count[int] = field(default_factory=count)

    def do(self, work: Coroutine[Any, Any, R]) -> R:
        """Wait for something."""
        return self.runner.run(work)


@dataclass(frozen=True)
class Seen:
    """What a viewer has at some moment: where the event and its queue are, the matches, and the calls."""

    change_count: int
    states: dict[UUID, MatchState]
    queue_count: int
    calls: dict[UUID, CallView]


class CommandedEvent(RuleBasedStateMachine):
    """One event from its creation to its end."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.db = self.world.db
        self.found: list[MatchState] = []
        self.history: list[Seen] = []

    @initialize(shape=shapes(), chance=CHANCE, no_show=st.sampled_from(NoShow))
    def begin(self, shape: tuple[int, Sequence[StagePlan]], chance: Random, no_show: NoShow) -> None:
        """People enter, not all of them come, and the event starts at a venue with two tables."""
        self.count, self.plans = shape
        self.world.do(self._begin(chance, no_show))

    async def _begin(self, chance: Random, no_show: NoShow) -> None:
        slug = f"cup-{next(self.world.numbers)}"
        (self.organizer,) = await make_people(self.db, f"{slug}-organizer")
        venue, tables = await hall(self.db, self.organizer, 2, f"{slug}-hall")
        self.tables: Sequence[Table] = tables
        self.event = await self._entered(slug, chance.randrange(3))
        await use_tables(self.db, self.organizer, self.event.tournament.id, venue, tables, no_show=no_show)
        self.crowd = Crowd(self.db, self.organizer, self.event.tournament.id, self.event.players, chance)

    async def _entered(self, slug: str, absent: int = 0) -> Event:
        """An event that has just started: for the first of those who entered, who stay away, others move up."""
        opens = {"check_in_opens_at": NOW - timedelta(hours=1), "check_in_closes_at": NOW + timedelta(hours=1)}
        settings = {"structure": None, "stages": self.plans, "capacity": self.count, **opens}
        draft = await published(self.db, self.organizer, slug, **settings)
        people = await make_people(self.db, *(f"{slug}-{number}" for number in range(1, self.count + absent + 1)))
        rows = await enter(self.db, draft.id, *people[: self.count])
        rows += await enter(self.db, draft.id, *people[self.count :], waitlist=True)
        for person, row in list(zip(people, rows, strict=True))[absent:]:
            await run(self.db, tournaments.check_in, person, CheckIn(row.id, NOW))
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

    @precondition(lambda self: self._open())
    @rule(chance=CHANCE, times=st.integers(1, 4))
    def people_act(self, chance: Random, times: int) -> None:
        """Matches go on: they begin, are reported, confirmed, disputed, decided, or commented on."""
        self.crowd.random = chance
        for _ in range(times):
            if found := self._open():
                self.world.do(self.crowd._touch(chance.choice(found)))
                self.world.do(self._look())

    @precondition(lambda self: self._open())
    @rule(chance=CHANCE)
    def somebody_leaves(self, chance: Random) -> None:
        """By their own will, or they are put out."""
        self.crowd.random = chance
        self.world.do(self.crowd._leave())

    @precondition(lambda self: self._over())
    @rule(chance=CHANCE)
    def an_organizer_corrects(self, chance: Random) -> None:
        """A result of whatever match, whatever was played since."""
        self.crowd.random = chance
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
            command = MoveMatch(match_id=chance.choice(self.found).id, table_id=chance.choice(self.tables).id, now=NOW)
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
        self.world.do(self._look())
        self.history.append(self.world.do(self._seen()))
        self.world.do(self._in_one_place())

    async def _in_one_place(self) -> None:
        async with self.db.snapshot() as session:
            current = select(Call.table_id, CallPlayer.user_id, Call.match_id)
            rows = await session.execute(
                current.join(CallPlayer, CallPlayer.call_id == Call.id).where(Call.ended_at.is_(None))
            )
            called = [(table, user, match) for table, user, match in rows]
            view = (await tournaments.bracket_views(session, [self._id]))[self._id]
        assert max(Counter(user for _, user, _ in called).values(), default=0) <= 1
        tables = {(table, match) for table, _, match in called if table is not None}
        assert len(tables) == len({table for table, _ in tables})
        open_ = {state.id for state, _ in view.matches if state.status in matches.OPEN}
        assert {match for _, _, match in called if match in self.history[-1].states} <= open_
        seats = Counter(
            (place.stage, place.side, place.round, slot.seed)
            for state, place in view.matches
            for slot in state.slots
            if slot.seed is not None
        )
        assert max(seats.values()) == 1

    async def _seen(self) -> Seen:
        async with self.db.snapshot() as session:
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
        again = await self._entered(f"cup-{next(self.world.numbers)}")
        await replay(self.event, again)
        assert await seen(again, is_begun_told=False) == await seen(self.event, is_begun_told=False)

    async def _resume_everywhere(self) -> None:
        """Whoever looked at any moment, and heard all changes since, has what is there now (i17)."""
        now = await self._seen()
        async with self.db.snapshot() as session:
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


async def _expire(session: WriteSession, event: AnswerTimeEnded) -> None:
    await queues.expire_call(session, event)


def test_properties_i01_i04_i07_i14_i17_whatever_is_commanded(postgres: PostgreSQL) -> None:
    with asyncio.Runner() as runner:
        name = runner.run(database.clone(postgres))
        db = Database(postgres.url(name), within=registry.WITHIN)
        runner.run(make_catalogue(db))

        class CommandedHere(CommandedEvent):
            world = World(runner, db)

        try:
            run_state_machine_as_test(
                CommandedHere,
                settings=settings(
                    max_examples=DATABASE,
                    stateful_step_count=20,
                    derandomize=True,
                    deadline=None,
                    # An example takes a second or so: one that fails is not tried in thousands of smaller ways.
                    phases=[Phase.generate],
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(db.close())
            runner.run(database.drop(postgres, name))
