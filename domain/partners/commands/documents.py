"""Documents of partners: published in releases, withdrawn with them, revoked one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import NotFound
from domain.kernel.ids import new_id
from domain.partners.errors import (
    DocumentNotFound,
    PartnerNotFound,
    ReleaseLabelTaken,
    ReleaseNotFound,
    TooManyDocuments,
    TooManyReleases,
)
from domain.partners.events import RegistryChanged
from domain.partners.models import Document, Release, ReleaseDocument
from domain.partners.policies import require_manager
from domain.partners.rules.names import checked_documents, checked_reason, checked_text
from domain.partners.values import MAX_DOCUMENTS, MAX_RELEASES, PublishedDocument


@dataclass(frozen=True, kw_only=True)
class PublishDocuments:
    """Publish what a version of an application asks. The API has found every document servable."""

    partner_id: UUID
    label: str
    documents: tuple[PublishedDocument, ...]
    now: datetime


async def publish_documents(session: WriteSession, actor: Actor, command: PublishDocuments) -> Release:
    """Publish a release, all of its documents or none. One that is there already is shared; a revoked one stays so.

    Raises:
        Unauthenticated, PartnerNotFound: see `require_manager`.
        InvalidInput: the label is malformed, or see `checked_documents`.
        ReleaseLabelTaken: the partner has a release of this label.
        TooManyReleases, TooManyDocuments: the partner has as many as it may.
    """
    await locks.hold(session, command.partner_id)
    await require_manager(session, actor, command.partner_id)
    label = checked_text(command.label, "label")
    documents = checked_documents(command.documents)
    number = await _next_number(session, command.partner_id, label)
    release = Release(
        id=new_id(),
        partner_id=command.partner_id,
        number=number,
        label=label,
        published_at=command.now,
        published_by_id=actor.require_user(),
        withdrawn_at=None,
    )
    session.add(release)
    await session.execute(
        insert(Document)
        .values(
            [
                {
                    "id": new_id(),
                    "partner_id": command.partner_id,
                    "hash": document.hash,
                    "source": document.source,
                    "name": document.name,
                    "kind": document.kind,
                    "published_at": command.now,
                }
                for document in documents
            ]
        )
        .on_conflict_do_nothing(index_elements=[Document.partner_id, Document.hash])
    )
    if (await session.scalar(select(func.count()).where(Document.partner_id == command.partner_id)) or 0) > (
        MAX_DOCUMENTS
    ):
        raise TooManyDocuments
    await session.flush()
    hashes = [document.hash for document in documents]
    chosen = select(Document.id).where(Document.partner_id == command.partner_id, Document.hash.in_(hashes))
    session.add_all(ReleaseDocument(release_id=release.id, document_id=key) for key in await session.scalars(chosen))
    await outbox.record(session, RegistryChanged(partner_id=command.partner_id))
    return release


@dataclass(frozen=True, kw_only=True)
class WithdrawRelease:
    """Stop serving what only this release needs."""

    release_id: UUID
    now: datetime


async def withdraw_release(session: WriteSession, actor: Actor, command: WithdrawRelease) -> Release:
    """Stop serving the documents that no other release has. A repeat changes nothing.

    Raises:
        Unauthenticated, ReleaseNotFound: the actor does not manage the partner.
    """
    return await _set_withdrawn(session, actor, command.release_id, command.now)


@dataclass(frozen=True, kw_only=True)
class RestoreRelease:
    """Serve the documents of a withdrawn release again."""

    release_id: UUID


async def restore_release(session: WriteSession, actor: Actor, command: RestoreRelease) -> Release:
    """Serve the documents of a withdrawn release again. A repeat changes nothing.

    Raises:
        Unauthenticated, ReleaseNotFound: the actor does not manage the partner.
    """
    return await _set_withdrawn(session, actor, command.release_id, None)


@dataclass(frozen=True, kw_only=True)
class RevokeDocument:
    """Stop serving a document, whatever release has it."""

    document_id: UUID
    reason: str
    now: datetime


async def revoke_document(session: WriteSession, actor: Actor, command: RevokeDocument) -> Document:
    """Stop serving a document, whatever release has it. A repeat changes nothing.

    Raises:
        Unauthenticated, DocumentNotFound: the actor does not manage the partner.
        InvalidInput: the reason is empty or too long.
    """
    reason = checked_reason(command.reason)
    document = await _held_document(session, actor, command.document_id)
    if document.revoked_at is None:
        document.revoked_at, document.revoked_reason = command.now, reason
        await outbox.record(session, RegistryChanged(partner_id=document.partner_id))
    return document


@dataclass(frozen=True, kw_only=True)
class RestoreDocument:
    """Serve a revoked document again."""

    document_id: UUID


async def restore_document(session: WriteSession, actor: Actor, command: RestoreDocument) -> Document:
    """Serve a revoked document again, where a release has it. A repeat changes nothing.

    Raises:
        Unauthenticated, DocumentNotFound: the actor does not manage the partner.
    """
    document = await _held_document(session, actor, command.document_id)
    if document.revoked_at is not None:
        document.revoked_at = document.revoked_reason = None
        await outbox.record(session, RegistryChanged(partner_id=document.partner_id))
    return document


async def _next_number(session: WriteSession, partner_id: UUID, label: str) -> int:
    labels = list(await session.scalars(select(Release.label).where(Release.partner_id == partner_id)))
    if label in labels:
        raise ReleaseLabelTaken(label)
    if len(labels) >= MAX_RELEASES:
        raise TooManyReleases
    return len(labels) + 1


async def _set_withdrawn(
    session: WriteSession, actor: Actor, release_id: UUID, withdrawn_at: datetime | None
) -> Release:
    found = await session.scalar(select(Release.partner_id).where(Release.id == release_id))
    await _hold(session, actor, found, ReleaseNotFound)
    release = (await session.scalars(select(Release).where(Release.id == release_id))).one()
    if (release.withdrawn_at is None) != (withdrawn_at is None):
        release.withdrawn_at = withdrawn_at
        await outbox.record(session, RegistryChanged(partner_id=release.partner_id))
    return release


async def _held_document(session: WriteSession, actor: Actor, document_id: UUID) -> Document:
    found = await session.scalar(select(Document.partner_id).where(Document.id == document_id))
    await _hold(session, actor, found, DocumentNotFound)
    return (await session.scalars(select(Document).where(Document.id == document_id))).one()


async def _hold(session: WriteSession, actor: Actor, partner_id: UUID | None, absent: type[NotFound]) -> None:
    """Hold the partner of something, if there is one and the actor manages it; else say that the thing is absent."""
    if not actor.is_system:
        actor.require_user()
    if partner_id is None:
        raise absent
    await locks.hold(session, partner_id)
    try:
        await require_manager(session, actor, partner_id)
    except PartnerNotFound:
        raise absent from None
