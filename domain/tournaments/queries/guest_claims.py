"""Reads of claims, and of the guests that users have turned out to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import bindparam, select

from domain.infra.db import ReadSession
from domain.infra.paging import Pages
from domain.infra.views import select_view
from domain.kernel.paging import Page, PageRequest
from domain.tournaments.models import Entrant, GuestClaim
from domain.tournaments.values import ClaimStatus, EntrantView

# Whose claimed guests, and which page of them.
ClaimedList = tuple[UUID, PageRequest]

_entrants = Entrant.__table__.c
_OPEN = select(GuestClaim).where(GuestClaim.status == ClaimStatus.OPEN)
_OF_EVENT = Pages[GuestClaim](
    _OPEN.where(GuestClaim.tournament_id == bindparam("tournament_id")), (GuestClaim.created_at, GuestClaim.id)
)
_OF_USER = Pages[GuestClaim](
    _OPEN.where(GuestClaim.user_id == bindparam("user_id")), (GuestClaim.created_at, GuestClaim.id), descending=True
)
# Only guests of events that were published can be claimed, and what was published stays so.
_CLAIMED = Pages(
    select_view(Entrant, EntrantView),
    (_entrants.registered_at, _entrants.id),
    EntrantView._make,
    owner=_entrants.claimed_by_id,
)


async def claims_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, GuestClaim]:
    """Claims by key, whosever they are."""
    return {row.id: row for row in await session.scalars(select(GuestClaim).where(GuestClaim.id.in_(ids)))}


async def open_claims_of_event(session: ReadSession, tournament_id: UUID, request: PageRequest) -> Page[GuestClaim]:
    """The claims of a tournament that wait for an answer, oldest first."""
    return await _OF_EVENT.page(session, request, tournament_id=tournament_id)


async def open_claims_of_user(session: ReadSession, user_id: UUID, request: PageRequest) -> Page[GuestClaim]:
    """The claims of a user that wait for an answer, newest first."""
    return await _OF_USER.page(session, request, user_id=user_id)


async def claimed_pages(session: ReadSession, keys: Sequence[ClaimedList]) -> Mapping[ClaimedList, Page[EntrantView]]:
    """The guests that users have turned out to be, by registration: one statement per distinct page."""
    found: dict[ClaimedList, Page[EntrantView]] = {}
    for request in {request for _, request in keys}:
        users = [user_id for user_id, wanted in keys if wanted == request]
        pages = await _CLAIMED.pages(session, users, request)
        found.update({(user_id, request): page for user_id, page in pages.items()})
    return found
