from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import orjson
from rich.console import Console

from bench import report

PROJECT = Path(__file__).resolve().parents[2]


def _shown(result: Mapping[str, object]) -> list[list[str]]:
    """The cells of the printed table, row by row."""
    output = io.StringIO()
    report.show("name", result, Console(file=output, width=100))
    rows = [line.strip("│┃").replace("┃", "│").split("│") for line in output.getvalue().splitlines()]
    return [[cell.strip() for cell in row] for row in rows if len(row) > 1]


def test_parts_with_the_same_figures_stand_side_by_side() -> None:
    result = {
        "small": {"cpu": {"ms": 1.5}, "bytes": 1200, "rounds": [1, 2]},
        "large": {"cpu": {"ms": 2.5}, "bytes": 24000, "rounds": [2, 3]},
    }
    assert _shown(result) == [["", "small", "large"], ["cpu.ms", "1.5", "2.5"], ["bytes", "1,200", "24,000"]]


def test_other_figures_stand_one_below_the_other() -> None:
    assert _shown({"small": {"ms": 1.5}, "ratio": 3}) == [["", ""], ["small.ms", "1.5"], ["ratio", "3"]]


def test_a_result_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    for ms in (1, 2):
        report.keep("name", {"result": {"ms": ms}}, tmp_path / "results")
    assert orjson.loads((tmp_path / "results" / "name.json").read_bytes()) == {"result": {"ms": 2}}


def test_comparisons_are_left_out_without_node() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "queries_against_peers"],
        cwd=PROJECT,
        env={**os.environ, "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert orjson.loads(done.stdout) == {}
    sentence = "its servers come from npm, and are not installed."
    assert done.stderr == f"bench: queries_against_peers is left out: {sentence}\n"
