"""Reads of the accounts context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select

from domain.accounts.errors import UserNotFound
from domain.accounts.models import Grant, Preferences, Session, User, UserRole
from domain.accounts.policies import can_look_up
from domain.accounts.rules.identity import is_email, is_username
from domain.accounts.values import Contact, Granted, GrantRole, UserView
from domain.infra.db import ReadSession
from domain.infra.paging import Pages
from domain.infra.views import among, select_view
from domain.kernel.actor import Actor, Role
from domain.kernel.paging import Page, PageRequest

_USERS_BY_ID = select_view(User, UserView).where(among(User.__table__.c.id, "ids"))
_CONTACTS_BY_ID = select_view(User, Contact).where(among(User.__table__.c.id, "ids"))
_grants = Grant.__table__.c
_GRANTS = (
    select(_grants.subject_id, _grants.user_id, _grants.role)
    .where(among(_grants.subject_id, "subject_ids"))
    .order_by(_grants.granted_at, _grants.user_id)
)
_LIVE_SESSIONS = Pages[Session](
    select(Session).where(
        Session.user_id == bindparam("user_id"), Session.revoked_at.is_(None), Session.expires_at > bindparam("now")
    ),
    (Session.id,),
    descending=True,
)


async def users_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, UserView]:
    """Users by key, as everybody may see them."""
    return {view.id: view for view in map(UserView._make, await session.execute(_USERS_BY_ID, {"ids": ids}))}


async def contacts_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, Contact]:
    """How users are reached, by key."""
    return {view.id: view for view in map(Contact._make, await session.execute(_CONTACTS_BY_ID, {"ids": ids}))}


async def user_by_username(session: ReadSession, username: str) -> User | None:
    """The user with this name, whatever its case."""
    if not is_username(username):
        return None
    return (await session.scalars(select(User).where(func.lower(User.username) == username.lower()))).one_or_none()


async def findable_user(session: ReadSession, actor: Actor, username: str, *, among: UUID | None = None) -> User:
    """The user with this name, if the actor may look them up, or finds them with a role on the row `among`.

    Raises:
        UserNotFound: there is none, or a private one.
    """
    user = await user_by_username(session, username)
    if user is None:
        raise UserNotFound
    listed = [] if among is None else (await grants_of(session, [among]))[among]
    is_listed = user.id in {granted.user_id for granted in listed}
    if not is_listed and not can_look_up(actor, user.id, await session.get(Preferences, user.id)):
        raise UserNotFound
    return user


async def user_by_email(session: ReadSession, email: str) -> User | None:
    """The user with this address, whatever its case."""
    if not is_email(email):
        return None
    return (await session.scalars(select(User).where(func.lower(User.email) == email.lower()))).one_or_none()


async def user_by_login(session: ReadSession, login: str) -> User | None:
    """The user whose e-mail or username this is. A username has no `@`, so it is never both."""
    return await (user_by_email(session, login) if "@" in login else user_by_username(session, login))


async def roles_by_user(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, frozenset[Role]]:
    """The roles of users everywhere."""
    found: dict[UUID, set[Role]] = {key: set() for key in ids}
    statement = select(UserRole.user_id, UserRole.role).where(UserRole.user_id.in_(ids))
    for user_id, role in await session.execute(statement):
        found[user_id].add(role)
    return {key: frozenset(roles) for key, roles in found.items()}


async def preferences_by_user(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, Preferences]:
    """The preferences of users."""
    rows = await session.scalars(select(Preferences).where(Preferences.user_id.in_(ids)))
    return {row.user_id: row for row in rows}


async def sessions_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, Session]:
    """Sessions by key, ended ones too."""
    return {row.id: row for row in await session.scalars(select(Session).where(Session.id.in_(ids)))}


async def live_sessions_page(session: ReadSession, user_id: UUID, now: datetime, request: PageRequest) -> Page[Session]:
    """The sessions of a user that are neither revoked nor expired, newest first."""
    return await _LIVE_SESSIONS.page(session, request, user_id=user_id, now=now)


async def has_grant(session: ReadSession, user_id: UUID, subject_id: UUID, *roles: GrantRole) -> bool:
    """Whether a user has one of these roles on a row of another context."""
    statement = select(Grant.role).where(Grant.user_id == user_id, Grant.subject_id == subject_id)
    return not set(roles).isdisjoint(await session.scalars(statement))


async def subjects_granted(session: ReadSession, user_id: UUID, role: GrantRole) -> Sequence[UUID]:
    """The rows of another context on which a user has a role."""
    return list(await session.scalars(select(Grant.subject_id).where(Grant.user_id == user_id, Grant.role == role)))


async def grants_of(session: ReadSession, subject_ids: Sequence[UUID]) -> Mapping[UUID, list[Granted]]:
    """Who has which role on rows of another context, in the order in which they got it."""
    found: dict[UUID, list[Granted]] = {key: [] for key in subject_ids}
    for subject_id, user_id, role in await session.execute(_GRANTS, {"subject_ids": subject_ids}):
        found[subject_id].append(Granted(user_id, role))
    return found
