"""What the end of a match means for ratings. Run by workers, each exactly once."""

from __future__ import annotations

from domain import games
from domain.infra.db import WriteSession
from domain.kernel.participant import ParticipantKind
from domain.matches.events import MatchCorrected, MatchFinished, MatchReset, MatchRestored
from domain.matches.values import MatchState, Outcome


async def rate(session: WriteSession, event: MatchFinished) -> None:
    """Rate both sides of a match that was played."""
    await _rate(session, event.state)


async def rate_again(session: WriteSession, event: MatchCorrected) -> None:
    """Rate a corrected match, and every later one that depends on it, as if the result had been right at once."""
    state = event.state
    if not _counts(state):
        await games.unrate_match(session, state.game_id, state.id)
    elif not _counts(event.before):
        await _rate(session, state)
    elif event.before.winner != state.winner:
        await games.rerate_match(session, state.game_id, state.id, state.winner)


async def unrate(session: WriteSession, event: MatchReset) -> None:
    """Take back what a match that was set aside did to ratings, as if it had never been played."""
    await games.unrate_match(session, event.before.game_id, event.before.id)


async def rate_restored(session: WriteSession, event: MatchRestored) -> None:
    """Let a result that holds again count where it counted before."""
    await _rate(session, event.state)


async def _rate(session: WriteSession, state: MatchState) -> None:
    if _counts(state):
        await games.rate_match(session, state.game_id, state.id, _sides(state), state.winner)


def _counts(state: MatchState) -> bool:
    # A match decided without play says nothing about skill, and nobody knows who a guest is.
    is_known = all(slot.kind is not ParticipantKind.GUEST for slot in state.slots)
    return is_known and state.outcome is Outcome.PLAYED


def _sides(state: MatchState) -> tuple[games.Competitor, games.Competitor]:
    first, second = state.slots
    if first.kind is None or first.participant_id is None or second.kind is None or second.participant_id is None:
        raise ValueError(f"match {state.id} was played without two sides")
    return games.Competitor(first.kind, first.participant_id), games.Competitor(second.kind, second.participant_id)
