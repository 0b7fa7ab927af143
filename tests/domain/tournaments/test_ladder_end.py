"""A ladder ends by itself at the instant that its organizers have set, and that they may change until then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest_asyncio

from domain import matches, tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.matches import MatchStatus, StartMatch
from domain.tournaments import (
    CancelTournament,
    LadderEndDue,
    SetLadderEnd,
    SetStages,
    StageSource,
    TournamentStatus,
    UpdateTournament,
)
from domain.tournaments.commands.challenges import ChallengeOnLadder
from domain.tournaments.errors import LadderClosed, NotALadder, NotAnOrganizer
from tests.factories.games import make_catalogue
from tests.factories.ladders import DAY, Hall, due_facts, ladder, make_ladder
from tests.factories.stages import knockout, names_in, round_robin
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import make_tournament, places, row_of, started
from tests.fixtures.rows import every_row, refused

END = NOW + 10 * DAY
SECOND = timedelta(seconds=1)


@pytest_asyncio.fixture
async def world(db: Database) -> AsyncIterator[tuple[Database, Actor]]:
    """A database with games, and an organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    yield db, organizer


async def set_end(hall: Hall, at: datetime | None, now: datetime = NOW) -> None:
    """Let the ladder end then."""
    command = SetLadderEnd(hall.event.id, 1, at, now)
    await run(hall.db, tournaments.set_ladder_end, hall.organizer, command)


async def pass_to(hall: Hall, now: datetime) -> int:
    """Let the timers ring that have by then; the answer is how many of them were for the end of a ladder so far."""
    due = await due_facts(hall.db, LadderEndDue, now)
    for fact in due:
        await hall.db.transaction(lambda session, fact=fact: tournaments.end_ladder(session, fact))  # type: ignore[misc]
    return len(due)


async def test_it_ends_at_its_instant_and_the_rungs_are_the_places(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 5, ends_at=END, idle_days=8)
    await hall.fought(3, 1, NOW + 5 * DAY)
    waiting, begun = await hall.challenge(5, 4, END - DAY), await hall.challenge(2, 1, END - DAY)
    live = await run(db, matches.start_match, hall.player(2), StartMatch(begun.id, begun.version, END - SECOND))
    assert await pass_to(hall, END - SECOND) == 0
    # From the instant on nobody is challenged, also before a worker has come to it, and nobody drops.
    late = ChallengeOnLadder((await hall.entrant(4)).id, END)
    rows = await every_row(db)
    await refused(db, LadderClosed, tournaments.challenges.challenge_on_ladder, hall.player(3), late)
    assert await every_row(db) == rows
    order = await hall.order(END)
    assert await hall.order(END + 50 * DAY) == order
    assert await pass_to(hall, END) == 1
    assert (await hall.view()).closed_at == END
    assert (await hall.state(waiting.id)).status is MatchStatus.CANCELLED
    assert (await row_of(db, hall.event.id)).status is TournamentStatus.RUNNING
    await hall.play(live, 0, END + DAY)
    row = await row_of(db, hall.event.id)
    assert (row.status, row.finished_at) == (TournamentStatus.FINISHED, END + DAY)
    final = await hall.order(END + 50 * DAY)
    assert await places(db, hall.event.id) == {number: (rung, rung) for rung, number in enumerate(final, start=1)}
    rows = await every_row(db)
    assert await pass_to(hall, END + DAY) == 1
    assert await every_row(db) == rows


async def test_the_instant_is_changed_until_it_has_come(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 3, ends_at=END)
    await set_end(hall, END + DAY)
    rows = await every_row(db)
    await set_end(hall, END + DAY)
    assert await every_row(db) == rows
    assert await pass_to(hall, END) == 1
    assert (await hall.view()).closed_at is None
    await set_end(hall, None, END)
    assert await pass_to(hall, END + DAY) == 2
    await set_end(hall, END + 3 * DAY, END + DAY)
    for who, command, error in (
        (hall.player(1), SetLadderEnd(hall.event.id, 1, None, NOW), NotAnOrganizer),
        (organizer, SetLadderEnd(hall.event.id, 2, None, NOW), InvalidInput),
        (organizer, SetLadderEnd(hall.event.id, 1, END, END), InvalidInput),
        (organizer, SetLadderEnd(hall.event.id, 1, END + 9 * DAY, END + 3 * DAY), LadderClosed),
    ):
        await refused(db, error, tournaments.set_ladder_end, who, command)
    assert await pass_to(hall, END + 3 * DAY) == 3
    assert (await row_of(db, hall.event.id)).status is TournamentStatus.FINISHED
    over = SetLadderEnd(hall.event.id, 1, END + 9 * DAY, END + 3 * DAY)
    await refused(db, LadderClosed, tournaments.set_ladder_end, organizer, over)


async def test_a_ladder_that_was_ended_before_stays_as_it_was(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    ended = await make_ladder(db, organizer, 3, ends_at=END)
    called_off = await make_ladder(db, organizer, 3, "called-off", ends_at=END)
    await ended.finish(now=NOW + DAY)
    await run(db, tournaments.cancel_tournament, organizer, CancelTournament(called_off.event.id, "It rains.", NOW))
    before = [await row_of(db, hall.event.id) for hall in (ended, called_off)]
    assert await pass_to(ended, END) == 2
    assert [await row_of(db, hall.event.id) for hall in (ended, called_off)] == before
    assert (await ended.view()).closed_at == NOW + DAY


async def test_a_ladder_behind_other_stages_leads_on_by_itself(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    plans = [ladder(ends_at=END), knockout(StageSource(1, 1, 2))]
    event, players = await started(db, organizer, 3, structure=None, stages=plans)
    hall = Hall(db, organizer, event, players)
    await hall.fought(3, 1)
    other = SetLadderEnd(event.id, 2, END, NOW)
    await refused(db, NotALadder, tournaments.set_ladder_end, organizer, other)
    await pass_to(hall, END)
    assert await names_in(db, event.id, 2) == ["Spring-Cup-3", "Spring-Cup-1"]


async def test_no_ladder_ends_before_its_event_starts(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    draft = await make_tournament(db, organizer, structure=None, stages=[ladder(ends_at=NOW + 30 * DAY)])
    late = UpdateTournament(draft.id, draft.version, starts_at=NOW + 30 * DAY)
    await refused(db, InvalidInput, tournaments.update_tournament, organizer, late)
    plans = [round_robin(), ladder(StageSource(1, 1, 2), ends_at=draft.starts_at)]
    error = await refused(
        db, InvalidInput, tournaments.set_stages, organizer, SetStages(draft.id, draft.version, plans)
    )
    assert error.path == ("stages", "1", "endsAt")
