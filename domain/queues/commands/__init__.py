"""Writes of the queues context. Whoever changes a queue or its calls holds the tournament."""

from domain.queues.commands.answers import AnswerCall, answer_call, expire_call
from domain.queues.commands.calling import CallNext, call_next
from domain.queues.commands.setup import (
    FeatureMatch,
    SetAccessNeed,
    SetTournamentTables,
    feature_match,
    set_access_need,
    set_tournament_tables,
)
from domain.queues.commands.tables import FreeTable, MoveHeat, MoveMatch, free_table, move_heat, move_match

__all__ = [
    "AnswerCall",
    "CallNext",
    "FeatureMatch",
    "FreeTable",
    "MoveHeat",
    "MoveMatch",
    "SetAccessNeed",
    "SetTournamentTables",
    "answer_call",
    "call_next",
    "expire_call",
    "feature_match",
    "free_table",
    "move_heat",
    "move_match",
    "set_access_need",
    "set_tournament_tables",
]
