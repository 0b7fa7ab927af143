"""A whole Matchpoint for a benchmark: its own services and processes, gone with the benchmark."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import psutil

from domain.infra.embedded import PostgreSQL, Valkey

_READY_LIMIT_S = 60.0
_STOP_LIMIT_S = 10.0


@dataclass(frozen=True, slots=True)
class System:
    """Where the system under test is, and the process whose cost is measured."""

    url: str
    database_url: str
    redis_url: str
    api: psutil.Process

    def api_cpu_s(self) -> float:
        """CPU seconds the API process has used."""
        times = self.api.cpu_times()
        return float(times.user + times.system)

    def api_memory_mb(self) -> float:
        """Resident memory of the API process, in MB of 10^6 bytes."""
        return float(self.api.memory_info().rss / 1e6)

    def metric(self, name: str) -> float:
        """A number from /metrics."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=5) as answer:  # noqa: S310  (our own loopback address)
            lines = answer.read().decode().splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.split("{")[0].split(" ")[0] == name)


@contextmanager
def running() -> Iterator[System]:
    """A migrated, empty system with API, relay and worker."""
    with tempfile.TemporaryDirectory(prefix="mp-bench-") as directory:
        postgres = PostgreSQL(Path(directory) / "postgres")
        valkey = Valkey(Path(directory) / "valkey")
        children: list[subprocess.Popen[bytes]] = []
        postgres.start()
        valkey.start()
        try:
            port = free_port()
            environment = {
                **os.environ,
                "DATABASE_URL": postgres.url(),
                "REDIS_URL": valkey.url,
                "SECRET_KEY": "only for a benchmark, 32 characters or more",
                "LOG_LEVEL": "WARNING",
                # Every client of a benchmark has the same address.
                "SOCKETS_PER_ADDRESS": "100000",
                "SOCKETS_PER_USER": "100000",
                # All requests come from one address, as fast as they can.
                "USER_POINTS": "1000000000+1000000",
                "ADDRESS_POINTS": "1000000000+1000000",
            }
            subprocess.run([sys.executable, "-m", "cli.main", "migrate"], env=environment, check=True)
            for arguments in (["api", "--port", str(port)], ["relay"], ["worker"]):
                command = [sys.executable, "-m", "cli.main", *arguments]
                children.append(subprocess.Popen(command, env=environment))  # noqa: S603  (our own program)
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url)
            yield System(url, postgres.url(), valkey.url, psutil.Process(children[0].pid))
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(_STOP_LIMIT_S)
            valkey.stop()
            postgres.stop()


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + _READY_LIMIT_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):  # noqa: S310  (our own loopback address)
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError("the API did not become ready")
