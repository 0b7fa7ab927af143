"""Corrections in a Swiss: a round that nobody has begun follows, and is gone when they are taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import pytest_asyncio
from sqlalchemy import select

from domain import matches, queues, tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.matches import EntryKind, MatchState, MatchStatus, StartMatch, Verdict
from domain.queues import CallNext
from domain.queues.models import Call
from domain.tournaments import Bye, Correction, StageStatus, TournamentStatus
from domain.tournaments.errors import RoundPaired
from tests.factories.games import make_catalogue
from tests.factories.queues import use_tables
from tests.factories.stages import matches_of_stage, stages, swiss
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import correction, entrants, row_of, states
from tests.factories.venues import hall
from tests.fixtures.brackets import assert_gapless
from tests.fixtures.events import Event, begin, verdict_of
from tests.fixtures.rows import every_row, refused

Sides = dict[str, tuple[int | None, ...]]


@pytest_asyncio.fixture
async def world(db: Database) -> AsyncIterator[tuple[Database, Actor]]:
    """A database with games, and an organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    yield db, organizer


async def begun(world: tuple[Database, Actor], count: int, slug: str = "spring-cup", **settings: Any) -> Event:
    """A Swiss event that has just started."""
    return await begin(world, count, slug, structure=None, stages=[swiss(**settings)])


def seeds(state: MatchState) -> tuple[int | None, ...]:
    """Who plays."""
    return tuple(slot.seed for slot in state.slots)


async def sides(event: Event, round_: int) -> Sides:
    """Who plays whom in a round."""
    return {key: seeds(state) for key, state in (await event.all()).items() if key.startswith(f"R{round_}.")}


async def byes(event: Event) -> Sequence[Bye]:
    """Who sat out, in the order of the rounds."""
    key = event.tournament.id, (await stages(event.db, event.tournament.id))[0].id
    async with event.db.snapshot() as session:
        return (await tournaments.played_stages(session, [key]))[key].byes


async def told(event: Event, found: Correction) -> list[tuple[str, str, bool, tuple[int, ...], tuple[int, ...]]]:
    """The effects of a correction, with seeds."""
    by_id = {row.id: row.seed or 0 for row in await entrants(event.db, event.tournament.id)}
    return [
        (
            one.key,
            one.effect.value,
            one.is_play_set_aside,
            tuple(by_id[key] for key in one.before),
            tuple(by_id[key] for key in one.after),
        )
        for one in found.match_effects
    ]


async def test_a_round_that_a_correction_opened_goes_with_it(world: tuple[Database, Actor]) -> None:
    event = await begun(world, 3, wins_to_advance=1)
    await event.win("R1.1", 0)  # 3 sat out, so two of three are through
    before, right = await event.state(), await event.at("R1.1")
    assert (await row_of(event.db, event.tournament.id)).status is TournamentStatus.FINISHED

    await event.correct("R1.1", None)
    opened = await event.at("R2.1")
    assert (seeds(opened), opened.status) == ((1, 2), MatchStatus.READY)
    assert (await row_of(event.db, event.tournament.id)).status is TournamentStatus.RUNNING

    dry = await event.correct("R1.1", 0, verdict=verdict_of(right), dry_run=True)
    back = await event.correct("R1.1", 0, verdict=verdict_of(right))
    assert await told(event, dry) == [("R2.1", "RESEAT", False, (1, 2), ())]
    assert back.match_effects == dry.match_effects
    assert await event.state() == before
    assert list(await event.all()) == ["R1.1"]
    # Whoever was told of it finds it, and why it is not played.
    (kept,) = [state for state in await states(event.db, event.tournament.id) if state.id == opened.id]
    assert (kept.status, seeds(kept)) == (MatchStatus.NOT_NEEDED, (None, None))
    async with event.db.read() as session:
        log = await matches.newest_log(session, opened.id, 1)
        assert await tournaments.places_by_match(session, [opened.id]) == {}
    assert [entry.kind for entry in log] == [EntryKind.NOT_NEEDED]
    (stage,) = await stages(event.db, event.tournament.id)
    assert stage.status is StageStatus.FINISHED
    await assert_gapless(event.db, event.tournament.id)


async def test_a_round_that_is_opened_again_has_the_same_matches(world: tuple[Database, Actor]) -> None:
    event = await begun(world, 3, wins_to_advance=1)
    await event.win("R1.1", 0)
    right = verdict_of(await event.at("R1.1"))
    await event.correct("R1.1", None)
    opened = await event.at("R2.1")
    await event.correct("R1.1", 0, verdict=right)
    await event.correct("R1.1", None)
    again = await event.at("R2.1")
    assert (again.id, again.status, seeds(again)) == (opened.id, MatchStatus.READY, (1, 2))
    await event.win("R2.1", 1)
    assert (await row_of(event.db, event.tournament.id)).status is TournamentStatus.FINISHED
    # Now that it has been played it stays, and that is said.
    error = await refused(
        event.db,
        RoundPaired,
        tournaments.correct_match,
        event.organizer,
        correction(await event.at("R1.1"), 0, verdict=right),
    )
    assert error.round == 2
    await event.correct("R1.1", 0, verdict=right, force=True)
    assert seeds(await event.at("R2.1")) == (1, 2)
    await assert_gapless(event.db, event.tournament.id)


