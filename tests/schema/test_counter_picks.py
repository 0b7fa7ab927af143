"""Games that are picked one by one, through the schema: a whole match, the plan of a stage, and what viewers see."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson

from domain import matches
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.ids import global_id
from domain.kernel.veto import CounterPicks, VetoPlan, VetoTemplate
from domain.matches import MatchState
from resolvers import vetoes as resolve
from resolvers.context import Context
from resolvers.vetoes import VetoChange
from tests.factories.games import make_catalogue
from tests.factories.teams import make_people
from tests.factories.vetoes import Event, make_event, open_veto, plan_of, settle
from tests.fixtures.hub import LocalHub, LocalRelay
from tests.fixtures.rows import every_row
from tests.schema.conftest import Ask

SHOWN = """{ id version isComplete turn choosable { slug } pool { slug }
  steps { number game kind slot option { slug } } maps { game option { name } pickedBySlot winnerSlot } }"""
OF_MATCH = f"query ($id: ID!) {{ match(id: $id) {{ version games {{ scores }} veto {SHOWN} }} }}"
PICKED = f"... on TakeVetoStepPayload {{ veto {SHOWN} }}"


def smash() -> VetoPlan:
    """Three maps to strike from, two more to counter-pick."""
    more = plan_of("icebox", "lotus").pool
    picks = CounterPicks(added_pool=more)
    return plan_of("ascent", "bind", "haven", template=VetoTemplate.STRIKE, counter_picks=picks)


class Match:
    """A match as its sides see it, through the schema."""

    def __init__(self, ask: Ask, event: Event, state: MatchState) -> None:
        self.ask, self.event, self.state = ask, event, state
        self.id = global_id("Match", state.id)

    async def read(self) -> dict[str, Any]:
        return dict((await self.ask(ANONYMOUS, OF_MATCH, id=self.id))["match"])

    async def tell(self, actor: Actor, games: list[list[int]] | None, scores: list[int]) -> dict[str, Any]:
        given = {"matchId": self.id, "version": (await self.read())["version"], "scores": scores, "games": games}
        return dict(await self.ask.mutate(actor, "updateScore", given))

    async def pick(self, *options: str) -> dict[str, Any]:
        """Do steps as the side whose turn it is; the answer is the veto as the last one was told of it."""
        veto = (await self.read())["veto"]
        for option in options:
            step = {"vetoId": veto["id"], "version": veto["version"], "option": option}
            actor = self.event.on(self.state, veto["turn"])
            veto = (await self.ask.mutate(actor, "takeVetoStep", step, PICKED))["veto"]
        assert veto == (await self.read())["veto"]
        return dict(veto)


async def begin(db: Database, ask: Ask) -> Match:
    """A best of 3 whose first game is played in the haven."""
    event = await make_event(db, veto=smash())
    match = Match(ask, event, await event.match(db))
    await match.pick("ascent", "bind")
    return match


async def test_a_whole_match(db: Database, ask: Ask) -> None:
    match = await begin(db, ask)
    first, second = (match.event.on(match.state, slot) for slot in (0, 1))
    veto = (await match.read())["veto"]
    assert (veto["isComplete"], veto["turn"], veto["choosable"]) == (True, None, [])
    assert [option["slug"] for option in veto["pool"]] == ["ascent", "bind", "haven", "icebox", "lotus"]
    assert (await match.tell(first, [[13, 5]], [1, 0]))["__typename"] == "UpdateScorePayload"
    veto = (await match.read())["veto"]
    assert (veto["isComplete"], veto["turn"]) == (False, 0)
    assert [option["slug"] for option in veto["choosable"]] == ["ascent", "bind", "haven", "icebox", "lotus"]
    assert [(step["game"], step["kind"], step["slot"]) for step in veto["steps"]][3:] == [(2, "BAN", 0), (2, "PICK", 1)]
    veto = await match.pick("lotus", "haven")
    assert veto["maps"] == [
        {"game": 1, "option": {"name": "Haven"}, "pickedBySlot": None, "winnerSlot": 0},
        {"game": 2, "option": {"name": "Haven"}, "pickedBySlot": 1, "winnerSlot": None},
    ]
    await match.tell(second, [[13, 5], [8, 13]], [1, 1])
    veto = await match.pick("lotus")
    # Slot 0 has won in the haven, so may not go there again.
    assert [option["slug"] for option in veto["choosable"]] == ["ascent", "bind", "icebox"]
    await match.pick("bind")
    result = {"matchId": match.id, "version": (await match.read())["version"], "scores": [2, 1]}
    games = [[13, 5], [8, 13], [13, 11]]
    assert (await ask.mutate(first, "reportResult", {**result, "games": games}))["__typename"] == "ReportResultPayload"
    confirm = {"matchId": match.id, "version": (await match.read())["version"]}
    assert (await ask.mutate(second, "confirmResult", confirm))["__typename"] == "ConfirmResultPayload"
    found = await match.read()
    assert [game["scores"] for game in found["games"]] == games
    assert [(one["option"]["name"], one["winnerSlot"]) for one in found["veto"]["maps"]] == [
        *(("Haven", 0), ("Haven", 1), ("Bind", 0))
    ]
    document = f"query ($id: ID!) {{ node(id: $id) {{ ... on MatchVeto {SHOWN} }} }}"
    assert await ask(ANONYMOUS, document, id=found["veto"]["id"]) == {"node": found["veto"]}


async def test_what_is_not_possible_is_refused_and_changes_nothing(db: Database, ask: Ask) -> None:
    match = await begin(db, ask)
    first = match.event.on(match.state, 0)
    (stranger,) = await make_people(db, "stranger")
    before = await every_row(db)
    for actor, games, scores, code in (
        (ANONYMOUS, [[13, 5]], [1, 0], "UNAUTHENTICATED"),
        (stranger, [[13, 5]], [1, 0], "NOT_YOUR_MATCH"),
        (first, None, [1, 0], "GAMES_UNTOLD"),
        (match.event.organizer, None, [1, 0], "GAMES_UNTOLD"),
        (first, [[13, 5], [13, 5]], [2, 0], "VETO_UNFINISHED"),
        (first, [[5, 13]], [1, 0], "IMPOSSIBLE_SCORE"),
        (first, [[13, 13]], [0, 0], "IMPOSSIBLE_SCORE"),
        (first, [[13]], [1, 0], "IMPOSSIBLE_SCORE"),
    ):
        assert (await match.tell(actor, games, scores))["code"] == code, (games, scores)
    report = {"matchId": match.id, "version": match.state.version, "scores": [2, 0]}
    assert (await ask.mutate(first, "reportResult", report))["code"] == "GAMES_UNTOLD"
    assert await every_row(db) == before


async def test_a_stream_tells_whose_turn_a_game_brings(db: Database, ask: Ask) -> None:
    match = await begin(db, ask)
    context, relay = Context(ask.services, ANONYMOUS), LocalRelay(db, LocalHub())
    await relay.tell()
    stream = await resolve.veto_changes(context, match.state.id)

    async def told() -> list[Any]:
        envelopes = [one for one in await relay.tell() if matches.match_topic(match.state.id) in one.topics]
        context = Context(ask.services, ANONYMOUS)
        return [change.value for envelope in envelopes for change in await stream.changes(context, envelope)]

    for games, scores in (([[13, 5]], [1, 0]), ([[5, 13]], [0, 1]), ([], [0, 0])):
        await match.tell(match.event.organizer, games, scores)
        veto = await open_veto(db, match.event)
        assert await told() == [VetoChange(veto, tuple((first, second) for first, second in games))]


async def test_games_told_of_other_vetoes_name_their_maps(db: Database, ask: Ask) -> None:
    event = await make_event(db, veto=plan_of("ascent", "bind", "haven"))
    match = Match(ask, event, await event.match(db))
    await settle(db, event)
    organizer = event.organizer
    await match.tell(organizer, [[13, 5]], [1, 0])
    assert [one["winnerSlot"] for one in (await match.read())["veto"]["maps"]] == [0, None, None]
    # Without the games it is not known who has won which.
    await match.tell(organizer, None, [1, 1])
    assert [one["winnerSlot"] for one in (await match.read())["veto"]["maps"]] == [None, None, None]


PLAN = """query ($slug: String!) { tournament(slug: $slug) { id version stages { veto { template beginner
  pool { slug name } counterPicks { picker bans repeats addedPool { slug name } } } } } }"""
EVENT = {
    "slug": "cup",
    "name": "Cup",
    "game": "valorant",
    "entrantKind": "TEAM",
    "startsAt": "2030-05-01T18:00:00Z",
}


async def test_the_plan_of_a_stage(db: Database, ask: Ask) -> None:
    """What is shown of it can be given again, and is the same then; without more words fighting games' rules hold."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    veto: dict[str, Any] = {"pool": [{"slug": slug} for slug in ("ascent", "bind", "haven")], "template": "STRIKE"}
    best_of_5 = {"singleElimination": {"bestOf": 5, "finalBestOf": 5}}
    before = await every_row(db)
    all_games = {"singleElimination": {"bestOf": 4, "finalBestOf": 4, "scoring": "PLAY_ALL"}}
    for form, picks, path in (
        (best_of_5, {}, []),
        (best_of_5, {"addedPool": [{"slug": "bind"}]}, ["addedPool"]),
        (best_of_5, {"addedPool": [{"slug": "dust-2"}]}, ["addedPool", "0", "name"]),
        (best_of_5, {"bans": 9}, ["bans"]),
        (all_games, {"addedPool": [{"slug": "lotus"}]}, []),
    ):
        stage = {"format": form, "veto": {**veto, "counterPicks": picks}}
        answer = await ask.mutate(
            organizer, "createTournament", {**EVENT, "stages": [stage]}, "... on InvalidInputError { path }"
        )
        assert answer["path"] == ["stages", "0", "veto", "counterPicks", *path]
    assert await every_row(db) == before
    stage = {"format": best_of_5, "veto": {**veto, "counterPicks": {"addedPool": [{"slug": "lotus"}]}}}
    answer = await ask.mutate(organizer, "createTournament", {**EVENT, "stages": [stage]})
    assert answer == {"__typename": "CreateTournamentPayload"}
    found = (await ask(organizer, PLAN, slug="cup"))["tournament"]
    shown = found["stages"][0]["veto"]
    assert shown["counterPicks"] == {
        "picker": "LOSER",
        "bans": 1,
        "repeats": "NOT_WON",
        "addedPool": [{"slug": "lotus", "name": "Lotus"}],
    }
    again = {"tournamentId": found["id"], "version": found["version"], "stages": [{**stage, "veto": shown}]}
    assert (await ask.mutate(organizer, "setStages", again))["__typename"] == "SetStagesPayload"
    assert (await ask(organizer, PLAN, slug="cup"))["tournament"]["stages"][0]["veto"] == shown


async def test_the_example_in_the_readme(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    example = re.search(r"```json\n({\"pool\".*?counterPicks.*?)```", readme, re.DOTALL)
    assert example is not None
    stage = {"format": {"singleElimination": {"bestOf": 3, "finalBestOf": 5}}, "veto": orjson.loads(example[1])}
    answer = await ask.mutate(organizer, "createTournament", {**EVENT, "stages": [stage]})
    assert answer == {"__typename": "CreateTournamentPayload"}
