"""Requests about claims of guests, and about the guests that users have turned out to be."""

from __future__ import annotations

from uuid import UUID

from domain import tournaments as domain
from domain.kernel.paging import Page, PageRequest
from domain.tournaments import EntrantView, claims
from resolvers import accounts
from resolvers.context import Context
from resolvers.matches import viewer_runs


async def claim(ctx: Context, claim_id: UUID) -> claims.GuestClaim | None:
    """The claim with this key, if it is the viewer's, or of a tournament that they run."""
    found = await ctx.loaders.guest_claim.load(claim_id)
    if found is None or found.user_id == ctx.actor.user_id:
        return found
    return found if await viewer_runs(ctx, found.tournament_id) else None


async def open_claims(ctx: Context, tournament_id: UUID, request: PageRequest) -> Page[claims.GuestClaim] | None:
    """A page of the claims of a tournament that wait for an answer, oldest first; None to whoever does not run it."""
    if not await viewer_runs(ctx, tournament_id):
        return None
    async with ctx.read() as session:
        return await domain.guest_claims.open_claims_of_event(session, tournament_id, request)


async def viewer_claims(ctx: Context, request: PageRequest) -> Page[claims.GuestClaim]:
    """A page of the claims of the viewer that wait for an answer, newest first."""
    user_id = ctx.actor.require_user()
    async with ctx.read() as session:
        return await domain.guest_claims.open_claims_of_user(session, user_id, request)


async def claimed_entrants(ctx: Context, user_id: UUID, request: PageRequest) -> Page[EntrantView]:
    """A page of the guests that a user has turned out to be; none to whoever may not look the user up."""
    if await accounts.visible_user(ctx, user_id) is None:
        return Page(rows=[], has_previous=request.after is not None, has_next=False)
    page = await ctx.loaders.claimed_page.load((user_id, request))
    assert page is not None
    return page
