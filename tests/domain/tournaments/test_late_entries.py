"""Who enters a Swiss while it is played."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.kernel.participant import ParticipantKind
from domain.matches import MatchStatus
from domain.tournaments import (
    EntrantStatus,
    PlayedStage,
    RegisterEntrant,
    SetRegistration,
    Tournament,
    TournamentStatus,
    WithdrawEntrant,
)
from domain.tournaments.commands.byes import RequestByes, request_byes
from domain.tournaments.commands.guests import AddGuests
from domain.tournaments.errors import NotEntered, RegistrationClosed, TooManyByes, TournamentFull, WrongTournamentStatus
from domain.tournaments.rules.rounds import Kind as RoundKind
from tests.factories.games import make_catalogue
from tests.factories.stages import matches_of_stage, stages, swiss
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import (
    correction,
    entrants,
    favourite,
    make_tournament,
    places,
    play,
    play_on,
    published,
    row_of,
    seeds,
    start,
    started,
    states,
    statuses,
)
from tests.fixtures.brackets import assert_gapless
from tests.fixtures.rows import refused

Event = tuple[Tournament, dict[Any, Actor]]


@pytest_asyncio.fixture
async def world(db: Database) -> AsyncIterator[tuple[Database, Actor]]:
    """A database with games, and an organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    yield db, organizer


async def make_swiss(db: Database, organizer: Actor, people: int, **given: Any) -> Event:
    """A Swiss of three rounds into which people can come late."""
    settings = {"rounds": 3, "has_late_entry": True, **given.pop("settings", {})}
    return await started(
        db, organizer, people, given.pop("slug", "cup"), structure=None, stages=[swiss(**settings)], **given
    )


async def enter_late(db: Database, event: Tournament, player: Actor) -> None:
    """Register now that it runs."""
    await run(db, tournaments.register_entrant, player, RegisterEntrant(event.id, NOW))


async def played(db: Database, event: Tournament) -> PlayedStage:
    """What is played in the Swiss."""
    (stage,) = await stages(db, event.id)
    async with db.snapshot() as session:
        return (await tournaments.played_stages(session, [(event.id, stage.id)]))[event.id, stage.id]


async def play_round(db: Database, event: Tournament, players: dict[Any, Actor]) -> None:
    """Play what is drawn; the better seed wins."""
    for state in await states(db, event.id):
        if state.status is MatchStatus.READY:
            await play(db, state, players, favourite(state))


async def sides(db: Database, event: Tournament) -> dict[str, list[int | None]]:
    """Who meets in each match, by key."""
    return {key: [*seeds(state)] for key, (state, _) in (await matches_of_stage(db, event.id, 1)).items()}


async def paired_in(db: Database, event: Tournament, number: int) -> list[int]:
    """The seeds that meet somebody in a round."""
    found = (await matches_of_stage(db, event.id, 1)).values()
    return sorted(seed for state, place in found if place.round == number for seed in seeds(state) if seed)


