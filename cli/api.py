"""`matchpoint api`: serves the GraphQL API over HTTP and WebSocket."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import socket
from functools import partial
from types import FrameType
from typing import NoReturn, cast

import uvicorn
from starlette.applications import Starlette

from app import create_app
from cli.process import add_metrics_argument, serve_metrics
from domain.infra import telemetry
from domain.infra.settings import InvalidSetting, Settings
from schema.server.messages import MAX_MESSAGE
from schema.server.quotas import Callers
from schema.server.wire import HTTPProtocol, WebSocketProtocol

_STOP_LIMIT_S = 5
# Connections that wait to be accepted. Of more the kernel drops the first packets, and after a minute of that a client
# whose handshake seemed to go well is reset. Linux allows 4096, unless net.core.somaxconn says otherwise.
_BACKLOG = 4096
# After how many objects more the collector looks at the new ones, and how often at all. With thousands of connections
# Python's own numbers spend more on looking than on serving; what ends here is freed without it.
_COLLECT_AFTER = (10_000, 20, 20)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint api`."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    parser.add_argument(
        "--fd",
        type=int,
        action="append",
        help="number of a listening socket that this process has inherited, instead of --host and --port; several API"
        " processes may share one; can be repeated",
    )
    add_metrics_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serves until interrupted, and gives the exit status.

    Raises:
        InvalidSetting: a setting is missing or malformed, or a number of --fd is no listening socket.
    """
    signal.signal(signal.SIGTERM, _end)
    settings = Settings.from_environment()
    telemetry.configure(settings, "api")
    sockets = [_inherited(number) for number in arguments.fd or ()]
    if arguments.metrics is not None:
        serve_metrics(*arguments.metrics)
    server = uvicorn.Server(configuration(create_app(settings), settings, arguments.host, arguments.port))
    spare_collection()
    server.run(sockets or None)
    return 0 if server.started else 1


def configuration(app: Starlette, settings: Settings, host: str, port: int) -> uvicorn.Config:
    """How uvicorn serves an application."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="uvloop",
        http=cast("type[asyncio.Protocol]", partial(HTTPProtocol, Callers.of(settings))),
        ws=WebSocketProtocol,
        # A little more than is allowed, so that the server itself can say what is wrong with a message.
        ws_max_size=2 * MAX_MESSAGE,
        ws_per_message_deflate=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_STOP_LIMIT_S,
        # Always said: uvicorn alone would believe whoever is on this machine.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        access_log=False,
        log_config=None,
        server_header=False,
    )


def spare_collection() -> None:
    """Let the garbage collector look seldom, and not at what has been made so far: that stays, and takes 60 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


def _inherited(number: int) -> socket.socket:
    try:
        found = socket.socket(fileno=number)
    except (OSError, ValueError, OverflowError) as error:
        raise InvalidSetting(f"--fd {number} is no socket that this process has inherited.") from error
    if not found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        found.close()
        raise InvalidSetting(f"--fd {number} is a socket that does not listen.")
    return found


def _end(number: int, frame: FrameType | None) -> NoReturn:
    # uvicorn stops well by itself and then repeats the signal; that is no reason to look as if it had been killed.
    raise SystemExit(0)
