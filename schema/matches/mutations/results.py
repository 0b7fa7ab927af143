"""How a match gets its result."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain import matches as domain
from domain.kernel.errors import InvalidInput
from schema.errors import Refusal
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, input_type, mutation, object_type
from schema.matches.mutations.words import GAMES, MATCH, SCORES, TIEBREAK_WINNER, VERSION, match_key
from schema.matches.types import Match


@input_type
class ReportResultInput:
    """A result as one side saw it."""

    match_id: strawberry.ID = attribute(MATCH)
    version: int = attribute(VERSION)
    scores: list[int] = attribute(SCORES)
    games: list[list[int]] | None = attribute(GAMES, default=None)
    winner_slot: int | None = attribute(TIEBREAK_WINNER, default=None)
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)


@input_type
class ConfirmResultInput:
    """Agreement with what the other side reported."""

    match_id: strawberry.ID = attribute(MATCH)
    version: int = attribute(VERSION)
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)


@input_type
class DisputeResultInput:
    """Disagreement with what the other side reported."""

    match_id: strawberry.ID = attribute(MATCH)
    version: int = attribute(VERSION)
    reason: str = attribute("Why, in 1 to 500 characters.")


@input_type
class DecideResultInput:
    """A result set by an organizer."""

    match_id: strawberry.ID = attribute(MATCH)
    version: int = attribute(VERSION)
    scores: list[int] = attribute(SCORES)
    games: list[list[int]] | None = attribute(GAMES, default=None)
    winner_slot: int | None = attribute(TIEBREAK_WINNER, default=None)
    reason: str | None = attribute("Why, in 1 to 500 characters.", default=None)


@input_type
class AwardWalkoverInput:
    """A match that is not played."""

    match_id: strawberry.ID = attribute(MATCH)
    version: int = attribute(VERSION)
    winner_slot: int | None = attribute("The side that goes on. Null only with `isDoubleWalkover`.", default=None)
    is_double_walkover: bool = attribute("Whether neither side turned up, so that nobody goes on.", default=False)
    reason: str = attribute("Why, in 1 to 500 characters.")

    def to_winner(self) -> int | None:
        """The side that goes on.

        Raises:
            InvalidInput: it is not said clearly.
        """
        if (self.winner_slot is None) != self.is_double_walkover:
            raise InvalidInput("Name the side that goes on, or say that it is a double walkover.", "winnerSlot")
        return self.winner_slot


@object_type
class ReportResultPayload:
    """The report is in."""

    match: Match = attribute("The match; when both sides have reported, it is decided or disputed.")


@object_type
class ConfirmResultPayload:
    """The result is final."""

    match: Match = attribute("The match with its result.")


@object_type
class DisputeResultPayload:
    """An organizer has to decide."""

    match: Match = attribute(MATCH)


@object_type
class DecideResultPayload:
    """The result is final."""

    match: Match = attribute("The match with its result.")


@object_type
class AwardWalkoverPayload:
    """The match is decided without play."""

    match: Match = attribute("The match with its result.")


ReportResultResult = Annotated[
    ReportResultPayload | Refusal,
    strawberry.union("ReportResultResult", description="The match, or why the report does not count."),
]
ConfirmResultResult = Annotated[
    ConfirmResultPayload | Refusal,
    strawberry.union("ConfirmResultResult", description="The match, or why its result is not confirmed."),
]
DisputeResultResult = Annotated[
    DisputeResultPayload | Refusal,
    strawberry.union("DisputeResultResult", description="The match, or why its result is not disputed."),
]
DecideResultResult = Annotated[
    DecideResultPayload | Refusal,
    strawberry.union("DecideResultResult", description="The match, or why it is not decided."),
]
AwardWalkoverResult = Annotated[
    AwardWalkoverPayload | Refusal,
    strawberry.union("AwardWalkoverResult", description="The match, or why there is no walkover."),
]


@object_type
class ResultsMutation:
    """How a match gets its result."""

    @mutation(Access.SIGNED_IN)
    async def report_result(self, info: Info, input: ReportResultInput) -> ReportResultResult:
        """Report a result as one side. An equal report of the other side confirms it, a different one disputes it."""
        ctx = info.context
        command = domain.ReportResult(
            match_key(input.match_id),
            input.version,
            tuple(input.scores),
            ctx.clock.now(),
            _games(input.games),
            input.winner_slot,
        )
        row = await ctx.execute_once(domain.report_result, command, input.idempotency_key, domain.Match)
        return ReportResultPayload(match=Match.from_state(row.state))

    @mutation(Access.SIGNED_IN)
    async def confirm_result(self, info: Info, input: ConfirmResultInput) -> ConfirmResultResult:
        """Confirm what the other side reported; the result is then final."""
        ctx = info.context
        command = domain.ConfirmResult(match_key(input.match_id), input.version, ctx.clock.now())
        row = await ctx.execute_once(domain.confirm_result, command, input.idempotency_key, domain.Match)
        return ConfirmResultPayload(match=Match.from_state(row.state))

    @mutation(Access.SIGNED_IN)
    async def dispute_result(self, info: Info, input: DisputeResultInput) -> DisputeResultResult:
        """Disagree with what the other side reported; an organizer then decides."""
        ctx = info.context
        command = domain.DisputeResult(match_key(input.match_id), input.version, input.reason, ctx.clock.now())
        row = await ctx.execute(domain.dispute_result, command)
        return DisputeResultPayload(match=Match.from_state(row.state))

    @mutation(Access.SIGNED_IN)
    async def decide_result(self, info: Info, input: DecideResultInput) -> DecideResultResult:
        """Set the result as an organizer, as to settle a dispute. Once it is final, `correctMatch` replaces it."""
        ctx = info.context
        command = domain.DecideResult(
            match_key(input.match_id),
            input.version,
            tuple(input.scores),
            ctx.clock.now(),
            _games(input.games),
            input.reason,
            input.winner_slot,
        )
        row = await ctx.execute(domain.decide_result, command)
        return DecideResultPayload(match=Match.from_state(row.state))

    @mutation(Access.SIGNED_IN)
    async def award_walkover(self, info: Info, input: AwardWalkoverInput) -> AwardWalkoverResult:
        """Decide a match that was not played, as an organizer."""
        ctx = info.context
        command = domain.AwardWalkover(
            match_key(input.match_id), input.version, input.to_winner(), input.reason, ctx.clock.now()
        )
        row = await ctx.execute(domain.award_walkover, command)
        return AwardWalkoverPayload(match=Match.from_state(row.state))


def _games(games: list[list[int]] | None) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(game) for game in games or ())
