"""Who reacts to which fact after its commit: the one table, at the end of this file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain import (
    accounts,
    deadlines,
    disputes,
    matches,
    notifications,
    queues,
    teams,
    tournaments,
    venues,
    vetoes,
)
from domain.accounts import Accounts, Mail
from domain.infra.db import Database, ReadSession, WriteSession
from domain.kernel.clock import Clock
from domain.kernel.events import Event


@dataclass(frozen=True, slots=True)
class Outside:
    """What reactions may call besides the transaction that they happen in.

    `beside` has connections of its own, for what others are to see before that transaction ends.
    """

    accounts: Accounts
    mail: Mail
    clock: Clock
    beside: Database


@dataclass(frozen=True, slots=True)
class Reaction:
    """What one consumer does about a fact. `name` is stored with what is owed, so it never changes.

    Inside one transaction and exactly once; or, when it calls an outside service, without a transaction and at least
    once. Reactions with the same `lane` happen in the order of the facts of their subject, the others in any.
    """

    name: str
    run: Callable[[Any, UUID, Any, Outside], Awaitable[None]]
    lane: str | None = None
    is_outside: bool = False


def _rate(name: str, react: Callable[[WriteSession, Any], Awaitable[None]]) -> Reaction:
    # A correction before its result would be overwritten by it.
    return Reaction(name, lambda session, _id, event, _outside: react(session, event), lane="ratings")


def _tell(name: str, react: Callable[[WriteSession, UUID, Any], Awaitable[None]]) -> Reaction:
    return Reaction(name, lambda session, event_id, event, _outside: react(session, event_id, event))


def _call(name: str, react: Callable[[WriteSession, Any, datetime], Awaitable[None]]) -> Reaction:
    return Reaction(name, lambda session, _id, event, outside: react(session, event, outside.clock.now()))


def _end(name: str, react: Callable[[WriteSession, Any], Awaitable[None]]) -> Reaction:
    return Reaction(name, lambda session, _id, event, _outside: react(session, event))


def _mail(name: str, react: Callable[[ReadSession, Any, Accounts, Mail], Awaitable[None]]) -> Reaction:
    return Reaction(
        name,
        lambda session, _id, event, outside: react(session, event, outside.accounts, outside.mail),
        is_outside=True,
    )


def _forget(name: str, react: Callable[[ReadSession, Any, Accounts], Awaitable[None]]) -> Reaction:
    return Reaction(name, lambda session, _id, event, outside: react(session, event, outside.accounts), is_outside=True)


REACTIONS: Mapping[type[Event], Sequence[Reaction]] = {
    accounts.EmailVerificationRequested: [
        _mail("accounts.send_email_verification", accounts.send_email_verification),
    ],
    accounts.PasswordResetRequested: [
        _mail("accounts.send_password_reset", accounts.send_password_reset),
    ],
    accounts.SessionRevoked: [
        _forget("accounts.forget_revoked_session", accounts.forget_revoked_session),
    ],
    accounts.RolesChanged: [
        _forget("accounts.forget_changed_roles", accounts.forget_changed_roles),
    ],
    teams.TeamMemberInvited: [
        _tell("notifications.on_team_member_invited", notifications.on_team_member_invited),
    ],
    teams.TeamInvitationAnswered: [
        _tell("notifications.on_team_invitation_answered", notifications.on_team_invitation_answered),
    ],
    matches.MatchInvited: [
        _tell("notifications.on_match_invited", notifications.on_match_invited),
    ],
    matches.MatchReady: [
        _tell("notifications.on_match_ready", notifications.on_match_ready),
        _call("queues.call_on_ready", queues.call_on_ready),
        _call("deadlines.open_on_ready", deadlines.open_on_ready),
    ],
    matches.MatchReported: [
        _tell("notifications.on_match_reported", notifications.on_match_reported),
    ],
    matches.MatchDisputed: [
        _tell("notifications.on_match_disputed", notifications.on_match_disputed),
    ],
    matches.MatchFinished: [
        _rate("matches.rate", matches.rate),
        _tell("notifications.on_match_finished", notifications.on_match_finished),
    ],
    matches.MatchCorrected: [
        _rate("matches.rate_again", matches.rate_again),
    ],
    matches.MatchReset: [
        _rate("matches.unrate", matches.unrate),
        _tell("notifications.on_match_reset", notifications.on_match_reset),
    ],
    matches.MatchRestored: [
        _rate("matches.rate_restored", matches.rate_restored),
        _tell("notifications.on_match_restored", notifications.on_match_restored),
    ],
    tournaments.EventImportRequested: [
        Reaction(
            "tournaments.make_import",
            lambda session, _id, event, outside: tournaments.make_import(session, event, outside.clock, outside.beside),
        ),
    ],
    tournaments.TournamentStarted: [
        _tell("notifications.on_tournament_started", notifications.on_tournament_started),
    ],
    tournaments.TournamentCancelled: [
        _tell("notifications.on_tournament_cancelled", notifications.on_tournament_cancelled),
    ],
    tournaments.EntrantPromoted: [
        _tell("notifications.on_entrant_promoted", notifications.on_entrant_promoted),
    ],
    tournaments.EntrantDisqualified: [
        _tell("notifications.on_entrant_disqualified", notifications.on_entrant_disqualified),
    ],
    tournaments.claims.GuestClaimed: [
        _tell("notifications.on_guest_claimed", notifications.on_guest_claimed),
    ],
    tournaments.claims.GuestClaimAnswered: [
        _tell("notifications.on_guest_claim_answered", notifications.on_guest_claim_answered),
    ],
    tournaments.ChallengeDue: [
        Reaction(
            "tournaments.expire_challenge",
            lambda session, _id, event, _outside: tournaments.expire_challenge(session, event),
        ),
    ],
    tournaments.ChallengeCalledOff: [
        _tell("notifications.on_challenge_called_off", notifications.on_challenge_called_off),
    ],
    tournaments.HeatDrawn: [
        _tell("notifications.on_heat_drawn", notifications.on_heat_drawn),
        _call("queues.call_on_draw", queues.call_on_draw),
    ],
    tournaments.HeatPlayed: [
        _tell("notifications.on_heat_finished", notifications.on_heat_finished),
    ],
    tournaments.HeatCorrected: [
        _tell("notifications.on_heat_corrected", notifications.on_heat_corrected),
    ],
    tournaments.LadderEndDue: [
        _end("tournaments.end_ladder", tournaments.end_ladder),
    ],
    tournaments.LadderDropDue: [
        _call("tournaments.tell_of_drops", tournaments.tell_of_drops),
    ],
    queues.QueueOpened: [
        _call("queues.call_on_opening", queues.call_on_opening),
    ],
    queues.CallEnded: [
        _call("queues.call_on_free", queues.call_on_free),
    ],
    venues.TableChanged: [
        _call("queues.call_on_table_change", queues.call_on_table_change),
    ],
    queues.AnswerTimeEnded: [
        _end("queues.expire_call", queues.expire_call),
    ],
    vetoes.VetoTurnCame: [
        _tell("notifications.on_veto_turn_came", notifications.on_veto_turn_came),
    ],
    vetoes.VetoStepDue: [
        _call("vetoes.do_overdue_step", vetoes.do_overdue_step),
    ],
    queues.MatchCalled: [
        _tell("notifications.on_match_called", notifications.on_match_called),
    ],
    queues.CallExpired: [
        _tell("notifications.on_call_expired", notifications.on_call_expired),
    ],
    deadlines.CheckInOpened: [
        _tell("notifications.on_check_in_opened", notifications.on_check_in_opened),
    ],
    deadlines.CheckInSoonOver: [
        _tell("notifications.on_check_in_soon_over", notifications.on_check_in_soon_over),
    ],
    deadlines.CheckInTimeEnded: [
        _end("deadlines.end_check_in", deadlines.end_check_in),
    ],
    deadlines.ConfirmationTimeEnded: [
        _end("deadlines.end_confirmation", deadlines.end_confirmation),
    ],
    disputes.RefereeCalled: [
        _tell("notifications.on_referee_called", notifications.on_referee_called),
    ],
    disputes.DisputeEntryAdded: [
        _tell("notifications.on_dispute_entry_added", notifications.on_dispute_entry_added),
    ],
}

BY_EVENT: Mapping[str, Sequence[Reaction]] = {kind.name: reactions for kind, reactions in REACTIONS.items()}
BY_NAME: Mapping[str, Reaction] = {one.name: one for reactions in REACTIONS.values() for one in reactions}
