"""Mail: as it leaves by SMTP, and what the facts of accounts make of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import aiosmtplib
import pytest
import pytest_asyncio
import structlog
from sqlalchemy import select

from domain import accounts as domain
from domain.accounts import (
    Accounts,
    EmailVerificationRequested,
    MailRefused,
    MailTokenInvalid,
    PasswordResetRequested,
    SessionEnded,
    TooManyAttempts,
)
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow, from_json
from domain.infra.settings import InvalidSetting, Settings
from domain.integrations.mail import LogMail, SMTPMail, mail_from
from domain.kernel.ids import new_id
from tests.domain.accounts.smtp import MailServer, mail_server
from tests.factories.accounts import PASSWORD, actor_of, log_in, register
from tests.fixtures.clock import FakeClock

NEW = "another battery horse"


@pytest_asyncio.fixture
async def server() -> AsyncIterator[MailServer]:
    """A mail server of this test's own."""
    async with mail_server() as running:
        yield running


async def facts(db: Database, name: str) -> list[OutboxRow]:
    async with db.read() as session:
        return list(await session.scalars(select(OutboxRow).where(OutboxRow.name == name).order_by(OutboxRow.id)))


async def deliver(accounts: Accounts, server: MailServer) -> None:
    """What a worker does with every fact so far."""
    mail = SMTPMail(server.url, "Matchpoint <no-reply@matchpoint.example>", accounts.clock)
    async with accounts.db.read() as session:
        for row in await facts(accounts.db, EmailVerificationRequested.name):
            event = from_json(EmailVerificationRequested, row.payload)
            assert isinstance(event, EmailVerificationRequested)
            await domain.send_email_verification(session, event, accounts, mail)
        for row in await facts(accounts.db, PasswordResetRequested.name):
            reset = from_json(PasswordResetRequested, row.payload)
            assert isinstance(reset, PasswordResetRequested)
            await domain.send_password_reset(session, reset, accounts, mail)


def code_in(server: MailServer, number: int = -1) -> str:
    """The code is the third paragraph."""
    text: str = server.letters[number].get_content()
    return text.replace("\r\n", "\n").split("\n\n")[2].strip()


async def request_reset(accounts: Accounts, email: str, address: str = "192.0.2.7") -> None:
    await domain.request_password_reset(accounts, domain.RequestPasswordReset(email=email, address=address))


async def reset(accounts: Accounts, token: str, password: str = NEW) -> domain.User:
    return await domain.reset_password(accounts, domain.ResetPassword(token=token, new_password=password))


async def verify(accounts: Accounts, token: str) -> domain.User:
    return await domain.verify_email(accounts, domain.VerifyEmail(token=token))


async def test_a_letter(server: MailServer, clock: FakeClock) -> None:
    mail = SMTPMail(server.url, "Matchpoint <no-reply@matchpoint.example>", clock)
    await mail.send("zoe@example.org", "Grüße", "Zeile eins\n.\nZeile zwei: ü\n")
    (letter,) = server.letters
    assert letter["From"] == "Matchpoint <no-reply@matchpoint.example>"
    assert (letter["To"], letter["Subject"]) == ("zoe@example.org", "Grüße")
    assert letter["Date"].datetime == clock.now()
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@matchpoint.example>")
    assert letter.get_content().replace("\r\n", "\n").startswith("Zeile eins\n")
    assert "Zeile zwei: ü" in letter.get_content()


async def test_an_address_refused_for_good_and_for_now(server: MailServer, clock: FakeClock) -> None:
    server.refusals = {"gone@example.org": "550 no such user", "full@example.org": "452 mailbox full"}
    mail = SMTPMail(server.url, "no-reply@matchpoint.example", clock)
    with pytest.raises(MailRefused):
        await mail.send("gone@example.org", "x", "y")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await mail.send("full@example.org", "x", "y")
    assert server.letters == []


async def test_a_password_is_not_sent_without_tls(server: MailServer, clock: FakeClock) -> None:
    mail = SMTPMail(f"smtp://user:p%40ss@127.0.0.1:{server.port}", "no-reply@matchpoint.example", clock)
    with pytest.raises(aiosmtplib.SMTPException):
        await mail.send("zoe@example.org", "x", "y")
    assert server.letters == []


async def test_which_way_mail_leaves(settings: Settings, clock: FakeClock) -> None:
    assert isinstance(mail_from(settings, clock), LogMail)
    assert isinstance(mail_from(replace(settings, smtp_url="smtps://mail.example"), clock), SMTPMail)
    for wrong in ("mail.example:25", "http://mail.example", "smtp://"):
        with pytest.raises(InvalidSetting, match="SMTP_URL must look like"):
            mail_from(replace(settings, smtp_url=wrong), clock)
    with structlog.testing.capture_logs() as lines:
        await LogMail().send("zoe@example.org", "subject", "body")
    assert lines == [
        {"event": "mail.not_sent", "log_level": "info", "to": "zoe@example.org", "subject": "subject"},
        {"event": "mail.body", "log_level": "debug", "to": "zoe@example.org", "body": "body"},
    ]


async def test_a_new_account_proves_its_address(accounts: Accounts, server: MailServer, clock: FakeClock) -> None:
    signed_in = await register(accounts, "zoe")
    await deliver(accounts, server)
    (letter,) = server.letters
    assert (letter["To"], letter["Subject"]) == ("zoe@example.org", "Confirm your e-mail address")
    clock.advance(days=2, hours=23)
    code = code_in(server)

    user = await verify(accounts, code)

    assert (user.id, user.email_verified_at) == (signed_in.user.id, clock.now())
    with pytest.raises(MailTokenInvalid):
        await verify(accounts, code)
    # A fact that is delivered again sends no second letter for a code that was used.
    await deliver(accounts, server)
    assert len(server.letters) == 1
    with pytest.raises(domain.EmailAlreadyVerified):
        await domain.request_email_verification(accounts, actor_of(signed_in))


