"""The documents of an application, as its build tools write them down."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_APOLLO = "apollo-persisted-query-manifest"
_HASH = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
# What a release may have at most, and what JSON adds.
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Written:
    """A document, and where it stands in the manifest."""

    place: str
    source: str


class InvalidManifest(Exception):
    """The manifest cannot be read, or says of a document an id that is not the hash of its text."""


def read_manifest(path: Path) -> list[Written]:
    """The documents of a manifest, each text once.

    A manifest is a JSON object of texts by id (with `sha256:`, as GraphQL Code Generator writes it, or without, as the
    Relay compiler does), the persisted query manifest of Apollo, or a folder of `.graphql` files with a document each.

    Raises:
        InvalidManifest: it is none of these, has no documents, or an id is not the SHA-256 of its text.
    """
    try:
        found = list(_folder(path) if path.is_dir() else _file(path))
    except OSError as error:
        raise InvalidManifest(f"{path}: cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InvalidManifest(f"{path}: is not text in UTF-8.") from error
    if not found:
        raise InvalidManifest(f"{path}: has no documents.")
    return list({written.source: written for written in reversed(found)}.values())[::-1]


def _folder(path: Path) -> Iterator[Written]:
    for file in sorted(path.rglob("*.graphql")):
        yield Written(file.relative_to(path).as_posix(), _text(file))


def _file(path: Path) -> Iterator[Written]:
    try:
        whole = json.loads(_text(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidManifest(f"{path}: is not JSON, and not a folder of .graphql files.") from error
    for place, key, source in _entries(whole, path):
        if not isinstance(source, str):
            raise InvalidManifest(f"{path}: {place} has no text.")
        match = _HASH.fullmatch(key) if isinstance(key, str) else None
        if match is None:
            raise InvalidManifest(
                f"{path}: {place} has an id that is no SHA-256 in hexadecimal; let your build tool write those."
            )
        if match[1] != hashlib.sha256(source.encode()).hexdigest():
            raise InvalidManifest(f"{path}: {place} has an id that is not the SHA-256 of its text; build it again.")
        yield Written(place, source)


def _entries(whole: Any, path: Path) -> Iterator[tuple[str, Any, Any]]:
    """The place, id and text of each document, unchecked."""
    if isinstance(whole, dict) and whole.get("format") == _APOLLO:
        for index, operation in enumerate(_list(whole.get("operations"), path)):
            found = operation if isinstance(operation, dict) else {}
            yield str(found.get("name") or f"operation {index}"), found.get("id"), found.get("body")
    elif isinstance(whole, dict):
        for key, source in whole.items():
            yield key[:80], key, source
    else:
        raise InvalidManifest(f"{path}: has to be a JSON object of documents by id.")


def _list(found: Any, path: Path) -> list[Any]:
    if not isinstance(found, list):
        raise InvalidManifest(f"{path}: `operations` has to be a list.")
    return found


def _text(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise InvalidManifest(f"{path}: has more than {_MAX_BYTES:,} bytes.")
    return content.decode()
