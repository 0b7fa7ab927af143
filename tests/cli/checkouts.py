"""Checkouts for tests: a schema and documents, in a git repository."""

from __future__ import annotations

import subprocess
from pathlib import Path


def git(root: Path, *arguments: str) -> None:
    """Does something in a repository."""
    who = ("-c", "user.name=A test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", root, *who, *arguments], check=True, capture_output=True)


def write(root: Path, schema: str, sources: dict[str, str]) -> None:
    """Makes these the files of a checkout."""
    folder = root / "schema" / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "schema" / "schema.graphql").write_text(schema)
    for file in folder.iterdir():
        file.unlink()
    for name, source in sources.items():
        (folder / f"{name}.graphql").write_text(source)


def commit(root: Path, schema: str, sources: dict[str, str]) -> None:
    """Makes these the files of a new commit."""
    write(root, schema, sources)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "a state")
