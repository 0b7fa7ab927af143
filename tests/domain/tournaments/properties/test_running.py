"""A stage that is running: whatever happens in it, in whatever order, certain things hold after every step.

Eliminations, GSL groups, groups in which everybody meets everybody, and Swiss, of which entrants play, do not come,
leave, and have results corrected.
"""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.tournaments.rules.elimination import double_elimination, gsl_group, single_elimination
from domain.tournaments.rules.formats import RoundRobin, Swiss
from domain.tournaments.rules.placements import Band, placements
from domain.tournaments.rules.progression import fold
from domain.tournaments.rules.rounds import Kind
from domain.tournaments.rules.swiss import Method
from domain.tournaments.rules.tables import Points, Ranking, group_order
from domain.tournaments.values import GrandFinal
from tests.fixtures.brackets import assert_ranking
from tests.fixtures.profiles import exhaustively
from tests.fixtures.running import Corrected, Decided, KeptBracket, KeptRounds, Left, Running, Started

CHANCE = st.randoms(use_true_random=False)
WINNERS = st.sampled_from([0, 0, 0, 1, 1, 1, None])

RANKINGS = st.builds(
    Ranking,
    tiebreaks=st.sampled_from(["PTS,DE,GD,GF", "PTS,BH/C1,BH,SB,GD", "PTS,H2H,WIN,LOT/L7"]),
    points=st.sampled_from([Points(), Points(win=6, draw=2)]),
)
ELIMINATIONS = st.one_of(
    st.builds(single_elimination, st.integers(2, 3)),
    st.builds(single_elimination, st.integers(4, 20), third_place=st.booleans()),
    st.builds(double_elimination, st.integers(2, 20), st.sampled_from(GrandFinal)),
    st.builds(double_elimination, st.integers(9, 20), lower_starters=st.integers(0, 7)),
    st.builds(gsl_group),
).map(KeptBracket)


@st.composite
def round_robins(draw: st.DrawFn) -> KeptRounds:
    groups = draw(st.integers(1, 3))
    settings = RoundRobin(group_count=groups, cycles=draw(st.integers(1, 2)), ranking=draw(RANKINGS))
    return KeptRounds(settings, draw(st.integers(2 * groups, 5 * groups)))


@st.composite
def swisses(draw: st.DrawFn) -> KeptRounds:
    limits = st.none() | st.integers(1, 3)
    settings = Swiss(
        rounds=draw(st.none() | st.integers(1, 5)),
        method=draw(st.sampled_from(Method)),
        wins_to_advance=draw(limits),
        losses_to_leave=draw(limits),
        ranking=draw(RANKINGS),
    )
    return KeptRounds(settings, draw(st.integers(2, 12)))


