"""Stages in the API: a whole event as data, its groups, and who stands where and why."""

from __future__ import annotations

from typing import Any

import pytest

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS
from domain.kernel.ids import global_id
from domain.tournaments import StagePlan, StageSource
from schema.root import build_schema
from schema.server.documents import Documents
from schema.server.limits import Limits
from schema.server.parameters import Parameters
from tests.factories.games import make_catalogue
from tests.factories.stages import knockout, matches_of_stage, round_robin, stages, swiss
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import entrants, play, play_on, row_of, started
from tests.fixtures.database import counted_statements
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask
from tests.schema.server.small import NO_DOCUMENTS

PAGE = """query ($slug: String!) { tournament(slug: $slug) { structure bestOf finalBestOf grandFinal hasThirdPlaceMatch
  stages { number name structure status
    groupMeetings { upperRound lowerRound } sources { stage fromRank toRank isOverall }
    settings { __typename ... on RoundRobinSettings { groupCount cycles ranking { tiebreaks ruleYear winHalfPoints } }
      ... on EliminationSettings { hasThirdPlaceMatch } }
    groups { number name
      standings { rank isTied seed entrant { name } values { tiebreak value terms { value round opponentSeed } } }
      rounds { name number stage group matches { place { key stage group side loserPlacement { low } } } } } } } }"""
TEMPLATE: list[dict[str, Any]] = [
    {"name": "Groups", "format": {"roundRobin": {"bestOf": 1, "groupCount": 2, "ranking": {"winHalfPoints": 6}}}},
    {
        "format": {"singleElimination": {"bestOf": 1, "hasThirdPlaceMatch": True}},
        "sources": [{"stage": 1, "fromRank": 1, "toRank": 2}],
    },
]


def created(slug: str, **given: Any) -> dict[str, Any]:
    """What it takes to create a tournament."""
    return {
        "slug": slug,
        "name": "Cup",
        "game": "rocket-league-1v1",
        "entrantKind": "USER",
        "startsAt": "2030-05-01T18:00:00Z",
        **given,
    }


