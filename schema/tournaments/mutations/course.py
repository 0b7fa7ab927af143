"""The course of a tournament: seeding, start and end."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain import tournaments as domain
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import key_of
from schema.errors import Refusal
from schema.fields import Access, Info, attribute, input_type, mutation, object_type
from schema.tournaments.mutations.words import REASON, TOURNAMENT, tournament_key
from schema.tournaments.seeding import SeedingConstraint
from schema.tournaments.types import SeedingMethod, Tournament


@input_type
class EntrantGroupInput:
    """Entrants who belong together in some way."""

    entrant_ids: list[strawberry.ID] = attribute("Who is in it: at least 2, each once.")

    def to_keys(self, place: str) -> list[UUID]:
        """The keys of the entrants, for the group with this place in the list."""
        return [key_of(entrant, "Entrant", "keepApart", place) for entrant in self.entrant_ids]


@input_type
class SeedTournamentInput:
    """How to seed a tournament."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)
    method: SeedingMethod = attribute("Who decides.")
    entrant_ids: list[strawberry.ID] | None = attribute(
        "For MANUAL: every entrant with a place, best first.", default=None
    )
    number: str | None = attribute("For RANDOM: the number of the draw. Null: a new one.", default=None)
    avoid: list[SeedingConstraint] | None = attribute(
        "Who should not meet early, beside those in `keepApart`. With either, entrants change seeds within bands: 3 and"
        " 4, 5 to 8, 9 to 16, and so on.",
        default=None,
    )
    keep_apart: list[EntrantGroupInput] | None = attribute(
        "Entrants who should not meet early, such as those of one club or region; an entrant may be in several groups."
        " At most 256 groups, of 4,096 in all.",
        default=None,
    )
    recent_days: int = attribute("For how many days opponents are recent, 1 to 365.", default=90)
    locked_seeds: int = attribute("How many of the best seeds stay as the method gave them.", default=0)

    def to_command(self, now: datetime) -> domain.SeedTournament:
        """The command this asks for."""
        if self.number is not None and not (self.number.isascii() and self.number.isdigit() and len(self.number) < 20):
            raise InvalidInput("The number of a draw is a whole number from 0 to 2^62 - 1.", "number")
        return domain.SeedTournament(
            tournament_id=tournament_key(self.tournament_id),
            method=self.method,
            order=tuple(key_of(entrant, "Entrant", "entrantIds") for entrant in self.entrant_ids or ()),
            number=None if self.number is None else int(self.number),
            apart=self._apart(now),
        )

    def _apart(self, now: datetime) -> domain.Apart | None:
        if self.avoid is None and self.keep_apart is None:
            return None
        return domain.Apart(
            now=now,
            avoid=frozenset(self.avoid or ()),
            keep_apart=[group.to_keys(str(index)) for index, group in enumerate(self.keep_apart or ())],
            recent_days=self.recent_days,
            locked_seeds=self.locked_seeds,
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
        ctx = info.context
        row = await ctx.execute(domain.seed_tournament, input.to_command(ctx.clock.now()))
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
