"""Phase groups of start.gg, as its site hands them out one by one: an object `entities` with the phase group under
`groups`, its `sets`, `seeds` and `entrants`.

A set has `entrant1Id` and `entrant2Id`, what each of them comes from in `entrant1PrereqType` (seed, set or bye),
`entrant1PrereqId` (of the seed or the set) and `entrant1PrereqCondition` (winner or loser), `winnerId`, `round` (below
0 in the lower bracket), `state`, `bestOf`, and scores, -1 for a disqualification. Sets with byes are all there. A seed
has its `entrantId`, `groupSeedNum` and the `placement` in its group, an entrant `finalPlacement`, that in the event.

Several files make an event: the groups of a phase are a stage, and a phase comes after those whose winners go on to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    Pair,
    Progress,
    StageFormat,
)
from domain.tournaments.values import LoserOf, Seed, Source, WinnerOf

_FORMATS = {3: StageFormat.ROUND_ROBIN, 4: StageFormat.SWISS}
_STATES: Mapping[object, Progress] = {
    2: Progress.LIVE,
    3: Progress.PLAYED,
    **dict.fromkeys((1, 4, 5, 6, 7), Progress.OPEN),
}
_SLOTS = ("entrant1", "entrant2")
_MAX_ROUND = 1_000


@dataclass(frozen=True, slots=True)
class _Group:
    """A phase group, and the entities of the file that it stands in."""

    place: Place
    entities: Place

    @property
    def phase(self) -> str:
        """The id of its phase."""
        return self.place["phaseId"].id()


def is_startgg_entities(documents: Sequence[Place]) -> bool:
    """Whether these look like phase groups."""
    return all(isinstance(document.value, dict) and _is_group(document) for document in documents)


def read_startgg_entities(documents: Sequence[Place]) -> Event:
    """The event in the phase groups.

    Raises:
        InvalidEventFile: something is missing or wrong in some place.
    """
    groups = [_Group(_of_group(document["entities"]), document["entities"]) for document in documents]
    cast = _cast([group.entities for group in groups])
    phases = _in_order(groups)
    stages = [_stage([group for group in groups if group.phase == phase], cast) for phase in phases]
    return Event(cast.entrants, tuple(stages))


def _is_group(document: Place) -> bool:
    entities = document["entities"]
    return isinstance(entities.value, dict) and "sets" in entities and "groups" in entities


def _of_group(entities: Place) -> Place:
    """The phase group, which comes as it is or as a list of one."""
    listed = entities["groups"]
    if not isinstance(listed.value, list):
        return listed
    places = list(listed.items(1))
    if not places:
        raise listed.refused("there is no phase group.")
    return places[0]


def _in_order(groups: Sequence[_Group]) -> list[str]:
    """The phases, each after all those whose winners or losers go on to it; else as they come."""
    targets: dict[str, set[str]] = {group.phase: set() for group in groups}
    for group in groups:
        told = (group.place[key].id_or_none() for key in ("winnersTargetPhaseId", "losersTargetPhaseId"))
        targets[group.phase] |= {phase for phase in told if phase in targets and phase != group.phase}
    ordered: list[str] = []
    while rest := [phase for phase in targets if phase not in ordered]:
        free = [phase for phase in rest if not any(phase in targets[other] for other in rest)]
        if not free:
            raise groups[0].place.refused("phases go on to each other in a circle.")
        ordered.append(free[0])
    return ordered


def _cast(files: Sequence[Place]) -> Cast:
    found: dict[str, Place] = {}
    for entities in files:
        for place in entities["entrants"].items():
            found.setdefault(place["id"].id(), place)
    return numbered([(_entrant(key, place), [key], place) for key, place in found.items()])


def _entrant(key: str, place: Place) -> EventEntrant:
    return EventEntrant(
        number=0,
        name=place["name"].text() or key,
        seed=place["initialSeedNum"].whole_or_none(1, MAX_AMOUNT),
        external_id=key,
        place=place["finalPlacement"].whole_or_none(1, MAX_AMOUNT),
    )


def _stage(groups: Sequence[_Group], cast: Cast) -> EventStage:
    told = groups[0].place["groupTypeId"].whole_or_none()
    kind = StageFormat.ELIMINATION if told is None else _FORMATS.get(told, StageFormat.ELIMINATION)
    return EventStage(kind, tuple(_group(group, kind, cast) for group in groups))


def _group(group: _Group, kind: StageFormat, cast: Cast) -> EventGroup:
    seeds = {place["id"].id(): place for place in group.entities["seeds"].items()}
    numbers = {key: cast.number(place["entrantId"]) for key, place in seeds.items()}
    order = sorted(seeds, key=lambda key: seeds[key]["groupSeedNum"].whole(0, MAX_AMOUNT))
    drafts = [(_match(place, cast), place) for place in group.entities["sets"].items()]
    playing = {side for match, _ in drafts for side in match.sides}
    entrants = [number for key in order if (number := numbers[key]) in playing and number is not None]
    name = group.place["displayIdentifier"].text()
    is_over = all(match.progress in DECIDED for match, _ in drafts if None not in match.sides)
    places = _places(seeds, numbers, entrants) if is_over else {}
    if kind is not StageFormat.ELIMINATION:
        played = tuple(match for match, _ in drafts if None not in match.sides)
        return EventGroup(tuple(entrants), rounds_of_a_table(played), (), name, (), places)
    of_entrant = seeded(entrants)
    own = {key: of_entrant[number] for key, number in numbers.items() if number in of_entrant}
    keys = {match.key for match, _ in drafts}
    links = {match.key: _sources(place, own, keys) for match, place in drafts}
    return bracket(entrants, [match for match, _ in drafts], links, name=name, places=places)


def _places(seeds: Mapping[str, Place], numbers: Mapping[str, int | None], entrants: Sequence[int]) -> dict[int, int]:
    """The places in a group that is over."""
    return {
        number: place["placement"].whole(1, MAX_AMOUNT)
        for key, place in seeds.items()
        if (number := numbers[key]) is not None and number in entrants and "placement" in place
    }


def _match(place: Place, cast: Cast) -> EventMatch:
    sides = cast.number(place["entrant1Id"]), cast.number(place["entrant2Id"])
    told = place["state"].value
    progress = _STATES.get(told) if isinstance(told, int) else None
    if progress is None:
        raise place["state"].wrong("a state of a set, from 1 to 7")
    score = _score(place)
    winner = slot_of(place["winnerId"], cast, sides)
    if progress is Progress.PLAYED:
        winner = leader(score) if winner is None else winner
        progress = Progress.FORFEIT if score is not None and min(score) < 0 else Progress.PLAYED
    best_of = place["bestOf"].whole_or_none(0, 999)
    return EventMatch(
        key=place["id"].id(),
        round=place["round"].whole_or_none(-_MAX_ROUND, _MAX_ROUND),
        sides=sides,
        progress=progress,
        winner=winner if progress in DECIDED else None,
        score=score,
        best_of=best_of if best_of and best_of % 2 else None,
    )


def _score(place: Place) -> Pair | None:
    first, second = (place[f"{slot}Score"].whole_or_none(-1, MAX_AMOUNT) for slot in _SLOTS)
    return None if first is None or second is None else (first, second)


def _sources(place: Place, seeds: Mapping[str, int], keys: set[str]) -> OpenSources:
    first, second = (_source(place, slot, seeds, keys) for slot in _SLOTS)
    return first, second


def _source(place: Place, slot: str, seeds: Mapping[str, int], keys: set[str]) -> Source | None:
    """What comes into a slot; None for a bye."""
    kind, told = place[f"{slot}PrereqType"], place[f"{slot}PrereqId"]
    match kind.value:
        case "bye":
            return None
        case "seed":
            return Seed(seeds[told.id()]) if told.id() in seeds else None
        case "set" if told.id() in keys:
            is_winner = place[f"{slot}PrereqCondition"].choice({"winner": True, "loser": False})
            return WinnerOf(told.id()) if is_winner else LoserOf(told.id())
        case "set":
            raise told.refused(f"there is no set {told.id()!r}.")
    raise kind.wrong('"seed", "set" or "bye"')
