"""Words of the accounts context."""

from __future__ import annotations

from enum import StrEnum


class GrantRole(StrEnum):
    """What a user may do to one row of another context, such as a tournament."""

    ORGANIZER = "ORGANIZER"
    MANAGER = "MANAGER"


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
