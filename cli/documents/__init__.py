"""`matchpoint documents`: publishes partners' documents, tells their use, and holds the schema to what is in use."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from cli.documents.checkout import ROOT, NoSuchRevision
from cli.documents.diff import DEFAULT_BASE, tell_difference
from cli.documents.manifest import InvalidManifest
from cli.documents.publishing import publish
from cli.documents.usage import tell_usage
from cli.play.client import Refused, Unreachable

_REFUSED = 2
_TOKEN = "MATCHPOINT_TOKEN"  # noqa: S105  (the name of a variable)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint documents`."""
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    release = what.add_parser("publish", help="publish a release of a partner's documents, all of them or none")
    release.add_argument(
        "manifest", type=Path, metavar="MANIFEST", help="a JSON file of a build tool, or a folder of .graphql files"
    )
    release.add_argument("--label", required=True, help="what to call the release, such as 1.4.0")
    usage = what.add_parser("usage", help="show how often each document of a partner was asked for")
    usage.add_argument("--days", type=int, default=30, help="how many, today included (default: %(default)s)")
    usage.add_argument("--json", action="store_true", help="print one line of JSON instead of a table")
    for command in (release, usage):
        command.add_argument("--partner", required=True, metavar="SLUG", help="whose documents")
        command.add_argument("--url", required=True, help="address of the server")
        _add_token(command, "a manager's")
    diff = what.add_parser("diff", help="fail if a change of the schema breaks a document that is in use")
    diff.add_argument("--base", metavar="REV", help=f"the git revision to compare with (default: {DEFAULT_BASE})")
    diff.add_argument("--url", help="address of a server whose partners' documents are looked at, too")
    _add_token(diff, "with --url, an administrator's")


def run(arguments: argparse.Namespace) -> int:
    """Does one of these, and gives the exit status: 1 when a live document is broken, 2 for a refusal."""
    try:
        return asyncio.run(_run(arguments))
    except (InvalidManifest, NoSuchRevision, Refused, Unreachable) as error:
        print(f"matchpoint documents: {' '.join(str(error).split())}", file=sys.stderr)
        return _REFUSED


async def _run(arguments: argparse.Namespace) -> int:
    if arguments.what == "diff":
        server = None if arguments.url is None else (arguments.url, _token(arguments.token_file))
        return await tell_difference(ROOT, arguments.base, server)
    token = _token(arguments.token_file)
    if arguments.what == "publish":
        return await publish(arguments.manifest, arguments.partner, arguments.label, arguments.url, token)
    return await tell_usage(arguments.partner, arguments.days, arguments.url, token, as_json=arguments.json)


def _add_token(parser: argparse.ArgumentParser, whose: str) -> None:
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help=f"{whose} access token (default: the variable {_TOKEN})"
    )


def _token(path: Path | None) -> str:
    """The access token that was given.

    Raises:
        Refused: there is none.
    """
    try:
        found = os.environ.get(_TOKEN, "") if path is None else path.read_text()
    except OSError as error:
        raise Refused("", "", f"{path}: cannot be read: {error.strerror}.") from error
    token = found.strip()
    if not token.isascii() or not token.isprintable() or not token:
        raise Refused("", "", f"an access token is needed, in {_TOKEN} or a file named with --token-file.")
    return token
