"""The keys that sign access tokens: made ahead of time, published before they sign, kept until nothing needs them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from domain.accounts.errors import TokenInvalid
from domain.accounts.models import SigningKey
from domain.infra import locks
from domain.infra.db import Database, WriteSession
from domain.infra.security import (
    TokenKey,
    TokenRejected,
    VerifyingKey,
    derived_key,
    key_id,
    new_token_key,
    seal,
    unseal,
)
from domain.infra.settings import Settings
from domain.kernel.clock import Clock
from domain.kernel.ids import new_id

# Processes and partners who keep the published set may do so for this long.
PUBLISHED_BEFORE = timedelta(hours=1)
# Clocks of machines differ by less.
_LEEWAY = timedelta(minutes=1)
_RELOAD_AFTER = timedelta(minutes=1)
_RELOAD_AT_MOST_EVERY = timedelta(seconds=1)
_ROTATION = UUID("5b0f5f0e-6b3c-4f6e-9f43-6c1d3c1e7a11")


@dataclass(frozen=True, slots=True)
class _Key:
    row: SigningKey
    public: VerifyingKey


def _key(row: SigningKey) -> _Key:
    return _Key(row, VerifyingKey(str(row.id), row.public_key))


class KeyRing:
    """The signing keys as one process knows them."""

    def __init__(self, db: Database, settings: Settings, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._sealing = derived_key(settings.secret_key, "signing keys")
        self._signs_for = timedelta(seconds=settings.signing_key_ttl_s)
        self._tokens_live = timedelta(seconds=settings.access_token_ttl_s)
        self._ahead = min(PUBLISHED_BEFORE, self._signs_for / 2)
        self._keys: Mapping[str, _Key] = {}
        self._private: tuple[str, TokenKey] | None = None
        self._loaded_at: datetime | None = None
        self._loading = asyncio.Lock()

    async def sign(self, claims: dict[str, Any], kind: str) -> str:
        """The claims as a token signed with the present key. Makes the next key when it is time."""
        now = self._clock.now()
        await self._load(now, _RELOAD_AFTER)
        if self._is_due(now):
            await self.rotate()
        return self._signer(now).sign(claims, kind)

    async def verify(self, token: str, kind: str) -> dict[str, Any]:
        """The claims of a token of this kind that one of our keys signed.

        Raises:
            TokenInvalid: none did.
        """
        now = self._clock.now()
        try:
            kid = key_id(token)
            await self._load(now, _RELOAD_AFTER)
            if kid not in self._keys:
                await self._load(now, _RELOAD_AT_MOST_EVERY)
            if kid in self._keys and self._keys[kid].row.published_until > now:
                return self._keys[kid].public.verify(token, kind)
        except TokenRejected as error:
            raise TokenInvalid from error
        raise TokenInvalid

    async def published(self) -> list[dict[str, Any]]:
        """The public keys, the next one included, oldest first."""
        now = self._clock.now()
        await self._load(now, _RELOAD_AFTER)
        if self._is_due(now):
            await self.rotate()
        return [key.public.published() for key in self._keys.values() if key.row.published_until > now]

    async def rotate(self) -> None:
        """Make the keys that are due, and forget those that nothing needs. Doing it twice, or at once, is harmless."""
        now = self._clock.now()
        await self._db.transaction(lambda session: self._rotate(session, now))
        async with self._loading:
            await self._reload(now)

    async def _rotate(self, session: WriteSession, now: datetime) -> None:
        await locks.hold(session, _ROTATION)
        await session.execute(delete(SigningKey).where(SigningKey.published_until <= now))
        last = await session.scalar(select(SigningKey.signs_until).order_by(SigningKey.signs_until.desc()).limit(1))
        if last is None or last <= now:
            last = self._add(session, now, now)
        if last - now <= self._ahead:
            self._add(session, now, last)

    def _add(self, session: WriteSession, now: datetime, signs_from: datetime) -> datetime:
        key_id_, (public, private) = new_id(), new_token_key()
        signs_until = signs_from + self._signs_for
        session.add(
            SigningKey(
                id=key_id_,
                public_key=public,
                private_key=seal(self._sealing, private, key_id_.bytes),
                created_at=now,
                signs_from=signs_from,
                signs_until=signs_until,
                published_until=signs_until + self._tokens_live + _LEEWAY,
            )
        )
        return signs_until

    def _is_due(self, now: datetime) -> bool:
        return max((key.row.signs_until for key in self._keys.values()), default=now) - now <= self._ahead

    def _signer(self, now: datetime) -> TokenKey:
        # Keys follow each other without a gap, so the oldest that is not over is the present one. That it has begun is
        # not asked: the clock of the process that made it may be a little ahead.
        row = next(key.row for key in self._keys.values() if now < key.row.signs_until)
        if self._private is None or self._private[0] != str(row.id):
            pem = unseal(self._sealing, row.private_key, row.id.bytes)
            self._private = (str(row.id), TokenKey(str(row.id), pem))
        return self._private[1]

    async def _load(self, now: datetime, older_than: timedelta) -> None:
        if self._is_fresh(now, older_than):
            return
        async with self._loading:
            if self._is_fresh(now, older_than):
                return
            await self._reload(now)

    async def _reload(self, now: datetime) -> None:
        async with self._db.read() as session:
            rows = await session.scalars(
                select(SigningKey).where(SigningKey.published_until > now).order_by(SigningKey.signs_from)
            )
            self._keys = {str(row.id): self._keys.get(str(row.id)) or _key(row) for row in rows}
        self._loaded_at = now

    def _is_fresh(self, now: datetime, older_than: timedelta) -> bool:
        return self._loaded_at is not None and now - self._loaded_at < older_than
