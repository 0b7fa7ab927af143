"""Matches that can be drawn, and those that somebody has to win whatever the score."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from domain import matches, tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.kernel.scoring import MatchScoring
from domain.matches import (
    ConfirmResult,
    DecideResult,
    EntryKind,
    MatchState,
    MatchStatus,
    Outcome,
    ReportResult,
    UpdateScore,
    Verdict,
)
from domain.matches.errors import DrawNotPossible
from domain.tournaments import Points, Ranking, RoundFormat, StagePlan, StageSource, Standings, TournamentStatus, Value
from domain.tournaments.values import BracketSide
from tests.factories.games import make_catalogue
from tests.factories.stages import knockout, matches_of_stage, round_robin, stages, swiss
from tests.factories.teams import make_people, run
from tests.factories.tournaments import places, row_of
from tests.fixtures.brackets import assert_gapless
from tests.fixtures.events import Event, begin, verdict_of
from tests.fixtures.rows import refused

GOALS: dict[str, Any] = {"best_of": 1, "scoring": MatchScoring.POINTS}
FOOTBALL = Ranking(points=Points(win=6, draw=2))


@pytest_asyncio.fixture
async def world(db: Database) -> AsyncIterator[tuple[Database, Actor]]:
    """A database with games, and an organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    yield db, organizer


def staged(*plans: StagePlan) -> dict[str, Any]:
    """What a tournament of these stages is made with."""
    return {"structure": None, "stages": plans}


async def tell(event: Event, state: MatchState, scores: tuple[int, int], winner: int | None = None) -> None:
    """Let slot 0 report and slot 1 confirm."""
    first, second = (event.players[slot.participant_id] for slot in state.slots if slot.participant_id is not None)
    report = ReportResult(state.id, state.version, scores, event.tick(), winner=winner)
    reported = await run(event.db, matches.report_result, first, report)
    confirm = ConfirmResult(state.id, reported.version, event.tick())
    await run(event.db, matches.confirm_result, second, confirm)


async def decide(event: Event, state: MatchState, scores: tuple[int, int], winner: int | None = None) -> None:
    """Let the organizer enter a result."""
    command = DecideResult(state.id, state.version, scores, event.tick(), winner=winner)
    await run(event.db, matches.decide_result, event.organizer, command)


async def tables(event: Event, number: int = 1) -> dict[int, Standings]:
    """The tables of a stage by group, as everybody reads them."""
    stage = (await stages(event.db, event.tournament.id))[number - 1]
    key = event.tournament.id, stage.id
    async with event.db.snapshot() as session:
        played = (await tournaments.played_stages(session, [key]))[key]
    found = tournaments.tables(stage, played)
    return {group: table.standings for group, table in found.items()}


async def test_a_drawn_match_of_a_group_brings_both_a_point_and_their_ratings_together(
    world: tuple[Database, Actor],
) -> None:
    event = await begin(world, 3, **staged(round_robin(**GOALS, ranking=FOOTBALL)))
    state = await event.at("A1.1")
    assert (state.scoring, state.best_of, state.can_be_drawn) == (MatchScoring.POINTS, 1, True)
    second = event.players[state.slots[1].participant_id or state.id]
    live = await run(
        event.db, matches.update_score, second, UpdateScore(state.id, state.version, (7, 12), event.tick())
    )
    assert [slot.score for slot in live.slots] == [7, 12]
    await tell(event, live.state, (2, 2))
    drawn = await event.at("A1.1")
    assert (drawn.status, drawn.outcome, drawn.winner, drawn.is_drawn) == (
        MatchStatus.FINISHED,
        Outcome.PLAYED,
        None,
        True,
    )
    log = await _log(event, state)
    assert [(entry.kind, entry.slot, entry.scores) for entry in log[-3:]] == [
        (EntryKind.REPORTED, 0, (2, 2)),
        (EntryKind.CONFIRMED, 1, (2, 2)),
        (EntryKind.FINISHED, None, (2, 2)),
    ]
    rows = {row.number: row for row in (await tables(event))[1].rows}
    for slot in drawn.slots:
        assert slot.seed is not None
        points = rows[slot.seed].values["PTS"]
        assert points.number == 1
        assert [(term.value, term.round) for term in points.terms] == [(Fraction(1), 1)]
        assert [rows[slot.seed].values[name].number for name in ("GF", "GD")] == [2, 0]
    await event.rate()
    found = await event.ratings()
    assert {(number, wins) for _, _, number, wins in found.values()} == {(1, 0)}
    assert len({mu for mu, *_ in found.values()}) == 1


