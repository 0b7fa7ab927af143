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
from domain.tournaments.models import Entrant, StageBye, StageEntrant
from domain.tournaments.queries.events import BracketView
from domain.tournaments.rules.formats import Elimination, RoundRobin, Swiss
from domain.tournaments.rules.placements import Band, placements
from domain.tournaments.rules.progression import Result
from domain.tournaments.rules.rounds import Kind
from domain.tournaments.rules.stored import format_of
from domain.tournaments.rules.swiss import Exit
from domain.tournaments.rules.swiss_rounds import playing_no_more
from domain.tournaments.rules.tables import Game, Group, equals, table
from domain.tournaments.rules.tiebreaks import Standings
from domain.tournaments.values import GONE, BracketPlace, EntrantView, StageView


class Bye(NamedTuple):
    """Somebody who sat out a Swiss round; points, in halves, and earlier byes as they were before it."""

    round: int
    seed: int
    points: int
    earlier: int


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


async def stage_byes(
    session: ReadSession, keys: Sequence[tuple[UUID, UUID]]
) -> Mapping[tuple[UUID, UUID], Sequence[Bye]]:
    """Who sat out in stages, by (tournament, stage), in the order of the rounds."""
    found: dict[UUID, list[Bye]] = {stage_id: [] for _, stage_id in keys}
    for row in await session.execute(_BYES, {"stage_ids": list(found)}):
        found[row.stage_id].append(Bye(*row[1:]))
    return {key: found[key[1]] for key in keys}


def tables(
    stage: StageView, seats: Sequence[StageSeat], view: BracketView, byes: Iterable[Bye], only: int | None = None
) -> dict[int, GroupTable]:
    """The table of each group of a stage, or in one, by its number; nothing where there are no groups."""
    settings = format_of(stage).settings
    if not isinstance(settings, RoundRobin | Swiss):
        return {}
    wanted = [seat for seat in seats if only in (None, seat.group)]
    in_groups = view.groups.get(stage.id, {})
    matches = [view.matches[at] for number in in_groups if only in (None, number) for at in in_groups[number]]
    left = {seat.seed for seat in wanted if seat.entrant.status in GONE}
    groups = played_groups(settings, [(seat.seed, seat.group) for seat in wanted], matches, byes, left)
    return {
        number: GroupTable(table(group, settings.ranking), _exits(settings, group)) for number, group in groups.items()
    }


def equal_seats(
    stage: StageView, seats: Sequence[StageSeat], view: BracketView, byes: Iterable[Bye], *, is_overall: bool
) -> list[frozenset[int]]:
    """The seeds of a stage that is over between whom nothing but the seed decides, in sets of two or more."""
    settings = format_of(stage).settings
    if not isinstance(settings, Elimination | RoundRobin | Swiss):
        return []
    matches = [(state, place) for state, place in view.matches if place.stage_id == stage.id]
    if isinstance(settings, Elimination):
        index = view.index.stages[stage.id]
        results = {
            index.keys[state.id]: Result(state.winner) for state, _ in matches if state.status is MatchStatus.FINISHED
        }
        sharing: dict[Band, set[int]] = defaultdict(set)
        for seed, band in placements(index.graph, results).items():
            sharing[band].add(seed)
        return [frozenset(seeds) for seeds in sharing.values() if len(seeds) > 1]
    left = {seat.seed for seat in seats if seat.entrant.status in GONE}
    groups = played_groups(settings, [(seat.seed, seat.group) for seat in seats], matches, byes, left)
    return equals(groups.values(), settings.ranking, is_overall=is_overall)


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
    if isinstance(settings, RoundRobin):
        sided = settings.has_sides
        return {group: Group(seeds[group], games[group], left=left, has_sides=sided) for group in sorted(seeds)}
    sat_out = {(bye.seed, bye.round): Kind.PAIRING_BYE for bye in byes}
    planned = settings.planned(len(seats))
    sided = settings.has_sides
    return {1: Group(seeds[1], games[1], sat_out, left, is_predetermined=False, planned=planned, has_sides=sided)}


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
