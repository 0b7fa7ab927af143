"""Real events that other people ran, read from beside the repository; skipped where that folder is missing."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from domain.tournaments.rules.elimination import double_elimination
from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.rules.links import Link, from_links
from domain.tournaments.rules.placements import placements
from domain.tournaments.rules.progression import Result, advance, fold, opening_slots
from domain.tournaments.rules.rematch import earliest_rematch_round
from domain.tournaments.values import BracketSide, DropOrder, GrandFinal, LoserOf, Seed, Source, WinnerOf

EVENTS = Path(__file__).resolve().parents[5] / "shared" / "data" / "brackets"


def read(name: str) -> Any:
    path = EVENTS / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return json.loads(path.read_text())


@pytest.fixture(scope="module")
def event() -> Any:
    return read("challonge_41_entrants.json")


@pytest.fixture(scope="module", params=[True, False], ids=["rounds given", "rounds derived"])
def imported(event: Any, request: pytest.FixtureRequest) -> MatchGraph:
    return from_links(
        event["entrants"],
        [
            Link(
                match["id"],
                source(match["p1_from"], match["p1_seed"]),
                source(match["p2_from"], match["p2_seed"]),
                match["round"] if request.param else None,
            )
            for match in event["matches"]
        ],
    )


@pytest.fixture(scope="module")
def results(event: Any) -> dict[str, Result]:
    """The winner of the last match is not recorded, so every winner is taken from the scores."""
    scores = {match["id"]: [int(games) for games in match["scores"].split("-")] for match in event["matches"]}
    return {key: Result(int(second > first)) for key, (first, second) in scores.items()}


def source(origin: list[str] | None, seed: int) -> Source:
    if origin is None:
        return Seed(seed)
    return WinnerOf(origin[1]) if origin[0] == "winner" else LoserOf(origin[1])


def test_the_links_and_the_rounds_are_reproduced(event: Any, imported: MatchGraph) -> None:
    assert len(imported.matches) == 81
    for match in event["matches"]:
        node = imported.match(match["id"])
        assert node.sources == (source(match["p1_from"], match["p1_seed"]), source(match["p2_from"], match["p2_seed"]))
        if node.side is not BracketSide.FINAL:
            assert (node.side is BracketSide.LOWER, node.round) == (match["round"] < 0, abs(match["round"]))
    finals = [(node.key, node.round, node.is_reset) for node in imported.matches if node.side is BracketSide.FINAL]
    assert finals == [("AO", 1, False), ("AP", 2, True)]


def test_the_results_bring_the_same_entrants_into_every_match(
    event: Any, imported: MatchGraph, results: dict[str, Result]
) -> None:
    bracket = fold(imported, results)
    for match in event["matches"]:
        state = bracket.matches[match["id"]]
        assert state.sides == (match["p1_seed"], match["p2_seed"])
        assert state.winner == match["winner_seed"] or match["winner_seed"] is None
    assert (bracket.champion, bracket.complete) == (1, True)


def test_the_final_ranks_are_the_official_ones(event: Any, imported: MatchGraph, results: dict[str, Result]) -> None:
    ranks = placements(imported, results)
    assert {str(seed): low for seed, (low, _) in ranks.items()} == event["final_rank_by_seed"]


def test_reporting_match_by_match_ends_where_the_fold_ends(imported: MatchGraph, results: dict[str, Result]) -> None:
    slots = opening_slots(imported)
    decided: set[str] = set()
    finished = False
    for key in (node.key for node in imported.matches):
        change = advance(imported, slots, decided, key, results[key].winner_slot)
        for match, slot, seed in change.fills:
            slots[match] = (seed, slots[match][1]) if slot == 0 else (slots[match][0], seed)
        decided.add(key)
        finished = change.finished
    assert finished
    assert slots == {key: state.sides for key, state in fold(imported, results).matches.items()}


def test_our_bracket_of_the_same_size_has_the_same_shape(imported: MatchGraph) -> None:
    ours = double_elimination(41, GrandFinal.RESET)
    assert shape(ours) == shape(imported)
    assert earliest_rematch_round(ours) == earliest_rematch_round(imported) == 6


def test_the_drop_order_of_challonge_gives_exactly_its_links(event: Any) -> None:
    ours = {node.sources: node.key for node in double_elimination(41, drop_order=DropOrder.CHALLONGE).matches}
    keys: dict[str, str] = {}

    def renamed(origin: list[str] | None, seed: int) -> Source:
        return source(origin and [origin[0], keys[origin[1]]], seed)

    for match in sorted(event["matches"], key=lambda match: (match["round"] < 0, abs(match["round"]), match["id"])):
        if match["round"] < 7:
            keys[match["id"]] = ours.pop(
                (renamed(match["p1_from"], match["p1_seed"]), renamed(match["p2_from"], match["p2_seed"]))
            )
    assert sorted(ours.values()) == ["F1.1", "F2.1"]
    assert (keys["AN"], keys["CC"]) == ("U6.1", "L9.1")


def test_the_same_seeds_meet_in_the_first_two_rounds(imported: MatchGraph) -> None:
    ours = double_elimination(41, GrandFinal.RESET)
    assert opening_pairs(ours) == opening_pairs(imported)


def test_a_stored_bracket_with_one_bye_has_the_shape_of_ours_for_fifteen() -> None:
    stored = read("brackets_viewer_demo_db_16.json")
    groups = {group["id"]: group["number"] for group in stored["group"]}
    rounds = {one["id"]: (groups[one["group_id"]], one["number"]) for one in stored["round"]}
    played = Counter(rounds[one["round_id"]] for one in stored["match"] if one["opponent1"] and one["opponent2"])
    numbers = {BracketSide.UPPER: 1, BracketSide.LOWER: 2, BracketSide.FINAL: 3}
    ours = shape(double_elimination(len(stored["participant"]), GrandFinal.RESET))
    assert {(numbers[side], number): count for (side, number), count in ours.items()} == played


def shape(graph: MatchGraph) -> Counter[tuple[BracketSide, int]]:
    return Counter((node.side, node.round) for node in graph.matches)


def opening_pairs(graph: MatchGraph) -> set[frozenset[int]]:
    return {
        frozenset(source.number for source in node.sources if isinstance(source, Seed))
        for node in graph.matches
        if node.side is BracketSide.UPPER and node.round <= 2
    }
