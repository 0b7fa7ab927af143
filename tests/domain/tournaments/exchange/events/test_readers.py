"""What the readers of other platforms' files make of one small event, and what our rules make of that."""

from __future__ import annotations

import json

import pytest

from domain.kernel.scoring import MatchScoring
from domain.tournaments.exchange.events import EventFormat, read_event
from domain.tournaments.rules.events import Event, EventMatch, Progress, StageFormat, reproduce
from domain.tournaments.values import LoserOf, Seed, WinnerOf
from tests.domain.tournaments.exchange import samples
from tests.domain.tournaments.exchange.events import foreign
from tests.domain.tournaments.exchange.events.foreign import BRACKETS, MATCHES, Json, changed, encoded


def read(document: Json) -> Event:
    return read_event(encoded(document))[1]


def by_round(event: Event) -> dict[str, EventMatch]:
    """The matches of the only bracket by their keys in the sample, in whose order they stand."""
    return dict(zip((match.key for match in MATCHES), event.stages[0].groups[0].matches, strict=True))


@pytest.mark.parametrize("kind", BRACKETS)
def test_links_results_and_places_are_those_of_the_event(kind: str) -> None:
    found, event = read_event(encoded(BRACKETS[kind]()))
    assert found is EventFormat(kind)
    matches = by_round(event)
    keys = {match.key: key for key, match in matches.items()}
    for told in MATCHES:
        match = matches[told.key]
        assert (match.sides, match.score, match.winner) == (told.sides, told.score, int(told.winner == told.sides[1]))
        assert match.progress is Progress.PLAYED
        assert match.sources is not None
        for source, origin in zip(match.sources, told.froms, strict=True):
            if isinstance(source, Seed):
                assert str(source.number) == origin
            else:
                assert ("L" if isinstance(source, LoserOf) else "W") + keys[source.match] == origin
    reproduced = reproduce(event)
    assert reproduced.placements == {number: (number, number) for number in (1, 2, 3, 4)}
    assert reproduced.differences == ()
    assert reproduced.compared["sides"] == 14


def test_a_wrong_place_a_wrong_side_and_a_wrong_value_are_told() -> None:
    def swap(document: Json) -> None:
        document["tournament"]["participants"][2]["participant"]["final_rank"] = 4
        document["tournament"]["matches"][4]["match"]["player2_id"] = 14
        document["tournament"]["matches"][4]["match"]["winner_id"] = 14

    reproduced = reproduce(read_event(changed(foreign.challonge(), swap))[1])
    assert [str(difference) for difference in reproduced.differences] == [
        "stage 1, match '105', slot 1: the file says Dee, the rules say Bo.",
        "final places, Cy: the file says place 4, the rules say place 3.",
    ]
    cup = changed(foreign.openfootball(), lambda d: d["groups"][1]["standings"][0].update(goals_for=4))
    differences = reproduce(read_event(cup)[1]).differences
    assert [(each.told, each.ours) for each in differences] == [("GF 4", "GF 3"), ("GD 3", "GD 2")]


def test_challonge_in_three_files_is_the_same_as_in_one() -> None:
    whole = foreign.challonge()
    parts = [
        {"tournament": {k: v for k, v in whole["tournament"].items() if k not in ("participants", "matches")}},
        whole["tournament"]["participants"],
        whole["tournament"]["matches"],
    ]
    files = [json.dumps(part).encode() for part in parts]
    assert read_event(files) == read_event(encoded(whole))
    assert read_event(files[::-1]) == read_event(files)


@pytest.mark.parametrize(
    ("fields", "progress", "winner", "score", "games"),
    [
        ({"scores_csv": "3-1, 1-3,2-1"}, Progress.PLAYED, 0, (2, 1), ((3, 1), (1, 3), (2, 1))),
        ({"scores_csv": "-1-0", "winner_id": 12}, Progress.FORFEIT, 1, (-1, 0), ()),
        ({"scores_csv": "0--1"}, Progress.FORFEIT, 0, (0, -1), ()),
        ({"scores_csv": "", "forfeited": True}, Progress.FORFEIT, 0, None, ()),
        ({"winner_id": None, "scores_csv": "0-2"}, Progress.PLAYED, 1, (0, 2), ()),
        ({"state": "open", "winner_id": None, "underway_at": "2020"}, Progress.LIVE, None, (3, 1), ()),
        ({"state": "pending", "winner_id": None, "scores_csv": ""}, Progress.OPEN, None, None, ()),
    ],
)
def test_the_states_and_scores_of_challonge(
    fields: Json, progress: Progress, winner: int | None, score: Json, games: Json
) -> None:
    last = changed(foreign.challonge(), lambda d: d["tournament"]["matches"][6]["match"].update(fields))
    match = by_round(read_event(last)[1])["G"]
    assert (match.progress, match.winner, match.score, match.games) == (progress, winner, score, games)


