"""Matches, their sides and their logs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domain import matches as domain
from domain import tournaments as domain_tournaments
from domain.kernel.ids import global_id, key_of
from resolvers import accounts as resolve_accounts
from resolvers import deadlines as resolve_deadlines
from resolvers import disputes as resolve_disputes
from resolvers import games as resolve_games
from resolvers import matches as resolve
from resolvers import tournaments as resolve_tournaments
from resolvers import vetoes as resolve_vetoes
from resolvers.context import Context
from resolvers.paging import page_request
from schema import accounts, deadlines, disputes, participants, tournaments, vetoes
from schema.fields import Info, attribute, attribute_of, field, object_type
from schema.games import Game
from schema.matches.enums import MatchEventKind, MatchKind, MatchOutcome, MatchStatus
from schema.node import Node, readable
from schema.paging import After, Connection, First, connection
from schema.refs import BracketPlaceRef, DisputeRoomRef, MatchCheckInRef, MatchVetoRef, TournamentRef, UserRef
from schema.scoring import MatchScoring


@object_type(broadcastable=True)
class MatchSlot:
    """One side of a match."""

    slot: strawberry.Private[domain.Slot]
    index: int = attribute("0 or 1.")
    name: str | None = attribute_of(
        "slot.name", "Who plays, as named at registration. Null while unknown, or when nobody will come."
    )
    seed: int | None = attribute_of(
        "slot.seed", "Their seed in the stage of the tournament; the favourite is 1. Null outside of one."
    )
    score: int | None = attribute_of(
        "slot.score",
        "Games won so far or in the end, or with POINTS what was made. Null before play and without it.",
    )
    is_winner: bool = attribute("Whether this side has won.")
    is_empty: bool = attribute_of("slot.is_empty", "Whether it is certain that nobody comes into this slot.")

    @field(broadcastable=True)
    async def participant(self, info: Info) -> participants.Participant | None:
        """The user, team or guest itself. Null while unknown."""
        if self.slot.kind is None or self.slot.participant_id is None:
            return None
        return await participants.participant(info, self.slot.kind, self.slot.participant_id)


@object_type(broadcastable=True)
class GameScore:
    """One game of a match."""

    scores: list[int] = attribute("The points of slot 0 and of slot 1.", size=2)


@object_type(broadcastable=True)
class MatchReport:
    """A result that one side claims and the other has not confirmed."""

    slot: int = attribute("The side that reported.")
    scores: list[int] = attribute("The scores of slot 0 and of slot 1.", size=2)
    winner_slot: int | None = attribute("The slot that has won by it. Null: a draw.")
    games: list[GameScore] = attribute("The single games, when they were reported.", size=7)
    reported_at: datetime = attribute("When it was reported.")


@object_type(broadcastable=True)
class MatchEvent:
    """An entry of a match's log."""

    entry: strawberry.Private[domain.LogEntry]
    sequence: int = attribute_of("entry.sequence", "Counts from 1 within the match, without a gap.")
    kind: MatchEventKind = attribute_of("entry.kind", "What happened.")
    occurred_at: datetime = attribute_of("entry.at", "When it happened.")
    slot: int | None = attribute_of("entry.slot", "The side it concerns. Null when it concerns both.")
    scores: list[int] | None = attribute("The scores it came with, of slot 0 and of slot 1.", size=2)
    message: str | None = attribute_of("entry.message", "What was said or why.")

    @field(broadcastable=True)
    async def actor(self, info: Info) -> UserRef | None:
        """Who did it. Null: the system."""
        if self.entry.actor_id is None:
            return None
        return accounts.User.from_model(await resolve_accounts.user(info.context, self.entry.actor_id))

    @classmethod
    def from_entry(cls, entry: domain.LogEntry) -> MatchEvent:
        """The entry as clients see it."""
        return cls(
            entry=entry,
            scores=None if entry.scores is None else list(entry.scores),
        )


