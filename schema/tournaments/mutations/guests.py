"""Entrants of whom only a name is known."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain import tournaments as domain
from schema.errors import Refusal
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, input_type, mutation, object_type
from schema.tournaments.mutations.words import TOURNAMENT, tournament_key
from schema.tournaments.types import Tournament


@input_type
class AddGuestsInput:
    """Who enters a tournament by name alone."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)
    names: list[str] = attribute(
        "What they are called, in the order of registration: 1 to 1024 names of up to 100 characters, none of them that"
        " of somebody who is in already."
    )
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)


@object_type
class AddGuestsPayload:
    """All of them have a place."""

    tournament: Tournament = attribute(TOURNAMENT)


AddGuestsResult = Annotated[
    AddGuestsPayload | Refusal,
    strawberry.union("AddGuestsResult", description="The tournament, or why none of them is in."),
]


@object_type
class GuestsMutation:
    """Entrants of whom only a name is known."""

    @mutation(Access.SIGNED_IN)
    async def add_guests(self, info: Info, input: AddGuestsInput) -> AddGuestsResult:
        """Enter people or teams without an account, as an organizer, whatever the window of registration.

        Organizers check them in and let them leave, officials decide their matches. Where a user plays a guest, what
        the user reports waits until an organizer or a referee decides it.
        """
        ctx = info.context
        command = domain.guests.AddGuests(tournament_key(input.tournament_id), tuple(input.names), ctx.clock.now())
        row = await ctx.execute_once(domain.guests.add_guests, command, input.idempotency_key, domain.Tournament)
        return AddGuestsPayload(tournament=Tournament.from_model(row.view))
