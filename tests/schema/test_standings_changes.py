"""Tables as a stream: a snapshot, the whole table of a group with each result in it, and one execution for all."""

from __future__ import annotations

import asyncio
import threading
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest

from domain import matches, tournaments
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import global_id
from domain.matches import MatchState, MatchStatus, StartMatch, UpdateScore
from domain.tournaments import StageSource, Tournament, WithdrawEntrant
from domain.tournaments.commands.change import forget_changes
from resolvers.services import Services
from schema.server.masking import RequestRefused
from tests.factories.games import make_catalogue
from tests.factories.stages import knockout, matches_of_stage, round_robin, swiss
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import correction, entrants, play, play_on, started, states
from tests.fixtures.following import Follower, Following, executions
from tests.schema.server.conftest import services

__all__ = ["services"]

DOCUMENT = """subscription Tables($id: ID!, $after: String) { standingsChanges(tournamentId: $id, after: $after) {
  __typename
  ... on StandingsSnapshot { cursor tournament { stages { number status groups { ...Table } } } }
  ... on StandingsChanged { cursor stage { number status } group { ...Table } }
  ... on Resync { reason } } }
  fragment Table on StageGroup { number name byes { round entrant { name } }
    standings { rank isTied seed entrant { name } values { tiebreak value } } }"""
QUERY = (
    "query ($slug: String!) { tournament(slug: $slug) { stages { number groups { ...Table } } } } "
    + (DOCUMENT[DOCUMENT.index("fragment") :])
)
BRACKET = """subscription Bracket($id: ID!) { bracketChanges(tournamentId: $id) { __typename
  ... on MatchChanged { match { id status place { key } } } ... on TournamentChanged { tournament { status } } } }"""
ROUNDS = "query ($slug: String!) { tournament(slug: $slug) { bracket { rounds { number } } } }"
GROUPS = [round_robin(group_count=2), knockout(StageSource(1, 1, 2))]


Event = tuple[Tournament, dict[UUID, Actor]]


async def make_event(services: Services, people: int = 8, **given: Any) -> tuple[Event, Actor]:
    """Two groups whose winners meet, as they begin, and their organizer."""
    await make_catalogue(services.db)
    (organizer,) = await make_people(services.db, "organizer")
    given = {"structure": None, "stages": GROUPS, "capacity": people, **given}
    return await started(services.db, organizer, people, "cup", **given), organizer


async def group_match(services: Services, event: Event, key: str) -> MatchState:
    """A match of the first stage, by its key there."""
    return (await matches_of_stage(services.db, event[0].id, 1))[key][0]


def known(stages: list[Any]) -> dict[tuple[int, int], Any]:
    """The tables by stage and group."""
    return {
        (stage["number"], group["number"]): group for stage in stages for group in stage["groups"] if group["standings"]
    }


def folded(heard: list[Any]) -> dict[tuple[int, int], Any]:
    """The tables that a client knows after these messages."""
    found: dict[tuple[int, int], Any] = {}
    for message in heard:
        if message["__typename"] == "StandingsSnapshot":
            found = known(message["tournament"]["stages"])
        elif message["__typename"] == "StandingsChanged":
            found[message["stage"]["number"], message["group"]["number"]] = message["group"]
    return found


def told(heard: list[Any]) -> list[tuple[int, int]]:
    """The stage and the group of each table that changed."""
    changed = [message for message in heard if message["__typename"] == "StandingsChanged"]
    return [(message["stage"]["number"], message["group"]["number"]) for message in changed]


async def caught_up(following: Following, *followers: Follower) -> dict[tuple[int, int], Any]:
    """Tell what happened, and wait until these know what a query answers."""
    await following.relay.tell()
    now = known((await following.ask(QUERY, ANONYMOUS, slug="cup"))["stages"])
    async with asyncio.timeout(30):
        while any(folded(each.heard) != now for each in followers):
            await asyncio.sleep(0.01)
    return now


