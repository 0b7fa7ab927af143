"""`matchpoint pair`: who meets whom in the next round of an event of a file, and why. Needs no server."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.event_files import FILE_HELP, read_event
from domain.kernel.errors import InvalidInput
from domain.tournaments import FileFormat, RoundsEvent, round_robin, rounds, swiss

_ROUND_ROBIN = "round-robin"
_WIDTH_IN_FILES = 240
_SIDES = {
    swiss.SideReason.THIRD_IN_A_ROW: "sides: otherwise one would have the same for the third time in a row",
    swiss.SideReason.BALANCE: "sides: one had them less evenly",
    swiss.SideReason.ALTERNATION: "sides: otherwise one would have the same again",
    swiss.SideReason.HISTORY: "sides: the other way round than when they last differed",
    swiss.SideReason.RANK: "sides: the higher ranked has the one that both are due",
    swiss.SideReason.NUMBER: "sides: by number, as nobody had any",
}
_RELAXED = {
    swiss.Relaxation.REMATCH: "No round without a rematch was left.",
    swiss.Relaxation.SECOND_BYE: "Everybody who may have the bye had one already.",
}
_ENDS = {
    swiss.End.ALL_PLAYED: "all rounds that were planned are played",
    swiss.End.TOO_FEW: "fewer than two play on",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint pair`."""
    parser.add_argument("file", metavar="FILE", help=FILE_HELP)
    parser.add_argument(
        "--method",
        choices=[*(method.lower() for method in swiss.Method), _ROUND_ROBIN],
        default=swiss.Method.SLIDE.lower(),
        help="who meets whom among players with equally many points, or everybody against everybody by the tables"
        " of Berger (default: %(default)s)",
    )
    parser.add_argument(
        "--forbidden",
        nargs="+",
        action="extend",
        default=[],
        metavar="A-B",
        help="numbers of players who must not meet, beside those of the file",
    )
    parser.add_argument(
        "--bye",
        nargs="+",
        action="extend",
        default=[],
        type=int,
        metavar="NUMBER",
        help="who sits this round out, beside those of the file",
    )
    parser.add_argument("--wins", type=_count, metavar="K", help="who has won K rounds is through and plays no more")
    parser.add_argument("--losses", type=_count, metavar="K", help="who has lost K rounds is out")
    parser.add_argument("--json", action="store_true", help="print one JSON object, with the reasons")


def run(arguments: argparse.Namespace) -> int:
    """Prints the round, and gives the exit status.

    Raises:
        InvalidInput: the file or an argument cannot be used.
        RoundUnfinished: the file has a game without a result.
        NoLegalPairing: there is no complete round.
        PairingTooLarge: finding it would take too long.
    """
    version, event = read_event(arguments.file)
    answer = _answer(event, arguments)
    if arguments.json:
        print(json.dumps(_told(version, event, answer), ensure_ascii=False))
    else:
        _show(event, answer)
    return 0


def _answer(event: RoundsEvent, arguments: argparse.Namespace) -> swiss.PairedRound | swiss.EventOver:
    if arguments.method != _ROUND_ROBIN:
        return swiss.pair(event.field, _terms(event, arguments))
    if arguments.forbidden or arguments.bye or arguments.wins or arguments.losses:
        raise InvalidInput("--method round-robin takes no other conditions: who meets whom is settled beforehand.")
    return round_robin.next_round(event.field)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def _terms(event: RoundsEvent, arguments: argparse.Namespace) -> swiss.Terms:
    """What the file and the arguments say of the coming round."""
    coming = event.field.finished + 1
    pairs = [_pair(text) for text in arguments.forbidden]
    named = {*arguments.bye, *(number for pair in pairs for number in pair)}
    for number in sorted(named - event.field.players.keys()):
        raise InvalidInput(f"There is no player {number} in {arguments.file}.")
    forbidden = [frozenset(rule.players) for rule in event.forbidden if rule.first_round <= coming <= rule.last_round]
    extra = {number: _extra(event, number, coming) for number in event.field.players}
    ranks = {number: person.rank for number, person in event.people.items() if person.rank is not None}
    return swiss.Terms(
        method=swiss.Method(arguments.method.upper()),
        forbidden=frozenset([*forbidden, *pairs]),
        byes={**dict.fromkeys(arguments.bye, rounds.Kind.ZERO_BYE), **event.absences.get(coming, {})},
        extra={number: points for number, points in extra.items() if points},
        ranks=ranks if event.ranked else {},
        wins_to_advance=arguments.wins,
        losses_to_leave=arguments.losses,
        first_side=event.first_side or rounds.Side.FIRST,
    )


