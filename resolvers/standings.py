"""The tables of a tournament as a stream: all of them, then each group again whenever something counts in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec

from domain import tournaments as domain
from domain.infra.hub import Envelope
from domain.matches import OVER
from domain.tournaments import (
    EntrantView,
    EventIndex,
    HeatStanding,
    Placement,
    SeenChange,
    StageView,
    Structure,
    TournamentView,
)
from resolvers import tournaments as resolve
from resolvers.context import Context
from resolvers.streams import Change, ResyncReason, Stream


class StandingsSnapshot(msgspec.Struct, frozen=True):
    """A tournament at one instant."""

    tournament: TournamentView


class GroupChange(msgspec.Struct, frozen=True):
    """A group after the change with this number. Its table is computed when the message is written, and only then."""

    sequence: int
    tournament: TournamentView
    stage: StageView
    group: int


class SeedCut(msgspec.Struct, frozen=True):
    """Equals of the stage with this number whom their seeds alone parted: some went on, others did not.

    `round` is that of the heats from which some went on in the stage itself; None: they came into another stage.
    """

    stage: int
    went_on: Sequence[EntrantView]
    stayed: Sequence[EntrantView]
    round: int | None = None


async def cuts_by_seed(ctx: Context, tournament: TournamentView, stage: StageView) -> list[SeedCut]:
    """Where nothing but the seed decided who came into a stage, and who went on from a round of its heats; nothing
    before it begins.
    """
    here = await _seated(ctx, tournament, stage)
    if not here:
        return []
    earlier = [row for row in await resolve.stages(ctx, tournament.id) if row.number < stage.number]
    found: dict[tuple[int, frozenset[int]], SeedCut] = {}
    for source in domain.sources_from(stage.sources):
        origin = earlier[source.stage - 1]
        # Whoever came by way of another stage was let in by that one.
        others = [row for row in earlier if source.stage in {each.stage for each in domain.sources_from(row.sources)}]
        came = here.difference(*[await _seated(ctx, tournament, row) for row in others])
        by_seed = await _by_seed(ctx, tournament, origin)
        for equal in await _equals(ctx, tournament, origin, is_overall=source.is_overall):
            entrants = [by_seed[seed] for seed in sorted(equal)]
            went_on = [each for each in entrants if each.id in came]
            stayed = [each for each in entrants if each.id not in came and each.status not in domain.GONE]
            if went_on and stayed:
                found[origin.number, equal] = SeedCut(origin.number, went_on, stayed)
    return [*found.values(), *await _cuts_in_heats(ctx, tournament, stage)]


async def _equals(
    ctx: Context, tournament: TournamentView, origin: StageView, *, is_overall: bool
) -> list[frozenset[int]]:
    """The seeds of a stage that is over between whom nothing but the seed decides, in sets of two or more."""
    if origin.structure is Structure.FREE_FOR_ALL:
        return _level(domain.heat_standings(await ctx.loaders.stage_heats.load(origin.id) or ()))
    played = await resolve.played_stage(ctx, tournament.id, origin.id)
    return [] if played is None else domain.equal_seats(origin, played, is_overall=is_overall)


def _level(standings: Iterable[HeatStanding]) -> list[frozenset[int]]:
    """Those who share a place in a free-for-all."""
    sharing: dict[Placement | None, set[int]] = defaultdict(set)
    for standing in standings:
        sharing[standing.placement].add(standing.seed)
    return [frozenset(seeds) for seeds in sharing.values() if len(seeds) > 1]


async def _cuts_in_heats(ctx: Context, tournament: TournamentView, stage: StageView) -> list[SeedCut]:
    if stage.structure is not Structure.FREE_FOR_ALL:
        return []
    by_seed = await _by_seed(ctx, tournament, stage)
    parted = domain.parted_in_heats(await ctx.loaders.stage_heats.load(stage.id) or ())
    return [
        SeedCut(
            stage.number,
            [by_seed[seed] for seed in cut.went_on],
            [by_seed[seed] for seed in cut.stayed],
            cut.round,
        )
        for cut in parted
    ]


async def _by_seed(ctx: Context, tournament: TournamentView, stage: StageView) -> dict[int, EntrantView]:
    seats = await ctx.loaders.stage_field.load((tournament.id, stage.id)) or ()
    return {seat.seed: seat.entrant for seat in seats}


async def _seated(ctx: Context, tournament: TournamentView, stage: StageView) -> set[UUID]:
    """The entrants who play in a stage."""
    return {seat.entrant.id for seat in await ctx.loaders.stage_field.load((tournament.id, stage.id)) or ()}


StandingsValue = StandingsSnapshot | GroupChange | ResyncReason


async def standings_changes(ctx: Context, tournament_id: UUID, after: int | None) -> Stream[StandingsValue]:
    """Who stands where in a tournament; of each group only the newest table counts.

    Versions are those of `bracket_changes`.

    Raises:
        TournamentNotFound: there is no such tournament, or it is a draft of somebody else.
    """
    audience = await resolve.audience_of(ctx, tournament_id)

    async def snapshot(ctx: Context) -> list[Change[StandingsValue]]:
        await resolve.check_audience(ctx, audience, tournament_id)
        async with ctx.read() as session:
            row = (await domain.tournaments_by_id(session, [tournament_id]))[tournament_id]
        index = await _index(ctx, row)
        covers = {} if index is None else {_key(*group): row.change_count for group in _groups(index)}
        return [Change(StandingsSnapshot(row), row.change_count, covers=covers)]

    async def replay(ctx: Context, after: int) -> list[Change[StandingsValue]] | None:
        await resolve.check_audience(ctx, audience, tournament_id)
        async with ctx.read() as session:
            seen = await domain.changes_after(session, tournament_id, after, resolve.REPLAYED)
        return None if seen is None else await _tables(ctx, tournament_id, seen)

    async def changes(ctx: Context, envelope: Envelope) -> list[Change[StandingsValue]]:
        await resolve.check_audience(ctx, audience, tournament_id)
        fact = msgspec.convert(envelope.payload, domain.BracketChanged)
        return await _tables(ctx, tournament_id, [SeenChange(fact.sequence, fact.match)])

    return Stream(
        # Told of matches that are over and of the tournament itself; nothing else counts in a table.
        topics=(domain.tournament_topic(tournament_id),),
        audience=audience,
        after=after,
        is_state=True,
        snapshot=snapshot,
        replay=replay,
        changes=changes,
        resync=lambda reason: reason,
    )


async def _tables(ctx: Context, tournament_id: UUID, seen: Iterable[SeenChange]) -> list[Change[StandingsValue]]:
    """The groups in which these changes count, each at the last of them."""
    row = await ctx.loaders.tournament.load(tournament_id)
    assert row is not None
    index = await _index(ctx, row)
    if index is None:
        return []
    stages = {stage.id: stage for stage in await resolve.stages(ctx, tournament_id)}
    newest: dict[tuple[UUID, int], int] = {}
    for change in seen:
        newest.update(dict.fromkeys(_counting(index, change), change.sequence))
    return [
        Change(GroupChange(sequence, row, stages[stage_id], group), sequence, _key(stage_id, group))
        for (stage_id, group), sequence in newest.items()
    ]


def _counting(index: EventIndex, change: SeenChange) -> Sequence[tuple[UUID, int]]:
    """The groups in which a change counts. One of the tournament itself, such as that somebody left, may in any."""
    if change.match is None:
        return _groups(index)
    place = index.places.get(change.match.id)
    if place is None:  # A round that is not needed any more had it. That is a change of the tournament, too.
        return ()
    return [(place.stage_id, place.group)] if place.group is not None and change.match.status in OVER else ()


def _groups(index: EventIndex) -> list[tuple[UUID, int]]:
    return list(
        {(place.stage_id, place.group): None for place in index.places.values() if place.group is not None}  # in order
    )


async def _index(ctx: Context, row: TournamentView) -> EventIndex | None:
    return None if row.draw_id is None else await ctx.loaders.event_index.load((row.id, row.draw_id))


def _key(stage_id: UUID, group: int) -> str:
    return f"{stage_id}.{group}"
