"""`matchpoint export`: writes an event of a server as JSON of our own, which `matchpoint import` reads."""

from __future__ import annotations

import argparse
import asyncio
import sys

from graphql import parse

from cli.event_files import write
from cli.play.client import Refused, Server, Unreachable

_REFUSED = 2
_EXPORT = parse("query Export($slug: String!) { answer: tournamentExport(slug: $slug) }")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint export`."""
    parser.add_argument("slug", metavar="SLUG", help="the event, as in its address")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="address of the server (default: %(default)s)")
    parser.add_argument("--write", metavar="OUT", default="-", help="where to; - prints it (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Writes the event, and gives the exit status: 2 where the server has none that has begun.

    Raises:
        InvalidInput: the file cannot be written.
    """
    try:
        event = asyncio.run(_exported(arguments.url, arguments.slug))
    except (Refused, Unreachable) as error:
        print(f"matchpoint export: {' '.join(str(error).split())}", file=sys.stderr)
        return _REFUSED
    write(arguments.write, event.encode())
    return 0


async def _exported(url: str, slug: str) -> str:
    """The event as it is now.

    Raises:
        Refused: there is none that has begun, or the server said no.
        Unreachable: it stayed away.
    """
    async with Server(url) as server:
        told = await server.ask(_EXPORT, {"slug": slug})
        if told is None:
            raise Refused("", "", f"There is no event at the address {slug!r} that has begun.")
        return str(told)
