"""A ladder: who is below challenges somebody not far above, and with a win takes the place.

The order of a ladder is a fold over what happened, by day. Whoever does not play for some days drops, and drops again
when as many days have passed once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.kernel.errors import InvalidInput

MAX_ENTRANTS = 4096
MAX_DAYS = 3660

Entrant = TypeVar("Entrant", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a ladder is played.

    Attributes:
        reach: how many rungs above the own one may be challenged.
        idle_days: after how many days without a match somebody drops; None: nobody does.
        drop: by how many rungs.
    """

    reach: int
    idle_days: int | None = None
    drop: int = 1


@dataclass(frozen=True, slots=True)
class Challenge(Generic[Entrant]):
    """A match that was played. `day` counts from 0; of the matches of one day nobody plays two."""

    day: int
    challenger: Entrant
    challenged: Entrant
    is_won: bool


def may_challenge(order: Sequence[Entrant], challenger: Entrant, terms: Terms) -> tuple[Entrant, ...]:
    """Those whom somebody may challenge now, the nearest first.

    Raises:
        InvalidInput: the challenger is not on the ladder.
    """
    if challenger not in order:
        raise InvalidInput("The challenger is not on the ladder.")
    rung = order.index(challenger)
    return tuple(reversed(order[max(0, rung - terms.reach) : rung]))


def standing(
    seeds: Sequence[Entrant], challenges: Iterable[Challenge[Entrant]], terms: Terms, today: int
) -> tuple[Entrant, ...]:
    """The ladder at the end of a day, the top first. `seeds` is how it stood at the beginning of day 0.

    On each day the challengers who win change places with those they have beaten. At its end those who have been idle
    for too long drop past as many others who have not. The answer does not depend on the order of the challenges given.

    Raises:
        InvalidInput: the terms or the field make no sense, or a challenge was not allowed on its day.
    """
    _require_terms(seeds, terms, today)
    by_day = _by_day(challenges, today)
    order, last_played = list(seeds), dict.fromkeys(seeds, 0)
    for day in sorted(by_day) if terms.idle_days is None else range(today + 1):
        of_day = by_day.get(day, [])
        order = _played(order, of_day, terms)
        last_played.update((player, day) for each in of_day for player in (each.challenger, each.challenged))
        if terms.idle_days is not None:
            idle = {each for each in order if _is_due(day - last_played[each], terms.idle_days)}
            order = _dropped(order, idle, terms.drop)
    return tuple(order)


def _dropped(order: list[Entrant], idle: Collection[Entrant], drop: int) -> list[Entrant]:
    rungs = {entrant: rung + drop * (entrant in idle) for rung, entrant in enumerate(order)}
    return sorted(order, key=lambda entrant: (rungs[entrant], entrant in idle)) if idle else order


def _played(order: Sequence[Entrant], challenges: Sequence[Challenge[Entrant]], terms: Terms) -> list[Entrant]:
    """The order after the challenges of a day. Each is held to the order before all of them."""
    rungs, changed = {entrant: rung for rung, entrant in enumerate(order)}, list(order)
    for each in challenges:
        if not {each.challenger, each.challenged} <= rungs.keys():
            raise InvalidInput(f"Somebody who is not on the ladder plays on day {each.day}.")
        below, above = rungs[each.challenger], rungs[each.challenged]
        if not 1 <= below - above <= terms.reach:
            raise InvalidInput(f"A challenge of day {each.day} is not of somebody 1 to {terms.reach} rungs above.")
        if each.is_won:
            changed[above], changed[below] = each.challenger, each.challenged
    return changed


def _by_day(challenges: Iterable[Challenge[Entrant]], today: int) -> Mapping[int, list[Challenge[Entrant]]]:
    found: dict[int, list[Challenge[Entrant]]] = defaultdict(list)
    for each in challenges:
        if not 0 <= each.day <= today:
            raise InvalidInput(f"A challenge is of day {each.day}; today is day {today}.")
        found[each.day].append(each)
    for day, of_day in found.items():
        players = [player for each in of_day for player in (each.challenger, each.challenged)]
        if len(set(players)) < len(players):
            raise InvalidInput(f"Somebody plays twice on day {day}.")
    return found


def _is_due(idle: int, every: int) -> bool:
    return idle > 0 and idle % every == 0


def _require_terms(seeds: Sequence[Entrant], terms: Terms, today: int) -> None:
    if not 2 <= len(seeds) <= MAX_ENTRANTS or len(set(seeds)) < len(seeds):
        raise InvalidInput(f"A ladder has 2 to {MAX_ENTRANTS} entrants, each of them once.")
    if not 0 <= today <= MAX_DAYS:
        raise InvalidInput(f"A ladder is played on the days 0 to {MAX_DAYS}.", "today")
    if terms.reach < 1:
        raise InvalidInput("At least one rung above can be challenged.", "reach")
    if terms.drop < 1 or (terms.idle_days is not None and terms.idle_days < 1):
        raise InvalidInput("Who is idle for at least one day drops by at least one rung.", "idleDays")
