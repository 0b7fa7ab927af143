"""What the embedded servers have in common: one owner per directory, a private socket directory, one process."""

from __future__ import annotations

import shutil
import signal
from abc import ABC, abstractmethod
from pathlib import Path

from domain.infra.embedded.errors import EmbeddedServiceError, StartFailed, storage_error, storage_error_in
from domain.infra.embedded.lock import DirectoryLock
from domain.infra.embedded.process import Process
from domain.infra.embedded.storage import ensure_writable, last_lines, socket_directory


class EmbeddedServer(ABC):
    """A server whose data outlive it in `data_dir`. Its address is the same after every start."""

    name: str
    _stop_signal: signal.Signals

    def __init__(self, data_dir: Path, log: Path | None = None) -> None:
        self.data_dir = data_dir.resolve()
        self.log = log.resolve() if log else self.data_dir / "server.log"
        self._lock = DirectoryLock(self.data_dir)
        self._sockets: Path | None = None
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """The server's process, None when it does not run."""
        return self._process.pid if self._process is not None and self.is_running() else None

    def is_running(self) -> bool:
        """Whether the server process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_status(self) -> int | None:
        """How the process ended by itself; None while it runs and after `stop`."""
        return self._process.poll() if self._process is not None else None

    def start(self) -> None:
        """Starts the server and returns when it takes connections; does nothing when it runs. Main thread only.

        Raises: EmbeddedServiceError.
        """
        if self.is_running():
            return
        try:
            ensure_writable(self.data_dir)
            self._lock.acquire("")
            self._before_launch()
            self._sockets = socket_directory(self.data_dir)
            self._process = self._launch(self._sockets)
            self._wait_until_ready(self._process)
        except OSError as error:
            self.stop()
            raise storage_error(self.data_dir, error) from error
        except BaseException:
            self.stop()
            raise

    def stop(self, limit_s: float = 10.0) -> None:
        """Lets it end in good order, and kills it when that takes longer than `limit_s`."""
        if self._process is not None:
            self._process.stop(self._stop_signal, limit_s)
            self._process = None
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None
        self._lock.release()

    @property
    def sockets(self) -> Path:
        """The directory of its socket. Raises: RuntimeError when it has not been started."""
        if self._sockets is None:
            raise RuntimeError(f"{self.name} has not been started")
        return self._sockets

    @abstractmethod
    def _before_launch(self) -> None:
        """Makes the directory fit for the server to start in."""

    @abstractmethod
    def _launch(self, sockets: Path) -> Process:
        """Starts the process."""

    @abstractmethod
    def _wait_until_ready(self, process: Process) -> None:
        """Returns when it takes connections. Raises: EmbeddedServiceError when it does not."""

    def _failure(self) -> EmbeddedServiceError:
        """Why it did not start, as far as the directory and the log tell."""
        try:
            ensure_writable(self.data_dir)
        except EmbeddedServiceError as error:
            return error
        output = last_lines(self.log)
        return storage_error_in(self.data_dir, output) or StartFailed(
            f"{self.name} did not start in {self.data_dir}: {output or 'it said nothing'} (log: {self.log})"
        )
