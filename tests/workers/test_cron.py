"""Duties: what is old goes, what is needed stays, what will be needed is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from arq.cron import next_cron
from sqlalchemy import text

from domain.accounts import Accounts
from domain.infra import inbox, outbox, partitions, retention
from domain.infra.cache import Cache
from domain.infra.db import Database
from domain.infra.inbox import MAX_ATTEMPTS
from domain.infra.settings import Settings
from domain.kernel.ids import new_id
from domain.teams import InvitationStatus
from domain.tournaments import changes_after
from tests.factories.games import make_catalogue
from tests.factories.teams import make_invitation, make_people, make_team
from tests.factories.tournaments import play_on, row_of, started
from tests.fixtures.clock import FakeClock
from tests.workers.stage import Bus, Queue, debts, facts, owe, record, value
from workers.cron import CRON, Duties
from workers.relay import Relay


@pytest_asyncio.fixture
async def duties(db: Database, settings: Settings, clock: FakeClock) -> AsyncIterator[Duties]:
    """The duties of a worker."""
    cache = Cache(settings.redis_url)
    yield Duties(db, clock, Accounts(db, cache, settings, clock))
    await cache.close()


async def _execute(db: Database, statement: str, **parameters: Any) -> None:
    await db.transaction(lambda session: session.execute(text(statement), parameters))


async def _partitions(db: Database) -> dict[str, int]:
    """How many entries each partition of the log holds."""
    async with db.read() as session:
        names = await session.scalars(
            text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'match_log'::regclass ORDER BY 1")
        )
        return {name: await value(db, f"SELECT count(*) FROM {name}") for name in names}


async def test_old_facts_go_unless_something_is_owed_or_given_up(
    db: Database, duties: Duties, clock: FakeClock
) -> None:
    about = new_id()
    await record(db, about, 1, 2, 3, 4, 5)
    done, failed, owed, *_ = await owe(db, clock.now(), ("tests.a", None))
    await db.transaction(lambda session: inbox.done(session, done.event_id, done.consumer, clock.now()))
    for _ in range(MAX_ATTEMPTS):
        await db.transaction(lambda session: inbox.failed(session, failed.event_id, failed.consumer, "x", clock.now()))
    del owed
    await _execute(db, "DELETE FROM inbox WHERE position > 3")
    week_ago = clock.now() - timedelta(days=7)
    # The fourth meant nothing to anybody, the fifth has not been published.
    await _execute(db, "UPDATE outbox SET published_at = :at WHERE id < 5", at=week_ago + timedelta(seconds=1))
    await duties.sweep_facts()
    assert len(await facts(db)) == 5
    clock.advance(seconds=1)
    await duties.sweep_facts()
    assert [row.payload["number"] for row in await facts(db)] == [2, 3, 5]
    assert [row.position for row in await debts(db)] == [2, 3]


async def test_facts_go_in_bounded_steps(db: Database, duties: Duties, clock: FakeClock) -> None:
    await record(db, new_id(), *range(5))
    await _execute(db, "UPDATE outbox SET published_at = :at", at=clock.now() - timedelta(days=8))
    assert await db.transaction(lambda session: retention.sweep_facts(session, clock.now(), limit=2)) == 2
    assert [row.payload["number"] for row in await facts(db)] == [2, 3, 4]
    await duties.sweep_facts()
    assert await facts(db) == []


async def test_idempotency_keys_go_after_a_week(db: Database, duties: Duties, clock: FakeClock) -> None:
    for days in (6, 7):
        statement = "INSERT INTO idempotency_keys VALUES (:user, :key, 'x', :user, :at)"
        at = clock.now() - timedelta(days=days)
        await _execute(db, statement, user=new_id(), key=f"{days} days", at=at)
    await duties.sweep_keys()
    assert await value(db, "SELECT string_agg(key, ',') FROM idempotency_keys") == "6 days"


async def test_expired_invitations_are_written_down(db: Database, duties: Duties, clock: FakeClock) -> None:
    captain, _ = await make_people(db, "captain", "guest")
    team = await make_team(db, captain)
    invitation = await make_invitation(db, captain, team.id, "guest")
    await duties.expire_invitations()
    assert await value(db, "SELECT status FROM team_invitations") == InvitationStatus.PENDING
    clock.advance(seconds=(invitation.expires_at - clock.now()).total_seconds())
    await duties.expire_invitations()
    assert await value(db, "SELECT status FROM team_invitations") == InvitationStatus.EXPIRED


async def test_the_next_signing_key_is_there_before_the_present_one_ends(
    db: Database, duties: Duties, settings: Settings, clock: FakeClock
) -> None:
    await duties.rotate_signing_keys()
    await duties.rotate_signing_keys()
    assert await value(db, "SELECT count(*) FROM signing_keys") == 1
    clock.advance(seconds=settings.signing_key_ttl_s - 3600)
    await duties.rotate_signing_keys()
    assert await value(db, "SELECT count(*) FROM signing_keys") == 2


async def test_closed_windows_of_attempts_go(db: Database, duties: Duties, clock: FakeClock) -> None:
    for key, seconds in ((b"closed", 0), (b"open", 1)):
        statement = "INSERT INTO attempts VALUES (:key, 1, :ends)"
        await _execute(db, statement, key=key, ends=clock.now() + timedelta(seconds=seconds))
    await duties.sweep_accounts()
    assert await value(db, "SELECT string_agg(encode(key, 'escape'), ',') FROM attempts") == "open"


async def test_partitions_are_made_ahead_and_take_over_what_the_default_holds(
    db: Database, duties: Duties, clock: FakeClock
) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    tournament, players = await started(db, organizer, 2)
    before = (await _partitions(db))["match_log_default"]
    assert before > 0
    await duties.make_partitions()
    assert await _partitions(db) == {
        "match_log_2026_05": before,
        "match_log_2026_06": 0,
        "match_log_2026_07": 0,
        "match_log_default": 0,
    }
    await play_on(db, tournament.id, players)
    after = await _partitions(db)
    assert after["match_log_2026_05"] > before
    assert after["match_log_default"] == 0
    await duties.make_partitions()
    assert await _partitions(db) == after
    # Like the table itself, a partition knows the match of each entry.
    keys = "SELECT count(*) FROM pg_constraint WHERE conrelid = 'match_log_2026_05'::regclass AND contype = 'f'"
    assert await value(db, keys) == 1


@pytest.mark.parametrize(
    ("start", "names"),
    [
        (datetime(2026, 11, 30, 23, 59, tzinfo=UTC), ["match_log_2026_11", "match_log_2026_12", "match_log_2027_01"]),
        (datetime(2027, 12, 1, tzinfo=UTC), ["match_log_2027_12", "match_log_2028_01", "match_log_2028_02"]),
    ],
)
async def test_months_follow_each_other_over_the_year(db: Database, start: datetime, names: list[str]) -> None:
    await db.transaction(lambda session: partitions.ensure_months(session, ["match_log"], start))
    assert list(await _partitions(db)) == [*names, "match_log_default"]


async def test_the_published_facts_of_a_tournament_go_in_the_end(
    db: Database, duties: Duties, clock: FakeClock
) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    await started(db, organizer, 2)
    relay = Relay(db, Bus(), Queue(), clock, {})
    assert await relay.publish(await db.transaction(outbox.last_sequence)) == len(await facts(db))
    clock.advance(days=365)
    await duties.sweep_facts()
    assert await facts(db) == []


async def test_the_changes_of_an_event_go_a_week_after_its_end(db: Database, duties: Duties, clock: FakeClock) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    over, players = await started(db, organizer, 2, "over")
    await play_on(db, over.id, players)
    open_, _ = await started(db, organizer, 2, "open")
    count = "SELECT count(*) FROM bracket_changes WHERE tournament_id = '{}'"
    kept = await value(db, count.format(open_.id))
    ended = (await row_of(db, over.id)).finished_at
    assert ended is not None
    clock.advance(seconds=(ended + timedelta(days=7) - clock.now()).total_seconds() - 1)
    await duties.forget_changes()
    assert await value(db, count.format(over.id)) > 0
    clock.advance(seconds=1)
    await duties.forget_changes()
    assert await value(db, count.format(over.id)) == 0
    assert await value(db, count.format(open_.id)) == kept
    newest = (await row_of(db, over.id)).change_count
    async with db.read() as session:
        # Who has seen everything has missed nothing; for all others the history is gone, from the beginning on, too.
        assert await changes_after(session, over.id, newest, 100) == []
        for after in (0, 1, newest - 1, newest + 1):
            assert await changes_after(session, over.id, after, 100) is None


def test_every_duty_has_its_time() -> None:
    assert {one.name for one in CRON} == {
        f"cron:{name}" for name, duty in vars(Duties).items() if callable(duty) and not name.startswith("_")
    }
    midnight = datetime(2026, 5, 1, tzinfo=UTC)
    for one in CRON:
        upcoming = next_cron(midnight, hour=one.hour, minute=one.minute, second=one.second)
        assert upcoming - midnight < timedelta(hours=4)
