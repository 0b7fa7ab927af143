"""Partners and what belongs to them, as those who manage them see it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain import partners as domain
from domain.kernel.ids import global_id
from domain.partners import OperationKind, PartnerStatus, Scope
from resolvers import accounts as resolve_accounts
from resolvers import partners as resolve
from resolvers.context import Context
from resolvers.paging import page_request
from schema import accounts
from schema.fields import Info, attribute, enum_type, field, object_type
from schema.node import Node, readable
from schema.paging import After, Connection, First, connection
from schema.refs import UserRef

enum_type(
    PartnerStatus,
    {
        "ACTIVE": "Its keys hold.",
        "SUSPENDED": "None of its keys holds.",
    },
)
enum_type(
    Scope,
    {
        "READ": "Queries.",
        "WRITE": "Mutations.",
        "SUBSCRIBE": "Subscriptions.",
    },
    name="ApiKeyScope",
)
enum_type(
    OperationKind,
    {
        "QUERY": "It reads.",
        "MUTATION": "It writes.",
        "SUBSCRIPTION": "It follows what happens.",
    },
)

Days = Annotated[
    int, strawberry.argument(description=f"Of how many days, today included, by UTC: 1 to {resolve.MAX_DAYS}.")
]


@object_type
class DocumentUsage:
    """How often something was asked for. It is written every few seconds, so the newest may be missing."""

    # Whole numbers, but an Int of GraphQL ends at 2^31, which a busy partner passes within days.
    count: float = attribute("How often it was asked for. A whole number.")
    error_count: float = attribute("How many of the answers had errors. A whole number.")
    points: float = attribute("What that cost. A whole number.")
    last_used_at: datetime | None = attribute("When it was asked for last. Null: not in these days.")

    @classmethod
    def from_model(cls, totals: domain.UsageTotals) -> DocumentUsage:
        """The usage that totals tell."""
        return cls(count=totals.count, error_count=totals.errors, points=totals.points, last_used_at=totals.last_at)


@object_type
class DailyUsage:
    """How often the documents of a partner were asked for on one day."""

    day: date = attribute("The day, by UTC.")
    usage: DocumentUsage = attribute("How often.")


@object_type
class ApiKey(Node):
    """A key with which an application of a partner uses the API. Its secret is shown only where it is made."""

    name: str = attribute("What its partner calls it.")
    prefix: str = attribute("How its secret begins, to tell keys apart.")
    scopes: list[Scope] = attribute("What it may be used for.", size=len(Scope))
    created_at: datetime = attribute("When it was made.")
    expires_at: datetime | None = attribute("When it stops to hold. Null: it does not expire.")
    revoked_at: datetime | None = attribute("When it was revoked. Null: it was not.")
    last_used_at: datetime | None = attribute("When it was used last, to within a few seconds. Null: never.")

    @classmethod
    def from_model(cls, row: domain.ApiKey) -> ApiKey:
        """The key of a row."""
        return cls(
            id=strawberry.ID(global_id("ApiKey", row.id)),
            name=row.name,
            prefix=row.prefix,
            scopes=[Scope(scope) for scope in row.scopes],
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            last_used_at=row.last_used_at,
        )


@object_type
class PartnerDocument(Node):
    """A document that the applications of a partner may ask for by its id."""

    row: strawberry.Private[domain.Document]
    hash: str = attribute(
        "The SHA-256 of its text in hexadecimal. A request sends it, after `sha256:`, as `documentId`."
    )
    name: str = attribute("The name of its operation.")
    kind: OperationKind = attribute("What its operation does.")
    source: str = attribute("Its text.")
    published_at: datetime = attribute("When it was published first.")
    revoked_at: datetime | None = attribute("When it was revoked. Null: it is not.")
    revoked_reason: str | None = attribute("Why it was revoked. Null: it is not.")

    @field
    async def is_served(self, info: Info) -> bool:
        """Whether it may be asked for: it is not revoked, and a release that is not withdrawn has it."""
        return await resolve.is_served(info.context, self.row.id)

    @field
    async def usage(self, info: Info, days: Days = 30) -> DocumentUsage:
        """How often it was asked for."""
        return DocumentUsage.from_model(await resolve.usage_of_document(info.context, self.row, days))

    @classmethod
    def from_model(cls, row: domain.Document) -> PartnerDocument:
        """The document of a row."""
        return cls(
            id=strawberry.ID(global_id("PartnerDocument", row.id)),
            row=row,
            hash=row.hash,
            name=row.name,
            kind=row.kind,
            source=row.source,
            published_at=row.published_at,
            revoked_at=row.revoked_at,
            revoked_reason=row.revoked_reason,
        )


@object_type
class PartnerRelease(Node):
    """What one version of a partner's application asks for."""

    row: strawberry.Private[domain.Release]
    number: int = attribute("Counts the releases of the partner, from 1.")
    label: str = attribute("What its partner calls it, such as a version.")
    published_at: datetime = attribute("When it was published.")
    withdrawn_at: datetime | None = attribute("When it was withdrawn. Null: it is not.")

    @field
    async def published_by(self, info: Info) -> UserRef:
        """Who published it."""
        return accounts.User.from_model(await resolve_accounts.user(info.context, self.row.published_by_id))

    @field(size=domain.MAX_PUBLISHED)
    async def documents(self, info: Info) -> list[PartnerDocument]:
        """Its documents, at most 500, by name."""
        rows = await resolve.documents_of_release(info.context, self.row.id)
        return [PartnerDocument.from_model(row) for row in rows]

    @classmethod
    def from_model(cls, row: domain.Release) -> PartnerRelease:
        """The release of a row."""
        return cls(
            id=strawberry.ID(global_id("PartnerRelease", row.id)),
            row=row,
            number=row.number,
            label=row.label,
            published_at=row.published_at,
            withdrawn_at=row.withdrawn_at,
        )


