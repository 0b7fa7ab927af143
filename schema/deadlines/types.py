"""What is due in matches, who is there, and what takes too long."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain import deadlines as domain
from domain.deadlines import AttentionReason
from schema import matches
from schema.fields import attribute, enum_type, field, object_type
from schema.refs import MatchRef

enum_type(
    AttentionReason,
    {
        "DISPUTED": "The sides disagree about the result.",
        "UNCONFIRMED": "The other side has not answered a reported result for long.",
        "WITHOUT_REPORT": "It has been played for long, and nobody has reported a result.",
    },
)


@object_type(broadcastable=True)
class MatchDeadlines:
    """What is due in the matches of a tournament."""

    check_in_minutes: int | None = attribute(
        "How many minutes both sides have to check in, once a match can be played. Null: they need not."
    )
    confirmation_minutes: int | None = attribute(
        "After how many minutes without an answer a reported result is confirmed by itself. Null: never."
    )

    @classmethod
    def from_model(cls, row: domain.DeadlinesView) -> MatchDeadlines:
        """The deadlines of a row."""
        return cls(check_in_minutes=row.check_in_minutes, confirmation_minutes=row.confirmation_minutes)


@object_type(broadcastable=True)
class MatchCheckInSide:
    """One side of a match that has to check in."""

    slot: int = attribute("0 or 1.")
    checked_in_at: datetime | None = attribute("Since when it is there. Null when it is not.")


@object_type(broadcastable=True)
class MatchCheckIn:
    """Who is there to play a match. When both sides are, it begins; who is not by the deadline loses without play."""

    row: strawberry.Private[domain.CheckInView]
    opened_at: datetime = attribute("Since when both sides can check in.")
    deadline_at: datetime | None = attribute("Until when they can. Null: without end, so nobody loses by it.")

    @field(size=2, broadcastable=True)
    def sides(self) -> list[MatchCheckInSide]:
        """The two sides: slot 0, then slot 1."""
        return [MatchCheckInSide(slot=slot, checked_in_at=at) for slot, at in enumerate(self.row.checked_in_at)]

    @classmethod
    def from_model(cls, row: domain.CheckInView) -> MatchCheckIn:
        """The check-in of a row."""
        return cls(row=row, opened_at=row.opened_at, deadline_at=row.deadline_at)


@object_type
class MatchAttention:
    """A match that officials should look at."""

    value: strawberry.Private[domain.Attention]
    reason: AttentionReason = attribute("Why.")
    began_waiting_at: datetime = attribute("When its result was reported, or else when it began.")

    @field
    def match(self) -> MatchRef:
        """The match."""
        return matches.Match.from_state(self.value.state)

    @classmethod
    def from_value(cls, value: domain.Attention) -> MatchAttention:
        """The match as clients see it."""
        return cls(value=value, reason=value.reason, began_waiting_at=value.since)
