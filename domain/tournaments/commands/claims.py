"""Claims: a user says which guest they are, and an organizer whether that is so.

An accepted claim says who a guest is, and nothing else: standings, matches, ratings, and who may report or check in are
as before, so officials go on acting for the guest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.ids import new_id
from domain.kernel.participant import ParticipantKind
from domain.tournaments import policies
from domain.tournaments.commands.change import held, held_entrant, require_status, show
from domain.tournaments.commands.entry import require_free_players
from domain.tournaments.errors import (
    AlreadyClaiming,
    ClaimClosed,
    EntrantNotFound,
    GuestClaimNotFound,
    GuestIsClaimed,
    NotAGuest,
    NotYourClaim,
    OwnClaim,
    TooManyClaims,
)
from domain.tournaments.events import GuestClaimAnswered, GuestClaimed, GuestClaimWithdrawn
from domain.tournaments.models import Entrant, GuestClaim, Tournament
from domain.tournaments.values import MAX_CLAIMS_OF_GUEST, MAX_OPEN_CLAIMS, ClaimStatus, TournamentStatus

__all__ = [
    "AnswerGuestClaim",
    "ClaimGuest",
    "ClaimStatus",
    "GuestClaim",
    "GuestClaimAnswered",
    "GuestClaimed",
    "WithdrawGuestClaim",
    "answer_guest_claim",
    "claim_guest",
    "withdraw_guest_claim",
]

_CLAIMABLE = TournamentStatus.PUBLISHED, TournamentStatus.RUNNING, TournamentStatus.FINISHED


@dataclass(frozen=True, slots=True)
class ClaimGuest:
    """Which guest somebody says they are."""

    entrant_id: UUID
    now: datetime


async def claim_guest(session: WriteSession, actor: Actor, command: ClaimGuest) -> GuestClaim:
    """Say that a guest of a published, running or finished event is oneself; nothing changes until that is accepted.

    Raises:
        Unauthenticated, EntrantNotFound, TournamentNotFound, WrongTournamentStatus.
        NotAGuest, GuestIsClaimed: nobody can say that of the entrant.
        AlreadyRegistered, AlreadyClaiming: the user is in the event, or waits for an answer there.
        TooManyClaims: too many are open, of the user or of the guest.
    """
    user_id = actor.require_user()
    tournament, entrant = await held_entrant(session, command.entrant_id)
    await policies.require_visible(session, actor, tournament)
    require_status(tournament, *_CLAIMABLE)
    _require_unclaimed(entrant)
    await require_free_players(session, tournament, [user_id])
    await _require_room(session, entrant, user_id)
    claim = GuestClaim(
        id=new_id(),
        tournament_id=tournament.id,
        entrant_id=entrant.id,
        user_id=user_id,
        status=ClaimStatus.OPEN,
        created_at=command.now,
    )
    session.add(claim)
    fact = GuestClaimed(tournament_id=tournament.id, entrant_id=entrant.id, claim_id=claim.id, user_id=user_id)
    await outbox.record(session, fact)
    return claim


@dataclass(frozen=True, slots=True)
class AnswerGuestClaim:
    """Whether a guest is who says so."""

    claim_id: UUID
    accept: bool
    now: datetime


async def answer_guest_claim(session: WriteSession, actor: Actor, command: AnswerGuestClaim) -> GuestClaim:
    """Accept or decline a claim as an organizer, never one's own. Who is accepted is shown with the guest from now on;
    what others claim of the same guest is declined.

    Raises:
        GuestClaimNotFound, Unauthenticated, TournamentNotFound, NotAnOrganizer, OwnClaim, ClaimClosed.
        AlreadyRegistered: the user has come into the event in another way.
    """
    tournament, claim = await _held_claim(session, command.claim_id)
    await policies.require_can_manage(session, actor, tournament)
    if claim.user_id == actor.user_id:
        raise OwnClaim
    _require_open(claim)
    if not command.accept:
        await _answer(session, claim, command, is_accepted=False)
        return claim
    await require_free_players(session, tournament, [claim.user_id])
    entrant = await session.get(Entrant, claim.entrant_id, populate_existing=True)
    if entrant is None:
        raise EntrantNotFound
    entrant.claimed_by_id = claim.user_id
    same = select(GuestClaim).where(GuestClaim.entrant_id == entrant.id, GuestClaim.status == ClaimStatus.OPEN)
    for each in list(await session.scalars(same.order_by(GuestClaim.id))):
        await _answer(session, each, command, is_accepted=each is claim)
    await show(session, tournament, participant_id=entrant.participant_id)
    return claim


@dataclass(frozen=True, slots=True)
class WithdrawGuestClaim:
    """Which claim is taken back."""

    claim_id: UUID
    now: datetime


async def withdraw_guest_claim(session: WriteSession, actor: Actor, command: WithdrawGuestClaim) -> GuestClaim:
    """Take one's own claim back before it is answered.

    Raises:
        Unauthenticated, GuestClaimNotFound, NotYourClaim, ClaimClosed.
    """
    user_id = actor.require_user()
    _, claim = await _held_claim(session, command.claim_id)
    if claim.user_id != user_id:
        raise NotYourClaim
    _require_open(claim)
    claim.status, claim.closed_at = ClaimStatus.WITHDRAWN, command.now
    fact = GuestClaimWithdrawn(
        tournament_id=claim.tournament_id, entrant_id=claim.entrant_id, claim_id=claim.id, user_id=user_id
    )
    await outbox.record(session, fact)
    return claim


def _require_unclaimed(entrant: Entrant) -> None:
    if entrant.kind is not ParticipantKind.GUEST:
        raise NotAGuest
    if entrant.claimed_by_id is not None:
        raise GuestIsClaimed


def _require_open(claim: GuestClaim) -> None:
    if claim.status is not ClaimStatus.OPEN:
        raise ClaimClosed(claim.status)


async def _require_room(session: WriteSession, entrant: Entrant, user_id: UUID) -> None:
    """Refuse another claim of a user who has one in the event, or too many in all, and of a guest with too many."""
    await locks.hold(session, user_id)
    of_user = select(GuestClaim.tournament_id).where(
        GuestClaim.user_id == user_id, GuestClaim.status == ClaimStatus.OPEN
    )
    events = list(await session.scalars(of_user))
    if entrant.tournament_id in events:
        raise AlreadyClaiming
    if len(events) >= MAX_OPEN_CLAIMS:
        raise TooManyClaims(f"You have {MAX_OPEN_CLAIMS} open claims; withdraw one, or wait for an answer.")
    of_guest = select(func.count()).where(GuestClaim.entrant_id == entrant.id, GuestClaim.status == ClaimStatus.OPEN)
    if (await session.scalar(of_guest) or 0) >= MAX_CLAIMS_OF_GUEST:
        raise TooManyClaims(f"{MAX_CLAIMS_OF_GUEST} others say so of this guest; wait until organizers have answered.")


async def _held_claim(session: WriteSession, claim_id: UUID) -> tuple[Tournament, GuestClaim]:
    """A claim and its tournament, both held."""
    tournament_id = await session.scalar(select(GuestClaim.tournament_id).where(GuestClaim.id == claim_id))
    if tournament_id is None:
        raise GuestClaimNotFound
    tournament = await held(session, tournament_id)
    claim = await session.get(GuestClaim, claim_id, populate_existing=True)
    if claim is None:
        raise GuestClaimNotFound
    return tournament, claim


async def _answer(session: WriteSession, claim: GuestClaim, command: AnswerGuestClaim, *, is_accepted: bool) -> None:
    claim.status = ClaimStatus.ACCEPTED if is_accepted else ClaimStatus.DECLINED
    claim.closed_at = command.now
    fact = GuestClaimAnswered(
        tournament_id=claim.tournament_id,
        entrant_id=claim.entrant_id,
        claim_id=claim.id,
        user_id=claim.user_id,
        is_accepted=is_accepted,
    )
    await outbox.record(session, fact)
