"""Registering, logging in and out."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain import accounts as domain
from domain.accounts import Device
from domain.kernel.ids import global_id, key_of
from resolvers import accounts as resolve
from schema.accounts.types import AuthTokens, Session, User
from schema.errors import Refusal
from schema.fields import Access, Info, attribute, input_type, mutation, object_type


@input_type
class RegisterInput:
    """A new account."""

    email: str = attribute("An e-mail address nobody has registered.")
    username: str = attribute("A name nobody has, whatever its case: 3 to 30 letters A to Z, digits, _ and -.")
    password: str = attribute("10 to 200 characters, and not easy to guess.")
    display_name: str | None = strawberry.field(
        default=None, description="The name to show, 1 to 60 characters. Without it the username is shown."
    )

    def to_command(self, device: Device) -> domain.Register:
        """The command this asks for."""
        return domain.Register(
            email=self.email,
            username=self.username,
            password=self.password,
            display_name=self.display_name,
            device=device,
        )


@input_type
class LogInInput:
    """Proof of who someone is."""

    login: str = attribute("An e-mail address or a username.")
    password: str = attribute("The password.")

    def to_command(self, device: Device) -> domain.LogIn:
        """The command this asks for."""
        return domain.LogIn(login=self.login, password=self.password, device=device)


@input_type
class RefreshSessionInput:
    """The right to carry a session on."""

    refresh_token: str = attribute("The newest refresh token of the session.")

    def to_command(self) -> domain.RefreshSession:
        """The command this asks for."""
        return domain.RefreshSession(refresh_token=self.refresh_token)


@input_type
class RevokeSessionInput:
    """Which session to end."""

    session_id: strawberry.ID = attribute("The session.")


@object_type
class RegisterPayload:
    """The new account, logged in."""

    user: User = attribute("The new user.")
    tokens: AuthTokens = attribute("The tokens of their first session.")


@object_type
class LogInPayload:
    """A new session."""

    user: User = attribute("Who logged in.")
    tokens: AuthTokens = attribute("The tokens of the session.")


@object_type
class RefreshSessionPayload:
    """The session, carried on."""

    tokens: AuthTokens = attribute("The next tokens. The refresh token that was given is used up.")


@object_type
class LogOutPayload:
    """The end of the present session."""

    session_id: strawberry.ID = attribute("The session that ended.")


@object_type
class RevokeSessionPayload:
    """The end of a session."""

    session: Session = attribute("The session that ended.")


@object_type
class RevokeOtherSessionsPayload:
    """The end of all sessions but the present one."""

    count: int = attribute("How many ended.")


RegisterResult = Annotated[
    RegisterPayload | Refusal,
    strawberry.union("RegisterResult", description="The new account, or why there is none."),
]
LogInResult = Annotated[
    LogInPayload | Refusal,
    strawberry.union("LogInResult", description="A session, or why there is none."),
]
RefreshSessionResult = Annotated[
    RefreshSessionPayload | Refusal,
    strawberry.union("RefreshSessionResult", description="The next tokens, or why there are none."),
]
LogOutResult = Annotated[
    LogOutPayload | Refusal,
    strawberry.union("LogOutResult", description="The session that ended, or why none did."),
]
RevokeSessionResult = Annotated[
    RevokeSessionPayload | Refusal,
    strawberry.union("RevokeSessionResult", description="The session that ended, or why none did."),
]
RevokeOtherSessionsResult = Annotated[
    RevokeOtherSessionsPayload | Refusal,
    strawberry.union("RevokeOtherSessionsResult", description="How many sessions ended, or why none did."),
]


@object_type
class SessionsMutation:
    """Registering, logging in and out."""

    @mutation(Access.ANYONE)
    async def register(
        self, info: Info, input: Annotated[RegisterInput, strawberry.argument(description="The new account.")]
    ) -> RegisterResult:
        """Make an account and log in. A mail with a code to confirm the address follows."""
        done = await resolve.register(info.context, input.to_command(resolve.device(info.context)))
        return RegisterPayload(user=User.from_model(done.user.view), tokens=AuthTokens.from_model(done.tokens))

    @mutation(Access.ANYONE)
    async def log_in(
        self, info: Info, input: Annotated[LogInInput, strawberry.argument(description="Who, and the proof.")]
    ) -> LogInResult:
        """Begin a session. After ten wrong passwords a login must wait."""
        done = await resolve.log_in(info.context, input.to_command(resolve.device(info.context)))
        return LogInPayload(user=User.from_model(done.user.view), tokens=AuthTokens.from_model(done.tokens))

    @mutation(Access.ANYONE)
    async def refresh_session(
        self,
        info: Info,
        input: Annotated[RefreshSessionInput, strawberry.argument(description="The newest refresh token.")],
    ) -> RefreshSessionResult:
        """Get the next tokens of a session. A refresh token works once; the second use ends the session for safety."""
        tokens = await resolve.refresh_session(info.context, input.to_command())
        return RefreshSessionPayload(tokens=AuthTokens.from_model(tokens))

    @mutation(Access.SIGNED_IN)
    async def log_out(self, info: Info) -> LogOutResult:
        """End the present session. Its tokens and connections end with it."""
        ended = await resolve.log_out(info.context)
        return LogOutPayload(session_id=strawberry.ID(global_id("Session", ended.id)))

    @mutation(Access.SIGNED_IN)
    async def revoke_session(
        self, info: Info, input: Annotated[RevokeSessionInput, strawberry.argument(description="Which one.")]
    ) -> RevokeSessionResult:
        """End a session, such as that of a lost device. One that has ended before is answered as it is."""
        key = key_of(input.session_id, "Session", "sessionId")
        return RevokeSessionPayload(session=Session.from_model(await resolve.revoke_session(info.context, key)))

    @mutation(Access.SIGNED_IN)
    async def revoke_other_sessions(self, info: Info) -> RevokeOtherSessionsResult:
        """End every session of the viewer but the present one."""
        return RevokeOtherSessionsPayload(count=await resolve.revoke_other_sessions(info.context))
