"""Events in rounds as Tournament Report Files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange.event import MAX_ROUNDS, Acceleration, FileFormat, Forbidden, Person, RoundsEvent
from domain.tournaments.rules.rounds import Entry, Field, Kind, Player, Scoring, Side

_BYES = {
    Kind.PAIRING_BYE: "U",
    Kind.FULL_BYE: "F",
    Kind.HALF_BYE: "H",
    Kind.ZERO_BYE: "Z",
    Kind.ABSENT: " ",
}
_SIDES = {Side.FIRST: "w", Side.SECOND: "b", None: "-"}


def write_trf(event: RoundsEvent, version: FileFormat = FileFormat.TRF26) -> bytes:
    """The file, in UTF-8: lines end as the format asks for, with CR (and LF).

    Version 2016 has no lines for some things; there the letters that pairing programs agreed on stand for them.

    Raises:
        InvalidEventFile: results bring points that no result code stands for, or something does not fit its columns.
    """
    if version is FileFormat.JSON:
        raise ValueError("JSON is not a Tournament Report File.")
    lines = _lines_of_2026(event) if version is FileFormat.TRF26 else _lines_of_2016(event)
    return "".join(line.rstrip() + "\r\n" for line in lines).encode()


def _lines_of_2026(event: RoundsEvent) -> Iterator[str]:
    yield f"012 {event.name}"
    yield from (f"{code} {text}" for code, text in event.headers)
    if event.field.planned:
        yield f"142 {event.field.planned}"
    if event.first_side:
        yield f"152 {_SIDES[event.first_side].upper()}"
    if event.ranked:
        yield "XXC rank"
    yield from _scoring_of_2026(event.field.scoring)
    if event.tiebreaks:
        yield f"212 {','.join(event.tiebreaks)}"
    yield from _player_lines(event, ())
    for number, kinds in sorted(event.absences.items()):
        for letter in "FHZ":
            absent = [player for player, kind in sorted(kinds.items()) if _BYES[kind] == letter]
            if absent:
                yield f"240 {letter} {number:03} {' '.join(f'{player:4}' for player in absent)}"
    yield from (_acceleration_of_2026(points) for points in event.acceleration)
    yield from (_forbidden_of_2026(pairs) for pairs in event.forbidden)
    yield from _team_lines(event)


def _lines_of_2016(event: RoundsEvent) -> Iterator[str]:
    yield f"012 {event.name}"
    yield from (f"{code} {text}" for code, text in event.headers)
    if event.field.planned:
        yield f"XXR {event.field.planned}"
    words = ["rank"] if event.ranked else []
    if event.first_side:
        words.append("white1" if event.first_side is Side.FIRST else "black1")
    if words:
        yield f"XXC {' '.join(words)}"
    if event.field.scoring != Scoring():
        yield _scoring_of_2016(event.field.scoring)
    if event.tiebreaks:
        yield f"212 {','.join(event.tiebreaks)}"
    ahead = range(event.field.finished + 1, max(event.absences, default=0) + 1)
    yield from _player_lines(event, ahead)
    yield from (_acceleration_of_2026(points) for points in event.acceleration)
    for pairs in event.forbidden:
        always = (pairs.first_round, pairs.last_round) == (1, MAX_ROUNDS)
        yield f"XXP {' '.join(map(str, pairs.players))}" if always else _forbidden_of_2026(pairs)
    yield from _team_lines(event)


def _scoring_of_2026(scoring: Scoring) -> Iterator[str]:
    """The line of the scoring; nothing where it is the customary one."""
    if scoring == Scoring():
        return
    together = (scoring.win == scoring.forfeit_win == scoring.full_bye, scoring.draw == scoring.half_bye)
    if not all(together) or scoring.forfeit_loss != scoring.absence:
        yield _scoring_of_2016(scoring)
        return
    values = {
        "W": scoring.win,
        "D": scoring.draw,
        "L": scoring.loss,
        "A": scoring.absence,
        "P": scoring.pairing_bye,
    }
    yield "162  " + "    ".join(f"{letter}{_points(halves)}" for letter, halves in values.items())


def _scoring_of_2016(scoring: Scoring) -> str:
    values = {
        "W": scoring.win,
        "D": scoring.draw,
        "WL": scoring.loss,
        "BL": scoring.loss,
        "FW": scoring.forfeit_win,
        "FL": scoring.forfeit_loss,
        "FPB": scoring.full_bye,
        "HPB": scoring.half_bye,
        "ZPB": scoring.absence,
        "PAB": scoring.pairing_bye,
    }
    return "XXS " + " ".join(f"{code}={halves / 2:.1f}" for code, halves in values.items())


def _acceleration_of_2026(acceleration: Acceleration) -> str:
    rounds = f"{acceleration.first_round:03} {acceleration.last_round:03}"
    return f"250      {_points(acceleration.points)} {rounds} {acceleration.first:04} {acceleration.last:04}"


def _forbidden_of_2026(forbidden: Forbidden) -> str:
    players = " ".join(f"{player:4}" for player in forbidden.players)
    return f"260 {forbidden.first_round:03} {forbidden.last_round:03} {players}"


def _player_lines(event: RoundsEvent, ahead: Sequence[int]) -> Iterator[str]:
    """One line for each player, with byes in these rounds to come."""
    for number, player in event.field.players.items():
        person = event.people.get(number, Person())
        rank = "" if person.rank is None else person.rank
        static = (
            f"001 {number:4} {person.sex:1.1}{person.title:>3.3} {player.name:<33.33} {player.rating or '':>4} "
            f"{person.federation:3.3} {person.fide_id:>11.11} {person.birth:10.10} {_points(player.points)} {rank:>4}"
        )
        cells = [_cell(event.field, player, index) for index in range(len(player.rounds))]
        announced = (event.absences.get(number_ahead, {}).get(number, Kind.ABSENT) for number_ahead in ahead)
        cells += [_bye(_BYES[kind]) for kind in announced]
        yield "  ".join([static, *cells])


def _team_lines(event: RoundsEvent) -> Iterator[str]:
    """The teams of an event of individuals. Lines 310 of version 2026 would make it one of teams."""
    for team in event.teams:
        yield f"013 {team.name:<32.32}{' '.join(f'{player:4}' for player in team.players)}"


def _cell(field: Field, player: Player, index: int) -> str:
    entry = player.rounds[index]
    code = _code(field.scoring, entry)
    if code is None:
        message = f"Round {index + 1} of player {player.number} brings {entry.points / 2:.1f} points"
        raise InvalidEventFile(f"{message}; a Tournament Report File has no result for that.")
    if entry.opponent is None and entry.kind is not Kind.FORFEIT:
        return _bye(code)
    return f"{entry.opponent or '0000':>4} {_SIDES[entry.side]} {code}"


def _bye(code: str) -> str:
    return "        " if code == " " else f"0000 - {code}"


def _code(scoring: Scoring, entry: Entry) -> str | None:
    """The result code; None where none is for these points."""
    if entry.kind is Kind.OPEN:
        return " "
    if entry.kind is Kind.PLAYED:
        codes = "1=0" if entry.rated else "WDL"
        worth = {scoring.loss: codes[2], scoring.draw: codes[1], scoring.win: codes[0]}
    elif entry.kind is Kind.FORFEIT:
        worth = {scoring.forfeit_loss: "-", scoring.forfeit_win: "+"}
    else:
        code = _BYES[entry.kind]
        bye = {"U": scoring.pairing_bye, "F": scoring.full_bye, "H": scoring.half_bye}.get(code, scoring.absence)
        worth = {bye: code}
    return worth.get(entry.points)


def _points(halves: int) -> str:
    """As the format has it, in four columns.

    Raises:
        InvalidEventFile: it does not fit.
    """
    text = f"{halves / 2:4.1f}"
    if len(text) > len("11.5"):
        raise InvalidEventFile(f"{text} points do not fit into the four columns for them.")
    return text
