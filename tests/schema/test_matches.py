"""Matches through the schema: who may do what, and what a client sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import update

from domain import matches, teams, tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import InvalidInput
from domain.kernel.ids import global_id, new_id
from domain.matches import CreateMatch, DecideResult, Match, MatchState, MatchStatus, OpenMatchKind, ReportResult
from domain.tournaments import SetStaff, StaffRole, Structure
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, add_members, make_admin, make_people, make_team, run
from tests.factories.tournaments import bracket, enter, published, start, started, started_for_teams, states
from tests.fixtures.clock import FakeClock
from tests.fixtures.database import counted_statements
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask, payload_of

SIDES = {"first", "second"}
OFFICIALS = {"organizer", "admin"}
EVERYBODY = {"stranger", *SIDES, *OFFICIALS}
ACCESS: dict[str, set[str]] = {
    "createMatch": EVERYBODY - {"second"},
    "respondToMatch": {"second"},
    "cancelMatch": {*SIDES, "admin"},
    "startMatch": SIDES | OFFICIALS,
    "updateScore": SIDES | OFFICIALS,
    "recordMatchEvent": SIDES | OFFICIALS,
    "reportResult": SIDES,
    "confirmResult": {"second"},
    "disputeResult": {"second"},
    "decideResult": OFFICIALS,
    "awardWalkover": OFFICIALS,
    "correctMatch": OFFICIALS,
}
SPECIAL = {
    ("createMatch", "second"): "SAME_SIDES",
    ("respondToMatch", "first"): "NOT_INVITED",
    ("confirmResult", "first"): "OWN_REPORT",
    ("disputeResult", "first"): "OWN_REPORT",
}
PEOPLE = ("anonymous", "stranger", "first", "second", "organizer", "admin")


def refusal(name: str, who: str) -> str:
    """The code that whoever may not do it gets."""
    if who == "anonymous":
        return "UNAUTHENTICATED"
    default = "NOT_AN_OFFICIAL" if ACCESS[name] == OFFICIALS else "NOT_YOUR_MATCH"
    return SPECIAL.get((name, who), default)


async def make_crowd(db: Database) -> dict[str, Actor]:
    """Everybody in the matrix."""
    await make_catalogue(db)
    names = ("stranger", "first", "second", "organizer")
    crowd = dict(zip(names, await make_people(db, *names), strict=True))
    return {"anonymous": ANONYMOUS, **crowd, "admin": await make_admin(db)}


@dataclass
class World:
    """A challenge that waits for an answer, and matches of events: to be played, reported, decided."""

    invited: Match
    ready: MatchState
    reported: MatchState
    decided: MatchState

    def inputs(self) -> dict[str, dict[str, Any]]:
        """Each mutation with an input that works for whoever may."""
        invited = {"matchId": global_id("Match", self.invited.id), "version": self.invited.version}
        ready = {"matchId": global_id("Match", self.ready.id), "version": self.ready.version}
        reported = {"matchId": global_id("Match", self.reported.id), "version": self.reported.version}
        decided = {"matchId": global_id("Match", self.decided.id), "version": self.decided.version}
        return {
            "createMatch": {"game": "nine-ball", "kind": "CASUAL", "bestOf": 1, "opponent": "second"},
            "respondToMatch": {**invited, "accept": True},
            "cancelMatch": invited,
            "startMatch": ready,
            "updateScore": {**ready, "scores": [1, 0]},
            "recordMatchEvent": {"matchId": ready["matchId"], "kind": "COMMENT", "message": "hello"},
            "reportResult": {**ready, "scores": [2, 0]},
            "confirmResult": reported,
            "disputeResult": {**reported, "reason": "no"},
            "decideResult": {**reported, "scores": [2, 0]},
            "awardWalkover": {**ready, "winnerSlot": 0, "reason": "no show"},
            "correctMatch": {**decided, "scores": [0, 2], "reason": "seen on video"},
        }


async def make_world(db: Database, crowd: dict[str, Actor], slug: str) -> World:
    """The world of the matrix, in events of its own."""
    first, second = crowd["first"], crowd["second"]
    found: list[MatchState] = []
    for name in (f"{slug}-ready", f"{slug}-reported", f"{slug}-decided"):
        event = await published(db, crowd["organizer"], name, structure=Structure.SINGLE_ELIMINATION)
        await enter(db, event.id, first, second)
        await start(db, crowd["organizer"], event.id)
        found += await states(db, event.id)
    ready, unreported, undecided = found
    decide = DecideResult(undecided.id, undecided.version, (2, 0), NOW)
    report = ReportResult(unreported.id, unreported.version, (2, 0), NOW)
    challenge = CreateMatch(game="nine-ball", kind=OpenMatchKind.CHALLENGE, best_of=1, now=NOW, opponent="second")
    return World(
        invited=await run(db, matches.create_match, first, challenge),
        ready=ready,
        reported=(await run(db, matches.report_result, first, report)).state,
        decided=(await run(db, matches.decide_result, crowd["organizer"], decide)).state,
    )


async def call_off_invitations(db: Database) -> None:
    """Make room for more, since only a few may wait for one opponent."""
    waiting = update(Match).where(Match.status == MatchStatus.INVITED).values(status=MatchStatus.CANCELLED)
    await db.transaction(lambda session: session.execute(waiting))


async def test_who_may_not_do_what(db: Database, ask: Ask) -> None:
    """Whoever may not gets the code, and no row has changed."""
    crowd = await make_crowd(db)
    inputs = (await make_world(db, crowd, "cup")).inputs()
    before = await every_row(db)
    for name, allowed in ACCESS.items():
        for who in PEOPLE:
            if who not in allowed:
                answer = await ask.mutate(crowd[who], name, inputs[name])
                assert answer["code"] == refusal(name, who), (name, who)
                assert await every_row(db) == before, (name, who)


@pytest.mark.parametrize("part", [0, 1])
async def test_who_may_do_what(db: Database, ask: Ask, part: int) -> None:
    """Whoever may gets the payload, and something has changed."""
    crowd = await make_crowd(db)
    cells = [(name, who) for name, allowed in ACCESS.items() for who in sorted(allowed)]
    for number, (name, who) in enumerate(cells[part::2]):
        inputs = (await make_world(db, crowd, f"cup-{number}")).inputs()
        before = await every_row(db)
        assert await ask.mutate(crowd[who], name, inputs[name]) == {"__typename": payload_of(name)}, (name, who)
        assert await every_row(db) != before, (name, who)
        await call_off_invitations(db)


async def test_ids_that_are_none(db: Database, ask: Ask) -> None:
    """Unknown, malformed and foreign ids on every argument that takes one, and versions of long ago."""
    crowd = await make_crowd(db)
    world = await make_world(db, crowd, "cup")
    teams = {"game": "nine-ball", "kind": "CASUAL", "bestOf": 1}
    ids = {"teamId": global_id("Team", new_id()), "opponentTeamId": global_id("Team", new_id())}
    inputs = {**world.inputs(), "createMatch": {**teams, **ids}}
    before = await every_row(db)
    for name, given in inputs.items():
        for field in [field for field in given if field.endswith("Id")]:
            for wrong in (global_id("Tournament", world.ready.id), "nonsense", "", "é" * 9, "A" * 500):
                answer = await ask.mutate(
                    crowd["admin"], name, {**given, field: wrong}, "... on InvalidInputError { path }"
                )
                assert answer == {"__typename": "InvalidInputError", "code": "BAD_USER_INPUT", "path": [field]}
            kind = "Match" if field == "matchId" else "Team"
            answer = await ask.mutate(crowd["admin"], name, {**given, field: global_id(kind, new_id())})
            assert answer == {"__typename": "NotFoundError", "code": f"{kind.upper()}_NOT_FOUND"}
        if "version" in given:
            stale = {**given, "version": given["version"] - 1}
            answer = await ask.mutate(crowd["first"], name, stale, "... on StaleVersionError { currentVersion }")
            assert answer == {
                "__typename": "StaleVersionError",
                "code": "STALE_VERSION",
                "currentVersion": given["version"],
            }
    for text in ("nonsense", global_id("Team", world.ready.id)):
        error = await ask.error(ANONYMOUS, "query ($id: ID!) { match(id: $id) { id } }", id=text)
        assert isinstance(error, InvalidInput)
    unknown = global_id("Match", new_id())
    document = "query ($id: ID!) { match(id: $id) { id } node(id: $id) { id } }"
    assert await ask(ANONYMOUS, document, id=unknown) == {"match": None, "node": None}
    assert await every_row(db) == before


async def test_a_repeated_key_answers_the_same(db: Database, ask: Ask, clock: FakeClock) -> None:
    crowd = await make_crowd(db)
    world = await make_world(db, crowd, "cup")
    keyed = {name: {**given, "idempotencyKey": name} for name, given in world.inputs().items()}
    for name, who in (
        ("createMatch", "first"),
        ("reportResult", "first"),
        ("confirmResult", "second"),
        ("recordMatchEvent", "first"),
        ("correctMatch", "organizer"),
    ):
        select = f"... on {payload_of(name)} {{ match {{ id }} }}"
        first = await ask.mutate(crowd[who], name, keyed[name], select)
        assert first["__typename"] == payload_of(name)
        after = await every_row(db)
        clock.advance(seconds=1)
        assert await ask.mutate(crowd[who], name, keyed[name], select) == first
        assert await every_row(db) == after
    other = await ask.mutate(crowd["first"], "reportResult", {**keyed["reportResult"], "scores": [0, 2]})
    assert other == {"__typename": "ConflictError", "code": "IDEMPOTENCY_KEY_REUSED"}
    for key in ("", "x" * 101):
        answer = await ask.mutate(crowd["first"], "createMatch", {**keyed["createMatch"], "idempotencyKey": key})
        assert answer == {"__typename": "InvalidInputError", "code": "BAD_USER_INPUT"}


MATCH = """
  kind bestOf status version outcome winnerSlot disputeReason startedAt finishedAt
  viewerSlot viewerCanDecide viewerCanScore game { slug } tournament { slug } place { key }
  slots { index name seed score isWinner isEmpty participant { ... on User { username } ... on Team { slug } } }
  games { scores } report { slot scores games { scores } reportedAt }
  events(first: 2) { edges { node { sequence kind slot scores message actor { username } } } pageInfo { hasNextPage } }
