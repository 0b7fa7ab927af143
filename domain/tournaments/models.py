"""Tables of tournaments."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.infra.orm import Row, enum_column
from domain.infra.views import view_of
from domain.kernel.participant import ParticipantKind
from domain.tournaments.heat_values import HeatEffect, HeatStatus
from domain.tournaments.rules.formats import Format
from domain.tournaments.rules.rounds import Kind
from domain.tournaments.rules.sources import StageSource
from domain.tournaments.rules.stages import StagePlan
from domain.tournaments.rules.stored import links_from, settings_from, sources_from, veto_from
from domain.tournaments.values import (
    BracketSide,
    ClaimStatus,
    EntrantStatus,
    EntrantView,
    EventFormat,
    EventImportView,
    ImportStatus,
    MatchEffect,
    RungChange,
    SeedingMethod,
    StageStatus,
    StageView,
    Structure,
    TournamentStatus,
    TournamentView,
)


class Tournament(Row):
    """An event. `version` rises when organizers edit it, `change_count` with each change viewers see."""

    __tablename__ = "tournaments"
    __table_args__ = (
        CheckConstraint("capacity BETWEEN 2 AND 4096", name="capacity"),
        CheckConstraint("registration_opens_at < registration_closes_at", name="registration_window"),
        CheckConstraint("check_in_opens_at < check_in_closes_at", name="check_in_window"),
        Index("ix_tournaments_status", "status", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str]
    game_id: Mapped[UUID] = mapped_column(ForeignKey("games.id"))
    organizer_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    entrant_kind: Mapped[ParticipantKind] = mapped_column(enum_column(ParticipantKind))
    capacity: Mapped[int]
    status: Mapped[TournamentStatus] = mapped_column(enum_column(TournamentStatus))
    is_published: Mapped[bool] = mapped_column(default=False)
    draw_id: Mapped[UUID | None]
    starts_at: Mapped[datetime]
    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    is_registration_stopped: Mapped[bool] = mapped_column(default=False)
    check_in_opens_at: Mapped[datetime | None]
    check_in_closes_at: Mapped[datetime | None]
    seeding: Mapped[SeedingMethod | None] = mapped_column(enum_column(SeedingMethod))
    seeding_number: Mapped[int | None] = mapped_column(BigInteger)
    seeding_report: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(default=1)
    change_count: Mapped[int] = mapped_column(default=0)
    entrant_count: Mapped[int] = mapped_column(default=0)
    waitlist_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None]
    imported_format: Mapped[EventFormat | None] = mapped_column(enum_column(EventFormat))
    imported_url: Mapped[str | None]

    @property
    def view(self) -> TournamentView:
        """The tournament as readers are shown it."""
        return view_of(self, TournamentView)


class EventImport(Row):
    """An event of a file that somebody wants here: asked for, then made by a worker in one transaction.

    `document` is the event as JSON of our own, until it is made or refused. A refusal has a code and a message.
    How much is made is written while the transaction that makes it is open, each time with the next version.
    """

    __tablename__ = "event_imports"
    __table_args__ = (
        CheckConstraint("(status = 'FINISHED') = (tournament_id IS NOT NULL)", name="tournament_when_finished"),
        CheckConstraint("(status = 'FAILED') = (error_code IS NOT NULL)", name="error_when_failed"),
        CheckConstraint("(status = 'WAITING') = (document IS NOT NULL)", name="document_while_waiting"),
        CheckConstraint(
            "status <> 'FINISHED' OR (made_stage_count = stage_count AND made_match_count = match_count)",
            name="all_made_when_finished",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    slug: Mapped[str]
    name: Mapped[str]
    game: Mapped[str]
    starts_at: Mapped[datetime]
    format: Mapped[EventFormat] = mapped_column(enum_column(EventFormat))
    source_url: Mapped[str | None]
    document: Mapped[bytes | None]
    entrant_count: Mapped[int]
    stage_count: Mapped[int]
    match_count: Mapped[int]
    made_stage_count: Mapped[int]
    made_match_count: Mapped[int]
    version: Mapped[int]
    status: Mapped[ImportStatus] = mapped_column(enum_column(ImportStatus))
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    tournament_id: Mapped[UUID | None] = mapped_column(ForeignKey("tournaments.id"), unique=True)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    @property
    def view(self) -> EventImportView:
        """The import as readers are shown it."""
        return view_of(self, EventImportView)


class ImportUpload(Row):
    """Files of an event that somebody sends in parts; one at a time. `size` is in bytes, of all parts."""

    __tablename__ = "import_uploads"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), unique=True)
    size: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(index=True)


class ImportPart(Row):
    """A part of a file, both counted from 1."""

    __tablename__ = "import_parts"

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("import_uploads.id", ondelete="CASCADE"), primary_key=True)
    file: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes]


class Stage(Row):
    """A part of an event that is played in one way. `settings` are those of its structure, `sources` who comes into it.

    `number` counts from 1. `links` is the bracket itself for the structure CUSTOM, `veto` a `VetoPlan`. `closed_at` is
    when the organizers ended a ladder; from then on nobody challenges anybody.
    """

    __tablename__ = "stages"
    __table_args__ = (
        UniqueConstraint("tournament_id", "number"),
        CheckConstraint("number BETWEEN 1 AND 16", name="number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tournament_id: Mapped[UUID] = mapped_column(ForeignKey("tournaments.id", ondelete="CASCADE"))
    number: Mapped[int]
    name: Mapped[str | None]
    structure: Mapped[Structure] = mapped_column(enum_column(Structure))
    settings: Mapped[dict[str, Any]]
    sources: Mapped[list[Any]]
    links: Mapped[list[Any] | None]
    veto: Mapped[dict[str, Any] | None]
    status: Mapped[StageStatus] = mapped_column(enum_column(StageStatus))
    closed_at: Mapped[datetime | None]

    @property
    def format(self) -> Format:
        """How it is played."""
        return Format(self.structure, settings_from(self.structure, self.settings), links_from(self.links or ()))

    @property
    def is_endless(self) -> bool:
        """Whether it goes on until its organizers end it."""
        return self.structure is Structure.LADDER and self.closed_at is None

    @property
    def plan(self) -> StagePlan:
        """The stage as its organizers want it."""
        return StagePlan(self.name, self.format, self.entered_from, veto_from(self.veto))

    @property
    def entered_from(self) -> tuple[StageSource, ...]:
        """Who comes into it; nothing: the entrants of the event."""
        return sources_from(self.sources)

    @property
    def view(self) -> StageView:
        """The stage as readers are shown it."""
        return view_of(self, StageView)


class StageEntrant(Row):
    """An entrant in a stage. Seeds count from 1 in the stage, and so does the rank, once the stage is over.

    `joined_at` is None but on a ladder; `left_at` is when they left that. `left_round` is the round of a free-for-all
    in which somebody left who plays no further one.
    """

    __tablename__ = "stage_entrants"
    __table_args__ = (UniqueConstraint("stage_id", "seed"),)

    stage_id: Mapped[UUID] = mapped_column(ForeignKey("stages.id", ondelete="CASCADE"), primary_key=True)
    entrant_id: Mapped[UUID] = mapped_column(ForeignKey("entrants.id", ondelete="CASCADE"), primary_key=True)
    seed: Mapped[int]
    group_number: Mapped[int | None]
    rank: Mapped[int | None]
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    left_round: Mapped[int | None]


class StageBye(Row):
    """Somebody who sat out a round of groups or of a Swiss, why, and what it was `worth`, in halves of a point.

    `points` are what they had by then, in halves; `earlier` is how often they had had the points of a win without play.
    Rounds without a match and without such a row are absence, for no points.
    """

    __tablename__ = "stage_byes"

    stage_id: Mapped[UUID] = mapped_column(ForeignKey("stages.id", ondelete="CASCADE"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seed: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Kind] = mapped_column(enum_column(Kind))
    worth: Mapped[int]
    points: Mapped[int]
    earlier: Mapped[int]


class RequestedBye(Row):
    """A round of a Swiss that somebody does not want to be paired in, and what it will be for them."""

    __tablename__ = "requested_byes"

    stage_id: Mapped[UUID] = mapped_column(ForeignKey("stages.id", ondelete="CASCADE"), primary_key=True)
    entrant_id: Mapped[UUID] = mapped_column(ForeignKey("entrants.id", ondelete="CASCADE"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Kind] = mapped_column(enum_column(Kind))


class Entrant(Row):
    """A user, team or guest in a tournament; the name and the players are as they were at registration.

    Of a guest `participant_id` is the key of this row, and `claimed_by_id` the user who that has turned out to be, for
    show alone. `number` counts registrations from 1; the waitlist moves up in its order.
    """

    __tablename__ = "entrants"
    __table_args__ = (
        UniqueConstraint("tournament_id", "participant_id"),
        UniqueConstraint("tournament_id", "number"),
        UniqueConstraint("tournament_id", "seed", deferrable=True, initially="DEFERRED"),
        UniqueConstraint("tournament_id", "claimed_by_id"),
        CheckConstraint("claimed_by_id IS NULL OR kind = 'GUEST'", name="claimed_guest"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tournament_id: Mapped[UUID] = mapped_column(ForeignKey("tournaments.id", ondelete="CASCADE"))
    kind: Mapped[ParticipantKind] = mapped_column(enum_column(ParticipantKind))
    participant_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str]
    number: Mapped[int]
    status: Mapped[EntrantStatus] = mapped_column(enum_column(EntrantStatus))
    seed: Mapped[int | None]
    registered_at: Mapped[datetime]
    checked_in_at: Mapped[datetime | None]
    placement_low: Mapped[int | None]
    placement_high: Mapped[int | None]
    claimed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)

    @property
    def view(self) -> EntrantView:
        """The entrant as readers are shown it."""
        return view_of(self, EntrantView)


class EntrantPlayer(Row):
    """Somebody who plays for an entrant; nobody plays for two in one tournament."""

    __tablename__ = "entrant_players"
    __table_args__ = (UniqueConstraint("tournament_id", "user_id"),)

    entrant_id: Mapped[UUID] = mapped_column(ForeignKey("entrants.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    tournament_id: Mapped[UUID] = mapped_column(ForeignKey("tournaments.id", ondelete="CASCADE"))


class GuestClaim(Row):
    """A user who says that a guest is them, until an organizer answers or they take it back."""

    __tablename__ = "guest_claims"
    __table_args__ = (
        Index(
            "uq_guest_claims_open", "tournament_id", "user_id", unique=True, postgresql_where=text("status = 'OPEN'")
        ),
        CheckConstraint("(status = 'OPEN') = (closed_at IS NULL)", name="closed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tournament_id: Mapped[UUID] = mapped_column(ForeignKey("tournaments.id", ondelete="CASCADE"))
    entrant_id: Mapped[UUID] = mapped_column(ForeignKey("entrants.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    status: Mapped[ClaimStatus] = mapped_column(enum_column(ClaimStatus))
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class BracketMatch(Row):
    """A node of the match graph of a started stage. Sources are texts: `S3`, `W:U1.2`, `L:U1.2`.

    `ordinal` counts through all stages of the tournament, in the order in which they were drawn. A node never changes,
    but in a Swiss round that nobody has begun: it gets other seeds, or it is no part of the graph while its match is
    not needed. With that the tournament has another `draw_id`.
    """

    __tablename__ = "bracket_matches"
    __table_args__ = (UniqueConstraint("stage_id", "key"), UniqueConstraint("tournament_id", "ordinal"))

    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True)
    tournament_id: Mapped[UUID] = mapped_column(ForeignKey("tournaments.id", ondelete="CASCADE"))
    stage_id: Mapped[UUID] = mapped_column(ForeignKey("stages.id", ondelete="CASCADE"))
    ordinal: Mapped[int]
    key: Mapped[str]
    side: Mapped[BracketSide] = mapped_column(enum_column(BracketSide))
    group_number: Mapped[int | None]
    round: Mapped[int]
    position: Mapped[int]
    first: Mapped[str]
    second: Mapped[str]
    is_reset: Mapped[bool]
    pairing: Mapped[dict[str, Any] | None]


class SetAside(Row):
    """What has happened in a match between two sides, given as seeds (0 for nobody), that are not its sides now.

    It holds again when they are. `state` is the match as they left it.
    """

    __tablename__ = "set_aside"

    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"), primary_key=True)
    first_seed: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    second_seed: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[dict[str, Any]]


class Correction(Row):
    """A final result that was replaced, why, and what that did: to other matches (each a `MatchEffect`), and to who
    stands on which rung of a ladder (each a `RungChange`).
    """

    __tablename__ = "corrections"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    match_id: Mapped[UUID] = mapped_column(ForeignKey("matches.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[UUID | None]
    reason: Mapped[str]
    effects: Mapped[list[Any]]
    rung_changes: Mapped[list[Any]] = mapped_column(default=list)
    corrected_at: Mapped[datetime]

    @property
    def match_effects(self) -> list[MatchEffect]:
        """What it did to the matches that depend on this one, in playable order."""
        return msgspec.convert(self.effects, list[MatchEffect])

    @property
    def rungs(self) -> list[RungChange]:
        """Who stands on another rung of the ladder because of it, the top first."""
        return msgspec.convert(self.rung_changes, list[RungChange])


class BracketChange(Row):
    """One change as viewers saw it, kept for a while so that they can resume: of a match, of a heat, or else of the
    tournament.
    """

    __tablename__ = "bracket_changes"
    __table_args__ = (Index("ix_bracket_changes_recent", "tournament_id", text("sequence DESC")),)

    tournament_id: Mapped[UUID] = mapped_column(ForeignKey("tournaments.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    match: Mapped[dict[str, Any] | None]
    heat: Mapped[dict[str, Any] | None]


class Heat(Row):
    """A heat of a free-for-all. `version` rises with each change of it; one that is set aside has nobody in it.

    `drawn_at` is since when those are in it who are.
    """

    __tablename__ = "heats"
    __table_args__ = (UniqueConstraint("stage_id", "round", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tournament_id: Mapped[UUID] = mapped_column(ForeignKey("tournaments.id", ondelete="CASCADE"), index=True)
    stage_id: Mapped[UUID] = mapped_column(ForeignKey("stages.id", ondelete="CASCADE"))
    round: Mapped[int]
    number: Mapped[int]
    status: Mapped[HeatStatus] = mapped_column(enum_column(HeatStatus))
    version: Mapped[int] = mapped_column(default=1)
    drawn_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]


class HeatEntrant(Row):
    """Somebody in a heat, by the seed in its stage. `games` are what they reached in each game, as [place, score], or
    [place, 0, 1] when they were absent.

    `is_through` says whether they go on, once the round of the heat is over.
    """

    __tablename__ = "heat_entrants"

    heat_id: Mapped[UUID] = mapped_column(ForeignKey("heats.id", ondelete="CASCADE"), primary_key=True)
    seed: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    games: Mapped[list[Any]]
    is_through: Mapped[bool | None]


class HeatAside(Row):
    """What has happened in a round between entrants who are not in one heat of it now; it holds again when they are.

    `digest` is of the round and their seeds, `results` has [seed, games] of each, and `finished_at` is when their heat
    was over.
    """

    __tablename__ = "heats_aside"

    stage_id: Mapped[UUID] = mapped_column(ForeignKey("stages.id", ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    round: Mapped[int]
    results: Mapped[list[Any]]
    finished_at: Mapped[datetime | None]


class HeatCorrection(Row):
    """A game of a heat whose result was replaced, why, and what that did to other heats (each a `HeatEffect`)."""

    __tablename__ = "heat_corrections"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    heat_id: Mapped[UUID] = mapped_column(ForeignKey("heats.id", ondelete="CASCADE"), index=True)
    game: Mapped[int]
    actor_id: Mapped[UUID | None]
    reason: Mapped[str]
    effects: Mapped[list[Any]]
    corrected_at: Mapped[datetime]

    @property
    def heat_effects(self) -> list[HeatEffect]:
        """What it did to later heats, by rounds."""
        return msgspec.convert(self.effects, list[HeatEffect])
