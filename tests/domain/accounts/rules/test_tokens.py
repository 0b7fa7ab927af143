"""Refresh tokens and tokens of mails: what is read back, and what no change of a text can make."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.accounts.rules import tokens
from domain.accounts.rules.tokens import RefreshClaim
from domain.accounts.values import MailTokenPurpose

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
SEED, OTHER_SEED = b"s" * 32, b"t" * 32
SESSION = UUID("0196f2b0-0000-7000-8000-000000000001")

generations = st.integers(min_value=0, max_value=2**32 - 1)


@given(st.uuids(), generations)
def test_a_refresh_token_says_which_session_and_generation(session_id: UUID, generation: int) -> None:
    text = tokens.refresh_token(KEY, SEED, session_id, generation)
    assert tokens.read_refresh_token(text) == RefreshClaim(session_id, generation)


@given(st.uuids(), generations, generations)
def test_each_generation_has_its_own_token(session_id: UUID, one: int, other: int) -> None:
    same = tokens.refresh_token(KEY, SEED, session_id, one) == tokens.refresh_token(KEY, SEED, session_id, other)
    assert same == (one == other)


def test_without_the_key_or_the_seed_there_is_no_token() -> None:
    text = tokens.refresh_token(KEY, SEED, SESSION, 3)
    assert not tokens.is_same(text, tokens.refresh_token(OTHER_KEY, SEED, SESSION, 3))
    assert not tokens.is_same(text, tokens.refresh_token(KEY, OTHER_SEED, SESSION, 3))
    assert tokens.is_same(text, tokens.refresh_token(KEY, SEED, SESSION, 3))


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert tokens.read_refresh_token(text) is None
    assert tokens.read_mail_token(text) is None
    assert not tokens.is_same("expected", f"{text}!")


def test_a_token_of_a_mail_is_for_one_purpose() -> None:
    verify = tokens.mail_token(KEY, SESSION, MailTokenPurpose.VERIFY_EMAIL)
    reset = tokens.mail_token(KEY, SESSION, MailTokenPurpose.RESET_PASSWORD)
    assert tokens.read_mail_token(verify) == tokens.read_mail_token(reset) == SESSION
    assert not tokens.is_same(verify, reset)
    assert tokens.read_refresh_token(verify) is None
