"""Tables of matches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, Uuid
from sqlalchemy.orm import Mapped, composite, mapped_column

from domain.infra.orm import Row, enum_column
from domain.kernel.participant import ParticipantKind
from domain.kernel.scoring import MatchScoring
from domain.matches.values import (
    EntryKind,
    LogEntry,
    MatchFormat,
    MatchKind,
    MatchState,
    MatchStatus,
    Outcome,
    Report,
    Scores,
    Slot,
)


def _slot(side: str) -> Any:
    kind = enum_column(ParticipantKind)
    kind.name = f"{side}_kind"
    return composite(
        Slot,
        mapped_column(f"{side}_kind", kind),
        mapped_column(f"{side}_id", Uuid()),
        mapped_column(f"{side}_name", Text()),
        mapped_column(f"{side}_seed", Integer()),
        mapped_column(f"{side}_score", Integer()),
        mapped_column(f"{side}_is_empty", Boolean(), default=False),
    )


class Match(Row):
    """A match between two slots. `owner_id` is what it belongs to, such as a tournament; None when it stands alone.

    `version` rises by one with each change, `log_length` with each entry of its log. Slot 0 begins `advantage` games
    ahead, which its score counts.
    """

    __tablename__ = "matches"
    __table_args__ = (
        CheckConstraint(
            "best_of BETWEEN 1 AND CASE scoring WHEN 'POINTS' THEN 1 ELSE 99 END"
            " AND (best_of % 2 = 1 OR scoring = 'PLAY_ALL')",
            name="best_of",
        ),
        CheckConstraint("NOT can_be_drawn OR scoring <> 'BEST_OF'", name="somebody_wins_a_best_of"),
        CheckConstraint("outcome <> 'PLAYED' OR winner IS NOT NULL OR can_be_drawn", name="won_unless_drawn"),
        CheckConstraint("advantage BETWEEN 0 AND best_of / 2", name="advantage_decides_nothing"),
        CheckConstraint("winner IN (0, 1)", name="winner_is_a_slot"),
        CheckConstraint("(status = 'FINISHED') = (outcome IS NOT NULL)", name="outcome_when_finished"),
        CheckConstraint("first_id <> second_id", name="two_different_sides"),
        Index("ix_matches_first_id", "first_id", "id"),
        Index("ix_matches_second_id", "second_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID | None] = mapped_column(index=True)
    game_id: Mapped[UUID] = mapped_column(ForeignKey("games.id"))
    kind: Mapped[MatchKind] = mapped_column(enum_column(MatchKind))
    best_of: Mapped[int]
    advantage: Mapped[int] = mapped_column(default=0)
    scoring: Mapped[MatchScoring] = mapped_column(enum_column(MatchScoring), default=MatchScoring.BEST_OF)
    can_be_drawn: Mapped[bool] = mapped_column(default=False)
    status: Mapped[MatchStatus] = mapped_column(enum_column(MatchStatus))
    version: Mapped[int] = mapped_column(default=1)
    log_length: Mapped[int] = mapped_column(default=0)
    first: Mapped[Slot] = _slot("first")
    second: Mapped[Slot] = _slot("second")
    games: Mapped[list[Any]] = mapped_column(default=list)
    report_slot: Mapped[int | None]
    report_scores: Mapped[list[Any] | None]
    report_games: Mapped[list[Any] | None]
    reported_at: Mapped[datetime | None]
    report_tiebreak_winner: Mapped[int | None]
    dispute_reason: Mapped[str | None]
    winner: Mapped[int | None]
    outcome: Mapped[Outcome | None] = mapped_column(enum_column(Outcome))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    @property
    def slots(self) -> tuple[Slot, Slot]:
        """Both sides, in order."""
        return self.first, self.second

    def set_slot(self, index: int, slot: Slot) -> None:
        """Replace one side."""
        if index == 0:
            self.first = slot
        else:
            self.second = slot

    @property
    def format(self) -> MatchFormat:
        """How it is played."""
        return MatchFormat(self.best_of, self.advantage, self.scoring, self.can_be_drawn)

    @property
    def report(self) -> Report | None:
        """The result one side claims, if one does."""
        return _report(
            self.report_slot, self.report_scores, self.report_games, self.reported_at, self.report_tiebreak_winner
        )

    @report.setter
    def report(self, report: Report | None) -> None:
        self.report_slot = report.slot if report else None
        self.report_scores = list(report.scores) if report else None
        self.report_games = [list(pair) for pair in report.games] if report else None
        self.reported_at = report.at if report else None
        self.report_tiebreak_winner = report.tiebreak_winner if report else None

    @property
    def state(self) -> MatchState:
        """The match as a value."""
        return MatchState(
            id=self.id,
            owner_id=self.owner_id,
            game_id=self.game_id,
            kind=self.kind,
            best_of=self.best_of,
            status=self.status,
            version=self.version,
            slots=self.slots,
            games=_pairs(self.games),
            report=self.report,
            dispute_reason=self.dispute_reason,
            winner=self.winner,
            outcome=self.outcome,
            started_at=self.started_at,
            finished_at=self.finished_at,
            advantage=self.advantage,
            scoring=self.scoring,
            can_be_drawn=self.can_be_drawn,
        )

    def begin_anew(self) -> None:
        """Forget what has happened between its sides, and take the status that follows from them."""
        is_ready = all(slot.participant_id for slot in self.slots)
        self.status = MatchStatus.READY if is_ready else MatchStatus.PENDING
        self.first, self.second = replace(self.first, score=None), replace(self.second, score=None)
        self.games, self.report, self.dispute_reason = [], None, None
        self.winner = self.outcome = self.started_at = self.finished_at = None

    def go_on_from(self, state: MatchState) -> None:
        """Take over what had happened between the same sides."""
        self.status = state.status
        self.first, self.second = state.slots
        self.games = [list(pair) for pair in state.games]
        self.report, self.dispute_reason = state.report, state.dispute_reason
        self.winner, self.outcome = state.winner, state.outcome
        self.started_at, self.finished_at = state.started_at, state.finished_at


def slot_columns(side: str, slot: Slot) -> dict[str, Any]:
    """The values of the columns of one side, `first` or `second`."""
    return {
        f"{side}_kind": slot.kind,
        f"{side}_id": slot.participant_id,
        f"{side}_name": slot.name,
        f"{side}_seed": slot.seed,
        f"{side}_score": slot.score,
        f"{side}_is_empty": slot.is_empty,
    }


STATE_COLUMNS = (
    *("id", "owner_id", "game_id", "kind", "best_of", "status", "version"),
    *("first_kind", "first_id", "first_name", "first_seed", "first_score", "first_is_empty"),
    *("second_kind", "second_id", "second_name", "second_seed", "second_score", "second_is_empty"),
    *("games", "report_slot", "report_scores", "report_games", "reported_at"),
    *("dispute_reason", "winner", "outcome", "started_at", "finished_at", "advantage"),
    *("scoring", "can_be_drawn", "report_tiebreak_winner"),
)


def state_of(values: Sequence[Any]) -> MatchState:
    """The match as a value, from the values of its `STATE_COLUMNS`."""
    id_, owner_id, game_id, kind, best_of, status, version = values[:7]
    games, report_slot, report_scores, report_games, reported_at = values[19:24]
    dispute_reason, winner, outcome, started_at, finished_at, advantage = values[24:30]
    scoring, can_be_drawn, report_tiebreak_winner = values[30:]
    return MatchState(
        id=id_,
        owner_id=owner_id,
        game_id=game_id,
        kind=kind,
        best_of=best_of,
        status=status,
        version=version,
        slots=(Slot(*values[7:13]), Slot(*values[13:19])),
        games=_pairs(games),
        report=_report(report_slot, report_scores, report_games, reported_at, report_tiebreak_winner),
        dispute_reason=dispute_reason,
        winner=winner,
        outcome=outcome,
        started_at=started_at,
        finished_at=finished_at,
        advantage=advantage,
        scoring=scoring,
        can_be_drawn=can_be_drawn,
    )


class MatchLogRow(Row):
    """An entry of a match's log. Partitioned by month: a busy venue writes many of them."""

    __tablename__ = "match_log"
    __table_args__ = ({"postgresql_partition_by": "RANGE (at)"},)

    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    kind: Mapped[EntryKind] = mapped_column(enum_column(EntryKind))
    actor_id: Mapped[UUID | None]
    slot: Mapped[int | None]
    scores: Mapped[list[Any] | None]
    message: Mapped[str | None]

    @property
    def entry(self) -> LogEntry:
        """The entry as a value."""
        return entry_of([getattr(self, name) for name in ENTRY_COLUMNS])


ENTRY_COLUMNS = ("match_id", "sequence", "kind", "at", "actor_id", "slot", "scores", "message")


def entry_of(values: Sequence[Any]) -> LogEntry:
    """The entry as a value, from the values of its `ENTRY_COLUMNS`."""
    match_id, sequence, kind, at, actor_id, slot, scores, message = values
    return LogEntry(
        match_id=match_id,
        sequence=sequence,
        kind=kind,
        at=at,
        actor_id=actor_id,
        slot=slot,
        scores=None if scores is None else _pair(scores),
        message=message,
    )


def _report(
    slot: int | None,
    scores: list[Any] | None,
    games: list[Any] | None,
    at: datetime | None,
    tiebreak_winner: int | None,
) -> Report | None:
    if slot is None or scores is None or at is None:
        return None
    return Report(slot, _pair(scores), _pairs(games or ()), at, tiebreak_winner)


def _pair(values: list[Any]) -> Scores:
    return values[0], values[1]


def _pairs(values: Any) -> tuple[Scores, ...]:
    return tuple((first, second) for first, second in values)
