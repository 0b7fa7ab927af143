"""Keeps services running: starts them in order, restarts one that dies, stops them in reverse order."""

from __future__ import annotations

import enum
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from domain.infra.embedded.errors import EmbeddedServiceError, storage_error
from domain.infra.embedded.process import Process, spawn

_LOG_LIMIT_BYTES = 10 * 1024 * 1024
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
_HEALTHY_AFTER_S = 30.0
_LONGEST_STOP_S = 6.0
_SHORTEST_STOP_S = 1.0


class Service(Protocol):
    """What the supervisor can keep running. `start` raises EmbeddedServiceError when it cannot."""

    @property
    def name(self) -> str: ...
    @property
    def pid(self) -> int | None: ...
    @property
    def exit_status(self) -> int | None: ...
    def is_running(self) -> bool: ...
    def start(self) -> None: ...
    def stop(self, limit_s: float) -> None: ...


class Command:
    """A program as a service: no readiness of its own, SIGTERM to stop, output in a log file.

    It has the file descriptors `inherited`, and so has each that takes its place.
    """

    def __init__(
        self, name: str, argv: Sequence[str], env: Mapping[str, str], log: Path, inherited: Sequence[int] = ()
    ) -> None:
        self.name = name
        self.log = log
        self._argv = tuple(argv)
        self._env = dict(env)
        self._inherited = tuple(inherited)
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """Its process, None when it does not run."""
        return self._process.pid if self._process is not None and self.is_running() else None

    @property
    def exit_status(self) -> int | None:
        """How the process ended by itself; None while it runs and after `stop`."""
        return self._process.poll() if self._process is not None else None

    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts it, moving a log of more than 10 MB aside first. Main thread only.

        Raises: StartFailed, DirectoryNotWritable, DiskFull.
        """
        try:
            self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT_BYTES:
                self.log.replace(self.log.with_name(self.log.name + ".1"))
            # At the owner's death there is nobody left to wait for a graceful end, so the kernel does not ask.
            self._process = spawn(
                self._argv, env=self._env, log=self.log, death_signal=signal.SIGKILL, inherited=self._inherited
            )
        except OSError as error:
            raise storage_error(self.log.parent, error) from error

    def stop(self, limit_s: float) -> None:
        """Asks it to end by SIGTERM and kills it, with its whole process group, after `limit_s`."""
        if self._process is not None:
            self._process.stop(signal.SIGTERM, limit_s)
            self._process = None


class ServiceState(enum.Enum):
    """RUNNING, WAITING for its next restart, or STOPPED on purpose."""

    RUNNING = "running"
    WAITING = "waiting"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One service at this moment. `since` is when the state began; `problem` is why it last failed, or empty."""

    name: str
    state: ServiceState
    pid: int | None
    restarts: int
    since: datetime
    problem: str


class _Watched:
    def __init__(self, service: Service, now: float) -> None:
        self.service = service
        self.restarts = 0
        self.problem = ""
        self.pause_s = _FIRST_PAUSE_S
        self.started_at = now
        self.due_at = now
        self.state = ServiceState.RUNNING
        self.since = datetime.now(UTC)

    def enter(self, state: ServiceState) -> None:
        self.state = state
        self.since = datetime.now(UTC)


class Supervisor:
    """Owns running services. Call `poll` often, from the main thread; nothing happens between the calls.

    `clock` counts seconds and never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._watched: list[_Watched] = []

    def start(self, service: Service) -> None:
        """Starts a service and keeps it running from now on.

        Raises: EmbeddedServiceError when the first start fails; then it is not watched.
        """
        watched = _Watched(service, self._clock())
        # Before it starts, so that an interrupt in between leaves nothing that `stop` does not know.
        self._watched.append(watched)
        try:
            service.start()
        except EmbeddedServiceError:
            self._watched.remove(watched)
            raise
        watched.started_at = self._clock()

    def poll(self) -> None:
        """Notices who died, and restarts those whose pause is over: 0.5 s first, doubling up to 30 s.

        30 s of health make the next pause short again. Nobody is ever given up.
        """
        for watched in self._watched:
            if watched.state is ServiceState.RUNNING:
                self._check(watched)
            elif watched.state is ServiceState.WAITING and self._clock() >= watched.due_at:
                self._restart(watched)

    def status(self) -> tuple[ServiceStatus, ...]:
        """Every service, in the order of starting."""
        return tuple(
            ServiceStatus(
                watched.service.name,
                watched.state,
                watched.service.pid,
                watched.restarts,
                watched.since,
                watched.problem,
            )
            for watched in self._watched
        )

    def stop(self, limit_s: float = 14.0) -> None:
        """Stops everything in reverse order within `limit_s`; what does not end in its share of it is killed.

        A share is up to 6 s, as long as those that follow keep 1 s each.
        """
        deadline = self._clock() + limit_s
        for later in reversed(range(len(self._watched))):
            watched = self._watched[later]
            left_s = deadline - self._clock() - later * _SHORTEST_STOP_S
            watched.service.stop(max(0.0, min(left_s, _LONGEST_STOP_S)))
            watched.enter(ServiceState.STOPPED)

    def _check(self, watched: _Watched) -> None:
        if not watched.service.is_running():
            self._pause(watched, ending(watched.service.exit_status))
        elif self._clock() - watched.started_at >= _HEALTHY_AFTER_S:
            watched.pause_s = _FIRST_PAUSE_S
            watched.problem = ""

    def _restart(self, watched: _Watched) -> None:
        watched.restarts += 1
        try:
            watched.service.start()
        except EmbeddedServiceError as error:
            self._pause(watched, error.message)
        else:
            watched.started_at = self._clock()
            watched.enter(ServiceState.RUNNING)

    def _pause(self, watched: _Watched, problem: str) -> None:
        watched.problem = problem
        watched.due_at = self._clock() + watched.pause_s
        watched.pause_s = min(2 * watched.pause_s, _LONGEST_PAUSE_S)
        watched.enter(ServiceState.WAITING)


def ending(status: int | None) -> str:
    """An exit status in words."""
    if status is not None and status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"ended with status {status}"
