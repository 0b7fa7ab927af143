"""Events leave as files and come back as they were: whatever was played, and however far."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.scoring import MatchScoring
from domain.matches import Outcome
from domain.tournaments import (
    ChallengeDue,
    Cut,
    DisqualifyEntrant,
    Elimination,
    EntrantStatus,
    Format,
    GrandFinal,
    Link,
    Points,
    Ranking,
    RoundFormat,
    StagePlan,
    StageSource,
    Structure,
    Tournament,
    TournamentStatus,
    WithdrawEntrant,
    exported_event,
)
from domain.tournaments.rules.swiss import Method
from domain.tournaments.rules.tiebreaks import RuleYear
from domain.tournaments.values import BracketSide, DropOrder, LoserOf, Seed, WinnerOf
from tests.factories.exports import comes_back, played, shown
from tests.factories.games import make_catalogue
from tests.factories.heats import correct, free_for_all, heat_at, run_heats
from tests.factories.ladders import DAY, Hall, due_facts, ladder, make_ladder
from tests.factories.stages import double, knockout, round_robin, swiss
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import enter, entrants, make_tournament, published, row_of, start, started, states

GOALS: dict[str, Any] = {"best_of": 1, "scoring": MatchScoring.POINTS}
FOUR_GAMES: dict[str, Any] = {"best_of": 4, "scoring": MatchScoring.PLAY_ALL}
FOOTBALL = Ranking(points=Points(win=6, draw=2))
CHESS = Ranking(tiebreaks="PTS,BH/C1,SB,BWG,BPG")
GROUP = Format(Structure.GSL_GROUP, Elimination(best_of=3))
OWN = Format(
    Structure.CUSTOM,
    Elimination(best_of=1),
    (
        Link("A", Seed(1), Seed(4)),
        Link("B", Seed(2), Seed(3), best_of=3),
        Link("Final", WinnerOf("A"), WinnerOf("B"), 2),
        Link("Third", LoserOf("A"), LoserOf("B")),
    ),
)
LONG_END = (RoundFormat(side=BracketSide.UPPER, best_of=5, last_rounds=2),)
LATE_RULES = Ranking(tiebreaks="PTS,BH,TPN", rule_year=RuleYear.DUMMY, points=Points(win=6, draw=3, loss=1))
SHAPES: dict[str, tuple[int, list[StagePlan]]] = {
    "single elimination": (11, [knockout(best_of=3, final_best_of=5, has_third_place_match=True)]),
    "double elimination": (13, [double(grand_final=GrandFinal.RESET)]),
    "double elimination with lower starters": (6, [double(grand_final=GrandFinal.SINGLE, lower_starters=2)]),
    "group with two lives": (4, [StagePlan("Group", GROUP)]),
    "round robin": (5, [round_robin(best_of=3, cycles=2)]),
    "Swiss": (7, [swiss(rounds=3)]),
    "groups and knockout": (8, [round_robin(group_count=2), knockout(StageSource(1, 1, 2))]),
    "Swiss and double elimination": (8, [swiss(rounds=3), double(StageSource(1, 1, 4))]),
    "two knockouts": (8, [knockout(), knockout(StageSource(1, 1, 4))]),
    "groups with draws and knockout by goals": (
        8,
        [round_robin(group_count=2, ranking=FOOTBALL, **GOALS), knockout(StageSource(1, 1, 2), **GOALS)],
    ),
    "groups by goals without draws": (6, [round_robin(group_count=2, has_draws=False, **GOALS)]),
    "chess": (7, [swiss(rounds=3, has_sides=True, ranking=CHESS, **FOUR_GAMES)]),
    "double elimination of four games": (5, [double(**FOUR_GAMES)]),
    "final that begins ahead": (
        5,
        [double(best_of=3, grand_final=GrandFinal.ADVANTAGE, final_advantage=1, drop_order=DropOrder.NATURAL)],
    ),
    "longer last rounds": (9, [knockout(round_formats=LONG_END)]),
    "bracket of one's own": (4, [StagePlan("Own", OWN)]),
    "groups and a bracket of one's own": (6, [round_robin(), StagePlan(None, OWN, (StageSource(1, 1, 4),))]),
    "Swiss with lives": (8, [swiss(wins_to_advance=2, losses_to_leave=2, method=Method.FOLD)]),
    "Swiss by older rules": (7, [swiss(rounds=3, ranking=LATE_RULES)]),
    "winners and others": (
        8,
        [swiss(rounds=2), double(StageSource(1, 1, 4, is_overall=True)), round_robin(StageSource(1, 5, 8))],
    ),
    "three in a row": (8, [round_robin(group_count=2), swiss(StageSource(1, 1, 2)), knockout(StageSource(2, 1, 2))]),
    "heats": (9, [free_for_all()]),
    "heats by the best of all": (11, [free_for_all(heat_size=3, advancing=1, cut=Cut.OVERALL, per_score=1)]),
    "heats of games": (6, [free_for_all(games=3)]),
    "groups and heats": (8, [round_robin(group_count=2), free_for_all(StageSource(1, 1, 3))]),
    "heats and a knockout": (8, [free_for_all(), knockout(StageSource(1, 1, 4))]),
    "ladder": (6, [ladder()]),
    "ladder of the busy": (6, [ladder(best_of=3, reach=2, idle_days=2, drop=2, rematch_days=0)]),
    "ladder and a knockout": (6, [ladder(idle_days=3), knockout(StageSource(1, 1, 4))]),
}


@pytest.mark.parametrize("is_finished", [True, False])
@pytest.mark.parametrize("shape", list(SHAPES))
async def test_an_event_comes_back_as_it_left(db: Database, shape: str, is_finished: bool) -> None:
    """Matches, heats, ladders, places and the next file are the same, and what was open goes on to an end."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    size, plans = SHAPES[shape]
    event = await played(db, organizer, size, plans, Random(shape))
    await event.play(500 if is_finished else size)
    again = await comes_back(db, organizer, event.tournament_id, now=event.now)
    await replace(event, tournament_id=again).finish()
    assert (await row_of(db, again)).status is TournamentStatus.FINISHED


