"""A migrated database is what the tables of the code say."""

from __future__ import annotations

import asyncpg
from sqlalchemy.ext.asyncio import create_async_engine

from domain.infra.embedded import PostgreSQL
from domain.registry import METADATA
from tests.fixtures.database import TEMPLATE, administer

_MODELS = "made_from_the_models"

_SHAPE = {
    "columns": """
        SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity, generation_expression
        FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2""",
    "constraints": """
        SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
        WHERE connamespace = 'public'::regnamespace AND NOT t.relispartition ORDER BY 1, 2""",
    "indexes": """
        SELECT i.tablename, i.indexname, i.indexdef FROM pg_indexes i JOIN pg_class t ON t.relname = i.tablename
        WHERE i.schemaname = 'public' AND NOT t.relispartition ORDER BY 1, 2""",
}
_NOT_OURS = ("alembic_version", "match_log_default")


async def _shape(server: PostgreSQL, database: str) -> dict[str, list[tuple[object, ...]]]:
    connection = await asyncpg.connect(server.url(database).replace("+asyncpg", ""))
    try:
        found = {name: await connection.fetch(query) for name, query in _SHAPE.items()}
    finally:
        await connection.close()
    return {name: [tuple(row) for row in rows if row[0] not in _NOT_OURS] for name, rows in found.items()}


async def test_migrations_make_the_tables_of_the_code(postgres: PostgreSQL) -> None:
    await administer(postgres, f"CREATE DATABASE {_MODELS}")
    engine = create_async_engine(postgres.url(_MODELS))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(METADATA.create_all)
    finally:
        await engine.dispose()
    assert await _shape(postgres, TEMPLATE) == await _shape(postgres, _MODELS)
