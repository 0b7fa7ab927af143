"""What results make of a match graph: who plays where, what is over, who has won.

`fold` reads all results at once and is the definition. `advance` is the same rule for one result at a time, for a
server that keeps the slots as rows. Seeds count from 1; EMPTY in a slot means that nobody will come, because a match
before was not won by anyone. Whoever meets EMPTY goes on by walkover, without a result.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.tournaments.errors import ResultNotPossible
from domain.tournaments.rules.graph import MatchGraph, feeder, final_key, reset_after
from domain.tournaments.values import Seed

EMPTY: Final = 0

Sides = tuple[int | None, int | None]
"""The seeds in slot 0 and slot 1 of a match; None while unknown, EMPTY when nobody will come."""

Fill = tuple[str, int, int]
"""The key of a match, one of its slots, and the seed (or EMPTY) that comes into it."""


class NodeStatus(StrEnum):
    """How far a match of a graph has come."""

    PENDING = "PENDING"
    READY = "READY"
    DONE = "DONE"
    NOT_NEEDED = "NOT_NEEDED"


@dataclass(frozen=True, slots=True)
class Result:
    """Which slot (0 or 1) won a match; None when nobody goes on, as when neither side turned up."""

    winner_slot: int | None


@dataclass(frozen=True, slots=True)
class MatchState:
    """A match with what is known of it. A walkover is a match that was decided by an EMPTY side, without a result."""

    key: str
    sides: Sides
    status: NodeStatus
    winner_slot: int | None = None
    walkover: bool = False

    @property
    def winner(self) -> int | None:
        """The seed that won; None while undecided and when nobody goes on."""
        return None if self.winner_slot is None else self.sides[self.winner_slot]


@dataclass(frozen=True, slots=True)
class Bracket:
    """Where an event stands. `champion` is None until the final is decided, and for good if nobody won it."""

    matches: Mapping[str, MatchState]
    champion: int | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Advance:
    """What one result changes, in the order in which it happens.

    `fills` are the slots to write. `walkovers` are the matches decided at once because a side is EMPTY, each with the
    slot that goes on, or None when both sides are EMPTY; their own fills are already among `fills`. `not_needed` are
    resets that will not be played. `finished` says that every match of the graph is now decided or not needed.
    """

    fills: tuple[Fill, ...]
    walkovers: tuple[tuple[str, int | None], ...]
    not_needed: tuple[str, ...]
    finished: bool


def opening_slots(graph: MatchGraph) -> dict[str, Sides]:
    """The slots before the first result: seeds where they start, None elsewhere."""
    return {
        node.key: (
            node.first.number if isinstance(node.first, Seed) else None,
            node.second.number if isinstance(node.second, Seed) else None,
        )
        for node in graph.matches
    }


def fold(graph: MatchGraph, results: Mapping[str, Result]) -> Bracket:
    """Where the event stands after these results, whatever the order in which they came in.

    Raises:
        ResultNotPossible: a result for an unknown match, for one whose sides are not both known, for a reset that is
            not needed, or one that contradicts a walkover.
    """
    for key in results:
        _refuse_unknown(graph, key)
    slots = opening_slots(graph)
    matches: dict[str, MatchState] = {}
    not_needed: set[str] = set()
    for node in graph.matches:
        state = _decided(node.key, slots[node.key], results.get(node.key), not_needed=node.key in not_needed)
        matches[node.key] = state
        if state.status is NodeStatus.DONE:
            fills, unneeded = outcome(graph, node.key, state.sides, state.winner_slot)
            for fill in fills:
                put(slots, fill)
            not_needed.update(unneeded)
    complete = all(state.status in (NodeStatus.DONE, NodeStatus.NOT_NEEDED) for state in matches.values())
    return Bracket(matches, _champion(graph, matches), complete)


def advance(
    graph: MatchGraph, slots: Mapping[str, Sides], decided: Collection[str], key: str, winner_slot: int | None
) -> Advance:
    """What changes when this match gets this result, given the slots and the matches decided or not needed before.

    Raises:
        ResultNotPossible: an unknown match, one already decided, or one whose sides are not both known.
    """
    _refuse_unknown(graph, key)
    if key in decided:
        raise ResultNotPossible(key, "This match is already decided; correct its result instead.")
    _decided(key, slots[key], Result(winner_slot), not_needed=False)
    now = dict(slots)
    fills: list[Fill] = []
    walkovers: list[tuple[str, int | None]] = []
    not_needed: list[str] = []
    waiting: deque[tuple[str, int | None]] = deque([(key, winner_slot)])
    while waiting:
        match, winner = waiting.popleft()
        caused, unneeded = outcome(graph, match, now[match], winner)
        fills += caused
        not_needed += unneeded
        for fill in caused:
            put(now, fill)
        for follower in dict.fromkeys(fill[0] for fill in caused):
            if _is_walkover(now[follower]):
                walkover = (follower, _walkover_winner(now[follower]))
                walkovers.append(walkover)
                waiting.append(walkover)
    over = {key, *not_needed, *(match for match, _ in walkovers)}
    finished = all(match in over or match in decided for match, target in graph.winner_to.items() if target is None)
    return Advance(tuple(fills), tuple(walkovers), tuple(not_needed), finished)


def _refuse_unknown(graph: MatchGraph, key: str) -> None:
    if key not in graph:
        raise ResultNotPossible(key, "There is no such match in this bracket.")


def _decided(key: str, sides: Sides, result: Result | None, *, not_needed: bool) -> MatchState:
    """The state of a match with these sides and this result.

    Raises:
        ResultNotPossible: the match cannot have this result.
    """
    if result is not None and result.winner_slot not in (0, 1, None):
        raise ResultNotPossible(key, f"There is no slot {result.winner_slot}; the winner is in slot 0 or 1.")
    if not_needed:
        if result is not None:
            raise ResultNotPossible(key, "This reset is not needed: the side without a loss won the final.")
        return MatchState(key, sides, NodeStatus.NOT_NEEDED)
    if _is_walkover(sides):
        winner_slot = _walkover_winner(sides)
        if result is not None and result.winner_slot != winner_slot:
            raise ResultNotPossible(key, "Nobody comes into one side of this match; the other goes on by walkover.")
        return MatchState(key, sides, NodeStatus.DONE, winner_slot, walkover=True)
    if None in sides:
        if result is not None:
            raise ResultNotPossible(
                key, "The sides of this match are not known yet; report the matches before it first."
            )
        return MatchState(key, sides, NodeStatus.PENDING)
    if result is None:
        return MatchState(key, sides, NodeStatus.READY)
    return MatchState(key, sides, NodeStatus.DONE, result.winner_slot)


def _is_walkover(sides: Sides) -> bool:
    return None not in sides and EMPTY in sides


def _walkover_winner(sides: Sides) -> int | None:
    if sides == (EMPTY, EMPTY):
        return None
    return 0 if sides[1] == EMPTY else 1


def outcome(graph: MatchGraph, key: str, sides: Sides, winner_slot: int | None) -> tuple[list[Fill], list[str]]:
    """The slots that a decided match fills, and the reset that it makes unnecessary. Its sides are both known."""
    winner = EMPTY if winner_slot is None else sides[winner_slot]
    loser = EMPTY if winner_slot is None else sides[1 - winner_slot]
    assert winner is not None
    assert loser is not None
    reset = reset_after(graph, key)
    if reset and (winner_slot != reset.lower_slot or loser == EMPTY):
        return [], [reset.key]
    targets = ((graph.winner_to[key], winner), (graph.loser_to[key], loser))
    return [(target[0], target[1], seed) for target, seed in targets if target], []


def put(slots: dict[str, Sides], fill: tuple[str, int, int | None]) -> None:
    """Write a slot: a seed, EMPTY, or None for somebody who is not known yet."""
    key, slot, seed = fill
    first, second = slots[key]
    slots[key] = (seed, second) if slot == 0 else (first, seed)


def _champion(graph: MatchGraph, matches: Mapping[str, MatchState]) -> int | None:
    state = matches[final_key(graph)]
    if state.status is NodeStatus.NOT_NEEDED:
        return next(matches[key].winner for key in map(feeder, graph.match(state.key).sources) if key)
    return state.winner
