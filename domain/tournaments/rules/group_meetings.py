"""How early two of one group can meet again in an elimination."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.values import BracketSide, LoserOf, Seed, Source


@dataclass(frozen=True, slots=True)
class GroupMeetings:
    """The first round of the upper bracket and of the lower one in which two of one group can meet; None: in none."""

    upper_round: int | None
    lower_round: int | None


def earliest_meetings(graph: MatchGraph, groups: Sequence[Hashable]) -> GroupMeetings:
    """When two of one group can first meet, `groups` being those of the seeds, seed 1 first.

    Exact, for graphs whose seeds all begin in the upper bracket and in which a second loss is final: two who were sent
    down by the matches u and v can have lost there, one in each, unless both had to win against the other first. If v
    comes after u, that is so when they come to u by the same slot, and only then.
    """
    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    bits = [1 << numbers[group] for group in groups]
    upper: dict[str, tuple[int, int]] = {}
    sent_by: dict[str, list[str]] = {}
    upper_rounds: list[int] = []
    lower_rounds: list[int] = []

    def coming(source: Source) -> int:
        return bits[source.number - 1] if isinstance(source, Seed) else _both(upper[source.match])

    def senders(source: Source) -> list[str]:
        if isinstance(source, Seed):
            return []
        return [source.match] if isinstance(source, LoserOf) else sent_by[source.match]

    for node in graph.matches:
        if node.side is BracketSide.UPPER:
            upper[node.key] = (coming(node.first), coming(node.second))
            if upper[node.key][0] & upper[node.key][1]:
                upper_rounds.append(node.round)
        elif node.side is BracketSide.LOWER:
            first, second = senders(node.first), senders(node.second)
            sent_by[node.key] = first + second
            if any(_can_meet(graph, upper, one, other) for one in first for other in second):
                lower_rounds.append(node.round)
    return GroupMeetings(min(upper_rounds, default=None), min(lower_rounds, default=None))


def _can_meet(graph: MatchGraph, upper: dict[str, tuple[int, int]], one: str, other: str) -> bool:
    """Whether two of one group can have lost in two upper matches, one in each."""
    for early, late in ((one, other), (other, one)):
        beside = _beside(graph, upper, early, late)
        if beside is not None:
            first, second = upper[early]
            return bool((first | second) & beside or first & second)
    return bool(_both(upper[one]) & _both(upper[other]))


def _beside(graph: MatchGraph, upper: dict[str, tuple[int, int]], early: str, late: str) -> int | None:
    """The groups of those who come to a later match, or to one before it, past an earlier match whose winner does, too.

    None when that winner does not come there.
    """
    found, key = 0, early
    while key != late:
        target = graph.winner_to[key]
        if target is None or target[0] not in upper:
            return None
        key, slot = target
        found |= upper[key][1 - slot]
    return found


def _both(groups: tuple[int, int]) -> int:
    return groups[0] | groups[1]
