"""Refusals of the teams context."""

from __future__ import annotations

from domain.kernel.errors import Conflict, Forbidden, LimitReached, NotFound
from domain.teams.values import MAX_MEMBERS, MAX_OPEN_INVITATIONS, MAX_TEAMS_PER_USER, InvitationStatus


class TeamNotFound(NotFound):
    """There is no such team."""

    def __init__(self) -> None:
        super().__init__("team")


class TeamMemberNotFound(NotFound):
    """The user is not in the team."""

    def __init__(self) -> None:
        super().__init__("member of this team")


class TeamInvitationNotFound(NotFound):
    """There is no such invitation, or the viewer has nothing to do with it."""

    def __init__(self) -> None:
        super().__init__("team invitation")


class NotCaptain(Forbidden):
    """Only the captain decides this."""

    def __init__(self) -> None:
        super().__init__("Only the captain of the team may do this.")


class NotInvitee(Forbidden):
    """Only the one who was invited answers an invitation."""

    def __init__(self) -> None:
        super().__init__("Only the invited user may answer this invitation.")


class TeamIsDisbanded(Conflict):
    """The team exists only as history."""

    def __init__(self) -> None:
        super().__init__("This team has been disbanded.")


class TeamSlugTaken(Conflict):
    """Another team, perhaps a disbanded one, has this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"The slug {slug} is taken; choose another.")
        self.slug = slug


class AlreadyTeamMember(Conflict):
    """The user is in the team already."""

    def __init__(self) -> None:
        super().__init__("This user is a member of the team already.")


class AlreadyInvited(Conflict):
    """The user has an open invitation to the team."""

    def __init__(self) -> None:
        super().__init__("This user has an open invitation to the team already.")


class InvitationClosed(Conflict):
    """The invitation was answered, revoked, or has expired."""

    def __init__(self, status: InvitationStatus) -> None:
        super().__init__(f"This invitation is closed: it is {status.value.lower()}.")
        self.status = status


class CaptaincyNotTransferred(Conflict):
    """The captain cannot leave, be removed or be given another role while others depend on them."""

    def __init__(self) -> None:
        super().__init__("Transfer the captaincy to another member first.")


class TeamFull(LimitReached):
    """The team has as many members as a team may have."""

    def __init__(self) -> None:
        super().__init__(f"A team has at most {MAX_MEMBERS} members.")


class TooManyInvitations(LimitReached):
    """The team has as many open invitations as it may have."""

    def __init__(self) -> None:
        super().__init__(
            f"A team has at most {MAX_OPEN_INVITATIONS} open invitations; revoke one or wait for an answer."
        )


class TooManyTeams(LimitReached):
    """The user is in as many teams as one may be."""

    def __init__(self) -> None:
        super().__init__(f"A user is in at most {MAX_TEAMS_PER_USER} teams; leave one first.")
