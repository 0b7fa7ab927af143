"""Imports and exports through the schema: what files become, what is refused, and who sees how far it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import pytest

from domain import tournaments
from domain.infra.db import Database, WriteSession
from domain.infra.hub import Envelope
from domain.infra.settings import Settings
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import key_of, new_id
from domain.tournaments import (
    EventImport,
    EventImportNotFound,
    ImportStatus,
    MatchProgress,
    read_event,
    reproduce,
    write_event_json,
)
from domain.tournaments.events import EventImportAdvanced, EventImportEnded
from resolvers import imports as resolve
from resolvers.context import Context
from tests.domain.tournaments.exchange.events import own
from tests.domain.tournaments.exchange.events.test_broken_events import WRONG
from tests.factories.games import make_catalogue
from tests.factories.imports import CUP, large, make
from tests.factories.teams import make_admin, make_people
from tests.factories.tournaments import make_tournament
from tests.fixtures.clock import FakeClock
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask

R = TypeVar("R")

ACCESS = {"importEvent": {"stranger", "organizer", "admin"}}
FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "brackets"
REPORT = """report {
  format name game entrantCount matchCount comparedCount uncheckedCount differenceCount
  stages { number name structure entrantCount groupCount matchCount isComplete }
  differences { where told ours }
}"""
IMPORT = """
  id slug name format sourceUrl entrantCount stageCount matchCount madeStageCount madeMatchCount
  status errorCode errorMessage finishedAt
