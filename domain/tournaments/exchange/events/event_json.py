"""JSON of our own for a whole event, `matchpoint-event-1`: everything that there is to know of it, and back without a
loss.

At the top are `format`, `revision`, `name`, `game`, `entrants` and `stages`. Entrants have a `number`, by which all
else names them. A stage has a `format` (ELIMINATION, ROUND_ROBIN or SWISS), `groups`, and for its tables `tiebreaks`,
`scoring` (in halves of a point), `has_sides` and `planned`; what scores count is its `match_scoring` (BEST_OF, PLAY_ALL
or POINTS), and `has_draws` whether a level one stands in a table. A group has `entrants` (the first is its seed 1),
`matches`, and what the origin states of it: `places`, `values` of tie-breaks (exact, as in "20.5" or "1/3") and
`origins`. A match has a `key`, `round`, `sides`, its `progress`, `winner` (the slot, 0 or 1), `score`, `games`,
`shootout`, `best_of`, and in a bracket `sources`: {"seed": 3}, {"winner": "A"} or {"loser": "A"} for either slot. What
has its usual value is left out.

Revision 2 adds what an event of a server has besides; files of revision 1 do not say so and are read as before. The
event has its `capacity`, and all of its stages, also those that have not begun (without `groups`), have a `plan`: their
`structure`, `settings`, `sources`, `veto` and, before it begins, the `links` of a bracket that was given. An entrant
has a `status`, a match `is_disqualification`, its `advantage` and `finished_at`, and the groups of one stage tell
`seeds` in it. The format FREE_FOR_ALL has one group with `heats` (their `round`, `number`, `finished_at` and `results`:
`entrant` and `games`, each a place and a score, and 1 for who was absent) and who `left` in which round. The format
LADDER has one group whose matches are its challenges in their order, the challenger in slot 0, `made_at` a time and
maybe CALLED_OFF, and `climbers` with `joined_at` and `left_at`; it is as it was at `closed_at`, or while it goes on
at `as_of` of the event.
"""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from domain.kernel.scoring import MatchScoring
from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange.events.checking import MAX_GROUPS, MAX_STAGES, checked
from domain.tournaments.exchange.events.documents import MAX_ID_LENGTH, MAX_MATCHES, MAX_NAME_LENGTH, require_size
from domain.tournaments.exchange.events.event_plans import StoredPlan, plan_from, stored_plan
from domain.tournaments.heat_values import Reached
from domain.tournaments.rules.events import (
    MAX_ENTRANTS,
    Event,
    EventBye,
    EventEntrant,
    EventGroup,
    EventHeat,
    EventMatch,
    EventStage,
    Origin,
    Progress,
    StageFormat,
)
from domain.tournaments.rules.free_for_all import MAX_GAMES, MAX_HEAT
from domain.tournaments.rules.ladder import Climber
from domain.tournaments.rules.rounds import Kind, Scoring
from domain.tournaments.values import EntrantStatus, LoserOf, Seed, Source, WinnerOf

FORMAT: Final = "matchpoint-event-1"
REVISION: Final = 2
_MOST = 1_000_000
# Without control characters, which a terminal would obey, and without halves of characters.
_PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f\ud800-\udfff]*\Z"
_Number = Annotated[int, Meta(ge=1, le=_MOST)]
_Amount = Annotated[int, Meta(ge=-_MOST, le=_MOST)]
_Reached = Annotated[list[_Amount], Meta(min_length=2, max_length=3)]
_Halves = Annotated[int, Meta(ge=-10_000, le=10_000)]
_Key = Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH, pattern=_PRINTABLE)]
_Text = Annotated[str, Meta(max_length=MAX_NAME_LENGTH, pattern=_PRINTABLE)]
_Word = Annotated[str, Meta(max_length=40, pattern=_PRINTABLE)]
_Fraction = Annotated[str, Meta(max_length=40, pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,15}|/0*[1-9][0-9]{0,14})?\Z")]
_StoredPair = tuple[_Amount, _Amount]
_BestOf = Annotated[int, Meta(ge=1, le=999)]
_Instant = Annotated[datetime, Meta(tz=True)]
_Status = Literal["PLAYING", "WITHDRAWN", "DISQUALIFIED", "ABSENT"]


