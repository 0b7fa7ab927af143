"""A ladder: who is below challenges somebody not far above, and with a win takes the place.

Everybody in between moves down by one. Whoever does not play for some days drops, and drops again when as many days
have passed once more. The order at an instant is a fold over who joined and left, what was decided and when, and the
clock; it does not depend on the order in which the facts are given.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from typing import Generic, TypeVar

from domain.kernel.errors import InvalidInput
from domain.kernel.scoring import MatchScoring
from domain.tournaments.rules.lengths import RoundFormat

MAX_REACH = 50
MAX_DAYS = 365
MAX_ANSWER_DAYS = 60
MAX_CHALLENGES = 10_000

Entrant = TypeVar("Entrant", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """How a ladder is played.

    Attributes:
        best_of: how many games a match has at most.
        reach: how many rungs above the own one may be challenged.
        idle_days: after how many days without a match somebody drops; None: nobody does.
        drop: by how many rungs.
        answer_days: within how many days the challenged has to play.
        rematch_days: for how many days two who have played, or whose challenge was taken back, do not meet again.
        has_late_entry: whether people can enter while it is played; they begin at the bottom.
        ends_at: when it ends by itself; None: when its organizers end it.
        scoring: what the scores count. None of its matches can be drawn.
    """

    best_of: int = 3
    reach: int = 3
    idle_days: int | None = None
    drop: int = 1
    answer_days: int = 7
    rematch_days: int = 1
    has_late_entry: bool = False
    ends_at: datetime | None = None
    scoring: MatchScoring = MatchScoring.BEST_OF

    @property
    def round_formats(self) -> tuple[RoundFormat, ...]:
        """None: all of its matches are alike."""
        return ()


@dataclass(frozen=True, slots=True)
class Climber(Generic[Entrant]):
    """Somebody on a ladder, and since when; they began at its bottom. `left_at` None: they are still there."""

    entrant: Entrant
    joined_at: datetime
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Challenge(Generic[Entrant]):
    """A match that is over. `number` tells apart those that were decided at one instant.

    `winner` is the challenger, the challenged, or None when neither came. Without play only the winner counts as having
    played.
    """

    number: int
    at: datetime
    challenger: Entrant
    challenged: Entrant
    winner: Entrant | None
    is_played: bool = True


@dataclass(frozen=True, slots=True)
class Move(Generic[Entrant]):
    """What a challenge did: from which rung, from 1, the challenger went up to which."""

    number: int
    at: datetime
    entrant: Entrant
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Standing(Generic[Entrant]):
    """A ladder at an instant.

    Attributes:
        order: who is on it, the top first.
        last_played: when those who have played did so last.
        moves: what the challenges did, in the order in which they were decided.
        next_drop_at: when somebody drops next if nobody plays; None: never.
    """

    order: tuple[Entrant, ...]
    last_played: Mapping[Entrant, datetime]
    moves: tuple[Move[Entrant], ...]
    next_drop_at: datetime | None


def within_reach(order: Sequence[Entrant], challenger: Entrant, terms: Ladder) -> tuple[Entrant, ...]:
    """Those whom somebody may challenge by their rungs, the nearest first; nobody for who is not on the ladder."""
    if challenger not in order:
        return ()
    rung = order.index(challenger)
    return tuple(reversed(order[max(0, rung - terms.reach) : rung]))


def standing(
    climbers: Iterable[Climber[Entrant]], challenges: Iterable[Challenge[Entrant]], terms: Ladder, now: datetime
) -> Standing[Entrant]:
    """The ladder at an instant. Climbers are in the order in which they joined, the top of the beginning first.

    What happens at one instant counts in this order: who joins, what is decided, who leaves, who drops.
    """
    fold: _Fold[Entrant] = _Fold(terms, now)
    facts: list[tuple[datetime, int, int, Callable[[], None]]] = []
    for number, climber in enumerate(climbers):
        facts.append((climber.joined_at, 0, number, partial(fold.join, climber)))
        if climber.left_at is not None:
            facts.append((climber.left_at, 2, number, partial(fold.leave, climber.entrant)))
    facts += [(each.at, 1, each.number, partial(fold.decide, each)) for each in challenges]
    for at, _, _, happen in sorted(facts, key=lambda fact: fact[:3]):
        fold.drop_before(at)
        happen()
    return fold.standing()


def require_ladder(terms: Ladder, *path: str) -> None:
    """Refuse settings that are out of bounds; `path` leads to them.

    Raises:
        InvalidInput: with the field that is wrong.
    """
    for name, given, least, most in (
        ("reach", terms.reach, 1, MAX_REACH),
        ("idleDays", terms.idle_days, 1, MAX_DAYS),
        ("drop", terms.drop, 1, MAX_REACH),
        ("answerDays", terms.answer_days, 1, MAX_ANSWER_DAYS),
        ("rematchDays", terms.rematch_days, 0, MAX_DAYS),
    ):
        if given is not None and not least <= given <= most:
            raise InvalidInput(f"That is a number from {least} to {most}.", *path, name)


@dataclass(slots=True)
class _Fold(Generic[Entrant]):
    """A ladder while it is followed through its facts. Rungs count from 0 here."""

    terms: Ladder
    now: datetime
    order: list[Entrant] = field(default_factory=list)
    rungs: dict[Entrant, int] = field(default_factory=dict)
    last_played: dict[Entrant, datetime] = field(default_factory=dict)
    moves: list[Move[Entrant]] = field(default_factory=list)
    # When each drops if they do not play, and of each such instant who they may be: it is wrong of those who played.
    due: dict[Entrant, datetime] = field(default_factory=dict)
    dropping: dict[datetime, list[Entrant]] = field(default_factory=dict)
    instants: list[datetime] = field(default_factory=list)

    def join(self, climber: Climber[Entrant]) -> None:
        self.rungs[climber.entrant] = len(self.order)
        self.order.append(climber.entrant)
        self._wait(climber.entrant, climber.joined_at)

    def leave(self, entrant: Entrant) -> None:
        rung = self.rungs.pop(entrant)
        self.due.pop(entrant, None)
        del self.order[rung]
        self._number(rung, len(self.order))

    def decide(self, challenge: Challenge[Entrant]) -> None:
        sides = challenge.challenger, challenge.challenged
        for entrant in sides:
            if entrant in self.rungs and (challenge.is_played or entrant == challenge.winner):
                self.last_played[entrant] = challenge.at
                self._wait(entrant, challenge.at)
        if challenge.winner != challenge.challenger or not self.rungs.keys() >= set(sides):
            return
        below, above = (self.rungs[entrant] for entrant in sides)
        # They may have changed places while the challenge was open.
        if above < below:
            self._shift(below, above)
            self.moves.append(Move(challenge.number, challenge.at, challenge.challenger, below + 1, above + 1))

    def drop_before(self, at: datetime) -> None:
        """Let those drop who have not played until then."""
        while self.instants and self.instants[0] < at and self.instants[0] <= self.now:
            self._drop(heappop(self.instants))

    def standing(self) -> Standing[Entrant]:
        while self.instants and self.instants[0] <= self.now:
            self._drop(heappop(self.instants))
        next_drop_at = min(self.due.values(), default=None)
        return Standing(tuple(self.order), self.last_played, tuple(self.moves), next_drop_at)

    def _drop(self, at: datetime) -> None:
        """Let the idle drop, the lowest first; nobody drops past somebody who drops at the same instant."""
        idle = {entrant for entrant in self.dropping.pop(at) if self.due.get(entrant) == at}
        stop = len(self.order) - 1
        for rung in sorted((self.rungs[entrant] for entrant in idle), reverse=True):
            lowest = min(rung + self.terms.drop, stop)
            self._shift(rung, lowest)
            stop = lowest - 1
        for entrant in idle:
            self._wait(entrant, at)

    def _wait(self, entrant: Entrant, since: datetime) -> None:
        if self.terms.idle_days is None:
            return
        at = self.due[entrant] = since + timedelta(days=self.terms.idle_days)
        if at not in self.dropping:
            self.dropping[at] = []
            heappush(self.instants, at)
        self.dropping[at].append(entrant)

    def _shift(self, rung: int, to: int) -> None:
        if rung != to:
            self.order.insert(to, self.order.pop(rung))
            self._number(min(rung, to), max(rung, to) + 1)

    def _number(self, first: int, end: int) -> None:
        for rung in range(first, end):
            self.rungs[self.order[rung]] = rung
