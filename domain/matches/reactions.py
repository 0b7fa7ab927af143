"""What the end of a match means for ratings. Run by workers, each exactly once."""

from __future__ import annotations

from domain import games
from domain.infra.db import WriteSession
from domain.matches.events import MatchCorrected, MatchFinished
from domain.matches.values import MatchState, Outcome


async def rate(session: WriteSession, event: MatchFinished) -> None:
    """Rate both sides of a match that was played. A match decided without play says nothing about skill."""
    state = event.state
    if state.outcome is Outcome.PLAYED and state.winner is not None:
        await games.rate_match(session, state.game_id, state.id, _sides(state), state.winner)


async def rate_again(session: WriteSession, event: MatchCorrected) -> None:
    """Rate a corrected match, and every later one that depends on it, as if the result had been right at once."""
    state = event.state
    is_same = (event.before.winner, event.before.outcome) == (state.winner, state.outcome)
    if state.winner is None or is_same:
        return
    if event.before.outcome is Outcome.PLAYED:
        await games.rerate_match(session, state.game_id, state.id, state.winner)
    else:
        await games.rate_match(session, state.game_id, state.id, _sides(state), state.winner)


def _sides(state: MatchState) -> tuple[games.Competitor, games.Competitor]:
    first, second = state.slots
    if first.kind is None or first.participant_id is None or second.kind is None or second.participant_id is None:
        raise ValueError(f"match {state.id} was played without two sides")
    return games.Competitor(first.kind, first.participant_id), games.Competitor(second.kind, second.participant_id)
