"""Draws, penalties and rounds of other lengths through the API."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest

from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from tests.factories.games import make_catalogue
from tests.factories.teams import make_people
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask

MATCH = """id version status scoring bestOf canBeDrawn isDrawn winnerSlot outcome slots { seed score isWinner }
  report { scores winnerSlot } place { key stage group round } tournament { slug }"""
MATCHES = f"query ($slug: String!) {{ tournament(slug: $slug) {{ bracket {{ rounds {{ matches {{ {MATCH} }} }} }} }} }}"
TABLES = """query ($slug: String!) { tournament(slug: $slug) { status stages { status
  settings { ... on RoundRobinSettings { scoring hasDraws hasSides roundFormats { side lastRounds bestOf } bestOf }
    ... on SwissSettings { scoring hasDraws hasSides roundFormats { side lastRounds bestOf } bestOf }
    ... on EliminationSettings { scoring roundFormats { side lastRounds bestOf } bestOf finalBestOf } }
  groups { standings { rank seed values { tiebreak value terms { value round opponentSeed } } } } } } }"""
GOALS = {"scoring": "POINTS"}
WORLD_CUP: list[dict[str, Any]] = [
    {
        "name": "Groups",
        "format": {"roundRobin": {**GOALS, "groupCount": 8, "ranking": {"winHalfPoints": 6, "drawHalfPoints": 2}}},
    },
    {
        "name": "Knockout",
        "format": {"singleElimination": {**GOALS, "hasThirdPlaceMatch": True}},
        "sources": [{"stage": 1, "fromRank": 1, "toRank": 2}],
    },
]


def created(slug: str, capacity: int, stages: list[dict[str, Any]]) -> dict[str, Any]:
    """What it takes to create a tournament of these stages."""
    return {
        "slug": slug,
        "name": "Cup",
        "game": "rocket-league-1v1",
        "entrantKind": "USER",
        "startsAt": "2030-05-01T18:00:00Z",
        "capacity": capacity,
        "stages": stages,
    }


class Cup:
    """A tournament that is run and played through the API alone."""

    def __init__(self, ask: Ask, organizer: Actor, slug: str) -> None:
        self.ask = ask
        self.organizer = organizer
        self.slug = slug
        self.players: dict[int, Actor] = {}

    async def begin(self, db: Database, count: int, stages: list[dict[str, Any]]) -> None:
        """Create, publish, let so many enter, and start."""
        selection = "... on CreateTournamentPayload { tournament { id } }"
        made = await self.ask.mutate(self.organizer, "createTournament", created(self.slug, count, stages), selection)
        assert made["__typename"] == "CreateTournamentPayload", made
        event = {"tournamentId": made["tournament"]["id"]}
        await self._do(self.organizer, "publishTournament", event)
        people = await make_people(db, *(f"{self.slug}-{number}" for number in range(1, count + 1)))
        for number, player in enumerate(people, 1):
            await self._do(player, "registerEntrant", {**event, "idempotencyKey": f"enter-{number}"})
            self.players[number] = player
        await self._do(self.organizer, "startTournament", event)
        # Seeds of the first stage are the order of registration; who plays is told by name in the later ones.
        self.by_name = {f"{self.slug}-{number}": player for number, player in self.players.items()}

    async def _do(self, actor: Actor, field: str, given: dict[str, Any], selection: str = "") -> Any:
        answer = await self.ask.mutate(actor, field, given, selection)
        assert "code" not in answer, answer
        return answer

    async def matches(self, stage: int = 1) -> dict[str, Any]:
        """The matches of a stage by key."""
        told = (await self.ask(ANONYMOUS, MATCHES.replace("seed score", "name seed score"), slug=self.slug))[
            "tournament"
        ]
        found = [match for each in told["bracket"]["rounds"] for match in each["matches"]]
        return {match["place"]["key"]: match for match in found if match["place"]["stage"] == stage}

    def side(self, match: Any, slot: int) -> Actor:
        """Who plays in a slot."""
        return self.by_name[match["slots"][slot]["name"].lower()]

    async def tell(self, match: Any, scores: list[int], winner: int | None = None) -> Any:
        """Let one side report and the other confirm; the answer is the match."""
        given = {"matchId": match["id"], "version": match["version"], "scores": scores, "winnerSlot": winner}
        selection = f"... on ReportResultPayload {{ match {{ {MATCH} }} }}"
        reported = (await self._do(self.side(match, 0), "reportResult", given, selection))["match"]
        assert reported["report"] == {"scores": scores, "winnerSlot": _leader(scores, winner)}
        given = {"matchId": match["id"], "version": reported["version"]}
        selection = f"... on ConfirmResultPayload {{ match {{ {MATCH} }} }}"
        return (await self._do(self.side(match, 1), "confirmResult", given, selection))["match"]

    async def tables(self) -> Any:
        """The tournament with its settings and standings."""
        return (await self.ask(ANONYMOUS, TABLES, slug=self.slug))["tournament"]


def _leader(scores: list[int], winner: int | None) -> int | None:
    return winner if scores[0] == scores[1] else int(scores[0] < scores[1])


async def test_a_world_cup_with_draws_and_penalties(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    cup, random = Cup(ask, organizer, "world-cup"), Random(2026)
    await cup.begin(db, 32, WORLD_CUP)
    opening = await cup.matches()
    assert len(opening) == 48
    assert {(match["scoring"], match["bestOf"], match["canBeDrawn"]) for match in opening.values()} == {
        ("POINTS", 1, True)
    }
    points: Counter[int] = Counter()
    goals: dict[int, list[int]] = {seed: [0, 0] for seed in range(1, 33)}
    drawn = 0
    for match in opening.values():
        scores = [random.randrange(4), random.randrange(4)]
        told = await cup.tell(match, scores)
        is_drawn = scores[0] == scores[1]
        drawn += is_drawn
        assert (told["status"], told["outcome"], told["isDrawn"]) == ("FINISHED", "PLAYED", is_drawn)
        assert told["winnerSlot"] == _leader(scores, None)
        for slot, side in enumerate(match["slots"]):
            points[side["seed"]] += 1 if is_drawn else 3 * (told["winnerSlot"] == slot)
            goals[side["seed"]][0] += scores[slot]
            goals[side["seed"]][1] += scores[1 - slot]
    assert drawn > 5
    groups, knockout = (await cup.tables())["stages"]
    assert (groups["status"], knockout["status"]) == ("FINISHED", "RUNNING")
    assert groups["settings"] == {
        "scoring": "POINTS",
        "hasDraws": True,
        "hasSides": False,
        "roundFormats": [],
        "bestOf": 1,
    }
    rows = [row for group in groups["groups"] for row in group["standings"]]
    for row in rows:
        values = {value["tiebreak"]: value for value in row["values"]}
        scored, conceded = goals[row["seed"]]
        told = [values[name]["value"] for name in ("PTS", "GD", "GF")]
        assert told == [str(points[row["seed"]]), str(scored - conceded), str(scored)]
        terms = values["PTS"]["terms"]
        assert sum(int(term["value"]) for term in terms) == points[row["seed"]]
        assert {term["value"] for term in terms} <= {"3", "1", "0"}
    assert sum(points.values()) == 3 * 48 - drawn
    for group in groups["groups"]:
        standings = group["standings"]
        assert [points[row["seed"]] for row in standings] == sorted(
            (points[row["seed"]] for row in standings), reverse=True
        )

    await _refused_level(db, cup, next(iter((await cup.matches(2)).values())))
    shootouts = 0
    while ready := [match for match in (await cup.matches(2)).values() if match["status"] == "READY"]:
        for match in ready:
            scores = [random.randrange(2), random.randrange(2)]
            winner = random.randrange(2) if scores[0] == scores[1] else None
            shootouts += winner is not None
            told = await cup.tell(match, scores, winner)
            assert (told["winnerSlot"], told["isDrawn"]) == (_leader(scores, winner), False)
            assert [slot["score"] for slot in told["slots"]] == scores
    assert shootouts > 2
    assert (await cup.tables())["status"] == "FINISHED"
    document = (
        "query ($slug: String!) { tournament(slug: $slug) { entrants(first: 32) { nodes { placement { low } } } } }"
    )
    nodes = (await ask(ANONYMOUS, document, slug="world-cup"))["tournament"]["entrants"]["nodes"]
    assert sorted(node["placement"]["low"] for node in nodes)[:5] == [1, 2, 3, 4, 5]


async def _refused_level(db: Database, cup: Cup, match: Any) -> None:
    """Neither side nor the organizer can draw a match of the knockout, or name who won twice."""
    assert (match["scoring"], match["canBeDrawn"]) == ("POINTS", False)
    before = await every_row(db)
    path = "... on InvalidInputError { path message }"
    level = {"matchId": match["id"], "version": match["version"], "scores": [1, 1]}
    for actor, field in ((cup.side(match, 0), "reportResult"), (cup.organizer, "decideResult")):
        answer = await cup.ask.mutate(actor, field, level, path)
        assert (answer["code"], answer["path"]) == ("DRAW_NOT_POSSIBLE", ["winnerSlot"])
        assert "play on" in answer["message"]
        for wrong in ({"winnerSlot": 2}, {"winnerSlot": 0, "scores": [2, 1]}):
            answer = await cup.ask.mutate(actor, field, {**level, **wrong}, path)
            assert (answer["code"], answer["path"]) == ("BAD_USER_INPUT", ["winnerSlot"])
    assert await every_row(db) == before


async def test_a_draw_is_corrected_and_its_table_follows(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    cup = Cup(ask, organizer, "league")
    await cup.begin(db, 3, [{"format": {"roundRobin": GOALS}}])
    told = await cup.tell((await cup.matches())["A1.1"], [2, 2])
    before = (await cup.tables())["stages"]
    given = {"matchId": told["id"], "version": told["version"], "reason": "A goal was not counted."}
    selection = f"... on CorrectMatchPayload {{ match {{ {MATCH} }} effects {{ effect }} }}"
    answer = await ask.mutate(organizer, "correctMatch", {**given, "scores": [3, 2], "dryRun": True}, selection)
    assert (answer["match"]["isDrawn"], (await cup.tables())["stages"]) == (True, before)
    answer = await ask.mutate(organizer, "correctMatch", {**given, "scores": [3, 2]}, selection)
    assert (answer["match"]["winnerSlot"], answer["match"]["isDrawn"]) == (0, False)
    assert (await cup.tables())["stages"] != before
    back = {**given, "version": answer["match"]["version"], "scores": [2, 2]}
    answer = await ask.mutate(organizer, "correctMatch", back, selection)
    assert (answer["match"]["winnerSlot"], answer["match"]["isDrawn"]) == (None, True)
    assert (await cup.tables())["stages"] == before


async def test_a_swiss_of_chess_pairs_by_half_points_and_its_last_round_is_longer(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    cup = Cup(ask, organizer, "chess")
    longer = {"side": "GROUP", "lastRounds": 1, "bestOf": 2}
    await cup.begin(
        db, 4, [{"format": {"swiss": {"rounds": 3, "scoring": "PLAY_ALL", "bestOf": 1, "roundFormats": [longer]}}}]
    )
    (stage,) = (await cup.tables())["stages"]
    assert stage["settings"] == {
        "scoring": "PLAY_ALL",
        "hasDraws": True,
        "hasSides": False,
        "roundFormats": [longer],
        "bestOf": 1,
    }
    first = await cup.matches()
    await cup.tell(first["R1.1"], [0, 0])
    await cup.tell(first["R1.2"], [1, 0])
    leader = first["R1.2"]["slots"][0]["seed"]
    second = {key: match for key, match in (await cup.matches()).items() if key.startswith("R2")}
    # Half a point meets the full one, since no two have as many.
    top = {slot["seed"] for slot in second["R2.1"]["slots"]}
    drew = {slot["seed"] for slot in first["R1.1"]["slots"]}
    assert leader in top and len(top & drew) == 1
    for match in second.values():
        await cup.tell(match, [0, 0])
    last = {key: match for key, match in (await cup.matches()).items() if key.startswith("R3")}
    assert {match["bestOf"] for match in last.values()} == {2}
    for match in last.values():
        await cup.tell(match, [1, 1])
    (stage,) = (await cup.tables())["stages"]
    (group,) = stage["groups"]
    told = {row["seed"]: row["values"][0]["value"] for row in group["standings"]}
    loser = first["R1.2"]["slots"][1]["seed"]
    assert told == {leader: "2", loser: "1", **dict.fromkeys(drew, "1.5")}
    assert (await cup.tables())["status"] == "FINISHED"


async def test_where_sides_matter_a_swiss_lets_them_take_turns_and_tables_count_them(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    cup = Cup(ask, organizer, "white")
    chess = {"rounds": 2, "scoring": "PLAY_ALL", "bestOf": 1, "hasSides": True, "ranking": {"tiebreaks": "PTS,BPG,BWG"}}
    await cup.begin(db, 4, [{"format": {"swiss": chess}}])
    white: list[int] = []
    black: list[int] = []
    for number, scores in ((1, [0, 0]), (2, [0, 1])):
        played = {key: match for key, match in (await cup.matches()).items() if key.startswith(f"R{number}")}
        for match in played.values():
            first, second = (slot["seed"] for slot in match["slots"])
            white, black = [*white, first], [*black, second]
            await cup.tell(match, scores)
    assert sorted(white) == sorted(black) == [1, 2, 3, 4]
    (stage,) = (await cup.tables())["stages"]
    assert stage["settings"]["hasSides"] is True
    rows = stage["groups"][0]["standings"]
    values = {row["seed"]: [value["value"] for value in row["values"]] for row in rows}
    # Everybody had Black once, and who had it in the second round won with it.
    won, lost = {seed: ["1.5", "1", "1"] for seed in black[2:]}, {seed: ["0.5", "1", "0"] for seed in white[2:]}
    assert values == {**won, **lost}


LENGTHS: list[tuple[dict[str, Any], list[str]]] = [
    ({"swiss": {"scoring": "POINTS", "bestOf": 3}}, ["bestOf"]),
    ({"roundRobin": {"bestOf": 4}}, ["bestOf"]),
    ({"roundRobin": {"scoring": "PLAY_ALL", "bestOf": 100}}, ["bestOf"]),
    ({"roundRobin": {**GOALS, "roundFormats": [{"side": "GROUP", "bestOf": 3}]}}, ["roundFormats", "0", "bestOf"]),
    ({"roundRobin": {"roundFormats": [{"side": "UPPER", "bestOf": 3}]}}, ["roundFormats", "0", "side"]),
    ({"singleElimination": {**GOALS, "finalBestOf": 3}}, ["finalBestOf"]),
    (
        {"singleElimination": {"finalBestOf": 7, "roundFormats": [{"side": "UPPER", "lastRounds": 1, "bestOf": 5}]}},
        ["roundFormats", "0"],
    ),
    (
        {"doubleElimination": {"roundFormats": [{"side": "LOWER", "bestOf": 3}, {"side": "LOWER", "bestOf": 5}]}},
        ["roundFormats", "1"],
    ),
    ({"doubleElimination": {**GOALS, "grandFinal": "ADVANTAGE"}}, ["grandFinal"]),
    (
        {"doubleElimination": {"roundFormats": [{"side": "LOWER", "lastRounds": 0, "bestOf": 3}]}},
        ["roundFormats", "0", "lastRounds"],
    ),
]


@pytest.mark.parametrize("prefix", [[], ["stages", "0"]])
async def test_lengths_that_no_stage_can_have_are_refused(db: Database, ask: Ask, prefix: list[str]) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    before = await every_row(db)
    for given, path in LENGTHS:
        stages: list[dict[str, Any]] = [{"format": given}]
        if prefix:
            knockout: dict[str, Any] = {"singleElimination": {}}
            stages.append({"format": knockout, "sources": [{"stage": 1, "fromRank": 1, "toRank": 2}]})
        answer = await ask.mutate(
            organizer, "createTournament", created("cup", 8, stages), "... on InvalidInputError { path }"
        )
        assert (answer["code"], answer["path"]) == ("BAD_USER_INPUT", [*prefix, *path])
    assert await every_row(db) == before


async def test_an_elimination_of_all_racks_with_a_longer_end_and_the_same_stages_again(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    cup = Cup(ask, organizer, "racks")
    formats = [{"side": "UPPER", "lastRounds": 2, "bestOf": 6}, {"side": "LOWER", "lastRounds": None, "bestOf": 2}]
    plan = {
        "format": {
            "doubleElimination": {
                "scoring": "PLAY_ALL",
                "bestOf": 4,
                "finalBestOf": 8,
                "roundFormats": formats,
            }
        }
    }
    last = {"format": {"gslGroup": {"bestOf": 1}}, "sources": [{"stage": 1, "fromRank": 1, "toRank": 4}]}
    await cup.begin(db, 8, [plan, last])
    lengths = {key: match["bestOf"] for key, match in (await cup.matches()).items()}
    assert lengths == {
        **{f"U1.{number}": 4 for number in (1, 2, 3, 4)},
        **dict.fromkeys(("U2.1", "U2.2", "U3.1"), 6),
        **dict.fromkeys(("L1.1", "L1.2", "L2.1", "L2.2", "L3.1", "L4.1"), 2),
        "F1.1": 8,
        "F2.1": 8,
    }
    first, _ = (await cup.tables())["stages"]
    assert first["settings"] == {"scoring": "PLAY_ALL", "roundFormats": formats, "bestOf": 4, "finalBestOf": 8}
    told = await cup.tell((await cup.matches())["U1.1"], [2, 2], winner=1)
    assert (told["winnerSlot"], told["slots"][1]["isWinner"]) == (1, True)
    document = "query ($slug: String!) { tournament(slug: $slug) { id version bestOf finalBestOf } }"
    event = (await ask(ANONYMOUS, document, slug="racks"))["tournament"]
    assert (event["bestOf"], event["finalBestOf"]) == (4, 8)
    given = {"tournamentId": event["id"], "version": event["version"], "stages": [plan, last]}
    answer = await ask.mutate(organizer, "setStages", given)
    assert answer["__typename"] == "SetStagesPayload"
