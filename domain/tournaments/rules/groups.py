"""Groups in which everybody meets everybody: who is in which, and the matches of all of them."""

from __future__ import annotations

from collections.abc import Iterator

from domain.tournaments.rules.graph import MatchGraph, MatchNode
from domain.tournaments.rules.round_robin import berger_round, rounds_needed
from domain.tournaments.values import BracketSide, Seed

_LETTERS = 26


def snake(entrants: int, groups: int) -> dict[int, int]:
    """The group of each seed, both from 1: to and fro, so that every group is about equally strong."""
    found: dict[int, int] = {}
    for index in range(entrants):
        row, column = divmod(index, groups)
        found[index + 1] = column + 1 if row % 2 == 0 else groups - column
    return found


def members(entrants: int, groups: int) -> dict[int, list[int]]:
    """The seeds in each group, the best first."""
    found: dict[int, list[int]] = {group: [] for group in range(1, groups + 1)}
    for seed, group in snake(entrants, groups).items():
        found[group].append(seed)
    return found


def group_name(group: int) -> str:
    """A, B, … Z, AA, AB and so on."""
    name = ""
    while group:
        group, letter = divmod(group - 1, _LETTERS)
        name = chr(ord("A") + letter) + name
    return name


def group_graph(entrants: int, groups: int, cycles: int) -> MatchGraph:
    """Every match of every group, by rounds; keys are such as B2.1, for the first match of group B in round 2.

    A group of odd size has a round more than it has opponents, in each of which somebody sits out.
    """
    seeds = members(entrants, groups)
    last = max(rounds_needed(len(group), cycles) for group in seeds.values())
    nodes = tuple(
        node
        for number in range(1, last + 1)
        for group in seeds
        if number <= rounds_needed(len(seeds[group]), cycles)
        for node in _round(group, seeds[group], number)
    )
    return MatchGraph(entrants, nodes)


def _round(group: int, seeds: list[int], number: int) -> Iterator[MatchNode]:
    for position, (first, second) in enumerate(berger_round(len(seeds), number).games):
        key = f"{group_name(group)}{number}.{position + 1}"
        sides = Seed(seeds[first - 1]), Seed(seeds[second - 1])
        yield MatchNode(key, BracketSide.GROUP, number, position, *sides, group=group)
