"""Later games that are picked one by one: who picks, of what, and what becomes of it when a game ended otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.kernel.errors import DomainError, InvalidInput
from domain.kernel.veto import (
    CounterPicker,
    CounterPicks,
    VetoOption,
    VetoPlan,
    VetoRepeats,
    VetoSequence,
    VetoStep,
    VetoStepKind,
    VetoTemplate,
    VetoTurn,
)
from domain.vetoes.errors import OptionGone, UnknownOption
from domain.vetoes.rules.counter_picks import needed_options
from domain.vetoes.rules.plans import checked_plan, course_of
from domain.vetoes.rules.progress import Progress, checked_choice, drawn_choice, progress_of, without_last
from domain.vetoes.values import VetoChoice, VetoCourse
from tests.fixtures.profiles import exhaustively

A, B = VetoTurn
OPENED = datetime(2026, 5, 1, 18, tzinfo=UTC)
SIDES = (VetoOption("left", "Left"), VetoOption("right", "Right"))
KINDS = VetoStepKind


def pool(size: int, first: int = 1) -> tuple[VetoOption, ...]:
    return tuple(VetoOption(f"stage-{number}", f"Stage {number}") for number in range(first, first + size))


def check(plan: VetoPlan, best_of: int = 5, sides: tuple[VetoOption, ...] = SIDES) -> VetoPlan:
    return checked_plan(plan, {best_of}, {}, sides, "veto")


def smash(**picks: Any) -> VetoPlan:
    """Five starters to strike from, two more to counter-pick."""
    given_picks = CounterPicks(**{"added_pool": pool(2, 6), **picks})
    return VetoPlan(pool=pool(5), template=VetoTemplate.STRIKE, counter_picks=given_picks)


def course(plan: VetoPlan, best_of: int = 5) -> VetoCourse:
    return course_of(check(plan, best_of), best_of, (best_of // 2 + 1, best_of // 2 + 1))


class Played:
    """A match between A and B: what they chose, and who won its games."""

    def __init__(self, given_course: VetoCourse) -> None:
        self.course = given_course
        self.choices: list[VetoChoice] = []
        self.winners: list[VetoTurn] = []

    @property
    def progress(self) -> Progress:
        return progress_of(self.course, self.choices, OPENED, self.winners)

    def choose(self, *slugs: str) -> None:
        for slug in slugs:
            option = checked_choice(self.progress, f"stage-{slug}" if slug.isdigit() else slug)
            self.choices.append(VetoChoice(option.slug, OPENED, after=self.progress.after))

    def waits_for(self) -> tuple[VetoStep | None, str]:
        """The next step, and what can be chosen in it."""
        progress = self.progress
        return progress.next_step, "".join(option.slug.removeprefix("stage-") for option in progress.choosable)


@st.composite
def plans(draw: st.DrawFn) -> tuple[VetoPlan, int]:
    """Counter-picks as organizers can make them, often with as few options as may be, and the length of a match."""
    best_of = draw(st.sampled_from((3, 5, 7)))
    picks = CounterPicks(
        picker=draw(st.sampled_from(CounterPicker)),
        bans=draw(st.integers(0, 3)),
        repeats=draw(st.sampled_from(VetoRepeats)),
    )
    starters = draw(st.integers(1, 7))
    added = max(0, needed_options(picks, best_of) + draw(st.integers(0, 2)) - starters)
    plan = VetoPlan(
        pool=pool(starters),
        template=draw(st.sampled_from(VetoTemplate)),
        has_sides=draw(st.booleans()),
        counter_picks=replace(picks, added_pool=pool(added, 8)),
    )
    return check(plan, best_of), best_of


def begun(given_plan: tuple[VetoPlan, int]) -> Played:
    plan, best_of = given_plan
    return Played(course_of(plan, best_of, (best_of // 2 + 1, best_of // 2 + 1)))


def settle(match: Played, data: st.DataObject) -> None:
    """Do all steps that are known; in each something can be chosen."""
    while match.progress.next_step is not None:
        options = match.progress.choosable
        assert options
        match.choose(data.draw(st.sampled_from(options)).slug)


def is_over(match: Played) -> bool:
    return any(match.winners.count(turn) == match.course.games_to_win[0] for turn in VetoTurn)


def play(match: Played, data: st.DataObject) -> None:
    settle(match, data)
    while not is_over(match):
        match.winners.append(data.draw(st.sampled_from(VetoTurn)))
        settle(match, data)


@exhaustively
@given(plans(), st.data())
def test_every_game_gets_its_map_by_the_rules(given_plan: tuple[VetoPlan, int], data: st.DataObject) -> None:
    match = begun(given_plan)
    play(match, data)
    plan, picks = given_plan[0], given_plan[0].counter_picks
    assert picks is not None
    done = match.progress
    maps = done.maps
    assert [one.winner for one in maps] == match.winners
    assert maps[0].option in plan.pool
    for number, one in enumerate(maps[1:], start=1):
        before = match.winners[number - 1]
        expected = {
            CounterPicker.LOSER: before.other,
            CounterPicker.WINNER: before,
            CounterPicker.ALTERNATE: B if number % 2 else A,
        }
        assert one.picked_by is expected[picks.picker]
        assert one.chooser is (one.picked_by.other if plan.has_sides else None)
        known = [(each, step) for each, step in zip(done.steps, done.done, strict=True) if each.game == number + 1]
        banned = [step.option for each, step in known if each.step.kind is KINDS.BAN]
        assert all(each.step.turn is one.picked_by.other for each, _ in known if each.step.kind is not KINDS.PICK)
        assert len(banned) == len(set(banned)) == picks.bans
        assert one.option not in banned
        earlier = maps[:number]
        if picks.repeats is VetoRepeats.NOT_PLAYED:
            assert one.option not in [each.option for each in earlier]
        elif picks.repeats is VetoRepeats.NOT_WON:
            assert one.option not in [each.option for each in earlier if each.winner is one.picked_by]


@exhaustively
@given(plans(), st.data())
def test_who_is_not_on_turn_or_out_of_the_pool_is_never_offered(
    given_plan: tuple[VetoPlan, int], data: st.DataObject
) -> None:
    match = begun(given_plan)
    settle(match, data)
    match.winners.append(data.draw(st.sampled_from(VetoTurn)))
    everything = {option.slug for option in (*match.course.options, *SIDES)} | {"nowhere"}
    while match.progress.next_step is not None:
        for slug in everything - {option.slug for option in match.progress.choosable}:
            with pytest.raises(DomainError) as caught:
                checked_choice(match.progress, slug)
            assert isinstance(caught.value, OptionGone | UnknownOption)
        match.choose(drawn_choice(match.progress, data.draw(st.integers(0, 2**62))).slug)


@exhaustively
@given(plans(), st.data())
def test_another_winner_resets_what_depends_on_it_and_the_same_one_brings_it_back(
    given_plan: tuple[VetoPlan, int], data: st.DataObject
) -> None:
    match = begun(given_plan)
    play(match, data)
    whole, winners = match.progress, list(match.winners)
    wrong = data.draw(st.integers(0, len(winners) - 1))
    match.winners = [*winners[:wrong], winners[wrong].other]
    other = match.progress
    # What was settled before that game and for it stays; for the next one nobody has chosen anything.
    assert [(one.option, one.picked_by) for one in other.maps] == [
        (one.option, one.picked_by) for one in whole.maps[: wrong + 1]
    ]
    assert other.done == whole.done[: len(other.done)]
    if not is_over(match):
        settle(match, data)
    match.winners = winners
    assert match.progress == whole


@exhaustively
@given(plans(), st.data())
def test_taking_back_leaves_what_is_possible(given_plan: tuple[VetoPlan, int], data: st.DataObject) -> None:
    """Also of games that are told otherwise meanwhile: nothing that depended on the step is left."""
    match = begun(given_plan)
    play(match, data)
    winners = list(match.winners)
    match.winners = winners[: data.draw(st.integers(0, len(winners)))]
    progress = match.progress
    left = without_last(match.choices, progress.after, is_all=data.draw(st.booleans()))
    own = [choice for choice in match.choices if choice.after == progress.after]
    if not own:
        assert left == match.choices
        return
    assert all(not choice.after.startswith(progress.after) or choice.after == progress.after for choice in left)
    match.choices = left
    assert len(match.progress.done) < len(progress.done)
    settle(match, data)
    match.winners = winners
    assert match.progress.maps  # nothing in it is refused


def test_a_best_of_five_as_fighting_games_play_it() -> None:
    match = Played(course(smash()))
    match.choose("1", "2", "3", "4")
    assert [one.option.name for one in match.progress.maps] == ["Stage 5"]
    assert match.waits_for() == (None, "")
    match.winners = [A]
    # A has won: A bans one of all seven, B picks.
    assert match.waits_for() == (VetoStep(KINDS.BAN, A), "1234567")
    match.choose("7")
    assert match.waits_for() == (VetoStep(KINDS.PICK, B), "123456")
    match.choose("5")
    match.winners = [A, B]
    match.choose("1", "2")
    match.winners = [A, B, A]
    match.choose("3")
    # B has won on 5, so may not go there again, and on 5 alone.
    assert match.waits_for() == (VetoStep(KINDS.PICK, B), "12467")
    with pytest.raises(OptionGone, match="Stage 5 was banned or picked already, or is out for this game"):
        match.choose("5")
    match.choose("6")
    match.winners = [A, B, A, A]
    assert match.progress.next_step is None
    assert [one.winner for one in match.progress.maps] == [A, B, A, A]


def test_a_lead_counts_for_who_has_it() -> None:
    """Who begins a game ahead in a best of 3 has won it with one more, so nothing is picked then."""
    given_course = course_of(check(smash(), 3), 3, (1, 2))
    for winner, goes_on in ((A, False), (B, True)):
        match = Played(given_course)
        match.choose("1", "2", "3", "4")
        match.winners = [winner]
        assert (match.progress.next_step is not None) is goes_on


def test_a_single_game_has_none() -> None:
    assert course_of(check(smash(), 1), 1, (1, 1)).counter_picks is None


WRONG: list[tuple[dict[str, Any], tuple[str, ...], str]] = [
    ({"bans": -1}, ("bans",), "0 to 8"),
    ({"bans": 9}, ("bans",), "0 to 8"),
    ({"bans": 5}, (), "need 8 options"),
    ({"bans": 3, "repeats": VetoRepeats.NOT_PLAYED}, (), "need 8 options"),
    ({"added_pool": pool(2, 5)}, ("addedPool",), "once"),
    ({"added_pool": pool(28, 6)}, ("addedPool",), "1 to 32"),
    ({"added_pool": (*pool(1, 6), VetoOption("nowhere"))}, ("addedPool", "1", "name"), "catalogue does not have"),
]


@pytest.mark.parametrize(("picks", "path", "message"), WRONG)
def test_counter_picks_that_do_not_work(picks: dict[str, Any], path: tuple[str, ...], message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        check(smash(**picks))
    assert caught.value.path == ("veto", "counterPicks", *path)


def test_what_surrounds_counter_picks_has_to_fit_too() -> None:
    two = VetoSequence(5, (VetoStep(KINDS.PICK, A), VetoStep(KINDS.PICK, B)))
    for plan, sides, path, message in (
        (replace(smash(), sequences=(two,)), SIDES, ("sequences", "0", "steps"), "settle the first game; these give 2"),
        (replace(smash(), has_sides=True), (), ("hasSides",), "no starting sides"),
    ):
        with pytest.raises(InvalidInput, match=message) as caught:
            check(plan, sides=sides)
        assert caught.value.path == ("veto", *path)
    with pytest.raises(InvalidInput, match="more than 64 steps") as caught:
        check(smash(bans=3, repeats=VetoRepeats.ALLOWED), 35)
    assert caught.value.path == ("veto", "counterPicks")
