"""What the two sides do before and while they play."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain import accounts, games, teams
from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput, LimitReached
from domain.kernel.ids import new_id
from domain.kernel.participant import ParticipantKind
from domain.kernel.scoring import MatchScoring
from domain.matches import policies
from domain.matches.commands.change import Change, checked_text, held
from domain.matches.errors import NotInvited, SameSides, WrongMatchStatus
from domain.matches.events import MatchInvited, MatchReady
from domain.matches.models import Match
from domain.matches.rules import scores as rules
from domain.matches.values import OPEN, EntryKind, MatchObservation, MatchStatus, OpenMatchKind, Slot

# Whoever is invited is told each time.
MAX_INVITATIONS = 20
MAX_INVITATIONS_OF_ONE_SIDE = 3


@dataclass(frozen=True, slots=True)
class CreateMatch:
    """Challenge a user, or with `team_id` and `opponent_team_id` another team, to a match.

    A level score is a draw if it `has_draws` and the scoring can give one.
    """

    game: str
    kind: OpenMatchKind
    best_of: int
    now: datetime
    opponent: str | None = None
    team_id: UUID | None = None
    opponent_team_id: UUID | None = None
    scoring: MatchScoring = MatchScoring.BEST_OF
    has_draws: bool = True


async def create_match(session: WriteSession, actor: Actor, command: CreateMatch) -> Match:
    """Invite the other side to a match outside of any event.

    Raises:
        Unauthenticated, GameNotFound, UserNotFound, TeamNotFound, NotCaptain, SameSides, InvalidInput.
        LimitReached: too many invitations of this side, or of these two sides, wait for an answer.
    """
    user_id = actor.require_user()
    await locks.hold(session, command.team_id or user_id)
    best_of = rules.checked_best_of(command.best_of, scoring=command.scoring)
    game = await games.game_by_slug(session, command.game)
    if game is None:
        raise games.GameNotFound
    first, second = await _sides(session, actor, user_id, command)
    if first.participant_id == second.participant_id:
        raise SameSides
    await _require_room(session, first, second)
    match = Match(
        id=new_id(),
        game_id=game.id,
        kind=command.kind.match_kind,
        best_of=best_of,
        scoring=command.scoring,
        can_be_drawn=command.has_draws and command.scoring is not MatchScoring.BEST_OF,
        status=MatchStatus.INVITED,
        version=0,
        log_length=0,
        first=first,
        second=second,
        games=[],
        created_at=command.now,
    )
    session.add(match)
    await session.flush()
    change = Change(match, actor, command.now)
    change.log(EntryKind.CREATED)
    await change.record(session)
    await outbox.record(session, MatchInvited(state=match.state))
    return match


@dataclass(frozen=True, slots=True)
class RespondToMatch:
    """Accept or decline an invitation."""

    match_id: UUID
    version: int
    accept: bool
    now: datetime


async def respond_to_match(session: WriteSession, actor: Actor, command: RespondToMatch) -> Match:
    """Answer an invitation as the invited side.

    Raises:
        MatchNotFound, StaleVersion, WrongMatchStatus, Unauthenticated, NotYourMatch, NotInvited, BothSides.
    """
    match = await held(session, command.match_id, command.version)
    side = await policies.require_side(session, actor, match)
    if match.status is not MatchStatus.INVITED:
        raise WrongMatchStatus(match.status, "INVITED")
    if side == 0:
        raise NotInvited
    match.status = MatchStatus.READY if command.accept else MatchStatus.CANCELLED
    change = Change(match, actor, command.now)
    change.log(EntryKind.ACCEPTED if command.accept else EntryKind.CANCELLED, slot=1)
    await change.record(session)
    if command.accept:
        await outbox.record(session, MatchReady(state=match.state))
    return match


@dataclass(frozen=True, slots=True)
class StartMatch:
    """Say that the match is being played."""

    match_id: UUID
    version: int
    now: datetime


async def start_match(session: WriteSession, actor: Actor, command: StartMatch) -> Match:
    """Set a match live.

    Raises:
        MatchNotFound, StaleVersion, WrongMatchStatus, Unauthenticated, NotYourMatch, BothSides.
    """
    match = await held(session, command.match_id, command.version)
    side = await policies.require_side_or_scorer(session, actor, match)
    if match.status is not MatchStatus.READY:
        raise WrongMatchStatus(match.status, "READY")
    change = Change(match, actor, command.now)
    _go_live(change)
    change.log(EntryKind.STARTED, slot=side)
    await change.record(session)
    return match


@dataclass(frozen=True, slots=True)
class UpdateScore:
    """The scores so far, of slot 0 and of slot 1, and if wanted the points of each game; else those told before, if
    they fit.
    """

    match_id: UUID
    version: int
    scores: Sequence[int]
    now: datetime
    games: Sequence[Sequence[int]] = ()


async def update_score(session: WriteSession, actor: Actor, command: UpdateScore) -> Match:
    """Show the running score of a match; the result itself is reported and confirmed.

    Raises:
        MatchNotFound, StaleVersion, WrongMatchStatus, ImpossibleScore, Unauthenticated, NotYourMatch, BothSides.
    """
    match = await held(session, command.match_id, command.version)
    side = await policies.require_side_or_scorer(session, actor, match)
    if match.status not in (MatchStatus.READY, MatchStatus.LIVE):
        raise WrongMatchStatus(match.status, "READY or LIVE")
    scores = rules.running(match.format, command.scores)
    games = [list(pair) for pair in rules.games(match.format, scores, command.games, match.games, is_over=False)]
    change = Change(match, actor, command.now)
    is_score_alone = match.status is MatchStatus.LIVE and games == match.games
    if match.status is not MatchStatus.LIVE:
        _go_live(change)
    set_scores(match, scores)
    match.games = games
    change.log(EntryKind.SCORE, slot=side, scores=scores)
    await change.record(session, is_score_alone=is_score_alone)
    return match


@dataclass(frozen=True, slots=True)
class CancelMatch:
    """Call off a match outside of any event."""

    match_id: UUID
    version: int
    now: datetime


async def cancel_match(session: WriteSession, actor: Actor, command: CancelMatch) -> Match:
    """Call off a match before it is over.

    Raises:
        MatchNotFound, StaleVersion, WrongMatchStatus, Unauthenticated, NotYourMatch, BothSides.
    """
    match = await held(session, command.match_id, command.version)
    side = await policies.require_side_or_scorer(session, actor, match)
    if match.owner_id is not None:
        raise WrongMatchStatus(match.status, "not part of an event; its organizers decide")
    # Nobody decides a dispute outside of an event. A reported result is for the other side to answer.
    if match.status not in (MatchStatus.INVITED, MatchStatus.READY, MatchStatus.LIVE, MatchStatus.DISPUTED):
        raise WrongMatchStatus(match.status, "INVITED, READY, LIVE or DISPUTED")
    match.status, match.report, match.dispute_reason = MatchStatus.CANCELLED, None, None
    change = Change(match, actor, command.now)
    change.log(EntryKind.CANCELLED, slot=side)
    await change.record(session)
    return match


@dataclass(frozen=True, slots=True)
class RecordObservation:
    """Something seen during a match: a comment, a shot, a foul, the start or end of a rack."""

    match_id: UUID
    kind: MatchObservation
    message: str
    now: datetime


async def record_observation(session: WriteSession, actor: Actor, command: RecordObservation) -> Match:
    """Add an observation to the log; it changes neither score nor version.

    Raises:
        MatchNotFound, InvalidInput, WrongMatchStatus, Unauthenticated, NotYourMatch, BothSides.
    """
    match = await held(session, command.match_id)
    side = await policies.require_side_or_scorer(session, actor, match)
    message = checked_text(command.message, "message")
    if match.status not in OPEN and match.status is not MatchStatus.FINISHED:
        raise WrongMatchStatus(match.status, "open or finished")
    change = Change(match, actor, command.now)
    change.log(command.kind.entry_kind, slot=side, message=message)
    await change.record(session, is_new_version=False)
    return match


def set_scores(match: Match, scores: tuple[int, int] | tuple[None, None]) -> None:
    """Write the scores into both slots."""
    match.first = replace(match.first, score=scores[0])
    match.second = replace(match.second, score=scores[1])


def _go_live(change: Change) -> None:
    change.match.status = MatchStatus.LIVE
    change.match.started_at = change.now
    set_scores(change.match, (change.match.advantage, 0))


async def _require_room(session: WriteSession, sender: Slot, invited: Slot) -> None:
    columns = Match.__table__.c
    statement = select(columns.second_id).where(
        columns.first_id == sender.participant_id, Match.status == MatchStatus.INVITED
    )
    waiting = list(await session.scalars(statement))
    if len(waiting) >= MAX_INVITATIONS:
        raise LimitReached(f"{MAX_INVITATIONS} of your invitations wait for an answer; call some of them off.")
    if waiting.count(invited.participant_id) >= MAX_INVITATIONS_OF_ONE_SIDE:
        raise LimitReached(
            f"{MAX_INVITATIONS_OF_ONE_SIDE} of your invitations wait for an answer of this opponent; "
            "call one of them off."
        )


async def _sides(session: WriteSession, actor: Actor, user_id: UUID, command: CreateMatch) -> tuple[Slot, Slot]:
    if command.team_id is not None and command.opponent_team_id is not None:
        await teams.require_captain(session, actor, command.team_id)
        found = await teams.teams_by_id(session, [command.team_id, command.opponent_team_id])
        if any(key not in found or found[key].disbanded_at for key in (command.team_id, command.opponent_team_id)):
            raise teams.TeamNotFound
        mine, theirs = found[command.team_id], found[command.opponent_team_id]
        return Slot(ParticipantKind.TEAM, mine.id, mine.name), Slot(ParticipantKind.TEAM, theirs.id, theirs.name)
    if command.opponent is None or command.team_id is not None or command.opponent_team_id is not None:
        raise InvalidInput("Name an opponent, or your team and the opposing team.", "opponent")
    opponent = await accounts.findable_user(session, actor, command.opponent)
    me = (await accounts.users_by_id(session, [user_id]))[user_id]
    return (
        Slot(ParticipantKind.USER, me.id, me.display_name),
        Slot(ParticipantKind.USER, opponent.id, opponent.display_name),
    )
