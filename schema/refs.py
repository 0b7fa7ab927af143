"""References between types whose modules need each other. GraphQL's graph has cycles; Python's imports must not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from schema.accounts import User
    from schema.deadlines import MatchAttention, MatchCheckIn, MatchDeadlines
    from schema.disputes import DisputeRoom
    from schema.games import Rating
    from schema.matches import Match
    from schema.notifications import Notification
    from schema.queues import HeatCall, MatchCall, Queue
    from schema.teams import Team, TeamInvitation
    from schema.tournaments import BracketPlace, Entrant, GuestClaim, Heat, HeatStanding, Stage, Tournament
    from schema.vetoes import MatchVeto

UserRef = Annotated["User", strawberry.lazy("schema.accounts")]
TeamRef = Annotated["Team", strawberry.lazy("schema.teams")]
TeamInvitationRef = Annotated["TeamInvitation", strawberry.lazy("schema.teams")]
RatingRef = Annotated["Rating", strawberry.lazy("schema.games")]
TournamentRef = Annotated["Tournament", strawberry.lazy("schema.tournaments")]
EntrantRef = Annotated["Entrant", strawberry.lazy("schema.tournaments")]
GuestClaimRef = Annotated["GuestClaim", strawberry.lazy("schema.tournaments")]
HeatRef = Annotated["Heat", strawberry.lazy("schema.tournaments")]
HeatStandingRef = Annotated["HeatStanding", strawberry.lazy("schema.tournaments")]
StageRef = Annotated["Stage", strawberry.lazy("schema.tournaments")]
BracketPlaceRef = Annotated["BracketPlace", strawberry.lazy("schema.tournaments")]
MatchCallRef = Annotated["MatchCall", strawberry.lazy("schema.queues")]
HeatCallRef = Annotated["HeatCall", strawberry.lazy("schema.queues")]
QueueRef = Annotated["Queue", strawberry.lazy("schema.queues")]
MatchVetoRef = Annotated["MatchVeto", strawberry.lazy("schema.vetoes")]
MatchRef = Annotated["Match", strawberry.lazy("schema.matches")]
NotificationRef = Annotated["Notification", strawberry.lazy("schema.notifications")]
MatchDeadlinesRef = Annotated["MatchDeadlines", strawberry.lazy("schema.deadlines")]
MatchCheckInRef = Annotated["MatchCheckIn", strawberry.lazy("schema.deadlines")]
MatchAttentionRef = Annotated["MatchAttention", strawberry.lazy("schema.deadlines")]
DisputeRoomRef = Annotated["DisputeRoom", strawberry.lazy("schema.disputes")]
