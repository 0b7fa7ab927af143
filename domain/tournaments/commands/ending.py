"""Whether a tournament is over, and who finishes where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from domain import matches
from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.matches import MatchState, MatchStatus
from domain.tournaments.commands.change import show
from domain.tournaments.events import TournamentFinished, TournamentReopened
from domain.tournaments.models import Tournament
from domain.tournaments.queries import BracketIndex, bracket_index, entrants_of
from domain.tournaments.rules.placements import Band, placements
from domain.tournaments.rules.progression import Result
from domain.tournaments.values import TournamentStatus


async def conclude(session: WriteSession, tournament: Tournament) -> None:
    """Bring the status of a started tournament and all places up to its results, and tell its viewers.

    While matches are open, only losers who are out have a place. Winners, and what walkovers shift, wait for the end.
    """
    index = await bracket_index(session, tournament.id)
    states = await matches.states_of_owner(session, tournament.id)
    was_over = tournament.status is TournamentStatus.FINISHED
    is_over = all(state.status in matches.OVER for state in states)
    if is_over:
        tournament.status = TournamentStatus.FINISHED
        tournament.finished_at = max(state.finished_at for state in states if state.finished_at is not None)
    else:
        tournament.status, tournament.finished_at = TournamentStatus.RUNNING, None
    champion = await _write(session, tournament.id, (_final_places if is_over else _places_so_far)(index, states))
    await show(session, tournament)
    if is_over:
        await outbox.record(session, TournamentFinished(tournament_id=tournament.id, champion_id=champion))
    elif was_over:
        await outbox.record(session, TournamentReopened(tournament_id=tournament.id))


async def _write(session: WriteSession, tournament_id: UUID, bands: Mapping[int, Band]) -> UUID | None:
    """Write the places by seed; the answer is the entrant in first place, if somebody is."""
    champion = None
    for entrant in await entrants_of(session, tournament_id):
        band = None if entrant.seed is None else bands.get(entrant.seed)
        entrant.placement_low, entrant.placement_high = band or (None, None)
        if band == (1, 1):
            champion = entrant.id
    return champion


def _final_places(index: BracketIndex, states: Sequence[MatchState]) -> Mapping[int, Band]:
    results = {index.keys[state.id]: Result(state.winner) for state in states if state.status is MatchStatus.FINISHED}
    return placements(index.graph, results)


def _places_so_far(index: BracketIndex, states: Sequence[MatchState]) -> Mapping[int, Band]:
    places: dict[int, Band] = {}
    for state in states:
        band = index.places[state.id].band
        if band is not None and state.winner is not None:
            seed = state.slots[1 - state.winner].seed
            if seed is not None:
                places[seed] = (band.low, band.high)
    return places
