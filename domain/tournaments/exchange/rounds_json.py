"""JSON of our own for an event in rounds: everything that there is to know of it, and back without a loss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange.checking import faults
from domain.tournaments.exchange.event import (
    MAX_FILE_BYTES,
    MAX_NUMBER,
    MAX_PLAYERS,
    MAX_ROUNDS,
    Acceleration,
    Forbidden,
    Person,
    RoundsEvent,
    Team,
)
from domain.tournaments.rules.rounds import Entry, Field, Kind, Player, Scoring, Side

FORMAT: Final = "matchpoint-rounds-1"
_MANY = MAX_PLAYERS * MAX_ROUNDS
_Number = Annotated[int, Meta(ge=1, le=MAX_NUMBER)]
_Round = Annotated[int, Meta(ge=1, le=MAX_ROUNDS)]
_Halves = Annotated[int, Meta(ge=-10_000, le=10_000)]
_Games = Annotated[int, Meta(ge=0, le=10_000)]
# Without control characters: a terminal would obey them.
_PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f]*\Z"
_Text = Annotated[str, Meta(max_length=200, pattern=_PRINTABLE)]
_Word = Annotated[str, Meta(max_length=40, pattern=_PRINTABLE)]
_Line = Annotated[str, Meta(max_length=2_000, pattern=_PRINTABLE)]


class _Strict(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    pass


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


class _Entry(_Strict):
    kind: Kind
    half_points: _Halves = 0
    opponent: _Number | None = None
    side: Side | None = None
    games: tuple[_Games, _Games] | None = None
    rated: bool = True


class _Player(_Strict):
    number: _Number
    name: _Text
    rounds: Annotated[list[_Entry], Meta(max_length=MAX_ROUNDS)] = msgspec.field(default_factory=list)
    rating: Annotated[int, Meta(ge=0, le=9_999)] | None = None
    has_left: bool = False
    sex: _Word = ""
    title: _Word = ""
    federation: _Word = ""
    fide_id: _Word = ""
    birth: _Word = ""
    rank: _Number | None = None


class _Absence(_Strict):
    round: _Round
    player: _Number
    kind: Literal["FULL_BYE", "HALF_BYE", "ZERO_BYE", "ABSENT"]


class _Acceleration(_Strict):
    half_points: _Halves
    first_round: _Round
    last_round: _Round
    first: _Number
    last: _Number


class _Forbidden(_Strict):
    players: Annotated[list[_Number], Meta(max_length=MAX_PLAYERS)]
    first_round: _Round = 1
    last_round: _Round = MAX_ROUNDS


class _Team(_Strict):
    name: _Text
    players: Annotated[list[_Number], Meta(max_length=MAX_PLAYERS)]


class _Event(_Strict):
    format: Literal["matchpoint-rounds-1"]
    players: Annotated[list[_Player], Meta(min_length=1, max_length=MAX_PLAYERS)]
    name: _Text = ""
    planned: _Round | None = None
    predetermined: bool = False
    scoring: _Scoring = msgspec.field(default_factory=_Scoring)
    headers: Annotated[list[tuple[_Word, _Line]], Meta(max_length=1_000)] = msgspec.field(default_factory=list)
    first_side: Side | None = None
    ranked: bool = False
    absences: Annotated[list[_Absence], Meta(max_length=_MANY)] = msgspec.field(default_factory=list)
    forbidden: Annotated[list[_Forbidden], Meta(max_length=_MANY)] = msgspec.field(default_factory=list)
    acceleration: Annotated[list[_Acceleration], Meta(max_length=_MANY)] = msgspec.field(default_factory=list)
    tiebreaks: Annotated[list[_Word], Meta(max_length=40)] = msgspec.field(default_factory=list)
    teams: Annotated[list[_Team], Meta(max_length=MAX_PLAYERS)] = msgspec.field(default_factory=list)


def read_json(data: bytes) -> RoundsEvent:
    """What the JSON tells.

    Raises:
        InvalidEventFile: it is not of this format, or its rounds contradict each other; it says where.
    """
    if len(data) > MAX_FILE_BYTES:
        raise InvalidEventFile(f"The file has {len(data):,} bytes; at most {MAX_FILE_BYTES:,} are read.")
    try:
        stored = msgspec.json.decode(data, type=_Event)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidEventFile(f"This is not an event in the format {FORMAT}: {error}") from error
    players = {player.number: _player(player) for player in stored.players}
    _require_whole(stored, players)
    for fault in faults(players):
        raise InvalidEventFile(f"Round {fault.round} of player {fault.number}: {fault.message}")
    return RoundsEvent(
        field=Field(
            players,
            stored.planned,
            Scoring(**msgspec.structs.asdict(stored.scoring)),
            stored.predetermined,
        ),
        name=stored.name,
        people={player.number: person for player in stored.players if (person := _person(player)) != Person()},
        headers=tuple(stored.headers),
        first_side=stored.first_side,
        ranked=stored.ranked,
        absences=_absences(stored.absences),
        forbidden=tuple(
            Forbidden(tuple(pairs.players), pairs.first_round, pairs.last_round) for pairs in stored.forbidden
        ),
        acceleration=tuple(
            Acceleration(points.half_points, points.first_round, points.last_round, points.first, points.last)
            for points in stored.acceleration
        ),
        tiebreaks=tuple(stored.tiebreaks),
        teams=tuple(Team(team.name, tuple(team.players)) for team in stored.teams),
    )


def write_json(event: RoundsEvent) -> bytes:
    """The JSON; `read_json` makes the same event of it."""
    players = [_stored(player, event.people.get(number, Person())) for number, player in event.field.players.items()]
    scoring = event.field.scoring
    stored = _Event(
        FORMAT,
        players,
        event.name,
        event.field.planned,
        event.field.predetermined,
        msgspec.convert(scoring, _Scoring, from_attributes=True),
        list(event.headers),
        event.first_side,
        event.ranked,
        [
            _Absence(number, player, kind)  # type: ignore[arg-type]  # StrEnum members are these texts
            for number, players_then in event.absences.items()
            for player, kind in players_then.items()
        ],
        [_Forbidden(list(pairs.players), pairs.first_round, pairs.last_round) for pairs in event.forbidden],
        [
            _Acceleration(points.points, points.first_round, points.last_round, points.first, points.last)
            for points in event.acceleration
        ],
        list(event.tiebreaks),
        [_Team(team.name, list(team.players)) for team in event.teams],
    )
    return msgspec.json.format(msgspec.json.encode(stored), indent=1)


def _require_whole(stored: _Event, players: Mapping[int, Player]) -> None:
    """Refuses numbers that are there twice or not at all, and rounds that not all have, or that nobody planned."""
    twice = next((number for number, times in Counter(p.number for p in stored.players).items() if times > 1), None)
    if twice is not None:
        raise InvalidEventFile(f"Player {twice} is there twice.")
    rounds = len(stored.players[0].rounds)
    other = next((player for player in stored.players if len(player.rounds) != rounds), None)
    if other is not None:
        message = (
            f"Player {other.number} has {len(other.rounds)} rounds, player {stored.players[0].number} has {rounds}"
        )
        raise InvalidEventFile(f"{message}; all have equally many.")
    if stored.planned is not None and stored.planned < rounds:
        raise InvalidEventFile(f"There are {rounds} rounds, but only {stored.planned} are planned.")
    missing = next((number for number in _named(stored) if number not in players), None)
    if missing is not None:
        raise InvalidEventFile(f"There is no player {missing}.")
    early = next((absence.round for absence in stored.absences if absence.round <= rounds), None)
    if early is not None:
        raise InvalidEventFile(f"Round {early} is there; who was absent stands with the rounds of the players.")


def _named(stored: _Event) -> Iterator[int]:
    yield from (absence.player for absence in stored.absences)
    yield from (number for pairs in stored.forbidden for number in pairs.players)
    yield from (number for team in stored.teams for number in team.players)


def _player(stored: _Player) -> Player:
    rounds = tuple(
        Entry(entry.kind, entry.half_points, entry.opponent, entry.side, entry.games, entry.rated)
        for entry in stored.rounds
    )
    return Player(stored.number, stored.name, stored.rating, rounds, stored.has_left)


def _person(stored: _Player) -> Person:
    return Person(stored.sex, stored.title, stored.federation, stored.fide_id, stored.birth, stored.rank)


def _stored(player: Player, person: Person) -> _Player:
    rounds = [
        _Entry(entry.kind, entry.points, entry.opponent, entry.side, entry.games, entry.rated)
        for entry in player.rounds
    ]
    return _Player(
        player.number,
        player.name,
        rounds,
        player.rating,
        player.has_left,
        person.sex,
        person.title,
        person.federation,
        person.fide_id,
        person.birth,
        person.rank,
    )


def _absences(stored: list[_Absence]) -> dict[int, dict[int, Kind]]:
    absences: dict[int, dict[int, Kind]] = {}
    for absence in sorted(stored, key=lambda each: (each.round, each.player)):
        absences.setdefault(absence.round, {})[absence.player] = Kind(absence.kind)
    return absences
