"""Writes about matches."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain import matches as domain
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import key_of
from schema.errors import Refusal
from schema.fields import Access, Info, attribute, input_type, mutation, object_type
from schema.matches.enums import MatchEventKind, MatchKind
from schema.matches.types import Match

_VERSION = "The version of the match the client saw."
_KEY = "Repeat a request with the same key, and it happens once."
_SCORES = "The games won by slot 0 and by slot 1."


@object_type
class MatchPayload:
    """The match after the change."""

    match: Match = attribute("The match.")


MatchResult = Annotated[
    MatchPayload | Refusal, strawberry.union("MatchResult", description="The match after the change, or why not.")
]


@input_type
class CreateMatchInput:
    """A match outside of any tournament, against a user or, with both team ids, against a team."""

    game: str = attribute("The slug of the game.")
    kind: MatchKind = attribute("CHALLENGE or CASUAL.")
    best_of: int = attribute("An odd number of games, 1 to 99.")
    opponent: str | None = attribute("The username of the opponent.", default=None)
    team_id: strawberry.ID | None = attribute("The team the viewer leads.", default=None)
    opponent_team_id: strawberry.ID | None = attribute("The opposing team.", default=None)
    idempotency_key: str | None = attribute(_KEY, default=None)

    def to_command(self, now: datetime) -> domain.CreateMatch:
        """The command this asks for."""
        return domain.CreateMatch(
            game=self.game,
            kind=self.kind,
            best_of=self.best_of,
            now=now,
            opponent=self.opponent,
            team_id=None if self.team_id is None else key_of(self.team_id, "Team", "teamId"),
            opponent_team_id=None
            if self.opponent_team_id is None
            else key_of(self.opponent_team_id, "Team", "opponentTeamId"),
        )


@input_type
class RespondToMatchInput:
    """An answer to an invitation."""

    match_id: strawberry.ID = attribute("The match.")
    version: int = attribute(_VERSION)
    accept: bool = attribute("Whether to play it.")


@input_type
class StartMatchInput:
    """Which match begins."""

    match_id: strawberry.ID = attribute("The match.")
    version: int = attribute(_VERSION)


@input_type
class UpdateScoreInput:
    """A running score."""

    match_id: strawberry.ID = attribute("The match.")
    version: int = attribute(_VERSION)
    scores: list[int] = attribute("The games won so far by slot 0 and by slot 1.")


@input_type
class ReportResultInput:
    """A result as one side saw it."""

    match_id: strawberry.ID = attribute("The match.")
    version: int = attribute(_VERSION)
    scores: list[int] = attribute(_SCORES)
    games: list[list[int]] | None = attribute("The points of each game, of slot 0 and of slot 1.", default=None)
    idempotency_key: str | None = attribute(_KEY, default=None)


@input_type
class ConfirmResultInput:
    """Agreement with what the other side reported."""

    match_id: strawberry.ID = attribute("The match.")
    version: int = attribute(_VERSION)
    idempotency_key: str | None = attribute(_KEY, default=None)


@input_type
class DisputeResultInput:
    """Disagreement with what the other side reported."""

    match_id: strawberry.ID = attribute("The match.")
    version: int = attribute(_VERSION)
    reason: str = attribute("Why, in 1 to 500 characters.")


@input_type
class DecideResultInput:
    """A result set by an organizer."""

    match_id: strawberry.ID = attribute("The match.")
    version: int = attribute(_VERSION)
    scores: list[int] = attribute(_SCORES)
    games: list[list[int]] | None = attribute("The points of each game, of slot 0 and of slot 1.", default=None)
    reason: str | None = attribute("Why, in 1 to 500 characters; needed to replace a final result.", default=None)


@input_type
class AwardWalkoverInput:
    """A match that is not played."""

    match_id: strawberry.ID = attribute("The match.")
    version: int = attribute(_VERSION)
    winner_slot: int | None = attribute("The side that goes on. Null only with `neitherTurnedUp`.", default=None)
    neither_turned_up: bool = attribute("Whether nobody goes on.", default=False)
    reason: str = attribute("Why, in 1 to 500 characters.")

    def to_winner(self) -> int | None:
        """The side that goes on.

        Raises:
            InvalidInput: it is not said clearly.
        """
        if (self.winner_slot is None) != self.neither_turned_up:
            raise InvalidInput("Name the side that goes on, or say that neither turned up.", "winnerSlot")
        return self.winner_slot


@input_type
class CancelMatchInput:
    """A match outside of any tournament that is called off."""

    match_id: strawberry.ID = attribute("The match.")
    version: int = attribute(_VERSION)


@input_type
class RecordMatchEventInput:
    """Something seen during a match."""

    match_id: strawberry.ID = attribute("The match.")
    kind: MatchEventKind = attribute("COMMENT, SHOT, FOUL, RACK_STARTED or RACK_ENDED.")
    message: str = attribute("What was seen, in 1 to 500 characters.")
    idempotency_key: str | None = attribute(_KEY, default=None)


@object_type
class MatchesMutation:
    """Writes about matches."""

    @mutation(Access.SIGNED_IN)
    async def create_match(self, info: Info, input: CreateMatchInput) -> MatchResult:
        """Invite somebody to a match outside of any tournament."""
        ctx = info.context
        command = input.to_command(ctx.clock.now())
        return _payload(await ctx.execute_once(domain.create_match, command, input.idempotency_key, domain.Match))

    @mutation(Access.SIGNED_IN)
    async def respond_to_match(self, info: Info, input: RespondToMatchInput) -> MatchResult:
        """Accept or decline an invitation to a match."""
        ctx = info.context
        command = domain.RespondToMatch(_key(input.match_id), input.version, input.accept, ctx.clock.now())
        return _payload(await ctx.execute(domain.respond_to_match, command))

    @mutation(Access.SIGNED_IN)
    async def start_match(self, info: Info, input: StartMatchInput) -> MatchResult:
        """Say that a match is being played."""
        ctx = info.context
        command = domain.StartMatch(_key(input.match_id), input.version, ctx.clock.now())
        return _payload(await ctx.execute(domain.start_match, command))

    @mutation(Access.SIGNED_IN)
    async def update_score(self, info: Info, input: UpdateScoreInput) -> MatchResult:
        """Show the running score. The result itself is reported and confirmed."""
        ctx = info.context
        command = domain.UpdateScore(_key(input.match_id), input.version, tuple(input.scores), ctx.clock.now())
        return _payload(await ctx.execute(domain.update_score, command))

    @mutation(Access.SIGNED_IN)
    async def report_result(self, info: Info, input: ReportResultInput) -> MatchResult:
        """Report a result as one side. An equal report of the other side confirms it, a different one disputes it."""
        ctx = info.context
        command = domain.ReportResult(
            _key(input.match_id), input.version, tuple(input.scores), ctx.clock.now(), _games(input.games)
        )
        return _payload(await ctx.execute_once(domain.report_result, command, input.idempotency_key, domain.Match))

    @mutation(Access.SIGNED_IN)
    async def confirm_result(self, info: Info, input: ConfirmResultInput) -> MatchResult:
        """Confirm what the other side reported; the result is then final."""
        ctx = info.context
        command = domain.ConfirmResult(_key(input.match_id), input.version, ctx.clock.now())
        return _payload(await ctx.execute_once(domain.confirm_result, command, input.idempotency_key, domain.Match))

    @mutation(Access.SIGNED_IN)
    async def dispute_result(self, info: Info, input: DisputeResultInput) -> MatchResult:
        """Disagree with what the other side reported; an organizer then decides."""
        ctx = info.context
        command = domain.DisputeResult(_key(input.match_id), input.version, input.reason, ctx.clock.now())
        return _payload(await ctx.execute(domain.dispute_result, command))

    @mutation(Access.SIGNED_IN)
    async def decide_result(self, info: Info, input: DecideResultInput) -> MatchResult:
        """Set the result as an organizer: settle a dispute, or correct a final result nothing was built on yet."""
        ctx = info.context
        command = domain.DecideResult(
            _key(input.match_id),
            input.version,
            tuple(input.scores),
            ctx.clock.now(),
            _games(input.games),
            input.reason,
        )
        return _payload(await ctx.execute(domain.decide_result, command))

    @mutation(Access.SIGNED_IN)
    async def award_walkover(self, info: Info, input: AwardWalkoverInput) -> MatchResult:
        """Decide a match that was not played, as an organizer."""
        ctx = info.context
        command = domain.AwardWalkover(
            _key(input.match_id), input.version, input.to_winner(), input.reason, ctx.clock.now()
        )
        return _payload(await ctx.execute(domain.award_walkover, command))

    @mutation(Access.SIGNED_IN)
    async def cancel_match(self, info: Info, input: CancelMatchInput) -> MatchResult:
        """Call off a match outside of any tournament."""
        ctx = info.context
        command = domain.CancelMatch(_key(input.match_id), input.version, ctx.clock.now())
        return _payload(await ctx.execute(domain.cancel_match, command))

    @mutation(Access.SIGNED_IN)
    async def record_match_event(self, info: Info, input: RecordMatchEventInput) -> MatchResult:
        """Add a comment, a shot, a foul or a rack to the log of a match."""
        ctx = info.context
        command = domain.RecordObservation(_key(input.match_id), input.kind, input.message, ctx.clock.now())
        return _payload(await ctx.execute_once(domain.record_observation, command, input.idempotency_key, domain.Match))


def _key(match_id: str) -> UUID:
    return key_of(match_id, "Match", "matchId")


def _games(games: list[list[int]] | None) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(game) for game in games or ())


def _payload(match: domain.Match) -> MatchPayload:
    return MatchPayload(match=Match.from_state(match.state))
