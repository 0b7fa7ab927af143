"""How the games of heats get their results, and how those are corrected."""

from __future__ import annotations

from asyncio import gather
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain import tournaments as domain
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import key_of
from resolvers import tournaments as resolve
from resolvers.context import Context
from schema.errors import Refusal, UserError
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, field, input_type, mutation, object_type
from schema.refs import EntrantRef
from schema.tournaments import types
from schema.tournaments.effects import CorrectionEffect
from schema.tournaments.heats import Heat

# Of a stage of hundreds of heats few are drawn again; of one of 64 in heats of 8 all of the three later ones may be.
_EFFECTS = 8
_HEAT = "The heat."
_VERSION = "The version of the heat that the client saw."


@input_type
class HeatResultInput:
    """What somebody reached in a game."""

    entrant_id: strawberry.ID = attribute("The entrant.")
    place: int = attribute(
        "The place, from 1. Those who are level share it, and the places behind it stay empty: 1, 2, 2, 4."
    )
    score: int = attribute("The score (kills, laps, goals), 0 to 1,000,000.", default=0)
    is_absent: bool = attribute(
        "Whether they were not there, and stay in the heat. Who was absent has the place behind everybody else, shared,"
        " and gets nothing for it.",
        default=False,
    )


@input_type
class ReportHeatInput:
    """How the next game of a heat ended."""

    heat_id: strawberry.ID = attribute(_HEAT)
    version: int = attribute(_VERSION)
    results: list[HeatResultInput] = attribute(
        "The result of everybody in the heat who has not left, and of nobody else."
    )

    def to_command(self, now: datetime) -> domain.ReportHeat:
        """The command this asks for."""
        return domain.ReportHeat(_heat_key(self.heat_id), self.version, _results(self.results), now)


@input_type
class CorrectHeatInput:
    """Another result for a game of a heat."""

    heat_id: strawberry.ID = attribute(_HEAT)
    version: int = attribute(_VERSION)
    game: int = attribute("The number of the game, from 1.", default=1)
    results: list[HeatResultInput] = attribute("The result of everybody who took part in the game, and of nobody else.")
    reason: str = attribute("Why, in 1 to 500 characters.")
    dry_run: bool = attribute("Whether to change nothing, and only say what would happen.", default=False)
    force: bool = attribute("Whether later heats may be set aside of which games are reported.", default=False)
    idempotency_key: str | None = attribute(f"{IDEMPOTENCY_KEY} A dry run does not count.", default=None)

    def to_command(self, now: datetime) -> domain.CorrectHeat:
        """The command this asks for."""
        return domain.CorrectHeat(
            heat_id=_heat_key(self.heat_id),
            version=self.version,
            game=self.game,
            results=_results(self.results),
            reason=self.reason,
            now=now,
            dry_run=self.dry_run,
            force=self.force,
        )


@object_type
class HeatEffect:
    """What a correction does to a heat of a later round."""

    value: strawberry.Private[domain.HeatEffect]
    effect: CorrectionEffect = attribute("What happens to it.")
    is_play_set_aside: bool = attribute(
        "Whether games of it had been reported that do not count any more. This needs `force`."
    )

    @field
    async def heat(self, info: Info) -> Heat:
        """The heat as it is now; after a dry run or a refusal that is unchanged."""
        return await _heat(info.context, self.value.heat_id)

    @field(size=8)
    async def before(self, info: Info) -> list[EntrantRef]:
        """Who was in it before the correction, by seed. Empty while it was set aside."""
        return await _entrants(info.context, self.value.before)

    @field(size=8)
    async def after(self, info: Info) -> list[EntrantRef]:
        """Who is in it after the correction, by seed. Empty when it is set aside."""
        return await _entrants(info.context, self.value.after)

    @classmethod
    def from_value(cls, value: domain.HeatEffect) -> HeatEffect:
        """The effect as clients see it."""
        return cls(value=value, effect=value.effect, is_play_set_aside=value.is_play_set_aside)


