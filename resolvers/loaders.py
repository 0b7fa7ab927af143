"""Loaders: relations are read in batches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from aiodataloader import DataLoader

from domain import accounts, games, matches, notifications, partners, teams, tournaments
from domain.infra.db import Database, ReadSession
from resolvers.batches import Rounds

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Loader(Generic[K, V]):
    """A loader that is made when the request asks for it the first time; most requests need few of them.

    `at_once` lets all statements of a batch see one instant.
    """

    def __init__(
        self, fetch: Callable[[ReadSession, Sequence[K]], Awaitable[Mapping[K, V]]], *, at_once: bool = False
    ) -> None:
        self._fetch = fetch
        self._at_once = at_once

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, loaders: Loaders, owner: type) -> DataLoader[K, V | None]:
        db = loaders.db
        made = loaders.rounds.loader(db.snapshot if self._at_once else db.read, self._fetch)
        # Found before this descriptor from now on.
        loaders.__dict__[self._name] = made
        return made


class Loaders:
    """The loaders of one request. A singular name gives one value per key, a plural one a list."""

    user = _Loader(accounts.users_by_id)
    session = _Loader(accounts.sessions_by_id)
    roles = _Loader(accounts.roles_by_user)
    preferences = _Loader(accounts.preferences_by_user)
    game = _Loader(games.games_by_id)
    game_by_slug = _Loader(games.games_by_slug)
    rating = _Loader(games.ratings_by_key)
    team = _Loader(teams.teams_by_id)
    team_captain = _Loader(teams.last_captains_of)
    captain = _Loader(teams.captains_of)
    team_members = _Loader(teams.members_of)
    team_invitation = _Loader(teams.invitations_by_id)
    pending_team_invitations = _Loader(teams.pending_invitations_of)
    team_page_of_user = _Loader(teams.team_pages_of_users)
    match = _Loader(matches.states_by_id)
    log_page = _Loader(matches.log_pages)
    tournament = _Loader(tournaments.tournaments_by_id)
    bracket = _Loader(tournaments.bracket_views, at_once=True)
    bracket_index = _Loader(tournaments.bracket_indexes)
    place = _Loader(tournaments.places_by_match)
    entrant = _Loader(tournaments.entrants_by_id)
    entrant_page = _Loader(tournaments.entrant_pages)
    entry = _Loader(tournaments.entries_of_user)
    players = _Loader(tournaments.players_of)
    notification = _Loader(notifications.notifications_by_id)
    unread_count = _Loader(notifications.unread_counts)
    grants = _Loader(accounts.grants_of)
    partner = _Loader(partners.partners_by_id)
    api_key = _Loader(partners.api_keys_by_id)
    partner_document = _Loader(partners.documents_by_id)
    partner_release = _Loader(partners.releases_by_id)
    api_key_page = _Loader(partners.api_key_pages)
    partner_document_page = _Loader(partners.document_pages)
    partner_release_page = _Loader(partners.release_pages)
    release_documents = _Loader(partners.documents_of_releases)
    is_served = _Loader(partners.served_among)
    document_usage = _Loader(partners.usage_of_documents)

    def __init__(self, db: Database) -> None:
        self.db = db
        self.rounds = Rounds()
