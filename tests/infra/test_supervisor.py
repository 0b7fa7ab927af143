"""The supervisor restarts what dies, patiently and for ever, and stops everything in reverse order."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.infra.embedded import Command, PostgreSQL, ServiceState, ServiceStatus, Supervisor, Valkey
from domain.infra.embedded.errors import StartFailed
from tests.fixtures.processes import client, eventually, family, runs, sql

SLEEPER = "import signal; signal.pause()"
# Says when it is ready, notes its name when asked to stop, and ends.
POLITE = """
import pathlib, signal, sys
def stop(*_):
    with open(sys.argv[1], "a") as file:
        file.write(sys.argv[2] + " ")
    sys.exit()
signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
signal.pause()
"""
DEAF = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print("ready", flush=True)
signal.pause()
"""


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Clock:
    return Clock()


@pytest.fixture
def supervisor(time: Clock) -> Iterator[Supervisor]:
    """A supervisor whose pauses last as long as the test says."""
    supervisor = Supervisor(clock=time)
    yield supervisor
    supervisor.stop()


def command(place: Path, name: str, source: str, *arguments: object) -> Command:
    argv = [sys.executable, "-c", source, *map(str, arguments)]
    return Command(name, argv, os.environ, place / "logs" / f"{name}.log")


def only(supervisor: Supervisor) -> ServiceStatus:
    (status,) = supervisor.status()
    return status


def is_ready(service: Command) -> bool:
    return "ready" in service.log.read_text()


def dies(supervisor: Supervisor, service: Command) -> None:
    """Waits for its end and lets the supervisor notice."""
    assert eventually(lambda: not service.is_running())
    supervisor.poll()


def test_a_running_service_has_a_pid_and_no_restarts(supervisor: Supervisor, place: Path) -> None:
    service = command(place, "api", SLEEPER)
    supervisor.start(service)
    supervisor.poll()
    status = only(supervisor)
    assert (status.name, status.state, status.pid, status.restarts, status.problem) == (
        "api",
        ServiceState.RUNNING,
        service.pid,
        0,
        "",
    )


def test_pauses_double_up_to_half_a_minute_and_nobody_is_given_up(
    supervisor: Supervisor, time: Clock, place: Path
) -> None:
    service = command(place, "api", "raise SystemExit(3)")
    supervisor.start(service)
    for restart, pause_s in enumerate([0.5, 1, 2, 4, 8, 16, 30, 30, 30]):
        dies(supervisor, service)
        status = only(supervisor)
        assert (status.state, status.restarts, status.problem) == (ServiceState.WAITING, restart, "ended with status 3")
        time.now += pause_s - 0.01
        supervisor.poll()
        assert only(supervisor).state is ServiceState.WAITING
        time.now += 0.02
        supervisor.poll()
        assert only(supervisor).restarts == restart + 1


def test_half_a_minute_of_health_makes_the_next_pause_short_again(
    supervisor: Supervisor, time: Clock, place: Path
) -> None:
    service = command(place, "api", SLEEPER)
    supervisor.start(service)
    for healthy_s, pause_s in [(29, 0.5), (29, 1), (29, 2), (31, 0.5)]:
        time.now += healthy_s
        supervisor.poll()
        assert service.pid is not None
        os.kill(service.pid, signal.SIGKILL)
        dies(supervisor, service)
        assert only(supervisor).problem == "killed by SIGKILL"
        time.now += pause_s - 0.01
        supervisor.poll()
        assert only(supervisor).state is ServiceState.WAITING
        time.now += 0.02
        supervisor.poll()
        assert only(supervisor).state is ServiceState.RUNNING


def test_one_that_dies_does_not_touch_the_others(supervisor: Supervisor, time: Clock, place: Path) -> None:
    supervisor.start(command(place, "steady", SLEEPER))
    frail = command(place, "frail", SLEEPER)
    supervisor.start(frail)
    steady_pid = supervisor.status()[0].pid
    assert frail.pid is not None
    os.kill(frail.pid, signal.SIGKILL)
    dies(supervisor, frail)
    time.now += 1
    supervisor.poll()
    steady, restarted = supervisor.status()
    assert (steady.pid, steady.restarts) == (steady_pid, 0)
    assert (restarted.state, restarted.restarts) == (ServiceState.RUNNING, 1)


