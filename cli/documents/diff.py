"""`matchpoint documents diff`: whether a change of the schema breaks a document that is in use, which, and whose."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from graphql import build_schema

from cli.documents import checkout
from cli.documents.changes import Comparison, LiveDocument, compare
from cli.documents.registry import Registry
from cli.play.client import Server

# The commit before this one; where CI has merged a branch, the commit it was merged into.
DEFAULT_BASE = "HEAD~1"
_BROKEN = 1
_OURS = "first-party"


async def tell_difference(root: Path, base: str | None, of_partners: tuple[str, str] | None) -> int:
    """Prints what has changed and what it breaks, and gives the exit status: 1 when a live document does not fit.

    Documents of partners are read from the server with this address, with an administrator's token.

    Raises:
        NoSuchRevision: the base was named and is not there.
        Refused, Unreachable: see `Registry.served`.
    """
    now = checkout.current(root)
    try:
        before = checkout.at(root, base or DEFAULT_BASE)
    except checkout.NoSuchRevision:
        if base is not None:
            raise
        print(f"There is no {DEFAULT_BASE} here to compare with; name another revision with --base.")
        return 0
    documents = _first_party(now, before, base or DEFAULT_BASE)
    looked = "partners' not looked at, for want of --url"
    if of_partners is not None:
        url, token = of_partners
        async with Server(url) as server:
            served = await Registry(server, token).served()
        documents += served
        looked = f"{len(served)} of them partners'"
    found = compare(build_schema(before.schema), build_schema(now.schema), documents)
    for line in _told(found):
        print(line)
    print(
        f"Since {base or DEFAULT_BASE}: {len(found.breaking)} breaking, {len(found.dangerous)} dangerous changes."
        f" {len(documents)} live documents ({looked}), {len(found.broken)} broken."
    )
    if found.broken:
        print(
            "matchpoint documents: live documents do not fit the schema any more. Bring back what they use, mark it as"
            " deprecated, and take it away when nobody asks for it.",
            file=sys.stderr,
        )
        return _BROKEN
    return 0


def _first_party(now: checkout.State, before: checkout.State, base: str) -> list[LiveDocument]:
    """Our documents, and those of the base that are gone: pages and apps of then still send their ids."""
    present = set(now.documents.values())
    documents = [LiveDocument(_OURS, name, source) for name, source in now.documents.items()]
    owner = f"{_OURS}, of {base}, still sent by older pages and apps"
    documents += [
        LiveDocument(owner, name, source) for name, source in before.documents.items() if source not in present
    ]
    return documents


def _told(found: Comparison) -> Iterator[str]:
    for change in found.breaking:
        yield f"breaking: {change.description}"
        yield from _listed("breaks", change.breaks)
        yield from _listed("is used, in a way that still fits, by", change.concerns)
    for description in found.dangerous:
        yield f"dangerous: {description}"
    for document in found.unfit:
        yield f"unfit before already: {document}"
    for broken in found.broken:
        yield f"broken: {broken.document}"
        for problem in broken.problems:
            yield f"  {problem}"


def _listed(verb: str, documents: Sequence[LiveDocument]) -> Iterator[str]:
    for document in documents:
        yield f"  {verb} {document}"
