"""Cups of openfootball (openfootball/worldcup.json), whose files come beside each other: matches, groups, standings.

`matches` have `team1`, `team2`, a `round`, the `group` they belong to, unless the round is one ("Group A"), and a
`score`: `ft` after full time, `et` after extra time and `p` of the penalty shoot-out, or full time alone as a list.
Older files have them in `rounds` with a `name`, and `score1` and `score2`, `score1et`, `score1p` and so on. `groups`
have `teams`, or `standings` with `pos`, `pts`, `won`, `drawn`, `lost`, `goals_for` and `goals_against`. A team is its
name, or an object with `name` and `code`, by which others may name it. Where one team of a group has another name in
all its matches, it is the one left over. A round outside of the groups in which a team meets several others is a group,
as in 1950, and the matchdays of a league are one. Other knock-out matches do not say who goes on where, so teams are
followed. Two who meet again at once play two legs, whose goals are added, or what was drawn is played again; in files
without legs it is the latter. Where goals do not tell who won, as with the `status` canceled or by away goals, it is
who plays on.

Tables are ordered as FIFA's regulations have it: points (3 for a win since 1994, 2 before), goal difference, goals,
then the same among those who are tied; from 2026 on these come right after the points, as at all championships of
UEFA that have groups. Fair play and lots, which come after, are not in the files: who is still tied shares places.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from domain.kernel.scoring import MatchScoring
from domain.tournaments.exchange.events.documents import Place
from domain.tournaments.exchange.events.drafts import bracket, leader, rounds_of_a_table
from domain.tournaments.rules.events import (
    DECIDED,
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
_GROUP = re.compile(r"Group\b")
_LEAGUE_NAME = "League"
_LEAGUE = re.compile(r"(?:League, )?Matchday [0-9]+")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_THREE_POINTS_SINCE = 1994
_AMONG_TIED_SINCE = 2026
_TEAMS = ("team1", "team2")
_PARTS = {"ft": "", "et": "et", "p": "p"}
"""What is told of a score, and how its keys end in older files."""
_MAX_GOALS = 1_000
_MAX_ROUNDS = 1_000
_MAX_TEAMS = 256


def is_openfootball(documents: Sequence[Place]) -> bool:
    """Whether these look like files of a cup."""
    first = documents[0]
    for key, named in (("matches", "team1"), ("rounds", "matches"), ("groups", "teams"), ("groups", "standings")):
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
    told = [each for document in documents for each in _matches(document)]
    matches = [place for place, _ in told]
    grouped = _groups_of(told)
    for document in documents:
        if "groups" in document:
            for group in document["groups"].items(_MAX_TEAMS):
                _read_group(group, teams, members, tables)
    _settle_names(matches, grouped, teams, members)
    in_groups: dict[str, list[EventMatch]] = defaultdict(list)
    knockout: list[EventMatch] = []
    for index, (place, group_name) in enumerate(zip(matches, grouped, strict=True), 1):
        match = _match(place, f"M{index}", teams)
        (knockout if group_name is None else in_groups[group_name]).append(match)
    name = documents[0]["name"].text()
    stages = _group_stages(name, _year(name, matches), members, in_groups, tables, teams)
    stages += _knockout(knockout)
    if not stages:
        raise documents[0].refused("there is neither a match nor a group.")
    return Event(teams.entrants(), tuple(stages), name)


def _matches(document: Place) -> Iterator[tuple[Place, str]]:
    """The matches of a document, each with the name of its round."""
    if "matches" in document:
        yield from ((place, place["round"].text()) for place in document["matches"].items())
    if "rounds" in document:
        for round_ in document["rounds"].items(_MAX_ROUNDS):
            yield from ((place, round_["name"].text()) for place in round_["matches"].items())


def _groups_of(matches: Sequence[tuple[Place, str]]) -> list[str | None]:
    """The group that each match belongs to; None for those of the knock-out."""
    opponents: dict[tuple[str, str], set[str]] = defaultdict(set)
    for place, round_ in matches:
        if "group" not in place:
            first, second = (_name(place[key]).text() for key in _TEAMS)
            opponents[round_, first].add(second)
            opponents[round_, second].add(first)
    tables = {round_ for (round_, _), met in opponents.items() if len(met) > 1 or _GROUP.match(round_)}
    return [_group_of(place, round_, tables) for place, round_ in matches]


def _group_of(place: Place, round_: str, tables: Collection[str]) -> str | None:
    if "group" in place:
        return place["group"].text()
    if _LEAGUE.fullmatch(round_):
        return _LEAGUE_NAME
    return round_ if round_ in tables else None


def _name(team: Place) -> Place:
    """Where the name of a team stands."""
    return team["name"] if isinstance(team.value, dict) else team


def _settle_names(
    matches: Sequence[Place], grouped: Sequence[str | None], teams: _Teams, members: Mapping[str, Sequence[int]]
) -> None:
    """Let the one name in the matches of a group that nobody has be that of its one team without a match."""
    played: dict[str, dict[str, Place]] = defaultdict(dict)
    for place, group in zip(matches, grouped, strict=True):
        if group is not None and group in members:
            played[group] |= {name.text(): name for name in (_name(place[key]) for key in _TEAMS)}
    for group, names in played.items():
        numbers = {teams.known(name) for name in names}
        unknown = [place for name, place in names.items() if teams.known(name) is None]
        idle = [number for number in members[group] if number not in numbers]
        if len(unknown) == len(idle) == 1:
            teams.also(idle[0], unknown[0])


class _Teams:
    """The teams so far, by name and by code."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, place: Place) -> int:
        """The number of the team whose name or code stands here, or that stands here, a new one for a new name."""
        name = _name(place).text()
        if not name:
            raise place.wrong("the name of a team")
        if name not in self._numbers:
            if len(self._names) >= _MAX_TEAMS:
                raise place.refused(f"is the team after the first {_MAX_TEAMS}.")
            self._names.append(name)
            self._numbers[name] = len(self._names)
        if isinstance(place.value, dict):
            self.also(self._numbers[name], place["code"])
        return self._numbers[name]

    def known(self, name: str) -> int | None:
        """The number of the team with this name or code; None when there is none so far."""
        return self._numbers.get(name)

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
            number = teams.number(row["team"])
            if number not in theirs:
                theirs.append(number)
        return
    for team in group["teams"].items(_MAX_TEAMS):
        number = teams.number(team)
        if number not in theirs:
            theirs.append(number)


