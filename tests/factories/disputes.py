"""Disputed matches for tests."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from domain import disputes, matches
from domain.disputes import CallReferee, DisputeEntry, DisputeRoom, PostDisputeMessage, SeenRoom
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.paging import PageRequest
from domain.matches import DisputeResult, MatchState, ReportResult
from tests.factories.deadlines import Cup, state_of
from tests.factories.teams import NOW, run
from tests.factories.tournaments import bracket


async def dispute(cup: Cup, key: str = "U1.1") -> MatchState:
    """Let slot 0 report a result and slot 1 dispute it."""
    state = (await bracket(cup.db, cup.tournament.id))[key]
    first, second = cup.sides(state)
    report = ReportResult(state.id, state.version, (2, 0), NOW)
    version = (await run(cup.db, matches.report_result, first, report)).version
    await run(cup.db, matches.dispute_result, second, DisputeResult(state.id, version, "It was 1:2.", NOW))
    return await state_of(cup.db, state.id)


async def call_referee(db: Database, actor: Actor, match_id: UUID, reason: str = "They are late.") -> DisputeRoom:
    """Let a side call a referee."""
    command = CallReferee(match_id=match_id, reason=reason, now=NOW)
    return await run(db, disputes.call_referee, actor, command)


async def post(db: Database, actor: Actor, match_id: UUID, text: str = "Look!", **given: Any) -> DisputeEntry:
    """Write into the room of a match."""
    command = PostDisputeMessage(match_id=match_id, text=text, now=NOW, **given)
    return (await run(db, disputes.post_dispute_message, actor, command)).entry


async def room_of(db: Database, actor: Actor, match_id: UUID) -> SeenRoom | None:
    """The room of a match as somebody sees it."""
    async with db.read() as session:
        return (await disputes.rooms_of_matches(session, [(actor, match_id)])).get((actor, match_id))


async def said_in(db: Database, room_id: UUID) -> list[tuple[str, int | None, str | None]]:
    """The kind, slot and text of everything in a room."""
    async with db.read() as session:
        found = await disputes.entries_after(session, room_id, 0, 1000)
    assert [entry.sequence for entry in found] == list(range(1, len(found) + 1))
    return [(entry.kind.value, entry.slot, entry.text) for entry in found]


async def open_rooms(db: Database, actor: Actor, tournament_id: UUID) -> list[SeenRoom]:
    """The open rooms of a tournament that somebody sees, oldest first."""
    async with db.read() as session:
        page = await disputes.open_rooms(session, actor, tournament_id, PageRequest(size=100))
    return [room for room, _ in page.rows]
