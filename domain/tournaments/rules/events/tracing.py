"""The links of a bracket whose origin tells only who met whom: everybody is followed from match to match."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.tournaments.rules.events.values import EventMatch
from domain.tournaments.values import LoserOf, Seed, Source, WinnerOf


class Untraceable(ValueError):
    """A side cannot be followed. `match` is the key of the match that it comes into."""

    def __init__(self, match: str, message: str) -> None:
        super().__init__(message)
        self.match = match


def traced(matches: Sequence[EventMatch], seeds: Mapping[int, int]) -> tuple[EventMatch, ...]:
    """The matches with sources: whoever won a match goes on as its winner, whoever lost it as its loser.

    Rounds tell the order, and those without one come in the order in which they stand. `seeds` are those of the
    entrants, who come into their first match with them.

    Raises:
        Untraceable: a side is not known, or comes out of a match that nobody won.
    """
    source = followed(matches, seeds)
    for match in matches:
        for slot, entrant in enumerate(match.sides):
            if entrant is None:
                raise Untraceable(match.key, "It is not told who plays here, nor where they come from.")
            if (match.key, slot) not in source:
                raise Untraceable(match.key, f"Entrant {entrant} comes out of a match that nobody won.")
    return tuple(replace(match, sources=(source[match.key, 0], source[match.key, 1])) for match in matches)


def followed(matches: Sequence[EventMatch], seeds: Mapping[int, int]) -> dict[tuple[str, int], Source]:
    """Where those come from who are known to play, by match and slot, as far as that can be seen."""
    played: dict[int, list[tuple[EventMatch, int]]] = {}
    for match in matches:
        for slot, entrant in enumerate(match.sides):
            if entrant is not None:
                played.setdefault(entrant, []).append((match, slot))
    source: dict[tuple[str, int], Source] = {}
    for entrant, theirs in played.items():
        before: Source | None = Seed(seeds[entrant])
        for match, slot in _in_order(theirs):
            if before is not None:
                source[match.key, slot] = before
            before = None
            if match.winner is not None:
                before = WinnerOf(match.key) if match.winner == slot else LoserOf(match.key)
    return source


def _in_order(played: list[tuple[EventMatch, int]]) -> list[tuple[EventMatch, int]]:
    """The matches of somebody as they were played: the upper bracket to the first loss, the lower one, the finals."""

    def distance(each: tuple[EventMatch, int]) -> int:
        return abs(each[0].round or 0)

    upper = sorted((each for each in played if (each[0].round or 0) > 0), key=distance)
    lower = sorted((each for each in played if (each[0].round or 0) < 0), key=distance)
    others = [each for each in played if not each[0].round]
    if not lower:
        return [*upper, *others]
    lost = next((index for index, (match, slot) in enumerate(upper) if match.winner != slot), len(upper))
    return [*upper[: lost + 1], *lower, *upper[lost + 1 :], *others]
