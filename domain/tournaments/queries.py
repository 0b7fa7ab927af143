"""Reads of tournaments."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, func, select

from domain.infra.db import ReadSession
from domain.infra.paging import Pages
from domain.infra.views import among, columns_of, select_view
from domain.kernel.paging import Page, PageRequest
from domain.matches import MatchState, states_of_owners
from domain.tournaments.models import BracketChange, BracketMatch, Entrant, EntrantPlayer, Tournament
from domain.tournaments.rules.graph import MatchGraph, MatchNode
from domain.tournaments.rules.placements import placement_bands
from domain.tournaments.rules.rematch import earliest_rematch_round
from domain.tournaments.values import (
    SLUG,
    BracketLink,
    BracketPlace,
    BracketSide,
    BracketSource,
    EntrantStatus,
    EntrantView,
    LoserOf,
    Placement,
    Seed,
    SeedingReport,
    Source,
    SourceKind,
    TournamentStatus,
    TournamentView,
    WinnerOf,
)

# A list of entrants: of which tournament, in which statuses (none: all of them), and which page of it.
EntrantList = tuple[UUID, tuple[EntrantStatus, ...], PageRequest]

_tournaments, _entrants, _players = Tournament.__table__.c, Entrant.__table__.c, EntrantPlayer.__table__.c
_BY_ID = select_view(Tournament, TournamentView).where(among(_tournaments.id, "ids"))
_BY_SLUG = select_view(Tournament, TournamentView).where(_tournaments.slug == bindparam("slug"))
_DESCRIPTIONS = select(_tournaments.id, _tournaments.description).where(among(_tournaments.id, "ids"))
_SEEDING_REPORTS = select(_tournaments.id, _tournaments.seeding_report).where(among(_tournaments.id, "ids"))
_PUBLISHED = Pages(
    select_view(Tournament, TournamentView).where(_tournaments.is_published, among(_tournaments.status, "statuses")),
    (_tournaments.id,),
    TournamentView._make,
    descending=True,
)
_ENTRANTS_BY_ID = select_view(Entrant, EntrantView).where(among(_entrants.id, "ids"))
_ENTRANTS = Pages(
    select_view(Entrant, EntrantView).where(among(_entrants.status, "statuses")),
    (_entrants.number,),
    EntrantView._make,
    owner=_entrants.tournament_id,
)
_ENTRIES = (
    select(_players.tournament_id, _players.user_id, *columns_of(Entrant, EntrantView))
    .join(Entrant.__table__, _entrants.id == _players.entrant_id)
    .where(among(_players.tournament_id, "tournament_ids"), among(_players.user_id, "user_ids"))
)
_PLAYERS = (
    select(_players.entrant_id, _players.user_id)
    .where(among(_players.entrant_id, "entrant_ids"))
    .order_by(_players.entrant_id, _players.user_id)
)
_PLAYERS_OF_PARTICIPANTS = (
    select(_entrants.participant_id, _players.user_id)
    .join(EntrantPlayer.__table__, _players.entrant_id == _entrants.id)
    .where(_entrants.tournament_id == bindparam("tournament_id"), among(_entrants.participant_id, "participants"))
    .order_by(_entrants.participant_id, _players.user_id)
)


@dataclass(frozen=True, slots=True)
class BracketIndex:
    """The match graph of a started tournament, joined to its matches. It never changes.

    `rematch_round` is the first lower round in which two who met in the upper bracket can meet again.
    """

    graph: MatchGraph
    ids: Mapping[str, UUID]
    keys: Mapping[UUID, str]
    places: Mapping[UUID, BracketPlace]
    rematch_round: int | None


@dataclass(frozen=True, slots=True)
class BracketView:
    """The bracket at one instant: every match with its place, in playable order, and the change it is up to."""

    tournament: TournamentView
    matches: Sequence[tuple[MatchState, BracketPlace]]


@dataclass(frozen=True, slots=True)
class SeenChange:
    """A change as viewers saw it; `match` None: the tournament itself."""

    sequence: int
    match: MatchState | None


async def tournaments_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, TournamentView]:
    """Tournaments by key, drafts too."""
    return {view.id: view for view in map(TournamentView._make, await session.execute(_BY_ID, {"ids": ids}))}


async def tournament_by_slug(session: ReadSession, slug: str) -> TournamentView | None:
    """The tournament with this slug, a draft too."""
    if not SLUG.fullmatch(slug):
        return None
    found = (await session.execute(_BY_SLUG, {"slug": slug})).one_or_none()
    return None if found is None else TournamentView._make(found)


async def tournament_descriptions(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """What the organizers of tournaments say about them, by key."""
    return dict((await session.execute(_DESCRIPTIONS, {"ids": ids})).all())


async def seeding_reports(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, SeedingReport]:
    """How tournaments were seeded that keep entrants apart, by key; the others are absent."""
    found = await session.execute(_SEEDING_REPORTS, {"ids": ids})
    return {key: msgspec.convert(report, SeedingReport) for key, report in found if report is not None}


async def tournaments_page(
    session: ReadSession, statuses: Sequence[TournamentStatus], request: PageRequest
) -> Page[TournamentView]:
    """Published tournaments, newest first. No statuses: all that are published."""
    return await _PUBLISHED.page(session, request, statuses=list(statuses or TournamentStatus))


async def entrants_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, EntrantView]:
    """Entrants by key."""
    found = await session.execute(_ENTRANTS_BY_ID, {"ids": ids})
    return {view.id: view for view in map(EntrantView._make, found)}


async def entrants_page(
    session: ReadSession, tournament_id: UUID, statuses: Sequence[EntrantStatus], request: PageRequest
) -> Page[EntrantView]:
    """Entrants by registration. No statuses: all of them."""
    key = (tournament_id, tuple(statuses), request)
    return (await entrant_pages(session, [key]))[key]


async def entrant_pages(session: ReadSession, keys: Sequence[EntrantList]) -> Mapping[EntrantList, Page[EntrantView]]:
    """Pages of entrants by registration: one statement per distinct choice of statuses and page."""
    found: dict[EntrantList, Page[EntrantView]] = {}
    for statuses, request in {(statuses, request) for _, statuses, request in keys}:
        ids = [tournament_id for tournament_id, *wanted in keys if wanted == [statuses, request]]
        pages = await _ENTRANTS.pages(session, ids, request, statuses=list(statuses or EntrantStatus))
        found.update({(key, statuses, request): page for key, page in pages.items()})
    return found


async def entrants_of(session: ReadSession, tournament_id: UUID) -> list[Entrant]:
    """Every entrant of a tournament, by registration; for whoever changes them."""
    statement = select(Entrant).where(Entrant.tournament_id == tournament_id).order_by(Entrant.number)
    return list(await session.scalars(statement))


async def entries_of_user(
    session: ReadSession, keys: Sequence[tuple[UUID, UUID]]
) -> Mapping[tuple[UUID, UUID], EntrantView]:
    """Entrants by (tournament, user who plays for them)."""
    values = {"tournament_ids": list({key for key, _ in keys}), "user_ids": list({user for _, user in keys})}
    found = await session.execute(_ENTRIES, values)
    return {(tournament, user): EntrantView._make(entrant) for tournament, user, *entrant in found}


async def players_of(session: ReadSession, entrant_ids: Sequence[UUID]) -> Mapping[UUID, list[UUID]]:
    """The users who play for entrants."""
    found: dict[UUID, list[UUID]] = {key: [] for key in entrant_ids}
    for entrant_id, user_id in await session.execute(_PLAYERS, {"entrant_ids": entrant_ids}):
        found[entrant_id].append(user_id)
    return found


async def players_of_participants(
    session: ReadSession, tournament_id: UUID, participants: Sequence[UUID]
) -> Mapping[UUID, list[UUID]]:
    """The users who play for users and teams in a tournament, by the key of the user or team."""
    found: dict[UUID, list[UUID]] = {key: [] for key in participants}
    values = {"tournament_id": tournament_id, "participants": participants}
    for participant_id, user_id in await session.execute(_PLAYERS_OF_PARTICIPANTS, values):
        found[participant_id].append(user_id)
    return found


async def places_by_match(session: ReadSession, match_ids: Sequence[UUID]) -> Mapping[UUID, BracketPlace]:
    """Where matches stand in their brackets. Matches outside of a bracket are left out."""
    owners = (await session.scalars(_OWNERS, {"match_ids": match_ids})).all()
    found: dict[UUID, BracketPlace] = {}
    for index in (await bracket_indexes(session, owners)).values():
        found.update(index.places)
    return {match_id: found[match_id] for match_id in match_ids if match_id in found}


async def bracket_views(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, BracketView]:
    """The brackets of tournaments that have started. Pass a snapshot session, so that all is of one instant."""
    return await brackets_of(session, (await tournaments_by_id(session, ids)).values())


async def brackets_of(session: ReadSession, tournaments: Iterable[TournamentView]) -> Mapping[UUID, BracketView]:
    """The brackets of those that have started, by key. The tournaments are of the same snapshot session."""
    started = {tournament.id: tournament for tournament in tournaments if tournament.started_at is not None}
    found = {key: view for key, row in started.items() if (view := kept_view(row)) is not None}
    missing = [key for key in started if key not in found]
    if missing:
        indexes = await bracket_indexes(session, missing)
        states = {state.id: state for state in await states_of_owners(session, missing)}
        for key in missing:
            found[key] = BracketView(started[key], _placed(indexes[key], states))
            _keep_view(found[key])
    return found


def _placed(index: BracketIndex, states: Mapping[UUID, MatchState]) -> list[tuple[MatchState, BracketPlace]]:
    in_order = [index.ids[node.key] for node in index.graph.matches]
    return [(states[match_id], index.places[match_id]) for match_id in in_order]


# The last view of each tournament. The row says with each read whether something has changed since, because whatever
# changes a match of a tournament counts a change in the same transaction; so what is kept is never old.
_KEPT_MATCHES = 20_000
_views: OrderedDict[UUID, BracketView] = OrderedDict()


def kept_view(tournament: TournamentView) -> BracketView | None:
    """The bracket at the instant at which this row was read, if it is kept."""
    kept = _views.get(tournament.id)
    if kept is None or kept.tournament.change_count != tournament.change_count:
        return None
    _views.move_to_end(tournament.id)
    return BracketView(tournament, kept.matches)


def _keep_view(view: BracketView) -> None:
    _views[view.tournament.id] = view
    _views.move_to_end(view.tournament.id)
    while sum(len(each.matches) for each in _views.values()) > _KEPT_MATCHES:
        _views.popitem(last=False)


async def changes_after(session: ReadSession, tournament_id: UUID, after: int, limit: int) -> list[SeenChange] | None:
    """The changes after a sequence number, oldest first; None when they are not all kept, or are more than `limit`."""
    bounds = select(func.min(BracketChange.sequence), func.max(BracketChange.sequence)).where(
        BracketChange.tournament_id == tournament_id
    )
    oldest, newest = (await session.execute(bounds)).one()
    newest = newest or 0
    if after == newest:
        return []
    if after > newest or oldest is None or after < oldest - 1 or newest - after > limit:
        return None
    statement = (
        select(BracketChange.sequence, BracketChange.match)
        .where(BracketChange.tournament_id == tournament_id, BracketChange.sequence > after)
        .order_by(BracketChange.sequence)
    )
    return [SeenChange(sequence, _state(match)) for sequence, match in await session.execute(statement)]


class _Node(NamedTuple):
    match_id: UUID
    tournament_id: UUID
    key: str
    side: BracketSide
    round: int
    position: int
    first: str
    second: str
    is_reset: bool


_nodes = BracketMatch.__table__.c
_OWNERS = select(_nodes.tournament_id).where(among(_nodes.match_id, "match_ids")).distinct()
_NODES = (
    select_view(BracketMatch, _Node)
    .where(among(_nodes.tournament_id, "tournament_ids"))
    .order_by(_nodes.tournament_id, _nodes.ordinal)
)

# Graphs of tournaments that have started. They never change, so a process may keep the most recently used.
_KEPT = 64
_indexes: OrderedDict[UUID, BracketIndex] = OrderedDict()


async def bracket_index(session: ReadSession, tournament_id: UUID) -> BracketIndex:
    """The match graph of a started tournament, joined to its matches."""
    return (await bracket_indexes(session, [tournament_id]))[tournament_id]


async def bracket_indexes(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, BracketIndex]:
    """The match graphs of started tournaments, joined to their matches."""
    found = {key: _indexes[key] for key in ids if key in _indexes}
    missing = [key for key in ids if key not in found]
    if missing:
        rows = map(_Node._make, await session.execute(_NODES, {"tournament_ids": missing}))
        found.update({key: _index(list(group)) for key, group in groupby(rows, key=lambda row: row.tournament_id)})
    for key, index in found.items():
        _indexes[key] = index
        _indexes.move_to_end(key)
    while len(_indexes) > _KEPT:
        _indexes.popitem(last=False)
    return found


def source_text(source: Source) -> str:
    """A source as it is stored."""
    if isinstance(source, Seed):
        return f"S{source.number}"
    return f"{'W' if isinstance(source, WinnerOf) else 'L'}:{source.match}"


def _source(text: str) -> Source:
    if text.startswith("S"):
        return Seed(int(text[1:]))
    return WinnerOf(text[2:]) if text.startswith("W") else LoserOf(text[2:])


def _index(rows: Sequence[_Node]) -> BracketIndex:
    nodes = tuple(
        MatchNode(
            row.key, row.side, row.round, row.position, _source(row.first), _source(row.second), is_reset=row.is_reset
        )
        for row in rows
    )
    seeds = sum(isinstance(source, Seed) for node in nodes for source in node.sources)
    graph = MatchGraph(seeds, nodes)
    ids = {row.key: row.match_id for row in rows}
    bands = placement_bands(graph)
    places = {
        row.match_id: BracketPlace(
            match_id=row.match_id,
            tournament_id=row.tournament_id,
            key=row.key,
            side=row.side,
            round=row.round,
            position=row.position,
            is_reset=row.is_reset,
            sources=(_place_source(node.first, ids), _place_source(node.second, ids)),
            winner_to=_link(graph.winner_to[row.key], ids),
            loser_to=_link(graph.loser_to[row.key], ids),
            band=_placement(bands[row.key]),
        )
        for row, node in zip(rows, nodes, strict=True)
    }
    keys = {match_id: key for key, match_id in ids.items()}
    return BracketIndex(graph, ids, keys, places, earliest_rematch_round(graph))


def _place_source(source: Source, ids: Mapping[str, UUID]) -> BracketSource:
    if isinstance(source, Seed):
        return BracketSource(SourceKind.SEED, seed=source.number)
    kind = SourceKind.WINNER if isinstance(source, WinnerOf) else SourceKind.LOSER
    return BracketSource(kind, match_id=ids[source.match])


def _placement(band: tuple[int, int] | None) -> Placement | None:
    return None if band is None else Placement(*band)


def _link(target: tuple[str, int] | None, ids: Mapping[str, UUID]) -> BracketLink | None:
    return None if target is None else BracketLink(ids[target[0]], target[1])


def _state(data: dict[str, Any] | None) -> MatchState | None:
    return None if data is None else msgspec.convert(data, MatchState)