async def test_a_round_that_nobody_has_begun_is_paired_as_if_it_had_always_been_so(
    world: tuple[Database, Actor],
) -> None:
    event, other = await begun(world, 7), await begun(world, 7, "other-cup")
    for key, slot in (("R1.1", 0), ("R1.2", 0), ("R1.3", 0)):
        await event.win(key, slot)
        await other.win(key, 1 - slot if key == "R1.2" else slot)
    before, paired = await event.state(), await sides(event, 2)
    right = verdict_of(await event.at("R1.2"))
    rows = await every_row(event.db)
    dry = await event.correct("R1.2", 1, dry_run=True)
    assert await every_row(event.db) == rows

    done = await event.correct("R1.2", 1)
    assert done.match_effects == dry.match_effects
    after = await sides(event, 2)
    assert after == await sides(other, 2) != paired
    assert {key: (first, last) for key, _, _, first, last in await told(event, done)} == {
        key: (paired[key], after[key]) for key in paired
    }
    assert await byes(event) == await byes(other)
    reasons = [
        [place.pairing for _, place in (await matches_of_stage(event.db, each.tournament.id, 1)).values()]
        for each in (event, other)
    ]
    assert reasons[0] == reasons[1]

    await event.correct("R1.2", 0, verdict=right)
    assert await event.state() == before
    await assert_gapless(event.db, event.tournament.id)


async def test_a_round_gets_as_many_matches_as_it_needs(world: tuple[Database, Actor]) -> None:
    event = await begun(world, 6, wins_to_advance=1)
    for key in ("R1.1", "R1.2", "R1.3"):
        await event.win(key, 0)
    assert len(await sides(event, 2)) == 1
    before, right = await event.state(), verdict_of(await event.at("R1.3"))
    await event.correct("R1.3", None)
    assert len(await sides(event, 2)) == 2
    second = await event.at("R2.2")
    await event.correct("R1.3", 0, verdict=right)
    assert await event.state() == before
    await event.correct("R1.3", None)
    assert (await event.at("R2.2")).id == second.id


async def test_a_round_that_has_begun_or_that_somebody_has_left_stays(world: tuple[Database, Actor]) -> None:
    event, other = await begun(world, 5), await begun(world, 5, "other-cup")
    for each in (event, other):
        await each.win("R1.1", 0)
        await each.win("R1.2", 0)
    state = await event.at("R2.1")
    await run(event.db, matches.start_match, event.organizer, StartMatch(state.id, state.version, NOW))
    sitting_out = (await byes(other))[-1].seed
    await other.leave(sitting_out)
    for each in (event, other):
        paired = await sides(each, 2)
        command = correction(await each.at("R1.1"), 1)
        assert (await refused(each.db, RoundPaired, tournaments.correct_match, each.organizer, command)).round == 2
        assert (await each.correct("R1.1", 1, dry_run=True)).match_effects == []
        await each.correct("R1.1", 1, force=True)
        assert await sides(each, 2) == paired


async def test_a_result_that_changes_no_pairing_takes_nobody_from_a_table(world: tuple[Database, Actor]) -> None:
    event = await begun(world, 4, wins_to_advance=2, best_of=3)
    for key in ("R1.1", "R1.2"):
        await event.decide(await event.at(key), 0)
    venue, tables = await hall(event.db, event.organizer, 2, "hall")
    await use_tables(event.db, event.organizer, event.tournament.id, venue, tables)
    await run(event.db, queues.call_next, event.organizer, CallNext(tournament_id=event.tournament.id, now=NOW))
    called = await _called(event)
    assert len(called) == 2
    state = await event.at("R1.1")
    scores = (2, 1) if verdict_of(state).scores == (2, 0) else (2, 0)
    found = await event.correct("R1.1", 0, verdict=Verdict(scores=scores))
    assert [one.effect.value for one in found.match_effects] == ["STAY", "STAY"]
    assert await _called(event) == called
    await event.correct("R1.1", 1)
    assert await _called(event) == set()


async def _called(event: Event) -> set[UUID]:
    """The matches that are called to tables."""
    async with event.db.read() as session:
        current = select(Call.match_id).where(Call.tournament_id == event.tournament.id, Call.ended_at.is_(None))
        return set(await session.scalars(current))
