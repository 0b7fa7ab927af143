"""Events in JSON of our own whose stages have plans, for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.tournaments.heat_values import FreeForAll, Reached
from domain.tournaments.rules.events import (
    Event,
    EventEntrant,
    EventGroup,
    EventHeat,
    EventMatch,
    EventStage,
    Progress,
    described,
)
from domain.tournaments.rules.formats import Elimination, Format, RoundRobin
from domain.tournaments.rules.ladder import Climber, Ladder
from domain.tournaments.rules.sources import StageSource
from domain.tournaments.rules.stages import StagePlan
from domain.tournaments.values import EntrantStatus, Seed, Structure

BEGIN = datetime(2026, 5, 1, 18, tzinfo=UTC)
DAY = timedelta(days=1)
RACES = StagePlan("Races", Format(Structure.FREE_FOR_ALL, FreeForAll(3, 1, (3, 2, 1))))
RUNGS = StagePlan("Rungs", Format(Structure.LADDER, Ladder(idle_days=7)))
LEAGUE = StagePlan("League", Format(Structure.ROUND_ROBIN, RoundRobin(best_of=1, group_count=2)))
FINALS = StagePlan("Finals", Format(Structure.SINGLE_ELIMINATION, Elimination(best_of=1)), (StageSource(1, 1, 1),))


def cast(count: int, *withdrawn: int) -> tuple[EventEntrant, ...]:
    """So many entrants, of whom these have left."""
    left = dict.fromkeys(withdrawn, EntrantStatus.WITHDRAWN)
    return tuple(
        EventEntrant(number, f"Player {number}", number, status=left.get(number, EntrantStatus.PLAYING))
        for number in range(1, count + 1)
    )


def heats() -> Event:
    """A free-for-all of five: the first round is over, in which 2 left, and the last heat is open."""
    first = EventHeat(1, 1, {1: (Reached(1, 5),), 4: (Reached(2),), 5: (Reached(3),)}, BEGIN)
    second = EventHeat(1, 2, {2: (), 3: (Reached(1),)}, BEGIN)
    group = EventGroup(
        (1, 2, 3, 4, 5),
        heats=(first, second, EventHeat(2, 1, {1: (), 3: ()})),
        left={2: 1},
        places={4: 3, 5: 4, 2: 5},
    )
    stage = described(RACES, 5)
    return Event(cast(5, 2), (_with(stage, group),), "Race", "Kart", capacity=8)


def ladder() -> Event:
    """A ladder of four: 2 has taken the place of 1, whom 3 has challenged; one was called off, and 4 left."""
    matches = (
        EventMatch(
            "C1",
            sides=(2, 1),
            progress=Progress.PLAYED,
            winner=0,
            score=(2, 1),
            best_of=3,
            made_at=BEGIN + DAY,
            finished_at=BEGIN + 2 * DAY,
        ),
        EventMatch("C2", sides=(3, 2), progress=Progress.CALLED_OFF, best_of=3, made_at=BEGIN + 2 * DAY),
        EventMatch("C3", sides=(3, 1), best_of=3, made_at=BEGIN + 3 * DAY),
    )
    climbers = tuple(Climber(number, BEGIN, BEGIN + DAY if number == 4 else None) for number in (1, 2, 3, 4))
    group = EventGroup((1, 2, 3, 4), matches, places={2: 1, 1: 2, 3: 3, 4: 4}, climbers=climbers)
    stage = described(RUNGS, 4)
    return Event(cast(4, 4), (_with(stage, group),), "Club", "Pool", capacity=8, as_of=BEGIN + 5 * DAY)


def groups() -> Event:
    """Two groups of two, one of which is played, and finals that wait for them."""
    played = EventMatch("G1.1", 1, (1, 4), progress=Progress.PLAYED, winner=0, score=(1, 0), best_of=1)
    league = (
        EventGroup((1, 4), (played,), name="A", seeds=(1, 4), places={1: 1, 4: 2}),
        EventGroup((2, 3), (EventMatch("G2.1", 1, (2, 3), best_of=1),), name="B", seeds=(2, 3)),
    )
    return Event(cast(4), (_with(described(LEAGUE, 4), *league), described(FINALS, 0)), "Cup", "Pool", capacity=4)


def finals(first: int, second: int, *, is_over: bool = True) -> Event:
    """The same groups, the second of which 2 has won, maybe; in the finals these two meet."""
    league, waiting = groups().stages
    group, other = league.groups
    if is_over:
        (match,) = other.matches
        won = replace(match, progress=Progress.PLAYED, winner=0, score=(1, 0))
        league = _with(league, group, replace(other, matches=(won,)))
    final = EventMatch("U1.1", 1, (first, second), (Seed(1), Seed(2)), best_of=1)
    return replace(groups(), stages=(league, _with(waiting, EventGroup((first, second), (final,)))))


def bracket(score: tuple[int, int] = (1, 0)) -> Event:
    """A final of two."""
    plan = StagePlan(None, Format(Structure.SINGLE_ELIMINATION, Elimination(best_of=1)))
    final = EventMatch(
        "U1.1", 1, (1, 2), (Seed(1), Seed(2)), progress=Progress.PLAYED, winner=0, score=score, best_of=1
    )
    return Event(cast(2), (_with(described(plan, 2), EventGroup((1, 2), (final,))),))


def _with(stage: EventStage, *members: EventGroup) -> EventStage:
    return replace(stage, groups=members)
