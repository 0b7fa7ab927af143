"""Tournament Report Files, the fixed columns in which chess programs exchange events: versions of 2016 and of 2026.

Lines of other kinds are passed over, as the format asks for. A line of a known kind must be right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange.checking import faults
from domain.tournaments.exchange.event import (
    MAX_NUMBER,
    MAX_PLAYERS,
    MAX_ROUNDS,
    Acceleration,
    FileFormat,
    Forbidden,
    Person,
    RoundsEvent,
    Team,
)
from domain.tournaments.exchange.lines import Line, read_lines, shown
from domain.tournaments.exchange.trf_scoring import CODES, Tally, points_for, settled, stated
from domain.tournaments.rules.rounds import Entry, Field, Kind, Player, Scoring, Side

FIRST_ROUND = 92
ROUND_WIDTH = 10
PLAYED = {"1": True, "=": True, "0": True, "W": False, "D": False, "L": False}
"""The results of games, and whether the game counts for ratings."""
BYES = {
    "U": Kind.PAIRING_BYE,
    "F": Kind.FULL_BYE,
    "H": Kind.HALF_BYE,
    "Z": Kind.ZERO_BYE,
    " ": Kind.ABSENT,
}
"""What a result without an opponent stands for."""
_FORFEITS = frozenset("+-")
_SIDES = {"W": Side.FIRST, "B": Side.SECOND, "-": None, "": None}
_TOGETHER = frozenset({"00", "01", "0=", "==", "LL", "LW", "DL", "DD", "+-", "--", "??"})
"""The results that two players can have of one round, in the order of their characters."""
OPEN = "?"
_OF_2026 = frozenset({"142", "152", "162", "172", "192", "202", "212", "222", "240", "250", "260", "310", "352", "362"})
_OF_TEAMS = frozenset({"240", "250", "260", "299"})
"""These speak of teams where line 310 declares some, and of players otherwise."""
_HEADERS = frozenset(
    {"022", "032", "042", "052", "092", "102", "112", "122", "132", "172", "182", "192", "222", "352", "362"}
)
_MOST_TIEBREAKS = 40
_LONGEST_TIEBREAK = 40
_MOST_HEADERS = 1_000
_LONGEST_HEADER = 2_000
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class _Cell:
    """One round of a player as written: the opponent (0 for none), the side, the result code, and its place."""

    opponent: int
    side: Side | None
    code: str
    line: Line
    column: int

    @property
    def is_pairing(self) -> bool:
        """Whether the round was paired, which says that it took place."""
        return self.opponent != 0 or self.code in "U+-"

    @property
    def kind(self) -> Kind:
        """What the round was."""
        if self.code in _FORFEITS:
            return Kind.FORFEIT
        if not self.opponent:
            return BYES[self.code]
        return Kind.OPEN if self.code == OPEN else Kind.PLAYED

    def refused(self, message: str) -> InvalidEventFile:
        """The refusal of this round."""
        return self.line.refused(self.column, message)


@dataclass(slots=True)
class _Draft:
    """What was read so far. `byes` have None for the next round, `teams` are by the code of their lines."""

    lines: dict[int, Line] = field(default_factory=dict)
    cells: dict[int, list[_Cell]] = field(default_factory=dict)
    players: dict[int, tuple[str, int | None]] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)
    scoring: list[Line] = field(default_factory=list)
    name: str = ""
    planned: int | None = None
    planned_line: Line | None = None
    first_side: Side | None = None
    ranked: bool = False
    tiebreaks: tuple[str, ...] = ()
    headers: list[tuple[str, str]] = field(default_factory=list)
    byes: list[tuple[int | None, int, str, Line, int]] = field(default_factory=list)
    forbidden: list[Forbidden] = field(default_factory=list)
    acceleration: list[Acceleration] = field(default_factory=list)
    teams: dict[str, list[Team]] = field(default_factory=dict)
    named: list[tuple[int, Line, int]] = field(default_factory=list)


def read_trf(data: bytes) -> tuple[FileFormat, RoundsEvent]:
    """The version of the file and what it tells.

    Raises:
        InvalidEventFile: a line is wrong, or lines contradict each other; it names line and column.
    """
    lines = read_lines(data)
    codes = {line.code for line in lines}
    passed_over = _OF_TEAMS if "310" in codes else frozenset[str]()
    draft = _Draft()
    for line in lines:
        if line.code in CODES:
            draft.scoring.append(line)
        elif line.code in _HEADERS:
            _read_header(draft, line)
        elif line.code in _READERS and line.code not in passed_over:
            _READERS[line.code](draft, line)
    if not draft.cells:
        raise InvalidEventFile("There is no line 001, so nobody takes part.")
    return FileFormat.TRF26 if codes & _OF_2026 else FileFormat.TRF16, _event(draft)


def _event(draft: _Draft) -> RoundsEvent:
    for number, line, column in draft.named:
        if number not in draft.cells:
            raise line.refused(column, f"There is no player {number}.")
    finished = _finished(draft.cells.values())
    _take_byes(draft, finished)
    planned = draft.planned
    if planned is not None and draft.planned_line is not None and planned < finished:
        raise draft.planned_line.refused(5, f"{finished} rounds were paired, but only {planned} are planned.")
    started = _started(draft.cells.values(), finished)
    scoring = settled(stated(draft.scoring), [_tally(draft, number, started) for number in draft.cells])
    players = {number: _player(draft, number, finished, scoring) for number in sorted(draft.cells)}
    for fault in faults(players):
        raise _cell(draft, fault.number, fault.round).refused(fault.message)
    _require_results_together(draft.cells, finished)
    return RoundsEvent(
        field=Field(players, planned, scoring, predetermined=_is_predetermined(players, draft.headers)),
        name=draft.name,
        people={number: draft.people[number] for number in players if draft.people[number] != Person()},
        headers=tuple(draft.headers),
        first_side=draft.first_side,
        ranked=draft.ranked,
        absences=_absences(draft.cells, finished),
        forbidden=tuple(draft.forbidden),
        acceleration=tuple(draft.acceleration),
        tiebreaks=draft.tiebreaks,
        teams=tuple(draft.teams.get("310", draft.teams.get("013", ()))),
    )


def _read_player(draft: _Draft, line: Line) -> None:
    number = line.whole(5, 8, "a starting rank", MAX_NUMBER)
    if not number:
        raise line.refused(5, "A player needs a starting rank from 1 on.")
    if number in draft.cells:
        raise line.refused(5, f"Player {number} is there twice.")
    if len(draft.cells) == MAX_PLAYERS:
        raise line.refused(1, f"There are more than {MAX_PLAYERS:,} players.")
    starts = range(FIRST_ROUND, len(line.text) + 1, ROUND_WIDTH)
    if len(starts) > MAX_ROUNDS:
        raise line.refused(starts[MAX_ROUNDS], f"There are more than {MAX_ROUNDS} rounds.")
    draft.lines[number] = line
    draft.cells[number] = [_read_cell(line, first) for first in starts]
    draft.players[number] = line.part(15, 47), line.whole(49, 52, "a rating", 9_999) or None
    draft.people[number] = Person(
        sex=line.part(10, 10),
        title=line.part(11, 13),
        federation=line.part(54, 56),
        fide_id=line.part(58, 68),
        birth=line.part(70, 79),
        rank=line.whole(86, 89, "a rank", MAX_NUMBER) or None,
    )


def _gaps(first: int) -> tuple[int, ...]:
    """The columns of a round that are blank."""
    return first + 4, first + 6, first + 8, first + 9


def _read_cell(line: Line, first: int) -> _Cell:
    gap = next((gap for gap in _gaps(first) if line.text[gap - 1 : gap].strip()), None)
    if gap is not None:
        raise line.refused(gap, "This column is blank where rounds stand in their columns.")
    opponent = line.whole(first, first + 3, "an opponent", MAX_NUMBER) or 0
    side = line.part(first + 5, first + 5).upper()
    if side not in _SIDES:
        raise line.refused(first + 5, f"{shown(side)} is not w, b or -.")
    code = line.part(first + 7, first + 7).upper() or (OPEN if opponent else " ")
    if code == "=" and not opponent:
        code = "H"  # how half-point byes were written before 2016
    known = {*PLAYED, *_FORFEITS, OPEN} if opponent else {*BYES, *_FORFEITS}
    if code not in known:
        after = "against an opponent" if opponent else "without an opponent"
        raise line.refused(first + 7, f"{shown(code)} is not a result {after}.")
    if _SIDES[side] and not opponent and code not in _FORFEITS:
        raise line.refused(first + 5, "Who has no opponent has no side.")
    return _Cell(opponent, _SIDES[side], code, line, first)


def _read_name(draft: _Draft, line: Line) -> None:
    draft.name = line.text[4:].strip()
    if len(draft.name) > _LONGEST_NAME:
        raise line.refused(5 + _LONGEST_NAME, f"A name has at most {_LONGEST_NAME} characters.")


def _read_header(draft: _Draft, line: Line) -> None:
    if len(line.text) > _LONGEST_HEADER:
        raise line.refused(_LONGEST_HEADER + 1, f"A line {line.code} has at most {_LONGEST_HEADER:,} characters.")
    if len(draft.headers) == _MOST_HEADERS:
        raise line.refused(1, f"There are more than {_MOST_HEADERS:,} lines about the event.")
    draft.headers.append((line.code, line.text[4:]))


def _read_planned(draft: _Draft, line: Line) -> None:
    for column, planned in line.numbers(4, "a number of rounds", MAX_ROUNDS)[:1]:
        if not planned or draft.planned not in (None, planned):
            raise line.refused(column, "The number of rounds must be above 0, and one only.")
        draft.planned, draft.planned_line = planned, line


def _read_first_side(draft: _Draft, line: Line) -> None:
    side = line.part(4, 40).upper()
    if side and side not in ("W", "B"):
        raise line.refused(5, f"{shown(side)} is not W or B.")
    draft.first_side = _SIDES[side]


def _read_configuration(draft: _Draft, line: Line) -> None:
    for column, word in line.words(4):
        if word == "rank":
            draft.ranked = True
        elif word in ("white1", "black1"):
            draft.first_side = _SIDES[word[0].upper()]
        else:
            raise line.refused(column, f"{shown(word)} is not rank, white1 or black1.")


def _read_tiebreaks(draft: _Draft, line: Line) -> None:
    words = tuple(word for _, word in line.words(4))
    if len(words) > _MOST_TIEBREAKS - 1 or any(len(word) > _LONGEST_TIEBREAK for word in words):
        raise line.refused(5, f"There are up to {_MOST_TIEBREAKS - 1} tie-breaks of {_LONGEST_TIEBREAK} characters.")
    if line.code == "212":
        draft.tiebreaks = words
    elif not draft.tiebreaks:
        draft.tiebreaks = ("PTS", *words)


def _read_byes(draft: _Draft, line: Line) -> None:
    kind = line.part(5, 5).upper()
    if kind not in ("F", "H", "Z"):
        raise line.refused(5, f"{shown(kind)} is not a bye; those are F, H and Z.")
    number = line.whole(7, 9, "a round", MAX_ROUNDS)
    if not number:
        raise line.refused(7, "The bye needs a round.")
    for column, player in line.numbers(11, "a player", MAX_NUMBER):
        draft.named.append((player, line, column))
        draft.byes.append((number, player, kind, line, column))


def _read_absent(draft: _Draft, line: Line) -> None:
    for column, player in line.numbers(4, "a player", MAX_NUMBER):
        draft.named.append((player, line, column))
        draft.byes.append((None, player, "Z", line, column))


def _read_forbidden(draft: _Draft, line: Line) -> None:
    named = line.numbers(13 if line.code == "260" else 4, "a player", MAX_NUMBER)
    draft.named += [(player, line, column) for column, player in named]
    players = tuple(player for _, player in named)
    if line.code == "XXP":
        draft.forbidden.append(Forbidden(players))
        return
    first, last = _range(line, 5, 9, 3, "a round", MAX_ROUNDS)
    draft.forbidden.append(Forbidden(players, first, last))


def _read_acceleration(draft: _Draft, line: Line) -> None:
    first_round, last_round = _range(line, 15, 19, 3, "a round", MAX_ROUNDS)
    first, last = _range(line, 23, 28, 4, "a player", MAX_NUMBER)
    draft.acceleration.append(Acceleration(line.points(10, 13) or 0, first_round, last_round, first, last))


def _range(line: Line, first: int, last: int, width: int, what: str, most: int) -> tuple[int, int]:
    """Two numbers of so many columns, from the first up to the last, or the first twice where the last is blank."""
    start = line.whole(first, first + width - 1, what, most)
    if not start:
        raise line.refused(first, f"Here {what} is needed.")
    end = line.whole(last, last + width - 1, what, most) or start
    if end < start:
        raise line.refused(last, f"{end} comes before {start}.")
    return start, end


def _read_acceleration_of_player(draft: _Draft, line: Line) -> None:
    player = line.whole(5, 8, "a player", MAX_NUMBER)
    if not player:
        raise line.refused(5, "Here a player is needed.")
    draft.named.append((player, line, 5))
    starts = range(10, len(line.text) + 1, 5)
    if len(starts) > MAX_ROUNDS:
        raise line.refused(starts[MAX_ROUNDS], f"There are more than {MAX_ROUNDS} rounds.")
    for number, first in enumerate(starts, 1):
        points = line.points(first, first + 3)
        if points:
            draft.acceleration.append(Acceleration(points, number, number, player, player))


def _read_team(draft: _Draft, line: Line) -> None:
    name, first = (line.part(9, 40), 74) if line.code == "310" else (line.part(5, 36), 37)
    named = line.numbers(first, "a player", MAX_NUMBER)
    draft.named += [(player, line, column) for column, player in named]
    draft.teams.setdefault(line.code, []).append(Team(name, tuple(player for _, player in named)))


def _refuse_points(draft: _Draft, line: Line) -> None:
    raise line.refused(1, "Points beside the scoring (lines 299) cannot be read.")


_READERS: Mapping[str, Callable[[_Draft, Line], None]] = {
    "001": _read_player,
    "012": _read_name,
    "142": _read_planned,
    "XXR": _read_planned,
    "152": _read_first_side,
    "XXC": _read_configuration,
    "202": _read_tiebreaks,
    "212": _read_tiebreaks,
    "240": _read_byes,
    "XXZ": _read_absent,
    "260": _read_forbidden,
    "XXP": _read_forbidden,
    "250": _read_acceleration,
    "XXA": _read_acceleration_of_player,
    "013": _read_team,
    "310": _read_team,
    "299": _refuse_points,
}


def _finished(cells: Iterable[list[_Cell]]) -> int:
    """The last round that was paired. Rounds after it only have byes that were asked for in advance."""
    return max((index for row in cells for index, cell in enumerate(row, 1) if cell.is_pairing), default=0)


def _started(cells: Iterable[list[_Cell]], finished: int) -> int:
    """The same without rounds at the end that are paired, but have no result of a game."""
    codes: list[set[str]] = [set() for _ in range(finished)]
    for row in cells:
        for seen, cell in zip(codes, row, strict=False):
            seen.add(cell.code if cell.opponent else "")
    started = finished
    while started and OPEN in codes[started - 1] and codes[started - 1] <= {OPEN, ""}:
        started -= 1
    return started


def _take_byes(draft: _Draft, finished: int) -> None:
    """Puts the byes of other lines where the rounds of the players are."""
    for number, player, code, line, column in draft.byes:
        index = finished if number is None else number - 1
        if draft.planned is not None and index >= draft.planned:
            if number is None:
                continue
            raise line.refused(7, f"Round {number} is not planned.")
        row = draft.cells[player]
        while len(row) <= index:
            row.append(_Cell(0, None, " ", line, column))
        if row[index].code == " ":
            row[index] = _Cell(0, None, code, line, column)
        elif number is not None and row[index].code != code:
            raise line.refused(column, f"Line 001 says otherwise of round {number} of player {player}.")


def _tally(draft: _Draft, number: int, started: int) -> Tally:
    cells = draft.cells[number]
    codes = Counter(cell.code for cell in cells[:started] if cell.code != OPEN)
    codes[" "] += started - len(cells[:started])
    line = draft.lines[number]
    # In a team event the points of a player need not be what the games brought.
    points = None if "310" in draft.teams else line.points(81, 84)
    return Tally(line, codes, Counter(cell.code for cell in cells[started:] if cell.code != OPEN), points)


def _player(draft: _Draft, number: int, finished: int, scoring: Scoring) -> Player:
    name, rating = draft.players[number]
    entries = [_entry(cell, scoring) for cell in draft.cells[number][:finished]]
    entries += [Entry(Kind.ABSENT, scoring.absence)] * (finished - len(entries))
    return Player(number, name, rating, tuple(entries))


def _entry(cell: _Cell, scoring: Scoring) -> Entry:
    points = 0 if cell.code == OPEN else points_for(scoring, cell.code)
    return Entry(cell.kind, points, cell.opponent or None, cell.side, rated=PLAYED.get(cell.code, True))


def _cell(draft: _Draft, number: int, round_number: int) -> _Cell:
    return draft.cells[number][round_number - 1]


def _require_results_together(cells: Mapping[int, list[_Cell]], finished: int) -> None:
    for row in cells.values():
        for index, cell in enumerate(row[:finished]):
            if not cell.opponent:
                continue
            codes = "".join(sorted((cell.code, cells[cell.opponent][index].code)))
            if codes not in _TOGETHER:
                raise cell.refused(f"One player cannot have {codes[0]} where the other has {codes[1]}.")


def _absences(cells: Mapping[int, list[_Cell]], finished: int) -> dict[int, dict[int, Kind]]:
    absences: dict[int, dict[int, Kind]] = {}
    for number, row in sorted(cells.items()):
        for index, cell in enumerate(row[finished:], finished + 1):
            if cell.code != " ":
                absences.setdefault(index, {})[number] = cell.kind
    return dict(sorted(absences.items()))


def _is_predetermined(players: Mapping[int, Player], headers: Iterable[tuple[str, str]]) -> bool:
    """Whether it is a round robin, as the lines say, or else because everybody met everybody equally often."""
    said = (
        " ".join(text for code, text in headers if code in ("092", "192")).upper().replace("-", " ").replace("_", " ")
    )
    if any(system in said for system in ("SWISS", "DUTCH", "DUBOV", "BURSTEIN")):
        return False
    if any(system in said for system in ("ROBIN", "BERGER", "ALL PLAY ALL")) or "RR" in said.split():
        return True
    meetings = Counter(
        (player.number, entry.opponent)
        for player in players.values()
        for entry in player.rounds
        if entry.opponent is not None
    )
    return 0 < len(meetings) == len(players) * (len(players) - 1) and len(set(meetings.values())) == 1
