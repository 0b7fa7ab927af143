"""Tables of the disputes context."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.disputes.values import DisputeEntry, DisputeEntryKind, DisputeRoomView
from domain.infra.orm import Row, enum_column
from domain.infra.views import view_of


class DisputeRoom(Row):
    """The conversation about a match between two sides, and no others that it may get."""

    __tablename__ = "dispute_rooms"
    __table_args__ = (
        UniqueConstraint("match_id", "first_id", "second_id"),
        CheckConstraint("(taken_by_id IS NULL) = (taken_at IS NULL)", name="taken"),
        Index(
            "ix_dispute_rooms_open",
            *("tournament_id", "opened_at", "id"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"))
    tournament_id: Mapped[UUID] = mapped_column(ForeignKey("tournaments.id", ondelete="CASCADE"))
    first_id: Mapped[UUID]
    second_id: Mapped[UUID]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    taken_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    taken_at: Mapped[datetime | None]
    entry_count: Mapped[int] = mapped_column(default=0)

    @property
    def view(self) -> DisputeRoomView:
        """The room as readers are shown it."""
        return view_of(self, DisputeRoomView)


class DisputeEntryRow(Row):
    """An entry of a room; never changes."""

    __tablename__ = "dispute_entries"
    __table_args__ = (
        UniqueConstraint("room_id", "sequence"),
        CheckConstraint("slot IN (0, 1)", name="slot"),
        CheckConstraint("(text IS NOT NULL) = (kind IN ('OPENED', 'MESSAGE'))", name="text"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    room_id: Mapped[UUID] = mapped_column(ForeignKey("dispute_rooms.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    kind: Mapped[DisputeEntryKind] = mapped_column(enum_column(DisputeEntryKind))
    at: Mapped[datetime]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    slot: Mapped[int | None] = mapped_column(SmallInteger)
    text: Mapped[str | None]
    links: Mapped[list[Any]]

    @property
    def entry(self) -> DisputeEntry:
        """The entry as a value."""
        return entry_of([getattr(self, name) for name in ENTRY_COLUMNS])


ENTRY_COLUMNS = ("id", "sequence", "kind", "at", "author_id", "slot", "text", "links")


def entry_of(values: Any) -> DisputeEntry:
    """The entry as a value, from the values of its `ENTRY_COLUMNS`."""
    given = dict(zip(ENTRY_COLUMNS, values, strict=True))
    return DisputeEntry(**{**given, "links": tuple(given["links"])})
