"""Passwords, and proof of e-mail addresses."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain import accounts as domain
from resolvers import accounts as resolve
from schema.accounts.types import User
from schema.errors import Refusal
from schema.fields import Access, Info, attribute, input_type, mutation, object_type


@input_type
class ChangePasswordInput:
    """Another password."""

    current_password: str = attribute("The present password.")
    new_password: str = attribute("10 to 200 characters, and not easy to guess.")

    def to_command(self) -> domain.ChangePassword:
        """The command this asks for."""
        return domain.ChangePassword(current_password=self.current_password, new_password=self.new_password)


@input_type
class RequestPasswordResetInput:
    """Whose password was forgotten."""

    email: str = attribute("The address the account was registered with.")


@input_type
class ResetPasswordInput:
    """Another password, by the code of a mail."""

    token: str = attribute("The code from the mail.")
    new_password: str = attribute("10 to 200 characters, and not easy to guess.")

    def to_command(self) -> domain.ResetPassword:
        """The command this asks for."""
        return domain.ResetPassword(token=self.token, new_password=self.new_password)


@input_type
class VerifyEmailInput:
    """Proof of an address."""

    token: str = attribute("The code from the mail.")

    def to_command(self) -> domain.VerifyEmail:
        """The command this asks for."""
        return domain.VerifyEmail(token=self.token)


@object_type
class ChangePasswordPayload:
    """The password was changed."""

    user: User = attribute("Whose password it is.")


@object_type
class RequestPasswordResetPayload:
    """The request was taken."""

    is_accepted: bool = attribute("Always true: whether an account has the address is not told.")


@object_type
class ResetPasswordPayload:
    """The password was set."""

    user: User = attribute("Whose password it is.")


@object_type
class RequestEmailVerificationPayload:
    """The request was taken."""

    is_accepted: bool = attribute("Always true.")


@object_type
class VerifyEmailPayload:
    """The address is proved."""

    user: User = attribute("Whose address it is.")


ChangePasswordResult = Annotated[
    ChangePasswordPayload | Refusal,
    strawberry.union("ChangePasswordResult", description="The user, or why the password stays."),
]
RequestPasswordResetResult = Annotated[
    RequestPasswordResetPayload | Refusal,
    strawberry.union("RequestPasswordResetResult", description="That it was asked for, or why not."),
]
ResetPasswordResult = Annotated[
    ResetPasswordPayload | Refusal,
    strawberry.union("ResetPasswordResult", description="The user, or why the password stays."),
]
RequestEmailVerificationResult = Annotated[
    RequestEmailVerificationPayload | Refusal,
    strawberry.union("RequestEmailVerificationResult", description="That it was asked for, or why not."),
]
VerifyEmailResult = Annotated[
    VerifyEmailPayload | Refusal,
    strawberry.union("VerifyEmailResult", description="The user, or why the address is not proved."),
]


@object_type
class CredentialsMutation:
    """Passwords, and proof of e-mail addresses."""

    @mutation(Access.SIGNED_IN)
    async def change_password(
        self, info: Info, input: Annotated[ChangePasswordInput, strawberry.argument(description="Both passwords.")]
    ) -> ChangePasswordResult:
        """Give the viewer another password and end their other sessions."""
        return ChangePasswordPayload(
            user=User.from_model((await resolve.change_password(info.context, input.to_command())).view)
        )

    @mutation(Access.ANYONE)
    async def request_password_reset(
        self, info: Info, input: Annotated[RequestPasswordResetInput, strawberry.argument(description="Whose.")]
    ) -> RequestPasswordResetResult:
        """Have a code sent to an address, if an account has it. The code works once, for an hour."""
        await resolve.request_password_reset(info.context, input.email)
        return RequestPasswordResetPayload(is_accepted=True)

    @mutation(Access.ANYONE)
    async def reset_password(
        self, info: Info, input: Annotated[ResetPasswordInput, strawberry.argument(description="The code.")]
    ) -> ResetPasswordResult:
        """Set another password with the code of a mail, and end every session of the account."""
        return ResetPasswordPayload(
            user=User.from_model((await resolve.reset_password(info.context, input.to_command())).view)
        )

    @mutation(Access.SIGNED_IN)
    async def request_email_verification(self, info: Info) -> RequestEmailVerificationResult:
        """Have another code sent to the viewer's address. The code works once, for three days."""
        await resolve.request_email_verification(info.context)
        return RequestEmailVerificationPayload(is_accepted=True)

    @mutation(Access.ANYONE)
    async def verify_email(
        self, info: Info, input: Annotated[VerifyEmailInput, strawberry.argument(description="The code.")]
    ) -> VerifyEmailResult:
        """Prove an address with the code of a mail."""
        return VerifyEmailPayload(
            user=User.from_model((await resolve.verify_email(info.context, input.to_command())).view)
        )
