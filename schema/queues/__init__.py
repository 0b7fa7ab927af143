"""Queues and calls, as clients see them."""

from schema.queues.mutations import QueuesMutation
from schema.queues.subscriptions import QueuesSubscription
from schema.queues.types import HeatCall, MatchCall, Queue, QueuesQuery

__all__ = ["HeatCall", "MatchCall", "Queue", "QueuesMutation", "QueuesQuery", "QueuesSubscription"]
