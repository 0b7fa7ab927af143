"""What happens by itself: a step whose time is over is done by lot, once, and only if it still matters."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from domain import matches, registry, tournaments, vetoes
from domain.infra import timers
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow, from_json
from domain.matches import EntryKind
from domain.vetoes import VetoStepDue, VetoView, progress_in
from tests.factories.teams import NOW, run
from tests.factories.tournaments import bracket, correction, play
from tests.factories.vetoes import Event, make_event, open_veto, plan_of, settle, take, turn_of
from tests.fixtures.rows import every_row

LATE = NOW + timedelta(seconds=65)


async def _due(db: Database, now: datetime = LATE) -> list[VetoStepDue]:
    """The facts of timers that are due."""
    await db.transaction(lambda session: timers.record_due(session, registry.EVENTS, now))
    async with db.read() as session:
        rows = await session.scalars(select(OutboxRow).where(OutboxRow.name == VetoStepDue.name).order_by(OutboxRow.id))
        return [fact for row in rows if isinstance(fact := from_json(VetoStepDue, row.payload), VetoStepDue)]


async def _happen(db: Database, fact: VetoStepDue, now: datetime = LATE) -> None:
    await db.transaction(lambda session: vetoes.do_overdue_step(session, fact, now))


async def _changes_nothing(db: Database, fact: VetoStepDue) -> None:
    before = await every_row(db)
    await _happen(db, fact)
    assert await every_row(db) == before


async def _limited(db: Database) -> tuple[Event, VetoView]:
    event = await make_event(db, 2, veto=plan_of(step_s=60))
    veto = await open_veto(db, event)
    assert veto.deadline_at == NOW + timedelta(seconds=60)
    return event, veto


async def test_a_step_whose_time_is_over_is_done_by_lot(db: Database) -> None:
    event, veto = await _limited(db)
    assert await _due(db, NOW + timedelta(seconds=59)) == []
    (fact,) = await _due(db)
    await _happen(db, fact)
    after = await open_veto(db, event)
    (done,) = progress_in(after, ()).done
    assert (done.is_automatic, done.at, after.version) == (True, LATE, veto.version + 1)
    # The other side has its full time, from when the step was really done.
    assert (turn_of(after), after.deadline_at) == (1, LATE + timedelta(seconds=60))
    async with db.read() as session:
        (entry,) = await matches.newest_log(session, after.match_id, 1)
    told = f"Spring-Cup-1 banned {done.option.name}, by lot, because the time was over"
    assert (entry.kind, entry.slot, entry.actor_id, entry.message) == (EntryKind.VETO, 0, None, told)
    await _changes_nothing(db, fact)


async def test_a_whole_veto_comes_to_its_end_by_itself(db: Database) -> None:
    event, _ = await _limited(db)
    seen: list[VetoStepDue] = []
    for round_ in range(1, 10):
        now = NOW + timedelta(minutes=2 * round_)
        for fact in (await _due(db, now))[len(seen) :]:
            seen.append(fact)
            await _happen(db, fact, now)
    veto = await open_veto(db, event)
    assert len(seen) == 6
    assert (len(progress_in(veto, ()).maps), veto.deadline_at) == (3, None)
    state = (await bracket(db, event.tournament.id))["U1.1"]
    await play(db, state, event.players, 0)


async def test_a_timer_that_is_stale_changes_nothing(db: Database) -> None:
    """Somebody chose meanwhile, also after the time was over and before anybody had noticed."""
    event, veto = await _limited(db)
    (fact,) = await _due(db)
    await take(db, event.on(await event.match(db), 0), veto, "ascent", LATE)
    await _changes_nothing(db, fact)


async def test_a_timer_of_a_match_that_is_over_changes_nothing(db: Database) -> None:
    event, _ = await _limited(db)
    (fact,) = await _due(db)
    state = await event.match(db)
    await run(db, matches.decide_result, event.organizer, matches.DecideResult(state.id, state.version, (2, 0), NOW))
    await _changes_nothing(db, fact)


async def test_a_timer_of_sides_that_have_gone_changes_nothing(db: Database) -> None:
    event = await make_event(db, 4, veto=plan_of(step_s=60))
    for key in ("U1.1", "U1.2"):
        await settle(db, event, key)
        await play(db, await event.match(db, key), event.players, 0)
    veto = await open_veto(db, event, "U2.1")
    (fact,) = [fact for fact in await _due(db) if fact.veto_id == veto.id]
    semi = await event.match(db, "U1.1")
    await run(db, tournaments.correct_match, event.organizer, correction(semi, 1, force=True))
    await _changes_nothing(db, fact)
