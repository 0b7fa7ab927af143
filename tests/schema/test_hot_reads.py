"""The reads that everybody makes all day: as many statements for much as for little, and nothing that is not shown."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, insert

from domain import matches, tournaments
from domain.games import Rating, game_key
from domain.infra.db import Database, WriteSession
from domain.infra.orm import Row
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import global_id
from domain.kernel.participant import ParticipantKind
from domain.matches import EntryKind, MatchLogRow
from resolvers import matches as resolve_matches
from resolvers import scores as resolve_scores
from resolvers.context import Context
from schema.server.documents import FOLDER
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, make_people, make_team
from tests.factories.tournaments import published, started, states
from tests.fixtures.database import counted_statements
from tests.schema.conftest import Ask

LIVE_PAGE, ENTRANTS, OVERVIEW = (
    (FOLDER / f"{name}.graphql").read_text() for name in ("LivePage", "Entrants", "Overview")
)
STANDINGS = """query ($slug: String!) { tournament(slug: $slug) { name entrants(first: 100) { nodes { name seed status
  placement { low high } participant { ... on User { displayName } } players { displayName } } } } }"""
MATCH = """query ($id: ID!, $first: Int = 100) { match(id: $id) { version status slots { name score }
  events(first: $first) { nodes { sequence kind occurredAt scores message actor { displayName } } } } }"""
LEADERBOARD = """query ($first: Int!, $kind: ParticipantKind! = USER) { leaderboard(game: "nine-ball", kind: $kind,
  first: $first) { nodes { ordinal matchCount participant { ... on User { displayName } ... on Team { name } } } } }"""
TOURNAMENTS = "query ($first: Int!) { tournaments(first: $first) { nodes { name entrantCount game { name } } } }"


@dataclass(frozen=True, slots=True)
class Read:
    """What one read sent to PostgreSQL, what it made objects of, and how much it found."""

    statements: list[str]
    objects: list[Row]
    answer: Any

    def reads(self, column: str) -> int:
        """How many statements name a column, which is given with its table."""
        return sum(column in each for each in self.statements)


@contextmanager
def loaded_objects() -> Iterator[list[Row]]:
    """The rows that sessions make objects of inside the block."""
    loaded: list[Row] = []

    def note(row: Row, _context: object) -> None:
        loaded.append(row)

    event.listen(Row, "load", note, propagate=True)
    try:
        yield loaded
    finally:
        event.remove(Row, "load", note)


async def read(db: Database, ask: Ask, document: str, **variables: Any) -> Read:
    """What everybody asks, once the process keeps what it keeps."""
    await ask(ANONYMOUS, document, **variables)
    with counted_statements(db) as statements, loaded_objects() as objects:
        answer = await ask(ANONYMOUS, document, **variables)
    return Read(statements, objects, answer)


async def cups(db: Database, *sizes: int) -> dict[int, dict[UUID, Actor]]:
    """Running tournaments of these sizes, called after them, and who plays in each."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    return {size: (await started(db, organizer, size, f"cup-{size}"))[1] for size in sizes}


@pytest.mark.parametrize(
    ("document", "statements"), [(LIVE_PAGE, 5), (ENTRANTS, 2), (STANDINGS, 4)], ids=["page", "entrants", "standings"]
)
async def test_a_tournament_takes_the_same_statements_for_any_size(
    db: Database, ask: Ask, document: str, statements: int
) -> None:
    await cups(db, 8, 64)
    few, many = [await read(db, ask, document, slug=f"cup-{size}") for size in (8, 64)]
    assert (len(few.statements), len(many.statements)) == (statements, statements)
    assert few.objects == many.objects == []
    if document != LIVE_PAGE:
        (entrants,) = [value for value in many.answer["tournament"].values() if isinstance(value, dict)]
        assert len(entrants.get("nodes") or entrants["edges"]) == 64


