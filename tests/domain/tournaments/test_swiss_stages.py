"""Swiss stages: a round is paired when the one before it is over, and says why."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from random import Random
from uuid import UUID

import pytest
import pytest_asyncio

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.matches import MatchState, MatchStatus, Outcome
from domain.tournaments import StageSource, StageStatus, TournamentStatus, WithdrawEntrant
from domain.tournaments.errors import RoundPaired, StageInUse
from tests.factories.games import make_catalogue
from tests.factories.stages import Placed, knockout, matches_of_stage, names_in, stages, swiss
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import correction, entrants, favourite, places, play, play_on, row_of, started, states
from tests.fixtures.brackets import assert_gapless
from tests.fixtures.rows import every_row, refused


@pytest_asyncio.fixture
async def world(db: Database) -> AsyncIterator[tuple[Database, Actor]]:
    """A database with games, and an organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    yield db, organizer


async def rounds(db: Database, tournament_id: UUID, number: int = 1) -> dict[int, list[Placed]]:
    """The matches of a stage by round, the best board first."""
    found: dict[int, list[Placed]] = {}
    for state, place in (await matches_of_stage(db, tournament_id, number)).values():
        found.setdefault(place.round, []).append((state, place))
    return found


def seeds(state: MatchState) -> tuple[int, int]:
    """Who plays."""
    first, second = (slot.seed for slot in state.slots)
    assert first is not None and second is not None
    return first, second


