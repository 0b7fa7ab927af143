"""`matchpoint documents usage`: how often each document of a partner is asked for."""

from __future__ import annotations

import json

from rich.console import Console
from rich.table import Table

from cli.documents.registry import Node, Registry
from cli.play.client import Server


async def tell_usage(slug: str, days: int, url: str, token: str, *, as_json: bool) -> int:
    """Prints the documents of a partner, those asked for most first, and gives the exit status.

    Raises:
        Refused, Unreachable: see `Registry.usage`.
    """
    async with Server(url) as server:
        documents = await Registry(server, token).usage(slug, days)
    documents.sort(key=lambda document: (-document["usage"]["count"], document["name"], document["hash"]))
    if as_json:
        print(json.dumps([_counted(document) for document in documents]))
    else:
        _print_table(documents)
    return 0


def _counted(document: Node) -> Node:
    usage = document["usage"]
    return {
        "documentId": f"sha256:{document['hash']}",
        "operation": document["name"],
        "isServed": document["isServed"],
        "uses": int(usage["count"]),
        "errors": int(usage["errorCount"]),
        "points": int(usage["points"]),
        "lastUsedAt": usage["lastUsedAt"],
    }


def _print_table(documents: list[Node]) -> None:
    table = Table(box=None, pad_edge=False)
    for title in ("Document", "Operation", "Uses", "Errors", "Last"):
        table.add_column(title, justify="right" if title in ("Uses", "Errors") else "left", no_wrap=True)
    for document in documents:
        usage = document["usage"]
        table.add_row(
            document["hash"][:12],
            document["name"] + ("" if document["isServed"] else " (not served)"),
            f"{usage['count']:,.0f}",
            f"{usage['errorCount']:,.0f}",
            usage["lastUsedAt"] or "never",
        )
    Console().print(table)
