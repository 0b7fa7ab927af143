"""Who stands where: tie-breaks one after the other, each among those whom the ones before it left tied."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import groupby

from domain.tournaments.rules.rounds import Field
from domain.tournaments.rules.tiebreaks import results
from domain.tournaments.rules.tiebreaks.buchholz import average_of_buchholz, buchholz, sonneborn_berger
from domain.tournaments.rules.tiebreaks.encounter import Groups, direct_encounter
from domain.tournaments.rules.tiebreaks.ratings import RATED, is_defined
from domain.tournaments.rules.tiebreaks.unplayed import Case
from domain.tournaments.rules.tiebreaks.values import RuleYear, Tiebreak, Value, Values


@dataclass(frozen=True, slots=True)
class Standing:
    """A player's place, which those who are still tied share, and what each tie-break gives them, by its label."""

    rank: int
    number: int
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Standings:
    """Everybody, the best first.

    Attributes:
        rows: the players; those who share a place are in the order of their numbers.
        unbroken: who is still tied after the last tie-break, by number.
        dropped: the labels of tie-breaks that count for nobody, because a player has no rating.
    """

    rows: tuple[Standing, ...]
    unbroken: tuple[tuple[int, ...], ...]
    dropped: tuple[str, ...]


def standings(field: Field, tiebreaks: Sequence[Tiebreak], year: RuleYear = RuleYear.CAPPED) -> Standings:
    """The standings after the rounds there are. Nothing but the tie-breaks decides: not the order of the players."""
    case = Case(field, year)
    groups: list[list[int]] = [sorted(field.players)]
    values: dict[str, Values] = {}
    for tiebreak in tiebreaks:
        values[tiebreak.label] = _measured(case, tiebreak, groups)
        groups = [part for group in groups for part in _parts(tiebreak, values[tiebreak.label], group)]
    rows = []
    rank = 1
    for group in groups:
        for number in group:
            of_player = {label: found[number] for label, found in values.items()}
            rows.append(Standing(rank, number, of_player))
        rank += len(group)
    return Standings(
        tuple(rows),
        tuple(tuple(group) for group in groups if len(group) > 1),
        tuple(tiebreak.label for tiebreak in tiebreaks if _is_dropped(case, tiebreak)),
    )


def _parts(tiebreak: Tiebreak, values: Values, group: Sequence[int]) -> list[list[int]]:
    """A tied set in parts of equal values, the best first. Who has no value comes last."""
    sign = 1 if (tiebreak.name in _LESS_IS_BETTER) is not tiebreak.reverse else -1

    def place(number: int) -> tuple[bool, Fraction]:
        value = values[number].number
        return value is None, sign * value if value is not None else Fraction()

    return [list(part) for _, part in groupby(sorted(group, key=lambda number: (place(number), number)), key=place)]


def _measured(case: Case, tiebreak: Tiebreak, groups: Groups) -> Values:
    if _is_dropped(case, tiebreak):
        return dict.fromkeys(case.players, Value(None, (), "a player has no rating (10)"))
    if tiebreak.name in _AMONG_TIED:
        return direct_encounter(case, tiebreak, groups)
    return _MEASURES[tiebreak.name](case, tiebreak)


def _is_dropped(case: Case, tiebreak: Tiebreak) -> bool:
    return tiebreak.name in RATED and not is_defined(case, tiebreak)


def _number(case: Case, tiebreak: Tiebreak) -> Values:
    """TPN: the number of the player, which is the seed."""
    return {number: Value(Fraction(number)) for number in case.players}


def _lot(case: Case, tiebreak: Tiebreak) -> Values:
    """LOT: a place that follows from the stored number and nothing else."""

    def drawn(number: int) -> bytes:
        return sha256(f"{tiebreak.lot}:{number}".encode()).digest()

    order = sorted(case.players, key=drawn)
    return {number: Value(Fraction(place)) for place, number in enumerate(order, 1)}


_LESS_IS_BETTER = frozenset({"DE", "H2H", "TPN", "LOT"})
_AMONG_TIED = frozenset({"DE", "H2H"})
_MEASURES: Mapping[str, Callable[[Case, Tiebreak], Values]] = {
    "PTS": results.points,
    "WIN": results.wins,
    "WON": results.games_won,
    "BPG": results.second_side_games,
    "BWG": results.second_side_wins,
    "REP": results.elected,
    "STD": results.standard_points,
    "PS": results.progressive,
    "KS": results.koya,
    "GD": results.games_difference,
    "GF": results.games_for,
    "BH": buchholz,
    "FB": buchholz,
    "AOB": average_of_buchholz,
    "SB": sonneborn_berger,
    "TPN": _number,
    "LOT": _lot,
    **RATED,
}
