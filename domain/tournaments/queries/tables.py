"""Reads of stages that are played in groups: who is in which, and the table of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from domain.infra.db import ReadSession
from domain.infra.views import among, columns_of
from domain.matches import OVER, MatchState, MatchStatus, Outcome
from domain.tournaments.models import Entrant, RequestedBye, StageBye, StageEntrant
from domain.tournaments.queries.events import BracketView, bracket_views
from domain.tournaments.rules.formats import Elimination, RoundRobin, Swiss
from domain.tournaments.rules.placements import Band, placements
from domain.tournaments.rules.progression import Result
from domain.tournaments.rules.rounds import Entry, Kind
from domain.tournaments.rules.stored import format_of
from domain.tournaments.rules.swiss import Exit
from domain.tournaments.rules.swiss_rounds import playing_no_more
from domain.tournaments.rules.tables import Game, Group, equals, table
from domain.tournaments.rules.tiebreaks import Standings
from domain.tournaments.values import GONE, BracketPlace, EntrantView, StageView


class Bye(NamedTuple):
    """Somebody who sat out a round, and what it was worth; points and that in halves, points and earlier byes as they
    were before it.
    """

    round: int
    seed: int
    kind: Kind
    worth: int
    points: int
    earlier: int


class Requested(NamedTuple):
    """Somebody who wants to sit out a round, and what it will be for them."""

    round: int
    kind: Kind
    entrant_id: UUID


_seats, _entrants, _byes = StageEntrant.__table__.c, Entrant.__table__.c, StageBye.__table__.c
_FIELDS = (
    select(_seats.stage_id, _seats.seed, _seats.group_number, *columns_of(Entrant, EntrantView))
    .join(Entrant.__table__, _entrants.id == _seats.entrant_id)
    .where(among(_seats.stage_id, "stage_ids"))
    .order_by(_seats.stage_id, _seats.seed)
)
_BYES = (
    select(_byes.stage_id, *columns_of(StageBye, Bye))
    .where(among(_byes.stage_id, "stage_ids"))
    .order_by(_byes.stage_id, _byes.round, _byes.seed)
)


_requested = RequestedBye.__table__.c
_REQUESTED = (
    select(_requested.stage_id, *columns_of(RequestedBye, Requested))
    .where(among(_requested.stage_id, "stage_ids"))
    .order_by(_requested.stage_id, _requested.round, _requested.entrant_id)
)


class GroupTable(NamedTuple):
    """Who stands where in a group, and by seed who plays no more in it, and why."""

    standings: Standings
    exits: Mapping[int, Exit]


class StageSeat(NamedTuple):
    """Who has a seed in a stage. `group` counts from 1; it is None in an elimination."""

    seed: int
    group: int | None
    entrant: EntrantView


async def stage_fields(
    session: ReadSession, keys: Sequence[tuple[UUID, UUID]]
) -> Mapping[tuple[UUID, UUID], Sequence[StageSeat]]:
    """Who plays in stages, by (tournament, stage), in the order of the seeds there; nobody before they start."""
    seats: dict[UUID, list[StageSeat]] = {stage_id: [] for _, stage_id in keys}
    for stage_id, seed, group, *entrant in await session.execute(_FIELDS, {"stage_ids": list(seats)}):
        seats[stage_id].append(StageSeat(seed, group, EntrantView._make(entrant)))
    return {key: seats[key[1]] for key in keys}


class PlayedStage(NamedTuple):
    """What is played in a stage, by whom, and who sat out, all of one instant."""

    bracket: BracketView
    seats: Sequence[StageSeat]
    byes: Sequence[Bye]


async def played_stages(
    session: ReadSession, keys: Sequence[tuple[UUID, UUID]]
) -> Mapping[tuple[UUID, UUID], PlayedStage]:
    """The stages of tournaments that have started, by (tournament, stage). Pass a snapshot session."""
    views = await bracket_views(session, list({tournament_id: None for tournament_id, _ in keys}))
    seats, byes = await stage_fields(session, keys), await stage_byes(session, keys)
    return {key: PlayedStage(views[key[0]], seats[key], byes[key]) for key in keys if key[0] in views}


async def stage_byes(
    session: ReadSession, keys: Sequence[tuple[UUID, UUID]]
) -> Mapping[tuple[UUID, UUID], Sequence[Bye]]:
    """Who sat out in stages, by (tournament, stage), in the order of the rounds."""
    found: dict[UUID, list[Bye]] = {stage_id: [] for _, stage_id in keys}
    for row in await session.execute(_BYES, {"stage_ids": list(found)}):
        found[row.stage_id].append(Bye(*row[1:]))
    return {key: found[key[1]] for key in keys}


async def requested_byes(session: ReadSession, stage_id: UUID, number: int) -> Mapping[int, Kind]:
    """What a round of a stage is to be for those who do not want to be paired in it, by seed."""
    statement = (
        select(StageEntrant.seed, RequestedBye.kind)
        .join(StageEntrant, StageEntrant.entrant_id == RequestedBye.entrant_id)
        .where(RequestedBye.stage_id == stage_id, RequestedBye.round == number, StageEntrant.stage_id == stage_id)
    )
    return {row.seed: row.kind for row in await session.execute(statement)}


async def stage_requests(
    session: ReadSession, keys: Sequence[tuple[UUID, UUID]]
) -> Mapping[tuple[UUID, UUID], Sequence[Requested]]:
    """The byes that have been requested in stages, by (tournament, stage), in the order of the rounds."""
    found: dict[UUID, list[Requested]] = {stage_id: [] for _, stage_id in keys}
    for row in await session.execute(_REQUESTED, {"stage_ids": list(found)}):
        found[row.stage_id].append(Requested(*row[1:]))
    return {key: found[key[1]] for key in keys}


def tables(stage: StageView, played: PlayedStage, only: int | None = None) -> dict[int, GroupTable]:
    """The table of each group of a stage, or in one, by its number; nothing where there are no groups."""
    settings = format_of(stage).settings
    if not isinstance(settings, RoundRobin | Swiss):
        return {}
    groups = _groups(stage, settings, played, only)
    return {
        number: GroupTable(table(group, settings.ranking), _exits(settings, group)) for number, group in groups.items()
    }


def equal_seats(stage: StageView, played: PlayedStage, *, is_overall: bool) -> list[frozenset[int]]:
    """The seeds of a stage that is over between whom nothing but the seed decides, in sets of two or more."""
    settings = format_of(stage).settings
    if not isinstance(settings, Elimination | RoundRobin | Swiss):
        return []
    if isinstance(settings, Elimination):
        index = played.bracket.index.stages[stage.id]
        results = {
            index.keys[state.id]: Result(state.winner)
            for state, place in played.bracket.matches
            if place.stage_id == stage.id and state.status is MatchStatus.FINISHED
        }
        sharing: dict[Band, set[int]] = defaultdict(set)
        for seed, band in placements(index.graph, results).items():
            sharing[band].add(seed)
        return [frozenset(seeds) for seeds in sharing.values() if len(seeds) > 1]
    return equals(_groups(stage, settings, played).values(), settings.ranking, is_overall=is_overall)


def _groups(
    stage: StageView, settings: RoundRobin | Swiss, played: PlayedStage, only: int | None = None
) -> dict[int, Group]:
    """The groups of a stage, or one of them, by number."""
    seats = {seat.seed: seat for seat in played.seats if only in (None, seat.group)}
    found = played.bracket.groups.get(stage.id, {})
    matches = [played.bracket.matches[at] for number in found if only in (None, number) for at in found[number]]
    byes = [bye for bye in played.byes if bye.seed in seats]
    left = {seat.seed for seat in seats.values() if seat.entrant.status in GONE}
    return played_groups(settings, [(seat.seed, seat.group) for seat in seats.values()], matches, byes, left)


def _exits(settings: RoundRobin | Swiss, group: Group) -> Mapping[int, Exit]:
    if isinstance(settings, Swiss):
        return playing_no_more(settings, group)
    return dict.fromkeys(set(group.seeds).intersection(group.left), Exit.LEFT)


def played_groups(
    settings: RoundRobin | Swiss,
    seats: Collection[tuple[int, int | None]],
    matches: Iterable[tuple[MatchState, BracketPlace]],
    byes: Iterable[Bye],
    left: Collection[int],
) -> dict[int, Group]:
    """The groups of a stage by number, as the rules read them, from the seeds and groups of all and their matches."""
    seeds: dict[int, list[int]] = {}
    for seed, group in seats:
        if group is not None:
            seeds.setdefault(group, []).append(seed)
    games: dict[int, list[Game]] = {group: [] for group in seeds}
    for state, place in matches:
        if place.group is not None:
            games[place.group].append(_game(state, place))
    sat_out: dict[int, dict[tuple[int, int], Entry]] = {group: {} for group in seeds}
    group_of = dict(seats)
    for bye in byes:
        group = group_of[bye.seed]
        if group is not None:
            sat_out[group][bye.seed, bye.round] = Entry(bye.kind, bye.worth)
    is_swiss = isinstance(settings, Swiss)
    planned = settings.planned(len(seats)) if isinstance(settings, Swiss) else None
    return {
        group: Group(
            seeds[group],
            games[group],
            sat_out[group],
            left,
            is_predetermined=not is_swiss,
            planned=planned,
            has_sides=settings.has_sides,
        )
        for group in sorted(seeds)
    }


def _game(state: MatchState, place: BracketPlace) -> Game:
    first, second = place.sources
    assert first.seed is not None
    assert second.seed is not None
    scores = [slot.score for slot in state.slots if slot.score is not None]
    return Game(
        place.round,
        (first.seed, second.seed),
        is_over=state.status in OVER,
        is_played=state.outcome is Outcome.PLAYED,
        winner=state.winner,
        scores=(scores[0], scores[1]) if len(scores) == 2 else None,
        is_begun=state.status not in (MatchStatus.PENDING, MatchStatus.READY),
    )
