"""Hashing and signing, where they meet what strangers send."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode

import pytest
from argon2.profiles import CHEAPEST

from domain.infra.security import (
    Passwords,
    TokenKey,
    TokenRejected,
    VerifyingKey,
    key_id,
    new_token_key,
)

# Marks that belong in another order: putting them in it takes a time that grows with their square.
UNSORTED = "a" + "\u0301\u0316" * 60_000


async def test_a_huge_password_is_wrong_in_no_time() -> None:
    passwords = Passwords(CHEAPEST)
    kept = await passwords.hash("correct horse battery")
    began = time.process_time()
    assert await passwords.verify(kept, UNSORTED) is False
    assert await passwords.verify(None, UNSORTED) is False
    assert time.process_time() - began < 1


async def test_a_huge_password_costs_the_same_work() -> None:
    """Time does not tell that it was not tried: three passes over 32 MiB cannot take less than this."""
    passwords = Passwords()
    kept = await passwords.hash("correct horse battery")
    began = time.process_time()
    assert await passwords.verify(kept, UNSORTED) is False
    assert time.process_time() - began > 0.01


async def test_a_password_that_is_too_long_is_not_the_empty_one() -> None:
    """Whatever is hashed instead, for the same work, does not open an account."""
    passwords = Passwords(CHEAPEST)
    assert await passwords.verify(await passwords.hash(""), "x" * 5000) is False


async def test_two_ways_to_type_one_letter_are_one_password() -> None:
    passwords = Passwords(CHEAPEST)
    # Four signs each, of which one letter is composed: the most that one can be taken apart into.
    assert await passwords.verify(await passwords.hash("ᾂ" * 200), "α\u0313\u0300\u0345" * 200) is True
    assert await passwords.verify(await passwords.hash("crème brûlée"), "cre\u0300me bru\u0302le\u0301e") is True


@pytest.mark.parametrize(
    "header",
    [
        {"crit": 5},
        {"crit": ["exp"]},
        {"crit": None},
        {"b64": False},
        {"alg": "none"},
        {"alg": ["Ed25519"]},
        {"typ": 5},
        {"kid": {}},
        {"x": {"y": [[]]}},
    ],
)
def test_a_header_that_we_do_not_write(header: dict[str, object]) -> None:
    """Nothing beyond alg, typ and kid is understood, so nothing beyond them is read."""
    public, private = new_token_key()
    _, claims, signature = TokenKey("k1", private).sign({"n": 1}, "test").split(".")
    token = f"{_segment({'alg': 'Ed25519', 'typ': 'test', 'kid': 'k1', **header})}.{claims}.{signature}"
    with pytest.raises(TokenRejected):
        VerifyingKey("k1", public).verify(token, "test")
    with pytest.raises(TokenRejected):
        key_id(token)


@pytest.mark.parametrize(
    "header",
    [b"[" * 3000, b'{"kid":' + b"[" * 3000, b"[]", b"5", b"null", b'"kid"', b"", b"\xff", b"{", b'{"kid":"k1"} more'],
)
@pytest.mark.parametrize("rest", ["", ".", ".e30.AAAA", ".e30.AAAA.AAAA"])
def test_what_is_no_header_at_all(header: bytes, rest: str) -> None:
    token = urlsafe_b64encode(header).rstrip(b"=").decode() + rest
    public, _ = new_token_key()
    with pytest.raises(TokenRejected):
        VerifyingKey("k1", public).verify(token, "test")
    with pytest.raises(TokenRejected):
        key_id(token)


@pytest.mark.parametrize("token", ["", ".", "..", "é.e30.AA", "a.e30.AA", "=.e30.AA", "+/+/.e30.AA"])
def test_no_token(token: str) -> None:
    public, _ = new_token_key()
    with pytest.raises(TokenRejected):
        VerifyingKey("k1", public).verify(token, "test")
    with pytest.raises(TokenRejected):
        key_id(token)


def _segment(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
