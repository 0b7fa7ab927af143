"""Tables of the games context."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Double, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.infra.orm import Row, enum_column
from domain.kernel.participant import ParticipantKind

_GAME = "games.id"


class Game(Row):
    """A game of the catalogue. `stats` says what a match of it measures, `formats` how it can be decided.

    `options` are what can be banned and picked for a match, `starting_sides` those between which there is a choice.
    """

    __tablename__ = "games"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9-]{3,40}$'", name="slug"),
        CheckConstraint("team_size BETWEEN 1 AND 20", name="team_size"),
        CheckConstraint("jsonb_typeof(formats) = 'array' AND jsonb_array_length(formats) > 0", name="formats"),
        CheckConstraint("jsonb_typeof(stats) = 'array' AND jsonb_array_length(stats) > 0", name="stats"),
        CheckConstraint("jsonb_typeof(options) = 'array'", name="options"),
        CheckConstraint(
            "jsonb_typeof(starting_sides) = 'array' AND jsonb_array_length(starting_sides) IN (0, 2)",
            name="starting_sides",
        ),
        Index("ix_games_name_id", "name", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    team_size: Mapped[int]
    formats: Mapped[list[Any]]
    stats: Mapped[list[Any]]
    options: Mapped[list[Any]] = mapped_column(server_default="[]")
    starting_sides: Mapped[list[Any]] = mapped_column(server_default="[]")


class Rating(Row):
    """What is believed of a competitor in a game now. There is none before their first rated match."""

    __tablename__ = "ratings"
    __table_args__ = (
        CheckConstraint("sigma > 0", name="sigma"),
        CheckConstraint("matches > 0 AND wins BETWEEN 0 AND matches", name="counts"),
        Index("ix_ratings_leaderboard", "game_id", "kind", "ordinal", "participant_id"),
    )

    game_id: Mapped[UUID] = mapped_column(ForeignKey(_GAME), primary_key=True)
    kind: Mapped[ParticipantKind] = mapped_column(enum_column(ParticipantKind), primary_key=True)
    participant_id: Mapped[UUID] = mapped_column(primary_key=True)
    mu: Mapped[float] = mapped_column(Double)
    sigma: Mapped[float] = mapped_column(Double)
    ordinal: Mapped[float] = mapped_column(Double, Computed("mu - 3 * sigma", persisted=True))
    matches: Mapped[int]
    wins: Mapped[int]


class RatingPlace(Row):
    """Where a match that counted between two sides, and does not now, stands among the rated matches of its game.

    When it counts again, it counts there. `position` is that of the changes, and nobody else gets it meanwhile.
    """

    __tablename__ = "rating_places"
    __table_args__ = (UniqueConstraint("game_id", "position"),)

    match_id: Mapped[UUID] = mapped_column(primary_key=True)
    first_id: Mapped[UUID] = mapped_column(primary_key=True)
    second_id: Mapped[UUID] = mapped_column(primary_key=True)
    game_id: Mapped[UUID] = mapped_column(ForeignKey(_GAME))
    position: Mapped[int]


class RatingChange(Row):
    """What one match did to the rating of one of its sides.

    `position` counts the rated matches of a game; both sides of a match share it. The rows of a game, in order, are the
    whole reason for its ratings.
    """

    __tablename__ = "rating_changes"
    __table_args__ = (
        UniqueConstraint("game_id", "position", "slot"),
        UniqueConstraint("match_id", "slot"),
        CheckConstraint("slot IN (0, 1)", name="slot"),
        CheckConstraint("position > 0", name="position"),
        Index("ix_rating_changes_participant", "participant_id", "game_id", "position"),
    )

    match_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[ParticipantKind] = mapped_column(enum_column(ParticipantKind), primary_key=True)
    participant_id: Mapped[UUID] = mapped_column(primary_key=True)
    game_id: Mapped[UUID] = mapped_column(ForeignKey(_GAME))
    position: Mapped[int]
    slot: Mapped[int] = mapped_column(SmallInteger)
    has_won: Mapped[bool]
    mu_before: Mapped[float] = mapped_column(Double)
    sigma_before: Mapped[float] = mapped_column(Double)
    mu_after: Mapped[float] = mapped_column(Double)
    sigma_after: Mapped[float] = mapped_column(Double)
