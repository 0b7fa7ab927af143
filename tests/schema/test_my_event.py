"""What a tournament means to one of its players, as a stream: all that concerns them, and nothing else."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from domain import tournaments
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import global_id
from domain.matches import StartMatch, start_match
from domain.tournaments import CheckIn, Structure, Tournament, UpdateTournament, WithdrawEntrant
from resolvers.services import Services
from schema.server.masking import RequestRefused
from tests.factories.games import make_catalogue
from tests.factories.heats import free_for_all, heat_at, report
from tests.factories.queues import answer, call_next, make_hall
from tests.factories.teams import NOW, add_members, make_people, make_team, run
from tests.factories.tournaments import (
    bracket,
    enter,
    entrants,
    make_tournament,
    play,
    published,
    started,
    started_for_teams,
    states,
)
from tests.fixtures.database import counted_statements
from tests.fixtures.following import Follower, Following
from tests.schema.server.conftest import services

__all__ = ["services"]

DOCUMENT = """subscription Mine($id: ID!) { myEventChanges(tournamentId: $id) { __typename
  ... on MyEventSnapshot { sequence event { ...Mine } }
  ... on MyEventChanged { sequence event { ...Mine } }
  ... on Resync { reason } } }
  fragment Mine on MyEvent {
    tournament { status name } entrant { name status seed placement { low high } }
    nextMatch { status place { key } } lastMatch { place { key } winnerSlot }
    call { status answeredSlots answerDueAt table { number } } }"""
WINDOWS: dict[str, Any] = {
    "check_in_opens_at": NOW - timedelta(hours=1),
    "check_in_closes_at": NOW + timedelta(minutes=30),
}


async def follow(following: Following, event: Tournament, who: Actor) -> Follower:
    """Let a player follow their event."""
    return await following.follow(DOCUMENT, who, id=global_id("Tournament", event.id))


def mine(follower: Follower) -> Any:
    """What a player knows now."""
    return follower.heard[-1]["event"]


async def told(following: Following, *followers: Follower) -> list[int]:
    """Tell what happened; the answer is how many messages each of these got."""
    before = [len(each.heard) for each in followers]
    await following.relay.tell()
    await asyncio.sleep(0.3)
    return [len(each.heard) - count for each, count in zip(followers, before, strict=True)]


async def test_a_player_hears_of_calls_and_results_of_their_own(services: Services) -> None:
    db = services.db
    hall = await make_hall(db, 4, 1)
    event, following = hall.tournament, Following(services)
    await following.relay.tell()
    first = (await bracket(db, event.id))["U1.1"]
    other = (await bracket(db, event.id))["U1.2"]
    me, rival = (hall.players[slot.participant_id or event.id] for slot in first.slots)
    stranger = hall.players[other.slots[0].participant_id or event.id]
    follower, elsewhere = await follow(following, event, me), await follow(following, event, stranger)
    assert following.fanout.groups == 2
    assert (follower.heard[0]["__typename"], mine(follower)) == (
        "MyEventSnapshot",
        {
            "tournament": {"status": "RUNNING", "name": "Spring Cup"},
            "entrant": {"name": first.slots[0].name, "status": "PLAYING", "seed": 1, "placement": None},
            "nextMatch": {"status": "READY", "place": {"key": "U1.1"}},
            "lastMatch": None,
            "call": None,
        },
    )
    (call,) = await call_next(db, hall)
    assert await told(following, follower, elsewhere) == [1, 0]
    assert mine(follower)["call"] == {
        "status": "CALLED",
        "answeredSlots": [],
        "answerDueAt": "2026-05-01T18:05:00Z",
        "table": {"number": 1},
    }
    await answer(db, rival, call)
    assert await told(following, follower, elsewhere) == [1, 0]
    assert mine(follower)["call"]["answeredSlots"] == [1]
    await answer(db, me, call)
    assert (await told(following, follower, elsewhere))[1] == 0
    assert (mine(follower)["call"]["status"], mine(follower)["nextMatch"]["status"]) == ("PLAYING", "LIVE")
    await play(db, (await bracket(db, event.id))["U1.1"], hall.players, 0)
    assert (await told(following, follower, elsewhere))[1] == 0
    assert (mine(follower)["call"], mine(follower)["lastMatch"]) == (None, {"place": {"key": "U1.1"}, "winnerSlot": 0})
    assert mine(follower)["nextMatch"] == {"status": "PENDING", "place": {"key": "U2.1"}}
    # The other match concerns me when it gives me an opponent.
    await run(db, start_match, stranger, StartMatch(other.id, other.version, NOW))
    assert (await told(following, follower, elsewhere))[0] == 0
    await play(db, (await bracket(db, event.id))["U1.2"], hall.players, 0)
    await told(following, follower)
    assert mine(follower)["nextMatch"] == {"status": "READY", "place": {"key": "U2.1"}}
    await play(db, (await bracket(db, event.id))["U2.1"], hall.players, 0)
    await told(following, follower)
    assert mine(follower) == {
        "tournament": {"status": "FINISHED", "name": "Spring Cup"},
        "entrant": {
            "name": first.slots[0].name,
            "status": "PLAYING",
            "seed": 1,
            "placement": {"low": 1, "high": 1},
        },
        "nextMatch": None,
        "lastMatch": {"place": {"key": "U2.1"}, "winnerSlot": 0},
        "call": None,
    }
    numbers = [message["sequence"] for message in follower.heard]
    assert numbers == sorted(set(numbers))


async def test_a_player_in_heats_sees_the_next_and_the_last(services: Services) -> None:
    db = services.db
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    plan = free_for_all(heat_size=2, advancing=1)
    event, players = await started(db, organizer, 4, structure=None, stages=[plan])
    by_seed = {row.seed: (row, players[row.participant_id]) for row in await entrants(db, event.id)}
    following = Following(services)
    await following.relay.tell()
    document = """subscription Mine($id: ID!) { myEventChanges(tournamentId: $id) {
      ... on MyEventSnapshot { event { ...Mine } } ... on MyEventChanged { event { ...Mine } } } }
      fragment Mine on MyEvent { nextMatch { id } nextHeat { round number status } lastHeat { round number } }"""

    async def follow(seed: int) -> Follower:
        return await following.follow(document, by_seed[seed][1], id=global_id("Tournament", event.id))

    best, loser, leaver = [await follow(seed) for seed in (1, 4, 2)]
    ready = {"round": 1, "number": 1, "status": "READY"}
    assert mine(best) == mine(loser) == {"nextMatch": None, "nextHeat": ready, "lastHeat": None}
    await report(db, organizer, await heat_at(db, event.id, 1, 1))
    await following.relay.tell()
    await best.has_heard(2)
    await loser.has_heard(2)
    over = {"nextMatch": None, "nextHeat": None, "lastHeat": {"round": 1, "number": 1}}
    assert mine(best) == mine(loser) == over
    row, actor = by_seed[2]
    await run(db, tournaments.withdraw_entrant, actor, WithdrawEntrant(row.id, NOW))
    await following.relay.tell()
    await leaver.has_heard(2)
    assert mine(leaver)["nextHeat"] is None
    await report(db, organizer, await heat_at(db, event.id, 1, 2))
    await following.relay.tell()
    await best.has_heard(3)
    assert (mine(best)["nextHeat"], mine(loser)["nextHeat"]) == ({"round": 2, "number": 1, "status": "READY"}, None)


async def test_everybody_in_a_team_hears_of_it_and_nobody_else(services: Services) -> None:
    db = services.db
    await make_catalogue(db)
    organizer, captain, member, other = await make_people(db, "organizer", "captain", "member", "other")
    reds, blues = await make_team(db, captain, "reds"), await make_team(db, other, "blues")
    await add_members(db, reds.id, member)
    event = await started_for_teams(
        db, organizer, {reds.id: captain, blues.id: other}, structure=Structure.SINGLE_ELIMINATION
    )
    following = Following(services)
    await following.relay.tell()
    followers = [await follow(following, event, who) for who in (captain, member)]
    assert {mine(each)["entrant"]["name"] for each in followers} == {reds.name}
    (state,) = await states(db, event.id)
    await play(db, state, {reds.id: captain, blues.id: other}, 1)
    assert all(count > 0 for count in await told(following, *followers))
    assert {mine(each)["lastMatch"]["winnerSlot"] for each in followers} == {1}
    with pytest.raises(RequestRefused) as refusal:
        await follow(following, event, organizer)
    assert refusal.value.code == "NOT_PLAYING"


async def test_what_others_do_before_the_start_asks_nothing(services: Services) -> None:
    db = services.db
    await make_catalogue(db)
    organizer, *people = await make_people(db, "organizer", "ann", "bob", "cid")
    event = await published(db, organizer, **WINDOWS)
    ann, bob = await enter(db, event.id, *people[:2])
    following = Following(services)
    await following.relay.tell()
    follower = await follow(following, event, people[0])
    await enter(db, event.id, people[2])
    await run(db, tournaments.check_in, people[1], CheckIn(bob.id, NOW))
    with counted_statements(db) as statements:
        assert await told(following, follower) == [0]
    assert len(statements) == 1  # the relay reads what to tell
    await run(db, tournaments.check_in, people[0], CheckIn(ann.id, NOW))
    assert await told(following, follower) == [1]
    assert mine(follower)["entrant"]["status"] == "CHECKED_IN"
    row = (await entrants(db, event.id))[0]
    edit = UpdateTournament(event.id, 1, name="Summer Cup")
    await run(db, tournaments.update_tournament, organizer, edit)
    assert await told(following, follower) == [1]
    assert mine(follower)["tournament"]["name"] == "Summer Cup"
    # Somebody else may go without a word; who goes themselves has nothing to follow any more.
    await run(db, tournaments.withdraw_entrant, people[1], WithdrawEntrant(bob.id, NOW))
    assert await told(following, follower) == [0]
    await run(db, tournaments.withdraw_entrant, people[0], WithdrawEntrant(row.id, NOW))
    await following.relay.tell()
    async with asyncio.timeout(30):
        while not follower.failed:
            await asyncio.sleep(0.01)
    assert [error["extensions"]["code"] for error in follower.failed] == ["NOT_PLAYING"]
    assert following.fanout.groups == 0


async def test_it_is_for_whoever_plays(services: Services) -> None:
    db = services.db
    await make_catalogue(db)
    organizer, player = await make_people(db, "organizer", "player")
    draft = await make_tournament(db, organizer, "draft")
    event = await published(db, organizer, "open")
    following = Following(services)
    for who, of, code in (
        (ANONYMOUS, event, "UNAUTHENTICATED"),
        (player, event, "NOT_PLAYING"),
        (organizer, event, "NOT_PLAYING"),
        (player, draft, "TOURNAMENT_NOT_FOUND"),
    ):
        with pytest.raises(RequestRefused) as refusal:
            await follow(following, of, who)
        assert refusal.value.code == code
    assert following.fanout.groups == 0