def test_groups_of_challonge_are_tables_of_the_players_of_groups() -> None:
    def match(number: int, group: int | None, first: int, second: int, score: str, winner: int | None) -> Json:
        ids = {"player1_id": first, "player2_id": second, "winner_id": winner, "group_id": group}
        return {"match": {"id": number, "round": 1, "state": "complete", "scores_csv": score, **ids}}

    participants = [
        {"participant": {"id": n, "seed": n, "name": f"P{n}", "final_rank": None, "group_player_ids": [100 + n]}}
        for n in (1, 2, 3, 4)
    ]
    matches = [
        match(1, 9, 101, 104, "1-1", None),
        match(2, 8, 102, 103, "0-2", 103),
        match(3, None, 4, 3, "2-1", 4),
    ]
    tournament = {"name": "Groups", "tournament_type": "single elimination"}
    event = read({"tournament": tournament, "participants": participants, "matches": matches})
    assert [(stage.format, len(stage.groups)) for stage in event.stages] == [
        (StageFormat.ROUND_ROBIN, 2),
        (StageFormat.ELIMINATION, 1),
    ]
    reproduced = reproduce(event)
    assert [outcome.bands for outcome in reproduced.groups[0]] == [{1: (1, 2), 4: (1, 2)}, {3: (1, 1), 2: (2, 2)}]
    assert reproduced.placements == {4: (1, 1), 3: (2, 2), 1: (3, 3), 2: (4, 4)}


@pytest.mark.parametrize(
    ("told", "differences"), [([1, 2, 3, 3], 0), ([1, 2, 3, 4], 0), ([1, 2, 2, 2], 0), ([2, 1, 3, 4], 2)]
)
def test_whom_points_leave_tied_the_origin_may_have_parted(told: list[int], differences: int) -> None:
    """The first wins all matches, and the others draw all of theirs."""
    pairs = [(1, 2), (3, 4), (1, 3), (2, 4), (1, 4), (2, 3)]
    matches = [
        {
            "id": number,
            "round": (number + 1) // 2,
            "state": "complete",
            "player1_id": first,
            "player2_id": second,
            "winner_id": 1 if first == 1 else None,
            "scores_csv": "1-0" if first == 1 else "0-0",
        }
        for number, (first, second) in enumerate(pairs, 1)
    ]
    participants = [{"id": n, "seed": n, "name": f"P{n}", "final_rank": place} for n, place in enumerate(told, 1)]
    tournament = {"name": "League", "tournament_type": "round robin"}
    event = read({"tournament": tournament, "participants": participants, "matches": matches})
    reproduced = reproduce(event)
    assert reproduced.placements == {1: (1, 1), 2: (2, 4), 3: (2, 4), 4: (2, 4)}
    assert len(reproduced.differences) == differences


