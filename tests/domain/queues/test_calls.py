"""The life of a call: made, answered, played, over; and what organizers do by hand."""

from __future__ import annotations

from datetime import timedelta

from domain import matches, queues, tournaments, venues
from domain.infra.db import Database, WriteSession
from domain.kernel.actor import ANONYMOUS
from domain.kernel.errors import InvalidInput, Unauthenticated
from domain.kernel.ids import new_id
from domain.matches import DecideResult, MatchNotFound, MatchStatus, StartMatch
from domain.queues import (
    AnswerCall,
    AnswerTimeEnded,
    CallEnding,
    CallNext,
    CallNotFound,
    CallStatus,
    CallView,
    FeatureMatch,
    FreeTable,
    MoveMatch,
    NoShow,
    SetAccessNeed,
    SetTournamentTables,
)
from domain.queues.errors import (
    CallIsOver,
    NoTables,
    NotToBePlayed,
    NotYourCall,
    PlayerIsBusy,
    TableIsClosed,
    TableTaken,
)
from domain.tournaments import CancelTournament, Structure, TournamentNotFound
from domain.tournaments.errors import NotAnOrganizer, WrongTournamentStatus
from domain.venues import TableStatus, UpdateTable, VenueNotFound
from domain.venues.errors import NotVenueManager
from tests.factories.queues import Hall, answer, call_next, call_of, make_hall, state_of, use_tables
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import (
    bracket,
    correction,
    enter,
    entrants,
    make_tournament,
    play,
    published,
    start,
    started,
)
from tests.factories.venues import add_tables, hall, make_venue
from tests.fixtures.rows import refused


async def sides(db: Database, at: Hall, call: CallView) -> list[str]:
    """Who was called, in the order of the slots."""
    async with db.read() as session:
        state = (await matches.states_by_id(session, [call.played_id]))[call.played_id]
    return [slot.name or "" for slot in state.slots]


async def expire(db: Database, at: Hall, call: CallView) -> CallView:
    """Let the time to answer end."""
    event = AnswerTimeEnded(tournament_id=at.tournament.id, call_id=call.id, at=call.answer_by)

    async def work(session: WriteSession) -> None:
        await queues.expire_call(session, event)

    await db.transaction(work)
    return await call_of(db, call.id)


async def test_matches_are_called_answered_played_and_leave_the_table_to_the_next(db: Database) -> None:
    at = await make_hall(db, 8, 2, answer_s=60)
    first, second = await call_next(db, at)
    assert [call.table_id for call in (first, second)] == [table.id for table in at.tables]
    assert (first.status, first.answered, first.answer_by) == (
        CallStatus.CALLED,
        (False, False),
        NOW + timedelta(seconds=60),
    )
    assert await call_next(db, at) == [first, second]  # no table is free
    state = (await bracket(db, at.tournament.id))["U1.1"]
    assert (state.id, state.status) == (first.match_id, MatchStatus.READY)
    one, other = (at.players[slot.participant_id] for slot in state.slots if slot.participant_id)
    assert (await answer(db, one, first)).answered == (True, False)
    assert (await answer(db, one, first)).status is CallStatus.CALLED
    begun = await answer(db, other, first, now=NOW + timedelta(seconds=30))
    assert (begun.status, begun.begun_at) == (CallStatus.PLAYING, NOW + timedelta(seconds=30))
    state = (await bracket(db, at.tournament.id))["U1.1"]
    assert (state.status, state.started_at) == (MatchStatus.LIVE, begun.begun_at)
    await play(db, state, at.players, 0)
    over = await call_of(db, first.id)
    assert (over.status, over.ending, over.ended_at) == (CallStatus.OVER, CallEnding.DECIDED, NOW)
    calls = await call_next(db, at)
    assert [(call.table_id, call.status) for call in calls] == [
        (at.tables[0].id, CallStatus.CALLED),
        (at.tables[1].id, CallStatus.CALLED),
    ]
    assert calls[1] == second
    assert (await state_of(db, at)).queue.change_count == 1 + 2 + 1 + 1 + 1 + 1 + 1


