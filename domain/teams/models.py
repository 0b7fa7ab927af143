"""Tables of the teams context."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.infra.orm import Row, enum_column
from domain.infra.views import view_of
from domain.teams.values import InvitationStatus, TeamRole, TeamView


class Team(Row):
    """A team. A disbanded one stays, so that its matches keep their sides and its slug is never given again."""

    __tablename__ = "teams"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9-]{3,40}$'", name="slug"),
        CheckConstraint("char_length(tag) BETWEEN 2 AND 6", name="tag"),
        CheckConstraint("char_length(name) BETWEEN 2 AND 50", name="name"),
        CheckConstraint("char_length(description) <= 1000", name="description"),
        Index("ix_teams_live", "name", "id", postgresql_where=text("disbanded_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    tag: Mapped[str]
    description: Mapped[str]
    created_at: Mapped[datetime]
    disbanded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def view(self) -> TeamView:
        """The team as readers are shown it."""
        return view_of(self, TeamView)


class TeamMember(Row):
    """A time that a user spent in a team; `left_at` is None while it lasts.

    The captain changes by a change of roles, and only leaves together with the team: hence one captain row per team,
    which for a disbanded team tells who led it last.
    """

    __tablename__ = "team_members"
    __table_args__ = (
        Index("uq_team_members_captain", "team_id", unique=True, postgresql_where=text("role = 'CAPTAIN'")),
        Index("uq_team_members_present", "team_id", "user_id", unique=True, postgresql_where=text("left_at IS NULL")),
        Index("ix_team_members_user", "user_id", "team_id", postgresql_where=text("left_at IS NULL")),
        CheckConstraint("left_at >= joined_at", name="times"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[TeamRole] = mapped_column(enum_column(TeamRole))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class TeamInvitation(Row):
    """An invitation of a user to a team. A pending one is open until `expires_at`."""

    __tablename__ = "team_invitations"
    __table_args__ = (
        Index(
            "uq_team_invitations_pending",
            "team_id",
            "user_id",
            unique=True,
            postgresql_where=text("status = 'PENDING'"),
        ),
        Index("ix_team_invitations_user", "user_id", "created_at", "id", postgresql_where=text("status = 'PENDING'")),
        Index("ix_team_invitations_expiry", "expires_at", postgresql_where=text("status = 'PENDING'")),
        CheckConstraint("role <> 'CAPTAIN'", name="not_captain"),
        CheckConstraint("(status = 'PENDING') = (closed_at IS NULL)", name="closed"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    invited_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    role: Mapped[TeamRole] = mapped_column(enum_column(TeamRole))
    status: Mapped[InvitationStatus] = mapped_column(enum_column(InvitationStatus))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
