"""Profiles, preferences and roles."""

from __future__ import annotations

from typing import Annotated

import strawberry
from msgspec import UNSET

from domain import accounts as domain
from domain.accounts import Theme
from domain.kernel.actor import Role
from domain.kernel.ids import key_of
from resolvers import accounts as resolve
from schema.accounts.types import Preferences, User
from schema.errors import Refusal
from schema.fields import Access, Info, attribute, input_type, mutation, object_type


@input_type
class UpdateProfileInput:
    """What others are to see. What is left out stays."""

    display_name: strawberry.Maybe[str] = attribute("The name to show, 1 to 60 characters.")
    avatar_url: strawberry.Maybe[str | None] = attribute("The https address of a picture. Null for none.")

    def to_command(self) -> domain.UpdateProfile:
        """The command this asks for."""
        return domain.UpdateProfile(
            display_name=None if self.display_name is None else self.display_name.value,
            avatar_url=UNSET if self.avatar_url is None else self.avatar_url.value,
        )


@input_type
class UpdatePreferencesInput:
    """How things are to be. What is left out stays."""

    language: strawberry.Maybe[str] = attribute("A language tag, such as en or pt-BR.")
    time_zone: strawberry.Maybe[str] = attribute("A name of the IANA time zone database, such as Europe/Berlin.")
    theme: strawberry.Maybe[Theme] = attribute("How clients show themselves.")
    has_email_notifications: strawberry.Maybe[bool] = attribute("Whether notifications are sent by mail too.")
    is_profile_public: strawberry.Maybe[bool] = attribute("Whether others may look the viewer up by name or id.")
    is_presence_public: strawberry.Maybe[bool] = attribute(
        "Whether others may see which matches and brackets the viewer watches. No holds at once, yes from the next time"
        " the viewer begins to watch."
    )

    def to_command(self) -> domain.UpdatePreferences:
        """The command this asks for."""
        return domain.UpdatePreferences(
            language=None if self.language is None else self.language.value,
            time_zone=None if self.time_zone is None else self.time_zone.value,
            theme=None if self.theme is None else self.theme.value,
            email_notifications=None if self.has_email_notifications is None else self.has_email_notifications.value,
            is_profile_public=None if self.is_profile_public is None else self.is_profile_public.value,
            is_presence_public=None if self.is_presence_public is None else self.is_presence_public.value,
        )


@input_type
class GrantRoleInput:
    """Who gets which role."""

    user_id: strawberry.ID = attribute("The user.")
    role: Role = attribute("The role.")


@input_type
class RevokeRoleInput:
    """Who loses which role."""

    user_id: strawberry.ID = attribute("The user.")
    role: Role = attribute("The role.")


@object_type
class UpdateProfilePayload:
    """The profile was changed."""

    user: User = attribute("The viewer, as others see them now.")


@object_type
class UpdatePreferencesPayload:
    """The preferences were changed."""

    preferences: Preferences = attribute("How things are now.")


@object_type
class GrantRolePayload:
    """The user has the role."""

    user: User = attribute("The user.")


@object_type
class RevokeRolePayload:
    """The user does not have the role any more."""

    user: User = attribute("The user.")


UpdateProfileResult = Annotated[
    UpdateProfilePayload | Refusal,
    strawberry.union("UpdateProfileResult", description="The viewer, or why their profile stays."),
]
UpdatePreferencesResult = Annotated[
    UpdatePreferencesPayload | Refusal,
    strawberry.union("UpdatePreferencesResult", description="The preferences, or why they stay."),
]
GrantRoleResult = Annotated[
    GrantRolePayload | Refusal,
    strawberry.union("GrantRoleResult", description="The user, or why they do not get the role."),
]
RevokeRoleResult = Annotated[
    RevokeRolePayload | Refusal,
    strawberry.union("RevokeRoleResult", description="The user, or why they keep the role."),
]


@object_type
class ProfileMutation:
    """Profiles, preferences and roles."""

    @mutation(Access.SIGNED_IN)
    async def update_profile(
        self, info: Info, input: Annotated[UpdateProfileInput, strawberry.argument(description="The changes.")]
    ) -> UpdateProfileResult:
        """Change what others see of the viewer."""
        row = await resolve.update_profile(info.context, input.to_command())
        return UpdateProfilePayload(user=User.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def update_preferences(
        self, info: Info, input: Annotated[UpdatePreferencesInput, strawberry.argument(description="The changes.")]
    ) -> UpdatePreferencesResult:
        """Change how the viewer wants things."""
        row = await resolve.update_preferences(info.context, input.to_command())
        return UpdatePreferencesPayload(preferences=Preferences.from_model(row))

    @mutation(Access.ADMIN)
    async def grant_role(
        self, info: Info, input: Annotated[GrantRoleInput, strawberry.argument(description="Who and what.")]
    ) -> GrantRoleResult:
        """Give a user a role. It holds from their next call; their open connections must come again."""
        key = key_of(input.user_id, "User", "userId")
        return GrantRolePayload(user=User.from_model((await resolve.give_role(info.context, key, input.role)).view))

    @mutation(Access.ADMIN)
    async def revoke_role(
        self, info: Info, input: Annotated[RevokeRoleInput, strawberry.argument(description="Who and what.")]
    ) -> RevokeRoleResult:
        """Take a role from a user. It ends with their next call; their open connections must come again."""
        key = key_of(input.user_id, "User", "userId")
        return RevokeRolePayload(user=User.from_model((await resolve.take_role(info.context, key, input.role)).view))