async def test_who_may_answer(db: Database) -> None:
    at = await make_hall(db, 4, 1)
    (stranger,) = await make_people(db, "stranger")
    (call,) = await call_next(db, at)
    state = (await bracket(db, at.tournament.id))["U1.1"]
    one, other = (at.players[slot.participant_id] for slot in state.slots if slot.participant_id)
    third = next(player for player in at.players.values() if player not in (one, other))
    mine = AnswerCall(call_id=call.id, now=NOW)
    await refused(db, Unauthenticated, queues.answer_call, ANONYMOUS, mine)
    for actor in (stranger, third):
        await refused(db, NotYourCall, queues.answer_call, actor, mine)
    await refused(db, NotYourCall, queues.answer_call, one, AnswerCall(call_id=call.id, slot=1, now=NOW))
    await refused(db, CallNotFound, queues.answer_call, one, AnswerCall(call_id=new_id(), now=NOW))
    assert (await answer(db, at.organizer, call, 1)).answered == (False, True)
    assert (await answer(db, at.organizer, call)).status is CallStatus.PLAYING
    assert (await answer(db, one, call)).first_answered_at == NOW  # harmless
    await run(db, queues.free_table, at.organizer, FreeTable(call_id=call.id, now=NOW))
    assert (await call_of(db, call.id)).table_id is None  # it has begun, and goes on without a table
    await play(db, (await bracket(db, at.tournament.id))["U1.1"], at.players, 0)
    await refused(db, CallIsOver, queues.answer_call, one, mine)


async def test_a_call_that_is_not_answered_does_what_the_organizers_chose(db: Database) -> None:
    at = await make_hall(db, 4, 2, no_show=NoShow.REQUEUE)
    first, second = await call_next(db, at)
    one = at.players[(await bracket(db, at.tournament.id))["U1.1"].slots[0].participant_id or new_id()]
    await answer(db, one, first)
    gone = await expire(db, at, first)
    assert (gone.status, gone.ending, gone.expired_at) == (CallStatus.OVER, CallEnding.EXPIRED, gone.answer_by)
    assert (await expire(db, at, first)) == gone
    for _ in range(2):  # twice more, and then no more without an organizer
        later = (await call_next(db, at, gone.answer_by))[0]
        assert later.match_id == first.match_id
        await expire(db, at, later)
    assert await call_next(db, at) == [second]
    by_hand = MoveMatch(match_id=first.played_id, table_id=at.tables[0].id, now=NOW)
    call = (await run(db, queues.move_match, at.organizer, by_hand)).view
    await use_tables(db, at.organizer, at.tournament.id, at.venue, at.tables, no_show=NoShow.REPORT)
    reported = await expire(db, at, call)
    assert (reported.status, reported.expired_at) == (CallStatus.CALLED, reported.answer_by)
    assert (await answer(db, at.organizer, call)).status is CallStatus.PLAYING  # they came late
    assert (await expire(db, at, call)).status is CallStatus.PLAYING
    await use_tables(db, at.organizer, at.tournament.id, at.venue, at.tables, no_show=NoShow.FORFEIT)
    await answer(db, at.organizer, second, 1)
    forfeited = await expire(db, at, second)
    assert (forfeited.status, forfeited.ending) == (CallStatus.OVER, CallEnding.DECIDED)
    state = (await bracket(db, at.tournament.id))["U1.2"]
    assert (state.status, state.winner, state.slots[1].score) == (MatchStatus.FINISHED, 1, None)


async def test_without_anybody_there_is_no_forfeit(db: Database) -> None:
    at = await make_hall(db, 2, 1, no_show=NoShow.FORFEIT)
    (call,) = await call_next(db, at)
    assert (await expire(db, at, call)).ending is CallEnding.EXPIRED
    assert (await bracket(db, at.tournament.id))["U1.1"].status is MatchStatus.READY


