"""`matchpoint <command>`: finds the command, reads its arguments, runs it, and turns refusals into one line."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Protocol, cast

from domain.infra.settings import InvalidSetting
from domain.kernel.errors import DomainError

COMMANDS = {
    "up": ("cli.up", "start everything: PostgreSQL, Valkey, API, relay, worker and a live demo"),
    "api": ("cli.api", "serve the GraphQL API over HTTP and WebSocket"),
    "worker": ("cli.worker", "run reactions to recorded facts, and regular duties"),
    "relay": ("cli.relay", "hand recorded facts to the bus and the queue"),
    "migrate": ("cli.migrate", "bring the tables and the catalogue of games up to date"),
    "seed": ("cli.seed", "make the administrator, once"),
    "schema": ("cli.schema", "print the GraphQL schema"),
    "standings": ("cli.standings", "print the standings of an event in a file, by tie-breaks"),
    "pair": ("cli.pair", "pair the next round of an event in a file, with reasons"),
    "plan": ("cli.plan", "print the Python a GraphQL document is compiled to"),
    "import": ("cli.importing", "check an event of another platform in files, and what its results lead to"),
    "export": ("cli.exporting", "write an event of a server as JSON of our own"),
    "play": ("cli.play", "play a recorded event, or the demo, through the API"),
    "documents": ("cli.documents", "publish, count and protect registered documents"),
}
_REFUSED = 2
_INTERRUPTED = 130


class _Command(Protocol):
    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, arguments: argparse.Namespace) -> int: ...


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit status: 2 for a refusal, 130 after Ctrl-C."""
    given = list(sys.argv[1:] if argv is None else argv)
    name = _parser().parse_args(given[:1]).command
    try:
        command = _imported(name)
        parser = argparse.ArgumentParser(prog=f"matchpoint {name}", description=COMMANDS[name][1])
        command.add_arguments(parser)
        return command.run(parser.parse_args(given[1:]))
    except KeyboardInterrupt:
        return _INTERRUPTED
    except (DomainError, InvalidSetting) as error:
        print(f"matchpoint {name}: {error}", file=sys.stderr)
        return _REFUSED


def _parser() -> argparse.ArgumentParser:
    listing = "\n".join(f"  {name:<9} {about}" for name, (_, about) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="matchpoint",
        description="The platform competitive play runs on.",
        epilog=f"commands:\n{listing}\n\n`matchpoint COMMAND --help` tells more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="one of the commands below")
    return parser


def _imported(name: str) -> _Command:
    if name == "up" and os.name == "nt":
        raise InvalidSetting("needs Linux or macOS; on Windows use WSL, or run the other commands one by one.")
    return cast(_Command, importlib.import_module(COMMANDS[name][0]))


if __name__ == "__main__":
    sys.exit(main())
