"""Pairing Swiss rounds: the pure rules, without a database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from random import Random
from statistics import median
from typing import Any

import networkx as nx

from bench.server import System
from domain.tournaments.rules.rounds import Entry, Field, Kind, Player, Side
from domain.tournaments.rules.swiss import PairedRound, Terms, pair
from domain.tournaments.rules.swiss.history import pasts
from domain.tournaments.rules.swiss.weights import Costs

_SIZES = (64, 256, 1024)
_ROUNDS = 9
_DRAWS = 0.3
_LARGEST_FOR_PEER = 256


async def measure(_system: System) -> dict[str, Any]:
    """Milliseconds of CPU to pair each round of an event, and for the peer to match the last one.

    networkx is given all pairs with the same weights. It takes minutes for 1,024 players, which are left out.
    """
    return {str(size): _figures(size) for size in _SIZES}


def _figures(size: int) -> dict[str, Any]:
    fields = list(_event(size))
    took = [_cpu_ms(partial(pair, field)) for field in fields]
    peer = _cpu_ms(_matching_of_peer(fields[-1])) if size <= _LARGEST_FOR_PEER else None
    return {"median_ms": round(median(took), 1), "slowest_ms": max(took), "networkx_ms": peer, "rounds_ms": took}


def _event(size: int) -> Iterator[Field]:
    """The field before each round; the better number wins a little more often."""
    rng = Random(size)  # noqa: S311  (the same event every time)
    field = Field({number: Player(number, f"Player {number}") for number in range(1, size + 1)})
    for _ in range(_ROUNDS):
        yield field
        paired = pair(field)
        assert isinstance(paired, PairedRound)
        field = _played(field, paired, rng)


def _played(field: Field, paired: PairedRound, rng: Random) -> Field:
    entries = {bye.number: Entry(Kind.PAIRING_BYE, field.scoring.pairing_bye) for bye in paired.byes}
    for board in paired.boards:
        first, second = board.first.number, board.second.number
        points = 1 if rng.random() < _DRAWS else 2 * ((rng.random() < 0.6) is (first < second))
        entries[first] = Entry(Kind.PLAYED, points, second, Side.FIRST)
        entries[second] = Entry(Kind.PLAYED, 2 - points, first, Side.SECOND)
    players = {n: replace(player, rounds=(*player.rounds, entries[n])) for n, player in field.players.items()}
    return replace(field, players=players)


def _matching_of_peer(field: Field) -> Callable[[], object]:
    costs = Costs(pasts(field, Terms(), field.players), Terms(), relaxed=False, sides=True)
    graph = nx.Graph()
    for rank in range(len(costs)):
        pairs = costs.of_pairs(rank, range(rank + 1, len(costs)))
        graph.add_weighted_edges_from((one, other, costs.bound - cost) for one, other, cost in pairs)
    return lambda: nx.max_weight_matching(graph, maxcardinality=True)


def _cpu_ms(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return round((time.process_time() - began) * 1e3, 1)
