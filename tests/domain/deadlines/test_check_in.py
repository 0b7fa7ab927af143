"""The check-in of matches: who is there, who is not, and what becomes of the match."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from domain import deadlines, matches, queues, tournaments
from domain.deadlines import SetCheckInDeadline
from domain.deadlines.errors import CheckInInUse, CheckInNeeded, CheckInOver, NoCheckIn, TablesInUse
from domain.infra.db import Database
from domain.infra.timers import DueAction
from domain.kernel.actor import ANONYMOUS
from domain.kernel.errors import InvalidInput, Unauthenticated
from domain.kernel.participant import ParticipantKind
from domain.matches import (
    DecideResult,
    MatchStatus,
    NotAnOfficial,
    Outcome,
    OwnMatch,
    ReportResult,
    StartMatch,
    UpdateScore,
)
from domain.queues import SetTournamentTables
from domain.tournaments import CancelTournament, StaffRole, Structure, TournamentStatus
from domain.tournaments.errors import NotAnOrganizer, WrongTournamentStatus
from tests.factories.deadlines import (
    Cup,
    Workers,
    check_in,
    check_in_of,
    log_of,
    make_cup,
    set_deadlines,
    state_of,
)
from tests.factories.games import make_catalogue
from tests.factories.notifications import told
from tests.factories.queues import make_hall
from tests.factories.stages import swiss
from tests.factories.teams import NOW, add_members, make_admin, make_people, make_team, run
from tests.factories.tournaments import bracket, correction, published, row_of, start, states
from tests.fixtures.rows import every_row

MINUTE = timedelta(minutes=1)
DEADLINE = NOW + 10 * MINUTE


async def test_a_match_that_can_be_played_has_a_check_in(db: Database) -> None:
    cup = await make_cup(db)
    found = await bracket(db, cup.tournament.id)
    first = await check_in_of(db, found["U1.1"].id)
    assert first is not None
    assert (first.opened_at, first.deadline_at, first.absent) == (NOW, DEADLINE, (0, 1))
    assert await check_in_of(db, found["U2.1"].id) is None  # its sides are not known
    assert await log_of(db, found["U1.1"].id) == [("CREATED", None), ("CHECK_IN_OPENED", None)]
    assert found["U1.1"].version == 2


async def test_when_both_are_there_the_match_begins(db: Database) -> None:
    cup = await make_cup(db)
    state = (await bracket(db, cup.tournament.id))["U1.1"]
    first, second = cup.sides(state)
    match = await check_in(db, second, state.id, now=NOW + MINUTE)
    assert (match.status, match.version) == (MatchStatus.READY, state.version + 1)
    again = await check_in(db, second, state.id, now=NOW + 2 * MINUTE)
    assert again.version == match.version  # a repeat changes nothing
    both = await check_in(db, first, state.id, now=NOW + 3 * MINUTE)
    assert (both.status, both.started_at) == (MatchStatus.LIVE, NOW + 3 * MINUTE)
    assert await log_of(db, state.id) == [
        ("CREATED", None),
        ("CHECK_IN_OPENED", None),
        ("CHECKED_IN", 1),
        ("CHECKED_IN", 0),
        ("STARTED", None),
    ]
    seen = await check_in_of(db, state.id)
    assert seen is not None
    assert seen.checked_in_at == (NOW + 3 * MINUTE, NOW + MINUTE)
    await cup.workers.work(DEADLINE)  # the timer has nothing to do any more
    assert (await state_of(db, state.id)).status is MatchStatus.LIVE
    report = ReportResult(state.id, both.version, (2, 0), NOW + 4 * MINUTE)
    assert (await run(db, matches.report_result, first, report)).status is MatchStatus.REPORTED


async def test_who_has_not_checked_in_by_the_deadline_loses(db: Database) -> None:
    cup = await make_cup(db)
    state = (await bracket(db, cup.tournament.id))["U1.1"]
    await check_in(db, cup.sides(state)[1], state.id)
    await cup.workers.work(DEADLINE - timedelta(seconds=1))
    assert (await state_of(db, state.id)).status is MatchStatus.READY
    await cup.workers.work(DEADLINE + 60 * MINUTE)  # however late the workers are
    over = await state_of(db, state.id)
    assert (over.status, over.outcome, over.winner, over.finished_at) == (
        *(MatchStatus.FINISHED, Outcome.WALKOVER, 1),
        DEADLINE,
    )
    final = (await bracket(db, cup.tournament.id))["U2.1"]
    assert final.slots[0].participant_id == over.slots[1].participant_id


async def test_when_nobody_is_there_nobody_goes_on(db: Database) -> None:
    """As at Battlefy both are out. Whoever would have met the winner goes on alone."""
    cup = await make_cup(db)
    found = await bracket(db, cup.tournament.id)
    for player in cup.sides(found["U1.2"]):
        await check_in(db, player, found["U1.2"].id)
    await cup.workers.work(DEADLINE)
    lost = await state_of(db, found["U1.1"].id)
    assert (lost.status, lost.outcome, lost.winner) == (MatchStatus.FINISHED, Outcome.WALKOVER, None)
    played = await state_of(db, found["U1.2"].id)
    decide = DecideResult(played.id, played.version, (2, 0), DEADLINE)
    await run(db, matches.decide_result, cup.referee, decide)
    final = (await bracket(db, cup.tournament.id))["U2.1"]
    assert (final.status, final.winner) == (MatchStatus.FINISHED, 1)
    assert await check_in_of(db, final.id) is None


async def test_it_is_too_late_at_the_deadline_even_before_the_workers_come(db: Database) -> None:
    cup = await make_cup(db)
    state = (await bracket(db, cup.tournament.id))["U1.1"]
    before = await every_row(db)
    for actor in (*cup.sides(state), cup.referee):
        with pytest.raises(CheckInOver):
            await check_in(db, actor, state.id, now=DEADLINE)
    assert await every_row(db) == before
    await check_in(db, cup.sides(state)[0], state.id, now=DEADLINE - timedelta(seconds=1))


async def test_nothing_is_played_before_both_are_there_but_officials_decide(db: Database) -> None:
    cup = await make_cup(db)
    found = await bracket(db, cup.tournament.id)
    state = found["U1.1"]
    first, second = cup.sides(state)
    version = (await check_in(db, first, state.id)).version
    before = await every_row(db)
    for player in (first, second):
        attempts: list[tuple[Any, Any]] = [
            (matches.start_match, StartMatch(state.id, version, NOW)),
            (matches.update_score, UpdateScore(state.id, version, (1, 0), NOW)),
            (matches.report_result, ReportResult(state.id, version, (2, 0), NOW)),
        ]
        for use_case, command in attempts:
            with pytest.raises(CheckInNeeded):
                await run(db, use_case, player, command)
    assert await every_row(db) == before
    decided = await run(db, matches.decide_result, cup.referee, DecideResult(state.id, version, (2, 0), NOW))
    assert decided.status is MatchStatus.FINISHED
    begun = await run(db, matches.start_match, cup.referee, StartMatch(found["U1.2"].id, found["U1.2"].version, NOW))
    assert begun.status is MatchStatus.LIVE
    await cup.workers.work(DEADLINE)  # what has begun is not lost
    assert (await state_of(db, begun.id)).status is MatchStatus.LIVE
    report = ReportResult(begun.id, begun.version, (2, 0), DEADLINE)
    await run(db, matches.report_result, cup.sides(found["U1.2"])[0], report)


async def test_an_official_who_plays_does_not_begin_their_match_alone(db: Database) -> None:
    cup = await make_cup(db)
    state = (await bracket(db, cup.tournament.id))["U1.1"]
    first, second = cup.sides(state)
    for role in StaffRole:
        await run(db, tournaments.set_staff, cup.organizer, tournaments.SetStaff(cup.tournament.id, "player-1", role))
        before = await every_row(db)
        attempts: list[tuple[Any, Any]] = [
            (matches.start_match, StartMatch(state.id, state.version, NOW)),
            (matches.update_score, UpdateScore(state.id, state.version, (1, 0), NOW)),
        ]
        for use_case, command in attempts:
            with pytest.raises(CheckInNeeded):
                await run(db, use_case, first, command)
        assert await every_row(db) == before
    await check_in(db, first, state.id)
    assert (await check_in(db, second, state.id)).status is MatchStatus.LIVE


async def test_a_swiss_goes_on_when_nobody_is_there(db: Database) -> None:
    """Each round has its check-in, and who loses all of them by not being there is only at the end of the table."""
    cup = await make_cup(db, 4, structure=None, stages=[swiss(rounds=2)])
    opening = await states(db, cup.tournament.id)
    assert len(opening) == 2
    for player in cup.sides(opening[0]):
        await check_in(db, player, opening[0].id)
    live = await state_of(db, opening[0].id)
    await run(db, matches.decide_result, cup.referee, DecideResult(live.id, live.version, (1, 0), NOW))
    await cup.workers.work(DEADLINE)
    assert (await state_of(db, opening[1].id)).winner is None
    second = [state for state in await states(db, cup.tournament.id) if state.id not in {one.id for one in opening}]
    assert [state.status for state in second] == [MatchStatus.READY] * 2
    for state in second:
        seen = await check_in_of(db, state.id)
        assert seen is not None
        assert seen.deadline_at == DEADLINE + 10 * MINUTE
    await cup.workers.work(DEADLINE + 10 * MINUTE)
    assert {state.status for state in await states(db, cup.tournament.id)} == {MatchStatus.FINISHED}
    assert (await row_of(db, cup.tournament.id)).status is TournamentStatus.FINISHED


async def test_before_the_workers_open_it_a_check_in_opens_by_itself_and_nobody_plays(db: Database) -> None:
    cup = await make_cup(db, check_in=None)
    await set_deadlines(db, cup.organizer, cup.tournament.id, 10, now=NOW + MINUTE)
    found = await bracket(db, cup.tournament.id)
    for key in ("U1.1", "U1.2"):  # these could be played before there was a check-in
        report = ReportResult(found[key].id, found[key].version, (2, 0), NOW + 2 * MINUTE)
        reported = await run(db, matches.report_result, cup.sides(found[key])[0], report)
        confirm = matches.ConfirmResult(reported.id, reported.version, NOW + 2 * MINUTE)
        await run(db, matches.confirm_result, cup.sides(found[key])[1], confirm)
    final = (await bracket(db, cup.tournament.id))["U2.1"]
    assert await check_in_of(db, final.id) is None
    with pytest.raises(CheckInNeeded):
        await run(
            db,
            matches.report_result,
            cup.sides(final)[0],
            ReportResult(final.id, final.version, (2, 0), NOW + 3 * MINUTE),
        )
    await check_in(db, cup.sides(final)[0], final.id, now=NOW + 3 * MINUTE)
    seen = await check_in_of(db, final.id)
    assert seen is not None
    assert (seen.deadline_at, seen.absent) == (NOW + 13 * MINUTE, (1,))
    await cup.workers.work(NOW + 4 * MINUTE)
    assert await check_in_of(db, final.id) == seen
    await cup.workers.work(NOW + 13 * MINUTE)
    assert (await state_of(db, final.id)).winner == 0


async def test_who_may_say_that_somebody_is_there(db: Database) -> None:
    cup = await make_cup(db)
    found = await bracket(db, cup.tournament.id)
    state = found["U1.1"]
    first, second = cup.sides(state)
    (stranger,) = await make_people(db, "stranger")
    admin = await make_admin(db)
    await run(
        db, tournaments.set_staff, cup.organizer, tournaments.SetStaff(cup.tournament.id, "player-1", StaffRole.REFEREE)
    )
    before = await every_row(db)
    for actor, slot, refusal in (
        (ANONYMOUS, None, Unauthenticated),
        (stranger, None, NotAnOfficial),
        (cup.sides(found["U1.2"])[0], None, NotAnOfficial),
        (second, 0, NotAnOfficial),
        (first, 1, OwnMatch),  # a referee, but one who plays in it
    ):
        with pytest.raises(refusal):
            await check_in(db, actor, state.id, slot)
    assert await every_row(db) == before
    await check_in(db, cup.referee, state.id, 0)
    seen = await check_in_of(db, state.id)
    assert seen is not None
    assert seen.absent == (1,)
    assert (await check_in(db, admin, state.id)).status is MatchStatus.LIVE


async def test_any_player_of_a_team_checks_in_for_it(db: Database) -> None:
    await make_catalogue(db)
    organizer, ann, bob, cid, dan = await make_people(db, "organizer", "ann", "bob", "cid", "dan")
    reds, blues = await make_team(db, ann, "reds"), await make_team(db, cid, "blues")
    await add_members(db, reds.id, bob)
    await add_members(db, blues.id, dan)
    event = await published(
        db,
        organizer,
        game="rocket-league-2v2",
        entrant_kind=ParticipantKind.TEAM,
        structure=Structure.SINGLE_ELIMINATION,
    )
    await set_deadlines(db, organizer, event.id, 10)
    for captain, team in ((ann, reds), (cid, blues)):
        entry = tournaments.RegisterEntrant(event.id, NOW, team_id=team.id)
        await run(db, tournaments.register_entrant, captain, entry)
    await start(db, organizer, event.id)
    await Workers(db).work(NOW)
    (state,) = (await bracket(db, event.id)).values()
    await check_in(db, bob, state.id)
    assert (await check_in(db, cid, state.id)).status is MatchStatus.LIVE


async def test_officials_give_more_time_or_take_the_deadline_away(db: Database) -> None:
    cup = await make_cup(db)
    found = await bracket(db, cup.tournament.id)
    later = NOW + 30 * MINUTE
    states = found["U1.1"], found["U1.2"]
    extend = SetCheckInDeadline(match_id=states[0].id, deadline_at=later, now=NOW)
    for actor, refusal in ((ANONYMOUS, Unauthenticated), (cup.sides(states[0])[0], NotAnOfficial)):
        before = await every_row(db)
        with pytest.raises(refusal):
            await run(db, deadlines.set_check_in_deadline, actor, extend)
        assert await every_row(db) == before
    for wrong in (NOW, NOW - MINUTE, NOW + timedelta(days=7, seconds=1)):
        with pytest.raises(InvalidInput):
            await run(db, deadlines.set_check_in_deadline, cup.referee, replace(extend, deadline_at=wrong))
    await run(db, deadlines.set_check_in_deadline, cup.referee, extend)
    before = await every_row(db)
    await run(db, deadlines.set_check_in_deadline, cup.organizer, extend)  # a repeat changes nothing
    assert await every_row(db) == before
    lift = SetCheckInDeadline(match_id=states[1].id, deadline_at=None, now=NOW)
    await run(db, deadlines.set_check_in_deadline, cup.referee, lift)
    await cup.workers.work(DEADLINE)
    assert [(await state_of(db, state.id)).status for state in states] == [MatchStatus.READY] * 2
    await cup.workers.work(later)
    assert [(await state_of(db, state.id)).status for state in states] == [MatchStatus.FINISHED, MatchStatus.READY]
    with pytest.raises(NoCheckIn):
        await run(db, deadlines.set_check_in_deadline, cup.referee, replace(extend, deadline_at=later + MINUTE))
    for player in cup.sides(states[1]):
        await check_in(db, player, states[1].id, now=later + timedelta(days=3))
    assert (await state_of(db, states[1].id)).status is MatchStatus.LIVE


async def test_a_match_without_a_check_in_has_none_to_answer(db: Database) -> None:
    cup = await make_cup(db, check_in=None, confirmation=5)
    found = await bracket(db, cup.tournament.id)
    before = await every_row(db)
    with pytest.raises(NoCheckIn):
        await check_in(db, cup.sides(found["U1.1"])[0], found["U1.1"].id)
    with pytest.raises(NoCheckIn):
        await check_in(db, cup.referee, found["U2.1"].id, 0)
    assert await every_row(db) == before


async def _correct(cup: Cup, match_id: UUID, winner: int, minutes: int, *, force: bool = False) -> None:
    state = await state_of(cup.db, match_id)
    command = correction(state, winner, force=force, now=NOW + minutes * MINUTE)
    await run(cup.db, tournaments.correct_match, cup.organizer, command)


async def test_other_sides_have_a_deadline_of_their_own_and_the_old_ones_again_another(db: Database) -> None:
    cup = await make_cup(db)
    found = await bracket(db, cup.tournament.id)
    for key in ("U1.1", "U1.2"):
        decide = DecideResult(found[key].id, found[key].version, (2, 0), NOW)
        await run(db, matches.decide_result, cup.referee, decide)
    await cup.workers.work(NOW)
    final = (await bracket(db, cup.tournament.id))["U2.1"]
    first = await check_in_of(db, final.id)
    assert first is not None
    await check_in(db, cup.sides(final)[0], final.id)
    await _correct(cup, found["U1.1"].id, 1, 5)
    assert await check_in_of(db, final.id) is None
    await cup.workers.work(NOW + 5 * MINUTE)
    other = await check_in_of(db, final.id)
    assert other is not None
    assert (other.deadline_at, other.absent) == (NOW + 15 * MINUTE, (0, 1))
    await _correct(cup, found["U1.1"].id, 0, 9)  # the first two are back, a minute before their first deadline
    await cup.workers.work(DEADLINE)
    again = await check_in_of(db, final.id)
    assert again is not None
    assert (again.deadline_at, again.absent) == (NOW + 20 * MINUTE, (0, 1))
    assert (await state_of(db, final.id)).status is MatchStatus.READY
    await cup.workers.work(NOW + 20 * MINUTE)
    assert (await state_of(db, final.id)).outcome is Outcome.WALKOVER


async def test_taken_away_nobody_has_to_check_in_any_more(db: Database) -> None:
    cup = await make_cup(db)
    found = await bracket(db, cup.tournament.id)
    await check_in(db, cup.sides(found["U1.1"])[0], found["U1.1"].id)
    for player in cup.sides(found["U1.2"]):
        await check_in(db, player, found["U1.2"].id)
    await set_deadlines(db, cup.organizer, cup.tournament.id, now=NOW + MINUTE)
    assert await check_in_of(db, found["U1.1"].id) is None
    assert await check_in_of(db, found["U1.2"].id) is not None  # who was there is history
    await cup.workers.work(DEADLINE)
    state = await state_of(db, found["U1.1"].id)
    assert state.status is MatchStatus.READY
    report = ReportResult(state.id, state.version, (2, 0), DEADLINE)
    await run(db, matches.report_result, cup.sides(state)[0], report)


async def test_what_is_out_of_range_or_not_theirs_is_refused(db: Database) -> None:
    cup = await make_cup(db)
    before = await every_row(db)
    for minutes in (0, -1, 24 * 60 + 1):
        with pytest.raises(InvalidInput):
            await set_deadlines(db, cup.organizer, cup.tournament.id, minutes)
    for minutes in (0, 7 * 24 * 60 + 1):
        with pytest.raises(InvalidInput):
            await set_deadlines(db, cup.organizer, cup.tournament.id, None, minutes)
    for actor in (cup.referee, next(iter(cup.players.values()))):
        with pytest.raises(NotAnOrganizer):
            await set_deadlines(db, actor, cup.tournament.id, 20)
    assert await set_deadlines(db, cup.organizer, cup.tournament.id, 10)  # a repeat changes nothing
    assert await every_row(db) == before
    await run(db, tournaments.cancel_tournament, cup.organizer, CancelTournament(cup.tournament.id, "Rain.", NOW))
    before = await every_row(db)
    with pytest.raises(WrongTournamentStatus):
        await set_deadlines(db, cup.organizer, cup.tournament.id, 20)
    assert await every_row(db) == before
    await cup.workers.work(DEADLINE)  # the timers of what was called off do nothing
    assert {state.status for state in await states(db, cup.tournament.id)} == {MatchStatus.CANCELLED}


async def test_a_match_has_one_clock(db: Database) -> None:
    """Either it has a check-in, or it is called to a table."""
    hall = await make_hall(db, 4, 1)
    before = await every_row(db)
    with pytest.raises(TablesInUse):
        await set_deadlines(db, hall.organizer, hall.tournament.id, 10)
    assert await every_row(db) == before
    await set_deadlines(db, hall.organizer, hall.tournament.id, None, 10)  # that is no second clock
    event = await published(db, hall.organizer, "other-cup")
    await set_deadlines(db, hall.organizer, event.id, 10)
    command = SetTournamentTables(
        tournament_id=event.id, venue_id=hall.venue.id, table_ids=[table.id for table in hall.tables]
    )
    before = await every_row(db)
    with pytest.raises(CheckInInUse):
        await run(db, queues.set_tournament_tables, hall.organizer, command)
    assert await every_row(db) == before


async def test_players_hear_until_when_and_are_reminded_once(db: Database) -> None:
    cup = await make_cup(db)
    state = (await bracket(db, cup.tournament.id))["U1.1"]
    first, second = cup.sides(state)
    await check_in(db, second, state.id)
    for minutes in (4, 5, 6, 9):
        await cup.workers.work(NOW + minutes * MINUTE)
    opponent = state.slots[1].name
    started = "Spring Cup has started."
    ready = f"Spring Cup: Your match against {opponent} is ready to be played. Check in until 18:10 UTC."
    reminder = f"Spring Cup: Check in for your match against {opponent} until 18:10 UTC, or you lose it."
    assert sorted(await told(db, first.require_user())) == sorted([started, ready, reminder])
    assert len(await told(db, second.require_user())) == 2


async def test_timers_are_rows_that_are_gone_when_they_have_rung(db: Database) -> None:
    """So they outlive whatever process made them; what another one records later does the same."""
    cup = await make_cup(db, 2)

    async def waiting() -> int:
        async with db.read() as session:
            return await session.scalar(select(func.count()).select_from(DueAction)) or 0

    assert await waiting() == 2  # the reminder and the deadline
    other = Workers(db, cup.workers.last)
    await other.work(DEADLINE + timedelta(days=1))
    assert await waiting() == 0
    assert other.handled.count("deadlines.end_check_in") == 1
    (state,) = (await bracket(db, cup.tournament.id)).values()
    assert (state.outcome, state.winner) == (Outcome.WALKOVER, None)
