"""A bracket that is read through a window, and what a bracket is like before it is drawn."""

from __future__ import annotations

from typing import Any

import pytest

from domain import matches
from domain.infra.db import Database, WriteSession
from domain.kernel.actor import ANONYMOUS, SYSTEM, Actor
from domain.kernel.errors import InvalidInput
from domain.matches import DecideResult, MatchStatus
from domain.tournaments import StartTournament, Tournament, start_tournament
from domain.tournaments.rules.elimination import double_elimination
from tests.factories.fields import enter_all
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import bracket, published
from tests.fixtures.brackets import earliest_rematch_by_paths
from tests.fixtures.database import counted_statements, written_rows
from tests.schema.conftest import Ask

WINDOW = """query ($slug: String!, $window: BracketWindow) { tournament(slug: $slug) { bracket(window: $window) { cursor
  entrantCount extents { side roundCount slotCount } rounds { side number name matches { status version
  slots { seed } place { key } } } } } }"""
FACTS = """query ($entrants: Int!, $order: DropOrder! = OPTIMAL, $below: Int! = 0) { eliminationFacts(
  entrantCount: $entrants, dropOrder: $order, lowerStarterCount: $below) {
  upperRoundCount lowerRoundCount matchCount earliestRematchRound } }"""


async def running(db: Database, organizer: Actor, entrants: int) -> Tournament:
    """An event of so many that has just started."""
    tournament = await published(db, organizer, f"cup-{entrants}", capacity=entrants)

    async def work(session: WriteSession) -> Tournament:
        row = await session.get_one(Tournament, tournament.id)
        await enter_all(session, row, [f"p{entrants}-{number}" for number in range(entrants)], NOW)
        return await start_tournament(session, organizer, StartTournament(row.id, NOW))

    return await db.transaction(work)


def keys(answer: Any) -> list[str]:
    rounds = answer["tournament"]["bracket"]["rounds"]
    return [match["place"]["key"] for each in rounds for match in each["matches"]]


async def test_a_window_and_a_result_cost_as_much_in_any_event(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "olga")
    window = {"sides": ["UPPER", "LOWER"], "firstRound": 2, "lastRound": 3, "firstSlot": 4, "lastSlot": 7}
    costs = []
    for entrants in (32, 256):
        tournament = await running(db, organizer, entrants)
        found = {"slug": tournament.slug, "window": window}
        await ask(ANONYMOUS, WINDOW, **found)
        with counted_statements(db) as read:
            answer = await ask(ANONYMOUS, WINDOW, **found)
        assert keys(answer) == ["U2.3", "U2.4", "U3.2", "L2.5", "L2.6", "L2.7", "L2.8", "L3.3", "L3.4"]
        assert answer["tournament"]["bracket"]["entrantCount"] == entrants
        opening = (await bracket(db, tournament.id))["U1.1"]
        with written_rows(db) as written, counted_statements(db) as statements:
            await run(db, matches.decide_result, SYSTEM, DecideResult(opening.id, opening.version, (2, 0), NOW))
        costs.append((len(read), sum(written), len(statements)))
    assert costs[0] == costs[1]
    assert costs[0][0] == 3


async def test_a_window_names_rounds_and_sizes_of_the_whole_and_is_up_to_date(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "olga")
    tournament = await running(db, organizer, 13)
    window = {"sides": ["UPPER"], "firstRound": 2, "lastRound": 9, "lastSlot": 1}
    before = (await ask(ANONYMOUS, WINDOW, slug=tournament.slug, window=window))["tournament"]["bracket"]
    assert before["extents"] == [
        {"side": "UPPER", "roundCount": 4, "slotCount": 8},
        {"side": "LOWER", "roundCount": 6, "slotCount": 4},
        {"side": "FINAL", "roundCount": 2, "slotCount": 1},
    ]
    assert [(each["number"], each["name"]) for each in before["rounds"]] == [
        (2, "Upper quarter-finals"),
        (3, "Upper semi-finals"),
        (4, "Upper final"),
    ]
    opening = (await bracket(db, tournament.id))["U1.2"]
    await run(db, matches.decide_result, SYSTEM, DecideResult(opening.id, opening.version, (2, 0), NOW))
    after = (await ask(ANONYMOUS, WINDOW, slug=tournament.slug, window=window))["tournament"]["bracket"]
    assert int(after["cursor"]) > int(before["cursor"])
    first = after["rounds"][0]["matches"][0]
    assert (first["place"]["key"], first["status"]) == ("U2.1", MatchStatus.READY)
    assert [slot["seed"] for slot in first["slots"]] == [1, 8]


async def test_a_window_that_is_none_is_refused(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "olga")
    tournament = await running(db, organizer, 2)
    for window, field in (
        ({"firstRound": 0}, "lastRound"),
        ({"firstRound": 3, "lastRound": 2}, "lastRound"),
        ({"firstSlot": -1}, "lastSlot"),
        ({"firstSlot": 5, "lastSlot": 4}, "lastSlot"),
    ):
        error = await ask.error(ANONYMOUS, WINDOW, slug=tournament.slug, window=window)
        assert isinstance(error, InvalidInput)
        assert error.path == ("window", field)


async def test_the_bounds_of_every_size_are_known_before_the_start(ask: Ask) -> None:
    found = {
        entrants: (await ask(ANONYMOUS, FACTS, entrants=entrants))["eliminationFacts"]
        for entrants in (2, 8, 16, 32, 64, 128, 4096)
    }
    assert {entrants: facts["earliestRematchRound"] for entrants, facts in found.items()} == {
        2: None,
        8: 3,
        16: 4,
        32: 5,
        64: 7,
        128: 8,
        4096: 16,
    }
    assert found[4096] == {
        "upperRoundCount": 12,
        "lowerRoundCount": 22,
        "matchCount": 8189,
        "earliestRematchRound": 16,
    }
    for entrants in range(2, 131):
        facts = (await ask(ANONYMOUS, FACTS, entrants=entrants))["eliminationFacts"]
        assert facts["earliestRematchRound"] == earliest_rematch_by_paths(double_elimination(entrants))
    natural = (await ask(ANONYMOUS, FACTS, entrants=16, order="NATURAL", below=8))["eliminationFacts"]
    assert natural == {"upperRoundCount": 3, "lowerRoundCount": 6, "matchCount": 21, "earliestRematchRound": 4}


@pytest.mark.parametrize(
    ("entrants", "below", "field"),
    [(0, 0, "entrantCount"), (1, 0, "entrantCount"), (4097, 0, "entrantCount"), (8, 7, "lowerStarterCount")],
)
async def test_no_bracket_has_no_facts(ask: Ask, entrants: int, below: int, field: str) -> None:
    error = await ask.error(ANONYMOUS, FACTS, entrants=entrants, below=below)
    assert isinstance(error, InvalidInput)
    assert (error.code, error.path) == ("BAD_USER_INPUT", (field,))
