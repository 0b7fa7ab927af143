"""Hashing, sealing and signing: every use of a cryptographic library is here.

One secret of the settings serves several purposes, each with a key of its own derived from it (RFC 5869), so that what
one purpose reveals says nothing about the others.
"""

from __future__ import annotations

import asyncio
import os
import unicodedata
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, TypeVar

import msgspec
from argon2 import Parameters, PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from domain.kernel.errors import Unavailable

R = TypeVar("R")

# RFC 9106, section 4, second recommendation (three passes over 64 MiB in four lanes), scaled to one lane and half the
# memory: about 70 ms of one core, and above the minimum of OWASP's Password Storage Cheat Sheet (19 MiB, two passes).
PASSWORD_COST = Parameters(
    type=Type.ID, version=19, salt_len=16, hash_len=32, time_cost=3, memory_cost=32 * 1024, parallelism=1
)
_MAX_WAITING = 200
# More signs than any account allows, however they are typed. Preparing takes a time that grows with their square.
_MAX_PASSWORD = 1024
_NONCE = 12
_ALGORITHM = "Ed25519"
_MAX_TOKEN = 4096
_REMEMBERED = 4096


class SecretKeyMismatch(RuntimeError):
    """Something was sealed with another SECRET_KEY than the one this process has."""


class TokenRejected(Exception):
    """A token that no key of ours signed, or not in the form we sign."""


class Passwords:
    """Argon2id in threads: at most one per core at a time, and a bounded queue before them."""

    def __init__(self, cost: Parameters = PASSWORD_COST) -> None:
        self._hasher = PasswordHasher.from_parameters(cost)
        self._threads = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="passwords")
        self._waiting = 0
        # A hash that no password has, of the same cost as a real one.
        salt, digest = (b64encode(bytes(size)).rstrip(b"=").decode() for size in (cost.salt_len, cost.hash_len))
        self._nobody = f"$argon2id$v=19$m={cost.memory_cost},t={cost.time_cost},p={cost.parallelism}${salt}${digest}"

    async def hash(self, password: str) -> str:
        """The hash to keep for a password.

        Raises:
            Unavailable: too many are being hashed.
        """
        return await self._run(self._hash, password)

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether the hash is of this password. Without a hash, or a password too long, False after the same work.

        Raises:
            Unavailable: too many are being hashed.
        """
        return await self._run(self._matches, kept or self._nobody, password) and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Whether the hash was made at another cost than the present one."""
        return self._hasher.check_needs_rehash(kept)

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_prepared(password))

    def _matches(self, kept: str, password: str) -> bool:
        is_possible = len(password) <= _MAX_PASSWORD
        try:
            return self._hasher.verify(kept, _prepared(password if is_possible else "")) and is_possible
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[..., R], *arguments: Any) -> R:
        if self._waiting >= _MAX_WAITING:
            raise Unavailable("Too many people are logging in just now; try again in a moment.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._waiting -= 1


def derived_key(secret: str, purpose: str) -> bytes:
    """The 32-byte key for a purpose (HKDF with SHA-256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"matchpoint {purpose}".encode()).derive(secret.encode())


def seal(key: bytes, plain: bytes, about: bytes) -> bytes:
    """Encrypt with AES-256-GCM. `about` is not kept inside, and must be the same to open it again."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def unseal(key: bytes, sealed: bytes, about: bytes) -> bytes:
    """What `seal` was given.

    Raises:
        SecretKeyMismatch: it was sealed with another key, or for something else.
    """
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], about)
    except InvalidTag as error:
        raise SecretKeyMismatch("This was sealed with another SECRET_KEY; start with that one.") from error


class VerifyingKey:
    """The public half of a key that signs tokens (Ed25519, RFC 8037).

    It remembers what it verified: a client sends one token many times, and a signature does not change its mind.
    """

    def __init__(self, kid: str, public: dict[str, Any]) -> None:
        self.kid = kid
        self._key = OKPKey.import_key(public)
        self._verified: dict[tuple[str, str], dict[str, Any]] = {}

    def verify(self, token: str, kind: str) -> dict[str, Any]:
        """The claims of a token of this kind that this key signed.

        Raises:
            TokenRejected: it is not one.
        """
        known = self._verified.get((token, kind))
        if known is not None:
            return known
        if _header(token) != _Header(typ=kind, kid=self.kid, alg="Ed25519"):
            raise TokenRejected
        try:
            decoded = jwt.decode(token, self._key, algorithms=[_ALGORITHM])
        except (JoseError, ValueError) as error:
            raise TokenRejected from error
        if len(self._verified) >= _REMEMBERED:
            self._verified.clear()
        self._verified[token, kind] = decoded.claims
        return decoded.claims

    def published(self) -> dict[str, Any]:
        """The key as an entry of a JSON Web Key Set (RFC 7517, 4)."""
        return {**self._key.as_dict(private=False), "kid": self.kid, "use": "sig", "alg": _ALGORITHM}


class TokenKey:
    """A key that signs tokens."""

    def __init__(self, kid: str, private: bytes) -> None:
        self.kid = kid
        self._key = OKPKey.import_key(private)

    def sign(self, claims: dict[str, Any], kind: str) -> str:
        """The claims as a signed token."""
        return jwt.encode({"alg": _ALGORITHM, "typ": kind, "kid": self.kid}, claims, self._key, algorithms=[_ALGORITHM])


def new_token_key() -> tuple[dict[str, Any], bytes]:
    """A new pair for `VerifyingKey` and `TokenKey`."""
    key = OKPKey.generate_key("Ed25519")
    return dict(key.as_dict(private=False)), key.as_pem(private=True)


def key_id(token: str) -> str:
    """The id of the key that a token says it was signed with. Nothing is verified yet.

    Raises:
        TokenRejected: it is not a token, or names no key.
    """
    return _header(token).kid


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that we write into the header of a token. What another header asks for is never looked at."""

    alg: Literal["Ed25519"]
    typ: str
    kid: str


def _header(token: str) -> _Header:
    if len(token) > _MAX_TOKEN or not token.isascii():
        raise TokenRejected
    segment = token.partition(".")[0]
    try:
        return msgspec.json.decode(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)), type=_Header)
    except (msgspec.DecodeError, ValueError) as error:
        raise TokenRejected from error


def _prepared(password: str) -> bytes:
    # Two ways to type one letter are one password (RFC 8265, 4.2.2). A lone surrogate is no letter at all, but
    # must not be told from a wrong password by an error.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
