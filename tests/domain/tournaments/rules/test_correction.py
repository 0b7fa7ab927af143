"""Corrections on plain values: whatever was played and corrected, the bracket is the fold of the results that hold."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.tournaments.rules.correction import Consequence, Standing
from domain.tournaments.rules.elimination import double_elimination, single_elimination
from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.rules.progression import EMPTY, Sides
from domain.tournaments.values import Effect, GrandFinal
from tests.fixtures.profiles import exhaustively
from tests.fixtures.running import KeptBracket

GRAPHS = st.one_of(
    st.builds(single_elimination, st.integers(2, 3)),
    st.builds(single_elimination, st.integers(4, 64), third_place=st.booleans()),
    st.builds(double_elimination, st.integers(2, 64), st.sampled_from(GrandFinal)),
)
CHANCE = st.randoms(use_true_random=False)
WINNERS = (0, 0, 0, 1, 1, 1, None)


class Corrections(RuleBasedStateMachine):
    """Results, matches under way, entrants who leave, and corrections, in any order."""

    event: KeptBracket

    @initialize(graph=GRAPHS, chance=CHANCE, share=st.sampled_from([0, 1, 1]))
    def start(self, graph: MatchGraph, chance: Random, share: int) -> None:
        """Begin with an event that is new, or has been played for a while."""
        self.event = KeptBracket(graph)
        for _ in range(share * chance.randrange(len(graph.matches) + 1)):
            if ready := self.event.ready():
                self.event.decide(chance.choice(ready), chance.choice(WINNERS))

    @precondition(lambda self: self.event.ready())
    @rule(chance=CHANCE, count=st.integers(1, 20))
    def play(self, chance: Random, count: int) -> None:
        """Results come in."""
        for _ in range(count):
            if ready := self.event.ready():
                self.event.decide(chance.choice(ready), chance.choice(WINNERS))

    @precondition(lambda self: self.event.ready())
    @rule(chance=CHANCE)
    def begin(self, chance: Random) -> None:
        """A match is under way."""
        self.event.begin(chance.choice(self.event.ready()))

    @rule(chance=CHANCE)
    def leave(self, chance: Random) -> None:
        """Somebody leaves the event."""
        self.event.leave(chance.randrange(self.event.graph.entrants) + 1)

    @precondition(lambda self: self.event.correctable())
    @rule(chance=CHANCE, winner=st.sampled_from(WINNERS))
    def correct(self, chance: Random, winner: int | None) -> None:
        """A result is corrected. Correcting it back at once gives the identical state."""
        key = chance.choice(self.event.correctable())
        before = self.event.copy()
        found = self.event.correct(key, winner)
        assert [one.key for one in found] == list(self.event.graph.dependants(key))
        self._assert_effects(found, before, key, winner)
        back = self.event.copy()
        back.correct(key, before.standings[key].winner_slot)
        assert back.state() == before.state()
        if not self.event.gone:
            assert {**back.standings, key: before.standings[key]} == before.standings
            assert back.played_aside() == before.played_aside()

    @precondition(lambda self: self.event.correctable())
    @rule(chance=CHANCE, count=st.integers(2, 12))
    def correct_and_go_back(self, chance: Random, count: int) -> None:
        """Many corrections, each taken back in reverse, give the identical state."""
        before = self.event.copy()
        undo: list[tuple[str, int | None]] = []
        for _ in range(count):
            key = chance.choice(self.event.correctable())
            undo.append((key, self.event.standings[key].winner_slot))
            self.event.correct(key, chance.choice(WINNERS))
            self.event.assert_explained()
        for key, winner in reversed(undo):
            self.event.correct(key, winner)
            self.event.assert_explained()
        assert self.event.state() == before.state()

    @invariant()
    def is_explained(self) -> None:
        """The fold of the results that hold is the state."""
        self.event.assert_explained()

    def _assert_effects(
        self, found: tuple[Consequence, ...], before: KeptBracket, key: str, winner: int | None
    ) -> None:
        if before.standings[key].winner_slot == winner:
            assert {one.effect for one in found} <= {Effect.STAY}
        for one in found:
            was, now = before.standings[one.key], self.event.standings[one.key]
            assert (one.before, one.after) == (was, now)
            assert (one.effect is Effect.STAY) == (was == now)
            assert one.is_play_set_aside == (was.is_begun and was != now)
            kept = before.aside.get((one.key, now.sides))
            if one.effect is Effect.REPLAY:
                assert now == kept and now.is_begun
            elif one.effect is Effect.RESET:
                assert was.is_begun and was.sides != now.sides and not now.is_begun
            elif one.effect is Effect.RESEAT:
                assert not was.is_begun and not now.is_begun
        untouched = self.event.standings.keys() - {key, *(one.key for one in found)}
        assert all(self.event.standings[each] == before.standings[each] for each in untouched)


Corrections.TestCase.settings = settings(exhaustively, stateful_step_count=12)
TestPropertiesI07Corrections = Corrections.TestCase


@exhaustively
@given(GRAPHS, CHANCE)
def test_properties_i07_play_between_corrections_is_set_aside_when_they_are_taken_back(
    graph: MatchGraph, chance: Random
) -> None:
    event = KeptBracket(graph)
    while ready := event.ready():
        event.decide(chance.choice(ready), chance.choice(WINNERS))
    before = event.copy()
    undo: list[tuple[str, int | None]] = []
    for _ in range(10):
        if not (correctable := event.correctable()):
            break
        key = chance.choice(correctable)
        undo.append((key, event.standings[key].winner_slot))
        event.correct(key, chance.choice(WINNERS))
        for _ in range(chance.randrange(6)):
            if ready := event.ready():
                event.decide(chance.choice(ready), chance.choice(WINNERS))
    for key, winner in reversed(undo):
        event.correct(key, winner)
        event.assert_explained()
    assert event.state() == before.state()


def played(
    graph: MatchGraph, winner: Callable[[Sides], int] = lambda sides: int((sides[0] or 0) > (sides[1] or 0))
) -> KeptBracket:
    """An event in which the favourites won, unless something else is said."""
    event = KeptBracket(graph)
    while ready := event.ready():
        event.decide(ready[0], winner(event.standings[ready[0]].sides))
    return event


def effects(found: tuple[Consequence, ...]) -> dict[str, Any]:
    return {one.key: one.effect.value for one in found}


def test_what_was_decided_between_others_is_set_aside_and_comes_back() -> None:
    event = played(single_elimination(8))
    assert effects(event.correct("U1.1", 1)) == {"U2.1": "RESET", "U3.1": "RESET"}
    assert (event.standings["U2.1"], event.standings["U3.1"]) == (Standing((8, 4)), Standing((None, 2)))
    event.decide("U2.1", 1)
    assert effects(event.correct("U1.1", 0)) == {"U2.1": "REPLAY", "U3.1": "REPLAY"}
    assert event.standings["U2.1"] == Standing((1, 4), True, True, 0)
    assert event.aside == {("U2.1", (8, 4)): Standing((8, 4), True, True, 1)}


def test_a_match_that_nobody_has_begun_gets_other_sides() -> None:
    event = KeptBracket(single_elimination(4, third_place=True))
    event.decide("U1.1", 0)
    assert effects(event.correct("U1.1", 1)) == {"T1.1": "RESEAT", "U2.1": "RESEAT"}
    assert (event.standings["U2.1"].sides, event.standings["T1.1"].sides) == ((4, None), (1, None))


def test_a_match_under_way_goes_on_when_its_sides_come_back() -> None:
    event = KeptBracket(single_elimination(4))
    event.decide("U1.1", 0)
    event.decide("U1.2", 0)
    event.begin("U2.1")
    (one,) = event.correct("U1.1", 1)
    assert (one.effect, one.is_play_set_aside) == (Effect.RESET, True)
    (one,) = event.correct("U1.1", 0)
    assert (one.effect, one.is_play_set_aside, one.after) == (Effect.REPLAY, False, Standing((1, 2), is_begun=True))


def test_a_result_of_the_same_winner_moves_nobody() -> None:
    event = played(double_elimination(8))
    found = event.correct("U1.1", 0)
    assert found and {one.effect for one in found} == {Effect.STAY}


def test_nobody_goes_on_and_comes_back() -> None:
    event = played(single_elimination(4, third_place=True))
    assert effects(event.correct("U1.1", None)) == {"T1.1": "RESET", "U2.1": "RESET"}
    assert event.standings["U2.1"] == Standing((EMPTY, 2), is_decided=True, winner_slot=1)
    assert effects(event.correct("U1.1", 0)) == {"T1.1": "REPLAY", "U2.1": "REPLAY"}


def test_a_double_no_show_that_decided_the_next_match_can_be_put_right() -> None:
    event = KeptBracket(single_elimination(4))
    event.decide("U1.1", None)
    event.decide("U1.2", 0)
    assert event.standings["U2.1"] == Standing((EMPTY, 2), is_decided=True, winner_slot=1)
    assert effects(event.correct("U1.1", 1)) == {"U2.1": "RESEAT"}
    assert event.standings["U2.1"] == Standing((4, 2))


def test_a_reset_that_was_played_is_set_aside_when_it_is_not_needed() -> None:
    event = played(double_elimination(4), lambda sides: 1)
    assert event.standings["F2.1"].is_decided
    (one,) = event.correct("F1.1", 0)
    assert (one.effect, one.is_play_set_aside, one.after.is_needed) == (Effect.RESET, True, False)
    (one,) = event.correct("F1.1", 1)
    assert (one.effect, one.is_play_set_aside, one.after.is_decided) == (Effect.REPLAY, False, True)


def test_who_has_left_forfeits_the_match_that_a_correction_brings_them() -> None:
    event = KeptBracket(single_elimination(4))
    event.decide("U1.1", 0)
    event.decide("U1.2", 0)
    event.leave(4)
    (one,) = event.correct("U1.1", 1)
    assert (one.effect, one.after) == (Effect.RESEAT, Standing((4, 2), is_decided=True, winner_slot=1))
