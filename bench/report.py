"""Results for people: a table for each scenario, and a file for each in `bench/results`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Column, Table

RESULTS = Path(__file__).parent / "results"


def keep(scenario: str, document: Mapping[str, Any], folder: Path = RESULTS) -> None:
    """Write the result of a scenario in place of the one before."""
    folder.mkdir(exist_ok=True)
    text = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    (folder / f"{scenario}.json").write_bytes(text)


def show(scenario: str, result: Mapping[str, Any], console: Console) -> None:
    """Print its figures: one column for each part where all parts have the same, else one for all. No lists."""
    parts = list(result.values())
    columns = result if _are_alike(parts) else {"": result}
    table = Table(Column(no_wrap=True), *columns, title=scenario, title_justify="left")
    found = [dict(_figures(part)) for part in columns.values()]
    for name in found[0]:
        table.add_row(name, *(each[name] for each in found))
    console.print(table)


def _are_alike(parts: list[Any]) -> bool:
    if not all(isinstance(part, dict) for part in parts):
        return False
    names = [list(dict(_figures(part))) for part in parts]
    return len(names) > 1 and all(each == names[0] for each in names)


def _figures(part: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Names, with dots between their levels, and values."""
    for name, value in part.items():
        if isinstance(value, dict):
            yield from _figures(value, f"{path}{name}.")
        elif not isinstance(value, list):
            yield f"{path}{name}", f"{value:,}" if isinstance(value, int | float) else str(value)
