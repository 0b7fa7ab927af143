"""Standings, and the tie-breaks that order them: those of FIDE and of other sports, exact to the last half point."""

from domain.tournaments.rules.tiebreaks.parsing import MODIFIERS, parse_tiebreaks
from domain.tournaments.rules.tiebreaks.standings import Standing, Standings, standings
from domain.tournaments.rules.tiebreaks.values import RuleYear, Term, Tiebreak, Value

__all__ = [
    "MODIFIERS",
    "RuleYear",
    "Standing",
    "Standings",
    "Term",
    "Tiebreak",
    "Value",
    "parse_tiebreaks",
    "standings",
]
