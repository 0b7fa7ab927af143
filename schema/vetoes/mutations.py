"""What the sides of a match choose in turn, and what officials take back."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain import vetoes as domain
from domain.kernel.ids import key_of
from schema.errors import Refusal
from schema.fields import Access, Info, attribute, input_type, mutation, object_type
from schema.vetoes.types import MatchVeto, seen

_VETO = "The veto of a match."
_VERSION = "The version of the veto the client saw."
_REASON = "Why, in 1 to 500 characters; the log of the match tells it."


@input_type
class TakeVetoStepInput:
    """What is banned, picked or started on in the step that is next."""

    veto_id: strawberry.ID = attribute(_VETO)
    version: int = attribute(_VERSION)
    option: str = attribute("The slug of one of those that are `choosable`.")


@input_type
class UndoVetoStepInput:
    """Which veto loses what was chosen last in it."""

    veto_id: strawberry.ID = attribute(_VETO)
    version: int = attribute(_VERSION)
    reason: str = attribute(_REASON)


@input_type
class ResetVetoInput:
    """Which veto begins anew."""

    veto_id: strawberry.ID = attribute(_VETO)
    version: int = attribute(_VERSION)
    reason: str = attribute(_REASON)


@object_type
class TakeVetoStepPayload:
    """The step is done, and a decider that came next as well."""

    veto: MatchVeto = attribute("The veto as it is now.")


@object_type
class UndoVetoStepPayload:
    """The last choice is taken back, with a decider that followed from it."""

    veto: MatchVeto = attribute("The veto as it is now.")


@object_type
class ResetVetoPayload:
    """Every choice is taken back, with counter-picks those for the game that is next. Who begins is as before."""

    veto: MatchVeto = attribute("The veto as it is now.")


TakeVetoStepResult = Annotated[
    TakeVetoStepPayload | Refusal,
    strawberry.union("TakeVetoStepResult", description="The veto, or why the step is not done."),
]
UndoVetoStepResult = Annotated[
    UndoVetoStepPayload | Refusal,
    strawberry.union("UndoVetoStepResult", description="The veto, or why it stays."),
]
ResetVetoResult = Annotated[
    ResetVetoPayload | Refusal,
    strawberry.union("ResetVetoResult", description="The veto, or why it stays."),
]


@object_type
class VetoesMutation:
    """Choosing what is played in a match."""

    @mutation(Access.SIGNED_IN)
    async def take_veto_step(self, info: Info, input: TakeVetoStepInput) -> TakeVetoStepResult:
        """Ban, pick or choose a starting side: as the side whose turn it is, the player or the captain of the team, or
        for it as an organizer or a referee who does not play in the match.
        """
        ctx = info.context
        command = domain.TakeVetoStep(
            key_of(input.veto_id, "MatchVeto", "vetoId"), input.version, input.option, ctx.clock.now()
        )
        row = await ctx.execute(domain.take_veto_step, command)
        return TakeVetoStepPayload(veto=await seen(ctx, row.view))

    @mutation(Access.SIGNED_IN)
    async def undo_veto_step(self, info: Info, input: UndoVetoStepInput) -> UndoVetoStepResult:
        """Take back what was chosen last in a veto. For organizers and referees who do not play in the match."""
        row = await _undo(info, input, is_all=False)
        return UndoVetoStepPayload(veto=await seen(info.context, row.view))

    @mutation(Access.SIGNED_IN)
    async def reset_veto(self, info: Info, input: ResetVetoInput) -> ResetVetoResult:
        """Let a veto begin anew, or with counter-picks that of the game that is next. For organizers and referees who
        do not play in the match.
        """
        row = await _undo(info, input, is_all=True)
        return ResetVetoPayload(veto=await seen(info.context, row.view))


async def _undo(info: Info, given: UndoVetoStepInput | ResetVetoInput, *, is_all: bool) -> domain.Veto:
    ctx = info.context
    veto_id = key_of(given.veto_id, "MatchVeto", "vetoId")
    command = domain.UndoVetoStep(veto_id, given.version, given.reason, ctx.clock.now(), is_all)
    return await ctx.execute(domain.undo_veto_step, command)
