"""Lists of tie-breaks as they are written."""

from __future__ import annotations

import pytest

from domain.tournaments.errors import InvalidTiebreak
from domain.tournaments.rules.tiebreaks import MODIFIERS, RuleYear, Tiebreak, parse_tiebreaks, standings
from tests.fixtures.crosstables import crosstable


def test_a_list_is_read_first_to_last() -> None:
    assert parse_tiebreaks("PTS, bh/c1  SB/C2/P,KS/L-2") == (
        Tiebreak("PTS", "PTS"),
        Tiebreak("BH", "BH/C1", cut_low=1),
        Tiebreak("SB", "SB/C2/P", cut_low=2, forfeits_count=True),
        Tiebreak("KS", "KS/L-2", limit=-2),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BH/M2", Tiebreak("BH", "BH/M2", cut_low=2, cut_high=2)),
        ("AOB/F", Tiebreak("AOB", "AOB/F", fore=True)),
        ("KS/L40", Tiebreak("KS", "KS/L40", percent=40)),
        ("KS/L+1", Tiebreak("KS", "KS/L+1", limit=1)),
        ("ARO/C1/U1400", Tiebreak("ARO", "ARO/C1/U1400", cut_low=1, unrated=1400)),
        ("GE", Tiebreak("REP", "GE")),
        ("SEED/R", Tiebreak("TPN", "SEED/R", reverse=True)),
        ("LOT/L7", Tiebreak("LOT", "LOT/L7", lot=7)),
    ],
)
def test_modifiers(text: str, expected: Tiebreak) -> None:
    assert parse_tiebreaks(text) == (expected,)


def test_the_same_one_twice_has_a_value_for_each() -> None:
    assert [tiebreak.label for tiebreak in parse_tiebreaks("PTS,DE,BH,DE")] == ["PTS", "DE", "BH", "DE (2)"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " , ",
        "BUCHHOLZ",
        "EDET/P",
        "BH:MP",
        "BH/",
        "BH/C",
        "BH/C-1",
        "BH/C10",
        "BH/C1/M1",
        "BH/Q1",
        "BH/P1",
        "PTS/C1",
        "DE/R",
        "AOB/C1",
        "KS/L101",
        "KS/L+",
        "ARO/U10000",
        "LOT",
        "BH/C१",
        "PTS," * 65,
        "x" * 1001,
    ],
)
def test_what_is_not_a_list_is_refused(text: str) -> None:
    with pytest.raises(InvalidTiebreak):
        parse_tiebreaks(text)


@pytest.mark.parametrize("name", sorted(MODIFIERS))
@pytest.mark.parametrize("year", list(RuleYear))
def test_each_can_be_measured_where_nobody_has_played(name: str, year: RuleYear) -> None:
    list_ = parse_tiebreaks("LOT/L1" if name == "LOT" else name)
    for text in ("1 2000\n2 1900", "1 2000 Z\n2 1900 .", "7 2000 P"):
        found = standings(crosstable(text), list_, year)
        assert len(found.rows) == len(text.splitlines())
