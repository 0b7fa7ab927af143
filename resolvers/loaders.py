"""Loaders: relations are read in batches."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from uuid import UUID

from aiodataloader import DataLoader

from domain import accounts, games, matches, notifications, partners, teams, tournaments
from domain.infra.presence import Attendance, Presence, Subject
from domain.kernel.actor import Role
from domain.kernel.paging import Page, PageRequest
from domain.kernel.participant import ParticipantKind
from resolvers.batches import Rounds
from resolvers.services import Services


class Loaders:
    """The loaders of one request. A singular name gives one value per key, a plural one a list."""

    def __init__(self, services: Services) -> None:
        one, db = Rounds().loader, services.db
        self.user: DataLoader[UUID, accounts.User | None] = one(db.read, accounts.users_by_id)
        self.session: DataLoader[UUID, accounts.Session | None] = one(db.read, accounts.sessions_by_id)
        self.roles: DataLoader[UUID, frozenset[Role] | None] = one(db.read, accounts.roles_by_user)
        self.preferences: DataLoader[UUID, accounts.Preferences | None] = one(db.read, accounts.preferences_by_user)
        self.game: DataLoader[UUID, games.Game | None] = one(db.read, games.games_by_id)
        self.game_by_slug: DataLoader[str, games.Game | None] = one(db.read, games.games_by_slug)
        self.rating: DataLoader[tuple[UUID, ParticipantKind, UUID], games.Rating | None] = one(
            db.read, games.ratings_by_key
        )
        self.team: DataLoader[UUID, teams.Team | None] = one(db.read, teams.teams_by_id)
        self.team_captain: DataLoader[UUID, UUID | None] = one(db.read, teams.last_captains_of)
        self.captain: DataLoader[UUID, UUID | None] = one(db.read, teams.captains_of)
        self.team_members: DataLoader[UUID, list[teams.TeamMember] | None] = one(db.read, teams.members_of)
        self.team_invitation: DataLoader[UUID, teams.TeamInvitation | None] = one(db.read, teams.invitations_by_id)
        self.pending_team_invitations: DataLoader[UUID, list[teams.TeamInvitation] | None] = one(
            db.read, teams.pending_invitations_of
        )
        self.team_page_of_user: DataLoader[tuple[UUID, PageRequest], Page[teams.Team] | None] = one(
            db.read, teams.team_pages_of_users
        )
        self.match: DataLoader[UUID, matches.MatchState | None] = one(db.read, matches.states_by_id)
        self.log_page: DataLoader[tuple[UUID, PageRequest], Page[matches.MatchLogRow] | None] = one(
            db.read, matches.log_pages
        )
        self.tournament: DataLoader[UUID, tournaments.Tournament | None] = one(db.read, tournaments.tournaments_by_id)
        self.bracket: DataLoader[UUID, tournaments.BracketView | None] = one(db.snapshot, tournaments.bracket_views)
        self.bracket_index: DataLoader[UUID, tournaments.BracketIndex | None] = one(
            db.read, tournaments.bracket_indexes
        )
        self.place: DataLoader[UUID, tournaments.BracketPlace | None] = one(db.read, tournaments.places_by_match)
        self.entrant: DataLoader[UUID, tournaments.Entrant | None] = one(db.read, tournaments.entrants_by_id)
        self.entrant_page: DataLoader[tournaments.EntrantList, Page[tournaments.Entrant] | None] = one(
            db.read, tournaments.entrant_pages
        )
        self.entry: DataLoader[tuple[UUID, UUID], tournaments.Entrant | None] = one(
            db.read, tournaments.entries_of_user
        )
        self.players: DataLoader[UUID, list[UUID] | None] = one(db.read, tournaments.players_of)
        self.notification: DataLoader[UUID, notifications.Notification | None] = one(
            db.read, notifications.notifications_by_id
        )
        self.unread_count: DataLoader[UUID, int | None] = one(db.read, notifications.unread_counts)
        self.grants: DataLoader[UUID, list[UUID] | None] = one(db.read, accounts.grants_of)
        self.partner: DataLoader[UUID, partners.Partner | None] = one(db.read, partners.partners_by_id)
        self.api_key: DataLoader[UUID, partners.ApiKey | None] = one(db.read, partners.api_keys_by_id)
        self.partner_document: DataLoader[UUID, partners.Document | None] = one(db.read, partners.documents_by_id)
        self.partner_release: DataLoader[UUID, partners.Release | None] = one(db.read, partners.releases_by_id)
        self.api_key_page: DataLoader[partners.PageOfPartner, Page[partners.ApiKey] | None] = one(
            db.read, partners.api_key_pages
        )
        self.partner_document_page: DataLoader[partners.PageOfPartner, Page[partners.Document] | None] = one(
            db.read, partners.document_pages
        )
        self.partner_release_page: DataLoader[partners.PageOfPartner, Page[partners.Release] | None] = one(
            db.read, partners.release_pages
        )
        self.release_documents: DataLoader[UUID, list[partners.Document] | None] = one(
            db.read, partners.documents_of_releases
        )
        self.is_served: DataLoader[UUID, bool | None] = one(db.read, partners.served_among)
        self.document_usage: DataLoader[tuple[UUID, str, date], partners.UsageTotals | None] = one(
            db.read, partners.usage_of_documents
        )
        self.attendance: DataLoader[Subject, Attendance | None] = one(
            lambda: nullcontext(services.presence), Presence.attendances
        )
