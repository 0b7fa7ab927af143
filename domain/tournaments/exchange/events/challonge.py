"""Tournaments of Challonge, as its API gives them.

Version 1 nests a tournament, its participants and its matches: `GET /v1/tournaments/ID.json` with
`include_participants=1&include_matches=1`, or what it gives for the three one by one. Fields as in its documentation
(https://api.challonge.com/v1) and in the answers that clients test with (garsh0p/garpr, iddm/challonge-rs):
`participants` have `id`, `seed`, `name`, `final_rank` and, in group stages, `group_player_ids`, by which the matches
of groups name them; `matches` have `player1_id`, `player1_prereq_match_id`, `player1_is_prereq_match_loser` (likewise
2), `winner_id`, `round` (below 0 in the lower bracket), `group_id`, `state`, `scores_csv`, `forfeited`. There are no
matches with byes.

Version 2.1 has resources in the form of JSON:API, of the `type` tournament, participant and match, with `attributes`
and `relationships`: fields as public clients of it read them (`points_by_participant`, `score_in_sets`, `winner_id`).
Its matches do not say from which matches players come, so these are followed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange.events.documents import Place
from domain.tournaments.exchange.events.drafts import (
    Cast,
    bracket,
    games_score,
    halves,
    leader,
    numbered,
    scores,
    seeded,
    slot_of,
)
from domain.tournaments.rules.events import (
    DECIDED,
    MAX_ENTRANTS,
    Event,
    EventBye,
    EventEntrant,
    EventGroup,
    EventMatch,
    EventStage,
    Pair,
    Progress,
    StageFormat,
)
from domain.tournaments.rules.events.tables import points_of
from domain.tournaments.rules.rounds import Kind, Scoring
from domain.tournaments.values import LoserOf, Seed, Source, WinnerOf

_FORMATS = {
    "single elimination": StageFormat.ELIMINATION,
    "double elimination": StageFormat.ELIMINATION,
    "round robin": StageFormat.ROUND_ROBIN,
    "swiss": StageFormat.SWISS,
}
_STATES = {"pending": Progress.OPEN, "open": Progress.OPEN, "complete": Progress.PLAYED}
_MAX_ROUND = 1_000
_RESOURCES = frozenset({"tournament", "participant", "match"})


_BY_GAMES = "game wins"
_BY_POINTS = {"points scored": ("GF",), "points difference": ("GD",)}
_RANKINGS = {_BY_GAMES: ("GF",), **_BY_POINTS}
"""By what else than points of matches a round robin can be ordered."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """The three kinds of objects that a tournament is made of, wherever they stood."""

    tournament: Place
    participants: Sequence[Place]
    matches: Sequence[Place]


def is_challonge(documents: Sequence[Place]) -> bool:
    """Whether these look like parts of a tournament of version 1."""
    return any("tournament" in place or _wrapped(place, ("participant", "match")) for place in documents)


def is_challonge_2(documents: Sequence[Place]) -> bool:
    """Whether these look like parts of a tournament of version 2.1."""
    return any(True for place in documents for _ in _resources(place))


def read_challonge(documents: Sequence[Place]) -> Event:
    """The event in the answers of version 1.

    Raises:
        InvalidEventFile: they are not a tournament, or something is wrong in some place.
    """
    return _event(_parts(documents), _match_1)


def read_challonge_2(documents: Sequence[Place]) -> Event:
    """The event in the answers of version 2.1.

    Raises:
        InvalidEventFile: they are not a tournament, or something is wrong in some place.
    """
    found: dict[str, list[Place]] = defaultdict(list)
    for document in documents:
        for kind, place in _resources(document):
            found[kind].append(place)
    if not found["tournament"]:
        raise InvalidEventFile("There is no resource of the type tournament; give the file with it as well.")
    parts = _Parts(found["tournament"][0]["attributes"], found["participant"], found["match"])
    return _event(parts, _match_2)


def _wrapped(place: Place, names: Sequence[str]) -> bool:
    """Whether here is a list whose first entry has one of these names."""
    return isinstance(place.value, list) and bool(place.value) and any(name in Place(place.value[0]) for name in names)


def _parts(documents: Sequence[Place]) -> _Parts:
    tournament: Place | None = None
    lists: dict[str, list[Place]] = {"participant": [], "match": []}
    for document in documents:
        if isinstance(document.value, list):
            for name, found in lists.items():
                found += [entry[name] for entry in document.items() if name in entry]
            continue
        if "tournament" in document:
            tournament = document["tournament"]
        for holder in (document, document["tournament"]):
            for name, plural in (("participant", "participants"), ("match", "matches")):
                if plural in holder:
                    lists[name] += [entry.unwrapped(name) for entry in holder[plural].items()]
    if tournament is None:
        raise InvalidEventFile("There is no `tournament`; give the file with it as well.")
    return _Parts(tournament, lists["participant"], lists["match"])


def _resources(document: Place, depth: int = 3) -> Iterator[tuple[str, Place]]:
    """The resources of JSON:API in a document, as far as they stand near its top."""
    if isinstance(document.value, list):
        for entry in document.items():
            yield from _resources(entry, depth)
    elif isinstance(document.value, dict):
        kind = document.value.get("type")
        if isinstance(kind, str) and kind.lower() in _RESOURCES and "attributes" in document:
            yield kind.lower(), document
        elif depth:
            for _, place in document.entries():
                if isinstance(place.value, (dict, list)):
                    yield from _resources(place, depth - 1)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A match, the group that it is in, and where its sides come from; None of these where nothing is told."""

    match: EventMatch
    group: str | None
    prerequisites: tuple[Source | None, Source | None]


