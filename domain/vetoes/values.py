"""Values of the vetoes context. Pure; a course and choices are stored with the veto of a match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from domain.kernel.veto import VetoOption, VetoStep, VetoTurn


@dataclass(frozen=True, slots=True)
class VetoCourse:
    """The veto of one match before anybody has chosen: what there is to choose from, and the steps."""

    pool: tuple[VetoOption, ...]
    starting_sides: tuple[VetoOption, ...]
    steps: tuple[VetoStep, ...]


@dataclass(frozen=True, slots=True)
class VetoChoice:
    """What was chosen in a step: the slug of an option or of a starting side."""

    option: str
    at: datetime
    is_automatic: bool = False


class VetoView(NamedTuple):
    """The veto of a match between two sides. `course` and `choices` as stored, `first_slot` is the slot of A."""

    id: UUID
    match_id: UUID
    first_id: UUID
    second_id: UUID
    course: dict[str, Any]
    choices: Sequence[dict[str, Any]]
    first_slot: int
    opened_at: datetime
    deadline_at: datetime | None
    version: int

    def slot_of(self, turn: VetoTurn) -> int:
        """The slot of A or of B."""
        return self.first_slot if turn is VetoTurn.A else 1 - self.first_slot
