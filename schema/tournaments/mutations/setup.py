"""Setting a tournament up, and sharing the work."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry
from msgspec import UNSET

from domain import tournaments as domain
from domain.kernel.participant import ParticipantKind
from schema.errors import Refusal
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, input_type, mutation, object_type
from schema.tournaments.formats import DropOrder, GrandFinal, Structure
from schema.tournaments.mutations.stages import (
    DROP_ORDER,
    FINAL_ADVANTAGE,
    LOWER_STARTERS,
    GraphMatchInput,
    StageInput,
    links_of,
    plans_of,
)
from schema.tournaments.mutations.words import TOURNAMENT, tournament_key
from schema.tournaments.types import StaffRole, Tournament


@input_type
class CreateTournamentInput:
    """A new tournament."""

    slug: str = attribute("Its name in addresses: 3 to 60 small letters, digits and inner hyphens.")
    name: str = attribute("What people call it, 1 to 100 characters.")
    description: str = attribute("What to say about it, at most 5000 characters.", default="")
    game: str = attribute("The slug of the game.")
    entrant_kind: ParticipantKind = attribute("Who enters it. GUEST: nobody does, its organizers add everybody.")
    structure: Structure | None = attribute(
        "How it is played, when it is played in one stage. Null: as `stages` say.", default=None
    )
    grand_final: GrandFinal = attribute("How a double elimination ends.", default=domain.GrandFinal.RESET)
    has_third_place_match: bool = attribute("Whether a single elimination also plays for third place.", default=False)
    best_of: int = attribute(
        "How many games its matches have at most; odd. Whatever else a format has, such as another scoring, is said in"
        " `stages`.",
        default=3,
    )
    final_best_of: int | None = attribute("How many games the final has at most. Null: as the others.", default=None)
    drop_order: DropOrder = attribute(DROP_ORDER, default=domain.DropOrder.OPTIMAL)
    lower_starter_count: int = attribute(LOWER_STARTERS, default=0)
    final_advantage: int = attribute(FINAL_ADVANTAGE, default=1)
    capacity: int = attribute(
        "How many can take part, 2 to 4096. CUSTOM takes it from its matches; a GSL_GROUP has 4.", default=64
    )
    starts_at: datetime = attribute("When it is planned to start.")
    registration_opens_at: datetime | None = attribute("Null: with publication.", default=None)
    registration_closes_at: datetime | None = attribute("Null: with the start.", default=None)
    check_in_opens_at: datetime | None = attribute("Null: there is no check-in.", default=None)
    check_in_closes_at: datetime | None = attribute("Null: with the start.", default=None)
    matches: list[GraphMatchInput] | None = attribute("The bracket itself, for the structure CUSTOM.", default=None)
    stages: list[StageInput] | None = attribute(
        "What it is played in, in order, 1 to 16; instead of `structure`, whose settings do not count then.",
        default=None,
    )
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)

    def to_command(self, now: datetime) -> domain.CreateTournament:
        """The command this asks for."""
        return domain.CreateTournament(
            slug=self.slug,
            name=self.name,
            game=self.game,
            entrant_kind=self.entrant_kind,
            structure=self.structure,
            starts_at=self.starts_at,
            now=now,
            description=self.description,
            grand_final=self.grand_final,
            has_third_place_match=self.has_third_place_match,
            best_of=self.best_of,
            final_best_of=self.final_best_of,
            drop_order=self.drop_order,
            lower_starters=self.lower_starter_count,
            final_advantage=self.final_advantage,
            capacity=self.capacity,
            registration_opens_at=self.registration_opens_at,
            registration_closes_at=self.registration_closes_at,
            check_in_opens_at=self.check_in_opens_at,
            check_in_closes_at=self.check_in_closes_at,
            links=None if self.matches is None else links_of(self.matches),
            stages=None if self.stages is None else plans_of(self.stages),
        )


@input_type
class UpdateTournamentInput:
    """New values before the start. What is absent stays; null clears a time of a window, and changes nothing else."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)
    version: int = attribute("The version of the tournament the client saw.")
    name: str | None = attribute("What people call it.", default=None)
    description: str | None = attribute("What to say about it.", default=None)
    capacity: int | None = attribute("How many can take part; not fewer than have a place.", default=None)
    starts_at: datetime | None = attribute("When it is planned to start.", default=None)
    registration_opens_at: strawberry.Maybe[datetime | None] = attribute(
        "When registration opens. Null: with publication."
    )
    registration_closes_at: strawberry.Maybe[datetime | None] = attribute(
        "When registration closes. Null: with the start."
    )
    check_in_opens_at: strawberry.Maybe[datetime | None] = attribute("When check-in opens. Null: there is no check-in.")
    check_in_closes_at: strawberry.Maybe[datetime | None] = attribute("When check-in closes. Null: with the start.")

    def to_command(self) -> domain.UpdateTournament:
        """The command this asks for."""
        return domain.UpdateTournament(
            tournament_id=tournament_key(self.tournament_id),
            version=self.version,
            name=self.name,
            description=self.description,
            capacity=self.capacity,
            starts_at=self.starts_at,
            registration_opens_at=UNSET if self.registration_opens_at is None else self.registration_opens_at.value,
            registration_closes_at=UNSET if self.registration_closes_at is None else self.registration_closes_at.value,
            check_in_opens_at=UNSET if self.check_in_opens_at is None else self.check_in_opens_at.value,
            check_in_closes_at=UNSET if self.check_in_closes_at is None else self.check_in_closes_at.value,
        )


