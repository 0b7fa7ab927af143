"""Who does something: a person, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.kernel.errors import Unauthenticated


class Role(StrEnum):
    """What a user may do everywhere, whatever else they may do to an event or a team of theirs."""

    PLAYER = "PLAYER"
    PREMIUM = "PREMIUM"
    COACH = "COACH"
    ORGANIZER = "ORGANIZER"
    VENUE_ADMIN = "VENUE_ADMIN"
    MODERATOR = "MODERATOR"
    ADMIN = "ADMIN"


@dataclass(frozen=True, slots=True)
class Actor:
    """The one on whose behalf a command runs.

    `user_id` is None for an anonymous caller and for the system; `session_id` is None for both and in tests.
    """

    user_id: UUID | None = None
    roles: frozenset[Role] = frozenset()
    session_id: UUID | None = None
    is_system: bool = False

    @property
    def is_admin(self) -> bool:
        """Whether every policy lets this actor through."""
        return self.is_system or Role.ADMIN in self.roles

    def require_user(self) -> UUID:
        """The key of the user who acts.

        Raises:
            Unauthenticated: nobody is logged in.
        """
        if self.user_id is None:
            raise Unauthenticated
        return self.user_id


ANONYMOUS = Actor()
SYSTEM = Actor(is_system=True)
