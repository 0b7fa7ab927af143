"""One owner per data directory, held by the kernel so that it cannot outlive its process."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

from domain.infra.embedded.errors import DataDirectoryInUse, storage_error


class DirectoryLock:
    """An exclusive lock on `<directory>/lock`, which tells others who holds it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._descriptor: int | None = None

    def acquire(self, address: str) -> None:
        """Takes the lock and notes our pid and address in it; does nothing when we hold it already.

        Raises: DataDirectoryInUse, naming the holder; DirectoryNotWritable and DiskFull.
        """
        if self._descriptor is not None:
            return
        try:
            descriptor = os.open(self._directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise storage_error(self._directory, error) from error
        try:
            self._take(descriptor, address)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def release(self) -> None:
        """Lets go; does nothing when we do not hold it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _take(self, descriptor: int, address: str) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise self._refusal(descriptor) from None
        except OSError as error:
            raise storage_error(self._directory, error) from error
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "address": address}).encode(), 0)
        except OSError as error:
            raise storage_error(self._directory, error) from error

    def _refusal(self, descriptor: int) -> DataDirectoryInUse:
        try:
            holder = json.loads(os.pread(descriptor, 4096, 0))
        except ValueError:
            # The holder has the lock but has not written its note yet.
            holder = {"pid": None, "address": ""}
        return DataDirectoryInUse(self._directory, holder["pid"], holder["address"])
