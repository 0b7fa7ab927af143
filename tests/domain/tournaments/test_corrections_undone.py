"""Corrections taken back and raced lead to the state that they should.

`CORRECTIONS=full` makes two hundred corrections in an event of 64 instead of 25 in one of 16.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
import pytest_asyncio

from domain import matches, tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.errors import DomainError
from domain.matches import DecideResult, MatchStatus, Outcome
from domain.tournaments import (
    GrandFinal,
    Structure,
)
from tests.factories.games import make_catalogue
from tests.factories.stages import swiss
from tests.factories.teams import make_people, run
from tests.factories.tournaments import correction
from tests.fixtures.brackets import assert_explained, assert_gapless
from tests.fixtures.events import STATE, begin

SINGLE: dict[str, Any] = {"structure": Structure.SINGLE_ELIMINATION}
IS_FULL = os.environ.get("CORRECTIONS") == "full"
ENTRANTS, CORRECTIONS = (64, 200) if IS_FULL else (16, 25)


@pytest_asyncio.fixture
async def world(db: Database) -> AsyncIterator[tuple[Database, Actor]]:
    """A database with games, and an organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    yield db, organizer


SHAPES: list[tuple[dict[str, Any], int]] = [
    ({}, 1000),
    ({"structure": None, "stages": [swiss(wins_to_advance=3, losses_to_leave=3)]}, 1000),
    ({"structure": None, "stages": [swiss(losses_to_leave=2)]}, ENTRANTS),
]
"""What is played, and how many matches at most before the corrections begin."""


@pytest.mark.parametrize("number", range(len(SHAPES)))
async def test_properties_i07_many_corrections_and_back_give_the_identical_state(
    world: tuple[Database, Actor], number: int
) -> None:
    settings, played = SHAPES[number]
    event = await begin(world, ENTRANTS, **settings, capacity=ENTRANTS)
    await event.play_on(lambda: event.random.choice([0, 1, 0, 1, 0, 1, None]), count=played)
    before = await event.state(with_kept=True)
    undo = [await event.correct_at_random() for _ in range(CORRECTIONS)]
    if not settings:
        await assert_explained(event.db, event.tournament.id)
    assert await event.state() != before[: len(STATE)]
    for key, verdict in reversed(undo):
        await event.correct(key, 0, verdict=verdict, force=True)
    if not settings:
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
