"""Whatever people do, in whatever order, a started tournament stays one that its rules can explain.

People act at random: they report, confirm, dispute, withdraw; organizers decide, award walkovers, disqualify, correct.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from domain import matches, tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.matches import MatchLogRow, MatchState, MatchStatus
from domain.tournaments import EntrantStatus, GrandFinal, Structure, TournamentStatus
from domain.tournaments.errors import ResultInUse
from domain.tournaments.models import BracketChange
from domain.tournaments.rules.placements import placements
from domain.tournaments.rules.progression import NodeStatus, Result, fold
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import bracket, entrants, places, row_of, seeds, started, states

Step = Callable[[MatchState], Coroutine[Any, Any, None]]

STEPS = 400
SHAPES: list[dict[str, Any]] = [
    {"grand_final": GrandFinal.RESET},
    {"structure": Structure.SINGLE_ELIMINATION, "has_third_place_match": True},
    {"grand_final": GrandFinal.NONE},
    {"grand_final": GrandFinal.SINGLE},
    {"structure": Structure.SINGLE_ELIMINATION},
]
EXPECTED = {
    NodeStatus.PENDING: {MatchStatus.PENDING},
    NodeStatus.READY: set(matches.OPEN),
    NodeStatus.DONE: {MatchStatus.FINISHED},
    NodeStatus.NOT_NEEDED: {MatchStatus.NOT_NEEDED},
}


class Crowd:
    """The people of one tournament, acting by a die."""

    def __init__(
        self, db: Database, organizer: Actor, tournament_id: UUID, players: dict[UUID, Actor], random: Random
    ) -> None:
        self.db = db
        self.organizer = organizer
        self.tournament_id = tournament_id
        self.players = players
        self.random = random

    async def act(self) -> bool:
        """Let somebody do something; False when nothing is left to do."""
        found = list((await bracket(self.db, self.tournament_id)).values())
        playable = [state for state in found if state.status in matches.OPEN]
        if not playable:
            return False
        die = self.random.random()
        if die < 0.05:
            await self._leave()
        elif die < 0.15:
            await self._correct([state for state in found if state.outcome is not None and self._is_known(state)])
        else:
            await self._touch(self.random.choice(playable))
        return True

    def _is_known(self, state: MatchState) -> bool:
        return all(slot.participant_id is not None for slot in state.slots)

    def _scores(self, state: MatchState) -> tuple[int, int]:
        return self.random.choice([(2, 0), (2, 1), (1, 2), (0, 2)]) if state.best_of == 3 else (1, 0)

    async def _leave(self) -> None:
        playing = [row for row in await entrants(self.db, self.tournament_id) if row.status is EntrantStatus.PLAYING]
        if not playing:
            return
        entrant = self.random.choice(playing)
        if self.random.random() < 0.5:
            command = tournaments.DisqualifyEntrant(entrant.id, "unsporting", NOW)
            await run(self.db, tournaments.disqualify_entrant, self.organizer, command)
        else:
            player = self.players[entrant.participant_id]
            await run(self.db, tournaments.withdraw_entrant, player, tournaments.WithdrawEntrant(entrant.id, NOW))

    async def _correct(self, over: list[MatchState]) -> None:
        if not over:
            return
        state = self.random.choice(over)
        command = matches.DecideResult(state.id, state.version, self._scores(state), NOW, reason="seen on video")
        try:
            await run(self.db, matches.decide_result, self.organizer, command)
        except ResultInUse:
            return

    async def _touch(self, state: MatchState) -> None:
        by_sides: dict[MatchStatus, list[Step]] = {
            MatchStatus.READY: [self._start, self._report, self._report],
            MatchStatus.LIVE: [self._score, self._report, self._report],
            MatchStatus.REPORTED: [self._confirm, self._confirm, self._dispute, self._answer],
            MatchStatus.DISPUTED: [self._decide],
        }
        steps = by_sides[state.status]
        await self.random.choice([*steps, *steps, self._comment, self._decide, self._walk_over])(state)

    def _side(self, state: MatchState, slot: int | None = None) -> Actor:
        key = state.slots[self.random.randrange(2) if slot is None else slot].participant_id
        assert key is not None
        return self.players[key]

    def _other(self, state: MatchState) -> Actor:
        assert state.report is not None
        return self._side(state, 1 - state.report.slot)

    async def _start(self, state: MatchState) -> None:
        command = matches.StartMatch(state.id, state.version, NOW)
        await run(self.db, matches.start_match, self._side(state), command)

    async def _score(self, state: MatchState) -> None:
        command = matches.UpdateScore(state.id, state.version, (1, 0), NOW)
        await run(self.db, matches.update_score, self._side(state), command)

    async def _report(self, state: MatchState) -> None:
        command = matches.ReportResult(state.id, state.version, self._scores(state), NOW)
        await run(self.db, matches.report_result, self._side(state), command)

    async def _answer(self, state: MatchState) -> None:
        command = matches.ReportResult(state.id, state.version, self._scores(state), NOW)
        await run(self.db, matches.report_result, self._other(state), command)

    async def _confirm(self, state: MatchState) -> None:
        command = matches.ConfirmResult(state.id, state.version, NOW)
        await run(self.db, matches.confirm_result, self._other(state), command)

    async def _dispute(self, state: MatchState) -> None:
        command = matches.DisputeResult(state.id, state.version, "not what happened", NOW)
        await run(self.db, matches.dispute_result, self._other(state), command)

    async def _decide(self, state: MatchState) -> None:
        command = matches.DecideResult(state.id, state.version, self._scores(state), NOW)
        await run(self.db, matches.decide_result, self.organizer, command)

    async def _walk_over(self, state: MatchState) -> None:
        winner = self.random.choice([0, 1, None])
        command = matches.AwardWalkover(state.id, state.version, winner, "no show", NOW)
        await run(self.db, matches.award_walkover, self.organizer, command)

    async def _comment(self, state: MatchState) -> None:
        command = matches.RecordObservation(state.id, matches.MatchObservation.COMMENT, "nice", NOW)
        await run(self.db, matches.record_observation, self._side(state), command)


async def assert_explained(db: Database, tournament_id: UUID) -> None:
    """The rows say what the rules make of the results."""
    async with db.read() as session:
        graph = (await tournaments.bracket_index(session, tournament_id)).graph
    found = await bracket(db, tournament_id)
    # What a process keeps of the bracket is what the rows say.
    assert {state.id: state for state in found.values()} == {
        state.id: state for state in await states(db, tournament_id)
    }
    results = {key: Result(state.winner) for key, state in found.items() if state.status is MatchStatus.FINISHED}
    folded = fold(graph, results)
    assert {key: tuple(seeds(state)) for key, state in found.items()} == {
        key: node.sides for key, node in folded.matches.items()
    }
    assert [key for key, node in folded.matches.items() if found[key].status not in EXPECTED[node.status]] == []
    row = await row_of(db, tournament_id)
    assert row.status is (TournamentStatus.FINISHED if folded.complete else TournamentStatus.RUNNING)
    if folded.complete:
        bands = placements(graph, results)
        assert await places(db, tournament_id) == bands
        assert_ranking(bands, graph.entrants)


def assert_ranking(bands: dict[int, tuple[int, int]], count: int) -> None:
    """Everybody has a band, each band has as many as it is wide, and together they are 1 to n."""
    assert set(bands) == set(range(1, count + 1))
    sharing: dict[tuple[int, int], int] = defaultdict(int)
    for band in bands.values():
        sharing[band] += 1
    low = 1
    for band in sorted(sharing):
        assert band == (low, low + sharing[band] - 1)
        low = band[1] + 1
    assert low == count + 1


async def assert_gapless(db: Database, tournament_id: UUID) -> None:
    """Logs count 1 to n; changes count 1 to the count of the tournament, with the versions of each match in order."""
    current = {state.id: state for state in (await bracket(db, tournament_id)).values()}
    async with db.read() as session:
        logs = defaultdict(list)
        statement = select(MatchLogRow).where(MatchLogRow.match_id.in_(current)).order_by(MatchLogRow.sequence)
        for entry in await session.scalars(statement):
            logs[entry.match_id].append(entry.sequence)
        changes = list(
            await session.scalars(
                select(BracketChange)
                .where(BracketChange.tournament_id == tournament_id)
                .order_by(BracketChange.sequence)
            )
        )
    assert {key: list(range(1, len(log) + 1)) for key, log in logs.items()} == logs
    assert set(logs) == set(current)
    count = (await row_of(db, tournament_id)).change_count
    assert [change.sequence for change in changes] == list(range(1, count + 1))
    seen = defaultdict(list)
    for change in changes:
        if change.match is not None:
            state = msgspec.convert(change.match, MatchState)
            seen[state.id].append(state)
    for key, history in seen.items():
        assert [state.version for state in history] == list(range(2, len(history) + 2))
        assert history[-1] == current[key]
    assert {key for key, state in current.items() if state.version > 1} == set(seen)


@pytest.mark.parametrize("number", range(2))
async def test_whatever_people_do(db: Database, number: int) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    random = Random(number)
    for turn, shape in enumerate(SHAPES[number::2]):
        tournament, players = await started(db, organizer, random.randrange(5, 13), f"cup-{turn}", **shape)
        crowd = Crowd(db, organizer, tournament.id, players, random)
        for _ in range(STEPS):
            await assert_explained(db, tournament.id)
            if not await crowd.act():
                break
        assert (await row_of(db, tournament.id)).status is TournamentStatus.FINISHED
        await assert_gapless(db, tournament.id)