def _match(place: Place, key: str, teams: _Teams) -> EventMatch:
    sides = teams.number(place["team1"]), teams.number(place["team2"])
    goals = _goals(place)
    score = goals.get("et", goals.get("ft"))
    if score is None:
        is_off = place["status"].text() == "canceled"
        return EventMatch(key, sides=sides, progress=Progress.FORFEIT if is_off else Progress.OPEN)
    shootout = goals.get("p")
    winner = leader(score) if leader(score) is not None else leader(shootout)
    return EventMatch(key, None, sides, None, Progress.PLAYED, winner, score, shootout=shootout)


def _goals(place: Place) -> dict[str, Pair]:
    """The goals of a match after full time, extra time and a shoot-out, as far as there are any."""
    if isinstance(place["score"].value, list):
        return {"ft": _pair(place["score"])}
    if "score" in place:
        return {part: _pair(place["score"][part]) for part in _PARTS if part in place["score"]}
    flat = {part: [place[f"score{side}{ending}"] for side in (1, 2)] for part, ending in _PARTS.items()}
    return {
        part: (first.whole(0, _MAX_GOALS), second.whole(0, _MAX_GOALS))
        for part, (first, second) in flat.items()
        if first.value is not None
    }


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
    is_uefa = name.lower().startswith(("euro", "uefa")) and _LEAGUE_NAME not in matches
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
        team = teams.number(row["team"])
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
    """The rounds that lose who loses. Where groups lead right to the final, the match for third place, which comes
    before it, is a stage of its own.
    """
    ties = _ties(matches)
    has_legs = any(len(tie) > 1 and tie[0].winner is not None for tie in ties)
    joined = [_joined(tie, has_legs=has_legs) for tie in ties]
    plays_until = {side: index for index, tie in enumerate(joined) for side in tie.sides}
    decided = [_settled(tie, index, plays_until) for index, tie in enumerate(joined)]
    if len(decided) == 2 and not set(decided[0].sides) & set(decided[1].sides):
        yield _bracket("Third place", decided[:1])
        decided = decided[1:]
    if decided:
        yield _bracket("Knock-out", decided)


def _ties(matches: Sequence[EventMatch]) -> list[list[EventMatch]]:
    """The matches in their order, those of two who meet again before either has met anybody else together."""
    ties: list[list[EventMatch]] = []
    latest: dict[int | None, list[EventMatch]] = {}
    for match in matches:
        first, second = (latest.get(side) for side in match.sides)
        if first is not None and first is second:
            first.append(match)
            continue
        ties.append([match])
        latest.update(dict.fromkeys(match.sides, ties[-1]))
    return ties


def _joined(tie: Sequence[EventMatch], *, has_legs: bool) -> EventMatch:
    """The matches of a tie as one. Goals of legs are added; else it was drawn until it was played for the last time."""
    last = tie[-1]
    if len(tie) == 1 or last.score is None:
        return last
    games = tuple(_turned(each.score, each, last) for each in tie if each.score is not None)
    if not has_legs:
        return replace(last, games=games)
    goals = sum(first for first, _ in games), sum(second for _, second in games)
    winner = leader(goals) if leader(goals) is not None else leader(last.shootout)
    return replace(last, games=games, score=goals, winner=winner)


def _turned(goals: Pair, match: EventMatch, other: EventMatch) -> Pair:
    """Goals of a match in the order of the sides of another between the same two."""
    return goals if match.sides == other.sides else goals[::-1]


def _settled(tie: EventMatch, index: int, plays_until: Mapping[int | None, int]) -> EventMatch:
    """A tie of which it is not told who won it, as by away goals or without play: won by who plays on, to the later
    match where both do. Where nobody does, what was played is not decided.
    """
    if tie.winner is not None or tie.progress not in DECIDED:
        return tie
    until = [plays_until[side] for side in tie.sides]
    if until[0] != until[1]:
        return replace(tie, winner=until.index(max(until)))
    return tie if tie.progress is Progress.FORFEIT else replace(tie, progress=Progress.LIVE)


def _bracket(name: str, matches: Sequence[EventMatch]) -> EventStage:
    entrants = list(dict.fromkeys(side for match in matches for side in match.sides if side is not None))
    groups = (bracket(entrants, matches, None),)
    return EventStage(StageFormat.ELIMINATION, groups, name, match_scoring=MatchScoring.POINTS)
