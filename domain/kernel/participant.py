"""Who competes."""

from __future__ import annotations

from enum import StrEnum


class ParticipantKind(StrEnum):
    """What can compete: a person on their own, a team, or somebody of whom only a name is known."""

    USER = "USER"
    TEAM = "TEAM"
    GUEST = "GUEST"
