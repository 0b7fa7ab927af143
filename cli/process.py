"""What long-running commands have in common: settings, logs, metrics, and an end in good order."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

import uvloop
from prometheus_client import start_http_server

from domain.infra import telemetry
from domain.infra.settings import InvalidSetting, Settings


def add_metrics_argument(parser: argparse.ArgumentParser) -> None:
    """Declares where the process shows its metrics."""
    parser.add_argument(
        "--metrics", type=_address, metavar="HOST:PORT", help="address to serve Prometheus metrics on (default: none)"
    )


def serve(name: str, metrics: tuple[str, int] | None, work: Callable[[Settings], Awaitable[None]]) -> int:
    """Runs `work` until SIGTERM or SIGINT cancels it, and gives the exit status.

    Raises:
        InvalidSetting: a setting is missing or malformed.
    """
    settings = Settings.from_environment()
    telemetry.configure(settings, name)
    if metrics is not None:
        serve_metrics(*metrics)
    uvloop.run(_until_stopped(work(settings)))
    return 0


async def _until_stopped(work: Awaitable[None]) -> None:
    telemetry.count_tasks()
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


def serve_metrics(host: str, port: int) -> None:
    """Shows the metrics of this process at an address of its own, from now on.

    Raises:
        InvalidSetting: nothing can listen there.
    """
    try:
        start_http_server(port, host)
    except OSError as error:
        raise InvalidSetting(f"cannot serve metrics on {host}:{port}: {error.strerror}.") from error


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise argparse.ArgumentTypeError("an address is HOST:PORT, such as 127.0.0.1:9100")
    return host.strip("[]"), int(port)
