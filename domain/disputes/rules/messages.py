"""What can be written into a dispute room."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from domain.disputes.values import MAX_LINK, MAX_LINKS, MAX_TEXT
from domain.kernel.errors import InvalidInput


def checked_text(text: str, field: str) -> str:
    """What somebody writes, without surrounding spaces.

    Raises:
        InvalidInput: it is empty, longer than 2,000 characters, or holds a null character.
    """
    text = text.strip()
    if not 1 <= len(text) <= MAX_TEXT or "\x00" in text:
        raise InvalidInput(f"Write 1 to {MAX_TEXT} characters.", field)
    return text


def checked_links(links: Sequence[str]) -> tuple[str, ...]:
    """Links to evidence, as they are. Nobody but readers ever follows them.

    Raises:
        InvalidInput: more than 5, or one is no https address, names a user, or is longer than 1,000 characters.
    """
    if len(links) > MAX_LINKS:
        raise InvalidInput(f"Give at most {MAX_LINKS} links.", "links")
    if not all(_is_link(link) for link in links):
        raise InvalidInput(f"A link begins with https:// and has at most {MAX_LINK} printable characters.", "links")
    return tuple(links)


def _is_link(link: str) -> bool:
    if len(link) > MAX_LINK or not link.isprintable() or any(character.isspace() for character in link):
        return False
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    # A user before the host is how addresses pretend to be others.
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and "\\" not in link
