"""Dispute rooms, as those who may see them do."""

from schema.disputes.mutations import DisputesMutation
from schema.disputes.subscriptions import DisputesSubscription
from schema.disputes.types import DisputeMessage, DisputeRoom

__all__ = ["DisputeMessage", "DisputeRoom", "DisputesMutation", "DisputesSubscription"]
