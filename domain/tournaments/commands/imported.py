"""How an event that was played elsewhere becomes rows, as if it had been played here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain import matches
from domain.infra.db import WriteSession
from domain.infra.rows import insert_all
from domain.kernel.ids import new_id
from domain.kernel.participant import ParticipantKind
from domain.matches import MatchKind, MatchState, MatchStatus, Outcome, Slot
from domain.tournaments.commands.challenges import await_answers
from domain.tournaments.commands.change import count_entrants
from domain.tournaments.commands.ending import conclude
from domain.tournaments.commands.heats_played import draw_heats, heats_played, remembered_heat
from domain.tournaments.commands.making import Making
from domain.tournaments.commands.rungs import set_timers
from domain.tournaments.commands.stages import place, slot_of
from domain.tournaments.commands.vetoing import open_vetoes
from domain.tournaments.models import Entrant, Stage, StageBye, StageEntrant, Tournament
from domain.tournaments.queries import entrants_of, stages_of
from domain.tournaments.rules.events import DECIDED, Event, EventEntrant, EventGroup, EventMatch
from domain.tournaments.rules.events import Progress as MatchProgress
from domain.tournaments.rules.events.playable import PlayableStage
from domain.tournaments.rules.graph import MatchNode
from domain.tournaments.rules.progression import EMPTY, NodeStatus
from domain.tournaments.values import EntrantStatus, Seed, StageStatus, Structure, TournamentStatus

# Matches that are written together. Fewer cost more; after each so many it may be told how far the event is.
_AT_ONCE = 500


async def imported_event(
    session: WriteSession,
    tournament: Tournament,
    event: Event,
    stages: Sequence[PlayableStage],
    now: datetime,
    making: Making,
) -> None:
    """Let a new tournament be as far as its event, and go on from there. Everybody in it is a guest."""
    await _write_entrants(session, tournament, event, stages[0].field, now)
    entrants = {entrant.number: entrant for entrant in await entrants_of(session, tournament.id)}
    for row, stage in zip(await stages_of(session, tournament.id), stages, strict=True):
        if stage.field:
            await _write_stage(session, tournament, row, stage, entrants, now, making)
        await making.stage_made()
    tournament.status, tournament.started_at, tournament.is_published = TournamentStatus.RUNNING, now, True
    if any(stage.field and stage.plan.format.structure is not Structure.FREE_FOR_ALL for stage in stages):
        tournament.draw_id = new_id()
    await count_entrants(session, tournament)
    await conclude(session, tournament, now)


async def _write_entrants(
    session: WriteSession, tournament: Tournament, event: Event, field: Sequence[int], now: datetime
) -> None:
    seeds = {number: seed for seed, number in enumerate(field, 1)}
    ids = [new_id() for _ in event.entrants]
    rows = [
        {
            "id": guest_id,
            "tournament_id": tournament.id,
            "kind": ParticipantKind.GUEST,
            "participant_id": guest_id,
            "name": entrant.name,
            "number": entrant.number,
            "seed": seeds.get(entrant.number),
            "status": _status(entrant, is_in_field=entrant.number in seeds),
            "registered_at": now,
        }
        for guest_id, entrant in zip(ids, event.entrants, strict=True)
    ]
    await insert_all(session, Entrant, rows)


def _status(entrant: EventEntrant, *, is_in_field: bool) -> EntrantStatus:
    is_missing = entrant.status is EntrantStatus.PLAYING and not is_in_field
    return EntrantStatus.ABSENT if is_missing else entrant.status


async def _write_stage(
    session: WriteSession,
    tournament: Tournament,
    row: Stage,
    stage: PlayableStage,
    entrants: Mapping[int, Entrant],
    now: datetime,
    making: Making,
) -> None:
    by_seed = {seed: entrants[number] for seed, number in enumerate(stage.field, 1)}
    group = stage.group or EventGroup(())
    climbers = {climber.entrant: climber for climber in group.climbers}
    seats = [
        {
            "stage_id": row.id,
            "entrant_id": entrants[number].id,
            "seed": seed,
            "group_number": stage.groups.get(seed),
            "joined_at": climbers[number].joined_at if climbers else None,
            "left_at": climbers[number].left_at if climbers else None,
            "left_round": group.left.get(number),
        }
        for seed, number in enumerate(stage.field, 1)
    ]
    await insert_all(session, StageEntrant, seats)
    session.add_all(
        StageBye(
            stage_id=row.id,
            round=bye.round,
            seed=bye.seed,
            kind=bye.kind,
            worth=bye.worth,
            points=bye.points,
            earlier=bye.earlier,
        )
        for bye in stage.byes
    )
    seeds = {number: seed for seed, number in enumerate(stage.field, 1)}
    session.add_all(remembered_heat(row, heat, seeds) for heat in group.heats)
    await making.matches_made(len(group.heats))
    ids = {node.key: new_id() for node in stage.nodes}
    states = [_state(tournament, ids[node.key], node, stage, by_seed, now) for node in stage.nodes]
    made_at = {ids[key]: told.made_at for key, told in stage.told.items() if told.made_at is not None}
    for start in range(0, len(states), _AT_ONCE):
        some = states[start : start + _AT_ONCE]
        await matches.import_owned(session, some, now, made_at)
        await making.matches_made(len(some))
    await place(session, tournament, row, stage.nodes, ids)
    await open_vetoes(session, row, [state for state in states if state.status is MatchStatus.READY], now)
    row.status, row.closed_at = StageStatus.RUNNING, group.closed_at
    for played in await heats_played(session, [row]):
        await draw_heats(session, tournament, played, now)
    if row.is_endless:
        set_timers(session, row, now)
        open_ = [state.id for state in states if state.status is MatchStatus.READY]
        await await_answers(session, tournament, open_, now)


def _state(
    tournament: Tournament,
    match_id: UUID,
    node: MatchNode,
    stage: PlayableStage,
    by_seed: Mapping[int, Entrant],
    now: datetime,
) -> MatchState:
    """A match as the results of its event leave it."""
    told, folded, given = stage.told[node.key], stage.states.get(node.key), stage.plan.format
    sides = _seeds(node) if folded is None else folded.sides
    open_ = MatchState(
        id=match_id,
        owner_id=tournament.id,
        game_id=tournament.game_id,
        kind=MatchKind.TOURNAMENT,
        best_of=node.best_of or given.settings.best_of,
        scoring=given.settings.scoring,
        can_be_drawn=given.can_be_drawn,
        status=MatchStatus.PENDING,
        version=1,
        slots=(slot_of(sides[0], by_seed), slot_of(sides[1], by_seed)),
        games=(),
        report=None,
        dispute_reason=None,
        winner=None,
        outcome=None,
        started_at=None,
        finished_at=None,
        advantage=node.advantage,
    )
    if folded is not None and folded.status is NodeStatus.NOT_NEEDED:
        return replace(open_, status=MatchStatus.NOT_NEEDED, slots=(Slot(), Slot()))
    if None in sides:
        return open_
    if EMPTY in sides:
        assert folded is not None
        return _decided(open_, folded.winner_slot, Outcome.WALKOVER, told.finished_at or now)
    return _as_told(open_, told, now)


def _as_told(open_: MatchState, told: EventMatch, now: datetime) -> MatchState:
    """A match whose sides are known, as far as it has come."""
    if told.progress in DECIDED:
        decided = _decided(open_, told.winner, _outcome(told), told.finished_at or now)
        return _scored(decided, told) if decided.outcome is Outcome.PLAYED else decided
    if told.progress is MatchProgress.LIVE:
        return _scored(replace(open_, status=MatchStatus.LIVE, started_at=now), told)
    is_called_off = told.progress is MatchProgress.CALLED_OFF
    return replace(open_, status=MatchStatus.CANCELLED if is_called_off else MatchStatus.READY)


def _outcome(told: EventMatch) -> Outcome:
    if told.progress is MatchProgress.PLAYED:
        return Outcome.PLAYED
    return Outcome.DISQUALIFICATION if told.is_disqualification else Outcome.WALKOVER


def _seeds(node: MatchNode) -> tuple[int | None, int | None]:
    first, second = (source.number if isinstance(source, Seed) else None for source in node.sources)
    return first, second


def _decided(state: MatchState, winner: int | None, outcome: Outcome, now: datetime) -> MatchState:
    return replace(state, status=MatchStatus.FINISHED, winner=winner, outcome=outcome, finished_at=now)


def _scored(state: MatchState, told: EventMatch) -> MatchState:
    """The same with the score that is told. A running one begins at nil."""
    score = told.score or ((0, 0) if state.status is MatchStatus.LIVE else None)
    if score is None:
        return state
    first, second = (replace(slot, score=won) for slot, won in zip(state.slots, score, strict=True))
    return replace(state, slots=(first, second), games=told.games if state.status is MatchStatus.FINISHED else ())