async def _log(event: Event, state: MatchState) -> list[matches.LogEntry]:
    async with event.db.read() as session:
        return await matches.newest_log(session, state.id, 20)


async def test_four_racks_can_end_level_and_count_as_won_racks(world: tuple[Database, Actor]) -> None:
    plan = round_robin(best_of=4, scoring=MatchScoring.PLAY_ALL)
    event = await begin(world, 2, **staged(plan))
    state = await event.at("A1.1")
    games = ((3, 1), (1, 3), (3, 2), (0, 3))
    command = DecideResult(state.id, state.version, (2, 2), event.tick(), games=games)
    await run(event.db, matches.decide_result, event.organizer, command)
    rows = (await tables(event))[1].rows
    assert [row.rank for row in rows] == [1, 1]
    assert [[row.values[name].number for name in ("PTS", "GF")] for row in rows] == [[Fraction(1, 2), 2]] * 2
    assert (await row_of(event.db, event.tournament.id)).status is TournamentStatus.FINISHED
    assert await places(event.db, event.tournament.id) == {1: (1, 2), 2: (1, 2)}


async def test_where_draws_are_not_allowed_a_level_score_needs_a_winner(world: tuple[Database, Actor]) -> None:
    plans = [round_robin(**GOALS, has_draws=False), knockout(StageSource(1, 1, 2), **GOALS)]
    event = await begin(world, 3, **staged(*plans))
    for key in ("A1.1", "A2.1", "A3.1"):
        await _only_with_a_winner(event, await event.at(key))
    final = (await matches_of_stage(event.db, event.tournament.id, 2))["U1.1"][0]
    await _only_with_a_winner(event, final)
    assert (await row_of(event.db, event.tournament.id)).status is TournamentStatus.FINISHED


async def _only_with_a_winner(event: Event, state: MatchState) -> None:
    assert (state.scoring, state.can_be_drawn) == (MatchScoring.POINTS, False)
    first = event.players[state.slots[0].participant_id or state.id]
    level = ReportResult(state.id, state.version, (1, 1), event.tick())
    assert (await refused(event.db, DrawNotPossible, matches.report_result, first, level)).path == ("winnerSlot",)
    decision = DecideResult(state.id, state.version, (1, 1), event.tick())
    await refused(event.db, DrawNotPossible, matches.decide_result, event.organizer, decision)
    told_twice = DecideResult(state.id, state.version, (2, 1), event.tick(), winner=0)
    await refused(event.db, InvalidInput, matches.decide_result, event.organizer, told_twice)
    await tell(event, state, (1, 1), winner=1)
    decided = next(each for each in (await event.all()).values() if each.id == state.id)
    assert (decided.winner, decided.is_drawn, [slot.score for slot in decided.slots]) == (1, False, [1, 1])


async def test_sides_that_name_different_winners_of_penalties_disagree(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 2, **staged(knockout(**GOALS)))
    state = await event.at("U1.1")
    first, second = (event.players[slot.participant_id] for slot in state.slots if slot.participant_id is not None)
    report = ReportResult(state.id, state.version, (3, 3), event.tick(), winner=0)
    reported = await run(event.db, matches.report_result, first, report)
    assert reported.report is not None
    assert (reported.report.tiebreak_winner, reported.report.winner) == (0, 0)
    other = ReportResult(state.id, reported.version, (3, 3), event.tick(), winner=1)
    disputed = await run(event.db, matches.report_result, second, other)
    assert disputed.status is MatchStatus.DISPUTED
    assert disputed.dispute_reason == "The other side reported 3:3, won by slot 1."
    await decide(event, disputed.state, (3, 3), winner=1)
    assert await places(event.db, event.tournament.id) == {1: (2, 2), 2: (1, 1)}
    await event.correct("U1.1", 0, verdict=Verdict(scores=(3, 3), winner=0))
    assert await places(event.db, event.tournament.id) == {1: (1, 1), 2: (2, 2)}
    decided = await event.at("U1.1")
    command = tournaments.CorrectMatch(decided.id, decided.version, Verdict(scores=(4, 4)), "why", event.tick())
    await refused(event.db, DrawNotPossible, tournaments.correct_match, event.organizer, command)


