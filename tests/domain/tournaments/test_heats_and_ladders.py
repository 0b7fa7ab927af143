"""Heats and ladders in one event: what has no matches begins, ends and passes people on like what has some."""

from __future__ import annotations

from datetime import timedelta

from domain.infra.db import Database
from domain.tournaments import StageSource, StageStatus, TournamentStatus
from tests.factories.games import make_catalogue
from tests.factories.heats import free_for_all, run_heats
from tests.factories.ladders import Hall, ladder
from tests.factories.stages import stages
from tests.factories.teams import NOW, make_people
from tests.factories.tournaments import entrants, row_of, started

LATER = NOW + timedelta(days=1)


async def test_the_order_of_a_ladder_seeds_the_heats_behind_it(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    plans = [ladder(), free_for_all(StageSource(1, 1, 4, is_overall=True))]
    event, players = await started(db, organizer, 6, structure=None, stages=plans)
    hall = Hall(db, organizer, event, players)
    await hall.fought(4, 1)
    assert (await row_of(db, event.id)).status is TournamentStatus.RUNNING
    await hall.finish(1, LATER)
    assert [stage.status for stage in await stages(db, event.id)] == [StageStatus.FINISHED, StageStatus.RUNNING]
    await run_heats(db, organizer, event.id, stage=2)
    over = await row_of(db, event.id)
    assert over.status is TournamentStatus.FINISHED
    # The best of the ladder won the only heat; those below the fourth rung stand behind all who were in it.
    places = [entrant.placement_low for entrant in await entrants(db, event.id)]
    assert places == [2, 3, 4, 1, 5, 6]


async def test_a_ladder_follows_heats_and_ends_the_event(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    plans = [free_for_all(), ladder(StageSource(1, 1, 3, is_overall=True))]
    event, players = await started(db, organizer, 6, structure=None, stages=plans)
    await run_heats(db, organizer, event.id)
    assert [stage.status for stage in await stages(db, event.id)] == [StageStatus.FINISHED, StageStatus.RUNNING]
    hall = Hall(db, organizer, event, players)
    await hall.fought(3, 1)
    await hall.finish(2, LATER)
    over = await row_of(db, event.id)
    assert (over.status, over.finished_at) == (TournamentStatus.FINISHED, LATER)
    places = [entrant.placement_low for entrant in await entrants(db, event.id)]
    assert places[:3] == [2, 3, 1]
    assert min(place or 0 for place in places[3:]) == 4
