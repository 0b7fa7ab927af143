"""Which preferences there are."""

from __future__ import annotations

import re
import zoneinfo
from functools import cache

from domain.kernel.errors import InvalidInput

# The part of BCP 47 (RFC 5646, 2.1) that names a language with its script and region.
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?")


def checked_language(text: str) -> str:
    """A language tag.

    Raises:
        InvalidInput: it is none.
    """
    if _LANGUAGE.fullmatch(text) is None:
        raise InvalidInput("A language is a tag such as en, pt-BR or zh-Hant-TW.", "language")
    return text


def checked_time_zone(text: str) -> str:
    """A name of the IANA time zone database.

    Raises:
        InvalidInput: it has no such zone.
    """
    if text not in _zones():
        raise InvalidInput("A time zone is a name such as Europe/Berlin.", "timeZone")
    return text


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
