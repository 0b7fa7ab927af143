"""When the matches and heats that wait will likely be called: from how long they took so far, and a look ahead.

Whole seconds throughout. A length is from the call to the end, so that it has the way to the table in it.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

# Before anything is known: ten minutes for each game of a heat, or that the winner of a match has to win. It weighs as
# much as three of them.
_A_GAME_S = 600
_WEIGHT = 3
# Who plays longer than expected is taken to need this part of the expected length more.
_LATE_PART = 8


class Form(NamedTuple):
    """How long something is: a match by its best of, a heat by how many games it has."""

    best_of: int
    is_heat: bool = False

    @property
    def games(self) -> int:
        """The games of a heat, or those that the winner of a match has to win."""
        return self.best_of if self.is_heat else self.best_of // 2 + 1


Lengths = Mapping[Form, Sequence[int]]
"""How many seconds matches and heats took."""


def expected_length(lengths: Lengths, form: Form) -> int:
    """How many seconds a match or a heat will take.

    The median of those so far that are as long, and of three more that went at the pace of all matches of the event, or
    of all heats, whose own median is taken with three more that went as without any knowledge. One that was forgotten
    for hours moves it no more than one that took a little longer than usual.
    """
    alike = {other: found for other, found in lengths.items() if other.is_heat is form.is_heat}
    paces = [length // other.games for other, found in alike.items() for length in found]
    pace = _median([*paces, *[_A_GAME_S] * _WEIGHT])
    return max(1, _median([*alike.get(form, ()), *[pace * form.games] * _WEIGHT]))


def remaining(expected: int, elapsed: int) -> int:
    """How many seconds something still takes that has been at its table for so long."""
    return max(expected - elapsed, expected // _LATE_PART, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A match or a heat that was not called yet.

    `ready_at` None: its sides come from the matches in `after`. `sides` are those that are known.
    """

    id: UUID
    length: int
    path: int
    order: int
    ready_at: int | None
    after: Collection[UUID] = ()
    sides: Collection[UUID] = ()


def forecast(
    now: int, planned: Iterable[Planned], ends: Mapping[UUID, int], tables: Collection[int], busy: Mapping[UUID, int]
) -> dict[UUID, int]:
    """When each match is likely called, in the order of the calls; those that nothing leads to are left out.

    Times are seconds since any instant. `ends` says when matches end that are being played, `tables` when each table
    is free, `busy` until when sides play. Each table that gets free takes the first match of the queue (list
    scheduling; Graham 1966, "Bounds for certain multiprocessing anomalies"). Each match has an `order` of its own.
    """
    ahead = _LookAhead(now, planned, ends, busy)
    free = [max(now, at) for at in tables]
    heapq.heapify(free)
    while free and (at := ahead.next_instant(free[0])) is not None:
        heapq.heapreplace(free, ahead.call(at))
    return ahead.calls


class _LookAhead:
    """What is going to happen: `coming` matches can be played from an instant on, `waiting` ones now."""

    def __init__(
        self, now: int, planned: Iterable[Planned], ends: Mapping[UUID, int], busy: Mapping[UUID, int]
    ) -> None:
        self.calls: dict[UUID, int] = {}
        self._now = now
        self._at = now
        self._ends = dict(ends)
        self._busy = dict(busy)
        self._followers: dict[UUID, list[Planned]] = defaultdict(list)
        self._coming: list[tuple[int, int, int, Planned]] = []
        self._waiting: list[tuple[int, int, int, int, Planned]] = []
        for match in planned:
            for before in match.after if match.ready_at is None else ():
                self._followers[before].append(match)
            self._come(match)

    def next_instant(self, at: int) -> int | None:
        """The first instant from `at` on, and from the call before on, at which a match can be called; None: never."""
        self._at = max(self._at, at)
        while True:
            self._queue(self._at)
            if self._waiting or not self._coming:
                return self._at if self._waiting else None
            self._at = max(self._at, self._coming[0][0])

    def call(self, at: int) -> int:
        """Call the first match of the queue; the answer is when it ends."""
        match = heapq.heappop(self._waiting)[-1]
        self.calls[match.id] = at
        end = at + match.length
        self._ends[match.id] = end
        self._busy.update(dict.fromkeys(match.sides, end))
        for follower in self._followers[match.id]:
            self._come(follower)
        return end

    def _come(self, match: Planned) -> None:
        at = match.ready_at
        if at is None:
            if not match.after or any(before not in self._ends for before in match.after):
                return
            at = max(self._ends[before] for before in match.after)
        heapq.heappush(self._coming, (at, match.order, at, match))

    def _queue(self, at: int) -> None:
        """Let whoever can play at an instant wait, and nobody else: whoever is busy comes back when they are free."""
        while self._coming and self._coming[0][0] <= at:
            _, order, ready_at, match = heapq.heappop(self._coming)
            heapq.heappush(self._waiting, (ready_at // 60, -match.path, order, ready_at, match))
        while self._waiting and (free_at := self._free_at(self._waiting[0][-1])) > at:
            *_, order, ready_at, match = heapq.heappop(self._waiting)
            heapq.heappush(self._coming, (free_at, order, ready_at, match))

    def _free_at(self, match: Planned) -> int:
        return max((self._busy.get(side, self._now) for side in match.sides), default=self._now)


def _median(values: Collection[int]) -> int:
    """The middle value, the lower of two."""
    return sorted(values)[(len(values) - 1) // 2]
