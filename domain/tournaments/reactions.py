"""What a change of a match means for its tournament. These run inside the transaction of the change."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain import matches
from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import SYSTEM
from domain.matches import MatchChanged, MatchCorrected, MatchFinished, MatchKind, MatchState, MatchStatus, Slot
from domain.tournaments.commands.change import show
from domain.tournaments.commands.leave import forfeit
from domain.tournaments.commands.play import seat_of
from domain.tournaments.errors import ResultInUse, WrongTournamentStatus
from domain.tournaments.events import TournamentFinished
from domain.tournaments.models import Entrant, Tournament
from domain.tournaments.queries import BracketIndex, bracket_index, entrants_of
from domain.tournaments.rules import progression
from domain.tournaments.rules.placements import placements
from domain.tournaments.rules.progression import EMPTY, Result, Sides
from domain.tournaments.values import GONE, EntrantStatus, TournamentStatus

# Matches that nobody has played because of the result before them.
_UNTOUCHED = frozenset({MatchStatus.PENDING, MatchStatus.READY, MatchStatus.NOT_NEEDED})


async def show_match(session: WriteSession, event: MatchChanged) -> None:
    """Show a new version of a match to the viewers of its tournament."""
    state = event.state
    if state.kind is MatchKind.TOURNAMENT and state.owner_id is not None and event.is_new_version:
        await show(session, await _tournament(session, state.owner_id), state)


async def advance(session: WriteSession, event: MatchFinished) -> None:
    """Let the winner and the loser of a match go where the bracket sends them."""
    decision = await _decision(session, event.state)
    if decision is not None:
        await _seat_followers(session, decision)
        await _place_loser(session, decision)
        await _finish_or_reopen(session, decision)


async def correct(session: WriteSession, event: MatchCorrected) -> None:
    """Let a corrected result take effect in the bracket.

    Raises:
        ResultInUse: a match that depends on the result has started.
        WrongTournamentStatus: the tournament was cancelled.
    """
    decision = await _decision(session, event.state)
    if decision is not None and event.before.winner != event.state.winner:
        if decision.tournament.status is TournamentStatus.CANCELLED:
            raise WrongTournamentStatus(decision.tournament.status, "RUNNING or FINISHED")
        await _require_unused(session, decision)
        await _seat_followers(session, decision)
        await _finish_or_reopen(session, decision, is_correction=True)


@dataclass(frozen=True, slots=True)
class _Decision:
    """A match that has just been decided, and the bracket it stands in."""

    tournament: Tournament
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


async def _decision(session: WriteSession, state: MatchState) -> _Decision | None:
    if state.kind is not MatchKind.TOURNAMENT or state.owner_id is None or state.finished_at is None:
        return None
    tournament = await _tournament(session, state.owner_id)
    return _Decision(tournament, await bracket_index(session, tournament.id), state, state.finished_at)


async def _tournament(session: WriteSession, tournament_id: UUID) -> Tournament:
    # Whoever changes a match holds its tournament, so a row that this transaction has read is still as it was.
    return await session.get_one(Tournament, tournament_id)


async def _require_unused(session: WriteSession, decision: _Decision) -> None:
    index = decision.index
    dependants = [index.ids[key] for key in index.graph.dependants(decision.key)]
    states = await matches.states_by_id(session, dependants)
    in_use = [index.keys[key] for key in dependants if states[key].status not in _UNTOUCHED]
    if in_use:
        raise ResultInUse(in_use)


async def _seat_followers(session: WriteSession, decision: _Decision) -> None:
    """Seat winner and loser. A match that is decided by that announces itself, and is followed up on its own."""
    index = decision.index
    # To the rules every other match is still unknown: what follows from a follower is found once that is decided.
    slots: dict[str, Sides] = {**dict.fromkeys(index.ids, (None, None)), decision.key: _sides(decision.state)}
    result = progression.advance(index.graph, slots, (), decision.key, decision.state.winner)
    for key in decision.followers.intersection(result.not_needed):
        reset_id = index.ids[key]
        if (await matches.states_by_id(session, [reset_id]))[reset_id].status is not MatchStatus.NOT_NEEDED:
            await matches.close_unneeded(session, reset_id, decision.now)
    seats: dict[str, dict[int, int]] = defaultdict(dict)
    for key, slot, seed in result.fills:
        if key in decision.followers:
            seats[key][slot] = seed
    by_seed = await _entrants_by_seed(
        session, decision, {seed for filled in seats.values() for seed in filled.values()}
    )
    for key, filled in seats.items():
        sides = {
            slot: Slot(is_empty=True) if seed == EMPTY else seat_of(by_seed[seed]) for slot, seed in filled.items()
        }
        match = await matches.seat(session, index.ids[key], sides, decision.now)
        if all(slot.is_known for slot in match.slots):
            await _forfeit_if_gone(session, decision, match.state)


async def _forfeit_if_gone(session: WriteSession, decision: _Decision, state: MatchState) -> None:
    """Decide a match at once when one of its sides, or both, will not play it."""
    participants = [slot.participant_id for slot in state.slots if slot.participant_id is not None]
    statement = select(Entrant).where(
        Entrant.tournament_id == decision.tournament.id,
        Entrant.participant_id.in_(participants),
        Entrant.status.in_(GONE),
    )
    left = {entrant.participant_id: entrant for entrant in await session.scalars(statement)}
    # By the rules whoever meets nobody goes on, even if they have left: they lose to the next who is there.
    empty = {index for index, slot in enumerate(state.slots) if slot.is_empty}
    gone = empty or {index for index, slot in enumerate(state.slots) if slot.participant_id in left}
    if gone:
        names = " and ".join(entrant.name for entrant in left.values())
        reason = "Nobody came from the match before." if empty else f"{names} will not play."
        is_disqualified = not empty and any(entrant.status is EntrantStatus.DISQUALIFIED for entrant in left.values())
        await forfeit(session, SYSTEM, state, gone, reason, decision.now, is_disqualified=is_disqualified)


async def _place_loser(session: WriteSession, decision: _Decision) -> None:
    """Write the place of a loser who is out. Winners, and what walkovers shift, wait for the end."""
    band = decision.index.places[decision.state.id].band
    is_open = decision.tournament.status is TournamentStatus.RUNNING
    if band is None or decision.state.winner is None or not is_open:
        return
    participant_id = decision.state.slots[1 - decision.state.winner].participant_id
    statement = select(Entrant).where(
        Entrant.tournament_id == decision.tournament.id, Entrant.participant_id == participant_id
    )
    for entrant in await session.scalars(statement):
        entrant.placement_low, entrant.placement_high = band.low, band.high


async def _finish_or_reopen(session: WriteSession, decision: _Decision, *, is_correction: bool = False) -> None:
    """Finish the tournament with its last match, or open it again when a correction makes one more necessary."""
    tournament = decision.tournament
    was_finished = tournament.status is TournamentStatus.FINISHED
    is_over = await matches.count_open(session, tournament.id) == 0
    if is_over and not was_finished:
        tournament.status, tournament.finished_at = TournamentStatus.FINISHED, decision.now
    elif was_finished and not is_over:
        tournament.status, tournament.finished_at = TournamentStatus.RUNNING, None
    elif not is_correction:
        return
    champion = await _write_placements(session, decision)
    await show(session, tournament)
    if is_over:
        await outbox.record(session, TournamentFinished(tournament_id=tournament.id, champion_id=champion))


async def _write_placements(session: WriteSession, decision: _Decision) -> UUID | None:
    """Write every place that is certain now; the answer is the entrant in first place, if somebody is."""
    index = decision.index
    states = await matches.states_of_owner(session, decision.tournament.id)
    results = {index.keys[state.id]: Result(state.winner) for state in states if state.status is MatchStatus.FINISHED}
    bands = placements(index.graph, results)
    champion = None
    for entrant in await entrants_of(session, decision.tournament.id):
        band = None if entrant.seed is None else bands.get(entrant.seed)
        entrant.placement_low, entrant.placement_high = band or (None, None)
        if band == (1, 1):
            champion = entrant.id
    return champion


async def _entrants_by_seed(session: WriteSession, decision: _Decision, seeds: set[int]) -> dict[int, Entrant]:
    statement = select(Entrant).where(
        Entrant.tournament_id == decision.tournament.id,
        Entrant.seed.in_(seeds),
    )
    return {entrant.seed: entrant for entrant in await session.scalars(statement) if entrant.seed is not None}


def _sides(state: MatchState) -> Sides:
    first, second = (EMPTY if slot.is_empty else slot.seed for slot in state.slots)
    return first, second
