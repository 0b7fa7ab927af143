"""Events of files for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any
from uuid import UUID

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.clock import Clock
from domain.kernel.scoring import MatchScoring
from domain.tournaments import (
    Event,
    EventGroup,
    EventImport,
    EventImportRequested,
    EventImportView,
    EventMatch,
    EventStage,
    ImportEvent,
    MatchProgress,
    Seed,
    StageFormat,
    WinnerOf,
    read_import,
    write_event_json,
)
from domain.tournaments.rules.events import EventEntrant
from tests.factories.teams import NOW, run
from tests.fixtures.clock import FakeClock

_GROUP = EventGroup(
    (1, 2, 3),
    (
        EventMatch("A", 1, sources=(Seed(2), Seed(3)), progress=MatchProgress.PLAYED, winner=1, score=(1, 2)),
        EventMatch("B", 2, sources=(Seed(1), WinnerOf("A"))),
    ),
)
CUP = Event(
    tuple(EventEntrant(number, name, number) for number, name in enumerate(("Ann", "Bo", "Cy"), 1)),
    (EventStage(StageFormat.ELIMINATION, (_GROUP,)),),
    "Cup",
)
"""A bracket of three whose final is open."""


def large(count: int) -> Event:
    """A round robin of so many, an even number, in which the better seed won every match."""
    matches = (
        EventMatch(
            f"{first}-{second}",
            (first + (first if second == count else second)) % (count - 1) + 1,
            (first, second),
            progress=MatchProgress.PLAYED,
            winner=0,
            score=(2, 0),
        )
        for first, second in combinations(range(1, count + 1), 2)
    )
    stage = EventStage(StageFormat.ROUND_ROBIN, (EventGroup(tuple(range(1, count + 1)), tuple(matches)),))
    return Event(tuple(EventEntrant(number, f"Player {number}", number) for number in range(1, count + 1)), (stage,))


def of_goals(*, scoring: MatchScoring = MatchScoring.POINTS, games: int | None = None) -> Event:
    """The same, finished: of goals, or of so many games; penalties, or a tie-break, decided the final."""
    semi, final = (replace(match, best_of=games) for match in _GROUP.matches)
    final = replace(final, progress=MatchProgress.PLAYED, winner=1, score=(1, 1))
    stage = replace(CUP.stages[0], groups=(replace(_GROUP, matches=(semi, final)),), match_scoring=scoring)
    return replace(CUP, stages=(stage,))


def wanted(documents: Sequence[bytes], slug: str = "imported", **overrides: Any) -> ImportEvent:
    """A command for the event of these files."""
    read = read_import(documents)
    given: dict[str, Any] = {
        "slug": slug,
        "name": "Imported",
        "game": "nine-ball",
        "starts_at": NOW,
        "format": read.format,
        "document": write_event_json(read.event),
        "entrant_count": len(read.event.entrants),
        "stage_count": len(read.stages),
        "match_count": read.match_count,
        "source_url": None,
        "now": NOW,
    }
    return ImportEvent(**{**given, **overrides})


async def imported(db: Database, actor: Actor, event: Event, slug: str = "imported", **overrides: Any) -> UUID:
    """The tournament that was made of an event."""
    asked = await run(db, tournaments.import_event, actor, wanted([write_event_json(event)], slug, **overrides))
    await make(db, asked)
    found = await import_of(db, asked.id)
    assert found.tournament_id is not None, found.error_message
    return found.tournament_id


async def make(db: Database, asked: EventImport, clock: Clock | None = None, beside: Database | None = None) -> None:
    """Let a worker make what was asked for."""
    fact = EventImportRequested(import_id=asked.id)
    await db.transaction(lambda session: tournaments.make_import(session, fact, clock or FakeClock(NOW), beside or db))


async def import_of(db: Database, import_id: UUID) -> EventImportView:
    """An import as it is now."""
    async with db.read() as session:
        return (await tournaments.imports_by_id(session, [import_id]))[import_id]
