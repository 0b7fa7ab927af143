"""The bracket, as data a client can draw."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

import strawberry

from domain import tournaments as domain
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import global_id
from resolvers import tournaments as resolve
from schema import matches
from schema.fields import Info, attribute, attribute_of, enum_type, field, input_type, object_type
from schema.matches.enums import MatchStatus
from schema.paging import distinct
from schema.refs import MatchRef

BracketSide = domain.BracketSide
enum_type(
    BracketSide,
    {
        "UPPER": "The upper bracket, or all of a single elimination.",
        "LOWER": "The lower bracket, for those who lost once.",
        "FINAL": "The grand final and its reset.",
        "THIRD_PLACE": "The match for third place.",
        "GROUP": "In a table, where everybody plays on.",
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


SwissFloat = domain.Float
enum_type(
    SwissFloat,
    {"DOWN": "Paired with somebody with fewer points.", "UP": "Paired with somebody with more points."},
    name="SwissFloat",
)


@object_type
class PairedSeat:
    """What one of two was paired by."""

    half_points: int = attribute("The points before the round, in halves.")
    floated: SwissFloat | None = attribute("Whether the other one has fewer or more points. Null: as many.")
    is_float_repeated: bool = attribute("Whether that was so in the round before as well.")


@object_type
class Pairing:
    """Why two were paired in a Swiss round."""

    pairing: strawberry.Private[domain.Pairing]
    reason: str = attribute("The reason in words.")
    meeting_count: int = attribute("How often they had met before.")
    last_met_round: int | None = attribute("The round in which they met last. Null: they had not met.")

    @field(size=2)
    def seats(self) -> list[PairedSeat]:
        """What slot 0 and slot 1 were paired by."""
        return [
            PairedSeat(half_points=seat.points, floated=seat.floated, is_float_repeated=seat.is_repeated)
            for seat in (self.pairing.first, self.pairing.second)
        ]

    @classmethod
    def from_pairing(cls, pairing: domain.Pairing) -> Pairing:
        """The pairing as clients see it."""
        return cls(
            pairing=pairing,
            reason=_reason(pairing),
            meeting_count=pairing.meetings,
            last_met_round=pairing.last_met,
        )


@object_type(broadcastable=True)
class BracketPlace:
    """Where a match stands in its bracket. It never changes."""

    place: strawberry.Private[domain.BracketPlace]
    key: str = attribute_of("place.key", "Its name in the bracket, such as U1.2, or as it was imported.")
    stage: int = attribute_of("place.stage", "The number of its stage.")
    group: int | None = attribute_of("place.group", "The number of its group. Null in an elimination.")
    side: BracketSide = attribute_of("place.side", "The part of the bracket.")
    round: int = attribute_of("place.round", "Counts from 1 within the side.")
    position: int = attribute_of(
        "place.position", "Counts from 0, top to bottom, within the round; a bye leaves a gap."
    )
    is_reset: bool = attribute_of(
        "place.is_reset", "Whether it is only played if the side without a loss loses the first final."
    )

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

    @field
    def pairing(self) -> Pairing | None:
        """Why these two meet. Null outside of a Swiss, and where somebody else paired it, as in an imported round."""
        return None if self.place.pairing is None else Pairing.from_pairing(self.place.pairing)

    @classmethod
    def from_place(cls, place: domain.BracketPlace) -> BracketPlace:
        """The place as clients see it."""
        return cls(
            place=place,
        )


@object_type(broadcastable=True)
class BracketRound:
    """A round of one side of the bracket of a stage, or of a group."""

    view: strawberry.Private[list[int]]
    bracket: strawberry.Private[domain.BracketView]
    stage: int = attribute("The number of its stage.")
    group: int | None = attribute("The number of its group. Null in an elimination.")
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
    stage: int = attribute("The number of its stage.")
    group: int | None = attribute("The number of its group. Null in an elimination.")
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
        return [
            cls(
                bracket=view,
                view=group,
                stage=part.stage,
                group=part.group or None,
                side=_SIDES[part.side],
                number=part.number,
            )
            for part, group in grouped(view, range(len(view.matches)))
        ]


@object_type(broadcastable=True)
class BracketExtent:
    """How large a side of a bracket is, whatever part of it is asked for."""

    stage: int = attribute("The number of its stage.")
    side: BracketSide = attribute("The part of the bracket.")
    round_count: int = attribute("Its rounds, drawn as columns.")
    slot_count: int = attribute("The matches its widest round has room for. All columns are that high.")


@input_type
class BracketWindow:
    """What a client draws of a bracket. Both ends belong to it; what lies outside of the bracket is left out, and so
    are the matches of groups.

    All matches of a round are equally high, so in the upper bracket match p of round r stands in the slots from
    p * 2^(r - 1) to (p + 1) * 2^(r - 1) - 1.
    """

    sides: list[BracketSide] | None = attribute("Only these parts. Null: all.", default=None)
    first_round: int = attribute("From 1.", default=1)
    last_round: int | None = attribute("Null: the last.", default=None)
    first_slot: int = attribute("From 0, at the top.", default=0)
    last_slot: int | None = attribute("Null: the last.", default=None)

    def to_viewport(self) -> domain.Viewport:
        """The window this asks for."""
        if self.first_round < 1 or (self.last_round is not None and self.last_round < self.first_round):
            raise InvalidInput("Rounds count from 1, and the last comes after the first.", "window", "lastRound")
        if self.first_slot < 0 or (self.last_slot is not None and self.last_slot < self.first_slot):
            raise InvalidInput("Slots count from 0, and the last comes after the first.", "window", "lastSlot")
        return domain.Viewport(
            tuple(distinct(self.sides)), self.first_round, self.last_round, self.first_slot, self.last_slot
        )


@object_type(broadcastable=True)
class Bracket:
    """The matches of a tournament at one instant, or those in a window."""

    view: strawberry.Private[domain.BracketView]
    cursor: str = attribute("Follow `bracketChanges` from here to miss nothing.")

    @field(broadcastable=True)
    def entrant_count(self) -> int:
        """How many started in the first stage that has matches."""
        return next(iter(self.view.index.stages.values())).graph.entrants

    @field(size=4, broadcastable=True)
    def extents(self) -> list[BracketExtent]:
        """How large each side of an elimination is: what there is to scroll through."""
        return [
            BracketExtent(
                stage=stage.number, side=side, round_count=len(columns), slot_count=domain.slot_count(columns)
            )
            for stage in self.view.index.stages.values()
            for side, columns in stage.layout.items()
        ]

    @field(size=16, broadcastable=True)
    def rounds(self) -> list[BracketRound]:
        """Its rounds: of each stage upper, lower, third place, final, or of each group, from the first to the last."""
        return rounds_of(self.view, range(len(self.view.matches)))

    @field(broadcastable=True)
    async def earliest_rematch_round(self, info: Info) -> int | None:
        """The first lower round in which two who met in the upper bracket can meet again. Null when there is none."""
        return await resolve.earliest_rematch_round(info.context, self.view.tournament)

    @classmethod
    def from_view(cls, view: domain.BracketView) -> Bracket:
        """The bracket as clients see it."""
        return cls(view=view, cursor=str(view.tournament.change_count))


_SIDES = (
    domain.BracketSide.UPPER,
    domain.BracketSide.LOWER,
    domain.BracketSide.THIRD_PLACE,
    domain.BracketSide.FINAL,
    domain.BracketSide.GROUP,
)
_FROM_THE_END = ("final", "semi-finals", "quarter-finals")


class Part(NamedTuple):
    """A round of a stage, or of one of its groups (0: of an elimination); `side` is the place of it among `_SIDES`."""

    stage: int
    group: int
    side: int
    number: int


def grouped(view: domain.BracketView, indexes: Iterable[int]) -> list[tuple[Part, list[int]]]:
    """Each round of some matches of a view, first to last, and where its matches are in the view, top to bottom."""
    order = {side: number for number, side in enumerate(_SIDES)}
    places = [place for _, place in view.matches]

    def part(index: int) -> Part:
        place = places[index]
        return Part(place.stage, place.group or 0, order[place.side], place.round)

    in_order = sorted(indexes, key=lambda index: (part(index), places[index].position))
    return [(key, list(group)) for key, group in groupby(in_order, key=part)]


def rounds_of(view: domain.BracketView, indexes: Iterable[int]) -> list[BracketRound]:
    """The rounds of some matches of a bracket, named after what they are in their stage."""
    rounds = grouped(view, indexes)
    last = {
        (stage.number, _SIDES.index(side)): len(columns)
        for stage in view.index.stages.values()
        for side, columns in stage.layout.items()
    }
    ladders = {stage.number for stage in view.index.stages.values() if stage.is_ladder}
    with_groups = {place.stage for _, place in view.matches if place.group == 2}
    lower = _SIDES.index(domain.BracketSide.LOWER)
    return [
        BracketRound(
            view=group,
            bracket=view,
            stage=part.stage,
            group=part.group or None,
            side=_SIDES[part.side],
            number=part.number,
            name="Challenges"
            if part.stage in ladders
            else f"Group {domain.group_name(part.group)}, round {part.number}"
            if part.stage in with_groups
            else round_name(
                _SIDES[part.side],
                part.number,
                last.get((part.stage, part.side), part.number),
                has_lower=(part.stage, lower) in last,
            ),
        )
        for part, group in rounds
    ]


def round_name(side: domain.BracketSide, number: int, last: int, *, has_lower: bool) -> str:
    """What people call a round."""
    if side is domain.BracketSide.FINAL:
        return "Grand final" if number == 1 else "Grand final reset"
    if side is domain.BracketSide.THIRD_PLACE:
        return "Third place"
    if side is domain.BracketSide.GROUP:
        return f"Round {number}"
    if side is domain.BracketSide.LOWER:
        return "Lower final" if number == last else f"Lower round {number}"
    to_go = last - number
    name = _FROM_THE_END[to_go] if to_go < len(_FROM_THE_END) else f"round {number}"
    return f"Upper {name}" if has_lower else name.capitalize()


def _link(link: domain.BracketLink | None) -> SlotLink | None:
    if link is None:
        return None
    return SlotLink(match_id=strawberry.ID(global_id("Match", link.match_id)), slot=link.slot)


def _reason(pairing: domain.Pairing) -> str:
    first, second = pairing.first.points / 2, pairing.second.points / 2
    points = f"Both had {_points(first)}" if first == second else f"They had {_points(first)} and {_points(second)}"
    if pairing.last_met is None:
        return f"{points} and had not met."
    return f"{points}; they had met in round {pairing.last_met}, because nobody was left whom they had not."


def _points(points: float) -> str:
    return "1 point" if points == 1 else f"{points:g} points"
