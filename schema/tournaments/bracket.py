"""The bracket, as data a client can draw."""

from __future__ import annotations

from itertools import groupby

import strawberry

from domain import tournaments as domain
from domain.kernel.ids import global_id
from resolvers import tournaments as resolve
from schema import matches
from schema.fields import Info, attribute, enum_type, field, object_type
from schema.matches.enums import MatchStatus
from schema.refs import MatchRef

BracketSide = domain.BracketSide
enum_type(
    BracketSide,
    {
        "UPPER": "The upper bracket, or all of a single elimination.",
        "LOWER": "The lower bracket, for those who lost once.",
        "FINAL": "The grand final and its reset.",
        "THIRD_PLACE": "The match for third place.",
    },
)
SlotSourceKind = domain.SourceKind
enum_type(
    SlotSourceKind,
    {
        "SEED": "The entrant with a seed.",
        "WINNER": "The winner of a match.",
        "LOSER": "The loser of a match.",
    },
    name="SlotSourceKind",
)


@object_type(broadcastable=True)
class Placement:
    """The places somebody shares with those who left at the same point."""

    low: int = attribute("The best of them; the rank that counts.")
    high: int = attribute("The worst of them; equal to `low` for a place of one's own.")


@object_type(broadcastable=True)
class SlotSource:
    """Where the competitor of a slot comes from."""

    kind: SlotSourceKind = attribute("What fills the slot.")
    seed: int | None = attribute("The seed. Null for a winner or loser.")
    match_id: strawberry.ID | None = attribute("The match whose winner or loser it is. Null for a seed.")


@object_type(broadcastable=True)
class SlotLink:
    """A slot of another match."""

    match_id: strawberry.ID = attribute("The match.")
    slot: int = attribute("0 or 1.")


@object_type(broadcastable=True)
class BracketPlace:
    """Where a match stands in its bracket. It never changes."""

    place: strawberry.Private[domain.BracketPlace]
    key: str = attribute("Its name in the bracket, such as U1.2, or as it was imported.")
    side: BracketSide = attribute("The part of the bracket.")
    round: int = attribute("Counts from 1 within the side.")
    position: int = attribute("Counts from 0, top to bottom, within the round; a bye leaves a gap.")
    is_reset: bool = attribute("Whether it is only played if the side without a loss loses the first final.")

    @field(size=2, broadcastable=True)
    def sources(self) -> list[SlotSource]:
        """Where the competitors of slot 0 and slot 1 come from."""
        return [
            SlotSource(
                kind=source.kind,
                seed=source.seed,
                match_id=None if source.match_id is None else strawberry.ID(global_id("Match", source.match_id)),
            )
            for source in self.place.sources
        ]

    @field(broadcastable=True)
    def winner_to(self) -> SlotLink | None:
        """Where the winner goes on. Null when the winner is through."""
        return _link(self.place.winner_to)

    @field(broadcastable=True)
    def loser_to(self) -> SlotLink | None:
        """Where the loser goes on. Null when the loser is out."""
        return _link(self.place.loser_to)

    @field(broadcastable=True)
    def loser_placement(self) -> Placement | None:
        """The places of a loser who is out here. Null when the loser goes on."""
        band = self.place.band
        return None if band is None else Placement(low=band.low, high=band.high)

    @classmethod
    def from_place(cls, place: domain.BracketPlace) -> BracketPlace:
        """The place as clients see it."""
        return cls(
            place=place,
            key=place.key,
            side=place.side,
            round=place.round,
            position=place.position,
            is_reset=place.is_reset,
        )


@object_type(broadcastable=True)
class BracketRound:
    """A round of one side of the bracket."""

    view: strawberry.Private[list[int]]
    bracket: strawberry.Private[domain.BracketView]
    side: BracketSide = attribute("The part of the bracket.")
    number: int = attribute("Counts from 1 within the side.")
    name: str = attribute("What people call it, such as Upper semi-finals.")

    @field(size=16, broadcastable=True)
    def matches(self) -> list[MatchRef]:
        """Its matches, top to bottom."""
        return [matches.Match.from_state(*self.bracket.matches[index]) for index in self.view]


