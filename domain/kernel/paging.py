"""Pages of a list: keyset paging, always bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.kernel.errors import InvalidInput

MAX_PAGE = 100

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """`size` rows after the row whose sort key is `after` (None: from the start).

    The key is what the query sorts by, as text values, ending with something unique.
    """

    size: int = 20
    after: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.size <= MAX_PAGE:
            raise InvalidInput(f"A page has 1 to {MAX_PAGE} entries.", "first")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A bounded part of a list: each row with its sort key, and whether others come before and after."""

    rows: Sequence[tuple[T, tuple[str, ...]]]
    has_previous: bool
    has_next: bool
