"""Events to measure with, written through the domain so that setting up costs the server nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from domain import matches, registry, tournaments
from domain.accounts import User
from domain.infra.db import Database, WriteSession
from domain.kernel.actor import SYSTEM, Actor
from domain.kernel.ids import global_id, new_id
from domain.kernel.participant import ParticipantKind
from domain.matches import MatchState, MatchStatus
from domain.tournaments import Structure


@dataclass(frozen=True, slots=True)
class Event:
    """A running tournament and who plays in it."""

    tournament_id: UUID
    players: dict[UUID, Actor]

    @property
    def id(self) -> str:
        """The id clients use."""
        return global_id("Tournament", self.tournament_id)


def open_database(url: str) -> Database:
    """The database of a system, for one that writes beside the API."""
    return Database(url, pool_size=4, within=registry.WITHIN)


async def start_event(db: Database, entrants: int, slug: str, description: str = "") -> Event:
    """A double elimination that has just started."""
    now = datetime.now(UTC)
    players = [User(**person(f"{slug}-{number}", now)) for number in range(entrants)]

    async def work(session: WriteSession) -> UUID:
        session.add_all(players)
        await session.flush()
        organizer = Actor(user_id=players[0].id)
        tournament = await tournaments.create_tournament(
            session,
            organizer,
            tournaments.CreateTournament(
                slug=slug,
                name=slug,
                description=description,
                game="rocket-league-1v1",
                entrant_kind=ParticipantKind.USER,
                structure=Structure.DOUBLE_ELIMINATION,
                capacity=entrants,
                starts_at=now + timedelta(hours=1),
                now=now,
            ),
        )
        await tournaments.publish_tournament(session, organizer, tournaments.PublishTournament(tournament.id))
        for player in players:
            command = tournaments.RegisterEntrant(tournament.id, now)
            await tournaments.register_entrant(session, Actor(user_id=player.id), command)
        await tournaments.start_tournament(session, organizer, tournaments.StartTournament(tournament.id, now))
        return tournament.id

    tournament_id = await db.transaction(work)
    return Event(tournament_id, {player.id: Actor(user_id=player.id) for player in players})


async def ready_matches(db: Database, event: Event) -> list[MatchState]:
    """The matches that can be played now."""
    async with db.read() as session:
        states = await matches.states_of_owner(session, event.tournament_id)
    return [state for state in states if state.status is MatchStatus.READY]


async def change_score(db: Database, state: MatchState, scores: tuple[int, int]) -> int:
    """Change the running score of a match; the answer is its new version."""
    command = matches.UpdateScore(state.id, state.version, scores, datetime.now(UTC))
    return (await db.transaction(lambda session: matches.update_score(session, SYSTEM, command))).version


def person(name: str, now: datetime) -> dict[str, object]:
    """The row of a user."""
    return {
        "id": new_id(),
        "email": f"{name}@example.com",
        "username": name,
        "display_name": name,
        "password_hash": "",
        "created_at": now,
    }
