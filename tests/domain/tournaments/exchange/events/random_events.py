"""Events of any shape that hold together, for tests with Hypothesis."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from domain.kernel.scoring import MatchScoring
from domain.tournaments.rules.elimination import double_elimination, single_elimination
from domain.tournaments.rules.events import (
    DECIDED,
    Event,
    EventBye,
    EventEntrant,
    EventGroup,
    EventMatch,
    EventStage,
    Origin,
    Progress,
    StageFormat,
)
from domain.tournaments.rules.graph import MatchGraph
from domain.tournaments.rules.progression import Result, advance, opening_slots
from domain.tournaments.rules.round_robin import berger_round, rounds_needed
from domain.tournaments.rules.rounds import Kind, Scoring
from domain.tournaments.values import LoserOf, Seed, Source, WinnerOf

T = TypeVar("T")
_WITHOUT_PLAN = (StageFormat.ELIMINATION, StageFormat.ROUND_ROBIN, StageFormat.SWISS)
TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20), min_size=1, max_size=4)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Any event of 2 to 7 entrants and 1 to 3 stages: Hypothesis chooses shape and texts, a number the rest."""
    count = draw(st.integers(2, 7))
    kinds = draw(st.lists(st.sampled_from(_WITHOUT_PLAN), min_size=1, max_size=3))
    return _Maker(draw(TEXTS), Random(draw(st.integers(0, 2**32)))).event(count, kinds)


class _Maker:
    """Makes an event by chance, of the same numbers always the same."""

    def __init__(self, texts: list[str], rng: Random) -> None:
        self.texts = texts
        self.rng = rng

    def event(self, count: int, kinds: list[StageFormat]) -> Event:
        entrants = tuple(self.entrant(number, count) for number in range(1, count + 1))
        stages: list[EventStage] = []
        for kind in kinds:
            stages.append(self.stage(kind, count, stages))
        return Event(entrants, tuple(stages), self.text(), self.text())

    def entrant(self, number: int, count: int) -> EventEntrant:
        rating, place = self.maybe(self.rng.randint(0, 9_999)), self.maybe(self.rng.randint(1, count))
        return EventEntrant(number, self.text(), self.maybe(number), rating, self.text(), place)

    def stage(self, kind: StageFormat, count: int, before: list[EventStage]) -> EventStage:
        order = self.rng.sample(range(1, count + 1), count)
        cut = self.rng.randint(2, count)
        parts = [order[:cut], order[cut:]] if count - cut >= 2 else [order[:cut]]
        make = self.bracket if kind is StageFormat.ELIMINATION else self.table
        return EventStage(
            format=kind,
            groups=tuple(
                self.told(make(tuple(part), f"{len(before)}.{index} "), before) for index, part in enumerate(parts)
            ),
            name=self.text(),
            tiebreaks=self.rng.choice([(), ("PTS",), ("PTS", "DE", "BH/C1", "GD")]),
            scoring=Scoring(win=self.rng.randint(0, 8), draw=self.rng.randint(0, 8)),
            has_sides=self.flip(),
            best_of=self.maybe(self.rng.randint(1, 9)),
            planned=self.maybe(self.rng.randint(1, 20)),
            match_scoring=self.rng.choice(list(MatchScoring)),
            has_draws=self.flip(),
        )

    def told(self, group: EventGroup, before: list[EventStage]) -> EventGroup:
        """The group with what its origin may state of it."""
        origins: tuple[Origin | None, ...] = ()
        if before and self.flip():
            last = len(before[-1].groups)
            origins = tuple(
                self.maybe(Origin(len(before), self.rng.randint(1, last), self.rng.randint(1, 9)))
                for _ in group.entrants
            )
        places = {entrant: self.rng.randint(1, 9) for entrant in group.entrants if self.flip()}
        return replace(group, name=self.text(), origins=origins, places=places)

    def bracket(self, entrants: tuple[int, ...], prefix: str) -> EventGroup:
        graph: MatchGraph = (double_elimination if self.flip() else single_elimination)(len(entrants))
        slots, results = opening_slots(graph), dict[str, Result]()
        for node in graph.matches:
            if all(slots[node.key]) and self.rng.random() < 0.9:
                results[node.key] = Result(self.rng.randint(0, 1))
                change = advance(graph, slots, [], node.key, results[node.key].winner_slot)
                for key, slot, seed in change.fills:
                    slots[key] = (seed, slots[key][1]) if slot == 0 else (slots[key][0], seed)
        matches = []
        for node in graph.matches:
            result = results.get(node.key)
            sides = [entrants[seed - 1] if seed else None for seed in slots[node.key]]
            match = EventMatch(
                key=prefix + node.key,
                round=self.maybe(node.round),
                sides=(sides[0], sides[1]) if self.flip() else (None, None),
                sources=(_renamed(node.first, prefix), _renamed(node.second, prefix)),
                progress=self.rng.choice(sorted(DECIDED))
                if result
                else self.rng.choice([Progress.OPEN, Progress.LIVE]),
                winner=result.winner_slot if result else None,
                best_of=self.maybe(self.rng.choice([1, 3, 5])),
            )
            matches.append(self.scored(match))
        return EventGroup(entrants, tuple(matches))

    def table(self, entrants: tuple[int, ...], prefix: str) -> EventGroup:
        matches: list[EventMatch] = []
        byes: list[EventBye] = []
        for number in range(1, self.rng.randint(0, rounds_needed(len(entrants))) + 1):
            fixtures = berger_round(len(entrants), number)
            for first, second in fixtures.games:
                progress = self.rng.choice([Progress.OPEN, Progress.LIVE, Progress.PLAYED, Progress.FORFEIT])
                match = EventMatch(
                    key=f"{prefix}{number}.{len(matches)}",
                    round=number,
                    sides=(entrants[first - 1], entrants[second - 1]),
                    progress=progress,
                    winner=self.rng.choice([None, 0, 1]) if progress in DECIDED else None,
                    points=self.maybe((self.rng.randint(0, 8), self.rng.randint(0, 8))),
                    is_rated=self.flip(),
                )
                matches.append(self.scored(match))
            if fixtures.sits_out is not None and self.flip():
                kind = self.rng.choice([Kind.PAIRING_BYE, Kind.HALF_BYE, Kind.ABSENT])
                byes.append(EventBye(number, entrants[fixtures.sits_out - 1], kind, self.rng.randint(0, 8)))
        values = {
            entrant: {label: Fraction(self.rng.randint(-999, 999), self.rng.randint(1, 16)) for label in ("SB", "LOST")}
            for entrant in entrants
            if self.flip()
        }
        return EventGroup(entrants, tuple(matches), tuple(byes), values=values)

    def scored(self, match: EventMatch) -> EventMatch:
        games = tuple(self.pair() for _ in range(self.rng.randint(0, 3)))
        return replace(match, score=self.maybe(self.pair()), games=games, shootout=self.maybe(self.pair()))

    def pair(self) -> tuple[int, int]:
        return self.rng.randint(-99, 99), self.rng.randint(-99, 99)

    def text(self) -> str:
        return self.rng.choice(self.texts)

    def flip(self) -> bool:
        return self.rng.random() < 0.5

    def maybe(self, value: T) -> T | None:
        return value if self.flip() else None


def _renamed(source: Source, prefix: str) -> Source:
    if isinstance(source, Seed):
        return source
    return WinnerOf(prefix + source.match) if isinstance(source, WinnerOf) else LoserOf(prefix + source.match)
