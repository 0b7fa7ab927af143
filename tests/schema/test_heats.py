"""Free-for-alls through the schema: a whole event in heats, followed live, corrected and refused."""

from __future__ import annotations

from typing import Any

import pytest

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import global_id
from domain.tournaments import Cut, Reached, ReportHeat, StaffRole, StagePlan, StageSource
from resolvers import tournaments as resolve
from resolvers.context import Context
from resolvers.paging import encode_cursor
from tests.factories.games import make_catalogue
from tests.factories.heats import correct, free_for_all, heat_at, heats_of, run_heats
from tests.factories.queues import use_tables
from tests.factories.stages import knockout
from tests.factories.teams import NOW, make_admin, make_people, run
from tests.factories.tournaments import row_of, started
from tests.factories.venues import hall
from tests.fixtures.database import counted_statements
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask, payload_of

EIGHTS: dict[str, Any] = {
    "freeForAll": {"heatSize": 8, "advancing": 4, "points": [10, 8, 6, 5, 4, 3, 2, 1], "perScore": 1, "cut": "OVERALL"}
}
HEAT = """id version status round number gameCount finishedAt entrants {
  name seed place points score hasLeft isThrough entrant { id }
  games { number place score placePoints scorePoints }
}"""
PAGE = f"""query ($slug: String!, $round: Int) {{ tournament(slug: $slug) {{
  status structure bestOf bracket {{ cursor }} stages {{ structure status groups {{ number }}
    settings {{ ... on FreeForAllSettings {{ heatSize advancing points perScore cut gamesPerHeat }} }}
    heats(round: $round) {{ nodes {{ {HEAT} }} }}
    heatStandings(first: 100) {{ nodes {{ seed placement {{ low high }} entrant {{ name }}
      heats {{ round heatNumber points isThrough }} }} }} }} }} }}"""
REPORTED = f"... on ReportHeatPayload {{ heat {{ {HEAT} }} }} ... on InvalidInputError {{ path }}"
EFFECTS = "effects { effect isPlaySetAside heat { round number } before { seed } after { seed } }"
CORRECTED = f"""... on CorrectHeatPayload {{ isForceNeeded heat {{ version }} {EFFECTS} }}
  ... on HeatsInUseError {{ message {EFFECTS} }} ... on InvalidInputError {{ path }}"""


