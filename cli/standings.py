"""`matchpoint standings`: who stands where in an event of a file, by which tie-breaks, and why. Needs no server."""

from __future__ import annotations

import argparse
import json
import stat
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from domain.kernel.errors import InvalidInput
from domain.tournaments import (
    MAX_FILE_BYTES,
    Field,
    FileFormat,
    InvalidEventFile,
    InvalidTiebreak,
    RoundsEvent,
    RuleYear,
    Standing,
    Standings,
    Term,
    Tiebreak,
    Value,
    parse_tiebreaks,
    read_rounds,
    standings,
)

_SWISS, _ROUND_ROBIN = "swiss", "round-robin"
_IN_HALVES = frozenset({"PTS", "STD", "PS", "KS", "BH", "FB"})
_IN_HUNDREDTHS = frozenset({"SB", "AOB"})
_WIDTH_IN_FILES = 240


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint standings`."""
    parser.add_argument(
        "file", metavar="FILE", help="a Tournament Report File (2016 or 2026) or JSON of our own; - reads the input"
    )
    parser.add_argument(
        "--tiebreaks", metavar="LIST", help="such as PTS,DE,BH/C1,SB (default: those the file names, else PTS)"
    )
    parser.add_argument(
        "--rule-year",
        type=int,
        choices=[year.value for year in RuleYear],
        default=RuleYear.CAPPED.value,
        help="whose rules count unplayed rounds (default: %(default)s)",
    )
    parser.add_argument("--rounds", type=int, metavar="N", help="after so many rounds (default: all there are)")
    parser.add_argument(
        "--system", choices=[_SWISS, _ROUND_ROBIN], help="how players were paired (default: what the file tells)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, with what each value is made of")


def run(arguments: argparse.Namespace) -> int:
    """Prints the standings, and gives the exit status.

    Raises:
        InvalidInput: the file or an argument cannot be used.
    """
    try:
        version, event = read_rounds(_content(arguments.file))
    except InvalidEventFile as error:
        raise InvalidInput(f"{arguments.file}: {error.message}") from error
    tiebreaks = _tiebreaks(arguments, event)
    field = _field(event.field, arguments.rounds, arguments.system)
    year = RuleYear(arguments.rule_year)
    found = standings(field, tiebreaks, year)
    if arguments.json:
        print(json.dumps(_told(version, event, field, year, tiebreaks, found), ensure_ascii=False))
    else:
        _print_table(event, field, year, tiebreaks, found)
    return 0


def _content(file: str) -> bytes:
    """What the file holds, up to one byte more than is read."""
    if file == "-":
        return sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    path = Path(file)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InvalidInput(f"{file}: is not a file.")
        with path.open("rb") as opened:
            return opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"{file}: cannot be read: {error.strerror}.") from error


def _tiebreaks(arguments: argparse.Namespace, event: RoundsEvent) -> tuple[Tiebreak, ...]:
    if arguments.tiebreaks is not None:
        return parse_tiebreaks(arguments.tiebreaks)
    try:
        return parse_tiebreaks(",".join(event.tiebreaks or ("PTS",)))
    except InvalidTiebreak as error:
        raise InvalidInput(f"{arguments.file}: {error.message} Choose with --tiebreaks.") from error


def _field(field: Field, rounds: int | None, system: str | None) -> Field:
    """The players after so many rounds, paired by this system."""
    if rounds is not None:
        if not 0 <= rounds <= field.finished:
            raise InvalidInput(f"--rounds is from 0 to {field.finished}, the rounds that the file has.")
        players = {number: replace(player, rounds=player.rounds[:rounds]) for number, player in field.players.items()}
        field = replace(field, players=players, planned=field.planned or field.finished)
    return field if system is None else replace(field, predetermined=system == _ROUND_ROBIN)


def _told(
    version: FileFormat,
    event: RoundsEvent,
    field: Field,
    year: RuleYear,
    tiebreaks: tuple[Tiebreak, ...],
    found: Standings,
) -> dict[str, Any]:
    names = {tiebreak.label: tiebreak.name for tiebreak in tiebreaks}
    return {
        "event": event.name,
        "format": version.value,
        "rounds": field.finished,
        "system": _ROUND_ROBIN if field.predetermined else _SWISS,
        "ruleYear": year.value,
        "tiebreaks": list(names),
        "dropped": list(found.dropped),
        "standings": [
            {
                "rank": row.rank,
                "number": row.number,
                "name": field.players[row.number].name,
                "rating": field.players[row.number].rating,
                "values": {label: _decimal(names[label], value.number) for label, value in row.values.items()},
                "explanations": {label: _explained(names[label], value) for label, value in row.values.items()},
            }
            for row in found.rows
        ],
        "unbroken": [list(tied) for tied in found.unbroken],
    }


def _explained(name: str, value: Value) -> dict[str, Any]:
    return {"note": value.note, "terms": [_term(name, term) for term in value.terms]}


def _term(name: str, term: Term) -> dict[str, Any]:
    return {
        "round": term.round,
        "opponent": term.opponent,
        "value": _decimal(name, term.value),
        "why": term.why,
        "cut": term.is_cut,
    }


def _print_table(
    event: RoundsEvent, field: Field, year: RuleYear, tiebreaks: tuple[Tiebreak, ...], found: Standings
) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH_IN_FILES)
    system = _ROUND_ROBIN if field.predetermined else _SWISS
    heading = f"{event.name or 'Standings'}: after {field.finished} rounds, {system}, rules of {year.value}"
    console.print(Text(heading), soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for title in ("Rank", "No."):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("Name", no_wrap=True, min_width=12)
    for tiebreak in tiebreaks:
        table.add_column(tiebreak.label, justify="right", no_wrap=True)
    for row in found.rows:
        table.add_row(str(row.rank), str(row.number), Text(field.players[row.number].name), *_shown(tiebreaks, row))
    console.print(table)
    for tied in found.unbroken:
        console.print(Text(f"Still tied: {', '.join(map(str, tied))}"), soft_wrap=True)
    if found.dropped:
        console.print(Text(f"Left out, because a player has no rating: {', '.join(found.dropped)}"), soft_wrap=True)


def _shown(tiebreaks: tuple[Tiebreak, ...], row: Standing) -> list[str]:
    return [_decimal(tiebreak.name, row.values[tiebreak.label].number) or "-" for tiebreak in tiebreaks]


def _decimal(name: str, number: Fraction | None) -> str | None:
    """The number as a decimal, with as many digits as the tie-break has, or as it takes to be exact, up to four."""
    if number is None:
        return None
    digits = 1 if name in _IN_HALVES else 2 if name in _IN_HUNDREDTHS else 0
    while digits < 4 and (number * 10**digits).denominator != 1:
        digits += 1
    return f"{float(number):.{digits}f}"
