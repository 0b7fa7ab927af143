"""The challenges of a ladder: which there are, who may challenge whom now, and how that changes the order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from domain.kernel.errors import DomainError
from domain.tournaments.errors import (
    ChallengeIsOpen,
    LadderClosed,
    NotOnLadder,
    OutOfReach,
    RematchTooSoon,
    TooManyChallenges,
)
from domain.tournaments.rules.ladder import MAX_CHALLENGES, Challenge, Climber, Ladder, Standing, standing, within_reach


@dataclass(frozen=True, slots=True)
class LadderMatch:
    """A challenge. Sides are seeds; `number` counts from 1 in the order in which they were made.

    It is open until it is decided, which `decided` has, or called off.
    """

    match_id: UUID
    number: int
    challenger: int
    challenged: int
    made_at: datetime
    is_open: bool
    decided: Challenge[int] | None

    @property
    def pair(self) -> frozenset[int]:
        """Both sides."""
        return frozenset((self.challenger, self.challenged))

    @property
    def ended_at(self) -> datetime:
        """When it was decided; of one that was called off, when it was made."""
        return self.made_at if self.decided is None else self.decided.at


@dataclass(frozen=True, slots=True)
class LadderView:
    """A ladder with all that has happened on it.

    Attributes:
        terms: how it is played.
        closed_at: when it was ended; nobody is challenged or drops any more.
        climbers: who has been on it, by seed.
        entrants: the keys of the entrants, by seed.
        matches: every challenge, in the order in which they were made.
    """

    terms: Ladder
    closed_at: datetime | None
    climbers: Sequence[Climber[int]]
    entrants: Mapping[int, UUID]
    matches: Sequence[LadderMatch]

    @property
    def ends_at(self) -> datetime | None:
        """When it was ended, or else ends by itself; None: that is not known."""
        return self.closed_at or self.terms.ends_at

    def standing(self, now: datetime) -> Standing[int]:
        """Who stands where at an instant. Of a ladder that has ended, when it did; what is decided later counts."""
        decided = (match.decided for match in self.matches if match.decided is not None)
        return standing(self.climbers, decided, self.terms, min(now, self.ends_at or now))

    def answer_by(self, match: LadderMatch) -> datetime:
        """Until when the challenged has to play."""
        return match.made_at + timedelta(days=self.terms.answer_days)

    def with_decided(self, decided: Mapping[UUID, Challenge[int]]) -> LadderView:
        """The same if these matches had been decided so."""
        matches = [
            replace(match, is_open=False, decided=decided[match.match_id]) if match.match_id in decided else match
            for match in self.matches
        ]
        return replace(self, matches=matches)

    def places(self, now: datetime) -> tuple[list[int], int]:
        """Everybody who has been on it, the top first and those who left last, and how many are on it."""
        order = self.standing(now).order
        left = sorted(self.entrants.keys() - set(order))
        return [*order, *left], len(order)

    def challengeable(self, challenger: int, order: Sequence[int], now: datetime) -> list[int]:
        """Whom somebody may challenge now, where this is the order, the nearest first; at most as many as the reach."""
        reached = within_reach(order, challenger, self.terms)
        return [seed for seed in reached if self.refusal(challenger, seed, order, now) is None]

    def refusal(self, challenger: int, challenged: int, order: Sequence[int], now: datetime) -> DomainError | None:
        """Why somebody may not challenge somebody else now, where this is the order; None when they may."""
        return next(self._refusals(challenger, challenged, order, now), None)

    def _refusals(self, challenger: int, challenged: int, order: Sequence[int], now: datetime) -> Iterator[DomainError]:
        if self.ends_at is not None and now >= self.ends_at:
            yield LadderClosed()
        if challenger not in order:
            yield NotOnLadder()
        if challenged not in within_reach(order, challenger, self.terms):
            yield OutOfReach(self.terms.reach)
        if len(self.matches) >= MAX_CHALLENGES:
            yield TooManyChallenges(MAX_CHALLENGES)
        for match in self.matches:
            yield from self._held_up_by(match, challenger, challenged, now)

    def _held_up_by(self, match: LadderMatch, challenger: int, challenged: int, now: datetime) -> Iterator[DomainError]:
        if match.is_open and match.challenger == challenger:
            yield ChallengeIsOpen("You have challenged somebody already; play that match or take it back first.")
        if match.is_open and match.challenged == challenged:
            yield ChallengeIsOpen("They have been challenged already; wait until that match is over.")
        if challenger not in (match.challenger, match.challenged) or challenged not in match.pair:
            return
        if match.is_open:
            yield ChallengeIsOpen("You have an open match with them already.")
        until = match.ended_at + timedelta(days=self.terms.rematch_days)
        if now < until:
            yield RematchTooSoon(until)
