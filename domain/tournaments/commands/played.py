"""What has been played in a stage, and what follows from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from domain import matches
from domain.infra.db import WriteSession
from domain.matches import MatchState, MatchStatus
from domain.tournaments.models import Entrant, Stage, StageEntrant, Tournament
from domain.tournaments.queries import (
    BracketIndex,
    Bye,
    decided_as,
    event_index,
    ladders,
    played_groups,
    stage_byes,
)
from domain.tournaments.rules.challenges import LadderView
from domain.tournaments.rules.formats import RoundRobin, Swiss
from domain.tournaments.rules.placements import Band, placements
from domain.tournaments.rules.progression import Result
from domain.tournaments.rules.stages import Ranked, moved_up
from domain.tournaments.rules.swiss import EventOver
from domain.tournaments.rules.swiss_rounds import next_round
from domain.tournaments.rules.tables import Group, group_order
from domain.tournaments.values import GONE


class Begun(Protocol):
    """A stage that has begun, in matches or in heats, with who plays in it, by seed."""

    @property
    def stage(self) -> Stage:
        """The stage."""
        ...

    @property
    def seats(self) -> Sequence[StageEntrant]:
        """Who has which seed in it, in their order."""
        ...

    @property
    def entrants(self) -> Mapping[int, Entrant]:
        """Who has each seed."""
        ...


def going_nowhere(played: Begun, begun: Collection[Begun]) -> set[int]:
    """The seeds of those who have left a stage and go nowhere from it.

    Whoever went on to a stage that has begun has not lost that place, whatever came later.
    """
    after = [later for later in begun if any(each.stage == played.stage.number for each in later.stage.entered_from)]
    went_on = {seat.entrant_id for later in after for seat in later.seats}
    return {seed for seed, entrant in played.entrants.items() if entrant.status in GONE and entrant.id not in went_on}


@dataclass(frozen=True, slots=True)
class Played:
    """A stage that has begun, with who plays in it, by seed, and how its matches stand."""

    stage: Stage
    index: BracketIndex
    states: Mapping[UUID, MatchState]
    seats: Sequence[StageEntrant]
    entrants: Mapping[int, Entrant]
    byes: Sequence[Bye]
    ladder: LadderView | None

    @property
    def is_over(self) -> bool:
        """Whether every match that there is so far is over, and a ladder has been ended."""
        return not self.stage.is_endless and all(
            self.states[match_id].status in matches.OVER for match_id in self.index.places
        )

    @property
    def is_complete(self) -> bool:
        """Whether it is over, and in a Swiss no other round follows."""
        settings = self.stage.format.settings
        if not self.is_over or not isinstance(settings, Swiss):
            return self.is_over
        return isinstance(next_round(settings, self.groups[1]), EventOver)

    @property
    def groups(self) -> Mapping[int, Group]:
        """Its groups by number; nothing in an elimination or on a ladder."""
        settings = self.stage.format.settings
        if not isinstance(settings, RoundRobin | Swiss):
            return {}
        seats = [(seat.seed, seat.group_number) for seat in self.seats]
        placed = [(self.states[match_id], place) for match_id, place in self.index.places.items()]
        left = {seed for seed, entrant in self.entrants.items() if entrant.status in GONE}
        return played_groups(settings, seats, placed, self.byes, left)

    def outcome(self) -> tuple[Sequence[int], Mapping[int, Band]]:
        """The seeds of a stage that is over, best first, and the places that they share."""
        settings = self.stage.format.settings
        if self.ladder is not None:
            return self._rungs(self.ladder)
        if isinstance(settings, RoundRobin | Swiss):
            return group_order(self.groups.values(), settings.ranking)
        results = {
            key: Result(self.states[match_id].winner)
            for key, match_id in self.index.ids.items()
            if self.states[match_id].status is MatchStatus.FINISHED
        }
        bands = placements(self.index.graph, results)
        return sorted(bands, key=lambda seed: (bands[seed], seed)), bands

    @property
    def placed(self) -> Mapping[int, Band]:
        """The places in the stage that are certain while it is played, by seed: those of losers who are out of it."""
        found: dict[int, Band] = {}
        for match_id, place in self.index.places.items():
            winner = self.states[match_id].winner
            if place.band is not None and winner is not None:
                seed = self.states[match_id].slots[1 - winner].seed
                if seed is not None:
                    found[seed] = place.band.low, place.band.high
        return found

    @property
    def finished_at(self) -> datetime | None:
        """When the last of its matches that are over was decided; None when none is."""
        states = (self.states[match_id] for match_id in self.index.places)
        return max((state.finished_at for state in states if state.finished_at is not None), default=None)

    def order(self, begun: Collection[Begun]) -> list[Ranked[int]]:
        """The seeds of a stage that is over as later stages take them, best first, each with its group."""
        groups = {seat.seed: seat.group_number for seat in self.seats}
        return moved_up([Ranked(seed, groups[seed]) for seed in self.outcome()[0]], going_nowhere(self, begun))

    def with_states(self, states: Mapping[UUID, MatchState]) -> Played:
        """The same if these matches stood so."""
        ladder = self.ladder
        if ladder is not None:
            own = {match_id: states[match_id] for match_id in self.index.places.keys() & states.keys()}
            decided = {key: decided_as(state, self.index.places[key].position + 1) for key, state in own.items()}
            ladder = ladder.with_decided(decided)
        return replace(self, states={**self.states, **states}, ladder=ladder)

    def _rungs(self, ladder: LadderView) -> tuple[Sequence[int], Mapping[int, Band]]:
        """The order of a ladder that is over; those who have left it share the last places."""
        assert ladder.closed_at is not None
        order, staying = ladder.places(ladder.closed_at)
        bands = {
            seed: (rung, rung) if rung <= staying else (staying + 1, len(order))
            for rung, seed in enumerate(order, start=1)
        }
        return order, bands


async def stages_played(session: WriteSession, tournament: Tournament, stages: Sequence[Stage]) -> list[Played]:
    """What has been played in those of the stages that have begun and have matches."""
    if tournament.draw_id is None:
        return []
    index = await event_index(session, tournament)
    states = {state.id: state for state in await matches.states_of_owner(session, tournament.id)}
    begun = [stage for stage in stages if stage.id in index.stages]
    keys = [(tournament.id, stage.id) for stage in begun]
    byes = await stage_byes(session, keys)
    climbing = await ladders(session, keys)
    seats: dict[UUID, list[tuple[StageEntrant, Entrant]]] = {stage.id: [] for stage in begun}
    statement = (
        select(StageEntrant, Entrant)
        .join(Entrant, Entrant.id == StageEntrant.entrant_id)
        .where(StageEntrant.stage_id.in_(seats))
        .order_by(StageEntrant.seed)
    )
    for seat, entrant in await session.execute(statement):
        seats[seat.stage_id].append((seat, entrant))
    return [
        Played(
            stage,
            index.stages[stage.id],
            states,
            [seat for seat, _ in seats[stage.id]],
            {seat.seed: entrant for seat, entrant in seats[stage.id]},
            byes[tournament.id, stage.id],
            climbing.get((tournament.id, stage.id)),
        )
        for stage in begun
    ]
