"""Seeds that keep entrants apart: what is looked up, what is told, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import new_id
from domain.tournaments import (
    Apart,
    Link,
    Seed,
    SeedingConflict,
    SeedingConstraint,
    SeedingMethod,
    SeedingReport,
    SeedTournament,
    Structure,
    Tournament,
    WinnerOf,
)
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, add_members, make_people, make_team, run
from tests.factories.tournaments import enter, entrants, play_on, published, start
from tests.fixtures.database import counted_statements
from tests.fixtures.rows import refused

KEEP_APART, SAME_TEAM, RECENT = SeedingConstraint
TEN_DAYS_LATER = NOW + timedelta(days=10)


def apart(**terms: Any) -> Apart:
    every: dict[str, Any] = {"now": TEN_DAYS_LATER, "avoid": [], "keep_apart": [], "recent_days": 10, "locked_seeds": 0}
    return Apart(**every | terms)


async def duel(db: Database, organizer: Actor, slug: str, *players: Actor, played: bool) -> None:
    """A tournament of two, whose final is played or decided without play."""
    event = await published(db, organizer, slug, structure=Structure.SINGLE_ELIMINATION)
    entered = await enter(db, event.id, *players)
    await start(db, organizer, event.id)
    if played:
        await play_on(db, event.id, {player.require_user(): player for player in players})
    else:
        command = tournaments.DisqualifyEntrant(entered[0].id, "late", NOW)
        await run(db, tournaments.disqualify_entrant, organizer, command)


async def names_by_seed(db: Database, organizer: Actor, command: SeedTournament) -> str:
    await run(db, tournaments.seed_tournament, organizer, command)
    rows = await entrants(db, command.tournament_id)
    return "".join(row.name for row in sorted(rows, key=lambda row: row.seed or 0))


async def report_of(db: Database, tournament: Tournament) -> SeedingReport | None:
    async with db.read() as session:
        return (await tournaments.seeding_reports(session, [tournament.id])).get(tournament.id)


async def test_who_plays_in_one_team_has_met_or_is_named_is_kept_apart(db: Database) -> None:
    """By registration A meets H, B meets G and C meets F in round one; D and E, and A and E, have not played."""
    await make_catalogue(db)
    organizer, *people = await make_people(db, "organizer", *"abcdefgh")
    await add_members(db, (await make_team(db, people[0])).id, people[7])
    await duel(db, organizer, "last-week", people[1], people[6], played=True)
    await duel(db, organizer, "walkover", people[0], people[4], played=False)
    event = await published(db, organizer)
    ids = [entrant.id for entrant in await enter(db, event.id, *people)]
    plain = SeedTournament(event.id, SeedingMethod.MANUAL, order=ids)
    groups = [[ids[2], ids[5]]]
    terms = apart(avoid=[SAME_TEAM, RECENT], keep_apart=groups)

    with counted_statements(db) as sent:
        assert await names_by_seed(db, organizer, plain) == "ABCDEFGH"
    statements = len(sent)
    with counted_statements(db) as sent:
        assert await names_by_seed(db, organizer, replace(plain, apart=terms)) == "ABCDFEHG"
    assert len(sent) == statements + 3  # players, their teams, and matches
    report = await report_of(db, event)
    assert report == SeedingReport(
        avoid=(RECENT, SAME_TEAM),
        keep_apart=((ids[2], ids[5]),),
        recent_since=NOW,
        locked_seeds=0,
        conflicts=(),
    )
    assert await names_by_seed(db, organizer, replace(plain, apart=terms)) == "ABCDFEHG"
    assert await report_of(db, event) == report

    # Locked seeds stay, and what they leave is told.
    locked = replace(terms, locked_seeds=8)
    assert await names_by_seed(db, organizer, replace(plain, apart=locked)) == "ABCDEFGH"
    report = await report_of(db, event)
    assert report is not None and report.locked_seeds == 8
    assert report.conflicts == tuple(
        SeedingConflict(first=ids[one], second=ids[other], round=1, constraints=(constraint,))
        for one, other, constraint in ((0, 7, SAME_TEAM), (1, 6, RECENT), (2, 5, KEEP_APART))
    )

    # A match of ten days ago is not of the last nine; and only what is to be avoided is looked up.
    nine = apart(avoid=[RECENT], recent_days=9)
    assert await names_by_seed(db, organizer, replace(plain, apart=nine)) == "ABCDEFGH"
    assert await names_by_seed(db, organizer, replace(plain, apart=replace(nine, recent_days=10))) != "ABCDEFGH"
    assert await names_by_seed(db, organizer, replace(plain, apart=apart(keep_apart=groups))) == "ABCDEHGF"
    report = await report_of(db, event)
    assert report is not None and report.recent_since is None

    # Seeds without constraints have no report any more.
    assert await names_by_seed(db, organizer, plain) == "ABCDEFGH"
    assert await report_of(db, event) is None


async def test_terms_that_make_no_sense_are_refused(db: Database) -> None:
    await make_catalogue(db)
    organizer, *people = await make_people(db, "organizer", *"abcd")
    event = await published(db, organizer, capacity=3)
    a, b, c = [entrant.id for entrant in await enter(db, event.id, *people[:3])]
    (waiting,) = await enter(db, event.id, people[3], waitlist=True)
    for terms, path in (
        ({"avoid": [KEEP_APART]}, ("avoid",)),
        ({"recent_days": 0}, ("recentDays",)),
        ({"recent_days": 366}, ("recentDays",)),
        ({"locked_seeds": -1}, ("lockedSeeds",)),
        ({"locked_seeds": 4}, ("lockedSeeds",)),
        ({"keep_apart": [[a, b], [c]]}, ("keepApart", "1")),
        ({"keep_apart": [[]]}, ("keepApart", "0")),
        ({"keep_apart": [[a, b, a]]}, ("keepApart", "0")),
        ({"keep_apart": [[a, waiting.id]]}, ("keepApart", "0")),
        ({"keep_apart": [[a, new_id()]]}, ("keepApart", "0")),
        ({"keep_apart": [[a, b]] * 257}, ("keepApart",)),
        ({"keep_apart": [[a] * 4097]}, ("keepApart",)),
    ):
        command = SeedTournament(event.id, SeedingMethod.RANDOM, apart=apart(**terms))
        caught = await refused(db, InvalidInput, tournaments.seed_tournament, organizer, command)
        assert caught.path == path, terms

    links = (Link("a", Seed(1), Seed(2)), Link("f", WinnerOf("a"), Seed(3)))
    custom = await published(db, organizer, "custom", structure=Structure.CUSTOM, links=links)
    await enter(db, custom.id, *people[:3])
    command = SeedTournament(custom.id, SeedingMethod.RANDOM, apart=apart())
    caught = await refused(db, InvalidInput, tournaments.seed_tournament, organizer, command)
    assert caught.path == ("avoid",)