@pytest.mark.parametrize(
    ("options", "scores", "order", "points"),
    [
        ({"ranked_by": "match wins"}, ("3-2", "9-0", "2-1"), [1, 2, 3], "PTS"),
        ({"ranked_by": "points scored"}, ("3-2", "9-0", "2-1"), [2, 1, 3], "GF"),
        ({"ranked_by": "points difference"}, ("3-2,1-2,3-2", "9-0", "2-1"), [2, 1, 3], "GD"),
        ({"ranked_by": "game wins"}, ("1-0,0-1,1-0", "1-0,1-0,1-0", "9-0"), [2, 1, 3], "GF"),
        (
            {"ranked_by": "custom", "rr_pts_for_game_win": "1.0"},
            ("1-0,0-1,1-0", "1-0,1-0,1-0", "0-0,0-0,1-0"),
            [1, 2, 3],
            "PTS",
        ),
        (
            {"ranked_by": "custom", "rr_pts_for_game_win": "1.0", "rr_pts_for_game_tie": 0.5},
            ("1-0,0-1,1-0", "1-0,1-0,1-0,1-0", "1-0"),
            [2, 1, 3],
            "PTS",
        ),
    ],
)
def test_a_round_robin_of_challonge_is_ordered_as_its_options_say(
    options: Json, scores: tuple[str, str, str], order: list[int], points: str
) -> None:
    sides = ((11, 12), (12, 13), (11, 13))
    told = foreign.challonge()["tournament"] | {"tournament_type": "round robin", **options}
    told["matches"] = [
        {"id": number, "round": number, "state": "complete", "player1_id": one, "player2_id": other}
        | {"winner_id": one, "scores_csv": score}
        for number, ((one, other), score) in enumerate(zip(sides, scores, strict=True), 1)
    ]
    told["participants"] = told["participants"][:3]
    for place, number in enumerate(order, 1):
        told["participants"][number - 1]["participant"]["final_rank"] = place
    event = read({"tournament": told})
    found = reproduce(event)
    assert (found.differences, found.compared["places"]) == ((), 3)
    assert (event.stages[0].tiebreaks or ("PTS",)) == (points,)


def test_swiss_of_challonge_counts_byes_for_who_plays_on() -> None:
    def match(number: int, round_: int, first: int, second: int) -> Json:
        ids = {"player1_id": first, "player2_id": second, "winner_id": first}
        return {"id": number, "round": round_, "state": "complete", "scores_csv": "1-0", **ids}

    participants = [{"id": n, "seed": n, "name": f"P{n}", "final_rank": place} for n, place in ((1, 1), (2, 2), (3, 3))]
    tournament = {"name": "S", "tournament_type": "swiss", "pts_for_bye": "0.5"}
    matches = [match(1, 1, 1, 2), match(2, 2, 1, 3)]
    event = read({"tournament": tournament, "participants": participants, "matches": matches})
    assert [(bye.round, bye.entrant, bye.points) for bye in event.stages[0].groups[0].byes] == [(1, 3, 1), (2, 2, 1)]
    assert reproduce(event).placements == {1: (1, 1), 2: (2, 3), 3: (2, 3)}


def bye_set(key: int, side: int, *, lower: bool = False) -> Json:
    known = {"entrant": {"id": 10 + side, "name": foreign.NAMES[side]}, "prereqType": "seed", "prereqId": "1"}
    bye = {"entrant": None, "prereqType": "bye", "prereqId": None}
    return {"id": key, "round": -1 if lower else 1, "state": 3, "winnerId": 10 + side, "slots": [known, bye]}


@pytest.mark.parametrize("told", [True, False])
def test_byes_of_start_gg_are_left_out_whether_they_are_told_or_not(told: bool) -> None:
    """Three entrants: Ada has a bye first, and Cy one in the lower bracket."""

    def three(document: Json) -> None:
        event = document["data"]["event"]
        event["entrants"]["nodes"].pop()
        event["standings"]["nodes"].pop()
        group = event["phases"][0]["phaseGroups"]["nodes"][0]
        group["seeds"]["nodes"].pop()
        sets = [one for one in group["sets"]["nodes"] if one["id"] not in (101, 104)]
        sets[2]["slots"][1]["prereqId"] = "104"
        if told:
            lower = bye_set(104, 2, lower=True)
            lower["slots"][0] |= {"prereqType": "set", "prereqId": "102", "prereqPlacement": 2}
            sets += [bye_set(101, 1), lower]
        group["sets"]["nodes"] = sets

    event = read_event(changed(foreign.startgg(), three))[1]
    matches = {match.key: match.sources for match in event.stages[0].groups[0].matches}
    assert matches["102"] == (Seed(2), Seed(3))
    assert matches["103"] == (Seed(1), WinnerOf("102"))
    assert matches["105"] == (LoserOf("103"), LoserOf("102"))
    assert len(matches) == 5
    assert reproduce(event).differences == ()


