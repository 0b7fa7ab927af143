"""Facts of the partners context. The subject of each is the partner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.kernel.events import Event


def key_topic(key_id: UUID) -> str:
    """The topic of a key. Whatever is said on it, whoever was let in by that key must prove itself again."""
    return f"api-key:{key_id}"


def registry_topic(partner_id: UUID) -> str:
    """The topic of a partner's documents. Whatever is said on it, what is served must be read again."""
    return f"registry:{partner_id}"


@dataclass(frozen=True, kw_only=True)
class _PartnerFact(Event):
    partner_id: UUID

    @property
    def subject(self) -> UUID:
        """The partner."""
        return self.partner_id


@dataclass(frozen=True, kw_only=True)
class _KeyFact(_PartnerFact):
    key_id: UUID

    @property
    def topics(self) -> tuple[str, ...]:
        """The topic of the key."""
        return (key_topic(self.key_id),)


@dataclass(frozen=True, kw_only=True)
class ApiKeyRevoked(_KeyFact):
    """A key opens nothing any more: it was revoked, or its partner suspended."""

    name: ClassVar[str] = "partners.api_key_revoked"


@dataclass(frozen=True, kw_only=True)
class ApiKeyRotated(_KeyFact):
    """A key has a successor, and opens nothing after `expires_at`."""

    name: ClassVar[str] = "partners.api_key_rotated"
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class LimitsChanged(_KeyFact):
    """The partner of a key may ask for more, or less, than before."""

    name: ClassVar[str] = "partners.limits_changed"


@dataclass(frozen=True, kw_only=True)
class RegistryChanged(_PartnerFact):
    """Other documents of a partner are served than before."""

    name: ClassVar[str] = "partners.registry_changed"

    @property
    def topics(self) -> tuple[str, ...]:
        """The topic of the partner's documents."""
        return (registry_topic(self.partner_id),)
