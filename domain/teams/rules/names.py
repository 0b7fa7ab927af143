"""What a team may be called."""

from __future__ import annotations

import re

from domain.kernel.errors import InvalidInput

_SLUG = re.compile(r"[a-z0-9-]{3,40}")
_TAG = re.compile(r"[^\W_]{2,6}")
_MAX_DESCRIPTION = 1000


def checked_name(text: str) -> str:
    """The name without surrounding spaces.

    Raises:
        InvalidInput: it does not have 2 to 50 printable characters.
    """
    name = text.strip()
    if not 2 <= len(name) <= 50 or not name.isprintable():
        raise InvalidInput("A team's name has 2 to 50 printable characters.", "name")
    return name


def checked_slug(text: str) -> str:
    """The slug as it is.

    Raises:
        InvalidInput: it is not 3 to 40 of a-z, 0-9 and hyphen.
    """
    if not _SLUG.fullmatch(text):
        raise InvalidInput("A slug has 3 to 40 characters: a to z, 0 to 9 and hyphens.", "slug")
    return text


def checked_tag(text: str) -> str:
    """The tag as it is.

    Raises:
        InvalidInput: it is not 2 to 6 letters or digits.
    """
    if not _TAG.fullmatch(text):
        raise InvalidInput("A tag has 2 to 6 letters or digits.", "tag")
    return text


def checked_description(text: str) -> str:
    """The description without surrounding spaces.

    Raises:
        InvalidInput: it is longer than 1,000 characters, or holds a null character.
    """
    description = text.strip()
    if len(description) > _MAX_DESCRIPTION or "\x00" in description:
        raise InvalidInput(f"A description has at most {_MAX_DESCRIPTION} characters.", "description")
    return description
