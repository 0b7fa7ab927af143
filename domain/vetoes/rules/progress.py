"""What has come of a veto so far: its choices, taken one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from domain.kernel.veto import VetoOption, VetoStep, VetoStepKind, VetoTurn
from domain.vetoes.errors import OptionGone, UnknownOption, VetoOver
from domain.vetoes.rules import counter_picks
from domain.vetoes.rules.counter_picks import Winners
from domain.vetoes.values import VetoChoice, VetoCourse


@dataclass(frozen=True, slots=True)
class KnownStep:
    """A step of which it is known whose it is, and the game for which it is done; 1 for those before the match."""

    step: VetoStep
    game: int = 1


@dataclass(frozen=True, slots=True)
class DoneStep:
    """A step with what was chosen in it. A decider is done by itself."""

    step: VetoStep
    option: VetoOption
    at: datetime
    is_automatic: bool


@dataclass(frozen=True, slots=True)
class VetoMap:
    """What is played in one game of the match, by whose pick, on which side who chose it starts, and who won."""

    option: VetoOption
    picked_by: VetoTurn | None
    chooser: VetoTurn | None = None
    starting_side: VetoOption | None = None
    winner: VetoTurn | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a veto is.

    Attributes:
        course: the veto before anybody has chosen.
        steps: those that are known, done or not: of a later game that is picked by itself, once it is known who won
            the one before.
        done: those that are done.
        left: what nobody has banned or picked, and in a later game may be picked in it, in the order of the pool.
        after: who won the games before the last of the steps, as `VetoChoice` has it.
        winners: who won each game that is told.
    """

    course: VetoCourse
    steps: tuple[KnownStep, ...]
    done: tuple[DoneStep, ...]
    left: tuple[VetoOption, ...]
    after: str = ""
    winners: tuple[VetoTurn | None, ...] = ()

    @property
    def next_step(self) -> VetoStep | None:
        """The step that somebody has to do now; None when none is to be done."""
        return None if self.is_complete else self.steps[len(self.done)].step

    @property
    def is_complete(self) -> bool:
        """Whether all steps are done that are known."""
        return len(self.done) == len(self.steps)

    def covers(self, games: int) -> bool:
        """Whether it is settled on what so many games are played, or the first; without counter-picks, all of them."""
        open_game = len(self.maps) + 1 if self.is_complete else self.steps[len(self.done)].game
        return open_game > max(games, 1)

    @property
    def choosable(self) -> tuple[VetoOption, ...]:
        """What can be chosen now."""
        step = self.next_step
        if step is None:
            return ()
        return self.course.starting_sides if step.kind is VetoStepKind.SIDE else self.left

    @property
    def maps(self) -> tuple[VetoMap, ...]:
        """What is played, in the order of the games."""
        found: list[VetoMap] = []
        for each in self.done:
            if each.step.kind is VetoStepKind.SIDE:
                found[-1] = replace(found[-1], chooser=each.step.turn, starting_side=each.option)
            elif each.step.kind is not VetoStepKind.BAN:
                winner = self.winners[len(found)] if len(found) < len(self.winners) else None
                found.append(VetoMap(each.option, each.step.turn, winner=winner))
        return tuple(found)


def progress_of(
    course: VetoCourse, choices: Sequence[VetoChoice], opened_at: datetime, winners: Winners = ()
) -> Progress:
    """What these choices have led to, of which those count that were made after games with these winners.

    Raises:
        VetoOver, OptionGone, UnknownOption: one of them was not possible.
    """
    start = Progress(course, tuple(KnownStep(step) for step in course.steps), (), course.pool, winners=tuple(winners))
    progress = _through(_decided(start, opened_at), choices)
    for game in range(1, len(winners) + 1):
        if not progress.is_complete or not counter_picks.goes_on(course, winners[:game]):
            break
        progress = _through(_in_next_game(progress, winners[:game]), choices)
    return progress


def checked_choice(progress: Progress, slug: str) -> VetoOption:
    """The option or starting side of this name, if it can be chosen now.

    Raises:
        VetoOver: no step is to be done.
        OptionGone: it was banned or picked before, or cannot be picked in this game.
        UnknownOption: it is nothing that this step is about.
    """
    step = progress.next_step
    if step is None:
        raise VetoOver
    for option in progress.choosable:
        if option.slug == slug:
            return option
    is_side = step.kind is VetoStepKind.SIDE
    gone = [option for option in progress.course.options if option.slug == slug and not is_side]
    if gone:
        raise OptionGone(gone[0].name)
    raise UnknownOption(", ".join(option.slug for option in progress.choosable))


def drawn_choice(progress: Progress, lot: int) -> VetoOption:
    """What is chosen for who has not chosen in time: by the lot of the veto, the same whenever it is asked."""
    digest = sha256(f"{lot}:{len(progress.done)}".encode()).digest()
    return progress.choosable[int.from_bytes(digest) % len(progress.choosable)]


def without_last(choices: Sequence[VetoChoice], after: str, *, is_all: bool) -> list[VetoChoice]:
    """The choices without the last of those after these games, or all of them, and without what came after them.

    What was chosen for later games goes with it, also after games that others were said to have won.
    """
    own = [place for place, choice in enumerate(choices) if choice.after == after]
    taken_back = set(own if is_all else own[-1:])
    return [
        choice
        for place, choice in enumerate(choices)
        if place not in taken_back and not (own and choice.after != after and choice.after.startswith(after))
    ]


def _through(progress: Progress, choices: Sequence[VetoChoice]) -> Progress:
    """The same after those of the choices that were made after the same games."""
    for choice in choices:
        if choice.after == progress.after:
            progress = _decided(_after(progress, choice), choice.at)
    return progress


def _in_next_game(progress: Progress, winners: Winners) -> Progress:
    """The same when it is known who won the games before the next one: its steps, and what may be picked in it."""
    picker = counter_picks.picker_of(progress.course, winners)
    played = [(one.option, one.winner) for one in progress.maps]
    steps = counter_picks.steps_of(progress.course, picker)
    return replace(
        progress,
        steps=(*progress.steps, *(KnownStep(step, len(winners) + 1) for step in steps)),
        left=counter_picks.pickable(progress.course, picker, played),
        after="".join(winner for winner in winners if winner is not None),
    )


def _after(progress: Progress, choice: VetoChoice) -> Progress:
    option = checked_choice(progress, choice.option)
    step = progress.steps[len(progress.done)].step
    return _with(progress, DoneStep(step, option, choice.at, choice.is_automatic))


def _decided(progress: Progress, at: datetime) -> Progress:
    """The same after the decider, if that is what comes next."""
    step = progress.next_step
    if step is None or step.kind is not VetoStepKind.DECIDER:
        return progress
    return _with(progress, DoneStep(step, progress.left[0], at, is_automatic=True))


def _with(progress: Progress, done: DoneStep) -> Progress:
    left = progress.left
    if done.step.kind is not VetoStepKind.SIDE:
        left = tuple(option for option in left if option != done.option)
    return replace(progress, done=(*progress.done, done), left=left)
