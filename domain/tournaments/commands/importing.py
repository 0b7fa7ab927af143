"""Events of files: read and checked, asked for, and made by a worker, each in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select

from domain import games
from domain.infra import locks, outbox
from domain.infra.db import Database, WriteSession
from domain.kernel.actor import Actor
from domain.kernel.clock import Clock
from domain.kernel.errors import DomainError, InvalidInput, LimitReached
from domain.kernel.ids import new_id
from domain.kernel.participant import ParticipantKind
from domain.tournaments.commands.imported import imported_event
from domain.tournaments.commands.making import Making
from domain.tournaments.commands.setup import (
    CreateTournament,
    checked_name,
    create_tournament,
    require_free_slug,
    require_slug,
)
from domain.tournaments.commands.templates import checked_plans
from domain.tournaments.errors import ImportNotPlayable
from domain.tournaments.events import EventImportEnded, EventImportRequested, TournamentPublished
from domain.tournaments.exchange.events import read_event, read_event_json
from domain.tournaments.models import EventImport
from domain.tournaments.rules.events import Event, Reproduction, reproduce
from domain.tournaments.rules.events.playable import PlayableStage
from domain.tournaments.rules.events.playable_plans import stages_here
from domain.tournaments.values import EventFormat, ImportStatus

MAX_WAITING_IMPORTS = 10
_MAX_URL = 500


@dataclass(frozen=True, slots=True)
class ReadImport:
    """What files tell of an event that can go on here."""

    format: EventFormat
    event: Event
    found: Reproduction
    stages: tuple[PlayableStage, ...]

    @property
    def match_count(self) -> int:
        """How many matches and heats it has."""
        return sum(stage.match_count for stage in self.stages)

    @property
    def capacity(self) -> int:
        """For how many it has room."""
        return self.event.capacity or max(2, len(self.stages[0].field))


def read_import(documents: Sequence[bytes]) -> ReadImport:
    """The event in these files, with all that is checked before anybody asks for it. It takes a while, and no database.

    Raises:
        InvalidEventFile: they tell none, or not in a way that holds together; it says where.
        ImportNotPlayable: it cannot go on here.
    """
    kind, event = read_event(documents)
    return _read(kind, event)


def _read(kind: EventFormat, event: Event) -> ReadImport:
    found = reproduce(event)
    read = ReadImport(kind, event, found, stages_here(event, found))
    try:
        checked_plans([stage.plan for stage in read.stages], read.capacity, may_end_early=True)
    except InvalidInput as error:
        raise ImportNotPlayable(1, error.message) from error
    return read


@dataclass(frozen=True, slots=True)
class ImportEvent:
    """An event of files that somebody wants here: `document` is the event as JSON of our own. `starts_at` None: now."""

    slug: str
    name: str
    game: str
    starts_at: datetime | None
    format: EventFormat
    document: bytes
    entrant_count: int
    stage_count: int
    match_count: int
    source_url: str | None
    now: datetime


async def check_import(session: WriteSession, actor: Actor, command: ImportEvent) -> None:
    """Refuse what `import_event` would refuse, and change nothing.

    Raises:
        Unauthenticated, InvalidInput, GameNotFound, SlugTaken.
        LimitReached: too many imports of the actor wait.
    """
    user_id = actor.require_user()
    require_slug(command.slug)
    checked_name(command.name)
    _require_url(command.source_url)
    if await games.game_by_slug(session, command.game) is None:
        raise games.GameNotFound
    await locks.hold(session, user_id)
    waiting = select(func.count()).where(EventImport.user_id == user_id, EventImport.status == ImportStatus.WAITING)
    if (await session.scalar(waiting) or 0) >= MAX_WAITING_IMPORTS:
        raise LimitReached(f"{MAX_WAITING_IMPORTS} of your imports wait; let one of them end first.")
    await require_free_slug(session, command.slug)


async def import_event(session: WriteSession, actor: Actor, command: ImportEvent) -> EventImport:
    """Ask for an event of files; a worker makes it.

    Raises:
        Unauthenticated, InvalidInput, GameNotFound, SlugTaken, LimitReached: see `check_import`.
    """
    await check_import(session, actor, command)
    wanted = EventImport(
        id=new_id(),
        user_id=actor.require_user(),
        slug=command.slug,
        name=checked_name(command.name),
        game=command.game,
        starts_at=command.starts_at or command.now,
        format=command.format,
        source_url=command.source_url,
        document=command.document,
        entrant_count=command.entrant_count,
        stage_count=command.stage_count,
        match_count=command.match_count,
        made_stage_count=0,
        made_match_count=0,
        version=1,
        status=ImportStatus.WAITING,
        created_at=command.now,
    )
    session.add(wanted)
    await session.flush()
    await outbox.record(session, EventImportRequested(import_id=wanted.id))
    return wanted


async def make_import(session: WriteSession, event: EventImportRequested, clock: Clock, beside: Database) -> None:
    """Make the event that somebody asked for, or note why it cannot be made. How far it is, is told `beside`.

    Whoever asked runs it, everybody sees it, and everybody in it is a guest.
    """
    now = clock.now()
    wanted = await session.get_one(EventImport, event.import_id)
    assert wanted.document is not None
    stored = read_event_json(wanted.document)
    read = await asyncio.to_thread(_read, wanted.format, stored)
    try:
        tournament = await create_tournament(session, Actor(user_id=wanted.user_id), _creation(wanted, read, now))
    except DomainError as error:
        # Since somebody asked for it, the address was taken, or they run too many events.
        wanted.status, wanted.error_code, wanted.error_message = ImportStatus.FAILED, error.code, error.message
        wanted.made_stage_count, wanted.made_match_count = 0, 0
    else:
        tournament.imported_format, tournament.imported_url = wanted.format, wanted.source_url
        await imported_event(session, tournament, read.event, read.stages, now, Making(beside, wanted.id, clock))
        await outbox.record(session, TournamentPublished(tournament_id=tournament.id))
        wanted.status, wanted.tournament_id = ImportStatus.FINISHED, tournament.id
        wanted.made_stage_count, wanted.made_match_count = wanted.stage_count, wanted.match_count
    wanted.document, wanted.finished_at, wanted.version = None, now, EventImport.version + 1
    await outbox.record(session, EventImportEnded(import_id=wanted.id))


def _creation(wanted: EventImport, read: ReadImport, now: datetime) -> CreateTournament:
    return CreateTournament(
        slug=wanted.slug,
        name=wanted.name,
        game=wanted.game,
        entrant_kind=ParticipantKind.GUEST,
        structure=None,
        stages=[stage.plan for stage in read.stages],
        capacity=read.capacity,
        starts_at=wanted.starts_at,
        now=now,
        is_imported=True,
    )


def _require_url(url: str | None) -> None:
    """Refuse what a page could not link to."""
    if url is None:
        return
    parts = urlsplit(url) if len(url) <= _MAX_URL and url.isprintable() else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.netloc:
        raise InvalidInput(
            f"An address begins with http:// or https:// and has at most {_MAX_URL} characters.", "sourceUrl"
        )
