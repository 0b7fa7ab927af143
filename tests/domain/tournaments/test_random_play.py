"""Whatever people do, in whatever order, a started tournament stays one that its rules can explain.

People act at random: they report, confirm, dispute, withdraw; organizers decide, award walkovers, disqualify, correct.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from random import Random
from typing import Any
from uuid import UUID

import pytest

from domain import matches, tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.scoring import MatchScoring
from domain.matches import MatchState, MatchStatus
from domain.tournaments import EntrantStatus, GrandFinal, StageSource, StageStatus, Structure, TournamentStatus
from domain.tournaments.errors import ResultInUse, RoundPaired, StageInUse
from tests.factories.games import make_catalogue
from tests.factories.stages import knockout, round_robin, stages, swiss
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import bracket, correction, entrants, places, row_of, started
from tests.fixtures.brackets import assert_explained, assert_gapless, assert_ranking

Step = Callable[[MatchState], Coroutine[Any, Any, None]]

STEPS = 400
SHAPES: list[dict[str, Any]] = [
    {"grand_final": GrandFinal.RESET},
    {"structure": Structure.SINGLE_ELIMINATION, "has_third_place_match": True},
    {"grand_final": GrandFinal.NONE},
    {"grand_final": GrandFinal.SINGLE},
    {"structure": Structure.SINGLE_ELIMINATION},
]


STAGES = [
    [round_robin(group_count=2), knockout(StageSource(1, 1, 2), has_third_place_match=True)],
    [swiss(rounds=3), knockout(StageSource(1, 1, 4)), round_robin(StageSource(1, 5, 7))],
    [swiss(rounds=3, scoring=MatchScoring.PLAY_ALL), round_robin(StageSource(1, 1, 4), scoring=MatchScoring.POINTS)],
]


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
        if state.can_be_drawn:
            return self.random.choice([(1, 0), (0, 0), (0, 1)])
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
        winner = self.random.choice([0, 1, None])
        command = correction(state, winner, force=self.random.random() < 0.5)
        try:
            await run(self.db, tournaments.correct_match, self.organizer, command)
        except (ResultInUse, RoundPaired, StageInUse):
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


@pytest.mark.parametrize("number", range(3))
async def test_whatever_people_do_in_several_stages(db: Database, number: int) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    plans = STAGES[number]
    event, players = await started(db, organizer, 7, structure=None, stages=plans, capacity=7)
    crowd = Crowd(db, organizer, event.id, players, Random(number))
    for _ in range(STEPS):
        if not await crowd.act():
            break
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED
    assert {stage.status for stage in await stages(db, event.id)} == {StageStatus.FINISHED}
    found = await places(db, event.id)
    assert_ranking(
        {seed: (low, high) for seed, (low, high) in found.items() if low is not None and high is not None}, 7
    )
    await assert_gapless(db, event.id)
