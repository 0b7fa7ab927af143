"""Documents, prepared once: parsed, held to limits, validated, and kept.

First-party documents are files in `schema/documents`, one operation each; they are prepared when the process starts,
and a client names one by the SHA-256 of its source. Documents that partners have published, and what clients send
themselves, are prepared when they are first asked for and kept in bounded caches. Nothing a client sends is ever
registered. Who may send which of them, `schema.server.registry` decides.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import strawberry
from graphql import (
    DocumentNode,
    ExecutableDefinitionNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from graphql.execution.collect_fields import FragmentDetails
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from domain.kernel.actor import ANONYMOUS, Actor
from schema.server.broadcastable import unshared_fields
from schema.server.deprecations import Deprecation, deprecations
from schema.server.limits import Demand, Limits, check
from schema.server.masking import MAX_ERRORS, Code, RequestRefused
from schema.server.parameters import Parameters, digest
from schema.server.sizes import Sizes

FOLDER = Path(__file__).parent.parent / "documents"
ADHOC = "adhoc"
PARTNER = "partner"

_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
# In characters. A parsed document takes up to a hundred times the memory of its source, and a short one more than that.
_MAX_KEPT = 512 * 1024
_LEAST_SIZE = 512
_CURSOR = "after"
_HINT = " Did you mean "


class InvalidDocument(Exception):
    """A first-party document does not fit the schema; the process must not start."""


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of a prepared document.

    Attributes:
        definition: its place in the document.
        fragments: those of the document by their names, as graphql-core executes them.
        label: its name in metrics; one word for all documents that are not ours, so that clients cannot add labels.
        unshared_fields: what keeps a subscription from being shared between viewers (see `broadcastable`).
        cursor_variable: the variable that only says where a subscription resumes, if there is one.
        demand: what it asks for at most.
        deciding: the variables that decide what of it is skipped.
        is_incremental: whether a part of it may be answered later than the rest.
        deprecations: what it uses that will go away. Known of registered documents only.
    """

    document: DocumentNode
    definition: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    document_hash: str
    name: str | None
    kind: OperationType
    label: str
    unshared_fields: tuple[str, ...]
    cursor_variable: str | None
    demand: Demand
    deciding: tuple[str, ...]
    is_incremental: bool
    deprecations: tuple[Deprecation, ...] = ()

    @property
    def is_registered(self) -> bool:
        """Whether it is of a first-party document or of one that a partner has registered."""
        return self.label != ADHOC


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    source_length: int
    operations: Mapping[str | None, Operation]

    @property
    def size(self) -> int:
        """How much of what may be kept it takes."""
        return max(self.source_length, _LEAST_SIZE)


