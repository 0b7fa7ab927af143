"""An official corrects a game of a heat, and later heats follow as if it had always been so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.ids import new_id
from domain.tournaments.commands.change import checked_reason
from domain.tournaments.commands.ending import conclude
from domain.tournaments.commands.heats import decidable
from domain.tournaments.commands.heats_played import (
    PlayedHeats,
    begun_stages,
    heats_played,
    is_other,
    key_of,
    placed_heats,
    show_heats,
)
from domain.tournaments.errors import GameNotReported, HeatsInUse, StageInUse
from domain.tournaments.events import HeatCorrected
from domain.tournaments.heat_values import HeatEffect, Reached
from domain.tournaments.models import HeatCorrection, Tournament
from domain.tournaments.queries import stages_of
from domain.tournaments.rules.free_for_all import Round, game_of, games_in, require_game
from domain.tournaments.rules.stages import passed_on
from domain.tournaments.values import Effect, StageStatus, TournamentStatus


@dataclass(frozen=True, slots=True)
class CorrectHeat:
    """Another result for a game of a heat, and why: of everybody who took part in it.

    `dry_run` changes nothing and answers what would happen. `force` accepts that later heats of which games have been
    reported are set aside.
    """

    heat_id: UUID
    version: int
    game: int
    results: Mapping[UUID, Reached]
    reason: str
    now: datetime
    dry_run: bool = False
    force: bool = False


async def correct_heat(session: WriteSession, actor: Actor, command: CorrectHeat) -> HeatCorrection:
    """Replace the result of a game of a heat as an official, and let the heats of later rounds follow.

    Raises:
        HeatNotFound, Unauthenticated, NotAnOfficial, OwnMatch, WrongTournamentStatus, StaleVersion, InvalidInput.
        GameNotReported: the game has no result yet.
        StageInUse: others would have gone on to a stage that has begun.
        HeatsInUse: it would set aside what was reported, and neither `force` nor `dry_run` was said.
    """
    statuses = TournamentStatus.RUNNING, TournamentStatus.FINISHED
    held_heat = await decidable(session, actor, command.heat_id, command.version, *statuses)
    heat, before = held_heat.heat, held_heat.results
    if not 1 <= command.game <= games_in(before):
        raise GameNotReported(games_in(before))
    reason = checked_reason(command.reason)
    game = held_heat.game_from(command.results)
    require_game(game, game_of(before, command.game), "results")
    results = {seed: _with_game(games, command.game, game.get(seed)) for seed, games in before.items()}
    (played,) = await heats_played(session, [held_heat.stage])
    corrected = played.with_results((heat.round, heat.number), results)
    effects = _effects(played, corrected, heat.round)
    in_use = [effect for effect in effects if effect.is_play_set_aside]
    if in_use and not command.force and not command.dry_run:
        raise HeatsInUse(in_use)
    await _require_same_arrivals(session, held_heat.tournament, played, corrected)
    correction = HeatCorrection(
        id=new_id(),
        heat_id=heat.id,
        game=command.game,
        actor_id=actor.user_id,
        reason=reason,
        effects=msgspec.to_builtins(effects),
        corrected_at=command.now,
    )
    if not command.dry_run:
        session.add(correction)
        held_heat.write(results)
        heat.version += 1
        await show_heats(session, held_heat.tournament, [heat])
        fact = HeatCorrected(
            tournament_id=held_heat.tournament.id, heat_id=heat.id, reason=reason, effects=tuple(effects)
        )
        await outbox.record(session, fact)
        await conclude(session, held_heat.tournament, command.now)
    return correction


def _with_game(games: tuple[Reached, ...], number: int, reached: Reached | None) -> tuple[Reached, ...]:
    """The games of somebody with another result in one of them; None: they took no part in it."""
    return games if reached is None else (*games[: number - 1], reached, *games[number:])


def _effects(before: PlayedHeats, after: PlayedHeats, round_: int) -> list[HeatEffect]:
    """What happens to the heats of later rounds when what is played in a free-for-all is another."""
    drawn = placed_heats(after.course)
    kept = {key_of(at, heat.entrants) for at, heat in drawn.items()}
    ids = {seed: entrant.id for seed, entrant in before.entrants.items()}
    effects: list[HeatEffect] = []
    for at in sorted(at for at in before.heats if at[0] > round_):
        present, coming = before.results.get(at, {}), drawn.get(at)
        now_in: Round[int] = {} if coming is None else coming.results
        if not present and not now_in:
            continue
        is_begun = games_in(present) > 0
        if not is_other(before, at, coming):
            effect = Effect.STAY
        elif games_in(now_in):
            effect = Effect.REPLAY
        else:
            effect = Effect.RESET if is_begun else Effect.RESEAT
        effects.append(
            HeatEffect(
                heat_id=before.heats[at].id,
                effect=effect,
                is_play_set_aside=is_begun and key_of(at, present) not in kept,
                before=tuple(ids[seed] for seed in sorted(present)),
                after=tuple(ids[seed] for seed in sorted(now_in)),
            )
        )
    return effects


async def _require_same_arrivals(
    session: WriteSession, tournament: Tournament, before: PlayedHeats, after: PlayedHeats
) -> None:
    """Let the correction only pass when those who went on to stages that have begun would have gone on as well.

    Raises:
        StageInUse: others would have.
    """
    stages = await stages_of(session, tournament.id)
    begun = await begun_stages(session, tournament, stages)
    for later in stages:
        for source in later.entered_from:
            if later.status is StageStatus.PENDING or source.stage != before.stage.number:
                continue
            if not after.is_over or passed_on(source, before.order(begun)) != passed_on(source, after.order(begun)):
                raise StageInUse(later.number)
