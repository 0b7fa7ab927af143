"""Things with an id that can be read again on their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

import strawberry

from domain.kernel.ids import split_global_id
from resolvers.context import Context
from schema.fields import Info, attribute, field, interface_type, object_type


@interface_type
class Node:
    """Something with an id that stays the same."""

    id: strawberry.ID = attribute("Opaque; unique among everything here.")


# How to read a node again, by the type name inside its id. Each schema module adds its types with `readable`.
_READERS: dict[str, Callable[[Context, UUID], Awaitable[Any]]] = {}


def readable(type_name: str, read: Callable[[Context, UUID], Awaitable[Any]]) -> None:
    """Let `node(id:)` answer ids of this type. `read` gives None for what is not there or not for this viewer."""
    _READERS[type_name] = read


@object_type
class NodeQuery:
    """Reads by id."""

    @field
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The id, from any answer.")]
    ) -> Node | None:
        """Anything by its id. Null when there is no such thing or the viewer may not see it."""
        type_name, key = split_global_id(id, "id")
        read = _READERS.get(type_name)
        return None if read is None else await read(info.context, key)
