"""What can go wrong when this machine runs its own servers.

    EmbeddedServiceError
    ├── BinariesMissing         no usable server program is installed
    ├── DataDirectoryInUse      another process owns the directory
    ├── DataVersionMismatch     the directory belongs to another major version of PostgreSQL
    ├── DirectoryNotWritable    the directory cannot be created or written
    ├── DiskFull                the file system that holds the directory is full, or a quota is
    ├── UserUnknown             the current uid has no entry in the user database
    └── StartFailed             the program ended, or was not ready in time

Every message names the cause and what to do.
"""

from __future__ import annotations

import errno
from pathlib import Path

from domain.kernel.errors import Unavailable

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_WORDS = ("No space left on device", "Disk quota exceeded", "File too large")
_REFUSED_WORDS = ("Read-only file system", "Permission denied")


class EmbeddedServiceError(Unavailable):
    """A server or service of this machine cannot run."""


class BinariesMissing(EmbeddedServiceError):
    """No usable server program is installed."""


class DataDirectoryInUse(EmbeddedServiceError):
    """Another process owns the directory. `pid` is None and `address` empty while the owner has not said."""

    def __init__(self, directory: Path, pid: int | None, address: str) -> None:
        owner = f"pid {pid}" if pid else "another process"
        where = f", {address}" if address else ""
        super().__init__(
            f"{directory} is already in use ({owner}{where}). Use that one, stop it first, or choose another directory."
        )
        self.pid = pid
        self.address = address


class DataVersionMismatch(EmbeddedServiceError):
    """The directory belongs to another major version of PostgreSQL."""

    def __init__(self, directory: Path, found: str, installed: int) -> None:
        super().__init__(
            f"{directory} was made by PostgreSQL {found}, but PostgreSQL {installed} is installed. Point "
            f"MATCHPOINT_PG_BINDIR to the programs of PostgreSQL {found}, or choose another data directory."
        )


class DirectoryNotWritable(EmbeddedServiceError):
    """The directory cannot be created or written."""

    def __init__(self, directory: Path, reason: str) -> None:
        super().__init__(
            f"Cannot write to {directory}: {reason}. Make it writable for the current user, "
            "or choose another data directory."
        )


class DiskFull(EmbeddedServiceError):
    """The file system that holds the directory is full, or a quota is."""

    def __init__(self, directory: Path) -> None:
        super().__init__(
            f"There is no room in {directory}: the disk is full or a quota is reached. "
            "Free some space (200 MB will do) or choose another data directory."
        )


class UserUnknown(EmbeddedServiceError):
    """The current uid has no entry in the user database, without which PostgreSQL does not create a database."""

    def __init__(self, uid: int) -> None:
        super().__init__(
            f"User id {uid} has no name on this machine, and PostgreSQL needs one. Run as a named user, "
            "or set DATABASE_URL to a server that runs elsewhere."
        )


class StartFailed(EmbeddedServiceError):
    """The program ended, or was not ready in time."""


def storage_error(directory: Path, error: OSError) -> EmbeddedServiceError:
    """The refusal for an operating-system error met while writing in `directory`."""
    if error.errno in _FULL:
        return DiskFull(directory)
    return DirectoryNotWritable(directory, error.strerror or str(error))


def storage_error_in(directory: Path, output: str) -> EmbeddedServiceError | None:
    """The refusal for a storage problem that a program reported in its output, if it did report one."""
    if any(words in output for words in _FULL_WORDS):
        return DiskFull(directory)
    for words in _REFUSED_WORDS:
        if words in output:
            return DirectoryNotWritable(directory, words)
    return None
