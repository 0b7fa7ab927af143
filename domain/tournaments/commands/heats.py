"""Heats are reported game by game, and left by who leaves the event."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain import accounts, matches
from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput, StaleVersion
from domain.tournaments import policies
from domain.tournaments.commands.change import held, require_status
from domain.tournaments.commands.ending import conclude
from domain.tournaments.commands.heats_played import show_heats
from domain.tournaments.commands.stages import seat_of
from domain.tournaments.errors import HeatNotFound, HeatOver
from domain.tournaments.events import HeatPlayed
from domain.tournaments.heat_values import OPEN_HEATS, FreeForAll, HeatStatus, Reached
from domain.tournaments.models import Entrant, Heat, HeatEntrant, Stage, StageEntrant, Tournament
from domain.tournaments.queries import count_open_heats, games_from, stored_games
from domain.tournaments.rules.free_for_all import Round, games_in, require_game
from domain.tournaments.values import StageStatus, TournamentStatus


@dataclass(frozen=True, slots=True)
class ReportHeat:
    """How the next game of a heat ended: the place and the score of everybody in it who has not left."""

    heat_id: UUID
    version: int
    results: Mapping[UUID, Reached]
    now: datetime


async def report_heat(session: WriteSession, actor: Actor, command: ReportHeat) -> Heat:
    """Report the next game of a heat, as an official who does not play in it. The last one of a round draws the next.

    Raises:
        HeatNotFound, Unauthenticated, NotAnOfficial, WrongTournamentStatus, StaleVersion, HeatOver, InvalidInput.
        OwnMatch: the actor plays in it.
    """
    held_heat = await decidable(session, actor, command.heat_id, command.version, TournamentStatus.RUNNING)
    heat = held_heat.heat
    if heat.status not in OPEN_HEATS:
        raise HeatOver
    game = held_heat.game_from(command.results)
    require_game(game, held_heat.staying, "results")
    results = {seed: (*games, game[seed]) if seed in game else games for seed, games in held_heat.results.items()}
    held_heat.write(results)
    is_over = games_in(results) == held_heat.terms.games
    heat.status, heat.finished_at = (HeatStatus.FINISHED, command.now) if is_over else (HeatStatus.LIVE, None)
    heat.version += 1
    (state,) = await show_heats(session, held_heat.tournament, [heat])
    fact = HeatPlayed(tournament_id=heat.tournament_id, heat=state, is_report=True, at=command.now)
    await outbox.record(session, fact)
    if is_over:
        await _go_on(session, held_heat.tournament, heat, command.now)
    return heat


@dataclass(frozen=True, slots=True)
class HeldHeat:
    """A heat that is held with its event, its stage, and who is in it, by seed."""

    tournament: Tournament
    stage: Stage
    heat: Heat
    rows: Mapping[int, HeatEntrant]
    seats: Mapping[int, StageEntrant]
    entrants: Mapping[int, Entrant]

    @property
    def terms(self) -> FreeForAll:
        """How its stage is played."""
        settings = self.stage.format.settings
        assert isinstance(settings, FreeForAll)
        return settings

    @property
    def results(self) -> Round[int]:
        """What everybody has reached so far."""
        return {seed: games_from(row.games) for seed, row in self.rows.items()}

    @property
    def staying(self) -> set[int]:
        """Who in it has not left."""
        return {seed for seed, seat in self.seats.items() if seat.left_round is None}

    def game_from(self, results: Mapping[UUID, Reached]) -> dict[int, Reached]:
        """The result of a game by seed, of that by the keys of entrants.

        Raises:
            InvalidInput: one of them is not in the heat.
        """
        seeds = {entrant.id: seed for seed, entrant in self.entrants.items()}
        if not results.keys() <= seeds.keys():
            raise InvalidInput("Some of these entrants are not in this heat.", "results")
        return {seeds[key]: reached for key, reached in results.items()}

    def write(self, results: Round[int]) -> None:
        """Store what everybody has reached."""
        for seed, games in results.items():
            self.rows[seed].games = stored_games(games)


async def decidable(
    session: WriteSession, actor: Actor, heat_id: UUID, version: int, *statuses: TournamentStatus
) -> HeldHeat:
    """A heat, held, for an official who does not play in it.

    Raises:
        HeatNotFound, Unauthenticated, NotAnOfficial, WrongTournamentStatus, StaleVersion.
        OwnMatch: the actor plays in it.
    """
    tournament_id = await session.scalar(select(Heat.tournament_id).where(Heat.id == heat_id))
    if tournament_id is None:
        raise HeatNotFound
    tournament = await held(session, tournament_id)
    found = await _held_heat(session, tournament, heat_id)
    await _require_official(session, actor, tournament)
    await _require_not_in(session, actor, found.tournament.id, found.entrants)
    require_status(tournament, *statuses)
    if found.heat.version != version:
        raise StaleVersion("heat", found.heat.version)
    return found


async def leave_heats(
    session: WriteSession, actor: Actor, tournament: Tournament, entrant: Entrant, now: datetime
) -> None:
    """Let an entrant who leaves play no further heat: what they have reached stands, others take their place.

    Raises:
        OwnMatch: the actor plays in the same heat, which is not over.
    """
    in_heats = (
        select(StageEntrant, Stage, Heat)
        .join(Stage, Stage.id == StageEntrant.stage_id)
        .join(Heat, Heat.stage_id == Stage.id)
        .join(HeatEntrant, (HeatEntrant.heat_id == Heat.id) & (HeatEntrant.seed == StageEntrant.seed))
        .where(StageEntrant.entrant_id == entrant.id)
        .order_by(Stage.number, Heat.round)
    )
    last = {stage.id: (seat, stage, heat) for seat, stage, heat in await session.execute(in_heats)}
    for seat, stage, heat in last.values():
        seat.left_round = heat.round
        if stage.status is StageStatus.RUNNING:
            await _leave_heat(session, actor, tournament, heat, seat, now)


async def _leave_heat(
    session: WriteSession, actor: Actor, tournament: Tournament, heat: Heat, seat: StageEntrant, now: datetime
) -> None:
    """Show that somebody has left the last heat that they are in, which is over when nobody else is to play on."""
    found = await _held_heat(session, tournament, heat.id)
    was_open = heat.status in OPEN_HEATS
    if was_open:
        others = {seed: entrant for seed, entrant in found.entrants.items() if seed != seat.seed}
        await _require_not_in(session, actor, tournament.id, others)
        if not found.staying:
            heat.status, heat.finished_at = HeatStatus.FINISHED, now
    heat.version += 1
    (state,) = await show_heats(session, tournament, [heat])
    if was_open:
        await outbox.record(session, HeatPlayed(tournament_id=tournament.id, heat=state, is_report=False, at=now))
    if was_open and heat.status is HeatStatus.FINISHED:
        await _go_on(session, tournament, heat, now)


async def _go_on(session: WriteSession, tournament: Tournament, heat: Heat, now: datetime) -> None:
    """Go on with the event when this was the last heat of its round."""
    if await count_open_heats(session, heat.stage_id, of_stage=True) == 0:
        await conclude(session, tournament, now)


async def _held_heat(session: WriteSession, tournament: Tournament, heat_id: UUID) -> HeldHeat:
    heat = await session.get_one(Heat, heat_id, populate_existing=True)
    statement = (
        select(HeatEntrant, StageEntrant, Entrant)
        .join(StageEntrant, (StageEntrant.stage_id == heat.stage_id) & (StageEntrant.seed == HeatEntrant.seed))
        .join(Entrant, Entrant.id == StageEntrant.entrant_id)
        .where(HeatEntrant.heat_id == heat_id)
        .order_by(HeatEntrant.seed)
    )
    found = (await session.execute(statement)).all()
    return HeldHeat(
        tournament,
        await session.get_one(Stage, heat.stage_id),
        heat,
        {row.seed: row for row, _, _ in found},
        {seat.seed: seat for _, seat, _ in found},
        {seat.seed: entrant for _, seat, entrant in found},
    )


async def _require_official(session: WriteSession, actor: Actor, tournament: Tournament) -> None:
    user_id = actor.require_user()
    await policies.require_visible(session, actor, tournament)
    is_official = actor.is_admin or await accounts.has_grant(session, user_id, tournament.id, *matches.DECIDING)
    if not is_official:
        raise matches.NotAnOfficial


async def _require_not_in(
    session: WriteSession, actor: Actor, tournament_id: UUID, entrants: Mapping[int, Entrant]
) -> None:
    sides: Collection[matches.Slot] = [seat_of(entrant, seed) for seed, entrant in entrants.items()]
    await matches.require_not_playing(session, actor, matches.MatchKind.TOURNAMENT, tournament_id, sides)
