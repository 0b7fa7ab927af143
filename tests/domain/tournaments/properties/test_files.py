"""Whatever organizers plan and whatever is played of it, the event comes back from its file as it left."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from domain import registry
from domain.infra.db import Database
from domain.infra.embedded import PostgreSQL
from domain.kernel.scoring import MatchScoring
from domain.kernel.veto import VetoBeginner, VetoOption, VetoPlan, VetoTemplate
from domain.tournaments import (
    Cut,
    Elimination,
    Format,
    GrandFinal,
    Points,
    Ranking,
    RoundFormat,
    StagePlan,
    StageSource,
    Structure,
)
from domain.tournaments.errors import InvalidStages
from domain.tournaments.rules.stages import validate
from domain.tournaments.rules.swiss import Method
from domain.tournaments.rules.tiebreaks import RuleYear
from domain.tournaments.values import BracketSide, DropOrder
from tests.factories.exports import comes_back, played
from tests.factories.games import make_catalogue
from tests.factories.heats import free_for_all
from tests.factories.ladders import ladder
from tests.factories.stages import double, knockout, round_robin, swiss
from tests.factories.teams import make_people
from tests.fixtures import database
from tests.fixtures.profiles import PROPERTIES

TIEBREAKS = st.sampled_from(["PTS", "PTS,DE,GD,GF", "PTS,BH/C1,BH,SB,GD", "WIN,PS,TPN", "PTS,KS,LOT/L7", "H2H,WON,STD"])
RANKINGS = st.builds(
    Ranking,
    tiebreaks=TIEBREAKS,
    rule_year=st.sampled_from(RuleYear),
    points=st.sampled_from([Points(), Points(win=6, draw=2), Points(win=4, draw=2, loss=1)]),
)
POOL = tuple(
    VetoOption(name.lower(), name) for name in ("Ascent", "Bind", "Haven", "Icebox", "Lotus", "Pearl", "Split")
)
VETOES = st.none() | st.builds(
    VetoPlan,
    pool=st.just(POOL),
    template=st.sampled_from(VetoTemplate),
    beginner=st.sampled_from(VetoBeginner),
    step_s=st.sampled_from([None, 60]),
)


@st.composite
def lengths(draw: st.DrawFn, *sides: BracketSide) -> dict[str, Any]:
    """How the matches of a stage are scored, and how long those of some rounds are."""
    scoring = draw(st.sampled_from(MatchScoring))
    games = st.sampled_from({"BEST_OF": [1, 3, 5], "PLAY_ALL": [1, 2, 4], "POINTS": [1]}[scoring])
    found: dict[str, Any] = {"scoring": scoring, "best_of": draw(games)}
    has_longer = draw(st.booleans())
    if sides and has_longer:
        side = draw(st.sampled_from(sides))
        found["round_formats"] = (RoundFormat(side=side, best_of=draw(games), last_rounds=draw(st.integers(2, 3))),)
    return found


@st.composite
def brackets(draw: st.DrawFn, *sources: StageSource) -> StagePlan:
    """A single or double elimination of any settings."""
    if draw(st.booleans()):
        return knockout(*sources, has_third_place_match=draw(st.booleans()), **draw(lengths(BracketSide.UPPER)))
    terms = draw(lengths(BracketSide.UPPER, BracketSide.LOWER))
    grand_final = draw(st.sampled_from(GrandFinal))
    if grand_final is GrandFinal.ADVANTAGE:
        terms |= {"scoring": MatchScoring.BEST_OF, "best_of": 3, "final_best_of": 5, "round_formats": ()}
    return double(
        *sources,
        grand_final=grand_final,
        final_advantage=draw(st.integers(1, 2)) if grand_final is GrandFinal.ADVANTAGE else 0,
        drop_order=draw(st.sampled_from(DropOrder)),
        lower_starters=0 if sources else draw(st.integers(0, 2)),
        **terms,
    )


@st.composite
def tables(draw: st.DrawFn, *sources: StageSource) -> StagePlan:
    """Groups or a Swiss of any settings."""
    terms = draw(lengths(BracketSide.GROUP))
    terms |= {"ranking": draw(RANKINGS), "has_draws": draw(st.booleans()), "has_sides": draw(st.booleans())}
    if draw(st.booleans()):
        return round_robin(*sources, group_count=draw(st.integers(1, 2)), cycles=draw(st.integers(1, 2)), **terms)
    lives = draw(st.sampled_from([(None, None), (2, 2), (3, None), (None, 2)]))
    return swiss(
        *sources,
        rounds=draw(st.sampled_from([None, 2, 3])),
        method=draw(st.sampled_from(Method)),
        wins_to_advance=lives[0],
        losses_to_leave=lives[1],
        **terms,
    )


@st.composite
def others(draw: st.DrawFn, *sources: StageSource) -> StagePlan:
    """Heats or a ladder of any settings, or a group with two lives."""
    kind = draw(st.integers(0, 2))
    if kind == 0:
        size = draw(st.integers(2, 5))
        return free_for_all(
            *sources,
            heat_size=size,
            advancing=draw(st.integers(1, size // 2)),
            points=tuple(sorted(draw(st.lists(st.integers(0, 9), max_size=size)), reverse=True)),
            per_score=draw(st.integers(0, 2)),
            cut=draw(st.sampled_from(Cut)),
            games=draw(st.integers(1, 3)),
        )
    if kind == 1:
        return ladder(
            *sources,
            reach=draw(st.integers(1, 4)),
            idle_days=draw(st.none() | st.integers(1, 5)),
            drop=draw(st.integers(1, 3)),
            answer_days=draw(st.integers(1, 9)),
            rematch_days=draw(st.integers(0, 2)),
            has_late_entry=draw(st.booleans()),
            **draw(lengths()),
        )
    return StagePlan("Lives", Format(Structure.GSL_GROUP, Elimination(**draw(lengths()))), sources)


@st.composite
def templates(draw: st.DrawFn) -> tuple[int, Sequence[StagePlan]]:
    """How many play, and in which stages: one, one after the other, or one of the first and one of the others."""
    size = draw(st.integers(4, 9))
    cut = draw(st.integers(2, size))
    shapes: Mapping[int, Sequence[Sequence[StageSource]]] = {
        0: [()],
        1: [(), (StageSource(1, 1, cut, is_overall=True),)],
        2: [(), (StageSource(1, 1, cut, is_overall=True),), (StageSource(1, cut + 1, size, is_overall=True),)],
        3: [(), (StageSource(1, 1, 2),), (StageSource(2, 1, 2, is_overall=True),)],
    }
    plans = [
        draw(st.one_of(brackets(*sources), tables(*sources), others(*sources)))
        for sources in shapes[draw(st.integers(0, 3))]
    ]
    plans = [
        plan if plan.format.structure is Structure.FREE_FOR_ALL else replace(plan, veto=draw(VETOES)) for plan in plans
    ]
    try:
        validate(plans, size)
    except InvalidStages:
        assume(False)
    return size, plans


def test_properties_whatever_is_planned_and_played_comes_back_from_its_file(postgres: PostgreSQL) -> None:
    with asyncio.Runner() as runner:
        name = runner.run(database.clone(postgres))
        db = Database(postgres.url(name), within=registry.WITHIN)
        runner.run(make_catalogue(db))
        numbers = count(1)

        async def round_trip(size: int, plans: Sequence[StagePlan], rng: Random, steps: int) -> None:
            slug = f"cup-{next(numbers)}"
            (organizer,) = await make_people(db, f"{slug}-organizer")
            event = await played(db, organizer, size, plans, rng, slug)
            await event.play(steps)
            await comes_back(db, organizer, event.tournament_id, f"{slug}-again", event.now)

        @settings(
            max_examples=PROPERTIES // 25,
            derandomize=True,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(templates(), st.integers(0, 2**32), st.sampled_from([0, 5, 20, 60]))
        def every(template: tuple[int, Sequence[StagePlan]], seed: int, steps: int) -> None:
            runner.run(round_trip(*template, Random(seed), steps))

        try:
            every()
        finally:
            runner.run(db.close())
            runner.run(database.drop(postgres, name))
