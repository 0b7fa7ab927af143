"""The plans of stages in JSON of our own."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from domain.kernel.veto import VetoPlan
from domain.tournaments.errors import InvalidEventFile
from domain.tournaments.exchange.events.documents import MAX_MATCHES
from domain.tournaments.rules.formats import Format, Settings
from domain.tournaments.rules.sources import StageSource
from domain.tournaments.rules.stages import MAX_SOURCES, StagePlan
from domain.tournaments.rules.stored import links_from, settings_from, stored_link
from domain.tournaments.values import Structure

_MOST_SETTINGS = 50
_Object = dict[str, Any]


class StoredPlan(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A plan as it is stored. The name of its stage stands with the stage."""

    structure: Structure
    settings: Annotated[_Object, Meta(max_length=_MOST_SETTINGS)]
    sources: Annotated[list[_Object], Meta(max_length=MAX_SOURCES)] = msgspec.field(default_factory=list)
    veto: _Object | None = None
    links: Annotated[list[_Object], Meta(max_length=MAX_MATCHES)] = msgspec.field(default_factory=list)


def plan_from(stored: StoredPlan, name: str, path: str) -> StagePlan:
    """The plan of a stage with this name.

    Raises:
        InvalidEventFile: it is none, or has what no plan has; it says where.
    """
    try:
        settings = settings_from(stored.structure, stored.settings)
        _require_known(stored.settings, settings, f"{path}.settings")
        sources = []
        for index, told in enumerate(stored.sources):
            sources.append(msgspec.convert(told, StageSource))
            _require_known(told, sources[-1], f"{path}.sources[{index}]")
        veto = None
        if stored.veto is not None:
            veto = msgspec.convert(stored.veto, VetoPlan)
            _require_known(stored.veto, veto, f"{path}.veto")
        given = Format(stored.structure, settings, links_from(stored.links))
    except (msgspec.ValidationError, ValueError) as error:
        raise InvalidEventFile(f"{path}: {error}") from error
    return StagePlan(name or None, given, tuple(sources), veto)


def stored_plan(plan: StagePlan) -> StoredPlan:
    """The plan as it is stored."""
    return StoredPlan(
        plan.format.structure,
        msgspec.to_builtins(plan.format.settings),
        msgspec.to_builtins(list(plan.sources)),
        None if plan.veto is None else msgspec.to_builtins(plan.veto),
        [stored_link(link) for link in plan.format.links],
    )


def _require_known(told: Mapping[str, Any], read: Settings | StageSource | VetoPlan, path: str) -> None:
    unknown = min(told.keys() - {field.name for field in dataclasses.fields(read)}, default=None)
    if unknown is not None:
        raise InvalidEventFile(f"{path}: there is no {unknown[:40]!r} in it.")
