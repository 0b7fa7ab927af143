"""Keyset pages of a list: rows after a sort key, never an offset, so that inserts cannot repeat or skip a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Select, bindparam, column, func, select, true, tuple_
from sqlalchemy.orm import aliased

from domain.infra.db import ReadSession
from domain.infra.views import Column
from domain.kernel.errors import InvalidInput
from domain.kernel.paging import Page, PageRequest

T = TypeVar("T")


class Pages(Generic[T]):
    """A list in the order of `keys`, of which the last is unique, page by page. With `owner`, a column, there is a list
    for each of its values, in ascending order.

    `statement` selects the rows, with parameters for what a request decides. `make` makes an entry of a row; without it
    the statement selects entities, and they are the entries. Entries have the keys and the owner as attributes.
    """

    def __init__(
        self,
        statement: Select[Any],
        keys: Sequence[Column],
        make: Callable[[Any], T] | None = None,
        *,
        owner: Column | None = None,
        descending: bool = False,
    ) -> None:
        after = tuple_(*(bindparam(f"after_{number}", type_=key.type) for number, key in enumerate(keys)))
        following = statement.where(tuple_(*keys) < after if descending else tuple_(*keys) > after)
        self._keys = keys
        self._names = [str(key.key) for key in keys]
        self._make: Callable[[Any], T] = itemgetter(0) if make is None else make
        if owner is None:
            self._first, self._next = (_limited(each, keys, descending=descending) for each in (statement, following))
        else:
            self._owner = attrgetter(str(owner.key))
            self._first, self._next = (_of_each(each, keys, owner, make) for each in (statement, following))

    async def page(self, session: ReadSession, request: PageRequest, **values: Any) -> Page[T]:
        """A page of the one list there is; `values` are those of the statement's own parameters.

        Raises:
            InvalidInput: the cursor does not belong to this list.
        """
        return self._page(await self._entries(session, request, values), request)

    async def pages(
        self, session: ReadSession, owners: Sequence[UUID], request: PageRequest, **values: Any
    ) -> dict[UUID, Page[T]]:
        """The same page of several lists at once, by owner, in one statement.

        Raises:
            InvalidInput: the cursor does not belong to these lists.
        """
        found: dict[UUID, list[T]] = {key: [] for key in owners}
        for entry in await self._entries(session, request, {**values, "owners": list(found)}):
            found[self._owner(entry)].append(entry)
        return {key: self._page(entries, request) for key, entries in found.items()}

    async def _entries(self, session: ReadSession, request: PageRequest, values: dict[str, Any]) -> list[T]:
        given = {**values, "row_limit": request.size + 1}
        if request.after is None:
            rows = await session.execute(self._first, given)
        else:
            rows = await session.execute(self._next, given | _bound(self._keys, request.after))
        return [self._make(row) for row in rows]

    def _page(self, found: Sequence[T], request: PageRequest) -> Page[T]:
        rows = [(entry, tuple(_text(getattr(entry, name)) for name in self._names)) for entry in found[: request.size]]
        return Page(rows=rows, has_previous=request.after is not None, has_next=len(found) > request.size)


_LIMIT = bindparam("row_limit", type_=Integer())


def _limited(statement: Select[Any], keys: Sequence[Column], *, descending: bool) -> Select[Any]:
    return statement.order_by(*(key.desc() if descending else key.asc() for key in keys)).limit(_LIMIT)


def _of_each(statement: Select[Any], keys: Sequence[Column], owner: Column, make: object) -> Select[Any]:
    # Each list is read as the only one would be: along an index, and no further than its page.
    given = func.unnest(bindparam("owners", type_=ARRAY(owner.type)))
    owners = given.table_valued(column("owner", owner.type)).render_derived("lists")
    page = _limited(statement.where(owner == owners.c.owner), keys, descending=False).lateral()
    chosen = [aliased(owner.class_, page)] if make is None else list(page.c)
    return select(*chosen).select_from(owners).join(page, true()).order_by(*(page.c[str(key.key)] for key in keys))


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _bound(keys: Sequence[Column], texts: tuple[str, ...]) -> dict[str, Any]:
    if len(keys) != len(texts):
        raise InvalidInput("This cursor is not from this list.", "after")
    try:
        return {
            f"after_{number}": _value(cast("type[Any]", key.type.python_type), text)
            for number, (key, text) in enumerate(zip(keys, texts, strict=True))
        }
    except (ValueError, OverflowError) as error:
        raise InvalidInput("This cursor is not from this list.", "after") from error


def _value(kind: type[Any], text: str) -> Any:
    return datetime.fromisoformat(text).astimezone(UTC) if kind is datetime else kind(text)
