"""What holds for standings of every event."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from domain.tournaments.rules.rounds import Field
from domain.tournaments.rules.tiebreaks import RuleYear, parse_tiebreaks, standings
from tests.fixtures.profiles import exhaustively
from tests.fixtures.random_fields import fields, played_fields

ALL = (
    "PTS,WIN,WON,BPG,BWG,REP,STD,PS,PS/C1,KS,BH,BH/C1,BH/C2,BH/M1,BH/P,FB,FB/C1,SB,SB/C1,SB/P,AOB,AOB/F,ARO,ARO/C1,"
    "TPR,PTP,APRO,APPO,RTNG,GD,GF"
)
OWN = (
    "PTS",
    "WIN",
    "WON",
    "BPG",
    "BWG",
    "REP",
    "STD",
    "PS",
    "PS/C1",
    "KS",
    "BH",
    "BH/C1",
    "BH/M1",
    "FB",
    "SB",
    "SB/C1",
)
years = st.sampled_from(list(RuleYear))
lists = st.lists(st.sampled_from(ALL.split(",")), min_size=1, max_size=4, unique=True).map(",".join)


@given(played_fields, years)
@exhaustively
def test_properties_i12_buchholz_hands_out_each_score_once_for_each_opponent(field: Field, year: RuleYear) -> None:
    rows = standings(field, parse_tiebreaks("BH"), year).rows
    handed_out = sum((Fraction(player.points, 2) * len(player.rounds) for player in field.players.values()), Fraction())
    assert sum((row.values["BH"].number or Fraction() for row in rows), Fraction()) == handed_out


@given(played_fields, lists)
@exhaustively
def test_without_unplayed_rounds_all_rules_agree(field: Field, tiebreaks: str) -> None:
    values = [
        {row.number: row.values for row in standings(field, parse_tiebreaks(tiebreaks), year).rows} for year in RuleYear
    ]
    assert values[0] == values[1] == values[2]


@given(fields, years)
@exhaustively
def test_a_value_is_what_its_terms_add_up_to(field: Field, year: RuleYear) -> None:
    for row in standings(field, parse_tiebreaks(",".join(OWN)), year).rows:
        for value in row.values.values():
            counted = [term.value for term in value.terms if not term.is_cut]
            assert value.number == sum(counted, Fraction())


@given(fields, years, lists, st.integers(0, 99))
@exhaustively
def test_properties_i10_the_order_and_the_numbers_of_players_decide_nothing(
    field: Field, year: RuleYear, tiebreaks: str, seed: int
) -> None:
    numbers = list(field.players)
    others = [number + 100 for number in numbers]
    Random(seed).shuffle(others)
    renamed = dict(zip(numbers, others, strict=True))
    players = {
        renamed[number]: replace(
            player,
            number=renamed[number],
            rounds=tuple(
                replace(entry, opponent=renamed[entry.opponent]) if entry.opponent else entry for entry in player.rounds
            ),
        )
        for number, player in sorted(field.players.items(), key=lambda item: renamed[item[0]])
    }
    for list_ in (tiebreaks, f"PTS,DE,{tiebreaks},H2H"):
        before = standings(field, parse_tiebreaks(list_), year)
        after = standings(replace(field, players=players), parse_tiebreaks(list_), year)
        places = {
            renamed[row.number]: (row.rank, [value.number for value in row.values.values()]) for row in before.rows
        }
        assert places == {row.number: (row.rank, [value.number for value in row.values.values()]) for row in after.rows}


@given(fields, years, lists)
@exhaustively
def test_properties_i04_equal_values_are_an_equal_rank_and_are_told(
    field: Field, year: RuleYear, tiebreaks: str
) -> None:
    found = standings(field, parse_tiebreaks(tiebreaks), year)
    assert sorted(row.number for row in found.rows) == sorted(field.players)
    vectors = [[value.number for value in row.values.values()] for row in found.rows]
    for place, ((above, row), (below, next_row)) in enumerate(pairwise(zip(vectors, found.rows, strict=True)), 2):
        assert (next_row.rank == row.rank) is (above == below)
        assert next_row.rank in (row.rank, place)
    shared: dict[int, list[int]] = {}
    for row in found.rows:
        shared.setdefault(row.rank, []).append(row.number)
    assert found.unbroken == tuple(tuple(sorted(tied)) for tied in shared.values() if len(tied) > 1)


@given(fields)
@exhaustively
def test_the_cap_never_gives_more(field: Field) -> None:
    list_ = parse_tiebreaks("BH,SB")
    capped = {row.number: row.values for row in standings(field, list_, RuleYear.CAPPED).rows}
    for row in standings(field, list_, RuleYear.DUMMY).rows:
        for label, value in row.values.items():
            assert (capped[row.number][label].number or Fraction()) <= (value.number or Fraction())


@given(fields, st.integers(0, 999))
@exhaustively
def test_the_lot_leaves_nobody_tied_and_falls_the_same_way_again(field: Field, number: int) -> None:
    list_ = parse_tiebreaks(f"PTS,LOT/L{number}")
    found = standings(field, list_)
    assert found.unbroken == ()
    assert found == standings(field, list_)
