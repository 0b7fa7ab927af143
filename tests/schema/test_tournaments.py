"""Tournaments through the schema: who may do what, what a client sees, and an event from its first day to its last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import global_id, new_id
from domain.kernel.participant import ParticipantKind
from domain.tournaments import (
    CancelTournament,
    Entrant,
    RegisterEntrant,
    SetStaff,
    StaffRole,
    Structure,
    Tournament,
    TournamentView,
)
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, add_members, make_admin, make_people, make_team, run
from tests.factories.tournaments import enter, make_tournament, play_on, published, row_of, start, started
from tests.fixtures.clock import FakeClock
from tests.fixtures.database import counted_statements
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask, payload_of

MANAGERS = {"organizer", "staff", "admin"}
ACCESS: dict[str, set[str]] = {
    "createTournament": {"stranger", "entrant", *MANAGERS},
    "publishTournament": MANAGERS,
    "updateTournament": MANAGERS,
    "moveTournament": MANAGERS,
    "openRegistration": MANAGERS,
    "closeRegistration": MANAGERS,
    "addTournamentStaff": MANAGERS,
    "removeTournamentStaff": MANAGERS,
    "seedTournament": MANAGERS,
    "startTournament": MANAGERS,
    "finishTournament": MANAGERS,
    "cancelTournament": MANAGERS,
    "disqualifyEntrant": MANAGERS,
    "registerEntrant": {"stranger", *MANAGERS},
    "withdrawEntrant": {"entrant", *MANAGERS},
    "checkInEntrant": {"entrant", *MANAGERS},
}
PEOPLE = ("anonymous", "stranger", "entrant", "organizer", "staff", "admin")
SPECIAL = {
    ("registerEntrant", "entrant"): "ALREADY_REGISTERED",
    ("withdrawEntrant", "stranger"): "NOT_YOUR_ENTRY",
    ("checkInEntrant", "stranger"): "NOT_YOUR_ENTRY",
    ("publishTournament", "stranger"): "TOURNAMENT_NOT_FOUND",
    ("publishTournament", "entrant"): "TOURNAMENT_NOT_FOUND",
}
NOTHING_TO_DO = {"finishTournament"}
CREATE = {
    "slug": "summer-cup",
    "name": "Summer Cup",
    "game": "nine-ball",
    "entrantKind": "USER",
    "structure": "SINGLE_ELIMINATION",
    "startsAt": "2026-05-01T20:00:00Z",
}


async def make_crowd(db: Database) -> dict[str, Actor]:
    """Everybody in the matrix."""
    await make_catalogue(db)
    names = ("stranger", "entrant", "organizer", "staff", "helper")
    crowd = dict(zip(names, await make_people(db, *names), strict=True))
    return {"anonymous": ANONYMOUS, **crowd, "admin": await make_admin(db)}


@dataclass
class World:
    """A draft, a tournament that takes registrations and check-ins, and a finished one."""

    draft: Tournament
    open: Tournament
    finished: TournamentView
    entrant: Entrant

    def inputs(self) -> dict[str, dict[str, Any]]:
        """Each mutation with an input that works for whoever may."""
        event = {"tournamentId": global_id("Tournament", self.open.id)}
        entrant = {"entrantId": global_id("Entrant", self.entrant.id)}
        return {
            "createTournament": {**CREATE, "slug": f"{self.open.slug}-new"},
            "publishTournament": {"tournamentId": global_id("Tournament", self.draft.id)},
            "updateTournament": {**event, "version": 1, "name": "Renamed"},
            "moveTournament": {**event, "slug": f"{self.open.slug}-moved"},
            "openRegistration": event,
            "closeRegistration": event,
            "addTournamentStaff": {**event, "username": "helper"},
            "removeTournamentStaff": {**event, "username": "staff"},
            "seedTournament": {**event, "method": "RANDOM"},
            "startTournament": event,
            "finishTournament": {"tournamentId": global_id("Tournament", self.finished.id)},
            "cancelTournament": {**event, "reason": "rain"},
            "disqualifyEntrant": {**entrant, "reason": "late"},
            "registerEntrant": event,
            "withdrawEntrant": entrant,
            "checkInEntrant": entrant,
        }


async def make_world(db: Database, crowd: dict[str, Actor], slug: str, finished: TournamentView) -> World:
    """The world of the matrix, with a draft and an open tournament of its own."""
    organizer = crowd["organizer"]
    shape = {"structure": Structure.SINGLE_ELIMINATION}
    draft = await make_tournament(db, organizer, f"{slug}-draft", **shape)
    event = await published(db, organizer, slug, check_in_opens_at=NOW, **shape)
    for tournament in (draft, event):
        await run(db, tournaments.set_staff, organizer, SetStaff(tournament.id, "staff", role=StaffRole.ORGANIZER))
    entrant, other = await enter(db, event.id, crowd["entrant"], crowd["helper"])
    await run(db, tournaments.check_in, crowd["helper"], tournaments.CheckIn(other.id, NOW))
    return World(draft=draft, open=event, finished=finished, entrant=entrant)


async def make_finished(db: Database, crowd: dict[str, Actor]) -> TournamentView:
    """A tournament whose last match was played."""
    event, players = await started(db, crowd["organizer"], 2, "old-cup", structure=Structure.SINGLE_ELIMINATION)
    await run(db, tournaments.set_staff, crowd["organizer"], SetStaff(event.id, "staff", role=StaffRole.ORGANIZER))
    await play_on(db, event.id, players)
    return await row_of(db, event.id)


async def test_who_may_not_do_what(db: Database, ask: Ask) -> None:
    """Whoever may not gets the code, and no row has changed."""
    crowd = await make_crowd(db)
    inputs = (await make_world(db, crowd, "cup", await make_finished(db, crowd))).inputs()
    before = await every_row(db)
    for name, allowed in ACCESS.items():
        for who in PEOPLE:
            if who not in allowed:
                code = "UNAUTHENTICATED" if who == "anonymous" else SPECIAL.get((name, who), "NOT_AN_ORGANIZER")
                assert (await ask.mutate(crowd[who], name, inputs[name]))["code"] == code, (name, who)
                assert await every_row(db) == before, (name, who)


@pytest.mark.parametrize("part", [0, 1])
async def test_who_may_do_what(db: Database, ask: Ask, part: int) -> None:
    """Whoever may gets the payload, and something has changed."""
    crowd = await make_crowd(db)
    finished = await make_finished(db, crowd)
    cells = [(name, who) for name, allowed in ACCESS.items() for who in sorted(allowed)]
    for number, (name, who) in enumerate(cells[part::2]):
        inputs = (await make_world(db, crowd, f"cup-{number}", finished)).inputs()
        if name == "startTournament":
            await ask.mutate(crowd["entrant"], "checkInEntrant", inputs["checkInEntrant"])
        before = await every_row(db)
        assert await ask.mutate(crowd[who], name, inputs[name]) == {"__typename": payload_of(name)}, (name, who)
        assert (await every_row(db) == before) == (name in NOTHING_TO_DO), (name, who)


async def test_ids_that_are_none(db: Database, ask: Ask) -> None:
    """Unknown, malformed and foreign ids on every argument that takes one."""
    crowd = await make_crowd(db)
    world = await make_world(db, crowd, "cup", await make_finished(db, crowd))
    teams = await published(db, crowd["organizer"], "team-cup", entrant_kind=ParticipantKind.TEAM)
    by_team = {"tournamentId": global_id("Tournament", teams.id), "teamId": global_id("Team", new_id())}
    before = await every_row(db)
    kinds = {"tournamentId": "Tournament", "entrantId": "Entrant", "teamId": "Team"}
    for name, given in {**world.inputs(), "registerEntrant": by_team}.items():
        for field in kinds.keys() & given.keys():
            for wrong in (global_id("Game", world.open.id), "nonsense", "", "é" * 9, "A" * 500):
                answer = await ask.mutate(
                    crowd["admin"], name, {**given, field: wrong}, "... on InvalidInputError { path }"
                )
                assert answer == {"__typename": "InvalidInputError", "code": "BAD_USER_INPUT", "path": [field]}
            unknown = {**given, field: global_id(kinds[field], new_id())}
            assert await ask.mutate(crowd["admin"], name, unknown) == {
                "__typename": "NotFoundError",
                "code": f"{kinds[field].upper()}_NOT_FOUND",
            }
    order = {**world.inputs()["seedTournament"], "method": "MANUAL"}
    for key in (global_id("Team", world.entrant.id), "nonsense"):
        answer = await ask.mutate(
            crowd["organizer"], "seedTournament", {**order, "entrantIds": [key]}, "... on InvalidInputError { path }"
        )
        assert answer == {"__typename": "InvalidInputError", "code": "BAD_USER_INPUT", "path": ["entrantIds"]}
    for number in ("", "x", "-1", "1e3", "٣", "9" * 30, str(2**62)):
        answer = await ask.mutate(
            crowd["organizer"],
            "seedTournament",
            {**order, "method": "RANDOM", "number": number},
            "... on InvalidInputError { path }",
        )
        assert answer == {"__typename": "InvalidInputError", "code": "BAD_USER_INPUT", "path": ["number"]}
    assert await every_row(db) == before


async def test_refusals_say_what_is_wrong(db: Database, ask: Ask) -> None:
    """Bad values by the path of their field; a graph by its first problem; an edit by the version there is."""
    crowd = await make_crowd(db)
    world = await make_world(db, crowd, "cup", await make_finished(db, crowd))
    organizer = crowd["organizer"]
    event = {"tournamentId": global_id("Tournament", world.open.id)}
    match = {"key": "a", "first": {"seed": 1}, "second": {"seed": 2}}
    custom = {**CREATE, "structure": "CUSTOM"}
    before = await every_row(db)
    for name, given, path in (
        ("createTournament", {**CREATE, "slug": "Summer Cup"}, ["slug"]),
        ("createTournament", {**CREATE, "name": ""}, ["name"]),
        ("createTournament", {**CREATE, "bestOf": 2}, ["bestOf"]),
        ("createTournament", {**CREATE, "registrationOpensAt": "2026-05-02T00:00:00Z"}, ["registrationClosesAt"]),
        ("createTournament", custom, ["matches"]),
        ("createTournament", {**custom, "matches": [match] * 4000}, ["matches"]),
        ("createTournament", {**custom, "matches": [{**match, "bestOf": 4}]}, ["matches"]),
        ("createTournament", {**custom, "matches": [{**match, "second": {"winnerOf": "a"}}]}, []),
        ("updateTournament", {**event, "version": 1, "capacity": 1}, ["capacity"]),
        ("cancelTournament", {**event, "reason": " "}, ["reason"]),
        ("removeTournamentStaff", {**event, "username": "organizer"}, ["username"]),
        ("registerEntrant", {**event, "teamId": global_id("Team", new_id())}, ["teamId"]),
    ):
        actor = crowd["stranger"] if name == "registerEntrant" else organizer
        answer = await ask.mutate(actor, name, given, "... on InvalidInputError { path }")
        assert answer["__typename"] == "InvalidInputError"
        assert answer["path"] == path, (name, given)
    document = "mutation ($input: CreateTournamentInput!) { createTournament(input: $input) { __typename } }"
    one_of = "OneOf Input Object 'GraphSourceInput' must specify exactly one key."
    sources: list[tuple[dict[str, Any], str]] = [
        ({}, one_of),
        ({"seed": 1, "winnerOf": "a"}, one_of),
        ({"seed": None}, "Value for member field 'seed' must be non-null"),
    ]
    for source, message in sources:
        graph = {**custom, "matches": [{**match, "first": source}]}
        answer = await ask._execute(organizer, document, {"input": graph})
        assert (answer.data, [error.message for error in answer.errors]) == (None, [message])
    stale = await ask.mutate(
        organizer, "updateTournament", {**event, "version": 7}, "... on StaleVersionError { currentVersion }"
    )
    assert stale == {"__typename": "StaleVersionError", "code": "STALE_VERSION", "currentVersion": 1}
    unready = await ask.mutate(organizer, "startTournament", event)
    assert unready == {"__typename": "ConflictError", "code": "TOO_FEW_ENTRANTS"}
    assert await every_row(db) == before


async def test_a_repeated_key_answers_the_same(db: Database, ask: Ask, clock: FakeClock) -> None:
    crowd = await make_crowd(db)
    event = await published(db, crowd["organizer"])
    create = {**CREATE, "idempotencyKey": "k"}
    enter_it = {"tournamentId": global_id("Tournament", event.id), "idempotencyKey": "k"}
    for name, who, given, select in (
        ("createTournament", "organizer", create, "... on CreateTournamentPayload { tournament { id } }"),
        ("registerEntrant", "stranger", enter_it, "... on RegisterEntrantPayload { entrant { id } }"),
        ("registerEntrant", "entrant", enter_it, "... on RegisterEntrantPayload { entrant { id } }"),
    ):
        first = await ask.mutate(crowd[who], name, given, select)
        assert first["__typename"] == payload_of(name)
        after = await every_row(db)
        clock.advance(seconds=1)
        assert await ask.mutate(crowd[who], name, given, select) == first
        assert await every_row(db) == after
    for name, other in (
        ("createTournament", {**create, "name": "Another"}),
        ("registerEntrant", enter_it),
    ):
        answer = await ask.mutate(crowd["organizer"], name, other)
        assert answer == {"__typename": "ConflictError", "code": "IDEMPOTENCY_KEY_REUSED"}
    assert (await row_of(db, event.id)).entrant_count == 2


async def test_drafts_are_seen_by_those_who_run_them(db: Database, ask: Ask) -> None:
    """Published ones by everyone, newest first; a draft also stays hidden when it is cancelled."""
    crowd = await make_crowd(db)
    world = await make_world(db, crowd, "cup", await make_finished(db, crowd))
    called_off = await make_tournament(db, crowd["organizer"], "called-off")
    command = CancelTournament(called_off.id, "changed mind", NOW)
    await run(db, tournaments.cancel_tournament, crowd["organizer"], command)
    document = """query ($slug: String!, $id: ID!) {
      tournament(slug: $slug) { viewerCanManage status } node(id: $id) { ... on Tournament { slug } }
    }"""
    for draft, status in ((world.draft, "DRAFT"), (called_off, "CANCELLED")):
        for who in PEOPLE:
            found = await ask(crowd[who], document, slug=draft.slug, id=global_id("Tournament", draft.id))
            sees = who in MANAGERS and not (who == "staff" and draft is called_off)
            assert found == {
                "tournament": {"viewerCanManage": True, "status": status} if sees else None,
                "node": {"slug": draft.slug} if sees else None,
            }, who
    listing = "query ($status: [TournamentStatus!]) { tournaments(status: $status) { edges { node { slug } } } }"
    expected: list[tuple[list[str] | None, list[str]]] = [
        (None, ["cup", "old-cup"]),
        (["FINISHED"], ["old-cup"]),
        (["DRAFT", "CANCELLED"], []),
    ]
    for statuses, slugs in expected:
        for actor in (ANONYMOUS, crowd["organizer"]):
            edges = (await ask(actor, listing, status=statuses))["tournaments"]["edges"]
            assert [edge["node"]["slug"] for edge in edges] == slugs
    assert await ask(ANONYMOUS, 'query { tournament(slug: "no\\u0000cup") { id } }') == {"tournament": None}


ENTRANTS = """edges { node {
  name seed status registeredAt checkedInAt placement { low high }
  participant { ... on User { username } ... on Team { slug } } players { username }
} } pageInfo { hasNextPage }"""
LIST = f"""query ($first: Int! = 50) {{ tournaments(first: $first) {{ edges {{ node {{
  slug isRegistrationOpen viewerCanManage
  game {{ slug }} organizer {{ username }} staff {{ role user {{ username }} }} viewerEntrant {{ name }}
  entrants(first: 3) {{ {ENTRANTS} }}
  waiting: entrants(status: [WAITLISTED]) {{ {ENTRANTS} }}
  bracket {{ earliestRematchRound rounds {{ matches {{ version }} }} }}
}} }} }} }}"""


async def test_a_list_of_tournaments_takes_the_same_statements_for_any_number(db: Database, ask: Ask) -> None:
    """One tournament of players and one of teams; then four of each, with more people in them."""
    crowd = await make_crowd(db)
    organizer = crowd["organizer"]
    people = await make_people(db, *(f"player{number}" for number in range(8)))
    teams = [await make_team(db, people[number], f"team{number}") for number in range(4)]
    for number, team in enumerate(teams):
        await add_members(db, team.id, people[number + 4])

    async def grow(number: int, size: int) -> None:
        singles = await published(db, organizer, f"singles-{number}", capacity=size)
        await enter(db, singles.id, *people[:size])
        await enter(db, singles.id, people[size], waitlist=True)
        doubles = await published(
            db, organizer, f"doubles-{number}", game="rocket-league-2v2", entrant_kind=ParticipantKind.TEAM
        )
        for captain, team in zip(people[:size], teams, strict=False):
            await run(db, tournaments.register_entrant, captain, RegisterEntrant(doubles.id, NOW, team_id=team.id))
        for event in (singles, doubles):
            for name in ("staff", "helper", "stranger")[: size - 1]:
                await run(db, tournaments.set_staff, organizer, SetStaff(event.id, name, role=StaffRole.ORGANIZER))
        await start(db, organizer, doubles.id)

    async def statements(actor: Actor) -> tuple[int, list[Any]]:
        await ask(actor, LIST)  # brackets that were read once are kept by the process
        with counted_statements(db) as sent:
            found = await ask(actor, LIST)
        return len([one for one in sent if one.startswith("SELECT")]), found["tournaments"]["edges"]

    await grow(1, 2)
    few = [await statements(actor) for actor in (people[0], ANONYMOUS)]
    for number in (2, 3, 4):
        await grow(number, 4)
    many = [await statements(actor) for actor in (people[0], ANONYMOUS)]
    assert [count for count, _ in many] == [count for count, _ in few]
    assert [len(edges) for _, edges in few + many] == [2, 2, 8, 8]

    doubles, singles = (edge["node"] for edge in many[0][1][:2])
    assert [one["user"]["username"] for one in singles["staff"]] == ["organizer", "staff", "helper", "stranger"]
    assert [edge["node"]["name"] for edge in singles["entrants"]["edges"]] == ["Player0", "Player1", "Player2"]
    assert singles["entrants"]["pageInfo"] == {"hasNextPage": True}
    assert [edge["node"]["name"] for edge in singles["waiting"]["edges"]] == ["Player4"]
    assert (singles["viewerEntrant"], doubles["viewerEntrant"]) == ({"name": "Player0"}, {"name": "Team0"})
    assert (singles["isRegistrationOpen"], doubles["isRegistrationOpen"]) == (True, False)
    assert (singles["bracket"], doubles["bracket"]["earliestRematchRound"]) == (None, 2)
    second = doubles["entrants"]["edges"][1]["node"]
    assert second["participant"] == {"slug": "team1"}
    assert sorted(user["username"] for user in second["players"]) == ["player1", "player5"]


async def test_the_waitlist_and_what_entrants_see(db: Database, ask: Ask) -> None:
    crowd = await make_crowd(db)
    event = await published(db, crowd["organizer"], capacity=2)
    given = {"tournamentId": global_id("Tournament", event.id)}
    select = "... on RegisterEntrantPayload { entrant { id status } }"
    first = await ask.mutate(crowd["entrant"], "registerEntrant", given, select)
    await ask.mutate(crowd["helper"], "registerEntrant", given)
    full = await ask.mutate(crowd["stranger"], "registerEntrant", given)
    assert full == {"__typename": "ConflictError", "code": "TOURNAMENT_FULL"}
    waiting = await ask.mutate(crowd["stranger"], "registerEntrant", {**given, "waitlist": True}, select)
    assert waiting["entrant"]["status"] == "WAITLISTED"
    leaving = "... on WithdrawEntrantPayload { entrant { status } }"
    left = await ask.mutate(crowd["entrant"], "withdrawEntrant", {"entrantId": first["entrant"]["id"]}, leaving)
    assert left["entrant"]["status"] == "WITHDRAWN"
    document = '{ tournament(slug: "spring-cup") { entrantCount waitlistCount viewerEntrant { status } } }'
    for who, status in (("anonymous", None), ("entrant", None), ("stranger", "REGISTERED"), ("helper", "REGISTERED")):
        assert (await ask(crowd[who], document))["tournament"] == {
            "entrantCount": 2,
            "waitlistCount": 0,
            "viewerEntrant": status and {"status": status},
        }


async def play_through(ask: Ask, entered: dict[str, tuple[Actor, str]]) -> list[tuple[Any, ...]]:
    """Play every match as soon as it can be played, the best first; the answer is the matches in that order."""
    ready = """{ tournament(slug: "summer-cup") { bracket { rounds { matches {
        id version status bestOf place { key } slots { name }
    } } } } }"""
    played: list[tuple[Any, ...]] = []
    while True:
        rounds = (await ask(ANONYMOUS, ready))["tournament"]["bracket"]["rounds"]
        playable = [match for entry in rounds for match in entry["matches"] if match["status"] == "READY"]
        if not playable:
            return played
        (match,) = playable
        names = [slot["name"] for slot in match["slots"]]
        played.append((match["place"]["key"], *names, match["bestOf"]))
        best = min(names, key=["Cid", "Ann", "Bob"].index)
        wins = match["bestOf"] // 2 + 1
        given = {"matchId": match["id"], "version": match["version"]}
        scores = [wins if name == best else 0 for name in names]
        reported = await ask.mutate(entered[names[0]][0], "reportResult", {**given, "scores": scores})
        assert reported == {"__typename": "ReportResultPayload"}
        given["version"] += 1
        confirmed = await ask.mutate(entered[names[1]][0], "confirmResult", given)
        assert confirmed == {"__typename": "ConfirmResultPayload"}


async def test_an_event_from_its_first_day_to_its_last(db: Database, ask: Ask, clock: FakeClock) -> None:
    """Created, published, entered, checked in, seeded, started, played and ranked, all by a client."""
    await make_catalogue(db)
    olga, *players = await make_people(db, "olga", "ann", "bob", "cid")

    async def do(actor: Actor, name: str, fields: str, /, **given: Any) -> Any:
        kind = "entrant" if "Entrant" in name else "tournament"
        answer = await ask.mutate(actor, name, given, f"... on {payload_of(name)} {{ {kind} {{ {fields} }} }}")
        return answer[kind]

    dates = ("registrationOpensAt", "registrationClosesAt", "checkInOpensAt", "checkInClosesAt", "startsAt")
    times = {date: f"2026-05-01T{18 + hour}:30:00Z" for hour, date in enumerate(dates)}
    wish = {**CREATE, **times, "structure": "DOUBLE_ELIMINATION", "bestOf": 1, "finalBestOf": 3, "description": ""}
    fields = f"""id slug name description entrantKind structure grandFinal hasThirdPlaceMatch bestOf finalBestOf
        capacity status {" ".join(dates)} startedAt finishedAt cancelReason version entrantCount waitlistCount seeding
        seedingNumber isRegistrationOpen viewerCanManage game {{ slug }} organizer {{ username }}
        staff {{ role user {{ username }} }} bracket {{ cursor }}
        viewerEntrant {{ id }} entrants {{ edges {{ node {{ id }} }} }}"""
    made = await do(olga, "createTournament", fields, **wish)
    key = made["id"]
    assert made == {
        **wish,
        "id": key,
        "grandFinal": "RESET",
        "hasThirdPlaceMatch": False,
        "capacity": 64,
        "status": "DRAFT",
        **dict.fromkeys(("startedAt", "finishedAt", "cancelReason", "seeding", "seedingNumber", "bracket")),
        "viewerEntrant": None,
        "version": 1,
        "entrantCount": 0,
        "waitlistCount": 0,
        "isRegistrationOpen": False,
        "viewerCanManage": True,
        "game": {"slug": "nine-ball"},
        "organizer": {"username": "olga"},
        "staff": [{"role": "ORGANIZER", "user": {"username": "olga"}}],
        "entrants": {"edges": []},
    }
    assert await do(olga, "publishTournament", "status isRegistrationOpen", tournamentId=key) == {
        "status": "PUBLISHED",
        "isRegistrationOpen": False,
    }
    clock.advance(minutes=45)
    entered = {}
    for player in players:
        entrant = await do(player, "registerEntrant", "id name status seed", tournamentId=key)
        assert (entrant["status"], entrant["seed"]) == ("REGISTERED", None)
        entered[entrant["name"]] = (player, entrant["id"])
    clock.advance(hours=2)
    for player, entrant_id in entered.values():
        checked = await do(player, "checkInEntrant", "status checkedInAt", entrantId=entrant_id)
        assert checked == {"status": "CHECKED_IN", "checkedInAt": "2026-05-01T20:45:00Z"}
    order = [entered[name][1] for name in ("Cid", "Ann", "Bob")]
    seeded = await do(olga, "seedTournament", "seeding", tournamentId=key, method="MANUAL", entrantIds=order)
    assert seeded == {"seeding": "MANUAL"}
    clock.advance(hours=1, minutes=45)
    running = await do(olga, "startTournament", "status startedAt bracket { entrantCount }", tournamentId=key)
    assert running == {"status": "RUNNING", "startedAt": "2026-05-01T22:30:00Z", "bracket": {"entrantCount": 3}}
    early = await ask.mutate(olga, "finishTournament", {"tournamentId": key})
    assert early == {"__typename": "ConflictError", "code": "BRACKET_UNFINISHED"}

    assert await play_through(ask, entered) == [
        ("U1.2", "Ann", "Bob", 1),
        ("U2.1", "Cid", "Ann", 1),
        ("L1.1", "Ann", "Bob", 1),
        ("F1.1", "Cid", "Ann", 3),
    ]
    done = await do(olga, "finishTournament", f"status finishedAt version entrants {{ {ENTRANTS} }}", tournamentId=key)
    edges = done.pop("entrants")["edges"]
    assert done == {"status": "FINISHED", "finishedAt": "2026-05-01T22:30:00Z", "version": 1}
    assert [edge["node"] for edge in edges] == [
        {
            "name": name,
            "seed": seed,
            "status": "PLAYING",
            "registeredAt": "2026-05-01T18:45:00Z",
            "checkedInAt": "2026-05-01T20:45:00Z",
            "placement": {"low": seed, "high": seed},
            "participant": {"username": name.lower()},
            "players": [{"username": name.lower()}],
        }
        for name, seed in (("Ann", 2), ("Bob", 3), ("Cid", 1))
    ]
    assert (await ask(players[0], "{ viewer { matches { edges { node { status } } } } }"))["viewer"]["matches"] == {
        "edges": [{"node": {"status": "FINISHED"}}] * 4
    }
