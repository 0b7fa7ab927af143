"""Claims: a user says which guest they are, an organizer whether that is so, and nothing else changes."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy import select

from domain import matches, notifications, tournaments
from domain.infra.db import Database, WriteSession
from domain.infra.outbox import OutboxRow
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import Unauthenticated
from domain.kernel.events import Event
from domain.kernel.ids import new_id
from domain.kernel.paging import PageRequest
from domain.kernel.participant import ParticipantKind
from domain.matches import ReportResult
from domain.matches.errors import NotYourMatch
from domain.tournaments import (
    CancelTournament,
    EntrantNotFound,
    EntrantStatus,
    RegisterEntrant,
    SetStaff,
    StaffRole,
    Structure,
    Tournament,
    TournamentNotFound,
    TournamentStatus,
)
from domain.tournaments.commands.claims import (
    AnswerGuestClaim,
    ClaimGuest,
    WithdrawGuestClaim,
    answer_guest_claim,
    claim_guest,
    withdraw_guest_claim,
)
from domain.tournaments.commands.guests import AddGuests
from domain.tournaments.errors import (
    AlreadyClaiming,
    AlreadyRegistered,
    ClaimClosed,
    GuestClaimNotFound,
    GuestIsClaimed,
    NotAGuest,
    NotAnOrganizer,
    NotYourClaim,
    OwnClaim,
    TooManyClaims,
    WrongTournamentStatus,
)
from domain.tournaments.events import GuestClaimAnswered, GuestClaimed, GuestClaimWithdrawn
from domain.tournaments.models import Entrant, GuestClaim
from domain.tournaments.values import MAX_CLAIMS_OF_GUEST, MAX_OPEN_CLAIMS, ClaimStatus
from tests.factories.games import make_catalogue
from tests.factories.imports import imported, of_goals
from tests.factories.notifications import react, told
from tests.factories.teams import NOW, make_admin, make_people, run
from tests.factories.tournaments import enter, entrants, make_tournament, published, row_of, start, states
from tests.fixtures.rows import refused

SINGLE: dict[str, Any] = {"structure": Structure.SINGLE_ELIMINATION, "best_of": 1}


async def of_guests(db: Database, organizer: Actor, slug: str = "bar-night", *names: str) -> list[Entrant]:
    """The guests of a published event, in which nobody else is."""
    event = await published(db, organizer, slug, entrant_kind=ParticipantKind.GUEST, **SINGLE)
    await run(db, tournaments.guests.add_guests, organizer, AddGuests(event.id, names or ("Ann", "Bo"), NOW))
    return await entrants(db, event.id)


async def claim(db: Database, user: Actor, guest: Entrant) -> GuestClaim:
    """Say that a guest is oneself."""
    return await run(db, claim_guest, user, ClaimGuest(guest.id, NOW))


async def answer(db: Database, organizer: Actor, asked: GuestClaim, *, accept: bool = True) -> GuestClaim:
    """Say whether that is so."""
    return await run(db, answer_guest_claim, organizer, AnswerGuestClaim(asked.id, accept, NOW))


async def facts(db: Database, *kinds: type[Event]) -> list[str]:
    """The names of what was recorded of these kinds, in order."""
    names = [kind.name for kind in kinds]
    async with db.read() as session:
        return list(
            await session.scalars(select(OutboxRow.name).where(OutboxRow.name.in_(names)).order_by(OutboxRow.id))
        )


async def claimers(db: Database, event_id: UUID) -> list[UUID | None]:
    """Who the entrants of an event turned out to be, by registration."""
    return [one.claimed_by_id for one in await entrants(db, event_id)]


async def test_a_guest_turns_out_to_be_a_user_and_nothing_else_changes(db: Database) -> None:
    """The other claims of the same guest are declined; matches, rows of players and the event stay as they are."""
    await make_catalogue(db)
    organizer, ann, eve = await make_people(db, "organizer", "ann", "eve")
    first, _ = await of_guests(db, organizer)
    await start(db, organizer, first.tournament_id)
    asked, other = await claim(db, ann, first), await claim(db, eve, first)
    assert (asked.status, asked.user_id, asked.entrant_id) == (ClaimStatus.OPEN, ann.require_user(), first.id)
    assert await claimers(db, first.tournament_id) == [None, None]
    matches_before, event_before = await states(db, first.tournament_id), await row_of(db, first.tournament_id)
    assert (await answer(db, organizer, asked)).status is ClaimStatus.ACCEPTED
    assert await claimers(db, first.tournament_id) == [ann.require_user(), None]
    assert await states(db, first.tournament_id) == matches_before
    event = await row_of(db, first.tournament_id)
    assert event == event_before._replace(change_count=event_before.change_count + 1)
    async with db.read() as session:
        assert await tournaments.players_of(session, [first.id]) == {first.id: []}
        assert (await tournaments.guest_claims.claims_by_id(session, [other.id]))[
            other.id
        ].status is ClaimStatus.DECLINED
    assert await facts(db, GuestClaimed, GuestClaimAnswered) == [
        *["tournaments.guest_claimed"] * 2,
        *["tournaments.guest_claim_answered"] * 2,
    ]
    # Officials go on acting for the guest.
    (state,) = await states(db, first.tournament_id)
    await refused(db, NotYourMatch, matches.report_result, ann, ReportResult(state.id, state.version, (1, 0), NOW))


async def test_who_cannot_claim_what(db: Database) -> None:
    """A user's entrant, somebody else's guest, a second one in an event, what nobody may see, nothing, and nobody."""
    await make_catalogue(db)
    organizer, ann, eve, player = await make_people(db, "organizer", "ann", "eve", "player")
    guest, taken = await of_guests(db, organizer)
    await answer(db, organizer, await claim(db, eve, taken))
    mixed = await published(db, organizer, "mixed", **SINGLE)
    (entrant,) = await enter(db, mixed.id, player)
    await run(db, tournaments.guests.add_guests, organizer, AddGuests(mixed.id, ["Cy"], NOW))
    _, cy = await entrants(db, mixed.id)
    for actor, wanted, error in (
        (ANONYMOUS, guest, Unauthenticated),
        (ann, entrant, NotAGuest),
        (ann, taken, GuestIsClaimed),
        (eve, guest, AlreadyRegistered),
        (player, cy, AlreadyRegistered),
    ):
        await refused(db, error, claim_guest, actor, ClaimGuest(wanted.id, NOW))
    await refused(db, EntrantNotFound, claim_guest, ann, ClaimGuest(new_id(), NOW))
    await claim(db, ann, guest)
    await refused(db, AlreadyClaiming, claim_guest, ann, ClaimGuest(guest.id, NOW))
    await run(db, tournaments.cancel_tournament, organizer, CancelTournament(mixed.id, "Rain.", NOW))
    await refused(db, WrongTournamentStatus, claim_guest, ann, ClaimGuest(cy.id, NOW))


async def test_a_guest_of_an_imported_event_that_is_over_can_be_claimed(db: Database) -> None:
    await make_catalogue(db)
    organizer, ann = await make_people(db, "organizer", "ann")
    event_id = await imported(db, organizer, of_goals())
    guest, *others = await entrants(db, event_id)
    assert (await row_of(db, event_id)).status is TournamentStatus.FINISHED
    await answer(db, organizer, await claim(db, ann, guest))
    assert await claimers(db, event_id) == [ann.require_user(), *[None] * len(others)]
    assert (await row_of(db, event_id)).status is TournamentStatus.FINISHED


async def test_of_two_answers_at_once_for_one_guest_one_counts(db: Database) -> None:
    """The other meets a claim that was declined by it."""
    await make_catalogue(db)
    organizer, ann, eve = await make_people(db, "organizer", "ann", "eve")
    guest, _ = await of_guests(db, organizer)
    asked = [await claim(db, ann, guest), await claim(db, eve, guest)]
    ends = await asyncio.gather(*(answer(db, organizer, one) for one in asked), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["ClaimClosed", "GuestClaim"]
    (accepted,) = [end.user_id for end in ends if isinstance(end, GuestClaim)]
    assert (await claimers(db, guest.tournament_id))[0] == accepted


async def test_a_draft_has_no_guests_to_claim(db: Database) -> None:
    """Organizers cannot enter anybody into one; a row that is there all the same stays unknown to others."""
    await make_catalogue(db)
    organizer, ann = await make_people(db, "organizer", "ann")
    draft = await make_tournament(db, organizer)
    guest_id = await _guest_in(db, draft)
    await refused(db, TournamentNotFound, claim_guest, ann, ClaimGuest(guest_id, NOW))
    await refused(db, WrongTournamentStatus, claim_guest, organizer, ClaimGuest(guest_id, NOW))


async def _guest_in(db: Database, event: Tournament) -> UUID:
    key = new_id()
    row = Entrant(
        id=key, tournament_id=event.id, kind=ParticipantKind.GUEST, participant_id=key, name="Ann", number=1,
        status=EntrantStatus.REGISTERED, registered_at=NOW,
    )  # fmt: skip

    async def work(session: WriteSession) -> None:
        session.add(row)

    await db.transaction(work)
    return key


async def test_open_claims_are_bounded_for_a_user_and_for_a_guest(db: Database) -> None:
    await make_catalogue(db)
    organizer, ann, late = await make_people(db, "organizer", "ann", "late")
    guests = [(await of_guests(db, organizer, f"night-{number}"))[0] for number in range(MAX_OPEN_CLAIMS + 1)]
    for guest in guests[:-1]:
        await claim(db, ann, guest)
    await refused(db, TooManyClaims, claim_guest, ann, ClaimGuest(guests[-1].id, NOW))
    others = await make_people(db, *(f"other{number}" for number in range(MAX_CLAIMS_OF_GUEST)))
    for other in others:
        await claim(db, other, guests[-1])
    await refused(db, TooManyClaims, claim_guest, late, ClaimGuest(guests[-1].id, NOW))


async def test_only_other_organizers_and_administrators_answer_once(db: Database) -> None:
    await make_catalogue(db)
    organizer, referee, ann, eve = await make_people(db, "organizer", "referee", "ann", "eve")
    admin = await make_admin(db)
    guest, second = await of_guests(db, organizer)
    await run(db, tournaments.set_staff, organizer, SetStaff(guest.tournament_id, "referee", StaffRole.REFEREE))
    asked, own = await claim(db, ann, guest), await claim(db, organizer, second)
    for actor, answered, error in (
        (ANONYMOUS, asked, Unauthenticated),
        (ann, asked, NotAnOrganizer),
        (eve, asked, NotAnOrganizer),
        (referee, asked, NotAnOrganizer),
        (organizer, own, OwnClaim),
    ):
        for accept in (True, False):
            await refused(db, error, answer_guest_claim, actor, AnswerGuestClaim(answered.id, accept, NOW))
    await refused(db, GuestClaimNotFound, answer_guest_claim, organizer, AnswerGuestClaim(new_id(), True, NOW))
    assert (await answer(db, admin, own)).status is ClaimStatus.ACCEPTED
    assert (await answer(db, organizer, asked, accept=False)).status is ClaimStatus.DECLINED
    assert await claimers(db, guest.tournament_id) == [None, organizer.require_user()]
    for accept in (True, False):
        await refused(db, ClaimClosed, answer_guest_claim, organizer, AnswerGuestClaim(asked.id, accept, NOW))
    # Declined, they may ask again.
    await answer(db, organizer, await claim(db, ann, guest))
    assert await claimers(db, guest.tournament_id) == [ann.require_user(), organizer.require_user()]


async def test_only_who_made_a_claim_withdraws_it(db: Database) -> None:
    await make_catalogue(db)
    organizer, ann, eve = await make_people(db, "organizer", "ann", "eve")
    guest, second = await of_guests(db, organizer)
    asked = await claim(db, ann, guest)
    command = WithdrawGuestClaim(asked.id, NOW)
    for actor, error in ((ANONYMOUS, Unauthenticated), (eve, NotYourClaim), (organizer, NotYourClaim)):
        await refused(db, error, withdraw_guest_claim, actor, command)
    await refused(db, GuestClaimNotFound, withdraw_guest_claim, ann, WithdrawGuestClaim(new_id(), NOW))
    assert (await run(db, withdraw_guest_claim, ann, command)).status is ClaimStatus.WITHDRAWN
    assert await facts(db, GuestClaimWithdrawn) == ["tournaments.guest_claim_withdrawn"]
    await refused(db, ClaimClosed, withdraw_guest_claim, ann, command)
    await refused(db, ClaimClosed, answer_guest_claim, organizer, AnswerGuestClaim(asked.id, True, NOW))
    await claim(db, ann, second)


async def test_nobody_is_in_an_event_both_as_a_guest_and_on_their_own(db: Database) -> None:
    """Neither registers who is known as a guest, nor is accepted who has registered since they asked."""
    await make_catalogue(db)
    organizer, ann, bo = await make_people(db, "organizer", "ann", "bo")
    event = await published(db, organizer, **SINGLE)
    await run(db, tournaments.guests.add_guests, organizer, AddGuests(event.id, ["A", "B"], NOW))
    first, second = await entrants(db, event.id)
    await answer(db, organizer, await claim(db, ann, first))
    await refused(db, AlreadyRegistered, tournaments.register_entrant, ann, RegisterEntrant(event.id, NOW))
    asked = await claim(db, bo, second)
    await enter(db, event.id, bo)
    await refused(db, AlreadyRegistered, answer_guest_claim, organizer, AnswerGuestClaim(asked.id, True, NOW))
    assert (await answer(db, organizer, asked, accept=False)).status is ClaimStatus.DECLINED


async def test_organizers_are_told_of_a_claim_and_users_of_the_answer(db: Database) -> None:
    await make_catalogue(db)
    organizer, second, ann, eve = await make_people(db, "organizer", "second", "ann", "eve")
    guest, other = await of_guests(db, organizer)
    await run(db, tournaments.set_staff, organizer, SetStaff(guest.tournament_id, "second", StaffRole.ORGANIZER))
    asked = await claim(db, ann, guest)
    await claim(db, eve, guest)
    await claim(db, second, other)
    await answer(db, organizer, asked)
    for _ in range(2):
        await react(db, GuestClaimed, notifications.on_guest_claimed)
        await react(db, GuestClaimAnswered, notifications.on_guest_claim_answered)
    says = "Spring Cup: {} says that they are {}. Accept or decline that."
    assert sorted(await told(db, organizer.require_user())) == [
        says.format("Ann", "Ann"), says.format("Eve", "Ann"), says.format("Second", "Bo")
    ]  # fmt: skip
    assert len(await told(db, second.require_user())) == 2
    assert await told(db, ann.require_user()) == ["Spring Cup: The organizers accepted that you are Ann."]
    assert await told(db, eve.require_user()) == ["Spring Cup: The organizers declined that you are Ann."]


async def test_open_claims_are_read_in_pages(db: Database) -> None:
    await make_catalogue(db)
    organizer, ann, eve = await make_people(db, "organizer", "ann", "eve")
    first, second = await of_guests(db, organizer)
    made = [await claim(db, ann, first), await claim(db, eve, second)]
    reads, event_id = tournaments.guest_claims, first.tournament_id
    async with db.read() as session:
        page = await reads.open_claims_of_event(session, event_id, PageRequest(size=1))
        rest = await reads.open_claims_of_event(session, event_id, PageRequest(size=1, after=page.rows[0][1]))
        of_ann = await reads.open_claims_of_user(session, ann.require_user(), PageRequest(size=5))
    assert [row.id for row, _ in (*page.rows, *rest.rows)] == [one.id for one in made]
    assert (page.has_next, rest.has_next, [row.id for row, _ in of_ann.rows]) == (True, False, [made[0].id])
    await answer(db, organizer, made[0])
    async with db.read() as session:
        page = await reads.open_claims_of_event(session, event_id, PageRequest(size=5))
        key = (ann.require_user(), PageRequest(size=5))
        known = (await reads.claimed_pages(session, [key]))[key]
    assert [row.id for row, _ in page.rows] == [made[1].id]
    assert [(row.id, row.claimed_by_id) for row, _ in known.rows] == [(first.id, ann.require_user())]
