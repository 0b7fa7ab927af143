"""What holds of formats and of events played in them, one property at a time."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tournaments.errors import NoLegalPairing
from domain.tournaments.rules.elimination import double_elimination, gsl_group, single_elimination
from domain.tournaments.rules.facts import elimination_facts
from domain.tournaments.rules.formats import RoundRobin, Swiss, graph_of
from domain.tournaments.rules.placements import Band, placements
from domain.tournaments.rules.rematch import earliest_rematch_round
from domain.tournaments.rules.rounds import Field
from domain.tournaments.rules.sources import StageSource
from domain.tournaments.rules.stages import Ranked, StagePlan, arrivals, by_merit, event_places, sizes, validate
from domain.tournaments.rules.swiss import Method, PairedRound, Terms, pair
from domain.tournaments.rules.tables import group_order
from domain.tournaments.values import DropOrder, GrandFinal
from tests.factories.stages import double, knockout, round_robin, swiss
from tests.factories.swiss import Step, all_rounds, entrants, pairs_of, played
from tests.fixtures.brackets import assert_ranking, earliest_rematch_by_paths
from tests.fixtures.profiles import exhaustively
from tests.fixtures.running import Decided, KeptBracket, KeptRounds, Running

SEEDS = st.integers(0, 2**32)


def play_out(stage: Running, chance: Random) -> None:
    """Everything that is left, whoever wins."""
    while ready := stage.ready():
        stage.do(Decided(chance.choice(ready), chance.randrange(2)))


@exhaustively
@given(st.integers(2, 70), st.booleans(), SEEDS)
def test_properties_i03_a_knock_out_plays_one_match_less_than_entrants(entrants: int, third: bool, seed: int) -> None:
    third = third and entrants >= 4
    bracket = KeptBracket(single_elimination(entrants, third_place=third))
    play_out(bracket, Random(seed))
    assert len(bracket.log) == entrants - 1 + third


@exhaustively
@given(SEEDS)
def test_properties_i03_i04_a_gsl_group_plays_five_matches_for_four_places(seed: int) -> None:
    bracket = KeptBracket(gsl_group())
    play_out(bracket, Random(seed))
    assert len(bracket.log) == 5
    assert sorted(placements(bracket.graph, bracket.results()).values()) == [(1, 1), (2, 2), (3, 3), (4, 4)]


@exhaustively
@given(st.integers(1, 6), st.integers(2, 5), st.integers(0, 5), st.integers(1, 2), SEEDS)
def test_properties_i05_while_favourites_win_groups_end_in_the_order_of_the_seeds(
    groups: int, size: int, more: int, cycles: int, seed: int
) -> None:
    stage = KeptRounds(RoundRobin(group_count=groups, cycles=cycles), groups * size + more % groups)
    play_favourites(stage, Random(seed))
    order, bands = group_order(stage.groups.values(), stage.settings.ranking)
    assert all(low <= number <= high for number, (low, high) in bands.items())
    for members in stage.seeds.values():
        assert [number for number in order if number in members] == sorted(members)


@exhaustively
@given(st.integers(2, 24), st.sampled_from(Method), SEEDS)
def test_properties_i05_while_favourites_win_the_first_seed_alone_wins_a_swiss(
    entrants: int, method: Method, seed: int
) -> None:
    stage = KeptRounds(Swiss(method=method), entrants)
    play_favourites(stage, Random(seed))
    assert stage.begun == (entrants - 1).bit_length()
    assert group_order(stage.groups.values(), stage.settings.ranking)[1][1] == (1, 1)


def play_favourites(stage: KeptRounds, chance: Random) -> None:
    """Everything that is left, in any order."""
    while ready := stage.ready():
        key = chance.choice(ready)
        first, second = stage.games[key].seeds
        stage.do(Decided(key, int(second < first)))


@exhaustively
@given(st.integers(2, 70), st.sampled_from(GrandFinal), st.sampled_from(DropOrder), st.data())
def test_properties_i06_the_bound_is_what_following_any_two_finds(
    entrants: int, final: GrandFinal, order: DropOrder, data: st.DataObject
) -> None:
    below = data.draw(st.integers(0, entrants - 2))
    graph = double_elimination(entrants, final, drop_order=order, lower_starters=below)
    assert earliest_rematch_round(graph) == earliest_rematch_by_paths(graph)


@pytest.mark.parametrize("entrants", [*range(2, 131), 256, 512, 1024, 2048, 4096])
def test_properties_i06_the_bound_that_is_published_is_what_following_any_two_finds(entrants: int) -> None:
    published = elimination_facts(entrants, DropOrder.OPTIMAL, 0).earliest_rematch_round
    assert published == earliest_rematch_by_paths(double_elimination(entrants))


def test_properties_i06_no_two_meet_again_before_these_rounds() -> None:
    bounds = {size: earliest_rematch_by_paths(double_elimination(size)) for size in (8, 16, 32, 64, 128)}
    assert bounds == {8: 3, 16: 4, 32: 5, 64: 7, 128: 8}


@st.composite
def tight_spots(draw: st.DrawFn) -> tuple[Field, Terms]:
    """A few who have played some rounds, and of whom many may not meet."""
    field = entrants(draw(st.integers(2, 7)))
    chance = Random(draw(SEEDS))
    for _ in range(draw(st.integers(0, 4))):
        paired = pair(field)
        assert isinstance(paired, PairedRound)
        field = played(field, paired, chance)
    pairs = [frozenset(both) for both in combinations(field.players, 2)]
    return field, Terms(draw(st.sampled_from(Method)), frozenset(draw(st.sets(st.sampled_from(pairs)))))


@exhaustively
@given(tight_spots())
def test_properties_i09_a_round_is_refused_exactly_when_there_is_none(spot: tuple[Field, Terms]) -> None:
    field, terms = spot
    if any(True for _ in all_rounds(Step(field, terms, PairedRound(0, ())))):
        paired = pair(field, terms)
        assert isinstance(paired, PairedRound)
        assert not pairs_of(paired) & terms.forbidden
    else:
        with pytest.raises(NoLegalPairing) as refusal:
            pair(field, terms)
        assert refusal.value.players == len(field.players)


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[StagePlan], int]:
    """Stages of which the first takes everybody, and the others those before, so that nobody goes on twice."""
    entrants = draw(st.integers(4, 14))
    first = draw(st.sampled_from([round_robin(), round_robin(group_count=2), swiss(rounds=3), knockout(), double()]))
    found, free = [first], [(1, 1, entrants)]
    for number in range(2, draw(st.integers(2, 5))):
        stage, low, high = free.pop(draw(st.integers(0, len(free) - 1)))
        cut = draw(st.integers(low + 1, high))
        make = draw(st.sampled_from([round_robin, swiss, knockout, double]))
        found.append(make(StageSource(stage, low, cut, is_overall=True)))
        free += [(number, 1, cut - low + 1), *([(stage, cut + 1, high)] if cut + 2 <= high else [])]
    validate(found, entrants)
    return found, entrants


@exhaustively
@given(plans(), SEEDS)
def test_properties_i04_the_places_of_an_event_of_several_stages_are_a_ranking(
    event: tuple[list[StagePlan], int], seed: int
) -> None:
    """Whoever goes on finishes before whoever stays, and everybody has one place."""
    stages, entrants = event
    chance = Random(seed)
    orders: dict[int, list[Ranked[int]]] = {}
    bands: dict[int, dict[int, Band]] = {}
    for number, plan in enumerate(stages, start=1):
        field = arrivals(plan, orders) if plan.sources else tuple(range(1, entrants + 1))
        assert len(field) == sizes(stages, entrants)[number - 1]
        stage = begun(plan, len(field))
        play_out(stage, chance)
        order, places = outcome(stage)
        orders[number] = [Ranked(field[one.entrant - 1], one.group) for one in order]
        bands[number] = {field[place - 1]: band for place, band in places.items()}
    merit = by_merit({number: plan.sources for number, plan in enumerate(stages, start=1)})
    assert sorted(merit) == sorted(bands)
    ranking = event_places([bands[number] for number in merit])
    assert_ranking(ranking, entrants)
    for number, here in bands.items():
        later = [
            bands[other] for other, plan in enumerate(stages, start=1) if number in {s.stage for s in plan.sources}
        ]
        going = {entrant for field in later for entrant in field}
        staying = here.keys() - going
        if going and staying:
            assert max(ranking[one] for one in going) < min(ranking[one] for one in staying)


def begun(plan: StagePlan, entrants: int) -> Running:
    """A stage with so many in it."""
    settings = plan.format.settings
    if isinstance(settings, RoundRobin | Swiss):
        return KeptRounds(settings, entrants)
    return KeptBracket(graph_of(plan.format, entrants))


def outcome(stage: Running) -> tuple[list[Ranked[int]], dict[int, Band]]:
    """The order of a stage that is over, by the seeds in it, and the places there."""
    if isinstance(stage, KeptRounds):
        group_of = {seed: group for group, seeds in stage.seeds.items() for seed in seeds}
        order, bands = group_order(stage.groups.values(), stage.settings.ranking)
        return [Ranked(seed, group_of[seed]) for seed in order], dict(bands)
    assert isinstance(stage, KeptBracket)
    bands = placements(stage.graph, stage.results())
    return [Ranked(seed) for seed in sorted(bands, key=lambda seed: (bands[seed], seed))], bands
