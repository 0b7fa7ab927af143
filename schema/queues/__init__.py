"""Queues and calls, as clients see them."""

from schema.queues.mutations import QueuesMutation
from schema.queues.subscriptions import QueuesSubscription
from schema.queues.types import MatchCall, Queue, QueuesQuery

__all__ = ["MatchCall", "Queue", "QueuesMutation", "QueuesQuery", "QueuesSubscription"]
