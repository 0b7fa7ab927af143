"""`matchpoint up` starts everything in order, keeps it running, and leaves nothing behind however it ends."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cli import main
from cli.display import Display
from domain.infra.embedded import ServiceState, ServiceStatus
from domain.kernel.errors import DomainError
from tests.fixtures.processes import eventually, family, free_port, line_of, runs
from tests.infra import stub_commands


class House:
    """An installation with stand-ins for the platform's processes, and its `up`."""

    def __init__(self, place: Path) -> None:
        self.root = place / "house"
        self.data = place / "data"
        self.notes = place / "notes"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.notes.mkdir()
        stub_commands.install(self.root)

    @contextmanager
    def up(self, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
        """Runs `up`, and kills it at the end of the block if it still runs; notes of an `up` before it are gone."""
        for old in self.notes.iterdir():
            old.unlink()
        outside = {name: value for name, value in os.environ.items() if name not in stub_commands.NAMED}
        command = [sys.executable, "-m", "cli.main", "up", "--data-dir", str(self.data), "--port", str(self.port)]
        with subprocess.Popen(
            [*command, *arguments],
            cwd=self.root,
            env={**outside, "STUB_NOTES": str(self.notes), "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                everyone = family(process.pid)
                process.kill()
                assert eventually(lambda: not any(map(runs, everyone)))

    def note(self, command: str) -> Any:
        """What the stand-in was given; waits for it to run, since `up` lets them start beside each other."""
        assert eventually(lambda: self.was_called(command))
        return json.loads((self.notes / f"{command}.json").read_text())

    def was_called(self, command: str) -> bool:
        """Whether the stand-in has run, now or before, under the newest `up`."""
        return (self.notes / f"{command}.json").exists()


@pytest.fixture
def house(place: Path) -> House:
    return House(place)


def wait_for(process: subprocess.Popen[str], words: str) -> str:
    """Reads what it prints until a line has these words."""
    while words not in (line := line_of(process)):
        pass
    return line


def ends(process: subprocess.Popen[str], signal_number: signal.Signals | None = None) -> tuple[int, str, str]:
    """Its exit status and the rest of its output and errors."""
    if signal_number is not None:
        process.send_signal(signal_number)
    output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


def test_starts_in_order_and_stops_in_reverse_order(house: House) -> None:
    with house.up() as process:
        assert wait_for(process, "Ready:").endswith(
            " ".join(house.url + page for page in ("/live/demo", "/", "/graphql", "/graphiql", "/metrics"))
        )
        assert eventually(lambda: all(map(house.was_called, stub_commands.FOR_EVER)))
        everyone = family(process.pid)
        status, output, errors = ends(process, signal.SIGTERM)
    assert (status, errors) == (0, "")
    assert "Stopped in" in output
    assert eventually(lambda: not any(map(runs, everyone)))
    assert (house.notes / "stopped.txt").read_text().split() == ["play", "worker", "relay", "api"]
    assert not (house.data / "postgresql" / "data" / "postmaster.pid").exists()
    order = sorted((*stub_commands.ONCE, "api"), key=lambda name: (house.notes / f"{name}.json").stat().st_mtime_ns)
    assert order == ["migrate", "seed", "api"]


def test_children_get_addresses_and_one_lasting_secret(house: House) -> None:
    secrets = []
    for _ in range(2):
        with house.up() as process:
            wait_for(process, "Ready:")
            given = [house.note(name) for name in (*stub_commands.ONCE, *stub_commands.FOR_EVER)]
            assert ends(process, signal.SIGINT)[0] == 0
        environment = given[0]["environment"]
        assert all(note["environment"] == environment for note in given)
        assert environment["DATABASE_URL"].startswith("postgresql+asyncpg://postgres@/matchpoint?host=")
        assert environment["REDIS_URL"].startswith("unix://")
        assert environment["PUBLIC_URL"] == house.url
        assert environment["PYTHONUNBUFFERED"] == "1"
        secrets.append(environment["SECRET_KEY"])
    key = house.data / "secret.key"
    assert secrets == [key.read_text()] * 2
    assert len(secrets[0]) == 64
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    demo = house.note("play")["arguments"]
    assert (demo["url"], demo["demo"], demo["forever"]) == (house.url, True, True)


def test_servers_given_from_outside_are_used_and_none_is_started(house: House) -> None:
    given = {
        "DATABASE_URL": "postgresql+asyncpg://elsewhere/db",
        "REDIS_URL": "redis://elsewhere",
        "SECRET_KEY": "s" * 40,
    }
    with house.up("--no-demo", **given) as process:
        wait_for(process, "Ready:")
        assert eventually(lambda: house.was_called("worker"))
        assert ends(process, signal.SIGTERM)[0] == 0
    environment = house.note("worker")["environment"]
    assert {name: environment[name] for name in given} == given
    assert sorted(path.name for path in house.data.iterdir()) == ["lock", "logs"]
    assert not house.was_called("play")


def test_a_process_that_dies_is_restarted(house: House) -> None:
    with house.up() as process:
        wait_for(process, "relay: running")
        first = house.note("relay")["pid"]
        os.kill(first, signal.SIGKILL)
        wait_for(process, "relay: down, restarting: killed by SIGKILL")
        line = wait_for(process, "relay: running")
        assert line.endswith("restarts 1")
        assert eventually(lambda: house.note("relay")["pid"] != first)
        assert ends(process, signal.SIGTERM)[0] == 0


def test_several_api_processes_share_the_port(house: House) -> None:
    with house.up("--api-workers", "2", "--metrics-port", "19300", "--no-demo") as process:
        wait_for(process, "api-1: ready")
        second = int(wait_for(process, "api-2: ready").rsplit(" ", 1)[1])
        metrics = [house.note(name)["arguments"]["metrics"] for name in ("relay", "worker")]
        os.kill(second, signal.SIGKILL)
        wait_for(process, "api-2: down, restarting: killed by SIGKILL")
        assert wait_for(process, "api-2: ready").endswith("restarts 1")
        logs = {path.name for path in (house.data / "logs").glob("api*")}
        assert ends(process, signal.SIGTERM)[0] == 0
    assert metrics == ["127.0.0.1:19302", "127.0.0.1:19303"]
    assert logs == {"api-1.log", "api-2.log"}
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", house.port)) != 0


@pytest.mark.parametrize("wrong", ["0", "65", "two"])
def test_a_number_of_api_processes_is_in_bounds(house: House, wrong: str) -> None:
    with house.up("--api-workers", wrong) as process:
        status, _, errors = ends(process)
    assert status == 2
    assert "--api-workers" in errors
    assert not house.data.exists()


def test_nothing_outlives_a_killed_up(house: House) -> None:
    with house.up() as process:
        wait_for(process, "demo: running")
        everyone = family(process.pid)
        assert len(everyone) >= 6
        process.kill()
        assert eventually(lambda: not any(map(runs, everyone)))
    with house.up() as process:
        wait_for(process, "Ready:")
        assert ends(process, signal.SIGTERM)[0] == 0


def test_a_second_up_is_refused_and_the_first_is_named(house: House) -> None:
    with house.up() as first:
        wait_for(first, "Ready:")
        with house.up() as second:
            status, _, errors = ends(second)
        assert status == 2
        assert errors.count("\n") == 1
        assert f"pid {first.pid}, {house.url}" in errors
        assert first.poll() is None
        assert ends(first, signal.SIGTERM)[0] == 0


def test_a_port_in_use_is_refused_before_anything_starts(house: House) -> None:
    with socket.create_server(("127.0.0.1", house.port)), house.up() as process:
        status, _, errors = ends(process)
    assert status == 2
    assert errors == (
        f"matchpoint up: Port {house.port} of 127.0.0.1 is in use. "
        "Stop what listens there or choose another with --port.\n"
    )
    assert not (house.data / "postgresql").exists()


def test_an_address_of_another_machine_is_refused(house: House) -> None:
    with house.up("--host", "192.0.2.1") as process:
        status, _, errors = ends(process)
    assert status == 2
    assert "192.0.2.1" in errors
    assert errors.count("\n") == 1


def test_a_data_directory_that_cannot_be_is_refused(house: House) -> None:
    house.data.touch()
    with house.up() as process:
        status, _, errors = ends(process)
    assert status == 2
    assert f"Cannot write to {house.data}" in errors
    assert errors.count("\n") == 1


@pytest.mark.parametrize("culprit", ["migrate", "seed", "api"])
def test_a_failed_start_says_why_and_leaves_nothing(house: House, culprit: str) -> None:
    with house.up(STUB_FAILS=culprit) as process:
        status, output, errors = ends(process)
    assert status == 2
    assert errors.startswith(f"matchpoint up: {culprit} ended with status 1: ")
    assert f"{culprit} has a reason" in errors
    assert f"(log: {house.data}/logs/{culprit}.log)" in errors
    assert errors.count("\n") == 1
    assert "failed" in output
    assert not (house.data / "postgresql" / "data" / "postmaster.pid").exists()
    assert not house.was_called("play")


def test_an_interrupt_while_starting_leaves_nothing(house: House) -> None:
    with house.up(STUB_HANGS="migrate") as process:
        assert eventually(lambda: house.was_called("migrate"))
        everyone = family(process.pid)
        status, output, errors = ends(process, signal.SIGINT)
    assert (status, errors) == (0, "")
    assert "interrupted" in output
    assert eventually(lambda: not any(map(runs, everyone)))


def test_a_terminal_gets_a_table() -> None:
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100)
    display = Display("http://127.0.0.1:8000", Path("/data/logs"), Path("/data/admin-password"), console, demo=True)
    api = ServiceStatus("api", ServiceState.RUNNING, 4711, 0, datetime.now(UTC), "")
    relay = ServiceStatus("relay", ServiceState.WAITING, None, 3, datetime.now(UTC), "ended with status 1")
    with display.running():
        display.update((api, relay), api_ready=False)
        display.update((api, relay), api_ready=True)
    shown = screen.getvalue()
    for words in (
        "Health",
        "not ready",
        "ready",
        "4711",
        "down, restarting: ended with status 1",
        "/live/demo",
        "/data/logs",
    ):
        assert words in shown


class Failing:
    """A command that ends as the test says."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def add_arguments(self, parser: object) -> None:
        """Takes none."""

    def run(self, arguments: object) -> int:
        raise self.error


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [(DomainError("Not like this."), 2, "matchpoint worker: Not like this.\n"), (KeyboardInterrupt(), 130, "")],
)
def test_refusals_are_one_line_and_an_interrupt_is_silent(
    error: BaseException,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "cli.worker", Failing(error))
    assert main.main(["worker"]) == status
    assert capsys.readouterr().err == said


def test_an_unknown_command_is_refused_with_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["dance"])
    assert ended.value.code == 2
    assert "'dance'" in capsys.readouterr().err


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in main.COMMANDS)
