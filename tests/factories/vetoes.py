"""Events whose matches have vetoes, for tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from domain import matches, vetoes
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.veto import (
    CounterPicks,
    VetoOption,
    VetoPlan,
    VetoSequence,
    VetoStep,
    VetoStepKind,
    VetoTemplate,
    VetoTurn,
)
from domain.matches import MatchState
from domain.tournaments import StagePlan, Tournament
from domain.vetoes import Progress, TakeVetoStep, UndoVetoStep, VetoView, progress_in
from tests.factories.games import make_catalogue
from tests.factories.stages import knockout
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import bracket, enter, published, start, started

MAPS = ("ascent", "bind", "breeze", "haven", "icebox", "lotus", "split")


def plan_of(*slugs: str, **settings: Any) -> VetoPlan:
    """A veto by the standard template, of the maps of the catalogue that are named, or of seven."""
    return VetoPlan(pool=tuple(VetoOption(slug) for slug in slugs or MAPS), **settings)


@dataclass(frozen=True, slots=True)
class Event:
    """A running event whose matches have vetoes, and everybody in it."""

    organizer: Actor
    tournament: Tournament
    players: dict[UUID, Actor]

    async def match(self, db: Database, key: str = "U1.1") -> MatchState:
        """A match by its key."""
        return (await bracket(db, self.tournament.id))[key]

    def on(self, state: MatchState, slot: int) -> Actor:
        """Who plays on a side."""
        participant = state.slots[slot].participant_id
        assert participant is not None
        return self.players[participant]


async def make_event(
    db: Database, entrants: int = 2, *stages: StagePlan, veto: VetoPlan | None = None, best_of: int = 3
) -> Event:
    """A knockout of as many, or the stages that are given. Players stand for themselves, whatever the game."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    plan = knockout(best_of=best_of, final_best_of=best_of)
    plans = list(stages) or [replace(plan, veto=veto or plan_of())]
    event, players = await started(
        db, organizer, entrants, game="valorant", structure=None, stages=plans, capacity=max(entrants, 2)
    )
    return Event(organizer, event, players)


async def begun_veto(db: Database, organizer: Actor, *players: Actor) -> tuple[Tournament, MatchState]:
    """A running event of two in which a map was picked for the only match, and who did not pick it chose their side."""
    steps = [VetoStep(kind, turn) for kind in (VetoStepKind.PICK, VetoStepKind.SIDE) for turn in VetoTurn]
    order = (steps[0], steps[3], steps[1], steps[2], steps[0])
    veto = plan_of("ascent", "bind", "haven", sequences=(VetoSequence(3, order),), step_s=60)
    plan = replace(knockout(best_of=3, final_best_of=3), veto=veto)
    event = await published(db, organizer, "maps", game="valorant", structure=None, stages=[plan], capacity=2)
    await enter(db, event.id, *players)
    await start(db, organizer, event.id)
    final = (await bracket(db, event.id))["U1.1"]
    for option in ("ascent", "attack"):
        await choose(db, organizer, final.id, option)
    return event, final


async def counter_picked(db: Database, organizer: Actor, *players: Actor) -> tuple[Tournament, MatchState]:
    """A running event of two whose games are picked one by one: the first is told, the next picked by who lost it."""
    picks = CounterPicks(added_pool=(VetoOption("lotus"),))
    veto = plan_of("ascent", "bind", "haven", template=VetoTemplate.STRIKE, counter_picks=picks, step_s=60)
    plan = replace(knockout(best_of=5, final_best_of=5), veto=veto)
    event = await published(db, organizer, "counter", game="valorant", structure=None, stages=[plan], capacity=2)
    await enter(db, event.id, *players)
    await start(db, organizer, event.id)
    final = (await bracket(db, event.id))["U1.1"]
    for option in ("ascent", "bind"):
        await choose(db, organizer, final.id, option)
    told = matches.UpdateScore(final.id, final.version, (0, 1), NOW, [(7, 13)])
    await run(db, matches.update_score, organizer, told)
    for option in ("haven", "lotus"):
        await choose(db, organizer, final.id, option)
    return event, final


async def choose(db: Database, official: Actor, match_id: UUID, option: str) -> VetoView:
    """Do the next step of the veto of a match, whoever's turn it is."""
    async with db.read() as session:
        state = (await matches.states_by_id(session, [match_id]))[match_id]
    veto = await veto_of(db, state)
    assert veto is not None
    return await take(db, official, veto, option)


async def veto_of(db: Database, state: MatchState) -> VetoView | None:
    """The veto of a match between these sides."""
    first, second = (slot.participant_id for slot in state.slots)
    if first is None or second is None:
        return None
    async with db.read() as session:
        return (await vetoes.vetoes_of(session, [(state.id, first, second)])).get((state.id, first, second))


async def open_veto(db: Database, event: Event, key: str = "U1.1") -> VetoView:
    """The veto of a match that has its sides."""
    found = await veto_of(db, await event.match(db, key))
    assert found is not None
    return found


async def take(db: Database, actor: Actor, veto: VetoView, option: str, now: datetime = NOW) -> VetoView:
    """Do a step."""
    return (await run(db, vetoes.take_veto_step, actor, TakeVetoStep(veto.id, veto.version, option, now))).view


async def undo(
    db: Database, actor: Actor, veto: VetoView, *, is_all: bool = False, reason: str = "misheard"
) -> VetoView:
    """Take the last step back, or all."""
    return (await run(db, vetoes.undo_veto_step, actor, UndoVetoStep(veto.id, veto.version, reason, NOW, is_all))).view


async def settle(db: Database, event: Event, key: str = "U1.1") -> VetoView:
    """Do a veto to its end, the sides in turn, always with the first that can be chosen."""
    state = await event.match(db, key)
    veto = await open_veto(db, event, key)
    while not (progress := progress_in(veto, ())).is_complete:
        veto = await take(db, event.on(state, turn_of(veto, progress)), veto, progress.choosable[0].slug)
    return veto


def turn_of(veto: VetoView, progress: Progress | None = None) -> int:
    """The slot whose turn it is."""
    step = (progress or progress_in(veto, ())).next_step
    assert step is not None and step.turn is not None
    return veto.slot_of(step.turn)


def maps_of(veto: VetoView) -> list[str]:
    """What is played, as far as it is settled."""
    return [one.option.slug for one in progress_in(veto, ()).maps]
