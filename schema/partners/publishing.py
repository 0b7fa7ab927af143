"""Documents of partners: published in releases, withdrawn with them, revoked one by one."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from datetime import datetime
from functools import cache
from typing import Annotated
from uuid import UUID

import strawberry
from graphql import OperationType

from domain import partners as domain
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import key_of
from domain.partners import OperationKind, PublishedDocument
from resolvers import partners as resolve
from schema.errors import Refusal, UserError
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, input_type, mutation, object_type
from schema.partners.types import PartnerDocument, PartnerRelease
from schema.server.documents import Documents
from schema.server.limits import PARTNER_LIMITS
from schema.server.masking import RequestRefused
from schema.server.parameters import digest

_MAX_PROBLEMS = 50
_MAX_REMEMBERED = 10_000
_KINDS = {
    OperationType.QUERY: OperationKind.QUERY,
    OperationType.MUTATION: OperationKind.MUTATION,
    OperationType.SUBSCRIPTION: OperationKind.SUBSCRIPTION,
}


@input_type
class PublishDocumentsInput:
    """A new release."""

    partner_id: strawberry.ID = attribute("The partner.")
    label: str = attribute("What to call the release, such as a version: 1 to 50 characters, new for the partner.")
    documents: list[str] = attribute("The texts: 1 to 500, each with one operation that has a name.")
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)

    def to_command(self, documents: tuple[PublishedDocument, ...], now: datetime) -> domain.PublishDocuments:
        """The command this asks for, once its documents were found servable."""
        partner_id = key_of(self.partner_id, "Partner", "partnerId")
        return domain.PublishDocuments(partner_id=partner_id, label=self.label, documents=documents, now=now)


@input_type
class WithdrawReleaseInput:
    """Which release to withdraw."""

    release_id: strawberry.ID = attribute("The release.")

    def to_command(self, now: datetime) -> domain.WithdrawRelease:
        """The command this asks for."""
        return domain.WithdrawRelease(release_id=key_of(self.release_id, "PartnerRelease", "releaseId"), now=now)


@input_type
class RestoreReleaseInput:
    """Which release to restore."""

    release_id: strawberry.ID = attribute("The release.")

    def to_command(self) -> domain.RestoreRelease:
        """The command this asks for."""
        return domain.RestoreRelease(release_id=key_of(self.release_id, "PartnerRelease", "releaseId"))


@input_type
class RevokeDocumentInput:
    """Which document to revoke."""

    document_id: strawberry.ID = attribute("The document, by its `id`.")
    reason: str = attribute("Why, for whoever looks it up: 1 to 500 characters.")

    def to_command(self, now: datetime) -> domain.RevokeDocument:
        """The command this asks for."""
        document_id = key_of(self.document_id, "PartnerDocument", "documentId")
        return domain.RevokeDocument(document_id=document_id, reason=self.reason, now=now)


@input_type
class RestoreDocumentInput:
    """Which document to restore."""

    document_id: strawberry.ID = attribute("The document, by its `id`.")

    def to_command(self) -> domain.RestoreDocument:
        """The command this asks for."""
        return domain.RestoreDocument(document_id=key_of(self.document_id, "PartnerDocument", "documentId"))


@object_type
class DocumentProblem:
    """Why a document cannot be served."""

    index: int = attribute("Which document, counted from 0 as they were sent.")
    code: str = attribute("A stable name for the reason, such as GRAPHQL_VALIDATION_FAILED.")
    message: str = attribute("What is wrong.")
    line: int | None = attribute("The line of the document, from 1. Null: it is about the document as a whole.")
    column: int | None = attribute("The column in the line, from 1. Null: it is about the document as a whole.")


@object_type
class DocumentsInvalidError(UserError):
    """Some documents cannot be served, so none was published."""

    problems: list[DocumentProblem] = attribute("What is wrong with which, at most 50.", size=_MAX_PROBLEMS)


@object_type
class PublishDocumentsPayload:
    """The new release."""

    release: PartnerRelease = attribute("The release, whose documents are served within a second.")


@object_type
class WithdrawReleasePayload:
    """The withdrawn release."""

    release: PartnerRelease = attribute("The release as it is now.")


@object_type
class RestoreReleasePayload:
    """The restored release."""

    release: PartnerRelease = attribute("The release as it is now.")


@object_type
class RevokeDocumentPayload:
    """The revoked document."""

    document: PartnerDocument = attribute("The document as it is now.")


@object_type
class RestoreDocumentPayload:
    """The restored document."""

    document: PartnerDocument = attribute("The document as it is now.")


PublishDocumentsResult = Annotated[
    PublishDocumentsPayload | DocumentsInvalidError | Refusal,
    strawberry.union("PublishDocumentsResult", description="The new release, or why there is none."),
]
WithdrawReleaseResult = Annotated[
    WithdrawReleasePayload | Refusal,
    strawberry.union("WithdrawReleaseResult", description="The release, or why it stays."),
]
RestoreReleaseResult = Annotated[
    RestoreReleasePayload | Refusal,
    strawberry.union("RestoreReleaseResult", description="The release, or why it stays withdrawn."),
]
RevokeDocumentResult = Annotated[
    RevokeDocumentPayload | Refusal,
    strawberry.union("RevokeDocumentResult", description="The document, or why it stays."),
]
RestoreDocumentResult = Annotated[
    RestoreDocumentPayload | Refusal,
    strawberry.union("RestoreDocumentResult", description="The document, or why it stays revoked."),
]


@object_type
class PublishingMutation:
    """Documents of partners: published, withdrawn, revoked."""

    @mutation(Access.SIGNED_IN)
    async def publish_documents(
        self, info: Info, input: Annotated[PublishDocumentsInput, strawberry.argument(description="The new release.")]
    ) -> PublishDocumentsResult:
        """Publish what a version of an application asks for: all of its documents, or none. For managers."""
        partner = await resolve.managed_partner(info.context, key_of(input.partner_id, "Partner", "partnerId"))
        documents, problems = await _examined(_publishable(info.schema), partner.id, input.documents)
        if problems:
            first = problems[0]
            message = f"Document {first.index}: {first.message} Nothing was published."
            return DocumentsInvalidError(code="DOCUMENTS_INVALID", message=message, problems=problems)
        command = input.to_command(documents, info.context.clock.now())
        row = await resolve.publish_documents(info.context, command, input.idempotency_key)
        return PublishDocumentsPayload(release=PartnerRelease.from_model(row))

    @mutation(Access.SIGNED_IN)
    async def withdraw_release(
        self, info: Info, input: Annotated[WithdrawReleaseInput, strawberry.argument(description="Which release.")]
    ) -> WithdrawReleaseResult:
        """Roll a release back: documents that no other release has are not served any more. For managers."""
        row = await resolve.withdraw_release(info.context, input.to_command(info.context.clock.now()))
        return WithdrawReleasePayload(release=PartnerRelease.from_model(row))

    @mutation(Access.SIGNED_IN)
    async def restore_release(
        self, info: Info, input: Annotated[RestoreReleaseInput, strawberry.argument(description="Which release.")]
    ) -> RestoreReleaseResult:
        """Serve the documents of a withdrawn release again. For managers."""
        row = await resolve.restore_release(info.context, input.to_command())
        return RestoreReleasePayload(release=PartnerRelease.from_model(row))

    @mutation(Access.SIGNED_IN)
    async def revoke_document(
        self, info: Info, input: Annotated[RevokeDocumentInput, strawberry.argument(description="Which document.")]
    ) -> RevokeDocumentResult:
        """Stop serving a document, whatever release has it. For managers."""
        row = await resolve.revoke_document(info.context, input.to_command(info.context.clock.now()))
        return RevokeDocumentPayload(document=PartnerDocument.from_model(row))

    @mutation(Access.SIGNED_IN)
    async def restore_document(
        self, info: Info, input: Annotated[RestoreDocumentInput, strawberry.argument(description="Which document.")]
    ) -> RestoreDocumentResult:
        """Serve a revoked document again, where a release has it. For managers."""
        row = await resolve.restore_document(info.context, input.to_command())
        return RestoreDocumentPayload(document=PartnerDocument.from_model(row))


class _Publishable:
    """What can be published under one schema. Of a partner's documents it remembers which can, so as to look once."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._documents = Documents(schema)
        self._found: OrderedDict[tuple[UUID, str], tuple[str | None, OperationKind]] = OrderedDict()

    async def operation(self, partner_id: UUID, source: str) -> tuple[str | None, OperationKind]:
        """The name and kind of a document's operation.

        Raises:
            RequestRefused: see `Documents.prepare`.
        """
        key = partner_id, digest(source)
        found = self._found.get(key)
        if found is None:
            await asyncio.sleep(0)  # many documents let others run in between
            operation = self._documents.prepare(source, PARTNER_LIMITS)
            found = self._found[key] = operation.name, _KINDS[operation.kind]
            if len(self._found) > _MAX_REMEMBERED:
                self._found.popitem(last=False)
        return found


