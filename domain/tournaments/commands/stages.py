"""How a stage begins: who plays in it, and the matches that it draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from domain import matches
from domain.infra.db import WriteSession
from domain.infra.rows import insert_all
from domain.kernel.ids import new_id
from domain.matches import OwnedMatch, Slot
from domain.tournaments.models import BracketMatch, Entrant, Stage, StageEntrant, Tournament
from domain.tournaments.queries import source_text
from domain.tournaments.rules.formats import graph_of
from domain.tournaments.rules.graph import MatchNode
from domain.tournaments.rules.progression import EMPTY
from domain.tournaments.values import Seed, Source, StageStatus


async def start_stage(
    session: WriteSession, tournament: Tournament, stage: Stage, field: Sequence[Entrant], now: datetime
) -> None:
    """Begin a stage with these, seed 1 first."""
    graph = graph_of(stage.format, len(field))
    seeds = enumerate(field, start=1)
    players = [{"stage_id": stage.id, "entrant_id": entrant.id, "seed": seed} for seed, entrant in seeds]
    await insert_all(session, StageEntrant, players)
    await draw(session, tournament, stage, graph.matches, dict(enumerate(field, start=1)), now)
    stage.status = StageStatus.RUNNING


async def draw(
    session: WriteSession,
    tournament: Tournament,
    stage: Stage,
    nodes: Sequence[MatchNode],
    field: Mapping[int, Entrant],
    now: datetime,
) -> None:
    """Create the matches of these nodes, after those that there are already."""
    best_of = stage.format.settings.best_of
    ids = {node.key: new_id() for node in nodes}
    await matches.create_owned(
        session,
        tournament.id,
        tournament.game_id,
        [
            OwnedMatch(
                ids[node.key],
                node.best_of or best_of,
                (_opening_slot(node.first, field), _opening_slot(node.second, field)),
                node.advantage,
            )
            for node in nodes
        ],
        now,
    )
    before = select(func.count()).where(BracketMatch.tournament_id == tournament.id)
    first = await session.scalar(before) or 0
    places = [
        {
            "match_id": ids[node.key],
            "tournament_id": tournament.id,
            "stage_id": stage.id,
            "ordinal": ordinal,
            "key": node.key,
            "side": node.side,
            "round": node.round,
            "position": node.position,
            "first": source_text(node.first),
            "second": source_text(node.second),
            "is_reset": node.is_reset,
        }
        for ordinal, node in enumerate(nodes, start=first)
    ]
    await insert_all(session, BracketMatch, places)
    tournament.draw_id = new_id()


def _opening_slot(source: Source, field: Mapping[int, Entrant]) -> Slot:
    return seat_of(field[source.number], source.number) if isinstance(source, Seed) else Slot()


def slot_of(seed: int | None, field: Mapping[int, Entrant]) -> Slot:
    """The side of a match with a seed, with nobody (EMPTY), or with somebody who is not known yet (None)."""
    if seed is None:
        return Slot()
    return Slot(is_empty=True) if seed == EMPTY else seat_of(field[seed], seed)


def seat_of(entrant: Entrant, seed: int) -> Slot:
    """An entrant as one side of a match, with the seed that they have in its stage."""
    return Slot(entrant.kind, entrant.participant_id, entrant.name, seed)
