"""Tie-breaks that look at the results of the player alone, or at which of the opponents did well."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from domain.tournaments.rules.rounds import Entry, Kind, Player, Side
from domain.tournaments.rules.tiebreaks.unplayed import Case
from domain.tournaments.rules.tiebreaks.values import Term, Tiebreak, Values, total

Measured = Callable[[Case, Tiebreak], Values]


def points(case: Case, tiebreak: Tiebreak) -> Values:
    """PTS: all points."""
    return _by_round(case, lambda entry: Fraction(entry.points, 2))


def wins(case: Case, tiebreak: Tiebreak) -> Values:
    """WIN: rounds that brought the points of a win, played or not (7.1)."""
    return _by_round(case, lambda entry: _if(entry.points == case.field.scoring.win and entry.kind is not Kind.OPEN))


def games_won(case: Case, tiebreak: Tiebreak) -> Values:
    """WON: games won (7.2)."""
    return _by_round(case, lambda entry: _if(_is_won(case, entry)))


def second_side_games(case: Case, tiebreak: Tiebreak) -> Values:
    """BPG: games played with Black (7.3)."""
    return _by_round(case, lambda entry: _if(entry.is_played and entry.side is Side.SECOND))


def second_side_wins(case: Case, tiebreak: Tiebreak) -> Values:
    """BWG: games won with Black (7.4)."""
    return _by_round(case, lambda entry: _if(_is_won(case, entry) and entry.side is Side.SECOND))


def elected(case: Case, tiebreak: Tiebreak) -> Values:
    """REP: rounds that the player was there to play in (7.6)."""
    return _by_round(case, lambda entry: _if(not case.is_voluntary(entry)))


def standard_points(case: Case, tiebreak: Tiebreak) -> Values:
    """STD: points as if a win were worth 1 and a draw 1/2 (7.7)."""
    return _by_round(case, lambda entry: standard(case, entry))


def standard(case: Case, entry: Entry) -> Fraction:
    """What a round is worth where a win is 1 and a draw 1/2."""
    if entry.kind is Kind.OPEN or entry.points < case.draw:
        return Fraction()
    return Fraction(1) if entry.points > case.draw else Fraction(1, 2)


def progressive(case: Case, tiebreak: Tiebreak) -> Values:
    """PS: the sum of the points after each round, the first ones cut (7.5)."""

    def terms(player: Player) -> tuple[Term, ...]:
        so_far = 0
        found = []
        for number, entry in enumerate(player.rounds, 1):
            so_far += entry.points
            is_cut = number <= tiebreak.cut_low
            found.append(Term(Fraction(so_far, 2), number, why="points after the round", is_cut=is_cut))
        return tuple(found)

    return {number: total(terms(player)) for number, player in case.players.items()}


def koya(case: Case, tiebreak: Tiebreak) -> Values:
    """KS: the points against those who have at least half of what was possible (9.2), or another limit (14.5)."""
    limit = Fraction(case.field.scoring.win * _most_games(case) * tiebreak.percent, 100) + tiebreak.limit

    def terms(player: Player) -> tuple[Term, ...]:
        return tuple(
            Term(
                Fraction(entry.points, 2),
                number,
                entry.opponent,
                f"they have {case.players[entry.opponent].points / 2:g} of {float(limit) / 2:g} points",
                is_cut=case.players[entry.opponent].points < limit,
            )
            for number, entry in enumerate(player.rounds, 1)
            if entry.opponent is not None
        )

    return {number: total(terms(player)) for number, player in case.players.items()}


def _most_games(case: Case) -> int:
    """How many games somebody can have: in a league, without the rounds off, and those against who never came."""
    if not case.field.predetermined:
        return case.rounds
    cycles, left = divmod(case.rounds, len(case.players))
    never = sum(all(entry.opponent is None for entry in player.rounds) for player in case.players.values())
    return case.rounds - (cycles if left == 0 else 0) - never


def games_difference(case: Case, tiebreak: Tiebreak) -> Values:
    """GD: games (racks, goals) won less those lost."""
    return _by_round(case, lambda entry: Fraction(entry.games[0] - entry.games[1]) if entry.games else Fraction())


def games_for(case: Case, tiebreak: Tiebreak) -> Values:
    """GF: games (racks, goals) won."""
    return _by_round(case, lambda entry: Fraction(entry.games[0]) if entry.games else Fraction())


def _is_won(case: Case, entry: Entry) -> bool:
    return entry.is_played and entry.points == case.field.scoring.win


def _if(counts: bool) -> Fraction:  # noqa: FBT001
    return Fraction(int(counts))


def _by_round(case: Case, worth: Callable[[Entry], Fraction]) -> Values:
    """What each round is worth, added up. Rounds worth nothing are not told."""

    def terms(player: Player) -> tuple[Term, ...]:
        valued = ((number, entry, worth(entry)) for number, entry in enumerate(player.rounds, 1))
        return tuple(Term(value, number, entry.opponent, _named(entry)) for number, entry, value in valued if value)

    return {number: total(terms(player)) for number, player in case.players.items()}


def _named(entry: Entry) -> str:
    return "game" if entry.is_played else entry.kind.lower().replace("_", "-")