@object_type(broadcastable=True)
class MatchProgress:
    """How far a match has come."""

    match_id: strawberry.ID = attribute("The match.")
    status: MatchStatus = attribute("Where it is in its life.")


@object_type(broadcastable=True)
class RoundProgress:
    """How far the matches of a round have come."""

    bracket: strawberry.Private[domain.BracketView]
    view: strawberry.Private[list[int]]
    side: BracketSide = attribute("The part of the bracket.")
    number: int = attribute("Counts from 1 within the side.")

    @field(size=16, broadcastable=True)
    def matches(self) -> list[MatchProgress]:
        """Its matches, top to bottom."""
        states = [self.bracket.matches[index][0] for index in self.view]
        return [
            MatchProgress(match_id=strawberry.ID(global_id("Match", state.id)), status=state.status) for state in states
        ]

    @classmethod
    def of_all(cls, view: domain.BracketView) -> list[RoundProgress]:
        """Every round, in the order of the bracket."""
        return [cls(bracket=view, view=group, side=side, number=number) for (side, number), group in grouped(view)]


@object_type(broadcastable=True)
class Bracket:
    """Every match of a tournament at one instant."""

    view: strawberry.Private[domain.BracketView]
    cursor: str = attribute("Follow `bracketChanges` from here to miss nothing.")

    @field(broadcastable=True)
    def entrant_count(self) -> int:
        """How many started."""
        return sum(source.kind is domain.SourceKind.SEED for _, place in self.view.matches for source in place.sources)

    @field(size=16, broadcastable=True)
    def rounds(self) -> list[BracketRound]:
        """Its rounds: upper, lower, third place, final, each from the first to the last."""
        rounds = grouped(self.view)
        last = dict(side_and_number for side_and_number, _ in rounds)
        return [
            BracketRound(
                view=group,
                bracket=self.view,
                side=side,
                number=number,
                name=round_name(side, number, last[side], has_lower=domain.BracketSide.LOWER in last),
            )
            for (side, number), group in rounds
        ]

    @field(broadcastable=True)
    async def earliest_rematch_round(self, info: Info) -> int | None:
        """The first lower round in which two who met in the upper bracket can meet again. Null when there is none."""
        return await resolve.earliest_rematch_round(info.context, self.view.tournament.id)

    @classmethod
    def from_view(cls, view: domain.BracketView) -> Bracket:
        """The bracket as clients see it."""
        return cls(view=view, cursor=str(view.tournament.change_count))


_SIDES = (
    domain.BracketSide.UPPER,
    domain.BracketSide.LOWER,
    domain.BracketSide.THIRD_PLACE,
    domain.BracketSide.FINAL,
)
_FROM_THE_END = ("final", "semi-finals", "quarter-finals")


def grouped(view: domain.BracketView) -> list[tuple[tuple[domain.BracketSide, int], list[int]]]:
    """The side and number of each round, first to last, and where its matches are in the view, top to bottom."""
    order = {side: number for number, side in enumerate(_SIDES)}
    places = [place for _, place in view.matches]
    indexes = sorted(range(len(places)), key=lambda i: (order[places[i].side], places[i].round, places[i].position))
    return [(key, list(group)) for key, group in groupby(indexes, key=lambda i: (places[i].side, places[i].round))]


def round_name(side: domain.BracketSide, number: int, last: int, *, has_lower: bool) -> str:
    """What people call a round."""
    if side is domain.BracketSide.FINAL:
        return "Grand final" if number == 1 else "Grand final reset"
    if side is domain.BracketSide.THIRD_PLACE:
        return "Third place"
    if side is domain.BracketSide.LOWER:
        return "Lower final" if number == last else f"Lower round {number}"
    to_go = last - number
    name = _FROM_THE_END[to_go] if to_go < len(_FROM_THE_END) else f"round {number}"
    return f"Upper {name}" if has_lower else name.capitalize()


def _link(link: domain.BracketLink | None) -> SlotLink | None:
    if link is None:
        return None
    return SlotLink(match_id=strawberry.ID(global_id("Match", link.match_id)), slot=link.slot)
