"""Which parts of a schema a document uses, by their schema coordinates: `Match`, `Match.status`, `Query.match(id:)`."""

from __future__ import annotations

from collections.abc import Iterable

from graphql import (
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    EnumValueNode,
    FieldNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLSchema,
    NamedTypeNode,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableDefinitionNode,
    Visitor,
    get_named_type,
    is_abstract_type,
    visit,
)


def coordinates_in(document: DocumentNode, schema: GraphQLSchema) -> frozenset[str]:
    """The coordinates of what the document uses. Its variables may hold whatever their types allow."""
    types = TypeInfo(schema)
    used = _Used(schema, types)
    visit(document, TypeInfoVisitor(types, used))
    return frozenset(used.coordinates)


class _Used(Visitor):
    """Collects coordinates while a document is visited. What the schema does not know is left out."""

    def __init__(self, schema: GraphQLSchema, types: TypeInfo) -> None:
        super().__init__()
        self._schema = schema
        self._types = types
        self.coordinates: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent, field = self._types.get_parent_type(), self._types.get_field_def()
        if parent is None or field is None:
            return
        self.coordinates.add(get_named_type(field.type).name)
        owners: list[GraphQLNamedType] = [parent]
        if is_abstract_type(parent):
            owners += self._schema.get_possible_types(parent)
        for owner in owners:
            place = f"{owner.name}.{node.name.value}"
            self.coordinates.add(place)
            self._use_arguments(place, node.arguments or (), field.args)

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        place = f"@{node.name.value}"
        self.coordinates.add(place)
        directive = self._types.get_directive()
        if directive is not None:
            self._use_arguments(place, node.arguments or (), directive.args)

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
        parent = self._types.get_parent_input_type()
        if parent is not None:
            self.coordinates.add(f"{get_named_type(parent).name}.{node.name.value}")

    def enter_enum_value(self, node: EnumValueNode, *_: object) -> None:
        kind = self._types.get_input_type()
        if kind is not None:
            self.coordinates.add(f"{get_named_type(kind).name}.{node.value}")

    def enter_named_type(self, node: NamedTypeNode, *_: object) -> None:
        self.coordinates.add(node.name.value)

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: object) -> None:
        kind = self._types.get_input_type()
        if kind is not None:
            self._use_all_of(kind)

    def _use_arguments(self, place: str, given: Iterable[ArgumentNode], known: dict[str, GraphQLArgument]) -> None:
        for argument in given:
            if (definition := known.get(argument.name.value)) is not None:
                self.coordinates.add(f"{place}({argument.name.value}:)")
                self.coordinates.add(get_named_type(definition.type).name)

    def _use_all_of(self, kind: GraphQLInputType) -> None:
        """Use a type of values with everything that a value of it may hold."""
        pending, seen = [get_named_type(kind)], set()
        while pending:
            found = pending.pop()
            if found.name in seen:
                continue
            seen.add(found.name)
            if isinstance(found, GraphQLEnumType):
                self.coordinates.update(f"{found.name}.{value}" for value in found.values)
            elif isinstance(found, GraphQLInputObjectType):
                self.coordinates.update(f"{found.name}.{name}" for name in found.fields)
                pending += [get_named_type(field.type) for field in found.fields.values()]
        self.coordinates |= seen
