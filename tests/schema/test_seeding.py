"""Seeds that keep entrants apart, by a client."""

from __future__ import annotations

from typing import Any

from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS
from domain.kernel.ids import global_id
from tests.factories.games import make_catalogue
from tests.factories.teams import add_members, make_people, make_team
from tests.factories.tournaments import enter, published
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask

REPORT = """seedingReport { avoid keepApart { entrants { id } } recentStartsAt lockedSeeds
  conflicts { round constraints first { name seed } second { name seed } } }"""


async def test_seeds_that_keep_entrants_apart_and_who_is_told(db: Database, ask: Ask) -> None:
    """The seeds are everybody's to see, the report is for who runs the tournament."""
    await make_catalogue(db)
    organizer, *people = await make_people(db, "organizer", *"abcdef")
    await add_members(db, (await make_team(db, people[0])).id, people[3], people[4])
    event = await published(db, organizer)
    entered = [global_id("Entrant", entrant.id) for entrant in await enter(db, event.id, *people)]
    terms = {
        "tournamentId": global_id("Tournament", event.id),
        "method": "MANUAL",
        "entrantIds": entered,
        "avoid": ["SAME_TEAM", "RECENT_OPPONENTS"],
        "keepApart": [{"entrantIds": entered[1:3]}],
        "recentDays": 1,
        "lockedSeeds": 2,
    }
    report = {
        "avoid": ["RECENT_OPPONENTS", "SAME_TEAM"],
        "keepApart": [{"entrants": [{"id": entered[1]}, {"id": entered[2]}]}],
        "recentStartsAt": "2026-04-30T18:00:00Z",
        "lockedSeeds": 2,
        "conflicts": [
            {
                "round": 2,
                "constraints": ["SAME_TEAM"],
                "first": {"name": "A", "seed": 1},
                "second": {"name": "E", "seed": 5},
            }
        ],
    }
    selected = f"... on SeedTournamentPayload {{ tournament {{ {REPORT} }} }}"
    assert await ask.mutate(organizer, "seedTournament", terms, selected) == {
        "__typename": "SeedTournamentPayload",
        "tournament": {"seedingReport": report},
    }
    seen = f'{{ tournament(slug: "spring-cup") {{ entrants {{ nodes {{ name seed }} }} {REPORT} }} }}'
    seeds = {"nodes": [{"name": name, "seed": seed} for name, seed in zip("ABCDEF", (1, 2, 4, 3, 5, 6), strict=True)]}
    assert await ask(organizer, seen) == {"tournament": {"entrants": seeds, "seedingReport": report}}
    for nobody in (people[0], ANONYMOUS):
        assert await ask(nobody, seen) == {"tournament": {"entrants": seeds, "seedingReport": None}}


async def test_what_is_no_group_of_entrants_is_refused_at_its_place(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    organizer, *people = await make_people(db, "organizer", *"ab")
    event = await published(db, organizer)
    one, other = [global_id("Entrant", entrant.id) for entrant in await enter(db, event.id, *people)]
    before = await every_row(db)
    wrong: list[tuple[dict[str, Any], list[str]]] = [
        ({"keepApart": [{"entrantIds": [one, other]}, {"entrantIds": [one, "nonsense"]}]}, ["keepApart", "1"]),
        ({"keepApart": [{"entrantIds": [global_id("Team", event.id), one]}]}, ["keepApart", "0"]),
        ({"keepApart": [{"entrantIds": [one]}]}, ["keepApart", "0"]),
        ({"avoid": ["KEEP_APART"]}, ["avoid"]),
        ({"avoid": [], "recentDays": 2**31 - 1}, ["recentDays"]),
        ({"avoid": [], "lockedSeeds": 3}, ["lockedSeeds"]),
    ]
    for terms, path in wrong:
        given = {"tournamentId": global_id("Tournament", event.id), "method": "RATING", **terms}
        answer = await ask.mutate(organizer, "seedTournament", given, "... on InvalidInputError { path }")
        assert answer == {"__typename": "InvalidInputError", "code": "BAD_USER_INPUT", "path": path}
    assert await every_row(db) == before
