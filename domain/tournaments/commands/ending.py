"""Which stages of an event are over, whether it is over itself, and who finishes where."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.tournaments.commands.change import show
from domain.tournaments.commands.heats_played import PlayedHeats, begun_stages, draw_heats
from domain.tournaments.commands.played import Begun, Played, going_nowhere
from domain.tournaments.commands.stages import draw_round, start_stage
from domain.tournaments.events import TournamentFinished, TournamentReopened
from domain.tournaments.models import Stage, Tournament
from domain.tournaments.queries import count_open_heats, entrants_of, requested_byes, stages_of
from domain.tournaments.rules.formats import Swiss
from domain.tournaments.rules.placements import Band
from domain.tournaments.rules.stages import Ranked, arrivals, by_merit, event_places, moved_up
from domain.tournaments.rules.swiss import PairedRound
from domain.tournaments.rules.swiss_rounds import next_round
from domain.tournaments.values import StageStatus, Structure, TournamentStatus


async def conclude(session: WriteSession, tournament: Tournament, now: datetime) -> None:
    """Bring the statuses of a started tournament and its stages, and all places, up to its results, and tell viewers.

    A Swiss stage whose last round is over pairs the next, and a free-for-all draws the heats that it can; a stage
    begins when all that it takes its entrants from are over. While matches or heats are open, only those who are out of
    the event have a place. All others wait for the end.
    """
    was_over = tournament.status is TournamentStatus.FINISHED
    stages = await stages_of(session, tournament.id)
    begun = await begun_stages(session, tournament, stages)
    for played in begun:
        await _settle(session, tournament, played, now)
    if await _start_next(session, tournament, stages, begun, now):
        await conclude(session, tournament, now)
        return
    is_over = all(stage.status is StageStatus.FINISHED for stage in stages)
    if is_over:
        tournament.status = TournamentStatus.FINISHED
        ends = [*(played.finished_at for played in begun), *(stage.closed_at for stage in stages)]
        tournament.finished_at = max(end for end in ends if end is not None)
    else:
        tournament.status, tournament.finished_at = TournamentStatus.RUNNING, None
    champion = await _write(session, tournament.id, (_final_places if is_over else _places_so_far)(stages, begun))
    await show(session, tournament)
    if is_over:
        await outbox.record(session, TournamentFinished(tournament_id=tournament.id, champion_id=champion))
    elif was_over:
        await outbox.record(session, TournamentReopened(tournament_id=tournament.id))


def places_losers(stages: Sequence[Stage], stage: Stage) -> bool:
    """Whether the place of who is out in a stage is their place in the event at once: nobody finishes before it."""
    return by_merit({each.number: each.entered_from for each in stages})[0] == stage.number


async def _settle(session: WriteSession, tournament: Tournament, played: Played | PlayedHeats, now: datetime) -> None:
    """Write whether a stage is over, and the ranks of it if it is; who shares a place is ranked by seed."""
    if isinstance(played, PlayedHeats):
        await draw_heats(session, tournament, played, now)
        is_over = played.is_over
    else:
        is_over = played.is_over and not await _paired_again(session, tournament, played, now)
    played.stage.status = StageStatus.FINISHED if is_over else StageStatus.RUNNING
    order = played.outcome()[0] if is_over else ()
    ranks = {seed: rank for rank, seed in enumerate(order, start=1)}
    for seat in played.seats:
        seat.rank = ranks.get(seat.seed)


async def _paired_again(session: WriteSession, tournament: Tournament, played: Played, now: datetime) -> bool:
    """Pair the next round of a Swiss stage, if there is one."""
    settings = played.stage.format.settings
    if not isinstance(settings, Swiss):
        return False
    group = played.groups[1]
    requested = await requested_byes(session, played.stage.id, group.rounds + 1)
    # It may take a second in a large field, during which the process goes on with the rest.
    paired = await asyncio.to_thread(next_round, settings, group, requested)
    if not isinstance(paired, PairedRound):
        return False
    await draw_round(session, tournament, played.stage, paired, played.entrants, now)
    return True


async def _start_next(
    session: WriteSession,
    tournament: Tournament,
    stages: Sequence[Stage],
    begun: Sequence[Played | PlayedHeats],
    now: datetime,
) -> bool:
    """Begin the stages that wait for nothing any more. The answer is whether one of them is over at once, because all
    who would play in its heats have left.
    """
    is_over_at_once = False
    over = [played for played in begun if played.stage.status is StageStatus.FINISHED]
    orders = {played.stage.number: _order(played, begun) for played in over}
    entrants = {entrant.id: entrant for played in begun for entrant in played.entrants.values()}
    for stage in stages:
        is_waiting = stage.status is StageStatus.PENDING
        if is_waiting and all(source.stage in orders for source in stage.entered_from):
            field = [entrants[key] for key in arrivals(stage.plan, orders)]
            await start_stage(session, tournament, stage, field, now)
            is_in_heats = stage.structure is Structure.FREE_FOR_ALL
            is_over_at_once |= is_in_heats and not await count_open_heats(session, stage.id, of_stage=True)
    return is_over_at_once


def _order(played: Played | PlayedHeats, begun: Sequence[Begun]) -> list[Ranked[UUID]]:
    """Who played in a stage that is over, best first, as later stages take them."""
    ranked = sorted((seat.rank, seat.entrant_id, seat.group_number) for seat in played.seats if seat.rank is not None)
    left = {played.entrants[seed].id for seed in going_nowhere(played, begun)}
    return moved_up([Ranked(entrant_id, group) for _, entrant_id, group in ranked], left)


def _final_places(stages: Sequence[Stage], begun: Sequence[Played | PlayedHeats]) -> Mapping[UUID, Band]:
    by_number = {played.stage.number: played for played in begun}
    found = []
    for number in by_merit({stage.number: stage.entered_from for stage in stages}):
        played = by_number[number]
        bands = played.outcome()[1]
        found.append({seat.entrant_id: bands[seat.seed] for seat in played.seats})
    return event_places(found)


def _places_so_far(stages: Sequence[Stage], begun: Sequence[Played | PlayedHeats]) -> Mapping[UUID, Band]:
    return {
        played.entrants[seed].id: band
        for played in begun
        if places_losers(stages, played.stage)
        for seed, band in played.placed.items()
    }


async def _write(session: WriteSession, tournament_id: UUID, places: Mapping[UUID, Band]) -> UUID | None:
    """Write the places; the answer is the entrant in first place, if somebody is."""
    champion = None
    for entrant in await entrants_of(session, tournament_id):
        band = places.get(entrant.id)
        entrant.placement_low, entrant.placement_high = band or (None, None)
        if band == (1, 1):
            champion = entrant.id
    return champion