async def test_there_is_no_file_of_what_has_not_begun(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event = await make_tournament(db, organizer)
    async with db.snapshot() as session:
        assert await exported_event(session, event.id, "Nine-ball", NOW) is None


async def test_a_ladder_goes_on_by_the_times_of_its_file(db: Database) -> None:
    """A challenge was taken back, one is open and its time passes, somebody came late and somebody left."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    hall = await make_ladder(db, organizer, 4, idle_days=4, answer_days=3, has_late_entry=True)
    await hall.fought(3, 1, NOW)
    taken_back = await hall.challenge(4, 3, NOW + DAY)
    command = tournaments.challenges.WithdrawChallenge(taken_back.id, taken_back.version, NOW + DAY)
    await run(db, tournaments.challenges.withdraw_challenge, hall.player(4), command)
    (late,) = await make_people(db, "late")
    await enter(db, hall.event.id, late)
    await run(db, tournaments.withdraw_entrant, hall.player(2), WithdrawEntrant((await hall.entrant(2)).id, NOW + DAY))
    await hall.fought(4, 1, NOW + 2 * DAY)
    await hall.challenge(1, 3, NOW + 2 * DAY)
    now = NOW + 3 * DAY
    key = await comes_back(db, organizer, hall.event.id, now=now)
    async with db.read() as session:
        again = Hall(db, organizer, await session.get_one(Tournament, key), {})
    assert await again.order(now) == await hall.order(now)
    assert await again.order(now + 2 * DAY) == await hall.order(now + 2 * DAY) != await hall.order(now)
    due = [fact for fact in await due_facts(db, ChallengeDue, now + 3 * DAY) if fact.tournament_id == again.event.id]
    assert [fact.at for fact in due] == [NOW + 5 * DAY]
    await db.transaction(lambda session: tournaments.challenges.expire_challenge(session, due[0]))
    assert await hall.order(now + 2 * DAY) == [4, 3, 1, 5]
    assert await again.order(now + 2 * DAY) == [4, 1, 3, 5]


async def test_heats_that_were_corrected_and_left_are_corrected_on_here(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event, players = await started(db, organizer, 8, structure=None, stages=[free_for_all()], capacity=8)
    await run_heats(db, organizer, event.id, rounds=1)
    await correct(db, organizer, await heat_at(db, event.id, 1, 1), (8, 5, 4, 1))
    leaver = (await entrants(db, event.id))[7]
    await run(db, tournaments.withdraw_entrant, players[leaver.participant_id], WithdrawEntrant(leaver.id, NOW))
    again = await comes_back(db, organizer, event.id)
    for key in (event.id, again):
        await correct(db, organizer, await heat_at(db, key, 1, 2), (7, 6, 3, 2))
        await run_heats(db, organizer, key)
    assert await shown(db, again) == await shown(db, event.id)


async def test_who_did_not_come_and_who_was_put_out_are_in_the_file(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event = await published(db, organizer, structure=None, stages=[round_robin()], capacity=3)
    players = await make_people(db, *(f"player-{number}" for number in range(1, 6)))
    entered = await enter(db, event.id, *players, waitlist=True)
    await run(db, tournaments.withdraw_entrant, players[0], WithdrawEntrant(entered[0].id, NOW))
    await start(db, organizer, event.id)
    await run(db, tournaments.disqualify_entrant, organizer, DisqualifyEntrant(entered[1].id, "rude", NOW))
    again = await comes_back(db, organizer, event.id)
    assert {one.name: one.status for one in await entrants(db, again)} == {
        "Player-1": EntrantStatus.WITHDRAWN,
        "Player-2": EntrantStatus.DISQUALIFIED,
        "Player-3": EntrantStatus.PLAYING,
        "Player-4": EntrantStatus.PLAYING,
        "Player-5": EntrantStatus.ABSENT,
    }
    outcomes = {state.outcome for state in await states(db, again)}
    assert outcomes == {Outcome.DISQUALIFICATION, None}
