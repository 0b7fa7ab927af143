"""Reads of heats, with everybody in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select

from domain.infra.db import ReadSession
from domain.infra.paging import Pages
from domain.infra.views import among, select_view
from domain.kernel.paging import Page, PageRequest
from domain.tournaments.heat_values import (
    OPEN_HEATS,
    FreeForAll,
    Games,
    HeatSeat,
    HeatStanding,
    HeatState,
    HeatStatus,
    HeatView,
    Reached,
)
from domain.tournaments.models import Entrant, Heat, HeatEntrant, Stage, StageEntrant
from domain.tournaments.rules.free_for_all import Course, Parted, course, games_in, parted_by_seed, table
from domain.tournaments.rules.stored import settings_from
from domain.tournaments.values import Placement, Structure

# A list of heats: of which stage, of which round (None: of all), and which page of it.
HeatList = tuple[UUID, int | None, PageRequest]

_MAX_ROUND = 2**31 - 1

_heats, _seats, _stages = Heat.__table__.c, HeatEntrant.__table__.c, Stage.__table__.c
_fields, _entrants = StageEntrant.__table__.c, Entrant.__table__.c
_DRAWN = _heats.status != HeatStatus.SET_ASIDE
_BY_ID = select_view(Heat, HeatView).where(among(_heats.id, "ids"))
_OF_STAGES = (
    select_view(Heat, HeatView)
    .where(among(_heats.stage_id, "stage_ids"), _DRAWN)
    .order_by(_heats.stage_id, _heats.round, _heats.number)
)
_HEATS = Pages(
    select_view(Heat, HeatView).where(_heats.round.between(bindparam("low"), bindparam("high")), _DRAWN),
    (_heats.round, _heats.number),
    HeatView._make,
    owner=_heats.stage_id,
)
_OF_ENTRANT = (
    select_view(Heat, HeatView)
    .join(Stage.__table__, _stages.id == _heats.stage_id)
    .join(StageEntrant.__table__, _fields.stage_id == _heats.stage_id)
    .join(HeatEntrant.__table__, (_seats.heat_id == _heats.id) & (_seats.seed == _fields.seed))
    .where(_fields.entrant_id == bindparam("entrant_id"))
    .order_by(_stages.number, _heats.round)
)
_TERMS = select(_stages.id, _stages.number, _stages.settings).where(among(_stages.id, "stage_ids"))
_IN_HEATS = (
    select(
        _seats.heat_id,
        _seats.seed,
        _seats.games,
        _seats.is_through,
        _entrants.id.label("entrant_id"),
        _entrants.name,
        _fields.left_round,
    )
    .join(Heat.__table__, _heats.id == _seats.heat_id)
    .join(StageEntrant.__table__, (_fields.stage_id == _heats.stage_id) & (_fields.seed == _seats.seed))
    .join(Entrant.__table__, _entrants.id == _fields.entrant_id)
    .where(among(_seats.heat_id, "heat_ids"))
    .order_by(_seats.heat_id, _seats.seed)
)


async def heats_by_id(session: ReadSession, ids: Sequence[UUID]) -> Mapping[UUID, HeatState]:
    """Heats by key, those that are set aside too."""
    views = [HeatView._make(row) for row in await session.execute(_BY_ID, {"ids": ids})]
    return {state.id: state for state in await _states(session, views)}


async def heats_of_stages(session: ReadSession, stage_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[HeatState]]:
    """Every heat of stages that is drawn, by rounds; nothing before they start."""
    found: dict[UUID, list[HeatState]] = {key: [] for key in stage_ids}
    views = [HeatView._make(row) for row in await session.execute(_OF_STAGES, {"stage_ids": stage_ids})]
    for state in await _states(session, views):
        found[state.stage_id].append(state)
    return found


async def heats_of_entrant(session: ReadSession, entrant_id: UUID) -> Sequence[HeatState]:
    """The heats that an entrant is in, by stages and rounds."""
    views = [HeatView._make(row) for row in await session.execute(_OF_ENTRANT, {"entrant_id": entrant_id})]
    return await _states(session, views)


async def heat_pages(session: ReadSession, keys: Sequence[HeatList]) -> Mapping[HeatList, Page[HeatState]]:
    """Pages of the heats of stages, by rounds: one statement per distinct choice of round and page, and two more."""
    pages: dict[HeatList, Page[HeatView]] = {}
    for round_, request in {(round_, request) for _, round_, request in keys}:
        ids = [stage_id for stage_id, *wanted in keys if wanted == [round_, request]]
        low, high = (1, _MAX_ROUND) if round_ is None else (round_, round_)
        read = await _HEATS.pages(session, ids, request, low=low, high=high)
        pages.update({(stage_id, round_, request): page for stage_id, page in read.items()})
    views = {view.id: view for page in pages.values() for view, _ in page.rows}
    states = {state.id: state for state in await _states(session, list(views.values()))}
    return {
        key: Page([(states[view.id], at) for view, at in page.rows], page.has_previous, page.has_next)
        for key, page in pages.items()
    }


def heat_standings(heats: Sequence[HeatState]) -> list[HeatStanding]:
    """Where everybody stands in a free-for-all of which these are all heats: those who play on, then by place.

    Those who play on are ordered by the points of the heat that they are in.
    """
    if not heats:
        return []
    seats: dict[int, list[tuple[HeatState, HeatSeat]]] = {}
    for heat in heats:
        for seat in heat.seats:
            seats.setdefault(seat.seed, []).append((heat, seat))
    places = _course(heats)[0].places

    def order(seed: int) -> tuple[int, int, int]:
        seat = seats[seed][-1][1]
        return (places[seed][0], 0, seed) if seed in places else (0, -seat.points, seed)

    return [
        HeatStanding(
            seed,
            seats[seed][0][1].entrant_id,
            Placement(*places[seed]) if seed in places else None,
            tuple(seats[seed]),
        )
        for seed in sorted(seats, key=order)
    ]


def parted_in_heats(heats: Sequence[HeatState]) -> list[Parted[int]]:
    """Where nothing but the seed decided who went on from a round of a free-for-all of which these are all heats."""
    if not heats:
        return []
    found, left = _course(heats)
    return list(parted_by_seed(found, _seeds(heats), heats[0].terms, left))


def _course(heats: Sequence[HeatState]) -> tuple[Course[int], Mapping[int, int]]:
    """How a free-for-all has gone by all of its heats, and who has left it in which round."""
    seats = [(heat, seat) for heat in heats for seat in heat.seats]
    left = {seat.seed: heat.round for heat, seat in reversed(seats) if seat.has_left}
    results = {(heat.round, tuple(seat.seed for seat in heat.seats)): heat for heat in heats}

    def recall(number: int, heat: tuple[int, ...]) -> Mapping[int, Games]:
        known = results.get((number, tuple(sorted(heat))))
        return {} if known is None else {seat.seed: seat.games for seat in known.seats}

    return course(_seeds(heats), heats[0].terms, recall, left), left


def _seeds(heats: Sequence[HeatState]) -> list[int]:
    return sorted({seat.seed for heat in heats for seat in heat.seats})


async def count_open_heats(session: ReadSession, owner: UUID, *, of_stage: bool = False) -> int:
    """How many heats of a tournament, or of a stage, are still to be played."""
    column = Heat.stage_id if of_stage else Heat.tournament_id
    statement = select(func.count()).where(column == owner, Heat.status.in_(OPEN_HEATS))
    return await session.scalar(statement) or 0


def games_from(stored: Iterable[Sequence[int]]) -> Games:
    """What somebody reached, of the form in which it is stored."""
    return tuple(Reached(place, score, bool(absent)) for place, score, *absent in stored)


def stored_games(games: Games) -> list[list[int]]:
    """What somebody reached, as it is stored."""
    return [[reached.place, reached.score, *[1] * reached.is_absent] for reached in games]


class _Terms(NamedTuple):
    stage: int
    terms: FreeForAll


async def _states(session: ReadSession, views: Sequence[HeatView]) -> list[HeatState]:
    if not views:
        return []
    stage_ids = list({view.stage_id for view in views})
    terms = {
        row.id: _Terms(row.number, _free_for_all(row.settings))
        for row in await session.execute(_TERMS, {"stage_ids": stage_ids})
    }
    seats: dict[UUID, list[Any]] = {view.id: [] for view in views}
    for row in await session.execute(_IN_HEATS, {"heat_ids": list(seats)}):
        seats[row.heat_id].append(row)
    return [_state(view, terms[view.stage_id], seats[view.id]) for view in views]


def _free_for_all(settings: Mapping[str, Any]) -> FreeForAll:
    found = settings_from(Structure.FREE_FOR_ALL, settings)
    assert isinstance(found, FreeForAll)
    return found


def _state(view: HeatView, given: _Terms, rows: Sequence[Any]) -> HeatState:
    results = {row.seed: games_from(row.games) for row in rows}
    left = {row.seed for row in rows if row.left_round is not None and row.left_round <= view.round}
    reported = games_in(results)
    # Whoever has left a heat that goes on has fewer games than the others.
    out = {seed for seed in left if len(results[seed]) < given.terms.games}
    lines = {line.entrant: line for line in table(results, list(results), given.terms, out)}
    return HeatState(
        **view._asdict(),
        stage=given.stage,
        terms=given.terms,
        seats=tuple(
            HeatSeat(
                entrant_id=row.entrant_id,
                name=row.name,
                seed=row.seed,
                games=results[row.seed],
                points=lines[row.seed].points,
                place=lines[row.seed].rank if reported else None,
                has_left=row.seed in left,
                is_through=row.is_through,
            )
            for row in rows
        ),
    )
