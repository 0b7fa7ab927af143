"""Deadlines of matches, as clients see them."""

from schema.deadlines.mutations import DeadlinesMutation
from schema.deadlines.types import MatchAttention, MatchCheckIn, MatchDeadlines

__all__ = ["DeadlinesMutation", "MatchAttention", "MatchCheckIn", "MatchDeadlines"]
