"""Tables of the vetoes context."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.infra.orm import Row
from domain.infra.views import view_of
from domain.vetoes.rules.progress import Progress, progress_of
from domain.vetoes.values import VetoChoice, VetoCourse, VetoView


class Veto(Row):
    """The veto of a match between two sides, which is that of the match as long as those are its sides.

    Brought together again they find it as they left it. `choices` are what was chosen, in order, also after games that
    somebody else is said to have won by now, and `version` rises with each change; `first_slot` is the slot of A, and
    by `lot` is drawn who that is and what is chosen for the late. `waits_after` says who had won the games before the
    step that it waits for, as `VetoChoice` does.
    """

    __tablename__ = "vetoes"
    __table_args__ = (
        UniqueConstraint("match_id", "first_id", "second_id"),
        CheckConstraint("first_slot IN (0, 1)", name="first_slot"),
        CheckConstraint("step_s BETWEEN 10 AND 3600", name="step_s"),
        CheckConstraint("deadline_at IS NULL OR step_s IS NOT NULL", name="deadline"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"))
    first_id: Mapped[UUID]
    second_id: Mapped[UUID]
    course: Mapped[dict[str, Any]]
    choices: Mapped[list[Any]]
    first_slot: Mapped[int] = mapped_column(SmallInteger)
    lot: Mapped[int] = mapped_column(BigInteger)
    step_s: Mapped[int | None]
    opened_at: Mapped[datetime]
    deadline_at: Mapped[datetime | None]
    waits_after: Mapped[str] = mapped_column(default="")
    version: Mapped[int]

    @property
    def view(self) -> VetoView:
        """The veto as readers are shown it."""
        return view_of(self, VetoView)


def progress_in(view: VetoView, games: Iterable[Sequence[int]]) -> Progress:
    """Where a veto is, when these games of its match are told, each with the points of slot 0 and of slot 1."""
    course = msgspec.convert(view.course, VetoCourse)
    winners = [None if first == second else view.turn_of(int(first < second)) for first, second in games]
    return progress_of(course, msgspec.convert(view.choices, list[VetoChoice]), view.opened_at, winners)
