"""Mail: by SMTP where a server is given, else into the log, for a machine without one."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from domain.accounts import Mail, MailRefused
from domain.infra.settings import InvalidSetting, Settings
from domain.kernel.clock import Clock

log = structlog.get_logger()

_TIMEOUT_S = 15
# RFC 5321, 4.2.1: a reply of 500 or more is final.
_FINAL = 500


class SMTPMail:
    """Sends by one server, with one connection per mail.

    `smtp://` starts TLS when the server offers it, and insists on it when the address carries a password; `smtps://`
    speaks TLS from the start.
    """

    def __init__(self, url: str, sender: str, clock: Clock) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise InvalidSetting("SMTP_URL must look like smtp://user:password@host:port, or smtps://….")
        self._host, self._port = parts.hostname, parts.port
        self._user = None if parts.username is None else unquote(parts.username)
        self._password = None if parts.password is None else unquote(parts.password)
        self._is_tls = parts.scheme == "smtps"
        self._sender = sender
        self._clock = clock

    async def send(self, to: str, subject: str, body: str) -> None:
        """Send a plain text to one address.

        Raises:
            MailRefused: the server says for good that the address takes no mail.
        """
        try:
            await aiosmtplib.send(
                self._message(to, subject, body),
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._is_tls,
                start_tls=True if self._user is not None and not self._is_tls else None,
                timeout=_TIMEOUT_S,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(refused.code >= _FINAL for refused in error.recipients):
                raise MailRefused from error
            raise

    def _message(self, to: str, subject: str, body: str) -> EmailMessage:
        message = EmailMessage()
        name, address = parseaddr(self._sender)
        message["From"] = Address(display_name=name, addr_spec=address)
        message["To"] = Address(addr_spec=to)
        message["Subject"] = subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = make_msgid(domain=address.partition("@")[2] or None)
        # No answering machine is to answer (RFC 3834, 5).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body)
        return message


class LogMail:
    """Notes mail in the log, for a machine without a mail server; what it says, codes included, only when debugging."""

    async def send(self, to: str, subject: str, body: str) -> None:
        """Write it."""
        log.info("mail.not_sent", to=to, subject=subject)
        log.debug("mail.body", to=to, body=body)


def mail_from(settings: Settings, clock: Clock) -> Mail:
    """The way mail leaves this process.

    Raises:
        InvalidSetting: SMTP_URL is not the address of a mail server.
    """
    return SMTPMail(settings.smtp_url, settings.mail_from, clock) if settings.smtp_url else LogMail()
