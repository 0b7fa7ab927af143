"""`matchpoint standings`: who stands where in an event of a file, by which tie-breaks, and why. Needs no server."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.event_files import FILE_HELP, read_event
from domain.kernel.errors import InvalidInput
from domain.tournaments import (
    Field,
    FileFormat,
    InvalidTiebreak,
    RoundsEvent,
    RuleYear,
    Standing,
    Standings,
    Term,
    Tiebreak,
    parse_tiebreaks,
    standings,
)

_SWISS, _ROUND_ROBIN = "swiss", "round-robin"
_IN_HALVES = frozenset({"PTS", "STD", "PS", "KS", "BH", "FB"})
_IN_HUNDREDTHS = frozenset({"SB", "AOB"})
_MOST_DIGITS = 4
_WIDTH_IN_FILES = 240


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint standings`."""
    parser.add_argument("file", metavar="FILE", help=FILE_HELP)
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
    parser.add_argument("--rounds", type=int, metavar="N", help="after so many rounds (default: all that have begun)")
    parser.add_argument(
        "--system", choices=[_SWISS, _ROUND_ROBIN], help="how players were paired (default: what the file tells)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, with what each value is made of")


def run(arguments: argparse.Namespace) -> int:
    """Prints the standings, and gives the exit status.

    Raises:
        InvalidInput: the file or an argument cannot be used.
    """
    version, event = read_event(arguments.file)
    order = _order(arguments, event)
    field = _field(event.field, arguments.rounds, arguments.system)
    year = RuleYear(arguments.rule_year)
    answer = _Answer(version, event.name, field, year, order, standings(field, order, year))
    if arguments.json:
        print(json.dumps(_told(answer), ensure_ascii=False))
    else:
        _print_table(answer)
    return 0


@dataclass(frozen=True, slots=True)
class _Answer:
    """The standings, and what they are of."""

    version: FileFormat
    event: str
    field: Field
    year: RuleYear
    order: tuple[Tiebreak, ...]
    found: Standings

    @property
    def system(self) -> str:
        return _ROUND_ROBIN if self.field.predetermined else _SWISS


def _order(arguments: argparse.Namespace, event: RoundsEvent) -> tuple[Tiebreak, ...]:
    """The tie-breaks that are asked for, or those of the file."""
    if arguments.tiebreaks is not None:
        return parse_tiebreaks(arguments.tiebreaks)
    try:
        return parse_tiebreaks(",".join(event.tiebreaks or ("PTS",)))
    except InvalidTiebreak as error:
        raise InvalidInput(f"{arguments.file}: {error.message} Choose with --tiebreaks.") from error


def _field(field: Field, last: int | None, system: str | None) -> Field:
    """The players after so many rounds, paired by this system. A round that is paired but not begun is none."""
    if last is None:
        last = field.started
    if not 0 <= last <= field.finished:
        raise InvalidInput(f"--rounds is from 0 to {field.finished}, the rounds that the file has.")
    if last < field.finished:
        players = {number: replace(player, rounds=player.rounds[:last]) for number, player in field.players.items()}
        field = replace(field, players=players, planned=field.planned or field.finished)
    return field if system is None else replace(field, predetermined=system == _ROUND_ROBIN)


def _told(answer: _Answer) -> dict[str, Any]:
    return {
        "event": answer.event,
        "format": answer.version.value,
        "rounds": answer.field.finished,
        "system": answer.system,
        "ruleYear": answer.year.value,
        "tiebreaks": [tiebreak.label for tiebreak in answer.order],
        "dropped": list(answer.found.dropped),
        "standings": [_row(answer, row) for row in answer.found.rows],
        "unbroken": [list(tied) for tied in answer.found.unbroken],
    }


def _row(answer: _Answer, row: Standing) -> dict[str, Any]:
    player = answer.field.players[row.number]
    valued = [(tiebreak, row.values[tiebreak.label]) for tiebreak in answer.order]
    return {
        "rank": row.rank,
        "number": row.number,
        "name": player.name,
        "rating": player.rating,
        "values": {tiebreak.label: _decimal(tiebreak.name, value.number) for tiebreak, value in valued},
        "explanations": {
            tiebreak.label: {"note": value.note, "terms": [_term(tiebreak.name, term) for term in value.terms]}
            for tiebreak, value in valued
        },
    }


def _term(name: str, term: Term) -> dict[str, Any]:
    return {
        "round": term.round,
        "opponent": term.opponent,
        "value": _decimal(name, term.value),
        "why": term.why,
        "cut": term.is_cut,
    }


def _print_table(answer: _Answer) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH_IN_FILES)
    after = f"after {answer.field.finished} rounds, {answer.system}, rules of {answer.year.value}"
    console.print(Text(f"{answer.event or 'Standings'}: {after}"), soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for title in ("Rank", "No."):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("Name", no_wrap=True, min_width=12)
    for tiebreak in answer.order:
        table.add_column(tiebreak.label, justify="right", no_wrap=True)
    for row in answer.found.rows:
        name = Text(answer.field.players[row.number].name)
        values = [_decimal(tiebreak.name, row.values[tiebreak.label].number) or "-" for tiebreak in answer.order]
        table.add_row(str(row.rank), str(row.number), name, *values)
    console.print(table)
    for tied in answer.found.unbroken:
        console.print(Text(f"Still tied: {', '.join(map(str, tied))}"), soft_wrap=True)
    if answer.found.dropped:
        dropped = ", ".join(answer.found.dropped)
        console.print(Text(f"Left out, because a player has no rating: {dropped}"), soft_wrap=True)


def _decimal(name: str, number: Fraction | None) -> str | None:
    """The number as a decimal, with as many digits as the tie-break has, or as it takes to be exact, up to four."""
    if number is None:
        return None
    digits = 1 if name in _IN_HALVES else 2 if name in _IN_HUNDREDTHS else 0
    while digits < _MOST_DIGITS and (number * 10**digits).denominator != 1:
        digits += 1
    return f"{float(number):.{digits}f}"
