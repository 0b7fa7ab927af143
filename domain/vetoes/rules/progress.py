"""What has come of a veto so far: its choices, taken one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from domain.kernel.veto import VetoOption, VetoStep, VetoStepKind, VetoTurn
from domain.vetoes.errors import OptionGone, UnknownOption, VetoOver
from domain.vetoes.values import VetoChoice, VetoCourse


@dataclass(frozen=True, slots=True)
class DoneStep:
    """A step with what was chosen in it. A decider is done by itself."""

    step: VetoStep
    option: VetoOption
    at: datetime
    is_automatic: bool


@dataclass(frozen=True, slots=True)
class VetoMap:
    """What is played in one game of the match, by whose pick, and on which side who chose it starts."""

    option: VetoOption
    picked_by: VetoTurn | None
    chooser: VetoTurn | None = None
    starting_side: VetoOption | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a veto is. `left` is what nobody has banned or picked, in the order of the pool."""

    course: VetoCourse
    done: tuple[DoneStep, ...]
    left: tuple[VetoOption, ...]

    @property
    def next_step(self) -> VetoStep | None:
        """The step that somebody has to do now; None when all are done."""
        return None if self.is_complete else self.course.steps[len(self.done)]

    @property
    def is_complete(self) -> bool:
        """Whether all steps are done."""
        return len(self.done) == len(self.course.steps)

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
                found[-1] = VetoMap(found[-1].option, found[-1].picked_by, each.step.turn, each.option)
            elif each.step.kind is not VetoStepKind.BAN:
                found.append(VetoMap(each.option, each.step.turn))
        return tuple(found)


def progress_of(course: VetoCourse, choices: Sequence[VetoChoice], opened_at: datetime) -> Progress:
    """What these choices have led to.

    Raises:
        VetoOver, OptionGone, UnknownOption: one of them was not possible.
    """
    progress = _decided(Progress(course, (), course.pool), opened_at)
    for choice in choices:
        progress = _decided(_after(progress, choice), choice.at)
    return progress


def checked_choice(progress: Progress, slug: str) -> VetoOption:
    """The option or starting side of this name, if it can be chosen now.

    Raises:
        VetoOver: all steps are done.
        OptionGone: it was banned or picked before.
        UnknownOption: it is nothing that this step is about.
    """
    if progress.is_complete:
        raise VetoOver
    for option in progress.choosable:
        if option.slug == slug:
            return option
    is_side = progress.course.steps[len(progress.done)].kind is VetoStepKind.SIDE
    gone = [option for option in progress.course.pool if option.slug == slug and not is_side]
    if gone:
        raise OptionGone(gone[0].name)
    raise UnknownOption(", ".join(option.slug for option in progress.choosable))


def drawn_choice(progress: Progress, lot: int) -> VetoOption:
    """What is chosen for who has not chosen in time: by the lot of the veto, the same whenever it is asked."""
    digest = sha256(f"{lot}:{len(progress.done)}".encode()).digest()
    return progress.choosable[int.from_bytes(digest) % len(progress.choosable)]


def _after(progress: Progress, choice: VetoChoice) -> Progress:
    option = checked_choice(progress, choice.option)
    step = progress.course.steps[len(progress.done)]
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
    return Progress(progress.course, (*progress.done, done), left)
