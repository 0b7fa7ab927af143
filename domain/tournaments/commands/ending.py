"""Which stages of an event are over, whether it is over itself, and who finishes where."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from domain import matches
from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.matches import MatchState, MatchStatus
from domain.tournaments.commands.change import show
from domain.tournaments.events import TournamentFinished
from domain.tournaments.models import Stage, StageEntrant, Tournament
from domain.tournaments.queries import BracketIndex, EventIndex, entrants_of, event_index, stages_of
from domain.tournaments.rules.placements import Band, placements
from domain.tournaments.rules.progression import Result
from domain.tournaments.rules.stages import by_merit, event_places
from domain.tournaments.values import StageStatus, TournamentStatus

States = Mapping[UUID, MatchState]


async def conclude(session: WriteSession, tournament: Tournament) -> None:
    """Bring the statuses of a started tournament and its stages, and all places, up to its results, and tell viewers.

    While matches are open, only losers who are out of the event have a place. All others wait for the end.
    """
    stages = await stages_of(session, tournament.id)
    index = await event_index(session, tournament)
    states = {state.id: state for state in await matches.states_of_owner(session, tournament.id)}
    fields = await _fields(session, stages)
    for stage in stages:
        if stage.id in index.stages:
            _settle(stage, index.stages[stage.id], states, fields[stage.id])
    is_over = all(stage.status is StageStatus.FINISHED for stage in stages)
    if is_over:
        tournament.status = TournamentStatus.FINISHED
        tournament.finished_at = max(state.finished_at for state in states.values() if state.finished_at is not None)
    else:
        tournament.status, tournament.finished_at = TournamentStatus.RUNNING, None
    places = (_final_places if is_over else _places_so_far)(stages, index, states, fields)
    champion = await _write(session, tournament.id, places)
    await show(session, tournament)
    if is_over:
        await outbox.record(session, TournamentFinished(tournament_id=tournament.id, champion_id=champion))


def places_losers(stages: Sequence[Stage], stage: Stage) -> bool:
    """Whether the place of who is out in a stage is their place in the event at once: nobody finishes before it."""
    return by_merit({each.number: each.entered_from for each in stages})[0] == stage.number


async def _fields(session: WriteSession, stages: Sequence[Stage]) -> dict[UUID, list[StageEntrant]]:
    statement = select(StageEntrant).where(StageEntrant.stage_id.in_([stage.id for stage in stages]))
    fields: dict[UUID, list[StageEntrant]] = {stage.id: [] for stage in stages}
    for row in await session.scalars(statement.order_by(StageEntrant.seed)):
        fields[row.stage_id].append(row)
    return fields


def _settle(stage: Stage, index: BracketIndex, states: States, field: Collection[StageEntrant]) -> None:
    """Write whether a stage is over, and the ranks of it if it is; who shares a place is ranked by seed."""
    is_over = all(states[match_id].status in matches.OVER for match_id in index.places)
    stage.status = StageStatus.FINISHED if is_over else StageStatus.RUNNING
    bands = _bands(index, states) if is_over else {}
    order = sorted(bands, key=lambda seed: (bands[seed], seed))
    ranks = {seed: rank for rank, seed in enumerate(order, start=1)}
    for row in field:
        row.rank = ranks.get(row.seed)


def _bands(index: BracketIndex, states: States) -> Mapping[int, Band]:
    """The places in a stage that is over, by seed."""
    results = {
        key: Result(states[match_id].winner)
        for key, match_id in index.ids.items()
        if states[match_id].status is MatchStatus.FINISHED
    }
    return placements(index.graph, results)


def _final_places(
    stages: Sequence[Stage], index: EventIndex, states: States, fields: Mapping[UUID, Sequence[StageEntrant]]
) -> Mapping[UUID, Band]:
    by_number = {stage.number: stage.id for stage in stages}
    order = [by_number[number] for number in by_merit({stage.number: stage.entered_from for stage in stages})]
    bands = {key: _bands(index.stages[key], states) for key in order}
    return event_places([{row.entrant_id: bands[key][row.seed] for row in fields[key]} for key in order])


def _places_so_far(
    stages: Sequence[Stage], index: EventIndex, states: States, fields: Mapping[UUID, Sequence[StageEntrant]]
) -> Mapping[UUID, Band]:
    places: dict[UUID, Band] = {}
    for stage in stages:
        if stage.id not in index.stages or not places_losers(stages, stage):
            continue
        entrants = {row.seed: row.entrant_id for row in fields[stage.id]}
        for match_id, place in index.stages[stage.id].places.items():
            winner = states[match_id].winner
            if place.band is not None and winner is not None:
                seed = states[match_id].slots[1 - winner].seed
                if seed is not None:
                    places[entrants[seed]] = (place.band.low, place.band.high)
    return places


async def _write(session: WriteSession, tournament_id: UUID, places: Mapping[UUID, Band]) -> UUID | None:
    """Write the places; the answer is the entrant in first place, if somebody is."""
    champion = None
    for entrant in await entrants_of(session, tournament_id):
        band = places.get(entrant.id)
        entrant.placement_low, entrant.placement_high = band or (None, None)
        if band == (1, 1):
            champion = entrant.id
    return champion
