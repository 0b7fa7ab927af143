"""Accounts, as clients see them: users, sessions, credentials, profiles and roles."""

from schema.accounts.credentials import CredentialsMutation
from schema.accounts.profile import ProfileMutation
from schema.accounts.sessions import SessionsMutation
from schema.accounts.types import AccountsQuery, AuthTokens, Preferences, Session, User, Viewer
from schema.fields import object_type


@object_type
class AccountsMutation(SessionsMutation, CredentialsMutation, ProfileMutation):
    """Writes about users."""


__all__ = [
    "AccountsMutation",
    "AccountsQuery",
    "AuthTokens",
    "Preferences",
    "Session",
    "User",
    "Viewer",
]
