"""Swiss events that are simulated, and the best rounds found the slow way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from random import Random

import networkx as nx

from domain.tournaments.rules.rounds import Entry, Field, Kind, Player, Side
from domain.tournaments.rules.swiss import EventOver, Method, PairedRound, Terms, pair

POINTS = {Kind.PAIRING_BYE: 2, Kind.FULL_BYE: 2, Kind.HALF_BYE: 1, Kind.ZERO_BYE: 0}

Pairs = frozenset[frozenset[int]]


def entrants(count: int) -> Field:
    """So many players before the first round."""
    return Field({number: Player(number, f"Player {number}") for number in range(1, count + 1)})


def played(field: Field, paired: PairedRound, rng: Random, draws: float = 0.25) -> Field:
    """The field after a round in which the better number wins a little more often."""
    entries = {number: Entry(Kind.ABSENT) for number in field.players}
    for board in paired.boards:
        first, second = board.first.number, board.second.number
        drawn, lucky = rng.random() < draws, rng.random() < 0.6
        points = 1 if drawn else 2 * (lucky is (first < second))
        sides = (Side.FIRST, Side.SECOND) if board.side_reason else (None, None)
        entries[first] = Entry(Kind.PLAYED, points, second, sides[0])
        entries[second] = Entry(Kind.PLAYED, 2 - points, first, sides[1])
    entries |= {bye.number: Entry(bye.kind, POINTS[bye.kind]) for bye in paired.byes}
    return with_entries(field, entries)


def with_entries(field: Field, entries: dict[int, Entry]) -> Field:
    """The field after a round that was this for everybody."""
    players = {
        number: replace(player, rounds=(*player.rounds, entries[number])) for number, player in field.players.items()
    }
    return replace(field, players=players)


def won(field: Field, *results: tuple[int, int]) -> Field:
    """The field after a round in which the first of each two beat the second; everybody else was absent."""
    entries = {number: Entry(Kind.ABSENT) for number in field.players}
    for winner, loser in results:
        entries |= {winner: Entry(Kind.PLAYED, 2, loser), loser: Entry(Kind.PLAYED, 0, winner)}
    return with_entries(field, entries)


@dataclass(frozen=True)
class Step:
    """A round of an event: the field before it, what it was paired by, and the round."""

    field: Field
    terms: Terms
    paired: PairedRound


def event(rng: Random, smallest: int = 5, largest: int = 64) -> Iterator[Step]:
    """Rounds of an event in which some leave, come back, come late, ask for byes, and some may not meet."""
    field, forbidden = entrants(rng.randint(smallest, largest)), Terms().forbidden
    if rng.random() < 0.3:
        numbers = sorted(field.players)
        forbidden = frozenset(frozenset(rng.sample(numbers, 2)) for _ in range(rng.randint(1, 3)))
    for _ in range(rng.randint(3, min(9, len(field.players) - 2))):
        field = _with_comings_and_goings(field, rng)
        here = [number for number, player in field.players.items() if not player.has_left]
        byes = {number: Kind.HALF_BYE for number in here if rng.random() < 0.02}
        terms = Terms(rng.choice(list(Method)), forbidden, byes)
        paired = pair(field, terms)
        if isinstance(paired, EventOver):
            return
        yield Step(field, terms, paired)
        field = played(field, paired, rng)


def _with_comings_and_goings(field: Field, rng: Random) -> Field:
    players = dict(field.players)
    for number, player in field.players.items():
        if rng.random() < (0.25 if player.has_left else 0.03):
            players[number] = replace(player, has_left=not player.has_left)
    if rng.random() < 0.1:
        number = max(players) + 1
        missed = (Entry(Kind.HALF_BYE, 1),) * field.finished
        players[number] = Player(number, f"Player {number}", rounds=missed)
    return replace(field, players=players)


def waiting(step: Step) -> list[int]:
    """Who was to be paired."""
    return [
        number for number, player in step.field.players.items() if not player.has_left and number not in step.terms.byes
    ]


def met(field: Field, one: int, other: int) -> list[int]:
    """The rounds in which the two have played each other."""
    rounds = enumerate(field.players[one].rounds, 1)
    return [number for number, entry in rounds if entry.is_played and entry.opponent == other]


def earlier_byes(field: Field, number: int) -> int:
    """How often they had the points of a win without a game."""
    unplayed = [entry for entry in field.players[number].rounds if not entry.is_played]
    return sum(entry.points == 2 for entry in unplayed)


def is_bye_needed(step: Step) -> bool:
    """Whether the number of those who were to be paired is odd."""
    return len(waiting(step)) % 2 == 1


def can_be_complete(step: Step, *, rematches: bool, second_byes: bool, bye: set[int] | None = None) -> bool:
    """Whether everybody can be paired, as networkx finds; the bye for one of `bye` only, if that is given."""
    graph = nx.Graph()
    numbers = waiting(step)
    graph.add_nodes_from(numbers)
    for one, other in combinations(numbers, 2):
        if frozenset({one, other}) not in step.terms.forbidden and (rematches or not met(step.field, one, other)):
            graph.add_edge(one, other)
    if is_bye_needed(step):
        graph.add_node(0)
        may = numbers if bye is None else bye
        graph.add_edges_from((0, number) for number in may if second_byes or not earlier_byes(step.field, number))
    return len(nx.max_weight_matching(graph, maxcardinality=True)) * 2 == len(graph)


def gaps(step: Step, pairs: Pairs) -> int:
    """The sum of the squares of the differences in points."""
    points = {number: player.points for number, player in step.field.players.items()}
    return sum((max(points[n] for n in pair) - min(points[n] for n in pair)) ** 2 for pair in pairs)


def pairs_of(paired: PairedRound) -> Pairs:
    """Who meets whom."""
    return frozenset(frozenset({board.first.number, board.second.number}) for board in paired.boards)


def quality(step: Step, pairs: Pairs, bye: int | None) -> tuple[int, ...]:
    """How good a round is by the criteria down to the gaps; less is better."""
    players = step.field.players
    rounds = [met(step.field, *pair) for pair in pairs]
    unplayed = 0 if bye is None else sum(not entry.is_played for entry in players[bye].rounds)
    return (
        0 if bye is None else earlier_byes(step.field, bye),
        sum(map(len, rounds)),
        sum(max(each, default=0) for each in rounds),
        0 if bye is None else players[bye].points,
        unplayed,
        gaps(step, pairs),
    )


def all_rounds(step: Step) -> Iterator[tuple[Pairs, int | None]]:
    """Every complete round with no forbidden pair, and who has the bye in it."""
    numbers = waiting(step)
    for bye in numbers if is_bye_needed(step) else [None]:
        for pairs in _all_pairs([number for number in numbers if number != bye]):
            if not pairs & step.terms.forbidden:
                yield pairs, bye


def _all_pairs(numbers: list[int]) -> Iterator[Pairs]:
    if not numbers:
        yield frozenset()
        return
    first, *others = numbers
    for other in others:
        for pairs in _all_pairs([number for number in others if number != other]):
            yield pairs | {frozenset({first, other})}
