from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tournaments.errors import GraphProblem, InvalidGraph
from domain.tournaments.rules.elimination import double_elimination, single_elimination
from domain.tournaments.rules.graph import MatchGraph, MatchNode
from domain.tournaments.rules.links import Link, from_links, mark_resets
from domain.tournaments.rules.placements import placement_bands, placements
from domain.tournaments.rules.progression import fold
from domain.tournaments.rules.validation import validate
from domain.tournaments.values import BracketSide, GrandFinal, LoserOf, Seed, Source, WinnerOf
from tests.fixtures.profiles import exhaustively

Play = Callable[[MatchGraph, Callable[..., int]], Any]


def node(key: str, first: Source, second: Source, **more: Any) -> MatchNode:
    return MatchNode(key, BracketSide.UPPER, 1, 0, first, second, **more)


def graph(entrants: int, *nodes: MatchNode) -> MatchGraph:
    return MatchGraph(entrants, nodes)


A = node("A", Seed(1), Seed(4))
B = node("B", Seed(2), Seed(3))
FINAL = node("F", WinnerOf("A"), WinnerOf("B"))
THIRD = node("T", LoserOf("A"), LoserOf("B"))

REFUSED = [
    ("too few entrants", graph(1, A), None, None, "takes 2 to 4096"),
    ("too many entrants", graph(4097, A), None, None, "takes 2 to 4096"),
    ("empty", graph(4), None, None, "no match"),
    ("too many matches", graph(2, *[node(f"M{n}", Seed(1), Seed(2)) for n in range(7)]), None, None, "at most 6"),
    ("duplicate key", graph(4, A, replace(B, key="A"), FINAL), "A", None, "used twice"),
    ("empty key", graph(2, node("", Seed(1), Seed(2))), "", None, "1 to 64"),
    ("long key", graph(2, node("x" * 65, Seed(1), Seed(2))), "x" * 64, None, "1 to 64"),
    ("round zero", graph(2, replace(A, second=Seed(2), round=0)), "A", None, "count from 1"),
    ("unknown feeder", graph(4, A, B, replace(FINAL, second=LoserOf("Z"))), "F", 1, "no such match"),
    ("unknown seed", graph(4, A, replace(B, second=Seed(5)), FINAL), "B", 1, "no seed 5"),
    ("seed used twice", graph(4, A, replace(B, first=Seed(4)), FINAL), "B", 0, "seed 4 is used twice"),
    ("seed missing", graph(5, A, B, FINAL), None, None, "Seed 5 does not play"),
    ("winner used twice", graph(4, A, B, replace(FINAL, second=WinnerOf("A"))), "F", 1, "winner of 'A' is used twice"),
    (
        "loser used twice",
        graph(4, A, B, FINAL, THIRD, node("U", LoserOf("A"), WinnerOf("T"))),
        "U",
        0,
        "loser of 'A' is used twice",
    ),
    ("feeds itself", graph(4, A, B, replace(FINAL, second=LoserOf("F"))), "F", 1, "feeds itself"),
    (
        "cycle",
        graph(
            3, node("A", Seed(1), WinnerOf("C")), node("B", Seed(2), LoserOf("A")), node("C", Seed(3), WinnerOf("B"))
        ),
        "A",
        None,
        "waits for itself",
    ),
    ("not in playable order", graph(4, A, FINAL, B), "F", 1, "listed before 'B'"),
    ("two finals", graph(4, A, B), "B", None, "could be won by a champion"),
    (
        "the same two again",
        graph(4, A, B, FINAL, node("G", WinnerOf("F"), LoserOf("F"))),
        "G",
        None,
        "cannot meet again at once",
    ),
    (
        "a reset without a lower side",
        graph(4, A, B, FINAL, node("G", WinnerOf("F"), LoserOf("F"), is_reset=True)),
        "G",
        None,
        "lost before",
    ),
    ("a reset of two matches", graph(4, A, B, replace(FINAL, is_reset=True)), "F", None, "one and the same"),
]


