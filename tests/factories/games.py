"""Games and ratings for tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from uuid import UUID

from domain import games
from domain.games import Competitor
from domain.infra.db import Database, WriteSession
from domain.kernel.participant import ParticipantKind


async def make_catalogue(db: Database) -> None:
    """The games of the catalogue."""
    await db.transaction(games.write_catalogue)


def competitor(number: int, kind: ParticipantKind = ParticipantKind.USER) -> Competitor:
    """A competitor known by a number."""
    return Competitor(kind, UUID(int=number))


async def rate_duels(db: Database, slug: str, duels: Iterable[tuple[int, int, int, int]]) -> None:
    """Let duels count, each (match, first, second, index of the winner) by numbers."""
    for match, first, second, winner in duels:
        await db.transaction(_counted(games.game_key(slug), UUID(int=match), first, second, winner))


def _counted(
    game_id: UUID, match_id: UUID, first: int, second: int, winner: int
) -> Callable[[WriteSession], Awaitable[bool]]:
    sides = (competitor(first), competitor(second))
    return lambda session: games.rate_match(session, game_id, match_id, sides, winner)
