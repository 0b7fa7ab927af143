"""What becomes of failures: paths, errors, and nulls that spread as far as the schema does not allow them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError
from graphql.error import located_error
from graphql.pyutils import Path

from schema.server.plan.run import Failed
from schema.server.plan.selections import Selection, Shape


def completed(root: Selection, data: dict[str, Any]) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
    """The data without failures, and the errors in the order of the document.

    Specification of September 2025, section 6.4.4, "Handling Execution Errors". Of several failures that make the same
    object null, the first in the order of the document is told.
    """
    errors: list[GraphQLError] = []
    try:
        return _value(Shape(is_non_null=False), [root], data, None, errors), errors
    except GraphQLError as error:
        errors.append(error)
        return None, errors


def _position(shape: Shape, below: Sequence[Selection], value: Any, path: Path, errors: list[GraphQLError]) -> Any:
    try:
        return _value(shape, below, value, path, errors)
    except GraphQLError as error:
        if shape.is_non_null:
            raise
        errors.append(error)
        return None


def _value(shape: Shape, below: Sequence[Selection], value: Any, path: Path | None, errors: list[GraphQLError]) -> Any:
    """The value at a position; `below` is what is selected of its objects, for each type that they may have."""
    if type(value) is Failed:
        raise located_error(value.error, value.nodes, path.as_list() if path is not None else None)
    if shape.item is not None and value is not None:
        items = enumerate(value)
        return [_position(shape.item, below, each, Path(path, index, None), errors) for index, each in items]
    if below and value is not None:
        return {key: _field(key, below, each, Path(path, key, None), errors) for key, each in value.items()}
    return value


def _field(key: str, parents: Sequence[Selection], value: Any, path: Path, errors: list[GraphQLError]) -> Any:
    # Fields of one key have the same shape for all types that an object may have; validation has seen to that.
    fields = [field for parent in parents if (field := parent.fields.get(key)) is not None]
    if not fields:
        return value  # the name of the type
    below = [selection for field in fields for selection in field.selections.values()]
    return _position(fields[0].shape, below, value, path, errors)
