"""Events of several stages: groups from which the best go on, and what that does to results and corrections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest_asyncio

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.matches import MatchState, MatchStatus, Outcome
from domain.tournaments import StageSource, StageStatus, TournamentStatus, WithdrawEntrant
from domain.tournaments.errors import StageInUse
from tests.factories.games import make_catalogue
from tests.factories.stages import knockout, matches_of_stage, names_in, round_robin, stages
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import correction, entrants, favourite, places, play, play_on, row_of, started, states
from tests.fixtures.brackets import assert_gapless
from tests.fixtures.rows import refused

WORLD_CUP = [round_robin(group_count=8), knockout(StageSource(1, 1, 2), has_third_place_match=True)]


@pytest_asyncio.fixture
async def world(db: Database) -> AsyncIterator[tuple[Database, Actor]]:
    """A database with games, and an organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    yield db, organizer


async def statuses(db: Database, tournament_id: UUID) -> list[StageStatus]:
    """Where the stages are."""
    return [stage.status for stage in await stages(db, tournament_id)]


async def test_a_league_is_a_stage_in_which_everybody_plays_on(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, players = await started(db, organizer, 5, structure=None, stages=[round_robin()])
    assert len(await states(db, event.id)) == 10
    assert {state.status for state in await states(db, event.id)} == {MatchStatus.READY}
    assert await play_on(db, event.id, players) == 10
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED
    assert await places(db, event.id) == {seed: (seed, seed) for seed in range(1, 6)}
    await assert_gapless(db, event.id)


async def test_a_world_cup(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, players = await started(db, organizer, 32, structure=None, stages=WORLD_CUP, capacity=32)
    assert await statuses(db, event.id) == [StageStatus.RUNNING, StageStatus.PENDING]
    groups = await matches_of_stage(db, event.id, 1)
    assert len(groups) == 48
    assert {key: sorted(slot.seed or 0 for slot in groups[key][0].slots) for key in ("A1.1", "A1.2", "H1.1")} == {
        "A1.1": [1, 32],
        "A1.2": [16, 17],
        "H1.1": [8, 25],
    }
    assert await play_on(db, event.id, players) == 48 + 16
    assert await statuses(db, event.id) == [StageStatus.FINISHED, StageStatus.FINISHED]
    # The favourites win their groups, the next eight come second; of no group do two meet in the first two rounds.
    names = [f"Spring-Cup-{number}" for number in range(1, 33)]
    assert sorted(await names_in(db, event.id, 2)) == sorted(names[:16])
    group_of = {slot.name: place.group for state, place in groups.values() for slot in state.slots}
    opening = [state for state, place in (await matches_of_stage(db, event.id, 2)).values() if place.round == 1]
    assert all(len({group_of[slot.name] for slot in state.slots}) == 2 for state in opening)
    found = await places(db, event.id)
    assert sorted(found.values()) == sorted(
        [(1, 1), (2, 2), (3, 3), (4, 4), *[(5, 8)] * 4, *[(9, 16)] * 8, *[(17, 24)] * 8, *[(25, 32)] * 8]
    )
    assert found[1] == (1, 1)
    assert {found[seed] for seed in range(17, 25)} == {(17, 24)}
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED
    await assert_gapless(db, event.id)


async def test_who_leaves_a_group_loses_what_is_open_and_nobody_elses_points(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, players = await started(db, organizer, 4, structure=None, stages=[round_robin()])
    first = (await matches_of_stage(db, event.id, 1))["A1.1"][0]
    played = await play(db, first, players, 1)
    (leaving,) = [row for row in await entrants(db, event.id) if row.seed == 4]
    await run(db, tournaments.withdraw_entrant, players[leaving.participant_id], WithdrawEntrant(leaving.id, NOW))
    for state in await states(db, event.id):
        if any(slot.seed == 4 for slot in state.slots) and state.id != played.id:
            assert (state.outcome, state.winner) == (Outcome.WALKOVER, 0 if state.slots[1].seed == 4 else 1)
    kept = (await matches_of_stage(db, event.id, 1))["A1.1"][0]
    assert (kept.outcome, kept.winner) == (Outcome.PLAYED, 1)
    await play_on(db, event.id, players)
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED


async def test_a_correction_that_changes_who_went_on_is_refused(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    plans = [round_robin(group_count=2), knockout(StageSource(1, 1, 1)), knockout(StageSource(1, 2, 2))]
    event, players = await started(db, organizer, 6, structure=None, stages=plans, capacity=6)

    async def at(key: str) -> MatchState:
        return (await matches_of_stage(db, event.id, 1))[key][0]

    for state, _ in (await matches_of_stage(db, event.id, 1)).values():
        await play(db, state, players, 0 if (state.slots[0].seed or 0) < (state.slots[1].seed or 0) else 1)
    assert await statuses(db, event.id) == [StageStatus.FINISHED, StageStatus.RUNNING, StageStatus.RUNNING]
    assert await names_in(db, event.id, 2) == ["Spring-Cup-1", "Spring-Cup-2"]
    assert await names_in(db, event.id, 3) == ["Spring-Cup-3", "Spring-Cup-4"]
    # Group A is 1, 4, 5: that 5 beats 4 lets 5 go on to the match of the seconds.
    decisive = next(
        state
        for state, place in (await matches_of_stage(db, event.id, 1)).values()
        if {slot.seed for slot in state.slots} == {4, 5}
    )
    wrong = correction(decisive, 1 - (decisive.winner or 0))
    error = await refused(db, StageInUse, tournaments.correct_match, organizer, wrong)
    assert error.stage == 3
    # A walkover instead of the play, with the same winner, changes nothing that went on.
    await run(db, tournaments.correct_match, organizer, correction(decisive, decisive.winner))
    await play_on(db, event.id, players)
    assert await places(db, event.id) == {seed: (seed, seed) for seed in (1, 2, 3, 4)} | {5: (5, 6), 6: (5, 6)}


async def test_whoever_comes_next_takes_the_place_of_who_has_left(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    plans = [round_robin(group_count=2), knockout(StageSource(1, 1, 2))]
    event, players = await started(db, organizer, 8, structure=None, stages=plans, capacity=8)
    winner = (await entrants(db, event.id))[0]
    theirs = [state for state in await states(db, event.id) if any(slot.seed == 1 for slot in state.slots)]
    for state in theirs:
        await play(db, state, players, favourite(state))
    await run(db, tournaments.withdraw_entrant, players[winner.participant_id], WithdrawEntrant(winner.id, NOW))
    assert await play_on(db, event.id, players) == 12 - 3 + 3
    # Of group A, with the seeds 1, 4, 5 and 8, the next two go on. What the first has won counts, and stays theirs.
    assert set(await names_in(db, event.id, 2)) == {f"Spring-Cup-{seed}" for seed in (2, 3, 4, 5)}
    found = await places(db, event.id)
    assert (found[2], found[1]) == ((1, 1), (5, 5))
    await assert_gapless(db, event.id)


async def test_who_leaves_after_going_on_has_gone_on(world: tuple[Database, Actor]) -> None:
    """A stage that takes the ranks behind them begins later, and takes those it would have taken."""
    db, organizer = world
    plans = [round_robin(), knockout(StageSource(1, 1, 2)), round_robin(StageSource(1, 3, 4), StageSource(2, 2, 2))]
    event, players = await started(db, organizer, 5, structure=None, stages=plans, capacity=5)
    while not await matches_of_stage(db, event.id, 2):
        ready = next(state for state in await states(db, event.id) if state.status is MatchStatus.READY)
        await play(db, ready, players, favourite(ready))
    winner = (await entrants(db, event.id))[0]
    await run(db, tournaments.withdraw_entrant, players[winner.participant_id], WithdrawEntrant(winner.id, NOW))
    assert await names_in(db, event.id, 3) == [f"Spring-Cup-{seed}" for seed in (3, 4, 1)]


async def test_who_has_left_goes_on_where_nobody_else_is_left(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    plans = [round_robin(group_count=2), knockout(StageSource(1, 1, 1))]
    event, players = await started(db, organizer, 4, structure=None, stages=plans, capacity=4)
    for row in [row for row in await entrants(db, event.id) if row.seed in (1, 4)]:
        await run(db, tournaments.withdraw_entrant, players[row.participant_id], WithdrawEntrant(row.id, NOW))
    await play_on(db, event.id, players)
    assert len(await names_in(db, event.id, 2)) == 2
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED
    assert (await places(db, event.id))[2] == (1, 1)


async def test_stages_of_an_event_that_was_called_off_are_too(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    plans = [round_robin(), knockout(StageSource(1, 1, 2)), knockout(StageSource(2, 1, 2))]
    event, players = await started(db, organizer, 3, structure=None, stages=plans, capacity=3)
    while not await matches_of_stage(db, event.id, 2):
        ready = next(state for state in await states(db, event.id) if state.status is MatchStatus.READY)
        await play(db, ready, players, favourite(ready))
    assert await statuses(db, event.id) == [StageStatus.FINISHED, StageStatus.RUNNING, StageStatus.PENDING]
    await run(db, tournaments.cancel_tournament, organizer, tournaments.CancelTournament(event.id, "It rains.", NOW))
    assert await statuses(db, event.id) == [StageStatus.FINISHED, StageStatus.CANCELLED, StageStatus.CANCELLED]
