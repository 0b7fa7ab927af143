"""Values of the games context."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from domain.kernel.participant import ParticipantKind


class Competitor(NamedTuple):
    """Who competes: a user or a team, by its key. This context never looks behind the key."""

    kind: ParticipantKind
    id: UUID
