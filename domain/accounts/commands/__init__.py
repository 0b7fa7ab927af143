"""Writes of the accounts context."""

from domain.accounts.commands.access import Accounts, Authenticated, AuthTokens, SignedIn
from domain.accounts.commands.email import VerifyEmail, request_email_verification, verify_email
from domain.accounts.commands.grants import give_grant, take_grant
from domain.accounts.commands.passwords import (
    ChangePassword,
    RequestPasswordReset,
    ResetPassword,
    change_password,
    request_password_reset,
    reset_password,
)
from domain.accounts.commands.profile import UpdatePreferences, UpdateProfile, update_preferences, update_profile
from domain.accounts.commands.registration import Register, ensure_admin, register
from domain.accounts.commands.roles import GiveRole, TakeRole, give_role, take_role
from domain.accounts.commands.sessions import (
    Device,
    LogIn,
    LogOut,
    RefreshSession,
    RevokeOtherSessions,
    RevokeSession,
    log_in,
    log_out,
    refresh_session,
    revoke_other_sessions,
    revoke_session,
)
from domain.accounts.commands.sweeping import sweep_accounts

__all__ = [
    "Accounts",
    "AuthTokens",
    "Authenticated",
    "ChangePassword",
    "Device",
    "GiveRole",
    "LogIn",
    "LogOut",
    "RefreshSession",
    "Register",
    "RequestPasswordReset",
    "ResetPassword",
    "RevokeOtherSessions",
    "RevokeSession",
    "SignedIn",
    "TakeRole",
    "UpdatePreferences",
    "UpdateProfile",
    "VerifyEmail",
    "change_password",
    "ensure_admin",
    "give_grant",
    "give_role",
    "log_in",
    "log_out",
    "refresh_session",
    "register",
    "request_email_verification",
    "request_password_reset",
    "reset_password",
    "revoke_other_sessions",
    "revoke_session",
    "sweep_accounts",
    "take_grant",
    "take_role",
    "update_preferences",
    "update_profile",
    "verify_email",
]
