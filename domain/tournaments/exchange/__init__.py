"""Files in which an event played in rounds comes and goes: Tournament Report Files of 2016 and 2026, and JSON."""

from domain.tournaments.exchange.event import (
    MAX_FILE_BYTES,
    MAX_PLAYERS,
    MAX_ROUNDS,
    Acceleration,
    FileFormat,
    Forbidden,
    Person,
    RoundsEvent,
    Team,
)
from domain.tournaments.exchange.rounds_json import read_json, write_json
from domain.tournaments.exchange.trf import read_trf
from domain.tournaments.exchange.trf_writing import write_trf

__all__ = [
    "MAX_FILE_BYTES",
    "MAX_PLAYERS",
    "MAX_ROUNDS",
    "Acceleration",
    "FileFormat",
    "Forbidden",
    "Person",
    "RoundsEvent",
    "Team",
    "read_json",
    "read_rounds",
    "read_trf",
    "write_json",
    "write_trf",
]


def read_rounds(data: bytes) -> tuple[FileFormat, RoundsEvent]:
    """Which of the formats a file is of, and what it tells.

    Raises:
        InvalidEventFile: it is none of them, or is wrong in some place.
    """
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        return FileFormat.JSON, read_json(data.removeprefix(b"\xef\xbb\xbf"))
    return read_trf(data)
