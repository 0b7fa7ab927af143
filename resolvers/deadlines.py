"""Requests about deadlines of matches, and about what takes too long."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from domain import deadlines as domain
from domain.deadlines import Attention, CheckInView, DeadlinesView
from domain.kernel.errors import InvalidInput
from domain.matches import DECIDING, MatchState, MatchStatus
from resolvers.context import Context
from resolvers.matches import viewer_has_role


async def deadlines(ctx: Context, tournament_id: UUID) -> DeadlinesView:
    """What is due in the matches of a tournament."""
    return await ctx.loaders.match_deadlines.load(tournament_id) or DeadlinesView(tournament_id, None, None)


async def check_in(ctx: Context, match_id: UUID) -> CheckInView | None:
    """The check-in of a match between its present sides."""
    return await ctx.loaders.check_in.load(match_id)


async def confirms_at(ctx: Context, state: MatchState) -> datetime | None:
    """When the reported result of a match is confirmed by itself; None when none is."""
    if state.status is not MatchStatus.REPORTED:
        return None
    found = await ctx.loaders.confirmation.load(state.id)
    return found.confirms_at if found is not None and found.version == state.version else None


async def attention(ctx: Context, tournament_id: UUID, minutes: int) -> list[Attention] | None:
    """The matches of a tournament that officials should look at; None to whoever is none.

    Raises:
        InvalidInput: the minutes are out of range.
    """
    if not await viewer_has_role(ctx, tournament_id, *DECIDING):
        return None
    if not 0 <= minutes <= domain.MAX_OVERDUE_MINUTES:
        raise InvalidInput(f"Give 0 to {domain.MAX_OVERDUE_MINUTES} minutes.", "minutes")
    before = ctx.clock.now() - timedelta(minutes=minutes)
    async with ctx.read() as session:
        return await domain.attention(session, tournament_id, before)
