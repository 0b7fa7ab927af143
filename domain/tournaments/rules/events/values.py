"""A whole event as it was or is played: entrants, stages, who met whom with which result, and who finished where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from domain.kernel.scoring import MatchScoring
from domain.tournaments.heat_values import Games
from domain.tournaments.rules.ladder import Climber
from domain.tournaments.rules.rounds import Kind, Scoring
from domain.tournaments.rules.stages import StagePlan
from domain.tournaments.values import EntrantStatus, Source


class StageFormat(StrEnum):
    """What decides in a stage: linked matches, a table of what everybody (or those who were paired) won, the heats of
    a free-for-all, or the challenges on a ladder.
    """

    ELIMINATION = "ELIMINATION"
    ROUND_ROBIN = "ROUND_ROBIN"
    SWISS = "SWISS"
    FREE_FOR_ALL = "FREE_FOR_ALL"
    LADDER = "LADDER"


class Progress(StrEnum):
    """How far a match has come.

    OPEN: not begun. LIVE: begun. PLAYED: decided by play; without a winner it was drawn. FORFEIT: decided because a
    side did not play; without a winner neither did. NOT_NEEDED: a second final that the first one made unnecessary.
    CALLED_OFF: a challenge that was taken back.
    """

    OPEN = "OPEN"
    LIVE = "LIVE"
    PLAYED = "PLAYED"
    FORFEIT = "FORFEIT"
    NOT_NEEDED = "NOT_NEEDED"
    CALLED_OFF = "CALLED_OFF"


DECIDED = frozenset({Progress.PLAYED, Progress.FORFEIT})

Pair = tuple[int, int]
"""What the side in slot 0 and the side in slot 1 have of something."""


@dataclass(frozen=True, slots=True)
class EventEntrant:
    """Somebody who takes part.

    Attributes:
        number: what the rest of the event calls them, from 1; the favourite is 1 where the event is seeded.
        name: what people call them.
        seed: their seed in the event, from 1; None where nobody was seeded.
        rating: what they are rated at the start.
        external_id: what the platform that the event comes from calls them; "" for nothing.
        place: the final place that the origin states; those who share places have the best of them.
        status: whether they take part, or did until they left.
    """

    number: int
    name: str
    seed: int | None = None
    rating: int | None = None
    external_id: str = ""
    place: int | None = None
    status: EntrantStatus = EntrantStatus.PLAYING


@dataclass(frozen=True, slots=True)
class EventMatch:
    """A match.

    Attributes:
        key: its name, unlike that of any other match of the event.
        round: in an elimination as in Challonge: below 0 in the lower bracket, above 0 elsewhere, 0 for third place,
            None when the origin is silent. In a table it is the round, from 1.
        sides: the numbers of the entrants in slot 0 and slot 1, as the origin states them; None where it does not.
            In a table both are there, and slot 0 has the first side where sides matter.
        sources: where the two come from, in an elimination; seeds count the entrants of the group from 1.
        progress: how far it has come.
        winner: the slot that won; None while it is undecided, and for nobody.
        score: what decided it: games, goals or points of both slots. It may be below 0, as origins mark forfeits.
        games: the points of each game, where they are known.
        shootout: what decided after a level score, such as penalties.
        best_of: how many games at most; None for what the stage says.
        points: what both slots got for a table, in halves, where it is not what the scoring says.
        is_rated: whether it counts for ratings.
        is_disqualification: whether a forfeit is one because a side was put out.
        advantage: how many games slot 0 was ahead when it began; they are in the score, but not in the games.
        made_at: when a challenge on a ladder was made.
        finished_at: when it was decided, where that is known; on a ladder it is.
    """

    key: str
    round: int | None = None
    sides: tuple[int | None, int | None] = (None, None)
    sources: tuple[Source, Source] | None = None
    progress: Progress = Progress.OPEN
    winner: int | None = None
    score: Pair | None = None
    games: tuple[Pair, ...] = ()
    shootout: Pair | None = None
    best_of: int | None = None
    points: Pair | None = None
    is_rated: bool = True
    is_disqualification: bool = False
    advantage: int = 0
    made_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventBye:
    """A round of a table in which somebody had no opponent, and what it brought, in halves of a point."""

    round: int
    entrant: int
    kind: Kind
    points: int = 0


@dataclass(frozen=True, slots=True)
class EventHeat:
    """A heat of a free-for-all: the round and the number in it, both from 1, and who is in it, with the place and the
    score of each game that they have played.
    """

    round: int
    number: int
    results: Mapping[int, Games]
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """From where somebody came into a group: the place in a group of an earlier stage, all from 1."""

    stage: int
    group: int
    place: int


@dataclass(frozen=True, slots=True)
class EventGroup:
    """A bracket, a table, a free-for-all or a ladder of a stage.

    Attributes:
        entrants: the numbers of those in it; the first is its seed 1.
        matches: what is played in it, in any order.
        byes: who had no opponent in which round of a table.
        name: what it is called, "" where it is the only one.
        origins: where each of the entrants came from, in their order; empty when the origin is silent.
        places: the places in it that the origin states, by entrant.
        values: the values of tie-breaks that it states, by entrant and label; PLAYED, DRAWN and LOST count matches.
        seeds: their seeds in the stage, in their order; empty where nothing but this order tells them.
        heats: those that are drawn, of a free-for-all.
        left: the round in which somebody left a free-for-all, by entrant; they play no further one.
        climbers: since when and until when each of the entrants was on a ladder, in their order.
        closed_at: when a ladder was ended; None: it goes on.
    """

    entrants: tuple[int, ...]
    matches: tuple[EventMatch, ...] = ()
    byes: tuple[EventBye, ...] = ()
    name: str = ""
    origins: tuple[Origin | None, ...] = ()
    places: Mapping[int, int] = field(default_factory=dict)
    values: Mapping[int, Mapping[str, Fraction]] = field(default_factory=dict)
    seeds: tuple[int, ...] = ()
    heats: tuple[EventHeat, ...] = ()
    left: Mapping[int, int] = field(default_factory=dict)
    climbers: tuple[Climber[int], ...] = ()
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventStage:
    """A stage: one or more groups that are played alike; none where it has a plan and has not begun.

    Attributes:
        tiebreaks: by what a table is ordered, as in `parse_tiebreaks`; empty for points alone.
        scoring: what results are worth in a table.
        has_sides: whether slot 0 of a match of a table has the first side, such as White.
        best_of: how many games a match has at most; None for as it comes.
        planned: how many rounds a table will have; None when that is open.
        match_scoring: what the score of a match counts.
        has_draws: whether a level score stands in a table, where the scoring can give one.
        plan: the stage as organizers here want it; None where it comes from elsewhere. The links of a bracket that was
            given are in it only as long as there are no matches.
    """

    format: StageFormat
    groups: tuple[EventGroup, ...]
    name: str = ""
    tiebreaks: tuple[str, ...] = ()
    scoring: Scoring = field(default_factory=Scoring)
    has_sides: bool = False
    best_of: int | None = None
    planned: int | None = None
    match_scoring: MatchScoring = MatchScoring.BEST_OF
    has_draws: bool = True
    plan: StagePlan | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An event: its entrants by number, and its stages in the order in which they are played.

    `capacity` is for how many there is room, None where that is not told; `as_of` the instant at which a ladder that
    goes on stood like this.
    """

    entrants: tuple[EventEntrant, ...]
    stages: tuple[EventStage, ...]
    name: str = ""
    game: str = ""
    capacity: int | None = None
    as_of: datetime | None = None
