"""What becomes of a transaction that PostgreSQL does not carry out."""

from __future__ import annotations

import pytest

from domain.infra.db import Database, WriteSession
from domain.kernel.errors import Unavailable


async def test_a_statement_that_takes_too_long_is_an_answer_to_come_again(db: Database) -> None:
    async def work(session: WriteSession) -> None:
        connection = await (await session.connection()).get_raw_connection()
        await connection.driver_connection.execute("SELECT pg_sleep(60)", timeout=0.01)  # type: ignore[union-attr]

    with pytest.raises(Unavailable, match="took too long"):
        await db.transaction(work)
