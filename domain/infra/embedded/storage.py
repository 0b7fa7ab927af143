"""Directories: where data may be written, and where sockets may live."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from domain.infra.embedded.errors import DirectoryNotWritable, storage_error

# A unix socket's path holds 107 bytes on Linux and 103 on macOS.
_SOCKET_PATH_LIMIT = 103
_LONGEST_SOCKET_NAME = ".s.PGSQL.5432"
_PROBE = bytes(64 * 1024)


def ensure_writable(directory: Path, mode: int = 0o700) -> None:
    """Creates `directory` with `mode` if needed and proves by writing that it takes data.

    Raises: DirectoryNotWritable, DiskFull.
    """
    probe = directory / ".probe"
    try:
        directory.mkdir(mode=mode, parents=True, exist_ok=True)
        try:
            with probe.open("wb") as file:
                file.write(_PROBE)
                file.flush()
                os.fsync(file.fileno())
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise storage_error(directory, error) from error


def socket_directory(data_directory: Path) -> Path:
    """An empty private directory with a short path, always the same one for the same data directory.

    The caller owns the data directory, so whatever lies in the socket directory is left over from a dead owner.

    Raises: DirectoryNotWritable when no temporary directory is short and writable.
    """
    digest = hashlib.sha256(os.fsencode(data_directory)).hexdigest()[:12]
    name = f"matchpoint-{os.geteuid()}-{digest}"
    directory = _short_base(name) / name
    if _is_left_over(directory):
        shutil.rmtree(directory)
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        # Someone else sits on our name in the shared directory; any other name is as good.
        directory = Path(tempfile.mkdtemp(prefix="matchpoint-", dir=directory.parent))
    except OSError as error:
        raise storage_error(directory, error) from error
    return directory


def _short_base(name: str) -> Path:
    # Not XDG_RUNTIME_DIR: it vanishes when its user logs out, and the servers may run on.
    for base in (tempfile.gettempdir(), "/tmp"):
        short = len(os.fsencode(f"{base}/{name}/{_LONGEST_SOCKET_NAME}")) <= _SOCKET_PATH_LIMIT
        if short and os.access(base, os.W_OK | os.X_OK):
            return Path(base)
    raise DirectoryNotWritable(Path("/tmp"), "the servers keep their sockets there")


def _is_left_over(directory: Path) -> bool:
    try:
        status = directory.lstat()
    except FileNotFoundError:
        return False
    ours = status.st_uid == os.geteuid() or os.geteuid() == 0
    return stat.S_ISDIR(status.st_mode) and ours


def last_lines(log: Path, count: int = 5) -> str:
    """The end of a log file on one line; empty when it cannot be read."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4096))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return " | ".join(line.strip() for line in lines[-count:] if line.strip())
