"""Queues."""

from domain.queues.models import Queue

__all__ = ["Queue"]
