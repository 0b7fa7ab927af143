"""Telling users of a fact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from domain.infra.db import WriteSession
from domain.kernel.ids import new_id
from domain.notifications.models import Notification
from domain.notifications.values import NotificationKind

# PostgreSQL takes 32,767 parameters per statement; a row has five.
_ROWS_PER_STATEMENT = 5_000


@dataclass(frozen=True, slots=True)
class Note:
    """What one user is told. The ids of what it is about are texts, under `team_id`, `match_id`, `heat_id` and
    `tournament_id`.
    """

    user_id: UUID
    data: dict[str, Any]


async def notify(session: WriteSession, event_id: UUID, kind: NotificationKind, notes: Sequence[Note]) -> None:
    """Tell each user once: whoever was told of this event and kind before is not told again."""
    by_user = {note.user_id: note.data for note in notes}
    # In one order by everyone, so that two workers with the same event wait for each other instead of deadlocking.
    rows = [
        {"id": new_id(), "user_id": user_id, "event_id": event_id, "kind": kind, "data": by_user[user_id]}
        for user_id in sorted(by_user)
    ]
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        await session.execute(
            insert(Notification).values(rows[start : start + _ROWS_PER_STATEMENT]).on_conflict_do_nothing()
        )
