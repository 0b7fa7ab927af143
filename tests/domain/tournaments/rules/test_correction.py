"""Corrections on plain values: whatever was played and corrected, the bracket is the fold of the results that hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.tournaments.rules.correction import Consequence, Standing, consequences
from domain.tournaments.rules.elimination import double_elimination, single_elimination
from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.rules.progression import (
    EMPTY,
    NodeStatus,
    Result,
    Sides,
    advance,
    fold,
    opening_slots,
)
from domain.tournaments.values import Effect, GrandFinal

GRAPHS = st.one_of(
    st.builds(single_elimination, st.integers(2, 3)),
    st.builds(single_elimination, st.integers(4, 64), third_place=st.booleans()),
    st.builds(double_elimination, st.integers(2, 64), st.sampled_from(GrandFinal)),
)
CHANCE = st.randoms(use_true_random=False)
WINNERS = (0, 0, 0, 1, 1, 1, None)


class Event:
    """An event that is kept as a server keeps it: how far each match has come, and what was set aside."""

    def __init__(self, graph: MatchGraph) -> None:
        self.graph = graph
        self.standings = {key: Standing(sides) for key, sides in opening_slots(graph).items()}
        self.aside: dict[tuple[str, Sides], Standing] = {}
        self.gone: set[int] = set()

    def ready(self) -> list[str]:
        """The matches that can be played."""
        return [key for key, one in self.standings.items() if one.is_needed and not one.is_decided and _met(one)]

    def correctable(self) -> list[str]:
        """The decided matches in which two entrants met."""
        return [key for key, one in self.standings.items() if one.is_decided and _met(one)]

    def begin(self, key: str) -> None:
        """Let a match be under way."""
        self.standings[key] = replace(self.standings[key], is_begun=True)

    def decide(self, key: str, winner: int | None, *, is_begun: bool = True) -> None:
        """Decide a match, with whatever follows by itself."""
        slots = {match: one.sides for match, one in self.standings.items()}
        decided = {match for match, one in self.standings.items() if one.is_decided or not one.is_needed}
        change = advance(self.graph, slots, decided, key, winner)
        self.standings[key] = Standing(slots[key], is_begun, is_decided=True, winner_slot=winner)
        for match, slot, seed in change.fills:
            first, second = self.standings[match].sides
            self.standings[match] = Standing((seed, second) if slot == 0 else (first, seed))
        for match in change.not_needed:
            self.standings[match] = Standing((None, None), is_needed=False)
        for match, goes_on in change.walkovers:
            self.standings[match] = replace(self.standings[match], is_decided=True, winner_slot=goes_on)
        for match in dict.fromkeys(fill[0] for fill in change.fills):
            self._meet(match)

    def _meet(self, key: str) -> None:
        """Let what was set aside hold again when its sides meet again, and who has left not be waited for."""
        standing = self.aside.pop((key, self.standings[key].sides), None)
        if self.standings[key].is_decided or None in self.standings[key].sides:
            return
        if standing is not None and standing.is_decided:
            self.decide(key, standing.winner_slot, is_begun=standing.is_begun)
        elif self.gone.intersection(self.standings[key].sides):
            self._forfeit(key)
        elif standing is not None:
            self.standings[key] = standing

    def leave(self, seed: int) -> None:
        """Let somebody play no further match."""
        self.gone.add(seed)
        for match in self.ready():
            if seed in self.standings[match].sides and not self.standings[match].is_decided:
                self._forfeit(match)

    def _forfeit(self, key: str) -> None:
        staying = [slot for slot in (0, 1) if self.standings[key].sides[slot] not in self.gone]
        self.decide(key, staying[0] if staying else None, is_begun=False)

    def correct(self, key: str, winner: int | None) -> tuple[Consequence, ...]:
        """Give a decided match another result."""
        found = consequences(self.graph, self.standings, self.aside, self.gone, key, winner)
        self.standings[key] = replace(self.standings[key], is_begun=True, winner_slot=winner)
        for one in found:
            if one.effect is not Effect.STAY:
                if one.before.is_begun or one.before.is_decided:
                    self.aside[one.key, one.before.sides] = one.before
                self.aside.pop((one.key, one.after.sides), None)
                self.standings[one.key] = one.after
        return found

    def played_aside(self) -> dict[tuple[str, Sides], Standing]:
        """What people had begun or decided and does not hold now."""
        return {place: one for place, one in self.aside.items() if one.is_begun}

    def copy(self) -> Event:
        """The same event, to try something out."""
        other = Event(self.graph)
        other.standings, other.aside, other.gone = dict(self.standings), dict(self.aside), set(self.gone)
        return other

    def assert_explained(self) -> None:
        """The results that hold, all read at once, give the same sides, and the same matches decided and needed."""
        results = {key: Result(one.winner_slot) for key, one in self.standings.items() if one.is_decided}
        folded = fold(self.graph, results).matches
        assert {key: one.sides for key, one in self.standings.items()} == {
            key: node.sides for key, node in folded.items()
        }
        assert {key: _status(one) for key, one in self.standings.items()} == {
            key: node.status for key, node in folded.items()
        }
        open_and_gone = [key for key in self.ready() if self.gone.intersection(self.standings[key].sides)]
        assert open_and_gone == []


def _met(standing: Standing) -> bool:
    return None not in standing.sides and EMPTY not in standing.sides


def _status(standing: Standing) -> NodeStatus:
    if not standing.is_needed:
        return NodeStatus.NOT_NEEDED
    if standing.is_decided:
        return NodeStatus.DONE
    return NodeStatus.PENDING if None in standing.sides else NodeStatus.READY


def _visible(event: Event) -> dict[str, tuple[Sides, bool, int | None, bool]]:
    """What everybody sees of each match."""
    return {key: (one.sides, one.is_decided, one.winner_slot, one.is_needed) for key, one in event.standings.items()}


class Corrections(RuleBasedStateMachine):
    """Results, matches under way, entrants who leave, and corrections, in any order."""

    event: Event

    @initialize(graph=GRAPHS, chance=CHANCE, share=st.sampled_from([0, 1, 1]))
    def start(self, graph: MatchGraph, chance: Random, share: int) -> None:
        """Begin with an event that is new, or has been played for a while."""
        self.event = Event(graph)
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
        assert _visible(back) == _visible(before)
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
        assert _visible(self.event) == _visible(before)

    @invariant()
    def is_explained(self) -> None:
        """The fold of the results that hold is the state."""
        self.event.assert_explained()

    def _assert_effects(self, found: tuple[Consequence, ...], before: Event, key: str, winner: int | None) -> None:
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


Corrections.TestCase.settings = settings(max_examples=300, stateful_step_count=12, deadline=None, derandomize=True)
TestCorrections = Corrections.TestCase


@settings(max_examples=60, deadline=None, derandomize=True)
@given(GRAPHS, CHANCE)
def test_play_between_corrections_is_set_aside_when_they_are_taken_back(graph: MatchGraph, chance: Random) -> None:
    event = Event(graph)
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
    assert _visible(event) == _visible(before)


def played(
    graph: MatchGraph, winner: Callable[[Sides], int] = lambda sides: int((sides[0] or 0) > (sides[1] or 0))
) -> Event:
    """An event in which the favourites won, unless something else is said."""
    event = Event(graph)
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
    event = Event(single_elimination(4, third_place=True))
    event.decide("U1.1", 0)
    assert effects(event.correct("U1.1", 1)) == {"T1.1": "RESEAT", "U2.1": "RESEAT"}
    assert (event.standings["U2.1"].sides, event.standings["T1.1"].sides) == ((4, None), (1, None))


def test_a_match_under_way_goes_on_when_its_sides_come_back() -> None:
    event = Event(single_elimination(4))
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
    event = Event(single_elimination(4))
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
    event = Event(single_elimination(4))
    event.decide("U1.1", 0)
    event.decide("U1.2", 0)
    event.leave(4)
    (one,) = event.correct("U1.1", 1)
    assert (one.effect, one.after) == (Effect.RESEAT, Standing((4, 2), is_decided=True, winner_slot=1))
