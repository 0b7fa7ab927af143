"""`matchpoint documents publish`: a release of an application's documents."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from cli.documents.manifest import Written, read_manifest
from cli.documents.registry import Node, Registry
from cli.play.client import Refused, Server

_REFUSED = 2


async def publish(path: Path, slug: str, label: str, url: str, token: str) -> int:
    """Publishes a manifest, says what came of it, and gives the exit status.

    Raises:
        InvalidManifest: see `read_manifest`.
        Refused, Unreachable: see `Registry.publish`.
    """
    documents = read_manifest(path)
    async with Server(url) as server:
        sources = [document.source for document in documents]
        try:
            answer = await Registry(server, token).publish(slug, label, sources, _key(slug, label, sources))
        except Refused as refusal:
            if refusal.code != "PAYLOAD_TOO_LARGE":
                raise
            message = f"{refusal} Publish the documents in parts, as releases of several labels; all are served."
            raise Refused(refusal.kind, refusal.code, message) from refusal
    if "code" in answer:
        _tell_refusal(answer, documents)
        return _REFUSED
    print(f"Published {len(documents)} documents of {slug} as {answer['release']['label']}.")
    return 0


def _key(slug: str, label: str, sources: Sequence[str]) -> str:
    """The same for the same release, so that a build that runs again publishes nothing twice."""
    whole = "\0".join([slug, label, *sources])
    return f"publish-{hashlib.sha256(whole.encode()).hexdigest()}"


def _tell_refusal(answer: Node, documents: Sequence[Written]) -> None:
    print(f"matchpoint documents: {answer['message']}", file=sys.stderr)
    for problem in answer.get("problems", ()):
        place = documents[problem["index"]].place
        if problem["line"] is not None:
            place += f", line {problem['line']}, column {problem['column']}"
        print(f"  {place}: {problem['message']} ({problem['code']})", file=sys.stderr)
