"""What facts about heats mean for notifications."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from domain import tournaments
from domain.infra.db import WriteSession
from domain.notifications.commands import Note, notify
from domain.notifications.values import NotificationKind
from domain.tournaments import Effect, HeatCorrected, HeatDrawn, HeatPlayed, HeatState, HeatStatus


async def on_heat_drawn(session: WriteSession, event_id: UUID, event: HeatDrawn) -> None:
    """Tell everyone who has come into it, or in whose heat what was played counts again."""
    heat = (await tournaments.heats_by_id(session, [event.heat_id]))[event.heat_id]
    about = await _about(session, heat)
    kind = NotificationKind.HEAT_RESTORED if event.is_restored else NotificationKind.HEAT_READY
    await _tell(session, event_id, kind, dict.fromkeys(event.entrants, about))


async def on_heat_finished(session: WriteSession, event_id: UUID, event: HeatPlayed) -> None:
    """Tell everyone who played in it where they came in, if it is over."""
    if event.heat.status is not HeatStatus.FINISHED:
        return
    about = {**await _about(session, event.heat), "size": len(event.heat.seats)}
    told = {
        seat.entrant_id: {**about, "place": seat.place, "points": seat.points}
        for seat in event.heat.seats
        if seat.place is not None
    }
    await _tell(session, event_id, NotificationKind.HEAT_FINISHED, told)


async def on_heat_corrected(session: WriteSession, event_id: UUID, event: HeatCorrected) -> None:
    """Tell everyone whose play was set aside, and everyone who plays no further; of several heats the first counts."""
    heats = await tournaments.heats_by_id(session, [effect.heat_id for effect in event.effects])
    playing: dict[int, set[UUID]] = defaultdict(set)
    restored: set[UUID] = set()
    for effect in event.effects:
        playing[heats[effect.heat_id].round].update(effect.after)
        restored.update(effect.after if effect.effect is Effect.REPLAY else ())
    told: dict[UUID, dict[str, Any]] = {}
    for effect in event.effects:
        heat = heats[effect.heat_id]
        data = {**await _about(session, heat), "reason": event.reason, "was_played": effect.is_play_set_aside}
        for entrant_id in effect.before:
            plays_again = entrant_id in playing[heat.round]
            if effect.is_play_set_aside or not plays_again:
                told.setdefault(entrant_id, {**data, "plays_again": plays_again and entrant_id not in restored})
    await _tell(session, event_id, NotificationKind.HEAT_RESET, told)


async def _about(session: WriteSession, heat: HeatState) -> dict[str, Any]:
    event = (await tournaments.tournaments_by_id(session, [heat.tournament_id]))[heat.tournament_id]
    return {
        "heat_id": str(heat.id),
        "round": heat.round,
        "number": heat.number,
        "tournament_id": str(event.id),
        "tournament": event.name,
    }


async def _tell(
    session: WriteSession, event_id: UUID, kind: NotificationKind, told: dict[UUID, dict[str, Any]]
) -> None:
    """Tell everyone who plays for these entrants."""
    players = await tournaments.players_of(session, list(told))
    notes = [Note(one, data) for entrant_id, data in told.items() for one in players[entrant_id]]
    await notify(session, event_id, kind, notes)
