"""Requests about vetoes: that of a match, and the stream of it."""

from __future__ import annotations

from uuid import UUID

import msgspec

from domain import matches, vetoes
from domain.infra.hub import Envelope
from domain.matches import EntryKind, LogEntry, MatchState, Scores
from domain.vetoes import Pairing, VetoView
from resolvers.context import Context
from resolvers.streams import PUBLIC, Change, ResyncReason, Stream

# What may have changed the veto of a match, or given it another.
_TELLING = frozenset({EntryKind.VETO, EntryKind.SEATED, EntryKind.RESTORED, EntryKind.NOT_NEEDED})
# What may have told who won its games.
_SCORED = frozenset({EntryKind.SCORE, EntryKind.FINISHED, EntryKind.CORRECTED})


async def veto(ctx: Context, state: MatchState) -> VetoView | None:
    """The veto of a match between its sides; None while these are not known, and where there is none."""
    pairing = _pairing(state)
    return None if pairing is None else await ctx.loaders.veto.load(pairing)


async def veto_by_id(ctx: Context, veto_id: UUID) -> VetoView | None:
    """The veto with this key."""
    async with ctx.read() as session:
        return (await vetoes.vetoes_by_id(session, [veto_id])).get(veto_id)


def games_between(view: VetoView, state: MatchState) -> tuple[Scores, ...]:
    """The games that the match of a veto tells of its sides; none when it has others now."""
    return state.games if _pairing(state) == (view.match_id, view.first_id, view.second_id) else ()


class VetoSnapshot(msgspec.Struct, frozen=True):
    """The veto of a match at one instant, with the games of the match."""

    veto: VetoView | None
    games: tuple[Scores, ...] = ()


class VetoChange(msgspec.Struct, frozen=True):
    """The veto of a match after something about it changed, with the games of the match."""

    veto: VetoView | None
    games: tuple[Scores, ...] = ()


VetoValue = VetoSnapshot | VetoChange | ResyncReason


async def veto_changes(ctx: Context, match_id: UUID) -> Stream[VetoValue]:
    """The veto of a match, each time all of it; only the newest counts.

    Raises:
        MatchNotFound: there is no such match.
    """
    if await ctx.loaders.match.load(match_id) is None:
        raise matches.MatchNotFound

    async def read(ctx: Context) -> tuple[VetoView | None, tuple[Scores, ...], int]:
        async with ctx.snapshot() as session:
            state = (await matches.states_by_id(session, [match_id]))[match_id]
            (newest,) = await matches.newest_log(session, match_id, 1)
            pairing = _pairing(state)
            found = {} if pairing is None else await vetoes.vetoes_of(session, [pairing])
        return next(iter(found.values()), None), state.games, newest.sequence

    async def snapshot(ctx: Context) -> list[Change[VetoValue]]:
        found, games, sequence = await read(ctx)
        return [Change(VetoSnapshot(found, games), sequence)]

    async def replay(ctx: Context, after: int) -> list[Change[VetoValue]] | None:
        return None

    async def changes(ctx: Context, envelope: Envelope) -> list[Change[VetoValue]]:
        entries = msgspec.convert(envelope.payload["entries"], list[LogEntry])
        kinds = {entry.kind for entry in entries}
        if kinds.isdisjoint(_TELLING | _SCORED):
            return []
        found, games, _ = await read(ctx)
        if found is None and kinds.isdisjoint(_TELLING):
            return []
        return [Change(VetoChange(found, games), entries[-1].sequence)]

    return Stream(
        topics=(matches.match_topic(match_id),),
        audience=PUBLIC,
        after=None,
        is_state=True,
        snapshot=snapshot,
        replay=replay,
        changes=changes,
        resync=lambda reason: reason,
    )


def _pairing(state: MatchState) -> Pairing | None:
    first, second = (slot.participant_id for slot in state.slots)
    return None if first is None or second is None else (state.id, first, second)
