"""What results are worth in a Tournament Report File: as it says, or as the points of its players tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.tournaments.exchange.lines import Line, shown
from domain.tournaments.rules.rounds import Scoring

_OF_CODE = {
    "1": "win",
    "=": "draw",
    "0": "loss",
    "W": "win",
    "D": "draw",
    "L": "loss",
    "+": "forfeit_win",
    "-": "forfeit_loss",
    "F": "full_bye",
    "H": "half_bye",
    "U": "pairing_bye",
    "Z": "absence",
    " ": "absence",
}
_WIN = ("win", "forfeit_win", "full_bye")
_DRAW = ("draw", "half_bye")
_OF_162 = {
    "W": _WIN,
    "D": _DRAW,
    "L": ("loss",),
    "A": ("forfeit_loss", "absence"),
    "P": ("pairing_bye",),
    "X": (),
}
_OF_XXS = {
    "WW": ("win",),
    "BW": ("win",),
    "WD": ("draw",),
    "BD": ("draw",),
    "WL": ("loss",),
    "BL": ("loss",),
    "ZPB": ("absence",),
    "HPB": ("half_bye",),
    "FPB": ("full_bye",),
    "PAB": ("pairing_bye",),
    "FW": ("forfeit_win",),
    "FL": ("forfeit_loss",),
    "W": _WIN,
    "D": _DRAW,
}
_OF_BB = {
    "BBW": _WIN,
    "BBD": _DRAW,
    "BBL": ("loss",),
    "BBZ": ("absence",),
    "BBF": ("forfeit_loss",),
    "BBU": ("pairing_bye",),
}
CODES = frozenset({"162", "XXS", *_OF_BB})
_IN_162 = re.compile(r"\s*([A-Za-z])\s*(\S+)")


def points_for(scoring: Scoring, code: str) -> int:
    """What a result with this code brings, in halves."""
    points: int = getattr(scoring, _OF_CODE[code])
    return points


def stated(lines: Iterable[Line]) -> Scoring | None:
    """The scoring that these lines state together; None without a line.

    Raises:
        InvalidEventFile: a line cannot be read, or says that White and Black get different points.
    """
    values: dict[str, int] = {}
    given: dict[str, tuple[int, Line, int]] = {}
    found = False
    for line in lines:
        found = True
        for column, code, halves in _values(line):
            names = _OF_162 if line.code == "162" else _OF_XXS if line.code == "XXS" else _OF_BB
            values |= dict.fromkeys(names[code], halves)
            given[code] = (halves, line, column)
    if not found:
        return None
    for white, black in (("WW", "BW"), ("WD", "BD"), ("WL", "BL")):
        if white in given and black in given and given[white][0] != given[black][0]:
            _, line, column = given[black]
            raise line.refused(column, "White and Black must get the same points.")
    return Scoring(**({"pairing_bye": values.get("win", 2)} | values))


def _values(line: Line) -> Iterable[tuple[int, str, int]]:
    """The columns, codes and points of one line."""
    if line.code == "162":
        position = 3
        while found := _IN_162.match(line.text, position):
            yield _value(line, found.start(1) + 1, found[1].upper(), found[2], _OF_162)
            position = found.end()
        if line.text[position:].strip():
            raise line.refused(position + 1, f"{shown(line.text[position:].strip())} is no letter with points.")
    elif line.code == "XXS":
        for column, word in line.words(4):
            code, _, points = word.partition("=")
            yield _value(line, column, code.upper(), points, _OF_XXS)
    else:
        yield _value(line, 1, line.code, line.part(4, 40), _OF_BB)


def _value(
    line: Line, column: int, code: str, points: str, known: Mapping[str, tuple[str, ...]]
) -> tuple[int, str, int]:
    if code not in known:
        raise line.refused(column, f"{shown(code)} is not a result that has points; these are {', '.join(known)}.")
    return column, code, line.halves(points, column)


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a player has each result code, and the points the file states, in halves.

    `announced` are the codes of byes in rounds that are not played yet: some programs count them already.
    """

    line: Line
    codes: Counter[str]
    announced: Counter[str]
    points: int | None

    def fits(self, scoring: Scoring) -> bool:
        """Whether the points are what this scoring gives."""
        earned = _sum(scoring, self.codes)
        return self.points in (None, earned, earned + _sum(scoring, self.announced))


def _sum(scoring: Scoring, codes: Counter[str]) -> int:
    return sum(points_for(scoring, code) * times for code, times in codes.items())


_CUSTOMARY = tuple(
    Scoring(win=win, draw=draw, loss=loss, forfeit_win=win, full_bye=win, half_bye=draw, pairing_bye=bye)
    for win, draw, loss in ((2, 1, 0), (6, 2, 0), (4, 2, 0), (6, 4, 2), (4, 3, 2))
    for bye in (win, draw, loss)
)


def settled(scoring: Scoring | None, tallies: Iterable[Tally]) -> Scoring:
    """The scoring of the file: the stated one, or the first customary one that explains the points of all players.

    Where nobody has points the program did not write them.

    Raises:
        InvalidEventFile: a player does not have the points that the results bring.
    """
    tallies = list(tallies)
    if not any(tally.points for tally in tallies):
        return scoring or Scoring()
    candidates = (scoring,) if scoring else _CUSTOMARY
    for candidate in candidates:
        if all(tally.fits(candidate) for tally in tallies):
            return candidate
    wrong = next(tally for tally in tallies if not tally.fits(candidates[0]))
    raise wrong.line.refused(81, f"The results bring {_sum(candidates[0], wrong.codes) / 2:.1f} points, not these.")
