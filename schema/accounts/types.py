"""Users and what is theirs, as clients see them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain import accounts as domain
from domain.accounts import Theme
from domain.kernel.actor import Role
from domain.kernel.ids import global_id
from domain.kernel.participant import ParticipantKind
from domain.matches import MatchStatus
from resolvers import accounts as resolve
from resolvers import claims as resolve_claims
from resolvers import games as resolve_games
from resolvers import matches as resolve_matches
from resolvers import notifications as resolve_notifications
from resolvers import teams as resolve_teams
from resolvers.context import Context
from resolvers.paging import page_request
from schema import games, matches, notifications, teams, tournaments
from schema.fields import Info, attribute, enum_type, field, object_type
from schema.node import Node, readable
from schema.paging import After, Connection, First, connection, distinct
from schema.refs import EntrantRef, GuestClaimRef, MatchRef, NotificationRef, RatingRef, TeamInvitationRef, TeamRef

enum_type(
    Role,
    {
        "PLAYER": "Plays. Everyone who registers has it.",
        "PREMIUM": "Has paid for more.",
        "COACH": "Offers coaching.",
        "ORGANIZER": "Runs events.",
        "VENUE_ADMIN": "Runs a venue.",
        "MODERATOR": "Settles what users report.",
        "ADMIN": "May do everything.",
    },
)
enum_type(
    Theme,
    {
        "SYSTEM": "As the device is set.",
        "LIGHT": "Dark on light.",
        "DARK": "Light on dark.",
    },
)


@object_type(broadcastable=True)
class User(Node):
    """A person, as everyone may see them."""

    key: strawberry.Private[UUID]
    username: str = attribute("Their unique name: 3 to 30 letters A to Z, digits, _ and -.")
    display_name: str = attribute("The name they show; not unique.")
    avatar_url: str | None = attribute("Their picture, an https address. Null when they have none.")
    created_at: datetime = attribute("When they registered.")

    @field(broadcastable=True)
    async def teams(self, info: Info, first: First = 20, after: After = None) -> Connection[TeamRef]:
        """The live teams they are in, by name."""
        found = await resolve_teams.teams_of_user(info.context, self.key, page_request(first, after))
        page: Connection[TeamRef] = connection(found, teams.Team.from_model)
        return page

    @field
    async def claimed_entrants(self, info: Info, first: First = 20, after: After = None) -> Connection[EntrantRef]:
        """The guests of tournaments that they have turned out to be, by registration. Empty to others where they keep
        their profile to themselves.
        """
        found = await resolve_claims.claimed_entrants(info.context, self.key, page_request(first, after))
        page: Connection[EntrantRef] = connection(found, tournaments.Entrant.from_model)
        return page

    @field(broadcastable=True)
    async def rating(
        self, info: Info, game: Annotated[str, strawberry.argument(description="The slug of the game.")]
    ) -> RatingRef | None:
        """How good they are believed to be at a game, on their own. Null before their first rated match of it."""
        row = await resolve_games.rating(info.context, game, ParticipantKind.USER, self.key)
        return None if row is None else games.Rating.from_model(row)

    @classmethod
    def from_model(cls, row: domain.UserView) -> User:
        """The user of a row."""
        return cls(
            id=strawberry.ID(global_id("User", row.id)),
            key=row.id,
            username=row.username,
            display_name=row.display_name,
            avatar_url=row.avatar_url,
            created_at=row.created_at,
        )


@object_type
class Session(Node):
    """A device on which the viewer is logged in."""

    key: strawberry.Private[UUID]
    created_at: datetime = attribute("When it began.")
    last_used_at: datetime = attribute("When it was last refreshed.")
    expires_at: datetime = attribute("When it ends unless it is refreshed before.")
    user_agent: str = attribute("What the device said it is. Empty when it did not.")
    address: str = attribute("The network address it began from. Empty when unknown.")

    @field
    async def is_current(self, info: Info) -> bool:
        """Whether the viewer acts in this session now."""
        return info.context.actor.session_id == self.key

    @classmethod
    def from_model(cls, row: domain.Session) -> Session:
        """The session of a row."""
        return cls(
            id=strawberry.ID(global_id("Session", row.id)),
            key=row.id,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            expires_at=row.expires_at,
            user_agent=row.user_agent,
            address=row.address,
        )


@object_type
class Preferences:
    """How the viewer wants things."""

    language: str = attribute("A language tag, such as en or pt-BR.")
    time_zone: str = attribute("A name of the IANA time zone database, such as Europe/Berlin.")
    theme: Theme = attribute("How clients show themselves.")
    has_email_notifications: bool = attribute("Whether notifications are sent by mail too.")
    is_profile_public: bool = attribute(
        "Whether others may look the viewer up by name or id. Where they play in public, their name shows anyway."
    )
    is_presence_public: bool = attribute(
        "Whether others may see which matches and brackets the viewer watches. It takes a public profile, too. At"
        " first they may not; the viewer is counted either way."
    )

    @classmethod
    def from_model(cls, row: domain.Preferences) -> Preferences:
        """The preferences of a row."""
        return cls(
            language=row.language,
            time_zone=row.time_zone,
            theme=row.theme,
            has_email_notifications=row.email_notifications,
            is_profile_public=row.is_profile_public,
            is_presence_public=row.is_presence_public,
        )


@object_type
class Viewer:
    """The one who asks, with what only they may see."""

    row: strawberry.Private[domain.UserView]

    @field
    async def email(self, info: Info) -> str:
        """Their e-mail address."""
        return (await resolve.contact(info.context, self.row.id)).email

    @field
    async def is_email_verified(self, info: Info) -> bool:
        """Whether they have proved that the address is theirs."""
        return (await resolve.contact(info.context, self.row.id)).email_verified_at is not None

    @field
    async def user(self) -> User:
        """What everyone may see of them."""
        return User.from_model(self.row)

    @field(size=7)
    async def roles(self, info: Info) -> list[Role]:
        """What they may do everywhere."""
        return sorted(await resolve.roles(info.context, self.row.id))

    @field
    async def preferences(self, info: Info) -> Preferences:
        """How they want things."""
        return Preferences.from_model(await resolve.preferences(info.context, self.row.id))

    @field
    async def sessions(self, info: Info, first: First = 20, after: After = None) -> Connection[Session]:
        """Where they are logged in, newest first."""
        found = await resolve.sessions(info.context, page_request(first, after))
        page: Connection[Session] = connection(found, Session.from_model)
        return page

    @field
    async def matches(
        self,
        info: Info,
        status: Annotated[
            list[MatchStatus] | None, strawberry.argument(description="Only these. Null: all of them.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> Connection[MatchRef]:
        """The matches they play, or a team they lead, newest first."""
        found = await resolve_matches.my_matches(info.context, distinct(status), page_request(first, after))
        page: Connection[MatchRef] = connection(found, matches.Match.from_state)
        return page

    @field
    async def notifications(self, info: Info, first: First = 20, after: After = None) -> Connection[NotificationRef]:
        """What they were told, newest first."""
        found = await resolve_notifications.notifications(info.context, page_request(first, after))
        page: Connection[NotificationRef] = connection(found, notifications.Notification.from_model)
        return page

    @field
    async def unread_notification_count(self, info: Info) -> int:
        """How much of it they have not read."""
        return await resolve_notifications.unread_count(info.context)

    @field
    async def team_invitations(
        self, info: Info, first: First = 20, after: After = None
    ) -> Connection[TeamInvitationRef]:
        """The invitations to teams that wait for their answer, newest first."""
        found = await resolve_teams.viewer_invitations(info.context, page_request(first, after))
        page: Connection[TeamInvitationRef] = connection(found, teams.TeamInvitation.from_model)
        return page

    @field
    async def guest_claims(self, info: Info, first: First = 20, after: After = None) -> Connection[GuestClaimRef]:
        """What they say of guests that waits for the answer of organizers, newest first."""
        found = await resolve_claims.viewer_claims(info.context, page_request(first, after))
        page: Connection[GuestClaimRef] = connection(found, tournaments.GuestClaim.from_model)
        return page

    @classmethod
    def from_model(cls, row: domain.UserView) -> Viewer:
        """The viewer of a row."""
        return cls(row=row)


@object_type
class AuthTokens:
    """What a client keeps of a session."""

    access_token: str = attribute("Proves who calls: `Authorization: Bearer …`.")
    access_token_expires_at: datetime = attribute("When to refresh the session at the latest.")
    refresh_token: str = attribute("Gets the next tokens, once. Using it twice ends the session.")
    refresh_token_expires_at: datetime = attribute("When the session ends unless it is refreshed before.")
    session: Session = attribute("The session they belong to.")

    @classmethod
    def from_model(cls, tokens: domain.AuthTokens) -> AuthTokens:
        """The tokens of a session."""
        return cls(
            access_token=tokens.access_token,
            access_token_expires_at=tokens.access_token_expires_at,
            refresh_token=tokens.refresh_token,
            refresh_token_expires_at=tokens.session.expires_at,
            session=Session.from_model(tokens.session),
        )


@object_type
class AccountsQuery:
    """Reads about users."""

    @field
    async def viewer(self, info: Info) -> Viewer | None:
        """The one who asks. Null when nobody is logged in."""
        row = await resolve.viewer(info.context)
        return None if row is None else Viewer.from_model(row)

    @field
    async def user(
        self,
        info: Info,
        username: Annotated[str, strawberry.argument(description="The name, whatever its case.")],
    ) -> User | None:
        """The user with this name. Null when there is none, or when they keep their profile to themselves."""
        row = await resolve.user_by_username(info.context, username)
        return None if row is None else User.from_model(row)


async def _read_user(ctx: Context, key: UUID) -> User | None:
    row = await resolve.visible_user(ctx, key)
    return None if row is None else User.from_model(row)


async def _read_session(ctx: Context, key: UUID) -> Session | None:
    row = await resolve.visible_session(ctx, key)
    return None if row is None else Session.from_model(row)


readable("User", _read_user)
readable("Session", _read_session)
