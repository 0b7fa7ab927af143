"""Tournaments and who takes part in them."""

from __future__ import annotations

from asyncio import gather
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain import tournaments as domain
from domain.kernel.ids import global_id
from domain.kernel.participant import ParticipantKind
from resolvers import accounts as resolve_accounts
from resolvers import claims as resolve_claims
from resolvers import deadlines as resolve_deadlines
from resolvers import disputes as resolve_disputes
from resolvers import games as resolve_games
from resolvers import matches as resolve_matches
from resolvers import queues as resolve_queues
from resolvers import tournaments as resolve
from resolvers.context import Context
from resolvers.paging import page_request
from schema import accounts, deadlines, disputes, games, participants, queues, tournaments
from schema.fields import Info, attribute, enum_type, field, object_type
from schema.node import Node, readable
from schema.paging import After, Connection, First, connection, distinct
from schema.refs import DisputeRoomRef, GuestClaimRef, MatchAttentionRef, MatchDeadlinesRef, QueueRef, StageRef, UserRef
from schema.scoring import MatchScoring
from schema.tournaments import stages
from schema.tournaments.bracket import Bracket, BracketWindow, Placement, RoundProgress
from schema.tournaments.formats import DropOrder, GrandFinal, Structure
from schema.tournaments.seeding import SeedingReport

SeedingMethod = domain.SeedingMethod
enum_type(
    SeedingMethod,
    {
        "MANUAL": "In the order the organizers give.",
        "RANDOM": "By a draw that anyone can repeat from its number.",
        "RATING": "By rating in the game, best first.",
    },
)
StaffRole = domain.StaffRole
enum_type(
    StaffRole,
    {
        "ORGANIZER": "Runs it.",
        "REFEREE": "Decides its matches, except those they play in themselves.",
        "SCORER": "Begins its matches, says how they stand and what happens in them.",
    },
)
TournamentStatus = domain.TournamentStatus
enum_type(
    TournamentStatus,
    {
        "DRAFT": "Only its organizers see it.",
        "PUBLISHED": "Everybody sees it; registration follows its window.",
        "RUNNING": "Matches are played.",
        "FINISHED": "The last match is decided.",
        "CANCELLED": "It was called off.",
    },
)
EntrantStatus = domain.EntrantStatus
enum_type(
    EntrantStatus,
    {
        "REGISTERED": "Has a place.",
        "WAITLISTED": "Waits for a place.",
        "CHECKED_IN": "Has a place and is there.",
        "PLAYING": "Plays, or has played.",
        "WITHDRAWN": "Left.",
        "ABSENT": "Was not there, or got no place, when it started.",
        "DISQUALIFIED": "Was put out by an organizer.",
    },
)


EventFormat = domain.EventFormat
enum_type(
    EventFormat,
    {
        "MATCHPOINT_EVENT": "JSON of our own for a whole event, `matchpoint-event-1`.",
        "MATCHPOINT_ROUNDS": "JSON of our own for rounds, `matchpoint-rounds-1`.",
        "TRF16": "A Tournament Report File of FIDE of 2016.",
        "TRF26": "A Tournament Report File of FIDE of 2026.",
        "CHALLONGE": "Version 1 of the API of Challonge.",
        "CHALLONGE_2": "Version 2.1 of the API of Challonge.",
        "STARTGG": "Answers of the API of start.gg.",
        "STARTGG_ENTITIES": "Phase groups of the site of start.gg.",
        "BRACKETS_MANAGER": "The database of brackets-manager.js.",
        "OPENFOOTBALL": "A cup of openfootball.",
        "BLUE_ALLIANCE": "Playoffs of The Blue Alliance.",
        "SCALACHESS": "A round robin of scalachess.",
        "RECORDED": "A recording of one bracket.",
    },
)


@object_type(broadcastable=True)
class EventOrigin:
    """Where an event comes from that was not played here from its beginning."""

    format: EventFormat = attribute("How the files told it.")
    url: str | None = attribute("Where it was played. Null: not said.")


