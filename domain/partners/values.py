"""Words of the partners context."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

MAX_MANAGERS = 20
MAX_LIVE_KEYS = 20
MAX_DOCUMENTS = 1_000
MAX_RELEASES = 100
MAX_PUBLISHED = 500
MAX_SOURCE = 64 * 1024
MAX_GRACE_S = 30 * 24 * 3600

DEFAULT_CAPACITY = 2_000
DEFAULT_PER_S = 200
MAX_CAPACITY = 1_000_000
MAX_PER_S = 100_000

USAGE_KEPT_DAYS = 400


class PartnerStatus(StrEnum):
    """Whether the keys of a partner open the API."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class Scope(StrEnum):
    """What a key may be used for."""

    READ = "READ"
    WRITE = "WRITE"
    SUBSCRIBE = "SUBSCRIBE"


class OperationKind(StrEnum):
    """What a document does."""

    QUERY = "QUERY"
    MUTATION = "MUTATION"
    SUBSCRIPTION = "SUBSCRIPTION"


@dataclass(frozen=True, slots=True)
class ApiClient:
    """An application that proved itself with a key, and what it may do. `expires_at` None: the key does not expire."""

    partner_id: UUID
    key_id: UUID
    scopes: frozenset[Scope]
    points_capacity: int
    points_per_s: int
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PublishedDocument:
    """A document to publish, which the API found servable. `hash` is the SHA-256 of the UTF-8 source, in hex."""

    hash: str
    source: str
    name: str
    kind: OperationKind


@dataclass(frozen=True, slots=True)
class Use:
    """How often a document was asked for with a key on one day (UTC), since the last time this was written."""

    partner_id: UUID
    key_id: UUID
    hash: str
    day: date
    count: int
    errors: int
    points: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class UsageTotals:
    """How often something was asked for in a span of days. `last_at` None: never."""

    count: int = 0
    errors: int = 0
    points: int = 0
    last_at: datetime | None = None