def test_a_program_that_cannot_start_is_refused_at_first_and_not_watched(supervisor: Supervisor, place: Path) -> None:
    with pytest.raises(StartFailed, match="/nowhere/program"):
        supervisor.start(Command("api", ["/nowhere/program"], os.environ, place / "api.log"))
    assert supervisor.status() == ()


def test_stops_in_reverse_order(supervisor: Supervisor, place: Path) -> None:
    services = [command(place, name, POLITE, place / "order", name) for name in ("one", "two", "three")]
    for service in services:
        supervisor.start(service)
    assert eventually(lambda: all(map(is_ready, services)))

    supervisor.stop()

    assert (place / "order").read_text().split() == ["three", "two", "one"]
    assert {status.state for status in supervisor.status()} == {ServiceState.STOPPED}


class Lingering:
    """A service that takes all the time it is given to stop."""

    name = "lingering"
    pid = None
    exit_status = None

    def __init__(self, time: Clock) -> None:
        self.time = time
        self.given_s = 0.0

    def is_running(self) -> bool:
        return True

    def start(self) -> None:
        """Needs no time to start."""

    def stop(self, limit_s: float) -> None:
        self.given_s = limit_s
        self.time.now += limit_s


def test_everyone_has_time_to_stop_and_all_together_keep_the_limit(supervisor: Supervisor, time: Clock) -> None:
    services = [Lingering(time) for _ in range(6)]
    for service in services:
        supervisor.start(service)
    supervisor.stop(limit_s=14)
    assert [service.given_s for service in services] == [1, 1, 1, 1, 4, 6]
    assert time.now == 14


def test_one_that_does_not_listen_is_killed_with_its_children(place: Path) -> None:
    supervisor = Supervisor()
    service = command(place, "deaf", DEAF)
    supervisor.start(service)
    assert eventually(lambda: is_ready(service))
    assert service.pid is not None
    processes = [service.pid, *family(service.pid)]
    assert len(processes) == 2

    supervisor.stop(limit_s=0.2)

    assert eventually(lambda: not any(map(runs, processes)))


def test_children_of_one_that_died_are_gone_before_its_restart(
    supervisor: Supervisor, time: Clock, place: Path
) -> None:
    service = command(place, "api", DEAF)
    supervisor.start(service)
    assert eventually(lambda: is_ready(service))
    assert service.pid is not None
    (child,) = family(service.pid)
    os.kill(service.pid, signal.SIGKILL)
    dies(supervisor, service)
    assert eventually(lambda: not runs(child))


def test_a_stopped_service_stays_stopped(supervisor: Supervisor, time: Clock, place: Path) -> None:
    supervisor.start(command(place, "api", SLEEPER))
    supervisor.stop()
    time.now += 100
    supervisor.poll()
    assert only(supervisor).state is ServiceState.STOPPED
    assert only(supervisor).pid is None


def test_output_is_kept_across_restarts_and_a_big_log_makes_room(
    supervisor: Supervisor, time: Clock, place: Path
) -> None:
    service = command(place, "api", "print('said')")
    supervisor.start(service)
    dies(supervisor, service)
    time.now += 1
    supervisor.poll()
    dies(supervisor, service)
    assert service.log.read_text() == "said\nsaid\n"
    with service.log.open("ab") as file:
        file.truncate(10 * 1024 * 1024 + 1)

    time.now += 2
    supervisor.poll()
    dies(supervisor, service)

    assert service.log.read_text() == "said\n"
    assert (place / "logs" / "api.log.1").stat().st_size == 10 * 1024 * 1024 + 1


def test_servers_that_die_come_back_under_the_same_address_with_their_data(
    supervisor: Supervisor, time: Clock, own_postgres: PostgreSQL, own_valkey: Valkey
) -> None:
    supervisor.start(own_postgres)
    supervisor.start(own_valkey)
    addresses = own_postgres.url(), own_valkey.url
    sql(own_postgres, "CREATE TABLE kept AS SELECT 42 AS value")
    with client(own_valkey) as connection:
        connection.set("kept", "42")
    for pid in (own_postgres.pid, own_valkey.pid):
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not own_postgres.is_running() and not own_valkey.is_running())

    def back() -> bool:
        time.now += 1
        supervisor.poll()
        return all(status.state is ServiceState.RUNNING and status.restarts for status in supervisor.status())

    assert eventually(back)
    assert (own_postgres.url(), own_valkey.url) == addresses
    assert sql(own_postgres, "SELECT value FROM kept") == 42
    with client(own_valkey) as connection:
        assert connection.get("kept") == b"42"