@object_type(broadcastable=True)
class Entrant(Node):
    """A user, team or guest in a tournament, named as at registration."""

    row: strawberry.Private[domain.EntrantView]
    name: str = attribute("The name at registration.")
    seed: int | None = attribute("The favourite is 1. Null until seeded.")
    status: EntrantStatus = attribute("Whether they take part.")
    registered_at: datetime = attribute("When they registered.")
    checked_in_at: datetime | None = attribute("When they checked in. Null: not yet.")
    placement: Placement | None = attribute("The places they finished in. Null until certain.")

    @field(broadcastable=True)
    async def participant(self, info: Info) -> participants.Participant:
        """The user, team or guest itself."""
        return await participants.participant(info, self.row.kind, self.row.participant_id)

    @field(size=10, broadcastable=True)
    async def players(self, info: Info) -> list[UserRef]:
        """Who plays for them, as at registration. Nobody is known of a guest."""
        return await _users(info.context, await resolve.players(info.context, self.row.id))

    @field(broadcastable=True)
    async def claimed_by(self, info: Info) -> UserRef | None:
        """The user who a guest has turned out to be, as an organizer accepted; like those who play, they are shown also
        when they keep their profile to themselves. They get no right by it. Null: nobody is known.
        """
        key = self.row.claimed_by_id
        return None if key is None else accounts.User.from_model(await resolve_accounts.user(info.context, key))

    @classmethod
    def from_model(cls, row: domain.EntrantView) -> Entrant:
        """The entrant of a row."""
        low, high = row.placement_low, row.placement_high
        return cls(
            id=strawberry.ID(global_id("Entrant", row.id)),
            row=row,
            name=row.name,
            seed=row.seed,
            status=row.status,
            registered_at=row.registered_at,
            checked_in_at=row.checked_in_at,
            placement=None if low is None or high is None else Placement(low=low, high=high),
        )


@object_type(broadcastable=True)
class StaffMember:
    """Somebody with a role in a tournament."""

    user_id: strawberry.Private[UUID]
    role: StaffRole = attribute("What they may do.")

    @field(broadcastable=True)
    async def user(self, info: Info) -> UserRef:
        """Who it is."""
        return accounts.User.from_model(await resolve_accounts.user(info.context, self.user_id))


