"""Heats of a free-for-all: who plays in them, what they reached, and who goes on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import strawberry

from domain import tournaments as domain
from domain.kernel.ids import global_id
from resolvers import tournaments as resolve
from resolvers.context import Context
from schema.fields import Info, attribute, attribute_of, enum_type, field, object_type
from schema.node import Node, readable
from schema.refs import EntrantRef, TournamentRef
from schema.tournaments import types
from schema.tournaments.bracket import Placement

HeatStatus = domain.HeatStatus
enum_type(
    HeatStatus,
    {
        "READY": "It is drawn, and none of its games is reported.",
        "LIVE": "Some of its games are reported.",
        "FINISHED": "All of its games are reported, or nobody is left to play.",
        "SET_ASIDE": "A correction has taken it back: nobody is in it unless its round is drawn again.",
    },
)


@object_type(broadcastable=True)
class HeatGame:
    """What somebody reached in a game of a heat."""

    number: int = attribute("Counts from 1.")
    place: int = attribute("The place, which those who are level share.")
    score: int = attribute("The score.")
    place_points: int = attribute("What the place brought.")
    score_points: int = attribute("What the score brought.")
    is_absent: bool = attribute("Whether they were not there, and got nothing for the place.")


@object_type(broadcastable=True)
class HeatEntrant:
    """Somebody in a heat."""

    heat: strawberry.Private[domain.HeatState]
    seat: strawberry.Private[domain.HeatSeat]
    round: int = attribute_of("heat.round", "The round of the heat.")
    heat_number: int = attribute_of("heat.number", "The number of the heat in the round.")
    name: str = attribute_of("seat.name", "The name at registration.")
    seed: int = attribute_of("seat.seed", "The seed in the stage.")
    place: int | None = attribute_of(
        "seat.place",
        "The place in the heat so far, which equals share: by points, then the best places, then score; who left before"
        " its end is behind the others. Null until a game is reported.",
    )
    points: int = attribute_of("seat.points", "The points of all games so far.")
    has_left: bool = attribute_of("seat.has_left", "Whether they have left, and go on no further.")
    is_through: bool | None = attribute_of(
        "seat.is_through", "Whether they go on to the next round. Null until the round is over."
    )

    @field(broadcastable=True)
    def score(self) -> int:
        """The score of all games so far."""
        return sum(reached.score for reached in self.seat.games)

    @field(size=4, broadcastable=True)
    def games(self) -> list[HeatGame]:
        """What they reached in each game so far, as long as they took part."""
        return [
            HeatGame(
                number=number,
                place=reached.place,
                score=reached.score,
                place_points=domain.place_points(reached, self.heat.terms),
                score_points=domain.score_points(reached, self.heat.terms),
                is_absent=reached.is_absent,
            )
            for number, reached in enumerate(self.seat.games, start=1)
        ]

    @field(broadcastable=True)
    async def entrant(self, info: Info) -> EntrantRef:
        """Who."""
        return await _entrant(info.context, self.seat.entrant_id)


@object_type(broadcastable=True)
class Heat(Node):
    """A heat of a free-for-all."""

    state: strawberry.Private[domain.HeatState]
    stage: int = attribute_of("state.stage", "The number of its stage.")
    round: int = attribute_of("state.round", "Counts from 1 in the stage.")
    number: int = attribute_of("state.number", "Counts from 1 in the round.")
    status: HeatStatus = attribute_of("state.status", "Where it is in its life.")
    version: int = attribute_of("state.version", "Rises with each change; reports have to name the version they saw.")
    game_count: int = attribute_of("state.terms.games", "How many games it has.")
    finished_at: datetime | None = attribute_of("state.finished_at", "When it was over. Null until then.")

    @field(size=10, broadcastable=True)
    def entrants(self) -> list[HeatEntrant]:
        """Everybody in it, at most 256, by place, then by seed."""
        seats = sorted(self.state.seats, key=lambda seat: (seat.place or 0, seat.seed))
        return [HeatEntrant(heat=self.state, seat=seat) for seat in seats]

    @field(broadcastable=True)
    async def tournament(self, info: Info) -> TournamentRef:
        """What it is a part of."""
        row = await resolve.tournament(info.context, self.state.tournament_id)
        if row is None:
            raise domain.TournamentNotFound
        return types.Tournament.from_model(row)

    @classmethod
    def from_state(cls, state: domain.HeatState) -> Heat:
        """The heat at a version."""
        return cls(id=strawberry.ID(global_id("Heat", state.id)), state=state)


@object_type(broadcastable=True)
class HeatStanding:
    """Where somebody stands in a free-for-all."""

    row: strawberry.Private[domain.HeatStanding]
    seed: int = attribute_of("row.seed", "The seed in the stage.")
    placement: Placement | None = attribute("The places in the stage. Null while they play on.")

    @field(broadcastable=True)
    async def entrant(self, info: Info) -> EntrantRef:
        """Who."""
        return await _entrant(info.context, self.row.entrant_id)

    @field(size=3, broadcastable=True)
    def heats(self) -> list[HeatEntrant]:
        """What they reached in the heat of each round, what it is made of, and whether they went on."""
        return [HeatEntrant(heat=heat, seat=seat) for heat, seat in self.row.seats]

    @classmethod
    def from_row(cls, row: domain.HeatStanding) -> HeatStanding:
        """The standing as clients see it."""
        at = row.placement
        return cls(row=row, placement=None if at is None else Placement(low=at.low, high=at.high))


async def _entrant(ctx: Context, key: UUID) -> types.Entrant:
    row = await resolve.entrant(ctx, key)
    if row is None:
        raise domain.EntrantNotFound
    return types.Entrant.from_model(row)


async def _read_heat(ctx: Context, key: UUID) -> Heat | None:
    state = await resolve.heat(ctx, key)
    return None if state is None else Heat.from_state(state)


readable("Heat", _read_heat)
