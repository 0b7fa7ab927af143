"""Which steps the veto of a match has, and whether a plan works for every match of its stage."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import cycle

from domain.kernel.errors import InvalidInput
from domain.kernel.veto import VetoOption, VetoPlan, VetoSequence, VetoStep, VetoStepKind, VetoTemplate, VetoTurn
from domain.vetoes.values import VetoCourse

MAX_POOL = 32
MAX_STEPS = 2 * MAX_POOL
MIN_STEP_S = 10
MAX_STEP_S = 3600
_MAX_NAME = 60
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def course_of(plan: VetoPlan, best_of: int) -> VetoCourse:
    """The veto of a match of this length, one of those for which the plan was checked."""
    for sequence in plan.sequences:
        if sequence.best_of == best_of:
            return VetoCourse(plan.pool, plan.starting_sides, sequence.steps)
    assert plan.template is not None
    steps = template_steps(plan.template, len(plan.pool), best_of, has_sides=plan.has_sides)
    return VetoCourse(plan.pool, plan.starting_sides, steps)


def template_steps(
    template: VetoTemplate, pool_size: int, best_of: int, *, has_sides: bool = False
) -> tuple[VetoStep, ...]:
    """The steps of a template, for a pool of at least as many options as the match has games.

    The sides take turns, A first. With `has_sides` the other side than the one that picked chooses where it starts; for
    the decider it is the side whose turn would be next.
    """
    bans, picks = pool_size - best_of, best_of - 1
    opening = min(2, bans) if template is VetoTemplate.STANDARD else bans
    kinds = [
        *[VetoStepKind.BAN] * opening,
        *[VetoStepKind.PICK] * picks,
        *[VetoStepKind.BAN] * (bans - opening),
    ]
    turns = cycle(VetoTurn)
    steps: list[VetoStep] = []
    for kind, turn in zip(kinds, turns, strict=False):
        steps.append(VetoStep(kind, turn))
        if has_sides and kind is VetoStepKind.PICK:
            steps.append(VetoStep(VetoStepKind.SIDE, turn.other))
    steps.append(VetoStep(VetoStepKind.DECIDER))
    if has_sides:
        steps.append(VetoStep(VetoStepKind.SIDE, VetoTurn.A if len(kinds) % 2 == 0 else VetoTurn.B))
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
    given = [sequence.best_of for sequence in plan.sequences]
    if len(set(given)) < len(given) or not set(given) <= set(lengths):
        can_be = ", ".join(str(length) for length in sorted(lengths))
        message = f"Give steps once for a length that matches of this stage can have: best of {can_be}."
        raise InvalidInput(message, *path, "sequences")
    for place, sequence in enumerate(plan.sequences):
        _require_possible(sequence, len(pool), bool(starting_sides), *path, "sequences", str(place), "steps")
    _require_template(plan, [length for length in sorted(lengths) if length not in given], starting_sides, *path)
    return replace(plan, pool=pool, starting_sides=tuple(starting_sides))


def _checked_pool(pool: Sequence[VetoOption], known: Mapping[str, str], *path: str) -> tuple[VetoOption, ...]:
    if not 1 <= len(pool) <= MAX_POOL:
        raise InvalidInput(f"A pool has 1 to {MAX_POOL} options.", *path)
    if len({option.slug for option in pool}) < len(pool):
        raise InvalidInput("Every option is in the pool once.", *path)
    return tuple(_named(option, known, *path, str(place)) for place, option in enumerate(pool))


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


def _require_template(plan: VetoPlan, lengths: Sequence[int], starting_sides: Sequence[VetoOption], *path: str) -> None:
    if not lengths:
        return
    if plan.template is None:
        message = f"Matches of best of {lengths[0]} have no steps; give them, or a template."
        raise InvalidInput(message, *path, "sequences")
    if len(plan.pool) < lengths[-1]:
        message = f"A match of best of {lengths[-1]} needs a pool of as many options; this one has {len(plan.pool)}."
        raise InvalidInput(message, *path, "pool")
    if plan.has_sides and not starting_sides:
        raise InvalidInput("In this game there are no starting sides to choose from.", *path, "hasSides")


def _require_possible(sequence: VetoSequence, pool_size: int, has_sides: bool, *path: str) -> None:  # noqa: FBT001
    if not 1 <= len(sequence.steps) <= MAX_STEPS:
        raise InvalidInput(f"A veto has 1 to {MAX_STEPS} steps.", *path)
    for place, problem in _problems(sequence.steps, pool_size, has_sides=has_sides):
        raise InvalidInput(f"Step {place + 1}: {problem}", *path, str(place))
    played = sum(step.kind in (VetoStepKind.PICK, VetoStepKind.DECIDER) for step in sequence.steps)
    if played != sequence.best_of:
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