async def make_event(db: Database, entrants: int, *plans: StagePlan) -> tuple[Actor, Any, dict[Any, Actor]]:
    """An event with these stages that has begun, and its organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event, players = await started(
        db, organizer, entrants, "cup", structure=None, stages=list(plans), capacity=entrants
    )
    return organizer, event, players


def result(heat: Any, order: list[int], scores: dict[int, int] | None = None) -> list[dict[str, Any]]:
    """The result of a game in which these seeds come in one after the other."""
    ids = {each["seed"]: each["entrant"]["id"] for each in heat["entrants"]}
    return [
        {"entrantId": ids[seed], "place": place, "score": (scores or {}).get(seed, 0)}
        for place, seed in enumerate(order, start=1)
    ]


async def heats(ask: Ask, round_: int | None = None) -> list[Any]:
    """The heats as everybody sees them."""
    (stage,) = (await ask(ANONYMOUS, PAGE, slug="cup", round=round_))["tournament"]["stages"]
    found: list[Any] = stage["heats"]["nodes"]
    return found


async def test_twenty_play_in_heats_of_eight_from_the_template_to_the_places(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    given = {
        "slug": "cup",
        "name": "Battle Royale",
        "game": "rocket-league-1v1",
        "entrantKind": "USER",
        "startsAt": "2030-05-01T18:00:00Z",
        "capacity": 20,
        "stages": [{"name": "Heats", "format": EIGHTS}],
    }
    made = await ask.mutate(
        organizer, "createTournament", given, "... on CreateTournamentPayload { tournament { id } }"
    )
    tournament = {"tournamentId": made["tournament"]["id"]}
    await ask.mutate(organizer, "publishTournament", tournament)
    for player in await make_people(db, *(f"player-{number}" for number in range(1, 21))):
        await ask.mutate(player, "registerEntrant", tournament)
    await ask.mutate(organizer, "startTournament", tournament)
    found = (await ask(ANONYMOUS, PAGE, slug="cup"))["tournament"]
    assert (found["structure"], found["bestOf"], found["bracket"]) == ("FREE_FOR_ALL", 1, None)
    (stage,) = found["stages"]
    assert stage["settings"] == {**EIGHTS["freeForAll"], "gamesPerHeat": 1}
    assert (stage["status"], stage["groups"]) == ("RUNNING", [])
    drawn = stage["heats"]["nodes"]
    assert [[each["seed"] for each in heat["entrants"]] for heat in drawn] == [
        [1, 6, 7, 12, 13, 18, 19],
        [2, 5, 8, 11, 14, 17, 20],
        [3, 4, 9, 10, 15, 16],
    ]
    # The last of the first heat comes in last, and scores most of all.
    for heat in drawn:
        order = [each["seed"] for each in heat["entrants"]]
        command = {"heatId": heat["id"], "version": 1, "results": result(heat, order, {19: 12})}
        told = (await ask.mutate(organizer, "reportHeat", command, REPORTED))["heat"]
        assert (told["version"], told["status"]) == (2, "FINISHED")
    first = (await heats(ask, 1))[0]
    assert first["entrants"][0] == {
        "name": "Player-19",
        "seed": 19,
        "place": 1,
        "points": 14,
        "score": 12,
        "hasLeft": False,
        "isThrough": True,
        "entrant": first["entrants"][0]["entrant"],
        "games": [{"number": 1, "place": 7, "score": 12, "placePoints": 2, "scorePoints": 12}],
    }
    # Of those with five points the better seeds go on, 10 and 11; the twelve are seeded by points.
    assert [sorted(each["seed"] for each in heat["entrants"]) for heat in await heats(ask, 2)] == [
        [3, 4, 7, 8, 11, 19],
        [1, 2, 5, 6, 9, 10],
    ]
    assert await run_heats(db, organizer, (await _event(db)).id) == 3
    found = (await ask(ANONYMOUS, PAGE, slug="cup"))["tournament"]
    standings = found["stages"][0]["heatStandings"]["nodes"]
    assert (found["status"], len(standings)) == ("FINISHED", 20)
    assert [each["placement"]["low"] for each in standings[:8]] == list(range(1, 9))
    assert [part["round"] for part in standings[0]["heats"]] == [1, 2, 3]
    assert [part["isThrough"] for part in standings[0]["heats"]] == [True, True, False]
    by_seed = {each["seed"]: each["placement"]["low"] for each in standings}
    document = '{ tournament(slug: "cup") { entrants { nodes { seed placement { low } } } } }'
    nodes = (await ask(ANONYMOUS, document))["tournament"]["entrants"]["nodes"]
    assert {each["seed"]: each["placement"]["low"] for each in nodes} == by_seed


async def _event(db: Database) -> Any:
    async with db.read() as session:
        return await tournaments.tournament_by_slug(session, "cup")


async def test_a_correction_is_tried_refused_forced_and_taken_back(db: Database, ask: Ask) -> None:
    organizer, event, _ = await make_event(db, 8, free_for_all())
    await run_heats(db, organizer, event.id)
    first = (await heats(ask, 1))[0]
    given = {"heatId": first["id"], "version": 2, "results": result(first, [8, 5, 4, 1]), "reason": "seen on video"}
    before = await every_row(db)
    effect = [
        {
            "effect": "RESET",
            "isPlaySetAside": True,
            "heat": {"round": 2, "number": 1},
            "before": [{"seed": seed} for seed in (1, 2, 3, 4)],
            "after": [{"seed": seed} for seed in (2, 3, 5, 8)],
        }
    ]
    dry = await ask.mutate(organizer, "correctHeat", {**given, "dryRun": True}, CORRECTED)
    assert (dry["effects"], dry["isForceNeeded"], dry["heat"]["version"]) == (effect, True, 2)
    refusal = await ask.mutate(organizer, "correctHeat", given, CORRECTED)
    assert (refusal["__typename"], refusal["code"]) == ("HeatsInUseError", "HEATS_IN_USE")
    assert refusal["effects"] == effect
    assert refusal["message"] == (
        "This would set aside what was played in a later heat. Repeat it with `force` if that is meant."
    )
    assert await every_row(db) == before
    forced = {**given, "force": True, "idempotencyKey": "once"}
    done = await ask.mutate(organizer, "correctHeat", forced, CORRECTED)
    assert (done["effects"], done["heat"]["version"]) == (effect, 4)  # another result, and others are through
    after = await every_row(db)
    assert await ask.mutate(organizer, "correctHeat", forced, CORRECTED) == done
    assert await every_row(db) == after
    back = {**given, "version": 4, "results": result(first, [1, 4, 5, 8])}
    undone = await ask.mutate(organizer, "correctHeat", back, CORRECTED)
    assert [(each["effect"], each["isPlaySetAside"]) for each in undone["effects"]] == [("REPLAY", False)]
    assert (await ask(ANONYMOUS, PAGE, slug="cup"))["tournament"]["status"] == "FINISHED"


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"heatSize": 1}, "BAD_USER_INPUT", ["heatSize"]),
        ({"advancing": 5}, "BAD_USER_INPUT", ["advancing"]),
        ({"points": [1, 2]}, "BAD_USER_INPUT", ["points"]),
        ({"perScore": 101}, "BAD_USER_INPUT", ["perScore"]),
        ({"gamesPerHeat": 21}, "BAD_USER_INPUT", ["gamesPerHeat"]),
    ],
)
async def test_stages_that_make_no_sense_are_refused_with_their_place(
    db: Database, ask: Ask, change: dict[str, Any], code: str, path: list[str]
) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    group: dict[str, Any] = {"format": {"roundRobin": {}}}
    wrong = {"format": {"freeForAll": {**EIGHTS["freeForAll"], **change}}, "sources": [_ranks(1, 4)]}
    given = {
        "slug": "cup",
        "name": "Cup",
        "game": "rocket-league-1v1",
        "entrantKind": "USER",
        "startsAt": "2030-05-01T18:00:00Z",
        "stages": [group, wrong],
    }
    before = await every_row(db)
    answer = await ask.mutate(organizer, "createTournament", given, "... on InvalidInputError { path }")
    assert (answer["code"], answer["path"]) == (code, ["stages", "1", *path])
    assert await every_row(db) == before


async def test_stages_around_heats_fit_together_or_are_refused(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    bracket: dict[str, Any] = {"format": {"singleElimination": {}}}
    given = {
        "slug": "cup",
        "name": "Cup",
        "game": "rocket-league-1v1",
        "entrantKind": "USER",
        "startsAt": "2030-05-01T18:00:00Z",
        "capacity": 16,
    }
    before = await every_row(db)
    for stages in (
        [{"format": EIGHTS}, {**bracket, "sources": [_ranks(9, 17)]}],
        [{"format": EIGHTS}, {**bracket, "sources": [_ranks(1, 4), _ranks(4, 8)]}],
        [bracket, {"format": EIGHTS, "sources": [_ranks(1, 1)]}],
    ):
        answer = await ask.mutate(organizer, "createTournament", {**given, "stages": stages})
        assert answer["code"] == "INVALID_STAGES"
    answer = await ask.mutate(organizer, "createTournament", {**given, "structure": "FREE_FOR_ALL"})
    assert answer["code"] == "BAD_USER_INPUT"
    assert await every_row(db) == before
    fitting = [{"format": EIGHTS}, {**bracket, "sources": [_ranks(1, 8)]}]
    assert "code" not in await ask.mutate(organizer, "createTournament", {**given, "stages": fitting})


async def test_every_format_that_can_be_asked_for_can_be_had(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    formats: list[dict[str, Any]] = [
        {name: {}} for name in ("singleElimination", "doubleElimination", "gslGroup", "roundRobin", "swiss")
    ]
    for number, given in enumerate([*formats, EIGHTS]):
        answer = await ask.mutate(
            organizer,
            "createTournament",
            {
                "slug": f"cup-{number}",
                "name": "Cup",
                "game": "rocket-league-1v1",
                "entrantKind": "USER",
                "startsAt": "2030-05-01T18:00:00Z",
                "capacity": 4,
                "stages": [{"format": given}],
            },
        )
        assert answer == {"__typename": "CreateTournamentPayload"}, given


def _ranks(low: int, high: int) -> dict[str, Any]:
    return {"stage": 1, "fromRank": low, "toRank": high}


MATRIX: dict[str, dict[str, str]] = {
    name: {
        "anonymous": "UNAUTHENTICATED",
        **dict.fromkeys(("stranger", "player", "scorer"), "NOT_AN_OFFICIAL"),
        "playing": "OWN_MATCH",
        **dict.fromkeys(("referee", "organizer", "admin"), ""),
    }
    for name in ("reportHeat", "correctHeat")
}
ACCESS = {name: {who for who, code in row.items() if not code} for name, row in MATRIX.items()}


@pytest.mark.parametrize(
    ("name", "allowed"), [(name, who) for name, row in MATRIX.items() for who, code in row.items() if not code]
)
async def test_access(db: Database, ask: Ask, name: str, allowed: str) -> None:
    """Whoever may not gets the code, and no row has changed; then whoever may gets the payload, and some have."""
    organizer, event, players = await make_event(db, 4, free_for_all())
    player, playing = list(players.values())[:2]
    stranger, scorer, referee = await make_people(db, "stranger", "scorer", "referee")
    roles = {"scorer": StaffRole.SCORER, "referee": StaffRole.REFEREE, "cup-2": StaffRole.REFEREE}
    for username, role in roles.items():
        await run(db, tournaments.set_staff, organizer, tournaments.SetStaff(event.id, username, role))
    people = {"anonymous": ANONYMOUS, "stranger": stranger, "player": player, "playing": playing, "scorer": scorer}
    people |= {"referee": referee, "organizer": organizer, "admin": await make_admin(db)}
    if name == "correctHeat":
        await run_heats(db, organizer, event.id)
    (heat,) = await heats(ask)
    given = {"heatId": heat["id"], "version": heat["version"], "results": result(heat, [4, 3, 2, 1])}
    given |= {"reason": "seen on video"} if name == "correctHeat" else {}
    before = await every_row(db)
    for who, code in MATRIX[name].items():
        if code:
            assert (await ask.mutate(people[who], name, given))["code"] == code
    assert await every_row(db) == before
    assert await ask.mutate(people[allowed], name, given) == {"__typename": payload_of(name)}
    assert await every_row(db) != before


async def test_wrong_reports_say_what_is_wrong(db: Database, ask: Ask) -> None:
    organizer, event, players = await make_event(db, 8, free_for_all())
    heat, other = await heats(ask)
    good = {"heatId": heat["id"], "version": 1, "results": result(heat, [1, 4, 5, 8])}
    player = next(iter(players.values()))
    (stranger,) = await make_people(db, "stranger")
    before = await every_row(db)
    for actor, change, code in (
        (ANONYMOUS, {}, "UNAUTHENTICATED"),
        (stranger, {}, "NOT_AN_OFFICIAL"),
        (player, {}, "NOT_AN_OFFICIAL"),
        (organizer, {"version": 2}, "STALE_VERSION"),
        (organizer, {"heatId": global_id("Heat", event.id)}, "HEAT_NOT_FOUND"),
        (organizer, {"heatId": global_id("Match", event.id)}, "BAD_USER_INPUT"),
        (organizer, {"results": []}, "BAD_USER_INPUT"),
        (organizer, {"results": good["results"][:3]}, "BAD_USER_INPUT"),
        (organizer, {"results": [*good["results"], good["results"][0]]}, "BAD_USER_INPUT"),
        (organizer, {"results": result(other, [2, 3, 6, 7])}, "BAD_USER_INPUT"),
    ):
        answer = await ask.mutate(actor, "reportHeat", {**good, **change}, "... on InvalidInputError { path }")
        assert answer["code"] == code
        assert answer.get("path") in (None, ["results"], ["heatId"])
    assert await every_row(db) == before


async def test_heats_come_in_pages_of_the_same_statements(db: Database, ask: Ask) -> None:
    _, event, _ = await make_event(db, 40, free_for_all())
    document = """query ($after: String, $first: Int!) {
      tournament(slug: "cup") { stages { heats(first: $first, after: $after) {
      nodes { round number entrants { seed } } pageInfo { hasNextPage endCursor } } } } }"""
    seen: list[tuple[int, int]] = []
    after: str | None = None
    while True:
        (stage,) = (await ask(ANONYMOUS, document, first=4, after=after))["tournament"]["stages"]
        page = stage["heats"]
        seen += [(heat["round"], heat["number"]) for heat in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == [(1, number) for number in range(1, 11)]
    counts = []
    for size in (1, 10):
        with counted_statements(db) as statements:
            await ask(ANONYMOUS, document, first=size)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    node = "query ($id: ID!) { node(id: $id) { ... on Heat { round tournament { slug } } } }"
    heat = await heat_at(db, event.id, 1, 3)
    assert (await ask(ANONYMOUS, node, id=global_id("Heat", heat.id)))["node"] == {
        "round": 1,
        "tournament": {"slug": "cup"},
    }


async def test_standings_come_in_pages_too(db: Database, ask: Ask) -> None:
    organizer, event, _ = await make_event(db, 12, free_for_all(cut=Cut.OVERALL))
    await run_heats(db, organizer, event.id, rounds=1)
    document = """query ($after: String) { tournament(slug: "cup") { stages { heatStandings(first: 5, after: $after) {
      nodes { seed placement { low high } } pageInfo { hasNextPage endCursor } } } } }"""
    (stage,) = (await ask(ANONYMOUS, PAGE, slug="cup"))["tournament"]["stages"]
    assert len(stage["heats"]["nodes"]) == 5
    seen: list[Any] = []
    after: str | None = None
    for _ in range(3):
        (stage,) = (await ask(ANONYMOUS, document, after=after))["tournament"]["stages"]
        seen += stage["heatStandings"]["nodes"]
        after = stage["heatStandings"]["pageInfo"]["endCursor"]
    assert [each["seed"] for each in seen] == list(range(1, 13))
    assert [each["placement"] for each in seen] == [None] * 6 + [{"low": 7, "high": 9}] * 3 + [
        {"low": 10, "high": 12}
    ] * 3
    for wrong in ("bm8=", encode_cursor(("x",)), encode_cursor(("1", "2"))):
        assert isinstance(await ask.error(ANONYMOUS, document, after=wrong), InvalidInput)


async def test_a_follower_resumes_with_every_version_of_every_heat(db: Database, ask: Ask) -> None:
    organizer, event, _ = await make_event(db, 8, free_for_all())
    begun = (await row_of(db, event.id)).change_count
    await run_heats(db, organizer, event.id)
    first = await heat_at(db, event.id, 1, 1)
    await correct(db, organizer, first, [8, 5, 4, 1], force=True)
    ctx = Context(services=ask.services, actor=ANONYMOUS)
    stream = await resolve.bracket_changes(ctx, event.id, begun)
    missed = await stream.replay(ctx, begun)
    assert missed is not None
    assert [change.version for change in missed] == list(
        range(begun + 1, (await row_of(db, event.id)).change_count + 1)
    )
    told = [change.value for change in missed if isinstance(change.value, resolve.HeatChange)]
    assert [(each.state.round, each.state.number, each.state.version) for each in told] == [
        *((1, 1, 2), (1, 2, 2), (2, 1, 2)),  # reported; the final is drawn at version 1 with the tournament
        *((1, 1, 3), (1, 1, 4), (2, 1, 3)),  # corrected: the result, who is through, and who plays on
    ]
    assert [seat.seed for seat in told[-1].state.seats] == [2, 3, 5, 8]


async def test_cuts_by_seed_between_rounds_and_behind_heats_are_told(db: Database, ask: Ask) -> None:
    plans = [free_for_all(points=(), advancing=1), knockout(StageSource(1, 1, 3, is_overall=True))]
    organizer, event, _ = await make_event(db, 8, *plans)
    document = """{ tournament(slug: "cup") { stages { seedCuts {
      stage round wentOn { seed } stayed { seed } } } } }"""

    async def cuts() -> list[list[tuple[Any, ...]]]:
        found = (await ask(ANONYMOUS, document))["tournament"]["stages"]
        return [
            [
                (cut["stage"], cut["round"], *([row["seed"] for row in cut[side]] for side in ("wentOn", "stayed")))
                for cut in stage["seedCuts"]
            ]
            for stage in found
        ]

    assert await cuts() == [[], []]
    for heat in await heats_of(db, event.id):
        # The first two are level in each heat; the others come in behind them.
        places = dict(zip([seat.entrant_id for seat in heat.seats], (1, 1, 3, 4), strict=True))
        results = {key: Reached(place) for key, place in places.items()}
        await run(db, tournaments.report_heat, organizer, ReportHeat(heat.id, heat.version, results, NOW))
    # Heats of 1, 4, 5, 8 and 2, 3, 6, 7; nothing behind is decided yet.
    assert await cuts() == [[(1, 1, [1], [4]), (1, 1, [2], [3])], []]
    await run_heats(db, organizer, event.id)
    assert await cuts() == [[(1, 1, [1], [4]), (1, 1, [2], [3])], [(1, None, [3], [4])]]


async def test_who_is_absent_from_a_game_stays_in_the_heat(db: Database, ask: Ask) -> None:
    organizer, event, _ = await make_event(db, 4, free_for_all(games=2))
    for number in (1, 2):
        heat = await heat_at(db, event.id, 1, 1)
        first, *others, last = [global_id("Entrant", seat.entrant_id) for seat in heat.seats]
        results: list[dict[str, Any]] = [{"entrantId": key, "place": place} for place, key in enumerate(others, 1)]
        missing, back = (first, last) if number == 1 else (last, first)
        results += [{"entrantId": back, "place": 3}, {"entrantId": missing, "place": 4, "isAbsent": True}]
        given = {"heatId": global_id("Heat", heat.id), "version": heat.version, "results": results}
        answer = await ask.mutate(organizer, "reportHeat", given)
        assert answer == {"__typename": "ReportHeatPayload"}
    document = """query ($id: ID!) { node(id: $id) { ... on Heat {
      entrants { seed points games { place placePoints isAbsent } } } } }"""
    (*_, third, fourth) = (await ask(ANONYMOUS, document, id=global_id("Heat", heat.id)))["node"]["entrants"]
    assert (third["seed"], third["points"], fourth["points"]) == (1, 2, 2)
    assert third["games"] == [
        {"place": 4, "placePoints": 0, "isAbsent": True},
        {"place": 3, "placePoints": 2, "isAbsent": False},
    ]


async def test_tables_of_an_event_in_heats_have_no_match_to_be_called(db: Database, ask: Ask) -> None:
    organizer, event, _ = await make_event(db, 8, free_for_all())
    venue, tables = await hall(db, organizer, 2)
    await use_tables(db, organizer, event.id, venue, tables)
    given = {"tournamentId": global_id("Tournament", event.id)}
    answer = await ask.mutate(organizer, "callNext", given)
    assert answer == {"__typename": "CallNextPayload"}
    document = """{ tournament(slug: "cup") {
      queue { calls { id } waiting { match { id } } tables { id } } progress { number } } }"""
    found = (await ask(organizer, document))["tournament"]
    assert (found["queue"]["calls"], found["queue"]["waiting"], len(found["queue"]["tables"])) == ([], [], 2)
    assert found["progress"] == []
