"""What a document uses that will go away."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import (
    DocumentNode,
    EnumValueNode,
    FieldNode,
    GraphQLArgument,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLSchema,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    visit,
)


@dataclass(frozen=True, slots=True)
class Deprecation:
    """A part of the schema that will go away.

    Attributes:
        name: as the specification writes it: `Type.field`, `Type.field(argument:)`, `Input.field` or `Enum.VALUE`.
        reason: what to use in its place.
    """

    name: str
    reason: str


def deprecations(schema: GraphQLSchema, document: DocumentNode) -> tuple[Deprecation, ...]:
    """What a valid document uses that is deprecated, each once."""
    # graphql-core has a rule for this, which fails on arguments of a schema that was not read from SDL.
    types = TypeInfo(schema)
    visitor = _Used(types)
    visit(document, TypeInfoVisitor(types, visitor))
    return tuple(Deprecation(name, reason) for name, reason in visitor.found.items())


class _Used(Visitor):
    """Collects the reasons of deprecated parts, by their names."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self.found: dict[str, str] = {}

    def enter_field(self, node: FieldNode, *_: object) -> None:
        field = self._types.get_field_def()
        if field is None:
            return
        name = f"{self._types.get_parent_type()}.{node.name.value}"
        self._note(name, field)
        for argument in node.arguments or ():
            self._note(f"{name}({argument.name.value}:)", field.args.get(argument.name.value))

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
        parent = get_named_type(self._types.get_parent_input_type())
        if isinstance(parent, GraphQLInputObjectType):
            self._note(f"{parent}.{node.name.value}", parent.fields.get(node.name.value))

    def enter_enum_value(self, node: EnumValueNode, *_: object) -> None:
        self._note(f"{get_named_type(self._types.get_input_type())}.{node.value}", self._types.get_enum_value())

    def _note(
        self, name: str, part: GraphQLField | GraphQLArgument | GraphQLInputField | GraphQLEnumValue | None
    ) -> None:
        if part is not None and part.deprecation_reason is not None:
            self.found[name] = part.deprecation_reason
