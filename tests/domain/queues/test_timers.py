"""What happens by itself: a call expires when its time is over, and tables that get free are used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from domain import notifications, queues, registry, venues
from domain.infra import timers
from domain.infra.db import Database, WriteSession
from domain.infra.outbox import OutboxRow, from_json
from domain.infra.timers import DueAction
from domain.matches import MatchReady
from domain.queues import AnswerTimeEnded, CallEnded, CallEnding, NoShow, QueueOpened
from domain.venues import TableChanged, TableStatus, UpdateTable
from tests.factories.notifications import react, told
from tests.factories.queues import answer, call_next, call_of, make_hall, state_of
from tests.factories.teams import NOW, run
from tests.factories.tournaments import bracket, play


async def _facts(db: Database, kind: type) -> list[Any]:
    async with db.read() as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.name == kind.name).order_by(OutboxRow.id))  # type: ignore[attr-defined]
        return [from_json(registry.EVENTS[row.name], row.payload) for row in rows]


async def _happen(db: Database, react_to: Any, event: Any, *more: Any) -> None:
    async def work(session: WriteSession) -> None:
        await react_to(session, event, *more)

    await db.transaction(work)


async def test_a_timer_becomes_a_fact_when_its_instant_has_come(db: Database) -> None:
    hall = await make_hall(db, 2, 1, answer_s=60, no_show=NoShow.REQUEUE)
    (call,) = await call_next(db, hall)

    async def due(at: Any) -> int:
        return await db.transaction(lambda session: timers.record_due(session, registry.EVENTS, at))

    assert await due(call.answer_by - timedelta(seconds=1)) == 0
    assert await due(call.answer_by) == 1
    assert await due(call.answer_by) == 0
    (fact,) = await _facts(db, AnswerTimeEnded)
    assert fact == AnswerTimeEnded(tournament_id=hall.tournament.id, call_id=call.id, at=call.answer_by)
    await _happen(db, queues.expire_call, fact)
    assert (await call_of(db, call.id)).ending is CallEnding.EXPIRED
    async with db.read() as session:
        assert (await session.scalars(select(DueAction.id))).all() == []


async def test_players_hear_of_a_call_and_organizers_of_who_did_not_come(db: Database) -> None:
    hall = await make_hall(db, 2, 1)
    (call,) = await call_next(db, hall)
    first, second = hall.players.values()
    await react(db, queues.MatchCalled, notifications.on_match_called)
    for player, other in ((first, "2"), (second, "1")):
        called = f"Spring Cup: Your match against Spring-Cup-{other} is called to table 1."
        assert await told(db, player.require_user()) == [f"{called} Say there that you have come, until 18:05 UTC."]
    await answer(db, second, call)
    await _happen(
        db,
        queues.expire_call,
        AnswerTimeEnded(tournament_id=hall.tournament.id, call_id=call.id, at=call.answer_by),
    )
    await react(db, queues.CallExpired, notifications.on_call_expired)
    assert await told(db, hall.organizer.require_user()) == [
        "Spring Cup: Spring-Cup-1 and Spring-Cup-2 were called to table 1, and Spring-Cup-1 did not come in time."
    ]


async def test_tables_are_used_by_themselves_where_organizers_want_that(db: Database) -> None:
    hall = await make_hall(db, 8, 2, is_automatic=True)
    (opened,) = await _facts(db, QueueOpened)
    await _happen(db, queues.call_on_opening, opened, NOW)
    assert len((await state_of(db, hall)).calls) == 2
    ready = (await _facts(db, MatchReady))[0]
    await _happen(db, queues.call_on_ready, ready, NOW)  # there is no room
    first = (await bracket(db, hall.tournament.id))["U1.1"]
    await play(db, first, hall.players, 0)
    (ended,) = await _facts(db, CallEnded)
    assert len((await state_of(db, hall)).calls) == 1
    await _happen(db, queues.call_on_free, ended, NOW)
    assert len((await state_of(db, hall)).calls) == 2
    close = UpdateTable(table_id=hall.tables[0].id, version=1, status=TableStatus.CLOSED)
    await run(db, venues.update_table, hall.organizer, close)
    taken = {call.table_id: call.played_id for call in (await state_of(db, hall)).calls}
    states = {state.id: state for state in (await bracket(db, hall.tournament.id)).values()}
    await play(db, states[taken[hall.tables[0].id]], hall.players, 0)
    await _happen(db, queues.call_on_free, (await _facts(db, CallEnded))[-1], NOW)
    assert [call.table_id for call in (await state_of(db, hall)).calls] == [hall.tables[1].id]
    reopen = UpdateTable(table_id=hall.tables[0].id, version=2, status=TableStatus.OPEN)
    await run(db, venues.update_table, hall.organizer, reopen)
    await _happen(db, queues.call_on_table_change, (await _facts(db, TableChanged))[-1], NOW)
    assert len((await state_of(db, hall)).calls) == 2


async def test_what_waits_is_shown_with_when_it_will_likely_be_called(db: Database) -> None:
    hall = await make_hall(db, 8, 2)
    for call in await call_next(db, hall):
        await answer(db, hall.organizer, call)
    waiting = (await state_of(db, hall, NOW + timedelta(minutes=5))).waiting
    found = [(match.place.key, match.estimated_start_at) for match in waiting]
    later = [NOW + timedelta(minutes=minutes) for minutes in (20, 20, 40, 40, 60)]
    assert found == list(zip(["U1.3", "U1.4", "U2.1", "U2.2", "U3.1"], later, strict=True))
