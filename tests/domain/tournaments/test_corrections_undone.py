"""Corrections taken back, replayed and raced lead to the state that they should.

`CORRECTIONS=full` makes two hundred corrections in an event of 64 instead of 25 in one of 16.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import groupby
from typing import Any, cast

import msgspec
import pytest
import pytest_asyncio
from sqlalchemy import select, text

from domain import matches, registry, tournaments
from domain.games import RatingChange
from domain.infra import outbox
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow
from domain.kernel.actor import Actor
from domain.kernel.errors import DomainError
from domain.matches import (
    AwardWalkover,
    DecideResult,
    MatchCorrected,
    MatchFinished,
    MatchState,
    MatchStatus,
    Outcome,
)
from domain.tournaments import (
    EntrantDisqualified,
    EntrantWithdrawn,
    GrandFinal,
    Structure,
    TournamentStatus,
)
from domain.tournaments.models import SetAside
from tests.factories.games import make_catalogue
from tests.factories.teams import make_people, run
from tests.factories.tournaments import correction, entrants, row_of
from tests.fixtures.brackets import assert_explained, assert_gapless
from tests.fixtures.events import STATE, Event, begin, verdict_of

SINGLE: dict[str, Any] = {"structure": Structure.SINGLE_ELIMINATION}
IS_FULL = os.environ.get("CORRECTIONS") == "full"
ENTRANTS, CORRECTIONS = (64, 200) if IS_FULL else (16, 25)


@pytest_asyncio.fixture
async def world(db: Database) -> AsyncIterator[tuple[Database, Actor]]:
    """A database with games, and an organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    yield db, organizer


async def test_many_corrections_and_back_give_the_identical_state(world: tuple[Database, Actor]) -> None:
    event = await begin(world, ENTRANTS)
    await event.play_on(lambda: event.random.choice([0, 1, 0, 1, 0, 1, None]))
    before = await event.state(with_kept=True)
    undo = [await event.correct_at_random() for _ in range(CORRECTIONS)]
    await assert_explained(event.db, event.tournament.id)
    assert await event.state() != before[: len(STATE)]
    for key, verdict in reversed(undo):
        await event.correct(key, 0, verdict=verdict, force=True)
    await assert_explained(event.db, event.tournament.id)
    after = await event.state(with_kept=True)
    assert after[: len(STATE)] == before[: len(STATE)]
    # Walkovers that followed by themselves may still be remembered; nothing that anybody played is.
    assert all(row["state"]["outcome"] == "WALKOVER" for row in after[len(STATE)])
    await assert_gapless(event.db, event.tournament.id)


async def test_what_is_played_between_corrections_is_kept_apart(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 8)
    await event.play_on(lambda: event.random.choice([0, 1]))
    before = await event.state()
    undo = []
    for _ in range(8):
        undo.append(await event.correct_at_random())
        await event.play_on(lambda: event.random.choice([0, 1, None]), count=event.random.randrange(4))
        await assert_explained(event.db, event.tournament.id)
        await event.rate()
    for key, verdict in reversed(undo):
        await event.correct(key, 0, verdict=verdict, force=True)
        await assert_explained(event.db, event.tournament.id)
    assert await event.state() == before
    await assert_gapless(event.db, event.tournament.id)


@pytest.mark.parametrize("is_disqualified", [False, True])
async def test_corrections_of_an_event_that_people_have_left(
    world: tuple[Database, Actor], is_disqualified: bool
) -> None:
    event = await begin(world, 8, grand_final=GrandFinal.RESET)
    await event.play_on(lambda: event.random.choice([0, 1]), count=6)
    for seed in (1, 6):
        await event.leave(seed, is_disqualified=is_disqualified)
    await event.play_on(lambda: event.random.choice([0, 1]), count=2)
    before = await event.state()
    undo = [await event.correct_at_random() for _ in range(10)]
    await assert_explained(event.db, event.tournament.id)
    for key, verdict in reversed(undo):
        await event.correct(key, 0, verdict=verdict, force=True)
    assert await event.state() == before
    await assert_explained(event.db, event.tournament.id)


@pytest.mark.parametrize("shape", [{}, {**SINGLE, "has_third_place_match": True}], ids=["double", "single"])
async def test_the_log_replayed_from_scratch_gives_the_identical_state(
    world: tuple[Database, Actor], shape: dict[str, Any]
) -> None:
    first = await begin(world, 10, "first", **shape)
    for step in range(40):
        die = first.random.random()
        if die < 0.3 and step > 8:
            await first.correct_at_random()
        elif die < 0.35 and (await row_of(first.db, first.tournament.id)).status is TournamentStatus.RUNNING:
            playing = [row for row in await entrants(first.db, first.tournament.id) if row.status == "PLAYING"]
            await first.leave(first.random.choice(playing).seed or 0, is_disqualified=first.random.random() < 0.5)
        else:
            await first.play_on(lambda: first.random.choice([0, 1, 0, 1, None]), count=1)
        await first.rate()
    second = await begin(world, 10, "second", game="nine-ball", **shape)
    second.rated = first.rated
    await _replay(first, second)
    assert await _seen(second) == await _seen(first)


