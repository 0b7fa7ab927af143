"""Requests at the same instant, each in a transaction of its own: the outcome is that of some order."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, cast

import pytest_asyncio

from domain import accounts, matches, tournaments
from domain.infra.db import Database
from domain.infra.presence import Presence
from domain.infra.settings import Settings
from domain.kernel.actor import Actor
from domain.kernel.errors import DomainError
from domain.kernel.participant import ParticipantKind
from domain.matches import ConfirmResult, DecideResult, MatchStatus, ReportResult
from domain.tournaments import (
    CreateTournament,
    EntrantStatus,
    RegisterEntrant,
    SetRegistration,
    SetStaff,
    StaffRole,
    StartTournament,
    Structure,
    TournamentStatus,
    WithdrawEntrant,
)
from resolvers.context import Context
from resolvers.services import Services
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import bracket, correction, enter, entrants, play, published, row_of, started, statuses
from tests.fixtures.clock import FakeClock

Request = tuple[Actor, Callable[..., Awaitable[Any]], Any]
REPEATS = 5


async def at_once(db: Database, *requests: Request) -> list[str]:
    """What happens to requests made at the same instant: the code of the refusal, or nothing."""

    async def outcome(actor: Actor, use_case: Callable[..., Awaitable[Any]], command: Any) -> str:
        try:
            await run(db, use_case, actor, command)
        except DomainError as refusal:
            return refusal.code
        return ""

    return await asyncio.gather(*(outcome(*request) for request in requests))


@pytest_asyncio.fixture
async def organizer(db: Database) -> AsyncIterator[Actor]:
    """Somebody who runs events, in a database with games whose connections are open already."""
    await make_catalogue(db)
    (person,) = await make_people(db, "organizer")
    await asyncio.gather(*(db.transaction(_nothing) for _ in range(8)))
    yield person


async def _nothing(_session: object) -> None:
    await asyncio.sleep(0)


async def test_of_two_results_at_once_one_counts(db: Database, organizer: Actor) -> None:
    event, players = await started(db, organizer, 16, structure=Structure.SINGLE_ELIMINATION)
    for key in ("U1.1", "U1.2", "U1.3", "U1.4"):  # report against report
        state = (await bracket(db, event.id))[key]
        first, second = (players[slot.participant_id] for slot in state.slots if slot.participant_id)
        said = await at_once(
            db,
            (first, matches.report_result, ReportResult(state.id, 1, (2, 0), NOW)),
            (second, matches.report_result, ReportResult(state.id, 1, (0, 2), NOW)),
        )
        assert sorted(said) == ["", "STALE_VERSION"]
        state = (await bracket(db, event.id))[key]
        assert (state.status, state.version) == (MatchStatus.REPORTED, 2)
        assert state.report is not None
        assert said[state.report.slot] == ""
    for key in ("U1.5", "U1.6", "U1.7", "U1.8"):  # confirmation against confirmation, and against a decision
        state = (await bracket(db, event.id))[key]
        first, second = (players[slot.participant_id] for slot in state.slots if slot.participant_id)
        await run(db, matches.report_result, first, ReportResult(state.id, 1, (2, 0), NOW))
        done = await at_once(
            db,
            (second, matches.confirm_result, ConfirmResult(state.id, 2, NOW)),
            (second, matches.confirm_result, ConfirmResult(state.id, 2, NOW)),
            (organizer, matches.decide_result, DecideResult(state.id, 2, (2, 0), NOW)),
        )
        assert Counter(done) == {"": 1, "STALE_VERSION": 2}
        state = (await bracket(db, event.id))[key]
        assert (state.status, state.version, state.winner) == (MatchStatus.FINISHED, 3, 0)
    assert (await row_of(db, event.id)).change_count == 1 + 1 + 16 + 4 + 2 * 4 + 4


async def test_of_two_corrections_at_once_one_counts(db: Database, organizer: Actor) -> None:
    event, players = await started(db, organizer, 4, structure=Structure.SINGLE_ELIMINATION)
    (helper,) = await make_people(db, "helper")
    await run(db, tournaments.set_staff, organizer, SetStaff(event.id, "helper", role=StaffRole.ORGANIZER))
    await play(db, (await bracket(db, event.id))["U1.1"], players, 0)
    for _ in range(REPEATS):
        state = (await bracket(db, event.id))["U1.1"]
        command = correction(state, 1 - (state.winner or 0))
        correct = tournaments.correct_match
        done = await at_once(db, (organizer, correct, command), (helper, correct, command))
        assert sorted(done) == ["", "STALE_VERSION"]
        found = await bracket(db, event.id)
        winner = found["U1.1"].winner
        assert winner == 1 - (state.winner or 0)
        assert found["U2.1"].slots[0].participant_id == found["U1.1"].slots[winner].participant_id


async def test_results_of_two_matches_at_once_both_count(db: Database, organizer: Actor) -> None:
    event, _ = await started(db, organizer, 8, structure=Structure.SINGLE_ELIMINATION)
    found = await bracket(db, event.id)
    decisions: list[Request] = [
        (organizer, matches.decide_result, DecideResult(found[key].id, 1, (2, 0), NOW))
        for key in ("U1.1", "U1.2", "U1.3", "U1.4")
    ]
    assert await at_once(db, *decisions) == ["", "", "", ""]
    found = await bracket(db, event.id)
    assert [[slot.seed for slot in found[key].slots] for key in ("U2.1", "U2.2")] == [[1, 4], [2, 3]]
    semis: list[Request] = [
        (organizer, matches.decide_result, DecideResult(found[key].id, found[key].version, (2, 0), NOW))
        for key in ("U2.1", "U2.2")
    ]
    assert await at_once(db, *semis) == ["", ""]
    final = (await bracket(db, event.id))["U3.1"]
    assert ([slot.seed for slot in final.slots], final.status) == ([1, 2], MatchStatus.READY)


async def test_the_last_places_are_not_given_twice(db: Database, organizer: Actor) -> None:
    people = await make_people(db, *(f"player{number}" for number in range(8)))
    for number in range(REPEATS):
        event = await published(db, organizer, f"cup-{number}", capacity=3)
        await enter(db, event.id, people[0])
        requests: list[Request] = [
            (person, tournaments.register_entrant, RegisterEntrant(event.id, NOW, waitlist=person is people[7]))
            for person in people
        ]
        done = Counter(await at_once(db, *requests))
        assert done["ALREADY_REGISTERED"] == 1
        found = Counter(await statuses(db, event.id))
        assert found[EntrantStatus.REGISTERED] == 3
        assert found[EntrantStatus.WAITLISTED] == done[""] - 2
        assert done["TOURNAMENT_FULL"] == 7 - done[""]
        row = await row_of(db, event.id)
        assert (row.entrant_count, row.waitlist_count) == (3, found[EntrantStatus.WAITLISTED])
        assert [entrant.number for entrant in await entrants(db, event.id)] == list(range(1, done[""] + 2))


async def test_registering_while_registration_closes(db: Database, organizer: Actor) -> None:
    people = await make_people(db, *(f"player{number}" for number in range(4)))
    for number in range(REPEATS):
        event = await published(db, organizer, f"cup-{number}")
        registrations: list[Request] = [
            (person, tournaments.register_entrant, RegisterEntrant(event.id, NOW)) for person in people
        ]
        close: Request = (organizer, tournaments.set_registration, SetRegistration(event.id, is_open=False))
        done = await at_once(db, *registrations[:2], close, *registrations[2:])
        assert done[2] == ""
        assert set(done) <= {"", "REGISTRATION_CLOSED"}
        row = await row_of(db, event.id)
        assert (row.entrant_count, row.is_registration_stopped) == (done.count("") - 1, True)


async def test_starting_while_somebody_leaves(db: Database, organizer: Actor) -> None:
    people = await make_people(db, *(f"player{number}" for number in range(4)))
    for number in range(REPEATS):
        event = await published(db, organizer, f"cup-{number}", structure=Structure.SINGLE_ELIMINATION)
        entered = await enter(db, event.id, *people)
        begin: Request = (organizer, tournaments.start_tournament, StartTournament(event.id, NOW))
        leave: Request = (people[3], tournaments.withdraw_entrant, WithdrawEntrant(entered[3].id, NOW))
        first, *others = (begin, leave, begin) if number % 2 else (leave, begin, begin)
        done = await at_once(db, first, *others)
        assert sorted(done) == ["", "", "WRONG_TOURNAMENT_STATUS"]
        found = await bracket(db, event.id)
        gone = (await entrants(db, event.id))[3]
        assert gone.status is EntrantStatus.WITHDRAWN
        assert (await row_of(db, event.id)).status is TournamentStatus.RUNNING
        if gone.seed is None:  # left before the start: the bracket was drawn for three
            assert sorted(found) == ["U1.2", "U2.1"]
        else:  # left after it: the opponent went on
            assert (gone.seed, found["U1.1"].winner, len(found)) == (4, 0, 3)


async def test_two_events_with_one_address(db: Database, organizer: Actor) -> None:
    (other,) = await make_people(db, "other")
    for number in range(REPEATS):
        command = CreateTournament(
            slug=f"cup-{number}",
            name="Cup",
            game="nine-ball",
            entrant_kind=ParticipantKind.USER,
            structure=Structure.SINGLE_ELIMINATION,
            starts_at=NOW,
            now=NOW,
        )
        create = tournaments.create_tournament
        assert sorted(await at_once(db, (organizer, create, command), (other, create, command))) == ["", "SLUG_TAKEN"]


async def test_one_idempotency_key_twice_at_once(db: Database, organizer: Actor, settings: Settings) -> None:
    people = await make_people(db, *(f"player{number}" for number in range(REPEATS)))
    event = await published(db, organizer)
    services: Any = Services(
        settings=settings,
        db=db,
        clock=FakeClock(),
        accounts=cast("accounts.Accounts", None),
        presence=cast("Presence", None),
    )
    for person in people:
        command = RegisterEntrant(event.id, NOW)
        answers = await asyncio.gather(
            *(
                Context(services=services, actor=person).execute_once(
                    tournaments.register_entrant, command, "key", tournaments.Entrant
                )
                for _ in range(3)
            )
        )
        assert len({answer.id for answer in answers}) == 1
    assert await statuses(db, event.id) == [EntrantStatus.REGISTERED] * REPEATS
    assert (await row_of(db, event.id)).change_count == 1 + REPEATS
