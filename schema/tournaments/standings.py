"""Who stands where in a tournament, as it changes."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from domain.kernel.ids import key_of
from resolvers import standings as resolve
from resolvers import tournaments as resolve_tournaments
from resolvers.standings import StandingsValue
from resolvers.streams import ResyncReason, cursor
from schema.fields import Access, Info, attribute, field, object_type, subscription
from schema.streams import Resume, Resync
from schema.tournaments.stages import Stage, StageGroup
from schema.tournaments.subscriptions import TournamentId
from schema.tournaments.types import Tournament


@object_type(broadcastable=True)
class StandingsSnapshot:
    """Where a stream of standings begins, or begins again."""

    cursor: str = attribute("Resume from here.")
    tournament: Tournament = attribute("The tournament; the groups of its stages have the tables.")


@object_type(broadcastable=True)
class StandingsChanged:
    """The table of one group, in place of the one before: a result counts in it, or somebody left, or it began."""

    change: strawberry.Private[resolve.GroupChange]
    cursor: str = attribute(
        "Resume from here. It counts every change of the tournament, as the cursors of `bracketChanges` do, "
        "so it skips those that count in no table."
    )
    stage: Stage = attribute("The stage.")

    @field(broadcastable=True)
    async def group(self, info: Info) -> StageGroup:
        """The group, known by its number in the stage, with all of its table as it is now."""
        given = self.change
        (group,) = await resolve_tournaments.groups(info.context, given.tournament, given.stage, only=given.group)
        return StageGroup(group=group, number=group.number, name=group.name)


StandingsChange = Annotated[
    StandingsSnapshot | StandingsChanged | Resync,
    strawberry.union("StandingsChange", description="A message of the stream of standings."),
]


@object_type
class StandingsSubscription:
    """Who stands where."""

    @subscription(Access.ANYONE)
    async def standings_changes(
        self, info: Info, tournament_id: TournamentId, after: Resume = None
    ) -> AsyncIterable[StandingsChange]:
        """Who stands where in groups and Swiss stages: the tables of all, then the whole table of each group that a
        result changes. Put it in place of the one before; a slow client skips to the newest of each group.
        """
        key = key_of(tournament_id, "Tournament", "tournamentId")
        return (await resolve.standings_changes(info.context, key, cursor(after))).map(_message)


def _message(value: StandingsValue) -> StandingsSnapshot | StandingsChanged | Resync:
    if isinstance(value, ResyncReason):
        return Resync(reason=value)
    tournament = value.tournament
    if isinstance(value, resolve.StandingsSnapshot):
        return StandingsSnapshot(cursor=str(tournament.change_count), tournament=Tournament.from_model(tournament))
    return StandingsChanged(change=value, cursor=str(value.sequence), stage=Stage.from_model(value.stage, tournament))
