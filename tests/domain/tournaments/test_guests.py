"""Guests: entered by organizers, played for by officials, told nothing and not rated."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain import games, matches, notifications, queues, tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import InvalidInput, Unauthenticated
from domain.kernel.ids import new_id
from domain.kernel.participant import ParticipantKind
from domain.matches import DecideResult, MatchFinished, MatchReady, MatchReported, MatchState, MatchStatus, ReportResult
from domain.matches.errors import NotYourMatch, OwnReport
from domain.queues import AnswerTimeEnded, CallStatus, NoShow
from domain.tournaments import (
    CheckIn,
    DisqualifyEntrant,
    EntrantStatus,
    RegisterEntrant,
    SeedingMethod,
    SeedTournament,
    SetStaff,
    StaffRole,
    Structure,
    Tournament,
    TournamentNotFound,
    UpdateTournament,
    WithdrawEntrant,
)
from domain.tournaments.commands.guests import AddGuests
from domain.tournaments.errors import (
    AlreadyRegistered,
    NotAnOrganizer,
    NotYourEntry,
    RegistrationClosed,
    TournamentFull,
    WrongTournamentStatus,
)
from tests.factories.games import make_catalogue
from tests.factories.notifications import react, told
from tests.factories.queues import Hall, answer, call_next, call_of, use_tables
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import (
    bracket,
    correction,
    enter,
    entrants,
    make_tournament,
    places,
    published,
    row_of,
    start,
    states,
    statuses,
)
from tests.factories.venues import add_tables, make_venue
from tests.fixtures.rows import refused

SINGLE: dict[str, Any] = {"structure": Structure.SINGLE_ELIMINATION, "best_of": 1}


async def add(db: Database, organizer: Actor, event: Tournament, *names: str) -> Tournament:
    """Enter guests."""
    return await run(db, tournaments.guests.add_guests, organizer, AddGuests(event.id, names, NOW))


async def decide(db: Database, official: Actor, state: MatchState, *scores: int) -> None:
    """Enter a result as an official."""
    await run(db, matches.decide_result, official, DecideResult(state.id, state.version, scores, NOW))


async def names(db: Database, event: Tournament) -> list[str]:
    """Who entered, by registration."""
    return [entrant.name for entrant in await entrants(db, event.id)]


async def test_an_event_of_names_alone_is_played_by_its_organizer(db: Database) -> None:
    """Entered, checked in, seeded, played, corrected; nobody is told, and nobody is rated."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event = await published(db, organizer, entrant_kind=ParticipantKind.GUEST, check_in_opens_at=NOW, **SINGLE)
    assert (await add(db, organizer, event, "Ann", " Bo ", "Cy", "Dee", "Eve")).entrant_count == 5
    found = await entrants(db, event.id)
    assert [(one.name, one.number, one.kind, one.participant_id) for one in found] == [
        (name, number, ParticipantKind.GUEST, one.id)
        for number, (name, one) in enumerate(zip(["Ann", "Bo", "Cy", "Dee", "Eve"], found, strict=True), 1)
    ]
    for one in found[:4]:
        await run(db, tournaments.check_in, organizer, CheckIn(one.id, NOW))
    await run(db, tournaments.seed_tournament, organizer, SeedTournament(event.id, SeedingMethod.RATING))
    await start(db, organizer, event.id)
    assert await statuses(db, event.id) == [EntrantStatus.PLAYING] * 4 + [EntrantStatus.ABSENT]
    for _ in range(3):
        state = next(each for each in await states(db, event.id) if each.status is MatchStatus.READY)
        await decide(db, organizer, state, 1, 0)
    before = await places(db, event.id)
    assert sorted(before.values()) == [(1, 1), (2, 2), (3, 4), (3, 4)]
    final = list((await bracket(db, event.id)).values())[-1]
    await run(db, tournaments.correct_match, organizer, correction(final, 1))
    assert await places(db, event.id) != before
    for kind, reaction in (
        (MatchReady, notifications.on_match_ready),
        (MatchFinished, notifications.on_match_finished),
        (tournaments.TournamentStarted, notifications.on_tournament_started),
    ):
        assert await react(db, kind, reaction)
    await react(db, MatchFinished, lambda session, _id, event: matches.rate(session, event))
    assert await told(db, organizer.require_user()) == []
    async with db.read() as session:
        competitors = [games.Competitor(ParticipantKind.GUEST, one.id) for one in found]
        assert await games.ratings_of(session, event.game_id, competitors) == {}


