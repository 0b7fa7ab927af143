"""Events leave as files and come back as they were: whatever was played, and however far."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from domain.infra.db import Database
from domain.kernel.scoring import MatchScoring
from domain.tournaments import (
    Cut,
    Elimination,
    Format,
    GrandFinal,
    Link,
    Points,
    Ranking,
    RoundFormat,
    StagePlan,
    StageSource,
    Structure,
    TournamentStatus,
    exported_event,
)
from domain.tournaments.rules.swiss import Method
from domain.tournaments.rules.tiebreaks import RuleYear
from domain.tournaments.values import BracketSide, DropOrder, LoserOf, Seed, WinnerOf
from tests.factories.exports import comes_back, played
from tests.factories.games import make_catalogue
from tests.factories.heats import free_for_all
from tests.factories.ladders import ladder
from tests.factories.stages import double, knockout, round_robin, swiss
from tests.factories.teams import NOW, make_people
from tests.factories.tournaments import make_tournament, row_of

GOALS: dict[str, Any] = {"best_of": 1, "scoring": MatchScoring.POINTS}
FOUR_GAMES: dict[str, Any] = {"best_of": 4, "scoring": MatchScoring.PLAY_ALL}
FOOTBALL = Ranking(points=Points(win=6, draw=2))
CHESS = Ranking(tiebreaks="PTS,BH/C1,SB,BWG,BPG")
GROUP = Format(Structure.GSL_GROUP, Elimination(best_of=3))
OWN = Format(
    Structure.CUSTOM,
    Elimination(best_of=1),
    (
        Link("A", Seed(1), Seed(4)),
        Link("B", Seed(2), Seed(3), best_of=3),
        Link("Final", WinnerOf("A"), WinnerOf("B"), 2),
        Link("Third", LoserOf("A"), LoserOf("B")),
    ),
)
LONG_END = (RoundFormat(side=BracketSide.UPPER, best_of=5, last_rounds=2),)
LATE_RULES = Ranking(tiebreaks="PTS,BH,TPN", rule_year=RuleYear.DUMMY, points=Points(win=6, draw=3, loss=1))
SHAPES: dict[str, tuple[int, list[StagePlan]]] = {
    "single elimination": (11, [knockout(best_of=3, final_best_of=5, has_third_place_match=True)]),
    "double elimination": (13, [double(grand_final=GrandFinal.RESET)]),
    "double elimination with lower starters": (6, [double(grand_final=GrandFinal.SINGLE, lower_starters=2)]),
    "group with two lives": (4, [StagePlan("Group", GROUP)]),
    "round robin": (5, [round_robin(best_of=3, cycles=2)]),
    "Swiss": (7, [swiss(rounds=3)]),
    "groups and knockout": (8, [round_robin(group_count=2), knockout(StageSource(1, 1, 2))]),
    "Swiss and double elimination": (8, [swiss(rounds=3), double(StageSource(1, 1, 4))]),
    "two knockouts": (8, [knockout(), knockout(StageSource(1, 1, 4))]),
    "groups with draws and knockout by goals": (
        8,
        [round_robin(group_count=2, ranking=FOOTBALL, **GOALS), knockout(StageSource(1, 1, 2), **GOALS)],
    ),
    "groups by goals without draws": (6, [round_robin(group_count=2, has_draws=False, **GOALS)]),
    "chess": (7, [swiss(rounds=3, has_sides=True, ranking=CHESS, **FOUR_GAMES)]),
    "double elimination of four games": (5, [double(**FOUR_GAMES)]),
    "final that begins ahead": (
        5,
        [double(best_of=3, grand_final=GrandFinal.ADVANTAGE, final_advantage=1, drop_order=DropOrder.NATURAL)],
    ),
    "longer last rounds": (9, [knockout(round_formats=LONG_END)]),
    "bracket of one's own": (4, [StagePlan("Own", OWN)]),
    "groups and a bracket of one's own": (6, [round_robin(), StagePlan(None, OWN, (StageSource(1, 1, 4),))]),
    "Swiss with lives": (8, [swiss(wins_to_advance=2, losses_to_leave=2, method=Method.FOLD)]),
    "Swiss by older rules": (7, [swiss(rounds=3, ranking=LATE_RULES)]),
    "winners and others": (
        8,
        [swiss(rounds=2), double(StageSource(1, 1, 4, is_overall=True)), round_robin(StageSource(1, 5, 8))],
    ),
    "three in a row": (8, [round_robin(group_count=2), swiss(StageSource(1, 1, 2)), knockout(StageSource(2, 1, 2))]),
    "heats": (9, [free_for_all()]),
    "heats by the best of all": (11, [free_for_all(heat_size=3, advancing=1, cut=Cut.OVERALL, per_score=1)]),
    "heats of games": (6, [free_for_all(games=3)]),
    "groups and heats": (8, [round_robin(group_count=2), free_for_all(StageSource(1, 1, 3))]),
    "heats and a knockout": (8, [free_for_all(), knockout(StageSource(1, 1, 4))]),
    "ladder": (6, [ladder()]),
    "ladder of the busy": (6, [ladder(best_of=3, reach=2, idle_days=2, drop=2, rematch_days=0)]),
    "ladder and a knockout": (6, [ladder(idle_days=3), knockout(StageSource(1, 1, 4))]),
}


@pytest.mark.parametrize("is_finished", [True, False])
@pytest.mark.parametrize("shape", list(SHAPES))
async def test_an_event_comes_back_as_it_left(db: Database, shape: str, is_finished: bool) -> None:
    """Matches, heats, ladders, places and the next file are the same, and what was open goes on to an end."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    size, plans = SHAPES[shape]
    event = await played(db, organizer, size, plans, Random(shape))
    await event.play(500 if is_finished else size)
    again = await comes_back(db, organizer, event.tournament_id, now=event.now)
    await replace(event, tournament_id=again).finish()
    assert (await row_of(db, again)).status is TournamentStatus.FINISHED


async def test_there_is_no_file_of_what_has_not_begun(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event = await make_tournament(db, organizer)
    async with db.snapshot() as session:
        assert await exported_event(session, event.id, "Nine-ball", NOW) is None
