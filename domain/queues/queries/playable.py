"""Matches and heats as queues see them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from domain import matches, tournaments
from domain.infra.db import ReadSession
from domain.kernel.participant import ParticipantKind
from domain.matches import OPEN, MatchState, MatchStatus
from domain.queues.values import Playable, Side
from domain.tournaments import HeatState, HeatStatus, StageStatus, Structure

_OPEN_HEATS = frozenset({HeatStatus.READY, HeatStatus.LIVE})


def match_to_play(state: MatchState) -> Playable:
    """A match as a queue sees it."""
    sides = [
        Side(slot.participant_id, slot.kind is ParticipantKind.GUEST)
        for slot in state.slots
        if slot.participant_id is not None
    ]
    is_ready = state.status is MatchStatus.READY
    return Playable(id=state.id, is_heat=False, is_ready=is_ready, best_of=state.best_of, sides=tuple(sides))


async def open_games(session: ReadSession, tournament_id: UUID) -> list[Playable]:
    """The matches and heats of a tournament that are played, or can be."""
    states = await matches.states_of_owner(session, tournament_id)
    return [
        *(match_to_play(state) for state in states if state.status in OPEN),
        *(await heats_to_play(session, await open_heats(session, tournament_id))),
    ]


async def game_to_play(session: ReadSession, played_id: UUID) -> Playable | None:
    """The match or heat with this key; None when it is not played, and cannot be."""
    state = (await matches.states_by_id(session, [played_id])).get(played_id)
    if state is not None:
        return match_to_play(state) if state.status in OPEN else None
    heats = await tournaments.heats_by_id(session, [played_id])
    return next(iter(await heats_to_play(session, heats.values())), None)


async def open_heats(session: ReadSession, tournament_id: UUID) -> list[HeatState]:
    """The heats of a tournament that are played, or can be."""
    stages = (await tournaments.stage_views(session, [tournament_id]))[tournament_id]
    wanted = [
        stage.id
        for stage in stages
        if stage.structure is Structure.FREE_FOR_ALL and stage.status is StageStatus.RUNNING
    ]
    found = await tournaments.heats_of_stages(session, wanted) if wanted else {}
    return [heat for stage_id in wanted for heat in found[stage_id] if heat.status in _OPEN_HEATS]


async def participants_of_heat(session: ReadSession, heat_id: UUID) -> list[UUID]:
    """The users, teams and guests in a heat, by their keys."""
    heat = (await tournaments.heats_by_id(session, [heat_id]))[heat_id]
    entrants = await tournaments.entrants_by_id(session, [seat.entrant_id for seat in heat.seats])
    return [entrant.participant_id for entrant in entrants.values()]


async def heats_to_play(session: ReadSession, heats: Iterable[HeatState]) -> list[Playable]:
    """Heats as a queue sees them, with who has not left; without those that are over."""
    playing = [heat for heat in heats if heat.status in _OPEN_HEATS]
    entrant_ids = [seat.entrant_id for heat in playing for seat in heat.seats if not seat.has_left]
    entrants = await tournaments.entrants_by_id(session, entrant_ids) if entrant_ids else {}
    sides = {
        key: Side(entrant.participant_id, entrant.kind is ParticipantKind.GUEST) for key, entrant in entrants.items()
    }
    return [
        Playable(
            id=heat.id,
            is_heat=True,
            is_ready=heat.status is HeatStatus.READY,
            best_of=heat.terms.games,
            sides=tuple(sides[seat.entrant_id] for seat in heat.seats if not seat.has_left),
        )
        for heat in playing
    ]
