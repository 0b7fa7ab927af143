"""Tie-breaks among those who are tied: what they got against each other, and nobody else.

The table of a tied set decides when all of it have met, or as far as games to come cannot change it. Whoever it leaves
tied has a table of their own then, and so on (6).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from domain.tournaments.rules.rounds import Entry, Kind
from domain.tournaments.rules.tiebreaks.unplayed import Case
from domain.tournaments.rules.tiebreaks.values import Term, Tiebreak, Value, Values

Groups = Sequence[Sequence[int]]
"""Who is tied with whom, the best first."""

_Score = tuple[Fraction, ...]
_Meetings = Mapping[int, Mapping[int, Sequence[Entry]]]


@dataclass(frozen=True, slots=True)
class _Row:
    """Somebody in the table of a tied set: the score, and how many of the set they have not met."""

    number: int
    score: _Score
    missing: int
    terms: tuple[Term, ...]


def direct_encounter(case: Case, tiebreak: Tiebreak, groups: Groups) -> Values:
    """DE and H2H: the place in the table of those who are tied, from 1; 0 for all where it tells nobody apart.

    DE counts points; H2H counts points, then the difference of games, then games won. Against whom somebody met more
    than once the average counts (6.1.2).
    """
    meetings = _meetings(case, tiebreak)
    values: dict[int, Value] = {}
    for group in groups:
        values |= _places(case, tiebreak, meetings, group)
    return values


def _meetings(case: Case, tiebreak: Tiebreak) -> _Meetings:
    """The games of each player, by opponent. Those without a result so far are none."""
    found: dict[int, dict[int, list[Entry]]] = {number: {} for number in case.players}
    for number, player in case.players.items():
        for entry in player.rounds:
            counts = case.is_game(entry, forfeits_count=tiebreak.forfeits_count) and entry.kind is not Kind.OPEN
            if counts and entry.opponent is not None:
                found[number].setdefault(entry.opponent, []).append(entry)
    return found


def _places(case: Case, tiebreak: Tiebreak, meetings: _Meetings, group: Sequence[int]) -> dict[int, Value]:
    if len(group) == 1:
        return {group[0]: Value(Fraction(), (), "not tied")}
    first_table = {row.number: row for row in _table(tiebreak, meetings, group)}
    ordered, tables = _ordered(case, tiebreak, meetings, group)
    values = {}
    place = 1
    for tied in ordered:
        for number in tied:
            row = first_table[number]
            shown = Fraction(0 if len(ordered) == 1 else place)
            values[number] = Value(shown, row.terms, _told(case, row, len(group), tables))
        place += len(tied)
    return values


def _told(case: Case, row: _Row, tied: int, tables: int) -> str:
    told = f"{float(row.score[0]):g} against the {tied - 1} others who are tied"
    if row.missing:
        told += f", {row.missing} of whom were not met"
    return told + (f"; {tables} tables in all" if tables > 1 else "")


def _ordered(case: Case, tiebreak: Tiebreak, meetings: _Meetings, group: Sequence[int]) -> tuple[list[list[int]], int]:
    """The set in order, parted as far as it can be, and how many tables that took."""
    done: list[list[int]] = []
    waiting = [list(group)]
    tables = 0
    while waiting:
        tied = waiting.pop()
        if len(tied) == 1:
            done.append(tied)
            continue
        tables += 1
        parts = _parted(case, _table(tiebreak, meetings, tied))
        if len(parts) == 1:
            done.append(tied)
        else:
            waiting += reversed(parts)
    return done, tables


def _table(tiebreak: Tiebreak, meetings: _Meetings, tied: Sequence[int]) -> list[_Row]:
    members = set(tied)
    return [_row(tiebreak, meetings[number], number, members) for number in tied]


def _row(tiebreak: Tiebreak, met: Mapping[int, Sequence[Entry]], number: int, members: set[int]) -> _Row:
    against = {other: entries for other, entries in met.items() if other in members}
    points = {other: _average(Fraction(entry.points, 2) for entry in entries) for other, entries in against.items()}
    terms = tuple(Term(value, None, other, "against them") for other, value in points.items())
    score: _Score = (sum(points.values(), Fraction()),)
    if tiebreak.name == "H2H":
        games = [_games(entries) for entries in against.values()]
        score += (sum((won - lost for won, lost in games), Fraction()), sum((won for won, _ in games), Fraction()))
    return _Row(number, score, len(members) - 1 - len(against), terms)


def _games(entries: Sequence[Entry]) -> tuple[Fraction, Fraction]:
    counted = [entry.games or (0, 0) for entry in entries]
    return _average(Fraction(won) for won, _ in counted), _average(Fraction(lost) for _, lost in counted)


def _average(numbers: Iterable[Fraction]) -> Fraction:
    given = list(numbers)
    return sum(given, Fraction()) / len(given)


def _parted(case: Case, table: list[_Row]) -> list[list[int]]:
    """The set in parts, the best first: one part where nothing is decided."""
    ordered = sorted(table, key=lambda row: row.score, reverse=True)
    if not any(row.missing for row in ordered):
        return [[row.number for row in rows] for _, rows in groupby(ordered, key=lambda row: row.score)]
    win = Fraction(case.field.scoring.win, 2)
    most = [row.score[0] + win * row.missing for row in ordered]
    for index in range(len(most) - 2, -1, -1):
        most[index] = max(most[index], most[index + 1])
    # Whoever leads by more than those behind can still get is ahead of them for good (6.3).
    leaders = 0
    while leaders < len(ordered) - 1 and ordered[leaders].score[0] > most[leaders + 1]:
        leaders += 1
    parts = [[row.number] for row in ordered[:leaders]]
    return [*parts, [row.number for row in ordered[leaders:]]]
