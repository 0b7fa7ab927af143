"""Processes for a benchmark, gone with it: a whole Matchpoint with services of its own, or a single server."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import psutil

from domain.infra.embedded import PostgreSQL, Valkey

_READY_LIMIT_S = 60.0
_STOP_LIMIT_S = 10.0
_PROGRAM = (sys.executable, "-m", "cli.main")


@dataclass(frozen=True, slots=True)
class Server:
    """A process that serves, and what it costs."""

    url: str
    process: psutil.Process

    def cpu_s(self) -> float:
        """CPU seconds that it and its children have used, in steps of a hundredth."""
        times = [process.cpu_times() for process in (self.process, *self.process.children(recursive=True))]
        return float(sum(each.user + each.system for each in times))

    def sockets(self, port: int) -> int:
        """How many clients it has at a port."""
        return sum(
            each.laddr.port == port and each.status == psutil.CONN_ESTABLISHED
            for each in self.process.net_connections("tcp")
        )

    def memory_mb(self) -> float:
        """Its resident memory, in MB of 10^6 bytes."""
        return float(self.process.memory_info().rss / 1e6)

    def memory_mib(self) -> float:
        """Its resident memory, in MiB of 2^20 bytes."""
        return float(self.process.memory_info().rss / 2**20)


@dataclass(frozen=True, slots=True)
class System:
    """The system under test: its API, its services, and the environment its processes have."""

    api: Server
    database_url: str
    redis_url: str
    environment: Mapping[str, str]

    @property
    def url(self) -> str:
        """Where the API is."""
        return self.api.url

    def metric(self, name: str, label: str = "") -> float:
        """A number from /metrics, added up over all labels, or over those with `label`, such as `outcome="made"`."""
        with urllib.request.urlopen(f"{self.url}/metrics", timeout=5) as answer:  # noqa: S310  (our own loopback address)
            lines = answer.read().decode().splitlines()
        return sum(
            float(line.rsplit(" ", 1)[1]) for line in lines if re.split(r"[{ ]", line)[0] == name and label in line
        )


@contextmanager
def running() -> Iterator[System]:
    """A migrated, empty system with API, relay and worker."""
    with tempfile.TemporaryDirectory(prefix="mp-bench-") as directory:
        postgres = PostgreSQL(Path(directory) / "postgres")
        valkey = Valkey(Path(directory) / "valkey")
        postgres.start()
        valkey.start()
        try:
            environment = environment_of(postgres.url(), valkey.url)
            subprocess.run([*_PROGRAM, "migrate"], env=environment, check=True)  # noqa: S603  (our own program)
            with ExitStack() as stack:
                for name in ("relay", "worker"):
                    stack.enter_context(started([*_PROGRAM, name], environment))
                api = stack.enter_context(serving_api(environment))
                yield System(api, postgres.url(), valkey.url, environment)
        finally:
            valkey.stop()
            postgres.stop()


@contextmanager
def serving_api(environment: Mapping[str, str], shared: socket.socket | None = None) -> Iterator[Server]:
    """An API process of a system, from when it is ready: at a port of its own, and at a socket that others share."""
    with socket.create_server(("127.0.0.1", 0)) as own:
        port = own.getsockname()[1]
        inherited = [each.fileno() for each in (own, shared) if each is not None]
        numbers = [argument for number in inherited for argument in ("--fd", str(number))]
        with serving([*_PROGRAM, "api", *numbers], port, environment, inherited) as api:
            own.close()
            _wait_until(lambda: _is_ready(api.url))
            yield api


@contextmanager
def serving(
    command: Sequence[str], port: int, environment: Mapping[str, str], inherited: Sequence[int] = ()
) -> Iterator[Server]:
    """A process that serves at a port of loopback, from when it listens there.

    Raises:
        RuntimeError: it ended instead.
        TimeoutError: it does not listen within a minute.
    """
    with started(command, environment, inherited) as child:

        def listens() -> bool:
            if child.poll() is not None:
                raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}")
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        _wait_until(listens)
        yield Server(f"http://127.0.0.1:{port}", psutil.Process(child.pid))


@contextmanager
def started(
    command: Sequence[str], environment: Mapping[str, str], inherited: Sequence[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """A process with these open files of ours, until the block ends."""
    child = subprocess.Popen(command, env=environment, pass_fds=inherited)  # noqa: S603  (our own programs)
    try:
        yield child
    finally:
        child.terminate()
        child.wait(_STOP_LIMIT_S)


def environment_of(database_url: str, redis_url: str) -> dict[str, str]:
    """What the processes of a system are told."""
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": "only for a benchmark, 32 characters or more",
        "LOG_LEVEL": "WARNING",
        # Every client of a benchmark has the same address.
        "CONNECTIONS_PER_ADDRESS": "100000",
        "SOCKETS_PER_ADDRESS": "100000",
        "SOCKETS_PER_USER": "100000",
        # All requests come from one address, as fast as they can.
        "USER_POINTS": "1000000000+1000000",
        "ADDRESS_POINTS": "1000000000+1000000",
        # For servers of Node.js.
        "NODE_ENV": "production",
    }


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _READY_LIMIT_S
    while not happens():
        if time.monotonic() > deadline:
            raise TimeoutError("the server did not become ready")
        time.sleep(0.1)


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2):  # noqa: S310  (our own loopback address)
            return True
    except (URLError, OSError):
        return False