def test_pools_of_start_gg_lead_into_a_bracket() -> None:
    """Two pools of which both semi-finalists go on, so no pool has a champion."""

    def one(key: int, sides: tuple[int, int], froms: tuple[int | None, int | None] = (None, None)) -> Json:
        slots = [
            {
                "entrant": {"id": side},
                "prereqType": "set" if before else "seed",
                "prereqId": before,
                "prereqPlacement": 1,
            }
            for side, before in zip(sides, froms, strict=True)
        ]
        return {"id": key, "round": 1, "state": 3, "winnerId": sides[0], "displayScore": "DQ", "slots": slots}

    def group(key: int, sets: list[Json], seeds: list[Json]) -> Json:
        return {"id": key, "displayIdentifier": f"P{key}", "sets": {"nodes": sets}, "seeds": {"nodes": seeds}}

    pools = [
        group(1, [one(1, (1, 8)), one(2, (4, 5))], [{"seedNum": n, "entrant": {"id": n}} for n in (1, 4, 5, 8)]),
        group(2, [one(3, (2, 7)), one(4, (3, 6))], [{"seedNum": n, "entrant": {"id": n}} for n in (2, 3, 6, 7)]),
    ]
    origins = {1: (1, 1), 2: (2, 1), 3: (2, 1), 4: (1, 1)}
    seeds = [
        {
            "seedNum": n,
            "entrant": {"id": n},
            "progressionSource": {"originPhaseGroup": {"id": pool}, "originPlacement": place},
        }
        for n, (pool, place) in origins.items()
    ]
    final = group(3, [one(5, (1, 4)), one(6, (3, 2)), one(7, (3, 1), (6, 5))], seeds)
    phases = [
        {"id": 2, "phaseOrder": 2, "name": "Top", "bracketType": "SINGLE_ELIMINATION", "phaseGroups": [final]},
        {"id": 1, "phaseOrder": 1, "name": "Pools", "bracketType": "SINGLE_ELIMINATION", "phaseGroups": pools},
    ]
    entrants = [{"id": n, "name": f"P{n}", "initialSeedNum": n} for n in range(1, 9)]
    event = read({"event": {"name": "Pools", "entrants": entrants, "phases": phases}})
    reproduced = reproduce(event)
    assert reproduced.placements == {
        3: (1, 1),
        1: (2, 2),
        4: (3, 4),
        2: (3, 4),
        **dict.fromkeys((5, 6, 7, 8), (5, 8)),
    }
    assert reproduced.differences == ()
    assert reproduced.compared["places"] == 4
    assert {match.progress for match in event.stages[0].groups[0].matches} == {Progress.FORFEIT}


def test_phase_groups_of_startgg_make_an_event_whatever_their_order() -> None:
    """Ada and Cy come through a pool whose final is not played; byes and what nobody reaches are left out."""

    def pool(document: Json) -> None:
        entities = document["entities"]
        entities["groups"].update(id=69, phaseId=59, winnersTargetPhaseId=60)
        del entities["sets"][3:]
        entities["sets"][2].update(state=1, winnerId=None, entrant1Score=None, entrant2Score=None)
        bye = {"entrant1PrereqType": "bye", "entrant2PrereqType": "bye", "state": 1, "round": -1, "id": 900}
        entities["sets"].append(bye)

    def final(document: Json) -> None:
        entities = document["entities"]
        entities["sets"] = [
            entities["sets"][2] | {f"entrant{n}PrereqType": "seed", f"entrant{n}PrereqId": 50 + seed}
            for n, seed in ((1, 1), (2, 3))
        ][:1]
        entities["sets"][0].update(id=800, entrant2PrereqType="seed", entrant2PrereqId=53, entrant2Score=-1)
        for place, seed in enumerate((0, 2), 1):
            entities["seeds"][seed]["placement"] = place
        for entrant, place in zip(entities["entrants"], (1, 3, 2, 3), strict=True):
            entrant["finalPlacement"] = place

    files = changed(foreign.startgg_entities(), final) + changed(foreign.startgg_entities(), pool)
    files[1] = files[1].replace(b'"finalPlacement": 4', b'"finalPlacement": 3')
    kind, event = read_event(files)
    assert kind is EventFormat.STARTGG_ENTITIES
    first, last = (stage.groups[0] for stage in event.stages)
    assert (len(first.entrants), len(first.matches), first.places) == (4, 3, {})
    assert last.places == {1: 1, 3: 2}
    assert last.matches[0].progress is Progress.FORFEIT
    reproduced = reproduce(event)
    assert reproduced.placements[1] == (1, 1)
    assert reproduced.differences == ()


