"""How the two sides of a match choose what is played: the plan that a stage holds and its matches follow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class VetoStepKind(StrEnum):
    """What happens in a step.

    BAN: an option is out. PICK: an option is played, after those picked before. SIDE: one chooses on which side one
    starts in the game before it. DECIDER: the only option that is left over is played last.
    """

    BAN = "BAN"
    PICK = "PICK"
    SIDE = "SIDE"
    DECIDER = "DECIDER"


class VetoTurn(StrEnum):
    """Whose turn a step is: A begins, B is the other side."""

    A = "A"
    B = "B"

    @property
    def other(self) -> VetoTurn:
        """The other one."""
        return VetoTurn.B if self is VetoTurn.A else VetoTurn.A


class VetoBeginner(StrEnum):
    """Who is A. COIN: a lot, drawn when the veto opens and kept with it."""

    HIGHER_SEED = "HIGHER_SEED"
    LOWER_SEED = "LOWER_SEED"
    COIN = "COIN"


class VetoTemplate(StrEnum):
    """Well-known orders of steps, for a match of any length and a pool of any size; sides take turns.

    STANDARD: two bans, then the picks, then bans until one option is left, which decides. BANS_FIRST: all bans, then
    the picks, then what is left over.
    """

    STANDARD = "STANDARD"
    BANS_FIRST = "BANS_FIRST"


@dataclass(frozen=True, slots=True)
class VetoOption:
    """A map, mode or discipline. Without a name it is called as in the catalogue."""

    slug: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class VetoStep:
    """One step of a veto. `turn` is None for a decider, which nobody chooses."""

    kind: VetoStepKind
    turn: VetoTurn | None = None


@dataclass(frozen=True, slots=True)
class VetoSequence:
    """The steps of matches of one length, instead of those of the template."""

    best_of: int
    steps: tuple[VetoStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoPlan:
    """How the sides of the matches of a stage choose what is played.

    Attributes:
        pool: what there is to choose from, in the order in which it is shown.
        template: the steps of matches whose length is in no sequence; None when all lengths are.
        has_sides: whether by the template a starting side is chosen after each pick and for the decider.
        sequences: steps for matches of some lengths.
        beginner: who is A.
        step_s: how many seconds a step may take, after which it is done by lot; None: as long as it takes.
        starting_sides: both sides of maps of the game; none where there is no choice.
    """

    pool: tuple[VetoOption, ...]
    template: VetoTemplate | None = VetoTemplate.STANDARD
    has_sides: bool = False
    sequences: tuple[VetoSequence, ...] = ()
    beginner: VetoBeginner = VetoBeginner.HIGHER_SEED
    step_s: int | None = None
    starting_sides: tuple[VetoOption, ...] = ()