def _event(parts: _Parts, read_match: Callable[[Place, Cast], _Draft]) -> Event:
    cast = _cast(parts.participants)
    by_group: dict[str | None, list[_Draft]] = defaultdict(list)
    for place in parts.matches:
        draft = read_match(place, cast)
        by_group[draft.group].append(draft)
    kind = parts.tournament["tournament_type"].choice(_FORMATS)
    if not by_group:
        raise parts.tournament.refused("the tournament has no matches.")
    stages = []
    final = by_group.pop(None, [])
    if by_group:
        stages.append(_group_stage(parts.tournament, by_group))
    if final:
        stages.append(_final_stage(parts.tournament, kind, final))
    return Event(cast.entrants, tuple(stages), parts.tournament["name"].text(), parts.tournament["game_name"].text())


def _cast(participants: Sequence[Place]) -> Cast:
    if len(participants) > MAX_ENTRANTS:
        raise participants[MAX_ENTRANTS].refused(f"is the participant after the first {MAX_ENTRANTS:,}.")
    drafts = []
    for place in participants:
        told = place.unwrapped("attributes")
        if told["on_waiting_list"].flag():
            continue
        names = (told[key].text() for key in ("name", "display_name", "username", "challonge_username"))
        ids = [place["id"].id()]
        if "group_player_ids" in told:
            ids += [each.id() for each in told["group_player_ids"].items()]
        entrant = EventEntrant(
            number=0,
            name=next((name for name in names if name), ids[0]),
            seed=told["seed"].whole_or_none(1, 1_000_000),
            external_id=ids[0],
            place=told["final_rank"].whole_or_none(1, 1_000_000),
        )
        drafts.append((entrant, ids, place))
    return numbered(drafts)


def _match_1(place: Place, cast: Cast) -> _Draft:
    sides = cast.number(place["player1_id"]), cast.number(place["player2_id"])
    score, games = scores(place["scores_csv"])
    prerequisites = _prerequisite(place, 1), _prerequisite(place, 2)
    match = _match(place, cast, sides, score, games)
    return _Draft(match, place["group_id"].id_or_none(), prerequisites)


def _prerequisite(place: Place, number: int) -> Source | None:
    key = place[f"player{number}_prereq_match_id"].id_or_none()
    if key is None:
        return None
    return LoserOf(key) if place[f"player{number}_is_prereq_match_loser"].flag() else WinnerOf(key)


def _match_2(place: Place, cast: Cast) -> _Draft:
    told = place["attributes"]
    sides = _side_2(place, 0), _side_2(place, 1)
    group = place["attributes"]["group_id"]
    if "relationships" in place and "group" in place["relationships"]:
        group = place["relationships"]["group"]["data"]["id"]
    score, games = _scores_2(told)
    numbers = cast.number(sides[0]), cast.number(sides[1])
    return _Draft(_match(place, cast, numbers, score, games), group.id_or_none(), (None, None))


