"""A ladder: who stands on which rung, who has challenged whom, and what moved whom."""

from __future__ import annotations

from datetime import datetime

import strawberry

from domain import tournaments as domain
from resolvers import ladders as resolve
from resolvers import matches as resolve_matches
from resolvers import tournaments as resolve_tournaments
from resolvers.context import Context
from resolvers.paging import page_request
from schema import matches
from schema.fields import Info, attribute, field, object_type
from schema.paging import After, Connection, First, connection
from schema.refs import EntrantRef, MatchRef
from schema.scoring import MatchScoring
from schema.tournaments import types


@object_type(broadcastable=True)
class LadderSettings:
    """How a ladder is played: who is below challenges somebody not far above, and with a win takes the place."""

    best_of: int = attribute("How many games its matches have at most.")
    scoring: MatchScoring = attribute("What the scores of its matches count.")
    reach: int = attribute("How many rungs above the own one may be challenged.")
    idle_days: int | None = attribute("Who has not played for as many days drops. Null: nobody does.")
    drop: int = attribute("By how many rungs they drop.")
    answer_days: int = attribute("Within how many days who is challenged has to play.")
    rematch_days: int = attribute("For how many days two who have met do not meet again.")
    has_late_entry: bool = attribute("Whether people can enter at the bottom while it runs.")
    ends_at: datetime | None = attribute("When it ends by itself. Null: when its organizers end it.")


@object_type
class Rung:
    """Somebody's place on a ladder."""

    ladder: strawberry.Private[resolve.LadderNow]
    seed: strawberry.Private[int]
    rank: int = attribute("Counts from 1, the top.")
    is_in_challenge: bool = attribute("Whether they play in an open challenge.")
    last_played_at: datetime | None = attribute(
        "When they played last, or won because the other side did not. Null: not yet."
    )

    @field
    async def entrant(self, info: Info) -> EntrantRef:
        """Who."""
        return await _entrant(info.context, self.ladder, self.seed)


@object_type
class LadderChallenge:
    """A challenge that is not over."""

    ladder: strawberry.Private[resolve.LadderNow]
    value: strawberry.Private[domain.LadderMatch]
    made_at: datetime = attribute("When it was made.")
    answer_due_at: datetime = attribute(
        "Until when it has to be begun. If it is not, the challenger wins without play."
    )

    @field
    async def match(self, info: Info) -> MatchRef:
        """Its match. The challenger is slot 0."""
        return await _match(info.context, self.value)

    @field
    async def challenger(self, info: Info) -> EntrantRef:
        """Who has challenged."""
        return await _entrant(info.context, self.ladder, self.value.challenger)

    @field
    async def challenged(self, info: Info) -> EntrantRef:
        """Who was challenged."""
        return await _entrant(info.context, self.ladder, self.value.challenged)


@object_type
class RungMove:
    """What a challenge did: the challenger went up, and everybody from there to where they were down by one."""

    ladder: strawberry.Private[resolve.LadderNow]
    value: strawberry.Private[domain.Move[int]]
    moved_at: datetime = attribute("When it was decided.")
    before: int = attribute("The rank from which the challenger came.")
    after: int = attribute("The rank that they took.")

    @field
    async def entrant(self, info: Info) -> EntrantRef:
        """Who went up."""
        return await _entrant(info.context, self.ladder, self.value.entrant)

    @field
    async def match(self, info: Info) -> MatchRef:
        """The match that they won."""
        return await _match(info.context, self.ladder.view.matches[self.value.number - 1])


@object_type
class Ladder:
    """A ladder as it stands now. What people see of it changes with its matches, which `bracketChanges` tells, and when
    somebody drops.
    """

    now: strawberry.Private[resolve.LadderNow]
    closed_at: datetime | None = attribute("When it was ended, by its organizers or by itself. Null: it runs.")
    next_drop_at: datetime | None = attribute("When somebody drops next, unless they play. Null: nobody does.")

    @field
    def rungs(self, first: First = 50, after: After = None) -> Connection[Rung]:
        """Who stands where, the top first."""
        return connection(self.now.rungs(page_request(first, after)), lambda rank: _rung(self.now, rank))

    @field
    def challenges(self, first: First = 20, after: After = None) -> Connection[LadderChallenge]:
        """The challenges that are not over, the oldest first."""
        return connection(
            self.now.challenges(page_request(first, after)),
            lambda value: LadderChallenge(
                ladder=self.now, value=value, made_at=value.made_at, answer_due_at=self.now.view.answer_by(value)
            ),
        )

    @field
    def moves(self, first: First = 20, after: After = None) -> Connection[RungMove]:
        """What challenges did, the newest first. That somebody dropped or left is not among it."""
        return connection(
            self.now.moves(page_request(first, after)),
            lambda value: RungMove(
                ladder=self.now, value=value, moved_at=value.at, before=value.before, after=value.after
            ),
        )

    @field(size=3)
    async def challengeable_by_viewer(self, info: Info) -> list[Rung]:
        """Whom the viewer may challenge now, the nearest first; at most as many as the reach, which is 50 at most.
        Empty for who is not on it.
        """
        found = await resolve.challengeable(info.context, self.now)
        return [_rung(self.now, self.now.standing.order.index(seed) + 1) for seed in found]

    @classmethod
    def from_value(cls, value: resolve.LadderNow) -> Ladder:
        """The ladder as clients see it."""
        return cls(now=value, closed_at=value.view.closed_at, next_drop_at=value.next_drop_at)


def _rung(ladder: resolve.LadderNow, rank: int) -> Rung:
    seed = ladder.standing.order[rank - 1]
    return Rung(
        ladder=ladder,
        seed=seed,
        rank=rank,
        is_in_challenge=seed in ladder.in_challenge,
        last_played_at=ladder.standing.last_played.get(seed),
    )


async def _entrant(ctx: Context, ladder: resolve.LadderNow, seed: int) -> types.Entrant:
    row = await resolve_tournaments.entrant(ctx, ladder.view.entrants[seed])
    if row is None:
        raise domain.EntrantNotFound
    return types.Entrant.from_model(row)


async def _match(ctx: Context, value: domain.LadderMatch) -> matches.Match:
    state = await resolve_matches.match(ctx, value.match_id)
    assert state is not None
    return matches.Match.from_state(state)
