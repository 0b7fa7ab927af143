"""Values of the vetoes context. Pure; a course and choices are stored with the veto of a match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from domain.kernel.veto import CounterPicks, VetoOption, VetoStep, VetoTurn


@dataclass(frozen=True, slots=True)
class VetoCourse:
    """The veto of one match before anybody has chosen: what there is to choose from, and the steps.

    With `counter_picks` the steps are those of the first game. Later ones, after which a starting side is chosen if
    `has_sides`, come as long as neither A nor B has won so many games: `games_to_win`.
    """

    pool: tuple[VetoOption, ...]
    starting_sides: tuple[VetoOption, ...]
    steps: tuple[VetoStep, ...]
    counter_picks: CounterPicks | None = None
    has_sides: bool = False
    games_to_win: tuple[int, int] = (0, 0)

    @property
    def options(self) -> tuple[VetoOption, ...]:
        """What there is to choose from in any game."""
        return self.pool if self.counter_picks is None else (*self.pool, *self.counter_picks.added_pool)


@dataclass(frozen=True, slots=True)
class VetoChoice:
    """What was chosen in a step: the slug of an option or of a starting side.

    `after` says who had won the games before it, as the letters of `VetoTurn` in order; the choice counts as long as
    these have. It is empty before the first game.
    """

    option: str
    at: datetime
    is_automatic: bool = False
    after: str = ""


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

    def turn_of(self, slot: int) -> VetoTurn:
        """Which of A and B a slot is."""
        return VetoTurn.A if slot == self.first_slot else VetoTurn.B
