"""The steps of vetoes: what the templates are, and which sequences of one's own are possible."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import InvalidInput
from domain.kernel.veto import (
    VetoOption,
    VetoPlan,
    VetoSequence,
    VetoStep,
    VetoStepKind,
    VetoTemplate,
    VetoTurn,
)
from domain.vetoes.rules.plans import MAX_POOL, checked_plan, course_of, template_steps

A, B = VetoTurn
SIDES = (VetoOption("attack", "Attack"), VetoOption("defense", "Defense"))


def steps(text: str) -> tuple[VetoStep, ...]:
    """Steps as `A ban, B side, decider`."""
    made = []
    for each in text.split(", "):
        *turn, kind = each.split()
        made.append(VetoStep(VetoStepKind(kind.upper()), VetoTurn(turn[0]) if turn else None))
    return tuple(made)


def pool(size: int) -> tuple[VetoOption, ...]:
    return tuple(VetoOption(f"map-{number}", f"Map {number}") for number in range(1, size + 1))


@pytest.mark.parametrize(
    ("template", "size", "best_of", "expected"),
    [
        ("STANDARD", 7, 1, "A ban, B ban, A ban, B ban, A ban, B ban, decider"),
        ("STANDARD", 7, 3, "A ban, B ban, A pick, B pick, A ban, B ban, decider"),
        ("STANDARD", 7, 5, "A ban, B ban, A pick, B pick, A pick, B pick, decider"),
        ("STANDARD", 7, 7, "A pick, B pick, A pick, B pick, A pick, B pick, decider"),
        ("STANDARD", 4, 3, "A ban, B pick, A pick, decider"),
        ("BANS_FIRST", 7, 3, "A ban, B ban, A ban, B ban, A pick, B pick, decider"),
        ("BANS_FIRST", 1, 1, "decider"),
        ("STRIKE", 5, 1, "A ban, B ban, B ban, A ban, decider"),
        ("STRIKE", 4, 1, "A ban, B ban, B ban, decider"),
        ("STRIKE", 9, 1, "A ban, B ban, B ban, A ban, A ban, B ban, B ban, A ban, decider"),
        ("STRIKE", 5, 3, "A ban, B ban, B pick, A pick, decider"),
    ],
)
def test_well_known_templates(template: str, size: int, best_of: int, expected: str) -> None:
    assert template_steps(VetoTemplate(template), size, best_of) == steps(expected)


def test_a_template_with_starting_sides() -> None:
    """The other side chooses where it starts; for the decider, who would be next."""
    expected = "A ban, B ban, A pick, B side, B pick, A side, A ban, B ban, decider, A side"
    assert template_steps(VetoTemplate.STANDARD, 7, 3, has_sides=True) == steps(expected)


def check(plan: VetoPlan, *lengths: int, sides: Any = SIDES) -> VetoPlan:
    return checked_plan(plan, lengths or (3,), {"ascent": "Ascent"}, sides, "stages", "0", "veto")


@given(
    st.sampled_from(VetoTemplate),
    st.integers(1, MAX_POOL),
    st.integers(0, MAX_POOL // 2).map(lambda half: 2 * half + 1),
    st.booleans(),
)
def test_templates_are_possible_sequences(template: VetoTemplate, size: int, best_of: int, has_sides: bool) -> None:
    """Whatever the sizes: as a sequence of one's own it would be allowed, and sides take turns, or two and two."""
    if best_of > size:
        with pytest.raises(InvalidInput, match="needs a pool of as many"):
            check(VetoPlan(pool=pool(size), template=template), best_of)
        return
    made = template_steps(template, size, best_of, has_sides=has_sides)
    check(VetoPlan(pool=pool(size), template=None, sequences=(VetoSequence(best_of, made),)), best_of)
    turns = [step.turn for step in made if step.kind in (VetoStepKind.BAN, VetoStepKind.PICK)]
    order = (A, B, B, A) if template is VetoTemplate.STRIKE else (A, B, A, B)
    assert turns == [order[number % 4] for number in range(len(turns))]


