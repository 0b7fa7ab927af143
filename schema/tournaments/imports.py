"""Events of files: what they would become here, asking for them, and how far that is."""

from __future__ import annotations

from collections.abc import AsyncIterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain import tournaments as domain
from domain.kernel.ids import global_id, key_of
from resolvers import imports as resolve
from resolvers import tournaments as resolve_tournaments
from resolvers.context import Context
from resolvers.imports import EventImportValue, Wanted
from resolvers.streams import ResyncReason
from schema.errors import Refusal
from schema.fields import (
    IDEMPOTENCY_KEY,
    Access,
    Info,
    attribute,
    enum_type,
    field,
    input_type,
    mutation,
    object_type,
    subscription,
)
from schema.node import Node, readable
from schema.streams import Resync
from schema.tournaments.formats import Structure
from schema.tournaments.types import EventFormat, Tournament

# To read a file and to play it by its links and results takes up to seconds, to write one as long as many objects.
_READING, _WRITING = 250, 50
_MAX_DIFFERENCES = 20

ImportStatus = domain.ImportStatus
enum_type(
    ImportStatus,
    {
        "WAITING": "A worker will make the event, or is at it.",
        "FINISHED": "The event is there.",
        "FAILED": "The event could not be made; nothing of it is there.",
    },
)


@object_type
class EventImport(Node):
    """An event of files that somebody wants here. It is made as a whole, by a worker. Seen by who asked for it."""

    row: strawberry.Private[domain.EventImportView]
    slug: str = attribute("The name in addresses that the event was to have.")
    name: str = attribute("What people were to call it.")
    format: EventFormat = attribute("How the files tell the event.")
    source_url: str | None = attribute("Where it was played. Null: not said.")
    entrant_count: int = attribute("How many take part in it.")
    stage_count: int = attribute("How many stages it has.")
    match_count: int = attribute("How many matches and heats it has.")
    made_stage_count: int = attribute(
        "How many of the stages are made. When a worker is lost, another begins anew. All of them when it has finished."
    )
    made_match_count: int = attribute("How many of the matches and heats are made, in the same way.")
    status: ImportStatus = attribute("How far it is.")
    error_code: str | None = attribute("A stable name for why it failed, such as SLUG_TAKEN. Null unless it did.")
    error_message: str | None = attribute("Why it failed, and what to do. Null unless it did.")
    created_at: datetime = attribute("When somebody asked for it.")
    finished_at: datetime | None = attribute("When it finished or failed. Null: not yet.")

    @field
    async def tournament(self, info: Info) -> Tournament | None:
        """The event. Null until it is there."""
        if self.row.tournament_id is None:
            return None
        row = await resolve_tournaments.tournament(info.context, self.row.tournament_id)
        return None if row is None else Tournament.from_model(row)

    @classmethod
    def from_model(cls, row: domain.EventImportView) -> EventImport:
        """The import of a row."""
        return cls(
            id=strawberry.ID(global_id("EventImport", row.id)),
            row=row,
            slug=row.slug,
            name=row.name,
            format=row.format,
            source_url=row.source_url,
            entrant_count=row.entrant_count,
            stage_count=row.stage_count,
            match_count=row.match_count,
            made_stage_count=row.made_stage_count,
            made_match_count=row.made_match_count,
            status=row.status,
            error_code=row.error_code,
            error_message=row.error_message,
            created_at=row.created_at,
            finished_at=row.finished_at,
        )


@object_type
class ImportedStage:
    """A stage of an event of files."""

    number: int = attribute("Counts from 1.")
    name: str | None = attribute("What it is called. Null: the files give it no name.")
    structure: Structure = attribute("How it goes on here.")
    entrant_count: int = attribute("How many play in it; nobody before it begins.")
    group_count: int = attribute("How many groups or pools it has; a bracket that is one counts as one.")
    match_count: int = attribute("How many matches and heats it has.")
    is_complete: bool = attribute("Whether all of it is decided.")


@object_type
class ImportDifference:
    """Something that the files say otherwise than links and results do, which alone count here."""

    where: str = attribute("In which stage and match, or of whom.")
    told: str = attribute("What the files say.")
    ours: str = attribute("What follows from links and results.")


