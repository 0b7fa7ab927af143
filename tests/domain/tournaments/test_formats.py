from __future__ import annotations

from typing import Any

import pytest

from domain import matches, tournaments
from domain.infra.db import Database
from domain.kernel.errors import InvalidInput
from domain.matches import MatchStatus, ReportResult, UpdateScore
from domain.matches.errors import ImpossibleScore
from domain.tournaments import CorrectMatch, GrandFinal, Structure, TournamentStatus, UpdateTournament
from domain.tournaments.errors import TooFewEntrants
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import bracket, correction, make_tournament, places, play_on, row_of, seeds, started


async def test_the_upper_winner_begins_the_final_ahead_and_the_score_counts_it(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "olga")
    options: dict[str, Any] = {"grand_final": GrandFinal.ADVANTAGE, "final_best_of": 5, "final_advantage": 1}
    tournament, players = await started(db, organizer, 2, **options)
    opening = (await bracket(db, tournament.id))["U1.1"]
    first, second = (players[slot.participant_id] for slot in opening.slots if slot.participant_id)
    report = ReportResult(opening.id, opening.version, (2, 0), NOW)
    reported = await run(db, matches.report_result, first, report)
    await run(db, matches.confirm_result, second, matches.ConfirmResult(opening.id, reported.version, NOW))

    final = (await bracket(db, tournament.id))["F1.1"]
    assert (final.best_of, final.advantage, final.status, seeds(final)) == (5, 1, MatchStatus.READY, [1, 2])
    live = await run(db, matches.start_match, first, matches.StartMatch(final.id, final.version, NOW))
    assert [slot.score for slot in live.slots] == [1, 0]
    with pytest.raises(ImpossibleScore, match="1 games ahead"):
        await run(db, matches.update_score, first, UpdateScore(final.id, live.version, (0, 1), NOW))
    with pytest.raises(ImpossibleScore, match="do not add up"):
        wrong = ReportResult(final.id, live.version, (3, 1), NOW, games=((5, 1), (5, 1), (5, 1), (1, 5)))
        await run(db, matches.report_result, first, wrong)
    assert (await bracket(db, tournament.id))["F1.1"].version == live.version

    right = ReportResult(final.id, live.version, (3, 1), NOW, games=((5, 1), (5, 1), (1, 5)))
    reported = await run(db, matches.report_result, first, right)
    await run(db, matches.confirm_result, second, matches.ConfirmResult(final.id, reported.version, NOW))
    assert (await row_of(db, tournament.id)).status is TournamentStatus.FINISHED
    assert await places(db, tournament.id) == {1: (1, 1), 2: (2, 2)}

    decided = (await bracket(db, tournament.id))["F1.1"]
    impossible: CorrectMatch = correction(decided, 1)
    with pytest.raises(ImpossibleScore, match="1 games ahead"):
        await run(db, tournaments.correct_match, organizer, impossible)
    assert (await bracket(db, tournament.id))["F1.1"] == decided


async def test_a_gsl_group_has_four_places_and_needs_four_to_start(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "olga")
    tournament, players = await started(db, organizer, 4, structure=Structure.GSL_GROUP)
    assert tournament.capacity == 4
    assert await play_on(db, tournament.id, players) == 5
    assert await places(db, tournament.id) == {seed: (seed, seed) for seed in (1, 2, 3, 4)}

    draft = await make_tournament(db, organizer, "group-b", structure=Structure.GSL_GROUP)
    with pytest.raises(InvalidInput, match="as many places as seeds"):
        await run(db, tournaments.update_tournament, organizer, UpdateTournament(draft.id, 1, capacity=8))
    with pytest.raises(TooFewEntrants, match="3 can take part; this bracket needs 4"):
        await started(db, organizer, 3, "group-c", structure=Structure.GSL_GROUP)


async def test_the_lowest_seeds_start_below_and_two_always_start_above(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "olga")
    options: dict[str, Any] = {
        "lower_starters": 6,
        "capacity": 8,
        "grand_final": GrandFinal.NONE,
    }
    tournament, players = await started(db, organizer, 5, **options)
    opening = {key: seeds(state) for key, state in (await bracket(db, tournament.id)).items()}
    assert opening == {
        "L1.1": [3, 5],
        "U1.1": [1, 2],
        "L2.1": [4, None],
        "L3.1": [None, None],
    }
    assert await play_on(db, tournament.id, players) == 4
    assert await places(db, tournament.id) == {seed: (seed, seed) for seed in range(1, 6)}
