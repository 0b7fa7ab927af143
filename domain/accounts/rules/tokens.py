"""Refresh tokens and the tokens of mails: computed from a key of the server, so that none of them is ever kept.

A refresh token is `session.proof`: the id of the session, then the generation with an HMAC (RFC 2104) over the seed of
the session, its id and the generation. Whoever reads the database has no token, for lack of the key; whoever has the
key has none either, for lack of the seed. Every earlier token of a session stays recognisable, without a list of them:
its proof holds, but its generation is old.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from uuid import UUID

from domain.accounts.values import MailTokenPurpose

SEED_BYTES = 32
_MAX_TOKEN = 200
_GENERATION = struct.Struct(">I")
_PROOF_BYTES = _GENERATION.size + hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class RefreshClaim:
    """What a refresh token says of itself; nothing of it is proved yet."""

    session_id: UUID
    generation: int


def refresh_token(key: bytes, seed: bytes, session_id: UUID, generation: int) -> str:
    """The refresh token of a session at a generation."""
    count = _GENERATION.pack(generation)
    proof = hmac.digest(key, seed + session_id.bytes + count, "sha256")
    return f"{_text(session_id.bytes)}.{_text(count + proof)}"


def read_refresh_token(text: str) -> RefreshClaim | None:
    """What a refresh token says of itself; None when it has not the form of one."""
    head, proof = _parts(text)
    if len(head) != len(UUID(int=0).bytes) or len(proof) != _PROOF_BYTES:
        return None
    return RefreshClaim(session_id=UUID(bytes=head), generation=_GENERATION.unpack_from(proof)[0])


def mail_token(key: bytes, token_id: UUID, purpose: MailTokenPurpose) -> str:
    """The text that a mail carries for a row of `mail_tokens`."""
    proof = hmac.digest(key, token_id.bytes + purpose.encode(), "sha256")
    return f"{_text(token_id.bytes)}.{_text(proof)}"


def read_mail_token(text: str) -> UUID | None:
    """The row a token of a mail says it stands for; None when it has not the form of one."""
    head, proof = _parts(text)
    if len(head) != len(UUID(int=0).bytes) or len(proof) != hashlib.sha256().digest_size:
        return None
    return UUID(bytes=head)


def is_same(expected: str, given: str) -> bool:
    """Whether two tokens are equal, in a time that does not tell how much of them is."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))


def _parts(text: str) -> tuple[bytes, bytes]:
    head, _, proof = text.partition(".")
    try:
        return _bytes(head), _bytes(proof)
    except (ValueError, binascii.Error):
        return b"", b""


def _bytes(text: str) -> bytes:
    if len(text) > _MAX_TOKEN:
        raise ValueError("too long")
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