async def test_a_draw_in_a_group_cannot_have_a_winner(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 2, **staged(round_robin(**GOALS)))
    state = await event.at("A1.1")
    first = event.players[state.slots[0].participant_id or state.id]
    command = ReportResult(state.id, state.version, (1, 1), event.tick(), winner=0)
    assert (await refused(event.db, InvalidInput, matches.report_result, first, command)).path == ("winnerSlot",)


async def test_later_rounds_are_longer(world: tuple[Database, Actor]) -> None:
    def last(side: BracketSide, best_of: int, rounds: int) -> RoundFormat:
        return RoundFormat(side=side, best_of=best_of, last_rounds=rounds)

    plans = [
        swiss(rounds=3, round_formats=(last(BracketSide.GROUP, 3, 1),)),
        knockout(
            StageSource(1, 1, 4),
            round_formats=(last(BracketSide.UPPER, 5, 1),),
        ),
    ]
    event = await begin(world, 5, **staged(*plans))
    await event.play_on(lambda: 0)
    found = await event.all()
    assert {key: state.best_of for key, state in found.items()} == {
        **dict.fromkeys(("R1.1", "R1.2", "R2.1", "R2.2"), 1),
        **dict.fromkeys(("R3.1", "R3.2"), 3),
        "U1.1": 1,
        "U1.2": 1,
        "U2.1": 5,
    }
    assert (await row_of(event.db, event.tournament.id)).status is TournamentStatus.FINISHED


PLANS: list[StagePlan] = [
    round_robin(**GOALS, group_count=2, cycles=2, ranking=replace(FOOTBALL, tiebreaks="PTS,BH")),
    round_robin(best_of=4, scoring=MatchScoring.PLAY_ALL, ranking=Ranking(tiebreaks="PTS,BH,DE")),
    swiss(**GOALS),
    swiss(best_of=1, scoring=MatchScoring.PLAY_ALL, rounds=4),
]


def _random_scores(state: MatchState, random: Random) -> tuple[int, int]:
    if state.scoring is MatchScoring.POINTS:
        return random.randrange(3), random.randrange(3)
    first = random.randrange(state.best_of + 1)
    return first, random.randrange(state.best_of - first + 1)


async def _play_at_random(event: Event) -> None:
    while ready := [state for state in (await event.all()).values() if state.status in matches.OPEN]:
        state = event.random.choice(ready)
        await decide(event, state, _random_scores(state, event.random))


@pytest.mark.parametrize("plan", PLANS, ids=["groups", "racks", "swiss", "chess"])
@pytest.mark.parametrize("number", range(2))
async def test_points_add_up_and_corrections_taken_back_leave_no_trace(
    world: tuple[Database, Actor], plan: StagePlan, number: int
) -> None:
    event = await begin(world, 8, f"cup-{number}", **staged(plan))
    event.random = Random(number)
    await _play_at_random(event)
    assert any(state.is_drawn for state in (await event.all()).values())
    await _assert_sums(event, plan)
    before = await event.state()
    undo = []
    for _ in range(12):
        key, state = event.random.choice(list((await event.all()).items()))
        undo.append((key, verdict_of(state)))
        scores = _random_scores(state, event.random)
        await event.correct(key, 0, verdict=Verdict(scores=scores), force=True)
        await _assert_sums(event, plan)
    assert await event.state() != before
    for key, verdict in reversed(undo):
        await event.correct(key, 0, verdict=verdict, force=True)
    assert await event.state() == before
    await assert_gapless(event.db, event.tournament.id)


async def _assert_sums(event: Event, plan: StagePlan) -> None:
    """All points are handed out by results, and each score as often to Buchholz as it has opponents (I11 and I12)."""
    settings = plan.format.settings
    assert not isinstance(settings, tournaments.Elimination)
    assert isinstance(settings, tournaments.RoundRobin | tournaments.Swiss)
    points = settings.ranking.points
    found = list((await event.all()).values())
    drawn = sum(state.is_drawn for state in found)
    handed_out = (len(found) - drawn) * (points.win + points.loss) + drawn * 2 * points.draw
    rows = [row.values for each in (await tables(event)).values() for row in each.rows]
    assert 2 * sum(_value(row, "PTS") for row in rows) == handed_out
    rounds = 2 * len(found) // len(rows)
    assert sum(_value(row, "BH") for row in rows) == rounds * sum(_value(row, "PTS") for row in rows)


def _value(row: Mapping[str, Value], tiebreak: str) -> Fraction:
    number = row[tiebreak].number
    assert number is not None
    return number
