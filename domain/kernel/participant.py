"""Who competes."""

from __future__ import annotations

from enum import StrEnum


class ParticipantKind(StrEnum):
    """What can compete: a person on their own, or a team."""

    USER = "USER"
    TEAM = "TEAM"
