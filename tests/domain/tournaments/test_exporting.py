"""Events leave as files and come back as they were: whatever was played, and however far."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

import pytest

from domain import matches, tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.scoring import MatchScoring
from domain.matches import AwardWalkover, DecideResult, MatchState, MatchStatus, StartMatch
from domain.tournaments import (
    AddGuests,
    Elimination,
    Event,
    Format,
    GrandFinal,
    Points,
    Ranking,
    StagePlan,
    StageSource,
    Structure,
    exported_event,
    read_event,
    reproduce,
    write_event_json,
)
from tests.factories.games import make_catalogue
from tests.factories.imports import imported
from tests.factories.stages import double, knockout, round_robin, swiss
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import (
    entrants,
    make_tournament,
    published,
    row_of,
    seeds,
    start,
    states,
)

GOALS: dict[str, Any] = {"best_of": 1, "scoring": MatchScoring.POINTS}
FOUR_GAMES: dict[str, Any] = {"best_of": 4, "scoring": MatchScoring.PLAY_ALL}
FOOTBALL = Ranking(points=Points(win=6, draw=2))
CHESS = Ranking(tiebreaks="PTS,BH/C1,SB,BWG,BPG")
GROUP = Format(Structure.GSL_GROUP, Elimination(best_of=3))
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
}


async def exported(db: Database, tournament_id: UUID) -> Event:
    """The event of a tournament as files tell it."""
    async with db.snapshot() as session:
        found = await exported_event(session, tournament_id, "Nine-ball", NOW)
    assert found is not None
    return found


def anonymous(event: Event, name: str) -> Event:
    """The same event under another name, without what its platform calls people."""
    return replace(event, entrants=tuple(replace(one, external_id="") for one in event.entrants), name=name)


async def act(db: Database, organizer: Actor, state: MatchState, rng: Random) -> None:
    """Decide a match by chance, mostly by play, or begin it."""
    die = rng.random()
    if die < 0.15:
        winner = rng.choice([0, 1, None])
        walkover = AwardWalkover(state.id, state.version, winner, "no show", NOW)
        await run(db, matches.award_walkover, organizer, walkover)
    elif die < 0.25 and state.status is MatchStatus.READY:
        await run(db, matches.start_match, organizer, StartMatch(state.id, state.version, NOW))
    else:
        scores = score(state, rng)
        level = state.best_of - sum(scores) if state.scoring is MatchScoring.PLAY_ALL else 0
        games = [(11, 3)] * scores[0] + [(4, 11)] * scores[1] + [(7, 7)] * level
        if die > 0.6 or state.scoring is MatchScoring.POINTS:
            games = []
        winner = rng.randrange(2) if scores[0] == scores[1] and not state.can_be_drawn else None
        decide = DecideResult(state.id, state.version, scores, NOW, games, winner=winner)
        await run(db, matches.decide_result, organizer, decide)


def score(state: MatchState, rng: Random) -> tuple[int, int]:
    """A score that a match can end with."""
    if state.scoring is MatchScoring.BEST_OF:
        won, lost = state.best_of // 2 + 1, rng.randrange(state.best_of // 2 + 1)
        return rng.choice([(won, lost), (lost, won)])
    first = rng.randint(0, state.best_of + 1 if state.scoring is MatchScoring.POINTS else state.best_of)
    return first, rng.randint(0, 3 if state.scoring is MatchScoring.POINTS else state.best_of - first)


async def play(db: Database, organizer: Actor, tournament_id: UUID, rng: Random, most: int) -> None:
    """Let up to so many things happen, until nothing is left to play."""
    for _ in range(most):
        ready = [state for state in await states(db, tournament_id) if state.status in matches.OPEN]
        if not ready:
            return
        await act(db, organizer, rng.choice(sorted(ready, key=lambda state: state.id)), rng)


async def shown(db: Database, tournament_id: UUID) -> list[str]:
    """What viewers see of all matches, in no order of theirs."""
    found = [
        (seeds(state), [slot.name for slot in state.slots], [slot.score for slot in state.slots], state.status,
         state.outcome, state.winner, state.format, state.games)
        for state in await states(db, tournament_id)
    ]  # fmt: skip
    return sorted(map(str, found))


@pytest.mark.parametrize("is_finished", [True, False])
@pytest.mark.parametrize("shape", list(SHAPES))
async def test_an_event_comes_back_as_it_left(db: Database, shape: str, is_finished: bool) -> None:
    """Matches, places and the next file are the same; what was open goes on to an end."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    size, plans = SHAPES[shape]
    event = await published(db, organizer, structure=None, stages=plans, capacity=size)
    names = [f"Guest {number}" for number in range(1, size + 1)]
    await run(db, tournaments.add_guests, organizer, AddGuests(event.id, names, NOW))
    await start(db, organizer, event.id)
    rng = Random(shape)
    await play(db, organizer, event.id, rng, 500 if is_finished else size)
    file = await exported(db, event.id)
    assert read_event([write_event_json(file)])[1] == file
    assert reproduce(file).differences == ()
    again = await imported(db, organizer, file)
    assert anonymous(await exported(db, again), "") == anonymous(file, "")
    assert await shown(db, again) == await shown(db, event.id)
    first, second = [
        [(one.name, one.placement_low, one.placement_high) for one in await entrants(db, key)]
        for key in (event.id, again)
    ]
    assert second == first
    assert (await row_of(db, again)).status is (await row_of(db, event.id)).status
    await play(db, organizer, again, rng, 500)
    assert not [state for state in await states(db, again) if state.status in matches.OPEN]


async def test_there_is_no_file_of_what_has_not_begun(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event = await make_tournament(db, organizer)
    async with db.snapshot() as session:
        assert await exported_event(session, event.id, "Nine-ball", NOW) is None
