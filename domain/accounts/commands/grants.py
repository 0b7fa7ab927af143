"""Roles on one row: given and taken by the context the row belongs to, which also decides who may."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from domain.accounts.models import Grant
from domain.accounts.values import GrantRole
from domain.infra.db import WriteSession


async def give_grant(session: WriteSession, user_id: UUID, subject_id: UUID, role: GrantRole) -> None:
    """Let a user have a role on a row. Giving it twice is giving it once."""
    await session.execute(
        insert(Grant).values(user_id=user_id, subject_id=subject_id, role=role).on_conflict_do_nothing()
    )


async def take_grant(session: WriteSession, user_id: UUID, subject_id: UUID, role: GrantRole) -> bool:
    """Take a role on a row away; False when the user did not have it."""
    taken = await session.scalar(
        delete(Grant)
        .where(Grant.user_id == user_id, Grant.subject_id == subject_id, Grant.role == role)
        .returning(Grant.user_id)
    )
    return taken is not None
