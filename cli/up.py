"""`matchpoint up`: everything on this machine, from the database to a demo that plays by itself.

This process owns PostgreSQL, Valkey and the processes of the platform. It starts them in order, restarts one that
dies, and stops all of them when it is interrupted; on Linux they end with it even when it is killed.
"""

from __future__ import annotations

import argparse
import errno
import http.client
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import count
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console

from cli.display import Display
from domain.infra.embedded import Command, DirectoryLock, PostgreSQL, ServiceState, Supervisor, Valkey
from domain.infra.embedded.errors import EmbeddedServiceError, StartFailed, storage_error
from domain.infra.embedded.storage import ensure_writable, last_lines
from domain.infra.embedded.supervisor import ending

_ROOT = Path(__file__).resolve().parent.parent
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_POLL_S = 0.2
_PROBE_EVERY_S = 2.0
_PROBE_LIMIT_S = 1.0
_API_LIMIT_S = 60.0
# An API that has failed this often before it ever answered is broken, not slow.
_API_ATTEMPTS = 3
_MOST_API_WORKERS = 64
# As many as Linux allows; see `cli.api`.
_BACKLOG = 4096


class AddressUnavailable(EmbeddedServiceError):
    """The API cannot listen on the address it was given."""


@dataclass(frozen=True, slots=True)
class _Address:
    host: str
    port: int

    @property
    def near_host(self) -> str:
        """The host under which this machine reaches it."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  (a table of what to use instead)

    @property
    def url(self) -> str:
        """Where a browser on this machine reaches it."""
        host = f"[{self.near_host}]" if ":" in self.near_host else self.near_host
        return f"http://{host}:{self.port}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint up`."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=8000, help="port to listen on (default: %(default)s)")
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=Path(os.environ.get("MATCHPOINT_DATA_DIR", ".matchpoint")),
        help="where data and logs are kept (default: %(default)s, or MATCHPOINT_DATA_DIR)",
    )
    parser.add_argument(
        "--api-workers",
        type=_count,
        default=1,
        metavar="N",
        help="API processes behind the port (default: %(default)s)",
    )
    parser.add_argument(
        "--metrics-port",
        type=_port,
        metavar="PORT",
        help="port of 127.0.0.1 to serve metrics of the first API process on; the other API processes, the relay and"
        " the worker take the next ones (default: none)",
    )
    parser.add_argument("--no-demo", action="store_true", help="do not play the demo tournament")


def run(arguments: argparse.Namespace) -> int:
    """Starts everything and keeps it running until Ctrl-C or SIGTERM.

    Raises: EmbeddedServiceError when something cannot start; then nothing is left running.
    """
    address = _Address(arguments.host, arguments.port)
    data_dir = arguments.data_dir.resolve()
    # Open to pass through, because as root PostgreSQL may have to run as another user inside; what is inside is closed.
    ensure_writable(data_dir, mode=0o755)
    lock = DirectoryLock(data_dir)
    lock.acquire(address.url)
    listeners: list[socket.socket] = []
    try:
        listeners += _listen(address)
        demo = not arguments.no_demo
        display = Display(address.url, data_dir / "logs", data_dir / "admin-password", Console(), demo=demo)
        names = _names(arguments.api_workers)
        return _serve(_Stack(address, listeners, names, arguments.metrics_port, data_dir, display), demo=demo)
    finally:
        for listener in listeners:
            listener.close()
        lock.release()


def _serve(stack: _Stack, *, demo: bool) -> int:
    for number in _STOP_SIGNALS:
        # Under nohup the end of the terminal is meant to be ignored.
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        stack.start(demo=demo)
        stack.keep_running()
    except KeyboardInterrupt:
        return 0
    finally:
        stack.stop()


class _Stack:
    """The servers and processes of one data directory."""

    def __init__(
        self,
        address: _Address,
        listeners: Sequence[socket.socket],
        api_names: Sequence[str],
        metrics_port: int | None,
        data_dir: Path,
        display: Display,
    ) -> None:
        self._address = address
        self._listeners = listeners
        self._api_names = api_names
        self._metrics_ports = None if metrics_port is None else count(metrics_port)
        self._data_dir = data_dir
        self._logs = data_dir / "logs"
        self._display = display
        self._supervisor = Supervisor()
        self._environment = dict(os.environ)

    def start(self, *, demo: bool) -> None:
        """Starts servers, prepares the database, starts the processes, waits until the API answers."""
        began = time.monotonic()
        self._start_servers()
        with self._display.step("Database schema"):
            self._run_once("migrate")
        with self._display.step("Administrator"):
            self._run_once("seed")
        with self._display.step("API, relay, worker"):
            apis = [self._api(name) for name in self._api_names]
            relay, worker = (self._command(name, name, *self._metrics()) for name in ("relay", "worker"))
            for command in (*apis, relay, worker):
                self._supervisor.start(command)
            self._wait_for(apis[0])
        if demo:
            self._supervisor.start(self._command("demo", "play", "--demo", "--url", self._address.url, "--forever"))
        self._display.started(time.monotonic() - began)

    def keep_running(self) -> NoReturn:
        """Watches over everything until a KeyboardInterrupt."""
        ready, probe_at = True, 0.0
        with self._display.running():
            while True:
                self._supervisor.poll()
                if time.monotonic() >= probe_at:
                    ready = self._api_ready()
                    probe_at = time.monotonic() + _PROBE_EVERY_S
                self._display.update(self._supervisor.status(), api_ready=ready)
                time.sleep(_POLL_S)

    def stop(self) -> None:
        """Stops everything in reverse order."""
        _ignore_signals()
        began = time.monotonic()
        self._display.stopping()
        # Nobody is to wait for an answer that will not come: who connects after the last API has gone is refused.
        for listener in self._listeners:
            listener.close()
        self._supervisor.stop()
        self._display.stopped(time.monotonic() - began)

    def _start_servers(self) -> None:
        ensure_writable(self._logs)
        self._environment |= {
            "PYTHONUNBUFFERED": "1",
            "MATCHPOINT_DATA_DIR": str(self._data_dir),
            "PYTHONPATH": os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH")))),
        }
        if not os.environ.get("SECRET_KEY"):
            self._environment["SECRET_KEY"] = secret_key(self._data_dir)
        if not os.environ.get("PUBLIC_URL"):
            self._environment["PUBLIC_URL"] = self._address.url
        if not os.environ.get("DATABASE_URL"):
            postgres = PostgreSQL(self._data_dir / "postgresql", log=self._logs / "postgresql.log")
            with self._display.step("PostgreSQL"):
                self._supervisor.start(postgres)
            self._environment["DATABASE_URL"] = postgres.url()
        if not os.environ.get("REDIS_URL"):
            valkey = Valkey(self._data_dir / "valkey", log=self._logs / "valkey.log")
            with self._display.step("Valkey"):
                self._supervisor.start(valkey)
            self._environment["REDIS_URL"] = valkey.url

    def _api(self, name: str) -> Command:
        shared = [listener.fileno() for listener in self._listeners]
        numbers = [argument for number in shared for argument in ("--fd", str(number))]
        return self._command(name, "api", *numbers, *self._metrics(), inherited=shared)

    def _metrics(self) -> tuple[str, ...]:
        return () if self._metrics_ports is None else ("--metrics", f"127.0.0.1:{next(self._metrics_ports)}")

    def _command(self, name: str, *arguments: str, inherited: Sequence[int] = ()) -> Command:
        # -P: a directory named `cli` where `up` was called must not be taken for ours.
        argv = (sys.executable, "-P", "-m", "cli.main", *arguments)
        return Command(name, argv, self._environment, self._logs / f"{name}.log", inherited)

    def _run_once(self, name: str) -> None:
        command = self._command(name, name)
        try:
            command.start()
            while command.is_running():
                self._supervisor.poll()
                time.sleep(0.02)
            if command.exit_status:
                raise _failed(command, ending(command.exit_status))
        finally:
            command.stop(limit_s=5)

    def _wait_for(self, api: Command) -> None:
        deadline = time.monotonic() + _API_LIMIT_S
        while not self._api_ready():
            self._supervisor.poll()
            status = next(status for status in self._supervisor.status() if status.name == api.name)
            if status.state is ServiceState.WAITING and status.restarts + 1 >= _API_ATTEMPTS:
                raise _failed(api, status.problem)
            if time.monotonic() > deadline:
                raise _failed(api, f"did not answer within {_API_LIMIT_S:.0f} s")
            time.sleep(0.05)

    def _api_ready(self) -> bool:
        # Not urllib, which would ask a proxy when one is configured.
        connection = http.client.HTTPConnection(self._address.near_host, self._address.port, timeout=_PROBE_LIMIT_S)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def secret_key(data_dir: Path) -> str:
    """The key of this data directory, made at the first call and readable by its owner only.

    Raises: DirectoryNotWritable, DiskFull.
    """
    path = data_dir / "secret.key"
    fresh = data_dir / "secret.key.new"
    try:
        if not path.exists():
            fresh.unlink(missing_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(path)
        return path.read_text()
    except OSError as error:
        raise storage_error(data_dir, error) from error


def _failed(command: Command, problem: str) -> StartFailed:
    return StartFailed(f"{command.name} {problem}: {last_lines(command.log) or 'it said nothing'} (log: {command.log})")


def _names(api_workers: int) -> Sequence[str]:
    return ["api"] if api_workers == 1 else [f"api-{number}" for number in range(1, api_workers + 1)]


def _listen(address: _Address) -> list[socket.socket]:
    """The sockets of the address, which all API processes inherit.

    Not a socket for each process (SO_REUSEPORT): there a connection waits for the one process that the kernel has
    chosen, and is reset when that one ends, and macOS chooses always the same. Here it waits for whoever is free, also
    while one or all of them are started again.
    """
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise AddressUnavailable(f"{address.host} is no address of this machine ({error.strerror}).") from error
    listeners: list[socket.socket] = []
    try:
        for family, kind, protocol, _, place in found:
            listeners.append(socket.socket(family, kind, protocol))
            listeners[-1].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                # The addresses of IPv4 have sockets of their own.
                listeners[-1].setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listeners[-1].bind(place)
            listeners[-1].listen(_BACKLOG)
    except OSError as error:
        for listener in listeners:
            listener.close()
        raise _unavailable(address, error) from error
    return listeners


def _unavailable(address: _Address, error: OSError) -> AddressUnavailable:
    if error.errno == errno.EADDRINUSE:
        return AddressUnavailable(
            f"Port {address.port} of {address.host} is in use. Stop what listens there or choose another with --port."
        )
    return AddressUnavailable(f"Cannot listen on port {address.port} of {address.host}: {error.strerror}.")


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return port


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST_API_WORKERS:
        raise argparse.ArgumentTypeError(f"a number from 1 to {_MOST_API_WORKERS}")
    return number


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    _ignore_signals()
    raise KeyboardInterrupt


def _ignore_signals() -> None:
    # Stopping is under way; a second Ctrl-C must not leave half of it undone.
    for number in _STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
