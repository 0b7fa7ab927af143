"""Idempotency keys: a write that a client repeats with the same key happens once and answers the same row."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.infra.db import WriteSession
from domain.infra.locks import hold_name
from domain.infra.orm import Row
from domain.kernel.errors import Conflict, InvalidInput

MAX_KEY = 100


class IdempotencyKeyReused(Conflict):
    """The key was used before with another request."""

    def __init__(self) -> None:
        super().__init__("This idempotency key was used for a different request; use a new key.")


class IdempotencyRow(Row):
    """What a key of a user stood for. `result` is the key of the row that the write answered."""

    __tablename__ = "idempotency_keys"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request: Mapped[str]
    result: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


async def earlier_result(session: WriteSession, user_id: UUID, key: str, command: Any) -> UUID | None:
    """The row that the same command with this key answered before; None the first time.

    Holds the key, so that of two equal requests at once the second waits for the first.

    Raises:
        InvalidInput: the key is empty or longer than 100 characters.
        IdempotencyKeyReused: the key stood for another command.
    """
    if not 1 <= len(key) <= MAX_KEY:
        raise InvalidInput(f"An idempotency key has 1 to {MAX_KEY} characters.", "idempotencyKey")
    await hold_name(session, f"idempotency:{user_id}:{key}")
    row = (
        await session.scalars(
            select(IdempotencyRow).where(IdempotencyRow.user_id == user_id, IdempotencyRow.key == key)
        )
    ).one_or_none()
    if row is None:
        return None
    if row.request != _fingerprint(command):
        raise IdempotencyKeyReused
    return row.result


def remember(session: WriteSession, user_id: UUID, key: str, command: Any, result: UUID) -> None:
    """Keep what the key stood for, in the transaction of the write."""
    session.add(IdempotencyRow(user_id=user_id, key=key, request=_fingerprint(command), result=result))


def _fingerprint(command: Any) -> str:
    # `now` is when the request arrived, not what it asks for. The text of a value names its type, also inside of lists.
    asked = [getattr(command, field.name) for field in fields(command) if field.name != "now"]
    return hashlib.sha256(f"{type(command).__name__}{asked!r}".encode()).hexdigest()
