"""Loaders: relations are read in batches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import cached_property
from typing import Generic, TypeVar

from aiodataloader import DataLoader

from domain import (
    accounts,
    deadlines,
    disputes,
    games,
    matches,
    notifications,
    partners,
    queues,
    teams,
    tournaments,
    venues,
    vetoes,
)
from domain.infra.db import ReadSession
from domain.infra.presence import Presence
from resolvers.batches import Rounds
from resolvers.reads import Reads
from resolvers.services import Services

S = TypeVar("S")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Loader(Generic[S, K, V]):
    """A loader that is made when the request asks for it the first time; most requests need few of them.

    Each batch is fetched from a source of its own. `told_on` says of a key and its value on which topics their changes
    are told (see `Reads.add`); without it nothing tells of them.
    """

    def __init__(
        self,
        source: Callable[[Services], AbstractAsyncContextManager[S]],
        fetch: Callable[[S, Sequence[K]], Awaitable[Mapping[K, V]]],
        told_on: Callable[[K, V | None], Collection[str] | None] = lambda key, value: None,
    ) -> None:
        self._source = source
        self._fetch = fetch
        self._told_on = told_on

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, loaders: Loaders, owner: type) -> DataLoader[K, V | None]:
        async def fetch(source: S, keys: Sequence[K]) -> Mapping[K, V]:
            found = await self._fetch(source, keys)
            for key in keys:
                loaders.reads.add(self._told_on(key, found.get(key)))
            return found

        made = loaders.rounds.loader(lambda: self._source(loaders.services), fetch)
        # Found before this descriptor from now on.
        loaders.__dict__[self._name] = made
        return made


def _read(services: Services) -> AbstractAsyncContextManager[ReadSession]:
    return services.db.read()


def _snapshot(services: Services) -> AbstractAsyncContextManager[ReadSession]:
    """For what takes several statements that must see one instant."""
    return services.db.snapshot()


def _presence(services: Services) -> AbstractAsyncContextManager[Presence]:
    return nullcontext(services.presence)


def _never_changes(key: object, value: object) -> Collection[str]:
    return ()


class Loaders:
    """The loaders of one request. A singular name gives one value per key, a plural one a list."""

    user = _Loader(_read, accounts.users_by_id, lambda key, _: [accounts.user_topic(key)])
    contact = _Loader(_read, accounts.contacts_by_id)
    session = _Loader(_read, accounts.sessions_by_id)
    roles = _Loader(_read, accounts.roles_by_user)
    preferences = _Loader(_read, accounts.preferences_by_user, lambda key, _: [accounts.user_topic(key)])
    game = _Loader(_read, games.games_by_id, _never_changes)
    game_by_slug = _Loader(_read, games.games_by_slug, _never_changes)
    game_rules = _Loader(_read, games.game_rules_by_id, _never_changes)
    rating = _Loader(_read, games.ratings_by_key, lambda key, _: [games.ratings_topic(key[0])])
    team = _Loader(_read, teams.teams_by_id, lambda key, _: [teams.team_topic(key)])
    team_description = _Loader(_read, teams.team_descriptions, lambda key, _: [teams.team_topic(key)])
    team_captain = _Loader(_read, teams.last_captains_of, lambda key, _: [teams.team_topic(key)])
    captain = _Loader(_read, teams.captains_of, lambda key, _: [teams.team_topic(key)])
    team_members = _Loader(_read, teams.members_of, lambda key, _: [teams.team_topic(key)])
    team_invitation = _Loader(_read, teams.invitations_by_id)
    pending_team_invitations = _Loader(_read, teams.pending_invitations_of)
    team_page_of_user = _Loader(_read, teams.team_pages_of_users)
    match = _Loader(_read, matches.states_by_id, lambda key, _: [matches.match_topic(key)])
    log_page = _Loader(_read, matches.log_pages, lambda key, _: [matches.match_topic(key[0])])
    veto = _Loader(_read, vetoes.vetoes_of, lambda key, _: [matches.match_topic(key[0])])
    tournament = _Loader(_read, tournaments.tournaments_by_id, lambda key, _: [tournaments.tournament_topic(key)])
    seeding_report = _Loader(_read, tournaments.seeding_reports)
    tournament_description = _Loader(
        _read, tournaments.tournament_descriptions, lambda key, _: [tournaments.tournament_topic(key)]
    )
    # What of them is read, and so on which topic that is told, is known to whoever asks for them.
    bracket = _Loader(_snapshot, tournaments.bracket_views, lambda key, _: ())
    bracket_window = _Loader(_snapshot, tournaments.bracket_windows, lambda key, _: ())
    played_stage = _Loader(_snapshot, tournaments.played_stages, lambda key, _: ())
    event_index = _Loader(_read, tournaments.event_indexes, _never_changes)
    stage_field = _Loader(_read, tournaments.stage_fields, lambda key, _: [tournaments.tournament_topic(key[0])])
    stage_requests = _Loader(_read, tournaments.stage_requests, lambda key, _: [tournaments.tournament_topic(key[0])])
    ladder = _Loader(_snapshot, tournaments.ladders, lambda key, _: [tournaments.progress_topic(key[0])])
    stages = _Loader(_read, tournaments.stage_views, lambda key, _: [tournaments.tournament_topic(key)])
    heat = _Loader(
        _snapshot,
        tournaments.heats_by_id,
        lambda key, found: None if found is None else [tournaments.bracket_topic(found.tournament_id)],
    )
    # Of which tournament they are is known to whoever asks for them.
    heat_page = _Loader(_snapshot, tournaments.heat_pages, lambda key, _: ())
    stage_heats = _Loader(_snapshot, tournaments.heats_of_stages, lambda key, _: ())
    # Of a Swiss round that nobody has begun it may become another, which is a change of the tournament.
    place = _Loader(
        _read,
        tournaments.places_by_match,
        lambda key, found: [
            matches.match_topic(key),
            *([] if found is None else [tournaments.tournament_topic(found.tournament_id)]),
        ],
    )
    entrant = _Loader(_read, tournaments.entrants_by_id)
    # Of a guest readers are shown the name, which never changes.
    guest = _Loader(_read, tournaments.guests_by_id, _never_changes)
    event_import = _Loader(_read, tournaments.imports_by_id)
    entrant_page = _Loader(_read, tournaments.entrant_pages, lambda key, _: [tournaments.tournament_topic(key[0])])
    entry = _Loader(_read, tournaments.entries_of_user)
    guest_claim = _Loader(_read, tournaments.guest_claims.claims_by_id)
    claimed_page = _Loader(_read, tournaments.guest_claims.claimed_pages)
    players = _Loader(_read, tournaments.players_of)
    venue = _Loader(_read, venues.venues_by_id, lambda key, _: [venues.venue_topic(key)])
    table = _Loader(
        _read, venues.tables_by_id, lambda key, found: None if found is None else [venues.venue_topic(found.venue_id)]
    )
    venue_tables = _Loader(_read, venues.tables_of, lambda key, _: [venues.venue_topic(key)])
    call = _Loader(_read, queues.calls_by_id)
    match_deadlines = _Loader(_read, deadlines.deadlines_by_id, lambda key, _: [tournaments.tournament_topic(key)])
    check_in = _Loader(
        _read,
        deadlines.check_ins_by_match,
        # All of them go when the tournament has none any more.
        lambda key, found: [
            matches.match_topic(key),
            *([] if found is None else [tournaments.tournament_topic(found.tournament_id)]),
        ],
    )
    confirmation = _Loader(_read, deadlines.confirmations_by_match, lambda key, _: [matches.match_topic(key)])
    dispute_room_of_match = _Loader(_read, disputes.rooms_of_matches)
    dispute_room = _Loader(_read, disputes.rooms_by_id)
    notification = _Loader(_read, notifications.notifications_by_id)
    unread_count = _Loader(_read, notifications.unread_counts)
    grants = _Loader(_read, accounts.grants_of)
    partner = _Loader(_read, partners.partners_by_id)
    api_key = _Loader(_read, partners.api_keys_by_id)
    partner_document = _Loader(_read, partners.documents_by_id)
    partner_release = _Loader(_read, partners.releases_by_id)
    api_key_page = _Loader(_read, partners.api_key_pages)
    partner_document_page = _Loader(_read, partners.document_pages)
    partner_release_page = _Loader(_read, partners.release_pages)
    release_documents = _Loader(_read, partners.documents_of_releases)
    is_served = _Loader(_read, partners.served_among)
    document_usage = _Loader(_read, partners.usage_of_documents)
    attendance = _Loader(_presence, Presence.attendances)

    def __init__(self, services: Services, reads: Reads) -> None:
        self.services = services
        self.reads = reads

    @cached_property
    def rounds(self) -> Rounds:
        """When they send, all of them."""
        return Rounds()
