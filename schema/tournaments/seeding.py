"""How a tournament was seeded when entrants were kept apart."""

from __future__ import annotations

from asyncio import gather
from datetime import datetime
from uuid import UUID

import strawberry

from domain import tournaments as domain
from resolvers import tournaments as resolve
from schema import tournaments
from schema.fields import Info, attribute, enum_type, field, object_type
from schema.refs import EntrantRef

# At most 100 conflicts are told; where entrants can be kept apart, there are few.
_CONFLICTS = 20

SeedingConstraint = domain.SeedingConstraint
enum_type(
    SeedingConstraint,
    {
        "KEEP_APART": "The organizers say so, in `keepApart`.",
        "SAME_TEAM": "Somebody who plays for one is in a team with somebody who plays for the other.",
        "RECENT_OPPONENTS": "They have played each other not long ago, in the game of the tournament.",
    },
)


@object_type
class SeedingConflict:
    """Two entrants who should not meet early, and can."""

    value: strawberry.Private[domain.SeedingConflict]
    round: int = attribute("The round of the upper bracket in which they first can.")
    constraints: list[SeedingConstraint] = attribute("Why they should not.", size=1)

    @field
    async def first(self, info: Info) -> EntrantRef:
        """The one with the better seed."""
        return await _entrant(info, self.value.first)

    @field
    async def second(self, info: Info) -> EntrantRef:
        """The other one."""
        return await _entrant(info, self.value.second)


@object_type
class EntrantGroup:
    """Entrants who belong together in some way."""

    keys: strawberry.Private[tuple[UUID, ...]]

    @field(size=10)
    async def entrants(self, info: Info) -> list[EntrantRef]:
        """Who is in it, at most 4,096 in all groups together."""
        return list(await gather(*(_entrant(info, key) for key in self.keys)))


@object_type
class SeedingReport:
    """Who was to be kept apart when the tournament was seeded, and who could not be.

    With the same of everything, and the same rows, the seeds are the same again. Who leaves or comes in later is not
    in it.
    """

    avoid: list[SeedingConstraint] = attribute("Who was looked up.", size=2)
    keep_apart: list[EntrantGroup] = attribute("The groups that were named, at most 256.", size=20)
    recent_starts_at: datetime | None = attribute("From when on matches were recent. Null: that did not count.")
    locked_seeds: int = attribute("How many of the best seeds stayed.")
    conflicts: list[SeedingConflict] = attribute(
        "Who could still meet before the last round of the upper bracket, the earliest rounds first, at most 100.",
        size=_CONFLICTS,
    )

    @classmethod
    def from_value(cls, value: domain.SeedingReport) -> SeedingReport:
        """The report as clients see it."""
        return cls(
            avoid=list(value.avoid),
            keep_apart=[EntrantGroup(keys=group) for group in value.keep_apart],
            recent_starts_at=value.recent_since,
            locked_seeds=value.locked_seeds,
            conflicts=[
                SeedingConflict(value=each, round=each.round, constraints=list(each.constraints))
                for each in value.conflicts
            ],
        )


async def _entrant(info: Info, key: UUID) -> tournaments.Entrant:
    row = await resolve.entrant(info.context, key)
    if row is None:
        raise domain.EntrantNotFound
    return tournaments.Entrant.from_model(row)
