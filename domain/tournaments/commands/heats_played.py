"""What has been played in a free-for-all, and the heats that follow from it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.infra.rows import insert_all
from domain.kernel.ids import new_id
from domain.tournaments.commands.change import show
from domain.tournaments.commands.played import Begun, Played, going_nowhere, stages_played
from domain.tournaments.events import HeatDrawn
from domain.tournaments.heat_values import FreeForAll, HeatState, HeatStatus
from domain.tournaments.models import Entrant, Heat, HeatAside, HeatEntrant, Stage, StageEntrant, Tournament
from domain.tournaments.queries import games_from, heats_by_id, stored_games
from domain.tournaments.rules.events import EventHeat
from domain.tournaments.rules.free_for_all import Course, Drawn, Round, course, games_in
from domain.tournaments.rules.placements import Band
from domain.tournaments.rules.stages import Ranked, moved_up
from domain.tournaments.values import Structure

Place = tuple[int, int]
"""Where a heat stands: its round and its number."""

HeatKey = tuple[int, frozenset[int]]
"""What a heat is remembered by: its round, and the seeds in it."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What has happened between entrants who are not in one heat now."""

    results: Round[int]
    finished_at: datetime | None


@dataclass(frozen=True)
class PlayedHeats:
    """A free-for-all that has begun: who plays in it, by seed, its heats, and what is remembered of others.

    `results` has who is in each heat that is drawn, with what they have reached so far.
    """

    stage: Stage
    seats: Sequence[StageEntrant]
    entrants: Mapping[int, Entrant]
    heats: Mapping[Place, Heat]
    results: Mapping[Place, Round[int]]
    through: Mapping[Place, Mapping[int, bool | None]]
    aside: Mapping[HeatKey, Aside]

    @property
    def terms(self) -> FreeForAll:
        """How it is played."""
        settings = self.stage.format.settings
        assert isinstance(settings, FreeForAll)
        return settings

    @cached_property
    def course(self) -> Course[int]:
        """How it has gone so far, by what has been reached in heats that are drawn, or is remembered."""
        known = {key_of(place, results): results for place, results in self.results.items()}

        def recall(number: int, heat: tuple[int, ...]) -> Round[int]:
            key = number, frozenset(heat)
            if key in known:
                return known[key]
            return self.aside[key].results if key in self.aside else {}

        left = {seat.seed: seat.left_round for seat in self.seats if seat.left_round is not None}
        return course([seat.seed for seat in self.seats], self.terms, recall, left)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to play."""
        return self.course.is_over

    @property
    def placed(self) -> Mapping[int, Band]:
        """The places in the stage that are certain while it is played, by seed."""
        return self.course.places

    @property
    def finished_at(self) -> datetime | None:
        """When the last of its heats that are over was; None when none is."""
        return max((heat.finished_at for heat in self.heats.values() if heat.finished_at is not None), default=None)

    def outcome(self) -> tuple[Sequence[int], Mapping[int, Band]]:
        """The seeds of a stage that is over, best first, and the places that they share."""
        bands = self.course.places
        return sorted(bands, key=lambda seed: (bands[seed], seed)), bands

    def order(self, begun: Collection[Begun]) -> list[Ranked[int]]:
        """The seeds of a stage that is over as later stages take them, best first."""
        return moved_up([Ranked(seed) for seed in self.outcome()[0]], going_nowhere(self, begun))

    def with_results(self, place: Place, results: Round[int]) -> PlayedHeats:
        """The same if this had been reached in a heat."""
        return replace(self, results={**self.results, place: results})


async def begun_stages(
    session: WriteSession, tournament: Tournament, stages: Sequence[Stage]
) -> list[Played | PlayedHeats]:
    """Those of the stages that have begun, in matches and in heats."""
    return [*await stages_played(session, tournament, stages), *await heats_played(session, stages)]


async def heats_played(session: WriteSession, stages: Iterable[Stage]) -> list[PlayedHeats]:
    """What has been played in those of the stages that are free-for-alls and have begun."""
    found = [await _heats_played(session, stage) for stage in stages if stage.structure is Structure.FREE_FOR_ALL]
    return [played for played in found if played.seats]


async def _heats_played(session: WriteSession, stage: Stage) -> PlayedHeats:
    in_stage = (
        select(StageEntrant, Entrant)
        .join(Entrant, Entrant.id == StageEntrant.entrant_id)
        .where(StageEntrant.stage_id == stage.id)
        .order_by(StageEntrant.seed)
    )
    field = (await session.execute(in_stage)).all()
    heats = {heat.id: heat for heat in await session.scalars(select(Heat).where(Heat.stage_id == stage.id))}
    results: dict[Place, dict[int, Any]] = {}
    through: dict[Place, dict[int, bool | None]] = {}
    # As plain rows: there may be thousands.
    columns = HeatEntrant.__table__.c
    in_heats = select(columns.heat_id, columns.seed, columns.games, columns.is_through)
    for row in await session.execute(in_heats.where(columns.heat_id.in_(list(heats)))):
        place = _place(heats[row.heat_id])
        results.setdefault(place, {})[row.seed] = games_from(row.games)
        through.setdefault(place, {})[row.seed] = row.is_through
    asides = await session.scalars(select(HeatAside).where(HeatAside.stage_id == stage.id))
    return PlayedHeats(
        stage,
        [seat for seat, _ in field],
        {seat.seed: entrant for seat, entrant in field},
        {_place(heat): heat for heat in heats.values()},
        results,
        through,
        {(each.round, frozenset(seed for seed, _ in each.results)): _aside(each) for each in asides},
    )


async def draw_heats(session: WriteSession, tournament: Tournament, played: PlayedHeats, now: datetime) -> None:
    """Bring the heats of a free-for-all up to its results: draw those that can be, set aside those that are not drawn
    any more, and note who is through. Viewers are shown every heat that they have seen otherwise.

    Which heats are new, and who is through for the first time, comes with the change of the tournament that follows.
    """
    drawn = placed_heats(played.course)
    changed = [at for at, heat in played.heats.items() if is_other(played, at, drawn.get(at))]
    lost = {key_of(at, played.results[at]): at for at in changed if games_in(played.results.get(at, {}))}
    known = {
        **played.aside,
        **{key: Aside(played.results[at], played.heats[at].finished_at) for key, at in lost.items()},
    }
    seated = {at: heat for at, heat in drawn.items() if at in changed or at not in played.heats}
    taken = {key_of(at, heat.results) for at, heat in seated.items()} & known.keys()
    await _forget(session, played, taken & played.aside.keys())
    session.add_all(_remembered(played.stage, key, known[key]) for key in lost.keys() - taken)
    ids = {at: heat.id for at, heat in played.heats.items()} | {at: new_id() for at in drawn.keys() - played.heats}
    for at in changed:
        heat = played.heats[at]
        heat.status, heat.finished_at = _told(at, drawn.get(at), known, now)
        heat.drawn_at = now
    if changed:
        await session.execute(delete(HeatEntrant).where(HeatEntrant.heat_id.in_([ids[at] for at in changed])))
    new = [
        {
            "id": ids[at],
            "tournament_id": tournament.id,
            "stage_id": played.stage.id,
            "round": at[0],
            "number": at[1],
            **dict(zip(("status", "finished_at"), _told(at, drawn[at], known, now), strict=True)),
            "version": 1,
            "drawn_at": now,
        }
        for at in seated
        if at not in played.heats
    ]
    await insert_all(session, Heat, new)
    await insert_all(session, HeatEntrant, [row for at, heat in seated.items() for row in _rows(ids[at], heat)])
    for at in sorted(seated.keys() | set(changed)):
        await _announce(session, played, at, seated.get(at), ids[at], now)
    retold = await _note_through(session, played, seated)
    shown = [played.heats[at] for at in sorted({*changed, *retold})]
    for heat in shown:
        heat.version += 1
    await show_heats(session, tournament, shown)


async def show_heats(session: WriteSession, tournament: Tournament, heats: Sequence[Heat]) -> list[HeatState]:
    """Show heats to the viewers of a tournament; the answer is what they are shown."""
    await session.flush()
    found = await heats_by_id(session, [heat.id for heat in heats])
    states = [found[heat.id] for heat in heats]
    for state in states:
        await show(session, tournament, heat=state)
    return states


def remembered_heat(stage: Stage, heat: EventHeat, seeds: Mapping[int, int]) -> HeatAside:
    """A heat of a file, remembered until it is drawn; `seeds` are those of its entrants in the stage."""
    results = {seeds[entrant]: games for entrant, games in heat.results.items()}
    return _remembered(stage, key_of((heat.round, heat.number), results), Aside(results, heat.finished_at))


def placed_heats(found: Course[int]) -> dict[Place, Drawn[int]]:
    """The heats that are drawn, by where they stand."""
    return {
        (round_, number): heat
        for round_, heats in enumerate(found.rounds, start=1)
        for number, heat in enumerate(heats, start=1)
    }


def is_other(played: PlayedHeats, at: Place, drawn: Drawn[int] | None) -> bool:
    """Whether others are to be in a heat than are now."""
    return played.results.get(at, {}).keys() != (set() if drawn is None else set(drawn.entrants))


def key_of(at: Place, seeds: Iterable[int]) -> HeatKey:
    """What a heat is remembered by: its round, and who is in it."""
    return at[0], frozenset(seeds)


def status_of(heat: Drawn[int]) -> HeatStatus:
    """Where a heat is in its life, by what is reported of it."""
    if heat.is_over:
        return HeatStatus.FINISHED
    return HeatStatus.LIVE if games_in(heat.results) else HeatStatus.READY


async def _announce(
    session: WriteSession, played: PlayedHeats, at: Place, drawn: Drawn[int] | None, heat_id: UUID, now: datetime
) -> None:
    """Record who has come into a heat, but for those who have left the event."""
    entrants, results = ((), {}) if drawn is None else (drawn.entrants, drawn.results)
    is_restored = games_in(results) > 0
    known = {seat.seed for seat in played.seats if seat.left_round is not None}
    if not is_restored:
        known |= played.results.get(at, {}).keys()
    fact = HeatDrawn(
        tournament_id=played.stage.tournament_id,
        heat_id=heat_id,
        entrants=tuple(played.entrants[seed].id for seed in entrants if seed not in known),
        is_restored=is_restored,
        is_first=at not in played.heats,
        at=now,
    )
    await outbox.record(session, fact)


def _told(
    at: Place, drawn: Drawn[int] | None, known: Mapping[HeatKey, Aside], now: datetime
) -> tuple[HeatStatus, datetime | None]:
    """The status of a heat with other people in it, and when it was over."""
    if drawn is None:
        return HeatStatus.SET_ASIDE, None
    status, before = status_of(drawn), known.get(key_of(at, drawn.entrants))
    if status is not HeatStatus.FINISHED:
        return status, None
    return status, now if before is None or before.finished_at is None else before.finished_at


async def _forget(session: WriteSession, played: PlayedHeats, keys: Iterable[HeatKey]) -> None:
    """Remember no longer what holds again."""
    digests = [_digest(key) for key in keys]
    if digests:
        of_stage = HeatAside.stage_id == played.stage.id
        await session.execute(delete(HeatAside).where(of_stage, HeatAside.digest.in_(digests)))


def _remembered(stage: Stage, key: HeatKey, aside: Aside) -> HeatAside:
    return HeatAside(
        stage_id=stage.id,
        digest=_digest(key),
        round=key[0],
        results=[[seed, stored_games(games)] for seed, games in sorted(aside.results.items())],
        finished_at=aside.finished_at,
    )


async def _note_through(session: WriteSession, played: PlayedHeats, seated: Mapping[Place, Drawn[int]]) -> list[Place]:
    """Write who goes on from each round. The answer is the heats of which that had been told otherwise."""
    found = played.course
    retold: list[Place] = []
    for round_, heats in enumerate(found.rounds, start=1):
        through = set(found.through[round_ - 1]) if round_ <= len(found.through) else None
        is_stale = False
        for number, heat in enumerate(heats, start=1):
            before = {} if (round_, number) in seated else played.through[round_, number]
            wanted = {seed: None if through is None else seed in through for seed in heat.entrants}
            if any(before.get(seed) != told for seed, told in wanted.items()):
                is_stale = True
                if any(told is not None for told in before.values()):
                    retold.append((round_, number))
        if is_stale:
            of_round = select(Heat.id).where(Heat.stage_id == played.stage.id, Heat.round == round_)
            value = None if through is None else HeatEntrant.seed.in_(through)
            await session.execute(
                update(HeatEntrant).where(HeatEntrant.heat_id.in_(of_round)).values(is_through=value),
                execution_options={"synchronize_session": False},
            )
    return retold


def _rows(heat_id: UUID, drawn: Drawn[int]) -> list[dict[str, Any]]:
    return [
        {"heat_id": heat_id, "seed": seed, "games": stored_games(games), "is_through": None}
        for seed, games in drawn.results.items()
    ]


def _place(heat: Heat) -> Place:
    return heat.round, heat.number


def _aside(row: HeatAside) -> Aside:
    return Aside({seed: games_from(games) for seed, games in row.results}, row.finished_at)


def _digest(key: HeatKey) -> str:
    round_, seeds = key
    return hashlib.sha256(f"{round_}:{sorted(seeds)}".encode()).hexdigest()
