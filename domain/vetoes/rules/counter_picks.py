"""Later games that are picked one by one: who picks, in which steps, and of what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from domain.kernel.veto import (
    CounterPicker,
    CounterPicks,
    VetoOption,
    VetoRepeats,
    VetoStep,
    VetoStepKind,
    VetoTurn,
)
from domain.vetoes.values import VetoCourse

Winners = Sequence[VetoTurn | None]
"""Who won each game of a match that is told, in order; None for a drawn one."""


def goes_on(course: VetoCourse, winners: Winners) -> bool:
    """Whether another game is picked after games with these winners."""
    if course.counter_picks is None:
        return False
    return all(winners.count(turn) < needed for turn, needed in zip(VetoTurn, course.games_to_win, strict=True))


def picker_of(course: VetoCourse, winners: Winners) -> VetoTurn:
    """Who picks the game after games with these winners, at least one, none of them drawn."""
    given, winner = _given(course), winners[-1]
    assert winner is not None
    if given.picker is CounterPicker.ALTERNATE:
        return VetoTurn.B if len(winners) % 2 else VetoTurn.A
    return winner if given.picker is CounterPicker.WINNER else winner.other


def steps_of(course: VetoCourse, picker: VetoTurn) -> tuple[VetoStep, ...]:
    """What happens before a later game: the other side bans, the picker picks, the other chooses where it starts."""
    bans = [VetoStep(VetoStepKind.BAN, picker.other)] * _given(course).bans
    sides = [VetoStep(VetoStepKind.SIDE, picker.other)] * course.has_sides
    return (*bans, VetoStep(VetoStepKind.PICK, picker), *sides)


def pickable(
    course: VetoCourse, picker: VetoTurn, played: Iterable[tuple[VetoOption, VetoTurn | None]]
) -> tuple[VetoOption, ...]:
    """What a side may pick in a later game before anything is banned for it, if this was played, and won by whom."""
    repeats = _given(course).repeats
    out = {
        option
        for option, winner in played
        if repeats is VetoRepeats.NOT_PLAYED or (repeats is VetoRepeats.NOT_WON and winner is picker)
    }
    return tuple(option for option in course.options if option not in out)


def needed_options(given: CounterPicks, best_of: int) -> int:
    """How many options it takes so that in every game of a match of this length something is left to pick.

    Before its last game each side has won half of those before at most.
    """
    most_out = {
        VetoRepeats.ALLOWED: 0,
        VetoRepeats.NOT_WON: (best_of - 1) // 2,
        VetoRepeats.NOT_PLAYED: best_of - 1,
    }
    return most_out[given.repeats] + given.bans + 1


def _given(course: VetoCourse) -> CounterPicks:
    assert course.counter_picks is not None
    return course.counter_picks
