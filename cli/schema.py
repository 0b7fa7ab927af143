"""`matchpoint schema`: prints the GraphQL schema, writes it down, or checks what is written."""

from __future__ import annotations

import argparse
import difflib
import sys
from pathlib import Path

from schema.root import build_schema

WRITTEN = Path(__file__).resolve().parents[1] / "schema" / "schema.graphql"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint schema`."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--write", type=Path, nargs="?", const=WRITTEN, metavar="FILE", help="write it to a file (default: %(const)s)"
    )
    what.add_argument(
        "--check",
        type=Path,
        nargs="?",
        const=WRITTEN,
        metavar="FILE",
        help="compare it with a file (default: %(const)s), show the difference and fail if there is one",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints, writes or checks the schema, and gives the exit status: 1 when the file says something else."""
    text = build_schema().as_str().rstrip() + "\n"
    if arguments.write is not None:
        arguments.write.write_text(text)
    elif arguments.check is not None:
        return _check(arguments.check, text)
    else:
        sys.stdout.write(text)
    return 0


def _check(path: Path, text: str) -> int:
    written = path.read_text() if path.exists() else ""
    if written == text:
        return 0
    sys.stdout.writelines(
        difflib.unified_diff(written.splitlines(True), text.splitlines(True), str(path), "the schema of this server")
    )
    print(f"{path} is not the schema of this server; `matchpoint schema --write` updates it.", file=sys.stderr)
    return 1
