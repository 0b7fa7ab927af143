"""How many watch, as queries answer it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from domain import accounts
from domain.accounts import UpdatePreferences
from domain.infra.db import Database
from domain.infra.presence import Presence, Subject, Watching
from domain.kernel.actor import ANONYMOUS
from domain.kernel.ids import global_id, new_id
from resolvers import presence as resolve
from resolvers.context import Context
from resolvers.services import Services
from tests.factories.games import make_catalogue
from tests.factories.teams import make_people, run
from tests.factories.tournaments import started, states
from tests.fixtures.hub import LocalHub
from tests.schema.conftest import Ask
from tests.schema.server.conftest import services

__all__ = ["services"]

BRACKET = """query ($id: ID!) { node(id: $id) { ... on Tournament { viewerCount
    bracket { rounds { matches { id viewerCount } } } } } }"""


@pytest_asyncio.fixture
async def elsewhere(redis_url: str) -> AsyncIterator[Presence]:
    """The presence of another process."""
    presence = Presence(redis_url, LocalHub())
    yield presence
    await presence.stop()


async def test_the_counts_of_all_matches_are_one_round_trip(
    ask: Ask, db: Database, redis_url: str, elsewhere: Presence
) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    cup, _ = await started(db, organizer, 8)
    played = await states(db, cup.id)
    subjects = [Subject("tournament", cup.id), *(Subject("match", state.id) for state in played)]
    for number, subject in enumerate(subjects):
        for viewer in range(number % 3):
            elsewhere.enter(Watching(subject), f"connection {viewer}")
    await elsewhere.say([subject for number, subject in enumerate(subjects) if number % 3])
    client: Redis = Redis.from_url(redis_url)
    await client.config_resetstat()
    found = (await ask(ANONYMOUS, BRACKET, id=global_id("Tournament", cup.id)))["node"]
    called = await client.info("commandstats")
    await client.aclose()
    # One for the tournament, one for all matches of its bracket.
    assert {name: called[name]["calls"] for name in called if "config" not in name and "info" not in name} == {
        "cmdstat_mget": 2
    }
    assert found["viewerCount"] == 0
    counts = {match["id"]: match["viewerCount"] for drawn in found["bracket"]["rounds"] for match in drawn["matches"]}
    expected = {global_id("Match", state.id): number % 3 for number, state in enumerate(played, start=1)}
    assert counts == {key: expected[key] for key in counts}
    assert set(counts.values()) == {0, 1, 2}


@pytest.mark.parametrize("is_profile_public", [False, True])
@pytest.mark.parametrize("is_presence_public", [False, True])
async def test_only_who_wishes_is_named(
    db: Database, services: Services, is_profile_public: bool, is_presence_public: bool
) -> None:
    (ada,) = await make_people(db, "ada")
    wish = UpdatePreferences(is_profile_public=is_profile_public, is_presence_public=is_presence_public)
    await run(db, accounts.update_preferences, ada, wish)
    subject = Subject("match", new_id())
    is_named = is_profile_public and is_presence_public
    for_ada = Context(services=services, actor=ada)
    assert await resolve.watching(for_ada, subject) == Watching(subject, is_counted=True, is_named=is_named)
    users = await resolve.named(Context(services=services), [new_id(), ada.require_user()])
    assert [user.username for user in users] == ["ada"] * is_named


async def test_nobody_is_named_at_first(db: Database, services: Services) -> None:
    (ada,) = await make_people(db, "ada")
    subject = Subject("match", new_id())
    for actor in (ada, ANONYMOUS):
        ctx = Context(services=services, actor=actor)
        assert await resolve.watching(ctx, subject) == Watching(subject, is_counted=True, is_named=False)
