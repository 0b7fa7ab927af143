"""Direct encounter: only among the tied, only as far as it is certain, and again for those who are left."""

from __future__ import annotations

from domain.tournaments.rules.rounds import Entry, Field, Kind, Player
from domain.tournaments.rules.tiebreaks import parse_tiebreaks, standings
from tests.fixtures.crosstables import crosstable


def order(field: Field, tiebreaks: str) -> list[list[int]]:
    """The players by place; those who share one are together."""
    places: dict[int, list[int]] = {}
    for row in standings(field, parse_tiebreaks(tiebreaks)).rows:
        places.setdefault(row.rank, []).append(row.number)
    return list(places.values())


def test_whoever_leads_by_more_than_games_to_come_can_change_is_first() -> None:
    assert order(crosstable("1 0 +W2 +W3\n2 0 -B1 .\n3 0 . -B1"), "DE") == [[1], [2, 3]]


def test_nothing_is_decided_while_somebody_could_still_lead() -> None:
    assert order(crosstable("1 0 +W2 .\n2 0 -B1 .\n3 0 . ."), "DE") == [[1, 2, 3]]


def test_places_are_given_one_after_the_other() -> None:
    """1 won against all, 2 against all others; 3 and 4 have not met, and cannot pass 2."""
    field = crosstable("""
    1 0 +W2 +W3 +W4
    2 0 -B1 +W4 +W3
    3 0 .   -B1 -B2
    4 0 .   -B2 -B1
    """)
    assert order(field, "DE") == [[1], [2], [3, 4]]


def test_the_table_starts_again_for_those_whom_it_left_tied() -> None:
    """In the first table 1 and 2 have 2 points, 3 and 4 have 1; among 1 and 2, and among 3 and 4, the game decides."""
    field = crosstable("""
    1 0 -W2 +W3 +W4
    2 0 +B1 -W4 +W3
    3 0 +W4 -B1 -B2
    4 0 -B3 +B2 -B1
    """)
    found = standings(field, parse_tiebreaks("DE"))
    assert order(field, "DE") == [[2], [1], [3], [4]]
    assert [row.values["DE"].number for row in found.rows] == [1, 2, 3, 4]
    assert found.rows[0].values["DE"].note == "2 against the 3 others who are tied; 3 tables in all"


def test_games_against_others_do_not_count() -> None:
    field = crosstable("""
    1 0 -W2 +W3 +W4
    2 0 +B1 +W4 -W3
    3 0 -B4 -B1 +B2
    4 0 +W3 -B2 -B1
    """)
    assert order(field, "PTS,DE") == [[2], [1], [4], [3]]


def test_forfeits_count_where_the_tiebreak_or_a_league_says_so() -> None:
    forfeit = "1 0 -F2\n2 0 +F1"
    assert order(crosstable(forfeit), "DE") == [[1, 2]]
    assert order(crosstable(forfeit), "DE/P") == [[2], [1]]
    assert order(crosstable(forfeit, predetermined=True), "DE") == [[2], [1]]


def test_of_games_between_the_same_two_the_average_counts() -> None:
    """1 drew and won against 2 (3/4), and lost to 3; 2 won against 3."""
    field = crosstable("""
    1 0 =W2 +B2 -W3
    2 0 =B1 -W1 .
    3 0 .   .   +B1
    """)
    found = standings(field, parse_tiebreaks("DE"))
    notes = {row.number: row.values["DE"].note for row in found.rows}
    assert notes[1] == "0.75 against the 2 others who are tied"
    assert notes[3] == "1 against the 2 others who are tied, 1 of whom were not met"


def test_a_game_without_a_result_is_not_met() -> None:
    assert order(crosstable("1 0 ?W2\n2 0 ?B1"), "DE") == [[1, 2]]


def test_head_to_head_counts_points_then_games() -> None:
    """Each won one of three and lost one; the games decide between them."""
    results = {(1, 2): (3, 0), (2, 3): (2, 0), (3, 1): (2, 1)}
    rounds: dict[int, list[Entry]] = {1: [], 2: [], 3: []}
    for (first, second), (won, lost) in results.items():
        rounds[first].append(Entry(Kind.PLAYED, 2, second, None, (won, lost)))
        rounds[second].append(Entry(Kind.PLAYED, 0, first, None, (lost, won)))
    players = {number: Player(number, str(number), None, tuple(entries)) for number, entries in rounds.items()}
    assert order(Field(players), "PTS,H2H") == [[1], [2], [3]]
    assert order(Field(players), "PTS,DE") == [[1, 2, 3]]


def test_who_is_not_tied_has_no_place_in_it() -> None:
    found = standings(crosstable("1 0 +W2\n2 0 -B1"), parse_tiebreaks("PTS,DE"))
    assert [row.values["DE"].number for row in found.rows] == [0, 0]
    assert found.rows[0].values["DE"].note == "not tied"
