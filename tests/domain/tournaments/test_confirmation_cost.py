"""What a confirmed result costs: few statements, whatever else follows matches in the same transaction."""

from __future__ import annotations

from domain import matches
from domain.infra.db import Database
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import bracket, started
from tests.fixtures.database import counted_statements


async def test_a_confirmation_takes_few_statements(db: Database) -> None:
    """In a double elimination, where winner and loser go on: to one who waits for them already, or to wait."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event, players = await started(db, organizer, 8)
    counts = {}
    for key in ("U1.1", "U1.2", "U1.3"):
        state = (await bracket(db, event.id))[key]
        first, second = (players[slot.participant_id] for slot in state.slots if slot.participant_id is not None)
        report = matches.ReportResult(state.id, state.version, (2, 0), NOW)
        reported = await run(db, matches.report_result, first, report)
        with counted_statements(db) as statements:
            await run(db, matches.confirm_result, second, matches.ConfirmResult(state.id, reported.version, NOW))
        counts[key] = len(statements)
    assert counts == {"U1.1": 26, "U1.2": 34, "U1.3": 26}