async def test_groups_and_a_knockout_from_template_to_standings(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    plans = [
        round_robin(group_count=2, ranking=tournaments.Ranking(points=tournaments.Points(win=6, draw=2))),
        knockout(StageSource(1, 1, 2), has_third_place_match=True),
    ]
    event, players = await started(db, organizer, 6, "cup", structure=None, stages=plans, capacity=6)
    decided = (await matches_of_stage(db, event.id, 1))["A2.1"][0]
    await play(db, decided, players, 0)
    found = (await ask(ANONYMOUS, PAGE, slug="cup"))["tournament"]
    assert [found[name] for name in ("structure", "bestOf", "finalBestOf", "grandFinal", "hasThirdPlaceMatch")] == [
        *("ROUND_ROBIN", 1, 1, "NONE", False)
    ]
    groups, cup = found["stages"]
    assert (groups["status"], cup["status"], cup["groups"]) == ("RUNNING", "PENDING", [])
    assert (groups["groupMeetings"], cup["groupMeetings"]) == (None, None)
    assert cup["sources"] == [{"stage": 1, "fromRank": 1, "toRank": 2, "isOverall": False}]
    assert groups["settings"]["ranking"] == {"tiebreaks": "PTS,DE,GD,GF", "ruleYear": 2026, "winHalfPoints": 6}
    assert [(group["number"], group["name"], len(group["rounds"])) for group in groups["groups"]] == [
        (1, "A", 3),
        (2, "B", 3),
    ]
    first = groups["groups"][0]["standings"][0]
    winner = decided.slots[0]
    assert (first["rank"], first["isTied"], first["seed"], first["entrant"]["name"]) == (
        1,
        False,
        winner.seed,
        winner.name,
    )
    assert first["values"][0] == {
        "tiebreak": "PTS",
        "value": "3",
        "terms": [{"value": "3", "round": 2, "opponentSeed": decided.slots[1].seed}],
    }
    assert groups["groups"][0]["rounds"][1]["name"] == "Group A, round 2"
    assert await play_on(db, event.id, players) == 5 + 4
    found = (await ask(ANONYMOUS, PAGE, slug="cup"))["tournament"]
    assert [stage["status"] for stage in found["stages"]] == ["FINISHED", "FINISHED"]
    # Winners of groups meet seconds of the other group, and their own in the final at the earliest.
    assert found["stages"][1]["groupMeetings"] == {"upperRound": 2, "lowerRound": None}
    (bracket,) = found["stages"][1]["groups"]
    assert (bracket["name"], bracket["standings"]) == (None, [])
    assert [each["name"] for each in bracket["rounds"]] == ["Semi-finals", "Final", "Third place"]
    document = (
        "query ($slug: String!) { tournament(slug: $slug) { bracket { entrantCount rounds { name stage group } } } }"
    )
    whole = (await ask(ANONYMOUS, document, slug="cup"))["tournament"]["bracket"]
    assert whole["entrantCount"] == 6
    assert [(each["stage"], each["group"]) for each in whole["rounds"]] == [
        *[(1, 1)] * 3,
        *[(1, 2)] * 3,
        *[(2, None)] * 3,
    ]


async def test_a_swiss_says_why_who_meets_whom(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event, players = await started(db, organizer, 3, "cup", structure=None, stages=[swiss(rounds=2)])
    (opening, _) = (await matches_of_stage(db, event.id, 1))["R1.1"]
    await play(db, opening, players, 0)
    document = """query ($slug: String!) { tournament(slug: $slug) { stages {
      settings { ... on SwissSettings { roundCount method winsToAdvance ranking { tiebreaks } } }
      groups { byes { round halfPoints earlierCount entrant { seed } } standings { rank values { tiebreak value } }
        rounds { name matches { place { pairing { reason meetingCount lastMetRound
          seats { halfPoints floated isFloatRepeated } } } } } } } } }"""
    (stage,) = (await ask(ANONYMOUS, document, slug="cup"))["tournament"]["stages"]
    assert stage["settings"] == {
        "roundCount": 2,
        "method": "SLIDE",
        "winsToAdvance": None,
        "ranking": {"tiebreaks": "PTS,BH/C1,BH,SB,GD"},
    }
    (group,) = stage["groups"]
    assert [
        (bye["round"], bye["halfPoints"], bye["earlierCount"], bye["entrant"]["seed"]) for bye in group["byes"]
    ] == [
        (1, 0, 0, 3),
        (2, 0, 0, 2),
    ]
    assert [each["name"] for each in group["rounds"]] == ["Round 1", "Round 2"]
    assert group["rounds"][1]["matches"][0]["place"]["pairing"] == {
        "reason": "Both had 1 point and had not met.",
        "meetingCount": 0,
        "lastMetRound": None,
        "seats": [{"halfPoints": 2, "floated": None, "isFloatRepeated": False}] * 2,
    }


async def test_standings_say_who_plays_no_more_and_why(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    plans = [swiss(wins_to_advance=1, losses_to_leave=2), knockout(StageSource(1, 1, 3))]
    event, players = await started(db, organizer, 6, "cup", structure=None, stages=plans)
    document = """{ tournament(slug: "cup") { stages { groups { standings { seed exit } } } } }"""

    async def exits() -> dict[int, str | None]:
        (group,) = (await ask(ANONYMOUS, document))["tournament"]["stages"][0]["groups"]
        return {row["seed"]: row["exit"] for row in group["standings"]}

    assert set((await exits()).values()) == {None}
    opening = [state for state, _ in (await matches_of_stage(db, event.id, 1)).values()]
    first = opening[0]
    await play(db, first, players, 0)
    assert await exits() == {**dict.fromkeys(range(1, 7)), first.slots[0].seed or 0: "ADVANCED"}
    leaver = next(row for row in await entrants(db, event.id) if row.seed == first.slots[1].seed)
    withdraw = tournaments.WithdrawEntrant(leaver.id, NOW)
    await run(db, tournaments.withdraw_entrant, players[leaver.participant_id], withdraw)
    assert (await exits())[leaver.seed or 0] == "LEFT"
    for state in opening[1:]:
        await play(db, state, players, 0)
    # The two that lost meet; whoever loses that too is out, and whoever wins through.
    assert sorted(map(str, (await exits()).values())) == ["ADVANCED"] * 3 + ["LEFT", "None", "None"]
    await play_on(db, event.id, players)
    assert sorted(map(str, (await exits()).values())) == ["ADVANCED"] * 4 + ["ELIMINATED", "LEFT"]


async def test_a_stage_says_where_the_seed_alone_decided_who_came(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    plans = [round_robin(), knockout(StageSource(1, 1, 2)), knockout(StageSource(1, 3, 3), StageSource(2, 2, 2))]
    event, players = await started(db, organizer, 3, "cup", structure=None, stages=plans, capacity=3)
    document = """{ tournament(slug: "cup") { stages { seedCuts { stage wentOn { seed } stayed { seed } } } } }"""

    async def cuts() -> list[list[Any]]:
        stages_ = (await ask(ANONYMOUS, document))["tournament"]["stages"]
        return [[tuple(map(seeds, cut.values())) for cut in each["seedCuts"]] for each in stages_]

    def seeds(value: Any) -> Any:
        return [row["seed"] for row in value] if isinstance(value, list) else value

    assert await cuts() == [[], [], []]
    beaten = {1: 2, 2: 3, 3: 1}  # everybody has won once
    for state, _ in (await matches_of_stage(db, event.id, 1)).values():
        first, second = (slot.seed or 0 for slot in state.slots)
        await play(db, state, players, 0 if beaten[first] == second else 1)
    assert await cuts() == [[], [(1, [1, 2], [3])], []]
    await play_on(db, event.id, players)
    assert await cuts() == [[], [(1, [1, 2], [3])], [(1, [3], [1, 2])]]


@pytest.mark.parametrize(
    ("first", "people"), [(round_robin(group_count=2), 6), (knockout(), 4)], ids=["equal in two groups", "semi-finals"]
)
async def test_equals_of_a_whole_stage_are_cut_by_seed_too(
    db: Database, ask: Ask, first: StagePlan, people: int
) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    plans = [first, round_robin(StageSource(1, 1, 3, is_overall=True))]
    event, players = await started(db, organizer, people, "cup", structure=None, stages=plans, capacity=people)
    await play_on(db, event.id, players)
    document = """{ tournament(slug: "cup") { stages { seedCuts { wentOn { seed } stayed { seed } } } } }"""
    cuts = [{"wentOn": [{"seed": 3}], "stayed": [{"seed": 4}]}]
    assert (await ask(ANONYMOUS, document))["tournament"]["stages"] == [{"seedCuts": []}, {"seedCuts": cuts}]


async def test_nothing_was_cut_where_the_results_decide(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    plans = [round_robin(group_count=2), knockout(StageSource(1, 1, 1))]
    event, players = await started(db, organizer, 6, "cup", structure=None, stages=plans, capacity=6)
    await play_on(db, event.id, players)
    document = """{ tournament(slug: "cup") { stages { seedCuts { stage } } } }"""
    assert (await ask(ANONYMOUS, document))["tournament"]["stages"] == [{"seedCuts": []}] * 2


async def test_standings_take_the_same_statements_for_any_number_of_groups(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    counts = []
    for count in (2, 6):
        plans = [round_robin(group_count=count), knockout(StageSource(1, 1, 1))]
        await started(db, organizer, 2 * count, f"cup-{count}", structure=None, stages=plans, capacity=16)
        await ask(ANONYMOUS, PAGE, slug=f"cup-{count}")
        with counted_statements(db) as statements:
            await ask(ANONYMOUS, PAGE, slug=f"cup-{count}")
        counts.append(len(statements))
    assert counts == [6, 6]


def test_the_whole_page_of_an_event_may_be_asked_for() -> None:
    documents = Documents(build_schema(), NO_DOCUMENTS, Limits())
    assert documents.operation(Parameters(query=PAGE)).demand.objects <= Limits().objects


async def test_a_whole_event_is_created_once_and_its_stages_replaced(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    organizer, stranger = await make_people(db, "organizer", "stranger")
    given = created("cup", capacity=8, stages=TEMPLATE, idempotencyKey="once")
    selection = "... on CreateTournamentPayload { tournament { id version stages { number structure } } }"
    answers = [await ask.mutate(organizer, "createTournament", given, selection) for _ in range(2)]
    assert answers[0] == answers[1]
    made = answers[0]["tournament"]
    assert [stage["structure"] for stage in made["stages"]] == ["ROUND_ROBIN", "SINGLE_ELIMINATION"]
    other = {"tournamentId": made["id"], "version": made["version"], "stages": TEMPLATE[:1]}
    before = await every_row(db)
    assert (await ask.mutate(stranger, "setStages", other))["code"] == "TOURNAMENT_NOT_FOUND"
    assert (await ask.mutate(organizer, "setStages", {**other, "version": 7}))["code"] == "STALE_VERSION"
    assert await every_row(db) == before
    selection = "... on SetStagesPayload { tournament { version stages { number structure } } }"
    answer = await ask.mutate(organizer, "setStages", other, selection)
    assert answer["tournament"] == {"version": 2, "stages": [{"number": 1, "structure": "ROUND_ROBIN"}]}


def source(stage: int, low: int, high: int) -> dict[str, int]:
    """Who comes into a stage."""
    return {"stage": stage, "fromRank": low, "toRank": high}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"stages": []}, "BAD_USER_INPUT"),
    ({"stages": TEMPLATE[1:]}, "INVALID_STAGES"),
    ({"stages": [*TEMPLATE, TEMPLATE[1]]}, "INVALID_STAGES"),
    (
        {"stages": [*TEMPLATE[:1], {**TEMPLATE[1], "sources": [{"stage": 2, "fromRank": 1, "toRank": 2}]}]},
        "INVALID_STAGES",
    ),
    (
        {"stages": [*TEMPLATE[:1], {**TEMPLATE[1], "sources": [{"stage": 1, "fromRank": 1, "toRank": 9}]}]},
        "INVALID_STAGES",
    ),
    ({"stages": [{"format": {"roundRobin": {"groupCount": 5}}}]}, "INVALID_STAGES"),
    ({"stages": [{"format": {"roundRobin": {"groupCount": 0}}}]}, "BAD_USER_INPUT"),
    ({"stages": [{"format": {"roundRobin": {"cycles": 5}}}]}, "BAD_USER_INPUT"),
    ({"stages": [{"format": {"roundRobin": {"bestOf": 2}}}]}, "BAD_USER_INPUT"),
    ({"stages": [{"format": {"swiss": {"rounds": 0}}}]}, "BAD_USER_INPUT"),
    ({"stages": [{"format": {"swiss": {"winsToAdvance": 65}}}]}, "BAD_USER_INPUT"),
    ({"stages": [{"format": {"roundRobin": {"ranking": {"tiebreaks": "PTS,XX"}}}}]}, "INVALID_TIEBREAK"),
    ({"stages": [{"format": {"roundRobin": {"ranking": {"winHalfPoints": 0}}}}]}, "BAD_USER_INPUT"),
    ({"stages": [{"name": "", "format": {"roundRobin": {}}}]}, "BAD_USER_INPUT"),
    ({"stages": [{"format": {"custom": {"matches": []}}}]}, "BAD_USER_INPUT"),
    ({"stages": TEMPLATE, "structure": "ROUND_ROBIN"}, "BAD_USER_INPUT"),
    ({}, "BAD_USER_INPUT"),
]


async def test_stages_that_do_not_fit_together_are_refused(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    before = await every_row(db)
    for given, code in WRONG:
        answer = await ask.mutate(organizer, "createTournament", created("cup", capacity=8, **given))
        assert (given, answer) == (given, {"__typename": "InvalidInputError", "code": code})
    assert await every_row(db) == before


async def test_stages_that_have_begun_stay(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event, _ = await started(
        db, organizer, 6, "cup", structure=None, stages=[round_robin(group_count=2), knockout(StageSource(1, 1, 1))]
    )
    begun = {"format": {"roundRobin": {"bestOf": 1, "groupCount": 2}}}
    later = {
        "format": {"doubleElimination": {"bestOf": 1}},
        "sources": [{"stage": 1, "fromRank": 1, "toRank": 2}],
    }
    given = {"tournamentId": global_id("Tournament", event.id), "version": 1}
    before = await every_row(db)
    for template in ([later], [{"format": {"roundRobin": {"bestOf": 1, "groupCount": 3}}}, later]):
        answer = await ask.mutate(organizer, "setStages", {**given, "stages": template})
        assert answer["code"] in ("STAGE_STARTED", "INVALID_STAGES")
    assert await every_row(db) == before
    answer = await ask.mutate(organizer, "setStages", {**given, "stages": [begun, later]})
    assert answer["__typename"] == "SetStagesPayload"
    assert [stage.structure for stage in await stages(db, event.id)] == ["ROUND_ROBIN", "DOUBLE_ELIMINATION"]
    assert (await row_of(db, event.id)).version == 2