async def test_what_a_user_reports_against_a_guest_waits_for_an_official(db: Database) -> None:
    await make_catalogue(db)
    organizer, ann, referee = await make_people(db, "organizer", "ann", "referee")
    event = await published(db, organizer, **SINGLE)
    await run(db, tournaments.set_staff, organizer, SetStaff(event.id, "referee", StaffRole.REFEREE))
    await enter(db, event.id, ann)
    await add(db, organizer, event, "Bo")
    await start(db, organizer, event.id)
    (state,) = await states(db, event.id)
    report = ReportResult(state.id, state.version, (1, 0), NOW)
    await refused(db, NotYourMatch, matches.report_result, organizer, report)
    reported = await run(db, matches.report_result, ann, report)
    assert reported.status is MatchStatus.REPORTED
    confirm = matches.ConfirmResult(state.id, reported.version, NOW)
    await refused(db, OwnReport, matches.confirm_result, ann, confirm)
    await refused(db, NotYourMatch, matches.confirm_result, organizer, confirm)
    await react(db, MatchReported, notifications.on_match_reported)
    for official in (organizer, referee):
        assert len(await told(db, official.require_user())) == 1
    await decide(db, referee, reported.state, 1, 0)
    assert await places(db, event.id) == {1: (1, 1), 2: (2, 2)}
    await react(db, MatchFinished, lambda session, _id, event: matches.rate(session, event))
    async with db.read() as session:
        key = games.Competitor(ParticipantKind.USER, ann.require_user())
        assert await games.ratings_of(session, event.game_id, [key]) == {}


async def test_who_may_add_guests_and_which(db: Database) -> None:
    await make_catalogue(db)
    organizer, ann = await make_people(db, "organizer", "ann")
    draft = await make_tournament(db, organizer, "draft", **SINGLE)
    event = await published(db, organizer, capacity=4, **SINGLE)
    await enter(db, event.id, ann)
    command = AddGuests(event.id, ["Bo"], NOW)
    use = tournaments.guests.add_guests
    await refused(db, Unauthenticated, use, ANONYMOUS, command)
    await refused(db, NotAnOrganizer, use, ann, command)
    await refused(db, TournamentNotFound, use, organizer, replace(command, tournament_id=new_id()))
    await refused(db, WrongTournamentStatus, use, organizer, replace(command, tournament_id=draft.id))
    for given, path in (
        ([], ("names",)),
        (["x"] * 1025, ("names",)),
        (["Bo", " "], ("names", "1")),
        (["x" * 101], ("names", "0")),
        (["a\nb"], ("names", "0")),
    ):
        error = await refused(db, InvalidInput, use, organizer, replace(command, names=given))
        assert error.path == path
    for given in (["Bo", "bo "], ["ANN"]):
        await refused(db, AlreadyRegistered, use, organizer, replace(command, names=given))
    await refused(db, TournamentFull, use, organizer, replace(command, names=["Bo", "Cy", "Dee", "Eve"]))
    await add(db, organizer, event, "Bo", "Cy", "Dee")
    assert (await row_of(db, event.id)).entrant_count == 4
    await start(db, organizer, event.id)
    await refused(db, WrongTournamentStatus, use, organizer, replace(command, names=["Fay"]))


