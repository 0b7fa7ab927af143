"""Cups of openfootball (openfootball/worldcup.json), whose files come beside each other: matches, groups, standings.

`matches` have `team1`, `team2`, a `round`, the `group` they belong to, and a `score`: `ft` after full time, `et`
after extra time and `p` of the penalty shoot-out. `groups` have `teams`, or `standings` with `pos`, `pts`, `won`,
`drawn`, `lost`, `goals_for` and `goals_against`; their teams have a `code` too, by which matches may name them.
Knock-out matches do not say who goes on where, so teams are followed.

Tables are ordered as FIFA's regulations have it: points (3 for a win since 1994, 2 before), goal difference, goals,
then the same among those who are tied; from 2026 on these come right after the points, as at all championships of
UEFA. Fair play and lots, which come after, are not in the files: who is still tied shares places.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

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
from domain.tournaments.rules.rounds import Scoring

_OVERALL_FIRST = ("PTS", "GD", "GF", "H2H")
_AMONG_TIED_FIRST = ("PTS", "H2H", "GD", "GF")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_THREE_POINTS_SINCE = 1994
_AMONG_TIED_SINCE = 2026
_MAX_GOALS = 1_000
_MAX_TEAMS = 256


def is_openfootball(documents: Sequence[Place]) -> bool:
    """Whether these look like files of a cup."""
    first = documents[0]
    for key, named in (("matches", "team1"), ("groups", "teams"), ("groups", "standings")):
        listed = first[key].value if key in first else None
        if isinstance(listed, list) and listed and named in Place(listed[0]):
            return True
    return False


def read_openfootball(documents: Sequence[Place]) -> Event:
    """The event in the files of a cup.

    Raises:
        InvalidEventFile: something is missing or wrong in some place.
    """
    teams = _Teams()
    members: dict[str, list[int]] = {}
    tables: dict[str, Place] = {}
    for document in documents:
        if "groups" in document:
            for group in document["groups"].items(_MAX_TEAMS):
                _read_group(group, teams, members, tables)
    matches = [each for document in documents if "matches" in document for each in document["matches"].items()]
    in_groups: dict[str, list[EventMatch]] = defaultdict(list)
    knockout: list[EventMatch] = []
    for index, place in enumerate(matches, 1):
        match = _match(place, f"M{index}", teams)
        if "group" in place:
            in_groups[place["group"].text()].append(match)
        else:
            knockout.append(match)
    name = documents[0]["name"].text()
    stages = _group_stages(name, _year(name, matches), members, in_groups, tables, teams)
    stages += _knockout(knockout)
    if not stages:
        raise documents[0].refused("there is neither a match nor a group.")
    return Event(teams.entrants(), tuple(stages), name)


class _Teams:
    """The teams so far, by name and by code."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, place: Place) -> int:
        """The number of the team whose name or code stands here, a new one for a new name."""
        name = place.text()
        if not name:
            raise place.wrong("the name of a team")
        if name not in self._numbers:
            if len(self._names) >= _MAX_TEAMS:
                raise place.refused(f"is the team after the first {_MAX_TEAMS}.")
            self._names.append(name)
            self._numbers[name] = len(self._names)
        return self._numbers[name]

    def also(self, number: int, code: Place) -> None:
        """Let a team be known by a code as well, unless that is the name of another."""
        if code.text():
            self._numbers.setdefault(code.text(), number)

    def entrants(self) -> tuple[EventEntrant, ...]:
        """All of them, in the order in which they came."""
        return tuple(EventEntrant(number, name) for number, name in enumerate(self._names, 1))


def _read_group(group: Place, teams: _Teams, members: dict[str, list[int]], tables: dict[str, Place]) -> None:
    name = group["name"].text()
    theirs = members.setdefault(name, [])
    if "standings" in group:
        tables[name] = group["standings"]
        for row in group["standings"].items(_MAX_TEAMS):
            number = teams.number(row["team"]["name"])
            teams.also(number, row["team"]["code"])
            if number not in theirs:
                theirs.append(number)
        return
    for team in group["teams"].items(_MAX_TEAMS):
        number = teams.number(team["name"] if isinstance(team.value, dict) else team)
        if number not in theirs:
            theirs.append(number)


def _match(place: Place, key: str, teams: _Teams) -> EventMatch:
    sides = teams.number(place["team1"]), teams.number(place["team2"])
    if "score" not in place:
        return EventMatch(key, sides=sides)
    told = place["score"]
    goals = {name: _pair(told[name]) for name in ("ft", "et", "p") if name in told}
    score = goals.get("et", goals.get("ft"))
    if score is None:
        return EventMatch(key, sides=sides)
    shootout = goals.get("p")
    winner = leader(score) if leader(score) is not None else leader(shootout)
    return EventMatch(key, None, sides, None, Progress.PLAYED, winner, score, shootout=shootout)


