"""What the readers of other people's files share: entrants by id, scores, and links that become a bracket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count

from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange.events.documents import Place
from domain.tournaments.rules.events import (
    DECIDED,
    EventEntrant,
    EventGroup,
    EventMatch,
    OpenSources,
    Origin,
    Pair,
    Untraceable,
    traced,
    without_byes,
)
from domain.tournaments.values import WinnerOf

MAX_AMOUNT = 1_000_000
MAX_GAMES = 99
_SET = re.compile(r"(-?\d{1,7})\s*[-–:]\s*(-?\d{1,7})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cast:
    """The entrants of an event, by all the ids under which it knows them."""

    entrants: tuple[EventEntrant, ...]
    numbers: Mapping[str, int]

    def number(self, place: Place) -> int | None:
        """The number of the entrant whose id stands here; None where nothing stands.

        Raises:
            InvalidEventFile: there is no such entrant.
        """
        if place.value is None:
            return None
        found = self.numbers.get(place.id())
        if found is None:
            raise place.refused(f"there is no entrant {place.id()!r}.")
        return found


def numbered(entrants: Sequence[tuple[EventEntrant, Sequence[str], Place]]) -> Cast:
    """The entrants in the order of their seeds, then in their own. Each comes with its ids and where it stands.

    Raises:
        InvalidEventFile: an id is used twice.
    """
    ordered = sorted(entrants, key=lambda each: (each[0].seed is None, each[0].seed or 0))
    numbers: dict[str, int] = {}
    for number, (_, ids, place) in enumerate(ordered, 1):
        for known in ids:
            if known in numbers:
                raise place.refused(f"the id {known!r} is used twice.")
            numbers[known] = number
    return Cast(tuple(replace(each[0], number=number) for number, each in enumerate(ordered, 1)), numbers)


def seeded(entrants: Iterable[int]) -> dict[int, int]:
    """The seeds in a group of these entrants, the first being 1."""
    return {entrant: seed for seed, entrant in enumerate(entrants, 1)}


def bracket(
    entrants: Sequence[int],
    matches: Sequence[EventMatch],
    sources: Mapping[str, OpenSources] | None,
    *,
    name: str = "",
    origins: tuple[Origin | None, ...] = (),
    places: Mapping[int, int] | None = None,
) -> EventGroup:
    """A group of linked matches. Byes are left out; without `sources` everybody is followed from match to match.

    Raises:
        InvalidEventFile: somebody cannot be followed.
    """
    if sources is None:
        try:
            linked = traced(matches, seeded(entrants))
        except Untraceable as error:
            raise InvalidEventFile(f"Match {error.match!r}: {error}") from error
    else:
        left = without_byes(sources)
        linked = tuple(replace(match, sources=left[match.key]) for match in matches if match.key in left)
    return EventGroup(tuple(entrants), _with_winners(linked), (), name, origins, places or {})


def _with_winners(matches: Sequence[EventMatch]) -> tuple[EventMatch, ...]:
    """The matches, where the origin is silent with the winner who is seen from who goes on."""
    went_on = {
        source: side for match in matches for source, side in zip(match.sources or (), match.sides, strict=False)
    }

    def told(match: EventMatch) -> EventMatch:
        winner = went_on.get(WinnerOf(match.key))
        if match.winner is not None or match.progress not in DECIDED or winner not in match.sides or winner is None:
            return match
        return replace(match, winner=match.sides.index(winner))

    return tuple(told(match) for match in matches)


def scores(place: Place) -> tuple[Pair | None, tuple[Pair, ...]]:
    """The score of a text such as `2-1` or `2-1,0-2,2-0`, and that of each game where there are several.

    Raises:
        InvalidEventFile: it is not a score.
    """
    pairs = []
    for part in place.text(4_000).split(","):
        if not part.strip():
            continue
        found = _SET.fullmatch(part.strip())
        if found is None:
            raise place.wrong('a score such as "2-1" or "2-1,0-2,2-0"')
        pairs.append((int(found[1]), int(found[2])))
    return games_score(pairs, place)


def games_score(pairs: Sequence[Pair], place: Place) -> tuple[Pair | None, tuple[Pair, ...]]:
    """The score of these: of one its own, of several how many of them each side won; then all, if several.

    Raises:
        InvalidEventFile: there are too many.
    """
    if len(pairs) > MAX_GAMES:
        raise place.refused(f"has {len(pairs)} games; at most {MAX_GAMES} are read.")
    if len(pairs) < 2:
        return (pairs[0] if pairs else None), ()
    won = sum(first > second for first, second in pairs), sum(first < second for first, second in pairs)
    return won, tuple(pairs)


def leader(pair: Pair | None) -> int | None:
    """The slot that has more; None when neither does."""
    if pair is None or pair[0] == pair[1]:
        return None
    return 0 if pair[0] > pair[1] else 1


def halves(place: Place, usual: int) -> int:
    """The points here, which others write as a number or as a text, in halves.

    Raises:
        InvalidEventFile: it is no number of half points.
    """
    if place.value is None:
        return usual
    try:
        number = Fraction(str(place.value)[:20]) * 2
    except (ValueError, ZeroDivisionError) as error:
        raise place.wrong("a number of points") from error
    if number.denominator != 1 or abs(number) > 10_000:
        raise place.refused("points come in halves.")
    return int(number)


def slot_of(place: Place, cast: Cast, sides: tuple[int | None, int | None]) -> int | None:
    """The slot of the entrant whose id stands here, as of the winner of a match; None where nothing stands.

    Raises:
        InvalidEventFile: they do not play in the match.
    """
    number = cast.number(place)
    if number is None:
        return None
    if number not in sides:
        raise place.refused(f"entrant {place.id()!r} does not play in this match.")
    return sides.index(number)


def rounds_of_a_table(matches: Sequence[EventMatch]) -> tuple[EventMatch, ...]:
    """The matches with rounds in which nobody plays twice: as they are told, or else the first that are free."""
    told = [(match.round, side) for match in matches for side in match.sides]
    if all((match.round or 0) >= 1 for match in matches) and len(set(told)) == len(told):
        return tuple(matches)
    busy: dict[int | None, set[int]] = {}
    placed = []
    for match in matches:
        first, second = (busy.setdefault(side, set()) for side in match.sides)
        number = next(number for number in count(1) if number not in first and number not in second)
        first.add(number)
        second.add(number)
        placed.append(replace(match, round=number))
    return tuple(placed)
