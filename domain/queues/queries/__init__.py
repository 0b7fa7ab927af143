"""Reads of the queues context."""

from domain.queues.queries.playable import game_to_play, match_to_play, open_games, participants_of_heat
from domain.queues.queries.rows import (
    busy_among,
    calls_by_id,
    current_call_of_user,
    current_calls,
    featured_matches,
    players_of_sides,
    queue_tables,
    queues_at,
    queues_by_id,
    tables_of_entrants,
)
from domain.queues.queries.waiting import (
    QueueState,
    WaitingHeat,
    WaitingMatch,
    queue_state,
    queues_of_user,
    sides_of_user,
    waiting_games,
)

__all__ = [
    "QueueState",
    "WaitingHeat",
    "WaitingMatch",
    "busy_among",
    "calls_by_id",
    "current_call_of_user",
    "current_calls",
    "featured_matches",
    "game_to_play",
    "match_to_play",
    "open_games",
    "participants_of_heat",
    "players_of_sides",
    "queue_state",
    "queue_tables",
    "queues_at",
    "queues_by_id",
    "queues_of_user",
    "sides_of_user",
    "tables_of_entrants",
    "waiting_games",
]
