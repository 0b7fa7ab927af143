"""Recorded events for tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

Json = Any

# Real events lie beside the project where somebody has them.
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "brackets" / "challonge_41_entrants.json"


def match(key: str, round_: int, first: Json, second: Json, **told: object) -> Json:
    """A match as a file tells it; a side is a seed, or a match and whether its winner or its loser comes."""
    sides = {"p1": first, "p2": second}
    seeds = {f"{name}_seed": side if isinstance(side, int) else None for name, side in sides.items()}
    sources = {f"{name}_from": None if isinstance(side, int) else side for name, side in sides.items()}
    return {"id": key, "round": round_, **seeds, **sources, **told}


# Six entrants, two losses to be out. With a forfeit (F), sets (C), a winner that only the score tells (G), a lower
# bracket that is listed first, and a second final (K) that was not needed.
SMALL: Json = {
    "entrants": 6,
    "format": "double elimination",
    "final_rank_by_seed": {"1": 2, "2": 1, "3": 3, "4": 5, "5": 5, "6": 4},
    "matches": [
        match("F", -1, ["loser", "C"], ["loser", "B"], winner_seed=3, scores="0-0"),
        match("G", -1, ["loser", "D"], ["loser", "A"], scores="3-1", notes="Unknown to us."),
        match("A", 1, 4, 5, winner_seed=4, scores="2-1"),
        match("B", 1, 3, 6, winner_seed=6, scores="0-2"),
        match("C", 2, 1, ["winner", "A"], winner_seed=1, scores="2-1,0-2,2-0"),
        match("D", 2, 2, ["winner", "B"], winner_seed=2, scores="2-0"),
        match("E", 3, ["winner", "C"], ["winner", "D"], winner_seed=2, scores="1-2"),
        match("H", -2, ["winner", "F"], ["winner", "G"], winner_seed=3, scores="2-0"),
        match("I", -3, ["loser", "E"], ["winner", "H"], winner_seed=1, scores="2-0"),
        match("J", 4, ["winner", "E"], ["winner", "I"], winner_seed=2, scores="3-2"),
        match("K", 4, ["loser", "J"], ["winner", "J"], winner_seed=None, scores=""),
    ],
}


def changed(change: Callable[[Json], object]) -> bytes:
    """The small event after a change."""
    event = deepcopy(SMALL)
    change(event)
    return json.dumps(event).encode()


def entry(event: Json, key: str) -> Json:
    """The match with this id."""
    return next(match for match in event["matches"] if match["id"] == key)


def set_in(key: str, **fields: object) -> bytes:
    """The small event with other fields in one match."""
    return changed(lambda event: entry(event, key).update(fields))


def two_champions() -> bytes:
    """Two brackets in one file, whose winners never meet."""
    matches = [match("A", 1, 1, 2, scores="1-0"), match("B", 1, 3, 4, scores="1-0")]
    return json.dumps({"entrants": 4, "final_rank_by_seed": {"1": 1}, "matches": matches}).encode()
