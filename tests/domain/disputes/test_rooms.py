"""Dispute rooms: who is in them, what opens and closes them, and who cannot even know of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from domain import disputes, matches, teams, tournaments
from domain.disputes import DisputeRoomNotFound, TakeDispute
from domain.disputes.errors import DisputeRoomClosed, DisputeRoomOpen, DisputeTaken, NoOfficials
from domain.disputes.values import MAX_ENTRIES_OF_ONE
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import DomainError, InvalidInput, LimitReached, Unauthenticated
from domain.kernel.participant import ParticipantKind
from domain.matches import (
    CreateMatch,
    DecideResult,
    MatchNotReady,
    MatchOver,
    MatchStatus,
    NotYourMatch,
    OpenMatchKind,
    OwnMatch,
    RespondToMatch,
)
from domain.tournaments import StaffRole, Structure
from tests.factories.deadlines import Cup, make_cup, state_of
from tests.factories.disputes import call_referee, dispute, open_rooms, post, room_of, said_in
from tests.factories.games import make_catalogue
from tests.factories.notifications import told
from tests.factories.teams import NOW, add_members, make_admin, make_people, make_team, run
from tests.factories.tournaments import bracket, correction, published, start
from tests.fixtures.rows import every_row

MINUTE = timedelta(minutes=1)


async def _cup(db: Database, entrants: int = 4) -> Cup:
    return await make_cup(db, entrants, check_in=None)


async def _make_referee(cup: Cup, username: str) -> None:
    await run(
        cup.db,
        tournaments.set_staff,
        cup.organizer,
        tournaments.SetStaff(cup.tournament.id, username, StaffRole.REFEREE),
    )


async def take(db: Database, actor: Actor, match_id: UUID, *, force: bool = False) -> None:
    """Work on a dispute."""
    command = TakeDispute(match_id=match_id, now=NOW, force=force)
    await run(db, disputes.take_dispute, actor, command)


async def test_a_dispute_opens_a_room_and_the_decision_closes_it(db: Database) -> None:
    cup = await _cup(db)
    state = await dispute(cup)
    first, second = cup.sides(state)
    room = await room_of(db, second, state.id)
    assert room is not None
    assert (room.standing.slots, room.standing.is_official, room.view.closed_at) == ((1,), False, None)
    await post(db, first, state.id, "Here is the end.", links=("https://clips.example/1",))
    await take(db, cup.referee, state.id)
    await post(db, cup.referee, state.id, "I look at it.")
    decide = DecideResult(state.id, state.version, (2, 1), NOW + MINUTE)
    await run(db, matches.decide_result, cup.referee, decide)
    assert await said_in(db, room.view.id) == [
        ("OPENED", 1, "It was 1:2."),
        ("MESSAGE", 0, "Here is the end."),
        ("TAKEN", None, None),
        ("MESSAGE", None, "I look at it."),
        ("CLOSED", None, None),
    ]
    before = await every_row(db)
    for player in (first, second):
        with pytest.raises(DisputeRoomClosed):
            await post(db, player, state.id)
        with pytest.raises(MatchOver):
            await call_referee(db, player, state.id)
    with pytest.raises(DisputeRoomClosed):
        await take(db, cup.organizer, state.id)
    assert await every_row(db) == before
    await post(db, cup.organizer, state.id, "The video says so.")
    for actor in (first, second, cup.referee):  # what was said stays
        seen = await room_of(db, actor, state.id)
        assert seen is not None
        assert (seen.view.closed_at, seen.view.entry_count) == (NOW + MINUTE, 6)


async def test_nobody_else_can_know_of_it(db: Database) -> None:
    cup = await _cup(db)
    state = await dispute(cup)
    (stranger, scorer) = await make_people(db, "stranger", "scorer")
    await run(
        db, tournaments.set_staff, cup.organizer, tournaments.SetStaff(cup.tournament.id, "scorer", StaffRole.SCORER)
    )
    other = (await bracket(db, cup.tournament.id))["U1.2"]
    before = await every_row(db)
    for actor in (stranger, scorer, *cup.sides(other)):
        assert await room_of(db, actor, state.id) is None
        for match_id in (state.id, other.id):  # as if there was none, which of the other is true
            with pytest.raises(DisputeRoomNotFound):
                await take(db, actor, match_id)
            with pytest.raises(DisputeRoomNotFound):
                await post(db, actor, match_id)
        with pytest.raises(NotYourMatch):
            await call_referee(db, actor, state.id)
        assert await open_rooms(db, actor, cup.tournament.id) == []
    assert await room_of(db, ANONYMOUS, state.id) is None
    for attempt in (call_referee, post, take):
        with pytest.raises(Unauthenticated):
            await attempt(db, ANONYMOUS, state.id)
    assert await every_row(db) == before


async def test_an_official_who_plays_is_none(db: Database) -> None:
    cup = await _cup(db)
    state = await dispute(cup)
    first, second = cup.sides(state)
    await _make_referee(cup, "player-1")
    await _make_referee(cup, "player-2")
    other = cup.sides((await bracket(db, cup.tournament.id))["U1.2"])[0]
    seen, judge = await room_of(db, first, state.id), await room_of(db, other, state.id)
    assert seen is not None
    assert (seen.standing.slots, seen.standing.is_official) == ((0,), False)
    before = await every_row(db)
    with pytest.raises(OwnMatch):
        await take(db, first, state.id)
    with pytest.raises(OwnMatch):
        await take(db, second, state.id)
    assert await every_row(db) == before
    assert (await post(db, first, state.id)).slot == 0
    assert judge is not None
    assert (judge.standing.slots, judge.standing.is_official) == ((), True)
    await take(db, other, state.id)


async def test_a_side_calls_a_referee_and_officials_who_do_not_play_are_told(db: Database) -> None:
    cup = await _cup(db)
    await _make_referee(cup, "player-1")
    state = (await bracket(db, cup.tournament.id))["U1.1"]
    first, second = cup.sides(state)
    room = await call_referee(db, first, state.id, "They are late.")
    before = await every_row(db)
    with pytest.raises(DisputeRoomOpen):
        await call_referee(db, second, state.id)
    for reason in ("", " ", "x" * 2001):
        with pytest.raises(InvalidInput):
            await call_referee(db, first, state.id, reason)
    final = (await bracket(db, cup.tournament.id))["U2.1"]
    with pytest.raises(NotYourMatch):
        await call_referee(db, first, final.id)
    assert await every_row(db) == before
    await cup.workers.work(NOW)
    names = [slot.name for slot in state.slots]
    sentence = f"Spring Cup: {names[0]} calls a referee to {names[0]} against {names[1]}: They are late."
    assert sentence in await told(db, cup.organizer.require_user())
    assert sentence in await told(db, cup.referee.require_user())
    assert sentence not in await told(db, first.require_user())
    await post(db, cup.referee, state.id, "Wait five minutes.")
    await post(db, second, state.id, "I am here.")
    await cup.workers.work(NOW)
    for player, opponent in ((first, names[1]), (second, names[0])):
        wrote = f"Spring Cup: An official wrote about your match against {opponent}: Wait five minutes."
        assert [one for one in await told(db, player.require_user()) if "wrote" in one] == [wrote]
    assert (await state_of(db, state.id)).status is MatchStatus.READY
    assert len(await said_in(db, room.id)) == 3


async def test_a_match_that_waits_for_its_sides_has_no_room(db: Database) -> None:
    cup = await _cup(db)
    state = (await bracket(db, cup.tournament.id))["U1.1"]
    decide = DecideResult(state.id, state.version, (2, 0), NOW)
    await run(db, matches.decide_result, cup.referee, decide)
    final = (await bracket(db, cup.tournament.id))["U2.1"]
    before = await every_row(db)
    with pytest.raises(MatchNotReady):
        await call_referee(db, cup.sides(state)[0], final.id)
    assert await every_row(db) == before


async def test_a_match_outside_of_events_has_no_officials(db: Database) -> None:
    await make_catalogue(db)
    ann, bob, stranger = await make_people(db, "ann", "bob", "stranger")
    challenge = CreateMatch("rocket-league-1v1", OpenMatchKind.CHALLENGE, 3, NOW, opponent="bob")
    match = await run(db, matches.create_match, ann, challenge)
    await run(db, matches.respond_to_match, bob, RespondToMatch(match.id, match.version, accept=True, now=NOW))
    before = await every_row(db)
    for actor, refusal in ((ann, NoOfficials), (bob, NoOfficials), (stranger, NotYourMatch)):
        with pytest.raises(refusal):
            await call_referee(db, actor, match.id)
        with pytest.raises(DisputeRoomNotFound):
            await post(db, actor, match.id)
    assert await every_row(db) == before


async def test_players_of_a_team_and_its_captain_are_in_the_room(db: Database) -> None:
    await make_catalogue(db)
    names = ("organizer", "ann", "bob", "cid", "dan", "eve")
    organizer, ann, bob, cid, dan, eve = await make_people(db, *names)
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
    for captain, team in ((ann, reds), (cid, blues)):
        entry = tournaments.RegisterEntrant(event.id, NOW, team_id=team.id)
        await run(db, tournaments.register_entrant, captain, entry)
    await start(db, organizer, event.id)
    (state,) = (await bracket(db, event.id)).values()
    await call_referee(db, bob, state.id)
    assert [(await post(db, one, state.id)).slot for one in (ann, bob, cid, dan)] == [0, 0, 1, 1]
    assert (await post(db, organizer, state.id)).slot is None
    # Who joins the team later and gets a role is neither a player of the match nor an official of it.
    await add_members(db, reds.id, eve)
    await run(db, tournaments.set_staff, organizer, tournaments.SetStaff(event.id, "eve", StaffRole.REFEREE))
    assert await room_of(db, eve, state.id) is None
    assert await open_rooms(db, eve, event.id) == []
    assert (await post(db, await make_admin(db), state.id)).slot is None
    # Who leaves the team plays the match nevertheless.
    await run(db, teams.leave_team, bob, teams.LeaveTeam(team_id=reds.id, now=NOW + timedelta(hours=1)))
    await run(db, tournaments.set_staff, organizer, tournaments.SetStaff(event.id, "bob", StaffRole.REFEREE))
    seen = await room_of(db, bob, state.id)
    assert seen is not None
    assert (seen.standing.slots, seen.standing.is_official) == ((0,), False)


async def test_other_sides_have_a_room_of_their_own(db: Database) -> None:
    cup = await _cup(db)
    found = await bracket(db, cup.tournament.id)
    for key in ("U1.1", "U1.2"):
        decide = DecideResult(found[key].id, found[key].version, (2, 0), NOW)
        await run(db, matches.decide_result, cup.referee, decide)
    final = await dispute(cup, "U2.1")
    winner, loser = cup.sides(found["U1.1"])
    opponent = cup.sides(final)[1]
    old = await room_of(db, winner, final.id)
    assert old is not None

    async def correct(slot: int, minutes: int) -> None:
        state = await state_of(db, found["U1.1"].id)
        command = correction(state, slot, force=True, now=NOW + minutes * MINUTE)
        await run(db, tournaments.correct_match, cup.organizer, command)

    await correct(1, 1)
    assert await room_of(db, opponent, final.id) is None
    assert (await said_in(db, old.view.id))[-1] == ("CLOSED", None, None)
    await call_referee(db, loser, final.id)
    new = await room_of(db, opponent, final.id)
    assert new is not None and new.view.id != old.view.id
    assert await room_of(db, winner, final.id) is None
    async with db.read() as session:
        keys = [(winner, old.view.id), (winner, new.view.id), (loser, old.view.id)]
        assert list(await disputes.rooms_by_id(session, keys)) == [keys[0]]  # their own stays readable
    await correct(0, 2)
    back = await room_of(db, winner, final.id)
    assert back is not None
    assert (back.view.id, back.view.closed_at, back.view.opened_at) == (old.view.id, None, NOW + 2 * MINUTE)
    assert await said_in(db, old.view.id) == [
        ("OPENED", 1, "It was 1:2."),
        ("CLOSED", None, None),
        ("OPENED", None, "It was 1:2."),
    ]
    assert (await said_in(db, new.view.id))[-1] == ("CLOSED", None, None)


async def test_two_officials_do_not_work_on_one_dispute(db: Database) -> None:
    cup = await _cup(db)
    state = await dispute(cup)
    said = await asyncio.gather(
        *(take(db, actor, state.id) for actor in (cup.organizer, cup.referee)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in said) == ["DisputeTaken", "NoneType"]
    first, second = (cup.organizer, cup.referee) if said[0] is None else (cup.referee, cup.organizer)
    before = await every_row(db)
    await take(db, first, state.id)  # a repeat changes nothing
    with pytest.raises(DisputeTaken):
        await take(db, second, state.id)
    assert await every_row(db) == before
    await take(db, second, state.id, force=True)
    (room,) = await open_rooms(db, first, cup.tournament.id)
    assert room.view.taken_by_id == second.user_id


async def test_officials_see_the_longest_waiting_first_but_not_what_they_play_in(db: Database) -> None:
    cup = await _cup(db, 8)
    found = await bracket(db, cup.tournament.id)
    for minutes, key in ((5, "U1.2"), (1, "U1.4"), (3, "U1.1")):
        command = disputes.CallReferee(match_id=found[key].id, reason="late", now=NOW + minutes * MINUTE)
        await run(db, disputes.call_referee, cup.sides(found[key])[0], command)
    seen = [room.view.match_id for room in await open_rooms(db, cup.referee, cup.tournament.id)]
    assert seen == [found[key].id for key in ("U1.4", "U1.1", "U1.2")]
    await run(
        db, matches.decide_result, cup.referee, DecideResult(found["U1.1"].id, found["U1.1"].version, (2, 0), NOW)
    )
    assert len(await open_rooms(db, cup.referee, cup.tournament.id)) == 2


async def test_what_is_written_is_bounded(db: Database) -> None:
    cup = await _cup(db, 2)
    state = await dispute(cup)
    first, second = cup.sides(state)
    before = await every_row(db)
    wrong: list[tuple[str, tuple[str, ...]]] = [
        *(("", ()), ("x" * 2001, ())),
        *(("ok", ("http://clips.example",)), ("ok", ("https://a.example",) * 6)),
    ]
    for text, links in wrong:
        with pytest.raises(InvalidInput):
            await post(db, first, state.id, text, links=links)
    assert await every_row(db) == before
    for number in range(MAX_ENTRIES_OF_ONE):
        await post(db, first, state.id, str(number))
    before = await every_row(db)
    with pytest.raises(LimitReached):
        await post(db, first, state.id)
    assert await every_row(db) == before
    await post(db, second, state.id, "The others can still write.")
    await post(db, cup.referee, state.id, "Officials too.")


async def test_messages_at_once_are_numbered_without_a_gap(db: Database) -> None:
    cup = await _cup(db, 2)
    state = await dispute(cup)
    everybody = [*cup.sides(state), cup.organizer, cup.referee]

    async def talk(actor: Actor) -> int:
        written = 0
        for number in range(5):
            try:
                await post(db, actor, state.id, str(number))
                written += 1
            except DomainError:
                return written
        return written

    async def decide() -> int:
        await run(db, matches.decide_result, cup.referee, DecideResult(state.id, state.version, (2, 0), NOW))
        return 1

    written = await asyncio.gather(*map(talk, everybody), decide())
    room = await room_of(db, cup.organizer, state.id)
    assert room is not None
    said = await said_in(db, room.view.id)
    assert len(said) == 1 + sum(written)
    closed = said.index(("CLOSED", None, None))
    assert all(slot is None for _, slot, _ in said[closed:])
