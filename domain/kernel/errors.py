"""Refusals: what the domain answers when it will not do something.

    DomainError
    ├── Unauthenticated    nobody is logged in, or the credentials do not hold
    ├── Forbidden          logged in, but not allowed to do this to that row
    ├── NotFound           it does not exist, or the viewer may not know that it does
    ├── Conflict           the state of the row does not allow it now
    │   └── StaleVersion   the row changed since the caller read it
    ├── InvalidInput       a value is wrong, whatever the state
    ├── LimitReached       too many or too often
    └── Unavailable        a service the answer needs does not answer

A context subclasses these. The code of an error is its class name in upper snake case unless the class states
another; it is part of the public API and never changes. The message is read by the person who made the call:
it says what is wrong and what to do.
"""

from __future__ import annotations

import re
from typing import ClassVar

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class DomainError(Exception):
    """A refusal with a stable code and a message for the person who made the call."""

    code: ClassVar[str] = "DOMAIN_ERROR"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" not in cls.__dict__:
            cls.code = _WORD_START.sub("_", cls.__name__).upper()

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Unauthenticated(DomainError):
    """Nobody is logged in, or the credentials do not hold."""

    def __init__(self, message: str = "Log in first.") -> None:
        super().__init__(message)


class Forbidden(DomainError):
    """The actor may see the row but not do this to it."""


class NotFound(DomainError):
    """There is no such row, or the viewer may not know that there is."""

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no such {what}.")


class Conflict(DomainError):
    """The state of the row does not allow it now."""


class StaleVersion(Conflict):
    """The row changed since the caller read it."""

    def __init__(self, what: str, current: int) -> None:
        super().__init__(f"This {what} has changed; read it again (it is at version {current}).")
        self.current = current


class InvalidInput(DomainError):
    """A value is wrong, whatever the state. `path` names the input field, outermost first."""

    # What GraphQL servers and their clients call it, so that one code stands for it whoever finds it.
    code: ClassVar[str] = "BAD_USER_INPUT"

    def __init__(self, message: str, *path: str) -> None:
        super().__init__(message)
        self.path = path


class LimitReached(DomainError):
    """Too many, or too often. `retry_after_s` is None when waiting does not help."""

    def __init__(self, message: str, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Unavailable(DomainError):
    """A service the answer needs does not answer now."""
