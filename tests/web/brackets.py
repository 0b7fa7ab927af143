"""Brackets as the pages receive them, built by the rules of the server itself."""

from __future__ import annotations

from typing import Any

from domain.tournaments.rules.graph import MatchGraph, MatchNode
from domain.tournaments.values import LoserOf, Seed, Source

Json = dict[str, Any]


def matches_of(graph: MatchGraph) -> list[Json]:
    """The matches of a graph with the fields the pages ask for; keys stand for ids, seeds for names."""
    return [_match(node) for node in graph.matches]


def rounds_of(matches: list[Json]) -> list[Json]:
    """The matches grouped by side and round, as `Bracket.rounds` does."""
    rounds: dict[tuple[str, int], list[Json]] = {}
    for match in matches:
        rounds.setdefault((match["place"]["side"], match["place"]["round"]), []).append(match)
    return [
        {"side": side, "number": number, "name": f"{side} {number}", "matches": members}
        for (side, number), members in rounds.items()
    ]


def _match(node: MatchNode) -> Json:
    slots = [_slot(source) for source in node.sources]
    return {
        "id": node.key,
        "version": 1,
        "status": "READY" if all(slot["name"] for slot in slots) or node.is_reset else "PENDING",
        "scoring": "BEST_OF",
        "bestOf": 3,
        "outcome": None,
        "winnerSlot": None,
        "slots": slots,
        "place": {
            "key": node.key,
            "side": node.side.value,
            "round": node.round,
            "position": node.position,
            "isReset": node.is_reset,
            "sources": [_source(source) for source in node.sources],
        },
    }


def _slot(source: Source) -> Json:
    if isinstance(source, Seed):
        return {"name": f"Entrant {source.number}", "seed": source.number, "score": None}
    return {"name": None, "seed": None, "score": None}


def _source(source: Source) -> Json:
    if isinstance(source, Seed):
        return {"kind": "SEED", "matchId": None}
    return {"kind": "LOSER" if isinstance(source, LoserOf) else "WINNER", "matchId": source.match}
