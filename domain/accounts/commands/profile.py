"""What users say of themselves, and how they want things."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import UNSET, UnsetType

from domain.accounts.events import ProfileChanged
from domain.accounts.models import Preferences, User
from domain.accounts.rules.identity import checked_avatar_url, checked_display_name
from domain.accounts.rules.preferences import checked_language, checked_time_zone
from domain.accounts.values import Theme
from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor


@dataclass(frozen=True, kw_only=True)
class UpdateProfile:
    """Change what others see of the actor. None, and UNSET for the picture, leave a thing as it is."""

    display_name: str | None = None
    avatar_url: str | UnsetType | None = UNSET


@dataclass(frozen=True, kw_only=True)
class UpdatePreferences:
    """Change how the actor wants things. None leaves a thing as it is."""

    language: str | None = None
    time_zone: str | None = None
    theme: Theme | None = None
    email_notifications: bool | None = None
    is_profile_public: bool | None = None
    is_presence_public: bool | None = None


async def update_profile(session: WriteSession, actor: Actor, command: UpdateProfile) -> User:
    """Change what others see of the actor.

    Raises:
        Unauthenticated: nobody is logged in.
        InvalidInput: the name or the address of the picture cannot be one.
    """
    user_id = actor.require_user()
    await locks.hold(session, user_id)
    user = await session.get_one(User, user_id)
    if command.display_name is not None:
        user.display_name = checked_display_name(command.display_name)
    if command.avatar_url is None:
        user.avatar_url = None
    elif command.avatar_url is not UNSET:
        user.avatar_url = checked_avatar_url(command.avatar_url)
    await outbox.record(session, ProfileChanged(user_id=user_id))
    return user


async def update_preferences(session: WriteSession, actor: Actor, command: UpdatePreferences) -> Preferences:
    """Change how the actor wants things.

    Raises:
        Unauthenticated: nobody is logged in.
        InvalidInput: there is no such language or time zone.
    """
    user_id = actor.require_user()
    await locks.hold(session, user_id)
    row = await session.get_one(Preferences, user_id)
    if command.language is not None:
        row.language = checked_language(command.language)
    if command.time_zone is not None:
        row.time_zone = checked_time_zone(command.time_zone)
    if command.theme is not None:
        row.theme = command.theme
    if command.email_notifications is not None:
        row.email_notifications = command.email_notifications
    if command.is_profile_public is not None:
        row.is_profile_public = command.is_profile_public
    if command.is_presence_public is not None:
        row.is_presence_public = command.is_presence_public
    if command.is_profile_public is not None or command.is_presence_public is not None:
        await outbox.record(session, ProfileChanged(user_id=user_id))
    return row
