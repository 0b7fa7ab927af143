"""The scores of a tournament as a stream."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

from domain import tournaments as domain
from domain.infra.hub import Envelope
from domain.matches import MatchState, MatchStatus
from resolvers import tournaments as resolve
from resolvers.context import Context
from resolvers.streams import Change, ResyncReason, Stream


class ScoresSnapshot(msgspec.Struct, frozen=True):
    """Every match of a tournament that is being played or waits to be."""

    states: Sequence[MatchState]


ScoreValue = ScoresSnapshot | MatchState | ResyncReason

_SHOWN = frozenset({MatchStatus.READY, MatchStatus.LIVE, MatchStatus.REPORTED, MatchStatus.DISPUTED})


async def live_scores(ctx: Context, tournament_id: UUID) -> Stream[ScoreValue]:
    """The scores of a tournament; of each match only the newest counts.

    Raises:
        TournamentNotFound: there is no such tournament, or it is a draft of somebody else.
    """
    audience = await resolve.audience_of(ctx, tournament_id)

    async def snapshot(ctx: Context) -> list[Change[ScoreValue]]:
        await resolve.check_audience(ctx, audience, tournament_id)
        async with ctx.snapshot() as session:
            row = (await domain.tournaments_by_id(session, [tournament_id]))[tournament_id]
            views = await domain.brackets_of(session, [row])
        states = [state for state, _ in views[tournament_id].matches] if tournament_id in views else []
        value = ScoresSnapshot([state for state in states if state.status in _SHOWN])
        return [Change(value, row.change_count, covers={str(state.id): state.version for state in states})]

    async def replay(ctx: Context, after: int) -> list[Change[ScoreValue]] | None:
        return None

    async def changes(ctx: Context, envelope: Envelope) -> list[Change[ScoreValue]]:
        await resolve.check_audience(ctx, audience, tournament_id)
        fact = msgspec.convert(envelope.payload, domain.BracketChanged)
        if fact.match is None:
            return []
        return [Change(fact.match, fact.match.version, key=str(fact.match.id))]

    return Stream(
        topics=(domain.bracket_topic(tournament_id),),
        audience=audience,
        after=None,
        is_state=True,
        snapshot=snapshot,
        replay=replay,
        changes=changes,
        resync=lambda reason: reason,
    )
