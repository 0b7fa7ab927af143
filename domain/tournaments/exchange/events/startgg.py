"""Events of start.gg, as its GraphQL API answers for an event with its phases, phase groups and sets.

The fields are those of its schema (https://developer.start.gg/reference/set.doc.html and its neighbours): a set has
`id`, `round` (below 0 in the lower bracket), `state`, `winnerId`, `totalGames`, `displayScore`, `games` and two
`slots`; a slot has its `entrant`, its score in `standing.stats.score.value` (-1 for who was disqualified) and where
it comes from: `prereqType` seed, set or bye, `prereqId`, and `prereqPlacement` 1 for the winner and 2 for the loser.
Lists come as they are or as `nodes` of a connection. Sets with byes may be there or not: the API leaves them out
unless it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from domain.tournaments.exchange.events.documents import Place
from domain.tournaments.exchange.events.drafts import (
    MAX_AMOUNT,
    Cast,
    bracket,
    leader,
    numbered,
    rounds_of_a_table,
    seeded,
    slot_of,
)
from domain.tournaments.rules.events import (
    DECIDED,
    Event,
    EventEntrant,
    EventGroup,
    EventMatch,
    EventStage,
    OpenSources,
    Origin,
    Pair,
    Progress,
    StageFormat,
    followed,
)
from domain.tournaments.values import LoserOf, Seed, Source, WinnerOf

_FORMATS = {
    "ROUND_ROBIN": StageFormat.ROUND_ROBIN,
    "CUSTOM_SCHEDULE": StageFormat.ROUND_ROBIN,
    "SWISS": StageFormat.SWISS,
}
_STATES: Mapping[object, Progress] = {
    1: Progress.OPEN,
    2: Progress.LIVE,
    3: Progress.PLAYED,
    4: Progress.OPEN,
    5: Progress.OPEN,
    6: Progress.OPEN,
    7: Progress.OPEN,
    "CREATED": Progress.OPEN,
    "ACTIVE": Progress.LIVE,
    "COMPLETED": Progress.PLAYED,
    "READY": Progress.OPEN,
    "INVALID": Progress.OPEN,
    "CALLED": Progress.OPEN,
    "QUEUED": Progress.OPEN,
}
_MAX_ROUND = 1_000
_MAX_LIST = 60_000


@dataclass(slots=True)
class _Group:
    """A phase group: what it says of itself, and its sets, which may stand elsewhere."""

    place: Place
    phase: str
    sets: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Phase:
    """A phase: its id, and where it stands in the document."""

    key: str
    place: Place


def is_startgg(documents: Sequence[Place]) -> bool:
    """Whether this looks like an answer about an event."""
    return any(True for document in documents for _ in _events(document))


def read_startgg(documents: Sequence[Place]) -> Event:
    """The event in the answers.

    Raises:
        InvalidEventFile: something is missing or wrong in some place.
    """
    events = [event for document in documents for event in _events(document)]
    phases, groups = _phases(events)
    cast = _cast(events, groups)
    if not any(group.sets for group in groups.values()):
        raise events[0].refused("the event has no sets.")
    stages: list[EventStage] = []
    numbers: dict[str, tuple[int, int]] = {}
    for phase in phases:
        keys = [key for key, group in groups.items() if group.phase == phase.key and group.sets]
        if keys:
            numbers.update({key: (len(stages) + 1, index) for index, key in enumerate(keys, 1)})
            stages.append(_stage(phase, [groups[key] for key in keys], cast, numbers))
    game = events[0]["videogame"]["name"].text() if "videogame" in events[0] else ""
    return Event(cast.entrants, tuple(stages), events[0]["name"].text(), game)


def nodes(place: Place) -> Iterator[Place]:
    """The entries of a list, whether it comes as a connection or as it is; none where nothing stands."""
    if place.value is not None:
        yield from (place["nodes"] if isinstance(place.value, dict) else place).items(_MAX_LIST)


def _events(document: Place) -> Iterator[Place]:
    holder = document.unwrapped("data")
    if "event" in holder:
        yield holder["event"]
    elif "tournament" in holder and "events" in holder["tournament"]:
        yield from nodes(holder["tournament"]["events"])
    for part in ("phase", "phaseGroup"):
        if part in holder:
            yield Place({f"{part}s": [holder[part].value]}, holder)


def _phases(events: Sequence[Place]) -> tuple[list[_Phase], dict[str, _Group]]:
    """The phases in their order, and the phase groups by id, each with its sets."""
    phases: dict[str, _Phase] = {}
    groups: dict[str, _Group] = {}
    for event in events:
        for place in nodes(event["phases"]):
            phase = phases.setdefault(place["id"].id(), _Phase(place["id"].id(), place))
            for group in nodes(place["phaseGroups"]):
                _add_group(groups, group, phase.key)
        for group in nodes(event["phaseGroups"]):
            _add_group(groups, group, group.unwrapped("phase")["id"].id())
    _add_sets(events, groups)
    for found in groups.values():
        phases.setdefault(found.phase, _Phase(found.phase, found.place))
    ordered = sorted(phases.values(), key=lambda phase: phase.place["phaseOrder"].whole_or_none() or 0)
    return ordered, groups


def _add_sets(events: Sequence[Place], groups: dict[str, _Group]) -> None:
    """Sort the sets of the event and of its phases that do not stand with their phase groups. Sets of a phase that do
    not tell their phase group are all of one.
    """
    seen = {each["id"].id() for group in groups.values() for each in group.sets}
    holders: list[tuple[Place, Place | None]] = [(event, None) for event in events]
    holders += [(phase, phase) for event in events for phase in nodes(event["phases"])]
    for holder, phase in holders:
        for place in nodes(holder["sets"]):
            group = place["phaseGroup"] if phase is None or "phaseGroup" in place else phase
            if group.value is None:
                raise place.refused("`phaseGroup` is missing; ask for its `id`.")
            key = group["id"].id()
            if key not in groups:
                groups[key] = _Group(group, (phase or group.unwrapped("phase"))["id"].id())
            if place["id"].id() not in seen:
                groups[key].sets.append(place)


def _add_group(groups: dict[str, _Group], place: Place, phase: str) -> None:
    group = groups.setdefault(place["id"].id(), _Group(place, phase))
    group.sets += nodes(place["sets"])


def _cast(events: Sequence[Place], groups: Mapping[str, _Group]) -> Cast:
    """Everybody in the list of entrants, and whoever is in a slot of a set."""
    found: dict[str, Place] = {}
    places: dict[str, int] = {}
    for event in events:
        for place in nodes(event["entrants"]):
            found.setdefault(place["id"].id(), place)
            if "standing" in place and "placement" in place["standing"]:
                places[place["id"].id()] = place["standing"]["placement"].whole(1, MAX_AMOUNT)
        for standing in nodes(event["standings"]):
            found.setdefault(standing["entrant"]["id"].id(), standing["entrant"])
            places[standing["entrant"]["id"].id()] = standing["placement"].whole(1, MAX_AMOUNT)
    for group in groups.values():
        for each in group.sets:
            for slot in nodes(each["slots"]):
                if "entrant" in slot:
                    found.setdefault(slot["entrant"]["id"].id(), slot["entrant"])
    return numbered(
        [
            (
                EventEntrant(
                    number=0,
                    name=place["name"].text() or key,
                    seed=place["initialSeedNum"].whole_or_none(1, MAX_AMOUNT),
                    external_id=key,
                    place=places.get(key),
                ),
                [key],
                place,
            )
            for key, place in found.items()
        ]
    )


def _stage(phase: _Phase, groups: Sequence[_Group], cast: Cast, numbers: Mapping[str, tuple[int, int]]) -> EventStage:
    told = phase.place["bracketType"].value or groups[0].place["bracketType"].value
    kind = _FORMATS.get(told, StageFormat.ELIMINATION) if isinstance(told, str) else StageFormat.ELIMINATION
    return EventStage(kind, tuple(_group(group, kind, cast, numbers) for group in groups), phase.place["name"].text())


def _group(group: _Group, kind: StageFormat, cast: Cast, numbers: Mapping[str, tuple[int, int]]) -> EventGroup:
    drafts = [(_match(place, cast), place) for place in group.sets]
    matches = [match for match, _ in drafts]
    seeds = _seeds(group, cast)
    playing = {side for match in matches for side in match.sides if side is not None}
    entrants = sorted(playing, key=lambda number: (number not in seeds, seeds.get(number, (0,))[0], number))
    name = group.place["displayIdentifier"].text()
    places = _places(group, cast, playing)
    origins = tuple(_origin(seeds[number][1], numbers) if number in seeds else None for number in entrants)
    if not any(origins):
        origins = ()
    if kind is not StageFormat.ELIMINATION:
        played = tuple(match for match in matches if None not in match.sides)
        return EventGroup(tuple(entrants), rounds_of_a_table(played), (), name, origins, places)
    links = _sources(drafts, seeded(entrants))
    return bracket(entrants, matches, links, name=name, origins=origins, places=places)


def _seeds(group: _Group, cast: Cast) -> dict[int, tuple[int, Place]]:
    """The seeds in a group, with where they stand, by entrant."""
    found: dict[int, tuple[int, Place]] = {}
    for place in nodes(group.place["seeds"]):
        if "entrant" in place:
            number = cast.number(place["entrant"]["id"])
            told = place["groupSeedNum"] if "groupSeedNum" in place else place["seedNum"]
            if number is not None:
                found[number] = told.whole(0, MAX_AMOUNT), place
    return found


def _places(group: _Group, cast: Cast, playing: set[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for place in (*nodes(group.place["seeds"]), *nodes(group.place["standings"])):
        number = cast.number(place["entrant"]["id"]) if "entrant" in place else None
        if number in playing and number is not None and "placement" in place:
            found[number] = place["placement"].whole(1, MAX_AMOUNT)
    return found


def _origin(seed: Place, numbers: Mapping[str, tuple[int, int]]) -> Origin | None:
    if "progressionSource" not in seed or "originPhaseGroup" not in seed["progressionSource"]:
        return None
    told = seed["progressionSource"]
    known = numbers.get(told["originPhaseGroup"]["id"].id())
    return Origin(*known, told["originPlacement"].whole(1, MAX_AMOUNT)) if known else None


def _slots(place: Place) -> tuple[Place, Place]:
    slots = list(nodes(place["slots"]))
    if len(slots) != 2:
        raise place["slots"].refused(f"has {len(slots)} slots; a set has two.")
    if all("slotIndex" in slot for slot in slots):
        slots.sort(key=lambda slot: slot["slotIndex"].whole(0, 1))
    return slots[0], slots[1]


def _match(place: Place, cast: Cast) -> EventMatch:
    slots = _slots(place)
    sides = _side(slots[0], cast), _side(slots[1], cast)
    progress = _STATES.get(place["state"].value) if isinstance(place["state"].value, (int, str)) else None
    if progress is None:
        raise place["state"].wrong("a state of a set, from 1 to 7")
    score = _score(place, slots)
    winner = slot_of(place["winnerId"], cast, sides)
    if progress is Progress.PLAYED:
        winner = leader(score) if winner is None else winner
        if place["displayScore"].value == "DQ" or (score is not None and min(score) < 0):
            progress = Progress.FORFEIT
    best_of = place["totalGames"].whole_or_none(0, 999)
    return EventMatch(
        key=place["id"].id(),
        round=place["round"].whole_or_none(-_MAX_ROUND, _MAX_ROUND),
        sides=sides,
        progress=progress,
        winner=winner if progress in DECIDED else None,
        score=score,
        best_of=best_of if best_of and best_of % 2 else None,
    )


def _side(slot: Place, cast: Cast) -> int | None:
    return cast.number(slot["entrant"]["id"]) if "entrant" in slot else None


def _score(place: Place, slots: tuple[Place, Place]) -> Pair | None:
    """The score of the slots, of the text that is shown, or of the games that were won."""
    told = [slot_score.whole_or_none(-1, MAX_AMOUNT) for slot_score in map(_slot_score, slots)]
    if told[0] is not None and told[1] is not None:
        return told[0], told[1]
    shown = _shown_score(place["displayScore"].text(1_000), slots)
    if shown is not None:
        return shown
    entrants = [slot["entrant"]["id"].id() if "entrant" in slot else "" for slot in slots]
    winners = [game["winnerId"].id() for game in nodes(place["games"]) if "winnerId" in game]
    return (winners.count(entrants[0]), winners.count(entrants[1])) if winners else None


def _slot_score(slot: Place) -> Place:
    here = slot
    for step in ("standing", "stats", "score", "value"):
        if step not in here:
            return Place(None, slot)
        here = here[step]
    return here


def _shown_score(text: str, slots: tuple[Place, Place]) -> Pair | None:
    """The numbers behind the names, as in `Ada 3 - Bo 1`."""
    if not all("entrant" in slot for slot in slots):
        return None
    first, second = (f"{slot['entrant']['name'].text()} " for slot in slots)
    rest = text.removeprefix(first)
    number, _, other = rest.partition(f" - {second}")
    if rest == text or not (number.isascii() and other.isascii() and number.isdigit() and other.isdigit()):
        return None
    return (int(number), int(other)) if len(number) < 7 and len(other) < 7 else None


def _sources(drafts: Sequence[tuple[EventMatch, Place]], seeds: Mapping[int, int]) -> dict[str, OpenSources] | None:
    """Where the sides of each set come from; None when the answer does not tell it of any. In a second final they may
    stand the other way round than the answer has it.
    """
    if not any("prereqType" in slot for _, place in drafts for slot in _slots(place)):
        return None
    keys = {match.key for match, _ in drafts}
    seen = followed([match for match, _ in drafts], seeds)
    sources: dict[str, OpenSources] = {}
    for match, place in drafts:
        both = [_source(match, index, slot, keys, seen, seeds) for index, slot in enumerate(_slots(place))]
        came = [seen.get((match.key, index)) for index in (0, 1)]
        first, second = came if came == both[::-1] else both
        sources[match.key] = first, second
    return sources


def _source(
    match: EventMatch,
    index: int,
    slot: Place,
    keys: set[str],
    seen: Mapping[tuple[str, int], Source],
    seeds: Mapping[int, int],
) -> Source | None:
    kind, side = slot["prereqType"].value, match.sides[index]
    if kind == "bye":
        return None
    if kind == "set" and slot["prereqId"].id() in keys:
        key = slot["prereqId"].id()
        return WinnerOf(key) if slot["prereqPlacement"].whole(1, 2) == 1 else LoserOf(key)
    if side is None:
        raise slot.refused(
            "it is not told who comes here, nor from a set that is in the file;"
            " of an event under way ask for the sets with byes as well (`filters: {showByes: true}`)."
        )
    if kind == "seed":
        return Seed(seeds[side])
    source = seen.get((match.key, index))
    if source is None:
        raise slot.refused("it cannot be seen from which set this entrant comes.")
    return source
