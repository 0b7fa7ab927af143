"""Enums and value objects of tournaments. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from domain.kernel.participant import ParticipantKind


class Structure(StrEnum):
    """How a stage is played.

    GSL_GROUP: four entrants in a double elimination without a final, so that two come through.
    """

    SINGLE_ELIMINATION = "SINGLE_ELIMINATION"
    DOUBLE_ELIMINATION = "DOUBLE_ELIMINATION"
    GSL_GROUP = "GSL_GROUP"
    CUSTOM = "CUSTOM"
    ROUND_ROBIN = "ROUND_ROBIN"
    SWISS = "SWISS"
    LADDER = "LADDER"
    FREE_FOR_ALL = "FREE_FOR_ALL"


class StageStatus(StrEnum):
    """Where a stage is in its life. PENDING: it waits for the stages before it, or for the start of the event.

    CANCELLED: it was not over when the event was called off.
    """

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    FINISHED = "FINISHED"
    CANCELLED = "CANCELLED"


class GrandFinal(StrEnum):
    """What happens after the upper and the lower final of a double elimination.

    NONE: nothing; the upper winner is champion and the lower winner second. SINGLE: they play one match. RESET: they
    play, and play again when the lower winner wins the first time, because both then have one loss. ADVANTAGE: they
    play one match, which the upper winner begins some games ahead.
    """

    NONE = "NONE"
    SINGLE = "SINGLE"
    RESET = "RESET"
    ADVANTAGE = "ADVANTAGE"


class DropOrder(StrEnum):
    """Which survivors of the lower bracket the losers of an upper round meet.

    OPTIMAL: those that put rematches off longest. CHALLONGE: as in brackets of Challonge. NATURAL: from top to bottom.
    """

    OPTIMAL = "OPTIMAL"
    CHALLONGE = "CHALLONGE"
    NATURAL = "NATURAL"


class BracketSide(StrEnum):
    """Where a match is drawn. GROUP: in a table, where everybody plays on.

    The last match of a single elimination is the last round of UPPER; FINAL is the grand final and its reset.
    """

    UPPER = "UPPER"
    LOWER = "LOWER"
    FINAL = "FINAL"
    THIRD_PLACE = "THIRD_PLACE"
    GROUP = "GROUP"


class EventFormat(StrEnum):
    """How files tell an event."""

    MATCHPOINT_EVENT = "MATCHPOINT_EVENT"
    MATCHPOINT_ROUNDS = "MATCHPOINT_ROUNDS"
    TRF16 = "TRF16"
    TRF26 = "TRF26"
    CHALLONGE = "CHALLONGE"
    CHALLONGE_2 = "CHALLONGE_2"
    STARTGG = "STARTGG"
    STARTGG_ENTITIES = "STARTGG_ENTITIES"
    BRACKETS_MANAGER = "BRACKETS_MANAGER"
    OPENFOOTBALL = "OPENFOOTBALL"
    BLUE_ALLIANCE = "BLUE_ALLIANCE"
    SCALACHESS = "SCALACHESS"
    RECORDED = "RECORDED"


class ClaimStatus(StrEnum):
    """Where it stands with somebody who says that a guest is them."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"


class ImportStatus(StrEnum):
    """Where an import is in its life."""

    WAITING = "WAITING"
    FINISHED = "FINISHED"
    FAILED = "FAILED"


class StaffRole(StrEnum):
    """What somebody may do in an event: run it, decide its matches, say how they stand. Each may what the next may."""

    ORGANIZER = "ORGANIZER"
    REFEREE = "REFEREE"
    SCORER = "SCORER"


class SeedingMethod(StrEnum):
    """Who decides which entrant gets which seed."""

    MANUAL = "MANUAL"
    RANDOM = "RANDOM"
    RATING = "RATING"


