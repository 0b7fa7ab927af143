"""Free-for-alls as stages: drawn, reported, left and corrected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import DomainError, InvalidInput, StaleVersion, Unauthenticated
from domain.matches import NotAnOfficial, OwnMatch
from domain.tournaments import (
    CancelTournament,
    Cut,
    DisqualifyEntrant,
    Effect,
    HeatNotFound,
    HeatsInUse,
    HeatState,
    HeatStatus,
    Reached,
    SetStaff,
    StaffRole,
    StageSource,
    TournamentStatus,
    WithdrawEntrant,
)
from domain.tournaments.errors import BracketUnfinished, GameNotReported, HeatOver, StageInUse, WrongTournamentStatus
from tests.factories.games import make_catalogue
from tests.factories.heats import (
    by_seed,
    correct,
    correction_of,
    free_for_all,
    heat_at,
    heats_of,
    report,
    report_of,
    results_of,
    run_heats,
)
from tests.factories.stages import knockout, names_in, round_robin, stages
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import entrants, places, play_on, row_of, started
from tests.fixtures.rows import every_row, refused

# What there is of heats, without what counts changes.
STATE = {
    "heats": "SELECT stage_id, round, number, id, status, finished_at FROM heats ORDER BY 1, 2, 3",
    "seats": "SELECT heat_id, seed, games, is_through FROM heat_entrants ORDER BY 1, 2",
    "aside": "SELECT digest, round, results, finished_at FROM heats_aside ORDER BY 1",
    "field": "SELECT stage_id, seed, rank, left_round FROM stage_entrants ORDER BY 1, 2",
    "places": "SELECT id, status, placement_low, placement_high FROM entrants ORDER BY 1",
    "stages": "SELECT id, status FROM stages ORDER BY 1",
    "event": "SELECT id, status, finished_at FROM tournaments ORDER BY 1",
}


@pytest_asyncio.fixture
async def world(db: Database) -> AsyncIterator[tuple[Database, Actor]]:
    """A database with games, and an organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    yield db, organizer


async def state_of(db: Database) -> dict[str, list[Any]]:
    """All that there is of heats."""
    async with db.read() as session:
        return {name: [tuple(row) for row in await session.execute(text(query))] for name, query in STATE.items()}


async def assert_told(db: Database, tournament_id: UUID) -> None:
    """Viewers were told every version of every heat in order, without a gap, and how it stands now."""
    event = await row_of(db, tournament_id)
    async with db.read() as session:
        changes = await tournaments.changes_after(session, tournament_id, 0, event.change_count)
        ids = [heat_id for (heat_id,) in await session.execute(text("SELECT id FROM heats"))]
        present = await tournaments.heats_by_id(session, ids)
    assert changes is not None
    assert [change.sequence for change in changes] == list(range(1, event.change_count + 1))
    told: dict[UUID, list[HeatState]] = {}
    for change in changes:
        if change.heat is not None:
            told.setdefault(change.heat.id, []).append(change.heat)
    for heat_id, states in told.items():
        assert [state.version for state in states] == list(range(2, present[heat_id].version + 1))
        assert _without_through(states[-1]) == _without_through(present[heat_id])
    assert {heat_id for heat_id, heat in present.items() if heat.version > 1} == told.keys()


def _without_through(heat: HeatState) -> HeatState:
    """A heat without what is told with its tournament."""
    return replace(heat, seats=tuple(replace(seat, is_through=None) for seat in heat.seats))


def chance_order(heat: HeatState, chance: Random) -> list[int]:
    """Those who have not left in an order of chance."""
    order = by_seed(heat)
    chance.shuffle(order)
    return order