def _pair(place: Place) -> Pair:
    goals = [each.whole(0, _MAX_GOALS) for each in place.items(2)]
    if len(goals) != 2:
        raise place.wrong("a pair of numbers")
    return goals[0], goals[1]


def _year(name: str, matches: Sequence[Place]) -> int | None:
    found = _YEAR.search(name) or (_YEAR.match(matches[0]["date"].text()) if matches else None)
    return int(found[0]) if found else None


def _group_stages(
    name: str,
    year: int | None,
    members: Mapping[str, list[int]],
    matches: Mapping[str, list[EventMatch]],
    tables: Mapping[str, Place],
    teams: _Teams,
) -> list[EventStage]:
    """The groups, in as many stages as it takes for everybody to be in one group of each."""
    win = 6 if year is None or year >= _THREE_POINTS_SINCE else 4
    scoring = Scoring(win=win, draw=2, forfeit_win=win, pairing_bye=win, full_bye=win, half_bye=2)
    is_uefa = name.lower().startswith(("euro", "uefa"))
    order = _AMONG_TIED_FIRST if is_uefa or (year or 0) >= _AMONG_TIED_SINCE else _OVERALL_FIRST
    depth: dict[int, int] = {}
    staged: dict[int, list[EventGroup]] = defaultdict(list)
    for group in dict.fromkeys((*members, *matches)):
        played = rounds_of_a_table(matches.get(group, ()))
        theirs = list(dict.fromkeys((*members.get(group, ()), *(s for m in played for s in m.sides if s is not None))))
        stage = max((depth.get(team, 0) for team in theirs), default=0) + 1
        depth.update(dict.fromkeys(theirs, stage))
        table = EventGroup(tuple(theirs), played, name=group)
        staged[stage].append(_with_table(table, tables[group], scoring, teams) if group in tables else table)
    return [
        EventStage(StageFormat.ROUND_ROBIN, tuple(groups), "Groups", order, scoring, match_scoring=MatchScoring.POINTS)
        for _, groups in sorted(staged.items())
    ]


def _with_table(group: EventGroup, table: Place, scoring: Scoring, teams: _Teams) -> EventGroup:
    """The group with what its published table says."""
    places: dict[int, int] = {}
    values: dict[int, dict[str, Fraction]] = {}
    for row in table.items(_MAX_TEAMS):
        team = teams.number(row["team"]["name"])
        if team in places:
            raise row.refused("the team stands in the table twice.")
        counted = {
            key: row[key].whole(0, _MAX_GOALS)
            for key in ("pos", "played", "won", "drawn", "lost", "goals_for", "goals_against", "pts")
        }
        places[team] = counted["pos"]
        values[team] = {
            "PTS": Fraction(counted["pts"]),
            "WIN": Fraction(counted["won"]),
            "DRAWN": Fraction(counted["drawn"]),
            "LOST": Fraction(counted["lost"]),
            "PLAYED": Fraction(counted["played"]),
            "GF": Fraction(counted["goals_for"]),
            "GD": Fraction(counted["goals_for"] - counted["goals_against"]),
        }
    return replace(group, places=places, values=values)


def _knockout(matches: Sequence[EventMatch]) -> Iterator[EventStage]:
    """The rounds that lose who loses. A match that was drawn and played again counts as one, with both scores. Where
    groups lead right to the final, the match for third place, which comes before it, is a stage of its own.
    """
    decided: list[EventMatch] = []
    drawn: dict[frozenset[int | None], EventMatch] = {}
    for match in matches:
        if match.progress is Progress.PLAYED and match.winner is None:
            drawn[frozenset(match.sides)] = match
            continue
        before = drawn.pop(frozenset(match.sides), None)
        decided.append(match if before is None else _replayed(before, match))
    for match in drawn.values():
        raise InvalidEventFile(f"Match {match.key!r}: it was drawn, and neither a shoot-out nor a replay is told.")
    if len(decided) == 2 and not set(decided[0].sides) & set(decided[1].sides):
        yield _bracket("Third place", decided[:1])
        decided = decided[1:]
    if decided:
        yield _bracket("Knock-out", decided)


def _replayed(drawn: EventMatch, again: EventMatch) -> EventMatch:
    """A match that was drawn, as it was played again."""
    if drawn.score is None or again.score is None:
        return again
    first = drawn.score if drawn.sides == again.sides else drawn.score[::-1]
    return replace(again, games=(first, again.score))


def _bracket(name: str, matches: Sequence[EventMatch]) -> EventStage:
    entrants = list(dict.fromkeys(side for match in matches for side in match.sides if side is not None))
    groups = (bracket(entrants, matches, None),)
    return EventStage(StageFormat.ELIMINATION, groups, name, match_scoring=MatchScoring.POINTS)