def _pair(text: str) -> frozenset[int]:
    found = re.fullmatch(r"(\d{1,4})-(\d{1,4})", text, re.ASCII)
    if found is None or int(found[1]) == int(found[2]):
        raise InvalidInput(f"--forbidden {text}: is not two numbers, as in 3-7.")
    return frozenset(map(int, found.groups()))


def _extra(event: RoundsEvent, number: int, coming: int) -> int:
    return sum(
        rule.points
        for rule in event.acceleration
        if rule.first_round <= coming <= rule.last_round and rule.first <= number <= rule.last
    )


def _told(version: FileFormat, event: RoundsEvent, answer: swiss.PairedRound | swiss.EventOver) -> dict[str, Any]:
    players = event.field.players
    told = {
        "event": event.name,
        "format": version.value,
        "exits": [_named(players[number]) | {"why": why.value} for number, why in answer.exits.items()],
    }
    if isinstance(answer, swiss.EventOver):
        return told | {"round": None, "over": answer.reason.value, "boards": [], "byes": [], "relaxed": []}
    return told | {
        "round": answer.number,
        "over": None,
        "boards": [
            {
                "board": number,
                "first": _seated(players, board.first),
                "second": _seated(players, board.second),
                "sideReason": board.side_reason,
                "meetings": board.meetings,
                "lastMet": board.last_met,
            }
            for number, board in enumerate(answer.boards, 1)
        ],
        "byes": [
            _named(players[bye.number]) | {"points": bye.points / 2, "kind": bye.kind, "earlier": bye.earlier}
            for bye in answer.byes
        ],
        "relaxed": list(answer.relaxed),
    }


def _named(player: rounds.Player) -> dict[str, Any]:
    return {"number": player.number, "name": player.name}


def _seated(players: Mapping[int, rounds.Player], seat: swiss.Seat) -> dict[str, Any]:
    said = {"points": seat.points / 2, "floated": seat.floated, "isRepeated": seat.is_repeated}
    return _named(players[seat.number]) | said


def _show(event: RoundsEvent, answer: swiss.PairedRound | swiss.EventOver) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH_IN_FILES)
    title = event.name or "The event"
    if isinstance(answer, swiss.EventOver):
        console.print(Text(f"{title} is over after {answer.after} rounds: {_ENDS[answer.reason]}."), soft_wrap=True)
        return
    console.print(Text(f"{title}: round {answer.number}"), soft_wrap=True)
    console.print(_table(event.field.players, answer))
    for line in _lines(event.field.players, answer):
        console.print(Text(line), soft_wrap=True)


def _table(players: Mapping[int, rounds.Player], answer: swiss.PairedRound) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("Board", "First", "Points", "Second", "Points", "Why"):
        table.add_column(title, justify="right" if title in ("Board", "Points") else "left")
    for number, board in enumerate(answer.boards, 1):
        cells = [cell for seat in board.seats for cell in (_name(players, seat.number), f"{seat.points / 2:g}")]
        table.add_row(str(number), *map(Text, cells), Text("; ".join(_why(board))))
    return table


def _why(board: swiss.Board) -> Iterator[str]:
    for seat in board.seats:
        if seat.floated is not None:
            yield f"{seat.number} floats {seat.floated.lower()}{' again' if seat.is_repeated else ''}"
    if board.last_met is not None:
        yield f"met in round {board.last_met}"
    if board.side_reason is not None:
        yield _SIDES[board.side_reason]


def _lines(players: Mapping[int, rounds.Player], answer: swiss.PairedRound) -> Iterator[str]:
    for bye in answer.byes:
        why = "nobody is left to meet" if bye.kind is rounds.Kind.PAIRING_BYE else "as agreed"
        yield f"Sits out: {_name(players, bye.number)} ({bye.points / 2:g}), {why}."
    for exit_ in swiss.Exit:
        gone = [str(number) for number, why in answer.exits.items() if why is exit_]
        if gone:
            yield f"{exit_.capitalize()}: {', '.join(gone)}."
    for relaxation in answer.relaxed:
        yield _RELAXED[relaxation]


def _name(players: Mapping[int, rounds.Player], number: int) -> str:
    return f"{number} {players[number].name}".rstrip()
