"""Requests about ladders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TypeVar
from uuid import UUID

import msgspec

from domain import tournaments as domain
from domain.kernel.errors import InvalidInput
from domain.kernel.paging import Page, PageRequest
from domain.tournaments import LadderMatch, LadderStanding, LadderView, Move, StageView, TournamentView
from resolvers import tournaments
from resolvers.context import Context

T = TypeVar("T")


class LadderNow(msgspec.Struct, frozen=True, dict=True):
    """A ladder, and who stands where at the instant of the request."""

    tournament_id: UUID
    view: LadderView
    standing: LadderStanding[int]

    @property
    def next_drop_at(self) -> datetime | None:
        """When somebody drops next, unless they play; None also where it was ended."""
        return None if self.view.closed_at is not None else self.standing.next_drop_at

    @cached_property
    def in_challenge(self) -> frozenset[int]:
        """Who plays in an open challenge, by seed."""
        return frozenset(seed for match in self.view.matches if match.is_open for seed in match.pair)

    def rungs(self, request: PageRequest) -> Page[int]:
        """A page of those on it, by rank from 1."""
        ranks = range(1, len(self.standing.order) + 1)
        return _page(ranks, ranks, request)

    def challenges(self, request: PageRequest) -> Page[LadderMatch]:
        """A page of the open challenges, the oldest first."""
        open_ = [match for match in self.view.matches if match.is_open]
        return _page(open_, [match.number for match in open_], request)

    def moves(self, request: PageRequest) -> Page[Move[int]]:
        """A page of what challenges did, the newest first."""
        newest = self.standing.moves[::-1]
        return _page(newest, range(-len(newest), 0), request)


async def ladder(ctx: Context, tournament: TournamentView, stage: StageView) -> LadderNow | None:
    """The ladder of a stage; None before it begins, and of other stages."""
    if stage.structure is not domain.Structure.LADDER or tournament.draw_id is None:
        return None
    ctx.reads.add([domain.progress_topic(tournament.id)])
    view = await ctx.loaders.ladder.load((tournament.id, stage.id))
    if view is None or not view.climbers:
        return None
    return LadderNow(tournament.id, view, view.standing(ctx.clock.now()))


async def challengeable(ctx: Context, ladder: LadderNow) -> list[int]:
    """Whom the viewer may challenge now, by seed, the nearest first; nobody for who is not on it."""
    own = await tournaments.viewer_entrant(ctx, ladder.tournament_id)
    seed = next((seed for seed, entrant_id in ladder.view.entrants.items() if own and entrant_id == own.id), None)
    return [] if seed is None else ladder.view.challengeable(seed, ladder.standing.order, ctx.clock.now())


def _page(rows: Sequence[T], keys: Sequence[int], request: PageRequest) -> Page[T]:
    """A page of rows that are in memory, in the order of their keys."""
    after = None if request.after is None else _key(request.after)
    start = 0 if after is None else sum(key <= after for key in keys)
    end = start + request.size
    found = [(row, (str(key),)) for row, key in zip(rows[start:end], keys[start:end], strict=True)]
    return Page(found, has_previous=after is not None, has_next=end < len(rows))


def _key(after: tuple[str, ...]) -> int:
    try:
        (text,) = after
        return int(text)
    except ValueError as error:
        raise InvalidInput("This cursor is of another list.", "after") from error
