"""Stand-ins for the platform's processes, so that tests of `matchpoint up` are about `up` alone.

`install` copies what `up` needs and this file, once per command, into a directory. Each stand-in notes what it was
given in `$STUB_NOTES/<command>.json`, and `stopped.txt` lists the commands in the order in which they ended.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parents[2]
ONCE = ("migrate", "seed")
FOR_EVER = ("api", "relay", "worker", "play")
NAMED = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL", "PYTHONUNBUFFERED")


def install(house: Path) -> None:
    """Makes a directory from which `python -m cli.main up` runs with stand-ins."""
    for package in ("domain/kernel", "domain/infra/embedded"):
        shutil.copytree(ROOT / package, house / package)
    (house / "cli").mkdir()
    for module in ("domain/__init__.py", "domain/infra/__init__.py", "domain/infra/settings.py"):
        shutil.copy(ROOT / module, house / module)
    for name in ("__init__", "main", "up", "display"):
        shutil.copy(ROOT / "cli" / f"{name}.py", house / "cli")
    for name in (*ONCE, *FOR_EVER):
        shutil.copy(__file__, house / "cli" / f"{name}.py")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Takes whatever `up` passes to any of the commands."""
    for name in ("--url", "--metrics"):
        parser.add_argument(name)
    parser.add_argument("--fd", type=int)
    for name in ("--demo", "--forever"):
        parser.add_argument(name, action="store_true")


def run(arguments: argparse.Namespace) -> int:
    """Behaves like the command whose name this copy of the file bears."""
    name = Path(__file__).stem
    notes = Path(os.environ["STUB_NOTES"])

    def stop(number: int, frame: FrameType | None) -> None:
        with (notes / "stopped.txt").open("a") as file:
            file.write(f"{name} ")
        sys.exit()

    signal.signal(signal.SIGTERM, stop)
    given = {"pid": os.getpid(), "arguments": vars(arguments), "environment": {key: os.environ[key] for key in NAMED}}
    fresh = notes / f"{name}.new"
    fresh.write_text(json.dumps(given))
    fresh.rename(notes / f"{name}.json")
    if os.environ.get("STUB_FAILS") == name:
        print(f"{name} has a reason")
        return 1
    if os.environ.get("STUB_HANGS") == name or name in FOR_EVER[1:]:
        signal.pause()
    if name == "api":
        server = HTTPServer(("127.0.0.1", 0), _Ready, bind_and_activate=False)
        server.socket = socket.socket(fileno=arguments.fd)
        server.serve_forever()
    return 0


class _Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()
