"""Everybody at the same instant: whoever comes first is right, and the match has one end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from domain import deadlines, matches
from domain.deadlines import CheckInTimeEnded, ConfirmationTimeEnded
from domain.infra.db import Database
from domain.kernel.errors import DomainError
from domain.matches import ConfirmResult, DisputeResult, MatchStatus, Outcome, ReportResult
from tests.factories.deadlines import check_in, check_in_of, log_of, make_cup, state_of
from tests.factories.teams import NOW, run
from tests.factories.tournaments import bracket

DEADLINE = NOW + timedelta(minutes=10)
JUST_BEFORE = DEADLINE - timedelta(seconds=1)


async def _said(work: Awaitable[Any]) -> str:
    try:
        await work
    except DomainError as refusal:
        return refusal.code
    return "DONE"


async def test_both_sides_check_in_while_the_deadline_comes(db: Database) -> None:
    cup = await make_cup(db, 32)
    found = [state for key, state in (await bracket(db, cup.tournament.id)).items() if key.startswith("U1.")]
    work = []
    for number, state in enumerate(found):
        ended = CheckInTimeEnded(tournament_id=cup.tournament.id, match_id=state.id, at=DEADLINE)
        players = [check_in(db, player, state.id, now=JUST_BEFORE) for player in cup.sides(state)]
        timer = db.transaction(lambda session, ended=ended: deadlines.end_check_in(session, ended))  # type: ignore[misc]
        work += (
            [timer, *players]
            if number % 3 == 0
            else [players[0], timer, players[1]]
            if number % 3 == 1
            else [
                *players,
                timer,
            ]
        )
    said = Counter(await asyncio.gather(*map(_said, work)))
    assert said["DONE"] + said["NO_CHECK_IN"] == len(work)
    for state in found:
        over, seen = await state_of(db, state.id), await check_in_of(db, state.id)
        assert seen is not None
        kinds = Counter(kind for kind, _ in await log_of(db, state.id))
        if over.status is MatchStatus.LIVE:
            assert (seen.absent, kinds["STARTED"], kinds["FINISHED"]) == ((), 1, 0)
        else:
            winner = None if len(seen.absent) == 2 else 1 - seen.absent[0]
            assert (over.outcome, over.winner, kinds["FINISHED"]) == (Outcome.WALKOVER, winner, 1)


async def test_an_answer_and_the_timer_at_once_end_a_match_once(db: Database) -> None:
    cup = await make_cup(db, 16, check_in=None, confirmation=10)
    found = [state for key, state in (await bracket(db, cup.tournament.id)).items() if key.startswith("U1.")]
    work: list[Awaitable[Any]] = []
    for number, state in enumerate(found):
        report = ReportResult(state.id, state.version, (2, 0), NOW)
        version = (await run(db, matches.report_result, cup.sides(state)[0], report)).version
        ended = ConfirmationTimeEnded(tournament_id=cup.tournament.id, match_id=state.id, version=version, at=DEADLINE)
        timer = db.transaction(lambda session, ended=ended: deadlines.end_confirmation(session, ended))  # type: ignore[misc]
        other = cup.sides(state)[1]
        if number % 2:
            answer: Awaitable[Any] = run(db, matches.confirm_result, other, ConfirmResult(state.id, version, DEADLINE))
        else:
            dispute = DisputeResult(state.id, version, "no", DEADLINE)
            answer = run(db, matches.dispute_result, other, dispute)
        work += [timer, answer] if number % 4 < 2 else [answer, timer]
    said = await asyncio.gather(*map(_said, work))
    assert set(said) <= {"DONE", "STALE_VERSION"}
    for number, state in enumerate(found):
        over = await state_of(db, state.id)
        kinds = Counter(kind for kind, _ in await log_of(db, state.id))
        assert kinds["CONFIRMED"] + kinds["DISPUTED"] == 1
        if number % 2:
            assert (over.status, over.winner) == (MatchStatus.FINISHED, 0)
        else:
            assert over.status in (MatchStatus.FINISHED, MatchStatus.DISPUTED)
