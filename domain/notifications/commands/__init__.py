"""Writes of the notifications context."""

from domain.notifications.commands.notify import Note, notify
from domain.notifications.commands.reading import MarkNotificationsRead, mark_notifications_read

__all__ = ["MarkNotificationsRead", "Note", "mark_notifications_read", "notify"]