@pytest.mark.parametrize(
    ("broken", "match", "slot", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_is_not_a_bracket_is_refused_where_it_is_wrong(
    broken: MatchGraph, match: str | None, slot: int | None, why: str
) -> None:
    with pytest.raises(InvalidGraph) as refusal:
        validate(broken)
    assert any((one.match, one.slot) == (match, slot) and why in one.message for one in refusal.value.problems)


def test_the_code_of_the_refusal_is_part_of_the_api() -> None:
    assert InvalidGraph.code == "INVALID_GRAPH"


def test_a_bracket_with_a_match_for_third_place_is_accepted() -> None:
    validate(graph(4, A, B, FINAL, THIRD))


def test_nobody_goes_on_from_a_reset() -> None:
    reset = double_elimination(3, GrandFinal.RESET)
    further = node("X", WinnerOf("F2.1"), LoserOf("F2.1"), is_reset=True)
    with pytest.raises(InvalidGraph, match="Nobody goes on from a reset"):
        validate(MatchGraph(3, (*reset.matches, further)))


def test_the_reset_of_a_final_must_say_so() -> None:
    full = double_elimination(4, GrandFinal.RESET)
    unmarked = MatchGraph(4, tuple(replace(one, is_reset=False) for one in full.matches))
    with pytest.raises(InvalidGraph, match="cannot meet again"):
        validate(unmarked)
    assert mark_resets(unmarked) == full


def test_somebody_has_to_start_in_the_upper_bracket() -> None:
    with pytest.raises(InvalidGraph, match="somebody has to start"):
        from_links(2, [Link("A", Seed(1), Seed(2), round=-1)])


def test_a_smaller_limit_of_entrants_can_be_set() -> None:
    validate(single_elimination(8), max_entrants=8)
    with pytest.raises(InvalidGraph, match="takes 2 to 8"):
        validate(single_elimination(9), max_entrants=8)


def test_at_most_twenty_problems_are_told() -> None:
    nodes = [node(f"M{number}", Seed(0), WinnerOf("nowhere")) for number in range(50)]
    with pytest.raises(InvalidGraph) as refusal:
        validate(graph(50, *nodes))
    assert len(refusal.value.problems) == 20


def test_only_the_matches_of_a_cycle_are_blamed_for_it() -> None:
    ring = [Link("C", Seed(3), LoserOf("B")), Link("A", Seed(1), WinnerOf("B")), Link("B", Seed(2), WinnerOf("A"))]
    with pytest.raises(InvalidGraph) as refusal:
        from_links(3, ring)
    assert {problem.match for problem in refusal.value.problems} == {"A", "B"}


def ladder(entrants: int) -> list[Link]:
    """The lowest two play, the winner meets the next seed up, and so on: as deep as a bracket can be."""
    links = [Link("M0", Seed(entrants), Seed(entrants - 1))]
    return links + [Link(f"M{n}", WinnerOf(f"M{n - 1}"), Seed(entrants - 1 - n)) for n in range(1, entrants - 1)]


def test_a_chain_as_deep_as_there_are_entrants_is_no_problem() -> None:
    deep = from_links(1024, reversed(ladder(1024)))
    assert len(deep.dependants("M0")) == 1022
    assert sorted(band for band in placement_bands(deep).values() if band) == [(n, n) for n in range(2, 1025)]


def test_a_thousand_consolation_matches_behind_each_other_are_ranked() -> None:
    """Each takes the loser of the one before, the better placed of its two, so each ranks within the one before."""
    consolations = [Link("C1", LoserOf("M1022"), LoserOf("M1021"))]
    consolations += [Link(f"C{n}", LoserOf(f"C{n - 1}"), LoserOf(f"M{1022 - n}")) for n in range(2, 1023)]
    nested = from_links(1024, [*ladder(1024), *consolations])
    bands = placement_bands(nested)
    assert {key: band for key, band in bands.items() if band} == {"C1022": (1024, 1024)}


def test_dependants_are_those_who_wait_for_somebody_of_the_match() -> None:
    full = double_elimination(4, GrandFinal.RESET)
    assert full.dependants("U1.1") == ("U2.1", "L1.1", "L2.1", "F1.1", "F2.1")
    assert full.dependants("L1.1") == ("L2.1", "F1.1", "F2.1")
    assert full.dependants("F2.1") == ()


def test_the_maps_say_where_winner_and_loser_go() -> None:
    full = double_elimination(4, GrandFinal.SINGLE)
    assert (full.winner_to["U1.2"], full.loser_to["U1.2"]) == (("U2.1", 1), ("L1.1", 1))
    assert (full.winner_to["F1.1"], full.loser_to["F1.1"]) == (None, None)


def stripped(full: MatchGraph) -> list[Link]:
    return [Link(one.key, one.first, one.second) for one in reversed(full.matches)]


def drawn(full: MatchGraph) -> dict[tuple[BracketSide, int], list[str]]:
    rounds: dict[tuple[BracketSide, int], list[str]] = {}
    for one in sorted(full.matches, key=lambda one: one.position):
        rounds.setdefault((one.side, one.round), []).append(one.key)
    return rounds


@pytest.mark.parametrize("entrants", range(2, 70))
def test_bare_links_are_drawn_like_the_bracket_they_came_from(entrants: int) -> None:
    originals = [
        single_elimination(entrants, third_place=entrants >= 4),
        *(double_elimination(entrants, g) for g in GrandFinal),
    ]
    for original in originals:
        imported = from_links(entrants, stripped(original))
        assert drawn(imported) == drawn(original)
        assert {one.key: one.is_reset for one in imported.matches} == {
            one.key: one.is_reset for one in original.matches
        }


def test_entrants_may_start_in_the_lower_bracket_when_the_rounds_say_so() -> None:
    links = [
        Link("U", Seed(1), Seed(2), 1),
        Link("L1", Seed(3), Seed(4), -1),
        Link("L2", LoserOf("U"), WinnerOf("L1"), -2),
        Link("F", WinnerOf("U"), WinnerOf("L2"), 2),
        Link("R", WinnerOf("F"), LoserOf("F"), 2),
    ]
    imported = from_links(4, links)
    assert {one.key: (one.side.value, one.round) for one in imported.matches} == {
        "U": ("UPPER", 1),
        "L1": ("LOWER", 1),
        "L2": ("LOWER", 2),
        "F": ("FINAL", 1),
        "R": ("FINAL", 2),
    }
    assert imported.match("R").is_reset
    assert placement_bands(imported) == {"U": None, "L1": (4, 4), "L2": (3, 3), "F": None, "R": (2, 2)}


KEYS = st.sampled_from(["A", "B", "C", "D", "E", "F"])
ANY_KEYS = st.one_of(KEYS, st.sampled_from(["\0", "x" * 64, "x" * 65, ""]))


def sources(seeds: st.SearchStrategy[int], keys: st.SearchStrategy[str]) -> st.SearchStrategy[Source]:
    return st.one_of(seeds.map(Seed), keys.map(WinnerOf), keys.map(LoserOf))


WILD = st.builds(
    MatchNode,
    key=ANY_KEYS,
    side=st.sampled_from(BracketSide),
    round=st.integers(-2, 5),
    position=st.integers(-1, 3),
    first=sources(st.integers(), ANY_KEYS),
    second=sources(st.integers(), ANY_KEYS),
    best_of=st.none() | st.integers(-2, 9),
    is_reset=st.booleans(),
)
WELL_FORMED = st.builds(
    MatchNode,
    key=KEYS,
    side=st.sampled_from(BracketSide),
    round=st.just(1),
    position=st.just(0),
    first=sources(st.integers(1, 4), KEYS),
    second=sources(st.integers(1, 4), KEYS),
    is_reset=st.booleans(),
)


@exhaustively
@given(
    st.integers(-1, 4), st.lists(WILD, max_size=12) | st.lists(WELL_FORMED, max_size=6, unique_by=lambda one: one.key)
)
def test_properties_i02_garbage_is_refused_and_never_breaks_the_validation(
    entrants: int, nodes: list[MatchNode]
) -> None:
    problems: tuple[GraphProblem, ...] = ()
    try:
        validate(MatchGraph(entrants, tuple(nodes)))
    except InvalidGraph as refusal:
        problems = refusal.problems
    else:
        assert fold(MatchGraph(entrants, tuple(nodes)), {}).champion is None
        return
    assert 1 <= len(problems) <= 20


@st.composite
def rewired(draw: st.DrawFn) -> tuple[int, list[Link]]:
    """The links of a generated bracket with some sources swapped: often still a bracket, but of an unusual kind."""
    entrants = draw(st.integers(2, 9))
    original = draw(
        st.sampled_from(
            [
                single_elimination(entrants, third_place=entrants >= 4),
                *(double_elimination(entrants, g) for g in GrandFinal),
            ]
        )
    )
    sources = [source for one in original.matches for source in one.sources]
    for _ in range(draw(st.integers(1, 4))):
        here, there = draw(st.integers(0, len(sources) - 1)), draw(st.integers(0, len(sources) - 1))
        sources[here], sources[there] = sources[there], sources[here]
    pairs = zip(sources[::2], sources[1::2], strict=True)
    return entrants, [Link(one.key, *pair) for one, pair in zip(original.matches, pairs, strict=True)]


@exhaustively
@given(links=rewired(), chance=st.randoms(use_true_random=False))
def test_properties_i04_a_rewired_bracket_is_refused_or_can_be_played_to_a_full_ranking(
    play: Play, links: tuple[int, list[Link]], chance: Any
) -> None:
    entrants, bare = links
    try:
        imported = from_links(entrants, bare)
    except InvalidGraph:
        return
    event = play(imported, lambda *_: chance.randrange(2))
    bracket = fold(imported, event.results)
    assert bracket.complete
    ranks = placements(imported, event.results)
    assert ranks[bracket.champion or 0] == (1, 1)
    assert Counter(ranks.values()) == {(low, high): high - low + 1 for low, high in ranks.values()}
    assert sorted(place for low, high in set(ranks.values()) for place in range(low, high + 1)) == sorted(ranks)
    assert sorted(ranks) == list(range(1, entrants + 1))
