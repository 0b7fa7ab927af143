"""The streams of tournaments and matches, asked as the fan-out asks them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest

from domain import tournaments
from domain.infra.db import Database
from domain.infra.hub import Envelope
from domain.infra.outbox import to_json
from domain.matches import MatchStatus
from domain.tournaments import SetStaff, StaffRole, Structure, TournamentNotFound
from resolvers import matches as match_streams
from resolvers import scores as score_streams
from resolvers import tournaments as tournament_streams
from resolvers.context import Context
from resolvers.services import Services
from resolvers.streams import Stream
from tests.factories.games import make_catalogue
from tests.factories.teams import make_people, run
from tests.factories.tournaments import bracket, correction, make_tournament, play, started, states
from tests.fixtures.hub import envelope

Read = Callable[[Context], Awaitable[object]]


def reads_of(stream: Stream[Any], fact: Envelope) -> list[Read]:
    """Everything that the fan-out asks a stream."""
    reads: list[Read] = [stream.snapshot, partial(_second, stream.changes, fact)]
    return reads if stream.is_state else [*reads, partial(_second, stream.replay, 0)]


def _second(read: Callable[[Context, Any], Awaitable[object]], given: Any, ctx: Context) -> Awaitable[object]:
    return read(ctx, given)


async def test_who_no_longer_runs_a_draft_hears_no_more_of_it(db: Database, services: Services) -> None:
    await make_catalogue(db)
    organizer, staff = await make_people(db, "organizer", "staff")
    draft = await make_tournament(db, organizer)
    await run(db, tournaments.set_staff, organizer, SetStaff(draft.id, "staff", role=StaffRole.ORGANIZER))

    for actor in (organizer, staff):
        ctx = Context(services=services, actor=actor)
        bracket = await tournament_streams.bracket_changes(ctx, draft.id, None)
        scores = await score_streams.live_scores(ctx, draft.id)
        watchers = await tournament_streams.presence_changes(ctx, draft.id)
        fact = envelope(bracket.topics[0], tournament_id=str(draft.id), sequence=1, match=None)
        count = envelope(watchers.topics[0], version=1, count=1, named=[])
        reads = reads_of(bracket, fact) + reads_of(scores, fact) + reads_of(watchers, count)
        for read in reads:
            await read(ctx)
        await run(db, tournaments.set_staff, organizer, SetStaff(draft.id, "staff", role=None))
        for read in reads:
            later = Context(services=services, actor=actor)
            if actor is organizer:
                await read(later)
            else:
                with pytest.raises(TournamentNotFound):
                    await read(later)
        await run(db, tournaments.set_staff, organizer, SetStaff(draft.id, "staff", role=StaffRole.ORGANIZER))


async def test_scores_tell_of_a_match_that_is_not_played_for_now(db: Database, services: Services) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event, players = await started(db, organizer, 8, structure=Structure.SINGLE_ELIMINATION)
    for key in ("U1.1", "U1.2", "U2.1", "U1.3", "U1.4", "U2.2"):
        await play(db, (await bracket(db, event.id))[key], players, 0)
    command = correction((await bracket(db, event.id))["U1.1"], 1, force=True)
    await run(db, tournaments.correct_match, organizer, command)
    final = (await bracket(db, event.id))["U3.1"]
    assert (final.status, final.version) == (MatchStatus.PENDING, 4)
    ctx = Context(services=services)
    stream = await score_streams.live_scores(ctx, event.id)
    fact = tournaments.BracketChanged(tournament_id=event.id, sequence=1, match=final)
    (told,) = await stream.changes(ctx, envelope(stream.topics[0], **to_json(fact)))
    assert (told.value, told.version, told.key) == (final, 4, str(final.id))


@pytest.mark.parametrize("after", [2**31, 99_999_999_999, 2**62])
async def test_a_cursor_beyond_the_log_starts_over(db: Database, services: Services, after: int) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event, _ = await started(db, organizer, 2)
    (match, *_) = await states(db, event.id)
    ctx = Context(services=services)
    stream = await match_streams.log_changes(ctx, match.id, after)
    assert await stream.replay(ctx, after) is None
    bracket = await tournament_streams.bracket_changes(ctx, event.id, after)
    assert await bracket.replay(ctx, after) is None
    newest = (await stream.snapshot(ctx))[0].version
    assert await stream.replay(ctx, newest) == []
