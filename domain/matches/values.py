"""Enums and value objects of matches. Pure; a `MatchState` also travels inside facts and the history of a bracket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.kernel.participant import ParticipantKind
from domain.kernel.scoring import MatchScoring


class MatchKind(StrEnum):
    """Why a match is played."""

    TOURNAMENT = "TOURNAMENT"
    CHALLENGE = "CHALLENGE"
    CASUAL = "CASUAL"


class OpenMatchKind(StrEnum):
    """Why a match outside of any tournament is played."""

    CHALLENGE = "CHALLENGE"
    CASUAL = "CASUAL"

    @property
    def match_kind(self) -> MatchKind:
        """The same among the kinds of all matches."""
        return MatchKind(self.value)


class MatchStatus(StrEnum):
    """Where a match is in its life."""

    INVITED = "INVITED"
    PENDING = "PENDING"
    READY = "READY"
    LIVE = "LIVE"
    REPORTED = "REPORTED"
    DISPUTED = "DISPUTED"
    FINISHED = "FINISHED"
    NOT_NEEDED = "NOT_NEEDED"
    CANCELLED = "CANCELLED"


OPEN = frozenset({MatchStatus.READY, MatchStatus.LIVE, MatchStatus.REPORTED, MatchStatus.DISPUTED})
OVER = frozenset({MatchStatus.FINISHED, MatchStatus.NOT_NEEDED, MatchStatus.CANCELLED})


class Outcome(StrEnum):
    """How a finished match was decided."""

    PLAYED = "PLAYED"
    WALKOVER = "WALKOVER"
    DISQUALIFICATION = "DISQUALIFICATION"


class EntryKind(StrEnum):
    """What an entry of a match's log tells."""

    CREATED = "CREATED"
    ACCEPTED = "ACCEPTED"
    SEATED = "SEATED"
    CHECK_IN_OPENED = "CHECK_IN_OPENED"
    CHECKED_IN = "CHECKED_IN"
    STARTED = "STARTED"
    SCORE = "SCORE"
    REPORTED = "REPORTED"
    CONFIRMED = "CONFIRMED"
    DISPUTED = "DISPUTED"
    DECIDED = "DECIDED"
    WALKOVER = "WALKOVER"
    DISQUALIFIED = "DISQUALIFIED"
    FINISHED = "FINISHED"
    CORRECTED = "CORRECTED"
    RESET = "RESET"
    RESTORED = "RESTORED"
    NOT_NEEDED = "NOT_NEEDED"
    CANCELLED = "CANCELLED"
    VETO = "VETO"
    COMMENT = "COMMENT"
    RACK_STARTED = "RACK_STARTED"
    RACK_ENDED = "RACK_ENDED"
    SHOT = "SHOT"
    FOUL = "FOUL"


class MatchObservation(StrEnum):
    """What people may add to the log of a match themselves; everything else in it follows from what they do."""

    COMMENT = "COMMENT"
    RACK_STARTED = "RACK_STARTED"
    RACK_ENDED = "RACK_ENDED"
    SHOT = "SHOT"
    FOUL = "FOUL"

    @property
    def entry_kind(self) -> EntryKind:
        """As what it is logged."""
        return EntryKind(self.value)


Scores = tuple[int, int]


@dataclass(frozen=True, slots=True)
class MatchFormat:
    """How a match is played.

    It has `best_of` games at most, with PLAY_ALL so many, and with POINTS one. Slot 0 begins `advantage` of them ahead.
    `can_be_drawn` says whether a level score is a result; otherwise the sides play on until somebody has won.
    """

    best_of: int
    advantage: int = 0
    scoring: MatchScoring = MatchScoring.BEST_OF
    can_be_drawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A result as somebody gives it.

    By play it has `scores`, and the single `games` if they are known; they say who won, or that it was drawn. Only when
    they are level where no draw is possible, `winner` is the slot that won what decided it then, such as penalties.
    Without play it has only the slot of the `winner`; None when nobody goes on.
    """

    outcome: Outcome = Outcome.PLAYED
    scores: Sequence[int] = ()
    games: Sequence[Sequence[int]] = ()
    winner: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """How a match was decided. Scores and games are in slot order; both are empty when it was not played.

    Without a `winner` it was drawn by play, or neither side came.
    """

    outcome: Outcome
    winner: int | None
    scores: Scores | None = None
    games: tuple[Scores, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """One side of a match: unknown yet (everything None), a competitor, or nobody (`is_empty`)."""

    kind: ParticipantKind | None = None
    participant_id: UUID | None = None
    name: str | None = None
    seed: int | None = None
    score: int | None = None
    is_empty: bool = False

    @property
    def is_known(self) -> bool:
        """Whether it is settled who comes, even if it is nobody."""
        return self.participant_id is not None or self.is_empty


@dataclass(frozen=True, slots=True)
class Report:
    """A result that one side (`slot`) claims and the other has not confirmed; scores and games in slot order.

    `tiebreak_winner` is the slot that won what decided a level score; None when the scores alone say how it ended.
    """

    slot: int
    scores: Scores
    games: tuple[Scores, ...]
    at: datetime
    tiebreak_winner: int | None = None

    @property
    def winner(self) -> int | None:
        """The slot that won by it; None for a draw."""
        first, second = self.scores
        return self.tiebreak_winner if first == second else int(first < second)

    @property
    def verdict(self) -> Verdict:
        """The claim as a result."""
        return Verdict(scores=self.scores, games=self.games, winner=self.tiebreak_winner)


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchState:
    """A match at one version, complete in itself. `best_of`, `advantage` and the rest of how it is played: `format`."""

    id: UUID
    owner_id: UUID | None
    game_id: UUID
    kind: MatchKind
    best_of: int
    status: MatchStatus
    version: int
    slots: tuple[Slot, Slot]
    games: tuple[Scores, ...]
    report: Report | None
    dispute_reason: str | None
    winner: int | None
    outcome: Outcome | None
    started_at: datetime | None
    finished_at: datetime | None
    advantage: int = 0
    scoring: MatchScoring = MatchScoring.BEST_OF
    can_be_drawn: bool = False

    @property
    def format(self) -> MatchFormat:
        """How it is played."""
        return MatchFormat(self.best_of, self.advantage, self.scoring, self.can_be_drawn)

    @property
    def is_drawn(self) -> bool:
        """Whether it was played and nobody has won."""
        return self.outcome is Outcome.PLAYED and self.winner is None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """An entry of a match's log. `sequence` counts from 1 without a gap; `actor_id` None is the system."""

    match_id: UUID
    sequence: int
    kind: EntryKind
    at: datetime
    actor_id: UUID | None = None
    slot: int | None = None
    scores: Scores | None = None
    message: str | None = None