async def test_a_result_tells_the_table_of_its_group_once(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    event, organizer = await make_event(services)
    following = Following(services)
    await following.relay.tell()
    people = [ANONYMOUS] * 20 + [organizer, *event[1].values()]
    followers = [await following.follow(DOCUMENT, who, id=global_id("Tournament", event[0].id)) for who in people]
    assert following.fanout.groups == 1
    (first,) = {len(each.heard) for each in followers}
    assert (first, followers[0].heard[0]["__typename"]) == (1, "StandingsSnapshot")
    match = await group_match(services, event, "B1.1")
    begun = await run(services.db, matches.start_match, organizer, StartMatch(match.id, match.version, NOW))
    await run(services.db, matches.update_score, organizer, UpdateScore(begun.id, begun.version, (0, 0), NOW))
    computed, module = 0, import_module("domain.tournaments.queries.tables")
    table = module.table

    def counting(*given: Any) -> Any:
        nonlocal computed
        computed += 1
        return table(*given)

    monkeypatch.setattr(module, "table", counting)
    before = executions()
    await following.relay.tell()
    await asyncio.sleep(0.1)
    # That it began counts in no table.
    assert (executions() - before, computed) == (0, 0)
    await play(services.db, await group_match(services, event, "B1.1"), event[1], 1)
    await following.relay.tell()
    for each in followers:
        await each.has_heard(2)
    assert (executions() - before, computed) == (1, 1)
    assert {str(each.heard[1]) for each in followers} == {str(followers[0].heard[1])}
    assert told(followers[0].heard) == [(1, 2)]
    winner = followers[0].heard[1]["group"]["standings"][0]
    assert (winner["rank"], winner["values"][0]) == (1, {"tiebreak": "PTS", "value": "1"})


async def test_who_folds_the_messages_knows_what_a_query_answers(services: Services) -> None:
    event, organizer = await make_event(services)
    following = Following(services)
    follower = await following.follow(DOCUMENT, ANONYMOUS, id=global_id("Tournament", event[0].id))
    assert await caught_up(following, follower) == folded(follower.heard[:1])
    while ready := [each for each in await states(services.db, event[0].id) if each.status is MatchStatus.READY]:
        await play(services.db, ready[0], event[1], 1)
        await caught_up(following, follower)
    # The knockout has no table, and its results none to tell.
    assert set(told(follower.heard)) == {(1, 1), (1, 2)}
    cursors = [int(message["cursor"]) for message in follower.heard]
    assert cursors == sorted(cursors)
    assert {message["stage"]["status"] for message in follower.heard[-2:]} == {"FINISHED"}
    decided = await group_match(services, event, "A1.1")
    assert decided.winner == 1
    heard = len(follower.heard)
    await run(services.db, tournaments.correct_match, organizer, correction(decided, 1))
    await caught_up(following, follower)
    await follower.has_heard(heard + 1)
    assert (1, 1) in told(follower.heard[heard:])


async def test_a_round_that_is_paired_and_who_leaves_are_told(services: Services) -> None:
    event, _ = await make_event(services, 5, stages=[swiss(rounds=3)])
    following = Following(services)
    follower = await following.follow(DOCUMENT, ANONYMOUS, id=global_id("Tournament", event[0].id))
    assert [bye["round"] for bye in folded(follower.heard)[1, 1]["byes"]] == [1]
    for state in await states(services.db, event[0].id):
        await play(services.db, state, event[1], 0)
    await caught_up(following, follower)
    assert [bye["round"] for bye in folded(follower.heard)[1, 1]["byes"]] == [1, 2]
    leaver = (await entrants(services.db, event[0].id))[4]
    actor = event[1][leaver.participant_id]
    await run(services.db, tournaments.withdraw_entrant, actor, WithdrawEntrant(leaver.id, NOW))
    await caught_up(following, follower)
    await play_on(services.db, event[0].id, event[1])
    table = (await caught_up(following, follower))[1, 1]
    assert [row["entrant"]["name"] for row in table["standings"]][-1] == leaver.name


async def test_resuming_brings_the_tables_that_changed_meanwhile(services: Services) -> None:
    event, _ = await make_event(services)
    following = Following(services)
    subject = global_id("Tournament", event[0].id)
    follower = await following.follow(DOCUMENT, ANONYMOUS, id=subject)
    seen = follower.heard[-1]["cursor"]
    follower.leave()
    await play(services.db, await group_match(services, event, "B1.1"), event[1], 0)
    await play(services.db, await group_match(services, event, "B1.2"), event[1], 0)
    resumed = await following.follow(DOCUMENT, ANONYMOUS, id=subject, after=seen)
    assert told(resumed.heard) == [(1, 2)]
    assert resumed.heard[0]["group"] == (await caught_up(following))[1, 2]
    await play(services.db, await group_match(services, event, "A1.1"), event[1], 0)
    await following.relay.tell()
    while (1, 1) not in told(resumed.heard):
        await asyncio.sleep(0.01)
    async with services.db.read() as session:
        count = (await tournaments.tournaments_by_id(session, [event[0].id]))[event[0].id].change_count
    await services.db.transaction(lambda session: forget_changes(session, event[0].id, count - 1))
    late = await following.follow(DOCUMENT, ANONYMOUS, id=subject, after=seen)
    await late.has_heard(2)
    assert [message["__typename"] for message in late.heard] == ["Resync", "StandingsSnapshot"]
    assert late.heard[0]["reason"] == "HISTORY_GONE"
    assert folded(late.heard) == await caught_up(following)
    with pytest.raises(RequestRefused) as refusal:
        await following.follow(DOCUMENT, ANONYMOUS, id=subject, after="soon")
    assert refusal.value.code == "BAD_USER_INPUT"


async def test_what_the_bus_lost_is_read_again(services: Services) -> None:
    event, _ = await make_event(services)
    following = Following(services)
    follower = await following.follow(DOCUMENT, ANONYMOUS, id=global_id("Tournament", event[0].id))
    await following.relay.tell()
    await play(services.db, await group_match(services, event, "A1.1"), event[1], 0)
    following.hub.gap()
    await follower.has_heard(2)
    assert follower.heard[-1]["__typename"] == "StandingsSnapshot"
    assert folded(follower.heard) == await caught_up(following)


async def test_a_round_that_is_taken_back_is_heard_of_by_all_who_follow(services: Services) -> None:
    plans = [swiss(wins_to_advance=1)]
    event, organizer = await make_event(services, 3, stages=plans)
    await play(services.db, await group_match(services, event, "R1.1"), event[1], 0)
    following = Following(services)
    await following.relay.tell()
    key = global_id("Tournament", event[0].id)
    tables = await following.follow(DOCUMENT, ANONYMOUS, id=key)
    viewer = await following.follow(BRACKET, ANONYMOUS, id=key)
    before = await caught_up(following, tables)
    await run(
        services.db, tournaments.correct_match, organizer, correction(await group_match(services, event, "R1.1"), None)
    )
    opened = await group_match(services, event, "R2.1")
    await caught_up(following, tables)
    right = correction(await group_match(services, event, "R1.1"), 0)
    await run(services.db, tournaments.correct_match, organizer, right)
    assert await caught_up(following, tables) == before
    # The snapshot; then twice the result and the event, and at last the match that nobody needs.
    await viewer.has_heard(6)
    about = [each["match"] for each in viewer.heard if each["__typename"] == "MatchChanged"]
    assert {"id": global_id("Match", opened.id), "status": "NOT_NEEDED", "place": None} in about
    # Who asks again, as pages do when the tournament has changed, has it no more.
    rounds = (await following.ask(ROUNDS, ANONYMOUS, slug="cup"))["bracket"]["rounds"]
    assert [each["number"] for each in rounds] == [1]


@pytest.mark.parametrize(("most", "is_beside"), [(7, True), (8, False)])
async def test_large_tables_are_computed_beside_everything_else(
    services: Services, monkeypatch: pytest.MonkeyPatch, most: int, is_beside: bool
) -> None:
    event, _ = await make_event(services, stages=[swiss()])
    monkeypatch.setattr("resolvers.tournaments._LARGE_FIELD", most)
    module, threads = import_module("domain.tournaments.queries.tables"), list[int]()
    table = module.table

    def noting(*given: Any) -> Any:
        threads.append(threading.get_ident())
        return table(*given)

    monkeypatch.setattr(module, "table", noting)
    found = known((await Following(services).ask(QUERY, ANONYMOUS, slug=event[0].slug))["stages"])
    assert len(found[1, 1]["standings"]) == 8
    assert [thread != threading.get_ident() for thread in threads] == [is_beside]
