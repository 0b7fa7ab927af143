"""What organizers do before play: create, edit, publish, share the work, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec import UNSET, UnsetType
from sqlalchemy import func, select

from domain import accounts, games, matches
from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput, LimitReached, StaleVersion
from domain.kernel.ids import new_id
from domain.kernel.participant import ParticipantKind
from domain.tournaments.commands.change import checked_reason, managed, require_status, show
from domain.tournaments.commands.late_entry import stage_to_enter
from domain.tournaments.commands.templates import add_stages, checked_plans, require_ends_after
from domain.tournaments.commands.vetoing import with_checked_vetoes
from domain.tournaments.commands.waitlist import move_up
from domain.tournaments.errors import SlugTaken
from domain.tournaments.events import TournamentCancelled, TournamentPublished
from domain.tournaments.models import Tournament
from domain.tournaments.queries import stages_of
from domain.tournaments.rules.formats import Elimination, Format, RoundRobin, Settings, Swiss
from domain.tournaments.rules.graph import MAX_ENTRANTS
from domain.tournaments.rules.ladder import Ladder
from domain.tournaments.rules.links import Link
from domain.tournaments.rules.stages import StagePlan, validate
from domain.tournaments.rules.windows import require_windows
from domain.tournaments.values import (
    MAX_OPEN_TOURNAMENTS,
    MAX_STAFF,
    SLUG,
    DropOrder,
    GrandFinal,
    StaffRole,
    StageStatus,
    Structure,
    TournamentStatus,
)

_MAX_NAME = 100
_MAX_DESCRIPTION = 5000

_WINDOWS = ("registration_opens_at", "registration_closes_at", "check_in_opens_at", "check_in_closes_at")
_EDITABLE = (TournamentStatus.DRAFT, TournamentStatus.PUBLISHED)
_UNFINISHED = (*_EDITABLE, TournamentStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class CreateTournament:
    """A new event. `links` is the bracket itself for the structure CUSTOM, and only for it.

    Its stages are `stages`, or else the one that the structure and what belongs to it describe. Of an imported event
    a bracket may have several first places though nobody goes on, and a ladder may have ended before.
    """

    slug: str
    name: str
    game: str
    entrant_kind: ParticipantKind
    structure: Structure | None
    starts_at: datetime
    now: datetime
    description: str = ""
    grand_final: GrandFinal = GrandFinal.RESET
    has_third_place_match: bool = False
    best_of: int = 3
    final_best_of: int | None = None
    drop_order: DropOrder = DropOrder.OPTIMAL
    lower_starters: int = 0
    final_advantage: int = 1
    capacity: int = 64
    registration_opens_at: datetime | None = None
    registration_closes_at: datetime | None = None
    check_in_opens_at: datetime | None = None
    check_in_closes_at: datetime | None = None
    links: Sequence[Link] | None = None
    stages: Sequence[StagePlan] | None = None
    is_imported: bool = False


async def create_tournament(session: WriteSession, actor: Actor, command: CreateTournament) -> Tournament:
    """Create a draft, run by its creator.

    Raises:
        Unauthenticated, InvalidInput, InvalidGraph, InvalidStages, InvalidTiebreak, GameNotFound, SlugTaken,
        LimitReached.
    """
    user_id = actor.require_user()
    require_slug(command.slug)
    name, description = checked_name(command.name), _checked_description(command.description)
    _require_format(command)
    require_windows(
        command.starts_at,
        (command.registration_opens_at, command.registration_closes_at),
        (command.check_in_opens_at, command.check_in_closes_at),
    )
    game = await games.game_by_slug(session, command.game)
    if game is None:
        raise games.GameNotFound
    await _require_room_for_another(session, user_id)
    await require_free_slug(session, command.slug)
    # Last, because a large bracket takes a while to check.
    plans = await with_checked_vetoes(session, game.id, _plans(command))
    capacity = checked_plans(plans, command.capacity, may_end_early=command.is_imported)
    if not command.is_imported:
        require_ends_after(plans, command.starts_at)
    tournament = Tournament(
        id=new_id(),
        slug=command.slug,
        name=name,
        description=description,
        game_id=game.id,
        organizer_id=user_id,
        entrant_kind=command.entrant_kind,
        capacity=capacity,
        status=TournamentStatus.DRAFT,
        starts_at=command.starts_at,
        registration_opens_at=command.registration_opens_at,
        registration_closes_at=command.registration_closes_at,
        is_registration_stopped=False,
        check_in_opens_at=command.check_in_opens_at,
        check_in_closes_at=command.check_in_closes_at,
        version=1,
        change_count=0,
        entrant_count=0,
        waitlist_count=0,
        created_at=command.now,
    )
    session.add(tournament)
    await session.flush()
    add_stages(session, tournament, plans)
    await accounts.give_grant(session, user_id, tournament.id, accounts.GrantRole.ORGANIZER)
    return tournament


@dataclass(frozen=True, slots=True)
class UpdateTournament:
    """New values for an event that has not started. None, and UNSET for the windows, leave a thing as it is."""

    tournament_id: UUID
    version: int
    name: str | None = None
    description: str | None = None
    capacity: int | None = None
    starts_at: datetime | None = None
    registration_opens_at: datetime | UnsetType | None = UNSET
    registration_closes_at: datetime | UnsetType | None = UNSET
    check_in_opens_at: datetime | UnsetType | None = UNSET
    check_in_closes_at: datetime | UnsetType | None = UNSET


async def update_tournament(session: WriteSession, actor: Actor, command: UpdateTournament) -> Tournament:
    """Edit an event before it starts. The capacity does not go below those who are in; a higher one lets others in.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, StaleVersion, InvalidInput.
    """
    tournament = await managed(session, actor, command.tournament_id, *_EDITABLE)
    if tournament.version != command.version:
        raise StaleVersion("tournament", tournament.version)
    if command.name is not None:
        tournament.name = checked_name(command.name)
    if command.description is not None:
        tournament.description = _checked_description(command.description)
    if command.capacity is not None:
        plans = [stage.plan for stage in await stages_of(session, tournament.id)]
        _require_capacity(tournament, plans[0], command.capacity)
        validate(plans, command.capacity)
        tournament.capacity = command.capacity
    if command.starts_at is not None:
        tournament.starts_at = command.starts_at
        require_ends_after([stage.plan for stage in await stages_of(session, tournament.id)], command.starts_at)
    for name in _WINDOWS:
        value = getattr(command, name)
        if value is not UNSET:
            setattr(tournament, name, value)
    require_windows(
        tournament.starts_at,
        (tournament.registration_opens_at, tournament.registration_closes_at),
        (tournament.check_in_opens_at, tournament.check_in_closes_at),
    )
    tournament.version += 1
    await move_up(session, tournament)
    await show(session, tournament)
    return tournament


@dataclass(frozen=True, slots=True)
class MoveTournament:
    """Another address for an event."""

    tournament_id: UUID
    slug: str


async def move_tournament(session: WriteSession, actor: Actor, command: MoveTournament) -> Tournament:
    """Give an event another address at any time, so that the next edition can have the one people know.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, InvalidInput, SlugTaken.
    """
    tournament = await managed(session, actor, command.tournament_id, *TournamentStatus)
    require_slug(command.slug)
    if command.slug != tournament.slug:
        await require_free_slug(session, command.slug)
        tournament.slug = command.slug
        await show(session, tournament)
    return tournament


@dataclass(frozen=True, slots=True)
class PublishTournament:
    """Show a draft to everybody."""

    tournament_id: UUID


async def publish_tournament(session: WriteSession, actor: Actor, command: PublishTournament) -> Tournament:
    """Publish a draft.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus.
    """
    tournament = await managed(session, actor, command.tournament_id, TournamentStatus.DRAFT)
    tournament.status, tournament.is_published = TournamentStatus.PUBLISHED, True
    await show(session, tournament)
    await outbox.record(session, TournamentPublished(tournament_id=tournament.id))
    return tournament


@dataclass(frozen=True, slots=True)
class SetRegistration:
    """Stop or resume registration by hand, inside of its window or where people may enter while the event runs."""

    tournament_id: UUID
    is_open: bool


async def set_registration(session: WriteSession, actor: Actor, command: SetRegistration) -> Tournament:
    """Stop or resume registration.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus.
    """
    tournament = await managed(session, actor, command.tournament_id, *_UNFINISHED)
    if await stage_to_enter(session, tournament) is None:
        require_status(tournament, *_EDITABLE)
    tournament.is_registration_stopped = not command.is_open
    await show(session, tournament)
    return tournament


@dataclass(frozen=True, slots=True)
class CancelTournament:
    """Call an event off, and say why."""

    tournament_id: UUID
    reason: str
    now: datetime


async def cancel_tournament(session: WriteSession, actor: Actor, command: CancelTournament) -> Tournament:
    """Cancel an event and every match of it that is not over.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, InvalidInput.
    """
    tournament = await managed(session, actor, command.tournament_id, *_UNFINISHED)
    reason = checked_reason(command.reason)
    tournament.status = TournamentStatus.CANCELLED
    tournament.cancel_reason = reason
    tournament.finished_at = command.now
    await matches.call_off(session, tournament.id, reason, command.now)
    for stage in await stages_of(session, tournament.id):
        if stage.status is not StageStatus.FINISHED:
            stage.status = StageStatus.CANCELLED
    await show(session, tournament)
    await outbox.record(session, TournamentCancelled(tournament_id=tournament.id, reason=reason))
    return tournament


@dataclass(frozen=True, slots=True)
class SetStaff:
    """Give somebody a role in the event; None takes it away."""

    tournament_id: UUID
    username: str
    role: StaffRole | None


async def set_staff(session: WriteSession, actor: Actor, command: SetStaff) -> Tournament:
    """Give somebody a role in place of the one they have, or take it away; the creator always stays an organizer.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, UserNotFound, InvalidInput, LimitReached.
    """
    tournament = await managed(session, actor, command.tournament_id, *TournamentStatus)
    user = await accounts.findable_user(session, actor, command.username, among=tournament.id)
    if user.id == tournament.organizer_id and command.role is not StaffRole.ORGANIZER:
        raise InvalidInput("The creator of an event always runs it.", "username")
    granted = (await accounts.grants_of(session, [tournament.id]))[tournament.id]
    former = next((one.role for one in granted if one.user_id == user.id), None)
    role = None if command.role is None else accounts.GrantRole(command.role)
    if role is not None and former is None and len(granted) >= MAX_STAFF:
        raise LimitReached(f"At most {MAX_STAFF} people have a role in an event.")
    if former is not None and former is not role:
        await accounts.take_grant(session, user.id, tournament.id, former)
    if role is not None:
        await accounts.give_grant(session, user.id, tournament.id, role)
    await show(session, tournament)
    return tournament


def require_slug(slug: str) -> None:
    """Refuse what is no name in addresses.

    Raises:
        InvalidInput: it is none.
    """
    if not SLUG.fullmatch(slug):
        raise InvalidInput("An address has 3 to 60 small letters, digits and inner hyphens.", "slug")


def checked_name(text: str) -> str:
    """What an event is called, without surrounding spaces.

    Raises:
        InvalidInput: it is empty, longer than 100 characters, or not printable.
    """
    name = text.strip()
    if not 1 <= len(name) <= _MAX_NAME or not name.isprintable():
        raise InvalidInput(f"A name has 1 to {_MAX_NAME} printable characters.", "name")
    return name


def _checked_description(text: str) -> str:
    if len(text) > _MAX_DESCRIPTION or "\x00" in text:
        raise InvalidInput(f"A description has at most {_MAX_DESCRIPTION} characters.", "description")
    return text


def _require_capacity(tournament: Tournament, opening: StagePlan, capacity: int) -> None:
    if opening.format.seeds is not None and capacity != tournament.capacity:
        raise InvalidInput("This bracket has as many places as seeds.", "capacity")
    if not max(2, tournament.entrant_count) <= capacity <= MAX_ENTRANTS:
        raise InvalidInput(f"The capacity is at most {MAX_ENTRANTS} and at least the number of entrants.", "capacity")


def _plans(command: CreateTournament) -> list[StagePlan]:
    """The stages that are wanted: those given, or the only one that structure and lengths describe."""
    if command.stages is not None:
        if command.structure is not None or command.links is not None:
            raise InvalidInput("Give either a structure or stages.", "stages")
        return list(command.stages)
    if command.structure is None:
        raise InvalidInput("Give a structure, or stages.", "structure")
    if command.structure is Structure.FREE_FOR_ALL:
        raise InvalidInput("How a free-for-all is played is said in `stages`.", "structure")
    settings: Settings
    if command.structure is Structure.ROUND_ROBIN:
        settings = RoundRobin(best_of=command.best_of)
    elif command.structure is Structure.SWISS:
        settings = Swiss(best_of=command.best_of)
    elif command.structure is Structure.LADDER:
        settings = Ladder(best_of=command.best_of)
    else:
        settings = Elimination(
            best_of=command.best_of,
            final_best_of=command.final_best_of,
            grand_final=command.grand_final,
            has_third_place_match=command.has_third_place_match,
            drop_order=command.drop_order,
            lower_starters=command.lower_starters,
            final_advantage=command.final_advantage if command.grand_final is GrandFinal.ADVANTAGE else 0,
        )
    return [StagePlan(None, Format(command.structure, settings, tuple(command.links or ())))]


def _require_format(command: CreateTournament) -> None:
    matches.checked_best_of(command.best_of)
    if command.final_best_of is not None:
        matches.checked_best_of(command.final_best_of, "finalBestOf")
    if not 2 <= command.capacity <= MAX_ENTRANTS:
        raise InvalidInput(f"A bracket takes 2 to {MAX_ENTRANTS} entrants.", "capacity")
    if command.has_third_place_match and command.structure is not Structure.SINGLE_ELIMINATION:
        raise InvalidInput("Only a single elimination has a match for third place.", "hasThirdPlaceMatch")
    if command.structure is Structure.CUSTOM and command.final_best_of is not None:
        raise InvalidInput("In a bracket you give, each match brings its own best of.", "finalBestOf")
    if command.links is not None and command.structure is not Structure.CUSTOM:
        raise InvalidInput("Only the structure CUSTOM takes its matches from you.", "matches")


async def _require_room_for_another(session: WriteSession, user_id: UUID) -> None:
    await locks.hold(session, user_id)
    statement = select(func.count()).where(Tournament.organizer_id == user_id, Tournament.status.in_(_UNFINISHED))
    if (await session.scalar(statement) or 0) >= MAX_OPEN_TOURNAMENTS:
        raise LimitReached(f"You run {MAX_OPEN_TOURNAMENTS} unfinished events already; finish or cancel one first.")


async def require_free_slug(session: WriteSession, slug: str) -> None:
    """Refuse a name in addresses that another event has.

    Raises:
        SlugTaken: one has.
    """
    # Held by a name made of the slug, so that of two equal requests at once the second gets the refusal, not a crash.
    await locks.hold_name(session, f"tournament-slug:{slug}")
    if await session.scalar(select(Tournament.id).where(Tournament.slug == slug)) is not None:
        raise SlugTaken(slug)
