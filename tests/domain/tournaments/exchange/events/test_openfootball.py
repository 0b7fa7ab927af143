"""What cups of openfootball tell, and what is seen of them alone."""

from __future__ import annotations

import json

from domain.tournaments.exchange.events import read_event
from domain.tournaments.rules.events import Event, Progress, StageFormat, reproduce
from tests.domain.tournaments.exchange.events import foreign
from tests.domain.tournaments.exchange.events.foreign import Json, changed, encoded


def read(document: Json) -> Event:
    return read_event(encoded(document))[1]


def test_a_cup_of_openfootball_goes_from_groups_to_the_final() -> None:
    event = read(foreign.openfootball())
    reproduced = reproduce(event)
    names = {entrant.number: entrant.name for entrant in event.entrants}
    assert {names[number]: band for number, band in reproduced.placements.items()} == {
        "Mali": (1, 1),
        "Peru": (2, 2),
        "Fiji": (3, 4),
        "Iran": (3, 4),
        "Chad": (5, 6),
        "Cuba": (5, 6),
    }
    assert (reproduced.differences, reproduced.compared) == ((), {"sides": 2, "places": 6, "values": 42})
    final = event.stages[1].groups[0].matches[0]
    assert (final.score, final.shootout, final.winner) == ((2, 2), (3, 4), 1)


def test_groups_of_a_cup_may_stand_in_the_rounds_and_name_a_team_otherwise() -> None:
    def in_rounds(document: Json) -> None:
        for match in document["matches"][:6]:
            match["round"] = match.pop("group")
        for match in document["matches"]:
            match.update({key: "Czechia" for key in ("team1", "team2") if match[key] == "Chad"})

    assert reproduce(read_event(changed(foreign.openfootball(), in_rounds))[1]) == reproduce(
        read(json.loads(json.dumps(foreign.openfootball())))
    )


def test_an_older_file_of_a_cup_has_rounds_and_teams_as_objects() -> None:
    cup = foreign.openfootball()
    names = {"MAL": "Mali"}
    parts = {"ft": "", "et": "et", "p": "p"}
    older = [
        {f"team{n}": {"name": names.get(match[f"team{n}"], match[f"team{n}"])} for n in (1, 2)}
        | {f"score{n}{parts[part]}": goals[n - 1] for part, goals in match["score"].items() for n in (1, 2)}
        | ({"group": match["group"]} if "group" in match else {})
        for match in cup["matches"]
    ]
    older[3]["team2"]["code"] = "MAL"
    rounds = [{"name": "Matchday 1", "matches": older[:6]}, {"name": "Final", "matches": older[6:]}]
    files = encoded({"name": cup["name"], "rounds": rounds}) + encoded({"groups": cup["groups"]})
    assert reproduce(read_event(files)[1]) == reproduce(read(cup))


def test_a_last_round_of_all_against_all_is_a_group() -> None:
    def final_round(document: Json) -> None:
        document["matches"][6].update(round="Final Round")
        del document["matches"][6]["score"]["p"]
        for first, second, goals in (("Mali", "Fiji", [1, 0]), ("Peru", "Fiji", [0, 2])):
            document["matches"].append(
                {"round": "Final Round", "team1": first, "team2": second, "score": {"ft": goals}}
            )

    event = read_event(changed(foreign.openfootball(), final_round))[1]
    assert [stage.format for stage in event.stages] == [StageFormat.ROUND_ROBIN] * 2
    names = {entrant.number: entrant.name for entrant in event.entrants}
    placements = {names[number]: band for number, band in reproduce(event).placements.items()}
    assert [placements[name] for name in ("Mali", "Fiji", "Peru")] == [(1, 1), (2, 2), (3, 3)]