@input_type
class SetStagesInput:
    """Other stages for a tournament."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)
    version: int = attribute("The version of the tournament the client saw.")
    stages: list[StageInput] = attribute("All of them, in order, 1 to 16; those that have begun as they are.")


@input_type
class PublishTournamentInput:
    """Which draft everybody is to see."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)


@input_type
class MoveTournamentInput:
    """Another address for a tournament."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)
    slug: str = attribute("Its new name in addresses: 3 to 60 small letters, digits and inner hyphens.")


@input_type
class AddTournamentStaffInput:
    """Who is to have which role in a tournament, in place of the one they have."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)
    username: str = attribute("Who.")
    role: StaffRole = attribute("What they may do.", default=domain.StaffRole.ORGANIZER)


@input_type
class RemoveTournamentStaffInput:
    """Who is to have no role in a tournament any more."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)
    username: str = attribute("Who.")


@object_type
class CreateTournamentPayload:
    """The tournament is a draft."""

    tournament: Tournament = attribute("The new tournament.")


@object_type
class UpdateTournamentPayload:
    """The tournament was edited."""

    tournament: Tournament = attribute("The tournament as it is now.")


@object_type
class SetStagesPayload:
    """The tournament has these stages."""

    tournament: Tournament = attribute("The tournament as it is now.")


@object_type
class PublishTournamentPayload:
    """Everybody sees the tournament."""

    tournament: Tournament = attribute(TOURNAMENT)


@object_type
class MoveTournamentPayload:
    """The tournament has its new address."""

    tournament: Tournament = attribute(TOURNAMENT)


@object_type
class AddTournamentStaffPayload:
    """The user has the role."""

    tournament: Tournament = attribute(TOURNAMENT)


@object_type
class RemoveTournamentStaffPayload:
    """The user has no role in the tournament any more."""

    tournament: Tournament = attribute(TOURNAMENT)


CreateTournamentResult = Annotated[
    CreateTournamentPayload | Refusal,
    strawberry.union("CreateTournamentResult", description="The new tournament, or why there is none."),
]
UpdateTournamentResult = Annotated[
    UpdateTournamentPayload | Refusal,
    strawberry.union("UpdateTournamentResult", description="The tournament, or why it stays."),
]
SetStagesResult = Annotated[
    SetStagesPayload | Refusal,
    strawberry.union("SetStagesResult", description="The tournament, or why its stages stay."),
]
PublishTournamentResult = Annotated[
    PublishTournamentPayload | Refusal,
    strawberry.union("PublishTournamentResult", description="The tournament, or why it stays a draft."),
]
MoveTournamentResult = Annotated[
    MoveTournamentPayload | Refusal,
    strawberry.union("MoveTournamentResult", description="The tournament, or why it keeps its address."),
]
AddTournamentStaffResult = Annotated[
    AddTournamentStaffPayload | Refusal,
    strawberry.union("AddTournamentStaffResult", description="The tournament, or why the user does not get the role."),
]
RemoveTournamentStaffResult = Annotated[
    RemoveTournamentStaffPayload | Refusal,
    strawberry.union("RemoveTournamentStaffResult", description="The tournament, or why the user keeps the role."),
]


@object_type
class SetupMutation:
    """Setting a tournament up, and sharing the work."""

    @mutation(Access.SIGNED_IN)
    async def create_tournament(self, info: Info, input: CreateTournamentInput) -> CreateTournamentResult:
        """Create a draft; the viewer runs it."""
        ctx = info.context
        command = input.to_command(ctx.clock.now())
        row = await ctx.execute_once(domain.create_tournament, command, input.idempotency_key, domain.Tournament)
        return CreateTournamentPayload(tournament=Tournament.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def update_tournament(self, info: Info, input: UpdateTournamentInput) -> UpdateTournamentResult:
        """Edit a tournament before it starts."""
        row = await info.context.execute(domain.update_tournament, input.to_command())
        return UpdateTournamentPayload(tournament=Tournament.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def set_stages(self, info: Info, input: SetStagesInput) -> SetStagesResult:
        """Replace the stages of a tournament that have not begun."""
        command = domain.SetStages(tournament_key(input.tournament_id), input.version, plans_of(input.stages))
        row = await info.context.execute(domain.set_stages, command)
        return SetStagesPayload(tournament=Tournament.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def publish_tournament(self, info: Info, input: PublishTournamentInput) -> PublishTournamentResult:
        """Show a draft to everybody."""
        command = domain.PublishTournament(tournament_key(input.tournament_id))
        row = await info.context.execute(domain.publish_tournament, command)
        return PublishTournamentPayload(tournament=Tournament.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def move_tournament(self, info: Info, input: MoveTournamentInput) -> MoveTournamentResult:
        """Give a tournament another address at any time, so that its next edition can have the one people know."""
        command = domain.MoveTournament(tournament_key(input.tournament_id), input.slug)
        row = await info.context.execute(domain.move_tournament, command)
        return MoveTournamentPayload(tournament=Tournament.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def add_tournament_staff(self, info: Info, input: AddTournamentStaffInput) -> AddTournamentStaffResult:
        """Let somebody run the tournament too, decide its matches, or say how they stand."""
        command = domain.SetStaff(tournament_key(input.tournament_id), input.username, input.role)
        row = await info.context.execute(domain.set_staff, command)
        return AddTournamentStaffPayload(tournament=Tournament.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def remove_tournament_staff(
        self, info: Info, input: RemoveTournamentStaffInput
    ) -> RemoveTournamentStaffResult:
        """Take somebody's role away. The creator of the tournament keeps it."""
        command = domain.SetStaff(tournament_key(input.tournament_id), input.username, role=None)
        row = await info.context.execute(domain.set_staff, command)
        return RemoveTournamentStaffPayload(tournament=Tournament.from_model(row.view))
