"""How often documents are asked for: added up by the API, written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert

from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.partners.models import ApiKey, DocumentUsage
from domain.partners.values import USAGE_KEPT_DAYS, Use


async def record_usage(session: WriteSession, uses: Sequence[Use]) -> None:
    """Add to what is written, and tell when keys were used last."""
    # In one order everywhere, so that two processes that write the same rows wait for each other and no more.
    for use in sorted(uses, key=lambda use: (use.partner_id, use.hash, use.day)):
        new = insert(DocumentUsage).values(
            partner_id=use.partner_id,
            hash=use.hash,
            day=use.day,
            count=use.count,
            errors=use.errors,
            points=use.points,
            last_at=use.last_at,
        )
        added = {
            "count": DocumentUsage.count + new.excluded.count,
            "errors": DocumentUsage.errors + new.excluded.errors,
            "points": DocumentUsage.points + new.excluded.points,
            "last_at": func.greatest(DocumentUsage.last_at, new.excluded.last_at),
        }
        await session.execute(
            new.on_conflict_do_update(
                index_elements=[DocumentUsage.partner_id, DocumentUsage.hash, DocumentUsage.day], set_=added
            )
        )
    latest: dict[UUID, datetime] = {}
    for use in uses:
        latest[use.key_id] = max(use.last_at, latest.get(use.key_id, use.last_at))
    for key_id, last_at in sorted(latest.items()):
        await session.execute(
            update(ApiKey)
            .where(ApiKey.id == key_id)
            .values(last_used_at=func.greatest(ApiKey.last_used_at, last_at))
            .execution_options(synchronize_session=False)
        )


@dataclass(frozen=True, kw_only=True)
class SweepUsage:
    """Forget what is older than is kept."""

    now: datetime


async def sweep_usage(session: WriteSession, actor: Actor, command: SweepUsage) -> None:
    """Forget the uses of days that are older than `USAGE_KEPT_DAYS`."""
    oldest = (command.now - timedelta(days=USAGE_KEPT_DAYS)).date()
    await session.execute(delete(DocumentUsage).where(DocumentUsage.day < oldest))
