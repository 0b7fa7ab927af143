"""The life of an invitation."""

from __future__ import annotations

from datetime import datetime

from domain.kernel.errors import InvalidInput
from domain.teams.errors import InvitationClosed
from domain.teams.values import InvitationStatus, TeamRole


def status_at(now: datetime, status: InvitationStatus, expires_at: datetime) -> InvitationStatus:
    """Where an invitation stands at an instant, whether or not its expiry has been written down yet."""
    lapsed = status is InvitationStatus.PENDING and expires_at <= now
    return InvitationStatus.EXPIRED if lapsed else status


def require_open(now: datetime, status: InvitationStatus, expires_at: datetime) -> None:
    """Let an invitation through that can still be answered or revoked.

    Raises:
        InvitationClosed: it cannot.
    """
    present = status_at(now, status, expires_at)
    if present is not InvitationStatus.PENDING:
        raise InvitationClosed(present)


def require_given_role(role: TeamRole) -> TeamRole:
    """The role, when it is one that a captain gives.

    Raises:
        InvalidInput: it is the captaincy, which is transferred instead.
    """
    if role is TeamRole.CAPTAIN:
        raise InvalidInput("A team has one captain; transfer the captaincy instead.", "role")
    return role
