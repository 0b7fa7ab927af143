"""Reads of the games context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import bindparam, select, tuple_

from domain.games.models import Game, Rating, RatingChange
from domain.games.values import Competitor, GameRules, GameView, RatingView
from domain.infra.db import ReadSession
from domain.infra.paging import Pages
from domain.infra.views import among, select_view
from domain.kernel.paging import Page, PageRequest
from domain.kernel.participant import ParticipantKind

_games, _ratings = Game.__table__.c, Rating.__table__.c
_GAMES_BY_ID = select_view(Game, GameView).where(among(_games.id, "ids"))
_GAMES_BY_SLUG = select_view(Game, GameView).where(among(_games.slug, "slugs"))
_RULES_BY_ID = select_view(Game, GameRules).where(among(_games.id, "ids"))
_CATALOGUE = Pages(select_view(Game, GameView), (_games.name, _games.id), GameView._make)
_RATINGS_BY_KEY = select_view(Rating, RatingView).where(
    tuple_(_ratings.game_id, _ratings.kind, _ratings.participant_id).in_(bindparam("keys", expanding=True))
)
_LEADERBOARD = Pages(
    select_view(Rating, RatingView).where(_ratings.game_id == bindparam("game_id"), _ratings.kind == bindparam("kind")),
    (_ratings.ordinal, _ratings.participant_id),
    RatingView._make,
    descending=True,
)


async def games_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, GameView]:
    """Games by key."""
    return {view.id: view for view in map(GameView._make, await session.execute(_GAMES_BY_ID, {"ids": ids}))}


async def games_by_slug(session: ReadSession, slugs: Sequence[str]) -> Mapping[str, GameView]:
    """Games by slug."""
    return {view.slug: view for view in map(GameView._make, await session.execute(_GAMES_BY_SLUG, {"slugs": slugs}))}


async def game_rules_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, GameRules]:
    """How games are decided and what they measure, by key."""
    return {view.id: view for view in map(GameRules._make, await session.execute(_RULES_BY_ID, {"ids": ids}))}


async def game_by_slug(session: ReadSession, slug: str) -> GameView | None:
    """The game with this slug."""
    return (await games_by_slug(session, [slug])).get(slug)


async def games_page(session: ReadSession, request: PageRequest) -> Page[GameView]:
    """The catalogue, by name."""
    return await _CATALOGUE.page(session, request)


async def ratings_by_key(
    session: ReadSession, keys: Sequence[tuple[UUID, ParticipantKind, UUID]]
) -> Mapping[tuple[UUID, ParticipantKind, UUID], RatingView]:
    """Ratings by game, kind and competitor; absent for whoever has no rated match."""
    found = map(RatingView._make, await session.execute(_RATINGS_BY_KEY, {"keys": keys}))
    return {(view.game_id, view.kind, view.participant_id): view for view in found}


async def ratings_of(
    session: ReadSession, game_id: UUID, keys: Sequence[Competitor]
) -> Mapping[Competitor, RatingView]:
    """What is believed of competitors in one game; absent for whoever has no rated match."""
    found = await ratings_by_key(session, [(game_id, key.kind, key.id) for key in keys])
    return {Competitor(kind, participant_id): view for (_, kind, participant_id), view in found.items()}


async def leaderboard_page(
    session: ReadSession, game_id: UUID, kind: ParticipantKind, request: PageRequest
) -> Page[RatingView]:
    """The rated competitors of a game, best first by the skill they very probably exceed."""
    return await _LEADERBOARD.page(session, request, game_id=game_id, kind=kind)


async def rating_changes_of_match(session: ReadSession, match_id: UUID) -> Sequence[RatingChange]:
    """What a match did to the ratings of its sides, in the order of its sides; empty when it does not count."""
    statement = select(RatingChange).where(RatingChange.match_id == match_id).order_by(RatingChange.slot)
    return list(await session.scalars(statement))
