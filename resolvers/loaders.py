"""Loaders: relations are read in batches, each batch in a session of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from aiodataloader import DataLoader

from domain import accounts, games, matches, notifications, teams, tournaments
from domain.infra.db import Database, ReadSession
from domain.kernel.actor import Role
from domain.kernel.paging import Page, PageRequest
from domain.kernel.participant import ParticipantKind

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_MAX_BATCH = 1000


def one(db: Database, fetch: Callable[[ReadSession, Sequence[K]], Awaitable[Mapping[K, V]]]) -> DataLoader[K, V | None]:
    """A loader of at most one value per key. Keys without a value give None."""

    async def batch(keys: list[K]) -> list[V | None]:
        async with db.read() as session:
            found = await fetch(session, keys)
        return [found.get(key) for key in keys]

    return DataLoader(batch, max_batch_size=_MAX_BATCH)


def one_instant(
    db: Database, fetch: Callable[[ReadSession, Sequence[K]], Awaitable[Mapping[K, V]]]
) -> DataLoader[K, V | None]:
    """The same for values that take several statements: all of them see one instant."""

    async def batch(keys: list[K]) -> list[V | None]:
        async with db.snapshot() as session:
            found = await fetch(session, keys)
        return [found.get(key) for key in keys]

    return DataLoader(batch, max_batch_size=_MAX_BATCH)


class Loaders:
    """The loaders of one request. A singular name gives one value per key, a plural one a list."""

    def __init__(self, db: Database) -> None:
        self.user: DataLoader[UUID, accounts.User | None] = one(db, accounts.users_by_id)
        self.session: DataLoader[UUID, accounts.Session | None] = one(db, accounts.sessions_by_id)
        self.roles: DataLoader[UUID, frozenset[Role] | None] = one(db, accounts.roles_by_user)
        self.preferences: DataLoader[UUID, accounts.Preferences | None] = one(db, accounts.preferences_by_user)
        self.game: DataLoader[UUID, games.Game | None] = one(db, games.games_by_id)
        self.game_by_slug: DataLoader[str, games.Game | None] = one(db, games.games_by_slug)
        self.rating: DataLoader[tuple[UUID, ParticipantKind, UUID], games.Rating | None] = one(db, games.ratings_by_key)
        self.team: DataLoader[UUID, teams.Team | None] = one(db, teams.teams_by_id)
        self.team_captain: DataLoader[UUID, UUID | None] = one(db, teams.last_captains_of)
        self.captain: DataLoader[UUID, UUID | None] = one(db, teams.captains_of)
        self.team_members: DataLoader[UUID, list[teams.TeamMember] | None] = one(db, teams.members_of)
        self.team_invitation: DataLoader[UUID, teams.TeamInvitation | None] = one(db, teams.invitations_by_id)
        self.pending_team_invitations: DataLoader[UUID, list[teams.TeamInvitation] | None] = one(
            db, teams.pending_invitations_of
        )
        self.team_page_of_user: DataLoader[tuple[UUID, PageRequest], Page[teams.Team] | None] = one(
            db, teams.team_pages_of_users
        )
        self.match: DataLoader[UUID, matches.MatchState | None] = one(db, matches.states_by_id)
        self.log_page: DataLoader[tuple[UUID, PageRequest], Page[matches.MatchLogRow] | None] = one(
            db, matches.log_pages
        )
        self.tournament: DataLoader[UUID, tournaments.Tournament | None] = one(db, tournaments.tournaments_by_id)
        self.bracket: DataLoader[UUID, tournaments.BracketView | None] = one_instant(db, tournaments.bracket_views)
        self.bracket_index: DataLoader[UUID, tournaments.BracketIndex | None] = one(db, tournaments.bracket_indexes)
        self.place: DataLoader[UUID, tournaments.BracketPlace | None] = one(db, tournaments.places_by_match)
        self.entrant: DataLoader[UUID, tournaments.Entrant | None] = one(db, tournaments.entrants_by_id)
        self.entrant_page: DataLoader[tournaments.EntrantList, Page[tournaments.Entrant] | None] = one(
            db, tournaments.entrant_pages
        )
        self.entry: DataLoader[tuple[UUID, UUID], tournaments.Entrant | None] = one(db, tournaments.entries_of_user)
        self.players: DataLoader[UUID, list[UUID] | None] = one(db, tournaments.players_of)
        self.notification: DataLoader[UUID, notifications.Notification | None] = one(
            db, notifications.notifications_by_id
        )
        self.unread_count: DataLoader[UUID, int | None] = one(db, notifications.unread_counts)
        self.grants: DataLoader[UUID, list[UUID] | None] = one(db, accounts.grants_of)
