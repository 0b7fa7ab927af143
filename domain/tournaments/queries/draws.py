"""How the matches of a tournament are linked: the graphs that were drawn, joined to the matches.

What is drawn never changes without being another draw.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Row, func, or_, select

from domain.infra.db import ReadSession
from domain.infra.views import among, columns_of
from domain.matches import Match, MatchStatus
from domain.tournaments.models import BracketMatch, Stage, StageEntrant, Tournament
from domain.tournaments.rules.graph import MatchGraph, MatchNode
from domain.tournaments.rules.placements import placement_bands
from domain.tournaments.rules.rematch import earliest_rematch_round
from domain.tournaments.rules.viewport import Layout, layout
from domain.tournaments.values import (
    BracketLink,
    BracketPlace,
    BracketSide,
    BracketSource,
    LoserOf,
    Pairing,
    Placement,
    Seed,
    Source,
    SourceKind,
    Structure,
    TournamentView,
    WinnerOf,
)

# What names the matches of a tournament that have been drawn: its key and its `draw_id`.
Draw = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class BracketIndex:
    """The match graph of a started stage, joined to its matches. A ladder begins without any.

    `number` is that of the stage. Where it is no elimination, everybody plays on, in groups or on a ladder. `layout` is
    how an elimination is drawn, without anything for the others; `rematch_round` is the first lower round in which two
    who met in the upper bracket can meet again.
    """

    stage_id: UUID
    number: int
    is_elimination: bool
    is_ladder: bool
    graph: MatchGraph
    ids: Mapping[str, UUID]
    keys: Mapping[UUID, str]
    places: Mapping[UUID, BracketPlace]
    layout: Layout
    rematch_round: int | None


@dataclass(frozen=True, slots=True)
class EventIndex:
    """The graphs of the stages that have started, in order, as they are after a draw. It never changes.

    `places` has every match of all of them, in playable order.
    """

    tournament_id: UUID
    draw_id: UUID
    stages: Mapping[UUID, BracketIndex]
    places: Mapping[UUID, BracketPlace]

    def rounds_drawn(self, stage_id: UUID) -> int:
        """How many rounds of a stage have matches."""
        return max((node.round for node in self.stages[stage_id].graph.matches), default=0)

    def of(self, match_id: UUID) -> BracketIndex:
        """The graph that a match stands in."""
        return self.stages[self.places[match_id].stage_id]


class _Node(NamedTuple):
    match_id: UUID
    tournament_id: UUID
    stage_id: UUID
    key: str
    side: BracketSide
    group_number: int | None
    round: int
    position: int
    first: str
    second: str
    is_reset: bool
    pairing: dict[str, Any] | None


_nodes, _stages, _tournaments = BracketMatch.__table__.c, Stage.__table__.c, Tournament.__table__.c
_matches = Match.__table__.c
_OWNERS = (
    select(_tournaments.id, _tournaments.draw_id)
    .join(BracketMatch.__table__, _nodes.tournament_id == _tournaments.id)
    .where(among(_nodes.match_id, "match_ids"))
    .distinct()
)
_seats, _laddered = StageEntrant.__table__.c, Stage.__table__.alias()
# Ladders that have begun: they may have no matches yet, and only some of those on them may have played.
_SIZES = (
    select(_seats.stage_id, func.count().label("size"))
    .join(_laddered, _laddered.c.id == _seats.stage_id)
    .where(among(_laddered.c.tournament_id, "tournament_ids"), _laddered.c.structure == Structure.LADDER)
    .group_by(_seats.stage_id)
    .subquery()
)
_NODES = (
    select(
        _stages.tournament_id.label("event_id"),
        _tournaments.draw_id,
        _stages.number,
        _stages.id,
        _SIZES.c.size,
        *columns_of(BracketMatch, _Node),
    )
    .join_from(Stage.__table__, Tournament.__table__, _tournaments.id == _stages.tournament_id)
    .outerjoin(BracketMatch.__table__, _nodes.stage_id == _stages.id)
    .outerjoin(Match.__table__, _matches.id == _nodes.match_id)
    .outerjoin(_SIZES, _SIZES.c.stage_id == _stages.id)
    .where(
        among(_stages.tournament_id, "tournament_ids"),
        or_(_nodes.match_id.is_not(None), _SIZES.c.stage_id.is_not(None)),
        # Those of a Swiss round that are not needed any more are no part of it. A reset that is not needed is.
        or_(_nodes.group_number.is_(None), _matches.status != MatchStatus.NOT_NEEDED),
    )
    .order_by(_stages.tournament_id, _stages.number, _nodes.ordinal)
)


async def places_by_match(session: ReadSession, match_ids: Sequence[UUID]) -> Mapping[UUID, BracketPlace]:
    """Where matches stand in their brackets. Matches outside of a bracket are left out."""
    draws = [(row.id, row.draw_id) for row in await session.execute(_OWNERS, {"match_ids": match_ids})]
    found: dict[UUID, BracketPlace] = {}
    for index in (await event_indexes(session, draws)).values():
        found.update(index.places)
    return {match_id: found[match_id] for match_id in match_ids if match_id in found}


# The last draws of tournaments. A draw never changes, so a process may keep the most recently used.
_KEPT_PLACES = 50_000
_indexes: OrderedDict[UUID, EventIndex] = OrderedDict()


async def event_index(session: ReadSession, tournament: Tournament | TournamentView) -> EventIndex:
    """The match graphs of a started tournament, joined to its matches."""
    assert tournament.draw_id is not None
    draw = tournament.id, tournament.draw_id
    return (await event_indexes(session, [draw]))[draw]


async def event_indexes(session: ReadSession, draws: Sequence[Draw]) -> Mapping[Draw, EventIndex]:
    """The match graphs of started tournaments, joined to their matches, of these draws or of newer ones."""
    found = {draw: _indexes[draw[0]] for draw in draws if draw[0] in _indexes and _indexes[draw[0]].draw_id == draw[1]}
    missing = {draw[0]: draw for draw in draws if draw not in found}
    if missing:
        rows = await session.execute(_NODES, {"tournament_ids": list(missing)})
        for tournament_id, group in groupby(rows, key=lambda row: row.event_id):
            found[missing[tournament_id]] = _event_index(list(group))
    for index in found.values():
        _indexes[index.tournament_id] = index
        _indexes.move_to_end(index.tournament_id)
    while len(_indexes) > 1 and sum(len(each.places) for each in _indexes.values()) > _KEPT_PLACES:
        _indexes.popitem(last=False)
    return found


def _event_index(rows: Sequence[Row[Any]]) -> EventIndex:
    stages = {}
    for (stage_id, number, size), group in groupby(rows, key=lambda row: (row.id, row.number, row.size)):
        nodes = [_Node._make(row[5:]) for row in group if row.match_id is not None]
        stages[stage_id] = _index(stage_id, number, nodes, size)
    places = {match_id: place for stage in stages.values() for match_id, place in stage.places.items()}
    return EventIndex(rows[0].event_id, rows[0].draw_id, stages, places)


def source_text(source: Source) -> str:
    """A source as it is stored."""
    if isinstance(source, Seed):
        return f"S{source.number}"
    return f"{'W' if isinstance(source, WinnerOf) else 'L'}:{source.match}"


def _source(text: str) -> Source:
    if text.startswith("S"):
        return Seed(int(text[1:]))
    return WinnerOf(text[2:]) if text.startswith("W") else LoserOf(text[2:])


def _index(stage_id: UUID, number: int, rows: Sequence[_Node], size_of_ladder: int | None) -> BracketIndex:
    """The graph of a stage. In a ladder people may not have played yet, so that it is told how many it has."""
    nodes = tuple(
        MatchNode(
            row.key,
            row.side,
            row.round,
            row.position,
            _source(row.first),
            _source(row.second),
            is_reset=row.is_reset,
            group=row.group_number,
        )
        for row in rows
    )
    seeds = (source.number for node in nodes for source in node.sources if isinstance(source, Seed))
    graph = MatchGraph(size_of_ladder or max(seeds), nodes)
    is_ladder = size_of_ladder is not None
    is_elimination = not is_ladder and rows[0].group_number is None
    ids = {row.key: row.match_id for row in rows}
    bands = placement_bands(graph) if is_elimination else {}
    places = {
        row.match_id: BracketPlace(
            match_id=row.match_id,
            tournament_id=row.tournament_id,
            stage_id=row.stage_id,
            stage=number,
            key=row.key,
            side=row.side,
            group=row.group_number,
            round=row.round,
            position=row.position,
            is_reset=row.is_reset,
            sources=(_place_source(node.first, ids), _place_source(node.second, ids)),
            winner_to=_link(graph.winner_to[row.key], ids),
            loser_to=_link(graph.loser_to[row.key], ids),
            band=_placement(bands.get(row.key)),
            pairing=None if row.pairing is None else msgspec.convert(row.pairing, Pairing),
        )
        for row, node in zip(rows, nodes, strict=True)
    }
    keys = {match_id: key for key, match_id in ids.items()}
    rematch = earliest_rematch_round(graph) if is_elimination else None
    drawn = layout(graph) if is_elimination else {}
    return BracketIndex(stage_id, number, is_elimination, is_ladder, graph, ids, keys, places, drawn, rematch)


def _place_source(source: Source, ids: Mapping[str, UUID]) -> BracketSource:
    if isinstance(source, Seed):
        return BracketSource(SourceKind.SEED, seed=source.number)
    kind = SourceKind.WINNER if isinstance(source, WinnerOf) else SourceKind.LOSER
    return BracketSource(kind, match_id=ids[source.match])


def _placement(band: tuple[int, int] | None) -> Placement | None:
    return None if band is None else Placement(*band)


def _link(target: tuple[str, int] | None, ids: Mapping[str, UUID]) -> BracketLink | None:
    return None if target is None else BracketLink(ids[target[0]], target[1])
