"""Notifications, as clients see them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain import notifications as domain
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import global_id, key_of
from domain.notifications import NotificationKind
from resolvers import matches as resolve_matches
from resolvers import notifications as resolve
from resolvers import teams as resolve_teams
from resolvers import tournaments as resolve_tournaments
from resolvers.context import Context
from schema import matches, teams, tournaments
from schema.errors import Refusal
from schema.fields import Access, Info, attribute, enum_type, field, input_type, mutation, object_type
from schema.node import Node, readable
from schema.refs import HeatRef, MatchRef, TeamRef, TournamentRef

enum_type(
    NotificationKind,
    {
        "TEAM_INVITATION": "Somebody invites the viewer to a team.",
        "TEAM_INVITATION_ANSWERED": "Somebody whom the viewer invited to a team has answered.",
        "MATCH_INVITATION": "Somebody challenges the viewer, or a team they lead.",
        "MATCH_READY": "A match of the viewer, or of a team they are in, can be played.",
        "RESULT_REPORTED": "The other side reported a result that the viewer can confirm or dispute.",
        "RESULT_DISPUTED": "The sides of a match in an event that the viewer runs disagree.",
        "MATCH_FINISHED": "A match of the viewer, or of a team they are in, is decided.",
        "MATCH_RESET": "A match that the viewer, or a team they are in, had begun was set aside after a correction.",
        "MATCH_RESTORED": "A match of the viewer, or of a team they are in, counts again after it was set aside.",
        "VETO_TURN": "It is the turn of the viewer, or of a team they lead, in the veto of a match.",
        "MATCH_CALLED": "A match of the viewer was called to a table, where they say that they are there.",
        "CALL_EXPIRED": "Somebody who was called in an event that the viewer runs was not there in time.",
        "CHECK_IN_REMINDER": "The time to check in for a match of the viewer, who has not, is almost over.",
        "REFEREE_CALLED": "A side of a match in an event that the viewer runs calls a referee.",
        "DISPUTE_MESSAGE": "An official wrote to the sides of a match of the viewer.",
        "TOURNAMENT_STARTED": "A tournament in which the viewer plays has started.",
        "TOURNAMENT_CANCELLED": "A tournament that the viewer entered was cancelled.",
        "ENTRANT_PROMOTED": "The viewer came from the waitlist into a tournament.",
        "ENTRANT_DISQUALIFIED": "The viewer was disqualified from a tournament.",
        "HEAT_READY": "The viewer plays in a heat that is drawn.",
        "HEAT_CALLED": "A heat of the viewer was called to a table.",
        "HEAT_FINISHED": "A heat of the viewer is over.",
        "HEAT_RESET": "A correction has taken the viewer out of a heat, or set aside what was played in it.",
        "HEAT_RESTORED": "What was played in a heat of the viewer counts again after it was set aside.",
        "CHALLENGED": "The viewer is challenged on a ladder and has to play in time.",
        "CHALLENGE_CALLED_OFF": "A challenge of the viewer on a ladder was taken back, or the ladder has ended.",
        "GUEST_CLAIMED": "Somebody says which guest they are in an event that the viewer runs.",
        "GUEST_CLAIM_ANSWERED": "The organizers of an event said whether the viewer is a guest there.",
    },
)


@object_type
class Notification(Node):
    """Something the viewer was told. Nobody else sees it."""

    row: strawberry.Private[domain.Notification]
    kind: NotificationKind = attribute("What it tells.")
    message: str = attribute("The same as a sentence, in English.")
    created_at: datetime = attribute("When the viewer was told.")
    read_at: datetime | None = attribute("When the viewer read it. Null until then.")

    @field
    async def match(self, info: Info) -> MatchRef | None:
        """The match it is about. Null when it is not about one."""
        key = self._key("match_id")
        state = None if key is None else await resolve_matches.match(info.context, key)
        return None if state is None else matches.Match.from_state(state)

    @field
    async def heat(self, info: Info) -> HeatRef | None:
        """The heat it is about. Null when it is not about one."""
        key = self._key("heat_id")
        state = None if key is None else await resolve_tournaments.heat(info.context, key)
        return None if state is None else tournaments.Heat.from_state(state)

    @field
    async def tournament(self, info: Info) -> TournamentRef | None:
        """The tournament it is about. Null when it is not about one."""
        key = self._key("tournament_id")
        row = None if key is None else await resolve_tournaments.tournament(info.context, key)
        return None if row is None else tournaments.Tournament.from_model(row)

    @field
    async def team(self, info: Info) -> TeamRef | None:
        """The team it is about. Null when it is not about one."""
        key = self._key("team_id")
        row = None if key is None else await resolve_teams.visible_team(info.context, key)
        return None if row is None else teams.Team.from_model(row)

    def _key(self, name: str) -> UUID | None:
        text = self.row.data.get(name)
        return None if text is None else UUID(text)

    @classmethod
    def from_model(cls, row: domain.Notification) -> Notification:
        """The notification of a row."""
        return cls(
            id=strawberry.ID(global_id("Notification", row.id)),
            row=row,
            kind=row.kind,
            message=domain.message(row.kind, row.data),
            created_at=row.created_at,
            read_at=row.read_at,
        )


@input_type
class MarkNotificationsReadInput:
    """What the viewer has read: name it, or say that it is all."""

    notification_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="At most 100 notifications."
    )
    all: bool = strawberry.field(default=False, description="True: all that there are, instead of `notificationIds`.")

    def to_command(self, now: datetime) -> domain.MarkNotificationsRead:
        """The command this asks for.

        Raises:
            InvalidInput: neither or both were given.
        """
        if (self.notification_ids is not None) is self.all:
            raise InvalidInput("Give notificationIds, or set all to true.", "notificationIds")
        chosen = self.notification_ids
        keys = None if chosen is None else tuple(key_of(one, "Notification", "notificationIds") for one in chosen)
        return domain.MarkNotificationsRead(ids=keys, now=now)


@object_type
class MarkNotificationsReadPayload:
    """What was marked."""

    count: int = attribute("How many were unread until now.")


MarkNotificationsReadResult = Annotated[
    MarkNotificationsReadPayload | Refusal,
    strawberry.union("MarkNotificationsReadResult", description="How many were marked, or why none were."),
]


@object_type
class NotificationsMutation:
    """Writes about notifications."""

    @mutation(Access.SIGNED_IN)
    async def mark_notifications_read(
        self, info: Info, input: Annotated[MarkNotificationsReadInput, strawberry.argument(description="Which.")]
    ) -> MarkNotificationsReadResult:
        """Note that the viewer has read notifications. Those read before stay as they are."""
        command = input.to_command(info.context.clock.now())
        return MarkNotificationsReadPayload(count=await resolve.mark_notifications_read(info.context, command))


async def _read(ctx: Context, key: UUID) -> Notification | None:
    row = await resolve.visible_notification(ctx, key)
    return None if row is None else Notification.from_model(row)


readable("Notification", _read)
