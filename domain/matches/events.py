"""Facts about matches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.kernel.events import Event
from domain.matches.values import LogEntry, MatchState


def match_topic(match_id: UUID) -> str:
    """Where viewers of one match listen."""
    return f"match:{match_id}"


@dataclass(frozen=True, kw_only=True)
class _MatchFact(Event):
    state: MatchState

    @property
    def subject(self) -> UUID:
        """The match."""
        return self.state.id


@dataclass(frozen=True, kw_only=True)
class MatchChanged(_MatchFact):
    """Entries were added to the log of a match. `is_new_version` is False when they changed nothing else.

    `is_score_alone` is True when of the match nothing but the running score has changed. `has_other_sides` is True when
    both of its sides were known before and are not the same any more.
    """

    name: ClassVar[str] = "matches.changed"
    entries: tuple[LogEntry, ...]
    is_new_version: bool
    is_score_alone: bool = False
    has_other_sides: bool = False

    @property
    def topics(self) -> tuple[str, ...]:
        """The viewers of this match."""
        return (match_topic(self.state.id),)


@dataclass(frozen=True, kw_only=True)
class MatchInvited(_MatchFact):
    """Somebody challenged somebody else."""

    name: ClassVar[str] = "matches.invited"


@dataclass(frozen=True, kw_only=True)
class MatchReady(_MatchFact):
    """Both sides are known: it can be played."""

    name: ClassVar[str] = "matches.ready"


@dataclass(frozen=True, kw_only=True)
class MatchReported(_MatchFact):
    """One side reported a result that the other has to confirm."""

    name: ClassVar[str] = "matches.reported"


@dataclass(frozen=True, kw_only=True)
class MatchDisputed(_MatchFact):
    """The sides disagree; an organizer has to decide."""

    name: ClassVar[str] = "matches.disputed"


@dataclass(frozen=True, kw_only=True)
class MatchFinished(_MatchFact):
    """The match is decided, by play or without it."""

    name: ClassVar[str] = "matches.finished"


@dataclass(frozen=True, kw_only=True)
class MatchCorrected(_MatchFact):
    """The result of a finished match was replaced; `before` is what it was."""

    name: ClassVar[str] = "matches.corrected"
    before: MatchState


@dataclass(frozen=True, kw_only=True)
class MatchReset(_MatchFact):
    """What was played or decided in a match was set aside, because a result before it was corrected.

    `before` is the match as it was, between the sides it had then; `reason` is that of the correction.
    """

    name: ClassVar[str] = "matches.reset"
    before: MatchState
    reason: str


@dataclass(frozen=True, kw_only=True)
class MatchRestored(_MatchFact):
    """The sides of a match met again between whom something was set aside, and that holds again, since `at`."""

    name: ClassVar[str] = "matches.restored"
    at: datetime
