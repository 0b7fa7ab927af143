"""Larger scenes: events and matches in states in which everything of them has a value."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from domain import accounts, games, matches, queues, tournaments
from domain.accounts import UpdatePreferences, UpdateProfile
from domain.games import Competitor
from domain.infra.db import Database, WriteSession
from domain.kernel.actor import Actor
from domain.kernel.participant import ParticipantKind
from domain.matches import Match, MatchState, MatchStatus, ReportResult
from domain.queues import AnswerCall, AnswerTimeEnded, MoveHeat, MoveMatch, NoShow
from domain.tournaments import CancelTournament, Tournament
from domain.tournaments.commands.claims import AnswerGuestClaim, ClaimGuest
from domain.tournaments.commands.guests import AddGuests
from domain.venues import Position
from tests.factories.deadlines import check_in, set_deadlines
from tests.factories.heats import free_for_all, heats_of, report, run_heats
from tests.factories.imports import CUP, imported
from tests.factories.ladders import DAY, ladder
from tests.factories.queues import use_tables
from tests.factories.stages import swiss
from tests.factories.teams import NOW, run
from tests.factories.tournaments import enter, entrants, published, start, states
from tests.factories.venues import add_tables, make_venue


async def climbing(db: Database, organizer: Actor, *climbers: Actor) -> Tournament:
    """A ladder that runs."""
    event = await published(
        db, organizer, "rungs", structure=None, stages=[ladder(idle_days=7, ends_at=NOW + 30 * DAY)]
    )
    await enter(db, event.id, *climbers)
    await start(db, organizer, event.id)
    return event


async def in_heats(db: Database, organizer: Actor, *players: Actor) -> Tournament:
    """A free-for-all whose first round is over."""
    event = await published(db, organizer, "royale", structure=None, stages=[free_for_all(heat_size=2, advancing=1)])
    await enter(db, event.id, *players)
    await start(db, organizer, event.id)
    await run_heats(db, organizer, event.id, rounds=1)
    return event


async def called_off(db: Database, organizer: Actor) -> Tournament:
    """An event with a check-in and a guest that is called off."""
    event = await published(db, organizer, "off")
    await set_deadlines(db, organizer, event.id, check_in=10)
    await run(db, tournaments.guests.add_guests, organizer, AddGuests(event.id, ["Fay"], NOW))
    await run(db, tournaments.cancel_tournament, organizer, CancelTournament(event.id, "It rains.", NOW))
    return event


async def from_a_file(db: Database, organizer: Actor, guest: Actor) -> tournaments.TournamentView:
    """An event that was imported, and somebody who is one of its guests."""
    event_id = await imported(db, organizer, CUP, source_url="https://brackets.example/cup")
    claimed = ClaimGuest((await entrants(db, event_id))[0].id, NOW)
    claim = await run(db, tournaments.claims.claim_guest, guest, claimed)
    answer_ = AnswerGuestClaim(claim.id, accept=True, now=NOW)
    await run(db, tournaments.claims.answer_guest_claim, organizer, answer_)
    async with db.read() as session:
        return (await tournaments.tournaments_by_id(session, [event_id]))[event_id]


async def rate(db: Database, match: Match, state: MatchState) -> None:
    """Let a match count for the ratings of its players."""
    sides = [slot.participant_id for slot in state.slots if slot.participant_id is not None]
    first, second = (Competitor(ParticipantKind.USER, side) for side in sides)

    async def work(session: WriteSession) -> bool:
        return await games.rate_match(session, games.game_key("rocket-league-1v1"), match.id, (first, second), winner=0)

    await db.transaction(work)


async def check_all_in(db: Database, organizer: Actor, event_id: UUID) -> None:
    """Let everybody check in. After that there is no check-in any more, so that the event can have tables."""
    for state in await states(db, event_id):
        if state.status is MatchStatus.READY:
            await check_in(db, organizer, state.id)
    await set_deadlines(db, organizer, event_id, confirmation=15)


async def call_in_vain(db: Database, organizer: Actor, match: MatchState) -> None:
    """Let a match be called in vain to a table with everything that a table and a venue can have."""
    here = Position(52.5, 13.4)
    event_id = match.owner_id
    assert event_id is not None
    venue = await make_venue(db, organizer, "new-hall", address="Unter den Linden 1", position=here)
    tables = await add_tables(db, organizer, venue, 1, name="Show")
    await use_tables(db, organizer, event_id, venue, tables, no_show=NoShow.REPORT)
    command = MoveMatch(match_id=match.id, table_id=tables[0].id, now=NOW)
    call = await run(db, queues.move_match, organizer, command)
    await run(db, queues.answer_call, organizer, AnswerCall(call_id=call.id, slot=0, now=NOW))
    late = AnswerTimeEnded(tournament_id=event_id, call_id=call.id, at=call.answer_by)
    await db.transaction(lambda session: queues.expire_call(session, late))


async def heats_at_a_table(db: Database, organizer: Actor) -> Tournament:
    """Four guests in heats of two at one table, at which one heat has begun."""
    plans = [free_for_all(heat_size=2, advancing=1, games=2)]
    event = await published(db, organizer, "guests", structure=None, stages=plans)
    await run(db, tournaments.guests.add_guests, organizer, AddGuests(event.id, ["Gil", "Hal", "Ida", "Jo"], NOW))
    await start(db, organizer, event.id)
    venue = await make_venue(db, organizer, "race-hall")
    tables = await add_tables(db, organizer, venue, 1)
    await use_tables(db, organizer, event.id, venue, tables)
    heat, _ = await heats_of(db, event.id)
    await run(db, queues.move_heat, organizer, MoveHeat(heat_id=heat.id, table_id=tables[0].id, now=NOW))
    await report(db, organizer, heat)
    return event


async def swiss_of_three(db: Database, organizer: Actor, people: Mapping[UUID, Actor]) -> Tournament:
    """An event in which somebody sits out, and somebody says that they have won."""
    event = await published(db, organizer, "three", structure=None, stages=[swiss(rounds=3, best_of=3)])
    await enter(db, event.id, *list(people.values())[:3])
    await start(db, organizer, event.id)
    (state,) = await states(db, event.id)
    claimed = ReportResult(state.id, state.version, (2, 0), NOW)
    await run(db, matches.report_result, people[state.slots[0].participant_id or event.id], claimed)
    return event


async def shown_and_hidden(db: Database, shown: Actor, hidden: Actor) -> None:
    """Let everybody see one of them with a picture and when they watch, and nobody the profile of the other."""
    await run(db, accounts.update_preferences, hidden, UpdatePreferences(is_profile_public=False))
    await run(db, accounts.update_preferences, shown, UpdatePreferences(is_presence_public=True))
    await run(db, accounts.update_profile, shown, UpdateProfile(avatar_url="https://pictures.example/1.png"))
