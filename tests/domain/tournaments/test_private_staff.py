"""Private users among those who run an event."""

from __future__ import annotations

from uuid import UUID

from domain import accounts, tournaments
from domain.infra.db import Database
from domain.tournaments import SetStaff, StaffRole
from tests.factories.accounts import make_user
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, make_admin, make_people, run
from tests.factories.tournaments import make_tournament
from tests.fixtures.clock import FakeClock
from tests.fixtures.rows import refused


async def test_a_private_user_is_added_by_few_and_removed_by_any_organizer(db: Database) -> None:
    """Who is not on the staff is nobody to an organizer, whether to be added or removed."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    admin = await make_admin(db)
    hidden = await make_user(db, FakeClock(NOW), "hidden", is_private=True)
    tournament = await make_tournament(db, organizer)
    add = SetStaff(tournament.id, "hidden", role=StaffRole.ORGANIZER)
    remove = SetStaff(tournament.id, "hidden", role=None)

    for command in (add, remove):
        await refused(db, accounts.UserNotFound, tournaments.set_staff, organizer, command)
    await run(db, tournaments.set_staff, admin, add)
    assert await staff(db, tournament.id) == [organizer.user_id, hidden.id]
    await run(db, tournaments.set_staff, organizer, remove)
    assert await staff(db, tournament.id) == [organizer.user_id]
    await refused(db, accounts.UserNotFound, tournaments.set_staff, organizer, remove)


async def staff(db: Database, tournament_id: UUID) -> list[UUID]:
    """Who runs the event."""
    async with db.read() as session:
        granted = (await accounts.grants_of(session, [tournament_id]))[tournament_id]
    return [one.user_id for one in granted]
