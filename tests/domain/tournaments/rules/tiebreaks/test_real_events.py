"""Standings that were published of events that took place; skipped where the folder with them is missing."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from domain.tournaments.rules.rounds import Entry, Field, Kind, Player, Scoring, Side
from domain.tournaments.rules.tiebreaks import RuleYear, parse_tiebreaks, standings

EVENTS = Path(__file__).resolve().parents[6] / "shared" / "data" / "brackets"


def read(name: str) -> Any:
    path = EVENTS / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return json.loads(path.read_text())


@pytest.mark.parametrize("year", list(RuleYear))
def test_a_round_robin_of_ten_has_the_official_values(year: RuleYear) -> None:
    event = read("real_uzchess_cup_2025_round_robin.json")
    rounds: dict[int, dict[int, Entry]] = {int(number): {} for number in event["ratings"]}
    for number, first, second, result in event["games"]:
        points = {"1": 2, "=": 1, "0": 0}[result]
        rounds[first][number] = Entry(Kind.PLAYED, points, second, Side.FIRST)
        rounds[second][number] = Entry(Kind.PLAYED, 2 - points, first, Side.SECOND)
    players = {
        number: Player(
            number, f"Player {number}", event["ratings"][str(number)], tuple(entries[n] for n in range(1, 10))
        )
        for number, entries in rounds.items()
    }
    found = standings(Field(players, 9, predetermined=True), parse_tiebreaks("PTS,DE,SB,WON,BWG,KS"), year)
    assert len(found.rows) == 10
    for row in found.rows:
        expected = event["expected"][str(row.number)]
        values = {label: value.number for label, value in row.values.items()}
        assert values == {"PTS": Fraction(expected.pop("points"))} | {
            key: Fraction(number) for key, number in expected.items()
        }


@pytest.mark.parametrize("tiebreaks", ["PTS,GD,GF,H2H", "PTS,GD,GF"])
def test_the_groups_of_a_world_cup_end_as_published(tiebreaks: str) -> None:
    groups = read("openfootball_2014_worldcup.standings.json")["groups"]
    matches = read("openfootball_2014_worldcup.json")["matches"]
    assert len(groups) == 8
    for group in groups:
        teams = [place["team"]["name"] for place in group["standings"]]
        field = football([match for match in matches if match.get("group") == group["name"]], teams)
        found = standings(field, parse_tiebreaks(tiebreaks))
        assert [field.players[row.number].name for row in found.rows] == teams
        assert found.unbroken == ()
        for row, place in zip(found.rows, group["standings"], strict=True):
            assert row.rank == place["pos"]
            assert row.values["PTS"].number == place["pts"]
            assert row.values["GD"].number == place["goals_for"] - place["goals_against"]
            assert row.values["GF"].number == place["goals_for"]


def football(matches: list[Any], teams: list[str]) -> Field:
    """The group, numbered against the alphabet, so that the order of the numbers cannot help."""
    scoring = Scoring(win=6, draw=2, forfeit_win=6, full_bye=6, half_bye=2, pairing_bye=6)
    numbers = {name: number for number, name in enumerate(sorted(teams, reverse=True), 1)}
    rounds: dict[int, list[Entry]] = {number: [] for number in numbers.values()}
    for match in matches:
        sides = [numbers[match[key].replace("USA", "United States")] for key in ("team1", "team2")]
        goals: tuple[int, int] = tuple(match["score"]["ft"])
        for number, other, (own, against) in ((sides[0], sides[1], goals), (sides[1], sides[0], goals[::-1])):
            points = scoring.win if own > against else scoring.draw if own == against else scoring.loss
            rounds[number].append(Entry(Kind.PLAYED, points, other, None, (own, against)))
    players = {number: Player(number, name, None, tuple(rounds[number])) for name, number in numbers.items()}
    return Field(players, 3, scoring, predetermined=True)