@object_type(broadcastable=True)
class Tournament(Node):
    """An event: who takes part, the bracket, and who finished where."""

    row: strawberry.Private[domain.TournamentView]
    slug: str = attribute("Its name in addresses.")
    name: str = attribute("What people call it.")
    entrant_kind: ParticipantKind = attribute("Who enters it. GUEST: nobody does, its organizers add everybody.")
    capacity: int = attribute("How many can take part.")
    status: TournamentStatus = attribute("Where it is in its life.")
    registration_opens_at: datetime | None = attribute("When registration opens. Null: with publication.")
    registration_closes_at: datetime | None = attribute("When registration closes. Null: with the start.")
    check_in_opens_at: datetime | None = attribute("When check-in opens. Null: there is none.")
    check_in_closes_at: datetime | None = attribute("When check-in closes. Null: with the start.")
    starts_at: datetime = attribute("When it is planned to start.")
    started_at: datetime | None = attribute("When it started.")
    finished_at: datetime | None = attribute("When it finished or was cancelled.")
    cancel_reason: str | None = attribute("Why it was cancelled.")
    version: int = attribute("Rises when organizers edit it; edits have to name the version they saw.")
    entrant_count: int = attribute("How many have a place.")
    waitlist_count: int = attribute("How many wait for one.")
    seeding: SeedingMethod | None = attribute("How it was seeded. Null: by registration.")
    seeding_number: str | None = attribute("The number of a random draw, from which anyone can repeat it.")

    @field(broadcastable=True)
    def origin(self) -> EventOrigin | None:
        """Where it was imported from. Null: it was made here."""
        if self.row.imported_format is None:
            return None
        return EventOrigin(format=self.row.imported_format, url=self.row.imported_url)

    @field(broadcastable=True)
    async def structure(self, info: Info) -> Structure:
        """How its first stage is played."""
        return (await resolve.opening(info.context, self.row.id)).structure

    @field(broadcastable=True)
    async def grand_final(self, info: Info) -> GrandFinal:
        """How a double elimination in its first stage ends."""
        return (await resolve.opening(info.context, self.row.id)).elimination.grand_final

    @field(broadcastable=True)
    async def has_third_place_match(self, info: Info) -> bool:
        """Whether a single elimination in its first stage also plays for third place."""
        return (await resolve.opening(info.context, self.row.id)).elimination.has_third_place_match

    @field(broadcastable=True)
    async def best_of(self, info: Info) -> int:
        """How many games matches of its first stage have at most."""
        return (await resolve.opening(info.context, self.row.id)).elimination.best_of

    @field(broadcastable=True)
    async def scoring(self, info: Info) -> MatchScoring:
        """What the scores of matches of its first stage count."""
        return (await resolve.opening(info.context, self.row.id)).settings.scoring

    @field(broadcastable=True)
    async def final_best_of(self, info: Info) -> int:
        """How many games the final of its first stage has at most."""
        return (await resolve.opening(info.context, self.row.id)).final_best_of

    @field(broadcastable=True)
    async def drop_order(self, info: Info) -> DropOrder:
        """Where the losers of the upper bracket of a double elimination in its first stage go in the lower one."""
        return (await resolve.opening(info.context, self.row.id)).elimination.drop_order

    @field(broadcastable=True)
    async def lower_starter_count(self, info: Info) -> int:
        """How many of the lowest seeds start in the lower bracket of a double elimination in its first stage."""
        return (await resolve.opening(info.context, self.row.id)).elimination.lower_starters

    @field(broadcastable=True)
    async def final_advantage(self, info: Info) -> int:
        """How many games the upper winner is ahead in the grand final of its first stage. 0 unless with ADVANTAGE."""
        return (await resolve.opening(info.context, self.row.id)).elimination.final_advantage

    @field(broadcastable=True)
    async def description(self, info: Info) -> str:
        """What its organizers say about it."""
        return await resolve.description(info.context, self.row.id)

    @field(broadcastable=True)
    async def game(self, info: Info) -> games.Game:
        """What is played."""
        return games.Game.from_model(await resolve_games.game(info.context, self.row.game_id))

    @field(broadcastable=True)
    async def organizer(self, info: Info) -> UserRef:
        """Who created it."""
        return accounts.User.from_model(await resolve_accounts.user(info.context, self.row.organizer_id))

    @field(size=10, broadcastable=True)
    async def staff(self, info: Info) -> list[StaffMember]:
        """Everybody with a role in it, at most 50, in the order in which they got it."""
        staff = await resolve.staff(info.context, self.row.id)
        return [StaffMember(user_id=one.user_id, role=StaffRole(one.role)) for one in staff]

    @field(broadcastable=True)
    async def is_registration_open(self, info: Info) -> bool:
        """Whether somebody could register now."""
        return await resolve.is_registration_open(info.context, self.row)

    @field(broadcastable=True)
    async def entrants(
        self,
        info: Info,
        status: Annotated[list[EntrantStatus] | None, strawberry.argument(description="Only these. Null: all.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[Entrant]:
        """Who entered, by registration."""
        page = await resolve.entrants(info.context, self.row.id, distinct(status), page_request(first, after))
        return connection(page, Entrant.from_model)

    @field(size=2, broadcastable=True)
    async def stages(self, info: Info) -> list[StageRef]:
        """What it is played in, in order; at most 16."""
        rows = await resolve.stages(info.context, self.row.id)
        return [stages.Stage.from_model(row, self.row) for row in rows]

    @field(broadcastable=True)
    async def bracket(
        self,
        info: Info,
        window: Annotated[
            BracketWindow | None, strawberry.argument(description="Only the matches in it. Null: every match.")
        ] = None,
    ) -> Bracket | None:
        """Every match, or those that a client draws at the moment. Null until one is drawn."""
        view = await resolve.bracket(info.context, self.row, None if window is None else window.to_viewport())
        return None if view is None else Bracket.from_view(view)

    @field(size=16, broadcastable=True)
    async def progress(self, info: Info) -> list[RoundProgress]:
        """How far its matches have come, by round as in the bracket. Empty before the start."""
        view = await resolve.progress(info.context, self.row)
        return [] if view is None else RoundProgress.of_all(view)

    @field(broadcastable=True)
    async def queue(self, info: Info) -> QueueRef | None:
        """What is called to which table, and what waits. Null when it is not held at a venue."""
        state = await resolve_queues.queue(info.context, self.row.id)
        return None if state is None else queues.Queue.from_state(state)

    @field(broadcastable=True)
    async def match_deadlines(self, info: Info) -> MatchDeadlinesRef:
        """What is due in its matches."""
        return deadlines.MatchDeadlines.from_model(await resolve_deadlines.deadlines(info.context, self.row.id))

    @field(size=50)
    async def attention(
        self,
        info: Info,
        minutes: Annotated[
            int,
            strawberry.argument(
                description="For how long a match has been played without a report, or a report has waited for an"
                " answer: 0 to 10080."
            ),
        ] = 30,
    ) -> list[MatchAttentionRef] | None:
        """The matches that officials should look at, at most 50, those that wait longest first: what is disputed, and
        what takes too long. Null to whoever is no organizer or referee.
        """
        found = await resolve_deadlines.attention(info.context, self.row.id, minutes)
        return None if found is None else [deadlines.MatchAttention.from_value(one) for one in found]

    @field
    async def dispute_rooms(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[DisputeRoomRef] | None:
        """The rooms that are open, those that wait longest first. Null to whoever is no organizer or referee, who do
        not see those of matches that they play in.
        """
        found = await resolve_disputes.open_rooms(info.context, self.row.id, page_request(first, after))
        if found is None:
            return None
        page: Connection[DisputeRoomRef] = connection(found, disputes.DisputeRoom.from_seen)
        return page

    @field
    async def guest_claims(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[GuestClaimRef] | None:
        """Who says which guest they are and waits for an answer, oldest first. Null to whoever is no organizer."""
        found = await resolve_claims.open_claims(info.context, self.row.id, page_request(first, after))
        if found is None:
            return None
        page: Connection[GuestClaimRef] = connection(found, tournaments.GuestClaim.from_model)
        return page

    @field(broadcastable=True)
    async def viewer_count(self, info: Info) -> int:
        """How many follow its bracket now: each user once, and each connection that is not signed in."""
        return await resolve.viewer_count(info.context, self.row.id)

    @field
    async def seeding_report(self, info: Info) -> SeedingReport | None:
        """Whom the seeds were to keep apart, and whom they could not. Null without that, and to who does not run it."""
        report = await resolve.seeding_report(info.context, self.row.id)
        return None if report is None else SeedingReport.from_value(report)

    @field
    async def viewer_entrant(self, info: Info) -> Entrant | None:
        """The entrant the viewer plays for. Null when for none."""
        row = await resolve.viewer_entrant(info.context, self.row.id)
        return None if row is None else Entrant.from_model(row)

    @field
    async def viewer_can_manage(self, info: Info) -> bool:
        """Whether the viewer is one of the organizers."""
        return await resolve_matches.viewer_runs(info.context, self.row.id)

    @classmethod
    def from_model(cls, row: domain.TournamentView) -> Tournament:
        """The tournament of a row."""
        return cls(
            id=strawberry.ID(global_id("Tournament", row.id)),
            row=row,
            slug=row.slug,
            name=row.name,
            entrant_kind=row.entrant_kind,
            capacity=row.capacity,
            status=row.status,
            registration_opens_at=row.registration_opens_at,
            registration_closes_at=row.registration_closes_at,
            check_in_opens_at=row.check_in_opens_at,
            check_in_closes_at=row.check_in_closes_at,
            starts_at=row.starts_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
            cancel_reason=row.cancel_reason,
            version=row.version,
            entrant_count=row.entrant_count,
            waitlist_count=row.waitlist_count,
            seeding=row.seeding,
            seeding_number=None if row.seeding_number is None else str(row.seeding_number),
        )


@object_type
class TournamentsQuery:
    """Reads about tournaments."""

    @field
    async def tournament(
        self, info: Info, slug: Annotated[str, strawberry.argument(description="Its name in addresses.")]
    ) -> Tournament | None:
        """The tournament with this slug. Null when there is none, or it is a draft of somebody else."""
        row = await resolve.tournament_by_slug(info.context, slug)
        return None if row is None else Tournament.from_model(row)

    @field
    async def tournaments(
        self,
        info: Info,
        status: Annotated[
            list[TournamentStatus] | None, strawberry.argument(description="Only these. Null: all that are published.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[Tournament]:
        """Published tournaments, newest first."""
        page = await resolve.tournaments(info.context, distinct(status), page_request(first, after))
        return connection(page, Tournament.from_model)


async def _users(ctx: Context, keys: Sequence[UUID]) -> list[accounts.User]:
    """The users with these keys, read together."""
    return [accounts.User.from_model(row) for row in await gather(*(resolve_accounts.user(ctx, key) for key in keys))]


async def _read_tournament(ctx: Context, key: UUID) -> Tournament | None:
    row = await resolve.tournament(ctx, key)
    return None if row is None else Tournament.from_model(row)


async def _read_entrant(ctx: Context, key: UUID) -> Entrant | None:
    row = await resolve.entrant(ctx, key)
    return None if row is None else Entrant.from_model(row)


readable("Tournament", _read_tournament)
readable("Entrant", _read_entrant)
