"""Words of the accounts context."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class GrantRole(StrEnum):
    """What a user may do to one row of another context, such as a tournament."""

    ORGANIZER = "ORGANIZER"
    REFEREE = "REFEREE"
    SCORER = "SCORER"
    MANAGER = "MANAGER"


class Granted(NamedTuple):
    """Somebody with a role on a row of another context."""

    user_id: UUID
    role: GrantRole


class Theme(StrEnum):
    """How a client shows itself to its user."""

    SYSTEM = "SYSTEM"
    LIGHT = "LIGHT"
    DARK = "DARK"


class RevocationReason(StrEnum):
    """Why a session ended before its time."""

    LOGGED_OUT = "LOGGED_OUT"
    REVOKED = "REVOKED"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"  # noqa: S105  (a reason, not a secret)
    PASSWORD_RESET = "PASSWORD_RESET"  # noqa: S105  (a reason, not a secret)
    TOKEN_REUSED = "TOKEN_REUSED"  # noqa: S105  (a reason, not a secret)


class MailTokenPurpose(StrEnum):
    """What a token sent by mail allows, once."""

    VERIFY_EMAIL = "VERIFY_EMAIL"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105  (a purpose, not a secret)


class UserView(NamedTuple):
    """A user, as everybody may see them."""

    id: UUID
    username: str
    display_name: str
    avatar_url: str | None
    created_at: datetime


class Contact(NamedTuple):
    """How a user is reached, for themselves alone. `email_verified_at` None: they have not proved that it is theirs."""

    id: UUID
    email: str
    email_verified_at: datetime | None
