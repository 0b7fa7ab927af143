"""How the sides of a stage's matches choose what is played: the plan as organizers give it, and where vetoes open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain import games, vetoes
from domain.infra.db import WriteSession
from domain.kernel.errors import InvalidInput
from domain.kernel.scoring import MatchScoring
from domain.kernel.veto import VetoOption
from domain.matches import MatchState, OwnedMatch
from domain.tournaments.models import Stage
from domain.tournaments.rules.formats import Format
from domain.tournaments.rules.stages import StagePlan
from domain.tournaments.rules.stored import veto_from
from domain.tournaments.values import Structure


async def with_checked_vetoes(session: WriteSession, game_id: UUID, plans: Sequence[StagePlan]) -> list[StagePlan]:
    """The stages with vetoes that work for all of their matches, with names from the catalogue of the game.

    Raises:
        InvalidInput: one does not, or its stage has heats, or it needs to know who won each game and cannot.
    """
    if all(plan.veto is None for plan in plans):
        return list(plans)
    for place, plan in enumerate(plans):
        if plan.veto is not None and plan.format.structure is Structure.FREE_FOR_ALL:
            raise InvalidInput(
                "Two sides choose in turn, and in heats there are many; leave it out.", "stages", str(place), "veto"
            )
        if plan.veto is not None and plan.veto.counter_picks is not None:
            _require_winners(plan.format, "stages", str(place), "veto", "counterPicks")
    rules = (await games.game_rules_by_id(session, [game_id]))[game_id]
    known = {option["slug"]: option["name"] for option in rules.options}
    sides = [VetoOption(side["slug"], side["name"]) for side in rules.starting_sides]
    return [
        plan
        if plan.veto is None
        else replace(
            plan,
            veto=vetoes.checked_plan(plan.veto, lengths_of(plan.format), known, sides, "stages", str(place), "veto"),
        )
        for place, plan in enumerate(plans)
    ]


def _require_winners(given: Format, *path: str) -> None:
    """Refuse later games that are picked by who won the one before, where games can be drawn."""
    if given.settings.scoring is not MatchScoring.BEST_OF:
        raise InvalidInput("Every game has a winner in a best of only; leave the counter-picks out.", *path)


def lengths_of(given: Format) -> set[int]:
    """How many games the matches of a stage can have at most: every length that there is."""
    usual = given.settings.best_of
    lengths = {link.best_of or usual for link in given.links} or {usual}
    return {*lengths, *(rounds.best_of for rounds in given.round_formats)}


async def open_vetoes(
    session: WriteSession, stage: Stage, matches: Iterable[OwnedMatch | MatchState], now: datetime
) -> None:
    """Open the vetoes of those matches of a stage whose sides are known, if the stage has vetoes."""
    plan = veto_from(stage.veto)
    if plan is not None:
        await vetoes.open_vetoes(session, plan, matches, now)
