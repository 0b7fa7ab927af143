"""Facts: what happened, in the past tense, as frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact of one context. Fields are str, int, bool, UUID, datetime, enums, None, and tuples or dicts of these,
    so that a fact travels as JSON and comes back equal.

    `name` is the wire name `context.what_happened`; it never changes once released.
    """

    name: ClassVar[str]

    @property
    def subject(self) -> UUID:
        """The row it happened to. Facts of one subject are delivered in the order of their commits."""
        raise NotImplementedError

    @property
    def topics(self) -> tuple[str, ...]:
        """The realtime topics on which viewers hear of it."""
        return ()
