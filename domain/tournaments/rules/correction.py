"""What a corrected result does to the matches that depend on it.

A match stands between two sides. When a correction brings it other sides, what has happened in it is set aside, for
these sides; when a later correction brings them back, it holds again. So a match is always as its present sides left
it, and correcting back leads to where the correction began.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.rules.progression import EMPTY, Sides, outcome, put
from domain.tournaments.values import Effect


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a match has come between its sides.

    `is_begun` says that people have played or decided it. One that is decided and that nobody has begun was decided by
    itself, because a side is EMPTY or has left the event. `winner_slot` is None while it is undecided, and when nobody
    goes on. A reset that is not played is not `is_needed`, and has no sides.
    """

    sides: Sides
    is_begun: bool = False
    is_decided: bool = False
    winner_slot: int | None = None
    is_needed: bool = True


_NOT_NEEDED = Standing((None, None), is_needed=False)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What happens to one match. If something was set aside between the sides of `after`, that holds again."""

    key: str
    effect: Effect
    before: Standing
    after: Standing

    @property
    def is_play_set_aside(self) -> bool:
        """Whether something that people did does not hold any more."""
        return self.effect is not Effect.STAY and self.before.is_begun


def consequences(
    graph: MatchGraph,
    standings: Mapping[str, Standing],
    aside: Mapping[tuple[str, Sides], Standing],
    gone: Collection[int],
    key: str,
    winner_slot: int | None,
) -> tuple[Consequence, ...]:
    """What happens to each match that depends on this one, in playable order, when it gets another result.

    `standings` has the match and its dependants as they are, `aside` what was set aside earlier by match and sides, and
    `gone` the seeds that have left the event. The match is decided, and both of its sides are known.
    """
    dependants = graph.dependants(key)
    sides = {match: standings[match].sides for match in dependants}
    not_needed: set[str] = set()
    found: list[Consequence] = []
    corrected = replace(standings[key], is_begun=True, is_decided=True, winner_slot=winner_slot)
    _pass_on(graph, key, corrected, sides, not_needed)
    for match in dependants:
        before = standings[match]
        after = _NOT_NEEDED if match in not_needed else _standing(match, sides[match], before, aside, gone)
        found.append(Consequence(match, _effect(before, after), before, after))
        _pass_on(graph, match, after, sides, not_needed)
    return tuple(found)


def paired_otherwise(before: Mapping[str, Sides], after: Mapping[str, Sides]) -> list[Consequence]:
    """What happens to each match of a Swiss round, which nobody has begun, when the round is paired otherwise.

    Those that it has no more are not needed. Those that it has not yet are not among them.
    """
    found = (
        (key, Standing(sides), Standing(after[key]) if key in after else _NOT_NEEDED) for key, sides in before.items()
    )
    return [Consequence(key, _effect(then, now), then, now) for key, then, now in found]


def _pass_on(graph: MatchGraph, key: str, standing: Standing, sides: dict[str, Sides], not_needed: set[str]) -> None:
    """Let winner and loser go where the bracket sends them, or nobody yet while the match is undecided."""
    for target in (graph.winner_to[key], graph.loser_to[key]):
        if target is not None:
            put(sides, (*target, None))
    if standing.is_decided:
        fills, unneeded = outcome(graph, key, standing.sides, standing.winner_slot)
        not_needed.update(unneeded)
        for fill in fills:
            put(sides, fill)


def _standing(
    key: str,
    sides: Sides,
    before: Standing,
    aside: Mapping[tuple[str, Sides], Standing],
    gone: Collection[int],
) -> Standing:
    """How far a match that is needed has come between these sides."""
    if before.is_needed and before.sides == sides:
        return before
    standing = aside.get((key, sides), Standing(sides))
    if standing.is_decided or None in sides:
        return standing
    absent = [slot for slot in (0, 1) if sides[slot] == EMPTY] or [slot for slot in (0, 1) if sides[slot] in gone]
    if not absent:
        return standing
    staying = [slot for slot in (0, 1) if slot not in absent]
    return Standing(sides, is_decided=True, winner_slot=staying[0] if staying else None)


def _effect(before: Standing, after: Standing) -> Effect:
    if after == before:
        return Effect.STAY
    if after.is_begun:
        return Effect.REPLAY
    return Effect.RESET if before.is_begun else Effect.RESEAT
