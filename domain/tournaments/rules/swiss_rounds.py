"""The rounds of a Swiss stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from domain.tournaments.rules.formats import Swiss
from domain.tournaments.rules.graph import MatchNode
from domain.tournaments.rules.rounds import Kind
from domain.tournaments.rules.swiss import Board, EventOver, Exit, PairedRound, Seat, Terms, exits, pair
from domain.tournaments.rules.tables import Group, field_of
from domain.tournaments.values import BracketSide, PairedSeat, Pairing, Seed


def next_round(
    settings: Swiss, group: Group, requested: Mapping[int, Kind] = MappingProxyType({})
) -> PairedRound | EventOver:
    """The round after those of a group, all of whose matches are over, or that there is none.

    Who has requested a bye for it is not paired; but where fewer than two would be left, all are.

    Raises:
        PairingTooLarge: finding it would take too long.
    """
    field, terms = field_of(group, settings.ranking.scoring), _terms(settings)
    playing = set(group.seeds) - exits(field, terms).keys()
    byes = {seed: kind for seed, kind in requested.items() if seed in playing}
    return pair(field, replace(terms, byes=byes) if len(playing) - len(byes) >= 2 else terms)


def waiting_round(group: Group) -> int | None:
    """The last round of a group, if it hangs on the results before it still: it is not the first, nobody has begun it,
    and nobody in it has left.
    """
    number = group.rounds
    games = [game for game in group.games if game.round == number]
    in_it = {seed for game in games for seed in game.seeds} | {seed for seed, round_ in group.byes if round_ == number}
    is_waiting = number > 1 and not any(game.is_begun for game in games) and in_it.isdisjoint(group.left)
    return number if is_waiting else None


def paired_again(settings: Swiss, group: Group, number: int) -> PairedRound:
    """A round as those before it give it, whatever it is now; without anybody when it is not needed.

    Who had requested a bye for it, or came too late for it, keeps that.

    Raises:
        PairingTooLarge: finding it would take too long.
    """
    byes = {seed: entry.kind for (seed, round_), entry in group.byes.items() if round_ == number}
    kept = {seed: kind for seed, kind in byes.items() if kind is not Kind.PAIRING_BYE}
    paired = next_round(settings, group.before(number), kept)
    return paired if isinstance(paired, PairedRound) else PairedRound(number, (), (), (), paired.exits)


def playing_no_more(settings: Swiss, group: Group) -> dict[int, Exit]:
    """Who of a group is not paired any more, and why, as far as its matches are over."""
    return exits(field_of(group, settings.ranking.scoring), _terms(settings))


def _terms(settings: Swiss) -> Terms:
    return Terms(
        method=settings.method,
        wins_to_advance=settings.wins_to_advance,
        losses_to_leave=settings.losses_to_leave,
    )


def nodes_of(paired: PairedRound) -> tuple[MatchNode, ...]:
    """The matches of a round, the best board first; keys are such as R2.1, for the first board of round 2."""
    return tuple(
        MatchNode(
            f"R{paired.number}.{position + 1}",
            BracketSide.GROUP,
            paired.number,
            position,
            Seed(board.first.number),
            Seed(board.second.number),
            group=1,
        )
        for position, board in enumerate(paired.boards)
    )


def pairing_of(board: Board) -> Pairing:
    """Why two were paired."""
    return Pairing(_seat(board.first), _seat(board.second), board.meetings, board.last_met)


def _seat(seat: Seat) -> PairedSeat:
    return PairedSeat(seat.points, seat.floated, seat.is_repeated)
