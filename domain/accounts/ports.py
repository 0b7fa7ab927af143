"""Outside services the accounts context needs."""

from __future__ import annotations

from typing import Protocol


class MailRefused(Exception):
    """The address takes no mail, now or later; trying again is of no use."""


class Mail(Protocol):
    """Sends mail. The adapters are in `domain.integrations.mail`."""

    async def send(self, to: str, subject: str, body: str) -> None:
        """Send a plain text to one address.

        Raises:
            MailRefused: the address takes no mail. Anything else raised is worth another try.
        """
        ...
