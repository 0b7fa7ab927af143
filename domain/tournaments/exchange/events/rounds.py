"""Events in rounds, from Tournament Report Files of FIDE and our own JSON for them, as whole events of one stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from domain.kernel.scoring import MatchScoring
from domain.tournaments.errors import InvalidTiebreak
from domain.tournaments.exchange.event import RoundsEvent
from domain.tournaments.rules.events import (
    Event,
    EventBye,
    EventEntrant,
    EventGroup,
    EventMatch,
    EventStage,
    Progress,
    StageFormat,
)
from domain.tournaments.rules.events.tables import points_of
from domain.tournaments.rules.rounds import Entry, Kind, Player, Scoring, Side
from domain.tournaments.rules.tiebreaks import parse_tiebreaks

_PROGRESS = {Kind.PLAYED: Progress.PLAYED, Kind.FORFEIT: Progress.FORFEIT, Kind.OPEN: Progress.OPEN}


def whole_event(told: RoundsEvent) -> Event:
    """The event: a league or a Swiss stage of one group, with the ranks that the file states."""
    players = told.field.players
    ranks = {number: person.rank for number, person in told.people.items()}
    ids = {number: person.fide_id for number, person in told.people.items()}
    entrants = tuple(
        EventEntrant(number, player.name, number, player.rating, ids.get(number, ""), ranks.get(number))
        for number, player in players.items()
    )
    scoring = told.field.scoring
    group = EventGroup(tuple(players), tuple(_matches(players, scoring)), tuple(_byes(players)))
    # Where nobody counts games, a match is one, which can be drawn.
    is_one_game = not any(entry.games for player in players.values() for entry in player.rounds)
    stage = EventStage(
        format=StageFormat.ROUND_ROBIN if told.field.predetermined else StageFormat.SWISS,
        groups=(group,),
        tiebreaks=_known(told.tiebreaks),
        scoring=scoring,
        has_sides=any(entry.side for player in players.values() for entry in player.rounds),
        best_of=1 if is_one_game else None,
        planned=told.field.planned,
        match_scoring=MatchScoring.PLAY_ALL if is_one_game else MatchScoring.BEST_OF,
    )
    return Event(entrants, (stage,), told.name)


def _known(tiebreaks: Sequence[str]) -> tuple[str, ...]:
    """The tie-breaks up to the first that is of other rules, such as those of teams: whom these part stay tied."""
    return tuple(takewhile(_is_known, tiebreaks))


def _is_known(tiebreak: str) -> bool:
    try:
        parse_tiebreaks(tiebreak)
    except InvalidTiebreak:
        return False
    return True


def _matches(players: Mapping[int, Player], scoring: Scoring) -> Iterator[EventMatch]:
    for number, player in players.items():
        for index, entry in enumerate(player.rounds):
            if entry.opponent is not None and _comes_first(number, entry):
                other = players[entry.opponent].rounds[index]
                yield _match(f"R{index + 1}.{number}", index + 1, (number, entry.opponent), (entry, other), scoring)


def _comes_first(number: int, entry: Entry) -> bool:
    """Whether a player is in slot 0: with the first side, or with the smaller number where nobody has sides."""
    if entry.side is None:
        return entry.opponent is not None and number < entry.opponent
    return entry.side is Side.FIRST


def _match(key: str, number: int, sides: tuple[int, int], entries: tuple[Entry, Entry], scoring: Scoring) -> EventMatch:
    progress = _PROGRESS[entries[0].kind]
    points = entries[0].points, entries[1].points
    winner = None if points[0] == points[1] or progress is Progress.OPEN else int(points[1] > points[0])
    match = EventMatch(
        key, number, sides, None, progress, winner, entries[0].games, is_rated=entries[0].rated and entries[1].rated
    )
    if points_of(match, scoring) == points:
        return match
    return EventMatch(key, number, sides, None, progress, winner, match.score, points=points, is_rated=match.is_rated)


def _byes(players: Mapping[int, Player]) -> Iterator[EventBye]:
    for number, player in players.items():
        for index, entry in enumerate(player.rounds):
            if entry.opponent is None:
                yield EventBye(index + 1, number, entry.kind, entry.points)
