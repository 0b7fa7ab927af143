"""Who may do what to an account."""

from __future__ import annotations

from uuid import UUID

from domain.accounts.errors import OwnAdminRole, SessionNotFound
from domain.accounts.models import Preferences, Session
from domain.kernel.actor import Actor, Role
from domain.kernel.errors import Forbidden


def require_can_end(actor: Actor, session: Session | None) -> Session:
    """The session, if its owner or an administrator asks.

    Raises:
        SessionNotFound: there is none, or it is someone else's.
    """
    if session is None or not (actor.is_admin or session.user_id == actor.user_id):
        raise SessionNotFound
    return session


def require_can_change_roles(actor: Actor) -> None:
    """Only administrators say who may do what.

    Raises:
        Forbidden: the actor is not one.
    """
    if not actor.is_admin:
        raise Forbidden("Only an administrator may do this.")


def require_can_take_role(actor: Actor, user_id: UUID, role: Role) -> None:
    """An administrator may take any role from anyone, but not stop being one.

    Raises:
        Forbidden: the actor is not an administrator.
        OwnAdminRole: it is the actor's own.
    """
    require_can_change_roles(actor)
    if role is Role.ADMIN and user_id == actor.user_id:
        raise OwnAdminRole


def can_look_up(actor: Actor, user_id: UUID, preferences: Preferences | None) -> bool:
    """Whether the actor may find this user by name or id, to see or to invite them.

    Where a private user plays, the name still shows.
    """
    return actor.is_admin or actor.user_id == user_id or (preferences is not None and preferences.is_profile_public)


def can_be_seen_watching(preferences: Preferences | None) -> bool:
    """Whether everybody may see that this user watches something. Only who has said so, and whom everybody may find."""
    return preferences is not None and preferences.is_profile_public and preferences.is_presence_public
