"""What a request reads of groups is of one instant, whatever happens between its reads."""

from __future__ import annotations

from domain.kernel.actor import ANONYMOUS
from domain.tournaments import StageSource, StageView, TournamentView
from resolvers import tournaments as resolve
from resolvers.context import Context
from resolvers.services import Services
from tests.factories.games import make_catalogue
from tests.factories.stages import knockout, round_robin, swiss
from tests.factories.teams import make_people
from tests.factories.tournaments import play_on, row_of, started
from tests.schema.server.conftest import services

__all__ = ["services"]


async def _groups(ctx: Context, event: TournamentView, stage: StageView) -> list[resolve.GroupView]:
    found = await resolve.groups(ctx, event, stage)
    assert [len(group.table.standings.rows) for group in found if group.table] == [len(found[0].seats)]
    return found


async def test_a_round_is_drawn_between_the_reads(services: Services) -> None:
    """The bracket was read before the draw, and who sits out after it."""
    await make_catalogue(services.db)
    (organizer,) = await make_people(services.db, "organizer")
    event, people = await started(services.db, organizer, 5, "cup", structure=None, stages=[swiss(rounds=3)])
    ctx = Context(services=services, actor=ANONYMOUS)
    row = await row_of(services.db, event.id)
    (stage,) = await resolve.stages(ctx, event.id)
    assert await resolve.bracket(ctx, row, None) is not None
    await play_on(services.db, event.id, people)
    (group,) = await _groups(ctx, row, stage)
    rounds = {group.bracket.matches[index][1].round for index in group.matches}
    assert rounds == {bye.round for bye in group.byes} == {1, 2, 3}


async def test_a_stage_begins_between_the_reads(services: Services) -> None:
    """The draw was read before the stage began, and who plays in it after."""
    await make_catalogue(services.db)
    (organizer,) = await make_people(services.db, "organizer")
    plans = [round_robin(group_count=2), knockout(StageSource(1, 1, 1))]
    event, people = await started(services.db, organizer, 4, "cup", structure=None, stages=plans)
    ctx = Context(services=services, actor=ANONYMOUS)
    row = await row_of(services.db, event.id)
    _, final = await resolve.stages(ctx, event.id)
    assert row.draw_id is not None
    assert await ctx.loaders.event_index.load((event.id, row.draw_id)) is not None
    await play_on(services.db, event.id, people)
    assert await resolve.group_meetings(ctx, row, final) is None
    fresh = Context(services=services, actor=ANONYMOUS)
    assert await resolve.group_meetings(fresh, await row_of(services.db, event.id), final) is not None
