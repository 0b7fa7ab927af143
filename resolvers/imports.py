"""Requests about events of files: what they would become here, asking for them, and waiting for their end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain import tournaments as domain
from domain.infra.hub import Envelope
from domain.kernel.errors import InvalidInput
from domain.tournaments import Event, EventImport, EventImportView, ImportEvent, ReadImport
from resolvers import games, tournaments
from resolvers.context import Context
from resolvers.streams import Change, ResyncReason, Stream

# A file takes up to seconds, in which others are served; of several at once the others wait.
_READER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants of files. `starts_at` None: now."""

    documents: Sequence[str]
    upload_id: UUID | None
    slug: str
    name: str
    game: str
    starts_at: datetime | None
    source_url: str | None


async def read(ctx: Context, wanted: Wanted) -> ReadImport:
    """The event in the files, or in those that were uploaded before.

    Raises:
        InvalidInput: a file is no text, there are files besides those of the upload, or something of it is missing.
        ImportUploadNotFound: there is no such upload (any more), or it is of somebody else.
        InvalidEventFile, ImportNotPlayable: see `read_import`.
    """
    return await asyncio.get_running_loop().run_in_executor(_READER, domain.read_import, await _files(ctx, wanted))


async def _files(ctx: Context, wanted: Wanted) -> Sequence[bytes]:
    if wanted.upload_id is None:
        try:
            return [document.encode() for document in wanted.documents]
        except UnicodeEncodeError as error:
            raise InvalidInput("A file is text in UTF-8.", "documents") from error
    if wanted.documents:
        raise InvalidInput("Give the files here or an upload, not both.", "documents")
    async with ctx.read() as session:
        return await domain.uploads.uploaded_files(session, ctx.actor.require_user(), wanted.upload_id)


async def check(ctx: Context, wanted: Wanted, found: ReadImport) -> None:
    """Refuse what asking for the event would refuse, and change nothing."""
    await ctx.execute(domain.check_import, _command(ctx, wanted, found))


async def ask(ctx: Context, wanted: Wanted, found: ReadImport, idempotency_key: str | None) -> EventImport:
    """Ask for the event."""
    return await ctx.execute_once(
        domain.import_event, _command(ctx, wanted, found), idempotency_key, domain.EventImport
    )


async def event_import(ctx: Context, import_id: UUID) -> EventImportView | None:
    """The import with this key, if the viewer asked for it or is an administrator."""
    found = await ctx.loaders.event_import.load(import_id)
    may_see = found is not None and (ctx.actor.is_admin or found.user_id == ctx.actor.user_id)
    return found if may_see else None


EventImportValue = EventImportView | ResyncReason


async def event_import_changes(ctx: Context, import_id: UUID) -> Stream[EventImportValue]:
    """An import as it is, again when more of it is made, and when it has ended.

    Raises:
        EventImportNotFound: there is no such import, or it is of somebody else.
    """

    async def read_now(ctx: Context) -> Change[EventImportValue]:
        found = await event_import(ctx, import_id)
        if found is None:
            raise domain.EventImportNotFound
        return Change(found, found.version)

    async def snapshot(ctx: Context) -> list[Change[EventImportValue]]:
        return [await read_now(ctx)]

    async def replay(ctx: Context, after: int) -> list[Change[EventImportValue]] | None:
        return None

    async def changes(ctx: Context, envelope: Envelope) -> list[Change[EventImportValue]]:
        return [await read_now(ctx)]

    await read_now(ctx)
    return Stream(
        topics=(domain.import_topic(import_id),),
        audience=f"user:{ctx.actor.user_id}",
        after=None,
        is_state=True,
        snapshot=snapshot,
        replay=replay,
        changes=changes,
        resync=lambda reason: reason,
    )


async def export(ctx: Context, slug: str) -> str | None:
    """The event at an address as JSON of our own, if the viewer may see it; None where it has not begun.

    Raises:
        InvalidEventFile: it is larger than what `read_event` reads.
    """
    tournament = await tournaments.tournament_by_slug(ctx, slug)
    if tournament is None:
        return None
    game = await games.game(ctx, tournament.game_id)
    async with ctx.snapshot() as session:
        event = await domain.exported_event(session, tournament.id, game.name, ctx.clock.now())
    return None if event is None else await asyncio.to_thread(_written, event)


def _written(event: Event) -> str:
    return domain.write_event_json(domain.checked_event(event)).decode()


def _command(ctx: Context, wanted: Wanted, found: ReadImport) -> ImportEvent:
    return ImportEvent(
        slug=wanted.slug,
        name=wanted.name,
        game=wanted.game,
        starts_at=wanted.starts_at,
        format=found.format,
        document=domain.write_event_json(found.event),
        entrant_count=len(found.event.entrants),
        stage_count=len(found.stages),
        match_count=found.match_count,
        source_url=wanted.source_url,
        now=ctx.clock.now(),
    )
