"""What a venue and its tables may be called, and where they may be."""

from __future__ import annotations

import re

from domain.kernel.errors import InvalidInput
from domain.venues.values import Position

_SLUG = re.compile(r"[a-z0-9-]{3,40}")
_MAX_NAME = 100
_MAX_ADDRESS = 200
_MAX_TABLE_NAME = 30
_MAX_NUMBER = 9999


def is_slug(text: str) -> bool:
    """Whether a venue could have this slug."""
    return _SLUG.fullmatch(text) is not None


def checked_slug(text: str) -> str:
    """The slug as it is.

    Raises:
        InvalidInput: it is not 3 to 40 of a-z, 0-9 and hyphen.
    """
    if not is_slug(text):
        raise InvalidInput("A slug has 3 to 40 characters: a to z, 0 to 9 and hyphens.", "slug")
    return text


def checked_name(text: str) -> str:
    """The name of a venue without surrounding spaces.

    Raises:
        InvalidInput: it does not have 2 to 100 printable characters.
    """
    return _checked_text(text, "name", 2, _MAX_NAME)


def checked_address(text: str) -> str | None:
    """The address without surrounding spaces; None for an empty one.

    Raises:
        InvalidInput: it is longer than 200 characters, or has some that are not printable.
    """
    return _checked_text(text, "address", 0, _MAX_ADDRESS) or None


def checked_table_name(text: str) -> str | None:
    """The name of a table without surrounding spaces; None for an empty one.

    Raises:
        InvalidInput: it is longer than 30 characters, or has some that are not printable.
    """
    return _checked_text(text, "name", 0, _MAX_TABLE_NAME) or None


def checked_number(number: int) -> int:
    """The number of a table.

    Raises:
        InvalidInput: it is not from 1 to 9999.
    """
    if not 1 <= number <= _MAX_NUMBER:
        raise InvalidInput(f"The number of a table is from 1 to {_MAX_NUMBER}.", "number")
    return number


def checked_position(position: Position) -> Position:
    """A place on the map.

    Raises:
        InvalidInput: there is no such place.
    """
    # Whatever is not a number is in no range.
    if not (-90 <= position.latitude <= 90 and -180 <= position.longitude <= 180):
        raise InvalidInput("A latitude is from -90 to 90 degrees, a longitude from -180 to 180.", "position")
    return position


def _checked_text(text: str, field: str, least: int, most: int) -> str:
    text = text.strip()
    if not least <= len(text) <= most or not text.isprintable():
        raise InvalidInput(f"This has {least} to {most} printable characters.", field)
    return text