async def test_no_code_lies_in_the_database(accounts: Accounts, server: MailServer, db: Database) -> None:
    await register(accounts, "zoe")
    await request_reset(accounts, "zoe@example.org")
    await deliver(accounts, server)
    async with db.read() as session:
        rows = [str(row) for row in await session.execute(select(OutboxRow.payload))]
        rows += [str(tuple(row)) for row in await session.execute(select(domain.models.MailToken.__table__))]
    for number in range(2):
        secret = code_in(server, number).partition(".")[2]
        assert len(secret) == 43
        assert not any(secret in row for row in rows)


async def test_a_code_runs_out(accounts: Accounts, server: MailServer, clock: FakeClock) -> None:
    user = (await register(accounts, "zoe")).user
    await request_reset(accounts, "zoe@example.org")
    await deliver(accounts, server)
    clock.advance(hours=1)
    with pytest.raises(MailTokenInvalid) as refusal:
        await reset(accounts, code_in(server, 1))
    assert (refusal.value.code, refusal.value.path) == ("MAIL_TOKEN_INVALID", ("token",))
    clock.advance(days=3)
    with pytest.raises(MailTokenInvalid):
        await verify(accounts, code_in(server, 0))
    await log_in(accounts, user.username)


async def test_a_code_is_for_one_purpose(accounts: Accounts, server: MailServer) -> None:
    await register(accounts, "zoe")
    await request_reset(accounts, "zoe@example.org")
    await deliver(accounts, server)
    with pytest.raises(MailTokenInvalid):
        await reset(accounts, code_in(server, 0))
    with pytest.raises(MailTokenInvalid):
        await verify(accounts, code_in(server, 1))
    for wrong in ("", "x.y", code_in(server, 1)[:-1], "\ud800", code_in(server, 1) + "A"):
        with pytest.raises(MailTokenInvalid):
            await reset(accounts, wrong)
    unknown = accounts.mail_token(new_id(), domain.values.MailTokenPurpose.RESET_PASSWORD)
    with pytest.raises(MailTokenInvalid):
        await reset(accounts, unknown)
    await log_in(accounts, "zoe", PASSWORD)


async def test_a_reset_ends_every_session_and_every_other_code(
    accounts: Accounts, server: MailServer, db: Database, clock: FakeClock
) -> None:
    signed_in = await register(accounts, "zoe")
    for _ in range(2):
        await request_reset(accounts, " ZOE@example.org ")
    await deliver(accounts, server)

    user = await reset(accounts, code_in(server, 1))

    assert user.email_verified_at == clock.now()
    with pytest.raises(SessionEnded):
        await accounts.authenticate(signed_in.tokens.access_token)
    ended = [row.payload["reason"] for row in await facts(db, "accounts.session_revoked")]
    assert ended == ["PASSWORD_RESET"]
    with pytest.raises(MailTokenInvalid):
        await reset(accounts, code_in(server, 2), "a third password")
    with pytest.raises(domain.WrongCredentials):
        await log_in(accounts, "zoe", PASSWORD)
    await log_in(accounts, "zoe", NEW)


async def test_a_refused_password_does_not_use_the_code_up(accounts: Accounts, server: MailServer) -> None:
    await register(accounts, "someone_known")
    await request_reset(accounts, "someone_known@example.org")
    await deliver(accounts, server)
    for weak in ("password123", "Someone_Known"):
        with pytest.raises(domain.PasswordTooWeak):
            await reset(accounts, code_in(server), weak)
    await reset(accounts, code_in(server))


async def test_a_code_used_twice_at_once(accounts: Accounts, server: MailServer) -> None:
    await register(accounts, "zoe")
    await request_reset(accounts, "zoe@example.org")
    await deliver(accounts, server)
    answers = await asyncio.gather(
        *(reset(accounts, code_in(server), f"password number {n}") for n in range(3)), return_exceptions=True
    )
    refusals = [type(answer) for answer in answers if isinstance(answer, BaseException)]
    assert refusals == [MailTokenInvalid] * 2
    winner = next(n for n, answer in enumerate(answers) if not isinstance(answer, BaseException))
    await log_in(accounts, "zoe", f"password number {winner}")


async def test_nobody_learns_who_has_an_account(accounts: Accounts, server: MailServer, db: Database) -> None:
    await request_reset(accounts, "nobody@example.org")
    await request_reset(accounts, "not an address\0")
    assert [row.payload["token_id"] for row in await facts(db, PasswordResetRequested.name)] == [None, None]
    await deliver(accounts, server)
    assert server.letters == []


async def test_mails_are_limited(accounts: Accounts, db: Database) -> None:
    actor = actor_of(await register(accounts, "zoe"))
    for _ in range(3):
        await request_reset(accounts, "zoe@example.org")
    for email in ("zoe@example.org", "ZOE@example.org"):
        with pytest.raises(TooManyAttempts):
            await request_reset(accounts, email, "192.0.2.200")
    assert len(await facts(db, PasswordResetRequested.name)) == 3
    for _ in range(5):
        await domain.request_email_verification(accounts, actor)
    with pytest.raises(TooManyAttempts):
        await domain.request_email_verification(accounts, actor)
    assert len(await facts(db, EmailVerificationRequested.name)) == 6


async def test_an_address_that_takes_no_mail_is_not_tried_again(accounts: Accounts, server: MailServer) -> None:
    await register(accounts, "zoe")
    server.refusals = {"zoe@example.org": "550 no such user"}
    await deliver(accounts, server)
    server.refusals = {"zoe@example.org": "451 later"}
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await deliver(accounts, server)