async def test_organizers_put_matches_on_tables(db: Database) -> None:
    at = await make_hall(db, 8, 3)
    (spare,) = await add_tables(db, at.organizer, at.venue, 1)
    found = await bracket(db, at.tournament.id)
    to_third = MoveMatch(match_id=found["U1.3"].id, table_id=at.tables[2].id, now=NOW)
    for actor, error in (
        (ANONYMOUS, Unauthenticated),
        (next(iter(at.players.values())), NotAnOrganizer),
    ):
        await refused(db, error, queues.move_match, actor, to_third)
    call = (await run(db, queues.move_match, at.organizer, to_third)).view
    assert (call.table_id, call.status) == (at.tables[2].id, CallStatus.CALLED)
    assert (await run(db, queues.move_match, at.organizer, to_third)).view == call
    wrong = [
        (TableTaken, found["U1.1"].id, at.tables[2].id),
        (InvalidInput, found["U1.1"].id, spare.id),
        (NotToBePlayed, found["U2.1"].id, at.tables[0].id),
        (MatchNotFound, new_id(), at.tables[0].id),
    ]
    for refusal, match_id, table_id in wrong:
        command = MoveMatch(match_id=match_id, table_id=table_id, now=NOW)
        await refused(db, refusal, queues.move_match, at.organizer, command)
    closed = UpdateTable(table_id=at.tables[0].id, version=1, status=TableStatus.CLOSED)
    await run(db, venues.update_table, at.organizer, closed)
    to_closed = MoveMatch(match_id=found["U1.1"].id, table_id=at.tables[0].id, now=NOW)
    await refused(db, TableIsClosed, queues.move_match, at.organizer, to_closed)
    moved = MoveMatch(match_id=found["U1.3"].id, table_id=at.tables[1].id, now=NOW)
    assert (await run(db, queues.move_match, at.organizer, moved)).id == call.id
    assert [call.table_id for call in await call_next(db, at)] == [at.tables[1].id, at.tables[2].id]
    free = FreeTable(call_id=call.id, now=NOW)
    await refused(db, NotAnOrganizer, queues.free_table, next(iter(at.players.values())), free)
    await run(db, queues.free_table, at.organizer, free)
    assert (await call_of(db, call.id)).ending is CallEnding.FREED
    await refused(db, CallIsOver, queues.free_table, at.organizer, free)


async def test_who_plays_elsewhere_is_not_called(db: Database) -> None:
    at = await make_hall(db, 4, 2)
    found = await bracket(db, at.tournament.id)
    state = found["U1.1"]
    one = at.players[state.slots[0].participant_id or new_id()]
    await run(db, matches.start_match, one, StartMatch(state.id, 1, NOW))  # without a call
    elsewhere, called = await call_next(db, at)
    assert (elsewhere.match_id, elsewhere.table_id, elsewhere.status) == (state.id, None, CallStatus.PLAYING)
    assert called.match_id == found["U1.2"].id
    to_table = MoveMatch(match_id=state.id, table_id=at.tables[1].id, now=NOW)
    assert (await run(db, queues.move_match, at.organizer, to_table)).view.status is CallStatus.PLAYING
    # The same people in another event at the same tables: whoever plays here is neither called nor can begin there.
    other = await published(db, at.organizer, "other-cup", structure=Structure.SINGLE_ELIMINATION)
    await enter(db, other.id, *at.players.values())
    await start(db, at.organizer, other.id)
    await use_tables(db, at.organizer, other.id, at.venue, at.tables)
    there = (await bracket(db, other.id))["U1.1"]
    await run(db, queues.free_table, at.organizer, FreeTable(call_id=elsewhere.id, now=NOW))
    await refused(db, PlayerIsBusy, matches.start_match, one, StartMatch(there.id, 1, NOW))
    await run(db, queues.call_next, at.organizer, CallNext(tournament_id=other.id, now=NOW))
    move = MoveMatch(match_id=there.id, table_id=at.tables[1].id, now=NOW)
    await refused(db, PlayerIsBusy, queues.move_match, at.organizer, move)
    assert [call.id for call in (await state_of(db, at)).calls] == [elsewhere.id, called.id]


async def test_a_call_ends_with_whatever_its_match_was_called_for(db: Database) -> None:
    at = await make_hall(db, 4, 2)
    for state in (await bracket(db, at.tournament.id)).values():
        if state.status is MatchStatus.READY:
            decided = DecideResult(state.id, state.version, (2, 0), NOW)
            await run(db, matches.decide_result, at.organizer, decided)
    (final,) = await call_next(db, at)
    assert (await sides(db, at, final)) == ["Spring-Cup-1", "Spring-Cup-2"]
    semi = (await bracket(db, at.tournament.id))["U1.1"]
    await run(db, tournaments.correct_match, at.organizer, correction(semi, 1))
    assert (await call_of(db, final.id)).ending is CallEnding.CHANGED
    (final,) = await call_next(db, at)
    assert (await sides(db, at, final)) == ["Spring-Cup-4", "Spring-Cup-2"]
    cancel = CancelTournament(at.tournament.id, "the hall is on fire", NOW)
    await run(db, tournaments.cancel_tournament, at.organizer, cancel)
    assert (await call_of(db, final.id)).ending is CallEnding.CHANGED
    again = CallNext(tournament_id=at.tournament.id, now=NOW)
    await refused(db, WrongTournamentStatus, queues.call_next, at.organizer, again)


