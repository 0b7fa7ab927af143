"""The next round of a Swiss event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from domain.kernel.errors import InvalidInput
from domain.tournaments.errors import NoLegalPairing
from domain.tournaments.rules.rounds import Field, Kind, Side
from domain.tournaments.rules.swiss.history import Past, exits, pasts, require_results, sides_matter
from domain.tournaments.rules.swiss.matching import Pair, cheapest
from domain.tournaments.rules.swiss.sides import side_of
from domain.tournaments.rules.swiss.values import (
    Board,
    Bye,
    End,
    EventOver,
    Exit,
    PairedRound,
    Relaxation,
    Seat,
    Terms,
)
from domain.tournaments.rules.swiss.weights import Costs
from domain.tournaments.values import Float

MAX_PLAYERS = 4096
MAX_FORBIDDEN = 4_000_000


def pair(field: Field, terms: Terms = Terms()) -> PairedRound | EventOver:  # noqa: B008  (a frozen value)
    """The round after those that are finished, or that there is none.

    The same for the same players whatever their order. It is the best by the criteria in `weights`, each before all
    that follow it. When no complete round without rematches and second byes is left, one rematch after the other is
    allowed, the oldest first, and a second bye only when that does not help.

    Raises:
        RoundUnfinished: a game has no result yet.
        NoLegalPairing: the forbidden pairs leave no complete round.
        PairingTooLarge: finding it would take too long.
        InvalidInput: there are more than 4,096 players, more than 2,000,000 forbidden pairs or so, or `terms` name a
            player who does not exist.
    """
    _check(field, terms)
    gone = exits(field, terms)
    end = _end(field, gone)
    if end is not None:
        return EventOver(field.finished, end, gone)
    here = pasts(field, terms, field.players.keys() - gone.keys())
    pairing = [past for past in here if past.number not in terms.byes]
    boards, byes = _paired(pairing, terms, sides=sides_matter(field)) if pairing else ([], [])
    byes += [Bye(past.number, past.points, terms.byes[past.number]) for past in here if past.number in terms.byes]
    return PairedRound(field.finished + 1, tuple(boards), tuple(byes), tuple(_relaxed(boards, byes)), gone)


def _check(field: Field, terms: Terms) -> None:
    if len(field.players) > MAX_PLAYERS:
        raise InvalidInput(f"At most {MAX_PLAYERS} players can be paired; there are {len(field.players)}.")
    if sum(len(numbers) ** 2 for numbers in terms.forbidden) > MAX_FORBIDDEN:
        raise InvalidInput("Too many pairs are forbidden.")
    named = {*terms.byes, *terms.extra, *terms.ranks, *(number for numbers in terms.forbidden for number in numbers)}
    unknown = sorted(named - field.players.keys())
    if unknown:
        raise InvalidInput(f"There is no player {unknown[0]}.")
    require_results(field)


def _end(field: Field, gone: Mapping[int, Exit]) -> End | None:
    if field.planned is not None and field.finished >= field.planned:
        return End.ALL_PLAYED
    return End.TOO_FEW if len(field.players) - len(gone) < 2 else None


def _paired(players: Sequence[Past], terms: Terms, *, sides: bool) -> tuple[list[Board], list[Bye]]:
    ranks = _cheapest(players, terms, sides=sides)
    boards = [
        _board(players[one], players[other], terms.first_side if sides else None)
        for one, other in sorted(ranks, key=lambda pair: _place(players, pair))
        if other < len(players)
    ]
    byes = [
        Bye(players[one].number, players[one].points, Kind.PAIRING_BYE, players[one].byes)
        for one, other in ranks
        if other == len(players)
    ]
    return boards, byes


def _cheapest(players: Sequence[Past], terms: Terms, *, sides: bool) -> list[Pair]:
    for relaxed in (False, True):
        found = cheapest(Costs(players, terms, relaxed=relaxed, sides=sides))
        if found is not None:
            return found
    raise NoLegalPairing(len(players))


def _place(players: Sequence[Past], pair: Pair) -> tuple[int, int, int]:
    """Where a board comes: by the better one's points, both together, and the better one's rank."""
    points = [players[rank].points for rank in pair if rank < len(players)]
    return -points[0], -sum(points), pair[0]


def _board(higher: Past, lower: Past, first_side: Side | None) -> Board:
    seats = _seat(higher, lower), _seat(lower, higher)
    reason = None
    if first_side is not None:
        side, reason = side_of(higher, lower, first_side)
        seats = seats if side is Side.FIRST else seats[::-1]
    meeting = higher.met.get(lower.number)
    return Board(*seats, reason, meeting.times if meeting else 0, meeting.last if meeting else None)


def _seat(past: Past, opponent: Past) -> Seat:
    if past.points == opponent.points:
        return Seat(past.number, past.points)
    floated = Float.DOWN if past.points > opponent.points else Float.UP
    return Seat(past.number, past.points, floated, is_repeated=floated is past.floated)


def _relaxed(boards: Iterable[Board], byes: Iterable[Bye]) -> Iterable[Relaxation]:
    if any(board.meetings for board in boards):
        yield Relaxation.REMATCH
    if any(bye.earlier for bye in byes):
        yield Relaxation.SECOND_BYE
