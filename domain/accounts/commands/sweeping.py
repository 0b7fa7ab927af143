"""What time has made useless."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, or_

from domain.accounts.models import Attempts, MailToken, Session
from domain.infra.db import WriteSession

# Long enough to answer "was that me?"; the access tokens of a session have run out long before.
_KEPT = timedelta(days=30)


async def sweep_accounts(session: WriteSession, now: datetime) -> None:
    """Delete closed windows of attempts, and sessions and tokens of mails that ended a month ago."""
    await session.execute(delete(Attempts).where(Attempts.window_ends_at <= now))
    await session.execute(delete(MailToken).where(MailToken.expires_at <= now - _KEPT))
    await session.execute(
        delete(Session).where(or_(Session.expires_at <= now - _KEPT, Session.revoked_at <= now - _KEPT))
    )
