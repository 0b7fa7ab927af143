"""Refusals of the partners context."""

from __future__ import annotations

from domain.kernel.errors import Conflict, Forbidden, LimitReached, NotFound, Unauthenticated
from domain.partners.values import MAX_DOCUMENTS, MAX_LIVE_KEYS, MAX_MANAGERS, MAX_RELEASES


class ApiKeyInvalid(Unauthenticated):
    """No live key: unknown, revoked, expired, or of a suspended partner. Which of them is not told."""

    def __init__(self) -> None:
        super().__init__("This API key does not hold; use a live one.")


class PartnerNotFound(NotFound):
    """There is no such partner, or the viewer does not manage it."""

    def __init__(self) -> None:
        super().__init__("partner")


class ApiKeyNotFound(NotFound):
    """There is no such key, or the viewer does not manage its partner."""

    def __init__(self) -> None:
        super().__init__("API key")


class DocumentNotFound(NotFound):
    """There is no such document, or the viewer does not manage its partner."""

    def __init__(self) -> None:
        super().__init__("document")


class ReleaseNotFound(NotFound):
    """There is no such release, or the viewer does not manage its partner."""

    def __init__(self) -> None:
        super().__init__("release")


class NotAnAdministrator(Forbidden):
    """Only administrators decide this about partners."""

    def __init__(self) -> None:
        super().__init__("Only an administrator may do this.")


class PartnerSlugTaken(Conflict):
    """Another partner has this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"The slug {slug} is taken; choose another.")


class ReleaseLabelTaken(Conflict):
    """The partner has a release of this label."""

    def __init__(self, label: str) -> None:
        super().__init__(f"There is a release {label} already; give this one another label.")


class LastManager(Conflict):
    """A partner is always managed by somebody."""

    def __init__(self) -> None:
        super().__init__("A partner has at least one manager; add another first.")


class ApiKeyIsDead(Conflict):
    """The key was revoked or has expired."""

    def __init__(self) -> None:
        super().__init__("This key was revoked or has expired; create a new one.")


class TooManyApiKeys(LimitReached):
    """The partner has as many live keys as it may."""

    def __init__(self) -> None:
        super().__init__(f"A partner has at most {MAX_LIVE_KEYS} live keys; revoke one first.")


class TooManyDocuments(LimitReached):
    """The partner would have more documents than it may."""

    def __init__(self) -> None:
        super().__init__(f"A partner has at most {MAX_DOCUMENTS} documents, over all its releases.")


class TooManyReleases(LimitReached):
    """The partner has as many releases as it may."""

    def __init__(self) -> None:
        super().__init__(f"A partner has at most {MAX_RELEASES} releases.")


class TooManyManagers(LimitReached):
    """The partner has as many managers as it may."""

    def __init__(self) -> None:
        super().__init__(f"A partner has at most {MAX_MANAGERS} managers.")