async def _replay(first: Event, second: Event) -> None:
    """Let happen in the second event what the facts of the first tell, in their order."""
    keys = {state.id: key for key, state in (await first.all()).items()}
    seed_of = {row.id: row.seed or 0 for row in await entrants(first.db, first.tournament.id)}
    async with first.db.read() as session:
        names = [kind.name for kind in (MatchFinished, MatchCorrected, EntrantWithdrawn, EntrantDisqualified)]
        # All that one transaction has written has its number.
        statement = select(OutboxRow, text("xmin::text")).where(OutboxRow.name.in_(names)).order_by(OutboxRow.id)
        rows = list(await session.execute(statement))
    for _, transaction in groupby(rows, key=lambda row: row[1]):
        facts = [outbox.from_json(registry.EVENTS[row.name], row.payload) for row, _ in transaction]
        times = [fact.state.finished_at for fact in facts if isinstance(fact, MatchFinished)]
        # Whatever followed by itself was decided at the time of what it followed.
        second.now = next(filter(None, times), second.now) - timedelta(seconds=1)
        leaving = [fact for fact in facts if isinstance(fact, EntrantWithdrawn | EntrantDisqualified)]
        for gone in leaving:
            await second.leave(seed_of[gone.entrant_id], is_disqualified=isinstance(gone, EntrantDisqualified))
        for fact in facts:
            if isinstance(fact, MatchCorrected):
                await second.correct(keys[fact.state.id], 0, verdict=verdict_of(fact.state), force=True)
            elif isinstance(fact, MatchFinished):
                await _finish_again(second, await second.at(keys[fact.state.id]), fact.state)
        await second.rate()


async def _finish_again(event: Event, state: MatchState, told: MatchState) -> None:
    if state.status is MatchStatus.FINISHED:
        return  # it has followed by itself
    verdict, now = verdict_of(told), told.finished_at
    assert now is not None
    if verdict.outcome is Outcome.PLAYED:
        decide = DecideResult(state.id, state.version, verdict.scores, now)
        await run(event.db, matches.decide_result, event.organizer, decide)
    else:
        award = AwardWalkover(state.id, state.version, verdict.winner, "nobody came", now)
        await run(event.db, matches.award_walkover, event.organizer, award)


async def _seen(event: Event) -> dict[str, Any]:
    """The state of an event without the ids that are its own."""
    found = await event.all()
    keys = {state.id: key for key, state in found.items()}
    row = await row_of(event.db, event.tournament.id)
    async with event.db.read() as session:
        aside = await session.execute(
            select(SetAside.match_id, SetAside.first_seed, SetAside.second_seed, SetAside.state)
        )
        kept = {
            (keys[match_id], first, second): _story(msgspec.convert(state, MatchState))
            for match_id, first, second, state in aside
            if match_id in keys
        }
        statement = select(RatingChange).where(RatingChange.game_id == row.game_id).order_by(RatingChange.position)
        changes = [
            (keys[change.match_id], change.slot, change.has_won, change.mu_after, change.sigma_after)
            for change in await session.scalars(statement)
            if change.match_id in keys
        ]
    return {
        "tournament": (row.status, row.finished_at),
        "matches": {key: _story(state) for key, state in found.items()},
        "entrants": {one.seed: (one.status, one.placement_low) for one in await entrants(event.db, row.id)},
        "aside": kept,
        "ratings": await event.ratings() if changes else {},
        "changes": sorted(changes),
    }


def _story(state: MatchState) -> tuple[Any, ...]:
    return (
        *(state.status, state.winner, state.outcome, state.games, state.started_at, state.finished_at),
        *((slot.seed, slot.score, slot.is_empty) for slot in state.slots),
    )


async def test_racing_corrections_and_results_leave_a_bracket_that_its_rules_explain(
    world: tuple[Database, Actor],
) -> None:
    event = await begin(world, 16)
    await event.play_on(lambda: event.random.choice([0, 1]), count=18)
    for _ in range(4):
        found = (await event.all()).values()
        finished = [state for state in found if state.outcome is Outcome.PLAYED]
        ready = [state for state in found if state.status is MatchStatus.READY]
        corrections = [
            correction(state, 1 - (state.winner or 0), force=True, now=event.tick())
            for state in event.random.sample(finished, 8)
        ]
        results = [
            DecideResult(state.id, state.version, (state.best_of // 2 + 1, 0), event.tick())
            for state in event.random.choices(ready or finished, k=8)
        ]
        requests = [
            *((tournaments.correct_match, command) for command in corrections),
            *((matches.decide_result, command) for command in results),
        ]
        event.random.shuffle(requests)
        answers = await asyncio.gather(
            *(run(event.db, cast("Any", use_case), event.organizer, command) for use_case, command in requests),
            return_exceptions=True,
        )
        refusals = [answer for answer in answers if isinstance(answer, BaseException)]
        assert all(isinstance(refusal, DomainError) for refusal in refusals), refusals
        assert len(refusals) < len(answers)
        await assert_explained(event.db, event.tournament.id)
    await assert_gapless(event.db, event.tournament.id)
