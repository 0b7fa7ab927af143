"""Partners for tests, and what they publish."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import partial
from uuid import UUID

from domain import partners
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.partners import (
    ApiKey,
    CreateApiKey,
    CreatePartner,
    OperationKind,
    Partner,
    PublishDocuments,
    PublishedDocument,
    Release,
    Scope,
)
from tests.factories.teams import NOW, make_admin, make_people, run

SOON = NOW + timedelta(hours=1)


async def make_partner(db: Database, admin: Actor, manager: str, slug: str = "acme") -> Partner:
    """A partner managed by the user of that name."""
    command = CreatePartner(slug=slug, name=slug.title(), manager=manager, now=NOW)
    return await run(db, partners.create_partner, admin, command)


async def make_key(
    db: Database, manager: Actor, partner_id: UUID, *scopes: Scope, name: str = "server"
) -> tuple[ApiKey, str]:
    """A live key and its secret; of every scope, if none is given."""
    secret = partners.new_secret()
    command = CreateApiKey(partner_id=partner_id, name=name, scopes=scopes or tuple(Scope), expires_at=None, now=NOW)
    return await run(db, partial(partners.create_api_key, secret=secret), manager, command), secret


def document(source: str, name: str = "Board", kind: OperationKind = OperationKind.QUERY) -> PublishedDocument:
    """A document to publish."""
    return PublishedDocument(hash=hashlib.sha256(source.encode()).hexdigest(), source=source, name=name, kind=kind)


async def publish(db: Database, manager: Actor, partner_id: UUID, label: str, *sources: str) -> Release:
    """A release of these documents."""
    command = PublishDocuments(
        partner_id=partner_id, label=label, documents=tuple(document(source) for source in sources), now=NOW
    )
    return await run(db, partners.publish_documents, manager, command)


async def cast(db: Database) -> tuple[Actor, Actor, Actor, Partner]:
    """An administrator, a manager, a stranger, and the partner that the manager runs."""
    admin = await make_admin(db)
    manager, stranger = await make_people(db, "manager", "stranger")
    return admin, manager, stranger, await make_partner(db, admin, "manager")
