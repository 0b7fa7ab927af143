"""Reading notifications, and noting it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from domain import notifications
from domain.infra.db import Database, WriteSession
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import InvalidInput, Unauthenticated
from domain.kernel.ids import new_id
from domain.kernel.paging import PageRequest
from domain.notifications import MarkNotificationsRead, Notification, NotificationKind, NotificationNotFound
from tests.factories.teams import NOW, make_people, run


async def tell(db: Database, person: Actor, count: int) -> list[UUID]:
    """So many unread notifications, a minute after each other, oldest first."""
    rows = [
        Notification(
            id=new_id(),
            user_id=person.require_user(),
            event_id=new_id(),
            kind=NotificationKind.TOURNAMENT_STARTED,
            data={"tournament": f"Cup {number}"},
            created_at=NOW + timedelta(minutes=number),
            read_at=None,
        )
        for number in range(count)
    ]

    async def work(session: WriteSession) -> None:
        session.add_all(rows)

    await db.transaction(work)
    return [row.id for row in rows]


async def unread(db: Database) -> set[UUID]:
    """What nobody has read."""
    async with db.read() as session:
        return set(await session.scalars(select(Notification.id).where(Notification.read_at.is_(None))))


def marking(*ids: UUID) -> MarkNotificationsRead:
    """The wish to mark these."""
    return MarkNotificationsRead(ids=ids, now=NOW)


EVERYTHING = MarkNotificationsRead(ids=None, now=NOW)


async def test_marking_some_and_all(db: Database) -> None:
    """Only one's own; what was read stays as it was."""
    ann, bob = await make_people(db, "ann", "bob")
    anns, bobs = await tell(db, ann, 4), await tell(db, bob, 2)
    assert await run(db, notifications.mark_notifications_read, ann, marking(anns[0], anns[1], anns[1])) == 2
    assert await unread(db) == {*anns[2:], *bobs}
    later = MarkNotificationsRead(ids=tuple(anns[1:3]), now=NOW + timedelta(days=1))
    assert await run(db, notifications.mark_notifications_read, ann, later) == 1
    async with db.read() as session:
        found = await notifications.notifications_by_id(session, anns)
        counts = await notifications.unread_counts(session, [ann.require_user(), bob.require_user()])
    assert [found[key].read_at for key in anns] == [NOW, NOW, NOW + timedelta(days=1), None]
    assert counts == {ann.user_id: 1, bob.user_id: 2}
    assert await run(db, notifications.mark_notifications_read, ann, EVERYTHING) == 1
    assert await run(db, notifications.mark_notifications_read, ann, EVERYTHING) == 0
    assert await unread(db) == set(bobs)
    async with db.read() as session:
        assert await notifications.unread_counts(session, [ann.require_user()]) == {}


async def test_refused_marks_change_nothing(db: Database) -> None:
    """Somebody else's, unknown ones, too many, and nobody's."""
    ann, bob = await make_people(db, "ann", "bob")
    anns, bobs = await tell(db, ann, 2), await tell(db, bob, 1)
    for ids in ((anns[0], bobs[0]), (anns[0], new_id())):
        with pytest.raises(NotificationNotFound):
            await run(db, notifications.mark_notifications_read, ann, marking(*ids))
    with pytest.raises(InvalidInput):
        await run(db, notifications.mark_notifications_read, ann, marking(*(new_id() for _ in range(101))))
    with pytest.raises(Unauthenticated):
        await run(db, notifications.mark_notifications_read, ANONYMOUS, EVERYTHING)
    assert await unread(db) == {*anns, *bobs}


async def test_raced_marks_count_each_once(db: Database) -> None:
    """Two devices read the same."""
    (ann,) = await make_people(db, "ann")
    await tell(db, ann, 5)
    counts = await asyncio.gather(*(run(db, notifications.mark_notifications_read, ann, EVERYTHING) for _ in range(3)))
    assert sorted(counts) == [0, 0, 5]


async def test_newest_first_page_by_page(db: Database) -> None:
    """Only one's own, each on exactly one page."""
    ann, bob = await make_people(db, "ann", "bob")
    anns = await tell(db, ann, 5)
    await tell(db, bob, 2)
    seen: list[UUID] = []
    request = PageRequest(size=2)
    while True:
        async with db.read() as session:
            page = await notifications.notifications_page(session, ann.require_user(), request)
        seen += [row.id for row, _ in page.rows]
        if not page.has_next:
            break
        request = PageRequest(size=2, after=page.rows[-1][1])
    assert seen == anns[::-1]