def test_who_plays_on_has_won_a_cancelled_match() -> None:
    def called_off(document: Json) -> None:
        del document["groups"]
        document["matches"] = [
            {"round": "Semi-finals", "team1": "Peru", "team2": "Chad", "status": "canceled"},
            {"round": "Semi-finals", "team1": "Iran", "team2": "Mali", "score": {"ft": [0, 1]}},
            {"round": "Final", "team1": "Mali", "team2": "Peru", "score": {"ft": [2, 1]}},
        ]

    event = read_event(changed(foreign.openfootball(), called_off))[1]
    off = event.stages[0].groups[0].matches[0]
    assert (off.progress, off.winner) == (Progress.FORFEIT, 0)
    assert reproduce(event).placements == {4: (1, 1), 1: (2, 2), 2: (3, 4), 3: (3, 4)}


def knockout(*matches: tuple[str, str, str, Json]) -> Event:
    told = [
        {"round": round_, "team1": first, "team2": second, "score": score} for round_, first, second, score in matches
    ]
    return read({"name": "Cup 2015", "matches": told})


def test_two_legs_are_one_tie_of_all_goals() -> None:
    event = knockout(
        ("Semi-finals", "Peru", "Chad", {"ft": [0, 1]}),
        ("Semi-finals", "Iran", "Mali", {"ft": [1, 1]}),
        ("Semi-finals", "Chad", "Peru", {"ft": [1, 2], "et": [1, 2], "p": [2, 4]}),
        ("Semi-finals", "Mali", "Iran", {"ft": [0, 0]}),
        ("Final", "Mali", "Peru", {"ft": [2, 1]}),
    )
    by_shootout, by_away_goals, final = event.stages[0].groups[0].matches
    assert (by_shootout.score, by_shootout.games, by_shootout.winner) == ((2, 2), ((1, 0), (1, 2)), 1)
    assert (by_away_goals.score, by_away_goals.games, by_away_goals.winner) == ((1, 1), ((1, 1), (0, 0)), 0)
    assert final.games == ()
    assert reproduce(event).placements == {4: (1, 1), 1: (2, 2), 2: (3, 4), 3: (3, 4)}


def test_a_drawn_match_is_played_until_it_is_decided() -> None:
    (match,) = (
        knockout(
            ("Final", "Peru", "Chad", {"ft": [1, 1]}),
            ("Final, Replay", "Chad", "Peru", {"ft": [0, 0]}),
            ("Final, Second replay", "Peru", "Chad", [0, 1]),
        )
        .stages[0]
        .groups[0]
        .matches
    )
    assert (match.score, match.games, match.winner) == ((0, 1), ((1, 1), (0, 0), (0, 1)), 1)


def test_who_plays_on_to_the_later_match_has_won_a_draw_and_else_it_is_open() -> None:
    semi, other, third, final = (
        knockout(
            ("Semi-finals", "Peru", "Chad", {"ft": [1, 1]}),
            ("Semi-finals", "Iran", "Mali", {"ft": [2, 1]}),
            ("Third place", "Peru", "Mali", {"ft": [0, 0]}),
            ("Final", "Chad", "Iran", {"ft": [3, 0]}),
        )
        .stages[0]
        .groups[0]
        .matches
    )
    assert [match.winner for match in (semi, other, third, final)] == [1, 0, None, 0]
    assert (third.progress, third.score) == (Progress.LIVE, (0, 0))


def test_matchdays_of_a_league_are_a_table() -> None:
    event = knockout(
        ("League, Matchday 1", "Peru", "Chad", {"ft": [1, 1]}),
        ("League, Matchday 1", "Iran", "Mali", {"ft": [2, 1]}),
        ("League, Matchday 2", "Mali", "Peru", {"ft": [0, 2]}),
        ("League, Matchday 2", "Chad", "Iran", {"ft": [1, 0]}),
        ("Final", "Peru", "Chad", {"ft": [1, 0]}),
    )
    assert [stage.format for stage in event.stages] == [StageFormat.ROUND_ROBIN, StageFormat.ELIMINATION]
    assert (event.stages[0].groups[0].name, event.stages[0].tiebreaks) == ("League", ("PTS", "GD", "GF", "H2H"))
    assert reproduce(event).placements == {1: (1, 1), 2: (2, 2), 3: (3, 3), 4: (4, 4)}
