"""What becomes of failures: paths, errors, and nulls that spread as far as the schema does not allow them."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError
from graphql.error import located_error
from graphql.pyutils import Path

from schema.server.plan.run import Failed
from schema.server.plan.selections import Shape


def completed(shape: Shape, data: dict[str, Any]) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
    """The data without failures, and the errors in the order of the document.

    Specification of September 2025, section 6.4.4, "Handling Execution Errors". Of several failures that make the same
    object null, the first in the order of the document is told.
    """
    errors: list[GraphQLError] = []
    try:
        return _value(shape, data, None, errors), errors
    except GraphQLError as error:
        errors.append(error)
        return None, errors


def _position(shape: Shape, value: Any, path: Path, errors: list[GraphQLError]) -> Any:
    try:
        return _value(shape, value, path, errors)
    except GraphQLError as error:
        if shape.is_non_null:
            raise
        errors.append(error)
        return None


def _value(shape: Shape, value: Any, path: Path | None, errors: list[GraphQLError]) -> Any:
    if type(value) is Failed:
        raise located_error(value.error, value.nodes, path.as_list() if path is not None else None)
    if shape.item is not None and value is not None:
        return [_position(shape.item, each, Path(path, index, None), errors) for index, each in enumerate(value)]
    if shape.fields and value is not None:
        return {key: _position(shape.fields[key], each, Path(path, key, None), errors) for key, each in value.items()}
    return value
