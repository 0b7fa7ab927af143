"""Locks on aggregates: whoever changes a thing holds it until the transaction ends."""

from __future__ import annotations

import hashlib
from uuid import UUID

from sqlalchemy import text

from domain.infra.db import WriteSession


async def hold(session: WriteSession, *subjects: UUID) -> None:
    """Wait until this transaction alone holds every subject, and keep them until it ends.

    The lock is on the id, not on a row, so that one lock guards an event with all its matches and can be taken before
    any of them is read. Subjects are taken in one order by everyone, hence no deadlock among them.
    """
    for subject in sorted(set(subjects)):
        await _hold(session, subject.bytes[8:])


async def hold_name(session: WriteSession, name: str) -> None:
    """The same for something that is known by a text, such as an address to be taken."""
    await _hold(session, hashlib.sha256(name.encode()).digest()[:8])


async def _hold(session: WriteSession, key: bytes) -> None:
    number = int.from_bytes(key, "big", signed=True)
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": number})
