"""PostgreSQL and Valkey started from installed binaries, and the supervisor that keeps services running.

One process, `matchpoint up`, owns the servers; everyone else gets their addresses through DATABASE_URL and
REDIS_URL. Whatever starts them must do so from its main thread: on Linux they die with the thread that forked them.
"""

from domain.infra.embedded.errors import EmbeddedServiceError
from domain.infra.embedded.lock import DirectoryLock
from domain.infra.embedded.postgres import PostgreSQL
from domain.infra.embedded.supervisor import Command, ServiceState, ServiceStatus, Supervisor
from domain.infra.embedded.valkey import Valkey

__all__ = [
    "Command",
    "DirectoryLock",
    "EmbeddedServiceError",
    "PostgreSQL",
    "ServiceState",
    "ServiceStatus",
    "Supervisor",
    "Valkey",
]
