"""Tables of the venues context."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.infra.orm import Row, enum_column
from domain.infra.views import view_of
from domain.venues.values import TableStatus, TableView, VenueView


class Venue(Row):
    """A place where people play. Its managers have grants of `accounts` on it."""

    __tablename__ = "venues"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9-]{3,40}$'", name="slug"),
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="position"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    address: Mapped[str | None]
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def view(self) -> VenueView:
        """The venue as readers are shown it."""
        return view_of(self, VenueView)


class Table(Row):
    """A table of a venue, or whatever else a match is played at: a court, a board, a set of consoles."""

    __tablename__ = "venue_tables"
    __table_args__ = (
        UniqueConstraint("venue_id", "number"),
        CheckConstraint("number BETWEEN 1 AND 9999", name="number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    venue_id: Mapped[UUID] = mapped_column(ForeignKey("venues.id"))
    number: Mapped[int]
    name: Mapped[str | None]
    is_stream: Mapped[bool]
    is_accessible: Mapped[bool]
    status: Mapped[TableStatus] = mapped_column(enum_column(TableStatus))
    version: Mapped[int] = mapped_column(default=1)

    @property
    def view(self) -> TableView:
        """The table as readers are shown it."""
        return view_of(self, TableView)
