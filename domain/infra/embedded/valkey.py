"""A Valkey server in a directory of ours, reached through a unix socket."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

from domain.infra.embedded.binaries import valkey_binary
from domain.infra.embedded.process import Process, end_orphan, spawn, wait_until
from domain.infra.embedded.server import EmbeddedServer

_START_LIMIT_S = 60.0
_SOCKET = "valkey.sock"


class Valkey(EmbeddedServer):
    """Starts and stops one Valkey that keeps every write."""

    name = "valkey"
    _stop_signal = signal.SIGTERM

    @property
    def url(self) -> str:
        """The address for redis clients. Raises: RuntimeError when it has not been started."""
        return f"unix://{self.sockets / _SOCKET}?db=0"

    def _before_launch(self) -> None:
        try:
            pid = int(self._pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return
        end_orphan(pid, self.data_dir, "-server", signal.SIGTERM, limit_s=10)

    def _launch(self, sockets: Path) -> Process:
        command: list[str | Path] = [
            valkey_binary(),
            *("--port", "0"),
            *("--unixsocket", str(sockets / _SOCKET)),
            *("--unixsocketperm", "700"),
            *("--dir", str(self.data_dir)),
            *("--pidfile", str(self._pid_file)),
            *("--appendonly", "yes"),
            *("--save", ""),
            *("--maxmemory-policy", "noeviction"),
            *("--protected-mode", "yes"),
        ]
        return spawn(command, log=self.log, death_signal=signal.SIGTERM, cwd=self.data_dir)

    def _wait_until_ready(self, process: Process) -> None:
        wait_until(lambda: process.poll() is not None or self._answers(), _START_LIMIT_S)
        if process.poll() is not None or not self._answers():
            raise self._failure()

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.sockets / _SOCKET))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
            except OSError:
                return False

    @property
    def _pid_file(self) -> Path:
        return self.data_dir / "valkey.pid"
