"""`matchpoint export`: events of several stages, as the server has played them, are read again without a difference."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from cli.main import main
from domain import matches, registry
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.scoring import MatchScoring
from domain.matches import AwardWalkover, DecideResult, MatchState
from domain.tournaments import (
    Event,
    MatchProgress,
    Points,
    Ranking,
    StageFormat,
    StagePlan,
    StageSource,
    read_event,
    reproduce,
    write_event_json,
)
from tests.factories.heats import free_for_all, run_heats
from tests.factories.ladders import make_ladder
from tests.factories.stages import double, knockout, round_robin, swiss
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import started, states
from tests.fixtures.server import RunningServer, server, shared_server

__all__ = ["server", "shared_server"]

GOALS: dict[str, Any] = {"scoring": MatchScoring.POINTS}
FOOTBALL = Ranking(points=Points(win=6, draw=2))
CUPS: dict[str, tuple[int, list[StagePlan]]] = {
    "world-cup": (16, [round_robin(**GOALS, group_count=4, ranking=FOOTBALL), knockout(StageSource(1, 1, 2), **GOALS)]),
    "chess-cup": (7, [swiss(scoring=MatchScoring.PLAY_ALL, rounds=3), double(StageSource(1, 1, 4))]),
    "league": (5, [round_robin(scoring=MatchScoring.PLAY_ALL, best_of=4, cycles=2)]),
}


@pytest_asyncio.fixture
async def db(shared_server: RunningServer) -> AsyncIterator[Database]:
    """What the server reads, for whoever plays."""
    opened = Database(shared_server.environment["DATABASE_URL"], within=registry.WITHIN)
    yield opened
    await opened.close()


def _scores(state: MatchState, random: Random) -> tuple[tuple[int, int], int | None]:
    """Scores, and who won the tie-break where they are level and cannot stay so."""
    if state.scoring is MatchScoring.BEST_OF:
        return random.choice([(1, 0), (0, 1)]), None
    first = random.randrange(state.best_of + 1)
    scores = (first, random.randrange(state.best_of + 1 - first))
    if state.scoring is MatchScoring.POINTS:
        scores = random.randrange(3), random.randrange(3)
    return scores, random.randrange(2) if scores[0] == scores[1] and not state.can_be_drawn else None


async def _play(db: Database, organizer: Actor, slug: str, count: int, plans: list[StagePlan]) -> None:
    """Play an event to its end at random, with a walkover and one where nobody came."""
    random = Random(slug)
    event, _ = await started(db, organizer, count, slug, structure=None, stages=plans, capacity=count)
    played = 0
    while ready := [state for state in await states(db, event.id) if state.status in matches.OPEN]:
        state = min(ready, key=lambda each: each.id)
        played += 1
        if played in (2, 3):
            walkover = AwardWalkover(state.id, state.version, None if played == 3 else 0, "late", NOW)
            await run(db, matches.award_walkover, organizer, walkover)
            continue
        scores, winner = _scores(state, random)
        command = DecideResult(state.id, state.version, scores, NOW, winner=winner)
        await run(db, matches.decide_result, organizer, command)


def _exported(server: RunningServer, slug: str, path: Path) -> Event:
    command = server.command("export", slug, "--url", server.url, "--write", str(path))
    done = subprocess.run(command, env=server.environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stderr, done.returncode, done.stdout) == ("", 0, "")
    event = read_event([path.read_bytes()])[1]
    assert write_event_json(event) == path.read_bytes()
    return event


@pytest.mark.parametrize("slug", CUPS)
async def test_what_was_played_is_found_again_from_the_file(
    shared_server: RunningServer, db: Database, tmp_path: Path, slug: str
) -> None:
    (organizer,) = await make_people(db, f"keeper-of-{slug}")
    count, plans = CUPS[slug]
    await _play(db, organizer, slug, count, plans)
    event = await asyncio.to_thread(_exported, shared_server, slug, tmp_path / "event.json")

    told = [match for stage in event.stages for group in stage.groups for match in group.matches]
    assert len({match.key for match in told}) == len(told)
    assert [(stage.format, stage.match_scoring) for stage in event.stages] == [
        (_FORMATS[type(plan.format.settings).__name__], plan.format.settings.scoring) for plan in plans
    ]
    level = [match for match in told if match.score is not None and match.score[0] == match.score[1]]
    assert {match.progress for match in level} == {MatchProgress.PLAYED}
    assert any(match.winner is None for match in level)
    assert sum(match.progress is MatchProgress.FORFEIT for match in told) >= 2
    found = reproduce(event)
    assert (found.differences, found.unchecked) == ((), 0)
    tables = [group for stage in event.stages if stage.format is not StageFormat.ELIMINATION for group in stage.groups]
    assert all(group.places.keys() == group.values.keys() == set(group.entrants) for group in tables)
    assert found.compared["places"] == count + sum(len(group.places) for group in tables)
    assert found.compared["values"] == sum(len(values) for group in tables for values in group.values.values()) > count
    assert found.compared["sides"] > 0 or len(plans) == 1


_FORMATS = {"Elimination": StageFormat.ELIMINATION, "RoundRobin": StageFormat.ROUND_ROBIN, "Swiss": StageFormat.SWISS}


async def test_who_stands_where_on_a_ladder_and_in_heats_is_read_from_the_file(
    shared_server: RunningServer, db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (organizer,) = await make_people(db, "ladder-manager")
    hall = await make_ladder(db, organizer, 4, "rungs", idle_days=300)
    await hall.fought(3, 1)
    heats, _ = await started(db, organizer, 6, "races", structure=None, stages=[free_for_all()], capacity=6)
    await run_heats(db, organizer, heats.id)
    for slug, about, first in (
        ("rungs", "LADDER, 4 entrants, 1 matches, not complete", "    1  Rungs-3"),
        ("races", "FREE_FOR_ALL, 6 entrants, 3 heats, complete", "    1  Races-1"),
    ):
        path = tmp_path / f"{slug}.json"
        await asyncio.to_thread(_exported, shared_server, slug, path)
        assert main(["import", str(path)]) == 0
        told = capsys.readouterr().out.splitlines()
        assert any(about in line for line in told), told
        assert first in [line.rstrip() for line in told]
        assert main(["standings", str(path)]) == 2
        assert "Whole events are for `matchpoint import`." in capsys.readouterr().err
