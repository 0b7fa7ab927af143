"""A started tournament: matches follow the graph, results move people on, places come out right."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from domain import matches, tournaments
from domain.infra.db import Database
from domain.kernel.errors import InvalidInput, LimitReached
from domain.kernel.paging import PageRequest
from domain.matches import AwardWalkover, MatchState, MatchStatus, Outcome
from domain.tournaments import GrandFinal, Link, LoserOf, Seed, Structure, TournamentStatus, WinnerOf
from domain.tournaments.errors import ResultInUse
from domain.tournaments.values import MAX_OPEN_TOURNAMENTS
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import correction, make_tournament, places, play, play_on, started, states

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "brackets"


@pytest.mark.parametrize(
    ("entrants", "overrides", "played"),
    [
        (2, {"structure": Structure.SINGLE_ELIMINATION}, 1),
        (5, {"structure": Structure.SINGLE_ELIMINATION}, 4),
        (8, {"structure": Structure.SINGLE_ELIMINATION, "has_third_place_match": True}, 8),
        (2, {}, 2),
        (6, {}, 10),
        (8, {"grand_final": GrandFinal.SINGLE}, 14),
        (8, {"grand_final": GrandFinal.NONE}, 13),
    ],
)
async def test_when_favourites_win_the_places_follow_the_seeds(
    db: Database, entrants: int, overrides: dict[str, Any], played: int
) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    tournament, players = await started(db, organizer, entrants, **overrides)
    assert await play_on(db, tournament.id, players) == played
    found = await places(db, tournament.id)
    assert found[1] == (1, 1)
    assert all(low is not None and high is not None and low <= seed <= high for seed, (low, high) in found.items())
    async with db.read() as session:
        over = (await tournaments.tournaments_by_id(session, [tournament.id]))[tournament.id]
    assert (over.status, over.finished_at) == (TournamentStatus.FINISHED, NOW)


async def test_the_reset_is_played_only_when_the_lower_side_wins_the_final(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    tournament, players = await started(db, organizer, 4)

    def upset_in_the_final(state: MatchState) -> int:
        first, second = state.slots
        assert first.seed is not None and second.seed is not None
        is_final = state.id in finals
        return (0 if first.seed > second.seed else 1) if is_final else (0 if first.seed < second.seed else 1)

    async with db.read() as session:
        (index,) = (await tournaments.event_index(session, tournament)).stages.values()
    finals = {index.ids["F1.1"]}
    assert await play_on(db, tournament.id, players, upset_in_the_final) == 7
    assert (await places(db, tournament.id))[1] == (1, 1)
    assert {state.status for state in await states(db, tournament.id)} == {MatchStatus.FINISHED}


async def test_a_match_nobody_comes_to_lets_the_next_opponent_go_on(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    tournament, players = await started(db, organizer, 4, structure=Structure.SINGLE_ELIMINATION)
    first, second = sorted(await states(db, tournament.id), key=lambda state: state.slots[0].seed or 99)[:2]
    await run(db, matches.award_walkover, organizer, AwardWalkover(first.id, first.version, None, "no show", NOW))
    await play(db, second, players, 0)
    final = next(state for state in await states(db, tournament.id) if state.id not in (first.id, second.id))
    assert (final.status, final.outcome) == (MatchStatus.FINISHED, Outcome.WALKOVER)
    assert (await places(db, tournament.id))[2] == (1, 1)


async def test_a_disqualified_entrant_loses_every_match_still_to_come(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    tournament, players = await started(db, organizer, 4)
    async with db.read() as session:
        page = await tournaments.entrants_page(session, tournament.id, (), PageRequest(size=100))
    by_seed = {entrant.seed: entrant for entrant, _ in page.rows}
    command = tournaments.DisqualifyEntrant(by_seed[1].id, "missed the briefing", NOW)
    await run(db, tournaments.disqualify_entrant, organizer, command)
    await play_on(db, tournament.id, players)
    assert await places(db, tournament.id) == {1: (4, 4), 2: (1, 1), 3: (2, 2), 4: (3, 3)}


async def test_a_corrected_result_moves_the_right_people_on(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    tournament, players = await started(db, organizer, 4)
    opening = [state for state in await states(db, tournament.id) if state.status is MatchStatus.READY]
    played = await play(db, opening[0], players, 0)
    await run(db, tournaments.correct_match, organizer, correction(played, 1))
    async with db.read() as session:
        (index,) = (await tournaments.event_index(session, tournament)).stages.values()
        place = index.places[played.id]
        assert place.winner_to is not None and place.loser_to is not None
        found = await matches.states_by_id(session, [place.winner_to.match_id, place.loser_to.match_id])
    assert found[place.winner_to.match_id].slots[place.winner_to.slot].seed == opening[0].slots[1].seed
    assert found[place.loser_to.match_id].slots[place.loser_to.slot].seed == opening[0].slots[0].seed


async def test_a_corrected_first_final_opens_the_tournament_again_for_the_reset(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    tournament, players = await started(db, organizer, 4)
    await play_on(db, tournament.id, players)
    async with db.read() as session:
        (index,) = (await tournaments.event_index(session, tournament)).stages.values()
        final = (await matches.states_by_id(session, [index.ids["F1.1"]]))[index.ids["F1.1"]]
    assert final.winner == 0
    await run(db, tournaments.correct_match, organizer, correction(final, 1))
    async with db.read() as session:
        row = (await tournaments.tournaments_by_id(session, [tournament.id]))[tournament.id]
    assert row.status is TournamentStatus.RUNNING
    reset = next(state for state in await states(db, tournament.id) if state.id == index.ids["F2.1"])
    assert reset.status is MatchStatus.READY
    back = correction(final, 0, version=final.version + 1)
    await run(db, tournaments.correct_match, organizer, back)
    reset = next(state for state in await states(db, tournament.id) if state.id == index.ids["F2.1"])
    assert reset.status is MatchStatus.NOT_NEEDED
    assert (await places(db, tournament.id))[1] == (1, 1)


async def test_a_result_that_was_built_on_is_not_turned_round_by_mistake(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    tournament, players = await started(db, organizer, 4)
    first = next(state for state in await states(db, tournament.id) if state.status is MatchStatus.READY)
    await play_on(db, tournament.id, players)
    before = sorted(await states(db, tournament.id), key=lambda state: state.id)
    played = next(state for state in before if state.id == first.id)
    assert played.winner == 0
    with pytest.raises(ResultInUse):
        await run(db, tournaments.correct_match, organizer, correction(played, 1))
    assert sorted(await states(db, tournament.id), key=lambda state: state.id) == before


async def test_a_real_event_of_41_entrants_ends_with_its_published_places(db: Database) -> None:
    path = SHARED / "challonge_41_entrants.json"
    if not path.exists():
        pytest.skip("the folder of real events is not here")
    event = json.loads(path.read_text())
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    links = [
        Link(entry["id"], _source(entry, "p1"), _source(entry, "p2"), entry["round"], _best_of(entry))
        for entry in event["matches"]
    ]
    tournament, players = await started(
        db, organizer, event["entrants"], structure=Structure.CUSTOM, links=links, slug="real"
    )
    async with db.read() as session:
        (index,) = (await tournaments.event_index(session, tournament)).stages.values()
    for entry in event["matches"]:
        match_id = index.ids[entry["id"]]
        async with db.read() as session:
            state = (await matches.states_by_id(session, [match_id]))[match_id]
        assert [slot.seed for slot in state.slots] == [entry["p1_seed"], entry["p2_seed"]]
        first, second = map(int, entry["scores"].split("-"))
        await play(db, state, players, 0 if first > second else 1)
    found = await places(db, tournament.id)
    assert {str(seed): low for seed, (low, _) in found.items()} == event["final_rank_by_seed"]


def _best_of(entry: dict[str, Any]) -> int:
    return 2 * max(map(int, entry["scores"].split("-"))) - 1


def _source(entry: dict[str, Any], side: str) -> Seed | WinnerOf | LoserOf:
    origin = entry[f"{side}_from"]
    if origin is None:
        return Seed(entry[f"{side}_seed"])
    return WinnerOf(origin[1]) if origin[0] == "winner" else LoserOf(origin[1])


async def test_a_match_that_nobody_came_to_is_not_given_a_played_result(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    tournament, players = await started(db, organizer, 4, structure=Structure.SINGLE_ELIMINATION)
    first, second = sorted(await states(db, tournament.id), key=lambda state: state.slots[0].seed or 99)[:2]
    await run(db, matches.award_walkover, organizer, AwardWalkover(first.id, first.version, None, "no show", NOW))
    await play(db, second, players, 0)
    before = sorted(await states(db, tournament.id), key=lambda state: state.id)
    final = next(state for state in before if state.id not in (first.id, second.id))
    with pytest.raises(matches.MatchNotReady):
        await run(db, tournaments.correct_match, organizer, correction(final, 0))
    assert sorted(await states(db, tournament.id), key=lambda state: state.id) == before


async def test_a_round_that_no_bracket_can_have_is_refused(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    links = [Link("A", Seed(1), Seed(2), round=-(2**31))]
    with pytest.raises(InvalidInput, match="no more rounds than matches"):
        await make_tournament(db, organizer, structure=Structure.CUSTOM, links=links)


async def test_the_bound_of_open_tournaments_holds_when_they_are_created_at_once(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    for number in range(MAX_OPEN_TOURNAMENTS - 2):
        await make_tournament(db, organizer, f"cup-{number}")
    made = await asyncio.gather(
        *(make_tournament(db, organizer, f"late-{number}") for number in range(6)), return_exceptions=True
    )
    assert sum(isinstance(one, LimitReached) for one in made) == 4
    async with db.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM tournaments")) == MAX_OPEN_TOURNAMENTS
