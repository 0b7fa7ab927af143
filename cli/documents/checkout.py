"""The schema and the first-party documents of this checkout, as they are and as they were."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_SCHEMA = "schema/schema.graphql"
_DOCUMENTS = "schema/documents"
_LIMIT_S = 60


class NoSuchRevision(Exception):
    """The checkout does not have this revision, or the revision does not have the schema."""


class _GitRefused(Exception):
    """Git cannot do this here; the message is its own."""


@dataclass(frozen=True, slots=True)
class State:
    """A schema, and the text of each first-party document by its name."""

    schema: str
    documents: Mapping[str, str]


def current(root: Path) -> State:
    """The files as they are."""
    return State(
        schema=(root / _SCHEMA).read_bytes().decode(),
        documents={path.stem: path.read_bytes().decode() for path in sorted((root / _DOCUMENTS).glob("*.graphql"))},
    )


def at(root: Path, revision: str) -> State:
    """The files as they were at a revision.

    Raises:
        NoSuchRevision: there is no such revision here, no schema in it, or no git at all.
    """
    try:
        return _read(root, _git(root, "rev-parse", "--verify", "--end-of-options", f"{revision}^{{commit}}").strip())
    except _GitRefused as error:
        raise NoSuchRevision(f"There is no revision {revision} with a schema here (git: {error}).") from error


def _read(root: Path, commit: str) -> State:
    listing = _git(root, "ls-tree", "--name-only", commit, f"{_DOCUMENTS}/")
    paths = [Path(line) for line in listing.splitlines() if line.endswith(".graphql")]
    return State(
        schema=_git(root, "show", f"{commit}:./{_SCHEMA}"),
        documents={path.stem: _git(root, "show", f"{commit}:./{path.as_posix()}") for path in paths},
    )


def _git(root: Path, *arguments: str) -> str:
    program = shutil.which("git")
    if program is None:
        raise _GitRefused("git is not here.")
    done = subprocess.run(  # noqa: S603  (git, with arguments that are no options)
        [program, "-C", str(root), *arguments], capture_output=True, check=False, timeout=_LIMIT_S
    )
    if done.returncode != 0:
        raise _GitRefused(done.stderr.decode(errors="replace").strip().removeprefix("fatal: "))
    return done.stdout.decode()
