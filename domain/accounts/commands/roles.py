"""Roles a user has everywhere: given and taken by administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from domain.accounts.errors import UserNotFound
from domain.accounts.events import RolesChanged
from domain.accounts.models import Session, User, UserRole
from domain.accounts.policies import require_can_change_roles, require_can_take_role
from domain.accounts.queries import roles_by_user
from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor, Role


@dataclass(frozen=True, kw_only=True)
class GiveRole:
    """Give a user a role everywhere."""

    user_id: UUID
    role: Role
    now: datetime


@dataclass(frozen=True, kw_only=True)
class TakeRole:
    """Take a role from a user."""

    user_id: UUID
    role: Role
    now: datetime


async def give_role(session: WriteSession, actor: Actor, command: GiveRole) -> User:
    """Give a user a role; one they have already stays. Call `Accounts.forget_soon` after the commit.

    Raises:
        Forbidden: the actor is not an administrator.
        UserNotFound: there is no such user.
    """
    require_can_change_roles(actor)
    user = await _held(session, command.user_id)
    statement = insert(UserRole).values(user_id=user.id, role=command.role).on_conflict_do_nothing()
    if await session.scalar(statement.returning(UserRole.user_id)) is not None:
        await _tell(session, user.id, command.now)
    return user


async def take_role(session: WriteSession, actor: Actor, command: TakeRole) -> User:
    """Take a role from a user; one they do not have stays away. Call `Accounts.forget_soon` after the commit.

    Raises:
        Forbidden: the actor is not an administrator.
        OwnAdminRole: an administrator tried to stop being one.
        UserNotFound: there is no such user.
    """
    require_can_take_role(actor, command.user_id, command.role)
    user = await _held(session, command.user_id)
    statement = delete(UserRole).where(UserRole.user_id == user.id, UserRole.role == command.role)
    if await session.scalar(statement.returning(UserRole.user_id)) is not None:
        await _tell(session, user.id, command.now)
    return user


async def _held(session: WriteSession, user_id: UUID) -> User:
    await locks.hold(session, user_id)
    user = await session.get(User, user_id)
    if user is None:
        raise UserNotFound
    return user


async def _tell(session: WriteSession, user_id: UUID, now: datetime) -> None:
    roles = (await roles_by_user(session, [user_id]))[user_id]
    live = select(Session.id).where(Session.user_id == user_id, Session.revoked_at.is_(None), Session.expires_at > now)
    session_ids = tuple(sorted(await session.scalars(live)))
    await outbox.record(session, RolesChanged(user_id=user_id, roles=tuple(sorted(roles)), session_ids=session_ids))
