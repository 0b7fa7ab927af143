"""Tables of the deadlines context."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.deadlines.values import CheckInView, ConfirmationView, DeadlinesView
from domain.infra.orm import Row
from domain.infra.views import view_of

_TOURNAMENT = "tournaments.id"
_MATCH = "matches.id"


class MatchDeadlines(Row):
    """What is due in the matches of a tournament. Those that could be played since `check_in_since` need a check-in."""

    __tablename__ = "match_deadlines"
    __table_args__ = (
        CheckConstraint("check_in_minutes BETWEEN 1 AND 1440", name="check_in_minutes"),
        CheckConstraint("(check_in_minutes IS NULL) = (check_in_since IS NULL)", name="check_in_since"),
        CheckConstraint("confirmation_minutes BETWEEN 1 AND 10080", name="confirmation_minutes"),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey(_TOURNAMENT, ondelete="CASCADE"), primary_key=True)
    check_in_minutes: Mapped[int | None]
    check_in_since: Mapped[datetime | None]
    confirmation_minutes: Mapped[int | None]

    @property
    def view(self) -> DeadlinesView:
        """The deadlines as readers are shown them."""
        return view_of(self, DeadlinesView)


class MatchCheckIn(Row):
    """The check-in of a match between its present sides; gone when it gets others."""

    __tablename__ = "match_check_ins"

    match_id: Mapped[UUID] = mapped_column(ForeignKey(_MATCH, ondelete="CASCADE"), primary_key=True)
    tournament_id: Mapped[UUID] = mapped_column(ForeignKey(_TOURNAMENT, ondelete="CASCADE"), index=True)
    opened_at: Mapped[datetime]
    deadline_at: Mapped[datetime | None]
    first_checked_in_at: Mapped[datetime | None]
    second_checked_in_at: Mapped[datetime | None]

    @property
    def view(self) -> CheckInView:
        """The check-in as readers are shown it."""
        return view_of(self, CheckInView)


class MatchConfirmation(Row):
    """When a reported result is confirmed by itself, while the match is at that version."""

    __tablename__ = "match_confirmations"

    match_id: Mapped[UUID] = mapped_column(ForeignKey(_MATCH, ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]
    confirms_at: Mapped[datetime]

    @property
    def view(self) -> ConfirmationView:
        """The confirmation as readers are shown it."""
        return view_of(self, ConfirmationView)
