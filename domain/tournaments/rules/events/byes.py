"""Matches in which one side is a bye, as other platforms store them. Nobody plays them; here they are left out."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from domain.tournaments.values import LoserOf, Source, WinnerOf

OpenSources = tuple[Source | None, Source | None]
"""Where the two of a match come from; None for a bye."""


def without_byes(matches: Mapping[str, OpenSources]) -> dict[str, tuple[Source, Source]]:
    """The matches that have two sides, with the sources that are left when all others are gone.

    Who meets a bye goes on without a match. The winner of a match between two byes is a bye, and so is the loser of a
    match with one. What comes from a match that is not there stays as it is. It takes time linear in the matches, but
    for hostile chains of byes.
    """
    left: dict[str, list[Source | None]] = {key: list(sources) for key, sources in matches.items()}
    takers: dict[Source, list[tuple[str, int]]] = {}
    for key, sources in left.items():
        for slot, source in enumerate(sources):
            if source is not None:
                takers.setdefault(source, []).append((key, slot))
    waiting = deque(key for key, sources in left.items() if None in sources)
    while waiting:
        key = waiting.popleft()
        if key not in left:
            continue
        first, second = left.pop(key)
        for source, instead in ((WinnerOf(key), first or second), (LoserOf(key), None)):
            for taker, slot in takers.pop(source, []):
                if taker not in left:
                    continue
                left[taker][slot] = instead
                if instead is None:
                    waiting.append(taker)
                else:
                    takers.setdefault(instead, []).append((taker, slot))
    return {key: (first, second) for key, (first, second) in left.items() if first and second}
