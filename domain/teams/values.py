"""Values of the teams context."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

MAX_MEMBERS = 50
MAX_OPEN_INVITATIONS = 20
MAX_TEAMS_PER_USER = 50
INVITATION_LIFETIME = timedelta(days=7)


class TeamRole(StrEnum):
    """What a member is in a team. A live team has exactly one captain."""

    CAPTAIN = "CAPTAIN"
    PLAYER = "PLAYER"
    SUBSTITUTE = "SUBSTITUTE"
    COACH = "COACH"


class InvitationStatus(StrEnum):
    """Where an invitation stands. Only a pending one can still be answered."""

    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"


class TeamView(NamedTuple):
    """A team, without what it says about itself. `disbanded_at` None: it is live."""

    id: UUID
    name: str
    slug: str
    tag: str
    created_at: datetime
    disbanded_at: datetime | None
    version: int
