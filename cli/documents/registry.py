"""Partners' documents on a server: published, counted, read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from graphql import DocumentNode, parse

from cli.documents.changes import LiveDocument
from cli.play.client import Refused, Server
from schema.server.documents import FOLDER

Node = Mapping[str, Any]

# Registered with the server, because it may take no others from people who are not administrators.
_ROLES, _PARTNER_ID, _PUBLISH, _USAGE = (
    parse((FOLDER / f"{name}.graphql").read_bytes().decode())
    for name in ("ViewerRoles", "PartnerId", "PublishDocuments", "PartnerDocumentUsage")
)
# For administrators, who may send any.
_PARTNERS = parse(
    "query Partners($after: String) { partners(first: 100, after: $after)"
    " { edges { node { slug } } pageInfo { hasNextPage endCursor } } }"
)
_SOURCES = parse(
    "query PartnerSources($slug: String!, $after: String) { partner(slug: $slug) { documents(first: 100, after: $after)"
    " { edges { node { name source isServed } } pageInfo { hasNextPage endCursor } } } }"
)


class Registry:
    """The documents of partners on a server, as the owner of an access token may see and change them."""

    def __init__(self, server: Server, token: str) -> None:
        self._server = server
        self._token = token

    async def publish(self, slug: str, label: str, sources: list[str], idempotency_key: str) -> Node:
        """What the server answers to a release: the release, or a refusal with a `code`.

        Raises:
            Refused: there is no such partner, for this user.
            Unreachable: the server stays away.
        """
        partner = (await self._server.send(_PARTNER_ID, {"slug": slug}, self._token))["partner"]
        if partner is None:
            raise _no_partner(slug)
        given = {
            "partnerId": partner["id"],
            "label": label,
            "documents": sources,
            "idempotencyKey": idempotency_key,
        }
        answer: Node = (await self._server.send(_PUBLISH, {"input": given}, self._token))["publishDocuments"]
        return answer

    async def usage(self, slug: str, days: int) -> list[Node]:
        """Each document of a partner, with how often it was asked for in the last days.

        Raises:
            Refused: there is no such partner, for this user, or the days are out of range.
            Unreachable: the server stays away.
        """
        return [node async for node in self._documents(_USAGE, slug, days=days)]

    async def served(self) -> list[LiveDocument]:
        """The served documents of every partner, for an administrator.

        Raises:
            Refused: the user is none.
            Unreachable: the server stays away.
        """
        viewer = (await self._server.send(_ROLES, {}, self._token))["viewer"]
        if viewer is None or "ADMIN" not in viewer["roles"]:
            raise Refused(
                "", "FORBIDDEN", "The documents of all partners are for administrators; use the token of one."
            )
        found: list[LiveDocument] = []
        async for partner in self._nodes(_PARTNERS, {}, lambda data: data["partners"]):
            owner = f"partner {partner['slug']}"
            found += [
                LiveDocument(owner, node["name"], node["source"])
                async for node in self._documents(_SOURCES, partner["slug"])
                if node["isServed"]
            ]
        return found

    async def _documents(self, document: DocumentNode, slug: str, **variables: object) -> AsyncIterator[Node]:
        def found(data: Node) -> Node:
            if data["partner"] is None:
                raise _no_partner(slug)
            documents: Node = data["partner"]["documents"]
            return documents

        async for node in self._nodes(document, {"slug": slug, **variables}, found):
            yield node

    async def _nodes(
        self, document: DocumentNode, variables: Mapping[str, object], found: Callable[[Node], Node]
    ) -> AsyncIterator[Node]:
        """The entries of all pages of a connection, which `found` finds in an answer."""
        after = None
        while True:
            page = found(await self._server.send(document, {**variables, "after": after}, self._token))
            for edge in page["edges"]:
                yield edge["node"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]


def _no_partner(slug: str) -> Refused:
    return Refused("", "PARTNER_NOT_FOUND", f"There is no partner {slug}, or you do not manage it.")