async def test_a_bracket_that_is_not_kept_takes_the_same_statements_for_any_size(
    db: Database, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tournament, and of one instant the tournament again, the graph and the matches."""
    await cups(db, 8, 64)
    monkeypatch.setattr(tournaments.queries.events, "_views", OrderedDict())
    monkeypatch.setattr(tournaments.queries.draws, "_indexes", OrderedDict())
    document = "query ($slug: String!) { tournament(slug: $slug) { bracket { rounds { matches { id status } } } } }"
    for size in (8, 64):
        with counted_statements(db) as statements, loaded_objects() as objects:
            found = await ask(ANONYMOUS, document, slug=f"cup-{size}")
        assert len(statements) == 4
        assert objects == []
        assert sum(len(each["matches"]) for each in found["tournament"]["bracket"]["rounds"]) == 2 * size - 1


async def test_lists_of_tournaments_take_the_same_statements_for_any_size(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    for number in range(50):
        await published(db, organizer, f"cup-{number}")
    few, many = [await read(db, ask, TOURNAMENTS, first=size) for size in (5, 50)]
    assert (len(few.statements), len(many.statements)) == (2, 2)
    assert [len(each.answer["tournaments"]["nodes"]) for each in (few, many)] == [5, 50]
    assert few.objects == many.objects == []
    await started(db, organizer, 2, "running-1")
    one = await read(db, ask, OVERVIEW)
    await started(db, organizer, 16, "running-2")
    two = await read(db, ask, OVERVIEW)
    # The stages of two of the lists are read together when the lists come together.
    assert {len(one.statements), len(two.statements)} <= {5, 6}
    assert two.objects == []


async def test_a_match_with_its_log_takes_the_same_statements_for_any_length(db: Database, ask: Ask) -> None:
    """The match, the page of its log, and who did it; for who follows the log, the same without the people."""
    players = (await cups(db, 8))[8]
    short, long = [state for state in await states(db, await key_of(db, "cup-8")) if state.status == "READY"][:2]
    await write_log(db, short.id, list(players), 5)
    await write_log(db, long.id, list(players), 200)
    few, many = [await read(db, ask, MATCH, id=global_id("Match", state.id)) for state in (short, long)]
    assert (len(few.statements), len(many.statements)) == (3, 3)
    assert [len(each.answer["match"]["events"]["nodes"]) for each in (few, many)] == [5, 100]
    assert few.objects == many.objects == []
    for state, length in ((short, 5), (long, 100)):
        stream = await resolve_matches.log_changes(Context(services=ask.services), state.id, None)
        with counted_statements(db) as statements, loaded_objects() as objects:
            (snapshot,) = await stream.snapshot(Context(services=ask.services))
        assert (len(statements), objects) == (2, [])
        assert isinstance(snapshot.value, resolve_matches.LogSnapshot)
        assert len(snapshot.value.entries) == length


async def test_live_scores_take_the_same_statements_for_any_size(db: Database, ask: Ask) -> None:
    """The tournament, which says that what is kept of its bracket still holds; else its matches, too."""
    await cups(db, 8, 64)
    for size, ready in ((8, 4), (64, 32)):
        stream = await resolve_scores.live_scores(Context(services=ask.services), await key_of(db, f"cup-{size}"))
        counts = []
        for _ in range(2):
            with counted_statements(db) as statements, loaded_objects() as objects:
                (snapshot,) = await stream.snapshot(Context(services=ask.services))
            counts.append(len(statements))
            assert objects == []
        assert counts[1] == 1
        assert isinstance(snapshot.value, resolve_scores.ScoresSnapshot)
        assert len(snapshot.value.states) == ready


async def test_a_leaderboard_takes_the_same_statements_for_any_size(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    people = await make_people(db, *(f"person-{number}" for number in range(50)))
    await rate(db, ParticipantKind.USER, [person.require_user() for person in people])
    few, many = [await read(db, ask, LEADERBOARD, first=size) for size in (5, 50)]
    assert (len(few.statements), len(many.statements)) == (3, 3)
    assert [len(each.answer["leaderboard"]["nodes"]) for each in (few, many)] == [5, 50]
    assert few.objects == many.objects == []


async def test_what_is_wide_is_read_for_whoever_selects_it(db: Database, ask: Ask) -> None:
    """Once for all of it, and of nothing else."""
    await cups(db, 8)
    (captain,) = await make_people(db, "captain")
    for slug in ("reds", "blues"):
        team = await make_team(db, captain, slug)
        await rate(db, ParticipantKind.TEAM, [team.id])
    selections = {
        "tournaments.description": ("{ tournaments { nodes { name %s } } }", "description"),
        "games.formats": ("{ games { nodes { name %s } } }", "formats { name }"),
        "games.stats": ("{ tournaments { nodes { game { name %s } } } }", "stats { name }"),
        "teams.description": ("{ teams { nodes { name %s } } }", "description"),
    }
    for column, (document, selection) in selections.items():
        without, with_it = [await read(db, ask, document % each) for each in ("", selection)]
        assert (without.reads(column), with_it.reads(column)) == (0, 1), column
        assert len(with_it.statements) == len(without.statements) + 1
        assert with_it.objects == []


async def test_nothing_is_read_that_pages_do_not_show(db: Database, ask: Ask) -> None:
    """Neither what is wide, nor what belongs to an account alone."""
    await cups(db, 8)
    (state, *_) = await states(db, await key_of(db, "cup-8"))
    (captain,) = await make_people(db, "captain")
    await rate(db, ParticipantKind.TEAM, [(await make_team(db, captain)).id])
    await rate(db, ParticipantKind.USER, [captain.require_user()])
    made = [
        *[await read(db, ask, document, slug="cup-8") for document in (LIVE_PAGE, ENTRANTS, STANDINGS)],
        await read(db, ask, OVERVIEW),
        await read(db, ask, MATCH, id=global_id("Match", state.id)),
        *[await read(db, ask, LEADERBOARD, first=5, kind=kind) for kind in ("USER", "TEAM")],
    ]
    hidden = (
        *("tournaments.description", "tournaments.links", "games.formats", "games.stats", "teams.description"),
        *("users.email", "users.password_hash", "users.email_verified_at"),
    )
    assert [(column, each.answer) for column in hidden for each in made if each.reads(column)] == []
    assert all(each.statements for each in made)


async def key_of(db: Database, slug: str) -> UUID:
    """The key of a tournament."""
    async with db.read() as session:
        found = await tournaments.tournament_by_slug(session, slug)
    assert found is not None
    return found.id


async def write_log(db: Database, match_id: UUID, people: list[UUID], length: int) -> None:
    """Comments of these people, until the log has so many entries."""

    async def work(session: WriteSession) -> None:
        written = len(await matches.newest_log(session, match_id, length))
        comments = [
            {
                "match_id": match_id,
                "sequence": number,
                "at": NOW,
                "kind": EntryKind.COMMENT,
                "actor_id": people[number % len(people)],
                "message": "Well played.",
            }
            for number in range(written + 1, length + 1)
        ]
        await session.execute(insert(MatchLogRow), comments)

    await db.transaction(work)


async def rate(db: Database, kind: ParticipantKind, ids: list[UUID]) -> None:
    """Ratings of these competitors, as if each had won a match."""
    ratings = [
        {
            "game_id": game_key("nine-ball"),
            "kind": kind,
            "participant_id": key,
            "mu": 25.0 + number,
            "sigma": 8.0,
            "matches": 1,
            "wins": 1,
        }
        for number, key in enumerate(ids)
    ]

    async def work(session: WriteSession) -> None:
        await session.execute(insert(Rating), ratings)

    await db.transaction(work)
