"""How a stage is stored: settings, sources and veto as JSON, and the links of a bracket that was given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from domain.kernel.veto import VetoPlan
from domain.tournaments.rules.formats import SETTINGS, Format, Settings, Swiss
from domain.tournaments.rules.ladder import Ladder
from domain.tournaments.rules.links import Link
from domain.tournaments.rules.sources import StageSource
from domain.tournaments.values import LoserOf, Seed, Source, StageStatus, StageView, Structure, WinnerOf


def settings_from(structure: Structure, stored: Mapping[str, Any]) -> Settings:
    """The settings of a stage. What is not stored has its default."""
    return msgspec.convert(stored, SETTINGS[structure])


def format_of(stage: StageView) -> Format:
    """How a stage is played, without the links of a bracket that was given."""
    return Format(stage.structure, settings_from(stage.structure, stage.settings))


def takes_late_entries(stage: StageView, rounds_drawn: int = 0) -> bool:
    """Whether people can enter a stage that runs: a ladder, or a Swiss of which rounds are still to be drawn."""
    settings = settings_from(stage.structure, stage.settings)
    if stage.status is not StageStatus.RUNNING or stage.closed_at is not None:
        return False
    if isinstance(settings, Swiss):
        return settings.has_late_entry and rounds_drawn < settings.planned(0)
    return isinstance(settings, Ladder) and settings.has_late_entry


def sources_from(stored: Iterable[Mapping[str, Any]]) -> tuple[StageSource, ...]:
    """Who comes into a stage."""
    return tuple(msgspec.convert(source, StageSource) for source in stored)


def veto_from(stored: Mapping[str, Any] | None) -> VetoPlan | None:
    """How the sides of its matches choose what is played; None: they do not."""
    return None if stored is None else msgspec.convert(stored, VetoPlan)


def links_from(stored: Iterable[Mapping[str, Any]]) -> tuple[Link, ...]:
    """The links of a bracket that was given."""
    return tuple(msgspec.convert(entry, _StoredLink).link() for entry in stored)


def stored_link(link: Link) -> dict[str, Any]:
    """A link as it is stored."""
    stored: dict[str, Any] = msgspec.to_builtins(
        _StoredLink(link.key, _stored(link.first), _stored(link.second), link.round, link.best_of)
    )
    return stored


class _StoredLink(msgspec.Struct):
    key: str
    first: tuple[str, int | str]
    second: tuple[str, int | str]
    round: int | None
    best_of: int | None

    def link(self) -> Link:
        return Link(self.key, _source(self.first), _source(self.second), self.round, self.best_of)


def _source(stored: tuple[str, int | str]) -> Source:
    kind, value = stored
    if kind == "seed":
        return Seed(int(value))
    return WinnerOf(str(value)) if kind == "winner" else LoserOf(str(value))


def _stored(source: Source) -> tuple[str, int | str]:
    if isinstance(source, Seed):
        return "seed", source.number
    return ("winner" if isinstance(source, WinnerOf) else "loser"), source.match
