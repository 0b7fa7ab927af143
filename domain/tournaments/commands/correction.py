"""An organizer corrects a final result, and the bracket follows as if it had always been so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec

from domain import matches
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.ids import new_id
from domain.matches import MatchKind, MatchState, MatchStatus, Outcome, Result, Verdict
from domain.tournaments.commands.change import checked_reason, require_status
from domain.tournaments.commands.ending import conclude
from domain.tournaments.commands.heats_played import begun_stages
from domain.tournaments.commands.leave import forfeit_if_gone
from domain.tournaments.commands.memory import remembered, set_aside, sides_of, taken_up
from domain.tournaments.commands.played import Played
from domain.tournaments.commands.rungs import rung_changes
from domain.tournaments.commands.stages import slot_of
from domain.tournaments.commands.vetoing import open_vetoes
from domain.tournaments.commands.waiting_rounds import require_no_round_kept, waiting_after
from domain.tournaments.errors import ResultInUse, StageInUse
from domain.tournaments.models import Correction, Entrant, Stage, Tournament
from domain.tournaments.queries import BracketIndex, event_index, stage_field, stages_of
from domain.tournaments.rules.correction import Consequence, Standing, consequences
from domain.tournaments.rules.progression import EMPTY, Sides
from domain.tournaments.rules.stages import passed_on
from domain.tournaments.values import GONE, Effect, MatchEffect, RungChange, StageStatus, TournamentStatus


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
        ImpossibleScore, DrawNotPossible, InvalidInput, WrongTournamentStatus.
        RoundPaired: a later Swiss round that people have begun was paired by this result, and neither `force` nor
            `dry_run` was said.
        StageInUse: others would have gone on to a stage that has begun.
        ResultInUse: it would set aside what people have begun, and neither `force` nor `dry_run` was said.
    """
    match = await matches.to_correct(session, actor, command.match_id, command.version)
    result = matches.checked_result(match.format, command.verdict, match.games)
    reason = checked_reason(command.reason)
    corrected = _corrected(match.state, result)
    bracket = await _bracket(session, match.state)
    found = () if bracket is None else bracket.consequences(match.state, result.winner)
    round_ = None if bracket is None else await waiting_after(session, bracket.tournament, bracket.index, corrected)
    effects = [] if bracket is None else [bracket.effect(one) for one in (found if round_ is None else round_.changes)]
    in_use = [effect for effect in effects if effect.is_play_set_aside]
    if in_use and not command.force and not command.dry_run:
        raise ResultInUse(in_use)
    rungs: list[RungChange] = []
    if bracket is not None:
        if not command.dry_run and not command.force:
            require_no_round_kept(bracket.index, match.id, round_)
        await _require_same_arrivals(session, bracket, corrected, found)
        rungs = await rung_changes(session, bracket.index, corrected, command.now)
    correction = Correction(
        id=new_id(),
        match_id=match.id,
        actor_id=actor.user_id,
        reason=reason,
        effects=msgspec.to_builtins(effects),
        rung_changes=msgspec.to_builtins(rungs),
        corrected_at=command.now,
    )
    if not command.dry_run:
        session.add(correction)
        is_other_winner = match.winner != result.winner
        await matches.correct(session, actor, match, result, reason, command.now)
        if bracket is not None and (is_other_winner or not bracket.index.is_elimination):
            for one in found:
                await _rearrange(session, bracket, one, reason, command.now)
            if round_ is not None:
                await round_.draw(session, bracket.tournament, command.now)
            await conclude(session, bracket.tournament, command.now)
    return correction


def _corrected(state: MatchState, result: Result) -> MatchState:
    """A match as it is with another result."""
    first, second = result.scores or (None, None)
    slots = replace(state.slots[0], score=first), replace(state.slots[1], score=second)
    return replace(state, winner=result.winner, outcome=result.outcome, slots=slots)


async def _require_same_arrivals(
    session: WriteSession, bracket: _Bracket, corrected: MatchState, found: Sequence[Consequence]
) -> None:
    """Let the correction only pass when those who went on to stages that have begun would have gone on as well.

    Raises:
        StageInUse: others would have.
    """
    stages = await stages_of(session, bracket.tournament.id)
    stage = next(stage for stage in stages if stage.id == bracket.index.stage_id)
    taking = [
        (later, source)
        for later in stages
        if later.status is not StageStatus.PENDING
        for source in later.entered_from
        if source.stage == stage.number
    ]
    if not taking:
        return
    begun = await begun_stages(session, bracket.tournament, stages)
    before = next(played for played in begun if isinstance(played, Played) and played.stage is stage)
    states = {corrected.id: corrected}
    for one in found:
        if one.effect is not Effect.STAY:
            if one.after.is_needed and not one.after.is_decided:
                raise StageInUse(taking[0][0].number)
            states[bracket.index.ids[one.key]] = bracket.hypothetical(one)
    after = before.with_states(states)
    for later, source in taking:
        if not after.is_complete or passed_on(source, before.order(begun)) != passed_on(source, after.order(begun)):
            raise StageInUse(later.number)


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

    def hypothetical(self, consequence: Consequence) -> MatchState:
        """A match that is decided after the correction, or not needed, as it would then be."""
        state, after = self.states[consequence.key], consequence.after
        if not after.is_needed:
            return replace(state, status=MatchStatus.NOT_NEEDED, winner=None)
        first, second = (slot_of(seed, self.entrants) for seed in after.sides)
        return replace(state, status=MatchStatus.FINISHED, slots=(first, second), winner=after.winner_slot)

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
    index = (await event_index(session, tournament)).of(state.id)
    key = index.keys[state.id]
    concerned = [index.ids[each] for each in (key, *index.graph.dependants(key))]
    states = await matches.states_by_id(session, concerned)
    return _Bracket(
        tournament=tournament,
        index=index,
        entrants=await stage_field(session, index.stage_id),
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
    await open_vetoes(session, await session.get_one(Stage, bracket.index.stage_id), [match.state], now)
    await forfeit_if_gone(session, bracket.tournament.id, match.state, now)
