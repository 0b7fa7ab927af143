"""Which documents a client may send.

An application with an API key sends what its partner has registered, and nothing else. Everybody else sends first-party
documents, and in the mode `open` their own ones, too; administrators always may, for GraphiQL. What a client may not
send is refused after the same steps, with the same words, whether it is unknown, altered, taken back, somebody else's
or no id at all: one hash, one look into one mapping. Nothing of it is parsed.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from graphql import OperationType

from domain.infra.settings import OPEN
from domain.partners import ApiClient, Scope, registry_topic, served_documents
from resolvers.services import Services
from schema.server.bus import Bus
from schema.server.clients import Client
from schema.server.documents import Documents, Operation
from schema.server.masking import Code, RequestRefused
from schema.server.parameters import Parameters
from schema.server.watched import Watched

_KEPT_S = 60.0
_MAX_CHARACTERS = 64 * 1024 * 1024

_SCOPES = {
    OperationType.QUERY: Scope.READ,
    OperationType.MUTATION: Scope.WRITE,
    OperationType.SUBSCRIPTION: Scope.SUBSCRIBE,
}


class Registry:
    """Finds the operation that a client asks for, among those it may run."""

    def __init__(self, documents: Documents, services: Services, hub: Bus) -> None:
        self._documents = documents
        self._services = services
        self._served = Watched(
            hub,
            self._read,
            lambda partner_id, _: [registry_topic(partner_id)],
            kept_s=lambda _: _KEPT_S,
            max_size=_MAX_CHARACTERS,
            size_of=lambda sources: sum(map(len, sources.values())),
        )

    def prepares(self, parameters: Parameters, client: Client) -> bool:
        """Whether a request brings along a document that would be prepared if it were new."""
        return parameters.query is not None and self._may_send_own(client)

    def prepared(self, parameters: Parameters) -> Operation | None:
        """The operation of such a request, if its document is not new.

        Raises:
            RequestRefused: the document has no such operation.
        """
        return self._documents.prepared(parameters)

    async def operation(self, parameters: Parameters, client: Client) -> Operation:
        """The operation that a request asks for.

        Raises:
            RequestRefused: the client has no such document or operation, or may not run it.
        """
        if client.partner is not None:
            sources = await self._served.get(client.partner.partner_id)
            operation = self._documents.registered(sources, parameters, client.partner.partner_id)
            _require_scope(client.partner, operation)
            return operation
        if self._may_send_own(client):
            return self._documents.operation(parameters, client.actor)
        return self._documents.first_party(parameters)

    def _may_send_own(self, client: Client) -> bool:
        return client.partner is None and (self._services.settings.documents == OPEN or client.actor.is_admin)

    async def _read(self, partner_id: UUID) -> Mapping[str, str]:
        async with self._services.db.read() as session:
            return await served_documents(session, partner_id)


def _require_scope(partner: ApiClient, operation: Operation) -> None:
    needed = _SCOPES[operation.kind]
    if needed not in partner.scopes:
        raise RequestRefused(
            Code.SCOPE_MISSING,
            f"This API key may not be used for a {operation.kind.value}; use one that has the scope {needed}.",
        )
