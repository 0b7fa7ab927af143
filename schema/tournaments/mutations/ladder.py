"""What people do on a ladder."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from domain import tournaments as domain
from domain.kernel.ids import key_of
from domain.matches import Match as MatchRow
from schema import matches
from schema.errors import Refusal
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, input_type, mutation, object_type
from schema.refs import MatchRef
from schema.tournaments.mutations.words import TOURNAMENT, tournament_key
from schema.tournaments.types import Tournament


@input_type
class ChallengeOnLadderInput:
    """Whom to challenge. The challenger is the entrant that the viewer plays for, on the same ladder."""

    opponent_entrant_id: strawberry.ID = attribute("The entrant to challenge.")
    idempotency_key: str = attribute(IDEMPOTENCY_KEY)


@input_type
class WithdrawChallengeInput:
    """Which challenge is taken back."""

    match_id: strawberry.ID = attribute("Its match.")
    version: int = attribute("The version of the match that you saw.")


@input_type
class FinishStageInput:
    """Which ladder is ended."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)
    stage: int = attribute("The number of the stage, from 1.")


@input_type
class SetLadderEndInput:
    """When a ladder ends by itself."""

    tournament_id: strawberry.ID = attribute(TOURNAMENT)
    stage: int = attribute("The number of the stage, from 1.")
    ends_at: datetime | None = attribute("The instant, which is still to come. Null: it does not end by itself.")


@object_type
class ChallengeOnLadderPayload:
    """The challenge is made, and who is challenged is told."""

    match: MatchRef = attribute("Its match. The challenger is slot 0.")


@object_type
class WithdrawChallengePayload:
    """The challenge is taken back."""

    match: MatchRef = attribute("Its match, which is cancelled.")


@object_type
class FinishStagePayload:
    """Nobody can be challenged any more."""

    tournament: Tournament = attribute(TOURNAMENT)


@object_type
class SetLadderEndPayload:
    """The ladder ends then, in the same way as with `finishStage`."""

    tournament: Tournament = attribute(TOURNAMENT)


ChallengeOnLadderResult = Annotated[
    ChallengeOnLadderPayload | Refusal,
    strawberry.union("ChallengeOnLadderResult", description="The match, or why it is not made."),
]
WithdrawChallengeResult = Annotated[
    WithdrawChallengePayload | Refusal,
    strawberry.union("WithdrawChallengeResult", description="The match, or why it stays."),
]
FinishStageResult = Annotated[
    FinishStagePayload | Refusal,
    strawberry.union("FinishStageResult", description="The tournament, or why the stage goes on."),
]

SetLadderEndResult = Annotated[
    SetLadderEndPayload | Refusal,
    strawberry.union("SetLadderEndResult", description="The tournament, or why nothing has changed."),
]


@object_type
class LadderMutation:
    """What people do on a ladder."""

    @mutation(Access.SIGNED_IN)
    async def challenge_on_ladder(self, info: Info, input: ChallengeOnLadderInput) -> ChallengeOnLadderResult:
        """Challenge somebody above, as a player of an entrant. With a win the challenger takes their place, and those
        in between move down by one. Each has one open challenge as challenger at most, and one as challenged.
        """
        ctx = info.context
        command = domain.challenges.ChallengeOnLadder(
            key_of(input.opponent_entrant_id, "Entrant", "opponentEntrantId"), ctx.clock.now()
        )
        row = await ctx.execute_once(domain.challenges.challenge_on_ladder, command, input.idempotency_key, MatchRow)
        return ChallengeOnLadderPayload(match=matches.Match.from_state(row.state))

    @mutation(Access.SIGNED_IN)
    async def withdraw_challenge(self, info: Info, input: WithdrawChallengeInput) -> WithdrawChallengeResult:
        """Take a challenge back that has not begun, as a player of the challenger or as an organizer."""
        ctx = info.context
        command = domain.challenges.WithdrawChallenge(
            key_of(input.match_id, "Match", "matchId"), input.version, ctx.clock.now()
        )
        row = await ctx.execute(domain.challenges.withdraw_challenge, command)
        return WithdrawChallengePayload(match=matches.Match.from_state(row.state))

    @mutation(Access.SIGNED_IN)
    async def finish_stage(self, info: Info, input: FinishStageInput) -> FinishStageResult:
        """End a ladder as an organizer. Challenges that have not begun are called off, and with the last one that has,
        or at once, its order counts: for the stages behind it, or as the placements. A repeat changes nothing.
        """
        ctx = info.context
        command = domain.FinishStage(tournament_key(input.tournament_id), input.stage, ctx.clock.now())
        row = await ctx.execute(domain.finish_stage, command)
        return FinishStagePayload(tournament=Tournament.from_model(row.view))

    @mutation(Access.SIGNED_IN)
    async def set_ladder_end(self, info: Info, input: SetLadderEndInput) -> SetLadderEndResult:
        """Change when a ladder that runs ends by itself, as an organizer. From that instant on nobody is challenged,
        challenges that have not begun are called off, and its order counts as after `finishStage`. A repeat changes
        nothing.
        """
        ctx = info.context
        command = domain.SetLadderEnd(tournament_key(input.tournament_id), input.stage, input.ends_at, ctx.clock.now())
        row = await ctx.execute(domain.set_ladder_end, command)
        return SetLadderEndPayload(tournament=Tournament.from_model(row.view))