"""
IMPORTED = f"... on ImportEventPayload {{ {REPORT} eventImport {{ {IMPORT} tournament {{ slug }} }} }}"
SHOWN = """query ($slug: String!) { tournament(slug: $slug) {
  status origin { format url } entrants { nodes { name placement { low high } participant { __typename } } }
} }"""
NODE = f"query ($id: ID!) {{ node(id: $id) {{ ... on EventImport {{ {IMPORT} tournament {{ slug }} }} }} }}"
CUP_2014 = "openfootball_2014_worldcup"
RESULTS = """query ($slug: String!) { tournament(slug: $slug) {
  status entrants(first: 50) { nodes { name placement { low high } } }
  stages { settings { ... on RoundRobinSettings { scoring hasDraws hasSides } ... on EliminationSettings { scoring } }
    groups { standings { rank entrant { name } values { tiebreak value } } } }
  bracket { rounds { matches {
    status scoring bestOf canBeDrawn isDrawn winnerSlot outcome slots { name score isWinner } place { key stage }
  } } }
} }"""
VERSIONS = """query ($slug: String!) { tournament(slug: $slug) {
  bracket { rounds { matches { id version place { key stage } } } }
} }"""
EXPORT = "query ($slug: String!) { tournamentExport(slug: $slug) }"


def given(*documents: bytes, **overrides: Any) -> dict[str, Any]:
    """An input of these files."""
    texts = [document.decode() for document in documents or (write_event_json(CUP),)]
    return {"documents": texts, "slug": "old-cup", "name": "Old Cup", "game": "nine-ball", **overrides}


async def make_of(db: Database, import_id: str) -> None:
    """Let a worker make what was asked for."""
    async with db.read() as session:
        row = await session.get_one(EventImport, key_of(import_id, "EventImport"))
    await make(db, row)


async def test_an_event_of_a_file_is_made_and_shown(db: Database, ask: Ask, clock: FakeClock) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    wanted = given(sourceUrl="https://brackets.example/1", idempotencyKey="k")
    before = await every_row(db)
    dry = await ask.mutate(organizer, "importEvent", {**wanted, "dryRun": True}, IMPORTED)
    assert dry == {
        "__typename": "ImportEventPayload",
        "report": {
            "format": "MATCHPOINT_EVENT",
            "name": "Cup",
            "game": "",
            "entrantCount": 3,
            "matchCount": 2,
            "comparedCount": 0,
            "uncheckedCount": 0,
            "differenceCount": 0,
            "stages": [
                {
                    "number": 1,
                    "name": None,
                    "structure": "CUSTOM",
                    "entrantCount": 3,
                    "groupCount": 1,
                    "matchCount": 2,
                    "isComplete": False,
                }
            ],
            "differences": [],
        },
        "eventImport": None,
    }
    assert await every_row(db) == before
    answer = await ask.mutate(organizer, "importEvent", wanted, IMPORTED)
    asked = answer["eventImport"]
    assert (answer["report"], asked["status"], asked["tournament"]) == (dry["report"], "WAITING", None)
    clock.advance(seconds=1)
    after = await every_row(db)
    assert await ask.mutate(organizer, "importEvent", wanted, IMPORTED) == answer
    assert await every_row(db) == after
    await make_of(db, asked["id"])
    node = (await ask(organizer, NODE, id=asked["id"]))["node"]
    assert (node["status"], node["errorCode"], node["tournament"]) == ("FINISHED", None, {"slug": "old-cup"})
    shown = (await ask(ANONYMOUS, SHOWN, slug="old-cup"))["tournament"]
    assert shown == {
        "status": "RUNNING",
        "origin": {"format": "MATCHPOINT_EVENT", "url": "https://brackets.example/1"},
        "entrants": {
            "nodes": [
                {"name": name, "placement": place, "participant": {"__typename": "Guest"}}
                for name, place in (("Ann", None), ("Bo", {"low": 3, "high": 3}), ("Cy", None))
            ]
        },
    }


async def test_what_the_file_says_otherwise_is_told(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    (stage,) = CUP.stages
    (group,) = stage.groups
    final = replace(group.matches[1], sides=(1, 2))
    told = replace(CUP, stages=(replace(stage, groups=(replace(group, matches=(group.matches[0], final)),)),))
    answer = await ask.mutate(organizer, "importEvent", given(write_event_json(told), dryRun=True), IMPORTED)
    assert (answer["report"]["comparedCount"], answer["report"]["differenceCount"]) == (2, 1)
    assert answer["report"]["differences"] == [
        {"where": "stage 1, match 'B', slot 1", "told": "Bo", "ours": "Cy"},
    ]


async def test_heats_ladders_and_stages_that_wait_are_told_and_then_made(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    for kind, stages in (
        (own.heats, [(1, "Races", "FREE_FOR_ALL", 5, 1, 3, False)]),
        (own.ladder, [(1, "Rungs", "LADDER", 4, 1, 3, False)]),
        (
            own.groups,
            [(1, "League", "ROUND_ROBIN", 4, 2, 2, False), (2, "Finals", "SINGLE_ELIMINATION", 0, 1, 0, False)],
        ),
    ):
        wanted = given(write_event_json(kind()), slug=kind.__name__)
        before = await every_row(db)
        dry = await ask.mutate(organizer, "importEvent", {**wanted, "dryRun": True}, IMPORTED)
        assert [tuple(each.values()) for each in dry["report"]["stages"]] == stages
        assert dry["report"]["differenceCount"] == 0
        assert await every_row(db) == before
        asked = (await ask.mutate(organizer, "importEvent", wanted, IMPORTED))["eventImport"]
        await make_of(db, asked["id"])
        node = (await ask(organizer, NODE, id=asked["id"]))["node"]
        assert (node["status"], node["tournament"]) == ("FINISHED", {"slug": kind.__name__})


async def test_a_stage_that_does_not_follow_from_its_plan_is_refused(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    before = await every_row(db)
    for is_dry in (True, False):
        wanted = given(write_event_json(own.finals(1, 3)), dryRun=is_dry)
        answer = await ask.mutate(organizer, "importEvent", wanted, "... on UserError { message }")
        assert (answer["code"], answer["message"]) == (
            "IMPORT_NOT_PLAYABLE",
            "Stage 2 cannot be imported: others are in it than come into it by its plan.",
        )
    assert await every_row(db) == before


@pytest.mark.parametrize("number", range(len(WRONG)))
async def test_a_wrong_file_is_refused_with_its_place(db: Database, ask: Ask, number: int) -> None:
    """The same refusals as without a server, and nothing is there afterwards."""
    files, _ = WRONG[number]
    try:
        texts = [file.decode() for file in files]
    except UnicodeDecodeError:
        pytest.skip("this cannot be sent as a text")
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    before = await every_row(db)
    with pytest.raises(tournaments.InvalidEventFile) as caught:
        read_event(files)
    for is_dry in (True, False):
        answer = await ask.mutate(
            organizer, "importEvent", given(documents=texts, dryRun=is_dry), "... on UserError { message }"
        )
        assert answer == {
            "__typename": "InvalidInputError",
            "code": "INVALID_EVENT_FILE",
            "message": caught.value.message,
        }
    assert await every_row(db) == before


async def test_what_cannot_be_imported_is_refused(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    await make_tournament(db, organizer, "taken")
    (stage,) = CUP.stages
    (group,) = stage.groups
    impossible = replace(group.matches[0], score=(-70, 3), winner=0, progress=MatchProgress.PLAYED)
    points = replace(CUP, stages=(replace(stage, groups=(replace(group, matches=(impossible, group.matches[1])),)),))
    before = await every_row(db)
    for actor, wanted, kind, code in (
        (ANONYMOUS, given(), "UnauthenticatedError", "UNAUTHENTICATED"),
        (organizer, given(write_event_json(points)), "InvalidInputError", "IMPORT_NOT_PLAYABLE"),
        (organizer, given(documents=[]), "InvalidInputError", "INVALID_EVENT_FILE"),
        (organizer, given(documents=["\ud800"]), "InvalidInputError", "BAD_USER_INPUT"),
        (organizer, given(slug="taken"), "ConflictError", "SLUG_TAKEN"),
        (organizer, given(slug="No"), "InvalidInputError", "BAD_USER_INPUT"),
        (organizer, given(name=""), "InvalidInputError", "BAD_USER_INPUT"),
        (organizer, given(game="no-game"), "NotFoundError", "GAME_NOT_FOUND"),
        (organizer, given(sourceUrl="ftp://x"), "InvalidInputError", "BAD_USER_INPUT"),
    ):
        for is_dry in (True, False):
            answer = await ask.mutate(actor, "importEvent", {**wanted, "dryRun": is_dry})
            assert answer == {"__typename": kind, "code": code}
    assert await every_row(db) == before


async def test_who_sees_an_import(db: Database, ask: Ask) -> None:
    """Who asked for it, and administrators; as a node and as a stream that tells of its end."""
    await make_catalogue(db)
    organizer, stranger = await make_people(db, "organizer", "stranger")
    admin = await make_admin(db)
    asked = (await ask.mutate(organizer, "importEvent", given(), IMPORTED))["eventImport"]
    key = key_of(asked["id"], "EventImport")
    for actor, sees in ((ANONYMOUS, False), (stranger, False), (organizer, True), (admin, True)):
        assert ((await ask(actor, NODE, id=asked["id"]))["node"] is not None) == sees

    def context(actor: Actor) -> Context:
        return Context(ask.services, actor)

    for actor, wrong in ((stranger, key), (organizer, new_id())):
        with pytest.raises(EventImportNotFound):
            await resolve.event_import_changes(context(actor), wrong)
    stream = await resolve.event_import_changes(context(organizer), key)
    (first,) = await stream.snapshot(context(organizer))
    await make_of(db, asked["id"])
    told = EventImportEnded
    fact = Envelope(1, new_id(), told.name, key, stream.topics, {"import_id": str(key)}, 0.0)
    (second,) = await stream.changes(context(organizer), fact)
    assert [change.version for change in (first, second)] == [1, 3]
    assert [getattr(change.value, "status", None) for change in (first, second)] == [
        ImportStatus.WAITING,
        ImportStatus.FINISHED,
    ]
    with pytest.raises(EventImportNotFound):
        await stream.snapshot(context(stranger))


class Ticking(FakeClock):
    """Half a second later each time it is looked at."""

    def now(self) -> datetime:
        """The next instant."""
        self.advance(seconds=0.5)
        return super().now()


class Told(Database):
    """Connections beside those of an import, which are looked past after each transaction: what is seen by then."""

    def __init__(self, url: str, look: Callable[[], Awaitable[None]]) -> None:
        super().__init__(url, pool_size=1)
        self.look = look

    async def transaction(self, work: Callable[[WriteSession], Awaitable[R]]) -> R:
        """Run it, and look."""
        result = await super().transaction(work)
        await self.look()
        return result


async def test_how_far_a_large_import_is_shows_while_it_is_made(db: Database, ask: Ask, settings: Settings) -> None:
    """Of 1,128 matches and no stage yet up to all of it, to whom it is shown, with nothing of the event to be seen."""
    await make_catalogue(db)
    organizer, stranger = await make_people(db, "organizer", "stranger")
    asked = (await ask.mutate(organizer, "importEvent", given(write_event_json(large(48))), IMPORTED))["eventImport"]
    key = key_of(asked["id"], "EventImport")
    ctx = Context(ask.services, organizer)
    stream = await resolve.event_import_changes(ctx, key)
    seen: list[tuple[str, int, int]] = []
    versions: list[int] = []

    async def look() -> None:
        node = (await ask(organizer, NODE, id=asked["id"]))["node"]
        seen.append((node["status"], node["madeStageCount"], node["madeMatchCount"]))
        fact = Envelope(1, new_id(), EventImportAdvanced.name, key, stream.topics, {"import_id": str(key)}, 0.0)
        (change,) = await stream.changes(Context(ask.services, organizer), fact)
        versions.append(change.version)
        assert (await ask(stranger, NODE, id=asked["id"]))["node"] is None
        assert (await ask(organizer, SHOWN, slug="old-cup"))["tournament"] is None

    async with db.read() as session:
        row = await session.get_one(EventImport, key)
    beside = Told(settings.database_url, look)
    try:
        await make(db, row, Ticking(), beside)
    finally:
        await beside.close()
    assert seen == [("WAITING", 0, 500), ("WAITING", 0, 1000), ("WAITING", 0, 1128), ("WAITING", 1, 1128)]
    assert versions == [2, 3, 4, 5]
    node = (await ask(organizer, NODE, id=asked["id"]))["node"]
    assert (node["status"], node["madeStageCount"], node["madeMatchCount"]) == ("FINISHED", 1, 1128)
    assert (node["stageCount"], node["matchCount"]) == (1, 1128)


async def test_an_event_is_exported_to_who_may_see_it(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    organizer, stranger = await make_people(db, "organizer", "stranger")
    await make_tournament(db, organizer, "draft")
    asked = (await ask.mutate(organizer, "importEvent", given(), IMPORTED))["eventImport"]
    await make_of(db, asked["id"])
    text = (await ask(stranger, EXPORT, slug="old-cup"))["tournamentExport"]
    kind, event = read_event([text.encode()])
    assert (kind, event.name, event.game) == ("MATCHPOINT_EVENT", "Old Cup", "9-ball")
    assert [match.winner for match in event.stages[0].groups[0].matches] == [1, None]
    assert await ask(stranger, EXPORT, slug="nothing") == {"tournamentExport": None}
    assert await ask(organizer, EXPORT, slug="draft") == {"tournamentExport": None}


class Played:
    """An imported event, as everybody reads it through the API."""

    def __init__(self, ask: Ask, organizer: Actor, slug: str) -> None:
        self.ask = ask
        self.organizer = organizer
        self.slug = slug

    async def read(self) -> Any:
        """Places, tables and results, without what counts changes."""
        return (await self.ask(ANONYMOUS, RESULTS, slug=self.slug))["tournament"]

    def places(self, shown: Any) -> dict[str, tuple[int, int]]:
        """The final places by name."""
        told = {one["name"]: one["placement"] for one in shown["entrants"]["nodes"]}
        return {name: (place["low"], place["high"]) for name, place in told.items() if place}

    async def correct(self, key: str, scores: list[int]) -> None:
        """Correct a match of the first stage."""
        (match,) = [match for match in await self._matches() if match["place"] == {"key": key, "stage": 1}]
        given = {"matchId": match["id"], "version": match["version"], "scores": scores, "reason": "seen on video"}
        answer = await self.ask.mutate(self.organizer, "correctMatch", given)
        assert answer == {"__typename": "CorrectMatchPayload"}

    async def _matches(self) -> list[Any]:
        rounds = (await self.ask(ANONYMOUS, VERSIONS, slug=self.slug))["tournament"]["bracket"]["rounds"]
        return [match for each in rounds for match in each["matches"]]


@pytest.mark.parametrize(
    ("names", "values", "corrected"),
    [
        (["challonge_41_entrants.json"], 0, None),
        (["brackets_viewer_demo_db_16.json"], 0, None),
        ([f"{CUP_2014}.json", f"{CUP_2014}.groups.json", f"{CUP_2014}.standings.json"], 96, ("M4", [0, 4], [0, 5])),
        (["real_uzchess_cup_2025_round_robin.json"], 60, ("G1", [0, 0], [1, 0])),
    ],
)
async def test_real_events_end_here_as_they_did(
    db: Database, ask: Ask, names: list[str], values: int, corrected: tuple[str, list[int], list[int]] | None
) -> None:
    """Places, tables and values of tie-breaks are those of the file; corrected and back, all is as it was."""
    if not FILES.exists():
        pytest.skip(f"{FILES} is not here")
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    documents = [(FILES / name).read_bytes() for name in names]
    asked = (await ask.mutate(organizer, "importEvent", given(*documents), IMPORTED))["eventImport"]
    await make_of(db, asked["id"])
    node = (await ask(organizer, NODE, id=asked["id"]))["node"]
    assert (node["status"], node["tournament"]) == ("FINISHED", {"slug": "old-cup"})
    played = Played(ask, organizer, "old-cup")
    shown = await played.read()
    event = read_event(documents)[1]
    name_of = {entrant.number: entrant.name for entrant in event.entrants}
    placed = reproduce(event).placements
    assert played.places(shown) == {name_of[number]: place for number, place in placed.items()}
    compared = 0
    for stage, told in zip(shown["stages"], event.stages, strict=True):
        for group, file in zip(stage["groups"], told.groups, strict=True):
            rows = {row["entrant"]["name"]: row for row in group["standings"]}
            for number, place in file.places.items():
                assert not rows or rows[name_of[number]]["rank"] == place
            for number, counted in file.values.items():
                ours = {each["tiebreak"]: Fraction(each["value"]) for each in rows[name_of[number]]["values"]}
                common = {label: value for label, value in counted.items() if label in ours}
                assert {label: ours[label] for label in common} == common
                compared += len(common)
    assert compared == values
    results = {
        match["place"]["key"]: (tuple(slot["score"] for slot in match["slots"]), match["winnerSlot"])
        for each in shown["bracket"]["rounds"]
        for match in each["matches"]
    }
    scored = [match for stage in event.stages for group in stage.groups for match in group.matches if match.score]
    assert {match.key: results[match.key] for match in scored} == {
        match.key: (match.score, match.winner) for match in scored
    }
    if corrected is not None:
        key, before, after = corrected
        await played.correct(key, after)
        assert (await played.read()) != shown
        await played.correct(key, before)
        assert (await played.read()) == shown
