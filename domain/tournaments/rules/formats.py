"""How a stage is played: its structure with the settings of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from domain.tournaments.rules.elimination import GSL_GROUP_SIZE, double_elimination, gsl_group, single_elimination
from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.rules.links import Link, from_links
from domain.tournaments.values import DropOrder, GrandFinal, Seed, Structure


@dataclass(frozen=True, slots=True, kw_only=True)
class Elimination:
    """Single and double elimination, and brackets that are given.

    Attributes:
        best_of: how many games a match has at most.
        final_best_of: how many the final has at most.
        grand_final: how a double elimination ends.
        has_third_place_match: whether a single elimination also plays for third place.
        drop_order: where the losers of the upper bracket of a double elimination go in the lower one.
        lower_starters: how many of its lowest seeds start in the lower bracket; two at least start in the upper one.
        final_advantage: how many games the upper winner is ahead in a grand final of that kind.
    """

    best_of: int = 3
    final_best_of: int = 3
    grand_final: GrandFinal = GrandFinal.RESET
    has_third_place_match: bool = False
    drop_order: DropOrder = DropOrder.OPTIMAL
    lower_starters: int = 0
    final_advantage: int = 0


Settings = Elimination

SETTINGS: Mapping[Structure, type[Settings]] = MappingProxyType(dict.fromkeys(Structure, Elimination))
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


def graph_of(given: Format, entrants: int) -> MatchGraph:
    """The matches that a stage begins with.

    Raises:
        InvalidGraph: they are too many or too few, or the links do not form a bracket.
    """
    settings = given.settings
    if given.structure is Structure.CUSTOM:
        return from_links(entrants, given.links)
    if given.structure is Structure.SINGLE_ELIMINATION:
        return single_elimination(
            entrants,
            third_place=settings.has_third_place_match and entrants >= 4,
            default_best_of=settings.best_of,
            final_best_of=settings.final_best_of,
        )
    if given.structure is Structure.GSL_GROUP:
        return gsl_group(settings.best_of, settings.final_best_of)
    return double_elimination(
        entrants,
        settings.grand_final,
        settings.best_of,
        settings.final_best_of,
        drop_order=settings.drop_order,
        lower_starters=min(settings.lower_starters, entrants - 2),
        advantage=settings.final_advantage,
    )
