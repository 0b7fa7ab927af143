"""Who plays in the demo: invented teams, the same ones whenever they are asked for.

Their passwords follow from the secret of the server, so they need not be kept, and nobody else can log in as them.
Their names end in a mark that follows from it too, so nobody can take them in advance.
"""

from __future__ import annotations

import hashlib
import hmac
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

_MARK_DIGITS = 6
# No mail ever reaches it (RFC 6761, 6.4).
_MAIL_DOMAIN = "demo.invalid"
_PURPOSE = b"matchpoint demo accounts"

_FIRST = (
    "Amber", "Arctic", "Brass", "Cobalt", "Copper", "Crimson", "Desert", "Electric", "Emerald", "Granite", "Harbour",
    "Hollow", "Indigo", "Iron", "Ivory", "Lunar", "Marble", "Midnight", "Northern", "Obsidian", "Paper", "Quiet",
    "Rogue", "Rusty", "Scarlet", "Silver", "Solar", "Static", "Thunder", "Velvet", "Violet", "Wild",
)  # fmt: skip
_SECOND = (
    "Anchors", "Badgers", "Cartel", "Comets", "Couriers", "Cranes", "Drifters", "Falcons", "Foxes", "Gears", "Giants",
    "Harriers", "Herons", "Hounds", "Jackals", "Kestrels", "Lanterns", "Lynx", "Mantis", "Monks", "Nomads", "Otters",
    "Pilots", "Ravens", "Sentinels", "Sparks", "Stags", "Tempest", "Titans", "Vandals", "Vipers", "Wolves",
)  # fmt: skip
_START = ("Ka", "Mi", "Ze", "Lu", "Ro", "Ta", "Ny", "Vex", "Jo", "Quin", "Sol", "Bri", "Dax", "Fen", "Hex", "Or", "Pix")
_MIDDLE = ("ra", "ki", "lo", "ven", "mi", "so", "du", "ri", "na", "ze", "ta", "bo")
_END = ("n", "x", "ra", "th", "ko", "s", "mo", "lis", "r", "ya", "ck", "ph")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account."""

    username: str
    display_name: str
    email: str


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """A team; its first member is the captain."""

    slug: str
    name: str
    tag: str
    members: tuple[Person, ...]

    @property
    def captain(self) -> Person:
        """Who leads it."""
        return self.members[0]


class Cast:
    """The organizer and the teams, as the secret and the seed make them."""

    def __init__(self, secret: str, teams: int, team_size: int, seed: int) -> None:
        self._key = hmac.digest(secret.encode(), _PURPOSE, "sha256")
        self.organizer = self._person("Matchpoint", "Matchpoint Demo", self._mark("organizer"))
        # Another seed makes other people, even where names are the same.
        self._team_mark = self._mark(f"teams {seed}")
        chance = random.Random(seed)  # noqa: S311  (names, not secrets)
        handles = _handles(chance, teams * team_size)
        self.teams: Sequence[DemoTeam] = [
            self._team(name, handles[number * team_size : (number + 1) * team_size])
            for number, name in enumerate(_team_names(chance, teams))
        ]

    def password(self, person: Person) -> str:
        """The password of somebody in the cast."""
        return hmac.new(self._key, f"password {person.username}".encode(), hashlib.sha256).hexdigest()

    def _team(self, name: str, handles: Sequence[str]) -> DemoTeam:
        plain = re.sub(r"[^a-z]+", "-", name.lower())
        first, second = name.split()
        members = tuple(self._person(handle, handle, self._team_mark) for handle in handles)
        return DemoTeam(f"{plain}-{self._team_mark}", name, (first[:1] + second[:2]).upper(), members)

    def _mark(self, what: str) -> str:
        return hmac.new(self._key, f"mark {what}".encode(), hashlib.sha256).hexdigest()[:_MARK_DIGITS]

    def _person(self, handle: str, display_name: str, mark: str) -> Person:
        username = f"{handle}_{mark}"
        return Person(username, display_name, f"{username.lower()}@{_MAIL_DOMAIN}")


def _team_names(chance: random.Random, count: int) -> list[str]:
    firsts, seconds = list(_FIRST), list(_SECOND)
    chance.shuffle(firsts)
    chance.shuffle(seconds)
    # Every pair of the two lists is met once before one comes again.
    pairs = (
        (first, seconds[(index + turn) % len(seconds)])
        for turn in range(len(seconds))
        for index, first in enumerate(firsts)
    )
    return [" ".join(pair) for pair, _ in zip(pairs, range(count), strict=False)]


def _handles(chance: random.Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        middle = chance.choice(_MIDDLE) if chance.random() < 0.7 else ""
        found[chance.choice(_START) + middle + chance.choice(_END)] = None
    return list(found)
