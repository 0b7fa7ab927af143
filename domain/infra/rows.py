"""Many new rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Table, insert, inspect

from domain.infra.db import WriteSession
from domain.infra.orm import Row


async def insert_all(session: WriteSession, rows: Sequence[Row]) -> None:
    """Write new rows of one table, all made with the same attributes. The session does not hold them afterwards.

    Adding thousands of objects to a session costs several times as much.
    """
    if not rows:
        return
    await session.flush()
    kind = type(rows[0])
    names = {attribute.key: attribute.columns[0].key for attribute in inspect(kind).column_attrs}
    given = [name for name in names if name in rows[0].__dict__]
    table = cast("Table", kind.__table__)
    await session.execute(insert(table), [{names[name]: row.__dict__[name] for name in given} for row in rows])
