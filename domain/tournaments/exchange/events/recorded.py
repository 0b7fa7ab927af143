"""Results that are reduced to seeds and links, as `matchpoint play` takes them.

`entrants` says how many there are. `matches` have an `id`, a `round` as in Challonge, `p1_seed` and `p2_seed` (who
played), `p1_from` and `p2_from` (null for who starts here, else ["winner", id] or ["loser", id]), `winner_seed` and
`scores`; `final_rank_by_seed` has the official places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.tournaments.exchange.events.documents import Place
from domain.tournaments.exchange.events.drafts import bracket, leader, scores
from domain.tournaments.rules.events import (
    MAX_ENTRANTS,
    Event,
    EventEntrant,
    EventMatch,
    EventStage,
    OpenSources,
    Progress,
    StageFormat,
)
from domain.tournaments.values import LoserOf, Seed, Source, WinnerOf

_MAX_ROUND = 10_000
_TAKES = {"winner": True, "loser": False}


def is_recorded(documents: Sequence[Place]) -> bool:
    """Whether this looks like one of them."""
    return "matches" in documents[0] and isinstance(documents[0]["entrants"].value, int)


def read_recorded(documents: Sequence[Place]) -> Event:
    """The event.

    Raises:
        InvalidEventFile: something is missing or wrong in some place.
    """
    whole = documents[0]
    count = whole["entrants"].whole(2, MAX_ENTRANTS)
    places = _ranks(whole["final_rank_by_seed"], count)
    entrants = tuple(EventEntrant(seed, f"Seed {seed}", seed, place=places.get(seed)) for seed in range(1, count + 1))
    matches, sources = [], {}
    for place in whole["matches"].items():
        match = _match(place, count)
        matches.append(match)
        sources[match.key] = _sources(place, match)
    group = bracket(range(1, count + 1), _with_resets(matches, sources), sources)
    return Event(entrants, (EventStage(StageFormat.ELIMINATION, (group,)),), whole["name"].text())


def _match(place: Place, count: int) -> EventMatch:
    sides = place["p1_seed"].whole_or_none(1, count), place["p2_seed"].whole_or_none(1, count)
    told = place["winner_seed"].whole_or_none(1, count)
    if told is not None and told not in sides:
        raise place["winner_seed"].refused(f"seed {told} cannot have won; {sides[0]} met {sides[1]}.")
    score, games = scores(place["scores"])
    winner = leader(score) if told is None else sides.index(told)
    # A score that says otherwise than the organizers did not decide the match.
    is_played = score is not None and min(score) >= 0 and leader(score) == winner
    progress = Progress.OPEN if winner is None else Progress.PLAYED if is_played else Progress.FORFEIT
    return EventMatch(
        key=place["id"].id(),
        round=place["round"].whole_or_none(-_MAX_ROUND, _MAX_ROUND),
        sides=sides,
        progress=progress,
        winner=winner,
        score=score,
        games=games,
    )


def _sources(place: Place, match: EventMatch) -> OpenSources:
    return _source(place["p1_from"], match.sides[0]), _source(place["p2_from"], match.sides[1])


def _source(place: Place, seed: int | None) -> Source:
    if place.value is not None:
        parts = list(place.items(2))
        if len(parts) != 2:
            raise place.wrong('["winner", id] or ["loser", id]')
        key = parts[1].id()
        return WinnerOf(key) if parts[0].choice(_TAKES) else LoserOf(key)
    if seed is None:
        raise place.refused("is missing, and so is the seed that would start here.")
    return Seed(seed)


def _ranks(place: Place, count: int) -> dict[int, int]:
    ranks = {}
    for key, rank in place.entries() if place.value is not None else ():
        if not (key.isascii() and key.isdigit() and len(key) < 6 and 1 <= int(key) <= count):
            raise rank.refused(f"is not a seed; the seeds are 1 to {count}.")
        if rank.value is not None:
            ranks[int(key)] = rank.whole(1, count)
    return ranks


def _with_resets(matches: Sequence[EventMatch], sources: dict[str, OpenSources]) -> list[EventMatch]:
    """The matches; a second final of the same two that has neither winner nor score was not needed."""

    def is_repeat(match: EventMatch) -> bool:
        feeders = {source.match for source in sources[match.key] if isinstance(source, (WinnerOf, LoserOf))}
        return len(feeders) == 1 and not any(isinstance(source, Seed) for source in sources[match.key])

    return [
        replace(match, progress=Progress.NOT_NEEDED) if match.winner is None and is_repeat(match) else match
        for match in matches
    ]
