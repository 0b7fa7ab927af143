"""How an official replaces a final result. What it does to other matches is for what the match belongs to."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.matches import policies
from domain.matches.commands.change import Change, held
from domain.matches.commands.results import settle
from domain.matches.errors import MatchNotReady, WrongMatchStatus
from domain.matches.events import MatchCorrected
from domain.matches.models import Match
from domain.matches.values import EntryKind, MatchStatus, Result


async def to_correct(session: WriteSession, actor: Actor, match_id: UUID, version: int) -> Match:
    """A match whose final result an official is about to correct, held with everything else of its owner.

    Raises:
        MatchNotFound, StaleVersion, Unauthenticated, NotAnOfficial, OwnMatch.
        WrongMatchStatus: it has no final result.
        MatchNotReady: nobody came into one of its slots, so no other result is possible.
    """
    match = await held(session, match_id, version)
    await policies.require_official(session, actor, match)
    if match.status is not MatchStatus.FINISHED:
        raise WrongMatchStatus(match.status, "FINISHED; an open match is decided, not corrected")
    if any(slot.participant_id is None for slot in match.slots):
        raise MatchNotReady
    return match


async def correct(
    session: WriteSession, actor: Actor, match: Match, result: Result, reason: str, now: datetime
) -> None:
    """Replace the final result of a match. When it was decided stays."""
    before = match.state
    change = Change(match, actor, now)
    change.log(EntryKind.CORRECTED, slot=result.winner, scores=result.scores, message=reason)
    settle(match, result)
    await change.record(session)
    await outbox.record(session, MatchCorrected(state=match.state, before=before))
