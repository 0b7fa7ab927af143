"""What rounds that were not played count as, for the player and for those who met the player.

The numbers in the words for a round are those of the articles of the tie-break regulations of FIDE (C.07).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from domain.tournaments.rules.rounds import Entry, Field, Kind, Player
from domain.tournaments.rules.tiebreaks.values import RuleYear

_REQUESTED = frozenset({Kind.HALF_BYE, Kind.ZERO_BYE, Kind.ABSENT})


@dataclass(frozen=True)
class Case:
    """Players, and the rules that their tie-breaks follow. All points are in halves."""

    field: Field
    year: RuleYear

    @property
    def players(self) -> Mapping[int, Player]:
        """Everybody, by number."""
        return self.field.players

    @cached_property
    def rounds(self) -> int:
        """How many rounds there are results of."""
        return self.field.finished

    @property
    def draw(self) -> int:
        """What a draw is worth."""
        return self.field.scoring.draw

    @property
    def last_is_final(self) -> bool:
        """Whether the last round there is is the last of all."""
        return self.field.planned in (None, self.rounds)

    def is_voluntary(self, entry: Entry) -> bool:
        """Whether somebody chose not to play: a bye that was asked for, absence, or a forfeit that was lost."""
        lost = entry.kind is Kind.FORFEIT and entry.points <= self.field.scoring.forfeit_loss
        return lost or entry.kind in _REQUESTED

    def is_game(self, entry: Entry, *, forfeits_count: bool) -> bool:
        """Whether the round counts as a game against who was the opponent, also when it has no result yet.

        Forfeits do if the tie-break says so, and where pairings were settled beforehand (15.2).
        """
        if entry.opponent is None:
            return False
        return entry.kind is not Kind.FORFEIT or forfeits_count or self.field.predetermined

    @cached_property
    def adjusted(self) -> Mapping[int, tuple[int, str]]:
        """What each player counts for those who met them, and in words what was changed for that."""
        return {number: self._adjusted(player) for number, player in self.players.items()}

    @cached_property
    def fore_adjusted(self) -> Mapping[int, tuple[int, str]]:
        """The same if whoever is paired in the final round draws there (8.3)."""
        return {
            number: (self.fore_points(player), "final round as a draw (8.3)")
            if self.is_in_final(player)
            else self.adjusted[number]
            for number, player in self.players.items()
        }

    def is_in_final(self, player: Player) -> bool:
        """Whether somebody is paired in the final round."""
        return self.last_is_final and bool(player.rounds) and player.rounds[-1].opponent is not None

    def fore_points(self, player: Player) -> int:
        """The points of a player if the final round, if they are paired in it, ends in a draw."""
        return player.points - player.rounds[-1].points + self.draw if self.is_in_final(player) else player.points

    def _adjusted(self, player: Player) -> tuple[int, str]:
        if self.field.predetermined:
            return player.points, ""
        if self.year is RuleYear.VIRTUAL:
            drawn = [index for index, entry in enumerate(player.rounds) if _is_unplayed(entry)]
            article = "draws"
        else:
            drawn = self._given_up(player)
            article = "draws (16.3.2)"
        points = player.points + sum(self.draw - player.rounds[index].points for index in drawn)
        if not drawn:
            return points, ""
        return points, f"round{'s' * (len(drawn) > 1)} {', '.join(str(index + 1) for index in drawn)} as {article}"

    def _given_up(self, player: Player) -> list[int]:
        """The rounds (from 0) off after which the player never was there to play again (16.2.5)."""
        given_up: list[int] = []
        for index in range(len(player.rounds) - 1, -1, -1):
            entry = player.rounds[index]
            if not self.is_voluntary(entry):
                break
            if entry.opponent is None:
                given_up.insert(0, index)
        return given_up

    def dummy(self, player: Player, index: int, *, fore: bool = False) -> tuple[int, str]:
        """What an unplayed round (from 0) of a player counts as an opponent of, and in words why."""
        entry = player.rounds[index]
        if self.year is RuleYear.VIRTUAL:
            before = sum(earlier.points for earlier in player.rounds[:index])
            left = self.rounds - index - 1
            points = before + (self.field.scoring.win - entry.points) + self.draw * left
            return points, f"{_named(entry)}: virtual opponent, who draws the {left} rounds after it"
        own = self.fore_points(player) if fore else player.points
        if self.year is RuleYear.DUMMY:
            return own, f"{_named(entry)}: own points (16.4)"
        if entry.opponent is not None:
            scheduled = (self.fore_adjusted if fore else self.adjusted)[entry.opponent][0]
            return min(own, scheduled), f"{_named(entry)}: own points, at most those of the scheduled opponent (16.4.1)"
        capped = min(own, self.draw * self.rounds)
        return capped, f"{_named(entry)}: own points, at most those of a draw in each round (16.4.2)"


def _is_unplayed(entry: Entry) -> bool:
    return entry.kind not in (Kind.PLAYED, Kind.OPEN)


def _named(entry: Entry) -> str:
    if entry.kind is Kind.FORFEIT:
        return "forfeit"
    return entry.kind.lower().replace("_", "-").replace("absent", "absence")
