"""Links of brackets that others store with byes, or do not store at all."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tournaments.rules.elimination import double_elimination, single_elimination
from domain.tournaments.rules.events import EventMatch, Progress, Untraceable, traced, without_byes
from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.rules.links import Link, from_links
from domain.tournaments.rules.placements import placements
from domain.tournaments.rules.progression import NodeStatus, Result, fold
from domain.tournaments.values import BracketSide, LoserOf, Seed, Source, WinnerOf


def played(graph: MatchGraph, rng: Random) -> dict[str, Result]:
    """Results by chance for every match that is needed."""
    results: dict[str, Result] = {}
    for node in graph.matches:
        if fold(graph, results).matches[node.key].status is NodeStatus.READY:
            results[node.key] = Result(rng.randint(0, 1))
    return results


def by_key(graph: MatchGraph, entrants: int) -> Mapping[str, tuple[Source | None, Source | None]]:
    """The sources of a bracket in which the seeds above the number of entrants are byes."""

    def source(one: Source) -> Source | None:
        return None if isinstance(one, Seed) and one.number > entrants else one

    return {node.key: (source(node.first), source(node.second)) for node in graph.matches}


@given(st.integers(2, 20), st.booleans(), st.randoms(use_true_random=False))
def test_a_bracket_is_found_again_from_who_met_whom(entrants: int, is_double: bool, rng: Random) -> None:
    graph = double_elimination(entrants) if is_double else single_elimination(entrants)
    bracket = fold(graph, played(graph, rng))
    matches = []
    for node in graph.matches:
        state = bracket.matches[node.key]
        if state.status is NodeStatus.DONE:
            round_ = (
                -node.round if node.side is BracketSide.LOWER else node.round + 99 * (node.side is BracketSide.FINAL)
            )
            matches.append(EventMatch(node.key, round_, state.sides, None, Progress.PLAYED, state.winner_slot))
    rng.shuffle(matches)
    found = {match.key: match.sources for match in traced(matches, {seed: seed for seed in range(1, entrants + 1)})}
    assert found == {key: graph.match(key).sources for key in found}


@pytest.mark.parametrize("entrants", range(2, 33))
def test_a_bracket_with_byes_is_ours_without_them(entrants: int) -> None:
    size = 1 << (entrants - 1).bit_length()
    single = without_byes(by_key(single_elimination(size), entrants))
    assert single == {node.key: node.sources for node in single_elimination(entrants).matches}
    double = without_byes(by_key(double_elimination(size), entrants))
    ours = double_elimination(entrants)
    assert len(double) == len(ours.matches)
    imported = from_links(entrants, [Link(key, *sources) for key, sources in double.items()])
    assert {(node.side, node.round) for node in imported.matches} == {(node.side, node.round) for node in ours.matches}


def test_who_comes_from_nowhere_is_told_apart() -> None:
    drawn = EventMatch("A", 1, (1, 2), None, Progress.PLAYED)
    later = EventMatch("B", 2, (1, 3), None, Progress.PLAYED, 0)
    with pytest.raises(Untraceable, match="nobody won") as refusal:
        traced([drawn, later], {1: 1, 2: 2, 3: 3})
    assert refusal.value.match == "B"
    with pytest.raises(Untraceable, match="not told who plays here"):
        traced([EventMatch("A", 1, (1, None))], {1: 1})


def test_a_bracket_from_which_some_qualify_has_several_first_places() -> None:
    """Four of eight go on: the winners of the second upper round, and those of the second lower one."""
    full = double_elimination(8)
    kept = [node for node in full.matches if node.key[:2] in ("U1", "U2", "L1", "L2")]
    graph = from_links(
        8, [Link(node.key, *node.sources, -1 if node.key[0] == "L" else 1) for node in kept], one_champion=False
    )
    results = {node.key: Result(0) for node in graph.matches}
    bands = sorted(placements(graph, results).values())
    assert bands == [(1, 2), (1, 2), (3, 4), (3, 4), (5, 6), (5, 6), (7, 8), (7, 8)]
    sources = {source for node in graph.matches for source in node.sources}
    assert WinnerOf("U2.1") not in sources and LoserOf("U2.1") in sources