class RunningStage(RuleBasedStateMachine):
    """Results, walkovers, matches that nobody comes to, people who leave, and corrections."""

    stage: Running

    @initialize(stage=st.one_of(ELIMINATIONS, round_robins(), swisses()))
    def start(self, stage: Running) -> None:
        """Begin with a stage of any kind."""
        self.stage = stage

    @precondition(lambda self: self.stage.ready())
    @rule(chance=CHANCE, count=st.integers(1, 8))
    def play(self, chance: Random, count: int) -> None:
        """Matches are played; in a bracket, nobody coming is what a draw is in a table."""
        for _ in range(count):
            if ready := self.stage.ready():
                self.stage.do(Decided(chance.choice(ready), chance.choice([0, 0, 1, 1, None])))

    @precondition(lambda self: self.stage.ready())
    @rule(chance=CHANCE, winner=WINNERS)
    def walk_over(self, chance: Random, winner: int | None) -> None:
        """One side does not come to a match, or neither does."""
        self.stage.do(Decided(chance.choice(self.stage.ready()), winner, is_played=False))

    @precondition(lambda self: self.stage.ready())
    @rule(chance=CHANCE)
    def begin(self, chance: Random) -> None:
        """A match is under way."""
        self.stage.do(Started(chance.choice(self.stage.ready())))

    @rule(chance=CHANCE)
    def leave(self, chance: Random) -> None:
        """Somebody leaves or is put out: nobody else's points, results and order change by it."""
        seeds = sorted({seed for _, seed in self.stage.seats()} - self.stage.gone)
        if not seeds:
            return
        seed = chance.choice(seeds)
        if isinstance(self.stage, KeptRounds):
            _leave_rounds(self.stage, seed)
        elif isinstance(self.stage, KeptBracket):
            _leave_bracket(self.stage, seed)

    @precondition(lambda self: self.stage.correctable())
    @rule(chance=CHANCE, winner=WINNERS)
    def correct(self, chance: Random, winner: int | None) -> None:
        """A result is corrected."""
        self.stage.do(Corrected(chance.choice(self.stage.correctable()), winner))

    @precondition(lambda self: self.stage.correctable())
    @rule(chance=CHANCE, count=st.integers(1, 6))
    def correct_and_go_back(self, chance: Random, count: int) -> None:
        """Corrections that are taken back in reverse leave everything as it was (i07)."""
        before = self.stage.state()
        undo = []
        for _ in range(count):
            key = chance.choice(self.stage.correctable())
            undo.append(self.stage.undoing(key))
            self.stage.do(Corrected(key, chance.choice([0, 1, None]), chance.choice([True, True, False])))
        for step in reversed(undo):
            self.stage.do(step)
        assert self.stage.state() == before

    @invariant()
    def i01_nobody_is_in_a_round_twice(self) -> None:
        """Not even as somebody who plays and somebody who sits out."""
        assert max(Counter(self.stage.seats()).values()) == 1

    @invariant()
    def i04_places_are_a_ranking(self) -> None:
        """Of a table always, of a bracket when it is over; and what holds of a bracket is what its results say."""
        if isinstance(self.stage, KeptRounds):
            order, bands = group_order(self.stage.groups.values(), self.stage.settings.ranking)
            assert_ranking(bands, self.stage.entrants)
            assert sorted(order) == sorted(bands)
            for seeds in self.stage.seeds.values():
                in_order = [bands[seed] for seed in order if seed in seeds]
                assert in_order == sorted(in_order)
        elif isinstance(self.stage, KeptBracket):
            self.stage.assert_explained()
            results = self.stage.results()
            places = placements(self.stage.graph, results)
            if fold(self.stage.graph, results).complete:
                assert_ranking(places, self.stage.graph.entrants)

    @invariant()
    def i11_a_table_has_the_points_of_its_matches_and_byes(self) -> None:
        """No more and no less."""
        if not isinstance(self.stage, KeptRounds):
            return
        scoring = self.stage.settings.ranking.scoring
        worth = {
            (True, True): scoring.win + scoring.loss,
            (True, False): 2 * scoring.draw,
            (False, True): scoring.forfeit_win + scoring.forfeit_loss,
            (False, False): 2 * scoring.forfeit_loss,
        }
        over = [game for game in self.stage.games.values() if game.is_over]
        byes = [entry.kind for (_, number), entry in self.stage.byes.items() if number <= self.stage.begun]
        assert set(byes) <= {Kind.PAIRING_BYE}
        earned = sum(worth[game.is_played, game.winner is not None] for game in over) + scoring.pairing_bye * len(byes)
        assert sum(self.stage.points.values()) == earned

    @invariant()
    def i13_in_groups_everybody_meets_everybody(self) -> None:
        """As often as there are cycles, whoever leaves."""
        if not isinstance(self.stage, KeptRounds) or not isinstance(self.stage.settings, RoundRobin):
            return
        met = Counter(frozenset(game.seeds) for game in self.stage.games.values())
        assert set(met.values()) == {self.stage.settings.cycles}
        assert len(met) == sum(len(seeds) * (len(seeds) - 1) // 2 for seeds in self.stage.seeds.values())

    def teardown(self) -> None:
        """The log alone gives the identical state (i07), in another order of the results too (i08)."""
        if not hasattr(self, "stage"):
            return
        note(f"{self.stage.log}")
        seen = self.stage.state()
        assert self.stage.replayed().state() == seen
        assert self.stage.replayed_in_another_order(Random(1)).state() == seen


def _leave_rounds(stage: KeptRounds, seed: int) -> None:
    """Points, by table, change for those who have still to play against them, and for nobody else (i18)."""
    before, begun, byes, open_games = stage.points, stage.begun, dict(stage.byes), stage.open_of(seed)
    kept = {key: game for key, game in stage.games.items() if key not in open_games}
    opponents = Counter(other for key in open_games for other in stage.games[key].seeds if other != seed)
    stage.do(Left(seed))
    assert {key: stage.games[key] for key in kept} == kept
    assert byes.items() <= stage.byes.items()
    scoring = stage.settings.ranking.scoring
    # A round in which nothing else has a result counts from now on, and with it the bye.
    sat_out = Counter(other for other, number in byes if begun < number <= stage.begun)
    for other, points in stage.points.items():
        won = scoring.forfeit_loss if other in stage.gone else scoring.forfeit_win
        assert points - before[other] == won * opponents[other] + scoring.pairing_bye * sat_out[other]


def _leave_bracket(stage: KeptBracket, seed: int) -> None:
    """What was decided stays, and of those who are out nobody passes another (i18)."""
    decided = {key: one for key, one in stage.standings.items() if one.is_decided}
    before = placements(stage.graph, stage.results())
    stage.do(Left(seed))
    assert {key: stage.standings[key] for key in decided} == decided
    after = placements(stage.graph, stage.results())
    assert _order(before, before) == _order(after, before)


def _order(places: dict[int, Band], of: dict[int, Band]) -> list[tuple[int, ...]]:
    """Who stands where among some, without the places themselves."""
    lows = sorted({places[seed][0] for seed in of})
    return [tuple(sorted(seed for seed in of if places[seed][0] == low)) for low in lows]


RunningStage.TestCase.settings = settings(exhaustively, stateful_step_count=12)
TestPropertiesI01I04I07I08I11I13I18RunningStage = RunningStage.TestCase
