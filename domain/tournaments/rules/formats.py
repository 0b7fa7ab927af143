"""How a stage is played: its structure with the settings of that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from domain.kernel.errors import InvalidInput
from domain.kernel.scoring import MatchScoring
from domain.tournaments.heat_values import FreeForAll
from domain.tournaments.rules.elimination import GSL_GROUP_SIZE, double_elimination, gsl_group, single_elimination
from domain.tournaments.rules.free_for_all import require_terms
from domain.tournaments.rules.graph import MAX_ENTRANTS, MatchGraph, MatchNode
from domain.tournaments.rules.groups import group_graph, snake
from domain.tournaments.rules.ladder import Ladder, require_ladder
from domain.tournaments.rules.lengths import RoundFormat, length, with_lengths
from domain.tournaments.rules.links import Link, from_links, pools_of
from domain.tournaments.rules.swiss import Method
from domain.tournaments.rules.tables import Ranking
from domain.tournaments.rules.tiebreaks import parse_tiebreaks
from domain.tournaments.values import BracketSide, DropOrder, GrandFinal, Seed, Structure

MAX_GROUP_MATCHES = 10_000
MAX_GROUPS = 1024
MAX_CYCLES = 4
MAX_ROUNDS = 64
MAX_ROUND_FORMATS = 16
_MAX_LAST_ROUNDS = 1_000
_MAX_POINTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Elimination:
    """Single and double elimination, and brackets that are given.

    Attributes:
        best_of: how many games a match has at most.
        final_best_of: how many the final has at most; None: as `round_formats` or `best_of` say.
        grand_final: how a double elimination ends.
        has_third_place_match: whether a single elimination also plays for third place.
        drop_order: where the losers of the upper bracket of a double elimination go in the lower one.
        lower_starters: how many of its lowest seeds start in the lower bracket; two at least start in the upper one.
        final_advantage: how many games the upper winner is ahead in a grand final of that kind.
        scoring: what the scores count. None of its matches can be drawn.
        round_formats: which rounds have another number of games.
    """

    best_of: int = 3
    final_best_of: int | None = None
    grand_final: GrandFinal = GrandFinal.RESET
    has_third_place_match: bool = False
    drop_order: DropOrder = DropOrder.OPTIMAL
    lower_starters: int = 0
    final_advantage: int = 0
    scoring: MatchScoring = MatchScoring.BEST_OF
    round_formats: tuple[RoundFormat, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRobin:
    """Everybody against everybody, in groups.

    Attributes:
        best_of: how many games a match has at most.
        group_count: how many groups there are.
        cycles: how often two of a group meet.
        ranking: what decides who stands where.
        scoring: what the scores count.
        has_draws: whether a level score stands, where the scoring can give one.
        has_sides: whether sides matter, such as White in chess; slot 0 of a match has the first one.
        round_formats: which rounds have another number of games.
    """

    best_of: int = 3
    group_count: int = 1
    cycles: int = 1
    ranking: Ranking = field(default_factory=Ranking)
    scoring: MatchScoring = MatchScoring.BEST_OF
    has_draws: bool = True
    has_sides: bool = False
    round_formats: tuple[RoundFormat, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Swiss:
    """Everybody plays on, against somebody with as many points.

    Attributes:
        best_of: how many games a match has at most.
        rounds: how many rounds there are. None: as many as it takes until everybody is through or out, or else until
            one can have won all.
        method: who meets whom among those with equally many points.
        wins_to_advance: who has won as many rounds is through and plays no more; None: everybody plays on.
        losses_to_leave: who has lost as many rounds is out; None: everybody plays on.
        ranking: what decides who stands where.
        scoring: what the scores count.
        has_draws: whether a level score stands, where the scoring can give one.
        has_sides: whether sides matter, such as White in chess; slot 0 of a match has the first one.
        round_formats: which rounds have another number of games.
        has_late_entry: whether people can enter between rounds.
        half_byes: how many rounds everybody may sit out for the points of a draw, if they say so in time or come late.
    """

    best_of: int = 3
    rounds: int | None = None
    method: Method = Method.SLIDE
    wins_to_advance: int | None = None
    losses_to_leave: int | None = None
    ranking: Ranking = field(default_factory=lambda: Ranking(tiebreaks="PTS,BH/C1,BH,SB,GD"))
    scoring: MatchScoring = MatchScoring.BEST_OF
    has_draws: bool = True
    has_sides: bool = False
    round_formats: tuple[RoundFormat, ...] = ()
    has_late_entry: bool = False
    half_byes: int = 0

    def planned(self, entrants: int) -> int:
        """How many rounds there are at most when so many take part."""
        if self.rounds is not None:
            return self.rounds
        if self.wins_to_advance is not None and self.losses_to_leave is not None:
            return self.wins_to_advance + self.losses_to_leave - 1
        return (entrants - 1).bit_length()


Settings = Elimination | RoundRobin | Swiss | Ladder | FreeForAll

SETTINGS: Mapping[Structure, type[Settings]] = MappingProxyType(
    {
        Structure.SINGLE_ELIMINATION: Elimination,
        Structure.DOUBLE_ELIMINATION: Elimination,
        Structure.GSL_GROUP: Elimination,
        Structure.CUSTOM: Elimination,
        Structure.ROUND_ROBIN: RoundRobin,
        Structure.SWISS: Swiss,
        Structure.LADDER: Ladder,
        Structure.FREE_FOR_ALL: FreeForAll,
    }
)
"""What the settings of each structure are."""


@dataclass(frozen=True, slots=True)
class Format:
    """A structure with its settings, and the bracket itself for CUSTOM."""

    structure: Structure
    settings: Settings
    links: tuple[Link, ...] = ()

    @property
    def seeds(self) -> int | None:
        """How many have to take part; None when that is open."""
        if self.structure is Structure.GSL_GROUP:
            return GSL_GROUP_SIZE
        if self.structure is not Structure.CUSTOM:
            return None
        return sum(isinstance(source, Seed) for link in self.links for source in (link.first, link.second))

    @property
    def is_elimination(self) -> bool:
        """Whether it is a bracket of matches; otherwise it is groups, a ladder or a free-for-all."""
        return isinstance(self.settings, Elimination)

    @property
    def is_level(self) -> bool:
        """Whether it is an elimination of a known shape in which everybody starts in the upper bracket."""
        is_known = self.is_elimination and self.structure is not Structure.CUSTOM
        return is_known and not self.elimination.lower_starters

    @property
    def group_count(self) -> int:
        """How many groups it has, or pools of a bracket that was given; all else counts as one."""
        if self.structure is Structure.CUSTOM:
            return max(pools_of(self.links).values(), default=1)
        return self.settings.group_count if isinstance(self.settings, RoundRobin) else 1

    @property
    def elimination(self) -> Elimination:
        """Its settings as those of an elimination; in another structure, one whose final is like any match."""
        if isinstance(self.settings, Elimination):
            return self.settings
        return Elimination(best_of=self.settings.best_of, grand_final=GrandFinal.NONE)

    @property
    def can_be_drawn(self) -> bool:
        """Whether a match may end level: in groups and Swiss, if scoring and organizers allow it."""
        settings = self.settings
        if not isinstance(settings, RoundRobin | Swiss):
            return False
        return settings.has_draws and settings.scoring is not MatchScoring.BEST_OF

    @property
    def sides(self) -> tuple[BracketSide, ...]:
        """The parts that its rounds are in; those of a bracket that was given say themselves how they are played."""
        if not self.is_elimination:
            return (BracketSide.GROUP,)
        if self.structure is Structure.SINGLE_ELIMINATION:
            third = (BracketSide.THIRD_PLACE,) if self.elimination.has_third_place_match else ()
            return (BracketSide.UPPER, *third)
        if self.structure is Structure.CUSTOM:
            return ()
        final = (BracketSide.FINAL,) if self._final.side is BracketSide.FINAL else ()
        return (BracketSide.UPPER, BracketSide.LOWER, *final)

    @property
    def round_formats(self) -> tuple[RoundFormat, ...]:
        """Which rounds have another number of games; what is said of the final alone comes first."""
        formats = self.settings.round_formats
        return formats if self.elimination.final_best_of is None else (self._final, *formats)

    @property
    def final_best_of(self) -> int:
        """How many games the final has at most: the grand final and its reset, or else the last upper match."""
        return length(self.settings.best_of, self.round_formats, self._final.side, 0)

    @property
    def _final(self) -> RoundFormat:
        settings = self.elimination
        is_grand = self.structure is Structure.DOUBLE_ELIMINATION and settings.grand_final is not GrandFinal.NONE
        best_of = settings.final_best_of or settings.best_of
        if is_grand:
            return RoundFormat(side=BracketSide.FINAL, best_of=best_of)
        return RoundFormat(side=BracketSide.UPPER, best_of=best_of, last_rounds=1)


def nodes_with_lengths(given: Format, nodes: Sequence[MatchNode], entrants: int) -> tuple[MatchNode, ...]:
    """Matches of a stage, all of them or those of a Swiss round, with how many games each has."""
    settings = given.settings
    planned = settings.planned(entrants) if isinstance(settings, Swiss) else None
    return with_lengths(nodes, settings.best_of, given.round_formats, planned)


def graph_of(given: Format, entrants: int) -> MatchGraph:
    """The matches that a stage begins with; a Swiss pairs its first round, a ladder has none, and a free-for-all
    has heats instead.

    Raises:
        InvalidGraph: they are too many or too few, or the links do not form a bracket.
    """
    settings = given.settings
    if isinstance(settings, RoundRobin):
        return group_graph(entrants, settings.group_count, settings.cycles)
    if isinstance(settings, Swiss | FreeForAll):
        raise TypeError("its rounds are drawn one after the other")
    if isinstance(settings, Ladder):
        return MatchGraph(entrants, ())
    if given.structure is Structure.CUSTOM:
        return from_links(entrants, given.links, one_champion=False)
    if given.structure is Structure.SINGLE_ELIMINATION:
        return single_elimination(
            entrants,
            third_place=settings.has_third_place_match and entrants >= 4,
        )
    if given.structure is Structure.GSL_GROUP:
        return gsl_group()
    return double_elimination(
        entrants,
        settings.grand_final,
        drop_order=settings.drop_order,
        lower_starters=min(settings.lower_starters, entrants - 2),
        advantage=settings.final_advantage,
    )


def groups_of(given: Format, entrants: int) -> Mapping[int, int]:
    """The group of each seed, both from 1, or the pool of a bracket that was given; nothing where there are none."""
    if given.structure is Structure.CUSTOM:
        return pools_of(given.links)
    return snake(entrants, given.group_count) if isinstance(given.settings, RoundRobin | Swiss) else {}


def matches_of(given: Format, entrants: int) -> int:
    """How many matches the groups of a stage have; none in an elimination."""
    if not isinstance(given.settings, RoundRobin):
        return 0
    sizes = Counter(groups_of(given, entrants).values()).values()
    return given.settings.cycles * sum(size * (size - 1) // 2 for size in sizes)


def require_round_formats(given: Format, *path: str) -> None:
    """Refuse formats of rounds that a stage does not have, or that contradict each other or what is said of its final.

    Raises:
        InvalidInput: with the place of the first of them that is wrong.
    """
    formats, sides = given.settings.round_formats, given.sides
    if len(formats) > MAX_ROUND_FORMATS:
        raise InvalidInput(f"A stage has at most {MAX_ROUND_FORMATS} formats of rounds.", *path)
    final = given.round_formats[: len(given.round_formats) - len(formats)]
    seen = {(one.side, one.last_rounds) for one in final}
    for index, one in enumerate(formats):
        place = (*path, str(index))
        if one.side not in sides:
            known = " and ".join(sides) or "none that count"
            raise InvalidInput(f"Here the sides are {known}.", *place, "side")
        if one.last_rounds is not None and not 1 <= one.last_rounds <= _MAX_LAST_ROUNDS:
            raise InvalidInput(f"That is a number from 1 to {_MAX_LAST_ROUNDS}.", *place, "lastRounds")
        if (one.side, one.last_rounds) in seen:
            raise InvalidInput("The same rounds have a format already, or are the final, as `finalBestOf`.", *place)
        seen.add((one.side, one.last_rounds))


def require_settings(settings: RoundRobin | Swiss | Ladder | FreeForAll, *path: str) -> None:
    """Refuse settings of groups, of a ladder or of heats that are out of bounds; `path` leads to them.

    Raises:
        InvalidInput, InvalidTiebreak.
    """
    if isinstance(settings, Ladder):
        require_ladder(settings, *path)
        return
    if isinstance(settings, FreeForAll):
        require_terms(settings, *path)
        return
    if isinstance(settings, RoundRobin):
        _require_groups(settings, *path)
    else:
        _require_rounds(settings, *path)
    points = settings.ranking.points
    if not 0 <= points.loss <= points.draw <= points.win <= _MAX_POINTS or not points.win:
        message = f"A win brings up to {_MAX_POINTS} half points, a draw not more, and a loss not more than a draw."
        raise InvalidInput(message, *path, "ranking")
    parse_tiebreaks(settings.ranking.tiebreaks)


def _require_rounds(settings: Swiss, *path: str) -> None:
    for name, given in (
        ("rounds", settings.rounds),
        ("winsToAdvance", settings.wins_to_advance),
        ("lossesToLeave", settings.losses_to_leave),
    ):
        if given is not None and not 1 <= given <= MAX_ROUNDS:
            raise InvalidInput(f"That is a number from 1 to {MAX_ROUNDS}.", *path, name)
    if settings.has_late_entry and settings.planned(2) != settings.planned(MAX_ENTRANTS):
        message = "Where people enter late, say how many `rounds` there are, or both when one is through and out."
        raise InvalidInput(message, *path, "hasLateEntry")
    if not 0 <= settings.half_byes <= MAX_ROUNDS:
        raise InvalidInput(f"That is a number from 0 to {MAX_ROUNDS}.", *path, "halfByes")


def _require_groups(settings: RoundRobin, *path: str) -> None:
    if not 1 <= settings.group_count <= MAX_GROUPS:
        raise InvalidInput(f"There are 1 to {MAX_GROUPS} groups.", *path, "groupCount")
    if not 1 <= settings.cycles <= MAX_CYCLES:
        raise InvalidInput(f"Two of a group meet 1 to {MAX_CYCLES} times.", *path, "cycles")
