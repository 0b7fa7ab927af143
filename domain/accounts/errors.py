"""Refusals of the accounts context.

Unauthenticated   WrongCredentials  TokenExpired  TokenInvalid  SessionEnded
                  RefreshTokenInvalid  RefreshTokenReused  SessionExpired
Conflict          EmailTaken  UsernameTaken  EmailAlreadyVerified  OwnAdminRole
InvalidInput      PasswordTooWeak  WrongPassword  MailTokenInvalid
NotFound          UserNotFound  SessionNotFound
LimitReached      TooManyAttempts
"""

from __future__ import annotations

from typing import ClassVar

from domain.kernel.errors import Conflict, InvalidInput, LimitReached, NotFound, Unauthenticated


class WrongCredentials(Unauthenticated):
    """Nobody has this login and this password. Which of the two is wrong is not told."""

    def __init__(self) -> None:
        super().__init__("The login or the password is wrong.")


class TokenExpired(Unauthenticated):
    """The access token has run out."""

    def __init__(self) -> None:
        super().__init__("The access token has run out; refresh the session.")


class TokenInvalid(Unauthenticated):
    """The access token is not one of ours."""

    def __init__(self) -> None:
        super().__init__("The access token is not valid; log in again.")


class SessionEnded(Unauthenticated):
    """The session was revoked."""

    code: ClassVar[str] = "SESSION_REVOKED"

    def __init__(self) -> None:
        super().__init__("This session has ended; log in again.")


class SessionExpired(Unauthenticated):
    """The session was not refreshed for too long."""

    def __init__(self) -> None:
        super().__init__("This session has run out; log in again.")


class RefreshTokenInvalid(Unauthenticated):
    """The refresh token is not one of ours."""

    def __init__(self) -> None:
        super().__init__("The refresh token is not valid; log in again.")


class RefreshTokenReused(Unauthenticated):
    """The refresh token was used before, so someone else may have a copy. The session has been revoked."""

    def __init__(self) -> None:
        super().__init__("This refresh token was used before, so the session has been ended for safety; log in again.")


class EmailTaken(Conflict):
    """Another account has this address."""

    def __init__(self) -> None:
        super().__init__("There is an account with this e-mail address; log in, or reset its password.")


class UsernameTaken(Conflict):
    """Another account has this name."""

    def __init__(self) -> None:
        super().__init__("Someone has this username; choose another.")


class EmailAlreadyVerified(Conflict):
    """There is nothing to verify."""

    def __init__(self) -> None:
        super().__init__("This e-mail address is verified already.")


class OwnAdminRole(Conflict):
    """An administrator tried to stop being one, which could leave none."""

    def __init__(self) -> None:
        super().__init__("Another administrator must take this role from you.")


class PasswordTooWeak(InvalidInput):
    """The password is among the first that anyone would guess."""


class WrongPassword(InvalidInput):
    """The current password is not the one given."""

    def __init__(self) -> None:
        super().__init__("This is not your current password.", "currentPassword")


class MailTokenInvalid(InvalidInput):
    """The token of a mail is not one of ours, has run out, or was used."""

    def __init__(self) -> None:
        super().__init__("This code has been used or has run out; ask for a new mail.", "token")


class UserNotFound(NotFound):
    """There is no such user, or the viewer may not know that there is."""

    def __init__(self) -> None:
        super().__init__("user")


class SessionNotFound(NotFound):
    """There is no such session, or it is someone else's."""

    def __init__(self) -> None:
        super().__init__("session")


class TooManyAttempts(LimitReached):
    """Something was tried too often."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("Too many attempts; try again later.", retry_after_s)