"""


async def test_what_a_client_sees_of_a_match(db: Database, ask: Ask) -> None:
    """From the challenge to the result, through the mutations."""
    crowd = await make_crowd(db)
    first, second = crowd["first"], crowd["second"]

    async def do(actor: Actor, name: str, /, **given: Any) -> Any:
        select = f"... on {payload_of(name)} {{ match {{ id version {MATCH} }} }}"
        return (await ask.mutate(actor, name, given, select))["match"]

    made = await do(first, "createMatch", game="nine-ball", kind="CHALLENGE", bestOf=3, opponent="second")
    key = made["id"]
    await do(second, "respondToMatch", matchId=key, version=1, accept=True)
    await do(first, "startMatch", matchId=key, version=2)
    await do(second, "updateScore", matchId=key, version=3, scores=[1, 0])
    seen = await do(first, "reportResult", matchId=key, version=4, scores=[2, 0], games=[[9, 2], [9, 8]])
    now = "2026-05-01T18:00:00Z"
    slots = [
        {"index": index, "name": name, "seed": None, "score": score, "isWinner": False, "isEmpty": False,
         "participant": {"username": name.lower()}}
        for index, (name, score) in enumerate((("First", 1), ("Second", 0)))
    ]  # fmt: skip
    log = [
        {"sequence": number, "kind": kind, "slot": slot, "scores": None, "message": None, "actor": {"username": who}}
        for number, kind, slot, who in ((1, "CREATED", None, "first"), (2, "ACCEPTED", 1, "second"))
    ]
    assert seen == {
        "id": key,
        "kind": "CHALLENGE",
        "bestOf": 3,
        "status": "REPORTED",
        "version": 5,
        "outcome": None,
        "winnerSlot": None,
        "disputeReason": None,
        "startedAt": now,
        "finishedAt": None,
        "viewerSlot": 0,
        "viewerCanDecide": False,
        "viewerCanScore": True,
        "game": {"slug": "nine-ball"},
        "tournament": None,
        "place": None,
        "slots": slots,
        "games": [],
        "report": {
            "slot": 0,
            "scores": [2, 0],
            "games": [{"scores": [9, 2]}, {"scores": [9, 8]}],
            "reportedAt": now,
        },
        "events": {"edges": [{"node": entry} for entry in log], "pageInfo": {"hasNextPage": True}},
    }
    disputed = await do(second, "disputeResult", matchId=key, version=5, reason="It was 1:1.")
    assert (disputed["status"], disputed["disputeReason"], disputed["viewerSlot"]) == ("DISPUTED", "It was 1:1.", 1)
    decided = await do(crowd["admin"], "decideResult", matchId=key, version=6, scores=[1, 2])
    assert {**decided, **dict.fromkeys(("slots", "events", "id"))} == {
        **seen,
        **dict.fromkeys(("slots", "events", "id", "report", "viewerSlot")),
        "status": "FINISHED",
        "version": 7,
        "outcome": "PLAYED",
        "winnerSlot": 1,
        "finishedAt": now,
        "viewerCanDecide": True,
    }
    assert [(slot["score"], slot["isWinner"]) for slot in decided["slots"]] == [(1, False), (2, True)]
    node = f"query ($id: ID!) {{ match(id: $id) {{ {MATCH} }} node(id: $id) {{ ... on Match {{ {MATCH} }} }} }}"
    for actor in (ANONYMOUS, crowd["admin"]):
        found = await ask(actor, node, id=key)
        assert found["match"] == found["node"]
        assert found["match"]["viewerCanDecide"] == (actor is crowd["admin"])
        assert found["match"]["viewerCanScore"] == (actor is crowd["admin"])


async def test_a_captain_of_both_sides_sees_the_match_and_stands_for_neither(db: Database, ask: Ask) -> None:
    crowd = await make_crowd(db)
    first, second = crowd["first"], crowd["second"]
    reds, blues = await make_team(db, first, "reds"), await make_team(db, first, "blues")
    await add_members(db, reds.id, second)
    given = {
        "game": "nine-ball",
        "kind": "CASUAL",
        "bestOf": 1,
        "teamId": global_id("Team", reds.id),
        "opponentTeamId": global_id("Team", blues.id),
    }
    made = await ask.mutate(first, "createMatch", given, "... on CreateMatchPayload { match { id viewerSlot } }")
    assert made["match"]["viewerSlot"] is None
    answer = await ask.mutate(first, "respondToMatch", {"matchId": made["match"]["id"], "version": 1, "accept": True})
    assert answer == {"__typename": "ForbiddenError", "code": "BOTH_SIDES"}
    greens = await make_team(db, second, "greens")
    other = {**given, "opponentTeamId": global_id("Team", greens.id)}
    made = await ask.mutate(first, "createMatch", other, "... on CreateMatchPayload { match { id viewerSlot } }")
    seen = {}
    for who in ("anonymous", "stranger", "first", "second"):
        document = "query ($id: ID!) { match(id: $id) { viewerSlot slots { participant { ... on Team { slug } } } } }"
        found = (await ask(crowd[who], document, id=made["match"]["id"]))["match"]
        assert found["slots"] == [{"participant": {"slug": "reds"}}, {"participant": {"slug": "greens"}}]
        seen[who] = found["viewerSlot"]
    assert seen == {"anonymous": None, "stranger": None, "first": 0, "second": 1}


async def test_a_referee_who_left_the_team_may_still_not_decide_for_it(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    organizer, captain, referee, other = await make_people(db, "organizer", "captain", "referee", "other")
    reds, blues = await make_team(db, captain, "reds"), await make_team(db, other, "blues")
    await add_members(db, reds.id, referee)
    sides = {reds.id: captain, blues.id: other}
    event = await started_for_teams(db, organizer, sides, structure=Structure.SINGLE_ELIMINATION)
    await run(db, tournaments.set_staff, organizer, SetStaff(event.id, "referee", StaffRole.REFEREE))
    await run(db, teams.leave_team, referee, teams.LeaveTeam(team_id=reds.id, now=NOW))
    (state,) = await states(db, event.id)
    document = "query ($id: ID!) { match(id: $id) { viewerCanDecide } }"
    seen = [await ask(who, document, id=global_id("Match", state.id)) for who in (referee, organizer)]
    assert [each["match"]["viewerCanDecide"] for each in seen] == [False, True]
    given = {"matchId": global_id("Match", state.id), "version": 1, "scores": [2, 0]}
    before = await every_row(db)
    assert (await ask.mutate(referee, "decideResult", given))["code"] == "OWN_MATCH"
    assert await every_row(db) == before


MINE = f"""query ($status: [MatchStatus!], $first: Int! = 50) {{ viewer {{ matches(status: $status, first: $first) {{
  edges {{ node {{ {MATCH} }} }} pageInfo {{ hasNextPage }}
}} }} }}"""


async def test_the_matches_of_the_viewer_take_the_same_statements_for_any_number(db: Database, ask: Ask) -> None:
    """One event and challenge of users and of teams each, then three of each."""
    crowd = await make_crowd(db)
    first, second = crowd["first"], crowd["second"]
    reds, blues = await make_team(db, first, "reds"), await make_team(db, second, "blues")

    async def grow(numbers: range) -> None:
        for number in numbers:
            await make_world(db, crowd, f"cup-{number}")
            against = CreateMatch(
                game="ten-ball",
                kind=OpenMatchKind.CASUAL,
                best_of=1,
                now=NOW,
                team_id=reds.id,
                opponent_team_id=blues.id,
            )
            await run(db, matches.create_match, first, against)

    async def statements() -> tuple[int, int]:
        await ask(first, MINE)  # brackets that were read once are kept by the process
        with counted_statements(db) as sent:
            found = await ask(first, MINE)
        return len(found["viewer"]["matches"]["edges"]), len([one for one in sent if one.startswith("SELECT")])

    await grow(range(1))
    few, needed = await statements()
    await grow(range(1, 3))
    assert (few, await statements()) == (5, (15, needed))

    found = (await ask(first, MINE, status=["REPORTED"], first=2))["viewer"]["matches"]
    assert [edge["node"]["tournament"]["slug"] for edge in found["edges"]] == ["cup-2-reported", "cup-1-reported"]
    assert found["pageInfo"] == {"hasNextPage": True}
    assert await ask(ANONYMOUS, MINE) == {"viewer": None}


BRACKET = f"""query ($slug: String!) {{ tournament(slug: $slug) {{ bracket {{ entrantCount rounds {{
  side number name matches {{ {MATCH} place {{
    side round position isReset sources {{ kind seed matchId }} winnerTo {{ matchId slot }} loserTo {{ slot }}
    loserPlacement {{ low high }}
  }} }}
}} }} }} }}"""


async def test_a_bracket_takes_the_same_statements_for_any_size(db: Database, ask: Ask) -> None:
    crowd = await make_crowd(db)
    needed = []
    for entrants in (16, 64):
        slug = f"cup-{entrants}"
        await started(db, crowd["organizer"], entrants, slug)
        await ask(crowd["organizer"], BRACKET, slug=slug)
        with counted_statements(db) as sent:
            found = (await ask(crowd["organizer"], BRACKET, slug=slug))["tournament"]["bracket"]
        assert found["entrantCount"] == entrants
        assert sum(len(entry["matches"]) for entry in found["rounds"]) == 2 * entrants - 1
        needed.append(len([one for one in sent if one.startswith("SELECT")]))
    assert needed[0] == needed[1]


async def test_what_a_client_sees_of_a_bracket(db: Database, ask: Ask) -> None:
    crowd = await make_crowd(db)
    event, _ = await started(db, crowd["organizer"], 4)
    ids = {key: global_id("Match", state.id) for key, state in (await bracket(db, event.id)).items()}
    found = (await ask(ANONYMOUS, BRACKET, slug="spring-cup"))["tournament"]["bracket"]
    assert [(entry["side"], entry["number"], entry["name"], len(entry["matches"])) for entry in found["rounds"]] == [
        ("UPPER", 1, "Upper semi-finals", 2),
        ("UPPER", 2, "Upper final", 1),
        ("LOWER", 1, "Lower round 1", 1),
        ("LOWER", 2, "Lower final", 1),
        ("FINAL", 1, "Grand final", 1),
        ("FINAL", 2, "Grand final reset", 1),
    ]
    places = {match["place"]["key"]: match["place"] for entry in found["rounds"] for match in entry["matches"]}
    assert places["L2.1"] == {
        "key": "L2.1",
        "side": "LOWER",
        "round": 2,
        "position": 0,
        "isReset": False,
        "sources": [
            {"kind": "LOSER", "seed": None, "matchId": ids["U2.1"]},
            {"kind": "WINNER", "seed": None, "matchId": ids["L1.1"]},
        ],
        "winnerTo": {"matchId": ids["F1.1"], "slot": 1},
        "loserTo": None,
        "loserPlacement": {"low": 3, "high": 3},
    }
    assert (places["F2.1"]["isReset"], places["U1.1"]["loserPlacement"]) == (True, None)
    assert places["U1.2"]["sources"] == [
        {"kind": "SEED", "seed": 2, "matchId": None},
        {"kind": "SEED", "seed": 3, "matchId": None},
    ]


async def test_challenges_are_scored_as_they_say(db: Database, ask: Ask) -> None:
    crowd = await make_crowd(db)
    first = crowd["first"]
    selection = "... on CreateMatchPayload { match { scoring bestOf canBeDrawn } } ... on InvalidInputError { path }"
    given = {"game": "nine-ball", "kind": "CASUAL", "opponent": "second"}
    before = await every_row(db)
    for wrong in ({"scoring": "POINTS", "bestOf": 3}, {"bestOf": 2}, {"scoring": "PLAY_ALL", "bestOf": 100}):
        answer = await ask.mutate(first, "createMatch", {**given, **wrong}, selection)
        assert (answer["code"], answer["path"]) == ("BAD_USER_INPUT", ["bestOf"])
    assert await every_row(db) == before
    for how, can_be_drawn in (
        ({"scoring": "BEST_OF", "bestOf": 3}, False),
        ({"scoring": "PLAY_ALL", "bestOf": 4}, True),
        ({"scoring": "POINTS", "bestOf": 1}, True),
    ):
        made = (await ask.mutate(first, "createMatch", {**given, **how}, selection))["match"]
        assert made == {**how, "canBeDrawn": can_be_drawn}
        await call_off_invitations(db)
