"""Lines of fixed columns, read so that whatever is wrong has a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange.event import MAX_FILE_BYTES

_MOST_LINES = 100_000
_LONGEST_LINE = 25_000
_ENDS = re.compile(r"\r\n|\r|\n")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_WORD = re.compile(r"[^\s,]+")
_NUMBER = re.compile(r"[0-9]{1,9}")
_POINTS = re.compile(r"(-?)([0-9]{0,4})(?:\.([0-9]{1,2}))?")
_HALVES = {"": 0, "0": 0, "00": 0, "5": 1, "50": 1}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file; lines and columns count from 1."""

    number: int
    text: str

    @property
    def code(self) -> str:
        """What kind of line it is: the first three columns."""
        return self.text[:3]

    def refused(self, column: int, message: str) -> InvalidEventFile:
        """The refusal of what stands in this column."""
        return InvalidEventFile(message, self.number, column)

    def part(self, first: int, last: int) -> str:
        """What stands in these columns, both included, without blanks around it."""
        return self.text[first - 1 : last].strip()

    def whole(self, first: int, last: int, what: str, most: int) -> int | None:
        """The whole number in these columns, up to `most`; None where they are blank.

        Raises:
            InvalidEventFile: something else stands there.
        """
        text = self.part(first, last)
        return self._whole(text, first, what, most) if text else None

    def points(self, first: int, last: int) -> int | None:
        """The points in these columns, as halves; None where they are blank.

        Raises:
            InvalidEventFile: something else stands there.
        """
        text = self.part(first, last)
        return self.halves(text, first) if text else None

    def words(self, first: int) -> Iterator[tuple[int, str]]:
        """The words from a column on, parted by blanks or commas, each with the column where it begins."""
        for word in _WORD.finditer(self.text, first - 1):
            yield word.start() + 1, word.group()

    def numbers(self, first: int, what: str, most: int) -> list[tuple[int, int]]:
        """The whole numbers from a column on, each with the column where it begins.

        Raises:
            InvalidEventFile: something else stands there.
        """
        return [(column, self._whole(word, column, what, most)) for column, word in self.words(first)]

    def halves(self, text: str, column: int) -> int:
        """What a text like 11.5 says, in halves.

        Raises:
            InvalidEventFile: it is not a number of halves.
        """
        found = _POINTS.fullmatch(text)
        if not found or not (found[2] or found[3]) or (found[3] or "") not in _HALVES:
            raise self.refused(column, f"{shown(text)} is not a number of points; points come in halves.")
        halves = 2 * int(found[2] or "0") + _HALVES[found[3] or ""]
        return -halves if found[1] else halves

    def _whole(self, text: str, column: int, what: str, most: int) -> int:
        if not _NUMBER.fullmatch(text) or int(text) > most:
            raise self.refused(column, f"{shown(text)} is not {what}; that is a number up to {most}.")
        return int(text)


def shown(text: str) -> str:
    """A text of somebody else's as a message shows it."""
    return repr(text if len(text) <= 40 else text[:39] + "…")


def read_lines(data: bytes) -> list[Line]:
    """The lines that are not blank.

    Raises:
        InvalidEventFile: the file or a line is too long, or it is not text.
    """
    if len(data) > MAX_FILE_BYTES:
        raise InvalidEventFile(f"The file has {len(data):,} bytes; at most {MAX_FILE_BYTES:,} are read.")
    texts = _ENDS.split(_decoded(data))
    if len(texts) > _MOST_LINES:
        raise InvalidEventFile(f"There are more than {_MOST_LINES:,} lines.", _MOST_LINES + 1)
    lines = [Line(number, text.rstrip().replace("\t", " ")) for number, text in enumerate(texts, 1) if text.strip()]
    for line in lines:
        if len(line.text) > _LONGEST_LINE:
            raise line.refused(_LONGEST_LINE + 1, f"A line has at most {_LONGEST_LINE:,} characters.")
        control = _CONTROL.search(line.text)
        if control:
            raise line.refused(control.start() + 1, f"The character {control.group()!r} does not belong into text.")
    return lines


def _decoded(data: bytes) -> str:
    """The text: in UTF-8, or else in Latin-1 as Windows has it, with more letters.

    Raises:
        InvalidEventFile: it is neither.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        before = _ENDS.split(data[: error.start].decode("latin-1"))
        message = f"The byte {data[error.start]:#x} is neither of UTF-8 nor of Latin-1."
        raise InvalidEventFile(message, len(before), len(before[-1]) + 1) from error
