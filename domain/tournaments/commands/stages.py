"""How a stage begins: who plays in it, and the matches that it draws."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select

from domain import matches
from domain.infra.db import WriteSession
from domain.infra.rows import insert_all
from domain.kernel.ids import new_id
from domain.matches import Match, MatchStatus, OwnedMatch, Slot
from domain.tournaments.commands.heats_played import draw_heats, heats_played
from domain.tournaments.commands.leave import forfeit_if_gone
from domain.tournaments.commands.rungs import set_timers
from domain.tournaments.commands.vetoing import open_vetoes
from domain.tournaments.models import BracketMatch, Entrant, Stage, StageBye, StageEntrant, Tournament
from domain.tournaments.queries import requested_byes, source_text
from domain.tournaments.rules.formats import Swiss, graph_of, groups_of, nodes_with_lengths
from domain.tournaments.rules.graph import MatchNode
from domain.tournaments.rules.progression import EMPTY
from domain.tournaments.rules.swiss import PairedRound
from domain.tournaments.rules.swiss_rounds import next_round, nodes_of, pairing_of
from domain.tournaments.rules.tables import Group
from domain.tournaments.values import GONE, Pairing, Seed, Source, StageStatus, Structure


async def start_stage(
    session: WriteSession, tournament: Tournament, stage: Stage, field: Sequence[Entrant], now: datetime
) -> None:
    """Begin a stage with these, seed 1 first."""
    given = stage.format
    groups = groups_of(given, len(field))
    by_seed = dict(enumerate(field, start=1))
    is_ladder, is_in_heats = given.structure is Structure.LADDER, given.structure is Structure.FREE_FOR_ALL
    players = [
        {
            "stage_id": stage.id,
            "entrant_id": entrant.id,
            "seed": seed,
            "group_number": groups.get(seed),
            "joined_at": now if is_ladder else None,
            "left_at": now if is_ladder and entrant.status in GONE else None,
            "left_round": 1 if is_in_heats and entrant.status in GONE else None,
        }
        for seed, entrant in by_seed.items()
    ]
    await insert_all(session, StageEntrant, players)
    stage.status = StageStatus.RUNNING
    if is_in_heats:
        (played,) = await heats_played(session, [stage])
        await draw_heats(session, tournament, played, now)
        return
    if isinstance(given.settings, Swiss):
        # Whoever has left meanwhile is paired once, so that there is a round in any case.
        opening = Group(list(by_seed), (), is_predetermined=False, planned=given.settings.planned(len(field)))
        requested = await requested_byes(session, stage.id, 1)
        paired = await asyncio.to_thread(next_round, given.settings, opening, requested)
        assert isinstance(paired, PairedRound)
        drawn = await draw_round(session, tournament, stage, paired, by_seed, now)
    else:
        drawn = await draw(session, tournament, stage, graph_of(given, len(field)).matches, by_seed, now)
    set_timers(session, stage, now)
    if any(entrant.status in GONE for entrant in field):
        for state in (await matches.states_by_id(session, drawn)).values():
            await forfeit_if_gone(session, tournament.id, state, now)


async def draw_round(
    session: WriteSession,
    tournament: Tournament,
    stage: Stage,
    paired: PairedRound,
    field: Mapping[int, Entrant],
    now: datetime,
) -> list[UUID]:
    """Let a Swiss round be as it is paired, and note who sits out. The answer is the matches that are new.

    Those that it had before, begun by nobody, get the sides that they have now; those that it has no more are not
    needed, until it is paired with as many again.
    """
    settings = stage.format.settings
    assert isinstance(settings, Swiss)
    nodes = nodes_of(paired)
    pairings = {node.key: pairing_of(board) for node, board in zip(nodes, paired.boards, strict=True)}
    had = await _matches_of_round(session, stage, paired.number)
    for key in had.keys() - pairings.keys():
        if had[key][1].status is not MatchStatus.NOT_NEEDED:
            await matches.close_unneeded(session, had[key][1].id, now)
    for node in nodes:
        if node.key in had:
            await _pair_again(session, stage, *had[node.key], node, pairings[node.key], field, now)
    of_round = StageBye.stage_id == stage.id, StageBye.round == paired.number
    await session.execute(delete(StageBye).where(*of_round))
    session.add_all(
        StageBye(
            stage_id=stage.id,
            round=paired.number,
            seed=bye.number,
            kind=bye.kind,
            worth=settings.ranking.scoring.of_bye(bye.kind),
            points=bye.points,
            earlier=bye.earlier,
        )
        for bye in paired.byes
    )
    new = [node for node in nodes if node.key not in had]
    return await draw(session, tournament, stage, new, field, now, pairings)


async def _matches_of_round(session: WriteSession, stage: Stage, number: int) -> dict[str, tuple[BracketMatch, Match]]:
    """The matches that a round has or has had, by key."""
    statement = (
        select(BracketMatch, Match)
        .join(Match, Match.id == BracketMatch.match_id)
        .where(BracketMatch.stage_id == stage.id, BracketMatch.round == number)
        .order_by(BracketMatch.ordinal)
    )
    return {place.key: (place, match) for place, match in await session.execute(statement)}


async def _pair_again(
    session: WriteSession,
    stage: Stage,
    place: BracketMatch,
    match: Match,
    node: MatchNode,
    pairing: Pairing,
    field: Mapping[int, Entrant],
    now: datetime,
) -> None:
    """Let a match that nobody has begun be between these sides, for this reason."""
    place.first, place.second = source_text(node.first), source_text(node.second)
    place.pairing = msgspec.to_builtins(pairing)
    sides = [_opening_slot(source, field) for source in node.sources]
    other = {slot: side for slot, side in enumerate(sides) if side.seed != match.slots[slot].seed}
    if other:
        seated = await matches.seat(session, match.id, other, now)
        await open_vetoes(session, stage, [seated.state], now)


async def draw(
    session: WriteSession,
    tournament: Tournament,
    stage: Stage,
    nodes: Sequence[MatchNode],
    field: Mapping[int, Entrant],
    now: datetime,
    pairings: Mapping[str, Pairing] = MappingProxyType({}),
) -> list[UUID]:
    """Create the matches of these nodes, after those that there are already."""
    given = stage.format
    nodes = nodes_with_lengths(given, nodes, len(field))
    ids = {node.key: new_id() for node in nodes}
    drawn = [
        OwnedMatch(
            ids[node.key],
            node.best_of or given.settings.best_of,
            (_opening_slot(node.first, field), _opening_slot(node.second, field)),
            node.advantage,
            given.settings.scoring,
            given.can_be_drawn,
        )
        for node in nodes
    ]
    await matches.create_owned(session, tournament.id, tournament.game_id, drawn, now)
    await open_vetoes(session, stage, drawn, now)
    await place(session, tournament, stage, nodes, ids, pairings)
    tournament.draw_id = new_id()
    return list(ids.values())


async def place(
    session: WriteSession,
    tournament: Tournament,
    stage: Stage,
    nodes: Sequence[MatchNode],
    ids: Mapping[str, UUID],
    pairings: Mapping[str, Pairing] = MappingProxyType({}),
) -> None:
    """Note where matches stand, which have these ids by key, after those that there are already."""
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
            "group_number": node.group,
            "round": node.round,
            "position": node.position,
            "first": source_text(node.first),
            "second": source_text(node.second),
            "is_reset": node.is_reset,
            "pairing": msgspec.to_builtins(pairings[node.key]) if node.key in pairings else None,
        }
        for ordinal, node in enumerate(nodes, start=first)
    ]
    await insert_all(session, BracketMatch, places)


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