async def test_featured_matches_and_access(db: Database) -> None:
    at = await make_hall(db, 8, 1)
    (stream,) = await add_tables(db, at.organizer, at.venue, 1, is_stream=True)
    (ramp,) = await add_tables(db, at.organizer, at.venue, 1, is_accessible=True)
    tables = [*at.tables, stream, ramp]
    await use_tables(db, at.organizer, at.tournament.id, at.venue, tables)
    found = await bracket(db, at.tournament.id)
    needy = next(entrant for entrant in await entrants(db, at.tournament.id) if entrant.seed == 2)
    feature = FeatureMatch(match_id=found["U1.2"].id, is_featured=True)
    need = SetAccessNeed(entrant_id=needy.id, is_needed=True)
    player = next(iter(at.players.values()))
    await refused(db, NotAnOrganizer, queues.feature_match, player, feature)
    await refused(db, NotAnOrganizer, queues.set_access_need, player, need)
    for _ in range(2):
        await run(db, queues.feature_match, at.organizer, feature)
        await run(db, queues.set_access_need, at.organizer, need)
    where = {call.match_id: call.table_id for call in await call_next(db, at)}
    with_need = next(state for state in found.values() if 2 in [slot.seed for slot in state.slots])
    assert where == {found["U1.1"].id: at.tables[0].id, found["U1.2"].id: stream.id, with_need.id: ramp.id}
    await run(db, queues.set_access_need, at.organizer, SetAccessNeed(entrant_id=needy.id, is_needed=False))
    await run(db, queues.feature_match, at.organizer, FeatureMatch(match_id=found["U1.2"].id, is_featured=False))


async def test_tables_are_given_by_whoever_runs_both(db: Database) -> None:
    at = await make_hall(db, 2, 1)
    organizer, host = await make_people(db, "planner", "host")
    draft = await make_tournament(db, organizer, "draft-cup")
    await refused(
        db, NoTables, queues.call_next, organizer, CallNext(tournament_id=draft.id, now=NOW)
    ) if False else None
    venue, (table,) = await hall(db, host, 1, "new-hall")
    command = SetTournamentTables(tournament_id=draft.id, venue_id=venue.id, table_ids=[table.id])
    await refused(db, NotVenueManager, queues.set_tournament_tables, organizer, command)
    await refused(db, TournamentNotFound, queues.set_tournament_tables, host, command)
    own = await make_venue(db, organizer, "own-hall")
    (mine,) = await add_tables(db, organizer, own, 1)

    def given(**changes: object) -> SetTournamentTables:
        values = {"tournament_id": draft.id, "venue_id": own.id, "table_ids": [mine.id], **changes}
        return SetTournamentTables(**values)  # type: ignore[arg-type]

    await refused(db, VenueNotFound, queues.set_tournament_tables, organizer, given(venue_id=new_id()))
    for changes in ({"table_ids": [table.id]}, {"table_ids": [mine.id] * 2}, {"answer_s": 29}, {"answer_s": 3601}):
        await refused(db, InvalidInput, queues.set_tournament_tables, organizer, given(**changes))
    queue = await run(db, queues.set_tournament_tables, organizer, given(answer_s=30, no_show=NoShow.REPORT))
    assert (queue.venue_id, queue.answer_s, queue.no_show, queue.change_count) == (own.id, 30, NoShow.REPORT, 1)
    await refused(db, WrongTournamentStatus, queues.call_next, organizer, CallNext(tournament_id=draft.id, now=NOW))
    other, _ = await started(db, at.organizer, 2, "other-cup")
    await refused(db, NoTables, queues.call_next, at.organizer, CallNext(tournament_id=other.id, now=NOW))
