"""The facts that an event has recorded are enough: replayed by commands into another one, they give the same event."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from domain import matches, tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.matches import MatchStatus
from domain.tournaments import Elimination, EntrantStatus, Format, StagePlan, StageSource, Structure, TournamentStatus
from domain.tournaments.errors import StageInUse
from tests.factories.games import make_catalogue
from tests.factories.stages import double, knockout, round_robin, swiss
from tests.factories.teams import make_people, run
from tests.factories.tournaments import correction, entrants, row_of
from tests.fixtures.events import Event, begin
from tests.fixtures.replay import by_place, replay, seen

STEPS = 40

GSL = StagePlan(None, Format(Structure.GSL_GROUP, Elimination(best_of=3, final_best_of=3)))
SHAPES: dict[str, tuple[int, dict[str, Any]]] = {
    "double": (10, {}),
    "single": (10, {"structure": Structure.SINGLE_ELIMINATION, "has_third_place_match": True}),
    "gsl": (4, {"stages": [GSL]}),
    "groups": (8, {"stages": [round_robin(group_count=2)]}),
    "two cycles": (5, {"stages": [round_robin(cycles=2)]}),
    "swiss": (9, {"stages": [swiss(rounds=4)]}),
    "swiss with exits": (9, {"stages": [swiss(wins_to_advance=2, losses_to_leave=2)]}),
    "groups, then knock-out": (8, {"stages": [round_robin(group_count=2), knockout(StageSource(1, 1, 2))]}),
    "swiss, then two": (
        9,
        {"stages": [swiss(rounds=3), double(StageSource(1, 1, 4)), round_robin(StageSource(1, 5, 8))]},
    ),
}


@pytest_asyncio.fixture
async def world(db: Database) -> AsyncIterator[tuple[Database, Actor]]:
    """A database with games, and an organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    yield db, organizer


@pytest.mark.parametrize("shape", SHAPES)
async def test_properties_i07_the_log_replayed_from_scratch_gives_the_identical_event(
    world: tuple[Database, Actor], shape: str
) -> None:
    count, settings = SHAPES[shape]
    if "stages" in settings:
        settings = {"structure": None, "capacity": count, **settings}
    first = await begin(world, count, "first", **settings)
    for step in range(STEPS):
        if (await row_of(first.db, first.tournament.id)).status is not TournamentStatus.RUNNING and step > STEPS // 2:
            break
        await _act(first, first.random.random(), is_early=step <= 6)
        await first.rate()
    second = await begin(world, count, "second", game="nine-ball", **settings)
    second.rated = first.rated
    await replay(first, second)
    await second.rate()
    assert await seen(second) == await seen(first)


async def _act(event: Event, die: float, *, is_early: bool) -> None:
    """Somebody decides, corrects or leaves."""
    found = list((await by_place(event)).values())
    ready = [state for state in found if state.status in matches.OPEN]
    over = [
        state
        for state in found
        if state.status is MatchStatus.FINISHED and all(slot.participant_id for slot in state.slots)
    ]
    playing = [row for row in await entrants(event.db, event.tournament.id) if row.status is EntrantStatus.PLAYING]
    if over and (not ready or (die < 0.3 and not is_early)):
        state = event.random.choice(over)
        command = correction(state, event.random.choice([0, 0, 1, 1, None]), force=True, now=event.tick())
        try:
            await run(event.db, tournaments.correct_match, event.organizer, command)
        except StageInUse:
            return
    elif ready and die < 0.35:
        leaving = event.random.choice(playing)
        await event.leave(leaving.seed or 0, is_disqualified=event.random.random() < 0.5)
    elif ready:
        await event.decide(event.random.choice(ready), event.random.choice([0, 1, 0, 1, None]))
