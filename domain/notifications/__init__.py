"""Notifications: what users are told because of facts of the other contexts.

A notification is a row per user, event and kind, so a fact that arrives twice tells nobody twice. Its sentence is made
from kind and data when it is read, in one place.
"""

from domain.notifications.commands import MarkNotificationsRead, mark_notifications_read
from domain.notifications.errors import NotificationNotFound
from domain.notifications.models import Notification
from domain.notifications.queries import notifications_by_id, notifications_page, unread_counts
from domain.notifications.reactions import (
    on_call_expired,
    on_challenge_called_off,
    on_check_in_opened,
    on_check_in_soon_over,
    on_dispute_entry_added,
    on_entrant_disqualified,
    on_entrant_promoted,
    on_guest_claim_answered,
    on_guest_claimed,
    on_heat_corrected,
    on_heat_drawn,
    on_heat_finished,
    on_match_called,
    on_match_disputed,
    on_match_finished,
    on_match_invited,
    on_match_ready,
    on_match_reported,
    on_match_reset,
    on_match_restored,
    on_referee_called,
    on_team_invitation_answered,
    on_team_member_invited,
    on_tournament_cancelled,
    on_tournament_started,
    on_veto_turn_came,
)
from domain.notifications.rules.messages import message
from domain.notifications.values import NotificationKind

__all__ = [
    "MarkNotificationsRead",
    "Notification",
    "NotificationKind",
    "NotificationNotFound",
    "mark_notifications_read",
    "message",
    "notifications_by_id",
    "notifications_page",
    "on_call_expired",
    "on_challenge_called_off",
    "on_check_in_opened",
    "on_check_in_soon_over",
    "on_dispute_entry_added",
    "on_entrant_disqualified",
    "on_entrant_promoted",
    "on_guest_claim_answered",
    "on_guest_claimed",
    "on_heat_corrected",
    "on_heat_drawn",
    "on_heat_finished",
    "on_match_called",
    "on_match_disputed",
    "on_match_finished",
    "on_match_invited",
    "on_match_ready",
    "on_match_reported",
    "on_match_reset",
    "on_match_restored",
    "on_referee_called",
    "on_team_invitation_answered",
    "on_team_member_invited",
    "on_tournament_cancelled",
    "on_tournament_started",
    "on_veto_turn_came",
    "unread_counts",
]
