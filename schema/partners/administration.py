"""Making partners and changing them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from domain import partners as domain
from domain.kernel.ids import key_of
from domain.partners import PartnerStatus
from resolvers import partners as resolve
from schema.errors import Refusal
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, input_type, mutation, object_type
from schema.partners.types import Partner


@input_type
class CreatePartnerInput:
    """A new partner."""

    slug: str = attribute("Its name in addresses and commands: 3 to 40 of a to z, 0 to 9, hyphen; never used yet.")
    name: str = attribute("What it is called, 2 to 50 characters.")
    manager: str = attribute("The username of its first manager.")
    points_capacity: int = attribute("How many points its bucket holds.", default=domain.DEFAULT_CAPACITY)
    points_per_second: int = attribute("How many points are restored each second.", default=domain.DEFAULT_PER_S)
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)

    def to_command(self, now: datetime) -> domain.CreatePartner:
        """The command this asks for."""
        return domain.CreatePartner(
            slug=self.slug,
            name=self.name,
            manager=self.manager,
            points_capacity=self.points_capacity,
            points_per_s=self.points_per_second,
            now=now,
        )


@input_type
class UpdatePartnerInput:
    """What to change about a partner. What is null stays as it is."""

    partner_id: strawberry.ID = attribute("The partner.")
    version: int = attribute("The version the client saw.")
    name: str | None = attribute("2 to 50 characters.", default=None)
    points_capacity: int | None = attribute("How many points its bucket holds. For administrators.", default=None)
    points_per_second: int | None = attribute("How many are restored each second. For administrators.", default=None)

    def to_command(self, now: datetime) -> domain.UpdatePartner:
        """The command this asks for."""
        return domain.UpdatePartner(
            partner_id=key_of(self.partner_id, "Partner", "partnerId"),
            version=self.version,
            name=self.name,
            points_capacity=self.points_capacity,
            points_per_s=self.points_per_second,
            now=now,
        )


@input_type
class SetPartnerStatusInput:
    """Whether the keys of a partner hold."""

    partner_id: strawberry.ID = attribute("The partner.")
    status: PartnerStatus = attribute("SUSPENDED ends what its keys have opened, within a second.")

    def to_command(self, now: datetime) -> domain.SetPartnerStatus:
        """The command this asks for."""
        partner_id = key_of(self.partner_id, "Partner", "partnerId")
        return domain.SetPartnerStatus(partner_id=partner_id, status=self.status, now=now)


@input_type
class SetPartnerManagerInput:
    """Whether somebody manages a partner."""

    partner_id: strawberry.ID = attribute("The partner.")
    username: str = attribute("The name of the user, whatever its case.")
    is_manager: bool = attribute("True to let them manage it, false for no longer.")

    def to_command(self) -> domain.SetPartnerManager:
        """The command this asks for."""
        return domain.SetPartnerManager(
            partner_id=key_of(self.partner_id, "Partner", "partnerId"),
            username=self.username,
            is_manager=self.is_manager,
        )


@object_type
class CreatePartnerPayload:
    """The new partner."""

    partner: Partner = attribute("The partner as it is now.")


@object_type
class UpdatePartnerPayload:
    """The changed partner."""

    partner: Partner = attribute("The partner as it is now.")


@object_type
class SetPartnerStatusPayload:
    """The partner with its status."""

    partner: Partner = attribute("The partner as it is now.")


@object_type
class SetPartnerManagerPayload:
    """The partner with its managers."""

    partner: Partner = attribute("The partner as it is now.")


CreatePartnerResult = Annotated[
    CreatePartnerPayload | Refusal,
    strawberry.union("CreatePartnerResult", description="The new partner, or why there is none."),
]
UpdatePartnerResult = Annotated[
    UpdatePartnerPayload | Refusal,
    strawberry.union("UpdatePartnerResult", description="The changed partner, or why it did not change."),
]
SetPartnerStatusResult = Annotated[
    SetPartnerStatusPayload | Refusal,
    strawberry.union("SetPartnerStatusResult", description="The partner, or why its status did not change."),
]
SetPartnerManagerResult = Annotated[
    SetPartnerManagerPayload | Refusal,
    strawberry.union("SetPartnerManagerResult", description="The partner, or why its managers did not change."),
]


@object_type
class PartnerAdministrationMutation:
    """Making partners and changing them."""

    @mutation(Access.ADMIN)
    async def create_partner(
        self, info: Info, input: Annotated[CreatePartnerInput, strawberry.argument(description="The new partner.")]
    ) -> CreatePartnerResult:
        """Make a partner. For administrators."""
        command = input.to_command(info.context.clock.now())
        row = await resolve.create_partner(info.context, command, input.idempotency_key)
        return CreatePartnerPayload(partner=Partner.from_model(row))

    @mutation(Access.SIGNED_IN)
    async def update_partner(
        self, info: Info, input: Annotated[UpdatePartnerInput, strawberry.argument(description="What to change.")]
    ) -> UpdatePartnerResult:
        """Change what a partner is called, or, for administrators, how much it may ask for. For its managers."""
        command = input.to_command(info.context.clock.now())
        return UpdatePartnerPayload(partner=Partner.from_model(await resolve.update_partner(info.context, command)))

    @mutation(Access.ADMIN)
    async def set_partner_status(
        self, info: Info, input: Annotated[SetPartnerStatusInput, strawberry.argument(description="Which status.")]
    ) -> SetPartnerStatusResult:
        """Suspend a partner, so that none of its keys holds, or let them hold again. For administrators."""
        row = await resolve.set_partner_status(info.context, input.to_command(info.context.clock.now()))
        return SetPartnerStatusPayload(partner=Partner.from_model(row))

    @mutation(Access.ADMIN)
    async def set_partner_manager(
        self, info: Info, input: Annotated[SetPartnerManagerInput, strawberry.argument(description="Who.")]
    ) -> SetPartnerManagerResult:
        """Let somebody manage a partner, or no longer. For administrators."""
        row = await resolve.set_partner_manager(info.context, input.to_command())
        return SetPartnerManagerPayload(partner=Partner.from_model(row))