def _side_2(place: Place, slot: int) -> Place:
    """Where the id of a side stands: among the relationships, or with its points."""
    for holder in (place, place["attributes"]):
        if "relationships" in holder and f"player{slot + 1}" in holder["relationships"]:
            player = holder["relationships"][f"player{slot + 1}"]["data"]
            return player["id"] if player.value is not None else player
    points = list(place["attributes"]["points_by_participant"].items())
    return points[slot]["participant_id"] if slot < len(points) else Place(None, place, f".player{slot + 1}")


def _scores_2(told: Place) -> tuple[Pair | None, tuple[Pair, ...]]:
    if "score_in_sets" in told:
        pairs = []
        for each in told["score_in_sets"].items():
            numbers = [number.whole(-1_000_000, 1_000_000) for number in each.items()]
            if len(numbers) != 2:
                raise each.wrong("a pair of numbers")
            pairs.append((numbers[0], numbers[1]))
        return games_score(pairs, told["score_in_sets"])
    return scores(told["scores"])


def _match(
    place: Place, cast: Cast, sides: tuple[int | None, int | None], score: Pair | None, games: tuple[Pair, ...]
) -> EventMatch:
    told = place.unwrapped("attributes")
    progress = told["state"].choice(_STATES)
    winner = None
    if progress in DECIDED:
        winner = leader(score) if told["winner_id"].value is None else slot_of(told["winner_id"], cast, sides)
        if told["forfeited"].flag() or (score is not None and min(score) < 0):
            progress = Progress.FORFEIT
    elif "underway_at" in told or ("timestamps" in told and "underway_at" in told["timestamps"]):
        progress = Progress.LIVE
    return EventMatch(
        key=place["id"].id(),
        round=told["round"].whole_or_none(-_MAX_ROUND, _MAX_ROUND),
        sides=sides,
        progress=progress,
        winner=winner,
        score=score,
        games=games,
    )


def _group_stage(tournament: Place, by_group: Mapping[str | None, list[_Draft]]) -> EventStage:
    """The groups that come first. They are brackets where somebody comes out of a match before, else tables."""
    drafts = [draft for group in by_group.values() for draft in group]
    is_linked = any(source for draft in drafts for source in draft.prerequisites)
    is_bracket = is_linked or any((draft.match.round or 0) < 0 for draft in drafts)
    groups = []
    for number, (_, group) in enumerate(sorted(by_group.items(), key=lambda each: _smallest(each[1])), 1):
        name = f"Group {number}"
        groups.append(_bracket(group, name) if is_bracket else _table(group, name))
    if is_bracket:
        return EventStage(StageFormat.ELIMINATION, tuple(groups), "Groups")
    table = _Table.of(tournament.unwrapped("group_stage_options"), "rr_")
    return table.stage(StageFormat.ROUND_ROBIN, groups, "Groups")


def _smallest(drafts: Sequence[_Draft]) -> int:
    """The best number that plays in a group: groups come in the order of their favourites."""
    return min((side for draft in drafts for side in draft.match.sides if side is not None), default=0)


def _final_stage(tournament: Place, kind: StageFormat, drafts: Sequence[_Draft]) -> EventStage:
    if kind is StageFormat.ELIMINATION:
        return EventStage(kind, (_bracket(drafts, ""),))
    is_swiss = kind is StageFormat.SWISS
    prefix, options = ("", "swiss_options") if is_swiss else ("rr_", "round_robin_options")
    told = tournament.unwrapped(options)
    table = _Table.of(told, prefix if told is tournament else "")
    group = _table(drafts, "")
    if is_swiss:
        group = replace(group, byes=tuple(_byes(group, table.scoring)))
    return table.stage(kind, [group])


def _bracket(drafts: Sequence[_Draft], name: str) -> EventGroup:
    entrants = _playing(drafts)
    matches = [draft.match for draft in drafts]
    if not any(source for draft in drafts for source in draft.prerequisites):
        return bracket(entrants, matches, None, name=name)
    seeds = seeded(entrants)
    sources = {
        draft.match.key: (_source(draft, 0, seeds), _source(draft, 1, seeds))  # no match is with a bye
        for draft in drafts
    }
    return bracket(entrants, matches, sources, name=name)


