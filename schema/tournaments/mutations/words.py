"""What several mutations of tournaments say and read the same way."""

from __future__ import annotations

from uuid import UUID

from domain.kernel.ids import key_of

TOURNAMENT = "The tournament."
ENTRANT = "The entrant."
REASON = "Why, in 1 to 500 characters."


def tournament_key(tournament_id: str) -> UUID:
    """The key of the tournament that an input names."""
    return key_of(tournament_id, "Tournament", "tournamentId")


def entrant_key(entrant_id: str) -> UUID:
    """The key of the entrant that an input names."""
    return key_of(entrant_id, "Entrant", "entrantId")
