"""The stages of a tournament, as its organizers give them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import strawberry

from domain import tournaments as domain
from domain.kernel.errors import InvalidInput
from schema.fields import attribute, input_type
from schema.scoring import DRAWS, MatchScoring
from schema.tournaments.bracket import BracketSide
from schema.tournaments.formats import DropOrder, GrandFinal, HeatCut, SwissMethod
from schema.vetoes import VetoInput

_MAX_MATCHES = 3 * 4096
_MAX_STAGES = 16
_MAX_GROUPS = 1024
_BEST_OF = (
    "How many games its matches have at most, 1 to 99: an odd number, with PLAY_ALL any, with POINTS 1. Null: 3, with"
    " POINTS 1."
)
_FINAL = "How many games the final has at most. Null: as the other matches, or as `roundFormats` say."
_SCORING = "What the scores of its matches count. None of them can be drawn."
_GROUP_SCORING = "What the scores of its matches count."
_SIDES = (
    "Whether sides matter, such as White in chess. Slot 0 of a match has the first one; a Swiss lets everybody have"
    " both in turn, and tie-breaks such as BWG count them."
)
_ROUNDS = "Which rounds have another number of games, at most 16."
DROP_ORDER = "Where the losers of the upper bracket of a double elimination go in the lower one."
LOWER_STARTERS = (
    "How many of the lowest seeds start in the lower bracket of a double elimination, at most all but two. When"
    " fewer come than planned, two still start in the upper one."
)
FINAL_ADVANTAGE = "How many games the upper winner is ahead in a grand final with ADVANTAGE; fewer than win it."


@strawberry.input(one_of=True, description="Where the competitor of a slot comes from: exactly one of these.")
class GraphSourceInput:
    """Where the competitor of a slot comes from."""

    seed: strawberry.Maybe[int] = strawberry.field(description="The entrant with this seed.")
    winner_of: strawberry.Maybe[str] = strawberry.field(description="The winner of the match with this key.")
    loser_of: strawberry.Maybe[str] = strawberry.field(description="The loser of the match with this key.")

    def to_source(self) -> domain.Seed | domain.WinnerOf | domain.LoserOf:
        """The source this names."""
        if self.seed:
            return domain.Seed(self.seed.value)
        if self.winner_of:
            return domain.WinnerOf(self.winner_of.value)
        if self.loser_of:
            return domain.LoserOf(self.loser_of.value)
        raise InvalidInput("A source is a seed, or the winner or loser of a match.", "matches")


@input_type
class GraphMatchInput:
    """A match of a bracket whose links are given."""

    key: str = attribute("Its name in the bracket, unique, at most 64 characters.")
    first: GraphSourceInput = attribute("Where slot 0 comes from.")
    second: GraphSourceInput = attribute("Where slot 1 comes from.")
    round: int | None = attribute(
        "Its round, as Challonge counts: below 0 in the lower bracket, 0 for third place. Null: by its links.",
        default=None,
    )
    best_of: int | None = attribute("How many games it has at most. Null: as the others.", default=None)

    def to_link(self) -> domain.Link:
        """The link this gives."""
        return domain.Link(self.key, self.first.to_source(), self.second.to_source(), self.round, self.best_of)


@input_type
class StageSourceInput:
    """Who comes into a stage from one before it."""

    stage: int = attribute("The number of that stage, from 1.")
    from_rank: int = attribute("The best rank that goes on.")
    to_rank: int = attribute("The worst rank that goes on.")
    is_overall: bool = attribute(
        "Whether ranks count in that stage as a whole, all winners of groups first; otherwise in each of its groups,"
        " and of brackets that were given in each that no link joins to another.",
        default=False,
    )
    groups: list[int] = attribute(
        "The numbers of those of its groups that send somebody, where not all do. Empty: all.", default_factory=list
    )


@input_type
class RankingInput:
    """What decides who stands where in a group."""

    tiebreaks: str = attribute("The tie-breaks, the first one first.", default="PTS,DE,GD,GF")
    rule_year: int = attribute("Whose rules say what an unplayed round counts as: 2022, 2024 or 2026.", default=2026)
    win_half_points: int = attribute("What a win brings, in halves of a point; at most 200.", default=2)
    draw_half_points: int = attribute("What a draw counts as, in halves of a point.", default=1)
    loss_half_points: int = attribute("What a loss brings, in halves of a point.", default=0)

    def to_ranking(self) -> domain.Ranking:
        """The ranking this describes."""
        if self.rule_year not in list(domain.RuleYear):
            raise InvalidInput("The rule years are 2022, 2024 and 2026.", "ruleYear")
        points = domain.Points(win=self.win_half_points, draw=self.draw_half_points, loss=self.loss_half_points)
        return domain.Ranking(tiebreaks=self.tiebreaks, rule_year=domain.RuleYear(self.rule_year), points=points)


@input_type
class RoundFormatInput:
    """Another number of games for the last rounds of a side.

    Rounds count from the end, since only that is known before a stage begins; in a Swiss from the last one planned. Of
    several that hold for a match, that for the fewest rounds counts: a final that is longer than the semi-finals has
    one for the last round beside theirs for the last two.
    """

    side: BracketSide = attribute("The part of the stage: GROUP in groups and in a Swiss.")
    last_rounds: int | None = attribute(
        "How many of its rounds, counted from the last one, 1 to 1000. Null: all of them.", default=None
    )
    best_of: int = attribute("How many games matches have in them, as `bestOf` of the stage.")

    def to_format(self) -> domain.RoundFormat:
        """The format this describes."""
        return domain.RoundFormat(side=self.side, best_of=self.best_of, last_rounds=self.last_rounds)


@input_type
class SingleEliminationInput:
    """Out after one loss."""

    best_of: int | None = attribute(_BEST_OF, default=None)
    final_best_of: int | None = attribute(_FINAL, default=None)
    has_third_place_match: bool = attribute("Whether it is also played for third place.", default=False)
    scoring: MatchScoring = attribute(_SCORING, default=MatchScoring.BEST_OF)
    round_formats: list[RoundFormatInput] = attribute(_ROUNDS, default_factory=list)

    def to_format(self) -> domain.Format:
        """The format this describes."""
        settings = domain.Elimination(
            best_of=_games(self.best_of, self.scoring),
            final_best_of=self.final_best_of,
            scoring=self.scoring,
            round_formats=_formats(self.round_formats),
            has_third_place_match=self.has_third_place_match,
        )
        return domain.Format(domain.Structure.SINGLE_ELIMINATION, settings)


@input_type
class DoubleEliminationInput:
    """Out after two losses."""

    best_of: int | None = attribute(_BEST_OF, default=None)
    final_best_of: int | None = attribute(_FINAL, default=None)
    grand_final: GrandFinal = attribute("How it ends.", default=domain.GrandFinal.RESET)
    drop_order: DropOrder = attribute(DROP_ORDER, default=domain.DropOrder.OPTIMAL)
    lower_starter_count: int = attribute(LOWER_STARTERS, default=0)
    final_advantage: int = attribute(FINAL_ADVANTAGE, default=1)
    scoring: MatchScoring = attribute(_SCORING, default=MatchScoring.BEST_OF)
    round_formats: list[RoundFormatInput] = attribute(_ROUNDS, default_factory=list)

    def to_format(self) -> domain.Format:
        """The format this describes."""
        settings = domain.Elimination(
            best_of=_games(self.best_of, self.scoring),
            final_best_of=self.final_best_of,
            scoring=self.scoring,
            round_formats=_formats(self.round_formats),
            grand_final=self.grand_final,
            drop_order=self.drop_order,
            lower_starters=self.lower_starter_count,
            final_advantage=self.final_advantage if self.grand_final is domain.GrandFinal.ADVANTAGE else 0,
        )
        return domain.Format(domain.Structure.DOUBLE_ELIMINATION, settings)


@input_type
class GSLGroupInput:
    """Four entrants, out after two losses, and no final: the first two come through."""

    best_of: int | None = attribute(_BEST_OF, default=None)
    scoring: MatchScoring = attribute(_SCORING, default=MatchScoring.BEST_OF)
    round_formats: list[RoundFormatInput] = attribute(_ROUNDS, default_factory=list)

    def to_format(self) -> domain.Format:
        """The format this describes."""
        settings = domain.Elimination(
            best_of=_games(self.best_of, self.scoring),
            scoring=self.scoring,
            round_formats=_formats(self.round_formats),
        )
        return domain.Format(domain.Structure.GSL_GROUP, settings)


@input_type
class CustomBracketInput:
    """A bracket whose links are given."""

    best_of: int | None = attribute(
        "How many games the matches have that do not say so, as in other formats. Null: 3, with POINTS 1.", default=None
    )
    matches: list[GraphMatchInput] = attribute("The bracket itself.")
    scoring: MatchScoring = attribute(_SCORING, default=MatchScoring.BEST_OF)

    def to_format(self) -> domain.Format:
        """The format this describes."""
        settings = domain.Elimination(best_of=_games(self.best_of, self.scoring), scoring=self.scoring)
        return domain.Format(domain.Structure.CUSTOM, settings, tuple(links_of(self.matches)))


@input_type
class RoundRobinInput:
    """Everybody against everybody."""

    best_of: int | None = attribute(_BEST_OF, default=None)
    group_count: int = attribute("In how many groups, 1 to 1024.", default=1)
    cycles: int = attribute("How often two of a group meet, 1 to 4 times.", default=1)
    ranking: RankingInput | None = attribute("What decides who stands where. Null: the usual.", default=None)
    scoring: MatchScoring = attribute(_GROUP_SCORING, default=MatchScoring.BEST_OF)
    has_draws: bool = attribute(DRAWS, default=True)
    has_sides: bool = attribute(_SIDES, default=False)
    round_formats: list[RoundFormatInput] = attribute(_ROUNDS, default_factory=list)

    def to_format(self) -> domain.Format:
        """The format this describes."""
        ranking = domain.Ranking() if self.ranking is None else self.ranking.to_ranking()
        settings = domain.RoundRobin(
            best_of=_games(self.best_of, self.scoring),
            group_count=self.group_count,
            cycles=self.cycles,
            ranking=ranking,
            scoring=self.scoring,
            has_draws=self.has_draws,
            has_sides=self.has_sides,
            round_formats=_formats(self.round_formats),
        )
        return domain.Format(domain.Structure.ROUND_ROBIN, settings)


@input_type
class SwissInput:
    """Everybody plays on, against somebody with as many points."""

    best_of: int | None = attribute(_BEST_OF, default=None)
    rounds: int | None = attribute("How many rounds there are, 1 to 64. Null: as many as it takes.", default=None)
    method: SwissMethod = attribute(
        "Who meets whom among those with equally many points.", default=domain.swiss.Method.SLIDE
    )
    wins_to_advance: int | None = attribute("Who has won as many is through. Null: everybody plays on.", default=None)
    losses_to_leave: int | None = attribute("Who has lost as many is out. Null: everybody plays on.", default=None)
    ranking: RankingInput | None = attribute(
        "What decides who stands where. Null: PTS,BH/C1,BH,SB,GD by the rules of 2026.", default=None
    )
    scoring: MatchScoring = attribute(_GROUP_SCORING, default=MatchScoring.BEST_OF)
    has_draws: bool = attribute(DRAWS, default=True)
    has_sides: bool = attribute(_SIDES, default=False)
    round_formats: list[RoundFormatInput] = attribute(_ROUNDS, default_factory=list)
    has_late_entry: bool = attribute(
        "Whether people can enter between rounds, with the last seed, until the last round is drawn; rounds that they "
        "missed count as `halfByes`, then as nothing. It wants `rounds`, or both `winsToAdvance` and `lossesToLeave`.",
        default=False,
    )
    half_byes: int = attribute(
        "How many rounds everybody may sit out for the points of a draw, 0 to 64; see `requestByes`.", default=0
    )

    def to_format(self) -> domain.Format:
        """The format this describes."""
        usual = domain.Swiss()
        settings = domain.Swiss(
            best_of=_games(self.best_of, self.scoring),
            rounds=self.rounds,
            method=self.method,
            wins_to_advance=self.wins_to_advance,
            losses_to_leave=self.losses_to_leave,
            ranking=usual.ranking if self.ranking is None else self.ranking.to_ranking(),
            scoring=self.scoring,
            has_draws=self.has_draws,
            has_sides=self.has_sides,
            round_formats=_formats(self.round_formats),
            has_late_entry=self.has_late_entry,
            half_byes=self.half_byes,
        )
        return domain.Format(domain.Structure.SWISS, settings)


@input_type
class LadderInput:
    """Who is below challenges somebody not far above, and with a win takes the place, until it ends."""

    best_of: int | None = attribute(_BEST_OF, default=None)
    scoring: MatchScoring = attribute(_SCORING, default=MatchScoring.BEST_OF)
    reach: int = attribute("How many rungs above the own one may be challenged, 1 to 50.", default=3)
    idle_days: int | None = attribute(
        "Who has not played for as many days drops, 1 to 365, and again after as many. Null: nobody does.", default=None
    )
    drop: int = attribute("By how many rungs they drop, 1 to 50.", default=1)
    answer_days: int = attribute("Within how many days who is challenged has to play, 1 to 60.", default=7)
    rematch_days: int = attribute(
        "For how many days two who have met, or whose challenge was taken back, do not meet again, 0 to 365.", default=1
    )
    has_late_entry: bool = attribute("Whether people can enter at the bottom while it runs.", default=False)
    ends_at: datetime | None = attribute(
        "When it ends by itself, after the event starts; `setLadderEnd` changes it while it runs. Null: it does not.",
        default=None,
    )

    def to_format(self) -> domain.Format:
        """The format this describes."""
        settings = domain.Ladder(
            best_of=_games(self.best_of, self.scoring),
            scoring=self.scoring,
            reach=self.reach,
            idle_days=self.idle_days,
            drop=self.drop,
            answer_days=self.answer_days,
            rematch_days=self.rematch_days,
            has_late_entry=self.has_late_entry,
            ends_at=self.ends_at,
        )
        return domain.Format(domain.Structure.LADDER, settings)


@input_type
class FreeForAllInput:
    """In heats of many, from which the best go on until one heat is left."""

    heat_size: int = attribute("How many play in a heat at most, 2 to 256.")
    advancing: int = attribute("How many go on for each heat: at least 1, at most half of a full one.")
    points: list[int] = attribute(
        "What the places of a game are worth, the first place first, each 0 to 1,000,000. Further places bring nothing."
    )
    per_score: int = attribute("What each unit of the score is worth besides, 0 to 100.", default=0)
    cut: HeatCut = attribute("Who goes on from a round.", default=domain.Cut.HEAT)
    games_per_heat: int = attribute("How many games each heat plays, 1 to 20; their points add up.", default=1)

    def to_format(self) -> domain.Format:
        """The format this describes."""
        settings = domain.FreeForAll(
            heat_size=self.heat_size,
            advancing=self.advancing,
            points=tuple(self.points),
            per_score=self.per_score,
            cut=self.cut,
            games=self.games_per_heat,
        )
        return domain.Format(domain.Structure.FREE_FOR_ALL, settings)


@strawberry.input(one_of=True, description="How a stage is played: exactly one of these.")
class StageFormatInput:
    """How a stage is played."""

    single_elimination: strawberry.Maybe[SingleEliminationInput] = strawberry.field(description="Out after one loss.")
    double_elimination: strawberry.Maybe[DoubleEliminationInput] = strawberry.field(description="Out after two losses.")
    gsl_group: strawberry.Maybe[GSLGroupInput] = strawberry.field(
        description="Four entrants, out after two losses, without a final."
    )
    custom: strawberry.Maybe[CustomBracketInput] = strawberry.field(description="As its matches are linked.")
    round_robin: strawberry.Maybe[RoundRobinInput] = strawberry.field(description="Everybody against everybody.")
    swiss: strawberry.Maybe[SwissInput] = strawberry.field(description="Everybody plays on, by points.")
    ladder: strawberry.Maybe[LadderInput] = strawberry.field(description="Who is below challenges who is above.")
    free_for_all: strawberry.Maybe[FreeForAllInput] = strawberry.field(
        description="In heats of many, from which the best go on."
    )

    def to_format(self) -> domain.Format:
        """The format this describes."""
        for given in (
            self.single_elimination,
            self.double_elimination,
            self.gsl_group,
            self.custom,
            self.round_robin,
            self.swiss,
            self.ladder,
            self.free_for_all,
        ):
            if given:
                return given.value.to_format()
        raise InvalidInput("A stage needs a format.", "format")


@input_type
class StageInput:
    """A stage as its organizers want it."""

    name: str | None = attribute("What people call it, 1 to 100 characters. Null: it has no name.", default=None)
    format: StageFormatInput = attribute("How it is played.")
    sources: list[StageSourceInput] = attribute(
        "Who comes into it; none for the first stage, which takes the entrants of the tournament.", default_factory=list
    )
    veto: VetoInput | None = attribute(
        "How the two sides of its matches choose what is played. Null: they do not.", default=None
    )

    def to_plan(self) -> domain.StagePlan:
        """The stage this describes."""
        sources = [
            domain.StageSource(
                source.stage, source.from_rank, source.to_rank, source.is_overall, tuple(source.groups[:_MAX_GROUPS])
            )
            for source in self.sources
        ]
        veto = None if self.veto is None else self.veto.to_plan()
        return domain.StagePlan(self.name, self.format.to_format(), tuple(sources), veto)


def plans_of(stages: Sequence[StageInput]) -> list[domain.StagePlan]:
    """The stages that an input gives."""
    if not 1 <= len(stages) <= _MAX_STAGES:
        raise InvalidInput(f"A tournament has 1 to {_MAX_STAGES} stages.", "stages")
    return [stage.to_plan() for stage in stages]


def links_of(matches: Sequence[GraphMatchInput]) -> list[domain.Link]:
    """The links of a bracket that an input gives."""
    if len(matches) > _MAX_MATCHES:
        raise InvalidInput(f"A bracket has at most {_MAX_MATCHES} matches.", "matches")
    return [match.to_link() for match in matches]


def _games(best_of: int | None, scoring: MatchScoring) -> int:
    """How many games matches have that are scored like this when nobody says it otherwise."""
    if best_of is None:
        return 1 if scoring is MatchScoring.POINTS else 3
    return best_of


def _formats(given: Sequence[RoundFormatInput]) -> tuple[domain.RoundFormat, ...]:
    return tuple(one.to_format() for one in given)
