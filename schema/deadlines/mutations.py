"""Setting deadlines of matches, and being there in time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from domain import deadlines as domain
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import key_of
from domain.tournaments import TournamentNotFound
from resolvers import tournaments as resolve_tournaments
from schema import matches, tournaments
from schema.errors import Refusal
from schema.fields import Access, Info, attribute, input_type, mutation, object_type
from schema.refs import MatchRef, TournamentRef


@input_type
class SetMatchDeadlinesInput:
    """What is due in the matches of a tournament, in place of what was."""

    tournament_id: strawberry.ID = attribute("The tournament.")
    check_in_minutes: int | None = attribute(
        "How many minutes both sides have to check in, once a match can be played: 1 to 1440."
        " Null: they need not, in matches that wait already neither."
    )
    confirmation_minutes: int | None = attribute(
        "After how many minutes without an answer a reported result is confirmed by itself: 1 to 10080. Null: never."
    )


@input_type
class CheckInToMatchInput:
    """Who is there to play."""

    match_id: strawberry.ID = attribute("The match.")
    slot: int | None = attribute(
        "0 or 1. Null: the own side, or both for an organizer or a referee who does not play.", default=None
    )


@input_type
class SetCheckInDeadlineInput:
    """Until when the sides of a match can check in."""

    match_id: strawberry.ID = attribute("The match.")
    deadline_at: datetime | None = attribute(
        "Later than now, and at most seven days away. Null: without end, so nobody loses by it."
    )


@object_type
class SetMatchDeadlinesPayload:
    """The deadlines hold for matches that can be played, and results that are reported, from now on."""

    tournament: TournamentRef = attribute("The tournament.")


@object_type
class CheckInToMatchPayload:
    """The side is there; with the second one the match has begun."""

    match: MatchRef = attribute("The match as it is now.")


@object_type
class SetCheckInDeadlinePayload:
    """The sides have another deadline, or none."""

    match: MatchRef = attribute("The match as it is now.")


SetMatchDeadlinesResult = Annotated[
    SetMatchDeadlinesPayload | Refusal,
    strawberry.union("SetMatchDeadlinesResult", description="The tournament, or why its deadlines stay."),
]
CheckInToMatchResult = Annotated[
    CheckInToMatchPayload | Refusal,
    strawberry.union("CheckInToMatchResult", description="The match, or why nobody has checked in."),
]
SetCheckInDeadlineResult = Annotated[
    SetCheckInDeadlinePayload | Refusal,
    strawberry.union("SetCheckInDeadlineResult", description="The match, or why its deadline stays."),
]


@object_type
class DeadlinesMutation:
    """Setting deadlines of matches, and being there in time."""

    @mutation(Access.SIGNED_IN)
    async def set_match_deadlines(self, info: Info, input: SetMatchDeadlinesInput) -> SetMatchDeadlinesResult:
        """Set until when sides check in for matches and answer reported results. For organizers. Can be repeated."""
        ctx = info.context
        command = domain.SetMatchDeadlines(
            tournament_id=key_of(input.tournament_id, "Tournament", "tournamentId"),
            check_in_minutes=input.check_in_minutes,
            confirmation_minutes=input.confirmation_minutes,
            now=ctx.clock.now(),
        )
        row = await ctx.execute(domain.set_match_deadlines, command)
        found = await resolve_tournaments.tournament(ctx, row.id)
        if found is None:
            raise TournamentNotFound
        return SetMatchDeadlinesPayload(tournament=tournaments.Tournament.from_model(found))

    @mutation(Access.SIGNED_IN)
    async def check_in_to_match(self, info: Info, input: CheckInToMatchInput) -> CheckInToMatchResult:
        """Say that a side is there to play; when both are, the match begins. A repeat changes nothing."""
        ctx = info.context
        if input.slot not in (None, 0, 1):
            raise InvalidInput("A match has the slots 0 and 1.", "slot")
        command = domain.CheckInToMatch(
            match_id=key_of(input.match_id, "Match", "matchId"), slot=input.slot, now=ctx.clock.now()
        )
        row = await ctx.execute(domain.check_in_to_match, command)
        return CheckInToMatchPayload(match=matches.Match.from_state(row.state))

    @mutation(Access.SIGNED_IN)
    async def set_check_in_deadline(self, info: Info, input: SetCheckInDeadlineInput) -> SetCheckInDeadlineResult:
        """Give the sides of a match another time to check in. For organizers and referees. Can be repeated."""
        ctx = info.context
        command = domain.SetCheckInDeadline(
            match_id=key_of(input.match_id, "Match", "matchId"), deadline_at=input.deadline_at, now=ctx.clock.now()
        )
        row = await ctx.execute(domain.set_check_in_deadline, command)
        return SetCheckInDeadlinePayload(match=matches.Match.from_state(row.state))
