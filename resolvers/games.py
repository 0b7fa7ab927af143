"""Requests about games."""

from __future__ import annotations

from uuid import UUID

from domain import games as domain
from domain.games import GameRules, GameView, RatingView
from domain.kernel.paging import Page, PageRequest
from domain.kernel.participant import ParticipantKind
from resolvers.context import Context


async def game(ctx: Context, game_id: UUID) -> GameView:
    """The game with this key; it exists because a row refers to it."""
    found = await ctx.loaders.game.load(game_id)
    if found is None:
        raise domain.GameNotFound
    return found


async def game_rules(ctx: Context, game_id: UUID) -> GameRules:
    """How matches of the game with this key are decided, and what they measure."""
    found = await ctx.loaders.game_rules.load(game_id)
    if found is None:
        raise domain.GameNotFound
    return found


async def visible_game(ctx: Context, game_id: UUID) -> GameView | None:
    """The game with this key, if there is one. Everyone may see it."""
    return await ctx.loaders.game.load(game_id)


async def game_by_slug(ctx: Context, slug: str) -> GameView | None:
    """The game with this slug."""
    return await ctx.loaders.game_by_slug.load(slug)


async def games(ctx: Context, request: PageRequest) -> Page[GameView]:
    """A page of the catalogue."""
    async with ctx.read() as session:
        return await domain.games_page(session, request)


async def rating(ctx: Context, slug: str, kind: ParticipantKind, participant_id: UUID) -> RatingView | None:
    """What is believed of a competitor in the game with this slug; None when nothing is, or there is no such game."""
    found = await game_by_slug(ctx, slug)
    return None if found is None else await ctx.loaders.rating.load((found.id, kind, participant_id))


async def leaderboard(ctx: Context, slug: str, kind: ParticipantKind, request: PageRequest) -> Page[RatingView] | None:
    """A page of the rated competitors of a game, best first; None when there is no game with this slug."""
    found = await game_by_slug(ctx, slug)
    if found is None:
        return None
    async with ctx.read([domain.ratings_topic(found.id)]) as session:
        return await domain.leaderboard_page(session, found.id, kind, request)
