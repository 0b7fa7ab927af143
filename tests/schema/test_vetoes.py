"""Vetoes through the schema: a whole one by its two sides, who may do what, what is shown, and the stream of it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from domain import matches, tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import global_id, new_id
from domain.kernel.participant import ParticipantKind
from domain.kernel.veto import VetoOption, VetoPlan
from domain.matches import MatchNotFound, MatchState
from domain.vetoes import VetoView
from resolvers import vetoes as resolve
from resolvers.context import Context
from resolvers.vetoes import VetoChange, VetoSnapshot
from tests.factories.games import make_catalogue
from tests.factories.stages import knockout
from tests.factories.teams import NOW, add_members, make_admin, make_people, make_team, run
from tests.factories.tournaments import correction, enter, play, published, start, states
from tests.factories.vetoes import Event, make_event, open_veto, plan_of, settle, take
from tests.fixtures.database import counted_statements
from tests.fixtures.hub import LocalHub, LocalRelay
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask, payload_of

STEP = "{ number kind slot option { slug } isAutomatic }"
SHOWN = f"""{{ id version isComplete turn deadlineAt choosable {{ slug }} pool {{ slug name }} steps {STEP}
  maps {{ game option {{ name }} pickedBySlot startingSides {{ slug }} }} match {{ id }} }}"""
OF_MATCH = f"query ($id: ID!) {{ match(id: $id) {{ veto {SHOWN} }} }}"


@dataclass
class World:
    """A match whose veto has one step behind it, and people around it."""

    event: Event
    state: MatchState
    veto: VetoView
    people: dict[str, Actor]


async def make_world(db: Database) -> World:
    """It is the turn of slot 1."""
    event = await make_event(db)
    state = await event.match(db)
    (stranger,) = await make_people(db, "stranger")
    veto = await take(db, event.on(state, 0), await open_veto(db, event), "ascent")
    people = {
        "anonymous": ANONYMOUS,
        "stranger": stranger,
        "other side": event.on(state, 0),
        "side": event.on(state, 1),
        "organizer": event.organizer,
        "admin": await make_admin(db),
    }
    return World(event, state, veto, people)


OFFICIALS = {
    "anonymous": "UNAUTHENTICATED",
    "stranger": "NOT_AN_OFFICIAL",
    "other side": "NOT_AN_OFFICIAL",
    "side": "NOT_AN_OFFICIAL",
    "organizer": "",
    "admin": "",
}
MATRIX: dict[str, dict[str, str]] = {
    "takeVetoStep": {
        "anonymous": "UNAUTHENTICATED",
        "stranger": "NOT_YOUR_MATCH",
        "other side": "NOT_YOUR_TURN",
        "organizer": "",
        "admin": "",
        "side": "",
    },
    "undoVetoStep": OFFICIALS,
    "resetVeto": OFFICIALS,
}
ACCESS = {name: {who for who, code in row.items() if not code} for name, row in MATRIX.items()}


def given(world: World, name: str, **more: Any) -> dict[str, Any]:
    """What a mutation needs."""
    what = {"option": "bind"} if name == "takeVetoStep" else {"reason": "misheard"}
    return {"vetoId": global_id("MatchVeto", world.veto.id), "version": world.veto.version, **what, **more}


@pytest.mark.parametrize("name", MATRIX)
async def test_access(db: Database, ask: Ask, name: str) -> None:
    """Whoever may not gets the code, and no row has changed; then whoever may last gets the payload, and some have."""
    world = await make_world(db)
    before = await every_row(db)
    for who, code in MATRIX[name].items():
        if code:
            assert (await ask.mutate(world.people[who], name, given(world, name)))["code"] == code
    assert await every_row(db) == before
    *_, last = MATRIX[name]
    assert await ask.mutate(world.people[last], name, given(world, name)) == {"__typename": payload_of(name)}
    assert await every_row(db) != before


async def test_what_is_not_possible_is_refused_and_changes_nothing(db: Database, ask: Ask) -> None:
    world = await make_world(db)
    before = await every_row(db)
    for name, more, code in (
        ("takeVetoStep", {"version": 1}, "STALE_VERSION"),
        ("takeVetoStep", {"version": 3}, "STALE_VERSION"),
        ("takeVetoStep", {"option": "ascent"}, "OPTION_GONE"),
        ("takeVetoStep", {"option": "nowhere"}, "UNKNOWN_OPTION"),
        ("takeVetoStep", {"vetoId": global_id("MatchVeto", new_id())}, "VETO_NOT_FOUND"),
        ("takeVetoStep", {"vetoId": global_id("Match", world.state.id)}, "BAD_USER_INPUT"),
        ("undoVetoStep", {"version": 1}, "STALE_VERSION"),
        ("undoVetoStep", {"reason": ""}, "BAD_USER_INPUT"),
        ("resetVeto", {"version": 1}, "STALE_VERSION"),
    ):
        who = world.people["side" if name == "takeVetoStep" else "organizer"]
        assert (await ask.mutate(who, name, given(world, name, **more)))["code"] == code, (name, more)
    report = {"matchId": global_id("Match", world.state.id), "version": world.state.version, "scores": [2, 0]}
    assert (await ask.mutate(world.people["side"], "reportResult", report))["code"] == "VETO_UNFINISHED"
    assert await every_row(db) == before


async def test_when_it_is_over_or_between_others_it_stays(db: Database, ask: Ask) -> None:
    world = await make_world(db)
    done = await settle(db, world.event)
    before = await every_row(db)
    late = given(world, "takeVetoStep", version=done.version)
    assert (await ask.mutate(world.people["side"], "takeVetoStep", late))["code"] == "VETO_OVER"
    assert await every_row(db) == before
    await play(db, await world.event.match(db), world.event.players, 0)
    before = await every_row(db)
    late = given(world, "undoVetoStep", version=done.version)
    assert (await ask.mutate(world.people["organizer"], "undoVetoStep", late))["code"] == "WRONG_MATCH_STATUS"
    assert await every_row(db) == before


async def test_a_best_of_three_by_two_sides_who_choose_where_they_start(db: Database, ask: Ask) -> None:
    event = await make_event(db, 2, veto=plan_of("ascent", "bind", "haven", "lotus", "split", has_sides=True))
    state = await event.match(db)
    id_ = global_id("Match", state.id)
    veto = (await ask(ANONYMOUS, OF_MATCH, id=id_))["match"]["veto"]
    assert (veto["version"], veto["isComplete"], veto["turn"], veto["deadlineAt"]) == (1, False, 0, None)
    assert [option["name"] for option in veto["pool"]] == ["Ascent", "Bind", "Haven", "Lotus", "Split"]
    assert [step["kind"] for step in veto["steps"]] == [
        *("BAN", "BAN", "PICK", "SIDE", "PICK", "SIDE", "DECIDER", "SIDE")
    ]
    assert [step["slot"] for step in veto["steps"]] == [0, 1, 0, 1, 1, 0, None, 0]
    for option in ("ascent", "bind", "haven", "defense", "lotus", "attack", "defense"):
        assert option in [each["slug"] for each in veto["choosable"]]
        step = {"vetoId": veto["id"], "version": veto["version"], "option": option}
        selection = f"... on TakeVetoStepPayload {{ veto {SHOWN} }}"
        veto = (await ask.mutate(event.on(state, veto["turn"]), "takeVetoStep", step, selection))["veto"]
    assert veto == (await ask(ANONYMOUS, OF_MATCH, id=id_))["match"]["veto"]
    assert (veto["isComplete"], veto["turn"], veto["choosable"], veto["match"]) == (True, None, [], {"id": id_})
    assert veto["maps"] == [
        # Slot 1 defends on what slot 0 picked, and the other way round; the decider is nobody's pick.
        {
            "game": 1,
            "option": {"name": "Haven"},
            "pickedBySlot": 0,
            "startingSides": [{"slug": "attack"}, {"slug": "defense"}],
        },
        {
            "game": 2,
            "option": {"name": "Lotus"},
            "pickedBySlot": 1,
            "startingSides": [{"slug": "attack"}, {"slug": "defense"}],
        },
        {
            "game": 3,
            "option": {"name": "Split"},
            "pickedBySlot": None,
            "startingSides": [{"slug": "defense"}, {"slug": "attack"}],
        },
    ]
    document = f"query ($id: ID!) {{ node(id: $id) {{ ... on MatchVeto {SHOWN} }} }}"
    assert await ask(ANONYMOUS, document, id=veto["id"]) == {"node": veto}
    log = "query ($id: ID!) { match(id: $id) { events { nodes { kind slot message actor { username } } } } }"
    entries = (await ask(ANONYMOUS, log, id=id_))["match"]["events"]["nodes"]
    assert [entry["message"] for entry in entries if entry["kind"] == "VETO"] == [
        "Spring-Cup-1 banned Ascent",
        "Spring-Cup-2 banned Bind",
        "Spring-Cup-1 picked Haven",
        "Spring-Cup-2 starts on Defense",
        "Spring-Cup-2 picked Lotus",
        "Spring-Cup-1 starts on Attack",
        "Split is left over",
        "Spring-Cup-1 starts on Defense",
    ]


async def test_of_teams_the_captains_choose(db: Database, ask: Ask) -> None:
    """A whole best of three between two teams, in a game of whose arenas the catalogue knows none."""
    await make_catalogue(db)
    organizer, *people = await make_people(db, "organizer", "ann", "bob", "cid", "dan")
    captains, others = people[::2], people[1::2]
    teams = [await make_team(db, captain, slug) for captain, slug in zip(captains, ("reds", "blues"), strict=True)]
    arenas = ("Mannfield", "Aquadome", "Wasteland", "Neo Tokyo", "Salty Shores")
    pool = tuple(VetoOption(name.lower().replace(" ", "-"), name) for name in arenas)
    stage = replace(knockout(best_of=3, final_best_of=3), veto=VetoPlan(pool=pool))
    rules: dict[str, Any] = {"game": "rocket-league-2v2", "entrant_kind": ParticipantKind.TEAM, "structure": None}
    cup = await published(db, organizer, "team-cup", stages=[stage], capacity=2, **rules)
    for captain, member, team in zip(captains, others, teams, strict=True):
        await add_members(db, team.id, member)
        entry = tournaments.RegisterEntrant(cup.id, NOW, team_id=team.id)
        await run(db, tournaments.register_entrant, captain, entry)
    await start(db, organizer, cup.id)
    (state,) = await states(db, cup.id)
    id_ = global_id("Match", state.id)
    veto = (await ask(ANONYMOUS, OF_MATCH, id=id_))["match"]["veto"]
    selection = f"... on TakeVetoStepPayload {{ veto {SHOWN} }}"
    for option in ("mannfield", "aquadome", "wasteland", "neo-tokyo"):
        step = {"vetoId": veto["id"], "version": veto["version"], "option": option}
        before = await every_row(db)
        refusals = [await ask.mutate(who, "takeVetoStep", step) for who in (*others, captains[1 - veto["turn"]])]
        assert [each["code"] for each in refusals] == ["NOT_YOUR_MATCH", "NOT_YOUR_MATCH", "NOT_YOUR_TURN"]
        assert await every_row(db) == before
        veto = (await ask.mutate(captains[veto["turn"]], "takeVetoStep", step, selection))["veto"]
    assert [one["option"]["name"] for one in veto["maps"]] == ["Wasteland", "Neo Tokyo", "Salty Shores"]
    report = {"matchId": id_, "version": state.version, "scores": [2, 1]}
    assert (await ask.mutate(captains[0], "reportResult", report))["__typename"] == "ReportResultPayload"


async def test_a_larger_bracket_takes_no_more_statements(db: Database, ask: Ask) -> None:
    """Neither to open its vetoes nor to read them."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    stage = replace(knockout(best_of=3, final_best_of=3), veto=plan_of(step_s=60))
    selected = "bracket { rounds { matches { veto { steps { kind } } } } }"
    document = f"query ($slug: String!) {{ tournament(slug: $slug) {{ {selected} }} }}"
    counts: list[tuple[int, int]] = []
    for size in (4, 16):
        slug = f"cup-{size}"
        cup = await published(db, organizer, slug, game="valorant", structure=None, stages=[stage], capacity=size)
        await enter(db, cup.id, *await make_people(db, *(f"{slug}-{number}" for number in range(size))))
        with counted_statements(db) as opening:
            await start(db, organizer, cup.id)
        with counted_statements(db) as reading:
            found = (await ask(ANONYMOUS, document, slug=slug))["tournament"]["bracket"]["rounds"]
        assert [len(match["veto"]["steps"]) for match in found[0]["matches"]] == [7] * (size // 2)
        assert {match["veto"] for match in found[1]["matches"]} == {None}
        counts.append((len(opening), len(reading)))
    assert counts[0] == counts[1]


async def test_of_many_clients_one_does_the_step(db: Database, ask: Ask) -> None:
    world = await make_world(db)
    side = world.people["side"]
    options = ["bind", "breeze", "haven", "icebox"] * 4
    answers = await asyncio.gather(
        *(ask.mutate(side, "takeVetoStep", given(world, "takeVetoStep", option=option)) for option in options)
    )
    assert sorted(answer.get("code", "") for answer in answers) == ["", *["STALE_VERSION"] * 15]
    assert len((await open_veto(db, world.event)).choices) == 2


PLAN = """query ($slug: String!) { tournament(slug: $slug) { version stages { veto {
  template hasSides beginner stepSeconds pool { slug name } sequences { bestOf steps { kind turn } } } } } }"""


async def test_the_plan_of_a_stage(db: Database, ask: Ask) -> None:
    """What is shown of it can be given again, and is the same then."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    strike = [{"kind": "BAN", "turn": turn} for turn in ("A", "B", "B", "A")] + [{"kind": "DECIDER"}]
    veto: dict[str, Any] = {
        "pool": [{"slug": slug} for slug in ("ascent", "bind", "haven", "lotus")] + [{"slug": "own", "name": "Own"}],
        "sequences": [{"bestOf": 1, "steps": strike}],
        "beginner": "COIN",
        "stepSeconds": 60,
    }
    stages: list[dict[str, Any]] = [{"format": {"singleElimination": {"bestOf": 1, "finalBestOf": 3}}, "veto": veto}]
    create = {
        "slug": "cup",
        "name": "Cup",
        "game": "valorant",
        "entrantKind": "TEAM",
        "startsAt": "2030-05-01T18:00:00Z",
    }
    selection = "... on InvalidInputError { path }"
    before = await every_row(db)
    for wrong, path in (
        ({"pool": [*veto["pool"], {"slug": "dust-2"}]}, ["pool", "5", "name"]),
        ({"pool": veto["pool"][:4]}, ["sequences", "0", "steps", "4"]),
        ({"pool": [], "sequences": []}, ["pool"]),
        ({"template": None}, ["sequences"]),
        ({"hasSides": True, "stepSeconds": 1}, ["stepSeconds"]),
    ):
        given_ = {**create, "stages": [{**stages[0], "veto": {**veto, **wrong}}]}
        answer = await ask.mutate(organizer, "createTournament", given_, selection)
        assert (answer["code"], answer["path"]) == ("BAD_USER_INPUT", ["stages", "0", "veto", *path])
    assert await every_row(db) == before
    assert (await ask.mutate(organizer, "createTournament", {**create, "stages": stages}))["__typename"] == payload_of(
        "createTournament"
    )
    found = (await ask(organizer, PLAN, slug="cup"))["tournament"]
    shown = found["stages"][0]["veto"]
    assert shown == {
        "template": "STANDARD",
        "hasSides": False,
        "beginner": "COIN",
        "stepSeconds": 60,
        "pool": [
            {"slug": "ascent", "name": "Ascent"},
            {"slug": "bind", "name": "Bind"},
            {"slug": "haven", "name": "Haven"},
            {"slug": "lotus", "name": "Lotus"},
            {"slug": "own", "name": "Own"},
        ],
        "sequences": [{"bestOf": 1, "steps": [*strike[:4], {"kind": "DECIDER", "turn": None}]}],
    }
    event_id = (await ask(organizer, '{ tournament(slug: "cup") { id } }'))["tournament"]["id"]
    again = {"tournamentId": event_id, "version": found["version"], "stages": [{**stages[0], "veto": shown}]}
    assert (await ask.mutate(organizer, "setStages", again))["__typename"] == "SetStagesPayload"
    assert (await ask(organizer, PLAN, slug="cup"))["tournament"]["stages"][0]["veto"] == shown
    without = {**again, "version": found["version"] + 1, "stages": [{"format": stages[0]["format"]}]}
    assert (await ask.mutate(organizer, "setStages", without))["__typename"] == "SetStagesPayload"
    assert (await ask(organizer, PLAN, slug="cup"))["tournament"]["stages"] == [{"veto": None}]


async def test_the_example_in_the_readme(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    example = re.search(r"```json\n({\"name\": \"Playoffs\".*?)```", readme, re.DOTALL)
    assert example is not None
    event = {
        "slug": "cup",
        "name": "Cup",
        "game": "valorant",
        "entrantKind": "TEAM",
        "startsAt": "2030-05-01T18:00:00Z",
    }
    answer = await ask.mutate(organizer, "createTournament", {**event, "stages": [orjson.loads(example[1])]})
    assert answer == {"__typename": "CreateTournamentPayload"}


async def test_what_games_are_played_on(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    document = "query ($slug: String!) { game(slug: $slug) { options { slug name kind } startingSides { slug } } }"
    valorant = (await ask(ANONYMOUS, document, slug="valorant"))["game"]
    assert {"slug": "ascent", "name": "Ascent", "kind": "MAP"} in valorant["options"]
    assert valorant["startingSides"] == [{"slug": "attack"}, {"slug": "defense"}]
    pool = (await ask(ANONYMOUS, document, slug="nine-ball"))["game"]
    assert [option["slug"] for option in pool["options"]] == ["8-ball", "9-ball", "10-ball", "straight-pool"]
    assert (pool["options"][0]["kind"], pool["startingSides"]) == ("DISCIPLINE", [])
    codm = (await ask(ANONYMOUS, document, slug="codm"))["game"]
    assert {"slug": "search-and-destroy", "name": "Search & Destroy", "kind": "MODE"} in codm["options"]


async def test_a_stream_tells_every_change_and_where_it_stands(db: Database, ask: Ask) -> None:
    event = await make_event(db, 4)
    for key in ("U1.1", "U1.2"):
        await settle(db, event, key)
    final = await event.match(db, "U2.1")
    context, relay = Context(ask.services, ANONYMOUS), LocalRelay(db, LocalHub())
    with pytest.raises(MatchNotFound):
        await resolve.veto_changes(context, new_id())
    stream = await resolve.veto_changes(context, final.id)
    (start,) = await stream.snapshot(context)
    assert (start.value, start.version) == (VetoSnapshot(None), 1)
    versions: list[int] = []

    async def told() -> list[Any]:
        """What changed since it was asked for last, as the stream tells it."""
        found = []
        for envelope in await relay.tell():
            if matches.match_topic(final.id) not in envelope.topics:
                continue
            for change in await stream.changes(Context(ask.services, ANONYMOUS), envelope):
                versions.append(change.version)
                found.append(change.value)
        return found

    for key in ("U1.1", "U1.2"):
        await play(db, await event.match(db, key), event.players, 0)
    veto = await open_veto(db, event, "U2.1")
    assert (await told())[-1] == VetoChange(veto)
    veto = await take(db, event.organizer, veto, "ascent")
    assert await told() == [VetoChange(veto)]
    start_ = await event.match(db, "U2.1")
    await run(db, matches.start_match, event.organizer, matches.StartMatch(start_.id, start_.version, NOW))
    assert await told() == []  # nothing about the veto
    fix = correction(await event.match(db, "U1.1"), 1, force=True)
    await run(db, tournaments.correct_match, event.organizer, fix)
    other = await open_veto(db, event, "U2.1")
    assert await told() == [VetoChange(other)]
    assert other.id != veto.id
    assert versions == sorted(set(versions))
    (now,) = await stream.snapshot(context)
    assert (now.value, now.version) == (VetoSnapshot(other), versions[-1])
