"""Facts of the accounts context. No secret is ever part of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.accounts.values import RevocationReason
from domain.kernel.actor import Role
from domain.kernel.events import Event


def session_topic(session_id: UUID) -> str:
    """The topic of a session. Whatever is said on it, connections of that session must prove themselves again."""
    return f"session:{session_id}"


def user_topic(user_id: UUID) -> str:
    """Where is told that others see something else of a user than before."""
    return f"user:{user_id}"


@dataclass(frozen=True, kw_only=True)
class UserRegistered(Event):
    """Someone made an account."""

    name: ClassVar[str] = "accounts.user_registered"

    user_id: UUID
    username: str

    @property
    def subject(self) -> UUID:
        """The user."""
        return self.user_id


@dataclass(frozen=True, kw_only=True)
class ProfileChanged(Event):
    """A user changed what others see of them, or who may see it."""

    name: ClassVar[str] = "accounts.profile_changed"

    user_id: UUID

    @property
    def subject(self) -> UUID:
        """The user."""
        return self.user_id

    @property
    def topics(self) -> tuple[str, ...]:
        """The topic of the user."""
        return (user_topic(self.user_id),)


@dataclass(frozen=True, kw_only=True)
class SessionRevoked(Event):
    """A session ended before its time."""

    name: ClassVar[str] = "accounts.session_revoked"

    session_id: UUID
    user_id: UUID
    reason: RevocationReason

    @property
    def subject(self) -> UUID:
        """The session."""
        return self.session_id

    @property
    def topics(self) -> tuple[str, ...]:
        """The topic of the session."""
        return (session_topic(self.session_id),)


@dataclass(frozen=True, kw_only=True)
class RolesChanged(Event):
    """A user has a role more or less. `session_ids` are the sessions that were live then."""

    name: ClassVar[str] = "accounts.roles_changed"

    user_id: UUID
    roles: tuple[Role, ...]
    session_ids: tuple[UUID, ...]

    @property
    def subject(self) -> UUID:
        """The user."""
        return self.user_id

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics of the user's sessions."""
        return tuple(session_topic(key) for key in self.session_ids)


@dataclass(frozen=True, kw_only=True)
class PasswordResetRequested(Event):
    """Someone asked to reset the password of an address.

    Recorded for unknown addresses too (`token_id` is None), so that the time an answer takes tells nothing.
    """

    name: ClassVar[str] = "accounts.password_reset_requested"

    request_id: UUID
    token_id: UUID | None

    @property
    def subject(self) -> UUID:
        """The request."""
        return self.request_id


@dataclass(frozen=True, kw_only=True)
class EmailVerificationRequested(Event):
    """A user's address is to be proved by a mail."""

    name: ClassVar[str] = "accounts.email_verification_requested"

    user_id: UUID
    token_id: UUID

    @property
    def subject(self) -> UUID:
        """The user."""
        return self.user_id
