"""The drawing of every bracket from 4 to 128 entrants: no box on another, every line at its slot."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.async_api import Page

from domain.tournaments.rules.elimination import double_elimination, single_elimination
from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.values import GrandFinal
from tests.web.brackets import Json, matches_of, rounds_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Texts cross to the browser and back many times faster than objects.
PLANS = """async (brackets) => {
  const { layout, stack, BOX } = await import("/static/layout.js");
  const plans = JSON.parse(brackets).map(({ matches, rounds }) => {
    const ids = (round) => ({ ...round, matchIds: round.matches.map(({ id }) => id) });
    const plan = rounds ? stack(matches, rounds.map(ids)) : layout(matches);
    return { ...plan, box: BOX, boxes: [...plan.boxes] };
  });
  return JSON.stringify(plans);
}"""

Build = Callable[[int], MatchGraph]
STRUCTURES: dict[str, Build] = {
    "single": single_elimination,
    "third place": lambda entrants: single_elimination(entrants, third_place=True),
    "double, reset": lambda entrants: double_elimination(entrants, GrandFinal.RESET),
    "double, one final": lambda entrants: double_elimination(entrants, GrandFinal.SINGLE),
    "double, no final": lambda entrants: double_elimination(entrants, GrandFinal.NONE),
}


@pytest.mark.parametrize("structure", STRUCTURES)
async def test_boxes_never_meet_and_lines_end_at_their_slots(bench: Page, structure: str) -> None:
    brackets = [matches_of(STRUCTURES[structure](entrants)) for entrants in range(4, 129)]
    plans = await _plans(bench, [{"matches": matches} for matches in brackets])
    for matches, plan in zip(brackets, plans, strict=True):
        boxes = dict(plan["boxes"])
        assert set(boxes) == {match["id"] for match in matches}
        _assert_apart(plan, boxes)
        _assert_connected(matches, plan, boxes)
        _assert_centred(matches, boxes)


@pytest.mark.parametrize("structure", STRUCTURES)
async def test_stacked_rounds_never_meet(bench: Page, structure: str) -> None:
    brackets = [matches_of(STRUCTURES[structure](entrants)) for entrants in (4, 5, 23, 64, 128)]
    plans = await _plans(bench, [{"matches": matches, "rounds": rounds_of(matches)} for matches in brackets])
    for matches, plan in zip(brackets, plans, strict=True):
        boxes = dict(plan["boxes"])
        assert set(boxes) == {match["id"] for match in matches}
        _assert_apart(plan, boxes)
        assert len(plan["columns"]) == len(rounds_of(matches))


async def test_a_reset_is_drawn_once_it_is_needed(bench: Page) -> None:
    matches = matches_of(double_elimination(8))
    reset = next(match for match in matches if match["place"]["isReset"])
    drawn = {}
    for status in ("PENDING", "READY", "NOT_NEEDED"):
        reset["status"] = status
        [plan] = await _plans(bench, [{"matches": matches}])
        drawn[status] = reset["id"] in dict(plan["boxes"])
    assert drawn == {"PENDING": False, "READY": True, "NOT_NEEDED": False}


async def test_the_champions_plate_follows_the_deciding_match(bench: Page) -> None:
    brackets = [matches_of(STRUCTURES[name](16)) for name in ("single", "double, one final", "double, no final")]
    plans = await _plans(bench, [{"matches": matches} for matches in brackets])
    assert [plan["trophy"]["from"] for plan in plans] == ["U4.1", "F1.1", "U4.1"]


async def _plans(bench: Page, brackets: list[Json]) -> list[Json]:
    plans: list[Json] = json.loads(await bench.evaluate(PLANS, json.dumps(brackets)))
    return plans


def _assert_apart(plan: Json, boxes: dict[str, Json]) -> None:
    width, height = plan["box"]["width"], plan["box"]["height"]
    columns = defaultdict(list)
    for box in boxes.values():
        columns[box["x"]].append(box["y"])
        assert 0 <= box["x"] <= plan["width"] - width
        assert 0 <= box["y"] <= plan["height"] - height
    assert all(second - first >= width for first, second in pairwise(sorted(columns)))
    for tops in columns.values():
        assert all(second - first >= height for first, second in pairwise(sorted(tops)))


def _assert_connected(matches: list[Json], plan: Json, boxes: dict[str, Json]) -> None:
    expected = {
        (source["matchId"], match["id"], slot, source["kind"])
        for match in matches
        for slot, source in enumerate(match["place"]["sources"])
        if source["matchId"]
    }
    assert {(link["from"], link["to"], link["slot"], link["kind"]) for link in plan["links"]} == expected
    for link in plan["links"]:
        source, target = boxes[link["from"]], boxes[link["to"]]
        assert link["end"] == {"x": target["x"], "y": target["y"] + 16 + 32 * link["slot"]}
        if link["kind"] == "WINNER":
            assert _start(link["path"]) == (source["x"] + plan["box"]["width"], source["y"] + 32)
            assert _end(link["path"]) == pytest.approx((link["end"]["x"], link["end"]["y"]), abs=1)


def _assert_centred(matches: list[Json], boxes: dict[str, Json]) -> None:
    for match in matches:
        here = boxes[match["id"]]
        feeders = [boxes[source["matchId"]] for source in match["place"]["sources"] if source["kind"] == "WINNER"]
        near = [box["y"] for box in feeders if box["side"] == here["side"]]
        if near and match["place"]["side"] in ("UPPER", "LOWER"):
            assert here["y"] == sum(near) / len(near)


def _start(path: str) -> tuple[float, ...]:
    return tuple(float(number) for number in re.findall(r"-?[\d.]+", path)[:2])


def _end(path: str) -> tuple[float, float]:
    across = float(path.rsplit("H", 1)[1])
    curves = re.findall(r"Q(-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+)", path)
    return across, float(curves[-1][3]) if curves else _start(path)[1]
