"""Tables of the accounts context."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.accounts.values import GrantRole, MailTokenPurpose, RevocationReason, Theme, UserView
from domain.infra.orm import Row, enum_column
from domain.infra.views import view_of
from domain.kernel.actor import Role

_USER = "users.id"


class User(Row):
    """A person. E-mail and username are unique whatever their case, and kept as they were typed."""

    __tablename__ = "users"
    __table_args__ = (
        Index("uq_users_email", text("lower(email)"), unique=True),
        Index("uq_users_username", text("lower(username)"), unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    username: Mapped[str]
    display_name: Mapped[str]
    avatar_url: Mapped[str | None]
    password_hash: Mapped[str]
    email_verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def view(self) -> UserView:
        """The user as everybody may see them."""
        return view_of(self, UserView)


class UserRole(Row):
    """A role a user has everywhere."""

    __tablename__ = "user_roles"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"), primary_key=True)
    role: Mapped[Role] = mapped_column(enum_column(Role), primary_key=True)


class Grant(Row):
    """A role a user has on one row of another context, which this context knows only by its id."""

    __tablename__ = "grants"
    __table_args__ = (Index("ix_grants_subject_id", "subject_id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[GrantRole] = mapped_column(enum_column(GrantRole), primary_key=True)
    granted_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class Preferences(Row):
    """How a user wants things: one row per user, made at registration."""

    __tablename__ = "preferences"

    user_id: Mapped[UUID] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(default="en")
    time_zone: Mapped[str] = mapped_column(default="UTC")
    theme: Mapped[Theme] = mapped_column(enum_column(Theme), default=Theme.SYSTEM)
    email_notifications: Mapped[bool] = mapped_column(default=True)
    is_profile_public: Mapped[bool] = mapped_column(default=True)
    is_presence_public: Mapped[bool] = mapped_column(default=False)


class Session(Row):
    """A device on which someone is logged in.

    The refresh token of a session is not kept: it is computed from `seed`, `generation` and a key of the server
    (see `rules.tokens`). `generation` counts refreshes, so an older token is told from a forged one.
    """

    __tablename__ = "sessions"
    __table_args__ = (
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked"),
        Index("ix_sessions_user_id_id", "user_id", "id"),
        Index("ix_sessions_expires_at", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"))
    seed: Mapped[bytes]
    generation: Mapped[int] = mapped_column(default=0)
    user_agent: Mapped[str]
    address: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[RevocationReason | None] = mapped_column(enum_column(RevocationReason))


class MailToken(Row):
    """A token sent by mail. Its text is computed from the id and a key of the server; it is kept nowhere."""

    __tablename__ = "mail_tokens"
    __table_args__ = (
        Index("ix_mail_tokens_user_id", "user_id"),
        Index("ix_mail_tokens_expires_at", "expires_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(_USER, ondelete="CASCADE"))
    purpose: Mapped[MailTokenPurpose] = mapped_column(enum_column(MailTokenPurpose))
    email: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Attempts(Row):
    """How often something was tried in the window that is open now. `key` is a hash: what was typed is not kept."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_window_ends_at", "window_ends_at"),)

    key: Mapped[bytes] = mapped_column(primary_key=True)
    count: Mapped[int]
    window_ends_at: Mapped[datetime]


class SigningKey(Row):
    """A key that signs access tokens from `signs_from` to `signs_until` and is published until `published_until`."""

    __tablename__ = "signing_keys"
    __table_args__ = (
        CheckConstraint("signs_from < signs_until AND signs_until < published_until", name="order"),
        Index("uq_signing_keys_signs_from", "signs_from", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    public_key: Mapped[dict[str, Any]]
    private_key: Mapped[bytes]
    created_at: Mapped[datetime]
    signs_from: Mapped[datetime]
    signs_until: Mapped[datetime]
    published_until: Mapped[datetime]
