"""Editing a tournament through the schema: what is absent, and what is null."""

from __future__ import annotations

from typing import Any

from domain.infra.db import Database
from tests.factories.games import make_catalogue
from tests.factories.teams import make_people
from tests.schema.conftest import Ask

WINDOWS = ("registrationOpensAt", "registrationClosesAt", "checkInOpensAt", "checkInClosesAt")
TIMES = {name: f"2026-05-01T18:{number}0:00Z" for number, name in enumerate(WINDOWS, start=1)}
CREATE = {
    "slug": "summer-cup",
    "name": "Summer Cup",
    "description": "Bring a pad.",
    "game": "nine-ball",
    "entrantKind": "USER",
    "structure": "SINGLE_ELIMINATION",
    "capacity": 8,
    "startsAt": "2026-05-01T20:00:00Z",
    **TIMES,
}
SELECT = f"tournament {{ id version name description capacity startsAt {' '.join(WINDOWS)} }}"


async def test_an_edit_keeps_what_is_absent_and_clears_the_windows_that_are_null(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (olga,) = await make_people(db, "olga")
    made = await ask.mutate(olga, "createTournament", CREATE, f"... on CreateTournamentPayload {{ {SELECT} }}")
    seen = made["tournament"]
    again = {"registrationOpensAt": TIMES["checkInOpensAt"]}
    edits: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({}, {}),
        (dict.fromkeys(("name", "description", "capacity", "startsAt")), {}),
        ({"registrationOpensAt": None}, {"registrationOpensAt": None}),
        ({"registrationClosesAt": None}, {"registrationClosesAt": None}),
        ({"checkInClosesAt": None, "capacity": 4}, {"checkInClosesAt": None, "capacity": 4}),
        (again, again),
        (dict.fromkeys(WINDOWS), dict.fromkeys(WINDOWS)),
    ]
    for given, changes in edits:
        edit = {"tournamentId": seen["id"], "version": seen["version"], **given}
        answer = await ask.mutate(olga, "updateTournament", edit, f"... on UpdateTournamentPayload {{ {SELECT} }}")
        seen = {**seen, **changes, "version": seen["version"] + 1}
        assert answer["tournament"] == seen