async def test_who_comes_after_the_first_round_is_paired_from_the_next(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, players = await make_swiss(db, organizer, 5)
    late, later = await make_people(db, "late", "later")
    await enter_late(db, event, late)
    assert (await statuses(db, event.id))[-1] is EntrantStatus.PLAYING
    assert await paired_in(db, event, 1) == [1, 2, 3, 4]
    await play_round(db, event, players)
    # Six play now, so nobody sits out.
    assert await paired_in(db, event, 2) == [1, 2, 3, 4, 5, 6]
    await enter_late(db, event, later)
    everybody = {**players, late.user_id: late, later.user_id: later}
    await play_round(db, event, everybody)
    sat_out = [(bye.round, bye.seed, bye.kind) for bye in (await played(db, event)).byes]
    assert [each for each in sat_out if each[2] is not RoundKind.PAIRING_BYE] == [
        (1, 6, RoundKind.ZERO_BYE),
        (1, 7, RoundKind.ZERO_BYE),
        (2, 7, RoundKind.ZERO_BYE),
    ]
    assert {round_ for round_, _, kind in sat_out if kind is RoundKind.PAIRING_BYE} == {1, 3}
    await play_round(db, event, everybody)
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED
    (stage,) = await stages(db, event.id)
    (table,) = tournaments.tables(stage, await played(db, event)).values()
    points = {row.number: row.values["PTS"].number or 0 for row in table.standings.rows}
    assert points[7] <= 1 and points[6] <= 2
    # What they missed brought nothing, and took nothing from the others.
    assert sum(points.values()) == 3 + 3 + 4
    assert set(await places(db, event.id)) == {1, 2, 3, 4, 5, 6, 7}
    await assert_gapless(db, event.id)


async def test_nobody_comes_once_the_last_round_is_drawn(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, players = await make_swiss(db, organizer, 4, settings={"rounds": 2})
    (late,) = await make_people(db, "late")
    await play_round(db, event, players)
    await refused(db, WrongTournamentStatus, tournaments.register_entrant, late, RegisterEntrant(event.id, NOW))
    stop = SetRegistration(event.id, is_open=False)
    await refused(db, WrongTournamentStatus, tournaments.set_registration, organizer, stop)


async def test_nobody_comes_where_it_was_not_offered_or_was_stopped(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    late, left = await make_people(db, "late", "left")
    closed, _ = await make_swiss(db, organizer, 4, settings={"has_late_entry": False}, slug="closed")
    await refused(db, WrongTournamentStatus, tournaments.register_entrant, late, RegisterEntrant(closed.id, NOW))
    event, _ = await make_swiss(db, organizer, 4, capacity=5)
    enter = RegisterEntrant(event.id, NOW)
    await run(db, tournaments.set_registration, organizer, SetRegistration(event.id, is_open=False))
    await refused(db, RegistrationClosed, tournaments.register_entrant, late, enter)
    await run(db, tournaments.set_registration, organizer, SetRegistration(event.id, is_open=True))
    await run(db, tournaments.register_entrant, left, enter)
    await refused(db, TournamentFull, tournaments.register_entrant, late, replace(enter, waitlist=True))
    gone = (await entrants(db, event.id))[-1]
    await run(db, tournaments.withdraw_entrant, left, WithdrawEntrant(gone.id, NOW))
    await refused(db, NotEntered, tournaments.register_entrant, left, enter)
    assert await paired_in(db, event, 1) == [1, 2, 3, 4]


@pytest.mark.parametrize("rounds", [{}, {"wins_to_advance": 2}, {"losses_to_leave": 2}])
async def test_how_many_rounds_there_are_is_said_before(world: tuple[Database, Actor], rounds: dict[str, int]) -> None:
    db, organizer = world
    plans = [swiss(has_late_entry=True, **rounds)]
    with pytest.raises(InvalidInput) as refusal:
        await make_tournament(db, organizer, structure=None, stages=plans)
    assert refusal.value.path[-1] == "hasLateEntry"
    both = [swiss(has_late_entry=True, wins_to_advance=2, losses_to_leave=2)]
    await make_tournament(db, organizer, structure=None, stages=both)


async def test_guests_come_late_by_their_organizers(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    plans = [swiss(rounds=3, has_late_entry=True)]
    event = await published(db, organizer, structure=None, stages=plans, entrant_kind=ParticipantKind.GUEST, capacity=6)
    await run(db, tournaments.guests.add_guests, organizer, AddGuests(event.id, ["Ann", "Bob", "Cid"], NOW))
    await start(db, organizer, event.id)
    (outsider,) = await make_people(db, "outsider")
    more = AddGuests(event.id, ["Dan", "Eve"], NOW)
    await refused(db, tournaments.errors.NotAnOrganizer, tournaments.guests.add_guests, outsider, more)
    await refused(
        db, TournamentFull, tournaments.guests.add_guests, organizer, replace(more, names=["Dan", "Eve", "Fay", "Gus"])
    )
    await run(db, tournaments.guests.add_guests, organizer, more)
    rows = await entrants(db, event.id)
    assert [(row.name, row.seed, row.status) for row in rows][3:] == [
        ("Dan", 4, EntrantStatus.PLAYING),
        ("Eve", 5, EntrantStatus.PLAYING),
    ]
    assert [seat.seed for seat in (await played(db, event)).seats] == [1, 2, 3, 4, 5]


async def test_a_corrected_first_round_and_back_leaves_who_came_late(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, players = await make_swiss(db, organizer, 4)
    first, *_ = await states(db, event.id)
    await play(db, first, players, 0)
    (late,) = await make_people(db, "late")
    await enter_late(db, event, late)
    everybody = {**players, late.user_id: late}
    await play_on(db, event.id, everybody)
    before = await played(db, event)
    first = (await states(db, event.id))[0]
    for winner, one in pairwise((0, 1, 0)):
        state = next(state for state in await states(db, event.id) if state.id == first.id)
        assert state.winner == winner
        await run(db, tournaments.correct_match, organizer, correction(state, one, force=True, reason="typo"))
    after = await played(db, event)
    assert [seat.seed for seat in after.seats] == [1, 2, 3, 4, 5]
    assert after.byes == before.byes
    assert [seeds(state) for state, _ in after.bracket.matches] == [seeds(state) for state, _ in before.bracket.matches]


async def test_rounds_that_were_missed_count_as_half_byes_as_far_as_there_are(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, players = await make_swiss(db, organizer, 4, settings={"rounds": 4, "half_byes": 1})
    (late,) = await make_people(db, "late")
    await play_round(db, event, players)
    await enter_late(db, event, late)
    kinds = [(bye.round, bye.kind, bye.worth, bye.points) for bye in (await played(db, event)).byes if bye.seed == 5]
    assert kinds == [(1, RoundKind.HALF_BYE, 1, 0), (2, RoundKind.ZERO_BYE, 0, 1)]
    more = RequestByes((await entrants(db, event.id))[-1].id, 1, {3: RoundKind.HALF_BYE})
    await refused(db, TooManyByes, request_byes, late, more)


async def test_a_drawn_round_that_follows_a_correction_stays_without_who_came_after(
    world: tuple[Database, Actor],
) -> None:
    db, organizer = world
    event, players = await make_swiss(db, organizer, 4)
    await play_round(db, event, players)
    drawn = await sides(db, event)
    (late,) = await make_people(db, "late")
    await enter_late(db, event, late)
    byes = (await played(db, event)).byes
    for winner in (1, 0):
        first, _ = (await matches_of_stage(db, event.id, 1))["R1.1"]
        await run(db, tournaments.correct_match, organizer, correction(first, winner, force=True))
        assert await paired_in(db, event, 2) == [1, 2, 3, 4]
        assert (await played(db, event)).byes == byes
    assert await sides(db, event) == drawn
