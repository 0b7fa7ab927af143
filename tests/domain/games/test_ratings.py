"""Ratings in the database: each match once, corrections as if they had always been so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from domain import games
from domain.games import Competitor, Rating, RatingChange
from domain.games.models import RatingPlace
from domain.infra.db import Database, WriteSession
from domain.kernel.paging import PageRequest
from domain.kernel.participant import ParticipantKind
from tests.factories.games import competitor, make_catalogue, rate_duels
from tests.fixtures.database import counted_statements
from tests.fixtures.rows import every_row

POOL = games.game_key("nine-ball")
OTHER_POOL = games.game_key("ten-ball")

Duel = tuple[int, int, int, int]
Belief = tuple[int, float, float, float, int, int]
Change = tuple[int, int, int, bool, float, float, float, float]


async def ratings(db: Database, game_id: UUID = POOL) -> list[Belief]:
    """All ratings of a game, by competitor."""
    async with db.read() as session:
        rows = await session.scalars(select(Rating).where(Rating.game_id == game_id).order_by(Rating.participant_id))
        return [(row.participant_id.int, row.mu, row.sigma, row.ordinal, row.matches, row.wins) for row in rows]


async def changes(db: Database) -> list[Change]:
    """What every match did, in order, without the positions themselves."""
    async with db.read() as session:
        rows = await session.scalars(select(RatingChange).order_by(RatingChange.position, RatingChange.slot))
        return [
            (
                row.match_id.int,
                row.slot,
                row.participant_id.int,
                row.has_won,
                row.mu_before,
                row.sigma_before,
                row.mu_after,
                row.sigma_after,
            )
            for row in rows
        ]


async def unrate(db: Database, match: int) -> bool:
    """Let a match, known by a number, count no longer."""
    return await db.transaction(lambda session: games.unrate_match(session, POOL, UUID(int=match)))


async def test_a_match_counts_once(db: Database) -> None:
    """A repeated fact changes nothing."""
    await make_catalogue(db)
    sides = (competitor(1), competitor(2))
    first = await db.transaction(lambda session: games.rate_match(session, POOL, UUID(int=9), sides, 1))
    once = await ratings(db)
    again = await db.transaction(lambda session: games.rate_match(session, POOL, UUID(int=9), sides, 1))
    assert (first, again) == (True, False)
    assert await ratings(db) == once
    assert [(belief[0], belief[4], belief[5]) for belief in once] == [(1, 1, 0), (2, 1, 1)]
    assert all(belief[3] == belief[1] - 3 * belief[2] for belief in once)


async def test_the_same_match_raced_counts_once(db: Database) -> None:
    """Of two workers with the same fact one changes nothing."""
    await make_catalogue(db)
    sides = (competitor(1), competitor(2))
    answers = await asyncio.gather(
        *(db.transaction(lambda session: games.rate_match(session, POOL, UUID(int=9), sides, 0)) for _ in range(5))
    )
    assert sorted(answers) == [False, False, False, False, True]
    assert [belief[4] for belief in await ratings(db)] == [1, 1]


async def test_raced_matches_all_count(db: Database) -> None:
    """Matches of one game that end together are rated one after the other, none lost."""
    await make_catalogue(db)
    duels = [(number, 1, 2, number % 2) for number in range(1, 9)]
    await asyncio.gather(*(rate_duels(db, "nine-ball", [duel]) for duel in duels))
    assert [(belief[0], belief[4], belief[5]) for belief in await ratings(db)] == [(1, 8, 4), (2, 8, 4)]
    steps = await changes(db)
    for earlier, later in zip(steps[::2], steps[2::2], strict=False):
        assert earlier[6:] == later[4:6]


async def test_games_do_not_mix(db: Database) -> None:
    """The same people are rated apart in each game, and a team apart from a person of the same key."""
    await make_catalogue(db)
    await rate_duels(db, "nine-ball", [(1, 1, 2, 0)])
    await rate_duels(db, "ten-ball", [(2, 1, 2, 1)])
    teams = (competitor(1, ParticipantKind.TEAM), competitor(2, ParticipantKind.TEAM))
    await db.transaction(lambda session: games.rate_match(session, POOL, UUID(int=3), teams, 1))
    async with db.read() as session:
        found = await games.ratings_of(session, POOL, [competitor(1), teams[0], competitor(7)])
        other = await games.ratings_of(session, OTHER_POOL, [competitor(1), teams[0]])
    assert {key: row.wins for key, row in found.items()} == {competitor(1): 1, teams[0]: 0}
    assert {key: row.wins for key, row in other.items()} == {competitor(1): 0}


async def test_a_match_explains_itself(db: Database) -> None:
    """What a match did to both sides is kept."""
    await make_catalogue(db)
    await rate_duels(db, "nine-ball", [(1, 1, 2, 0), (2, 1, 3, 1)])
    async with db.read() as session:
        rows = await games.rating_changes_of_match(session, UUID(int=2))
        nothing = await games.rating_changes_of_match(session, UUID(int=5))
    assert [(row.participant_id.int, row.position, row.has_won) for row in rows] == [(1, 2, False), (3, 2, True)]
    assert rows[0].mu_after < rows[0].mu_before
    assert (rows[1].mu_before, rows[1].sigma_before) == (25.0, 25 / 3)
    assert nothing == []


duels = st.lists(
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(0, 1)).filter(lambda duel: duel[0] != duel[1]),
    min_size=1,
    max_size=8,
)


async def end_of(db: Database, history: Sequence[Duel]) -> tuple[list[Belief], list[Change]]:
    """What is believed, and why, after a history rated from scratch."""
    async with db.snapshot() as session:
        assert (await session.scalar(select(Rating.mu).limit(1))) is None
    await rate_duels(db, "nine-ball", history)
    return await ratings(db), await changes(db)


async def forget(db: Database) -> None:
    """No match has ever been rated."""

    async def work(session: WriteSession) -> None:
        await session.execute(delete(RatingChange))
        await session.execute(delete(RatingPlace))
        await session.execute(delete(Rating))

    await db.transaction(work)


@given(history=duels, data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_corrections_equal_the_corrected_history(
    database_url: str, history: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    """After any correction or removal all ratings and changes are what the corrected history gives, bit for bit."""
    told = [(number, *duel) for number, duel in enumerate(history, start=1)]
    wrong = data.draw(st.sampled_from(told))
    match_id, first, second, winner = wrong
    right = [(match_id, first, second, 1 - winner) if duel is wrong else duel for duel in told]

    async def correct(session: WriteSession) -> bool:
        return await games.rerate_match(session, POOL, UUID(int=match_id), 1 - winner)

    async def compare() -> None:
        db = Database(database_url)
        try:
            await make_catalogue(db)
            await forget(db)
            expected = await end_of(db, right)
            await forget(db)
            await rate_duels(db, "nine-ball", told)
            assert await db.transaction(correct) is True
            assert (await ratings(db), await changes(db)) == expected
        finally:
            await db.close()

    asyncio.run(compare())


@given(history=duels, data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_match_that_counts_no_longer_and_counts_again(
    database_url: str, history: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    """Without it all is as if it had never been played; with it again all is as it was, whatever was played since."""
    told = [(number, *duel) for number, duel in enumerate(history, start=1)]
    taken = data.draw(st.lists(st.sampled_from(told), min_size=1, max_size=4, unique=True))
    later = (100, 1, 2, 0)

    async def compare() -> None:
        db = Database(database_url)
        try:
            await make_catalogue(db)
            await forget(db)
            without = await end_of(db, [duel for duel in told if duel not in taken])
            await forget(db)
            with_later = await end_of(db, [*told, later])
            await forget(db)
            await rate_duels(db, "nine-ball", told)
            before = await every_row(db)
            for match_id, *_ in taken:
                assert [await unrate(db, match_id), await unrate(db, match_id)] == [True, False]
            assert (await ratings(db), await changes(db)) == without
            await rate_duels(db, "nine-ball", reversed(taken))
            assert [row for row in await every_row(db) if row[0] != "outbox"] == [
                row for row in before if row[0] != "outbox"
            ]
            for match_id, *_ in taken:
                await unrate(db, match_id)
            await rate_duels(db, "nine-ball", [later, *taken])
            assert (await ratings(db), await changes(db)) == with_later
        finally:
            await db.close()

    asyncio.run(compare())


async def test_a_match_played_again_by_others_counts_after_those_rated_before(db: Database) -> None:
    await make_catalogue(db)
    await rate_duels(db, "nine-ball", [(1, 1, 2, 0), (2, 1, 2, 0)])
    await unrate(db, 1)
    await rate_duels(db, "nine-ball", [(1, 3, 2, 0)])
    assert [step[:3] for step in await changes(db)] == [(2, 0, 1), (2, 1, 2), (1, 0, 3), (1, 1, 2)]
    assert [(belief[0], belief[4], belief[5]) for belief in await ratings(db)] == [(1, 1, 1), (2, 2, 0), (3, 1, 1)]


async def test_correcting_what_is_right_or_unknown_changes_nothing(db: Database) -> None:
    """A repeated correction is a repeated fact."""
    await make_catalogue(db)
    await rate_duels(db, "nine-ball", [(1, 1, 2, 0), (2, 1, 2, 0)])
    before = (await ratings(db), await changes(db))

    async def repeat(session: WriteSession) -> list[bool]:
        return [
            await games.rerate_match(session, POOL, UUID(int=1), 0),
            await games.rerate_match(session, POOL, UUID(int=8), 0),
        ]

    assert await db.transaction(repeat) == [False, False]
    assert (await ratings(db), await changes(db)) == before


async def test_the_leaderboard_is_read_page_by_page(db: Database) -> None:
    """Best first; every competitor is on exactly one page, in one statement each."""
    await make_catalogue(db)
    # Each loses to everyone with a lower number.
    await rate_duels(
        db, "nine-ball", [(10 * one + other, one, other, 0) for one in range(1, 5) for other in range(one + 1, 5)]
    )
    everyone = sorted(await ratings(db), key=lambda belief: (-belief[3], -belief[0]))
    seen: list[int] = []
    request = PageRequest(size=2)
    while True:
        with counted_statements(db) as statements:
            async with db.read() as session:
                page = await games.leaderboard_page(session, POOL, ParticipantKind.USER, request)
        assert len(statements) == 1
        seen += [row.participant_id.int for row, _ in page.rows]
        if not page.has_next:
            break
        request = PageRequest(size=2, after=page.rows[-1][1])
    assert seen == [belief[0] for belief in everyone]
    assert seen[0] == 1


async def test_equal_ratings_are_split_by_pages(db: Database) -> None:
    """A page may end between two with the same number."""
    await make_catalogue(db)
    await rate_duels(db, "nine-ball", [(1, 1, 2, 0), (2, 3, 4, 0), (3, 5, 6, 0)])
    async with db.read() as session:
        first = await games.leaderboard_page(session, POOL, ParticipantKind.USER, PageRequest(size=2))
        rest = await games.leaderboard_page(
            session, POOL, ParticipantKind.USER, PageRequest(size=9, after=first.rows[-1][1])
        )
    assert [row.participant_id.int for row, _ in first.rows] == [5, 3]
    assert [row.participant_id.int for row, _ in rest.rows] == [1, 6, 4, 2]
    assert rest.rows[0][0].ordinal == first.rows[0][0].ordinal


def test_a_competitor_is_its_kind_and_key() -> None:
    """Others use it as a dictionary key."""
    assert {Competitor(ParticipantKind.USER, UUID(int=1)): 1}[competitor(1)] == 1
