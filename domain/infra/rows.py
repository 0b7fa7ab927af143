"""Many new rows at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, insert

from domain.infra.db import WriteSession
from domain.infra.orm import Row


async def insert_all(session: WriteSession, kind: type[Row], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new rows of a table, by the names of its columns, the same ones in each. The session does not hold them.

    Objects of thousands of rows cost several times as much.
    """
    await session.flush()
    if rows:
        await session.execute(insert(cast("Table", kind.__table__)), rows)
