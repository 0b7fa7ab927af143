"""Monthly partitions of tables that grow with time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import text

from domain.infra import locks
from domain.infra.db import WriteSession

# Nobody uses the default partition while another is made, which takes moments; if it cannot begin soon, later will do.
_LOCK_LIMIT = "2s"
_COLUMN = text(
    "SELECT attname FROM pg_partitioned_table JOIN pg_attribute ON attrelid = partrelid AND attnum = partattrs[0]"
    " WHERE partrelid = to_regclass(:name)"
)


async def ensure_months(session: WriteSession, tables: Sequence[str], start: datetime, months: int = 3) -> None:
    """Let tables that are partitioned by time have partitions for the month of `start` and those after it.

    What the default partition already holds of a month moves along.
    """
    await locks.hold_name(session, "partitions")
    month = datetime(start.year, start.month, 1, tzinfo=UTC)
    for _ in range(months):
        following = _next(month)
        for table in tables:
            await _ensure(session, table, f"{table}_{month:%Y_%m}", month, following)
        month = following


async def _ensure(session: WriteSession, table: str, partition: str, start: datetime, end: datetime) -> None:
    if await session.scalar(text("SELECT to_regclass(:name)"), {"name": partition}) is not None:
        return
    column = await session.scalar(_COLUMN, {"name": table})
    first, beyond = f"'{start:%Y-%m-%d} UTC'", f"'{end:%Y-%m-%d} UTC'"
    for statement in (
        f"SET LOCAL lock_timeout = '{_LOCK_LIMIT}'",
        # Attached, not created in place, because others may write to the other partitions meanwhile.
        f"CREATE TABLE {partition} (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)",
        f"LOCK TABLE {table}_default IN ACCESS EXCLUSIVE MODE",
        # Nothing here comes from outside.
        f"""WITH moved AS (DELETE FROM {table}_default WHERE {column} >= {first} AND {column} < {beyond} RETURNING *)
        INSERT INTO {partition} SELECT * FROM moved""",  # noqa: S608
        f"ALTER TABLE {table} ATTACH PARTITION {partition} FOR VALUES FROM ({first}) TO ({beyond})",
    ):
        await session.execute(text(statement))


def _next(month: datetime) -> datetime:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
