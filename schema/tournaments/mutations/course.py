"""The course of a tournament: seeding, start and end."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain import tournaments as domain
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import key_of
from schema.errors import Refusal
from schema.fields import Access, Info, attribute, input_type, mutation, object_type
from schema.tournaments.mutations.words import REASON, TOURNAMENT, tournament_key
from schema.tournaments.types import SeedingMethod, Tournament


@input_type
class SeedTournamentInput:
    """How to seed a tournament."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)
    method: SeedingMethod = attribute("Who decides.")
    entrant_ids: list[strawberry.ID] | None = attribute(
        "For MANUAL: every entrant with a place, best first.", default=None
    )
    number: str | None = attribute("For RANDOM: the number of the draw. Null: a new one.", default=None)

    def to_command(self) -> domain.SeedTournament:
        """The command this asks for."""
        if self.number is not None and not (self.number.isascii() and self.number.isdigit() and len(self.number) < 20):
            raise InvalidInput("The number of a draw is a whole number.", "number")
        return domain.SeedTournament(
            tournament_id=tournament_key(self.tournament_id),
            method=self.method,
            order=tuple(key_of(entrant, "Entrant", "entrantIds") for entrant in self.entrant_ids or ()),
            number=None if self.number is None else int(self.number),
        )


@input_type
class StartTournamentInput:
    """Which tournament begins."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)


@input_type
class FinishTournamentInput:
    """Which tournament is over."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)


@input_type
class CancelTournamentInput:
    """Which tournament, and why."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)
    reason: str = attribute(REASON)


@object_type
class SeedTournamentPayload:
    """Every entrant with a place has a seed."""

    tournament: Tournament = attribute(TOURNAMENT)


@object_type
class StartTournamentPayload:
    """The bracket is drawn, and matches are played."""

    tournament: Tournament = attribute(TOURNAMENT)


@object_type
class FinishTournamentPayload:
    """The tournament is over."""

    tournament: Tournament = attribute(TOURNAMENT)


@object_type
class CancelTournamentPayload:
    """The tournament is called off."""

    tournament: Tournament = attribute(TOURNAMENT)


SeedTournamentResult = Annotated[
    SeedTournamentPayload | Refusal,
    strawberry.union("SeedTournamentResult", description="The tournament, or why its seeds stay."),
]
StartTournamentResult = Annotated[
    StartTournamentPayload | Refusal,
    strawberry.union("StartTournamentResult", description="The tournament, or why it does not begin."),
]
FinishTournamentResult = Annotated[
    FinishTournamentPayload | Refusal,
    strawberry.union("FinishTournamentResult", description="The tournament, or why it is not over."),
]
CancelTournamentResult = Annotated[
    CancelTournamentPayload | Refusal,
    strawberry.union("CancelTournamentResult", description="The tournament, or why it is not called off."),
]


@object_type
class CourseMutation:
    """The course of a tournament: seeding, start and end."""

    @mutation(Access.SIGNED_IN)
    async def seed_tournament(self, info: Info, input: SeedTournamentInput) -> SeedTournamentResult:
        """Give every entrant with a place a seed. It can be repeated until the start."""
        row = await info.context.execute(domain.seed_tournament, input.to_command())
        return SeedTournamentPayload(tournament=Tournament.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def start_tournament(self, info: Info, input: StartTournamentInput) -> StartTournamentResult:
        """Settle who takes part, draw the bracket and begin."""
        ctx = info.context
        command = domain.StartTournament(tournament_key(input.tournament_id), ctx.clock.now())
        row = await ctx.execute(domain.start_tournament, command)
        return StartTournamentPayload(tournament=Tournament.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def finish_tournament(self, info: Info, input: FinishTournamentInput) -> FinishTournamentResult:
        """Confirm that a tournament is over. Its last result finishes it, so this refuses while matches are open."""
        command = domain.FinishTournament(tournament_key(input.tournament_id))
        row = await info.context.execute(domain.finish_tournament, command)
        return FinishTournamentPayload(tournament=Tournament.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def cancel_tournament(self, info: Info, input: CancelTournamentInput) -> CancelTournamentResult:
        """Call a tournament off, with every match that is not over."""
        ctx = info.context
        command = domain.CancelTournament(tournament_key(input.tournament_id), input.reason, ctx.clock.now())
        row = await ctx.execute(domain.cancel_tournament, command)
        return CancelTournamentPayload(tournament=Tournament.from_model(row.view))
