"""Games, as clients see them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry

from domain.games import GameView, OptionKind, RatingView
from domain.kernel.ids import global_id
from domain.kernel.participant import ParticipantKind
from resolvers import games as resolve
from resolvers.context import Context
from resolvers.paging import page_request
from schema import participants
from schema.fields import Info, attribute, attribute_of, enum_type, field, object_type
from schema.node import Node, readable
from schema.paging import After, Connection, First, connection

enum_type(
    OptionKind,
    {
        "MAP": "A map that it is played on.",
        "MODE": "A mode that it is played in.",
        "DISCIPLINE": "A discipline that it is played by.",
    },
    name="GameOptionKind",
)


@object_type(broadcastable=True)
class MatchFormat:
    """A way to decide a match of a game."""

    slug: str = attribute("Its short name, such as bo3 or race-to-5.")
    name: str = attribute("What people call it.")
    best_of: int = attribute("How many games it has at most; the first to win more than half wins.")


@object_type(broadcastable=True)
class StatField:
    """Something a match of a game measures."""

    slug: str = attribute("Its short name, such as kills.")
    name: str = attribute("What people call it.")
    unit: str | None = attribute("Its unit. Null for plain counts.")


@object_type(broadcastable=True)
class GameOption:
    """Something that single games of a match can be played on or by, and that sides can ban and pick."""

    slug: str = attribute("Its short name, such as ascent.")
    name: str = attribute("What people call it.")
    kind: OptionKind = attribute("What it is.")


@object_type(broadcastable=True)
class StartingSide:
    """A side of the map on which one can start."""

    slug: str = attribute("Its short name, such as attack.")
    name: str = attribute("What people call it.")


@object_type(broadcastable=True)
class Game(Node):
    """A game of the catalogue."""

    key: strawberry.Private[UUID]
    slug: str = attribute("Its name in addresses.")
    name: str = attribute("What people call it.")
    team_size: int = attribute("How many players a side has.")

    @field(size=5, broadcastable=True)
    async def formats(self, info: Info) -> list[MatchFormat]:
        """The ways to decide a match."""
        return [MatchFormat(**entry) for entry in (await resolve.game_rules(info.context, self.key)).formats]

    @field(size=10, broadcastable=True)
    async def stats(self, info: Info) -> list[StatField]:
        """What a match measures."""
        return [StatField(**entry) for entry in (await resolve.game_rules(info.context, self.key)).stats]

    @field(size=20, broadcastable=True)
    async def options(self, info: Info) -> list[GameOption]:
        """The maps, modes or disciplines that the catalogue knows. Organizers may give a veto others."""
        found = (await resolve.game_rules(info.context, self.key)).options
        return [GameOption(**{**entry, "kind": OptionKind(entry["kind"])}) for entry in found]

    @field(size=2, broadcastable=True)
    async def starting_sides(self, info: Info) -> list[StartingSide]:
        """The two sides on which one can start. Empty where there is no choice between such sides."""
        return [StartingSide(**entry) for entry in (await resolve.game_rules(info.context, self.key)).starting_sides]

    @classmethod
    def from_model(cls, row: GameView) -> Game:
        """The game of a row."""
        return cls(
            id=strawberry.ID(global_id("Game", row.id)),
            key=row.id,
            slug=row.slug,
            name=row.name,
            team_size=row.team_size,
        )


@object_type(broadcastable=True)
class Rating:
    """How good a competitor is believed to be at a game: a normal distribution, by the Plackett-Luce model."""

    row: strawberry.Private[RatingView]
    mu: float = attribute_of("row.mu", "The mean. A newcomer's is 25.")
    sigma: float = attribute_of("row.sigma", "The standard deviation: how uncertain it is. A newcomer's is 25/3.")
    ordinal: float = attribute_of(
        "row.ordinal", "mu - 3 sigma: with 99.7 % probability they are better. Leaderboards rank by it."
    )
    match_count: int = attribute_of("row.matches", "How many matches it rests on.")
    win_count: int = attribute_of("row.wins", "How many of them were won.")

    @field(broadcastable=True)
    async def participant(self, info: Info) -> participants.Participant:
        """Who is rated."""
        return await participants.participant(info, self.row.kind, self.row.participant_id)

    @field(broadcastable=True)
    async def game(self, info: Info) -> Game:
        """The game it is about."""
        return Game.from_model(await resolve.game(info.context, self.row.game_id))

    @classmethod
    def from_model(cls, row: RatingView) -> Rating:
        """The rating of a row."""
        return cls(row=row)


@object_type
class GamesQuery:
    """Reads about games."""

    @field
    async def game(
        self, info: Info, slug: Annotated[str, strawberry.argument(description="Its name in addresses.")]
    ) -> Game | None:
        """The game with this slug. Null when there is none."""
        row = await resolve.game_by_slug(info.context, slug)
        return None if row is None else Game.from_model(row)

    @field
    async def games(self, info: Info, first: First = 20, after: After = None) -> Connection[Game]:
        """The catalogue, by name."""
        found = await resolve.games(info.context, page_request(first, after))
        page: Connection[Game] = connection(found, Game.from_model)
        return page

    @field
    async def leaderboard(
        self,
        info: Info,
        game: Annotated[str, strawberry.argument(description="The slug of the game.")],
        kind: Annotated[ParticipantKind, strawberry.argument(description="Who competes.")] = ParticipantKind.USER,
        first: First = 20,
        after: After = None,
    ) -> Connection[Rating] | None:
        """Everyone with a rated match of a game, best first by `ordinal`. Null when there is no such game."""
        found = await resolve.leaderboard(info.context, game, kind, page_request(first, after))
        return None if found is None else connection(found, Rating.from_model)


async def _read(ctx: Context, key: UUID) -> Game | None:
    row = await resolve.visible_game(ctx, key)
    return None if row is None else Game.from_model(row)


readable("Game", _read)
