"""Tie-breaks that add up what the opponents have: Buchholz, Fore Buchholz, their average, and Sonneborn-Berger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from domain.tournaments.rules.rounds import Kind, Player
from domain.tournaments.rules.tiebreaks.rounding import average
from domain.tournaments.rules.tiebreaks.unplayed import Case
from domain.tournaments.rules.tiebreaks.values import RuleYear, Term, Tiebreak, Value, Values, total


@dataclass(frozen=True, slots=True)
class _Contribution:
    """What a round adds. `strength` is the score of the opponent, in halves, whatever the result against them was."""

    term: Term
    strength: int
    is_voluntary: bool

    @property
    def significance(self) -> tuple[int, Fraction]:
        """By what the least significant is found: the weaker opponent, then the smaller part (14.1)."""
        return self.strength, self.term.value


def buchholz(case: Case, tiebreak: Tiebreak) -> Values:
    """BH and FB: the points of all opponents."""
    fore = tiebreak.fore or tiebreak.name == "FB"
    return {
        number: _cut(case, tiebreak, list(_contributions(case, tiebreak, player, fore=fore, weighted=False)))
        for number, player in case.players.items()
    }


def sonneborn_berger(case: Case, tiebreak: Tiebreak) -> Values:
    """SB: the points of all opponents, each times what the player got against them."""
    return {
        number: _cut(case, tiebreak, list(_contributions(case, tiebreak, player, fore=False, weighted=True)))
        for number, player in case.players.items()
    }


def average_of_buchholz(case: Case, tiebreak: Tiebreak) -> Values:
    """AOB: the average Buchholz of the opponents in games, rounded to hundredths (8.2)."""
    values = buchholz(case, replace(tiebreak, name="BH"))
    return {
        number: average(
            [
                Term(values[entry.opponent].number or Fraction(), index, entry.opponent, "their Buchholz")
                for index, entry in enumerate(player.rounds, 1)
                if entry.kind is Kind.PLAYED and entry.opponent is not None
            ],
            Fraction(1, 100),
        )
        for number, player in case.players.items()
    }


def _contributions(
    case: Case, tiebreak: Tiebreak, player: Player, *, fore: bool, weighted: bool
) -> Iterable[_Contribution]:
    adjusted = case.fore_adjusted if fore else case.adjusted
    for index, entry in enumerate(player.rounds):
        is_final = fore and case.last_is_final and index + 1 == case.rounds
        if entry.opponent is not None and (is_final or case.is_game(entry, forfeits_count=tiebreak.forfeits_count)):
            strength, changed = adjusted[entry.opponent]
            why = f"their points, {changed}" if changed else "their points"
            voluntary = False
        elif case.field.predetermined:
            continue
        else:
            strength, why = case.dummy(player, index, fore=fore)
            voluntary = case.is_voluntary(entry)
        value = Fraction(strength, 2) * (Fraction(entry.points, 2) if weighted else 1)
        if weighted:
            why = f"{why}; times {entry.points / 2:g}"
        yield _Contribution(Term(value, index + 1, entry.opponent, why), strength, voluntary)


def _cut(case: Case, tiebreak: Tiebreak, contributions: list[_Contribution]) -> Value:
    """The sum of what is left after the cuts: first of the least significant, then of the most significant (14)."""
    left = list(contributions)
    cut: set[int | None] = set()
    for _ in range(min(tiebreak.cut_low, len(left))):
        chosen = _least(case, left)
        left.remove(chosen)
        cut.add(chosen.term.round)
    for _ in range(min(tiebreak.cut_high, len(left))):
        chosen = max(left, key=lambda contribution: contribution.significance)
        left.remove(chosen)
        cut.add(chosen.term.round)
    return total(
        tuple(replace(contribution.term, is_cut=contribution.term.round in cut) for contribution in contributions)
    )


def _least(case: Case, left: list[_Contribution]) -> _Contribution:
    """Which contribution is cut first.

    It is the least significant one. Since 2023 whoever chose not to play loses the smallest part that such rounds bring
    instead, unless that is less (16.5).
    """
    least = min(left, key=lambda contribution: contribution.significance)
    voluntary = [contribution for contribution in left if contribution.is_voluntary]
    if case.year is RuleYear.VIRTUAL or not voluntary:
        return least
    smallest = min(voluntary, key=lambda contribution: (contribution.term.value, contribution.strength))
    return smallest if smallest.term.value >= least.term.value else least
