"""Round robins as scalachess tests its tie-breaks with (lichess-org/scalachess): players are numbers, `games` are
`[round, white, black, white's result]`, `ratings` are by player, and `expected` has the official values.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from domain.kernel.scoring import MatchScoring
from domain.tournaments.exchange.events.documents import Place
from domain.tournaments.rules.events import (
    MAX_ENTRANTS,
    Event,
    EventEntrant,
    EventGroup,
    EventMatch,
    EventStage,
    Progress,
    StageFormat,
)

_WINNERS: dict[str, int | None] = {"1": 0, "0": 1, "=": None}
_MAX_RATING = 9_999
_MAX_ROUND = 1_000
# The order in which it has the values; direct encounter is among those with the same points.
_ORDER = ("PTS", "DE", "SB", "WON", "BWG", "KS")


def is_scalachess(documents: Sequence[Place]) -> bool:
    """Whether this looks like one of them."""
    return "games" in documents[0] and "ratings" in documents[0]


def read_scalachess(documents: Sequence[Place]) -> Event:
    """The round robin.

    Raises:
        InvalidEventFile: something is missing or wrong in some place.
    """
    whole = documents[0]
    ratings = {_number(key, place): place.whole_or_none(0, _MAX_RATING) for key, place in whole["ratings"].entries()}
    entrants = tuple(
        EventEntrant(number, f"Player {number}", rating=rating, external_id=str(number))
        for number, rating in sorted(ratings.items())
    )
    matches = tuple(_match(place, index) for index, place in enumerate(whole["games"].items(), 1))
    told = whole["expected"].entries() if "expected" in whole else ()
    values = {_number(key, place): _values(place) for key, place in told}
    group = EventGroup(tuple(entrant.number for entrant in entrants), matches, values=values)
    stage = EventStage(
        StageFormat.ROUND_ROBIN,
        (group,),
        tiebreaks=_ORDER,
        has_sides=True,
        best_of=1,
        match_scoring=MatchScoring.PLAY_ALL,
    )
    return Event(entrants, (stage,), whole["event"].text(), "chess")


def _number(key: str, place: Place) -> int:
    if not (key.isascii() and key.isdigit() and len(key) < 6 and 1 <= int(key) <= MAX_ENTRANTS):
        raise place.refused(f"the key is a number of a player, from 1 to {MAX_ENTRANTS}.")
    return int(key)


def _match(place: Place, index: int) -> EventMatch:
    fields = list(place.items(4))
    if len(fields) != 4:
        raise place.wrong("[round, white, black, result]")
    sides = fields[1].whole(1, MAX_ENTRANTS), fields[2].whole(1, MAX_ENTRANTS)
    winner = fields[3].choice(_WINNERS)
    number = fields[0].whole(1, _MAX_ROUND)
    return EventMatch(f"G{index}", number, sides, None, Progress.PLAYED, winner)


def _values(place: Place) -> dict[str, Fraction]:
    return {"PTS" if key == "points" else key: _value(value) for key, value in place.entries()}


def _value(place: Place) -> Fraction:
    """The number here, which is written as a decimal: exact as it is written."""
    if not isinstance(place.value, (int, float)) or isinstance(place.value, bool) or abs(place.value) > 10**6:
        raise place.wrong("a number")
    return Fraction(str(place.value))
