"""The games there are, as data. A slug never changes once released: the key of a game is derived from it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from domain.games.values import OptionKind

_NAMESPACE = UUID("6f1d7c0e-52f4-4b0e-9a55-0f6f0c9f3b11")


def game_key(slug: str) -> UUID:
    """The key of the game with this slug, the same in every database."""
    return uuid5(_NAMESPACE, slug)


@dataclass(frozen=True, slots=True)
class FormatEntry:
    """A usual way to decide a match; any other odd `best_of` is allowed too."""

    slug: str
    name: str
    best_of: int


@dataclass(frozen=True, slots=True)
class StatEntry:
    """Something a match measures per player. `unit` is None for plain counts."""

    slug: str
    name: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class OptionEntry:
    """Something that single games of a match are played on or by, and that sides ban and pick."""

    slug: str
    name: str
    kind: OptionKind


@dataclass(frozen=True, slots=True)
class SideEntry:
    """A side of the map on which one can start."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class GameEntry:
    """A game of the catalogue. It has two starting sides, or none between which there is a choice."""

    slug: str
    name: str
    team_size: int
    formats: tuple[FormatEntry, ...]
    stats: tuple[StatEntry, ...]
    options: tuple[OptionEntry, ...] = ()
    starting_sides: tuple[SideEntry, ...] = ()


def _best_of(*numbers: int) -> tuple[FormatEntry, ...]:
    return tuple(FormatEntry(f"bo{number}", f"Best of {number}", number) for number in numbers)


def _race_to(*numbers: int) -> tuple[FormatEntry, ...]:
    return tuple(FormatEntry(f"race-to-{number}", f"Race to {number}", 2 * number - 1) for number in numbers)


def _slug(name: str) -> str:
    return name.lower().replace(" & ", "-and-").replace(" ", "-")


def _options(kind: OptionKind, *names: str) -> tuple[OptionEntry, ...]:
    return tuple(OptionEntry(_slug(name), name, kind) for name in names)


_ATTACK_AND_DEFENCE = (SideEntry("attack", "Attack"), SideEntry("defense", "Defense"))

_VALORANT_MAPS = _options(
    OptionKind.MAP,
    *("Abyss", "Ascent", "Bind", "Breeze", "Corrode", "Fracture", "Haven", "Icebox", "Lotus", "Pearl", "Split"),
    "Sunset",
)

_CODM_OPTIONS = (
    *_options(OptionKind.MODE, "Search & Destroy", "Hardpoint", "Domination", "Control"),
    *_options(
        OptionKind.MAP,
        *("Coastal", "Crash", "Crossfire", "Firing Range", "Hacienda", "Meltdown", "Nuketown", "Raid", "Slums"),
        *("Standoff", "Summit", "Takeoff", "Terminal", "Tunisia"),
    ),
)

_FREE_FIRE_MAPS = _options(OptionKind.MAP, "Alpine", "Bermuda", "Kalahari", "NexTerra", "Purgatory", "Solara")

_DISCIPLINES = _options(OptionKind.DISCIPLINE, "8-ball", "9-ball", "10-ball", "Straight pool")

_SHOOTER = (StatEntry("kills", "Kills"), StatEntry("deaths", "Deaths"), StatEntry("assists", "Assists"))

_ROCKET_LEAGUE = (
    StatEntry("score", "Score", "points"),
    StatEntry("goals", "Goals"),
    StatEntry("assists", "Assists"),
    StatEntry("saves", "Saves"),
    StatEntry("shots", "Shots"),
    StatEntry("demolitions", "Demolitions"),
    StatEntry("average_boost", "Average boost", "%"),
)

_RACKS = (
    StatEntry("racks_won", "Racks won"),
    StatEntry("balls_pocketed", "Balls pocketed"),
    StatEntry("break_and_runs", "Breaks and runs"),
    StatEntry("dry_breaks", "Dry breaks"),
    StatEntry("safeties", "Safeties"),
    StatEntry("fouls", "Fouls"),
    StatEntry("shot_time", "Average time per shot", "s"),
)

CATALOGUE = (
    GameEntry(
        "valorant",
        "Valorant",
        5,
        _best_of(1, 3, 5),
        (
            *_SHOOTER,
            StatEntry("average_combat_score", "Average combat score", "points per round"),
            StatEntry("average_damage", "Average damage", "damage per round"),
            StatEntry("headshot_share", "Headshots", "%"),
            StatEntry("first_kills", "First kills"),
            StatEntry("first_deaths", "First deaths"),
            StatEntry("plants", "Spikes planted"),
            StatEntry("defuses", "Spikes defused"),
        ),
        _VALORANT_MAPS,
        _ATTACK_AND_DEFENCE,
    ),
    GameEntry(
        "codm",
        "Call of Duty: Mobile",
        5,
        _best_of(1, 3, 5, 7),
        (
            *_SHOOTER,
            StatEntry("score", "Score", "points"),
            StatEntry("damage", "Damage", "damage"),
            StatEntry("hill_time", "Time on the hill", "s"),
            StatEntry("plants", "Bombs planted"),
            StatEntry("defuses", "Bombs defused"),
            StatEntry("zones_captured", "Zones captured"),
        ),
        _CODM_OPTIONS,
        _ATTACK_AND_DEFENCE,
    ),
    GameEntry(
        "free-fire",
        "Free Fire",
        4,
        _best_of(1, 3, 5, 7),
        (
            *_SHOOTER,
            StatEntry("damage", "Damage", "damage"),
            StatEntry("headshots", "Headshots"),
            StatEntry("knockdowns", "Knockdowns"),
            StatEntry("revives", "Revives"),
            StatEntry("survival_time", "Time survived", "s"),
        ),
        _FREE_FIRE_MAPS,
    ),
    GameEntry("rocket-league-1v1", "Rocket League 1v1", 1, _best_of(1, 3, 5, 7), _ROCKET_LEAGUE),
    GameEntry("rocket-league-2v2", "Rocket League 2v2", 2, _best_of(1, 3, 5, 7), _ROCKET_LEAGUE),
    GameEntry("rocket-league-3v3", "Rocket League 3v3", 3, _best_of(1, 3, 5, 7), _ROCKET_LEAGUE),
    GameEntry("eight-ball", "8-ball", 1, _race_to(3, 5, 7, 9), _RACKS, _DISCIPLINES),
    GameEntry(
        "nine-ball",
        "9-ball",
        1,
        _race_to(5, 7, 9, 11),
        (*_RACKS, StatEntry("golden_breaks", "Nines on the break")),
        _DISCIPLINES,
    ),
    GameEntry("ten-ball", "10-ball", 1, _race_to(5, 7, 9), _RACKS, _DISCIPLINES),
    GameEntry(
        "straight-pool",
        "Straight pool (14.1)",
        1,
        _best_of(1, 3),
        (
            StatEntry("points", "Points", "points"),
            StatEntry("high_run", "High run", "balls"),
            StatEntry("innings", "Innings"),
            StatEntry("average_run", "Average run", "balls per inning"),
            StatEntry("safeties", "Safeties"),
            StatEntry("fouls", "Fouls"),
            StatEntry("shot_time", "Average time per shot", "s"),
        ),
        _DISCIPLINES,
    ),
)
