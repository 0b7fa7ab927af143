"""A free-for-all of 4,096: it is drawn and reported in as many statements as a small one, and soon enough."""

from __future__ import annotations

from time import process_time

from sqlalchemy import text

from domain.infra.db import Database, WriteSession
from domain.kernel.actor import Actor
from domain.tournaments import StartTournament, Tournament, start_tournament
from tests.factories.fields import enter_all
from tests.factories.games import make_catalogue
from tests.factories.heats import free_for_all, heat_at, heats_of, report
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import published
from tests.fixtures.database import counted_statements

# Every heat of a round but the first as if the better seeds had come in first, without telling anybody.
_FINISH_OTHERS = (
    """UPDATE heat_entrants s SET games = jsonb_build_array(jsonb_build_array(p.place, 0))
    FROM (SELECT e.heat_id, e.seed, row_number() OVER (PARTITION BY e.heat_id ORDER BY e.seed) AS place
          FROM heat_entrants e JOIN heats h ON h.id = e.heat_id
          WHERE h.tournament_id = :event AND h.round = :round AND h.number > 1) p
    WHERE p.heat_id = s.heat_id AND p.seed = s.seed""",
    """UPDATE heats SET status = 'FINISHED', finished_at = now()
    WHERE tournament_id = :event AND round = :round AND number > 1""",
)


async def running(db: Database, organizer: Actor, entrants: int) -> tuple[Tournament, int, float]:
    """A free-for-all of so many in heats of 16 that has just started; the statements and CPU seconds of that."""
    plan = free_for_all(heat_size=16, advancing=4)
    tournament = await published(db, organizer, f"cup-{entrants}", structure=None, stages=[plan], capacity=entrants)

    async def enter(session: WriteSession) -> None:
        row = await session.get_one(Tournament, tournament.id)
        await enter_all(session, row, [f"p{entrants}-{number}" for number in range(entrants)], NOW)

    await db.transaction(enter)
    began = process_time()
    with counted_statements(db) as statements:
        started = await run(db, start_tournament, organizer, StartTournament(tournament.id, NOW))
    return started, len(statements), process_time() - began


async def finish_round(db: Database, organizer: Actor, event: Tournament, round_: int) -> tuple[int, float]:
    """Let a round be over with the report of its first heat; the statements and CPU seconds of that report."""

    async def work(session: WriteSession) -> None:
        for statement in _FINISH_OTHERS:
            await session.execute(text(statement), {"event": event.id, "round": round_})

    await db.transaction(work)
    heat = await heat_at(db, event.id, round_, 1)
    began = process_time()
    with counted_statements(db) as statements:
        await report(db, organizer, heat)
    return len(statements), process_time() - began


async def test_the_largest_event_takes_as_many_statements_as_a_small_one(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    starts, reports, ends = [], [], []
    for entrants in (64, 4096):
        event, statements, seconds = await running(db, organizer, entrants)
        starts.append(statements)
        assert seconds < 5
        with counted_statements(db) as reported:
            await report(db, organizer, await heat_at(db, event.id, 1, 2))
        reports.append(len(reported))
        statements, seconds = await finish_round(db, organizer, event, 1)
        ends.append(statements)
        assert seconds < 5
    assert (starts[0], reports[0], ends[0]) == (starts[1], reports[1], ends[1])
    heats = await heats_of(db, event.id)
    assert [sum(heat.round == round_ for heat in heats) for round_ in (1, 2)] == [256, 64]
    assert {seat.seed for heat in heats if heat.round == 2 for seat in heat.seats} == set(range(1, 1025))
