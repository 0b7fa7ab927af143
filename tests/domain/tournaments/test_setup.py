"""What organizers do before play: create, edit, publish, share the work, seed, cancel."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain import accounts, games, tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, SYSTEM
from domain.kernel.errors import DomainError, InvalidInput, LimitReached, StaleVersion, Unauthenticated
from domain.kernel.ids import new_id
from domain.kernel.paging import PageRequest
from domain.kernel.participant import ParticipantKind
from domain.matches import MatchStatus
from domain.tournaments import (
    CancelTournament,
    CreateTournament,
    GrandFinal,
    Link,
    LoserOf,
    MoveTournament,
    PublishTournament,
    Seed,
    SeedingMethod,
    SeedTournament,
    SetStaff,
    StaffRole,
    StartTournament,
    Structure,
    TournamentNotFound,
    TournamentStatus,
    UpdateTournament,
    WinnerOf,
)
from domain.tournaments.errors import (
    InvalidGraph,
    InvalidSeeding,
    NotAnOrganizer,
    SlugTaken,
    TooFewEntrants,
    WrongTournamentStatus,
)
from domain.tournaments.values import MAX_STAFF
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, make_admin, make_people, run
from tests.factories.tournaments import (
    bracket,
    enter,
    entrants,
    make_tournament,
    published,
    row_of,
    seeds,
    start,
    started,
    states,
)
from tests.fixtures.rows import refused


def hours(number: float) -> datetime:
    """So many hours from now."""
    return NOW + timedelta(hours=number)


CREATE = CreateTournament(
    slug="summer-cup",
    name="Summer Cup",
    game="rocket-league-1v1",
    entrant_kind=ParticipantKind.USER,
    structure=Structure.SINGLE_ELIMINATION,
    starts_at=hours(2),
    now=NOW,
)
CUSTOM: dict[str, Any] = {"structure": Structure.CUSTOM}
PAIR = Link("a", Seed(1), Seed(2))
FOUR = [PAIR, Link("b", Seed(3), Seed(4)), Link("f", WinnerOf("a"), WinnerOf("b"))]

WITH_ADVANTAGE = {"structure": Structure.DOUBLE_ELIMINATION, "grand_final": GrandFinal.ADVANTAGE}

BAD: list[tuple[dict[str, Any], type[DomainError], tuple[str, ...] | None]] = [
    *(({"slug": slug}, InvalidInput, ("slug",)) for slug in (
        "", "ab", "-ab", "ab-", "Cup", "spring cup", "x" * 61, "äöü", "cup\n", "c\x00up"
    )),
    *(({"name": name}, InvalidInput, ("name",)) for name in ("", "  ", "x" * 101, "a\x00b", "a\nb")),
    *(({"description": text}, InvalidInput, ("description",)) for text in ("x" * 5001, "\x00")),
    *(({"best_of": number}, InvalidInput, ("bestOf",)) for number in (0, 2, -1, 101)),
    *(({"final_best_of": number}, InvalidInput, ("finalBestOf",)) for number in (0, 4, 101)),
    *(({"capacity": number}, InvalidInput, ("capacity",)) for number in (-1, 1, 4097)),
    *(({"lower_starters": number, "capacity": 16}, InvalidInput, ("lowerStarterCount",)) for number in (-1, 15)),
    ({"lower_starters": 1, "structure": Structure.SINGLE_ELIMINATION}, InvalidInput, ("lowerStarterCount",)),
    *(
        ({**WITH_ADVANTAGE, "final_advantage": number}, InvalidInput, ("finalAdvantage",))
        for number in (-1, 0, 2)
    ),
    ({**WITH_ADVANTAGE, "best_of": 1}, InvalidInput, ("finalAdvantage",)),
    ({"has_third_place_match": True, "structure": Structure.DOUBLE_ELIMINATION}, InvalidInput, ("hasThirdPlaceMatch",)),
    ({"game": "chess"}, games.GameNotFound, None),
    ({"registration_opens_at": hours(1), "registration_closes_at": hours(1)}, InvalidInput, ("registrationClosesAt",)),
    ({"registration_opens_at": hours(2)}, InvalidInput, ("registrationClosesAt",)),
    ({"registration_closes_at": hours(3)}, InvalidInput, ("registrationClosesAt",)),
    ({"check_in_opens_at": hours(1), "check_in_closes_at": hours(0.5)}, InvalidInput, ("checkInClosesAt",)),
    ({"check_in_opens_at": hours(1), "check_in_closes_at": hours(3)}, InvalidInput, ("checkInClosesAt",)),
    ({"check_in_closes_at": hours(1)}, InvalidInput, ("checkInOpensAt",)),
    ({"links": [PAIR]}, InvalidInput, ("matches",)),
    (CUSTOM, InvalidInput, ("matches",)),
    ({**CUSTOM, "links": []}, InvalidInput, ("matches",)),
    ({**CUSTOM, "links": [PAIR], "final_best_of": 5}, InvalidInput, ("finalBestOf",)),
    ({**CUSTOM, "links": [replace(PAIR, best_of=2)]}, InvalidInput, ("matches",)),
    ({**CUSTOM, "links": [replace(PAIR, best_of=101)]}, InvalidInput, ("matches",)),
    ({**CUSTOM, "links": [replace(PAIR, key="a\x00")]}, InvalidInput, ("matches",)),
]  # fmt: skip

BAD_GRAPHS: dict[str, tuple[list[Link], str]] = {
    "cycle": (
        [Link("a", Seed(1), WinnerOf("b")), Link("b", Seed(2), WinnerOf("a"))],
        "The match 'b' waits for itself through other matches.",
    ),
    "feeds itself": ([Link("a", Seed(1), WinnerOf("a")), Link("b", Seed(2), Seed(3))], "The match feeds itself."),
    "seed twice": ([Link("a", Seed(1), Seed(1))], "The seed 1 is used twice."),
    "seed left out": ([Link("a", Seed(1), Seed(3))], "There is no seed 3; the seeds are 1 to 2."),
    "seed 0": ([Link("a", Seed(0), Seed(1))], "There is no seed 0; the seeds are 1 to 2."),
    "winner twice": (
        [PAIR, Link("b", Seed(3), WinnerOf("a")), Link("c", Seed(4), WinnerOf("a"))],
        "The winner of 'a' is used twice.",
    ),
    "loser twice": (
        [*FOUR, Link("x", LoserOf("a"), LoserOf("b")), Link("y", LoserOf("a"), LoserOf("f"))],
        "The loser of 'a' is used twice.",
    ),
    "unknown key": (
        [PAIR, Link("b", Seed(3), WinnerOf("z"))],
        "The winner of 'z' cannot come here: there is no such match.",
    ),
    "key twice": ([PAIR, Link("a", Seed(3), WinnerOf("a"))], "The key 'a' is used twice."),
    "empty key": ([replace(PAIR, key="")], "A match needs a key of 1 to 64 characters."),
    "long key": ([replace(PAIR, key="k" * 65)], "A match needs a key of 1 to 64 characters."),
    "nobody": ([Link("a", WinnerOf("b"), WinnerOf("c"))], "There are 0 entrants; a bracket takes 2 to 4096."),
    "two finals": (
        [PAIR, Link("b", Seed(3), Seed(4))],
        "Both 'a' and 'b' could be won by a champion; send one winner on to another match.",
    ),
    "4,000 matches": (
        [PAIR, *(Link(f"m{number}", WinnerOf("a"), LoserOf("a")) for number in range(3999))],
        "There are 4000 matches; 2 entrants can have at most 6.",
    ),
    "5,000 entrants": (
        [Link(f"m{number}", Seed(2 * number + 1), Seed(2 * number + 2)) for number in range(2500)],
        "There are 5000 entrants; a bracket takes 2 to 4096.",
    ),
}  # fmt: skip


async def test_creating_refuses_what_cannot_be(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    await make_tournament(db, organizer)
    await refused(db, Unauthenticated, tournaments.create_tournament, ANONYMOUS, CREATE)
    await refused(db, SlugTaken, tournaments.create_tournament, organizer, replace(CREATE, slug="spring-cup"))
    for change, error, path in BAD:
        caught = await refused(db, error, tournaments.create_tournament, organizer, replace(CREATE, **change))
        assert getattr(caught, "path", None) == path, change
    for name, (links, message) in BAD_GRAPHS.items():
        command = replace(CREATE, **CUSTOM, links=links)
        caught = await refused(db, InvalidGraph, tournaments.create_tournament, organizer, command)
        assert caught.message == f"These matches do not form a bracket: {message}", name


async def test_editing(db: Database) -> None:
    await make_catalogue(db)
    organizer, stranger, *people = await make_people(db, "organizer", "stranger", *"abc")
    made = await make_tournament(db, organizer)
    edit = UpdateTournament(made.id, 1)
    await refused(db, TournamentNotFound, tournaments.update_tournament, stranger, edit)
    await refused(db, TournamentNotFound, tournaments.publish_tournament, stranger, PublishTournament(made.id))
    await run(db, tournaments.publish_tournament, organizer, PublishTournament(made.id))
    await refused(db, WrongTournamentStatus, tournaments.publish_tournament, organizer, PublishTournament(made.id))
    await refused(db, NotAnOrganizer, tournaments.update_tournament, stranger, edit)
    await enter(db, made.id, *people)
    for capacity in (1, 2, 4097):
        wrong_size = replace(edit, capacity=capacity)
        caught = await refused(db, InvalidInput, tournaments.update_tournament, organizer, wrong_size)
        assert caught.path == ("capacity",)
    windows: list[dict[str, Any]] = [
        {"starts_at": hours(0), "registration_opens_at": hours(1)},
        {"registration_closes_at": hours(3)},
        {"check_in_opens_at": hours(2)},
    ]
    for wrong in ({"name": " "}, {"name": "\x00"}, {"description": "x" * 5001}, *windows):
        await refused(db, InvalidInput, tournaments.update_tournament, organizer, replace(edit, **wrong))

    before = (await row_of(db, made.id)).change_count
    command = replace(edit, name="  Late Cup ", capacity=3, check_in_opens_at=hours(1), description="Bring a pad.")
    edited = await run(db, tournaments.update_tournament, organizer, command)
    assert (edited.name, edited.capacity, edited.version, edited.change_count) == ("Late Cup", 3, 2, before + 1)
    stale = await refused(db, StaleVersion, tournaments.update_tournament, organizer, edit)
    assert stale.current == 2
    kept = await run(db, tournaments.update_tournament, organizer, replace(edit, version=2))
    assert (kept.name, kept.description, kept.check_in_opens_at) == ("Late Cup", "Bring a pad.", hours(1))
    await run(db, tournaments.update_tournament, organizer, replace(edit, version=3, starts_at=hours(4)))
    await run(db, tournaments.cancel_tournament, organizer, CancelTournament(made.id, "no hall", NOW))
    await refused(
        db, WrongTournamentStatus, tournaments.update_tournament, organizer, replace(edit, version=4, name="x")
    )


async def test_moving_to_another_address(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    spring = await published(db, organizer)
    autumn = await published(db, organizer, "autumn-cup")
    taken = MoveTournament(autumn.id, "spring-cup")
    await refused(db, SlugTaken, tournaments.move_tournament, organizer, taken)
    await refused(db, InvalidInput, tournaments.move_tournament, organizer, MoveTournament(autumn.id, "-"))
    await run(db, tournaments.move_tournament, organizer, MoveTournament(spring.id, "spring-cup-2025"))
    await run(db, tournaments.move_tournament, organizer, taken)
    async with db.read() as session:
        found = await tournaments.tournament_by_slug(session, "spring-cup")
        assert await tournaments.tournament_by_slug(session, "spring\x00cup") is None
    assert found is not None
    assert found.id == autumn.id


async def test_a_draft_stays_hidden_even_when_it_is_cancelled(db: Database) -> None:
    await make_catalogue(db)
    organizer, stranger = await make_people(db, "organizer", "stranger")
    draft = await make_tournament(db, organizer)
    shown = await published(db, organizer, "shown-cup")
    for tournament in (draft, shown):
        await run(db, tournaments.cancel_tournament, organizer, CancelTournament(tournament.id, "changed mind", NOW))
    async with db.read() as session:
        page = await tournaments.tournaments_page(session, (), PageRequest())
        assert [row.id for row, _ in page.rows] == [shown.id]
    edit = MoveTournament(draft.id, "other-cup")
    await refused(db, TournamentNotFound, tournaments.move_tournament, stranger, edit)


async def test_staff_run_it_too_until_they_are_removed(db: Database) -> None:
    await make_catalogue(db)
    organizer, helper, stranger = await make_people(db, "organizer", "helper", "stranger")
    tournament = await make_tournament(db, organizer)
    add = SetStaff(tournament.id, "HELPER", role=StaffRole.ORGANIZER)
    await refused(db, TournamentNotFound, tournaments.set_staff, stranger, add)
    await refused(db, accounts.UserNotFound, tournaments.set_staff, organizer, replace(add, username="nobody"))
    await run(db, tournaments.set_staff, organizer, add)
    async with db.read() as session:
        granted = (await accounts.grants_of(session, [tournament.id]))[tournament.id]
    assert [one.user_id for one in granted] == [organizer.user_id, helper.user_id]
    await run(db, tournaments.publish_tournament, helper, PublishTournament(tournament.id))
    await run(db, tournaments.update_tournament, helper, UpdateTournament(tournament.id, 1, name="Helped"))
    creator = replace(add, username="organizer", role=None)
    await refused(db, InvalidInput, tournaments.set_staff, helper, creator)

    await run(db, tournaments.set_staff, organizer, replace(add, role=None))
    removed: list[tuple[Any, Any]] = [
        (tournaments.update_tournament, UpdateTournament(tournament.id, 2, name="Mine")),
        (tournaments.set_staff, add),
        (tournaments.cancel_tournament, CancelTournament(tournament.id, "spite", NOW)),
        (tournaments.start_tournament, StartTournament(tournament.id, NOW)),
    ]
    for use_case, command in removed:
        await refused(db, NotAnOrganizer, use_case, helper, command)

    await make_people(db, *(f"staff{number}" for number in range(MAX_STAFF)))
    for number in range(1, MAX_STAFF):
        await run(db, tournaments.set_staff, organizer, replace(add, username=f"staff{number}"))
    await refused(db, LimitReached, tournaments.set_staff, organizer, add)


async def test_a_custom_bracket_takes_exactly_as_many_as_it_has_seeds(db: Database) -> None:
    await make_catalogue(db)
    organizer, *people = await make_people(db, "organizer", *"abcde")
    tournament = await published(
        db, organizer, structure=Structure.CUSTOM, links=[*FOUR[:2], replace(FOUR[2], best_of=5)], capacity=64
    )
    assert tournament.capacity == 4
    more = UpdateTournament(tournament.id, 1, capacity=5)
    caught = await refused(db, InvalidInput, tournaments.update_tournament, organizer, more)
    assert caught.path == ("capacity",)
    await enter(db, tournament.id, *people[:3])
    command = StartTournament(tournament.id, NOW)
    few = await refused(db, TooFewEntrants, tournaments.start_tournament, organizer, command)
    assert few.message == "3 can take part; this bracket needs 4."
    await enter(db, tournament.id, people[3])
    await enter(db, tournament.id, people[4], waitlist=True)
    await start(db, organizer, tournament.id)
    assert {key: (seeds(state), state.best_of) for key, state in (await bracket(db, tournament.id)).items()} == {
        "a": ([1, 2], 3),
        "b": ([3, 4], 3),
        "f": ([None, None], 5),
    }


async def test_seeding(db: Database) -> None:
    await make_catalogue(db)
    organizer, stranger, *people = await make_people(db, "organizer", "stranger", *"abcdef")
    tournament = await published(db, organizer, capacity=5)
    entered = await enter(db, tournament.id, *people[:5]) + await enter(db, tournament.id, people[5], waitlist=True)
    ids = [entrant.id for entrant in entered[:5]]
    manual = SeedTournament(tournament.id, SeedingMethod.MANUAL, order=ids[::-1])
    await refused(db, NotAnOrganizer, tournaments.seed_tournament, stranger, manual)
    for order in (ids[:4], [*ids, ids[0]], [*ids[:4], ids[0]], [*ids[:4], new_id()], [*ids, entered[5].id], []):
        await refused(db, InvalidSeeding, tournaments.seed_tournament, organizer, replace(manual, order=order))
    for number in (-1, 2**62):
        draw = SeedTournament(tournament.id, SeedingMethod.RANDOM, number=number)
        caught = await refused(db, InvalidInput, tournaments.seed_tournament, organizer, draw)
        assert caught.path == ("number",)
    for method, said, path in (
        (SeedingMethod.RANDOM, {"order": ids}, "entrantIds"),
        (SeedingMethod.RATING, {"order": ids}, "entrantIds"),
        (SeedingMethod.MANUAL, {"order": ids, "number": 7}, "number"),
        (SeedingMethod.RATING, {"number": 7}, "number"),
    ):
        unused = replace(SeedTournament(tournament.id, method), **said)
        assert (await refused(db, InvalidInput, tournaments.seed_tournament, organizer, unused)).path == (path,)
    assert [entrant.seed for entrant in await entrants(db, tournament.id)] == [None] * 6

    async def order_after(command: SeedTournament) -> list[str]:
        await run(db, tournaments.seed_tournament, organizer, command)
        seeded = [entrant for entrant in await entrants(db, tournament.id) if entrant.seed is not None]
        assert sorted(entrant.seed or 0 for entrant in seeded) == [1, 2, 3, 4, 5]
        return [entrant.name for entrant in sorted(seeded, key=lambda entrant: entrant.seed or 0)]

    assert await order_after(manual) == ["E", "D", "C", "B", "A"]
    assert (await row_of(db, tournament.id)).seeding is SeedingMethod.MANUAL

    # Anyone can repeat a draw: by the SHA-256 of "number:id of the entrant", smallest first.
    drawn = sorted(entered[:5], key=lambda entrant: hashlib.sha256(f"42:{entrant.id}".encode()).digest())
    draw = SeedTournament(tournament.id, SeedingMethod.RANDOM, number=42)
    for _ in range(2):
        assert await order_after(draw) == [entrant.name for entrant in drawn]
    assert (await row_of(db, tournament.id)).seeding_number == 42
    again = await order_after(replace(draw, number=None))
    drawn_number = (await row_of(db, tournament.id)).seeding_number
    assert drawn_number is not None
    assert again == await order_after(replace(draw, number=drawn_number))

    # Rated ones by rating, the others behind them as they registered.
    sides = [games.Competitor(ParticipantKind.USER, person.require_user()) for person in people]
    for winner, loser in ((3, 1), (3, 4), (1, 4)):
        await db.transaction(
            lambda session, winner=winner, loser=loser: games.rate_match(  # type: ignore[misc]
                session, tournament.game_id, new_id(), (sides[winner], sides[loser]), 0
            )
        )
    assert await order_after(SeedTournament(tournament.id, SeedingMethod.RATING)) == ["D", "B", "E", "A", "C"]
    row = await row_of(db, tournament.id)
    assert (row.seeding, row.seeding_number) == (SeedingMethod.RATING, None)

    # Who leaves before the start leaves no gap, and who comes in then is seeded last.
    await run(db, tournaments.withdraw_entrant, people[1], tournaments.WithdrawEntrant(ids[1], NOW))
    await start(db, organizer, tournament.id)
    playing = [(entrant.seed, entrant.name) for entrant in await entrants(db, tournament.id) if entrant.seed]
    assert sorted(playing) == [(1, "D"), (2, "E"), (3, "A"), (4, "C"), (5, "F")]
    await refused(db, WrongTournamentStatus, tournaments.seed_tournament, organizer, manual)


async def test_cancelling_calls_off_what_is_not_over(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    stranger, admin = (await make_people(db, "stranger"))[0], await make_admin(db)
    tournament, _ = await started(db, organizer, 4)
    cancel = CancelTournament(tournament.id, "power cut", NOW)
    await refused(db, NotAnOrganizer, tournaments.cancel_tournament, stranger, cancel)
    for reason in ("", " ", "x" * 501, "\x00"):
        caught = await refused(
            db, InvalidInput, tournaments.cancel_tournament, organizer, replace(cancel, reason=reason)
        )
        assert caught.path == ("reason",)
    before = await row_of(db, tournament.id)
    await run(db, tournaments.cancel_tournament, admin, cancel)
    row = await row_of(db, tournament.id)
    assert (row.status, row.cancel_reason, row.finished_at) == (TournamentStatus.CANCELLED, "power cut", NOW)
    found = await states(db, tournament.id)
    assert {(state.status, state.version) for state in found} == {(MatchStatus.CANCELLED, 2)}
    assert row.change_count == before.change_count + len(found) + 1
    again: list[tuple[Any, Any]] = [
        (tournaments.cancel_tournament, cancel),
        (tournaments.start_tournament, StartTournament(tournament.id, NOW)),
        (tournaments.finish_tournament, tournaments.FinishTournament(tournament.id)),
        (tournaments.set_registration, tournaments.SetRegistration(tournament.id, is_open=True)),
    ]
    for use_case, command in again:
        await refused(db, WrongTournamentStatus, use_case, SYSTEM, command)


@pytest.mark.parametrize("open_ones", [100])
async def test_nobody_runs_too_many_at_once(db: Database, open_ones: int) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    for number in range(open_ones):
        last = await make_tournament(db, organizer, f"cup-{number}")
    await refused(db, LimitReached, tournaments.create_tournament, organizer, CREATE)
    await run(db, tournaments.cancel_tournament, organizer, CancelTournament(last.id, "too many", NOW))
    await run(db, tournaments.create_tournament, organizer, CREATE)
