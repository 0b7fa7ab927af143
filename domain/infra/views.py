"""Views: what readers are shown of a row, as plain tuples. They are no objects of a session, and have nothing wide that
few ask for: that is read by itself.

Statements that read views are built once, with parameters for what a request decides, because to build one takes longer
than to read what it finds. They name columns of the table, not attributes of its class, with which the statement would
go the way of those that load objects.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias, TypeVar

from sqlalchemy import ARRAY, ColumnElement, Select, any_, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from domain.infra.orm import Row

V = TypeVar("V", bound=NamedTuple)

Column: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]


def columns_of(table: type[Row], view: type[NamedTuple]) -> list[ColumnElement[Any]]:
    """The columns that a view is made of, in its order."""
    return [table.__table__.c[name] for name in view._fields]


def select_view(table: type[Row], view: type[NamedTuple]) -> Select[Any]:
    """A select of what a view is made of."""
    return select(*columns_of(table, view))


def view_of(row: Row, view: type[V]) -> V:
    """The view of a row that was loaded as an object."""
    return view._make(getattr(row, name) for name in view._fields)


def among(column: Column, name: str) -> ColumnElement[bool]:
    """Whether a column has one of the values of a parameter, a list; the statement is the same for any length of it."""
    return column == any_(bindparam(name, type_=ARRAY(column.type)))