async def test_five_play_three_rounds(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, players = await started(db, organizer, 5, structure=None, stages=[swiss()])
    (opening,) = (await rounds(db, event.id)).values()
    assert [seeds(state) for state, _ in opening] == [(1, 3), (4, 2)]
    await play(db, opening[0][0], players, 0)
    assert list(await rounds(db, event.id)) == [1]
    await play(db, opening[1][0], players, 1)
    second = (await rounds(db, event.id))[2]
    assert len(second) == 2
    top, _ = second[0]
    assert seeds(top) == (1, 5)  # who had the bye has as many points
    pairing = second[0][1].pairing
    assert pairing is not None
    assert (pairing.first.points, pairing.second.points, pairing.meetings, pairing.last_met) == (2, 2, 0, None)
    assert await play_on(db, event.id, players) == 4
    played = await rounds(db, event.id)
    assert [len(each) for each in played.values()] == [2, 2, 2]
    met = Counter(frozenset(seeds(state)) for each in played.values() for state, _ in each)
    assert set(met.values()) == {1}
    (stage,) = await stages(db, event.id)
    async with db.snapshot() as session:
        key = event.id, stage.id
        byes = (await tournaments.played_stages(session, [key]))[key].byes
    assert [bye.round for bye in byes] == [1, 2, 3]
    assert len({bye.seed for bye in byes}) == 3
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED
    assert (await places(db, event.id))[1] == (1, 1)
    await assert_gapless(db, event.id)


async def test_who_has_won_twice_is_through_and_who_has_lost_twice_out(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    plans = [swiss(wins_to_advance=2, losses_to_leave=2), knockout(StageSource(1, 1, 4))]
    event, players = await started(db, organizer, 8, structure=None, stages=plans, capacity=8)
    assert await play_on(db, event.id, players) == 4 + 4 + 2 + 3
    assert [len(each) for each in (await rounds(db, event.id)).values()] == [4, 4, 2]
    through = Counter(
        seeds(state)[state.winner]
        for each in (await rounds(db, event.id)).values()
        for state, _ in each
        if state.winner is not None
    )
    names = {f"Spring-Cup-{seed}" for seed, wins in through.items() if wins == 2}
    assert set(await names_in(db, event.id, 2)) == names
    assert sorted(low for low, _ in (await places(db, event.id)).values() if low is not None)[:3] == [1, 2, 3]
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED


async def test_who_leaves_is_not_paired_any_more(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, players = await started(db, organizer, 6, structure=None, stages=[swiss()])
    (opening,) = (await rounds(db, event.id)).values()
    await play(db, opening[0][0], players, 0)  # 1 beats 4
    (leaving,) = [row for row in await entrants(db, event.id) if row.seed == 1]
    await run(db, tournaments.withdraw_entrant, players[leaving.participant_id], WithdrawEntrant(leaving.id, NOW))
    await play_on(db, event.id, players)
    later = [state for number, each in (await rounds(db, event.id)).items() if number > 1 for state, _ in each]
    assert len(later) == 4
    assert all(1 not in seeds(state) for state in later)
    kept = (await rounds(db, event.id))[1][0][0]
    assert (kept.outcome, kept.winner) == (Outcome.PLAYED, 0)
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED


async def test_a_correction_after_the_next_round_was_begun(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, players = await started(db, organizer, 4, structure=None, stages=[swiss()])
    (opening,) = (await rounds(db, event.id)).values()
    early = await play(db, opening[0][0], players, 0)
    corrected = correction(early, 1)
    await run(db, tournaments.correct_match, organizer, corrected)  # nothing has been paired by it
    await play(db, opening[1][0], players, 0)
    paired = [seeds(state) for state, _ in (await rounds(db, event.id))[2]]
    await play(db, (await rounds(db, event.id))[2][0][0], players, 0)
    state = (await rounds(db, event.id))[1][0][0]
    error = await refused(db, RoundPaired, tournaments.correct_match, organizer, correction(state, 0))
    assert error.round == 2
    before = await every_row(db)
    await run(db, tournaments.correct_match, organizer, correction(state, 0, dry_run=True))
    assert await every_row(db) == before
    await run(db, tournaments.correct_match, organizer, correction(state, 0, force=True))
    assert [seeds(each) for each, _ in (await rounds(db, event.id))[2]] == paired
    await play_on(db, event.id, players)
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED


async def test_a_correction_that_would_need_another_round_is_refused(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    plans = [swiss(wins_to_advance=1, rounds=3), knockout(StageSource(1, 1, 2))]
    event, players = await started(db, organizer, 3, structure=None, stages=plans, capacity=3)
    # 1 beats 2 and 3 has the bye: two are through, so there is no second round.
    state = (await rounds(db, event.id))[1][0][0]
    await play(db, state, players, favourite(state))
    assert [stage.status for stage in await stages(db, event.id)] == [StageStatus.FINISHED, StageStatus.RUNNING]
    state = (await rounds(db, event.id))[1][0][0]
    await refused(db, StageInUse, tournaments.correct_match, organizer, correction(state, None, force=True))


@pytest.mark.parametrize("number", range(2))
async def test_the_order_in_which_results_come_in_does_not_matter(world: tuple[Database, Actor], number: int) -> None:
    """Of two equal events the matches of a round are reported in different orders, and some twice."""
    db, organizer = world
    random = Random(number)
    upsets = {(first, second): random.random() < 0.3 for first in range(1, 10) for second in range(1, 10)}

    def winner(state: MatchState) -> int:
        first, second = sorted(seeds(state))
        return 1 - favourite(state) if upsets[first, second] else favourite(state)

    found = []
    for slug in ("one", "two"):
        plans = [swiss(rounds=3), knockout(StageSource(1, 1, 4))]
        event, players = await started(db, organizer, 9, slug, structure=None, stages=plans, capacity=9)
        while ready := [state for state in await states(db, event.id) if state.status is MatchStatus.READY]:
            random.shuffle(ready)
            for state in ready:
                await play(db, state, players, winner(state))
        played = [
            {key: (seeds(state), state.winner, place.pairing) for key, (state, place) in matches.items()}
            for matches in [await matches_of_stage(db, event.id, stage) for stage in (1, 2)]
        ]
        found.append((played, await places(db, event.id)))
    assert found[0] == found[1]