@object_type
class Partner(Node):
    """Somebody whose applications use the API with keys. Only its managers and administrators know of it."""

    key: strawberry.Private[UUID]
    slug: str = attribute("Its name in addresses and commands; never given to another partner.")
    name: str = attribute("What it is called.")
    status: PartnerStatus = attribute("Whether its keys hold.")
    points_capacity: int = attribute("How many points its bucket holds: what it may ask for at once.")
    points_per_second: int = attribute("How many points are restored each second: what it may ask for all the time.")
    created_at: datetime = attribute("When it was made.")
    version: int = attribute("Rises with every edit; `updatePartner` needs it.")

    @field(size=20)
    async def managers(self, info: Info) -> list[UserRef]:
        """Who manages it, at most 20, in the order in which they began."""
        keys = await resolve.managers(info.context, self.key)
        return [accounts.User.from_model(await resolve_accounts.user(info.context, key)) for key in keys]

    @field
    async def api_keys(self, info: Info, first: First = 20, after: After = None) -> Connection[ApiKey]:
        """Its keys, those that do not hold any more included, in the order in which they were made."""
        found = await resolve.api_keys(info.context, self.key, page_request(first, after))
        page: Connection[ApiKey] = connection(found, ApiKey.from_model)
        return page

    @field
    async def documents(self, info: Info, first: First = 20, after: After = None) -> Connection[PartnerDocument]:
        """Its documents, those that are not served included, by name."""
        found = await resolve.documents(info.context, self.key, page_request(first, after))
        page: Connection[PartnerDocument] = connection(found, PartnerDocument.from_model)
        return page

    @field
    async def releases(self, info: Info, first: First = 20, after: After = None) -> Connection[PartnerRelease]:
        """Its releases, oldest first."""
        found = await resolve.releases(info.context, self.key, page_request(first, after))
        page: Connection[PartnerRelease] = connection(found, PartnerRelease.from_model)
        return page

    @field(size=resolve.MAX_DAYS)
    async def usage(self, info: Info, days: Days = 30) -> list[DailyUsage]:
        """How often its documents were asked for, on each day on which they were, oldest first."""
        found = await resolve.usage_by_day(info.context, self.key, days)
        return [DailyUsage(day=day, usage=DocumentUsage.from_model(totals)) for day, totals in found.items()]

    @classmethod
    def from_model(cls, row: domain.Partner) -> Partner:
        """The partner of a row."""
        return cls(
            id=strawberry.ID(global_id("Partner", row.id)),
            key=row.id,
            slug=row.slug,
            name=row.name,
            status=row.status,
            points_capacity=row.points_capacity,
            points_per_second=row.points_per_s,
            created_at=row.created_at,
            version=row.version,
        )


@object_type
class PartnersQuery:
    """Reads about partners."""

    @field
    async def partner(
        self, info: Info, slug: Annotated[str, strawberry.argument(description="Its name in addresses.")]
    ) -> Partner | None:
        """The partner with this slug. Null when there is none, or the viewer does not manage it."""
        row = await resolve.partner_by_slug(info.context, slug)
        return None if row is None else Partner.from_model(row)

    @field
    async def partners(self, info: Info, first: First = 20, after: After = None) -> Connection[Partner] | None:
        """The partners that the viewer manages, by name; for an administrator all. Null when nobody is logged in."""
        if info.context.actor.user_id is None:
            return None
        found = await resolve.partners(info.context, page_request(first, after))
        page: Connection[Partner] = connection(found, Partner.from_model)
        return page


async def _read_partner(ctx: Context, key: UUID) -> Partner | None:
    row = await resolve.visible_partner(ctx, key)
    return None if row is None else Partner.from_model(row)


async def _read_api_key(ctx: Context, key: UUID) -> ApiKey | None:
    row = await resolve.visible_api_key(ctx, key)
    return None if row is None else ApiKey.from_model(row)


async def _read_document(ctx: Context, key: UUID) -> PartnerDocument | None:
    row = await resolve.visible_document(ctx, key)
    return None if row is None else PartnerDocument.from_model(row)


async def _read_release(ctx: Context, key: UUID) -> PartnerRelease | None:
    row = await resolve.visible_release(ctx, key)
    return None if row is None else PartnerRelease.from_model(row)


readable("Partner", _read_partner)
readable("ApiKey", _read_api_key)
readable("PartnerDocument", _read_document)
readable("PartnerRelease", _read_release)
