"""Documents, prepared once: parsed, held to limits, validated, and kept.

First-party documents are files in `schema/documents`, one operation each; they are prepared when the process starts,
and a client names one by the SHA-256 of its source. What clients send themselves is prepared when it first arrives and
kept in a bounded cache. Nothing a client sends is ever registered.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import strawberry
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    parse,
    specified_rules,
    validate,
    visit,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types.field import StrawberryField

from domain.kernel.actor import ANONYMOUS, Actor
from schema.fields import VIEWER_DEPENDENT
from schema.server.limits import Demand, Limits, check
from schema.server.masking import MAX_ERRORS, Code, RequestRefused
from schema.server.parameters import Parameters
from schema.server.sizes import Sizes

FOLDER = Path(__file__).parent.parent / "documents"
ADHOC = "adhoc"

_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
_MAX_KEPT = 1_000
# A parsed document takes up to a hundred times the memory of its source.
_MAX_KEPT_CHARACTERS = 512 * 1024
_PERSISTED_ID = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_CURSOR = "after"
_HINT = " Did you mean "


class InvalidDocument(Exception):
    """A first-party document does not fit the schema; the process must not start."""


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of a prepared document.

    Attributes:
        label: its name in metrics; one word for all documents that are not ours, so that clients cannot add labels.
        is_viewer_dependent: whether it selects a field whose value depends on who asks.
        cursor_variable: the variable that only says where a subscription resumes, if there is one.
        demand: what it asks for at most.
    """

    document: DocumentNode
    document_hash: str
    name: str | None
    kind: OperationType
    label: str
    is_viewer_dependent: bool
    cursor_variable: str | None
    demand: Demand


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    source_length: int
    operations: Mapping[str | None, Operation]


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
        self._kept: OrderedDict[str, _Prepared] = OrderedDict()
        self._kept_characters = 0
        self._persisted = self._loaded(folder)

    def operation(self, parameters: Parameters, actor: Actor = ANONYMOUS) -> Operation:
        """The operation that a request asks for. Only administrators may ask about the schema, and get hints.

        Raises:
            RequestRefused: there is no such document or operation, or it cannot be served (to this actor).
        """
        prepared = (
            self._persisted_document(parameters)
            if parameters.query is None
            else self._adhoc(parameters.query, has_hints=actor.is_admin)
        )
        found = _chosen(prepared, parameters.operation_name)
        if found.demand.introspects and not actor.is_admin:
            raise RequestRefused(
                Code.INTROSPECTION_DISABLED,
                "Only administrators may introspect. The schema, with its descriptions, is the file"
                " schema/schema.graphql of the project; generate code and check documents against that.",
            )
        return found

    def _persisted_document(self, parameters: Parameters) -> _Prepared:
        match = _PERSISTED_ID.fullmatch(parameters.persisted_id or "")
        found = self._persisted.get(match[1]) if match else None
        if found is None:
            raise RequestRefused(Code.PERSISTED_DOCUMENT_NOT_FOUND, "There is no persisted document with this id.")
        return found

    def _adhoc(self, source: str, *, has_hints: bool) -> _Prepared:
        key = _digest(source)
        found = self._persisted.get(key) or self._kept.get(key)
        if found is None:
            found = self._prepared(source, key, label=ADHOC, has_hints=has_hints)
            self._keep(key, found)
        elif key in self._kept:
            self._kept.move_to_end(key)
        return found

    def _keep(self, key: str, prepared: _Prepared) -> None:
        self._kept[key] = prepared
        self._kept_characters += prepared.source_length
        while len(self._kept) > _MAX_KEPT or self._kept_characters > _MAX_KEPT_CHARACTERS:
            _, oldest = self._kept.popitem(last=False)
            self._kept_characters -= oldest.source_length

    def _loaded(self, folder: Path) -> dict[str, _Prepared]:
        found: dict[str, _Prepared] = {}
        for path in sorted(folder.glob("*.graphql")):
            source = path.read_text()
            key = _digest(source)
            try:
                prepared = self._prepared(source, key, label=path.stem, has_hints=True)
            except RequestRefused as refusal:
                raise InvalidDocument(f"{path}: {refusal}") from refusal
            if len(prepared.operations) != 1:
                raise InvalidDocument(f"{path}: has {len(prepared.operations)} operations; one is needed.")
            if key in found:
                raise InvalidDocument(f"{path}: is the same as another file.")
            found[key] = prepared
        return found

    def _prepared(self, source: str, key: str, label: str, *, has_hints: bool) -> _Prepared:
        document = self._parsed(source)
        demands = check(document, self._limits, self._sizes)
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
        viewer_dependent = self._viewer_dependent(document)
        operations = {
            definition.name.value if definition.name else None: Operation(
                document=document,
                document_hash=key,
                name=definition.name.value if definition.name else None,
                kind=definition.operation,
                label=label,
                is_viewer_dependent=index in viewer_dependent,
                cursor_variable=_cursor_variable(document, definition),
                demand=demands[definition.name.value if definition.name else None],
            )
            for index, definition in enumerate(document.definitions)
            if isinstance(definition, OperationDefinitionNode)
        }
        return _Prepared(source_length=len(source), operations=operations)

    def _parsed(self, source: str) -> DocumentNode:
        try:
            return parse(
                source,
                max_lexical_tokens=self._limits.tokens,
                max_comments=self._limits.tokens,
                max_source_length=self._limits.source_length,
            )
        except GraphQLError as error:
            raise RequestRefused.because(Code.GRAPHQL_PARSE_FAILED, [error]) from error

    def _viewer_dependent(self, document: DocumentNode) -> set[int]:
        """The places in the document of the definitions that select a viewer's field, directly or by a fragment."""
        types = TypeInfo(self._schema)
        visitor = _ViewerFields(types)
        visit(document, TypeInfoVisitor(types, visitor))
        names = {
            definition.name.value: index
            for index, definition in enumerate(document.definitions)
            if isinstance(definition, FragmentDefinitionNode)
        }
        marked = set(visitor.marked)
        pending = list(marked)
        spread_by: dict[int, list[int]] = {}
        for index, spreads in visitor.spreads.items():
            for name in spreads:
                spread_by.setdefault(names[name], []).append(index)
        while pending:
            for outer in spread_by.get(pending.pop(), ()):
                if outer not in marked:
                    marked.add(outer)
                    pending.append(outer)
        return marked


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


class _ViewerFields(Visitor):
    """Finds the definitions that select fields marked with `viewer_field`, and what each definition spreads."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self._index = -1
        self.marked: set[int] = set()
        self.spreads: dict[int, set[str]] = {}

    def enter_operation_definition(self, *_: object) -> None:
        self._index += 1

    def enter_fragment_definition(self, *_: object) -> None:
        self._index += 1

    def enter_field(self, node: FieldNode, *_: object) -> None:
        definition = self._types.get_field_def()
        declared = definition.extensions.get("strawberry-definition") if definition else None
        if isinstance(declared, StrawberryField) and declared.metadata.get(VIEWER_DEPENDENT):
            self.marked.add(self._index)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        self.spreads.setdefault(self._index, set()).add(node.name.value)


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


def _digest(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()
