"""Requests about accounts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from domain import accounts as domain
from domain.accounts import AuthTokens, Contact, Device, Preferences, Session, SignedIn, User, UserView
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor, Role
from domain.kernel.paging import Page, PageRequest
from resolvers.context import Context

C = TypeVar("C", domain.GiveRole, domain.TakeRole)


def device(ctx: Context) -> Device:
    """Where the request comes from."""
    return Device(address=ctx.address, user_agent=ctx.user_agent)


async def user(ctx: Context, user_id: UUID) -> UserView:
    """The user with this key; it exists because a row refers to it."""
    found = await ctx.loaders.user.load(user_id)
    if found is None:
        raise domain.UserNotFound
    return found


async def viewer(ctx: Context) -> UserView | None:
    """The one who asks."""
    return None if ctx.actor.user_id is None else await ctx.loaders.user.load(ctx.actor.user_id)


async def user_by_username(ctx: Context, username: str) -> UserView | None:
    """The user with this name, if the viewer may look them up."""
    async with ctx.read(told_on=()) as session:
        found = await domain.user_by_username(session, username)
    ctx.reads.add(None if found is None else [domain.user_topic(found.id)])
    return found.view if found is not None and await _can_look_up(ctx, found.id) else None


async def visible_user(ctx: Context, user_id: UUID) -> UserView | None:
    """The user with this key, if the viewer may look them up."""
    found = await ctx.loaders.user.load(user_id)
    return found if found is not None and await _can_look_up(ctx, user_id) else None


async def contact(ctx: Context, user_id: UUID) -> Contact:
    """How a user is reached; for themselves alone."""
    found = await ctx.loaders.contact.load(user_id)
    if found is None:
        raise domain.UserNotFound
    return found


async def roles(ctx: Context, user_id: UUID) -> frozenset[Role]:
    """The roles of a user everywhere."""
    return await ctx.loaders.roles.load(user_id) or frozenset()


async def preferences(ctx: Context, user_id: UUID) -> Preferences:
    """How a user wants things."""
    found = await ctx.loaders.preferences.load(user_id)
    if found is None:
        raise domain.UserNotFound
    return found


async def sessions(ctx: Context, request: PageRequest) -> Page[Session]:
    """The live sessions of the viewer, newest first."""
    user_id = ctx.actor.require_user()
    async with ctx.read() as session:
        return await domain.live_sessions_page(session, user_id, ctx.clock.now(), request)


async def visible_session(ctx: Context, session_id: UUID) -> Session | None:
    """The session with this key, if it is the viewer's."""
    found = await ctx.loaders.session.load(session_id)
    return found if found is not None and found.user_id == ctx.actor.user_id else None


async def register(ctx: Context, command: domain.Register) -> SignedIn:
    """Make an account."""
    return await domain.register(ctx.services.accounts, command)


async def log_in(ctx: Context, command: domain.LogIn) -> SignedIn:
    """Begin a session."""
    return await domain.log_in(ctx.services.accounts, command)


async def refresh_session(ctx: Context, command: domain.RefreshSession) -> AuthTokens:
    """Carry a session on."""
    return await domain.refresh_session(ctx.services.accounts, command)


async def log_out(ctx: Context) -> Session:
    """End the session of the request."""
    ended = await ctx.execute(domain.log_out, domain.LogOut(now=ctx.clock.now()))
    await ctx.services.accounts.forget_soon([ended.id])
    return ended


async def revoke_session(ctx: Context, session_id: UUID) -> Session:
    """End a session."""
    ended = await ctx.execute(domain.revoke_session, domain.RevokeSession(session_id=session_id, now=ctx.clock.now()))
    await ctx.services.accounts.forget_soon([ended.id])
    return ended


async def revoke_other_sessions(ctx: Context) -> int:
    """End every session of the viewer but this one; how many there were."""
    ended = await ctx.execute(domain.revoke_other_sessions, domain.RevokeOtherSessions(now=ctx.clock.now()))
    await ctx.services.accounts.forget_soon(ended)
    return len(ended)


async def change_password(ctx: Context, command: domain.ChangePassword) -> User:
    """Give the viewer another password."""
    return await domain.change_password(ctx.services.accounts, ctx.actor, command)


async def request_password_reset(ctx: Context, email: str) -> None:
    """Have a mail sent with which a password can be reset."""
    command = domain.RequestPasswordReset(email=email, address=ctx.address)
    await domain.request_password_reset(ctx.services.accounts, command)


async def reset_password(ctx: Context, command: domain.ResetPassword) -> User:
    """Set another password with the code of a mail."""
    return await domain.reset_password(ctx.services.accounts, command)


async def request_email_verification(ctx: Context) -> None:
    """Have a mail sent with which the viewer proves their address."""
    await domain.request_email_verification(ctx.services.accounts, ctx.actor)


async def verify_email(ctx: Context, command: domain.VerifyEmail) -> User:
    """Prove an address with the code of a mail."""
    return await domain.verify_email(ctx.services.accounts, command)


async def update_profile(ctx: Context, command: domain.UpdateProfile) -> User:
    """Change what others see of the viewer."""
    return await ctx.execute(domain.update_profile, command)


async def update_preferences(ctx: Context, command: domain.UpdatePreferences) -> Preferences:
    """Change how the viewer wants things."""
    return await ctx.execute(domain.update_preferences, command)


async def give_role(ctx: Context, user_id: UUID, role: Role) -> User:
    """Give a user a role."""
    return await _change_role(ctx, domain.give_role, domain.GiveRole(user_id=user_id, role=role, now=ctx.clock.now()))


async def take_role(ctx: Context, user_id: UUID, role: Role) -> User:
    """Take a role from a user."""
    return await _change_role(ctx, domain.take_role, domain.TakeRole(user_id=user_id, role=role, now=ctx.clock.now()))


async def _change_role(ctx: Context, change: Callable[[WriteSession, Actor, C], Awaitable[User]], command: C) -> User:
    changed = await ctx.execute(change, command)
    await ctx.services.accounts.forget_soon(user_id=changed.id)
    return changed


async def _can_look_up(ctx: Context, user_id: UUID) -> bool:
    return domain.can_look_up(ctx.actor, user_id, await ctx.loaders.preferences.load(user_id))
