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
    the picks, then what is left over. STRIKE: as BANS_FIRST, but after the first step each side has two in a row, as
    stages are struck in fighting games.
    """

    STANDARD = "STANDARD"
    BANS_FIRST = "BANS_FIRST"
    STRIKE = "STRIKE"


class CounterPicker(StrEnum):
    """Who picks what is played in a later game, where each is picked by itself.

    LOSER and WINNER are those of the game before. ALTERNATE: B in the second game, A in the third, and so on.
    """

    LOSER = "LOSER"
    WINNER = "WINNER"
    ALTERNATE = "ALTERNATE"


class VetoRepeats(StrEnum):
    """What may be picked again in a later game of the same match.

    ALLOWED: everything. NOT_WON: nothing that the side that picks has won a game on. NOT_PLAYED: nothing that was
    played.
    """

    ALLOWED = "ALLOWED"
    NOT_WON = "NOT_WON"
    NOT_PLAYED = "NOT_PLAYED"


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
class CounterPicks:
    """How each game after the first is picked, once it is known who won the one before.

    Attributes:
        picker: who picks.
        bans: how many options the other side bans for this game before.
        repeats: what may be picked again.
        added_pool: what there is to choose from in these games beside the pool.
    """

    picker: CounterPicker = CounterPicker.LOSER
    bans: int = 1
    repeats: VetoRepeats = VetoRepeats.NOT_WON
    added_pool: tuple[VetoOption, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VetoPlan:
    """How the sides of the matches of a stage choose what is played.

    Attributes:
        pool: what there is to choose from, in the order in which it is shown.
        template: the steps of matches whose length is in no sequence; None when all lengths are.
        has_sides: whether by the template a starting side is chosen after each pick and for the decider, and after each
            counter-pick.
        sequences: steps for matches of some lengths.
        beginner: who is A.
        step_s: how many seconds a step may take, after which it is done by lot; None: as long as it takes.
        starting_sides: both sides of maps of the game; none where there is no choice.
        counter_picks: how later games are picked, one by one; template and sequences are for the first game alone then.
            None: they are for all games.
    """

    pool: tuple[VetoOption, ...]
    template: VetoTemplate | None = VetoTemplate.STANDARD
    has_sides: bool = False
    sequences: tuple[VetoSequence, ...] = ()
    beginner: VetoBeginner = VetoBeginner.HIGHER_SEED
    step_s: int | None = None
    starting_sides: tuple[VetoOption, ...] = ()
    counter_picks: CounterPicks | None = None
