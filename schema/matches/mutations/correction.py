"""How a final result is corrected, and what that does to later matches."""

from __future__ import annotations

from asyncio import gather
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain import matches as domain_matches
from domain import tournaments as domain
from domain.kernel.errors import InvalidInput
from domain.matches import Outcome, Verdict
from resolvers import matches as resolve_matches
from resolvers import tournaments as resolve
from resolvers.context import Context
from schema import tournaments
from schema.errors import Refusal, UserError
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, field, input_type, mutation, object_type
from schema.matches.enums import MatchOutcome
from schema.matches.mutations.words import GAMES, MATCH, SCORES, VERSION, match_key
from schema.matches.types import Match
from schema.refs import EntrantRef
from schema.tournaments.effects import CorrectionEffect

# A match of a double elimination of 4,096 has some hundred dependants, one of 64 two dozen.
_DEPENDANTS = 30


@input_type
class CorrectMatchInput:
    """Another result for a finished match: `scores` when it was played, else the side that goes on, or nobody."""

    match_id: strawberry.ID = attribute(MATCH)
    version: int = attribute(VERSION)
    outcome: MatchOutcome = attribute("How it was decided in truth.", default=Outcome.PLAYED)
    scores: list[int] | None = attribute(f"{SCORES} Null when it was not played.", default=None)
    games: list[list[int]] | None = attribute(GAMES, default=None)
    winner_slot: int | None = attribute(
        "The side that goes on without play, or that won what decided a match that cannot be drawn after level scores."
        " Null when the scores say how it ended, and with `isDoubleWalkover`.",
        default=None,
    )
    is_double_walkover: bool = attribute("Whether neither side turned up, so that nobody goes on.", default=False)
    reason: str = attribute("Why, in 1 to 500 characters. Those whose matches are set aside are told.")
    dry_run: bool = attribute("Whether to change nothing, and only say what would happen.", default=False)
    force: bool = attribute(
        "Whether later matches may be set aside that people have played, decided or begun.", default=False
    )
    idempotency_key: str | None = attribute(f"{IDEMPOTENCY_KEY} A dry run does not count.", default=None)

    def to_command(self, now: datetime) -> domain.CorrectMatch:
        """The command this asks for.

        Raises:
            InvalidInput: it is not said clearly who goes on.
        """
        is_open = self.outcome is not Outcome.PLAYED and self.winner_slot is None
        if is_open != self.is_double_walkover:
            raise InvalidInput(
                "Give the scores, or without play name the side that goes on, or say that it is a double walkover.",
                "winnerSlot",
            )
        verdict = Verdict(
            outcome=self.outcome,
            scores=tuple(self.scores or ()),
            games=tuple(tuple(game) for game in self.games or ()),
            winner=self.winner_slot,
        )
        return domain.CorrectMatch(
            match_id=match_key(self.match_id),
            version=self.version,
            verdict=verdict,
            reason=self.reason,
            now=now,
            dry_run=self.dry_run,
            force=self.force,
        )


@object_type
class MatchEffect:
    """What a correction does to one match that depends on the corrected one."""

    value: strawberry.Private[domain.MatchEffect]
    effect: CorrectionEffect = attribute("What happens to it.")
    is_play_set_aside: bool = attribute(
        "Whether people had played, decided or begun it, and that does not count any more. This needs `force`."
    )

    @field
    async def match(self, info: Info) -> Match:
        """The match as it is now; after a dry run or a refusal that is unchanged."""
        return await _match(info.context, self.value.match_id)

    @field(size=2)
    async def before(self, info: Info) -> list[EntrantRef]:
        """Who was in it before the correction, in the order of its slots, as far as known."""
        return await _entrants(info.context, self.value.before)

    @field(size=2)
    async def after(self, info: Info) -> list[EntrantRef]:
        """Who is in it after the correction, in the order of its slots, as far as known."""
        return await _entrants(info.context, self.value.after)

    @classmethod
    def from_value(cls, value: domain.MatchEffect) -> MatchEffect:
        """The effect as clients see it."""
        return cls(value=value, effect=value.effect, is_play_set_aside=value.is_play_set_aside)


@object_type
class ResultInUseError(UserError):
    """Later matches were played, decided or begun because of this result, and `force` was not said."""

    effects: list[MatchEffect] = attribute("What would be set aside, in playable order.", size=_DEPENDANTS)


@object_type
class RungChange:
    """What a correction does to somebody on a ladder."""

    value: strawberry.Private[domain.RungChange]
    before: int = attribute("The rank before it.")
    after: int = attribute("The rank after it.")

    @field
    async def entrant(self, info: Info) -> EntrantRef:
        """Who."""
        (entrant,) = await _entrants(info.context, [self.value.entrant_id])
        return entrant

    @classmethod
    def from_value(cls, value: domain.RungChange) -> RungChange:
        """The change as clients see it."""
        return cls(value=value, before=value.before, after=value.after)


@object_type
class CorrectMatchPayload:
    """The result is corrected; or after a dry run, what would happen."""

    match: Match = attribute("The corrected match; after a dry run as it was.")
    is_force_needed: bool = attribute("Whether it sets aside what people have played, decided or begun.")
    effects: list[MatchEffect] = attribute(
        "What happens to every match that depends on it, in playable order. Empty outside of a tournament.",
        size=_DEPENDANTS,
    )
    rung_changes: list[RungChange] = attribute(
        "Who stands on another rung because of it, the top first; at most all of a ladder. Empty outside of one.",
        size=_DEPENDANTS,
    )


CorrectMatchResult = Annotated[
    CorrectMatchPayload | ResultInUseError | Refusal,
    strawberry.union("CorrectMatchResult", description="The correction with its effects, or why the result stays."),
]


class ResultInUseHandler(strawberry.ExceptionHandler[domain.ResultInUse, ResultInUseError]):
    """Answers with what a correction would have set aside."""

    def handle(self, exception: domain.ResultInUse, *, field: object, info: object) -> ResultInUseError:
        """The refusal as data."""
        effects = [MatchEffect.from_value(effect) for effect in exception.effects]
        return ResultInUseError(code=exception.code, message=exception.message, effects=effects)


@object_type
class CorrectionMutation:
    """How a final result is corrected."""

    @mutation(Access.SIGNED_IN)
    async def correct_match(self, info: Info, input: CorrectMatchInput) -> CorrectMatchResult:
        """Replace a final result as an organizer. Later matches follow as if it had been right at once: they get other
        sides, what was played between sides that no longer meet is set aside, and comes back when they meet again.
        """
        ctx = info.context
        command = input.to_command(ctx.clock.now())
        key = None if command.dry_run else input.idempotency_key
        row = await ctx.execute_once(domain.correct_match, command, key, domain.Correction)
        effects = row.match_effects
        return CorrectMatchPayload(
            match=await _match(ctx, row.match_id),
            is_force_needed=any(effect.is_play_set_aside for effect in effects),
            effects=[MatchEffect.from_value(effect) for effect in effects],
            rung_changes=[RungChange.from_value(change) for change in row.rungs],
        )


async def _match(ctx: Context, key: UUID) -> Match:
    state = await resolve_matches.match(ctx, key)
    if state is None:
        raise domain_matches.MatchNotFound
    return Match.from_state(state)


async def _entrants(ctx: Context, keys: Sequence[UUID]) -> list[tournaments.Entrant]:
    rows = await gather(*(resolve.entrant(ctx, key) for key in keys))
    return [tournaments.Entrant.from_model(row) for row in rows if row is not None]
