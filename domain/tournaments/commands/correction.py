"""An organizer corrects a final result, and the bracket follows as if it had always been so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from domain import matches
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.ids import new_id
from domain.matches import MatchKind, MatchState, MatchStatus, Outcome, Verdict
from domain.tournaments.commands.change import checked_reason, require_status
from domain.tournaments.commands.ending import conclude
from domain.tournaments.commands.leave import forfeit_if_gone
from domain.tournaments.commands.memory import remembered, set_aside, sides_of, taken_up
from domain.tournaments.commands.play import slot_of
from domain.tournaments.errors import ResultInUse
from domain.tournaments.models import Correction, Entrant, Tournament
from domain.tournaments.queries import BracketIndex, bracket_index, entrants_of
from domain.tournaments.rules.correction import Consequence, Standing, consequences
from domain.tournaments.rules.progression import EMPTY, Sides
from domain.tournaments.values import GONE, Effect, MatchEffect, TournamentStatus


@dataclass(frozen=True, slots=True)
class CorrectMatch:
    """Another result for a match that is finished, and why.

    `dry_run` changes nothing and answers what would happen. `force` accepts that later matches that people have begun
    are set aside.
    """

    match_id: UUID
    version: int
    verdict: Verdict
    reason: str
    now: datetime
    dry_run: bool = False
    force: bool = False


async def correct_match(session: WriteSession, actor: Actor, command: CorrectMatch) -> Correction:
    """Replace the final result of a match as an official, and let every match that depends on it follow.

    Raises:
        MatchNotFound, StaleVersion, Unauthenticated, NotAnOfficial, OwnMatch, WrongMatchStatus, MatchNotReady,
        ImpossibleScore, InvalidInput, WrongTournamentStatus.
        ResultInUse: it would set aside what people have begun, and neither `force` nor `dry_run` was said.
    """
    match = await matches.to_correct(session, actor, command.match_id, command.version)
    result = matches.checked_result(match.best_of, command.verdict)
    reason = checked_reason(command.reason)
    bracket = await _bracket(session, match.state)
    found = () if bracket is None else bracket.consequences(match.state, result.winner)
    effects = [] if bracket is None else [bracket.effect(one) for one in found]
    in_use = [effect for effect in effects if effect.is_play_set_aside]
    if in_use and not command.force and not command.dry_run:
        raise ResultInUse(in_use)
    correction = Correction(
        id=new_id(),
        match_id=match.id,
        actor_id=actor.user_id,
        reason=reason,
        effects=msgspec.to_builtins(effects),
        corrected_at=command.now,
    )
    if not command.dry_run:
        session.add(correction)
        is_other_winner = match.winner != result.winner
        await matches.correct(session, actor, match, result, reason, command.now)
        if bracket is not None and is_other_winner:
            for one in found:
                await _rearrange(session, bracket, one, reason, command.now)
            await conclude(session, bracket.tournament)
    return correction


@dataclass(frozen=True, slots=True)
class _Bracket:
    """What a correction has to know of a bracket: the match and its dependants as they are, and what they remember."""

    tournament: Tournament
    index: BracketIndex
    entrants: Mapping[int, Entrant]
    states: Mapping[str, MatchState]
    aside: Mapping[tuple[str, Sides], MatchState]

    def consequences(self, state: MatchState, winner_slot: int | None) -> tuple[Consequence, ...]:
        """What happens to each match that depends on this one when that slot has won it."""
        gone = {seed for seed, entrant in self.entrants.items() if entrant.status in GONE}
        return consequences(
            self.index.graph,
            {key: _standing(each, gone) for key, each in self.states.items()},
            {place: _standing(each, gone) for place, each in self.aside.items()},
            gone,
            self.index.keys[state.id],
            winner_slot,
        )

    def effect(self, consequence: Consequence) -> MatchEffect:
        """The consequence with the keys of rows."""
        return MatchEffect(
            match_id=self.index.ids[consequence.key],
            key=consequence.key,
            effect=consequence.effect,
            is_play_set_aside=consequence.is_play_set_aside,
            before=self._ids(consequence.before.sides),
            after=self._ids(consequence.after.sides),
        )

    def _ids(self, sides: Sides) -> tuple[UUID, ...]:
        return tuple(self.entrants[seed].id for seed in sides if seed not in (None, EMPTY))


async def _bracket(session: WriteSession, state: MatchState) -> _Bracket | None:
    """The bracket a match stands in; None when it stands alone.

    Raises:
        WrongTournamentStatus: the tournament was cancelled.
    """
    if state.kind is not MatchKind.TOURNAMENT or state.owner_id is None:
        return None
    tournament = await session.get_one(Tournament, state.owner_id)
    require_status(tournament, TournamentStatus.RUNNING, TournamentStatus.FINISHED)
    index = await bracket_index(session, tournament.id)
    key = index.keys[state.id]
    concerned = [index.ids[each] for each in (key, *index.graph.dependants(key))]
    states = await matches.states_by_id(session, concerned)
    entrants = await entrants_of(session, tournament.id)
    return _Bracket(
        tournament=tournament,
        index=index,
        entrants={entrant.seed: entrant for entrant in entrants if entrant.seed is not None},
        states={index.keys[match_id]: each for match_id, each in states.items()},
        aside={(index.keys[each.id], sides_of(each)): each for each in await remembered(session, concerned)},
    )


def _standing(state: MatchState, gone: set[int]) -> Standing:
    """How far a match has come, as the rules see it."""
    sides = sides_of(state)
    if state.status is MatchStatus.NOT_NEEDED:
        return Standing(sides, is_needed=False)
    if state.status is MatchStatus.FINISHED:
        is_by_itself = state.outcome is not Outcome.PLAYED and not gone.isdisjoint(sides)
        is_begun = EMPTY not in sides and not is_by_itself
        return Standing(sides, is_begun, is_decided=True, winner_slot=state.winner)
    return Standing(sides, is_begun=state.status not in (MatchStatus.PENDING, MatchStatus.READY))


async def _rearrange(
    session: WriteSession, bracket: _Bracket, consequence: Consequence, reason: str, now: datetime
) -> None:
    """Let a match have its new sides.

    The matches that follow it get theirs the same way, so when it announces a result they have been seated already.
    """
    before, after = consequence.before, consequence.after
    if consequence.effect is Effect.STAY:
        return
    state = bracket.states[consequence.key]
    if before.is_begun or before.is_decided:
        set_aside(session, state)
    reset_because = reason if consequence.is_play_set_aside else None
    if not after.is_needed:
        await matches.close_unneeded(session, state.id, now, reset_because=reset_because)
        return
    kept = await taken_up(session, state.id, after.sides)
    seats = {
        slot: slot_of(seed, bracket.entrants)
        for slot, seed in enumerate(after.sides)
        if seed != before.sides[slot] or not before.is_needed
    }
    match = await matches.seat(session, state.id, seats, now, kept=kept, reset_because=reset_because)
    await forfeit_if_gone(session, bracket.tournament.id, match.state, now)
