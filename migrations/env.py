"""How alembic reaches the database: through asyncpg, one transaction, one migration at a time."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from domain.registry import METADATA, MONTHLY

# Any number; it keeps two processes that start together from migrating together.
_MIGRATION_LOCK = 4_207_849_484


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a draft looks at it. Partitions are made by the month, not by migrations."""
    return kind != "table" or not any(str(name).startswith(f"{table}_") for table in MONTHLY)


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        compare_type=True,
        compare_server_default=True,
        include_name=_is_ours,
    )
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        context.run_migrations()


async def _connect() -> None:
    engine = create_async_engine(context.config.attributes["database_url"], poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run)
            await connection.commit()
    finally:
        await engine.dispose()


asyncio.run(_connect())
