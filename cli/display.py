"""What `matchpoint up` shows: a live table on a terminal, otherwise one line for each change."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from domain.infra.embedded.supervisor import ServiceState, ServiceStatus

_PAGES = ("/", "/graphql", "/graphiql", "/metrics")
_DEMO_PAGE = "/live/demo"
_STYLES = {ServiceState.RUNNING: "green", ServiceState.WAITING: "yellow", ServiceState.STOPPED: "dim"}


class Display:
    """Shows start-up steps with their durations, then the services.

    `url` is where the API answers, `logs` the directory of the services' output, `password` the file with that of the
    administrator, who alone may use GraphiQL.
    """

    def __init__(self, url: str, logs: Path, password: Path, console: Console, *, demo: bool) -> None:
        self._pages = [url + page for page in ((_DEMO_PAGE, *_PAGES) if demo else _PAGES)]
        self._logs = logs
        self._password = password
        self._console = console
        self._live: Live | None = None
        self._shown: dict[str, str] = {}

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Shows that a step runs and, when it is through, how long it took."""
        began = time.monotonic()
        self._console.print(f"{title:<28} ", end="", highlight=False)
        try:
            yield
        except BaseException as error:
            interrupted = isinstance(error, KeyboardInterrupt)
            self._console.print("interrupted" if interrupted else "[red]failed[/red]")
            raise
        self._console.print(f"[green]{time.monotonic() - began:6.2f} s[/green]", highlight=False)

    @contextmanager
    def running(self) -> Iterator[None]:
        """While it lasts, `update` shows the services."""
        if not self._console.is_terminal:
            self._console.print(f"Ready: {' '.join(self._pages)}", soft_wrap=True, highlight=False)
            self._console.print(f"Logs: {self._logs}", soft_wrap=True, highlight=False)
            self._console.print(self._administrator(), soft_wrap=True, highlight=False)
            yield
            return
        # No refreshing thread: this process forks, and forking is simplest where there is one thread.
        with Live(console=self._console, auto_refresh=False) as self._live:
            yield
        self._live = None

    def update(self, services: Sequence[ServiceStatus], *, api_ready: bool) -> None:
        """Shows the services as they are now."""
        if self._live is not None:
            self._live.update(self._table(services, api_ready=api_ready), refresh=True)
            return
        for service in services:
            line = f"{service.name}: {_health(service, api_ready=api_ready)}"
            if service.pid:
                line += f", pid {service.pid}"
            if service.restarts:
                line += f", restarts {service.restarts}"
            if self._shown.get(service.name) != line:
                self._shown[service.name] = line
                self._say(line)

    def started(self, duration_s: float) -> None:
        """Says that everything is up."""
        self._say(f"Started in {duration_s:.1f} s")

    def stopping(self) -> None:
        """Says that the services are being stopped."""
        self._say("Stopping")

    def stopped(self, duration_s: float) -> None:
        """Says that everything has ended."""
        self._say(f"Stopped in {duration_s:.1f} s")

    def _administrator(self) -> str:
        where = f"in {self._password}" if self._password.exists() else "as ADMIN_PASSWORD said at the first start"
        return f"GraphiQL is for the administrator, admin@matchpoint.local; the password is {where}."

    def _say(self, line: str) -> None:
        now = datetime.now().astimezone()  # people compare it with their own clock
        self._console.print(Text(f"{now:%H:%M:%S} {line}"), soft_wrap=True)

    def _table(self, services: Sequence[ServiceStatus], *, api_ready: bool) -> Group:
        table = Table(box=None, pad_edge=False)
        for title in ("Service", "Health", "Pid", "Restarts", "For"):
            table.add_column(title, justify="right" if title in ("Pid", "Restarts", "For") else "left")
        for service in services:
            table.add_row(
                service.name,
                Text(_health(service, api_ready=api_ready), style=_STYLES[service.state]),
                str(service.pid or ""),
                str(service.restarts),
                _age(service.since),
            )
        pages = Text("\n".join(self._pages), style="cyan")
        footer = Text(f"{self._administrator()}\nLogs are in {self._logs}. Ctrl-C stops everything.", style="dim")
        return Group("", table, "", pages, "", footer)


def _health(service: ServiceStatus, *, api_ready: bool) -> str:
    if service.state is ServiceState.WAITING:
        return f"down, restarting: {service.problem}"
    if service.name.partition("-")[0] == "api" and service.state is ServiceState.RUNNING:
        return "ready" if api_ready else "not ready"
    return str(service.state.value)


def _age(since: datetime) -> str:
    seconds = int((datetime.now(UTC) - since).total_seconds())
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}:{minutes:02}:{seconds % 60:02}"
