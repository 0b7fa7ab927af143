"""How a match gets its result: reported by one side, confirmed by the other, or decided by an official."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import SYSTEM, Actor
from domain.matches import policies
from domain.matches.commands.change import Change, checked_text, held
from domain.matches.commands.lifecycle import set_scores
from domain.matches.errors import AlreadyReported, MatchNotReady, MatchOver, OwnReport, WrongMatchStatus
from domain.matches.events import MatchDisputed, MatchFinished, MatchReported
from domain.matches.models import Match
from domain.matches.rules import scores as rules
from domain.matches.values import OPEN, OVER, EntryKind, MatchStatus, Outcome, Report, Result, Verdict


@dataclass(frozen=True, slots=True)
class ReportResult:
    """The scores of slot 0 and slot 1, and if wanted the points of each game; else those told before, if they fit.

    `winner` is the slot that won what decided a level score; None when the scores alone say how it ended.
    """

    match_id: UUID
    version: int
    scores: Sequence[int]
    now: datetime
    games: Sequence[Sequence[int]] = field(default=())
    winner: int | None = None


async def report_result(session: WriteSession, actor: Actor, command: ReportResult) -> Match:
    """Report the result as one side. An equal report of the other side confirms it, a different one disputes it.

    Raises:
        MatchNotFound, StaleVersion, MatchNotReady, MatchOver, WrongMatchStatus, AlreadyReported, ImpossibleScore,
        DrawNotPossible, InvalidInput, Unauthenticated, NotYourMatch, BothSides.
    """
    match = await held(session, command.match_id, command.version)
    side = await policies.require_side(session, actor, match)
    _require_open(match)
    if match.status is MatchStatus.DISPUTED:
        raise WrongMatchStatus(match.status, "READY, LIVE or REPORTED; an organizer decides a dispute")
    scores = rules.final(match.format, command.scores)
    games = rules.games(match.format, scores, command.games, match.games)
    report = Report(side, scores, games, command.now, command.winner)
    result = rules.checked_result(match.format, report.verdict)
    earlier = match.report
    change = Change(match, actor, command.now)
    if earlier is None:
        await _await_confirmation(session, change, report)
    elif earlier.slot == side:
        raise AlreadyReported
    elif (earlier.scores, earlier.winner) == (scores, result.winner):
        change.log(EntryKind.CONFIRMED, slot=side, scores=scores)
        await finish(session, change, rules.checked_result(match.format, earlier.verdict))
    else:
        won = f", won by slot {command.winner}" if command.winner is not None else ""
        await _dispute(session, change, side, f"The other side reported {scores[0]}:{scores[1]}{won}.")
    return match


@dataclass(frozen=True, slots=True)
class ConfirmResult:
    """Agree with what the other side reported."""

    match_id: UUID
    version: int
    now: datetime


async def confirm_result(session: WriteSession, actor: Actor, command: ConfirmResult) -> Match:
    """Confirm the result the other side reported; the match is then final.

    Raises:
        MatchNotFound, StaleVersion, MatchOver, WrongMatchStatus, OwnReport, Unauthenticated, NotYourMatch, BothSides.
    """
    match = await held(session, command.match_id, command.version)
    side, report = await _others_report(session, actor, match)
    change = Change(match, actor, command.now)
    change.log(EntryKind.CONFIRMED, slot=side, scores=report.scores)
    await finish(session, change, rules.checked_result(match.format, report.verdict))
    return match


async def confirm_unanswered(session: WriteSession, match_id: UUID, version: int, now: datetime) -> None:
    """Make a reported result final that the other side has not answered; nothing if the match has changed since."""
    match = await held(session, match_id)
    report = match.report
    if match.version != version or match.status is not MatchStatus.REPORTED or report is None:
        return
    change = Change(match, SYSTEM, now)
    change.log(EntryKind.CONFIRMED, scores=report.scores, message="The other side did not answer in time.")
    await finish(session, change, rules.checked_result(match.format, report.verdict))


@dataclass(frozen=True, slots=True)
class DisputeResult:
    """Disagree with what the other side reported, and say why."""

    match_id: UUID
    version: int
    reason: str
    now: datetime


async def dispute_result(session: WriteSession, actor: Actor, command: DisputeResult) -> Match:
    """Dispute the result the other side reported; an official then decides.

    Raises:
        MatchNotFound, StaleVersion, MatchOver, WrongMatchStatus, OwnReport, InvalidInput,
        Unauthenticated, NotYourMatch, BothSides.
    """
    match = await held(session, command.match_id, command.version)
    side, _ = await _others_report(session, actor, match)
    await _dispute(session, Change(match, actor, command.now), side, checked_text(command.reason, "reason"))
    return match


@dataclass(frozen=True, slots=True)
class DecideResult:
    """The result an official sets, and if wanted why. `winner` is as in a report."""

    match_id: UUID
    version: int
    scores: Sequence[int]
    now: datetime
    games: Sequence[Sequence[int]] = field(default=())
    reason: str | None = None
    winner: int | None = None


async def decide_result(session: WriteSession, actor: Actor, command: DecideResult) -> Match:
    """Set the result as an official: settle a dispute, or enter it at once.

    Raises:
        MatchNotFound, StaleVersion, MatchNotReady, MatchOver, ImpossibleScore, DrawNotPossible, InvalidInput,
        Unauthenticated, NotAnOfficial, OwnMatch.
    """
    match = await held(session, command.match_id, command.version)
    await policies.require_official(session, actor, match)
    _require_open(match)
    verdict = Verdict(scores=command.scores, games=command.games, winner=command.winner)
    result = rules.checked_result(match.format, verdict, match.games)
    change = Change(match, actor, command.now)
    reason = None if command.reason is None else checked_text(command.reason, "reason")
    change.log(EntryKind.DECIDED, slot=result.winner, scores=result.scores, message=reason)
    await finish(session, change, result)
    return match


@dataclass(frozen=True, slots=True)
class AwardWalkover:
    """Let a side go on without play; `winner_slot` None when neither side turned up."""

    match_id: UUID
    version: int
    winner_slot: int | None
    reason: str
    now: datetime


async def award_walkover(session: WriteSession, actor: Actor, command: AwardWalkover) -> Match:
    """Decide a match that was not played, as an official.

    Raises:
        MatchNotFound, StaleVersion, MatchNotReady, MatchOver, InvalidInput, Unauthenticated, NotAnOfficial, OwnMatch.
    """
    match = await held(session, command.match_id, command.version)
    await policies.require_official(session, actor, match)
    _require_open(match)
    result = rules.checked_result(match.format, Verdict(outcome=Outcome.WALKOVER, winner=command.winner_slot))
    change = Change(match, actor, command.now)
    change.log(EntryKind.WALKOVER, slot=result.winner, message=checked_text(command.reason, "reason"))
    await finish(session, change, result)
    return match


async def finish(session: WriteSession, change: Change, result: Result) -> None:
    """Make a result final."""
    match = change.match
    _close(match, result, change.now)
    change.log(EntryKind.FINISHED, slot=result.winner, scores=result.scores)
    await change.record(session)
    await outbox.record(session, MatchFinished(state=match.state))


async def _others_report(session: WriteSession, actor: Actor, match: Match) -> tuple[int, Report]:
    side = await policies.require_side(session, actor, match)
    if match.status in OVER:
        raise MatchOver
    if match.status is not MatchStatus.REPORTED or match.report is None:
        raise WrongMatchStatus(match.status, "REPORTED")
    if match.report.slot == side:
        raise OwnReport
    return side, match.report


async def _await_confirmation(session: WriteSession, change: Change, report: Report) -> None:
    match = change.match
    match.status = MatchStatus.REPORTED
    match.started_at = match.started_at or change.now
    match.report = report
    change.log(EntryKind.REPORTED, slot=report.slot, scores=report.scores)
    await change.record(session)
    await outbox.record(session, MatchReported(state=match.state))


async def _dispute(session: WriteSession, change: Change, side: int, reason: str) -> None:
    change.match.status = MatchStatus.DISPUTED
    change.match.dispute_reason = reason
    change.log(EntryKind.DISPUTED, slot=side, message=reason)
    await change.record(session)
    await outbox.record(session, MatchDisputed(state=change.match.state))


def _close(match: Match, result: Result, now: datetime) -> None:
    match.status = MatchStatus.FINISHED
    match.report = None
    match.dispute_reason = None
    match.finished_at = now
    settle(match, result)


def settle(match: Match, result: Result) -> None:
    """Write how a match was decided."""
    set_scores(match, result.scores or (None, None))
    match.games = [list(pair) for pair in result.games]
    match.winner, match.outcome = result.winner, result.outcome


def _require_open(match: Match) -> None:
    if match.status in OVER:
        raise MatchOver
    if match.status not in OPEN:
        raise MatchNotReady
