"""Asking to sit out rounds of a Swiss."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain import tournaments as domain
from domain.kernel.errors import InvalidInput
from schema.errors import Refusal
from schema.fields import Access, Info, attribute, input_type, mutation, object_type
from schema.tournaments.byes import ByeKind
from schema.tournaments.mutations.words import ENTRANT, entrant_key
from schema.tournaments.types import Entrant

_MAX_BYES = 64


@input_type
class ByeInput:
    """A round, and what it is to be."""

    round: int = attribute("The round, from 1.")
    kind: ByeKind = attribute("FULL_BYE, which organizers give, HALF_BYE or ZERO_BYE.", default=ByeKind.HALF_BYE)


@input_type
class RequestByesInput:
    """Who does not want to be paired in which rounds."""

    entrant_id: strawberry.ID = attribute(ENTRANT)
    stage: int = attribute("The number of the stage.", default=1)
    byes: list[ByeInput] = attribute(
        "The rounds to sit out, of those that have not been paired, at most 64; all others are played. Empty: none."
    )


@object_type
class RequestByesPayload:
    """The byes are noted."""

    entrant: Entrant = attribute(ENTRANT)


RequestByesResult = Annotated[
    RequestByesPayload | Refusal,
    strawberry.union("RequestByesResult", description="The entrant, or why the byes stay as they are."),
]


@object_type
class ByesMutation:
    """Asking to sit out rounds of a Swiss."""

    @mutation(Access.SIGNED_IN)
    async def request_byes(self, info: Info, input: RequestByesInput) -> RequestByesResult:
        """Say which rounds of a Swiss an entrant sits out, instead of what was said before; also before it starts.

        The entrant has as many byes for half a point as the stage says (`halfByes`); organizers give any. Once a round
        is paired, it is too late for it. Where fewer than two would be left to play a round, all are paired.
        """
        wanted = {bye.round: domain.rounds.Kind(bye.kind) for bye in input.byes[:_MAX_BYES]}
        if len(wanted) != len(input.byes):
            raise InvalidInput(f"Name each round once, and at most {_MAX_BYES}.", "byes")
        command = domain.byes.RequestByes(entrant_key(input.entrant_id), input.stage, wanted)
        row = await info.context.execute(domain.byes.request_byes, command)
        return RequestByesPayload(entrant=Entrant.from_model(row.view))
