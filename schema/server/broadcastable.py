"""What keeps a subscription from being shared: the fields it selects that do not say they are `broadcastable`.

A field says so in `schema.fields`: it answers the same to whoever may see its object. No field does by itself, so one
that was forgotten costs executions, and shows nobody what is somebody else's.
"""

from __future__ import annotations

from collections.abc import Mapping

from graphql import (
    DefinitionNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    visit,
)
from strawberry.types.field import StrawberryField

from schema.fields import BROADCASTABLE


def unshared_fields(schema: GraphQLSchema, document: DocumentNode) -> Mapping[str | None, tuple[str, ...]]:
    """By the name of each subscription, the fields that are not broadcastable, as `Type.field`, sorted.

    Its own field is none of them: whom its messages are for, the stream says. The document is valid.
    """
    subscriptions = [
        definition
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode) and definition.operation is OperationType.SUBSCRIPTION
    ]
    if not subscriptions:
        return {}
    fragments = {
        definition.name.value: _Selected.by(schema, definition)
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    return {
        definition.name.value if definition.name else None: _reached(_Selected.by(schema, definition), fragments)
        for definition in subscriptions
    }


def is_broadcastable(field: GraphQLField) -> bool:
    """Whether a field answers the same to whoever may see its object. `__typename` does; of others it is declared."""
    declared = field.extensions.get("strawberry-definition")
    return not isinstance(declared, StrawberryField) or bool(declared.metadata.get(BROADCASTABLE))


class _Selected(Visitor):
    """The fields of one definition that are not broadcastable, and the fragments that it spreads."""

    def __init__(self, types: TypeInfo, root: GraphQLNamedType | None) -> None:
        super().__init__()
        self._types = types
        self._root = root
        self.fields: set[str] = set()
        self.spreads: set[str] = set()

    @classmethod
    def by(cls, schema: GraphQLSchema, definition: DefinitionNode) -> _Selected:
        """What a definition selects."""
        types = TypeInfo(schema)
        selected = cls(types, schema.subscription_type)
        visit(definition, TypeInfoVisitor(types, selected))
        return selected

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent, field = self._types.get_parent_type(), self._types.get_field_def()
        if parent is None or field is None or parent is self._root or is_broadcastable(field):
            return
        self.fields.add(f"{parent.name}.{node.name.value}")

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        self.spreads.add(node.name.value)


def _reached(selected: _Selected, fragments: Mapping[str, _Selected]) -> tuple[str, ...]:
    """The fields of a selection and of all fragments that it leads to, sorted."""
    fields, pending, seen = set(selected.fields), set(selected.spreads), set[str]()
    while pending:
        name = pending.pop()
        seen.add(name)
        fields |= fragments[name].fields
        pending |= fragments[name].spreads - seen
    return tuple(sorted(fields))
