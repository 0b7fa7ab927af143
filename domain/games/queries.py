"""Reads of the games context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select, tuple_

from domain.games.models import Game, Rating, RatingChange
from domain.games.values import Competitor
from domain.infra.db import ReadSession
from domain.infra.paging import page_of
from domain.kernel.paging import Page, PageRequest
from domain.kernel.participant import ParticipantKind


async def games_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, Game]:
    """Games by key."""
    return {row.id: row for row in await session.scalars(select(Game).where(Game.id.in_(ids)))}


async def games_by_slug(session: ReadSession, slugs: Sequence[str]) -> Mapping[str, Game]:
    """Games by slug."""
    return {row.slug: row for row in await session.scalars(select(Game).where(Game.slug.in_(slugs)))}


async def game_by_slug(session: ReadSession, slug: str) -> Game | None:
    """The game with this slug."""
    return (await session.scalars(select(Game).where(Game.slug == slug))).one_or_none()


async def games_page(session: ReadSession, request: PageRequest) -> Page[Game]:
    """The catalogue, by name."""
    return await page_of(session, select(Game), (Game.name, Game.id), request)


async def ratings_by_key(
    session: ReadSession, keys: Sequence[tuple[UUID, ParticipantKind, UUID]]
) -> Mapping[tuple[UUID, ParticipantKind, UUID], Rating]:
    """Ratings by game, kind and competitor; absent for whoever has no rated match."""
    statement = select(Rating).where(tuple_(Rating.game_id, Rating.kind, Rating.participant_id).in_(keys))
    return {(row.game_id, row.kind, row.participant_id): row for row in await session.scalars(statement)}


async def ratings_of(session: ReadSession, game_id: UUID, keys: Sequence[Competitor]) -> Mapping[Competitor, Rating]:
    """What is believed of competitors in one game; absent for whoever has no rated match."""
    found = await ratings_by_key(session, [(game_id, key.kind, key.id) for key in keys])
    return {Competitor(kind, participant_id): row for (_, kind, participant_id), row in found.items()}


async def leaderboard_page(
    session: ReadSession, game_id: UUID, kind: ParticipantKind, request: PageRequest
) -> Page[Rating]:
    """The rated competitors of a game, best first by the skill they very probably exceed."""
    statement = select(Rating).where(Rating.game_id == game_id, Rating.kind == kind)
    return await page_of(session, statement, (Rating.ordinal, Rating.participant_id), request, descending=True)


async def rating_changes_of_match(session: ReadSession, match_id: UUID) -> Sequence[RatingChange]:
    """What a match did to the ratings of its sides, in the order of its sides; empty when it does not count."""
    statement = select(RatingChange).where(RatingChange.match_id == match_id).order_by(RatingChange.slot)
    return list(await session.scalars(statement))
