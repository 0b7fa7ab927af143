"""What the two sides do before and while they play."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from domain import matches as domain
from domain.kernel.ids import key_of
from schema.errors import Refusal
from schema.fields import IDEMPOTENCY_KEY, Access, Info, attribute, input_type, mutation, object_type
from schema.matches.enums import MatchObservation, OpenMatchKind
from schema.matches.mutations.words import GAMES, MATCH, SCORES, VERSION, match_key
from schema.matches.types import Match
from schema.scoring import DRAWS, MatchScoring


@input_type
class CreateMatchInput:
    """A match outside of any tournament, against a user or, with both team ids, against a team."""

    game: str = attribute("The slug of the game.")
    kind: OpenMatchKind = attribute("Why it is played.")
    best_of: int = attribute("How many games it has at most, 1 to 99: an odd number, with PLAY_ALL any, with POINTS 1.")
    scoring: MatchScoring = attribute("What its scores count.", default=MatchScoring.BEST_OF)
    has_draws: bool = attribute(DRAWS, default=True)
    opponent: str | None = attribute("The username of the opponent.", default=None)
    team_id: strawberry.ID | None = attribute("The team the viewer leads.", default=None)
    opponent_team_id: strawberry.ID | None = attribute("The opposing team.", default=None)
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)

    def to_command(self, now: datetime) -> domain.CreateMatch:
        """The command this asks for."""
        return domain.CreateMatch(
            game=self.game,
            kind=self.kind,
            best_of=self.best_of,
            now=now,
            scoring=self.scoring,
            has_draws=self.has_draws,
            opponent=self.opponent,
            team_id=None if self.team_id is None else key_of(self.team_id, "Team", "teamId"),
            opponent_team_id=None
            if self.opponent_team_id is None
            else key_of(self.opponent_team_id, "Team", "opponentTeamId"),
        )


@input_type
class RespondToMatchInput:
    """An answer to an invitation."""

    match_id: strawberry.ID = attribute(MATCH)
    version: int = attribute(VERSION)
    accept: bool = attribute("Whether to play it.")


@input_type
class CancelMatchInput:
    """A match outside of any tournament that is called off."""

    match_id: strawberry.ID = attribute(MATCH)
    version: int = attribute(VERSION)


@input_type
class StartMatchInput:
    """Which match begins."""

    match_id: strawberry.ID = attribute(MATCH)
    version: int = attribute(VERSION)


@input_type
class UpdateScoreInput:
    """A running score."""

    match_id: strawberry.ID = attribute(MATCH)
    version: int = attribute(VERSION)
    scores: list[int] = attribute(f"How it stands. {SCORES}")
    games: list[list[int]] | None = attribute(GAMES, default=None)


@input_type
class RecordMatchEventInput:
    """Something seen during a match."""

    match_id: strawberry.ID = attribute(MATCH)
    kind: MatchObservation = attribute("What kind of thing was seen.")
    message: str = attribute("What was seen, in 1 to 500 characters.")
    idempotency_key: str | None = attribute(IDEMPOTENCY_KEY, default=None)


@object_type
class CreateMatchPayload:
    """The other side is invited."""

    match: Match = attribute("The new match.")


@object_type
class RespondToMatchPayload:
    """The invitation is answered."""

    match: Match = attribute("The match, which is on or called off.")


@object_type
class CancelMatchPayload:
    """The match is called off."""

    match: Match = attribute(MATCH)


@object_type
class StartMatchPayload:
    """The match is being played."""

    match: Match = attribute(MATCH)


@object_type
class UpdateScorePayload:
    """The running score is shown."""

    match: Match = attribute("The match with its score.")


@object_type
class RecordMatchEventPayload:
    """It is in the log of the match."""

    match: Match = attribute("The match; its version has not changed.")


CreateMatchResult = Annotated[
    CreateMatchPayload | Refusal,
    strawberry.union("CreateMatchResult", description="The new match, or why there is none."),
]
RespondToMatchResult = Annotated[
    RespondToMatchPayload | Refusal,
    strawberry.union("RespondToMatchResult", description="The match, or why the answer does not count."),
]
CancelMatchResult = Annotated[
    CancelMatchPayload | Refusal,
    strawberry.union("CancelMatchResult", description="The match, or why it is not called off."),
]
StartMatchResult = Annotated[
    StartMatchPayload | Refusal,
    strawberry.union("StartMatchResult", description="The match, or why it does not begin."),
]
UpdateScoreResult = Annotated[
    UpdateScorePayload | Refusal,
    strawberry.union("UpdateScoreResult", description="The match, or why its score stays."),
]
RecordMatchEventResult = Annotated[
    RecordMatchEventPayload | Refusal,
    strawberry.union("RecordMatchEventResult", description="The match, or why its log stays."),
]


@object_type
class PlayMutation:
    """What the two sides do before and while they play."""

    @mutation(Access.SIGNED_IN)
    async def create_match(self, info: Info, input: CreateMatchInput) -> CreateMatchResult:
        """Invite somebody to a match outside of any tournament."""
        ctx = info.context
        command = input.to_command(ctx.clock.now())
        row = await ctx.execute_once(domain.create_match, command, input.idempotency_key, domain.Match)
        return CreateMatchPayload(match=Match.from_state(row.state))

    @mutation(Access.SIGNED_IN)
    async def respond_to_match(self, info: Info, input: RespondToMatchInput) -> RespondToMatchResult:
        """Accept or decline an invitation to a match."""
        ctx = info.context
        command = domain.RespondToMatch(match_key(input.match_id), input.version, input.accept, ctx.clock.now())
        row = await ctx.execute(domain.respond_to_match, command)
        return RespondToMatchPayload(match=Match.from_state(row.state))

    @mutation(Access.SIGNED_IN)
    async def cancel_match(self, info: Info, input: CancelMatchInput) -> CancelMatchResult:
        """Call off a match outside of any tournament."""
        ctx = info.context
        command = domain.CancelMatch(match_key(input.match_id), input.version, ctx.clock.now())
        row = await ctx.execute(domain.cancel_match, command)
        return CancelMatchPayload(match=Match.from_state(row.state))

    @mutation(Access.SIGNED_IN)
    async def start_match(self, info: Info, input: StartMatchInput) -> StartMatchResult:
        """Say that a match is being played."""
        ctx = info.context
        command = domain.StartMatch(match_key(input.match_id), input.version, ctx.clock.now())
        row = await ctx.execute(domain.start_match, command)
        return StartMatchPayload(match=Match.from_state(row.state))

    @mutation(Access.SIGNED_IN)
    async def update_score(self, info: Info, input: UpdateScoreInput) -> UpdateScoreResult:
        """Show the running score. The result itself is reported and confirmed."""
        ctx = info.context
        command = domain.UpdateScore(
            match_key(input.match_id), input.version, tuple(input.scores), ctx.clock.now(), input.games or ()
        )
        row = await ctx.execute(domain.update_score, command)
        return UpdateScorePayload(match=Match.from_state(row.state))

    @mutation(Access.SIGNED_IN)
    async def record_match_event(self, info: Info, input: RecordMatchEventInput) -> RecordMatchEventResult:
        """Add a comment, a shot, a foul or a rack to the log of a match."""
        ctx = info.context
        command = domain.RecordObservation(match_key(input.match_id), input.kind, input.message, ctx.clock.now())
        row = await ctx.execute_once(domain.record_observation, command, input.idempotency_key, domain.Match)
        return RecordMatchEventPayload(match=Match.from_state(row.state))
