"""Challenges on a ladder: made, taken back, and won because nobody came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain import matches
from domain.infra import outbox, timers
from domain.infra.db import WriteSession
from domain.kernel.actor import SYSTEM, Actor
from domain.kernel.errors import StaleVersion
from domain.matches import Match, MatchNotFound, MatchState, MatchStatus, Outcome
from domain.tournaments import policies
from domain.tournaments.commands.change import held, held_entrant, require_status, show
from domain.tournaments.commands.rungs import ladder_of
from domain.tournaments.commands.stages import draw
from domain.tournaments.errors import ChallengeBegun, LadderClosed, NotAChallenge, NotOnLadder
from domain.tournaments.events import ChallengeCalledOff, ChallengeDue
from domain.tournaments.models import Entrant, EntrantPlayer, Stage, StageEntrant, Tournament
from domain.tournaments.queries import answer_times
from domain.tournaments.rules.graph import MatchNode
from domain.tournaments.values import BracketSide, Seed, StageStatus, Structure, TournamentStatus


@dataclass(frozen=True, slots=True)
class ChallengeOnLadder:
    """Challenge an entrant on the ladder that both are on."""

    opponent_id: UUID
    now: datetime


async def challenge_on_ladder(session: WriteSession, actor: Actor, command: ChallengeOnLadder) -> Match:
    """Make a match between the entrant the actor plays for and another one, who then has to play in time.

    Raises:
        Unauthenticated, EntrantNotFound, TournamentNotFound, WrongTournamentStatus.
        NotOnLadder: the actor plays for nobody on the ladder of the opponent.
        LadderClosed: the opponent is on no ladder that runs.
        OutOfReach, ChallengeIsOpen, RematchTooSoon, TooManyChallenges: they may not be challenged now.
    """
    user_id = actor.require_user()
    tournament, opponent = await held_entrant(session, command.opponent_id)
    await policies.require_visible(session, actor, tournament)
    require_status(tournament, TournamentStatus.RUNNING)
    own = await _entrant_of(session, tournament, user_id)
    if own is None:
        raise NotOnLadder
    stage = await _running_ladder(session, opponent)
    ladder = await ladder_of(session, stage)
    seeds = {entrant_id: seed for seed, entrant_id in ladder.entrants.items()}
    if own.id not in seeds:
        raise NotOnLadder
    sides = seeds[own.id], seeds[opponent.id]
    refusal = ladder.refusal(*sides, ladder.standing(command.now).order, command.now)
    if refusal is not None:
        raise refusal
    number = len(ladder.matches)
    node = MatchNode(f"C{number + 1}", BracketSide.GROUP, 1, number, Seed(sides[0]), Seed(sides[1]), group=1)
    field = {sides[0]: own, sides[1]: opponent}
    (match_id,) = await draw(session, tournament, stage, [node], field, command.now)
    await await_answers(session, tournament, [match_id], command.now)
    await show(session, tournament)
    return await session.get_one(Match, match_id)


async def await_answers(
    session: WriteSession, tournament: Tournament, match_ids: Sequence[UUID], now: datetime
) -> None:
    """Let challenges be decided when the time is over in which they have to be played, or at once where it is."""
    for match_id, due_at in (await answer_times(session, match_ids)).items():
        at = max(due_at, now)
        timers.record_at(session, at, ChallengeDue(tournament_id=tournament.id, match_id=match_id, at=at))


@dataclass(frozen=True, slots=True)
class WithdrawChallenge:
    """Take a challenge back."""

    match_id: UUID
    version: int
    now: datetime


async def withdraw_challenge(session: WriteSession, actor: Actor, command: WithdrawChallenge) -> Match:
    """Call a challenge off that has not begun, as somebody who plays for the challenger, or as an organizer.

    Raises:
        Unauthenticated, MatchNotFound, TournamentNotFound, NotAChallenge, StaleVersion.
        NotOnLadder: the actor is neither.
        ChallengeBegun: it is being played, or over.
    """
    user_id = actor.require_user()
    tournament, state = await _held_challenge(session, command.match_id)
    await policies.require_visible(session, actor, tournament)
    own = await _entrant_of(session, tournament, user_id)
    is_own = own is not None and own.participant_id == state.slots[0].participant_id
    if not is_own and not await policies.can_manage(session, actor, tournament):
        raise NotOnLadder
    if state.version != command.version:
        raise StaleVersion("match", state.version)
    if state.status is not MatchStatus.READY:
        raise ChallengeBegun
    await call_off(session, actor, tournament, [state.id], "The challenge was taken back.", command.now)
    return await session.get_one(Match, state.id)


async def expire_challenge(session: WriteSession, event: ChallengeDue) -> None:
    """Let the challenger win when the challenged has not played in time, if the match still waits for that."""
    await held(session, event.tournament_id)
    state = (await matches.states_by_id(session, [event.match_id])).get(event.match_id)
    if state is None or state.status is not MatchStatus.READY:
        return
    reason = f"{state.slots[1].name} did not play in time."
    await matches.go_on_without_play(session, SYSTEM, state.id, 0, reason, Outcome.WALKOVER, event.at)


async def call_off(
    session: WriteSession, actor: Actor, tournament: Tournament, match_ids: Sequence[UUID], reason: str, now: datetime
) -> None:
    """Let challenges not be played, and say why."""
    await matches.call_off(session, tournament.id, reason, now, only=match_ids, actor=actor)
    for state in (await matches.states_by_id(session, match_ids)).values():
        await outbox.record(session, ChallengeCalledOff(tournament_id=tournament.id, match=state, reason=reason))


async def _entrant_of(session: WriteSession, tournament: Tournament, user_id: UUID) -> Entrant | None:
    """The entrant somebody plays for."""
    statement = (
        select(Entrant)
        .join(EntrantPlayer, EntrantPlayer.entrant_id == Entrant.id)
        .where(EntrantPlayer.tournament_id == tournament.id, EntrantPlayer.user_id == user_id)
    )
    return (await session.scalars(statement)).one_or_none()


async def _running_ladder(session: WriteSession, entrant: Entrant) -> Stage:
    statement = (
        select(Stage)
        .join(StageEntrant, StageEntrant.stage_id == Stage.id)
        .where(
            StageEntrant.entrant_id == entrant.id,
            Stage.structure == Structure.LADDER,
            Stage.status == StageStatus.RUNNING,
            Stage.closed_at.is_(None),
        )
    )
    stage = (await session.scalars(statement)).one_or_none()
    if stage is None:
        raise LadderClosed
    return stage


async def _held_challenge(session: WriteSession, match_id: UUID) -> tuple[Tournament, MatchState]:
    """A challenge and its tournament, both held."""
    state = (await matches.states_by_id(session, [match_id])).get(match_id)
    if state is None:
        raise MatchNotFound
    if not await answer_times(session, [match_id]):
        raise NotAChallenge
    assert state.owner_id is not None
    tournament = await held(session, state.owner_id)
    return tournament, (await matches.states_by_id(session, [match_id]))[match_id]
