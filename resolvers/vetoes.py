"""Requests about vetoes: that of a match, and the stream of it."""

from __future__ import annotations

from uuid import UUID

import msgspec

from domain import matches, vetoes
from domain.infra.hub import Envelope
from domain.matches import EntryKind, LogEntry, MatchState
from domain.vetoes import Pairing, VetoView
from resolvers.context import Context
from resolvers.streams import PUBLIC, Change, ResyncReason, Stream

# What may have changed the veto of a match, or given it another.
_TELLING = frozenset({EntryKind.VETO, EntryKind.SEATED, EntryKind.RESTORED, EntryKind.NOT_NEEDED})


async def veto(ctx: Context, state: MatchState) -> VetoView | None:
    """The veto of a match between its sides; None while these are not known, and where there is none."""
    pairing = _pairing(state)
    return None if pairing is None else await ctx.loaders.veto.load(pairing)


async def veto_by_id(ctx: Context, veto_id: UUID) -> VetoView | None:
    """The veto with this key."""
    async with ctx.read() as session:
        return (await vetoes.vetoes_by_id(session, [veto_id])).get(veto_id)


class VetoSnapshot(msgspec.Struct, frozen=True):
    """The veto of a match at one instant."""

    veto: VetoView | None


class VetoChange(msgspec.Struct, frozen=True):
    """The veto of a match after something about it changed."""

    veto: VetoView | None


VetoValue = VetoSnapshot | VetoChange | ResyncReason


async def veto_changes(ctx: Context, match_id: UUID) -> Stream[VetoValue]:
    """The veto of a match, each time all of it; only the newest counts.

    Raises:
        MatchNotFound: there is no such match.
    """
    if await ctx.loaders.match.load(match_id) is None:
        raise matches.MatchNotFound

    async def read(ctx: Context) -> tuple[VetoView | None, int]:
        async with ctx.snapshot() as session:
            state = (await matches.states_by_id(session, [match_id]))[match_id]
            (newest,) = await matches.newest_log(session, match_id, 1)
            pairing = _pairing(state)
            found = {} if pairing is None else await vetoes.vetoes_of(session, [pairing])
        return next(iter(found.values()), None), newest.sequence

    async def snapshot(ctx: Context) -> list[Change[VetoValue]]:
        found, sequence = await read(ctx)
        return [Change(VetoSnapshot(found), sequence)]

    async def replay(ctx: Context, after: int) -> list[Change[VetoValue]] | None:
        return None

    async def changes(ctx: Context, envelope: Envelope) -> list[Change[VetoValue]]:
        entries = msgspec.convert(envelope.payload["entries"], list[LogEntry])
        if not any(entry.kind in _TELLING for entry in entries):
            return []
        return [Change(VetoChange((await read(ctx))[0]), entries[-1].sequence)]

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