def _source(draft: _Draft, slot: int, seeds: Mapping[int, int]) -> Source:
    prerequisite, side = draft.prerequisites[slot], draft.match.sides[slot]
    if prerequisite is not None:
        return prerequisite
    if side is None:
        problem = f"player{slot + 1}_id and player{slot + 1}_prereq_match_id are both missing."
        raise InvalidEventFile(f"Match {draft.match.key!r}: {problem}")
    return Seed(seeds[side])


def _table(drafts: Sequence[_Draft], name: str) -> EventGroup:
    return EventGroup(tuple(_playing(drafts)), tuple(draft.match for draft in drafts), name=name)


def _playing(drafts: Sequence[_Draft]) -> list[int]:
    return sorted({side for draft in drafts for side in draft.match.sides if side is not None})


def _byes(group: EventGroup, scoring: Scoring) -> Iterator[EventBye]:
    """The rounds of a Swiss event in which somebody does not play: a bye for who plays on later or is the only one,
    and nothing for who has left.
    """
    playing: dict[int, set[int]] = defaultdict(set)
    for match in group.matches:
        playing[match.round or 1].update(side for side in match.sides if side is not None)
    for number, present in playing.items():
        missing = [entrant for entrant in group.entrants if entrant not in present]
        for entrant in missing:
            plays_on = any(entrant in later for other, later in playing.items() if other > number)
            if plays_on or len(missing) == 1:
                yield EventBye(number, entrant, Kind.PAIRING_BYE, scoring.pairing_bye)


@dataclass(frozen=True, slots=True)
class _Table:
    """How a table is ordered.

    Attributes:
        scoring: what matches are worth.
        ranked_by: by what else than their points it is ordered, one of `_RANKINGS`; anything else for those.
        game_win, game_tie: what a game, which is a part of a score, brings beside its match, in halves.
    """

    scoring: Scoring
    ranked_by: str
    game_win: int
    game_tie: int

    @staticmethod
    def of(told: Place, prefix: str) -> _Table:
        """As the options of a stage have it, whose points begin with `prefix`."""
        win = halves(told[f"{prefix}pts_for_match_win"], 2)
        scoring = Scoring(
            win=win,
            draw=halves(told[f"{prefix}pts_for_match_tie"], 1),
            forfeit_win=win,
            pairing_bye=halves(told["pts_for_bye"], win),
            full_bye=win,
        )
        ranked_by = next((told[key].text() for key in ("ranked_by", "ranking") if key in told), "")
        game_win, game_tie = (halves(told[f"{prefix}pts_for_game_{result}"], 0) for result in ("win", "tie"))
        return _Table(scoring, ranked_by.replace("_", " "), game_win, game_tie)

    def stage(self, kind: StageFormat, groups: Sequence[EventGroup], name: str = "") -> EventStage:
        """The stage of these groups."""
        by = _RANKINGS.get(self.ranked_by, ()) if kind is StageFormat.ROUND_ROBIN else ()
        counted = tuple(
            replace(group, matches=tuple(self._counted(match) for match in group.matches)) for group in groups
        )
        return EventStage(kind, counted, name, by, self.scoring)

    def _counted(self, match: EventMatch) -> EventMatch:
        """A match with the score by which the table is ordered, and the points that its games bring as well."""
        if match.progress is not Progress.PLAYED or match.score is None:
            return match
        games = match.games or (match.score,)
        won = sum(first > second for first, second in games), sum(first < second for first, second in games)
        if self.ranked_by == _BY_GAMES:
            match = replace(match, score=won)
        elif self.ranked_by in _BY_POINTS:
            match = replace(match, score=(sum(first for first, _ in games), sum(second for _, second in games)))
        if not self.game_win and not self.game_tie:
            return match
        ties = (len(games) - sum(won)) * self.game_tie
        first, second = points_of(match, self.scoring)
        return replace(match, points=(first + won[0] * self.game_win + ties, second + won[1] * self.game_win + ties))