async def test_ten_play_in_heats_until_one_has_won(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, _ = await started(db, organizer, 10, structure=None, stages=[free_for_all()])
    assert event.draw_id is None
    first = await heats_of(db, event.id)
    assert [[seat.seed for seat in heat.seats] for heat in first] == [[1, 6, 7], [2, 5, 8], [3, 4, 9, 10]]
    error = await refused(
        db, BracketUnfinished, tournaments.finish_tournament, organizer, tournaments.FinishTournament(event.id)
    )
    assert "3 heats" in error.message
    assert await run_heats(db, organizer, event.id) == 6
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED
    assert await places(db, event.id) == {
        **{seed: (seed, seed) for seed in range(1, 5)},
        **dict.fromkeys((5, 6), (5, 6)),
        **dict.fromkeys((7, 8, 9), (7, 9)),
        10: (10, 10),
    }
    await assert_told(db, event.id)


async def test_places_are_told_when_a_round_is_over_and_who_is_through_with_them(
    world: tuple[Database, Actor],
) -> None:
    db, organizer = world
    event, _ = await started(db, organizer, 8, structure=None, stages=[free_for_all()])
    await report(db, organizer, await heat_at(db, event.id, 1, 1))
    assert {seat.is_through for seat in (await heat_at(db, event.id, 1, 1)).seats} == {None}
    assert set((await places(db, event.id)).values()) == {(None, None)}
    await report(db, organizer, await heat_at(db, event.id, 1, 2))
    heats = await heats_of(db, event.id)
    assert {seat.seed: seat.is_through for heat in heats[:2] for seat in heat.seats} == {
        seed: seed <= 4 for seed in range(1, 9)
    }
    assert [seat.seed for seat in heats[2].seats] == [1, 2, 3, 4]
    assert await places(db, event.id) == {
        **dict.fromkeys(range(1, 5), (None, None)),
        **dict.fromkeys((5, 6), (5, 6)),
        **dict.fromkeys((7, 8), (7, 8)),
    }


async def test_a_free_for_all_qualifies_for_a_knockout(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    plans = [free_for_all(), knockout(StageSource(1, 1, 4, is_overall=True))]
    event, players = await started(db, organizer, 10, "cup", structure=None, stages=plans)
    await run_heats(db, organizer, event.id)
    assert await names_in(db, event.id, 2) == ["Cup-1", "Cup-2", "Cup-3", "Cup-4"]
    final = await heat_at(db, event.id, 3, 1)
    # The first four go on in another order, or others do: the knockout has begun with these.
    for order in ([2, 1, 3, 4], [1, 2, 4, 3]):
        command = correction_of(final, order, force=True)
        assert (await refused(db, StageInUse, tournaments.correct_heat, organizer, command)).stage == 2
    assert await play_on(db, event.id, players) == 3
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED
    assert (await places(db, event.id))[10] == (10, 10)
    # What changes nothing for who went on may be corrected: the third heat had 10 before 9.
    third = await heat_at(db, event.id, 1, 3)
    await correct(db, organizer, third, [3, 4, 10, 9])
    assert [(await places(db, event.id))[seed] for seed in (9, 10)] == [(10, 10), (7, 9)]


async def test_groups_lead_into_heats(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    plans = [round_robin(group_count=2), free_for_all(StageSource(1, 1, 2), heat_size=2, advancing=1)]
    event, players = await started(db, organizer, 6, "cup", structure=None, stages=plans)
    await play_on(db, event.id, players)
    assert await names_in(db, event.id, 2) == ["Cup-1", "Cup-2", "Cup-3", "Cup-4"]
    await run_heats(db, organizer, event.id, stage=2)
    assert [stage.status.value for stage in await stages(db, event.id)] == ["FINISHED", "FINISHED"]
    assert await places(db, event.id) == {
        1: (1, 1),
        2: (2, 2),
        **dict.fromkeys((3, 4), (3, 4)),
        **dict.fromkeys((5, 6), (5, 6)),
    }


async def test_those_who_have_left_before_their_heats_begin_are_behind(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    plans = [round_robin(), free_for_all(StageSource(1, 1, 3), heat_size=4)]
    event, players = await started(db, organizer, 3, "cup", structure=None, stages=plans)
    everybody = await entrants(db, event.id)
    for entrant in everybody[:2]:
        await run(db, tournaments.withdraw_entrant, players[entrant.participant_id], WithdrawEntrant(entrant.id, NOW))
    (heat,) = await heats_of(db, event.id, 2)
    assert {seat.name: seat.has_left for seat in heat.seats} == {"Cup-3": False, "Cup-1": True, "Cup-2": True}
    await report(db, organizer, heat)
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED
    assert await places(db, event.id) == {3: (1, 1), 1: (2, 3), 2: (2, 3)}


async def test_stages_that_nobody_is_left_for_are_over_at_once(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    plans = [
        free_for_all(heat_size=2, advancing=1),
        free_for_all(StageSource(1, 1, 2), heat_size=2, advancing=1),
        round_robin(StageSource(2, 1, 2)),
    ]
    event, players = await started(db, organizer, 3, "cup", structure=None, stages=plans)
    await run_heats(db, organizer, event.id, rounds=1)
    for entrant in reversed(await entrants(db, event.id)):
        await run(db, tournaments.withdraw_entrant, players[entrant.participant_id], WithdrawEntrant(entrant.id, NOW))
    assert [stage.status.value for stage in await stages(db, event.id)] == ["FINISHED"] * 3
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED
    assert None not in {low for low, _ in (await places(db, event.id)).values()}


async def test_the_games_of_a_heat_are_reported_one_after_the_other(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    plan = free_for_all(games=3, per_score=1)
    event, _ = await started(db, organizer, 3, structure=None, stages=[plan])
    (heat,) = await heats_of(db, event.id)
    orders: list[tuple[list[int], dict[int, int]]] = [([3, 2, 1], {1: 4}), ([1, 2, 3], {}), ([3, 1, 2], {2: 6})]
    for game, (order, scores) in enumerate(orders, start=1):
        assert heat.status is (HeatStatus.READY if game == 1 else HeatStatus.LIVE)
        await run(db, tournaments.report_heat, organizer, report_of(heat, order, scores))
        (heat,) = await heats_of(db, event.id)
    assert (heat.status, heat.version) == (HeatStatus.FINISHED, 4)
    assert {seat.seed: (seat.points, seat.place) for seat in heat.seats} == {1: (14, 1), 2: (14, 2), 3: (12, 3)}
    # By points 1 and 2 are level; the places of 1 are 1, 2, 3, those of 2 are 2, 2, 3.
    assert await places(db, event.id) == {1: (1, 1), 2: (2, 2), 3: (3, 3)}
    await correct(db, organizer, heat, [3, 1, 2], game=2)
    (heat,) = await heats_of(db, event.id)
    assert {seat.seed: seat.games for seat in heat.seats}[3] == (Reached(1), Reached(1), Reached(1))
    assert (await places(db, event.id))[3] == (1, 1)


@pytest.mark.parametrize("is_disqualified", [False, True])
async def test_who_leaves_keeps_what_they_have_and_takes_no_place(
    world: tuple[Database, Actor], is_disqualified: bool
) -> None:
    db, organizer = world
    event, players = await started(db, organizer, 8, structure=None, stages=[free_for_all(games=2)])
    by_number = {entrant.seed: entrant for entrant in await entrants(db, event.id)}

    async def leave(seed: int) -> None:
        entrant = by_number[seed]
        if is_disqualified:
            command = DisqualifyEntrant(entrant.id, "unsporting", NOW)
            await run(db, tournaments.disqualify_entrant, organizer, command)
        else:
            actor = players[entrant.participant_id]
            await run(db, tournaments.withdraw_entrant, actor, WithdrawEntrant(entrant.id, NOW))

    first = await heat_at(db, event.id, 1, 1)  # 1, 4, 5 and 8
    await report(db, organizer, first)
    await leave(1)
    half = await heat_at(db, event.id, 1, 1)
    assert {seat.seed: (seat.points, seat.place, seat.has_left) for seat in half.seats} == {
        1: (5, 4, True),
        4: (3, 1, False),
        5: (2, 2, False),
        8: (1, 3, False),
    }
    await refused(db, StaleVersion, tournaments.report_heat, organizer, report_of(first, [1, 4, 5, 8]))
    await refused(db, InvalidInput, tournaments.report_heat, organizer, report_of(half, [1, 4, 5, 8]))
    await report(db, organizer, half)
    await leave(4)  # after their heat: what they reached stands
    for _ in range(2):
        await report(db, organizer, await heat_at(db, event.id, 1, 2))
    assert [seat.seed for seat in (await heat_at(db, event.id, 2, 1)).seats] == [2, 3, 5, 8]
    assert await places(db, event.id) == {
        **dict.fromkeys((2, 3, 5, 8), (None, None)),
        4: (5, 5),
        6: (6, 6),
        7: (7, 7),
        1: (8, 8),
    }
    await run_heats(db, organizer, event.id)
    assert (await places(db, event.id))[8] == (4, 4)
    await assert_told(db, event.id)


async def test_a_heat_is_over_when_its_last_has_left(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, players = await started(db, organizer, 4, structure=None, stages=[free_for_all(heat_size=2, advancing=1)])
    await report(db, organizer, await heat_at(db, event.id, 1, 1))
    for entrant in await entrants(db, event.id):
        if entrant.seed in (2, 3):
            actor = players[entrant.participant_id]
            await run(db, tournaments.withdraw_entrant, actor, WithdrawEntrant(entrant.id, NOW))
    # 1 has won its heat, and nobody is left to meet.
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED
    assert await places(db, event.id) == {1: (1, 1), 4: (2, 2), 2: (3, 4), 3: (3, 4)}


async def test_a_correction_is_tried_refused_forced_and_taken_back(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, _ = await started(db, organizer, 16, structure=None, stages=[free_for_all()])
    await run_heats(db, organizer, event.id)
    before = await state_of(db)
    rows = await every_row(db)
    first = await heat_at(db, event.id, 1, 1)  # 1, 8, 9 and 16
    wrong = [16, 9, 8, 1]
    dry = await correct(db, organizer, first, wrong, dry_run=True)
    assert await every_row(db) == rows
    error = await refused(db, HeatsInUse, tournaments.correct_heat, organizer, correction_of(first, wrong))
    told = [(effect.effect, effect.is_play_set_aside) for effect in dry.heat_effects]
    # 1 and 8 are in the one heat of the second round, 9 and 16 come instead; the final is not drawn any more.
    assert told == [(Effect.RESET, True), (Effect.RESET, True), (Effect.RESET, True)]
    assert [effect.heat_id for effect in error.effects] == [effect.heat_id for effect in dry.heat_effects]
    assert dry.heat_effects[2].after == ()
    done = await correct(db, organizer, first, wrong, force=True)
    assert done.heat_effects == dry.heat_effects
    assert [heat.status for heat in await heats_of(db, event.id)] == [HeatStatus.FINISHED] * 4 + [HeatStatus.READY] * 2
    assert (await row_of(db, event.id)).status is TournamentStatus.RUNNING
    back = await correct(db, organizer, await heat_at(db, event.id, 1, 1), [1, 8, 9, 16])
    assert [(each.effect, each.is_play_set_aside) for each in back.heat_effects] == [(Effect.REPLAY, False)] * 3
    assert await state_of(db) == before
    await assert_told(db, event.id)


async def test_what_nobody_has_begun_is_drawn_again_without_force(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, _ = await started(db, organizer, 8, structure=None, stages=[free_for_all()])
    await run_heats(db, organizer, event.id, rounds=1)
    done = await correct(db, organizer, await heat_at(db, event.id, 1, 1), [8, 5, 4, 1])
    assert [(each.effect, each.is_play_set_aside) for each in done.heat_effects] == [(Effect.RESEAT, False)]
    assert [seat.seed for seat in (await heat_at(db, event.id, 2, 1)).seats] == [2, 3, 5, 8]
    assert [each.is_through for each in (await heat_at(db, event.id, 1, 1)).seats] == [False, False, True, True]


@pytest.mark.parametrize("cut", Cut)
@pytest.mark.parametrize("seed", range(3))
async def test_many_corrections_and_back_give_the_identical_state(
    world: tuple[Database, Actor], cut: Cut, seed: int
) -> None:
    """With people who have left on the way, and what is played between the corrections set aside."""
    db, organizer = world
    chance = Random(seed)
    plan = free_for_all(heat_size=3, advancing=1, games=2, cut=cut)
    event, _ = await started(db, organizer, 14, structure=None, stages=[plan])
    await run_heats(db, organizer, event.id, lambda heat: chance_order(heat, chance), rounds=1)
    leaver = next(seat for heat in await heats_of(db, event.id) if heat.round == 2 for seat in heat.seats)
    await run(db, tournaments.disqualify_entrant, organizer, DisqualifyEntrant(leaver.entrant_id, "late", NOW))
    await run_heats(db, organizer, event.id, lambda heat: chance_order(heat, chance))
    before = await state_of(db)
    undo: list[tuple[int, int, int, list[int]]] = []
    for _ in range(8):
        heats = [heat for heat in await heats_of(db, event.id) if heat.status is HeatStatus.FINISHED]
        heat = chance.choice(heats)
        game = chance.choice((1, 2))
        took_part = [seat for seat in heat.seats if len(seat.games) >= game]
        undo.append((heat.round, heat.number, game, _in_place(took_part, game)))
        order = [seat.seed for seat in took_part]
        chance.shuffle(order)
        await correct(db, organizer, heat, order, game=game, force=True)
        await run_heats(db, organizer, event.id, lambda heat: chance_order(heat, chance), rounds=2)
    for round_, number, game, order in reversed(undo):
        await correct(db, organizer, await heat_at(db, event.id, round_, number), order, game=game, force=True)
    after = await state_of(db)
    aside = after.pop("aside")
    before.pop("aside")
    assert after == before
    # What people played between the corrections is still remembered, and nothing of what holds is.
    in_heats = {(heat.round, *(seat.seed for seat in heat.seats)) for heat in await heats_of(db, event.id)}
    assert aside
    assert in_heats.isdisjoint({(round_, *(seed for seed, _ in results)) for _, round_, results, _ in aside})
    await assert_told(db, event.id)


def _in_place(seats: Any, game: int) -> list[int]:
    """The seeds in the order in which they came in."""
    return [seat.seed for seat in sorted(seats, key=lambda seat: seat.games[game - 1].place)]


async def test_the_order_in_which_heats_are_reported_changes_nothing(world: tuple[Database, Actor]) -> None:
    """And so the same event, reported again from scratch, comes to the same state."""
    db, organizer = world
    told = []
    for order in range(3):
        chance, slug = Random(order), f"cup-{order}"
        plan = free_for_all(heat_size=3, advancing=1, games=2, cut=Cut.OVERALL, per_score=1)
        event, _ = await started(db, organizer, 13, slug, structure=None, stages=[plan])
        while ready := [heat for heat in await heats_of(db, event.id) if heat.status is not HeatStatus.FINISHED]:
            heat = chance.choice(ready)
            game = len(heat.seats[0].games)
            # What they reach hangs on who they are alone.
            order_in = sorted(by_seed(heat), key=lambda seed: (seed * 7 + game * 5) % 13)
            scores = {seed: (seed * 3 + game) % 5 for seed in order_in}
            await run(db, tournaments.report_heat, organizer, report_of(heat, order_in, scores))
        heats = await heats_of(db, event.id)
        told.append(
            (
                [(heat.round, heat.number, [(s.seed, s.games, s.is_through) for s in heat.seats]) for heat in heats],
                await places(db, event.id),
            )
        )
    assert all(one == other for one, other in pairwise(told))


async def test_who_may_not_report_and_correct(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, players = await started(db, organizer, 4, structure=None, stages=[free_for_all()])
    scorer, referee, stranger = await make_people(db, "scorer", "referee", "stranger")
    await run(db, tournaments.set_staff, organizer, SetStaff(event.id, "scorer", StaffRole.SCORER))
    for name in ("referee", "spring-cup-1"):
        await run(db, tournaments.set_staff, organizer, SetStaff(event.id, name, StaffRole.REFEREE))
    first, second, *_ = players.values()
    (heat,) = await heats_of(db, event.id)
    for correcting in (False, True):
        command: Any = correction_of(heat, [2, 1, 3, 4]) if correcting else report_of(heat, [1, 2, 3, 4])
        use_case: Any = tournaments.correct_heat if correcting else tournaments.report_heat
        await refused(db, Unauthenticated, use_case, ANONYMOUS, command)
        await refused(db, NotAnOfficial, use_case, stranger, command)
        await refused(db, NotAnOfficial, use_case, scorer, command)
        await refused(db, NotAnOfficial, use_case, second, command)
        await refused(db, OwnMatch, use_case, first, command)
        if not correcting:
            await run(db, use_case, referee, command)
            (heat,) = await heats_of(db, event.id)
    await correct(db, referee, heat, [2, 1, 3, 4])


async def test_nobody_puts_out_who_they_meet_in_a_heat(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, players = await started(db, organizer, 8, structure=None, stages=[free_for_all()])
    await run(db, tournaments.set_staff, organizer, SetStaff(event.id, "spring-cup-1", StaffRole.ORGANIZER))
    by_number = {entrant.seed: entrant for entrant in await entrants(db, event.id)}
    first = players[by_number[1].participant_id]
    command = DisqualifyEntrant(by_number[4].id, "unsporting", NOW)
    await refused(db, OwnMatch, tournaments.disqualify_entrant, first, command)
    command = DisqualifyEntrant(by_number[2].id, "unsporting", NOW)
    await run(db, tournaments.disqualify_entrant, first, command)


async def test_what_cannot_be_reported(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, _ = await started(db, organizer, 8, structure=None, stages=[free_for_all(games=2)])
    heat, other = await heats_of(db, event.id)  # 1, 4, 5, 8 and 2, 3, 6, 7
    good = report_of(heat, [1, 4, 5, 8])
    keys = list(good.results)
    wrong: list[tuple[type[DomainError], dict[str, Any]]] = [
        (HeatNotFound, {"heat_id": uuid4()}),
        (StaleVersion, {"version": 7}),
        (InvalidInput, {"results": {}}),
        (InvalidInput, {"results": {key: Reached(place) for place, key in enumerate(keys[:3], 1)}}),
        (InvalidInput, {"results": results_of(other, [2, 3, 6, 7])}),
        (InvalidInput, {"results": {**good.results, uuid4(): Reached(5)}}),
        (InvalidInput, {"results": {key: Reached(2) for key in keys}}),
        (InvalidInput, {"results": {key: Reached(1, -1) for key in keys}}),
        (InvalidInput, {"results": {**good.results, keys[3]: Reached(4, 1, is_absent=True)}}),
        (InvalidInput, {"results": {**good.results, keys[0]: Reached(1, is_absent=True)}}),
    ]
    for error, values in wrong:
        await refused(db, error, tournaments.report_heat, organizer, _with(good, **values))
    again = correction_of(heat, [1, 4, 5, 8])
    assert (await refused(db, GameNotReported, tournaments.correct_heat, organizer, again)).reported == 0
    await run(db, tournaments.report_heat, organizer, good)
    live = await heat_at(db, event.id, 1, 1)
    wrong += [
        (GameNotReported, {"game": 2}),
        (GameNotReported, {"game": 0}),
        (InvalidInput, {"reason": " "}),
    ]
    for error, values in wrong:
        await refused(
            db, error, tournaments.correct_heat, organizer, _with(correction_of(live, [1, 4, 5, 8]), **values)
        )
    await report(db, organizer, live)
    over = await heat_at(db, event.id, 1, 1)
    await refused(db, HeatOver, tournaments.report_heat, organizer, report_of(over, [1, 4, 5, 8]))
    await run(db, tournaments.cancel_tournament, organizer, CancelTournament(event.id, "rain", NOW))
    await refused(db, WrongTournamentStatus, tournaments.report_heat, organizer, report_of(other, [2, 3, 6, 7]))
    command = correction_of(over, [1, 4, 5, 8])
    await refused(db, WrongTournamentStatus, tournaments.correct_heat, organizer, command)


def _with(command: Any, **values: Any) -> Any:
    return replace(command, **values)


async def test_of_two_reports_at_once_one_counts(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    event, _ = await started(db, organizer, 8, structure=None, stages=[free_for_all()])
    heat, _ = await heats_of(db, event.id)
    commands = [report_of(heat, order) for order in ([1, 4, 5, 8], [8, 5, 4, 1])]
    answers = await asyncio.gather(
        *(run(db, tournaments.report_heat, organizer, command) for command in commands), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Heat", "StaleVersion"]
    assert (await heat_at(db, event.id, 1, 1)).version == 2
    await assert_told(db, event.id)
