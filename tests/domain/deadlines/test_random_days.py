"""Days at random: people come or do not, results are corrected, deadlines move, time passes, workers are late."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain import deadlines, matches, tournaments
from domain.deadlines import CheckInToMatch, SetCheckInDeadline, SetMatchDeadlines
from domain.infra.db import Database
from domain.kernel.errors import DomainError
from domain.matches import ConfirmResult, EntryKind, LogEntry, MatchState, MatchStatus, Outcome, ReportResult
from domain.tournaments import DisqualifyEntrant, Structure
from tests.factories.deadlines import Cup, make_cup
from tests.factories.teams import NOW, run
from tests.factories.tournaments import correction, entrants, states

STEPS = 60
ENTRANTS = 8


async def _act(cup: Cup, rng: random.Random, now: datetime) -> str:
    """Something that somebody does; the answer is what, or why they may not."""
    db = cup.db
    state = rng.choice(await states(db, cup.tournament.id))
    sides = cup.sides(state)
    actor = rng.choice(sides) if sides else cup.referee
    scores = rng.choice([(2, 0), (1, 2)])
    later = rng.choice([None, now + timedelta(minutes=rng.randint(1, 15))])
    entrant = rng.choice(await entrants(db, cup.tournament.id))
    winner = rng.choice([0, 1])
    there = CheckInToMatch(match_id=state.id, now=now)
    until = SetCheckInDeadline(match_id=state.id, deadline_at=later, now=now)
    due = SetMatchDeadlines(
        tournament_id=cup.tournament.id, check_in_minutes=rng.choice([5, 10]), confirmation_minutes=10, now=now
    )
    choices: list[tuple[int, Any, Any, Any]] = [
        (40, deadlines.check_in_to_match, actor, there),
        (16, matches.report_result, actor, ReportResult(state.id, state.version, scores, now)),
        (12, matches.confirm_result, actor, ConfirmResult(state.id, state.version, now)),
        (4, deadlines.set_check_in_deadline, cup.referee, until),
        (4, tournaments.correct_match, cup.referee, correction(state, winner, force=True, now=now)),
        (2, deadlines.set_match_deadlines, cup.organizer, due),
        (1, tournaments.disqualify_entrant, cup.organizer, DisqualifyEntrant(entrant.id, "unsporting", now)),
    ]
    ((_, use_case, who, command),) = rng.choices(choices, [weight for weight, *_ in choices])
    try:
        await run(db, use_case, who, command)
    except DomainError as refusal:
        return refusal.code
    return str(use_case.__name__)


def _present(log: list[LogEntry]) -> tuple[set[int | None], LogEntry | None]:
    """Who has checked in between the present sides, and the last time that a deadline was set for them."""
    there: set[int | None] = set()
    opened = None
    for entry in log:
        if entry.kind in (EntryKind.SEATED, EntryKind.NOT_NEEDED):
            there, opened = set(), None
        elif entry.kind is EntryKind.CHECKED_IN:
            there.add(entry.slot)
        elif entry.kind is EntryKind.CHECK_IN_OPENED:
            opened = entry
    return there, opened


def _examine(state: MatchState, log: list[LogEntry]) -> str:
    """What became of a match, where it is as it should be."""
    last = max((entry.sequence for entry in log if entry.kind is EntryKind.SEATED), default=0)
    by_absence = [
        entry
        for entry in log
        if entry.sequence > last and entry.kind is EntryKind.WALKOVER and "checked in in time" in (entry.message or "")
    ]
    if not by_absence:
        return state.status.value
    (decided,) = by_absence
    there, opened = _present(log[: decided.sequence - 1])
    assert opened is not None and opened.message is not None
    # Who was there never loses by absence, who was not never wins, and the deadline is the last one that was set.
    assert there == (set() if decided.slot is None else {decided.slot})
    assert opened.message == f"until {decided.at:%Y-%m-%d %H:%M} UTC"
    assert opened.at < decided.at
    return "absence"


@pytest.mark.parametrize("seed", range(4))
async def test_nobody_loses_by_absence_who_was_there(db: Database, seed: int) -> None:
    rng = random.Random(seed)
    structure = rng.choice([Structure.SINGLE_ELIMINATION, Structure.DOUBLE_ELIMINATION])
    cup = await make_cup(db, ENTRANTS, confirmation=10, structure=structure)
    now, done = NOW, Counter[str]()
    for _ in range(STEPS):
        for _ in range(rng.randint(1, 3)):
            done[await _act(cup, rng, now)] += 1
        now += timedelta(minutes=rng.randint(0, 3))
        if rng.random() < 0.6:
            await cup.workers.work(now)
    ends: Counter[str] = Counter()
    for state in await states(db, cup.tournament.id):
        async with db.read() as session:
            log = await matches.log_after(session, state.id, 0, 1000)
        assert [entry.sequence for entry in log] == list(range(1, len(log) + 1))
        ends[_examine(state, log)] += 1
        if state.status is MatchStatus.FINISHED and state.outcome is Outcome.PLAYED:
            assert state.winner is not None
    assert done["check_in_to_match"] > 0
    assert ends["absence"] > 0
