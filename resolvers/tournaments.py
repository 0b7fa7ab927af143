"""Requests about tournaments."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from domain import tournaments as domain
from domain.accounts import Granted
from domain.infra.hub import Envelope
from domain.infra.presence import Subject
from domain.kernel.errors import InvalidInput
from domain.kernel.paging import Page, PageRequest
from domain.kernel.participant import ParticipantKind
from domain.matches import MatchState
from domain.tournaments import (
    BracketPlace,
    BracketView,
    EntrantStatus,
    EntrantView,
    GroupMeetings,
    HeatStanding,
    HeatState,
    StageSeat,
    StageView,
    TournamentStatus,
    TournamentView,
    Viewport,
)
from resolvers import presence
from resolvers.context import Context
from resolvers.matches import viewer_runs
from resolvers.presence import AttendanceValue
from resolvers.streams import PUBLIC, Change, ResyncReason, Stream

# How far back a client can resume before it starts over with a snapshot.
REPLAYED = 2000
_MAX_DIGITS = 9


async def tournament(ctx: Context, tournament_id: UUID) -> TournamentView | None:
    """The tournament with this key, if the viewer may see it."""
    found = await ctx.loaders.tournament.load(tournament_id)
    return found if found is not None and await _is_visible(ctx, found) else None


async def tournament_by_slug(ctx: Context, slug: str) -> TournamentView | None:
    """The tournament with this slug, if the viewer may see it."""
    async with ctx.read(told_on=()) as session:
        found = await domain.tournament_by_slug(session, slug)
    ctx.reads.add(None if found is None else [domain.tournament_topic(found.id)])
    return found if found is not None and await _is_visible(ctx, found) else None


async def tournaments(ctx: Context, statuses: Sequence[TournamentStatus], request: PageRequest) -> Page[TournamentView]:
    """A page of the published tournaments, newest first."""
    async with ctx.read(told_on=[domain.LISTS_TOPIC]) as session:
        page = await domain.tournaments_page(session, statuses, request)
    ctx.reads.add([domain.tournament_topic(row.id) for row, _ in page.rows])
    return page


async def description(ctx: Context, tournament_id: UUID) -> str:
    """What the organizers of a tournament say about it."""
    found = await ctx.loaders.tournament_description.load(tournament_id)
    if found is None:
        raise domain.TournamentNotFound
    return found


async def stages(ctx: Context, tournament_id: UUID) -> Sequence[StageView]:
    """The stages of a tournament, in order."""
    return await ctx.loaders.stages.load(tournament_id) or ()


async def opening(ctx: Context, tournament_id: UUID) -> domain.Format:
    """How the first stage of a tournament is played, without the links of a bracket that was given."""
    first, *_ = await stages(ctx, tournament_id)
    return domain.format_of(first)


# Tables of more players than these are computed beside everything else.
_LARGE_FIELD = 200


class GroupView(msgspec.Struct, frozen=True):
    """A group of a stage that has begun, at one instant; all of an elimination is one, without a table.

    `name` is None where there is only one. `matches` are positions among those of the bracket.
    """

    number: int
    name: str | None
    seats: Mapping[int, StageSeat]
    table: domain.GroupTable | None
    bracket: BracketView
    matches: Sequence[int]
    byes: Sequence[domain.Bye]


async def played_stage(ctx: Context, tournament_id: UUID, stage_id: UUID) -> domain.PlayedStage | None:
    """What is played in a stage; None before the tournament starts."""
    ctx.reads.add([domain.bracket_topic(tournament_id), domain.tournament_topic(tournament_id)])
    return await ctx.loaders.played_stage.load((tournament_id, stage_id))


async def groups(
    ctx: Context, tournament: TournamentView, stage: StageView, only: int | None = None
) -> list[GroupView]:
    """The groups of a stage, or one of them; none before it begins."""
    played = await played_stage(ctx, tournament.id, stage.id)
    if played is None or not played.seats:
        return []
    indexes = played.bracket.groups.get(stage.id, {})
    seats = {seat.seed: seat for seat in played.seats if only in (None, seat.group)}
    byes: dict[int | None, list[domain.Bye]] = {}
    for bye in (each for each in played.byes if each.seed in seats):
        byes.setdefault(seats[bye.seed].group, []).append(bye)
    if len(seats) > _LARGE_FIELD:
        # It may take seconds, during which the process goes on with the rest.
        tables = await asyncio.to_thread(domain.tables, stage, played, only)
    else:
        tables = domain.tables(stage, played, only)
    return [
        GroupView(
            number,
            domain.group_name(number) if len(indexes) > 1 else None,
            seats,
            tables.get(number),
            played.bracket,
            indexes[number],
            byes.get(number, ()),
        )
        for number in sorted(indexes)
        if only in (None, number)
    ]


async def requested_byes(ctx: Context, stage: StageView) -> Sequence[domain.Requested]:
    """The rounds of a Swiss that people have asked to sit out, by rounds."""
    return await ctx.loaders.stage_requests.load((stage.tournament_id, stage.id)) or ()


async def group_meetings(ctx: Context, tournament: TournamentView, stage: StageView) -> GroupMeetings | None:
    """When two who played in one group can first meet again in a stage; None where that is not known."""
    given = domain.format_of(stage)
    sources = {source.stage for source in domain.sources_from(stage.sources)}
    seats = await ctx.loaders.stage_field.load((tournament.id, stage.id))
    if not sources or not seats or tournament.draw_id is None or not given.is_level:
        return None
    before = [row for row in await stages(ctx, tournament.id) if row.number in sources]
    fields = await ctx.loaders.stage_field.load_many([(tournament.id, row.id) for row in before])
    # Whoever played in several of them comes from the last; whoever comes out of no group is nobody's mate.
    group_of: dict[UUID, tuple[int, int]] = {
        seat.entrant.id: (row.number, seat.group)
        for row, field in zip(before, fields, strict=True)
        for seat in field or ()
        if seat.group is not None
    }
    index = await ctx.loaders.event_index.load((tournament.id, tournament.draw_id))
    # The stage may have begun since the draw of the tournament was read.
    if index is None or stage.id not in index.stages or not group_of:
        return None
    groups = [group_of.get(seat.entrant.id, seat.entrant.id) for seat in seats]
    return domain.earliest_meetings(index.stages[stage.id].graph, groups)


async def heat(ctx: Context, heat_id: UUID) -> HeatState | None:
    """The heat with this key, if the viewer may see its tournament."""
    found = await ctx.loaders.heat.load(heat_id)
    return found if found is not None and await tournament(ctx, found.tournament_id) is not None else None


async def heats(ctx: Context, stage: StageView, round_: int | None, request: PageRequest) -> Page[HeatState]:
    """A page of the heats of a stage, by rounds."""
    ctx.reads.add([domain.bracket_topic(stage.tournament_id)])
    page = await ctx.loaders.heat_page.load((stage.id, round_, request))
    assert page is not None
    return page


async def heat_standings(ctx: Context, stage: StageView, request: PageRequest) -> Page[HeatStanding]:
    """A page of who stands where in a free-for-all, from the top. Its cursors are how many come before.

    Raises:
        InvalidInput: the cursor is none of this list.
    """
    ctx.reads.add([domain.bracket_topic(stage.tournament_id)])
    first = 0 if request.after is None else _position(request.after)
    standings = domain.heat_standings(await ctx.loaders.stage_heats.load(stage.id) or ())
    rows = standings[first : first + request.size]
    return Page(
        [(row, (str(position),)) for position, row in enumerate(rows, start=first + 1)],
        has_previous=request.after is not None,
        has_next=len(standings) > first + request.size,
    )


async def seeding_report(ctx: Context, tournament_id: UUID) -> domain.SeedingReport | None:
    """How a tournament was seeded that keeps entrants apart, if the viewer runs it."""
    return await ctx.loaders.seeding_report.load(tournament_id) if await viewer_runs(ctx, tournament_id) else None


async def staff(ctx: Context, tournament_id: UUID) -> list[Granted]:
    """Who has which role in a tournament."""
    return await ctx.loaders.grants.load(tournament_id) or []


async def entrants(
    ctx: Context, tournament_id: UUID, statuses: Sequence[EntrantStatus], request: PageRequest
) -> Page[EntrantView]:
    """A page of the entrants, by registration."""
    page = await ctx.loaders.entrant_page.load((tournament_id, tuple(statuses), request))
    assert page is not None
    return page


async def entrant(ctx: Context, entrant_id: UUID) -> EntrantView | None:
    """The entrant with this key, if the viewer may see its tournament."""
    found = await ctx.loaders.entrant.load(entrant_id)
    return found if found is not None and await tournament(ctx, found.tournament_id) is not None else None


async def guest(ctx: Context, key: UUID) -> EntrantView | None:
    """The guest with this key, if the viewer may see their tournament."""
    found = await ctx.loaders.guest.load(key)
    return found if found is not None and await tournament(ctx, found.tournament_id) is not None else None


async def present_guest(ctx: Context, key: UUID) -> EntrantView:
    """The guest who competes somewhere that the viewer has been shown."""
    found = await ctx.loaders.guest.load(key)
    if found is None:
        raise domain.EntrantNotFound
    return found


async def players(ctx: Context, entrant_id: UUID) -> list[UUID]:
    """The users who play for an entrant."""
    return await ctx.loaders.players.load(entrant_id) or []


async def viewer_entrant(ctx: Context, tournament_id: UUID) -> EntrantView | None:
    """The entrant the viewer plays for."""
    if ctx.actor.user_id is None:
        return None
    return await ctx.loaders.entry.load((tournament_id, ctx.actor.user_id))


async def bracket(ctx: Context, tournament: TournamentView, viewport: Viewport | None) -> BracketView | None:
    """The bracket, or a part of it, not older than the row of its tournament; None before the start."""
    ctx.reads.add([domain.bracket_topic(tournament.id)])
    if viewport is None or tournament.draw_id is None:
        return await _view(ctx, tournament)
    return await ctx.loaders.bracket_window.load((tournament.id, viewport))


async def progress(ctx: Context, tournament: TournamentView) -> BracketView | None:
    """The same for who looks at the statuses of its matches alone, which change less often."""
    ctx.reads.add([domain.progress_topic(tournament.id)])
    return await _view(ctx, tournament)


async def earliest_rematch_round(ctx: Context, tournament: TournamentView) -> int | None:
    """The first lower round of the first stage in which two who met in the upper bracket can meet again; None when they
    cannot.
    """
    assert tournament.draw_id is not None
    index = await ctx.loaders.event_index.load((tournament.id, tournament.draw_id))
    assert index is not None
    return next(iter(index.stages.values())).rematch_round


async def place(ctx: Context, match_id: UUID) -> BracketPlace | None:
    """Where a match stands in its bracket; None outside of one."""
    return await ctx.loaders.place.load(match_id)


async def is_registration_open(ctx: Context, tournament: TournamentView) -> bool:
    """Whether somebody could register now."""
    if tournament.status is TournamentStatus.RUNNING:
        return await _takes_late_entries(ctx, tournament)
    problem = domain.registration_problem(
        ctx.clock.now(),
        tournament.registration_opens_at,
        tournament.registration_closes_at,
        tournament.starts_at,
        is_stopped=tournament.is_registration_stopped,
    )
    takes_registrations = tournament.entrant_kind is not ParticipantKind.GUEST
    return takes_registrations and tournament.status is TournamentStatus.PUBLISHED and problem is None


async def _takes_late_entries(ctx: Context, tournament: TournamentView) -> bool:
    first, *_ = await stages(ctx, tournament.id)
    if domain.late_entry_problem(is_stopped=tournament.is_registration_stopped) or not domain.takes_late_entries(first):
        return False
    assert tournament.draw_id is not None
    index = await ctx.loaders.event_index.load((tournament.id, tournament.draw_id))
    assert index is not None
    return domain.takes_late_entries(first, index.rounds_drawn(first.id))


class BracketSnapshot(msgspec.Struct, frozen=True):
    """A tournament and its bracket at one instant."""

    tournament: TournamentView
    bracket: BracketView | None


class MatchChange(msgspec.Struct, frozen=True):
    """A match at a new version."""

    sequence: int
    state: MatchState


class HeatChange(msgspec.Struct, frozen=True):
    """A heat at a new version."""

    sequence: int
    state: HeatState


class TournamentChange(msgspec.Struct, frozen=True):
    """A tournament after something about it changed."""

    sequence: int
    tournament: TournamentView


BracketValue = BracketSnapshot | MatchChange | HeatChange | TournamentChange | ResyncReason


async def bracket_changes(ctx: Context, tournament_id: UUID, after: int | None) -> Stream[BracketValue]:
    """What happens in a tournament; every version of every match and heat once, in order.

    Raises:
        TournamentNotFound: there is no such tournament, or it is a draft of somebody else.
    """
    audience = await audience_of(ctx, tournament_id)

    async def snapshot(ctx: Context) -> list[Change[BracketValue]]:
        await check_audience(ctx, audience, tournament_id)
        async with ctx.snapshot() as session:
            row = (await domain.tournaments_by_id(session, [tournament_id]))[tournament_id]
            views = await domain.brackets_of(session, [row])
        return [Change(BracketSnapshot(row, views.get(tournament_id)), row.change_count)]

    async def replay(ctx: Context, after: int) -> list[Change[BracketValue]] | None:
        await check_audience(ctx, audience, tournament_id)
        async with ctx.snapshot() as session:
            seen = await domain.changes_after(session, tournament_id, after, REPLAYED)
            row = (await domain.tournaments_by_id(session, [tournament_id]))[tournament_id]
        if seen is None:
            return None
        return [_change(change, row) for change in seen]

    async def changes(ctx: Context, envelope: Envelope) -> list[Change[BracketValue]]:
        await check_audience(ctx, audience, tournament_id)
        fact = msgspec.convert(envelope.payload, domain.BracketChanged)
        seen = domain.SeenChange(fact.sequence, fact.match, fact.heat)
        if fact.match is not None or fact.heat is not None:
            return [_change(seen, None)]
        row = await ctx.loaders.tournament.load(tournament_id)
        assert row is not None
        return [_change(seen, row)]

    return Stream(
        topics=(domain.bracket_topic(tournament_id),),
        audience=audience,
        after=after,
        is_state=False,
        snapshot=snapshot,
        replay=replay,
        changes=changes,
        resync=lambda reason: reason,
        watching=await presence.watching(ctx, _watched(tournament_id)),
    )


async def viewer_count(ctx: Context, tournament_id: UUID) -> int:
    """How many follow the bracket of a tournament."""
    return await presence.viewer_count(ctx, _watched(tournament_id))


async def presence_changes(ctx: Context, tournament_id: UUID) -> Stream[AttendanceValue]:
    """Who follows the bracket of a tournament, as a stream.

    Raises:
        TournamentNotFound: there is no such tournament, or it is a draft of somebody else.
    """
    audience = await audience_of(ctx, tournament_id)

    async def check(ctx: Context) -> None:
        await check_audience(ctx, audience, tournament_id)

    return presence.changes(_watched(tournament_id), audience, check)


async def _view(ctx: Context, tournament: TournamentView) -> BracketView | None:
    if tournament.draw_id is None:
        return None
    return domain.kept_view(tournament) or await ctx.loaders.bracket.load(tournament.id)


def _position(after: tuple[str, ...]) -> int:
    if len(after) != 1 or not (after[0].isascii() and after[0].isdigit()) or len(after[0]) > _MAX_DIGITS:
        raise InvalidInput("This cursor is not from this list.", "after")
    return int(after[0])


def _watched(tournament_id: UUID) -> Subject:
    return Subject("tournament", tournament_id)


def _change(seen: domain.SeenChange, tournament: TournamentView | None) -> Change[BracketValue]:
    """A change as a message. `tournament` is needed when it is of the tournament itself."""
    if seen.match is not None:
        return Change(MatchChange(seen.sequence, seen.match), seen.sequence)
    if seen.heat is not None:
        return Change(HeatChange(seen.sequence, seen.heat), seen.sequence)
    assert tournament is not None
    return Change(TournamentChange(seen.sequence, tournament), seen.sequence)


async def _is_visible(ctx: Context, tournament: TournamentView) -> bool:
    return tournament.is_published or await viewer_runs(ctx, tournament.id)


async def audience_of(ctx: Context, tournament_id: UUID) -> str:
    """Whose rights a stream about a tournament is granted by.

    Raises:
        TournamentNotFound: there is no such tournament, or it is a draft of somebody else.
    """
    found = await tournament(ctx, tournament_id)
    if found is None:
        raise domain.TournamentNotFound
    return PUBLIC if found.is_published else f"user:{ctx.actor.user_id}"


async def check_audience(ctx: Context, audience: str, tournament_id: UUID) -> None:
    """Refuse who may not see the tournament any more. What is published stays so, and is not asked about again.

    Raises:
        TournamentNotFound: it is a draft that the actor no longer runs.
    """
    if audience != PUBLIC and await tournament(ctx, tournament_id) is None:
        raise domain.TournamentNotFound
