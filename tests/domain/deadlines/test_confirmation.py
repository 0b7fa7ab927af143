"""A reported result that nobody answers is confirmed by itself, and whoever has to look is shown where."""

from __future__ import annotations

from datetime import timedelta

from domain import deadlines, matches, tournaments
from domain.infra.db import Database
from domain.matches import ConfirmResult, DecideResult, DisputeResult, MatchState, MatchStatus, Outcome, ReportResult
from tests.factories.deadlines import Cup, log_of, make_cup, set_deadlines, state_of
from tests.factories.teams import NOW, run
from tests.factories.tournaments import bracket, correction

MINUTE = timedelta(minutes=1)


async def _reported(cup: Cup, key: str = "U1.1", minutes: int = 0) -> MatchState:
    state = (await bracket(cup.db, cup.tournament.id))[key]
    command = ReportResult(state.id, state.version, (2, 0), NOW + minutes * MINUTE)
    return (await run(cup.db, matches.report_result, cup.sides(state)[0], command)).state


async def _confirms_at(db: Database, state: MatchState) -> object:
    async with db.read() as session:
        found = (await deadlines.confirmations_by_match(session, [state.id])).get(state.id)
    return None if found is None or found.version != state.version else found.confirms_at


async def test_a_result_that_is_not_answered_is_confirmed(db: Database) -> None:
    cup = await make_cup(db, check_in=None, confirmation=15)
    state = await _reported(cup)
    assert await _confirms_at(db, state) == NOW + 15 * MINUTE
    await cup.workers.work(NOW + 15 * MINUTE - timedelta(seconds=1))
    assert (await state_of(db, state.id)).status is MatchStatus.REPORTED
    await cup.workers.work(NOW + 60 * MINUTE)
    over = await state_of(db, state.id)
    assert (over.status, over.outcome, over.winner, over.finished_at) == (
        *(MatchStatus.FINISHED, Outcome.PLAYED, 0),
        NOW + 15 * MINUTE,
    )
    assert (await log_of(db, state.id))[-2:] == [("CONFIRMED", None), ("FINISHED", 0)]
    async with db.read() as session:
        confirmed = (await matches.newest_log(session, state.id, 2))[0]
    assert (confirmed.actor_id, confirmed.message) == (None, "The other side did not answer in time.")
    assert (await bracket(db, cup.tournament.id))["U2.1"].slots[0].participant_id == over.slots[0].participant_id


async def test_whoever_answers_in_time_stops_it(db: Database) -> None:
    cup = await make_cup(db, check_in=None, confirmation=15)
    first, second = await _reported(cup, "U1.1"), await _reported(cup, "U1.2")
    dispute = DisputeResult(first.id, first.version, "I won", NOW + 14 * MINUTE)
    await run(db, matches.dispute_result, cup.sides(first)[1], dispute)
    await run(db, matches.confirm_result, cup.sides(second)[1], ConfirmResult(second.id, second.version, NOW))
    version = (await state_of(db, second.id)).version
    await cup.workers.work(NOW + 15 * MINUTE)
    assert (await state_of(db, first.id)).status is MatchStatus.DISPUTED
    assert (await state_of(db, second.id)).version == version


async def test_without_a_time_a_result_waits(db: Database) -> None:
    cup = await make_cup(db, check_in=None)
    state = await _reported(cup)
    assert await _confirms_at(db, state) is None
    await set_deadlines(db, cup.organizer, cup.tournament.id, None, 1)  # for what is reported from now on
    await cup.workers.work(NOW + timedelta(days=7))
    assert (await state_of(db, state.id)).status is MatchStatus.REPORTED


async def test_a_report_that_was_set_aside_has_all_of_its_time_again(db: Database) -> None:
    cup = await make_cup(db, check_in=None, confirmation=15)
    found = await bracket(db, cup.tournament.id)
    for key in ("U1.1", "U1.2"):
        decide = DecideResult(found[key].id, found[key].version, (2, 0), NOW)
        await run(db, matches.decide_result, cup.referee, decide)
    final = await _reported(cup, "U2.1")
    for winner, minutes in ((1, 5), (0, 10)):
        state = await state_of(db, found["U1.1"].id)
        command = correction(state, winner, force=True, now=NOW + minutes * MINUTE)
        await run(db, tournaments.correct_match, cup.organizer, command)
    back = await state_of(db, final.id)
    assert back.status is MatchStatus.REPORTED
    assert await _confirms_at(db, back) == NOW + 25 * MINUTE
    await cup.workers.work(NOW + 24 * MINUTE)
    assert (await state_of(db, final.id)).status is MatchStatus.REPORTED
    await cup.workers.work(NOW + 25 * MINUTE)
    assert (await state_of(db, final.id)).status is MatchStatus.FINISHED


async def test_what_needs_officials_is_found_the_oldest_first(db: Database) -> None:
    cup = await make_cup(db, 8, check_in=None)
    found = await bracket(db, cup.tournament.id)
    begun = matches.StartMatch(found["U1.3"].id, found["U1.3"].version, NOW + MINUTE)
    await run(db, matches.start_match, cup.sides(found["U1.3"])[0], begun)
    waiting = await _reported(cup, "U1.2", 3)
    disputed = await _reported(cup, "U1.1", 5)
    dispute = DisputeResult(disputed.id, disputed.version, "no", NOW + 6 * MINUTE)
    await run(db, matches.dispute_result, cup.sides(disputed)[1], dispute)
    await _reported(cup, "U1.4", 20)

    async def needing(minutes: int, limit: int = 10) -> list[MatchState]:
        async with db.read() as session:
            before = NOW + minutes * MINUTE
            return await matches.needing_officials(session, cup.tournament.id, before, limit)

    assert [state.id for state in await needing(10)] == [begun.match_id, waiting.id, disputed.id]
    assert [state.id for state in await needing(10, 2)] == [begun.match_id, waiting.id]
    assert [state.id for state in await needing(2)] == [begun.match_id, disputed.id]
    assert [state.id for state in await needing(0)] == [disputed.id]
