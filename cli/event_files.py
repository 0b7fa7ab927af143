"""Files of events, as commands are given them and write them."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

from domain.kernel.errors import InvalidInput
from domain.tournaments import MAX_FILE_BYTES, FileFormat, InvalidEventFile, RoundsEvent, read_rounds

FILE_HELP = "a Tournament Report File (2016 or 2026) or JSON of our own; - reads the input"


def read_event(file: str) -> tuple[FileFormat, RoundsEvent]:
    """Which of the formats the file is of, and what it tells.

    Raises:
        InvalidInput: it cannot be read, or does not tell an event.
    """
    try:
        return read_rounds(content(file, MAX_FILE_BYTES))
    except InvalidEventFile as error:
        hint = " Whole events are for `matchpoint import`." if "$.format" in error.message else ""
        raise InvalidInput(f"{file}: {error.message}{hint}") from error


def content(file: str, most: int) -> bytes:
    """What the file holds, up to one byte more than the `most` that are read.

    Raises:
        InvalidInput: it cannot be read.
    """
    if file == "-":
        return sys.stdin.buffer.read(most + 1)
    path = Path(file)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InvalidInput(f"{file}: is not a file.")
        with path.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise InvalidInput(f"{file}: cannot be read: {error.strerror}.") from error


def write(file: str, data: bytes) -> None:
    """Writes a text, or prints it for `-`.

    Raises:
        InvalidInput: it cannot be written.
    """
    if file == "-":
        print(data.decode())
        return
    try:
        Path(file).write_bytes(data)
    except OSError as error:
        raise InvalidInput(f"{file}: cannot be written: {error.strerror}.") from error