@object_type
class EventImportReport:
    """What an event of files becomes here."""

    format: EventFormat = attribute("How the files tell the event.")
    name: str = attribute("What the files call it; empty when they do not say.")
    game: str = attribute("What the files say is played; empty when they do not say.")
    entrant_count: int = attribute("How many take part.")
    match_count: int = attribute("How many matches and heats it has.")
    stages: list[ImportedStage] = attribute("What it is played in, in order; at most 16.", size=2)
    compared_count: int = attribute("How much the files state that was held against links and results.")
    unchecked_count: int = attribute("How much of what the files state could not be, because results are missing.")
    difference_count: int = attribute("How much of it is otherwise.")
    differences: list[ImportDifference] = attribute("The first of it, at most 20.", size=_MAX_DIFFERENCES)

    @classmethod
    def from_value(cls, read: domain.ReadImport) -> EventImportReport:
        """The report on an event that was read."""
        found = read.found
        return cls(
            format=read.format,
            name=read.event.name,
            game=read.event.game,
            entrant_count=len(read.event.entrants),
            match_count=read.match_count,
            stages=[
                ImportedStage(
                    number=number,
                    name=stage.plan.name,
                    structure=stage.plan.format.structure,
                    entrant_count=len(stage.field),
                    group_count=stage.plan.format.group_count,
                    match_count=stage.match_count,
                    is_complete=bool(outcomes) and all(outcome.is_complete for outcome in outcomes),
                )
                for number, (stage, outcomes) in enumerate(zip(read.stages, found.groups, strict=True), 1)
            ],
            compared_count=sum(found.compared.values()),
            unchecked_count=found.unchecked,
            difference_count=len(found.differences),
            differences=[
                ImportDifference(where=one.where, told=one.told, ours=one.ours)
                for one in found.differences[:_MAX_DIFFERENCES]
            ],
        )


@input_type
class ImportEventInput:
    """Which event of files is wanted here, and under which name."""

    documents: list[str] = attribute(
        "The text of the files of one event, mostly of one file: of Challonge, start.gg, brackets-manager.js, The Blue"
        " Alliance, openfootball or scalachess, a recording, a Tournament Report File, or JSON of our own as"
        " `tournamentExport` and `matchpoint import --write` give it. What does not fit into a request of 256 KiB"
        " is sent with `uploadImportPart` before.",
        default_factory=list,
    )
    upload_id: strawberry.ID | None = attribute(
        "What was sent with `uploadImportPart`, instead of `documents`. Null: nothing.", default=None
    )
    slug: str = attribute("Its name in addresses: 3 to 60 small letters, digits and inner hyphens.")
    name: str = attribute("What to call it, 1 to 100 characters.")
    game: str = attribute("The slug of the game.")
    starts_at: datetime | None = attribute("When it started or will. Null: now.", default=None)
    source_url: str | None = attribute(
        "Where it was played, an address of at most 500 characters that begins with http:// or https://.", default=None
    )
    dry_run: bool = attribute("Whether to change nothing, and only say what would be made.", default=False)
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)


@object_type
class ImportEventPayload:
    """What the event becomes here, and the import that makes it so."""

    report: EventImportReport = attribute("What the event becomes here.")
    event_import: EventImport | None = attribute("Who makes it. Null with `dryRun`.")


ImportEventResult = Annotated[
    ImportEventPayload | Refusal,
    strawberry.union("ImportEventResult", description="The import, or why the files cannot be imported."),
]


@input_type
class UploadImportPartInput:
    """A part of a file of an event."""

    upload_id: strawberry.ID | None = attribute(
        "The upload that it belongs to. Null: a new one, which drops the viewer's one before.", default=None
    )
    file: int = attribute("Which file of the event, 1 to 200.", default=1)
    part: int = attribute("Which part of the file, 1 to 1,000. The parts are put together in this order.")
    text: str = attribute("The text, as much as fits into a request of 256 KiB.")
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)


