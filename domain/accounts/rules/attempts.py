"""How often things may be tried."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` attempts in a window that opens with the first one. `name` is part of the stored key."""

    name: str
    count: int
    window: timedelta

    def key(self, who: str) -> bytes:
        """The key under which attempts of someone are counted. A hash: people type passwords into the wrong field."""
        return hashlib.sha256(f"{self.name}\0{who.casefold()}".encode("utf-8", "surrogatepass")).digest()


# A person who mistypes is not locked out; one who guesses tries fewer than a thousand passwords a day of a name, and as
# many of the address of the same account. Counted together they would tell whose address it is.
LOG_IN_BY_NAME = Limit("log in by name", 10, timedelta(minutes=15))
LOG_IN_BY_ADDRESS = Limit("log in by address", 50, timedelta(minutes=15))
# A club behind one address, or `matchpoint play`, makes the accounts of an event at once (128 who enter, or 32 teams of
# four), and soon again; each costs a hash and a mail, so there is an end to it.
REGISTRATIONS_BY_ADDRESS = Limit("registrations by address", 600, timedelta(minutes=15))
PASSWORD_CHECKS = Limit("password checks", 10, timedelta(minutes=15))
RESETS_BY_EMAIL = Limit("resets by e-mail", 3, timedelta(hours=1))
RESETS_BY_ADDRESS = Limit("resets by address", 30, timedelta(hours=1))
VERIFICATIONS = Limit("verifications", 5, timedelta(hours=1))


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """What stands for the one behind an address: an IPv4 address itself, of an IPv6 address the /64 a home gets."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