class Documents:
    """All prepared documents of a process."""

    def __init__(self, schema: strawberry.Schema, folder: Path = FOLDER, limits: Limits | None = None) -> None:
        """Prepare the first-party documents.

        Raises:
            InvalidDocument: one of them cannot be served; the message names the file.
        """
        self._schema = schema._schema  # noqa: SLF001  (strawberry has no public way to its graphql-core schema)
        self._limits = limits or Limits()
        self._sizes = Sizes(self._schema)
        self._adhoc = _Kept()
        self._registered = _Kept()
        self._first_party = self._loaded(folder)

    @property
    def ids(self) -> dict[str, str]:
        """The ids of the first-party documents, by name."""
        operations = [operation for found in self._first_party.values() for operation in found.operations.values()]
        return {operation.label: f"sha256:{operation.document_hash}" for operation in operations}

    def operation(self, parameters: Parameters, actor: Actor = ANONYMOUS) -> Operation:
        """The operation that a request asks for, of a first-party document or of one it brings along.

        Who may send documents of their own may ask about the schema, too; only administrators get hints.

        Raises:
            RequestRefused: there is no such document or operation, or it cannot be served (to this actor).
        """
        source = parameters.query
        if source is None:
            return self._named(parameters)
        found = self._kept(source)
        if found is None:
            prepared = self._prepared(source, digest(source), ADHOC, self._limits, has_hints=actor.is_admin)
            found = self._adhoc.keep(source, prepared)
        return _chosen(found, parameters.operation_name)

    def prepared(self, parameters: Parameters) -> Operation | None:
        """The operation that a request asks for by its text, if that is prepared already.

        Raises:
            RequestRefused: the text has no such operation.
        """
        found = None if parameters.query is None else self._kept(parameters.query)
        return None if found is None else _chosen(found, parameters.operation_name)

    def _kept(self, source: str) -> _Prepared | None:
        return self._adhoc.get(source) or self._first_party.get(digest(source))

    def _named(self, parameters: Parameters) -> Operation:
        try:
            return self.first_party(parameters)
        except RequestRefused as refusal:
            if refusal.code != Code.PERSISTED_DOCUMENT_NOT_FOUND or parameters.document_id is not None:
                raise
            # By this code Apollo's automatic persisted queries learn to send the text from now on.
            raise RequestRefused(
                Code.PERSISTED_QUERY_NOT_SUPPORTED,
                "There is no document of this hash, and none is kept; send its text.",
            ) from refusal

    def first_party(self, parameters: Parameters) -> Operation:
        """The operation that a request asks for, of a first-party document.

        Raises:
            RequestRefused: there is no such document or operation.
        """
        found = self._first_party.get(parameters.document_hash)
        if found is None:
            raise not_found()
        return _chosen(found, parameters.operation_name)

    def registered(self, sources: Mapping[str, str], parameters: Parameters, owner: Hashable) -> Operation:
        """The operation that a request asks for, of a document among the sources of an owner, by their hashes.

        Raises:
            RequestRefused: there is no such document or operation, or it does not fit the schema any more.
        """
        key = parameters.document_hash
        source = sources.get(key)
        if source is None:
            raise not_found()
        found = self._registered.get(key, owner)
        if found is None:
            found = self._registered.keep(key, _of_one(self.prepare(source), source), owner)
        return _chosen(found, parameters.operation_name)

    def prepare(self, source: str, limits: Limits | None = None, label: str = PARTNER) -> Operation:
        """The only operation of a document to register.

        Raises:
            RequestRefused: it is no document of one operation, exceeds the limits or does not fit the schema.
        """
        prepared = self._prepared(source, digest(source), label, limits or self._limits)
        if len(prepared.operations) != 1:
            raise RequestRefused(
                Code.OPERATION_RESOLUTION_FAILED,
                f"The document has {len(prepared.operations)} operations; a registered document has exactly one.",
            )
        (operation,) = prepared.operations.values()
        if operation.demand.introspects:
            raise _introspects()
        return replace(operation, deprecations=deprecations(self._schema, operation.document))

    def _loaded(self, folder: Path) -> dict[str, _Prepared]:
        found: dict[str, _Prepared] = {}
        for path in sorted(folder.glob("*.graphql")):
            source = path.read_text()
            try:
                operation = self.prepare(source, label=path.stem)
            except RequestRefused as refusal:
                raise InvalidDocument(f"{path}: {refusal}") from refusal
            if operation.document_hash in found:
                raise InvalidDocument(f"{path}: is the same as another file.")
            found[operation.document_hash] = _of_one(operation, source)
        return found

    def _prepared(self, source: str, key: str, label: str, limits: Limits, *, has_hints: bool = False) -> _Prepared:
        document = _parsed(source, limits)
        demands = check(document, limits, self._sizes)
        try:
            errors = validate(self._schema, document, _RULES, max_errors=MAX_ERRORS, hide_suggestions=not has_hints)
        except RecursionError as error:
            raise RequestRefused(Code.DOCUMENT_LIMIT_EXCEEDED, "The document is nested too deeply.") from error
        if errors:
            if not has_hints:
                for found in errors:
                    # graphql-core hides every hint but that of a missing selection.
                    found.message = found.message.partition(_HINT)[0]
            raise RequestRefused.because(Code.GRAPHQL_VALIDATION_FAILED, errors)
        unshared = unshared_fields(self._schema, document)
        deciding, is_incremental = _conditions(document)
        fragments = {
            definition.name.value: FragmentDetails(definition)
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        operations = {
            name: Operation(
                document=document,
                definition=definition,
                fragments=fragments,
                document_hash=key,
                name=name,
                kind=definition.operation,
                label=label,
                unshared_fields=unshared.get(name, ()),
                cursor_variable=_cursor_variable(document, definition),
                demand=demands[name],
                deciding=deciding,
                is_incremental=is_incremental,
            )
            for name, definition in _operations(document)
        }
        return _Prepared(source_length=len(source), operations=operations)


class _Kept:
    """The documents that were asked for last, bounded in size. When it is too much, who has the most gives way."""

    def __init__(self) -> None:
        self._documents: dict[Hashable, OrderedDict[str, _Prepared]] = {}
        self._sizes: Counter[Hashable] = Counter()

    def get(self, key: str, owner: Hashable = None) -> _Prepared | None:
        """The document of this key, if it is still kept for this owner."""
        documents = self._documents.get(owner)
        found = None if documents is None else documents.get(key)
        if documents is not None and found is not None:
            documents.move_to_end(key)
        return found

    def keep(self, key: str, prepared: _Prepared, owner: Hashable = None) -> _Prepared:
        """Keep a document, in place of those that whoever has the most has not asked for the longest."""
        self._documents.setdefault(owner, OrderedDict())[key] = prepared
        self._sizes[owner] += prepared.size
        while self._sizes.total() > _MAX_KEPT:
            self._drop_one_of(max(self._sizes, key=lambda each: self._sizes[each]))
        return prepared

    def _drop_one_of(self, owner: Hashable) -> None:
        documents = self._documents[owner]
        _, oldest = documents.popitem(last=False)
        self._sizes[owner] -= oldest.size
        if not documents:
            del self._documents[owner], self._sizes[owner]


def not_found() -> RequestRefused:
    """The one refusal of whatever a client may not send, so that it does not tell what others have registered."""
    return RequestRefused(
        Code.PERSISTED_DOCUMENT_NOT_FOUND,
        "There is no such document for this client. Send the id of a document that is registered for it, or its text"
        " exactly as registered.",
    )


def _introspects() -> RequestRefused:
    return RequestRefused(
        Code.INTROSPECTION_DISABLED,
        "A registered document does not introspect. The schema, with its descriptions, is the file"
        " schema/schema.graphql of the project; generate code and check documents against that.",
    )


def _chosen(prepared: _Prepared, name: str | None) -> Operation:
    if name is None and len(prepared.operations) == 1:
        return next(iter(prepared.operations.values()))
    found = prepared.operations.get(name) if name is not None else None
    if found is None:
        raise RequestRefused(
            Code.OPERATION_RESOLUTION_FAILED,
            "The document has several operations; choose one with `operationName`."
            if name is None
            else "The document has no operation of that name.",
        )
    return found


def _of_one(operation: Operation, source: str) -> _Prepared:
    return _Prepared(source_length=len(source), operations={operation.name: operation})


def _parsed(source: str, limits: Limits) -> DocumentNode:
    try:
        return parse(
            source,
            max_lexical_tokens=limits.tokens,
            max_comments=limits.tokens,
            max_source_length=limits.source_length,
        )
    except GraphQLError as error:
        raise RequestRefused.because(Code.GRAPHQL_PARSE_FAILED, [error]) from error


def _operations(document: DocumentNode) -> Iterator[tuple[str | None, OperationDefinitionNode]]:
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            yield definition.name.value if definition.name else None, definition


def _conditions(document: DocumentNode) -> tuple[tuple[str, ...], bool]:
    """The variables that decide what is skipped, and whether anything may come later than the rest."""
    names: set[str] = set()
    is_incremental = False
    pending = [each.selection_set for each in document.definitions if isinstance(each, ExecutableDefinitionNode)]
    while pending:
        for selection in pending.pop().selections:
            for directive in selection.directives or ():
                names |= {
                    each.value.name.value
                    for each in directive.arguments or ()
                    if each.name.value == "if" and isinstance(each.value, VariableNode)
                }
                is_incremental = is_incremental or directive.name.value in ("defer", "stream")
            if isinstance(selection, (FieldNode, InlineFragmentNode)) and selection.selection_set is not None:
                pending.append(selection.selection_set)
    return tuple(sorted(names)), is_incremental


def _cursor_variable(document: DocumentNode, operation: OperationDefinitionNode) -> str | None:
    """The variable given to `after` of a subscription's field, unless something else uses it, too."""
    if operation.operation is not OperationType.SUBSCRIPTION:
        return None
    field = operation.selection_set.selections[0]
    if not isinstance(field, FieldNode):
        return None
    given = next((argument.value for argument in field.arguments or () if argument.name.value == _CURSOR), None)
    if not isinstance(given, VariableNode):
        return None
    uses = _Uses(given.name.value)
    visit(document, uses)
    # One use is the declaration, the other the argument.
    return given.name.value if uses.count == 2 else None


class _Uses(Visitor):
    """Counts where a variable stands."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.count = 0

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.count += node.name.value == self._name
