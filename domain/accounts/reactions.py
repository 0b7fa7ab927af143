"""What the facts of this context mean once they are committed: mails to write, and sessions to forget everywhere.

Each may run more than once for a fact, which at worst sends a mail twice.
"""

from __future__ import annotations

from uuid import UUID

import structlog

from domain.accounts.commands.access import Accounts
from domain.accounts.events import EmailVerificationRequested, PasswordResetRequested, RolesChanged, SessionRevoked
from domain.accounts.models import MailToken
from domain.accounts.ports import Mail, MailRefused
from domain.accounts.values import MailTokenPurpose
from domain.infra.db import ReadSession

log = structlog.get_logger()

_SUBJECTS = {
    MailTokenPurpose.VERIFY_EMAIL: "Confirm your e-mail address",
    MailTokenPurpose.RESET_PASSWORD: "Reset your password",
}
_BODIES = {
    MailTokenPurpose.VERIFY_EMAIL: (
        "Welcome to Matchpoint at {server}.\n\n"
        "To confirm that this address is yours, enter this code where you registered:\n\n{token}\n\n"
        "It works once, for three days. If you did not register, ignore this mail.\n"
    ),
    MailTokenPurpose.RESET_PASSWORD: (
        "Someone asked to reset the password of your account at {server}.\n\n"
        "To choose a new one, enter this code where you asked:\n\n{token}\n\n"
        "It works once, for an hour. If it was not you, ignore this mail: nothing has changed.\n"
    ),
}


async def send_email_verification(
    session: ReadSession, event: EmailVerificationRequested, accounts: Accounts, mail: Mail
) -> None:
    """Send the mail with which a user proves their address."""
    await _send(session, event.token_id, accounts, mail)


async def send_password_reset(
    session: ReadSession, event: PasswordResetRequested, accounts: Accounts, mail: Mail
) -> None:
    """Send the mail with which a user resets their password; nothing for an address nobody has."""
    if event.token_id is not None:
        await _send(session, event.token_id, accounts, mail)


async def forget_revoked_session(_session: ReadSession, event: SessionRevoked, accounts: Accounts) -> None:
    """Let every process know, should the one that revoked it have failed to."""
    await accounts.forget_sessions([event.session_id])


async def forget_changed_roles(_session: ReadSession, event: RolesChanged, accounts: Accounts) -> None:
    """Let every process know, should the one that changed them have failed to."""
    await accounts.forget_roles(event.user_id)


async def _send(session: ReadSession, token_id: UUID, accounts: Accounts, mail: Mail) -> None:
    token = await session.get(MailToken, token_id)
    if token is None or token.used_at is not None or token.expires_at <= accounts.clock.now():
        return
    body = _BODIES[token.purpose].format(
        server=accounts.settings.public_url, token=accounts.mail_token(token.id, token.purpose)
    )
    try:
        await mail.send(token.email, _SUBJECTS[token.purpose], body)
    except MailRefused:
        log.info("accounts.mail_refused", user_id=str(token.user_id))
