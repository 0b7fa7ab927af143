"""Writes about tournaments."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain import tournaments as domain
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import key_of
from domain.kernel.participant import ParticipantKind
from schema.errors import Refusal
from schema.fields import Access, Info, attribute, input_type, mutation, object_type
from schema.tournaments.types import Entrant, GrandFinal, SeedingMethod, Structure, Tournament

_KEY = "Repeat a request with the same key, and it happens once."
_TOURNAMENT = "The tournament."
_ENTRANT = "The entrant."
_REASON = "Why, in 1 to 500 characters."
_MAX_MATCHES = 3 * 1024


@object_type
class TournamentPayload:
    """The tournament after the change."""

    tournament: Tournament = attribute(_TOURNAMENT)


@object_type
class EntrantPayload:
    """The entrant after the change."""

    entrant: Entrant = attribute(_ENTRANT)


TournamentResult = Annotated[
    TournamentPayload | Refusal,
    strawberry.union("TournamentResult", description="The tournament after the change, or why not."),
]
EntrantResult = Annotated[
    EntrantPayload | Refusal,
    strawberry.union("EntrantResult", description="The entrant after the change, or why not."),
]


@strawberry.input(one_of=True, description="Where the competitor of a slot comes from: exactly one of these.")
class GraphSourceInput:
    """Where the competitor of a slot comes from."""

    seed: strawberry.Maybe[int] = strawberry.field(description="The entrant with this seed.")
    winner_of: strawberry.Maybe[str] = strawberry.field(description="The winner of the match with this key.")
    loser_of: strawberry.Maybe[str] = strawberry.field(description="The loser of the match with this key.")

    def to_source(self) -> domain.Seed | domain.WinnerOf | domain.LoserOf:
        """The source this names."""
        if self.seed:
            return domain.Seed(self.seed.value)
        if self.winner_of:
            return domain.WinnerOf(self.winner_of.value)
        if self.loser_of:
            return domain.LoserOf(self.loser_of.value)
        raise InvalidInput("A source is a seed, or the winner or loser of a match.", "matches")


@input_type
class GraphMatchInput:
    """A match of a bracket whose links are given."""

    key: str = attribute("Its name in the bracket, unique, at most 64 characters.")
    round: int = attribute("Its round, as Challonge counts: below 0 in the lower bracket.", default=0)
    first: GraphSourceInput = attribute("Where slot 0 comes from.")
    second: GraphSourceInput = attribute("Where slot 1 comes from.")
    best_of: int | None = attribute("An odd number of games. Null: as the tournament.", default=None)

    def to_link(self) -> domain.Link:
        """The link this gives."""
        return domain.Link(self.key, self.first.to_source(), self.second.to_source(), self.round or None, self.best_of)


@input_type
class CreateTournamentInput:
    """A new tournament."""

    slug: str = attribute("Its name in addresses: 3 to 60 small letters, digits and inner hyphens.")
    name: str = attribute("What people call it, 1 to 100 characters.")
    description: str = attribute("What to say about it, at most 5000 characters.", default="")
    game: str = attribute("The slug of the game.")
    entrant_kind: ParticipantKind = attribute("Whether users or teams enter it.")
    structure: Structure = attribute("How its matches are linked.")
    grand_final: GrandFinal = attribute("How a double elimination ends.", default=domain.GrandFinal.RESET)
    has_third_place_match: bool = attribute("Whether a single elimination also plays for third place.", default=False)
    best_of: int = attribute("How many games its matches have at most; odd.", default=3)
    final_best_of: int | None = attribute("How many games the final has at most. Null: as the others.", default=None)
    capacity: int = attribute("How many can take part, 2 to 1024. CUSTOM takes it from its matches.", default=64)
    starts_at: datetime = attribute("When it is planned to start.")
    registration_opens_at: datetime | None = attribute("Null: with publication.", default=None)
    registration_closes_at: datetime | None = attribute("Null: with the start.", default=None)
    check_in_opens_at: datetime | None = attribute("Null: there is no check-in.", default=None)
    check_in_closes_at: datetime | None = attribute("Null: with the start.", default=None)
    matches: list[GraphMatchInput] | None = attribute("The bracket itself, for the structure CUSTOM.", default=None)
    idempotency_key: str | None = attribute(_KEY, default=None)

    def to_command(self, now: datetime) -> domain.CreateTournament:
        """The command this asks for."""
        if self.matches is not None and len(self.matches) > _MAX_MATCHES:
            raise InvalidInput(f"A bracket has at most {_MAX_MATCHES} matches.", "matches")
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
            capacity=self.capacity,
            registration_opens_at=self.registration_opens_at,
            registration_closes_at=self.registration_closes_at,
            check_in_opens_at=self.check_in_opens_at,
            check_in_closes_at=self.check_in_closes_at,
            links=None if self.matches is None else [match.to_link() for match in self.matches],
        )


@input_type
class UpdateTournamentInput:
    """New values for a tournament that has not started. What is null or absent stays."""

    tournament_id: strawberry.ID = attribute(_TOURNAMENT)
    version: int = attribute("The version of the tournament the client saw.")
    name: str | None = attribute("What people call it.", default=None)
    description: str | None = attribute("What to say about it.", default=None)
    capacity: int | None = attribute("How many can take part; not fewer than have a place.", default=None)
    starts_at: datetime | None = attribute("When it is planned to start.", default=None)
    registration_opens_at: datetime | None = attribute("When registration opens.", default=None)
    registration_closes_at: datetime | None = attribute("When registration closes.", default=None)
    check_in_opens_at: datetime | None = attribute("When check-in opens.", default=None)
    check_in_closes_at: datetime | None = attribute("When check-in closes.", default=None)

    def to_command(self) -> domain.UpdateTournament:
        """The command this asks for."""
        return domain.UpdateTournament(
            tournament_id=_tournament(self.tournament_id),
            version=self.version,
            name=self.name,
            description=self.description,
            capacity=self.capacity,
            starts_at=self.starts_at,
            registration_opens_at=self.registration_opens_at,
            registration_closes_at=self.registration_closes_at,
            check_in_opens_at=self.check_in_opens_at,
            check_in_closes_at=self.check_in_closes_at,
        )


@input_type
class TournamentInput:
    """Which tournament."""

    tournament_id: strawberry.ID = attribute(_TOURNAMENT)


@input_type
class MoveTournamentInput:
    """Another address for a tournament."""

    tournament_id: strawberry.ID = attribute(_TOURNAMENT)
    slug: str = attribute("Its new name in addresses: 3 to 60 small letters, digits and inner hyphens.")


@input_type
class CancelTournamentInput:
    """Which tournament, and why."""

    tournament_id: strawberry.ID = attribute(_TOURNAMENT)
    reason: str = attribute(_REASON)


@input_type
class TournamentStaffInput:
    """Somebody who runs a tournament."""

    tournament_id: strawberry.ID = attribute(_TOURNAMENT)
    username: str = attribute("Who.")


@input_type
class RegisterEntrantInput:
    """Who enters which tournament."""

    tournament_id: strawberry.ID = attribute(_TOURNAMENT)
    team_id: strawberry.ID | None = attribute("The team the viewer leads, when teams enter.", default=None)
    waitlist: bool = attribute("Whether to wait for a place when every one is taken.", default=False)
    idempotency_key: str | None = attribute(_KEY, default=None)


@input_type
class EntrantInput:
    """Which entrant."""

    entrant_id: strawberry.ID = attribute(_ENTRANT)


@input_type
class DisqualifyEntrantInput:
    """Which entrant, and why."""

    entrant_id: strawberry.ID = attribute(_ENTRANT)
    reason: str = attribute(_REASON)


@input_type
class SeedTournamentInput:
    """How to seed a tournament."""

    tournament_id: strawberry.ID = attribute(_TOURNAMENT)
    method: SeedingMethod = attribute("Who decides.")
    order: list[strawberry.ID] | None = attribute("For MANUAL: every entrant with a place, best first.", default=None)
    number: str | None = attribute("For RANDOM: the number of the draw. Null: a new one.", default=None)

    def to_command(self) -> domain.SeedTournament:
        """The command this asks for."""
        if self.number is not None and not (self.number.isascii() and self.number.isdigit() and len(self.number) < 20):
            raise InvalidInput("The number of a draw is a whole number.", "number")
        return domain.SeedTournament(
            tournament_id=_tournament(self.tournament_id),
            method=self.method,
            order=tuple(key_of(entrant, "Entrant", "order") for entrant in self.order or ()),
            number=None if self.number is None else int(self.number),
        )


@object_type
class TournamentsMutation:
    """Writes about tournaments."""

    @mutation(Access.SIGNED_IN)
    async def create_tournament(self, info: Info, input: CreateTournamentInput) -> TournamentResult:
        """Create a draft; the viewer runs it."""
        ctx = info.context
        command = input.to_command(ctx.clock.now())
        row = await ctx.execute_once(domain.create_tournament, command, input.idempotency_key, domain.Tournament)
        return _payload(row)

    @mutation(Access.SIGNED_IN)
    async def update_tournament(self, info: Info, input: UpdateTournamentInput) -> TournamentResult:
        """Edit a tournament before it starts."""
        return _payload(await info.context.execute(domain.update_tournament, input.to_command()))

    @mutation(Access.SIGNED_IN)
    async def publish_tournament(self, info: Info, input: TournamentInput) -> TournamentResult:
        """Show a draft to everybody."""
        command = domain.PublishTournament(_tournament(input.tournament_id))
        return _payload(await info.context.execute(domain.publish_tournament, command))

    @mutation(Access.SIGNED_IN)
    async def move_tournament(self, info: Info, input: MoveTournamentInput) -> TournamentResult:
        """Give a tournament another address at any time, so that its next edition can have the one people know."""
        command = domain.MoveTournament(_tournament(input.tournament_id), input.slug)
        return _payload(await info.context.execute(domain.move_tournament, command))

    @mutation(Access.SIGNED_IN)
    async def open_registration(self, info: Info, input: TournamentInput) -> TournamentResult:
        """Resume registration that was closed by hand, inside of its window."""
        command = domain.SetRegistration(_tournament(input.tournament_id), is_open=True)
        return _payload(await info.context.execute(domain.set_registration, command))

    @mutation(Access.SIGNED_IN)
    async def close_registration(self, info: Info, input: TournamentInput) -> TournamentResult:
        """Close registration before its window ends."""
        command = domain.SetRegistration(_tournament(input.tournament_id), is_open=False)
        return _payload(await info.context.execute(domain.set_registration, command))

    @mutation(Access.SIGNED_IN)
    async def seed_tournament(self, info: Info, input: SeedTournamentInput) -> TournamentResult:
        """Give every entrant with a place a seed. It can be repeated until the start."""
        return _payload(await info.context.execute(domain.seed_tournament, input.to_command()))

    @mutation(Access.SIGNED_IN)
    async def start_tournament(self, info: Info, input: TournamentInput) -> TournamentResult:
        """Settle who takes part, draw the bracket and begin."""
        ctx = info.context
        command = domain.StartTournament(_tournament(input.tournament_id), ctx.clock.now())
        return _payload(await ctx.execute(domain.start_tournament, command))

    @mutation(Access.SIGNED_IN)
    async def finish_tournament(self, info: Info, input: TournamentInput) -> TournamentResult:
        """Confirm that a tournament is over. Its last result finishes it, so this refuses while matches are open."""
        command = domain.FinishTournament(_tournament(input.tournament_id))
        return _payload(await info.context.execute(domain.finish_tournament, command))

    @mutation(Access.SIGNED_IN)
    async def cancel_tournament(self, info: Info, input: CancelTournamentInput) -> TournamentResult:
        """Call a tournament off, with every match that is not over."""
        ctx = info.context
        command = domain.CancelTournament(_tournament(input.tournament_id), input.reason, ctx.clock.now())
        return _payload(await ctx.execute(domain.cancel_tournament, command))

    @mutation(Access.SIGNED_IN)
    async def add_tournament_staff(self, info: Info, input: TournamentStaffInput) -> TournamentResult:
        """Let somebody run the tournament too."""
        command = domain.SetStaff(_tournament(input.tournament_id), input.username, is_staff=True)
        return _payload(await info.context.execute(domain.set_staff, command))

    @mutation(Access.SIGNED_IN)
    async def remove_tournament_staff(self, info: Info, input: TournamentStaffInput) -> TournamentResult:
        """Let somebody no longer run the tournament. Its creator always does."""
        command = domain.SetStaff(_tournament(input.tournament_id), input.username, is_staff=False)
        return _payload(await info.context.execute(domain.set_staff, command))

    @mutation(Access.SIGNED_IN)
    async def register_entrant(self, info: Info, input: RegisterEntrantInput) -> EntrantResult:
        """Enter a tournament: oneself, or the team one leads."""
        ctx = info.context
        command = domain.RegisterEntrant(
            tournament_id=_tournament(input.tournament_id),
            now=ctx.clock.now(),
            team_id=None if input.team_id is None else key_of(input.team_id, "Team", "teamId"),
            waitlist=input.waitlist,
        )
        row = await ctx.execute_once(domain.register_entrant, command, input.idempotency_key, domain.Entrant)
        return EntrantPayload(entrant=Entrant.from_model(row))

    @mutation(Access.SIGNED_IN)
    async def withdraw_entrant(self, info: Info, input: EntrantInput) -> EntrantResult:
        """Leave a tournament; before the start the waitlist moves up, during play the opponents go on."""
        ctx = info.context
        command = domain.WithdrawEntrant(_entrant(input.entrant_id), ctx.clock.now())
        return EntrantPayload(entrant=Entrant.from_model(await ctx.execute(domain.withdraw_entrant, command)))

    @mutation(Access.SIGNED_IN)
    async def check_in(self, info: Info, input: EntrantInput) -> EntrantResult:
        """Say that an entrant is there, while the window is open."""
        ctx = info.context
        command = domain.CheckIn(_entrant(input.entrant_id), ctx.clock.now())
        return EntrantPayload(entrant=Entrant.from_model(await ctx.execute(domain.check_in, command)))

    @mutation(Access.SIGNED_IN)
    async def disqualify_entrant(self, info: Info, input: DisqualifyEntrantInput) -> EntrantResult:
        """Put an entrant out, as an organizer; the opponents of its open matches go on."""
        ctx = info.context
        command = domain.DisqualifyEntrant(_entrant(input.entrant_id), input.reason, ctx.clock.now())
        return EntrantPayload(entrant=Entrant.from_model(await ctx.execute(domain.disqualify_entrant, command)))


def _tournament(tournament_id: str) -> UUID:
    return key_of(tournament_id, "Tournament", "tournamentId")


def _entrant(entrant_id: str) -> UUID:
    return key_of(entrant_id, "Entrant", "entrantId")


def _payload(row: domain.Tournament) -> TournamentPayload:
    return TournamentPayload(tournament=Tournament.from_model(row))
