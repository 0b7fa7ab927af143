"""Tables of the queues context.

The database itself sees to it that nothing is in two places: of the calls of a table, of a match, of a heat and of a
player at most one is current.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.infra.orm import Row, enum_column
from domain.infra.views import view_of
from domain.queues.values import CallEnding, CallView, NoShow, QueueView

_TOURNAMENT = "tournaments.id"
_TABLE = "venue_tables.id"
_CURRENT = text("is_current")


class Queue(Row):
    """How a tournament is played at a venue. `change_count` rises with each change that viewers see."""

    __tablename__ = "queues"
    __table_args__ = (CheckConstraint("answer_s BETWEEN 30 AND 3600", name="answer_s"),)

    id: Mapped[UUID] = mapped_column(ForeignKey(_TOURNAMENT, ondelete="CASCADE"), primary_key=True)
    venue_id: Mapped[UUID] = mapped_column(ForeignKey("venues.id"), index=True)
    is_automatic: Mapped[bool]
    answer_s: Mapped[int]
    no_show: Mapped[NoShow] = mapped_column(enum_column(NoShow))
    change_count: Mapped[int] = mapped_column(default=0)

    @property
    def view(self) -> QueueView:
        """The queue as readers are shown it."""
        return view_of(self, QueueView)


class QueueTable(Row):
    """A table that a tournament may use. Several tournaments may use the same one, not at the same time."""

    __tablename__ = "queue_tables"

    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queues.id", ondelete="CASCADE"), primary_key=True)
    table_id: Mapped[UUID] = mapped_column(ForeignKey(_TABLE), primary_key=True, index=True)


class FeaturedMatch(Row):
    """A match that belongs on a table that is streamed."""

    __tablename__ = "featured_matches"

    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True)
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queues.id", ondelete="CASCADE"), index=True)


class AccessNeed(Row):
    """An entrant whose matches need an accessible table."""

    __tablename__ = "access_needs"

    entrant_id: Mapped[UUID] = mapped_column(ForeignKey("entrants.id", ondelete="CASCADE"), primary_key=True)
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queues.id", ondelete="CASCADE"), index=True)


class Call(Row):
    """A match or a heat that was called to a table; it is current until it ends. Without a table it is played somewhere
    else. `best_of` is how many games a heat has.
    """

    __tablename__ = "calls"
    __table_args__ = (
        # What the players refer to, so that one change frees the table, the match and all of them.
        UniqueConstraint("id", "is_current"),
        CheckConstraint("is_current = (ended_at IS NULL)", name="current_until_it_ends"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ending"),
        CheckConstraint("(match_id IS NULL) <> (heat_id IS NULL)", name="match_or_heat"),
        CheckConstraint("begun_at IS NOT NULL OR table_id IS NOT NULL OR ended_at IS NOT NULL", name="somewhere"),
        Index("uq_calls_current_table", "table_id", unique=True, postgresql_where=_CURRENT),
        Index("uq_calls_current_match", "match_id", unique=True, postgresql_where=_CURRENT),
        Index("uq_calls_current_heat", "heat_id", unique=True, postgresql_where=_CURRENT),
        Index("ix_calls_tournament", "tournament_id", "called_at"),
        Index("ix_calls_match", "match_id"),
        Index("ix_calls_heat", "heat_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tournament_id: Mapped[UUID] = mapped_column(ForeignKey(_TOURNAMENT, ondelete="CASCADE"))
    match_id: Mapped[UUID | None] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"))
    heat_id: Mapped[UUID | None] = mapped_column(ForeignKey("heats.id", ondelete="CASCADE"))
    table_id: Mapped[UUID | None] = mapped_column(ForeignKey(_TABLE))
    best_of: Mapped[int]
    is_current: Mapped[bool] = mapped_column(default=True)
    called_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    first_answered_at: Mapped[datetime | None]
    second_answered_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ending: Mapped[CallEnding | None] = mapped_column(enum_column(CallEnding))

    @property
    def view(self) -> CallView:
        """The call as readers are shown it."""
        return view_of(self, CallView)


class CallPlayer(Row):
    """Somebody who plays in a match or a heat that was called, for the side in `slot`. Free again when the call ends,
    or when they leave the heat.
    """

    __tablename__ = "call_players"
    __table_args__ = (
        ForeignKeyConstraint(
            ["call_id", "is_current"], ["calls.id", "calls.is_current"], onupdate="CASCADE", ondelete="CASCADE"
        ),
        CheckConstraint("slot >= 0", name="slot"),
        Index("uq_call_players_current_user", "user_id", unique=True, postgresql_where=_CURRENT),
    )

    call_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(SmallInteger)
    is_current: Mapped[bool] = mapped_column(default=True)