@object_type
class UploadImportPartPayload:
    """The part is kept."""

    upload_id: strawberry.ID = attribute("What further parts and `importEvent` name it by.")
    size_bytes: int = attribute("How many bytes all parts have together, at most 16 MiB.")
    expires_at: datetime = attribute("Until when they are kept at least.")


UploadImportPartResult = Annotated[
    UploadImportPartPayload | Refusal,
    strawberry.union("UploadImportPartResult", description="The upload, or why the part is not kept."),
]


@object_type
class ImportsMutation:
    """Events of files."""

    @mutation(Access.SIGNED_IN)
    async def upload_import_part(self, info: Info, input: UploadImportPartInput) -> UploadImportPartResult:
        """Send a part of a file that is too large for one request, to be read by `importEvent`.

        The same part sent again replaces what it was.
        """
        ctx = info.context
        command = domain.uploads.UploadPart(
            upload_id=None if input.upload_id is None else key_of(input.upload_id, "ImportUpload", "uploadId"),
            file=input.file,
            part=input.part,
            text=input.text,
            now=ctx.clock.now(),
        )
        row = await ctx.execute_once(domain.uploads.upload_part, command, input.idempotency_key, domain.ImportUpload)
        return UploadImportPartPayload(
            upload_id=strawberry.ID(global_id("ImportUpload", row.id)),
            size_bytes=row.size,
            expires_at=row.created_at + domain.uploads.KEPT,
        )

    @mutation(Access.SIGNED_IN, weight=_READING)
    async def import_event(self, info: Info, input: ImportEventInput) -> ImportEventResult:
        """Make an event of files an event here, published and run by the viewer, as far as it was played, to go on.

        Everybody in it is a guest. Links and results alone count; a file that does not hold together is refused with
        the place, and one that cannot be played here with the stage (`IMPORT_NOT_PLAYABLE`), such as one whose results
        fit no scoring. Nobody is told, and nobody rated.
        """
        wanted = Wanted(
            documents=input.documents,
            upload_id=None if input.upload_id is None else key_of(input.upload_id, "ImportUpload", "uploadId"),
            slug=input.slug,
            name=input.name,
            game=input.game,
            starts_at=input.starts_at,
            source_url=input.source_url,
        )
        found = await resolve.read(info.context, wanted)
        report = EventImportReport.from_value(found)
        if input.dry_run:
            await resolve.check(info.context, wanted, found)
            return ImportEventPayload(report=report, event_import=None)
        row = await resolve.ask(info.context, wanted, found, input.idempotency_key)
        return ImportEventPayload(report=report, event_import=EventImport.from_model(row.view))


@object_type
class ExportsQuery:
    """Events as files."""

    @field(weight=_WRITING)
    async def tournament_export(
        self, info: Info, slug: Annotated[str, strawberry.argument(description="Its name in addresses.")]
    ) -> str | None:
        """A tournament as JSON of our own, `matchpoint-event-1`, with all of its stages.

        Null when there is none that has begun, or it is a draft of somebody else.
        """
        return await resolve.export(info.context, slug)


@object_type
class EventImportState:
    """How far an import is."""

    event_import: EventImport = attribute("The import as it is.")


EventImportChange = Annotated[
    EventImportState | Resync,
    strawberry.union("EventImportChange", description="A message of the stream of an import."),
]


@object_type
class ImportsSubscription:
    """How far imports are."""

    @subscription(Access.SIGNED_IN)
    async def event_import_changes(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="An import that the viewer asked for.")],
    ) -> AsyncIterable[EventImportChange]:
        """An import as it is, again as more of it is made, and when it has ended.

        It is told with each stage, and within one at most twice a second.
        """
        key = key_of(id, "EventImport", "id")
        return (await resolve.event_import_changes(info.context, key)).map(_message)


def _message(value: EventImportValue) -> EventImportState | Resync:
    if isinstance(value, ResyncReason):
        return Resync(reason=value)
    return EventImportState(event_import=EventImport.from_model(value))


async def _read(ctx: Context, key: UUID) -> EventImport | None:
    row = await resolve.event_import(ctx, key)
    return None if row is None else EventImport.from_model(row)


readable("EventImport", _read)
