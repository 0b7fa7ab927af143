"""`matchpoint import`: reads an event of any platform from files, and says what its links and results lead to. Needs no
server.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.event_files import content, write
from domain.kernel.errors import InvalidInput
from domain.tournaments import (
    MAX_EVENT_BYTES,
    Event,
    EventFormat,
    EventGroup,
    EventStage,
    GroupOutcome,
    InvalidEventFile,
    Reproduction,
    StageFormat,
    read_event,
    reproduce,
    write_event_json,
)

_DIFFERS = 1
_SHOWN_DIFFERENCES = 20
_WIDTH_IN_FILES = 240
# openfootball publishes a cup in files beside each other, which have these in their names.
_BESIDE = (".groups", ".standings")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint import`."""
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="an event from Challonge, start.gg, brackets-manager.js, The Blue Alliance, openfootball or scalachess, a"
        " Tournament Report File, or JSON of our own; several for an event that comes in parts; - reads the input",
    )
    parser.add_argument(
        "--write", metavar="OUT", help="write the event as JSON of our own; - prints it and nothing else"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Reports on the event, and gives the exit status: 0 when all that the files state is reproduced, else 1.

    Raises:
        InvalidInput: a file cannot be used, or written.
    """
    progress = Console(stderr=True)
    with progress.status("Reading the event"):
        kind, event = _read(arguments.files)
    with progress.status("Playing it by its links and results"):
        report = _Report(kind, event, reproduce(event))
    if arguments.write is not None:
        write(arguments.write, write_event_json(event))
    if arguments.json:
        print(json.dumps(_told(report), ensure_ascii=False))
    elif arguments.write != "-":
        _print(report)
    return _DIFFERS if report.found.differences else 0


def _read(files: Sequence[str]) -> tuple[EventFormat, Event]:
    """The event in these files, and in those of openfootball that lie beside its matches.

    Raises:
        InvalidInput: they cannot be read, or do not tell an event.
    """
    kind, event = _event(files)
    if kind is EventFormat.OPENFOOTBALL and len(files) == 1 and files[0] != "-":
        path = Path(files[0])
        beside = [path.with_name(f"{path.stem}{part}{path.suffix}") for part in _BESIDE]
        found = [str(each) for each in beside if each.is_file()]
        if found:
            return _event([*files, *found])
    return kind, event


def _event(files: Sequence[str]) -> tuple[EventFormat, Event]:
    try:
        return read_event([content(file, MAX_EVENT_BYTES) for file in files])
    except InvalidEventFile as error:
        raise InvalidInput(f"{', '.join(files)}: {error.message}") from error


@dataclass(frozen=True, slots=True)
class _Report:
    """An event, the format it came in, and what our rules make of it."""

    kind: EventFormat
    event: Event
    found: Reproduction

    @property
    def groups(self) -> list[tuple[EventStage, EventGroup, GroupOutcome]]:
        """Every group with its stage and what became of it."""
        return [
            (stage, group, outcome)
            for stage, outcomes in zip(self.event.stages, self.found.groups, strict=True)
            for group, outcome in zip(stage.groups, outcomes, strict=True)
        ]


def _told(report: _Report) -> dict[str, Any]:
    entrants = {entrant.number: entrant for entrant in report.event.entrants}
    placed = sorted(report.found.placements.items(), key=lambda each: (each[1], each[0]))
    return {
        "event": report.event.name,
        "format": report.kind.value,
        "game": report.event.game,
        "entrants": len(entrants),
        "matches": sum(len(group.matches) for _, group, _ in report.groups),
        "complete": all(outcome.is_complete for _, _, outcome in report.groups),
        "stages": [
            {
                "name": stage.name,
                "format": stage.format.value,
                "tiebreaks": list(stage.tiebreaks),
                "groups": [
                    _group_told(report.event, group, outcome)
                    for group, outcome in zip(stage.groups, outcomes, strict=True)
                ],
            }
            for stage, outcomes in zip(report.event.stages, report.found.groups, strict=True)
        ],
        "placements": [
            {
                "low": low,
                "high": high,
                "number": number,
                "name": entrants[number].name,
                "seed": entrants[number].seed,
                "externalId": entrants[number].external_id,
                "told": entrants[number].place,
            }
            for number, (low, high) in placed
        ],
        "compared": dict(report.found.compared),
        "unchecked": report.found.unchecked,
        "reproduced": not report.found.differences,
        "differences": [
            {"where": each.where, "told": each.told, "ours": each.ours} for each in report.found.differences
        ],
    }


def _group_told(event: Event, group: EventGroup, outcome: GroupOutcome) -> dict[str, Any]:
    names = {entrant.number: entrant.name for entrant in event.entrants}
    told: dict[str, Any] = {
        "name": group.name,
        "entrants": len(group.entrants),
        "matches": len(group.matches),
        "heats": len(group.heats),
        "complete": outcome.is_complete,
    }
    if outcome.standings is not None:
        told["unbroken"] = [list(tied) for tied in outcome.standings.unbroken]
        told["standings"] = [
            {
                "rank": row.rank,
                "number": row.number,
                "name": names[row.number],
                "values": {
                    label: None if value.number is None else float(value.number) for label, value in row.values.items()
                },
            }
            for row in outcome.standings.rows
        ]
    else:
        placed = sorted(outcome.bands.items(), key=lambda each: (each[1], each[0]))
        told["places"] = [
            {"low": low, "high": high, "number": number, "name": names[number]} for number, (low, high) in placed
        ]
    return told


def _print(report: _Report) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH_IN_FILES)
    name = report.event.name or "Event"
    matches = sum(len(group.matches) for _, group, _ in report.groups)
    console.print(
        Text(f"{name} ({report.kind.value}): {len(report.event.entrants)} entrants, {matches} matches"), soft_wrap=True
    )
    for stage, group, outcome in report.groups:
        title = " ".join(part for part in (stage.name, group.name) if part) or "Stage"
        state = "complete" if outcome.is_complete else "not complete"
        played = (
            f"{len(group.heats)} heats" if stage.format is StageFormat.FREE_FOR_ALL else f"{len(group.matches)} matches"
        )
        about = f"{title}: {stage.format.value}, {len(group.entrants)} entrants, {played}, {state}"
        console.print(Text(about), soft_wrap=True)
        if outcome.standings is not None:
            console.print(_table(report.event, outcome))
        elif stage.format is StageFormat.LADDER:
            console.print(_placed(report.event, outcome.bands))
    if report.found.placements:
        console.print(_placed(report.event, report.found.placements))
    _print_differences(console, report)


def _table(event: Event, outcome: GroupOutcome) -> Table:
    assert outcome.standings is not None
    names = {entrant.number: entrant.name for entrant in event.entrants}
    table = Table(box=None, pad_edge=False)
    table.add_column("Rank", justify="right")
    table.add_column("Name")
    labels = list(outcome.standings.rows[0].values)
    for label in labels:
        table.add_column(label, justify="right")
    for row in outcome.standings.rows:
        values = (row.values[label].number for label in labels)
        table.add_row(
            str(row.rank), Text(names[row.number]), *("-" if value is None else f"{float(value):g}" for value in values)
        )
    return table


def _placed(event: Event, places: Mapping[int, tuple[int, int]]) -> Table:
    names = {entrant.number: entrant.name for entrant in event.entrants}
    table = Table(box=None, pad_edge=False)
    table.add_column("Place", justify="right")
    table.add_column("Name")
    for number, (low, high) in sorted(places.items(), key=lambda each: (each[1], each[0])):
        table.add_row(f"{low}" if low == high else f"{low}-{high}", Text(names[number]))
    return table


def _print_differences(console: Console, report: _Report) -> None:
    compared = ", ".join(f"{number} {what}" for what, number in report.found.compared.items())
    if report.found.unchecked:
        compared += f"; for {report.found.unchecked} more results are missing"
    if not report.found.differences:
        console.print(Text(f"All that the file states is reproduced ({compared})."), soft_wrap=True)
        return
    for difference in report.found.differences[:_SHOWN_DIFFERENCES]:
        console.print(Text(str(difference)), soft_wrap=True)
    left = len(report.found.differences) - _SHOWN_DIFFERENCES
    if left > 0:
        console.print(Text(f"… and {left} more."), soft_wrap=True)
    console.print(Text(f"{len(report.found.differences)} differences in {compared}."), soft_wrap=True)
