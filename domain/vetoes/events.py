"""Facts of the vetoes context. What viewers see of a veto is told by `MatchChanged`, as entries of the match's log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.kernel.events import Event


@dataclass(frozen=True, kw_only=True)
class _VetoFact(Event):
    match_id: UUID
    veto_id: UUID
    version: int

    @property
    def subject(self) -> UUID:
        """The match."""
        return self.match_id


@dataclass(frozen=True, kw_only=True)
class VetoTurnCame(_VetoFact):
    """It is the turn of a side, since the veto is at this version; until `deadline_at`, if that is limited."""

    name: ClassVar[str] = "vetoes.turn_came"
    deadline_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class VetoStepDue(_VetoFact):
    """The time for the step that was due at this version is over."""

    name: ClassVar[str] = "vetoes.step_due"
    at: datetime
