"""Disputes: where the sides of a match and its officials talk about what is wrong, and nobody else knows that they do.

A room belongs to a match between two sides: when the match gets others, they have one of their own, and when the same
two meet again in it, theirs goes on. A dispute opens it, or a side that calls a referee; the decision closes it. Who
may see it is asked each time: who plays for a side or leads it, and the officials of the event, but for those who play
in the match.
"""

from domain.disputes.commands import (
    CallReferee,
    PostDisputeMessage,
    TakeDispute,
    call_referee,
    post_dispute_message,
    take_dispute,
)
from domain.disputes.errors import (
    DisputeRoomNotFound,
)
from domain.disputes.events import DisputeEntryAdded, RefereeCalled, dispute_topic
from domain.disputes.models import DisputeEntryRow, DisputeRoom
from domain.disputes.queries import (
    entries_after,
    entries_page,
    newest_entries,
    officials_of,
    open_rooms,
    players_of,
    rooms_by_id,
    rooms_of_matches,
)
from domain.disputes.reactions import follow_match
from domain.disputes.values import (
    DisputeEntry,
    DisputeEntryKind,
    SeenRoom,
    Standing,
)

__all__ = [
    "CallReferee",
    "DisputeEntry",
    "DisputeEntryAdded",
    "DisputeEntryKind",
    "DisputeEntryRow",
    "DisputeRoom",
    "DisputeRoomNotFound",
    "PostDisputeMessage",
    "RefereeCalled",
    "SeenRoom",
    "Standing",
    "TakeDispute",
    "call_referee",
    "dispute_topic",
    "entries_after",
    "entries_page",
    "follow_match",
    "newest_entries",
    "officials_of",
    "open_rooms",
    "players_of",
    "post_dispute_message",
    "rooms_by_id",
    "rooms_of_matches",
    "take_dispute",
]
