"""Queues: which match of a tournament that is held at a venue is called to which of its tables, and when.

A call is a row beside the match, so that what the status of a match means does not depend on tables. It has to be
answered by both sides; then the match begins, and when it is decided the table is free. The database lets no table, no
match and no player have two calls at once, also of different tournaments. What is called next is decided by the rules:
pairing first, tables second. This context stands above tournaments, which know nothing of tables.
"""

from domain.queues.commands import (
    AnswerCall,
    CallNext,
    FeatureMatch,
    FreeTable,
    MoveMatch,
    SetAccessNeed,
    SetTournamentTables,
    answer_call,
    call_next,
    expire_call,
    feature_match,
    free_table,
    move_match,
    set_access_need,
    set_tournament_tables,
)
from domain.queues.errors import CallNotFound, NoTables
from domain.queues.events import (
    AnswerTimeEnded,
    CallEnded,
    CallExpired,
    MatchCalled,
    QueueChanged,
    QueueOpened,
    queue_topic,
)
from domain.queues.models import Call, Queue
from domain.queues.queries import (
    QueueState,
    WaitingMatch,
    calls_by_id,
    current_call_of_user,
    queue_state,
    queue_tables,
    queues_at,
    queues_by_id,
    queues_of_user,
    sides_of_user,
)
from domain.queues.reactions import call_on_free, call_on_opening, call_on_ready, call_on_table_change, follow_match
from domain.queues.values import (
    DEFAULT_ANSWER_S,
    MAX_ANSWER_S,
    MIN_ANSWER_S,
    CallEnding,
    CallStatus,
    CallView,
    NoShow,
    QueueView,
)

__all__ = [
    "DEFAULT_ANSWER_S",
    "MAX_ANSWER_S",
    "MIN_ANSWER_S",
    "AnswerCall",
    "AnswerTimeEnded",
    "Call",
    "CallEnded",
    "CallEnding",
    "CallExpired",
    "CallNext",
    "CallNotFound",
    "CallStatus",
    "CallView",
    "FeatureMatch",
    "FreeTable",
    "MatchCalled",
    "MoveMatch",
    "NoShow",
    "NoTables",
    "Queue",
    "QueueChanged",
    "QueueOpened",
    "QueueState",
    "QueueView",
    "SetAccessNeed",
    "SetTournamentTables",
    "WaitingMatch",
    "answer_call",
    "call_next",
    "call_on_free",
    "call_on_opening",
    "call_on_ready",
    "call_on_table_change",
    "calls_by_id",
    "current_call_of_user",
    "expire_call",
    "feature_match",
    "follow_match",
    "free_table",
    "move_match",
    "queue_state",
    "queue_tables",
    "queue_topic",
    "queues_at",
    "queues_by_id",
    "queues_of_user",
    "set_access_need",
    "set_tournament_tables",
    "sides_of_user",
]
