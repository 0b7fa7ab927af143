"""Who takes part: registration, waitlist, check-in, withdrawal, and what the start makes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain import teams, tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS
from domain.kernel.errors import InvalidInput, Unauthenticated
from domain.kernel.ids import new_id
from domain.kernel.participant import ParticipantKind
from domain.teams import TeamRole
from domain.teams.errors import NotCaptain, TeamNotFound
from domain.tournaments import (
    CheckIn,
    DisqualifyEntrant,
    EntrantNotFound,
    EntrantStatus,
    RegisterEntrant,
    SetRegistration,
    TournamentNotFound,
    UpdateTournament,
    WithdrawEntrant,
)
from domain.tournaments.errors import (
    AlreadyRegistered,
    CheckInClosed,
    NotEntered,
    NotYourEntry,
    RegistrationClosed,
    RosterTooSmall,
    TooFewEntrants,
    TournamentFull,
    WrongTournamentStatus,
)
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, add_members, make_people, make_team, run
from tests.factories.tournaments import enter, entrants, make_tournament, published, row_of, start, statuses
from tests.fixtures.rows import refused

REGISTERED, WAITLISTED, CHECKED_IN, PLAYING, WITHDRAWN, ABSENT, DISQUALIFIED = EntrantStatus


def hours(number: float) -> datetime:
    """So many hours from now."""
    return NOW + timedelta(hours=number)


async def outbox(db: Database, name: str) -> list[dict[str, Any]]:
    """The facts of one name that were recorded, oldest first."""
    async with db.read() as session:
        from domain.infra.outbox import unpublished

        return [row.payload for row in await unpublished(session, 10_000) if row.name == name]


async def test_registration_has_a_window(db: Database) -> None:
    await make_catalogue(db)
    organizer, ann = await make_people(db, "organizer", "ann")
    draft = await make_tournament(db, organizer, registration_opens_at=hours(0.5), registration_closes_at=hours(1))
    enter_it = RegisterEntrant(draft.id, hours(0.75))
    await refused(db, TournamentNotFound, tournaments.register_entrant, ann, enter_it)
    await refused(db, WrongTournamentStatus, tournaments.register_entrant, organizer, enter_it)
    await run(db, tournaments.publish_tournament, organizer, tournaments.PublishTournament(draft.id))
    for now, message in (
        (NOW, "Registration opens at 2026-05-01 18:30 UTC."),
        (hours(1), "Registration closed at 2026-05-01 19:00 UTC."),
    ):
        late = await refused(db, RegistrationClosed, tournaments.register_entrant, ann, RegisterEntrant(draft.id, now))
        assert late.message == message
    await run(db, tournaments.set_registration, organizer, SetRegistration(draft.id, is_open=False))
    stopped = await refused(db, RegistrationClosed, tournaments.register_entrant, ann, enter_it)
    assert stopped.message == "The organizers have closed registration."
    await run(db, tournaments.set_registration, organizer, SetRegistration(draft.id, is_open=True))
    await refused(db, Unauthenticated, tournaments.register_entrant, ANONYMOUS, enter_it)
    await refused(db, TournamentNotFound, tournaments.register_entrant, ann, replace(enter_it, tournament_id=new_id()))
    await refused(db, InvalidInput, tournaments.register_entrant, ann, replace(enter_it, team_id=new_id()))

    entrant = await run(db, tournaments.register_entrant, ann, enter_it)
    assert (entrant.name, entrant.number, entrant.status, entrant.seed) == ("Ann", 1, REGISTERED, None)
    await refused(db, AlreadyRegistered, tournaments.register_entrant, ann, enter_it)
    assert await outbox(db, "tournaments.entrant_registered") == [
        {"tournament_id": str(draft.id), "entrant_id": str(entrant.id), "is_waitlisted": False}
    ]


async def test_without_a_window_registration_ends_at_the_planned_start(db: Database) -> None:
    await make_catalogue(db)
    organizer, ann = await make_people(db, "organizer", "ann")
    tournament = await published(db, organizer)
    at_start = RegisterEntrant(tournament.id, tournament.starts_at)
    await refused(db, RegistrationClosed, tournaments.register_entrant, ann, at_start)
    await enter(db, tournament.id, ann)
    await run(db, tournaments.cancel_tournament, organizer, tournaments.CancelTournament(tournament.id, "rain", NOW))
    (entrant,) = await entrants(db, tournament.id)
    requests: list[tuple[Any, Any]] = [
        (tournaments.register_entrant, RegisterEntrant(tournament.id, NOW)),
        (tournaments.withdraw_entrant, WithdrawEntrant(entrant.id, NOW)),
        (tournaments.check_in, CheckIn(entrant.id, NOW)),
        (tournaments.disqualify_entrant, DisqualifyEntrant(entrant.id, "late", NOW)),
    ]
    for use_case, command in requests:
        await refused(db, WrongTournamentStatus, use_case, organizer, command)


async def test_the_waitlist_moves_up_in_order_whenever_a_place_is_free(db: Database) -> None:
    await make_catalogue(db)
    organizer, *people = await make_people(db, "organizer", *"abcdefgh")
    tournament = await published(db, organizer, capacity=2)
    first, second = await enter(db, tournament.id, *people[:2])
    full = await refused(
        db, TournamentFull, tournaments.register_entrant, people[2], RegisterEntrant(tournament.id, NOW)
    )
    assert full.message == "Every place is taken; register with `waitlist: true` to wait for one."
    third, fourth = await enter(db, tournament.id, *people[2:4], waitlist=True)
    full = await refused(
        db, TournamentFull, tournaments.register_entrant, people[4], RegisterEntrant(tournament.id, NOW, waitlist=True)
    )
    assert full.message == "Every place is taken and the waitlist is full."
    assert await statuses(db, tournament.id) == [REGISTERED, REGISTERED, WAITLISTED, WAITLISTED]

    await run(db, tournaments.withdraw_entrant, people[0], WithdrawEntrant(first.id, NOW))
    assert await statuses(db, tournament.id) == [WITHDRAWN, REGISTERED, REGISTERED, WAITLISTED]
    row = await row_of(db, tournament.id)
    assert (row.entrant_count, row.waitlist_count) == (2, 1)

    # Who comes back queues up behind everybody else, under a new number.
    await enter(db, tournament.id, people[0], waitlist=True)
    assert [(entrant.name, entrant.number) for entrant in await entrants(db, tournament.id)] == [
        ("B", 2),
        ("C", 3),
        ("D", 4),
        ("A", 5),
    ]
    await run(db, tournaments.disqualify_entrant, organizer, DisqualifyEntrant(second.id, "false name", NOW))
    assert await statuses(db, tournament.id) == [DISQUALIFIED, REGISTERED, REGISTERED, WAITLISTED]
    await refused(
        db, NotEntered, tournaments.register_entrant, people[1], RegisterEntrant(tournament.id, NOW, waitlist=True)
    )

    # Leaving the waitlist frees no place; more places let the next ones in.
    await enter(db, tournament.id, people[4], waitlist=True)
    await run(db, tournaments.withdraw_entrant, people[0], WithdrawEntrant(first.id, NOW))
    assert await statuses(db, tournament.id) == [DISQUALIFIED, REGISTERED, REGISTERED, WITHDRAWN, WAITLISTED]
    await run(db, tournaments.update_tournament, organizer, UpdateTournament(tournament.id, 1, capacity=4))
    assert await statuses(db, tournament.id) == [DISQUALIFIED, REGISTERED, REGISTERED, WITHDRAWN, REGISTERED]
    row = await row_of(db, tournament.id)
    assert (row.entrant_count, row.waitlist_count) == (3, 0)
    promoted = [fact["entrant_id"] for fact in await outbox(db, "tournaments.entrant_promoted")]
    assert promoted == [str(key) for key in (third.id, fourth.id, (await entrants(db, tournament.id))[-1].id)]


async def test_without_check_in_everybody_with_a_place_plays(db: Database) -> None:
    await make_catalogue(db)
    organizer, *people = await make_people(db, "organizer", *"abcd")
    tournament = await published(db, organizer, capacity=3)
    entered = await enter(db, tournament.id, *people[:3])
    await enter(db, tournament.id, people[3], waitlist=True)
    no_check_in = await refused(db, CheckInClosed, tournaments.check_in, people[0], CheckIn(entered[0].id, NOW))
    assert no_check_in.message == "This tournament has no check-in."
    await start(db, organizer, tournament.id)
    assert await statuses(db, tournament.id) == [PLAYING, PLAYING, PLAYING, ABSENT]
    assert [entrant.seed for entrant in await entrants(db, tournament.id)] == [1, 2, 3, None]
    row = await row_of(db, tournament.id)
    assert (row.entrant_count, row.waitlist_count) == (3, 0)


async def test_with_check_in_those_who_are_there_play_and_the_waitlist_fills_the_places_of_the_absent(
    db: Database,
) -> None:
    await make_catalogue(db)
    organizer, *people = await make_people(db, "organizer", *"abcdef")
    tournament = await published(db, organizer, capacity=3, check_in_opens_at=hours(1), check_in_closes_at=hours(1.5))
    entered = await enter(db, tournament.id, *people[:3]) + await enter(db, tournament.id, *people[3:], waitlist=True)
    for now, message in (
        (NOW, "Check-in opens at 2026-05-01 19:00 UTC."),
        (hours(1.5), "Check-in closed at 2026-05-01 19:30 UTC."),
    ):
        closed = await refused(db, CheckInClosed, tournaments.check_in, people[0], CheckIn(entered[0].id, now))
        assert closed.message == message
    await refused(db, NotYourEntry, tournaments.check_in, people[1], CheckIn(entered[0].id, hours(1)))
    await refused(db, EntrantNotFound, tournaments.check_in, people[1], CheckIn(new_id(), hours(1)))
    await refused(db, NotYourEntry, tournaments.withdraw_entrant, people[1], WithdrawEntrant(entered[0].id, NOW))
    await refused(
        db, TooFewEntrants, tournaments.start_tournament, organizer, tournaments.StartTournament(tournament.id, NOW)
    )

    for index in (0, 4, 5):
        checked_in = await run(db, tournaments.check_in, people[index], CheckIn(entered[index].id, hours(1)))
        assert checked_in.checked_in_at == hours(1)
    again = await run(db, tournaments.check_in, people[0], CheckIn(entered[0].id, hours(1.25)))
    assert again.checked_in_at == hours(1)
    await run(db, tournaments.withdraw_entrant, people[1], WithdrawEntrant(entered[1].id, NOW))
    await refused(db, NotEntered, tournaments.check_in, people[1], CheckIn(entered[1].id, hours(1)))
    await refused(db, NotEntered, tournaments.withdraw_entrant, people[1], WithdrawEntrant(entered[1].id, NOW))
    assert await statuses(db, tournament.id) == [
        CHECKED_IN, WITHDRAWN, REGISTERED, REGISTERED, WAITLISTED, WAITLISTED
    ]  # fmt: skip

    await start(db, organizer, tournament.id)
    assert await statuses(db, tournament.id) == [PLAYING, WITHDRAWN, ABSENT, ABSENT, PLAYING, PLAYING]
    assert [entrant.seed for entrant in await entrants(db, tournament.id)] == [1, None, None, None, 2, 3]
    promoted = [fact["entrant_id"] for fact in await outbox(db, "tournaments.entrant_promoted")]
    assert promoted == [str(entered[index].id) for index in (3, 4, 5)]
    await refused(
        db,
        WrongTournamentStatus,
        tournaments.start_tournament,
        organizer,
        tournaments.StartTournament(tournament.id, NOW),
    )


async def test_one_cannot_start_alone(db: Database) -> None:
    await make_catalogue(db)
    organizer, ann = await make_people(db, "organizer", "ann")
    tournament = await published(db, organizer)
    await enter(db, tournament.id, ann)
    command = tournaments.StartTournament(tournament.id, NOW)
    alone = await refused(db, TooFewEntrants, tournaments.start_tournament, organizer, command)
    assert alone.message == "1 can take part; this bracket needs at least 2."


async def test_teams_enter_with_their_captain_and_keep_the_roster_they_entered_with(db: Database) -> None:
    await make_catalogue(db)
    organizer, ann, bob, cid, dan, eve = await make_people(db, "organizer", "ann", "bob", "cid", "dan", "eve")
    tournament = await published(db, organizer, game="rocket-league-2v2", entrant_kind=ParticipantKind.TEAM)
    reds, blues = await make_team(db, ann, "reds"), await make_team(db, bob, "blues")
    enter_reds = RegisterEntrant(tournament.id, NOW, team_id=reds.id)
    await refused(db, InvalidInput, tournaments.register_entrant, ann, RegisterEntrant(tournament.id, NOW))
    await refused(db, TeamNotFound, tournaments.register_entrant, ann, replace(enter_reds, team_id=new_id()))
    await refused(db, NotCaptain, tournaments.register_entrant, bob, enter_reds)
    await add_members(db, reds.id, eve, role=TeamRole.COACH)
    small = await refused(db, RosterTooSmall, tournaments.register_entrant, ann, enter_reds)
    assert small.message == "The team has 1 players; a side of this game needs 2."
    await add_members(db, reds.id, cid)
    await refused(db, NotCaptain, tournaments.register_entrant, cid, enter_reds)
    entrant = await run(db, tournaments.register_entrant, ann, enter_reds)
    await refused(db, AlreadyRegistered, tournaments.register_entrant, ann, enter_reds)
    await add_members(db, blues.id, cid)
    twice = await refused(
        db, AlreadyRegistered, tournaments.register_entrant, bob, replace(enter_reds, team_id=blues.id)
    )
    assert twice.message == "Cid is registered already."

    await add_members(db, reds.id, dan)
    await run(
        db, teams.remove_team_member, ann, teams.RemoveTeamMember(team_id=reds.id, user_id=cid.require_user(), now=NOW)
    )
    await run(db, teams.update_team, ann, teams.UpdateTeam(team_id=reds.id, version=1, name="Scarlets"))
    async with db.read() as session:
        players = (await tournaments.players_of(session, [entrant.id]))[entrant.id]
        mine = await tournaments.entries_of_user(session, [(tournament.id, cid.require_user())])
    assert set(players) == {ann.user_id, cid.user_id}
    assert [row.id for row in mine.values()] == [entrant.id]
    assert [row.name for row in await entrants(db, tournament.id)] == ["Reds"]

    # A withdrawn team frees its players; the new captain of a team acts for it.
    await run(
        db, teams.transfer_team_captaincy, ann, teams.TransferTeamCaptaincy(team_id=reds.id, user_id=dan.require_user())
    )
    await refused(db, NotYourEntry, tournaments.withdraw_entrant, ann, WithdrawEntrant(entrant.id, NOW))
    await run(db, tournaments.withdraw_entrant, dan, WithdrawEntrant(entrant.id, NOW))
    await run(db, tournaments.register_entrant, bob, replace(enter_reds, team_id=blues.id))