@object_type(broadcastable=True)
class Match(Node):
    """Two sides and the games between them."""

    state: strawberry.Private[domain.MatchState]
    known_place: strawberry.Private[domain_tournaments.BracketPlace | None]
    kind: MatchKind = attribute_of("state.kind", "Why it is played.")
    scoring: MatchScoring = attribute_of("state.scoring", "What its scores count, and when it is over.")
    best_of: int = attribute_of(
        "state.best_of",
        "How many games it has at most; the first to win more than half wins. With PLAY_ALL it has so many; with POINTS"
        " it is 1.",
    )
    can_be_drawn: bool = attribute_of(
        "state.can_be_drawn", "Whether a level score is a draw. Otherwise a report of one has to name the winner."
    )
    advantage: int = attribute_of(
        "state.advantage", "How many games slot 0 is ahead when play begins. Its score counts them."
    )
    status: MatchStatus = attribute_of("state.status", "Where it is in its life.")
    version: int = attribute_of(
        "state.version", "Rises by one with each change; writes have to name the version they saw."
    )
    outcome: MatchOutcome | None = attribute_of("state.outcome", "How it was decided. Null until then.")
    winner_slot: int | None = attribute_of(
        "state.winner", "The slot that won. Null until decided, after a draw, and when nobody goes on."
    )
    is_drawn: bool = attribute_of("state.is_drawn", "Whether it was played and nobody has won.")
    dispute_reason: str | None = attribute_of("state.dispute_reason", "Why the sides disagree. Null unless disputed.")
    started_at: datetime | None = attribute_of("state.started_at", "When play began.")
    finished_at: datetime | None = attribute_of(
        "state.finished_at", "When the result became final. A correction leaves it."
    )

    @field(size=2, broadcastable=True)
    def slots(self) -> list[MatchSlot]:
        """The two sides: slot 0, then slot 1."""
        return [
            MatchSlot(slot=slot, index=index, is_winner=self.state.winner == index)
            for index, slot in enumerate(self.state.slots)
        ]

    @field(size=7, broadcastable=True)
    def games(self) -> list[GameScore]:
        """The single games, as far as they are told; `maps` of the veto say on what they are played."""
        return [GameScore(scores=list(scores)) for scores in self.state.games]

    @field(broadcastable=True)
    def report(self) -> MatchReport | None:
        """The result that waits for confirmation. Null when none does."""
        report = self.state.report
        if report is None:
            return None
        return MatchReport(
            slot=report.slot,
            scores=list(report.scores),
            winner_slot=report.winner,
            games=[GameScore(scores=list(scores)) for scores in report.games],
            reported_at=report.at,
        )

    @field(broadcastable=True)
    async def confirms_at(self, info: Info) -> datetime | None:
        """When the result that waits for confirmation is confirmed by itself. Null when none is."""
        return await resolve_deadlines.confirms_at(info.context, self.state)

    @field(broadcastable=True)
    async def check_in(self, info: Info) -> MatchCheckInRef | None:
        """Who is there to play. Null when nobody had to check in between its present sides, and until they can."""
        row = await resolve_deadlines.check_in(info.context, self.state.id)
        return None if row is None else deadlines.MatchCheckIn.from_model(row)

    @field
    async def dispute_room(self, info: Info) -> DisputeRoomRef | None:
        """Where its present sides and its officials talk about what is wrong. Null when there was nothing so far, and
        to everybody else.
        """
        found = await resolve_disputes.room_of_match(info.context, self.state.id)
        return None if found is None else disputes.DisputeRoom.from_seen(found)

    @field(broadcastable=True)
    async def game(self, info: Info) -> Game:
        """What is played."""
        return Game.from_model(await resolve_games.game(info.context, self.state.game_id))

    @field(broadcastable=True)
    async def tournament(self, info: Info) -> TournamentRef | None:
        """The tournament it belongs to. Null when it stands alone."""
        if self.state.kind is not domain.MatchKind.TOURNAMENT or self.state.owner_id is None:
            return None
        row = await resolve_tournaments.tournament(info.context, self.state.owner_id)
        return None if row is None else tournaments.Tournament.from_model(row)

    @field(broadcastable=True)
    async def place(self, info: Info) -> BracketPlaceRef | None:
        """Where it stands in the bracket. Null when it stands alone."""
        place = self.known_place or await resolve_tournaments.place(info.context, self.state.id)
        return None if place is None else tournaments.BracketPlace.from_place(place)

    @field(broadcastable=True)
    async def veto(self, info: Info) -> MatchVetoRef | None:
        """How its sides choose what is played; `vetoChanges` tells each step. Null while the sides are not known, and
        where nothing is chosen.
        """
        row = await resolve_vetoes.veto(info.context, self.state)
        return None if row is None else vetoes.MatchVeto.from_model(row, self.state.games)

    @field(broadcastable=True)
    async def events(self, info: Info, first: First = 20, after: After = None) -> Connection[MatchEvent]:
        """Its log, oldest entry first."""
        page = await resolve.log(info.context, self.state.id, page_request(first, after))
        return connection(page, MatchEvent.from_entry)

    @field(broadcastable=True)
    async def viewer_count(self, info: Info) -> int:
        """How many follow its log now: each user once, and each connection that is not signed in."""
        return await resolve.viewer_count(info.context, self.state.id)

    @field
    async def viewer_slot(self, info: Info) -> int | None:
        """The slot the viewer stands for, as the player or as captain of the team. Null when for none."""
        return await resolve.viewer_slot(info.context, self.state)

    @field
    async def viewer_can_decide(self, info: Info) -> bool:
        """Whether the viewer is an organizer or a referee of the match, and does not play in it."""
        return await resolve.viewer_can_decide(info.context, self.state)

    @field
    async def viewer_can_score(self, info: Info) -> bool:
        """Whether the viewer may begin the match and say how it stands: as a side, or with a role in the tournament."""
        return await resolve.viewer_can_score(info.context, self.state)

    @classmethod
    def from_state(cls, state: domain.MatchState, place: domain_tournaments.BracketPlace | None = None) -> Match:
        """The match of a state, with its place in the bracket when that is known already."""
        return cls(
            id=strawberry.ID(global_id("Match", state.id)),
            state=state,
            known_place=place,
        )


@object_type
class MatchesQuery:
    """Reads about matches."""

    @field
    async def match(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The id of the match.")]
    ) -> Match | None:
        """The match with this id. Null when there is none."""
        return await read(info.context, key_of(id, "Match", "id"))


async def read(ctx: Context, key: UUID) -> Match | None:
    """The match with this key."""
    state = await resolve.match(ctx, key)
    return None if state is None else Match.from_state(state)


readable("Match", read)
