"""What happens in a tournament, as it happens."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from domain.kernel.ids import global_id, key_of
from domain.matches import MatchState
from resolvers import tournaments as resolve
from resolvers.scores import ScoresSnapshot, ScoreValue, live_scores
from resolvers.streams import ResyncReason, cursor
from resolvers.tournaments import BracketValue
from schema import matches
from schema.fields import Access, Info, attribute, object_type, subscription
from schema.matches.enums import MatchStatus
from schema.refs import HeatRef, MatchRef
from schema.streams import Resume, Resync
from schema.tournaments import heats
from schema.tournaments.bracket import Bracket
from schema.tournaments.types import Tournament

TournamentId = Annotated[strawberry.ID, strawberry.argument(description="The tournament.")]


@object_type(broadcastable=True)
class BracketSnapshot:
    """Where a stream of bracket changes begins, or begins again."""

    cursor: str = attribute("Resume from here.")
    tournament: Tournament = attribute("The tournament.")
    bracket: Bracket | None = attribute("Every match. Null until one is drawn.")


@object_type(broadcastable=True)
class MatchChanged:
    """A match at a new version."""

    cursor: str = attribute("Resume from here; exactly one more than the message before.")
    match: MatchRef = attribute("The match at that version.")


@object_type(broadcastable=True)
class HeatChanged:
    """A heat of a free-for-all at a new version."""

    cursor: str = attribute("Resume from here; exactly one more than the message before.")
    heat: HeatRef = attribute("The heat at that version.")


@object_type(broadcastable=True)
class TournamentChanged:
    """The tournament itself changed: its status, its entrants, or what organizers wrote."""

    cursor: str = attribute("Resume from here; exactly one more than the message before.")
    tournament: Tournament = attribute("The tournament as it is now.")


BracketChange = Annotated[
    BracketSnapshot | MatchChanged | HeatChanged | TournamentChanged | Resync,
    strawberry.union("BracketChange", description="A message of the stream of bracket changes."),
]


@object_type(broadcastable=True)
class LiveScore:
    """The score of one match."""

    match_id: strawberry.ID = attribute("The match.")
    version: int = attribute("Its version; only newer ones follow.")
    status: MatchStatus = attribute("Where the match is in its life.")
    names: list[str | None] = attribute("Who plays in slot 0 and in slot 1.", size=2)
    scores: list[int | None] = attribute("The scores of slot 0 and of slot 1. Null before play and without it.", size=2)
    winner_slot: int | None = attribute("The slot that won. Null until decided.")


@object_type(broadcastable=True)
class LiveScoresSnapshot:
    """Where a stream of scores begins, or begins again."""

    scores: list[LiveScore] = attribute("Every match that can be played now and is not over.", size=256)


LiveScoreChange = Annotated[
    LiveScoresSnapshot | LiveScore | Resync,
    strawberry.union("LiveScoreChange", description="A message of the stream of live scores."),
]


@object_type
class TournamentsSubscription:
    """What happens in tournaments."""

    @subscription(Access.ANYONE)
    async def bracket_changes(
        self, info: Info, tournament_id: TournamentId, after: Resume = None
    ) -> AsyncIterable[BracketChange]:
        """What happens in a tournament: a snapshot, then every change, once and in order.
        Matches come to be at version 1 with the start, which arrives as a TournamentChanged: read the bracket from it.
        From then on every version of every match arrives. The same holds for heats: when a round of them is over, the
        heats of the next and who is through come with a TournamentChanged.
        """
        key = key_of(tournament_id, "Tournament", "tournamentId")
        return (await resolve.bracket_changes(info.context, key, cursor(after))).map(_bracket_message)

    @subscription(Access.ANYONE)
    async def live_scores(self, info: Info, tournament_id: TournamentId) -> AsyncIterable[LiveScoreChange]:
        """The scores of a tournament: all of them, then each as it changes. A slow client skips to the newest."""
        key = key_of(tournament_id, "Tournament", "tournamentId")
        return (await live_scores(info.context, key)).map(_score_message)


def _bracket_message(value: BracketValue) -> BracketSnapshot | MatchChanged | HeatChanged | TournamentChanged | Resync:
    if isinstance(value, ResyncReason):
        return Resync(reason=value)
    if isinstance(value, resolve.BracketSnapshot):
        return BracketSnapshot(
            cursor=str(value.tournament.change_count),
            tournament=Tournament.from_model(value.tournament),
            bracket=None if value.bracket is None else Bracket.from_view(value.bracket),
        )
    if isinstance(value, resolve.MatchChange):
        return MatchChanged(cursor=str(value.sequence), match=matches.Match.from_state(value.state))
    if isinstance(value, resolve.HeatChange):
        return HeatChanged(cursor=str(value.sequence), heat=heats.Heat.from_state(value.state))
    return TournamentChanged(cursor=str(value.sequence), tournament=Tournament.from_model(value.tournament))


def _score_message(value: ScoreValue) -> LiveScoresSnapshot | LiveScore | Resync:
    if isinstance(value, ResyncReason):
        return Resync(reason=value)
    if isinstance(value, ScoresSnapshot):
        return LiveScoresSnapshot(scores=[_score(state) for state in value.states])
    return _score(value)


def _score(state: MatchState) -> LiveScore:
    return LiveScore(
        match_id=strawberry.ID(global_id("Match", state.id)),
        version=state.version,
        status=state.status,
        names=[slot.name for slot in state.slots],
        scores=[slot.score for slot in state.slots],
        winner_slot=state.winner,
    )
