"""Which steps the veto of a match has, and whether a plan works for every match of its stage."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import cycle

from domain.kernel.errors import InvalidInput
from domain.kernel.veto import (
    CounterPicks,
    VetoOption,
    VetoPlan,
    VetoSequence,
    VetoStep,
    VetoStepKind,
    VetoTemplate,
    VetoTurn,
)
from domain.vetoes.rules.counter_picks import needed_options
from domain.vetoes.values import VetoCourse

MAX_POOL = 32
MAX_STEPS = 2 * MAX_POOL
MIN_STEP_S = 10
MAX_STEP_S = 3600
_MAX_NAME = 60
_MAX_BANS = 8
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def course_of(plan: VetoPlan, best_of: int, games_to_win: tuple[int, int]) -> VetoCourse:
    """The veto of a match of this length, one of those for which the plan was checked.

    `games_to_win` says how many of its games A and B have to win.
    """
    picks = plan.counter_picks if best_of > 1 else None
    steps = _steps(plan, best_of if picks is None else 1, best_of)
    return VetoCourse(plan.pool, plan.starting_sides, steps, picks, plan.has_sides, games_to_win)


def _steps(plan: VetoPlan, played: int, best_of: int) -> tuple[VetoStep, ...]:
    """The steps in which so many options come out, for a match of this length."""
    for sequence in plan.sequences:
        if sequence.best_of == best_of:
            return sequence.steps
    assert plan.template is not None
    return template_steps(plan.template, len(plan.pool), played, has_sides=plan.has_sides)


def template_steps(
    template: VetoTemplate, pool_size: int, best_of: int, *, has_sides: bool = False
) -> tuple[VetoStep, ...]:
    """The steps of a template, for a pool of at least as many options as the match has games.

    The sides take turns, A first; to strike, with two steps in a row after the first. With `has_sides` the other side
    than the one that picked chooses where it starts; for the decider it is the side whose turn would be next.
    """
    bans, picks = pool_size - best_of, best_of - 1
    opening = min(2, bans) if template is VetoTemplate.STANDARD else bans
    kinds = [
        *[VetoStepKind.BAN] * opening,
        *[VetoStepKind.PICK] * picks,
        *[VetoStepKind.BAN] * (bans - opening),
    ]
    a, b = VetoTurn
    turns = cycle((a, b, b, a) if template is VetoTemplate.STRIKE else (a, b))
    steps: list[VetoStep] = []
    for kind, turn in zip(kinds, turns, strict=False):
        steps.append(VetoStep(kind, turn))
        if has_sides and kind is VetoStepKind.PICK:
            steps.append(VetoStep(VetoStepKind.SIDE, turn.other))
    steps.append(VetoStep(VetoStepKind.DECIDER))
    if has_sides:
        steps.append(VetoStep(VetoStepKind.SIDE, next(turns)))
    return tuple(steps)


def checked_plan(
    plan: VetoPlan,
    lengths: Collection[int],
    known: Mapping[str, str],
    starting_sides: Sequence[VetoOption],
    *path: str,
) -> VetoPlan:
    """A plan that works for matches of all these lengths, with the names and sides that the catalogue has.

    Args:
        plan: the plan as it was given.
        lengths: how many games the matches of the stage can have at most.
        known: the names of the options of the game, by slug.
        starting_sides: the two sides of its maps, or none.
        path: the input field of the plan.

    Raises:
        InvalidInput: it does not; `path` leads to the field that is wrong.
    """
    if plan.step_s is not None and not MIN_STEP_S <= plan.step_s <= MAX_STEP_S:
        raise InvalidInput(f"A step may take {MIN_STEP_S} to {MAX_STEP_S} seconds.", *path, "stepSeconds")
    pool = _checked_pool(plan.pool, known, *path, "pool")
    plan = replace(plan, pool=pool, starting_sides=tuple(starting_sides))
    given = [sequence.best_of for sequence in plan.sequences]
    if len(set(given)) < len(given) or not set(given) <= set(lengths):
        can_be = ", ".join(str(length) for length in sorted(lengths))
        message = f"Give steps once for a length that matches of this stage can have: best of {can_be}."
        raise InvalidInput(message, *path, "sequences")
    for place, sequence in enumerate(plan.sequences):
        _require_possible(plan, sequence, *path, "sequences", str(place), "steps")
    _require_template(plan, [length for length in sorted(lengths) if length not in given], *path)
    if plan.has_sides and not starting_sides and (plan.counter_picks or set(lengths) - set(given)):
        raise InvalidInput("In this game there are no starting sides to choose from.", *path, "hasSides")
    if plan.counter_picks is None:
        return plan
    return replace(plan, counter_picks=_checked_counter_picks(plan, max(lengths), known, *path, "counterPicks"))


def _checked_counter_picks(plan: VetoPlan, best_of: int, known: Mapping[str, str], *path: str) -> CounterPicks:
    """Counter-picks with which something is left to pick in every game of matches of at most this length."""
    picks = plan.counter_picks
    assert picks is not None
    if not 0 <= picks.bans <= _MAX_BANS:
        raise InvalidInput(f"The other side bans 0 to {_MAX_BANS} options for a game.", *path, "bans")
    if (best_of - 1) * (picks.bans + 1 + plan.has_sides) > MAX_STEPS:
        raise InvalidInput(f"In a best of {best_of} that makes more than {MAX_STEPS} steps.", *path)
    added = _checked_pool((*plan.pool, *picks.added_pool), known, *path, "addedPool", known_before=len(plan.pool))
    needed = needed_options(picks, best_of)
    if len(plan.pool) + len(added) < needed:
        message = f"For a best of {best_of} these need {needed} options; pool and added pool have fewer together."
        raise InvalidInput(message, *path)
    return replace(picks, added_pool=added)


def _checked_pool(
    pool: Sequence[VetoOption], known: Mapping[str, str], *path: str, known_before: int = 0
) -> tuple[VetoOption, ...]:
    """The options of a pool with their names. The first `known_before` have been checked, and are left out."""
    if not 1 <= len(pool) <= MAX_POOL:
        raise InvalidInput(f"A pool has 1 to {MAX_POOL} options.", *path)
    if len({option.slug for option in pool}) < len(pool):
        raise InvalidInput("Every option is in the pool once.", *path)
    return tuple(_named(option, known, *path, str(place)) for place, option in enumerate(pool[known_before:]))


def _named(option: VetoOption, known: Mapping[str, str], *path: str) -> VetoOption:
    if not _SLUG.fullmatch(option.slug):
        message = "The short name of an option has 1 to 40 small letters, digits and inner hyphens."
        raise InvalidInput(message, *path, "slug")
    name = option.name or known.get(option.slug, "")
    if not name:
        message = f"The catalogue does not have {option.slug!r} for this game; say what people call it in `name`."
        raise InvalidInput(message, *path, "name")
    if len(name) > _MAX_NAME or not name.isprintable() or name != name.strip():
        raise InvalidInput(f"A name has 1 to {_MAX_NAME} printable characters.", *path, "name")
    return VetoOption(option.slug, name)


def _require_template(plan: VetoPlan, lengths: Sequence[int], *path: str) -> None:
    if not lengths:
        return
    if plan.template is None:
        message = f"Matches of best of {lengths[0]} have no steps; give them, or a template."
        raise InvalidInput(message, *path, "sequences")
    if len(plan.pool) < lengths[-1] and plan.counter_picks is None:
        message = f"A match of best of {lengths[-1]} needs a pool of as many options; this one has {len(plan.pool)}."
        raise InvalidInput(message, *path, "pool")


def _require_possible(plan: VetoPlan, sequence: VetoSequence, *path: str) -> None:
    if not 1 <= len(sequence.steps) <= MAX_STEPS:
        raise InvalidInput(f"A veto has 1 to {MAX_STEPS} steps.", *path)
    for place, problem in _problems(sequence.steps, len(plan.pool), has_sides=bool(plan.starting_sides)):
        raise InvalidInput(f"Step {place + 1}: {problem}", *path, str(place))
    played = sum(step.kind in (VetoStepKind.PICK, VetoStepKind.DECIDER) for step in sequence.steps)
    if plan.counter_picks is not None and played != 1:
        raise InvalidInput(f"With counter-picks the steps settle the first game; these give {played} options.", *path)
    if plan.counter_picks is None and played != sequence.best_of:
        message = f"A match of best of {sequence.best_of} needs as many options; these steps give {played}."
        raise InvalidInput(message, *path)


def _problems(steps: Sequence[VetoStep], pool_size: int, *, has_sides: bool) -> Iterator[tuple[int, str]]:
    """What is wrong with steps, each with its place from 0."""
    left = pool_size
    before: VetoStep | None = None
    is_decided = False
    for place, step in enumerate(steps):
        if (step.turn is None) is not (step.kind is VetoStepKind.DECIDER):
            yield place, "a step is the turn of A or of B, except a decider, which is nobody's."
        elif step.kind is VetoStepKind.SIDE:
            if before is None or before.kind not in (VetoStepKind.PICK, VetoStepKind.DECIDER):
                yield place, "a starting side is chosen right after a pick or the decider."
            elif before.turn is step.turn:
                yield place, "the starting side is chosen by who did not pick."
            elif not has_sides:
                yield place, "in this game there are no starting sides to choose from."
        elif is_decided:
            yield place, "the decider comes last; only its starting side is chosen after it."
        elif step.kind is VetoStepKind.DECIDER and left != 1:
            yield place, f"one option has to be left over for the decider, and there are {left}."
        elif left == 0:
            yield place, "no option is left."
        else:
            left -= 1
        is_decided = is_decided or step.kind is VetoStepKind.DECIDER
        before = step