async def _examined(
    publishable: _Publishable, partner_id: UUID, sources: list[str]
) -> tuple[tuple[PublishedDocument, ...], list[DocumentProblem]]:
    """The documents as they may be published, and what is wrong with the others."""
    if len(sources) > domain.MAX_PUBLISHED:
        raise InvalidInput(f"A release has at most {domain.MAX_PUBLISHED} documents.", "documents")
    found: list[PublishedDocument] = []
    problems: list[DocumentProblem] = []
    for index, source in enumerate(sources):
        if len(problems) >= _MAX_PROBLEMS:
            break
        try:
            name, kind = await publishable.operation(partner_id, source)
        except RequestRefused as refusal:
            problems += _problems(index, refusal)
        else:
            if name is None:
                problems.append(_nameless(index))
            else:
                found.append(PublishedDocument(hash=digest(source), source=source, name=name, kind=kind))
    return tuple(found), problems[:_MAX_PROBLEMS]


def _problems(index: int, refusal: RequestRefused) -> list[DocumentProblem]:
    problems = []
    for error in refusal.errors:
        (place,) = error.get("locations", [])[:1] or [{}]
        problems.append(
            DocumentProblem(
                index=index,
                code=error["extensions"]["code"],
                message=error["message"],
                line=place.get("line"),
                column=place.get("column"),
            )
        )
    return problems


def _nameless(index: int) -> DocumentProblem:
    message = "The operation has no name; give it one, by which its use is told."
    return DocumentProblem(index=index, code="OPERATION_WITHOUT_NAME", message=message, line=None, column=None)


@cache
def _publishable(schema: strawberry.Schema) -> _Publishable:
    return _Publishable(schema)
