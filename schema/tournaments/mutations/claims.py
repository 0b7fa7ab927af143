"""Users who say which guest they are."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain import tournaments as domain
from domain.kernel.ids import key_of
from schema.errors import Refusal
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, input_type, mutation, object_type
from schema.tournaments.claims import GuestClaim


@input_type
class ClaimGuestInput:
    """Which guest the viewer says they are."""

    entrant_id: strawberry.ID = attribute("The guest, as an entrant.")
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)


@input_type
class AnswerGuestClaimInput:
    """Whether a guest is who says so."""

    claim_id: strawberry.ID = attribute("The claim.")
    accept: bool = attribute("True: they are the guest. False: they are not.")


@input_type
class WithdrawGuestClaimInput:
    """Which claim is taken back."""

    claim_id: strawberry.ID = attribute("The claim.")


@object_type
class ClaimGuestPayload:
    """The organizers are told."""

    claim: GuestClaim = attribute("The claim, which is open.")


@object_type
class AnswerGuestClaimPayload:
    """Whoever made the claim is told."""

    claim: GuestClaim = attribute("The claim as it is now.")


@object_type
class WithdrawGuestClaimPayload:
    """The claim is taken back."""

    claim: GuestClaim = attribute("The claim as it is now.")


ClaimGuestResult = Annotated[
    ClaimGuestPayload | Refusal,
    strawberry.union("ClaimGuestResult", description="The claim, or why it is not made."),
]
AnswerGuestClaimResult = Annotated[
    AnswerGuestClaimPayload | Refusal,
    strawberry.union("AnswerGuestClaimResult", description="The claim, or why it is not answered."),
]
WithdrawGuestClaimResult = Annotated[
    WithdrawGuestClaimPayload | Refusal,
    strawberry.union("WithdrawGuestClaimResult", description="The claim, or why it stays."),
]


@object_type
class ClaimsMutation:
    """Users who say which guest they are. That changes neither standings, matches and ratings nor who may report:
    officials go on acting for the guest.
    """

    @mutation(Access.SIGNED_IN)
    async def claim_guest(self, info: Info, input: ClaimGuestInput) -> ClaimGuestResult:
        """Say that a guest of a published, running or finished tournament is the viewer; an organizer answers. In a
        tournament a user has one open claim at most, and none while they are in it; in all 20, and a guest has 10.
        """
        ctx = info.context
        command = domain.claims.ClaimGuest(key_of(input.entrant_id, "Entrant", "entrantId"), ctx.clock.now())
        row = await ctx.execute_once(
            domain.claims.claim_guest, command, input.idempotency_key, domain.claims.GuestClaim
        )
        return ClaimGuestPayload(claim=GuestClaim.from_model(row))

    @mutation(Access.SIGNED_IN)
    async def answer_guest_claim(self, info: Info, input: AnswerGuestClaimInput) -> AnswerGuestClaimResult:
        """Accept or decline a claim as an organizer; one of their own is answered by another, or by an administrator.
        Accepted, the guest shows the user as `claimedBy`, and the other claims of the guest are declined. Nothing else
        changes: standings, matches, ratings and who may report stay, and officials go on acting for the guest.
        """
        ctx = info.context
        command = domain.claims.AnswerGuestClaim(
            key_of(input.claim_id, "GuestClaim", "claimId"), input.accept, ctx.clock.now()
        )
        row = await ctx.execute(domain.claims.answer_guest_claim, command)
        return AnswerGuestClaimPayload(claim=GuestClaim.from_model(row))

    @mutation(Access.SIGNED_IN)
    async def withdraw_guest_claim(self, info: Info, input: WithdrawGuestClaimInput) -> WithdrawGuestClaimResult:
        """Take a claim of the viewer back that is not answered."""
        ctx = info.context
        command = domain.claims.WithdrawGuestClaim(key_of(input.claim_id, "GuestClaim", "claimId"), ctx.clock.now())
        row = await ctx.execute(domain.claims.withdraw_guest_claim, command)
        return WithdrawGuestClaimPayload(claim=GuestClaim.from_model(row))