def test_a_plan_gets_its_names_and_sides_from_the_catalogue() -> None:
    plan = check(VetoPlan(pool=(VetoOption("ascent"), VetoOption("own", "Our Own"))), 1)
    assert plan.pool == (VetoOption("ascent", "Ascent"), VetoOption("own", "Our Own"))
    assert plan.starting_sides == SIDES
    assert check(plan, 1) == plan


def test_steps_follow_the_length_of_the_match() -> None:
    own = VetoSequence(1, steps("A ban, B ban, B ban, A ban, decider"))
    plan = check(VetoPlan(pool=pool(5), sequences=(own,)), 1, 3)
    assert course_of(plan, 1, (1, 1)).steps == own.steps
    assert course_of(plan, 3, (2, 2)).steps == steps("A ban, B ban, A pick, B pick, decider")


WRONG: list[tuple[dict[str, Any], tuple[str, ...], str]] = [
    ({"pool": ()}, ("pool",), "1 to 32"),
    ({"pool": pool(33)}, ("pool",), "1 to 32"),
    ({"pool": (*pool(2), VetoOption("map-1", "Again"))}, ("pool",), "once"),
    ({"pool": (*pool(2), VetoOption("Map 3", "Map"))}, ("pool", "2", "slug"), "small letters"),
    ({"pool": (*pool(2), VetoOption("nowhere"))}, ("pool", "2", "name"), "catalogue does not have 'nowhere'"),
    ({"pool": (*pool(2), VetoOption("own", "x" * 61))}, ("pool", "2", "name"), "1 to 60"),
    ({"pool": (*pool(2), VetoOption("own", "a\nb"))}, ("pool", "2", "name"), "printable"),
    ({"pool": pool(2)}, ("pool",), "needs a pool of as many options; this one has 2"),
    ({"step_s": 9}, ("stepSeconds",), "10 to 3600"),
    ({"step_s": 3601}, ("stepSeconds",), "10 to 3600"),
    ({"template": None}, ("sequences",), "best of 3 have no steps"),
    ({"sequences": (VetoSequence(5, steps("decider")),)}, ("sequences",), "best of 3"),
    ({"sequences": (VetoSequence(3, steps("A pick, B pick, A pick")),) * 2}, ("sequences",), "once"),
]


@pytest.mark.parametrize(("given_plan", "path", "message"), WRONG)
def test_plans_that_do_not_work(given_plan: dict[str, Any], path: tuple[str, ...], message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        check(VetoPlan(**{"pool": pool(7), **given_plan}))
    assert caught.value.path == ("stages", "0", "veto", *path)


def test_without_starting_sides_none_are_chosen() -> None:
    with pytest.raises(InvalidInput, match="no starting sides") as caught:
        check(VetoPlan(pool=pool(3), has_sides=True), sides=())
    assert caught.value.path[-1] == "hasSides"


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("ban, A pick, B pick, A pick", "0", "turn of A or of B"),
        ("A ban, B ban, A pick, B pick, A decider", "4", "except a decider"),
        ("A side, A pick, B pick, A pick", "0", "right after a pick"),
        ("A pick, A side, B pick, A pick", "1", "who did not pick"),
        ("A pick, B side, A side, B pick", "2", "right after a pick"),
        ("A ban, B ban, A pick, decider, B pick", "3", "there are 2"),
        ("A ban, B ban, A pick, B pick, decider, A ban", "5", "decider comes last"),
        ("A pick, B pick, A pick, B ban, A ban, B ban", "5", "no option is left"),
        ("A pick, B pick", None, "these steps give 2"),
        ("A pick, B pick, A pick, B pick", None, "these steps give 4"),
        (", ".join(["A ban"] * 65), None, "1 to 64"),
    ],
)
def test_sequences_that_are_not_possible(text: str, place: str | None, message: str) -> None:
    plan = VetoPlan(pool=pool(5), template=None, sequences=(VetoSequence(3, steps(text)),))
    with pytest.raises(InvalidInput, match=message) as caught:
        check(plan)
    path = ("stages", "0", "veto", "sequences", "0", "steps")
    assert caught.value.path == (path if place is None else (*path, place))
