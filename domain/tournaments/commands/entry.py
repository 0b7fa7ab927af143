"""Who takes part: registration, waitlist, withdrawal, check-in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select

from domain import accounts, games, teams
from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import new_id
from domain.kernel.participant import ParticipantKind
from domain.tournaments import policies
from domain.tournaments.commands.change import count_entrants, held, held_entrant, require_status, show
from domain.tournaments.commands.heats import leave_heats
from domain.tournaments.commands.late_entry import join, stage_to_enter
from domain.tournaments.commands.leave import put_out
from domain.tournaments.commands.waitlist import move_up
from domain.tournaments.errors import (
    AlreadyRegistered,
    CheckInClosed,
    NotEntered,
    RegistrationClosed,
    RosterTooSmall,
    TournamentFull,
)
from domain.tournaments.events import EntrantRegistered, EntrantWithdrawn
from domain.tournaments.models import Entrant, EntrantPlayer, Stage, Tournament
from domain.tournaments.queries import stage_field
from domain.tournaments.rules.windows import check_in_problem, late_entry_problem, registration_problem
from domain.tournaments.values import ENTERED, EntrantStatus, TournamentStatus


@dataclass(frozen=True, slots=True)
class RegisterEntrant:
    """Enter a tournament: oneself, or with `team_id` the team one leads. `waitlist` accepts a place on the waitlist."""

    tournament_id: UUID
    now: datetime
    team_id: UUID | None = None
    waitlist: bool = False


async def register_entrant(session: WriteSession, actor: Actor, command: RegisterEntrant) -> Entrant:
    """Enter a tournament while registration is open, or one that runs and lets people in, with the last seed.

    Raises:
        Unauthenticated, TournamentNotFound, WrongTournamentStatus, RegistrationClosed, InvalidInput, TeamNotFound,
        NotCaptain, RosterTooSmall, AlreadyRegistered, TournamentFull.
    """
    user_id = actor.require_user()
    tournament = await held(session, command.tournament_id)
    await policies.require_visible(session, actor, tournament)
    if tournament.entrant_kind is ParticipantKind.GUEST:
        raise RegistrationClosed("The organizers enter everybody themselves.")
    running = await stage_to_enter(session, tournament)
    if running is None:
        require_status(tournament, TournamentStatus.PUBLISHED)
        problem = registration_problem(
            command.now,
            tournament.registration_opens_at,
            tournament.registration_closes_at,
            tournament.starts_at,
            is_stopped=tournament.is_registration_stopped,
        )
    else:
        problem = late_entry_problem(is_stopped=tournament.is_registration_stopped)
    if problem:
        raise RegistrationClosed(problem)
    participant_id, name, players = await _who(session, actor, user_id, tournament, command.team_id)
    entrant = await _earlier_entry(session, tournament, participant_id, name)
    if running is None:
        status = _status_for(tournament, command)
    else:
        status = await _admitted(session, tournament, running, entrant)
    await require_free_players(session, tournament, players)
    number = 1 + (
        await session.scalar(select(func.max(Entrant.number)).where(Entrant.tournament_id == tournament.id)) or 0
    )
    if entrant is None:
        entrant = Entrant(
            id=new_id(), tournament_id=tournament.id, kind=tournament.entrant_kind, participant_id=participant_id
        )
        session.add(entrant)
    entrant.name, entrant.number, entrant.status = name, number, status
    entrant.seed, entrant.registered_at, entrant.checked_in_at = None, command.now, None
    await session.flush()
    session.add_all(
        EntrantPlayer(entrant_id=entrant.id, user_id=player, tournament_id=tournament.id) for player in players
    )
    if running is not None:
        await join(session, tournament, running, [entrant], command.now)
    await count_entrants(session, tournament)
    await show(session, tournament, participant_id=participant_id)
    await outbox.record(
        session,
        EntrantRegistered(
            tournament_id=tournament.id, entrant_id=entrant.id, is_waitlisted=status is EntrantStatus.WAITLISTED
        ),
    )
    return entrant


@dataclass(frozen=True, slots=True)
class WithdrawEntrant:
    """Leave a tournament."""

    entrant_id: UUID
    now: datetime


async def withdraw_entrant(session: WriteSession, actor: Actor, command: WithdrawEntrant) -> Entrant:
    """Leave a tournament: before the start the waitlist moves up, during play the opponents go on.

    Raises:
        EntrantNotFound, Unauthenticated, TournamentNotFound, NotYourEntry, WrongTournamentStatus, NotEntered.
        OwnMatch: the actor plays against them.
    """
    tournament, entrant = await held_entrant(session, command.entrant_id)
    await policies.require_acts_for(session, actor, tournament, entrant)
    require_status(tournament, TournamentStatus.PUBLISHED, TournamentStatus.RUNNING)
    if entrant.status not in ENTERED:
        raise NotEntered(entrant.status)
    if tournament.status is TournamentStatus.RUNNING:
        await put_out(session, actor, entrant, EntrantStatus.WITHDRAWN, f"{entrant.name} withdrew.", command.now)
        await leave_heats(session, actor, tournament, entrant, command.now)
        await count_entrants(session, tournament)
    else:
        entrant.status, entrant.seed = EntrantStatus.WITHDRAWN, None
        await session.execute(delete(EntrantPlayer).where(EntrantPlayer.entrant_id == entrant.id))
        await move_up(session, tournament)
    await show(session, tournament)
    await outbox.record(session, EntrantWithdrawn(tournament_id=tournament.id, entrant_id=entrant.id))
    return entrant


@dataclass(frozen=True, slots=True)
class CheckIn:
    """Say that an entrant is there."""

    entrant_id: UUID
    now: datetime


async def check_in(session: WriteSession, actor: Actor, command: CheckIn) -> Entrant:
    """Check an entrant in while the window is open; those on the waitlist can fill places of absentees this way.

    Raises:
        EntrantNotFound, Unauthenticated, TournamentNotFound, NotYourEntry, WrongTournamentStatus, CheckInClosed,
        NotEntered.
    """
    tournament, entrant = await held_entrant(session, command.entrant_id)
    await policies.require_acts_for(session, actor, tournament, entrant)
    require_status(tournament, TournamentStatus.PUBLISHED)
    problem = check_in_problem(
        command.now, tournament.check_in_opens_at, tournament.check_in_closes_at, tournament.starts_at
    )
    if problem:
        raise CheckInClosed(problem)
    if entrant.status not in ENTERED:
        raise NotEntered(entrant.status)
    if entrant.checked_in_at is None:
        entrant.checked_in_at = command.now
        if entrant.status is EntrantStatus.REGISTERED:
            entrant.status = EntrantStatus.CHECKED_IN
        await show(session, tournament, participant_id=entrant.participant_id)
    return entrant


async def _who(
    session: WriteSession, actor: Actor, user_id: UUID, tournament: Tournament, team_id: UUID | None
) -> tuple[UUID, str, list[UUID]]:
    """The competitor, its name, and the users who play for it."""
    if tournament.entrant_kind is ParticipantKind.USER:
        if team_id is not None:
            raise InvalidInput("Players enter this tournament themselves, not as a team.", "teamId")
        user = (await accounts.users_by_id(session, [user_id]))[user_id]
        return user.id, user.display_name, [user.id]
    if team_id is None:
        raise InvalidInput("This tournament is for teams; name the team you lead.", "teamId")
    await teams.require_captain(session, actor, team_id)
    team = (await teams.teams_by_id(session, [team_id]))[team_id]
    members = (await teams.members_of(session, [team_id]))[team_id]
    players = [member.user_id for member in members if member.role is not teams.TeamRole.COACH]
    game = (await games.games_by_id(session, [tournament.game_id]))[tournament.game_id]
    if len(players) < game.team_size:
        raise RosterTooSmall(len(players), game.team_size)
    return team.id, team.name, players


async def _earlier_entry(
    session: WriteSession, tournament: Tournament, participant_id: UUID, name: str
) -> Entrant | None:
    statement = select(Entrant).where(Entrant.tournament_id == tournament.id, Entrant.participant_id == participant_id)
    entrant = (await session.scalars(statement)).one_or_none()
    if entrant is not None and entrant.status in ENTERED:
        raise AlreadyRegistered(name)
    if entrant is not None and entrant.status is EntrantStatus.DISQUALIFIED:
        raise NotEntered(entrant.status)
    return entrant


async def require_free_players(session: WriteSession, tournament: Tournament, players: Sequence[UUID]) -> None:
    """Refuse users of whom one is in a tournament: as a player of an entrant, or as the guest they turned out to be.

    Raises:
        AlreadyRegistered: one is.
    """
    playing = select(EntrantPlayer.user_id).where(
        EntrantPlayer.tournament_id == tournament.id, EntrantPlayer.user_id.in_(players)
    )
    known = select(Entrant.claimed_by_id).where(
        Entrant.tournament_id == tournament.id, Entrant.claimed_by_id.in_(players)
    )
    taken = await session.scalar(playing.union_all(known).limit(1))
    if taken is not None:
        raise AlreadyRegistered((await accounts.users_by_id(session, [taken]))[taken].display_name)


def _status_for(tournament: Tournament, command: RegisterEntrant) -> EntrantStatus:
    if tournament.entrant_count < tournament.capacity:
        return EntrantStatus.REGISTERED
    if not command.waitlist:
        raise TournamentFull("Every place is taken; register with `waitlist: true` to wait for one.")
    if tournament.waitlist_count >= tournament.capacity:
        raise TournamentFull("Every place is taken and the waitlist is full.")
    return EntrantStatus.WAITLISTED


async def _admitted(
    session: WriteSession, tournament: Tournament, running: Stage, entrant: Entrant | None
) -> EntrantStatus:
    """Let somebody into a stage that runs. They play at once: nobody waits for a place there, and who has left it does
    not come back. Of who was absent at the start, the players from then are forgotten.

    Raises:
        NotEntered, TournamentFull.
    """
    seats = await stage_field(session, running.id)
    if entrant is not None and entrant in seats.values():
        raise NotEntered(entrant.status)
    if tournament.entrant_count >= tournament.capacity:
        raise TournamentFull("Every place is taken.")
    if entrant is not None:
        await session.execute(delete(EntrantPlayer).where(EntrantPlayer.entrant_id == entrant.id))
    return EntrantStatus.PLAYING