def test_a_stored_bracket_with_a_bye_and_a_forfeit() -> None:
    def bye(document: Json) -> None:
        document["participant"].pop()
        document["match"][0]["opponent2"] = None
        document["match"][3]["opponent1"] = None
        document["match"][1]["opponent1"].update(forfeit=True)
        document["match"][1]["opponent2"].pop("result")

    event = read_event(changed(foreign.brackets_manager(), bye))[1]
    matches = {match.key: match for match in event.stages[0].groups[0].matches}
    assert list(matches) == ["1", "2", "4", "5", "6"]
    assert matches["4"].sources == (LoserOf("2"), LoserOf("1"))
    assert (matches["1"].progress, matches["1"].winner) == (Progress.FORFEIT, 1)
    assert reproduce(event).placements == {1: (1, 1), 2: (2, 2), 3: (3, 3)}


def test_a_second_final_that_a_database_fills_for_nothing_is_not_needed() -> None:
    def first_decides(document: Json) -> None:
        document["match"][5]["opponent1"]["result"] = "win"
        document["match"][5]["opponent2"]["result"] = "loss"

    event = read_event(changed(foreign.brackets_manager(), first_decides))[1]
    assert by_round(event)["G"].progress is Progress.NOT_NEEDED
    assert reproduce(event).placements == {number: (number, number) for number in (1, 2, 3, 4)}


def test_robotics_playoffs_are_series_between_alliances() -> None:
    """A reserve plays for the second alliance in the final, and the list of alliances names and seeds them."""
    matches = foreign.blue_alliance()
    for final in matches[-4:]:
        final["alliances"]["blue"]["team_keys"].append("frc99")
    alliances: list[Json] = [
        {"name": f"Alliance {n}", "picks": [f"frc{n}", f"frc{n}0"], "status": {"status": "eliminated", "level": "sf"}}
        for n in range(1, 9)
    ]
    alliances[0]["status"] = {"status": "won", "level": "f"}
    alliances[1]["status"]["level"] = "f"
    alliances[2]["status"]["status"] = "won"
    kind, event = read_event([json.dumps(matches).encode(), json.dumps(alliances).encode()])
    assert kind is EventFormat.BLUE_ALLIANCE
    found = {match.key: match for match in event.stages[0].groups[0].matches}
    assert len(found) == 14
    assert found["sf9"].sources == (LoserOf("sf7"), WinnerOf("sf6"))
    assert found["sf13"].sources == (LoserOf("sf11"), WinnerOf("sf12"))
    assert found["f1"].sources == (WinnerOf("sf11"), WinnerOf("sf13"))
    assert (found["f1"].score, found["f1"].games) == ((2, 1), ((80, 50), (50, 80), (70, 70), (80, 50)))
    reproduced = reproduce(event)
    assert reproduced.placements == {
        **{number: (number, number) for number in (1, 2, 3, 4)},
        **dict.fromkeys((5, 6), (5, 6)),
        **dict.fromkeys((7, 8), (7, 8)),
    }
    assert (reproduced.differences, reproduced.compared["places"]) == ((), 2)


@pytest.mark.parametrize(("year", "order"), [("2019", [1, 3, 2]), ("2015", [1, 2, 3])])
def test_alliances_that_all_meet_play_a_table_before_the_final(year: str, order: list[int]) -> None:
    """The third wins more matches than the second, who has more points; in 2015 points alone count, not who won."""

    def match(number: int, level: str, sides: tuple[int, int], scores: tuple[int, int]) -> Json:
        winner = "red" if scores[0] > scores[1] else "blue"
        return {
            "event_key": f"{year}x",
            "comp_level": level,
            "set_number": 1,
            "match_number": number,
            "alliances": {
                colour: {"team_keys": [f"frc{side}"], "score": score}
                for colour, side, score in zip(("red", "blue"), sides, scores, strict=True)
            },
            "winning_alliance": "" if year == "2015" and level == "sf" else winner,
        }

    matches = [
        match(1, "sf", (1, 2), (90, 80)),
        match(3, "sf", (2, 3), (60, 70)),
        match(2, "sf", (3, 1), (10, 90)),
        match(1, "f", (1, order[1]), (70, 50)),
        match(2, "f", (1, order[1]), (70, 50)),
    ]
    alliances: list[Json] = [
        {"picks": [f"frc{n}"], "status": {"status": "won" if n != 2 else "playing", "level": "sf"}} for n in (1, 2, 3)
    ]
    alliances[0]["status"] = {"status": "won", "level": "f"}
    event = read_event([json.dumps(matches).encode(), json.dumps(alliances).encode()])[1]
    assert [stage.format for stage in event.stages] == [StageFormat.ROUND_ROBIN, StageFormat.ELIMINATION]
    assert event.stages[0].match_scoring is MatchScoring.POINTS
    table = event.stages[0].groups[0].matches
    assert [(match.score, match.winner) for match in table] == [((90, 80), 0), ((10, 90), 1), ((60, 70), 1)]
    reproduced = reproduce(event)
    assert reproduced.placements == {number: (place, place) for place, number in enumerate(order, 1)}
    assert (reproduced.differences, reproduced.compared["places"]) == ((), 1)


