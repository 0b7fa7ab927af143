"""The table of a group or of a Swiss field, from its matches."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from domain.tournaments.rules.placements import Band
from domain.tournaments.rules.rounds import Entry, Field, Kind, Player, Scoring, Side
from domain.tournaments.rules.tiebreaks import RuleYear, Standings, parse_tiebreaks, standings

_AMONG_TIED = frozenset({"DE", "H2H"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """What a match is worth, in halves of a point."""

    win: int = 2
    draw: int = 1
    loss: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """What decides who stands where: points, then tie-breaks as organizers write them, by the rules of a year."""

    tiebreaks: str = "PTS,DE,GD,GF"
    rule_year: RuleYear = RuleYear.CAPPED
    points: Points = field(default_factory=Points)

    @property
    def scoring(self) -> Scoring:
        """The points for everything that a round can be."""
        win, draw, loss = self.points.win, self.points.draw, self.points.loss
        return Scoring(win, draw, loss, win, loss, win, win, draw, loss)


@dataclass(frozen=True, slots=True)
class Game:
    """A match between two seeds in a round.

    `winner` is 0 or 1, and None while it is open, when it was drawn, and when neither side came. One that is over, or
    in which people have done something, `is_begun`.
    """

    round: int
    seeds: tuple[int, int]
    is_over: bool
    is_played: bool = False
    winner: int | None = None
    scores: tuple[int, int] | None = None
    is_begun: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Who plays in a group, what has been played, and who sat out or has left.

    Attributes:
        seeds: who plays.
        games: their matches.
        byes: what a round without a match was and brought, by seed and round.
        left: who plays no more.
        is_predetermined: whether who meets whom was settled before the first round.
        planned: how many rounds there will be; None when that is open.
        has_sides: whether sides matter; the first of a game has the first one.
    """

    seeds: Sequence[int]
    games: Sequence[Game]
    byes: Mapping[tuple[int, int], Entry] = field(default_factory=dict)
    left: Collection[int] = ()
    is_predetermined: bool = True
    planned: int | None = None
    has_sides: bool = False

    @property
    def rounds(self) -> int:
        """How many rounds have matches or byes."""
        return max((*(game.round for game in self.games), *(number for _, number in self.byes)), default=0)

    def before(self, number: int) -> Group:
        """The group as it was before a round."""
        byes = {(seed, round_): kind for (seed, round_), kind in self.byes.items() if round_ < number}
        return replace(self, games=[game for game in self.games if game.round < number], byes=byes)


def field_of(group: Group, scoring: Scoring, rounds: int | None = None) -> Field:
    """The group as standings and pairings read it, of as many rounds as it has, or as are wanted."""
    length = group.rounds if rounds is None else rounds
    off = Entry(Kind.ZERO_BYE if group.is_predetermined else Kind.ABSENT, scoring.absence)
    entries = {seed: [off] * length for seed in group.seeds}
    for (seed, number), entry in group.byes.items():
        entries[seed][number - 1] = entry
    for game in group.games:
        for slot, seed in enumerate(game.seeds):
            entry = _entry(game, slot, scoring)
            side = (Side.FIRST, Side.SECOND)[slot] if group.has_sides else None
            entries[seed][game.round - 1] = replace(entry, side=side)
    players = {
        seed: Player(seed, str(seed), rounds=tuple(entries[seed]), has_left=seed in group.left) for seed in group.seeds
    }
    return Field(players, group.planned, scoring, predetermined=group.is_predetermined)


def table(group: Group, ranking: Ranking) -> Standings:
    """Who stands where in a group. Rounds at the end of which nothing has a result do not count yet."""
    return standings(_begun(field_of(group, ranking.scoring)), parse_tiebreaks(ranking.tiebreaks), ranking.rule_year)


def group_order(groups: Iterable[Group], ranking: Ranking) -> tuple[list[int], dict[int, Band]]:
    """The seeds of a stage, best first, and the places that they share.

    All winners of groups come before all seconds, and so on. Among them the tie-breaks decide that compare people of
    different groups, then the seed. Those with the same rank share a place.
    """
    played = list(groups)
    tables = [table(group, ranking) for group in played]
    position = {row.number: place for each in tables for place, row in enumerate(each.rows)}
    shared = {row.number: row.rank for each in tables for row in each.rows}
    overall = _overall(played, ranking)
    order = sorted(position, key=lambda seed: (position[seed], overall[seed], seed))
    return order, _bands(order, shared)


def equals(groups: Iterable[Group], ranking: Ranking, *, is_overall: bool) -> list[frozenset[int]]:
    """The seeds between whom nothing but the seed decides in the order of a stage, in sets of two or more.

    They share a rank in their group. In the stage as a whole so do those with the same place in different groups whom
    the tie-breaks between groups leave equal.
    """
    played = list(groups)
    overall = _overall(played, ranking) if is_overall else {}
    found: dict[tuple[object, ...], set[int]] = defaultdict(set)
    for number, group in enumerate(played):
        for place, row in enumerate(table(group, ranking).rows):
            found[number, "rank", row.rank].add(row.number)
            if is_overall:
                found["place", place, overall[row.number]].add(row.number)
    return [frozenset(seeds) for seeds in found.values() if len(seeds) > 1]


def _overall(played: Sequence[Group], ranking: Ranking) -> dict[int, int]:
    """The rank by the tie-breaks that compare people of different groups."""
    longest = max(group.rounds for group in played)
    fields = [field_of(group, ranking.scoring, longest) for group in played]
    everybody = replace(fields[0], players={seed: one for each in fields for seed, one in each.players.items()})
    alone = [tiebreak for tiebreak in parse_tiebreaks(ranking.tiebreaks) if tiebreak.name not in _AMONG_TIED]
    return {row.number: row.rank for row in standings(everybody, alone, ranking.rule_year).rows}


def _bands(order: Sequence[int], shared: Mapping[int, int]) -> dict[int, Band]:
    ranks = sorted(shared.values())
    return {seed: (bisect_left(ranks, shared[seed]) + 1, bisect_right(ranks, shared[seed])) for seed in order}


def _begun(whole: Field) -> Field:
    begun = whole.started
    if begun == whole.finished:
        return whole
    players = {number: replace(player, rounds=player.rounds[:begun]) for number, player in whole.players.items()}
    return replace(whole, players=players)


def _entry(game: Game, slot: int, scoring: Scoring) -> Entry:
    opponent = game.seeds[1 - slot]
    if not game.is_over:
        return Entry(Kind.OPEN, opponent=opponent)
    scores = None if game.scores is None else (game.scores[slot], game.scores[1 - slot])
    if not game.is_played:
        points = scoring.forfeit_win if game.winner == slot else scoring.forfeit_loss
        return Entry(Kind.FORFEIT, points, opponent, games=scores)
    if game.winner is None:
        return Entry(Kind.PLAYED, scoring.draw, opponent, games=scores)
    return Entry(Kind.PLAYED, scoring.win if game.winner == slot else scoring.loss, opponent, games=scores)
