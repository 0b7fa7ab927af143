"""Refusals of the venues context."""

from __future__ import annotations

from domain.kernel.errors import Conflict, Forbidden, LimitReached, NotFound
from domain.venues.values import MAX_MANAGERS, MAX_TABLES, MAX_VENUES_PER_OWNER


class VenueNotFound(NotFound):
    """There is no such venue."""

    def __init__(self) -> None:
        super().__init__("venue")


class TableNotFound(NotFound):
    """There is no such table."""

    def __init__(self) -> None:
        super().__init__("table")


class NotVenueManager(Forbidden):
    """The actor does not manage the venue."""

    def __init__(self) -> None:
        super().__init__("Only a manager of this venue may do this.")


class VenueSlugTaken(Conflict):
    """Another venue has this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"The slug {slug} is taken; choose another.")
        self.slug = slug


class TableNumberTaken(Conflict):
    """Another table of the venue has this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"This venue has a table {number} already; choose another number.")
        self.number = number


class OwnerStays(Conflict):
    """The owner of a venue always manages it."""

    def __init__(self) -> None:
        super().__init__("The owner of a venue always manages it.")


class TooManyVenues(LimitReached):
    """The user owns as many venues as one may."""

    def __init__(self) -> None:
        super().__init__(f"A user owns at most {MAX_VENUES_PER_OWNER} venues.")


class TooManyTables(LimitReached):
    """The venue has as many tables as it may have."""

    def __init__(self) -> None:
        super().__init__(f"A venue has at most {MAX_TABLES} tables.")


class TooManyVenueManagers(LimitReached):
    """The venue has as many managers as it may have."""

    def __init__(self) -> None:
        super().__init__(f"A venue has at most {MAX_MANAGERS} managers; remove one first.")
