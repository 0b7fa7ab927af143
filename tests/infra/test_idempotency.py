"""An idempotency key stands for one request, exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from domain.infra import idempotency
from domain.infra.db import Database, WriteSession
from domain.infra.idempotency import IdempotencyKeyReused
from domain.kernel.errors import InvalidInput
from domain.tournaments import LoserOf, WinnerOf

USER = UUID(int=1)
RESULT = UUID(int=2)


@dataclass(frozen=True, slots=True)
class Draw:
    """A command for these tests."""

    source: WinnerOf | LoserOf
    now: datetime = datetime(2026, 5, 1, tzinfo=UTC)


async def _once(db: Database, command: object, key: str = "key") -> UUID | None:
    async def work(session: WriteSession) -> UUID | None:
        earlier = await idempotency.earlier_result(session, USER, key, command)
        if earlier is None:
            idempotency.remember(session, USER, key, command, RESULT)
        return earlier

    return await db.transaction(work)


async def test_a_repeat_answers_the_same_row_whenever_it_comes(db: Database) -> None:
    command = Draw(WinnerOf("A"))
    assert await _once(db, command) is None
    assert await _once(db, replace(command, now=command.now + timedelta(hours=1))) == RESULT


async def test_values_that_differ_only_in_their_type_are_different_requests(db: Database) -> None:
    assert await _once(db, Draw(WinnerOf("A"))) is None
    with pytest.raises(IdempotencyKeyReused):
        await _once(db, Draw(LoserOf("A")))


async def test_a_character_no_text_can_have_is_refused(db: Database) -> None:
    with pytest.raises(InvalidInput, match=r"U\+0000"):
        await _once(db, Draw(WinnerOf("A")), "a\0b")
