"""The last round of a Swiss, while nobody has begun it: it follows when a result before it is corrected."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.infra.db import WriteSession
from domain.matches import MatchState
from domain.tournaments.commands.memory import sides_of
from domain.tournaments.commands.played import Played, stages_played
from domain.tournaments.commands.stages import draw_round
from domain.tournaments.errors import RoundPaired
from domain.tournaments.models import Stage, Tournament
from domain.tournaments.queries import BracketIndex
from domain.tournaments.rules.correction import Consequence, paired_otherwise
from domain.tournaments.rules.formats import Swiss
from domain.tournaments.rules.progression import Sides
from domain.tournaments.rules.swiss import PairedRound
from domain.tournaments.rules.swiss_rounds import nodes_of, paired_again, waiting_round


@dataclass(frozen=True, slots=True)
class WaitingRound:
    """A round that nobody has begun, with the sides of its matches as they are, and `paired` by another result."""

    played: Played
    sides: Mapping[str, Sides]
    paired: PairedRound

    @property
    def changes(self) -> list[Consequence]:
        """What happens to each match that it has."""
        boards = zip(nodes_of(self.paired), self.paired.boards, strict=True)
        after = {node.key: (board.first.number, board.second.number) for node, board in boards}
        return paired_otherwise(self.sides, after)

    async def draw(self, session: WriteSession, tournament: Tournament, now: datetime) -> None:
        """Let it be so."""
        await draw_round(session, tournament, self.played.stage, self.paired, self.played.entrants, now)


async def waiting_after(
    session: WriteSession, tournament: Tournament, index: BracketIndex, corrected: MatchState
) -> WaitingRound | None:
    """The waiting round of a Swiss when a match before it has this result; None when there is none.

    One that was not paired here, but imported, does not follow.
    """
    stage = await session.get_one(Stage, index.stage_id)
    settings = stage.format.settings
    if not isinstance(settings, Swiss):
        return None
    (played,) = await stages_played(session, tournament, [stage])
    number = waiting_round(played.groups[1])
    if number is None or index.places[corrected.id].round >= number:
        return None
    places = [place for place in index.places.values() if place.round == number]
    if any(place.pairing is None for place in places):
        return None
    after = played.with_states({corrected.id: corrected}).groups[1]
    paired = await asyncio.to_thread(paired_again, settings, after, number)
    return WaitingRound(played, {place.key: sides_of(played.states[place.match_id]) for place in places}, paired)


def require_no_round_kept(index: BracketIndex, match_id: UUID, waiting: WaitingRound | None) -> None:
    """Refuse to correct a match by whose result a round was paired that would stay as it is.

    Raises:
        RoundPaired: there is one.
    """
    follows = None if waiting is None else waiting.paired.number
    number = index.places[match_id].round
    kept = {place.round for place in index.places.values() if place.pairing is not None} - {follows}
    later = [round_ for round_ in kept if round_ > number]
    if later:
        raise RoundPaired(min(later))
