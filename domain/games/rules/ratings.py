"""How good everyone is, as a belief with its uncertainty.

The model is Plackett-Luce, algorithm 4 of Weng and Lin, "A Bayesian Approximation Method for Online Ranking", JMLR 12
(2011), as the library openskill computes it, with its standard constants. A side is one competitor, a user or a team:
a team has a rating of its own, not the sum of its players'.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar
from uuid import UUID

from openskill.models import PlackettLuce

_MODEL = PlackettLuce()

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Skill:
    """What is believed of a competitor: a normal distribution with mean `mu` and standard deviation `sigma`."""

    mu: float
    sigma: float


NEWCOMER = Skill(_MODEL.mu, _MODEL.sigma)


@dataclass(frozen=True, slots=True)
class RatedMatch(Generic[K]):
    """A match with what was believed of its two sides before and after.

    `winner` is the index of a side; None when it was drawn.
    """

    match_id: UUID
    sides: tuple[K, K]
    winner: int | None
    before: tuple[Skill, Skill]
    after: tuple[Skill, Skill]


def ordinal(skill: Skill) -> float:
    """The number to rank by: with 99.7 % probability the true skill is higher."""
    return skill.mu - 3 * skill.sigma


def rate(match_id: UUID, sides: tuple[K, K], before: tuple[Skill, Skill], winner: int | None) -> RatedMatch[K]:
    """The match with what is believed of its sides after it. A draw brings them nearer to each other."""
    teams = [[_MODEL.rating(skill.mu, skill.sigma)] for skill in before]
    ranks = [float(winner not in (side, None)) for side in (0, 1)]
    first, second = (Skill(team[0].mu, team[0].sigma) for team in _MODEL.rate(teams, ranks=ranks))
    return RatedMatch(match_id=match_id, sides=sides, winner=winner, before=before, after=(first, second))


def replay(matches: Iterable[RatedMatch[K]], skills: dict[K, Skill]) -> list[RatedMatch[K]]:
    """Rate again, in order, those of `matches` that depend on the competitors in `skills`.

    `skills` holds what is believed of them before the first of `matches`. Whoever meets one of them depends on them
    from then on and joins `skills`, which in the end holds what is believed of them now. Matches among others stand.
    """
    again: list[RatedMatch[K]] = []
    for match in matches:
        if skills.keys().isdisjoint(match.sides):
            continue
        first, second = match.sides
        before = (skills.get(first, match.before[0]), skills.get(second, match.before[1]))
        rated = rate(match.match_id, match.sides, before, match.winner)
        skills[first], skills[second] = rated.after
        again.append(rated)
    return again


def with_winner(match: RatedMatch[K], winner: int | None) -> RatedMatch[K]:
    """The match as it should be rated again after a correction of its result."""
    return replace(match, winner=winner)