class _Strict(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    pass


class _Entrant(_Strict):
    number: _Number
    name: _Text
    seed: _Number | None = None
    rating: Annotated[int, Meta(ge=0, le=9_999)] | None = None
    external_id: _Text = ""
    place: _Number | None = None
    status: _Status = "PLAYING"


class _Source(_Strict):
    seed: _Number | None = None
    winner: _Key | None = None
    loser: _Key | None = None


class _Match(_Strict):
    key: _Key
    round: Annotated[int, Meta(ge=-10_000, le=10_000)] | None = None
    sides: tuple[_Number | None, _Number | None] = (None, None)
    sources: tuple[_Source, _Source] | None = None
    progress: Progress = Progress.OPEN
    winner: Literal[0, 1] | None = None
    score: _StoredPair | None = None
    games: Annotated[list[_StoredPair], Meta(max_length=999)] = msgspec.field(default_factory=list)
    shootout: _StoredPair | None = None
    best_of: _BestOf | None = None
    points: tuple[_Halves, _Halves] | None = None
    is_rated: bool = True
    is_disqualification: bool = False
    advantage: Annotated[int, Meta(ge=0, le=999)] = 0
    made_at: _Instant | None = None
    finished_at: _Instant | None = None


class _Bye(_Strict):
    round: Annotated[int, Meta(ge=1, le=10_000)]
    entrant: _Number
    kind: Literal["PAIRING_BYE", "FULL_BYE", "HALF_BYE", "ZERO_BYE", "ABSENT", "FORFEIT"]
    half_points: _Halves = 0


class _Origin(_Strict):
    stage: _Number
    group: _Number
    place: _Number


class _Place(_Strict):
    entrant: _Number
    place: _Number


class _Values(_Strict):
    entrant: _Number
    values: Annotated[dict[_Word, _Fraction], Meta(max_length=64)]


class _Result(_Strict):
    entrant: _Number
    games: Annotated[list[_Reached], Meta(max_length=MAX_GAMES)] = msgspec.field(default_factory=list)


class _Heat(_Strict):
    round: _Number
    number: _Number
    results: Annotated[list[_Result], Meta(max_length=MAX_HEAT)]
    finished_at: _Instant | None = None


class _Left(_Strict):
    entrant: _Number
    round: _Number


class _Climber(_Strict):
    entrant: _Number
    joined_at: _Instant
    left_at: _Instant | None = None


class _Group(_Strict):
    entrants: Annotated[list[_Number], Meta(max_length=MAX_ENTRANTS)]
    matches: Annotated[list[_Match], Meta(max_length=MAX_MATCHES)] = msgspec.field(default_factory=list)
    byes: Annotated[list[_Bye], Meta(max_length=1_000_000)] = msgspec.field(default_factory=list)
    name: _Text = ""
    origins: Annotated[list[_Origin | None], Meta(max_length=MAX_ENTRANTS)] = msgspec.field(default_factory=list)
    places: Annotated[list[_Place], Meta(max_length=MAX_ENTRANTS)] = msgspec.field(default_factory=list)
    values: Annotated[list[_Values], Meta(max_length=MAX_ENTRANTS)] = msgspec.field(default_factory=list)
    seeds: Annotated[list[_Number], Meta(max_length=MAX_ENTRANTS)] = msgspec.field(default_factory=list)
    heats: Annotated[list[_Heat], Meta(max_length=2 * MAX_ENTRANTS)] = msgspec.field(default_factory=list)
    left: Annotated[list[_Left], Meta(max_length=MAX_ENTRANTS)] = msgspec.field(default_factory=list)
    climbers: Annotated[list[_Climber], Meta(max_length=MAX_ENTRANTS)] = msgspec.field(default_factory=list)
    closed_at: _Instant | None = None


class _Scoring(_Strict):
    win: _Halves = 2
    draw: _Halves = 1
    loss: _Halves = 0
    forfeit_win: _Halves = 2
    forfeit_loss: _Halves = 0
    pairing_bye: _Halves = 2
    full_bye: _Halves = 2
    half_bye: _Halves = 1
    absence: _Halves = 0


class _Stage(_Strict):
    format: StageFormat
    groups: Annotated[list[_Group], Meta(max_length=MAX_GROUPS)]
    name: _Text = ""
    tiebreaks: Annotated[list[_Word], Meta(max_length=64)] = msgspec.field(default_factory=list)
    scoring: _Scoring = msgspec.field(default_factory=_Scoring)
    has_sides: bool = False
    best_of: _BestOf | None = None
    planned: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    match_scoring: MatchScoring = MatchScoring.BEST_OF
    has_draws: bool = True
    plan: StoredPlan | None = None


class _Event(_Strict):
    format: Literal["matchpoint-event-1"]
    entrants: Annotated[list[_Entrant], Meta(max_length=MAX_ENTRANTS)]
    stages: Annotated[list[_Stage], Meta(max_length=MAX_STAGES)]
    name: _Text = ""
    game: _Text = ""
    revision: int = 1
    capacity: Annotated[int, Meta(ge=1, le=MAX_ENTRANTS)] | None = None
    as_of: _Instant | None = None


class _Head(msgspec.Struct):
    revision: int = 1


def read_event_json(data: bytes) -> Event:
    """What the JSON tells.

    Raises:
        InvalidEventFile: it is not of this format, or does not hold together; it says where.
    """
    require_size(data)
    try:
        revision = msgspec.json.decode(data, type=_Head).revision
        if not 1 <= revision <= REVISION:
            raise InvalidEventFile(f"$.revision: {FORMAT} is read up to revision {REVISION}, and this is {revision}.")
        stored = msgspec.json.decode(data, type=_Event)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidEventFile(f"This is not an event in the format {FORMAT}: {error}") from error
    entrants = tuple(_entrant(entrant) for entrant in stored.entrants)
    stages = tuple(_stage(stage, f"$.stages[{index}]") for index, stage in enumerate(stored.stages))
    return checked(Event(entrants, stages, stored.name, stored.game, stored.capacity, stored.as_of))


def write_event_json(event: Event) -> bytes:
    """The JSON; `read_event_json` makes the same event of it."""
    entrants = [msgspec.convert(entrant, _Entrant, from_attributes=True) for entrant in event.entrants]
    stages = [_stored_stage(stage) for stage in event.stages]
    stored = _Event(FORMAT, entrants, stages, event.name, event.game, REVISION, event.capacity, event.as_of)
    return msgspec.json.format(msgspec.json.encode(stored), indent=1)


def _entrant(stored: _Entrant) -> EventEntrant:
    return EventEntrant(**{**msgspec.structs.asdict(stored), "status": EntrantStatus(stored.status)})


def _stage(stored: _Stage, path: str) -> EventStage:
    return EventStage(
        format=stored.format,
        groups=tuple(_group(group, f"{path}.groups[{index}]") for index, group in enumerate(stored.groups)),
        name=stored.name,
        tiebreaks=tuple(stored.tiebreaks),
        scoring=Scoring(**msgspec.structs.asdict(stored.scoring)),
        has_sides=stored.has_sides,
        best_of=stored.best_of,
        planned=stored.planned,
        match_scoring=stored.match_scoring,
        has_draws=stored.has_draws,
        plan=None if stored.plan is None else plan_from(stored.plan, stored.name, f"{path}.plan"),
    )


def _group(stored: _Group, path: str) -> EventGroup:
    return EventGroup(
        entrants=tuple(stored.entrants),
        matches=tuple(_match(match, f"{path}.matches[{index}]") for index, match in enumerate(stored.matches)),
        byes=tuple(EventBye(bye.round, bye.entrant, Kind(bye.kind), bye.half_points) for bye in stored.byes),
        name=stored.name,
        origins=tuple(
            None if origin is None else Origin(origin.stage, origin.group, origin.place) for origin in stored.origins
        ),
        places={place.entrant: place.place for place in stored.places},
        values={
            each.entrant: {label: Fraction(number) for label, number in each.values.items()} for each in stored.values
        },
        seeds=tuple(stored.seeds),
        heats=tuple(_heat(heat, f"{path}.heats[{index}]") for index, heat in enumerate(stored.heats)),
        left={each.entrant: each.round for each in stored.left},
        climbers=tuple(Climber(each.entrant, each.joined_at, each.left_at) for each in stored.climbers),
        closed_at=stored.closed_at,
    )


def _heat(stored: _Heat, path: str) -> EventHeat:
    results = {each.entrant: tuple(_reached(game, path) for game in each.games) for each in stored.results}
    if len(results) < len(stored.results):
        raise InvalidEventFile(f"{path}: somebody is in it twice.")
    return EventHeat(stored.round, stored.number, results, stored.finished_at)


def _reached(stored: list[int], path: str) -> Reached:
    place, score, *absent = stored
    if absent not in ([], [1]):
        raise InvalidEventFile(f"{path}: behind place and score of a game stands 1 for who was absent, or nothing.")
    return Reached(place, score, is_absent=bool(absent))


def _match(stored: _Match, path: str) -> EventMatch:
    sources = stored.sources
    return EventMatch(
        key=stored.key,
        round=stored.round,
        sides=stored.sides,
        sources=sources and (_source(sources[0], f"{path}.sources[0]"), _source(sources[1], f"{path}.sources[1]")),
        progress=stored.progress,
        winner=stored.winner,
        score=stored.score,
        games=tuple(stored.games),
        shootout=stored.shootout,
        best_of=stored.best_of,
        points=stored.points,
        is_rated=stored.is_rated,
        is_disqualification=stored.is_disqualification,
        advantage=stored.advantage,
        made_at=stored.made_at,
        finished_at=stored.finished_at,
    )


def _source(stored: _Source, path: str) -> Source:
    given = [value for value in (stored.seed, stored.winner, stored.loser) if value is not None]
    if len(given) != 1:
        raise InvalidEventFile(f"{path}: a source is one of `seed`, `winner` and `loser`.")
    if stored.seed is not None:
        return Seed(stored.seed)
    return WinnerOf(stored.winner) if stored.winner is not None else LoserOf(stored.loser or "")


def _stored_stage(stage: EventStage) -> _Stage:
    return _Stage(
        stage.format,
        [_stored_group(group) for group in stage.groups],
        stage.name,
        list(stage.tiebreaks),
        msgspec.convert(stage.scoring, _Scoring, from_attributes=True),
        stage.has_sides,
        stage.best_of,
        stage.planned,
        stage.match_scoring,
        stage.has_draws,
        None if stage.plan is None else stored_plan(stage.plan),
    )


def _stored_group(group: EventGroup) -> _Group:
    return _Group(
        list(group.entrants),
        [_stored_match(match) for match in group.matches],
        [_Bye(bye.round, bye.entrant, bye.kind, bye.points) for bye in group.byes],  # type: ignore[arg-type]  # as texts
        group.name,
        [None if origin is None else _Origin(origin.stage, origin.group, origin.place) for origin in group.origins],
        [_Place(entrant, place) for entrant, place in group.places.items()],
        [
            _Values(entrant, {label: _told(number) for label, number in values.items()})
            for entrant, values in group.values.items()
        ],
        list(group.seeds),
        [_stored_heat(heat) for heat in group.heats],
        [_Left(entrant, number) for entrant, number in group.left.items()],
        [_Climber(climber.entrant, climber.joined_at, climber.left_at) for climber in group.climbers],
        group.closed_at,
    )


def _stored_heat(heat: EventHeat) -> _Heat:
    results = [
        _Result(entrant, [[reached.place, reached.score, *[1] * reached.is_absent] for reached in games])
        for entrant, games in heat.results.items()
    ]
    return _Heat(heat.round, heat.number, results, heat.finished_at)


def _stored_match(match: EventMatch) -> _Match:
    sources: tuple[_Source, _Source] | None = None
    if match.sources is not None:
        sources = (_stored_source(match.sources[0]), _stored_source(match.sources[1]))
    return _Match(
        match.key,
        match.round,
        match.sides,
        sources,
        match.progress,
        match.winner,  # type: ignore[arg-type]  # 0 or 1
        match.score,
        list(match.games),
        match.shootout,
        match.best_of,
        match.points,
        match.is_rated,
        match.is_disqualification,
        match.advantage,
        match.made_at,
        match.finished_at,
    )


def _stored_source(source: Source) -> _Source:
    if isinstance(source, Seed):
        return _Source(seed=source.number)
    return _Source(winner=source.match) if isinstance(source, WinnerOf) else _Source(loser=source.match)


def _told(number: Fraction) -> str:
    """The number as a decimal where that is exact, else as a fraction."""
    for digits in range(5):
        scaled = number * 10**digits
        if scaled.denominator == 1:
            sign, whole = ("-" if scaled < 0 else ""), f"{abs(scaled.numerator):0{digits + 1}d}"
            return sign + (f"{whole[:-digits]}.{whole[-digits:]}" if digits else whole)
    return f"{number.numerator}/{number.denominator}"