class SeedingConstraint(StrEnum):
    """Why two entrants should not meet early.

    KEEP_APART: the organizers say so. SAME_TEAM: somebody who plays for one is in a team with somebody who plays for
    the other. RECENT_OPPONENTS: they have played each other not long ago.
    """

    KEEP_APART = "KEEP_APART"
    SAME_TEAM = "SAME_TEAM"
    RECENT_OPPONENTS = "RECENT_OPPONENTS"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedingConflict:
    """Two entrants who should not meet early, the better seed first, and the upper round in which they first can."""

    first: UUID
    second: UUID
    round: int
    constraints: tuple[SeedingConstraint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedingReport:
    """Under which constraints a tournament was seeded, and what they could not prevent, the earliest rounds first.

    `keep_apart` has groups of entrants; `recent_since` is the time from which matches count, None where none do.
    """

    avoid: tuple[SeedingConstraint, ...]
    keep_apart: tuple[tuple[UUID, ...], ...]
    recent_since: datetime | None
    locked_seeds: int
    conflicts: tuple[SeedingConflict, ...]


@dataclass(frozen=True, slots=True)
class Seed:
    """The entrant with this seed number; the favourite is 1."""

    number: int


@dataclass(frozen=True, slots=True)
class WinnerOf:
    """Whoever wins the match with this key."""

    match: str


@dataclass(frozen=True, slots=True)
class LoserOf:
    """Whoever loses the match with this key."""

    match: str


Source = Seed | WinnerOf | LoserOf


class TournamentStatus(StrEnum):
    """Where a tournament is in its life."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    RUNNING = "RUNNING"
    FINISHED = "FINISHED"
    CANCELLED = "CANCELLED"


class EntrantStatus(StrEnum):
    """Whether an entrant takes part."""

    REGISTERED = "REGISTERED"
    WAITLISTED = "WAITLISTED"
    CHECKED_IN = "CHECKED_IN"
    PLAYING = "PLAYING"
    WITHDRAWN = "WITHDRAWN"
    ABSENT = "ABSENT"
    DISQUALIFIED = "DISQUALIFIED"


# Those who hold one of the places of the event.
IN_THE_FIELD = frozenset({EntrantStatus.REGISTERED, EntrantStatus.CHECKED_IN, EntrantStatus.PLAYING})
# Those who registered and have not gone.
ENTERED = IN_THE_FIELD | {EntrantStatus.WAITLISTED}
# Those who play no further match of a running event.
GONE = frozenset({EntrantStatus.WITHDRAWN, EntrantStatus.DISQUALIFIED})

# The name of an event in addresses.
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,58}[a-z0-9]")

MAX_STAFF = 50
MAX_GUESTS = 1024
MAX_OPEN_CLAIMS = 20  # of one user, in all events
MAX_CLAIMS_OF_GUEST = 10
MAX_OPEN_TOURNAMENTS = 100


class Effect(StrEnum):
    """What a corrected result does to a match that depends on it.

    STAY: nothing; its sides are the same. RESEAT: it gets other sides, or is not needed any more, and nobody has begun
    it. RESET: what was played or decided in it was so between other sides, and is set aside. REPLAY: its sides are
    again those between which something was set aside, and that holds again.
    """

    STAY = "STAY"
    RESEAT = "RESEAT"
    RESET = "RESET"
    REPLAY = "REPLAY"


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchEffect:
    """What a correction does to one match. `before` and `after` are the entrants in its slots, as far as known.

    `is_play_set_aside` says whether people had begun or decided it between the sides before, so that `force` is needed.
    """

    match_id: UUID
    key: str
    effect: Effect
    is_play_set_aside: bool
    before: tuple[UUID, ...]
    after: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RungChange:
    """What a correction does to somebody on a ladder: the rungs, from 1, before and after it."""

    entrant_id: UUID
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Placement:
    """The places an entrant shares with those who left at the same point; a place of one's own has equal ends."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class BracketLink:
    """A slot of another match."""

    match_id: UUID
    slot: int


class SourceKind(StrEnum):
    """What fills a slot."""

    SEED = "SEED"
    WINNER = "WINNER"
    LOSER = "LOSER"


@dataclass(frozen=True, slots=True)
class BracketSource:
    """Where the competitor of a slot comes from: a seed, or the winner or loser of a match."""

    kind: SourceKind
    seed: int | None = None
    match_id: UUID | None = None


class Float(StrEnum):
    """DOWN: paired with somebody with fewer points, or left over for the bye. UP: with somebody with more."""

    DOWN = "DOWN"
    UP = "UP"


@dataclass(frozen=True, slots=True)
class PairedSeat:
    """What one of the two at a board was paired by: the points, in halves, and whether the other is of another group.

    `is_repeated` says whether they floated in the same direction in the round before.
    """

    points: int
    floated: Float | None
    is_repeated: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """Why two were paired in a Swiss round. `meetings` is how often they had met, `last_met` the last round of that."""

    first: PairedSeat
    second: PairedSeat
    meetings: int
    last_met: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BracketPlace:
    """Where a match stands in the bracket of its stage. `band` is the place of its loser; None when the loser plays on.

    `group` counts from 1 in a stage that is played in groups; it is None in an elimination. `pairing` is None outside
    of a Swiss, and in rounds of one that were imported.
    """

    match_id: UUID
    tournament_id: UUID
    stage_id: UUID
    stage: int
    key: str
    side: BracketSide
    group: int | None
    round: int
    position: int
    is_reset: bool
    sources: tuple[BracketSource, BracketSource]
    winner_to: BracketLink | None
    loser_to: BracketLink | None
    band: Placement | None
    pairing: Pairing | None


@dataclass(frozen=True, slots=True)
class Viewport:
    """A window on a bracket: sides (none: all), rounds from 1, slots from 0, both ends included; None: to the end."""

    sides: tuple[BracketSide, ...] = ()
    first_round: int = 1
    last_round: int | None = None
    first_slot: int = 0
    last_slot: int | None = None


class TournamentView(NamedTuple):
    """A tournament, without what its organizers say about it.

    `draw_id` names the matches drawn so far, another with each round that is drawn; None while there are none.
    """

    id: UUID
    slug: str
    name: str
    game_id: UUID
    organizer_id: UUID
    entrant_kind: ParticipantKind
    capacity: int
    status: TournamentStatus
    is_published: bool
    draw_id: UUID | None
    starts_at: datetime
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    is_registration_stopped: bool
    check_in_opens_at: datetime | None
    check_in_closes_at: datetime | None
    seeding: SeedingMethod | None
    seeding_number: int | None
    version: int
    change_count: int
    entrant_count: int
    waitlist_count: int
    started_at: datetime | None
    finished_at: datetime | None
    cancel_reason: str | None
    imported_format: EventFormat | None
    imported_url: str | None


class EventImportView(NamedTuple):
    """An import, without the event itself. `tournament_id` None: it is not there yet, or will never be."""

    id: UUID
    user_id: UUID
    slug: str
    name: str
    format: EventFormat
    source_url: str | None
    entrant_count: int
    stage_count: int
    match_count: int
    made_stage_count: int
    made_match_count: int
    version: int
    status: ImportStatus
    error_code: str | None
    error_message: str | None
    tournament_id: UUID | None
    created_at: datetime
    finished_at: datetime | None


class StageView(NamedTuple):
    """A stage of a tournament, without the links of a bracket that was given. What is JSON is as stored.

    `closed_at` is when a ladder was ended.
    """

    id: UUID
    tournament_id: UUID
    number: int
    name: str | None
    structure: Structure
    settings: Mapping[str, Any]
    sources: Sequence[Mapping[str, Any]]
    veto: Mapping[str, Any] | None
    status: StageStatus
    closed_at: datetime | None


class EntrantView(NamedTuple):
    """A user, team or guest in a tournament, as at registration. `placement_low` None: it is not certain yet.

    `claimed_by_id` is the user who a guest has turned out to be; None: nobody is known.
    """

    id: UUID
    tournament_id: UUID
    kind: ParticipantKind
    participant_id: UUID
    name: str
    number: int
    status: EntrantStatus
    seed: int | None
    registered_at: datetime
    checked_in_at: datetime | None
    placement_low: int | None
    placement_high: int | None
    claimed_by_id: UUID | None
