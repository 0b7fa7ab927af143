"""The three roots: each context brings one class per kind."""

from __future__ import annotations

from datetime import datetime

from strawberry import Schema
from strawberry.schema.config import StrawberryConfig

from schema import (
    accounts,
    deadlines,
    disputes,
    games,
    matches,
    notifications,
    partners,
    presence,
    queues,
    teams,
    tournaments,
    venues,
    vetoes,
)
from schema.errors import HANDLERS
from schema.fields import object_type
from schema.node import NodeQuery
from schema.scalars import DATE_TIME


@object_type
class Query(
    NodeQuery,
    accounts.AccountsQuery,
    games.GamesQuery,
    teams.TeamsQuery,
    matches.MatchesQuery,
    tournaments.TournamentsQuery,
    tournaments.EliminationQuery,
    tournaments.ExportsQuery,
    partners.PartnersQuery,
    venues.VenuesQuery,
    queues.QueuesQuery,
):
    """Reads. They change nothing and see one instant per field."""


@object_type
class Mutation(
    accounts.AccountsMutation,
    teams.TeamsMutation,
    matches.MatchesMutation,
    vetoes.VetoesMutation,
    tournaments.TournamentsMutation,
    tournaments.ImportsMutation,
    notifications.NotificationsMutation,
    partners.PartnersMutation,
    venues.VenuesMutation,
    queues.QueuesMutation,
    deadlines.DeadlinesMutation,
    disputes.DisputesMutation,
):
    """Writes. Each field happens as a whole, or answers why it did not."""


@object_type
class Subscription(
    matches.MatchesSubscription,
    vetoes.VetoesSubscription,
    tournaments.TournamentsSubscription,
    tournaments.ImportsSubscription,
    tournaments.StandingsSubscription,
    tournaments.MyEventSubscription,
    presence.PresenceSubscription,
    queues.QueuesSubscription,
    disputes.DisputesSubscription,
):
    """What happens, as it happens: the state first, then every change, in order."""


def build_schema() -> Schema:
    """The one schema of the server."""
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        exception_handlers=(matches.ResultInUseHandler(), tournaments.HeatsInUseHandler(), *HANDLERS),
        # Adds @defer and @stream; `schema.server` decides who gets an answer in parts.
        config=StrawberryConfig(scalar_map={datetime: DATE_TIME}, enable_experimental_incremental_execution=True),
    )
