"""The stages of a tournament, their groups, and who stands where in them."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import strawberry

from domain import tournaments as domain
from resolvers import ladders as resolve_ladders
from resolvers import standings as resolve_standings
from resolvers import tournaments as resolve
from resolvers.paging import page_request
from schema.fields import Info, attribute, attribute_of, enum_type, field, object_type
from schema.paging import After, Connection, First, connection
from schema.refs import EntrantRef, HeatRef, HeatStandingRef
from schema.scoring import MatchScoring
from schema.tournaments import heats, types
from schema.tournaments.bracket import BracketRound, BracketSide, rounds_of
from schema.tournaments.byes import ByeKind, RequestedBye, StageBye
from schema.tournaments.formats import DropOrder, GrandFinal, HeatCut, Structure, SwissMethod
from schema.tournaments.ladders import Ladder, LadderSettings
from schema.vetoes import StageVeto

StageStatus = domain.StageStatus
# How many cuts by seed of a stage are told.
_MAX_CUTS = 100

enum_type(
    StageStatus,
    {
        "PENDING": "It waits for the stages before it, or for the start of the tournament.",
        "RUNNING": "Matches or heats are played.",
        "FINISHED": "The last match is decided, or the last heat is over; a ladder was ended.",
        "CANCELLED": "It was not over when the tournament was called off.",
    },
)

StageExit = domain.swiss.Exit
enum_type(
    StageExit,
    {
        "ADVANCED": "They have won as often as a Swiss asks for, and are through.",
        "ELIMINATED": "They have lost as often as a Swiss allows, and are out.",
        "LEFT": "They have withdrawn or were disqualified.",
    },
    name="StageExit",
)


@object_type(broadcastable=True)
class StageSource:
    """Who comes into a stage from one before it."""

    stage: int = attribute("The number of that stage.")
    from_rank: int = attribute("The best rank that goes on.")
    to_rank: int = attribute("The worst rank that goes on.")
    is_overall: bool = attribute("Whether ranks count in that stage as a whole; otherwise in each of its groups.")
    groups: list[int] = attribute("The numbers of those of its groups that send somebody. Empty: all do.", size=4)


@object_type(broadcastable=True)
class Ranking:
    """What decides who stands where in a group."""

    tiebreaks: str = attribute("The tie-breaks, the first one first, such as PTS,DE,GD.")
    rule_year: int = attribute("Whose rules say what an unplayed round counts as: 2022, 2024 or 2026.")
    win_half_points: int = attribute("What a win brings, in halves of a point.")
    draw_half_points: int = attribute("What a draw counts as, in halves of a point.")
    loss_half_points: int = attribute("What a loss brings, in halves of a point.")


@object_type(broadcastable=True)
class RoundFormat:
    """Another number of games for the last rounds of a side. Of several, the one for the fewest rounds counts."""

    side: BracketSide = attribute("The part of the stage.")
    last_rounds: int | None = attribute("How many of its rounds, counted from the last one. Null: all of them.")
    best_of: int = attribute("How many games matches have in them.")


@object_type(broadcastable=True)
class EliminationSettings:
    """How a stage is played in which losses decide who plays on."""

    best_of: int = attribute("How many games its matches have at most.")
    final_best_of: int = attribute("How many games the final has at most.")
    grand_final: GrandFinal = attribute("How a double elimination ends.")
    has_third_place_match: bool = attribute("Whether a single elimination also plays for third place.")
    drop_order: DropOrder = attribute("Where the losers of the upper bracket of a double elimination go.")
    lower_starter_count: int = attribute("How many of the lowest seeds start in the lower bracket.")
    final_advantage: int = attribute("How many games the upper winner is ahead in the grand final.")
    scoring: MatchScoring = attribute("What the scores of its matches count.")
    round_formats: list[RoundFormat] = attribute("Which rounds have another number of games. Empty: none.", size=2)


@object_type(broadcastable=True)
class RoundRobinSettings:
    """How a stage is played in which everybody of a group meets everybody."""

    best_of: int = attribute("How many games its matches have at most.")
    group_count: int = attribute("How many groups there are.")
    cycles: int = attribute("How often two of a group meet.")
    ranking: Ranking = attribute("What decides who stands where.")
    scoring: MatchScoring = attribute("What the scores of its matches count.")
    round_formats: list[RoundFormat] = attribute("Which rounds have another number of games. Empty: none.", size=2)
    has_draws: bool = attribute("Whether a level score stands. With BEST_OF there is none.")
    has_sides: bool = attribute("Whether sides matter, such as White in chess; slot 0 of a match has the first one.")


@object_type(broadcastable=True)
class SwissSettings:
    """How a stage is played in which everybody plays on, against somebody with as many points."""

    best_of: int = attribute("How many games its matches have at most.")
    round_count: int | None = attribute("How many rounds there are. Null: as many as it takes.")
    method: SwissMethod = attribute("Who meets whom among those with equally many points.")
    wins_to_advance: int | None = attribute("Who has won as many is through. Null: everybody plays on.")
    losses_to_leave: int | None = attribute("Who has lost as many is out. Null: everybody plays on.")
    ranking: Ranking = attribute("What decides who stands where.")
    scoring: MatchScoring = attribute("What the scores of its matches count.")
    round_formats: list[RoundFormat] = attribute("Which rounds have another number of games. Empty: none.", size=2)
    has_draws: bool = attribute("Whether a level score stands. With BEST_OF there is none.")
    has_sides: bool = attribute("Whether sides matter, such as White in chess; slot 0 of a match has the first one.")
    has_late_entry: bool = attribute("Whether people can enter between rounds, until the last round is drawn.")
    half_byes: int = attribute("How many rounds everybody may sit out for the points of a draw.")


@object_type(broadcastable=True)
class FreeForAllSettings:
    """How a stage is played in heats of many, from which the best go on."""

    heat_size: int = attribute("How many play in a heat at most.")
    advancing: int = attribute("How many go on for each heat.")
    points: list[int] = attribute("What the places of a game are worth, the first place first.", size=8)
    per_score: int = attribute("What each unit of the score is worth besides.")
    cut: HeatCut = attribute("Who goes on from a round.")
    games_per_heat: int = attribute("How many games each heat plays; their points add up.")


StageSettings = Annotated[
    EliminationSettings | RoundRobinSettings | SwissSettings | LadderSettings | FreeForAllSettings,
    strawberry.union("StageSettings", description="How a stage is played, by its structure."),
]


@object_type(broadcastable=True)
class StandingTerm:
    """One part of the value of a tie-break."""

    value: str = attribute("What it adds, as a decimal.")
    round: int | None = attribute("The round it is of. Null: of none.")
    opponent_seed: int | None = attribute("The seed of whom it is about. Null: of nobody.")
    reason: str = attribute("What the round counted as; empty where that is plain.")
    is_cut: bool = attribute("Whether it is left out.")


@object_type(broadcastable=True)
class StandingValue:
    """What a tie-break gives somebody, and how that came about."""

    given: strawberry.Private[domain.Value]
    tiebreak: str = attribute("The tie-break with its modifiers.")
    value: str | None = attribute("The value, as a decimal. Null where it is not defined, which ranks last.")
    note: str = attribute("What else there is to say of it; mostly empty.")

    @field(size=6, broadcastable=True)
    def terms(self) -> list[StandingTerm]:
        """What it is made of."""
        return [
            StandingTerm(
                value=_decimal(term.value),
                round=term.round,
                opponent_seed=term.opponent,
                reason=term.why,
                is_cut=term.is_cut,
            )
            for term in self.given.terms
        ]


@object_type(broadcastable=True)
class Standing:
    """Where somebody stands in a group."""

    row: strawberry.Private[domain.Standing]
    seat: strawberry.Private[domain.StageSeat]
    rank: int = attribute("The place, which those who are still tied share.")
    is_tied: bool = attribute("Whether the tie-breaks leave somebody else with the same place.")
    seed: int = attribute("The seed in the stage.")
    exit: StageExit | None = attribute("Why they play no more in the stage. Null: they play on while it lasts.")

    @field(broadcastable=True)
    def entrant(self) -> EntrantRef:
        """Who."""
        return types.Entrant.from_model(self.seat.entrant)

    @field(size=4, broadcastable=True)
    def values(self) -> list[StandingValue]:
        """What each tie-break gives them, in the order in which they count."""
        return [
            StandingValue(
                given=value,
                tiebreak=label,
                value=None if value.number is None else _decimal(value.number),
                note=value.note,
            )
            for label, value in self.row.values.items()
        ]


@object_type(broadcastable=True)
class StageGroup:
    """A group of a stage that has begun. All of an elimination is one, and all of a ladder that has matches."""

    group: strawberry.Private[resolve.GroupView]
    number: int = attribute("Counts from 1.")
    name: str | None = attribute("A, B and so on. Null where there is only one.")

    @field(size=8, broadcastable=True)
    def standings(self) -> list[Standing]:
        """Who stands where, the best first. Empty in an elimination, where the placement of entrants tells it, and on a
        ladder.
        """
        if self.group.table is None:
            return []
        standings, exits = self.group.table
        tied = {seed for sharing in standings.unbroken for seed in sharing}
        return [
            Standing(
                row=row,
                seat=self.group.seats[row.number],
                rank=row.rank,
                is_tied=row.number in tied,
                seed=row.number,
                exit=exits.get(row.number),
            )
            for row in standings.rows
        ]

    @field(size=8, broadcastable=True)
    def rounds(self) -> list[BracketRound]:
        """Its rounds, from the first to the last; of an elimination those of each part of the bracket."""
        return rounds_of(self.group.bracket, self.group.matches)

    @field(size=4, broadcastable=True)
    def byes(self) -> list[StageBye]:
        """Who sat out which round, by rounds. In a Swiss, who is not there and has no bye was absent."""
        return [StageBye.from_row(bye, self.group.seats[bye.seed]) for bye in self.group.byes]


@object_type(broadcastable=True)
class GroupMeetings:
    """When two who played in one group can first meet again in an elimination."""

    upper_round: int | None = attribute("The round of the upper bracket. Null: they cannot meet there.")
    lower_round: int | None = attribute("The round of the lower bracket. Null: they cannot meet there.")


@object_type
class SeedCut:
    """Equals of an earlier stage, or of a round of heats, whom nothing but their seeds parted."""

    cut: strawberry.Private[resolve_standings.SeedCut]
    stage: int = attribute("The number of the stage in which they are equal.")
    round: int | None = attribute_of(
        "cut.round", "The round of its heats from which some of them went on. Null: they came into another stage."
    )

    @field(size=2)
    def went_on(self) -> list[EntrantRef]:
        """Those who came into this stage from there, or went on from the round."""
        return [types.Entrant.from_model(row) for row in self.cut.went_on]

    @field(size=2)
    def stayed(self) -> list[EntrantRef]:
        """Those who did not, but went elsewhere or nowhere."""
        return [types.Entrant.from_model(row) for row in self.cut.stayed]


@object_type(broadcastable=True)
class Stage:
    """A part of a tournament that is played in one way."""

    row: strawberry.Private[domain.StageView]
    tournament: strawberry.Private[domain.TournamentView]
    number: int = attribute("Counts from 1.")
    name: str | None = attribute("What people call it. Null: it has no name.")
    structure: Structure = attribute("How it is played.")
    status: StageStatus = attribute("Where it is in its life.")

    @field(broadcastable=True)
    def settings(self) -> StageSettings:
        """The settings of its structure."""
        return _settings(domain.format_of(self.row))

    @field(size=4, broadcastable=True)
    def sources(self) -> list[StageSource]:
        """Who comes into it. Empty: the entrants of the tournament."""
        return [
            StageSource(
                stage=source.stage,
                from_rank=source.low,
                to_rank=source.high,
                is_overall=source.is_overall,
                groups=list(source.groups),
            )
            for source in domain.sources_from(self.row.sources)
        ]

    @field(broadcastable=True)
    def veto(self) -> StageVeto | None:
        """How the sides of its matches choose what is played. Null: they do not."""
        plan = domain.veto_from(self.row.veto)
        return None if plan is None else StageVeto.from_plan(plan)

    @field(size=4, broadcastable=True)
    async def groups(self, info: Info) -> list[StageGroup]:
        """Its groups. Empty until it begins, and in a free-for-all, which has heats."""
        return [
            StageGroup(group=group, number=group.number, name=group.name)
            for group in await resolve.groups(info.context, self.tournament, self.row)
        ]

    @field(size=4)
    async def requested_byes(self, info: Info) -> list[RequestedBye]:
        """The rounds of a Swiss that people have asked to sit out, by rounds; also those that have been paired."""
        found = await resolve.requested_byes(info.context, self.row)
        return [RequestedBye(row=row, round=row.round, kind=ByeKind(row.kind)) for row in found]

    @field(size=2)
    async def seed_cuts(self, info: Info) -> list[SeedCut]:
        """Where the tie-breaks of an earlier stage left equals, and the seed decided who came into this one; and, of
        heats, who went on from a round. The first 100. Empty until it begins.
        """
        found = await resolve_standings.cuts_by_seed(info.context, self.tournament, self.row)
        return [SeedCut(cut=cut, stage=cut.stage) for cut in found[:_MAX_CUTS]]

    @field(broadcastable=True)
    async def heats(
        self,
        info: Info,
        round: Annotated[int | None, strawberry.argument(description="Only those of this round. Null: all.")] = None,
        first: First = 50,
        after: After = None,
    ) -> Connection[HeatRef]:
        """The heats of a free-for-all that are drawn, by rounds. Empty until it begins, and in other structures."""
        page = await resolve.heats(info.context, self.row, round, page_request(first, after))
        return connection(page, heats.Heat.from_state)

    @field(broadcastable=True)
    async def heat_standings(self, info: Info, first: First = 50, after: After = None) -> Connection[HeatStandingRef]:
        """Who stands where in a free-for-all: those who play on, then by place. A cursor is a position, so while it is
        played a page may repeat somebody. Empty until it begins, and in other structures.
        """
        page = await resolve.heat_standings(info.context, self.row, page_request(first, after))
        return connection(page, heats.HeatStanding.from_row)

    @field(broadcastable=True)
    async def group_meetings(self, info: Info) -> GroupMeetings | None:
        """When two who played in one group can first meet again. Null until it begins, unless groups lead to it, and in
        brackets that were given or in which some start below.
        """
        found = await resolve.group_meetings(info.context, self.tournament, self.row)
        return None if found is None else GroupMeetings(upper_round=found.upper_round, lower_round=found.lower_round)

    @field
    async def ladder(self, info: Info) -> Ladder | None:
        """The ladder. Null until it begins, and of other structures."""
        found = await resolve_ladders.ladder(info.context, self.tournament, self.row)
        return None if found is None else Ladder.from_value(found)

    @classmethod
    def from_model(cls, row: domain.StageView, tournament: domain.TournamentView) -> Stage:
        """The stage of a row."""
        return cls(
            row=row,
            tournament=tournament,
            number=row.number,
            name=row.name,
            structure=row.structure,
            status=row.status,
        )


def _settings(
    given: domain.Format,
) -> EliminationSettings | RoundRobinSettings | SwissSettings | LadderSettings | FreeForAllSettings:
    settings = given.settings
    if isinstance(settings, domain.FreeForAll):
        return FreeForAllSettings(
            heat_size=settings.heat_size,
            advancing=settings.advancing,
            points=list(settings.points),
            per_score=settings.per_score,
            cut=settings.cut,
            games_per_heat=settings.games,
        )
    if isinstance(settings, domain.Ladder):
        return LadderSettings(
            best_of=settings.best_of,
            scoring=settings.scoring,
            reach=settings.reach,
            idle_days=settings.idle_days,
            drop=settings.drop,
            answer_days=settings.answer_days,
            rematch_days=settings.rematch_days,
            has_late_entry=settings.has_late_entry,
            ends_at=settings.ends_at,
        )
    formats = [
        RoundFormat(side=one.side, last_rounds=one.last_rounds, best_of=one.best_of) for one in settings.round_formats
    ]
    if isinstance(settings, domain.Swiss):
        return SwissSettings(
            best_of=settings.best_of,
            round_count=settings.rounds,
            method=settings.method,
            wins_to_advance=settings.wins_to_advance,
            losses_to_leave=settings.losses_to_leave,
            ranking=_ranking(settings.ranking),
            scoring=settings.scoring,
            round_formats=formats,
            has_draws=settings.has_draws,
            has_sides=settings.has_sides,
            has_late_entry=settings.has_late_entry,
            half_byes=settings.half_byes,
        )
    if isinstance(settings, domain.Elimination):
        return EliminationSettings(
            best_of=settings.best_of,
            final_best_of=given.final_best_of,
            grand_final=settings.grand_final,
            has_third_place_match=settings.has_third_place_match,
            drop_order=settings.drop_order,
            lower_starter_count=settings.lower_starters,
            final_advantage=settings.final_advantage,
            scoring=settings.scoring,
            round_formats=formats,
        )
    return RoundRobinSettings(
        best_of=settings.best_of,
        group_count=settings.group_count,
        cycles=settings.cycles,
        ranking=_ranking(settings.ranking),
        scoring=settings.scoring,
        round_formats=formats,
        has_draws=settings.has_draws,
        has_sides=settings.has_sides,
    )


def _ranking(ranking: domain.Ranking) -> Ranking:
    return Ranking(
        tiebreaks=ranking.tiebreaks,
        rule_year=ranking.rule_year.value,
        win_half_points=ranking.points.win,
        draw_half_points=ranking.points.draw,
        loss_half_points=ranking.points.loss,
    )


def _decimal(number: Fraction) -> str:
    """Points are whole or half; averages have as many digits as FIDE prints of them at most."""
    return f"{float(number):.4f}".rstrip("0").rstrip(".")
