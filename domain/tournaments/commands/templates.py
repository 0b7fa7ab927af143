"""The stages of an event as its organizers want them: checked, stored, and replaced until they begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from domain import matches
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput, StaleVersion
from domain.kernel.ids import new_id
from domain.kernel.scoring import MatchScoring
from domain.tournaments.commands.change import managed, show
from domain.tournaments.commands.vetoing import with_checked_vetoes
from domain.tournaments.commands.waitlist import move_up
from domain.tournaments.errors import InvalidStages, StageProblem, StageStarted
from domain.tournaments.heat_values import FreeForAll
from domain.tournaments.models import Stage, Tournament
from domain.tournaments.queries import stage_field, stages_of
from domain.tournaments.rules.formats import SETTINGS, Elimination, Format, require_round_formats, require_settings
from domain.tournaments.rules.ladder import Ladder
from domain.tournaments.rules.links import from_links
from domain.tournaments.rules.stages import StagePlan, short_stage, validate
from domain.tournaments.rules.stored import stored_link
from domain.tournaments.values import GrandFinal, StageStatus, Structure, TournamentStatus

_MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class SetStages:
    """Other stages for an event. Those that have begun are given as they are."""

    tournament_id: UUID
    version: int
    stages: Sequence[StagePlan]


async def set_stages(session: WriteSession, actor: Actor, command: SetStages) -> Tournament:
    """Replace the stages of an event that have not begun.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, StaleVersion, InvalidInput,
        InvalidGraph, InvalidStages, InvalidTiebreak.
        StageStarted: it changes one that has begun.
    """
    tournament = await managed(
        session,
        actor,
        command.tournament_id,
        TournamentStatus.DRAFT,
        TournamentStatus.PUBLISHED,
        TournamentStatus.RUNNING,
    )
    if tournament.version != command.version:
        raise StaleVersion("tournament", tournament.version)
    plans = await with_checked_vetoes(session, tournament.game_id, command.stages)
    present = await stages_of(session, tournament.id)
    begun = [stage for stage in present if stage.status is not StageStatus.PENDING]
    for stage in begun:
        if len(plans) < stage.number or plans[stage.number - 1] != stage.plan:
            raise StageStarted(stage.number)
    capacity = checked_plans(plans, tournament.capacity)
    require_ends_after(plans, tournament.starts_at)
    if begun:
        # Those who came may be fewer than there was room for.
        short = short_stage(plans, len(await stage_field(session, begun[0].id)))
        if short is not None:
            raise InvalidStages([StageProblem(short[0], "sources", f"Only {short[1]} would come into it.")])
    else:
        if capacity < tournament.entrant_count:
            raise InvalidInput("More have a place already than the bracket you gave has.", "stages")
        tournament.capacity = capacity
        await move_up(session, tournament)
    for stage in present[len(begun) :]:
        await session.delete(stage)
    await session.flush()
    add_stages(session, tournament, plans, after=len(begun))
    tournament.version += 1
    await show(session, tournament)
    return tournament


def checked_plans(plans: Sequence[StagePlan], capacity: int, *, may_end_early: bool = False) -> int:
    """The capacity of an event with these stages; one that opens with a bracket that is given has its number of seeds.

    A bracket from which nobody goes on has one champion, unless it `may_end_early`.

    Raises:
        InvalidInput, InvalidGraph, InvalidTiebreak: something about a single stage is wrong.
        InvalidStages: they do not fit together.
    """
    going_on = {source.stage for plan in plans for source in plan.sources}
    for index, plan in enumerate(plans):
        path = ("stages", str(index)) if len(plans) > 1 else ()
        if plan.name is not None and not (1 <= len(plan.name) <= _MAX_NAME and plan.name.isprintable()):
            raise InvalidInput(f"A name has 1 to {_MAX_NAME} printable characters.", *path, "name")
        _require_format(plan.format, path, one_champion=not may_end_early and index + 1 not in going_on)
        _require_double(plan.format, capacity, path)
    if plans and plans[0].format.seeds is not None:
        capacity = plans[0].format.seeds
    validate(plans, capacity)
    return capacity


def require_ends_after(plans: Sequence[StagePlan], starts_at: datetime) -> None:
    """Refuse a ladder that would end by itself before its event starts.

    Raises:
        InvalidInput: one would.
    """
    for index, plan in enumerate(plans):
        settings = plan.format.settings
        if isinstance(settings, Ladder) and settings.ends_at is not None and settings.ends_at <= starts_at:
            path = ("stages", str(index)) if len(plans) > 1 else ()
            raise InvalidInput("A ladder ends after its event starts.", *path, "endsAt")


def add_stages(session: WriteSession, tournament: Tournament, plans: Sequence[StagePlan], after: int = 0) -> None:
    """Store the stages that come after so many."""
    session.add_all(
        Stage(
            id=new_id(),
            tournament_id=tournament.id,
            number=number,
            name=plan.name,
            structure=plan.format.structure,
            settings=msgspec.to_builtins(plan.format.settings),
            sources=msgspec.to_builtins(plan.sources),
            links=[stored_link(link) for link in plan.format.links] or None,
            veto=None if plan.veto is None else msgspec.to_builtins(plan.veto),
            status=StageStatus.PENDING,
        )
        for number, plan in enumerate(plans[after:], start=after + 1)
    )


def _require_format(given: Format, path: tuple[str, ...], *, one_champion: bool) -> None:
    settings = given.settings
    assert type(settings) is SETTINGS[given.structure]
    if isinstance(settings, FreeForAll):
        require_settings(settings, *path)
        return
    _require_lengths(given, path)
    if not isinstance(settings, Elimination):
        require_settings(settings, *path)
        return
    if given.structure is not Structure.CUSTOM:
        return
    if not given.links:
        raise InvalidInput("The structure CUSTOM needs its matches.", *path, "matches")
    for link in given.links:
        if not link.key.isprintable():
            raise InvalidInput("The key of a match has printable characters only.", *path, "matches")
        if link.round is not None and abs(link.round) > len(given.links):
            raise InvalidInput("A bracket has no more rounds than matches.", *path, "matches")
        if link.best_of is not None:
            matches.checked_best_of(link.best_of, *path, "matches", scoring=settings.scoring)
    from_links(given.seeds or 0, given.links, one_champion=one_champion)


def _require_lengths(given: Format, path: tuple[str, ...]) -> None:
    settings, final_best_of = given.settings, given.elimination.final_best_of
    matches.checked_best_of(settings.best_of, *path, "bestOf", scoring=settings.scoring)
    if final_best_of is not None:
        matches.checked_best_of(final_best_of, *path, "finalBestOf", scoring=settings.scoring)
    for index, one in enumerate(settings.round_formats):
        place = (*path, "roundFormats", str(index), "bestOf")
        matches.checked_best_of(one.best_of, *place, scoring=settings.scoring)
    require_round_formats(given, *path, "roundFormats")


def _require_double(given: Format, capacity: int, path: tuple[str, ...]) -> None:
    is_double, settings = given.structure is Structure.DOUBLE_ELIMINATION, given.elimination
    if not 0 <= settings.lower_starters <= (capacity - 2 if is_double else 0):
        message = "Of a double elimination all but two can start in the lower bracket; of others nobody can."
        raise InvalidInput(message, *path, "lowerStarterCount")
    if is_double and settings.grand_final is GrandFinal.ADVANTAGE and settings.scoring is not MatchScoring.BEST_OF:
        raise InvalidInput(
            "Only a best of can begin some games ahead; choose another grand final.", *path, "grandFinal"
        )
    most = given.final_best_of // 2
    if is_double and settings.grand_final is GrandFinal.ADVANTAGE and not 1 <= settings.final_advantage <= most:
        message = (
            f"A final of best of {2 * most + 1} can begin 1 to {most} games ahead; play more games, or begin level."
        )
        raise InvalidInput(message, *path, "finalAdvantage")
