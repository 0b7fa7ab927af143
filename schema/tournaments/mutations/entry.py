"""Taking part in a tournament: registration, check-in, and leaving."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain import tournaments as domain
from domain.kernel.ids import key_of
from schema.errors import Refusal
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, input_type, mutation, object_type
from schema.tournaments.mutations.words import ENTRANT, REASON, TOURNAMENT, entrant_key, tournament_key
from schema.tournaments.types import Entrant, Tournament


@input_type
class OpenRegistrationInput:
    """Where registration goes on."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)


@input_type
class CloseRegistrationInput:
    """Where registration ends."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)


@input_type
class RegisterEntrantInput:
    """Who enters which tournament."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)
    team_id: strawberry.ID | None = attribute("The team the viewer leads, when teams enter.", default=None)
    waitlist: bool = attribute("Whether to wait for a place when every one is taken.", default=False)
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)


@input_type
class WithdrawEntrantInput:
    """Who leaves."""

    entrant_id: strawberry.ID = attribute(ENTRANT)


@input_type
class CheckInEntrantInput:
    """Who is there."""

    entrant_id: strawberry.ID = attribute(ENTRANT)


@input_type
class DisqualifyEntrantInput:
    """Which entrant, and why."""

    entrant_id: strawberry.ID = attribute(ENTRANT)
    reason: str = attribute(REASON)


@object_type
class OpenRegistrationPayload:
    """Registration is open inside of its window."""

    tournament: Tournament = attribute(TOURNAMENT)


@object_type
class CloseRegistrationPayload:
    """Registration is closed."""

    tournament: Tournament = attribute(TOURNAMENT)


@object_type
class RegisterEntrantPayload:
    """They are in, or on the waitlist."""

    entrant: Entrant = attribute("The new entrant.")


@object_type
class WithdrawEntrantPayload:
    """The entrant has left."""

    entrant: Entrant = attribute(ENTRANT)


@object_type
class CheckInEntrantPayload:
    """The entrant is there."""

    entrant: Entrant = attribute(ENTRANT)


@object_type
class DisqualifyEntrantPayload:
    """The entrant is out."""

    entrant: Entrant = attribute(ENTRANT)


OpenRegistrationResult = Annotated[
    OpenRegistrationPayload | Refusal,
    strawberry.union("OpenRegistrationResult", description="The tournament, or why its registration stays closed."),
]
CloseRegistrationResult = Annotated[
    CloseRegistrationPayload | Refusal,
    strawberry.union("CloseRegistrationResult", description="The tournament, or why its registration stays open."),
]
RegisterEntrantResult = Annotated[
    RegisterEntrantPayload | Refusal,
    strawberry.union("RegisterEntrantResult", description="The entrant, or why they are not in."),
]
WithdrawEntrantResult = Annotated[
    WithdrawEntrantPayload | Refusal,
    strawberry.union("WithdrawEntrantResult", description="The entrant, or why they stay."),
]
CheckInEntrantResult = Annotated[
    CheckInEntrantPayload | Refusal,
    strawberry.union("CheckInEntrantResult", description="The entrant, or why they are not checked in."),
]
DisqualifyEntrantResult = Annotated[
    DisqualifyEntrantPayload | Refusal,
    strawberry.union("DisqualifyEntrantResult", description="The entrant, or why they stay."),
]


@object_type
class EntryMutation:
    """Taking part in a tournament: registration, check-in, and leaving."""

    @mutation(Access.SIGNED_IN)
    async def open_registration(self, info: Info, input: OpenRegistrationInput) -> OpenRegistrationResult:
        """Resume registration that was closed by hand, inside of its window."""
        command = domain.SetRegistration(tournament_key(input.tournament_id), is_open=True)
        row = await info.context.execute(domain.set_registration, command)
        return OpenRegistrationPayload(tournament=Tournament.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def close_registration(self, info: Info, input: CloseRegistrationInput) -> CloseRegistrationResult:
        """Close registration before its window ends."""
        command = domain.SetRegistration(tournament_key(input.tournament_id), is_open=False)
        row = await info.context.execute(domain.set_registration, command)
        return CloseRegistrationPayload(tournament=Tournament.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def register_entrant(self, info: Info, input: RegisterEntrantInput) -> RegisterEntrantResult:
        """Enter a tournament: oneself, or the team one leads."""
        ctx = info.context
        command = domain.RegisterEntrant(
            tournament_id=tournament_key(input.tournament_id),
            now=ctx.clock.now(),
            team_id=None if input.team_id is None else key_of(input.team_id, "Team", "teamId"),
            waitlist=input.waitlist,
        )
        row = await ctx.execute_once(domain.register_entrant, command, input.idempotency_key, domain.Entrant)
        return RegisterEntrantPayload(entrant=Entrant.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def withdraw_entrant(self, info: Info, input: WithdrawEntrantInput) -> WithdrawEntrantResult:
        """Leave a tournament; before the start the waitlist moves up, during play the opponents go on."""
        ctx = info.context
        command = domain.WithdrawEntrant(entrant_key(input.entrant_id), ctx.clock.now())
        row = await ctx.execute(domain.withdraw_entrant, command)
        return WithdrawEntrantPayload(entrant=Entrant.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def check_in_entrant(self, info: Info, input: CheckInEntrantInput) -> CheckInEntrantResult:
        """Say that an entrant is there, while the window is open."""
        ctx = info.context
        command = domain.CheckIn(entrant_key(input.entrant_id), ctx.clock.now())
        row = await ctx.execute(domain.check_in, command)
        return CheckInEntrantPayload(entrant=Entrant.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def disqualify_entrant(self, info: Info, input: DisqualifyEntrantInput) -> DisqualifyEntrantResult:
        """Put an entrant out, as an organizer; the opponents of its open matches go on."""
        ctx = info.context
        command = domain.DisqualifyEntrant(entrant_key(input.entrant_id), input.reason, ctx.clock.now())
        row = await ctx.execute(domain.disqualify_entrant, command)
        return DisqualifyEntrantPayload(entrant=Entrant.from_model(row.view))
