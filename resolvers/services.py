"""What a process has: made once by `app.create_app`, shared by all requests."""

from __future__ import annotations

from dataclasses import dataclass

from domain.accounts import Accounts
from domain.infra.db import Database
from domain.infra.presence import Presence
from domain.infra.settings import Settings
from domain.kernel.clock import Clock


@dataclass(frozen=True, slots=True)
class Services:
    """The long-lived parts a request may use."""

    settings: Settings
    db: Database
    clock: Clock
    accounts: Accounts
    presence: Presence
