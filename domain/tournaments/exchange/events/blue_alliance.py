"""Playoffs of FIRST robotics events, as version 3 of the API of The Blue Alliance has them: the list of
`/event/KEY/matches`, and that of `/event/KEY/alliances`, if it is there.

A match has a `comp_level` (ef, qf, sf, f; qm are no playoffs), a `set_number`, a `match_number` and two `alliances`,
red and blue, with `team_keys` and a `score` (-1 before play); `winning_alliance` is "" for a tie. The matches of a
set are one series. Alliances are known by their teams: those who have played together, so a reserve is of the
alliance that calls them. Since 2023 eight alliances play a double elimination whose sets are all of the level sf: 1
to 4, 7, 8 and 11 in the upper bracket, 5, 6, 9, 10, 12 and 13 in the lower (as clients of the API map them). From set
to set alliances are followed. Matches whose alliances are not both known yet are left out.

A level before the final whose one set mixes alliances is a table of single matches: the round robin of six divisions
at the championships of 2017 to 2022, by wins and then points, and in 2015 all levels before the final, by points alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise

from domain.kernel.scoring import MatchScoring
from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange.events.documents import Place
from domain.tournaments.exchange.events.drafts import bracket, leader, rounds_of_a_table
from domain.tournaments.rules.events import (
    Event,
    EventEntrant,
    EventGroup,
    EventMatch,
    EventStage,
    Pair,
    Progress,
    StageFormat,
)

_LEVELS = {"qm": 0, "ef": 1, "qf": 2, "sf": 3, "f": 4}
_NAMES = {rank: name for name, rank in _LEVELS.items()}
_COLOURS = ("red", "blue")
_WINNERS: Mapping[str, int | None] = {"red": 0, "blue": 1, "": None}
_DOUBLE = {**dict.fromkeys((1, 2, 3, 4), 1), **dict.fromkeys((7, 8), 2), 11: 3}
_DOUBLE |= {**dict.fromkeys((5, 6), -1), **dict.fromkeys((9, 10), -2), 12: -3, 13: -4}
_MOST_SETS_OF_SEMIFINALS = 2
_MAX_NUMBER = 1_000
_MAX_TEAMS = 10
_TITLES = {1: "Eighth-finals", 2: "Quarter-finals", 3: "Semi-finals"}
_BY_POINTS_ALONE = "2015"

_Set = tuple[int, int]
"""The level and the number of a set."""


def is_blue_alliance(documents: Sequence[Place]) -> bool:
    """Whether there is a list of matches of The Blue Alliance among these."""
    return any(_is_list_of(document, "comp_level") for document in documents)


def read_blue_alliance(documents: Sequence[Place]) -> Event:
    """The playoffs.

    Raises:
        InvalidEventFile: something is missing or wrong in some place.
    """
    sets: dict[_Set, list[Place]] = defaultdict(list)
    for document in documents:
        for place in document.items() if _is_list_of(document, "comp_level") else ():
            level = place["comp_level"].choice(_LEVELS)
            if level and all(_teams(place, colour) for colour in _COLOURS):
                sets[level, place["set_number"].whole(1, _MAX_NUMBER)].append(place)
    if not sets:
        raise InvalidEventFile("There is no match of the playoffs.")
    listed = [each for document in documents if _is_list_of(document, "picks") for each in document.items(_MAX_NUMBER)]
    alliances = _Alliances(listed, [place for places in sets.values() for place in places])
    tables = {level for level in _TITLES if _is_table(_of_level(sets, {level}), alliances)}
    event = sets[min(sets)][0]["event_key"].text()
    stages = [_table(level, _of_level(sets, {level}), alliances, event) for level in sorted(tables)]
    if linked := _of_level(sets, {*_NAMES} - tables):
        stages.append(_bracket(linked, alliances))
    return Event(alliances.entrants(), tuple(stages), event)


def _of_level(sets: Mapping[_Set, list[Place]], levels: Collection[int]) -> dict[_Set, list[Place]]:
    """The sets of these levels in order, each with its matches in order."""
    return {each: sorted(sets[each], key=_number) for each in sorted(sets) if each[0] in levels}


def _is_table(sets: Mapping[_Set, Sequence[Place]], alliances: _Alliances) -> bool:
    """Whether these are one set in which an alliance meets several."""
    return len(sets) == 1 and any(
        len({frozenset(_sides(place, alliances)) for place in places}) > 1 for places in sets.values()
    )


def _bracket(sets: Mapping[_Set, Sequence[Place]], alliances: _Alliances) -> EventStage:
    is_double = sum(level == _LEVELS["sf"] for level, _ in sets) > _MOST_SETS_OF_SEMIFINALS
    matches = [_series(each, places, alliances, is_double=is_double) for each, places in sets.items()]
    group = bracket(_playing(matches), matches, None)
    return EventStage(StageFormat.ELIMINATION, (group,), "Playoffs")


def _table(level: int, sets: Mapping[_Set, Sequence[Place]], alliances: _Alliances, event: str) -> EventStage:
    matches = [_single(each, place, alliances) for each, places in sets.items() for place in places]
    group = EventGroup(tuple(_playing(matches)), rounds_of_a_table(matches))
    tiebreaks = ("GF",) if event.startswith(_BY_POINTS_ALONE) else ("PTS", "GF")
    return EventStage(StageFormat.ROUND_ROBIN, (group,), _TITLES[level], tiebreaks, match_scoring=MatchScoring.POINTS)


def _playing(matches: Sequence[EventMatch]) -> list[int]:
    return sorted({side for match in matches for side in match.sides if side is not None})


def _is_list_of(document: Place, key: str) -> bool:
    return isinstance(document.value, list) and bool(document.value) and key in Place(document.value[0])


def _number(place: Place) -> int:
    return place["match_number"].whole(1, _MAX_NUMBER)


class _Alliances:
    """Who plays for which alliance: those of the list in its order, then others in the order of their matches."""

    def __init__(self, listed: Sequence[Place], matches: Sequence[Place]) -> None:
        self._same: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._entrants: list[EventEntrant] = []
        for place in listed:
            self._together([team.id() for team in place["picks"].items(_MAX_TEAMS)])
        for place in matches:
            for colour in _COLOURS:
                self._together(_teams(place, colour))
        for seed, place in enumerate(listed, 1):
            self._add_listed(place, seed)
        for place in matches:
            for colour in _COLOURS:
                for team in _teams(place, colour)[:1]:
                    if self._root(team) not in self._numbers:
                        self._add(team, team, None, None)

    def number(self, teams: Sequence[str]) -> int:
        """The number of the alliance that these teams play for."""
        return self._numbers[self._root(teams[0])]

    def entrants(self) -> tuple[EventEntrant, ...]:
        """All alliances."""
        return tuple(self._entrants)

    def _add_listed(self, place: Place, seed: int) -> None:
        teams = [team.id() for team in place["picks"].items(_MAX_TEAMS)]
        if not teams:
            raise place["picks"].refused("nobody is in the alliance.")
        if self._root(teams[0]) in self._numbers:
            raise place.refused("its teams play for another alliance as well.")
        self._add(teams[0], place["name"].text() or f"Alliance {seed}", seed, _place(place["status"]))

    def _add(self, team: str, name: str, seed: int | None, place: int | None) -> None:
        number = len(self._numbers) + 1
        self._numbers[self._root(team)] = number
        self._entrants.append(EventEntrant(number, name, seed, None, team, place))

    def _together(self, teams: Sequence[str]) -> None:
        for first, second in pairwise(teams):
            one, other = self._root(first), self._root(second)
            if one != other:
                self._same[one] = other

    def _root(self, team: str) -> str:
        while team in self._same:
            # Halving the way keeps it short, however the teams come together.
            self._same[team] = self._same.get(self._same[team], self._same[team])
            team = self._same[team]
        return team


def _teams(place: Place, colour: str) -> list[str]:
    return [team.id() for team in place["alliances"][colour]["team_keys"].items(_MAX_TEAMS)]


def _sides(place: Place, alliances: _Alliances) -> tuple[int, int]:
    """The numbers of the two alliances of a match."""
    red, blue = (alliances.number(_teams(place, colour)) for colour in _COLOURS)
    return red, blue


def _place(status: Place) -> int | None:
    """The place that the list of alliances states: only who has won or lost the final is certain."""
    if "status" not in status or status["level"].value != "f":
        return None
    return {"won": 1, "eliminated": 2}.get(status["status"].text())


def _series(which: _Set, places: Sequence[Place], alliances: _Alliances, *, is_double: bool) -> EventMatch:
    """The matches of a set as one: who has won more of them goes on."""
    level, number = which
    for before, place in pairwise(places):
        if _number(before) == _number(place):
            raise place["match_number"].refused("another match of the set has the same number.")
    sides = _sides(places[0], alliances)
    games: list[Pair] = []
    won = [0, 0]
    for place in places:
        if _sides(place, alliances) != sides:
            raise place.refused("other alliances play here than in the first match of the set.")
        points = _score(place)
        if points is not None:
            games.append(points)
            slot = _winner(place, points)
            if slot is not None:
                won[slot] += 1
    winner = None if won[0] == won[1] else int(won[1] > won[0])
    round_ = _DOUBLE.get(number) if is_double and level == _LEVELS["sf"] else level
    return EventMatch(
        key=f"{_NAMES[level]}{number}",
        round=round_,
        sides=sides,
        progress=Progress.PLAYED if winner is not None else Progress.LIVE if games else Progress.OPEN,
        winner=winner,
        score=(won[0], won[1]) if games else None,
        games=tuple(games),
    )


def _single(which: _Set, place: Place, alliances: _Alliances) -> EventMatch:
    """A match of a table."""
    level, number = which
    points = _score(place)
    return EventMatch(
        key=f"{_NAMES[level]}{number}m{_number(place)}",
        sides=_sides(place, alliances),
        progress=Progress.PLAYED if points else Progress.OPEN,
        winner=_winner_of_table(place, points) if points else None,
        score=points,
    )


def _winner(place: Place, points: Pair) -> int | None:
    """The slot that won a match of this score; None for a tie."""
    return place["winning_alliance"].choice(_WINNERS) if "winning_alliance" in place else leader(points)


def _winner_of_table(place: Place, points: Pair) -> int | None:
    """The same in a table: nobody is told to have won where points alone count."""
    told = _winner(place, points)
    return leader(points) if told is None else told


def _score(place: Place) -> Pair | None:
    scores = [place["alliances"][colour]["score"].whole_or_none(-1, 1_000_000) for colour in _COLOURS]
    if scores[0] is None or scores[1] is None or min(scores[0], scores[1]) < 0:
        return None
    return scores[0], scores[1]
