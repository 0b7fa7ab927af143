"""Attempts are counted before they are made, in a transaction of their own: a refusal must not undo the count."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Delete, Update, case, delete, func, update
from sqlalchemy.dialects.postgresql import insert

from domain.accounts.errors import TooManyAttempts
from domain.accounts.models import Attempts
from domain.accounts.rules.attempts import Limit
from domain.infra.db import Database, WriteSession


async def count_attempt(db: Database, now: datetime, *by: tuple[Limit, str]) -> None:
    """Count one attempt for each limit, all or none of which are below it.

    Raises:
        TooManyAttempts: one is over.
    """
    # In one order by everyone, hence no deadlock.
    charges = sorted((limit.key(who), limit) for limit, who in by if who)

    async def count(session: WriteSession) -> list[tuple[int, datetime]]:
        return [await _count(session, key, limit, now) for key, limit in charges]

    counted = await db.transaction(count)
    ends = [end for (tried, end), (_, limit) in zip(counted, charges, strict=True) if tried > limit.count]
    if ends:
        raise TooManyAttempts(max(1, round((max(ends) - now).total_seconds())))


async def forgive_attempt(
    session: WriteSession, whole: tuple[Limit, str], one: tuple[Limit, str] | None = None
) -> None:
    """The attempt succeeded: for `whole` counting starts anew; for `one`, which others share, it is taken back."""
    steps: list[tuple[bytes, Delete | Update]] = []
    key = whole[0].key(whole[1])
    steps.append((key, delete(Attempts).where(Attempts.key == key)))
    if one is not None:
        key = one[0].key(one[1])
        one_less = update(Attempts).where(Attempts.key == key, Attempts.count > 0).values(count=Attempts.count - 1)
        steps.append((key, one_less))
    for _, statement in sorted(steps, key=lambda step: step[0]):
        await session.execute(statement)


async def _count(session: WriteSession, key: bytes, limit: Limit, now: datetime) -> tuple[int, datetime]:
    is_over = Attempts.window_ends_at <= now
    statement = (
        insert(Attempts)
        .values(key=key, count=1, window_ends_at=now + limit.window)
        .on_conflict_do_update(
            index_elements=[Attempts.key],
            set_={
                # One past the limit says all there is to say, and cannot overflow.
                "count": case((is_over, 1), else_=func.least(Attempts.count + 1, limit.count + 1)),
                "window_ends_at": case((is_over, now + limit.window), else_=Attempts.window_ends_at),
            },
        )
        .returning(Attempts.count, Attempts.window_ends_at)
    )
    counted, window_ends_at = (await session.execute(statement)).one()
    return counted, window_ends_at
