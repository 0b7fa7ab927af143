"""What choices lead to: enough comes out, nothing twice, and what is not possible is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import DomainError
from domain.kernel.veto import VetoOption, VetoStep, VetoStepKind, VetoTemplate, VetoTurn
from domain.vetoes.errors import OptionGone, UnknownOption, VetoOver
from domain.vetoes.rules.plans import template_steps
from domain.vetoes.rules.progress import Progress, VetoMap, drawn_choice, progress_of
from domain.vetoes.values import VetoChoice, VetoCourse

OPENED = datetime(2026, 5, 1, 18, tzinfo=UTC)
SIDES = (VetoOption("attack", "Attack"), VetoOption("defense", "Defense"))
KINDS = VetoStepKind


def course(size: int, best_of: int, *, has_sides: bool = False) -> VetoCourse:
    pool = tuple(VetoOption(f"map-{number}", f"Map {number}") for number in range(1, size + 1))
    return VetoCourse(pool, SIDES, template_steps(VetoTemplate.STANDARD, size, best_of, has_sides=has_sides))


@st.composite
def possible(draw: st.DrawFn) -> VetoCourse:
    """A veto as organizers can make it: bans and picks of anybody in any order."""
    size = draw(st.integers(1, 9))
    has_decider = draw(st.booleans())
    kinds = draw(st.lists(st.sampled_from([KINDS.BAN, KINDS.PICK]), min_size=size - 1, max_size=size - 1))
    steps: list[VetoStep] = []
    for kind in kinds if has_decider else [*kinds, KINDS.PICK]:
        turn = draw(st.sampled_from(VetoTurn))
        steps.append(VetoStep(kind, turn))
        if kind is KINDS.PICK and draw(st.booleans()):
            steps.append(VetoStep(KINDS.SIDE, turn.other))
    if has_decider:
        steps.append(VetoStep(KINDS.DECIDER))
        if draw(st.booleans()):
            steps.append(VetoStep(KINDS.SIDE, draw(st.sampled_from(VetoTurn))))
    pool = tuple(VetoOption(f"map-{number}", f"Map {number}") for number in range(1, size + 1))
    return VetoCourse(pool, SIDES, tuple(steps))


def choices_of(slugs: list[str]) -> list[VetoChoice]:
    return [VetoChoice(slug, OPENED + timedelta(seconds=number)) for number, slug in enumerate(slugs)]


def reached(given_course: VetoCourse, slugs: list[str]) -> Progress:
    return progress_of(given_course, choices_of(slugs), OPENED)


def run(given_course: VetoCourse, data: st.DataObject) -> list[str]:
    """Choices of a whole veto."""
    slugs: list[str] = []
    while not (progress := reached(given_course, slugs)).is_complete:
        slugs.append(data.draw(st.sampled_from(progress.choosable)).slug)
    return slugs


@given(possible(), st.data())
def test_what_is_needed_comes_out_and_nothing_twice(veto: VetoCourse, data: st.DataObject) -> None:
    done = reached(veto, run(veto, data))
    played = [step for step in veto.steps if step.kind in (KINDS.PICK, KINDS.DECIDER)]
    assert len(done.maps) == len(played)
    options = [each.option for each in done.done if each.step.kind is not KINDS.SIDE]
    assert len(set(options)) == len(options)
    assert set(options) | set(done.left) == set(veto.pool)
    banned = {each.option for each in done.done if each.step.kind is KINDS.BAN}
    assert banned.isdisjoint(one.option for one in done.maps)
    assert [each.step for each in done.done] == list(veto.steps)
    assert [one.picked_by for one in done.maps] == [step.turn for step in played]


@given(possible(), st.data())
def test_taking_choices_back_leads_where_it_was_before_them(veto: VetoCourse, data: st.DataObject) -> None:
    slugs = run(veto, data)
    whole = reached(veto, slugs)
    for length in range(len(slugs)):
        # What remains when the choices after it are taken back.
        part = reached(veto, slugs[:length])
        assert part.done == whole.done[: len(part.done)]
        assert part.next_step == veto.steps[len(part.done)]


@given(possible(), st.data())
def test_what_cannot_be_chosen_is_refused(veto: VetoCourse, data: st.DataObject) -> None:
    slugs = run(veto, data)
    length = data.draw(st.integers(0, len(slugs)))
    progress = reached(veto, slugs[:length])
    everything = {option.slug for option in (*veto.pool, *SIDES)} | {"nowhere"}
    for slug in everything - {option.slug for option in progress.choosable}:
        with pytest.raises(DomainError) as caught:
            reached(veto, [*slugs[:length], slug])
        assert isinstance(caught.value, VetoOver if progress.is_complete else OptionGone | UnknownOption)


@given(possible(), st.integers(0, 2**62))
def test_by_lot_a_veto_comes_to_the_same_end_each_time(veto: VetoCourse, lot: int) -> None:
    ends = []
    for _ in range(2):
        slugs: list[str] = []
        while not (progress := reached(veto, slugs)).is_complete:
            slugs.append(drawn_choice(progress, lot).slug)
        ends.append(slugs)
    assert ends[0] == ends[1]


def test_lots_reach_every_option() -> None:
    start = reached(course(7, 1), [])
    assert {drawn_choice(start, lot) for lot in range(100)} == set(start.choosable)


def test_a_best_of_three_with_sides() -> None:
    veto = course(5, 3, has_sides=True)
    slugs = ["map-1", "map-2", "map-3", "attack", "map-4", "defense", "attack"]
    done = reached(veto, slugs)
    assert done.is_complete
    one, two, three = veto.pool[2:5]
    a, b = VetoTurn
    assert done.maps == (VetoMap(one, a, b, SIDES[0]), VetoMap(two, b, a, SIDES[1]), VetoMap(three, None, a, SIDES[0]))
    decider = done.done[-2]
    # It is decided by the choice before it, and not before.
    assert (decider.step.kind, decider.option, decider.at) == (KINDS.DECIDER, three, OPENED + timedelta(seconds=5))
    assert len(reached(veto, slugs[:5]).done) == 5
    with pytest.raises(OptionGone, match="Map 2 was banned or picked"):
        reached(veto, ["map-1", "map-2", "map-2"])
    with pytest.raises(UnknownOption, match="attack, defense"):
        reached(veto, ["map-1", "map-2", "map-3", "map-4"])


def test_a_pool_of_one_leaves_nothing_to_choose() -> None:
    start = reached(course(1, 1), [])
    assert start.is_complete
    assert (start.next_step, start.choosable, start.done[0].at) == (None, (), OPENED)
