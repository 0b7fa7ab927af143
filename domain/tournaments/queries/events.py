"""Reads of tournaments, of who enters them, and of where their matches stand."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, func, select

from domain import teams
from domain.infra.db import ReadSession
from domain.infra.paging import Pages
from domain.infra.views import among, columns_of, select_view
from domain.kernel.paging import Page, PageRequest
from domain.kernel.participant import ParticipantKind
from domain.matches import OVER, Match, MatchState, states_by_id, states_of_owners
from domain.tournaments.heat_values import HeatState
from domain.tournaments.models import (
    BracketChange,
    BracketMatch,
    Entrant,
    EntrantPlayer,
    EventImport,
    Stage,
    StageEntrant,
    Tournament,
)
from domain.tournaments.queries.draws import EventIndex, event_indexes
from domain.tournaments.rules.viewport import shown
from domain.tournaments.values import (
    SLUG,
    BracketPlace,
    EntrantStatus,
    EntrantView,
    EventImportView,
    SeedingReport,
    StageView,
    TournamentStatus,
    TournamentView,
    Viewport,
)

S = TypeVar("S")

# A list of entrants: of which tournament, in which statuses (none: all of them), and which page of it.
EntrantList = tuple[UUID, tuple[EntrantStatus, ...], PageRequest]

_tournaments, _entrants, _players = Tournament.__table__.c, Entrant.__table__.c, EntrantPlayer.__table__.c
_stages = Stage.__table__.c
_STAGES = (
    select_view(Stage, StageView)
    .where(among(_stages.tournament_id, "tournament_ids"))
    .order_by(_stages.tournament_id, _stages.number)
)
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
_IMPORTS = select_view(EventImport, EventImportView).where(among(EventImport.__table__.c.id, "ids"))
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


@dataclass(frozen=True)
class BracketView:
    """The bracket at one instant: every match with its place, in playable order, and the change it is up to.

    Through a `Viewport` it has only those in the window, by side and round.
    """

    tournament: TournamentView
    index: EventIndex
    matches: Sequence[tuple[MatchState, BracketPlace]]

    @cached_property
    def groups(self) -> Mapping[UUID, Mapping[int, Sequence[int]]]:
        """Where among the matches those of each group are, by stage and number; all of an elimination are one group."""
        found: dict[UUID, dict[int, list[int]]] = {}
        for position, (_, place) in enumerate(self.matches):
            found.setdefault(place.stage_id, {}).setdefault(place.group or 1, []).append(position)
        return found


@dataclass(frozen=True, slots=True)
class SeenChange:
    """A change as viewers saw it: of a match, of a heat, or else of the tournament itself."""

    sequence: int
    match: MatchState | None
    heat: HeatState | None = None


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


async def guests_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, EntrantView]:
    """The guests among entrants, by key."""
    found = await entrants_by_id(session, ids)
    return {key: view for key, view in found.items() if view.kind is ParticipantKind.GUEST}


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


async def imports_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, EventImportView]:
    """Imports by key, whoever asked for them."""
    return {view.id: view for view in map(EventImportView._make, await session.execute(_IMPORTS, {"ids": ids}))}


async def entrants_of(session: ReadSession, tournament_id: UUID) -> list[Entrant]:
    """Every entrant of a tournament, by registration; for whoever changes them."""
    statement = select(Entrant).where(Entrant.tournament_id == tournament_id).order_by(Entrant.number)
    return list(await session.scalars(statement))


async def stages_of(session: ReadSession, tournament_id: UUID) -> list[Stage]:
    """Every stage of a tournament, in order; for whoever changes them."""
    statement = select(Stage).where(Stage.tournament_id == tournament_id).order_by(Stage.number)
    return list(await session.scalars(statement))


async def stage_views(session: ReadSession, tournament_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[StageView]]:
    """The stages of tournaments, in order."""
    found: dict[UUID, list[StageView]] = {key: [] for key in tournament_ids}
    for row in await session.execute(_STAGES, {"tournament_ids": tournament_ids}):
        found[row.tournament_id].append(StageView._make(row))
    return found


async def count_open(session: ReadSession, stage: Stage) -> int:
    """How many matches of a stage are not over."""
    statement = (
        select(func.count())
        .join_from(BracketMatch, Match, Match.id == BracketMatch.match_id)
        .where(BracketMatch.stage_id == stage.id, Match.status.not_in(OVER))
    )
    return await session.scalar(statement) or 0


async def stage_field(session: ReadSession, stage_id: UUID) -> dict[int, Entrant]:
    """Who plays in a stage, by seed there; for whoever changes them."""
    statement = (
        select(StageEntrant.seed, Entrant)
        .join(Entrant, Entrant.id == StageEntrant.entrant_id)
        .where(StageEntrant.stage_id == stage_id)
        .order_by(StageEntrant.seed)
    )
    return dict((await session.execute(statement)).all())


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


async def played_for(
    session: ReadSession, user_id: UUID, tournament_id: UUID, participants: Sequence[UUID]
) -> set[UUID]:
    """Those of these users and teams for which a user plays in a tournament, and the teams that they lead."""
    players = await players_of_participants(session, tournament_id, participants)
    captains = await teams.captains_of(session, participants)
    return {key for key in participants if user_id in players[key] or captains.get(key) == user_id}


async def bracket_views(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, BracketView]:
    """The brackets of tournaments that have started. Pass a snapshot session, so that all is of one instant."""
    return await brackets_of(session, (await tournaments_by_id(session, ids)).values())


async def brackets_of(session: ReadSession, tournaments: Iterable[TournamentView]) -> Mapping[UUID, BracketView]:
    """The brackets of those that have started, by key. The tournaments are of the same snapshot session."""
    started = {tournament.id: tournament for tournament in tournaments if tournament.draw_id is not None}
    found = {key: view for key, row in started.items() if (view := kept_view(row)) is not None}
    missing = [key for key in started if key not in found]
    if missing:
        states = {state.id: state for state in await states_of_owners(session, missing)}
        indexes = await event_indexes(session, [(key, draw) for key in missing if (draw := started[key].draw_id)])
        for (key, _), index in indexes.items():
            placed = [(states[match_id], place) for match_id, place in index.places.items()]
            found[key] = BracketView(started[key], index, placed)
            _keep_view(found[key])
    return found


async def bracket_windows(session: ReadSession, keys: Sequence[tuple[UUID, Viewport]]) -> Mapping[Any, BracketView]:
    """Parts of the brackets of tournaments that have started: as many statements for any number of windows of any size,
    which read the matches inside and no others. Pass a snapshot session.
    """
    rows = await tournaments_by_id(session, [tournament_id for tournament_id, _ in keys])
    indexes = await event_indexes(session, [(row.id, row.draw_id) for row in rows.values() if row.draw_id is not None])
    by_event = {index.tournament_id: index for index in indexes.values()}
    inside = {key: _inside(by_event[key[0]], key[1]) for key in keys if key[0] in by_event}
    states = await states_by_id(session, list({match_id: None for ids in inside.values() for match_id in ids}))
    return {
        key: BracketView(
            rows[key[0]], by_event[key[0]], [(states[match_id], by_event[key[0]].places[match_id]) for match_id in ids]
        )
        for key, ids in inside.items()
    }


def _inside(index: EventIndex, viewport: Viewport) -> list[UUID]:
    return [stage.ids[key] for stage in index.stages.values() for key in shown(stage.layout, viewport)]


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
    return BracketView(tournament, kept.index, kept.matches)


def _keep_view(view: BracketView) -> None:
    _views[view.tournament.id] = view
    _views.move_to_end(view.tournament.id)
    while sum(len(each.matches) for each in _views.values()) > _KEPT_MATCHES:
        _views.popitem(last=False)


async def changes_after(session: ReadSession, tournament_id: UUID, after: int, limit: int) -> list[SeenChange] | None:
    """The changes after a sequence number, oldest first; None when they are not all kept, or are more than `limit`."""
    kept = select(func.min(BracketChange.sequence)).where(BracketChange.tournament_id == tournament_id)
    bounds = select(kept.scalar_subquery(), Tournament.change_count).where(Tournament.id == tournament_id)
    oldest, newest = (await session.execute(bounds)).one()
    if after == newest:
        return []
    if after > newest or oldest is None or after < oldest - 1 or newest - after > limit:
        return None
    statement = (
        select(BracketChange.sequence, BracketChange.match, BracketChange.heat)
        .where(BracketChange.tournament_id == tournament_id, BracketChange.sequence > after)
        .order_by(BracketChange.sequence)
    )
    return [
        SeenChange(sequence, _state(match, MatchState), _state(heat, HeatState))
        for sequence, match, heat in await session.execute(statement)
    ]


def _state(data: dict[str, Any] | None, kind: type[S]) -> S | None:
    return None if data is None else msgspec.convert(data, kind)
