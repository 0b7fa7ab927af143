"""Rounds of groups and of a Swiss that somebody sits out, or asks to."""

from __future__ import annotations

from enum import StrEnum

import strawberry

from domain import tournaments as domain
from resolvers import tournaments as resolve
from schema.fields import Info, attribute, enum_type, field, object_type
from schema.refs import EntrantRef
from schema.tournaments import types


class ByeKind(StrEnum):
    """Why somebody has no opponent in a round."""

    PAIRING_BYE = "PAIRING_BYE"
    FULL_BYE = "FULL_BYE"
    HALF_BYE = "HALF_BYE"
    ZERO_BYE = "ZERO_BYE"
    ABSENT = "ABSENT"
    FORFEIT = "FORFEIT"


enum_type(
    ByeKind,
    {
        "PAIRING_BYE": "Nobody was left to be paired with.",
        "FULL_BYE": "As agreed, for the points of a win.",
        "HALF_BYE": "As agreed, for the points of a draw.",
        "ZERO_BYE": "As agreed, for no points.",
        "ABSENT": "They were not there.",
        "FORFEIT": "The opponent was not there, and the file that it comes from does not name them.",
    },
)


@object_type(broadcastable=True)
class StageBye:
    """Somebody who sits out a round of groups or of a Swiss."""

    seat: strawberry.Private[domain.StageSeat]
    round: int = attribute("The round.")
    kind: ByeKind = attribute("Why they sit it out.")
    worth_half_points: int = attribute("What it is worth, in halves of a point.")
    half_points: int = attribute("What they had before it, in halves of a point.")
    earlier_count: int = attribute("How often they had had the points of a win without play before.")

    @field(broadcastable=True)
    def entrant(self) -> EntrantRef:
        """Who."""
        return types.Entrant.from_model(self.seat.entrant)

    @classmethod
    def from_row(cls, bye: domain.Bye, seat: domain.StageSeat) -> StageBye:
        """The bye of whoever has the seat."""
        return cls(
            seat=seat,
            round=bye.round,
            kind=ByeKind(bye.kind),
            worth_half_points=bye.worth,
            half_points=bye.points,
            earlier_count=bye.earlier,
        )


@object_type
class RequestedBye:
    """A round of a Swiss in which somebody does not want to be paired."""

    row: strawberry.Private[domain.Requested]
    round: int = attribute("The round.")
    kind: ByeKind = attribute("What it will be for them.")

    @field
    async def entrant(self, info: Info) -> EntrantRef:
        """Who."""
        found = await resolve.entrant(info.context, self.row.entrant_id)
        if found is None:
            raise domain.EntrantNotFound
        return types.Entrant.from_model(found)