async def test_guests_leave_through_organizers_and_come_back_as_others(db: Database) -> None:
    await make_catalogue(db)
    organizer, ann = await make_people(db, "organizer", "ann")
    event = await published(db, organizer, capacity=2, **SINGLE)
    await add(db, organizer, event, "Bo", "Cy")
    bo, cy = await entrants(db, event.id)
    await refused(db, NotYourEntry, tournaments.withdraw_entrant, ann, WithdrawEntrant(bo.id, NOW))
    await run(db, tournaments.withdraw_entrant, organizer, WithdrawEntrant(bo.id, NOW))
    await run(db, tournaments.disqualify_entrant, organizer, DisqualifyEntrant(cy.id, "no show", NOW))
    await add(db, organizer, event, "Bo", "Cy")
    assert await names(db, event) == ["Bo", "Cy", "Bo", "Cy"]
    assert await statuses(db, event.id) == [
        EntrantStatus.WITHDRAWN,
        EntrantStatus.DISQUALIFIED,
        *[EntrantStatus.REGISTERED] * 2,
    ]
    await run(db, tournaments.update_tournament, organizer, UpdateTournament(event.id, 1, capacity=3))
    await enter(db, event.id, ann)


async def test_nobody_registers_for_an_event_of_guests(db: Database) -> None:
    await make_catalogue(db)
    organizer, ann = await make_people(db, "organizer", "ann")
    event = await published(db, organizer, entrant_kind=ParticipantKind.GUEST, **SINGLE)
    await refused(db, RegistrationClosed, tournaments.register_entrant, ann, RegisterEntrant(event.id, NOW))


async def test_a_guest_who_leaves_a_running_event_lets_opponents_go_on(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event = await published(db, organizer, **SINGLE)
    await add(db, organizer, event, "Ann", "Bo")
    await start(db, organizer, event.id)
    bo = (await entrants(db, event.id))[1]
    await run(db, tournaments.withdraw_entrant, organizer, WithdrawEntrant(bo.id, NOW))
    assert await places(db, event.id) == {1: (1, 1), 2: (2, 2)}


async def hall_of_guests(db: Database, no_show: NoShow, *guests: str, **overrides: Any) -> tuple[Hall, Actor]:
    """A running event of one user and of guests, at a venue with two tables."""
    await make_catalogue(db)
    organizer, ann = await make_people(db, "organizer", "ann")
    venue = await make_venue(db, organizer)
    tables = await add_tables(db, organizer, venue, 2)
    event = await published(db, organizer, **{**SINGLE, **overrides})
    await enter(db, event.id, ann)
    await add(db, organizer, event, *guests)
    await start(db, organizer, event.id)
    await use_tables(db, organizer, event.id, venue, tables, no_show=no_show)
    return Hall(organizer, venue, tables, event, {ann.require_user(): ann}), ann


async def test_organizers_answer_calls_for_guests(db: Database) -> None:
    hall, ann = await hall_of_guests(db, NoShow.FORFEIT, "Bo", "Cy", "Dee")
    with_user, of_guests = await call_next(db, hall)
    async with db.read() as session:
        found = await matches.states_by_id(session, [with_user.played_id, of_guests.played_id])
    if ParticipantKind.USER not in {slot.kind for slot in found[with_user.played_id].slots}:
        with_user, of_guests = of_guests, with_user
    assert (await answer(db, hall.organizer, of_guests)).status is CallStatus.PLAYING
    side = next(i for i, slot in enumerate(found[with_user.played_id].slots) if slot.kind is ParticipantKind.USER)
    assert (await answer(db, ann, with_user)).status is CallStatus.CALLED
    late = AnswerTimeEnded(tournament_id=hall.tournament.id, call_id=with_user.id, at=NOW + timedelta(hours=1))
    await db.transaction(lambda session: queues.expire_call(session, late))
    still = await call_of(db, with_user.id)
    assert (still.status, still.expired_at) == (CallStatus.CALLED, late.at)
    assert (await answer(db, hall.organizer, still, slot=1 - side)).status is CallStatus.PLAYING


async def test_a_guest_is_called_to_one_table_at_a_time(db: Database) -> None:
    """In a group everybody waits for several matches at once."""
    hall, _ = await hall_of_guests(db, NoShow.REQUEUE, "Bo", "Cy", structure=Structure.ROUND_ROBIN)
    (call,) = await call_next(db, hall)
    assert [each.id for each in await call_next(db, hall, NOW + timedelta(minutes=1))] == [call.id]
    await answer(db, hall.organizer, call)
    assert [each.id for each in await call_next(db, hall, NOW + timedelta(minutes=2))] == [call.id]
