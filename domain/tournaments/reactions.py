"""What a change of a match means for its tournament. These run inside the transaction of the change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain import matches
from domain.infra.db import WriteSession
from domain.matches import MatchChanged, MatchFinished, MatchKind, MatchRestored, MatchState, MatchStatus
from domain.tournaments.commands.change import show
from domain.tournaments.commands.ending import conclude, places_losers
from domain.tournaments.commands.leave import forfeit_if_gone
from domain.tournaments.commands.memory import sides_of, taken_up
from domain.tournaments.commands.stages import slot_of
from domain.tournaments.commands.vetoing import open_vetoes
from domain.tournaments.models import BracketMatch, Entrant, Stage, StageEntrant, Tournament
from domain.tournaments.queries import BracketIndex, count_open, event_index, stages_of
from domain.tournaments.rules import progression
from domain.tournaments.rules.graph import may_end
from domain.tournaments.values import StageStatus, TournamentStatus


async def show_match(session: WriteSession, event: MatchChanged) -> None:
    """Show a new version of a match to the viewers of its tournament."""
    state = event.state
    if state.kind is MatchKind.TOURNAMENT and state.owner_id is not None and event.is_new_version:
        tournament = await _tournament(session, state.owner_id)
        await show(session, tournament, state, is_score_alone=event.is_score_alone)


async def advance(session: WriteSession, event: MatchFinished) -> None:
    """Let the winner and the loser of a match go where the bracket sends them."""
    if event.state.finished_at is not None:
        await _go_on(session, event.state, event.state.finished_at)


async def advance_again(session: WriteSession, event: MatchRestored) -> None:
    """The same when what was set aside holds again, if the match had been decided."""
    if event.state.status is MatchStatus.FINISHED:
        await _go_on(session, event.state, event.at)


async def _go_on(session: WriteSession, state: MatchState, now: datetime) -> None:
    decision = await _decision(session, state, now)
    if decision is not None:
        if decision.index.is_elimination:
            await _seat_followers(session, decision)
            await _place_loser(session, decision)
        await _finish(session, decision)


@dataclass(frozen=True, slots=True)
class _Decision:
    """A match that has just been decided, and the bracket it stands in."""

    tournament: Tournament
    stages: Sequence[Stage]
    stage: Stage
    index: BracketIndex
    state: MatchState
    now: datetime

    @property
    def key(self) -> str:
        return self.index.keys[self.state.id]

    @property
    def followers(self) -> set[str]:
        """The matches that its winner and its loser go to."""
        graph = self.index.graph
        return {target[0] for target in (graph.winner_to[self.key], graph.loser_to[self.key]) if target is not None}


async def _decision(session: WriteSession, state: MatchState, now: datetime) -> _Decision | None:
    if state.kind is not MatchKind.TOURNAMENT or state.owner_id is None:
        return None
    tournament = await _tournament(session, state.owner_id)
    stages = await stages_of(session, tournament.id)
    if any(stage.is_endless for stage in stages) and await _is_on_endless_ladder(session, state):
        return None
    index = (await event_index(session, tournament)).of(state.id)
    stage = next(stage for stage in stages if stage.id == index.stage_id)
    return _Decision(tournament, stages, stage, index, state, now)


async def _is_on_endless_ladder(session: WriteSession, state: MatchState) -> bool:
    """Whether a match is on a ladder that nobody has ended. Its order follows from its matches by itself."""
    place = await session.get_one(BracketMatch, state.id)
    return (await session.get_one(Stage, place.stage_id)).is_endless


async def _tournament(session: WriteSession, tournament_id: UUID) -> Tournament:
    # Whoever changes a match holds its tournament, so a row that this transaction has read is still as it was.
    return await session.get_one(Tournament, tournament_id)


async def _seat_followers(session: WriteSession, decision: _Decision) -> None:
    """Seat winner and loser. A match that is decided by that announces itself, and is followed up on its own.

    After a correction they have their seats already.
    """
    index = decision.index
    # What follows from a follower is found once that is decided.
    fills, not_needed = progression.outcome(index.graph, decision.key, sides_of(decision.state), decision.state.winner)
    following = await matches.owned(session, [index.ids[key] for key in decision.followers])
    followers = {index.keys[match.id]: match.state for match in following}
    for key in decision.followers.intersection(not_needed):
        if followers[key].status is not MatchStatus.NOT_NEEDED:
            await matches.close_unneeded(session, index.ids[key], decision.now)
    seats: dict[str, dict[int, int]] = defaultdict(dict)
    for key, slot, seed in fills:
        if key in followers and sides_of(followers[key])[slot] != seed:
            seats[key][slot] = seed
    if not seats:
        return
    by_seed = await _entrants_by_seed(
        session, decision.stage, {seed for slots in seats.values() for seed in slots.values()}
    )
    for key, filled in seats.items():
        first, second = sides_of(followers[key])
        sides = filled.get(0, first), filled.get(1, second)
        kept = await taken_up(session, index.ids[key], sides)
        coming = {slot: slot_of(seed, by_seed) for slot, seed in filled.items()}
        match = await matches.seat(session, index.ids[key], coming, decision.now, kept=kept)
        await open_vetoes(session, decision.stage, [match.state], decision.now)
        await forfeit_if_gone(session, decision.tournament.id, match.state, decision.now)


async def _place_loser(session: WriteSession, decision: _Decision) -> None:
    """Write the place of a loser who is out. Winners, and what walkovers shift, wait for the end."""
    band = decision.index.places[decision.state.id].band
    is_open = decision.tournament.status is TournamentStatus.RUNNING
    if band is None or decision.state.winner is None or not is_open:
        return
    seed = decision.state.slots[1 - decision.state.winner].seed
    if seed is not None and places_losers(decision.stages, decision.stage):
        for entrant in (await _entrants_by_seed(session, decision.stage, {seed})).values():
            entrant.placement_low, entrant.placement_high = band.low, band.high


async def _finish(session: WriteSession, decision: _Decision) -> None:
    """Go on with the event when this was the last match of its stage.

    Where a winner goes on, that match is still open, or has been decided meanwhile and asks by itself.
    """
    if not may_end(decision.index.graph, decision.key):
        return
    if decision.stage.status is StageStatus.RUNNING and await count_open(session, decision.stage) == 0:
        await conclude(session, decision.tournament, decision.now)


async def _entrants_by_seed(session: WriteSession, stage: Stage, seeds: set[int]) -> dict[int, Entrant]:
    statement = (
        select(StageEntrant.seed, Entrant)
        .join(Entrant, Entrant.id == StageEntrant.entrant_id)
        .where(StageEntrant.stage_id == stage.id, StageEntrant.seed.in_(seeds))
    )
    return dict((await session.execute(statement)).all())
