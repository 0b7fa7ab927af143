"""Writes of the disputes context. Whoever changes a room holds its match."""

from domain.disputes.commands.change import close_rooms, open_room
from domain.disputes.commands.conversation import (
    CallReferee,
    PostDisputeMessage,
    TakeDispute,
    call_referee,
    post_dispute_message,
    take_dispute,
)

__all__ = [
    "CallReferee",
    "PostDisputeMessage",
    "TakeDispute",
    "call_referee",
    "close_rooms",
    "open_room",
    "post_dispute_message",
    "take_dispute",
]
