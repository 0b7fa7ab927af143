"""Files that do not fit into one request: sent in parts, kept for a day, and read when their event is imported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from domain.infra import locks
from domain.infra.db import ReadSession, WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput, LimitReached
from domain.kernel.ids import new_id
from domain.tournaments.errors import ImportUploadNotFound
from domain.tournaments.exchange.events.documents import MAX_EVENT_BYTES
from domain.tournaments.exchange.events.reading import MAX_FILES
from domain.tournaments.models import ImportPart, ImportUpload

MAX_PARTS = 1_000
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class UploadPart:
    """A part of a file, both counted from 1. `upload_id` None: the first of a new upload."""

    upload_id: UUID | None
    file: int
    part: int
    text: str
    now: datetime


async def upload_part(session: WriteSession, actor: Actor, command: UploadPart) -> ImportUpload:
    """Keep a part of a file, instead of what was sent as the same part before. Everybody has one upload at a time:
    a new one drops the one before.

    Raises:
        Unauthenticated, InvalidInput.
        ImportUploadNotFound: there is no such upload (any more), or it is of somebody else.
        LimitReached: all parts together have more than 16 MiB.
    """
    user_id = actor.require_user()
    data = _checked(command)
    await locks.hold(session, user_id)
    upload = await _upload(session, user_id, command)
    other = (ImportPart.upload_id == upload.id) & (
        (ImportPart.file != command.file) | (ImportPart.part != command.part)
    )
    size = await session.scalar(select(func.coalesce(func.sum(func.octet_length(ImportPart.data)), 0)).where(other))
    upload.size = (size or 0) + len(data)
    if upload.size > MAX_EVENT_BYTES:
        raise LimitReached(f"All parts together have at most {MAX_EVENT_BYTES:,} bytes.")
    await session.merge(ImportPart(upload_id=upload.id, file=command.file, part=command.part, data=data))
    await session.flush()
    return upload


async def uploaded_files(session: ReadSession, user_id: UUID, upload_id: UUID) -> Sequence[bytes]:
    """The files of an upload of this user, put together.

    Raises:
        ImportUploadNotFound: there is no such upload (any more), or it is of somebody else.
        InvalidInput: a file or a part is missing.
    """
    upload = await session.get(ImportUpload, upload_id)
    if upload is None or upload.user_id != user_id:
        raise ImportUploadNotFound
    statement = select(ImportPart).where(ImportPart.upload_id == upload_id).order_by(ImportPart.file, ImportPart.part)
    files: dict[int, list[bytes]] = defaultdict(list)
    for row in await session.scalars(statement):
        files[row.file].append(row.data)
        if row.file != len(files) or row.part != len(files[row.file]):
            raise InvalidInput(f"Something is missing before part {row.part} of file {row.file}; send it.", "uploadId")
    return [b"".join(parts) for parts in files.values()]


async def forget_uploads(session: WriteSession, now: datetime) -> None:
    """Delete uploads that began more than a day ago."""
    await session.execute(delete(ImportUpload).where(ImportUpload.created_at < now - KEPT))


def _checked(command: UploadPart) -> bytes:
    """The bytes of a part."""
    if not 1 <= command.file <= MAX_FILES:
        raise InvalidInput(f"An event has the files 1 to {MAX_FILES}.", "file")
    if not 1 <= command.part <= MAX_PARTS:
        raise InvalidInput(f"A file has the parts 1 to {MAX_PARTS:,}.", "part")
    try:
        data = command.text.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput("A part is text in UTF-8.", "text") from error
    if not data:
        raise InvalidInput("A part has some text.", "text")
    return data


async def _upload(session: WriteSession, user_id: UUID, command: UploadPart) -> ImportUpload:
    if command.upload_id is None:
        await session.execute(delete(ImportUpload).where(ImportUpload.user_id == user_id))
        upload = ImportUpload(id=new_id(), user_id=user_id, size=0, created_at=command.now)
        session.add(upload)
        await session.flush()
        return upload
    found = await session.get(ImportUpload, command.upload_id)
    if found is None or found.user_id != user_id:
        raise ImportUploadNotFound
    return found
