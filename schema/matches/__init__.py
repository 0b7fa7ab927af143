"""Matches, as clients see them."""

from schema.matches.mutations import MatchesMutation, ResultInUseHandler
from schema.matches.subscriptions import MatchesSubscription
from schema.matches.types import GameScore, Match, MatchesQuery, MatchEvent, MatchReport, MatchSlot

__all__ = [
    "GameScore",
    "Match",
    "MatchEvent",
    "MatchReport",
    "MatchSlot",
    "MatchesMutation",
    "MatchesQuery",
    "MatchesSubscription",
    "ResultInUseHandler",
]
