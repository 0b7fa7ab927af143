"""Documents of partners: which are served, and how often they were asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from domain import partners
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, SYSTEM
from domain.kernel.errors import DomainError, InvalidInput, Unauthenticated
from domain.kernel.ids import new_id
from domain.kernel.paging import PageRequest
from domain.partners import (
    Document,
    DocumentNotFound,
    PartnerNotFound,
    PublishDocuments,
    PublishedDocument,
    ReleaseLabelTaken,
    ReleaseNotFound,
    RestoreDocument,
    RestoreRelease,
    RevokeDocument,
    SweepUsage,
    TooManyDocuments,
    TooManyReleases,
    UsageTotals,
    Use,
    WithdrawRelease,
)
from domain.partners.values import MAX_DOCUMENTS, MAX_PUBLISHED, MAX_RELEASES, MAX_SOURCE, USAGE_KEPT_DAYS
from tests.domain.partners.test_partners import facts
from tests.factories.partners import cast, document, make_key, make_partner, publish
from tests.factories.teams import NOW, run
from tests.fixtures.rows import refused

A, B, C = "query A { a }", "query B { b }", "query C { c }"


async def served(db: Database, partner_id: UUID) -> set[str]:
    """The sources that are served."""
    async with db.read() as session:
        return set((await partners.served_documents(session, partner_id)).values())


async def documents_of(db: Database, partner_id: UUID) -> Sequence[Document]:
    async with db.read() as session:
        pages = await partners.document_pages(session, [(partner_id, PageRequest(100))])
    return [row for row, _ in pages[partner_id, PageRequest(100)].rows]


async def test_a_document_is_served_while_a_release_has_it(db: Database) -> None:
    _, manager, _, partner = await cast(db)
    first = await publish(db, manager, partner.id, "1.0", A, B)
    second = await publish(db, manager, partner.id, "1.1", B, C)
    assert (first.number, second.number) == (1, 2)
    assert await served(db, partner.id) == {A, B, C}
    for _ in range(2):
        await run(db, partners.withdraw_release, manager, WithdrawRelease(release_id=second.id, now=NOW))
    assert await served(db, partner.id) == {A, B}
    await run(db, partners.restore_release, manager, RestoreRelease(release_id=second.id))
    assert await served(db, partner.id) == {A, B, C}
    assert await facts(db) == [("partners.registry_changed", (partners.registry_topic(partner.id),))] * 4


async def test_a_revoked_document_is_not_served_whatever_release_has_it(db: Database) -> None:
    _, manager, _, partner = await cast(db)
    await publish(db, manager, partner.id, "1.0", A, B)
    (found,) = [row for row in await documents_of(db, partner.id) if row.source == A]
    revoke = RevokeDocument(document_id=found.id, reason="leaks names", now=NOW)
    for _ in range(2):
        await run(db, partners.revoke_document, manager, revoke)
    await publish(db, manager, partner.id, "1.1", A)
    assert await served(db, partner.id) == {B}
    await run(db, partners.restore_document, manager, RestoreDocument(document_id=found.id))
    assert await served(db, partner.id) == {A, B}


async def test_a_partner_has_its_own_documents(db: Database) -> None:
    admin, manager, _, partner = await cast(db)
    other = await make_partner(db, admin, "stranger", "other")
    await publish(db, manager, partner.id, "1.0", A)
    assert (await served(db, partner.id), await served(db, other.id)) == ({A}, set())


@pytest.mark.parametrize(
    ("label", "documents", "error"),
    [
        ("", (document(A),), InvalidInput),
        ("1.0", (document(A),), ReleaseLabelTaken),
        ("2.0", (), InvalidInput),
        ("2.0", (document(A), document(A)), InvalidInput),
        ("2.0", (replace(document(A), hash=document(B).hash),), InvalidInput),
        ("2.0", (document("x" * (MAX_SOURCE + 1)),), InvalidInput),
        ("2.0", tuple(document(f"query {n} {{ a }}") for n in range(MAX_PUBLISHED + 1)), InvalidInput),
    ],
)
async def test_what_is_not_published(
    db: Database, label: str, documents: tuple[PublishedDocument, ...], error: type[DomainError]
) -> None:
    _, manager, _, partner = await cast(db)
    await publish(db, manager, partner.id, "1.0", B)
    command = PublishDocuments(partner_id=partner.id, label=label, documents=documents, now=NOW)
    await refused(db, error, partners.publish_documents, manager, command)


async def test_there_are_so_many_documents_and_releases(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    _, manager, _, partner = await cast(db)
    for number in range(MAX_RELEASES):
        await publish(db, manager, partner.id, str(number), A)
    over = PublishDocuments(partner_id=partner.id, label="over", documents=(document(A),), now=NOW)
    await refused(db, TooManyReleases, partners.publish_documents, manager, over)
    monkeypatch.setattr("domain.partners.commands.documents.MAX_RELEASES", MAX_RELEASES + 10)
    for start in range(1, MAX_DOCUMENTS, MAX_PUBLISHED):
        sources = [f"query Q{n} {{ a }}" for n in range(start, min(start + MAX_PUBLISHED, MAX_DOCUMENTS))]
        await publish(db, manager, partner.id, f"many {start}", *sources)
    over = PublishDocuments(partner_id=partner.id, label="over", documents=(document(B),), now=NOW)
    await refused(db, TooManyDocuments, partners.publish_documents, manager, over)


async def test_releases_published_at_once_are_numbered_without_a_gap(db: Database) -> None:
    _, manager, _, partner = await cast(db)
    made = await asyncio.gather(*(publish(db, manager, partner.id, f"v{n}", A, B) for n in range(5)))
    assert sorted(release.number for release in made) == [1, 2, 3, 4, 5]
    assert len(await documents_of(db, partner.id)) == 2


async def test_only_managers_publish_withdraw_and_revoke(db: Database) -> None:
    _, manager, stranger, partner = await cast(db)
    release = await publish(db, manager, partner.id, "1.0", A)
    (found,) = await documents_of(db, partner.id)
    new = PublishDocuments(partner_id=partner.id, label="2.0", documents=(document(B),), now=NOW)
    for actor, errors in (
        (stranger, (PartnerNotFound, ReleaseNotFound, DocumentNotFound)),
        (ANONYMOUS, (Unauthenticated,) * 3),
    ):
        await refused(db, errors[0], partners.publish_documents, actor, new)
        withdraw = WithdrawRelease(release_id=release.id, now=NOW)
        await refused(db, errors[1], partners.withdraw_release, actor, withdraw)
        await refused(db, errors[1], partners.restore_release, actor, RestoreRelease(release_id=release.id))
        revoke = RevokeDocument(document_id=found.id, reason="mine", now=NOW)
        await refused(db, errors[2], partners.revoke_document, actor, revoke)
        await refused(db, errors[2], partners.restore_document, actor, RestoreDocument(document_id=found.id))
    absent = WithdrawRelease(release_id=new_id(), now=NOW)
    await refused(db, ReleaseNotFound, partners.withdraw_release, manager, absent)
    nameless = RevokeDocument(document_id=found.id, reason=" ", now=NOW)
    await refused(db, InvalidInput, partners.revoke_document, manager, nameless)


async def test_uses_add_up_by_day_and_keys_remember_the_last(db: Database) -> None:
    _, manager, _, partner = await cast(db)
    key, _ = await make_key(db, manager, partner.id)
    today, used = NOW.date(), document(A).hash

    def use(count: int, days_ago: int = 0, minutes: int = 0) -> Use:
        at = NOW - timedelta(days=days_ago) + timedelta(minutes=minutes)
        return Use(partner.id, key.id, used, at.date(), count, 1, 10 * count, at)

    await asyncio.gather(
        *(
            db.transaction(lambda session: partners.record_usage(session, [use(2, minutes=1), use(1, days_ago=1)]))
            for _ in range(8)
        )
    )
    await db.transaction(lambda session: partners.record_usage(session, []))
    async with db.read() as session:
        since = today - timedelta(days=1)
        found = await partners.usage_of_documents(
            session, [(partner.id, used, since), (partner.id, used, today), (partner.id, "0" * 64, today)]
        )
        days = await partners.usage_by_day(session, partner.id, since)
        kept = (await partners.api_keys_by_id(session, [key.id]))[key.id]
    last = NOW + timedelta(minutes=1)
    assert found[partner.id, used, since] == UsageTotals(24, 16, 240, last)
    assert found[partner.id, used, today] == UsageTotals(16, 8, 160, last)
    assert found[partner.id, "0" * 64, today] == UsageTotals()
    assert {day: totals.count for day, totals in days.items()} == {since: 8, today: 16}
    assert kept.last_used_at == last


async def test_old_uses_are_forgotten(db: Database) -> None:
    _, manager, _, partner = await cast(db)
    key, _ = await make_key(db, manager, partner.id)
    days = [(NOW - timedelta(days=ago)).date() for ago in (0, USAGE_KEPT_DAYS, USAGE_KEPT_DAYS + 1)]
    uses = [Use(partner.id, key.id, document(A).hash, day, 1, 0, 1, NOW) for day in days]
    await db.transaction(lambda session: partners.record_usage(session, uses))
    await run(db, partners.sweep_usage, SYSTEM, SweepUsage(now=NOW))
    async with db.read() as session:
        assert list(await partners.usage_by_day(session, partner.id, days[-1])) == [days[1], days[0]]
