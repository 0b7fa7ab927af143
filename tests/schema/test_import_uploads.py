"""Files that are too large for one request: sent in parts, and imported from there."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS
from domain.kernel.ids import global_id, new_id
from domain.tournaments import read_import, write_event_json
from domain.tournaments.commands import uploads
from domain.tournaments.models import EventImport, ImportUpload
from tests.factories.games import make_catalogue
from tests.factories.imports import CUP, make
from tests.factories.teams import make_people
from tests.fixtures.clock import FakeClock
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask

ACCESS = {"uploadImportPart": {"stranger", "organizer", "admin"}}
SENT = "... on UploadImportPartPayload { uploadId sizeBytes expiresAt }"
FILE = write_event_json(CUP).decode()
WANTED: dict[str, Any] = {"slug": "old-cup", "name": "Old Cup", "game": "nine-ball"}


async def test_an_event_is_imported_from_parts(db: Database, ask: Ask) -> None:
    """In whichever order they come, and one of them twice; a dry run leaves them there."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    middle = len(FILE) // 2
    first = {"part": 2, "text": "rubbish", "idempotencyKey": "k"}
    begun = await ask.mutate(organizer, "uploadImportPart", first, SENT)
    after = await every_row(db)
    assert await ask.mutate(organizer, "uploadImportPart", first, SENT) == begun
    assert await every_row(db) == after
    upload = {"uploadId": begun["uploadId"]}
    for part, text in ((2, FILE[middle:]), (1, FILE[:middle])):
        answer = await ask.mutate(organizer, "uploadImportPart", {**upload, "part": part, "text": text}, SENT)
    assert answer == {**begun, "sizeBytes": len(FILE.encode())}
    report = "... on ImportEventPayload { report { entrantCount matchCount } }"
    for is_dry in (True, False):
        made = await ask.mutate(organizer, "importEvent", {**WANTED, **upload, "dryRun": is_dry}, report)
        assert made["report"] == {"entrantCount": 3, "matchCount": 2}
    async with db.read() as session:
        (asked,) = await session.scalars(select(EventImport))
    assert asked.document == write_event_json(read_import([FILE.encode()]).event)
    await make(db, asked)


async def test_what_cannot_be_kept_or_read_is_refused(db: Database, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    await make_catalogue(db)
    organizer, stranger = await make_people(db, "organizer", "stranger")
    monkeypatch.setattr(uploads, "MAX_EVENT_BYTES", 10)
    begun = await ask.mutate(organizer, "uploadImportPart", {"part": 2, "text": "12345"}, SENT)
    upload = {"uploadId": begun["uploadId"]}
    part = {**upload, "part": 1, "text": "1"}
    before = await every_row(db)
    for actor, given, code in (
        (ANONYMOUS, {"part": 1, "text": "1"}, "UNAUTHENTICATED"),
        (stranger, part, "IMPORT_UPLOAD_NOT_FOUND"),
        (organizer, {**part, "uploadId": global_id("ImportUpload", new_id())}, "IMPORT_UPLOAD_NOT_FOUND"),
        (organizer, {**part, "uploadId": global_id("User", new_id())}, "BAD_USER_INPUT"),
        (organizer, {**part, "text": ""}, "BAD_USER_INPUT"),
        (organizer, {**part, "text": "\ud800"}, "BAD_USER_INPUT"),
        (organizer, {**part, "text": "123456"}, "LIMIT_REACHED"),
        (organizer, {**part, "part": 0}, "BAD_USER_INPUT"),
        (organizer, {**part, "part": 1_001}, "BAD_USER_INPUT"),
        (organizer, {**part, "file": 201}, "BAD_USER_INPUT"),
    ):
        assert (await ask.mutate(actor, "uploadImportPart", given))["code"] == code
    for actor, given, code in (
        (ANONYMOUS, upload, "UNAUTHENTICATED"),
        (stranger, upload, "IMPORT_UPLOAD_NOT_FOUND"),
        (organizer, {**upload, "documents": [FILE]}, "BAD_USER_INPUT"),
        (organizer, upload, "BAD_USER_INPUT"),  # its first part is missing
    ):
        assert (await ask.mutate(actor, "importEvent", {**WANTED, **given}))["code"] == code
    assert await every_row(db) == before
    await ask.mutate(organizer, "uploadImportPart", {**part, "text": "\x00"})
    answer = await ask.mutate(organizer, "importEvent", {**WANTED, **upload})
    assert answer == {"__typename": "InvalidInputError", "code": "INVALID_EVENT_FILE"}


async def test_everybody_has_one_upload_for_a_day(db: Database, ask: Ask, clock: FakeClock) -> None:
    organizer, other = await make_people(db, "organizer", "other")
    old, _, new = [
        (await ask.mutate(actor, "uploadImportPart", {"part": 1, "text": "x"}, SENT))["uploadId"]
        for actor in (organizer, other, organizer)
    ]
    again = await ask.mutate(organizer, "uploadImportPart", {"uploadId": old, "part": 2, "text": "x"})
    assert again["code"] == "IMPORT_UPLOAD_NOT_FOUND"

    async def left() -> int:
        async with db.read() as session:
            return len((await session.scalars(select(ImportUpload))).all())

    for passed, count in ((timedelta(days=1), 2), (timedelta(days=1, seconds=1), 0)):
        await db.transaction(partial(tournaments.uploads.forget_uploads, now=clock.now() + passed))
        assert await left() == count
    assert old != new
