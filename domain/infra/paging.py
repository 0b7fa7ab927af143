"""Keyset pages from a select: rows after a sort key, never an offset, so that inserts cannot repeat or skip a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from domain.infra.db import ReadSession
from domain.kernel.errors import InvalidInput
from domain.kernel.paging import Page, PageRequest

T = TypeVar("T")


async def page_of(
    session: ReadSession,
    statement: Select[T],
    keys: Sequence[InstrumentedAttribute[Any]],
    request: PageRequest,
    *,
    descending: bool = False,
) -> Page[T]:
    """The rows of `statement` in the order of `keys` (the last one unique), after `request.after`.

    Raises:
        InvalidInput: the cursor does not belong to this list.
    """
    if request.after is not None:
        values = tuple_(*_bound(keys, request.after))
        row = tuple_(*keys)
        statement = statement.where(row < values if descending else row > values)
    order = [key.desc() if descending else key.asc() for key in keys]
    found = list(await session.scalars(statement.order_by(*order).limit(request.size + 1)))
    return _page(found, keys, request)


async def pages_of(
    session: ReadSession,
    statement: Select[T],
    owner: InstrumentedAttribute[UUID],
    owners: Sequence[UUID],
    keys: Sequence[InstrumentedAttribute[Any]],
    request: PageRequest,
) -> dict[UUID, Page[T]]:
    """The same page of several lists at once: for each of `owners` its rows in the order of `keys`, as `page_of`.

    Raises:
        InvalidInput: the cursor does not belong to these lists.
    """
    statement = statement.where(owner.in_(owners))
    if request.after is not None:
        statement = statement.where(tuple_(*keys) > tuple_(*_bound(keys, request.after)))
    place = func.row_number().over(partition_by=owner, order_by=keys).label("place_of_row")
    ranked = statement.add_columns(place).subquery()
    row = aliased(owner.class_, ranked)
    ordered = select(row).where(ranked.c.place_of_row <= request.size + 1).order_by(ranked.c.place_of_row)
    found: dict[UUID, list[Any]] = {key: [] for key in owners}
    for entry in await session.scalars(ordered):
        found[getattr(entry, owner.key)].append(entry)
    return {key: _page(rows, keys, request) for key, rows in found.items()}


def _page(found: Sequence[T], keys: Sequence[InstrumentedAttribute[Any]], request: PageRequest) -> Page[T]:
    rows = [(row, tuple(_text(getattr(row, key.key)) for key in keys)) for row in found[: request.size]]
    return Page(rows=rows, has_previous=request.after is not None, has_next=len(found) > request.size)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _bound(keys: Sequence[InstrumentedAttribute[Any]], texts: tuple[str, ...]) -> list[Any]:
    if len(keys) != len(texts):
        raise InvalidInput("This cursor is not from this list.", "after")
    try:
        return [_value(cast("type[Any]", key.type.python_type), text) for key, text in zip(keys, texts, strict=True)]
    except (ValueError, OverflowError) as error:
        raise InvalidInput("This cursor is not from this list.", "after") from error


def _value(kind: type[Any], text: str) -> Any:
    return datetime.fromisoformat(text).astimezone(UTC) if kind is datetime else kind(text)