@object_type
class HeatsInUseError(UserError):
    """Games of later heats were reported that were drawn by this result, and `force` was not said."""

    effects: list[HeatEffect] = attribute("What would be set aside, by rounds.", size=_EFFECTS)


@object_type
class ReportHeatPayload:
    """The game is reported."""

    heat: Heat = attribute(_HEAT)


@object_type
class CorrectHeatPayload:
    """The game is corrected; or after a dry run, what would happen."""

    heat: Heat = attribute("The corrected heat; after a dry run as it was.")
    is_force_needed: bool = attribute("Whether it sets aside what was reported of later heats.")
    effects: list[HeatEffect] = attribute("What happens to every heat of a later round, by rounds.", size=_EFFECTS)


ReportHeatResult = Annotated[
    ReportHeatPayload | Refusal,
    strawberry.union("ReportHeatResult", description="The heat, or why the game has no result."),
]
CorrectHeatResult = Annotated[
    CorrectHeatPayload | HeatsInUseError | Refusal,
    strawberry.union("CorrectHeatResult", description="The correction with its effects, or why the result stays."),
]


class HeatsInUseHandler(strawberry.ExceptionHandler[domain.HeatsInUse, HeatsInUseError]):
    """Answers with what a correction would have set aside."""

    def handle(self, exception: domain.HeatsInUse, *, field: object, info: object) -> HeatsInUseError:
        """The refusal as data."""
        effects = [HeatEffect.from_value(effect) for effect in exception.effects]
        return HeatsInUseError(code=exception.code, message=exception.message, effects=effects)


@object_type
class HeatsMutation:
    """Writes about heats."""

    @mutation(Access.SIGNED_IN)
    async def report_heat(self, info: Info, input: ReportHeatInput) -> ReportHeatResult:
        """Report the next game of a heat as an organizer or a referee who does not play in it. The last heat of a round
        draws the next round.
        """
        ctx = info.context
        row = await ctx.execute(domain.report_heat, input.to_command(ctx.clock.now()))
        return ReportHeatPayload(heat=await _heat(ctx, row.id))

    @mutation(Access.SIGNED_IN)
    async def correct_heat(self, info: Info, input: CorrectHeatInput) -> CorrectHeatResult:
        """Replace the result of a game as an organizer or a referee who does not play in the heat. Later rounds follow
        as if it had been right at once: what was played between others is set aside, and holds again when they are
        drawn together again.
        """
        ctx = info.context
        command = input.to_command(ctx.clock.now())
        key = None if command.dry_run else input.idempotency_key
        row = await ctx.execute_once(domain.correct_heat, command, key, domain.HeatCorrection)
        effects = row.heat_effects
        return CorrectHeatPayload(
            heat=await _heat(ctx, row.heat_id),
            is_force_needed=any(effect.is_play_set_aside for effect in effects),
            effects=[HeatEffect.from_value(effect) for effect in effects],
        )


def _heat_key(heat_id: str) -> UUID:
    return key_of(heat_id, "Heat", "heatId")


def _results(given: Sequence[HeatResultInput]) -> Mapping[UUID, domain.Reached]:
    results = {
        key_of(each.entrant_id, "Entrant", "results"): domain.Reached(each.place, each.score, each.is_absent)
        for each in given
    }
    if len(results) < len(given):
        raise InvalidInput("Name each entrant once.", "results")
    return results


async def _heat(ctx: Context, key: UUID) -> Heat:
    state = await resolve.heat(ctx, key)
    if state is None:
        raise domain.HeatNotFound
    return Heat.from_state(state)


async def _entrants(ctx: Context, keys: Sequence[UUID]) -> list[types.Entrant]:
    rows = await gather(*(resolve.entrant(ctx, key) for key in keys))
    return [types.Entrant.from_model(row) for row in rows if row is not None]
