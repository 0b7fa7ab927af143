"""Connections: lists a client reads page by page, by the Relay specification, with keyset cursors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

import strawberry

from domain.kernel.paging import MAX_PAGE, Page
from resolvers.paging import encode_cursor
from schema.fields import attribute, field, object_type

T = TypeVar("T")
R = TypeVar("R")

First = Annotated[int, strawberry.argument(description=f"How many entries, 1 to {MAX_PAGE}.")]
After = Annotated[str | None, strawberry.argument(description="The cursor to go on from. Null: from the start.")]


def distinct(chosen: Sequence[T] | None) -> tuple[T, ...]:
    """What a list is narrowed to, each choice once; nothing for no choice."""
    return tuple(dict.fromkeys(chosen or ()))


@object_type(broadcastable=True)
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool = attribute("Whether more entries follow.")
    has_previous_page: bool = attribute("Whether entries come before; true for every page after a cursor.")
    start_cursor: str | None = attribute("The cursor of the first entry. Null when the page is empty.")
    end_cursor: str | None = attribute("Pass it as `after` for the next page. Null when the page is empty.")


@object_type(broadcastable=True)
class Edge(Generic[T]):
    """An entry of a page."""

    cursor: str = attribute("The position of this entry; pass it as `after` to go on from here.")
    node: T = attribute("The entry itself.")


@object_type(broadcastable=True)
class Connection(Generic[T]):
    """A page of a list."""

    edges: list[Edge[T]] = attribute("The entries, in order.")

    @field(broadcastable=True)
    def nodes(self) -> list[T]:
        """The same entries without their cursors, for whoever reads one page."""
        return [edge.node for edge in self.edges]

    page_info: PageInfo = attribute("Where the page stands in the list.")


def connection(page: Page[R], wrap: Callable[[R], T]) -> Connection[T]:
    """The page as a connection, each row wrapped as its GraphQL type."""
    edges = [Edge(cursor=encode_cursor(key), node=wrap(row)) for row, key in page.rows]
    info = PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Connection(edges=edges, page_info=info)