@pytest.mark.parametrize("data", [samples.file(), json.dumps(foreign.scalachess()).encode()])
def test_a_match_of_chess_is_one_game_that_can_be_drawn(data: bytes) -> None:
    (stage,) = read_event([data])[1].stages
    assert (stage.match_scoring, stage.best_of, stage.has_draws) == (MatchScoring.PLAY_ALL, 1, True)
    assert stage.has_sides


@pytest.mark.parametrize("part", ["phase", "phaseGroup"])
def test_start_gg_may_answer_for_a_phase_or_a_phase_group_alone(part: str) -> None:
    event = foreign.startgg()["data"]["event"]
    sets = {"nodes": event["phases"][0]["phaseGroups"]["nodes"][0]["sets"]["nodes"]}
    found = reproduce(
        read({"data": {part: {"id": 60, "name": "Top 4", "bracketType": "DOUBLE_ELIMINATION", "sets": sets}}})
    )
    assert (found.placements[1], found.differences) == ((1, 1), ())


def test_the_sides_of_a_second_final_of_start_gg_are_those_who_are_seen_there() -> None:
    def upside_down(document: Json) -> None:
        sets = document["data"]["event"]["phases"][0]["phaseGroups"]["nodes"][0]["sets"]["nodes"]
        for slot in sets[6]["slots"]:
            slot["prereqPlacement"] = 3 - slot["prereqPlacement"]

    found = reproduce(read_event(changed(foreign.startgg(), upside_down))[1])
    assert found == reproduce(read(foreign.startgg()))
    assert found.differences == ()


def test_robotics_playoffs_under_way_are_the_matches_whose_alliances_are_known() -> None:
    def under_way(document: Json) -> None:
        del document[8:]
        document[7]["alliances"]["blue"]["team_keys"] = []

    (stage,) = read_event(changed(foreign.blue_alliance(), under_way))[1].stages
    assert [match.key for match in stage.groups[0].matches] == ["sf1", "sf2", "sf3", "sf4", "sf5", "sf6"]


def test_a_file_may_rank_only_those_who_stayed() -> None:
    ranked = {1: samples.player(1, "Ada", ["   4 w 1", "   2 b =", "   3 w 1"], points="2.5")}
    ranked |= {
        number: samples.PLAYERS[number][:85] + f"{place:>4}" + samples.PLAYERS[number][89:]
        for number, place in ((2, 1), (3, 2), (4, 3))
    }
    found = reproduce(read_event([samples.file(ranked)])[1])
    assert (found.differences, found.compared["places"]) == ((), 3)
    swapped = ranked | {4: ranked[4][:85] + "   1" + ranked[4][89:], 2: ranked[2][:85] + "   3" + ranked[2][89:]}
    (wrong,) = reproduce(read_event([samples.file(swapped)])[1]).differences
    assert str(wrong) == "final places, Dee: the file says place 1, the rules say place 4."


def test_tie_breaks_count_up_to_the_first_that_is_of_other_rules() -> None:
    event = read_event([samples.file(head=["012 Teams", "212 PTS,BH/C1,EDET/P,SB"])])[1]
    assert event.stages[0].tiebreaks == ("PTS", "BH/C1")
    assert read_event([samples.file(head=["012 Teams", "202 EDET/P,SB"])])[1].stages[0].tiebreaks == ("PTS",)
