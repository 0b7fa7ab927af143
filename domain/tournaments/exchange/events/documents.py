"""JSON of other people: read within bounds, and walked so that whatever is wrong has a path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from domain.tournaments.errors import InvalidEventFile

MAX_EVENT_BYTES: Final = 16 * 1024 * 1024
MAX_ID_LENGTH: Final = 64
MAX_NAME_LENGTH: Final = 200
MAX_MATCHES: Final = 60_000
# Each object and each list costs memory far beyond its one or two characters.
_MAX_CONTAINERS = 1_000_000
_MAX_WHOLE = 10**15
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SHOWN = 40
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a JSON document, and how to get there: `before` is the value that it is in, under `step`."""

    value: object
    before: Place | None = None
    step: str = ""

    @property
    def path(self) -> str:
        """Where it is, such as `$.matches[3].round`."""
        steps = []
        here: Place | None = self
        while here is not None:
            steps.append(here.step or "$")
            here = here.before
        return "".join(reversed(steps))

    def refused(self, message: str) -> InvalidEventFile:
        """The refusal of what stands here."""
        return InvalidEventFile(f"{self.path}: {message}")

    def wrong(self, expected: str) -> InvalidEventFile:
        """The refusal of a value of the wrong kind."""
        return self.refused(f"has to be {expected}, not {shown(self.value)}.")

    def __contains__(self, key: str) -> bool:
        """Whether there is something other than null under this key."""
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def __getitem__(self, key: str) -> Place:
        """What stands under a key of this object; a place of nothing when there is none.

        Raises:
            InvalidEventFile: here is no object.
        """
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        return Place(self.value.get(key), self, f".{key}")

    def unwrapped(self, key: str) -> Place:
        """What stands under this key, or here where there is no such key: others wrap objects, or do not."""
        if key in self:
            return self[key]
        return self

    def items(self, most: int = MAX_MATCHES) -> Iterator[Place]:
        """The values of this list.

        Raises:
            InvalidEventFile: here is no list, or one of more than `most`.
        """
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        if len(self.value) > most:
            raise self.refused(f"has {len(self.value):,} entries; at most {most:,} are read.")
        for index, value in enumerate(self.value):
            yield Place(value, self, f"[{index}]")

    def entries(self) -> Iterator[tuple[str, Place]]:
        """The keys of this object, with what stands under them.

        Raises:
            InvalidEventFile: here is no object.
        """
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        for key, value in self.value.items():
            yield key, Place(value, self, f".{key[:MAX_ID_LENGTH]}")

    def text(self, most: int = MAX_NAME_LENGTH) -> str:
        """The text here on one line, "" for nothing; more than `most` characters are cut off.

        Raises:
            InvalidEventFile: something else stands here, or control characters do.
        """
        if self.value is None:
            return ""
        if not isinstance(self.value, str):
            raise self.wrong("a text")
        text = self.value.strip()
        if _CONTROL.search(text[:most]):
            raise self.refused("has characters that do not belong into a text of one line.")
        return text[:most].strip()

    def id(self) -> str:
        """The id here, which others write as a number or as a text.

        Raises:
            InvalidEventFile: it is neither, or too long.
        """
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            text = str(self.value) if abs(self.value) < 10**MAX_ID_LENGTH else ""
        else:
            text = self.value if isinstance(self.value, str) else ""
        if not 1 <= len(text) <= MAX_ID_LENGTH or not text.isprintable():
            raise self.wrong(f"an id of 1 to {MAX_ID_LENGTH} characters")
        return text

    def id_or_none(self) -> str | None:
        """The same, or None where nothing stands here."""
        return None if self.value is None else self.id()

    def whole(self, least: int = -_MAX_WHOLE, most: int = _MAX_WHOLE) -> int:
        """The whole number here.

        Raises:
            InvalidEventFile: something else stands here, or a number beyond these.
        """
        value = int(self.value) if isinstance(self.value, float) and self.value.is_integer() else self.value
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(f"a whole number from {least} to {most}")
        return value

    def whole_or_none(self, least: int = -_MAX_WHOLE, most: int = _MAX_WHOLE) -> int | None:
        """The same, or None where nothing stands here."""
        return None if self.value is None else self.whole(least, most)

    def flag(self) -> bool:
        """The truth here; nothing is false.

        Raises:
            InvalidEventFile: something else stands here.
        """
        if self.value is None or isinstance(self.value, bool):
            return bool(self.value)
        raise self.wrong("true or false")

    def choice(self, known: Mapping[str, _T]) -> _T:
        """What a word here means.

        Raises:
            InvalidEventFile: it is none of the words that are known.
        """
        if not isinstance(self.value, str) or self.value not in known:
            raise self.wrong(f"one of {', '.join(known)}")
        return known[self.value]


def decoded(data: bytes) -> Place:
    """The document.

    Raises:
        InvalidEventFile: it is too large, or no JSON.
    """
    require_size(data)
    try:
        return Place(msgspec.json.decode(data))
    except msgspec.DecodeError as error:
        raise InvalidEventFile(f"{_where(data, str(error))}This is not valid JSON: {error}.") from error
    except RecursionError as error:
        raise InvalidEventFile("The JSON is nested too deeply.") from error
    except ValueError as error:
        raise InvalidEventFile("The JSON is not text in UTF-8.") from error


def require_size(data: bytes) -> None:
    """Refuses what would take too much memory to read.

    Raises:
        InvalidEventFile: it has too many bytes, objects or lists.
    """
    if len(data) > MAX_EVENT_BYTES:
        raise InvalidEventFile(f"The file has more than {MAX_EVENT_BYTES:,} bytes; that is the most that is read.")
    if data.count(b"{") + data.count(b"[") > _MAX_CONTAINERS:
        raise InvalidEventFile(f"The file has more than {_MAX_CONTAINERS:,} objects and lists.")


def shown(value: object) -> str:
    """The value in a few characters, on one line."""
    if value is None:
        return "nothing"
    if isinstance(value, (list, dict)):
        return f"a list of {len(value)}" if isinstance(value, list) else "an object"
    if isinstance(value, int) and abs(value) >= 10**_SHOWN:
        return "a huge number"
    text = ascii(value[: _SHOWN + 1] if isinstance(value, str) else value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _where(data: bytes, problem: str) -> str:
    """The line and the column of a problem that is told with its byte; "" when it is not."""
    found = re.search(r"\(byte (\d+)\)", problem)
    offset = int(found[1]) if found else len(data) if "truncated" in problem else None
    if offset is None:
        return ""
    before = data[:offset]
    return f"Line {before.count(10) + 1}, column {offset - (before.rfind(10) + 1) + 1}: "
