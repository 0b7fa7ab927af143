"""Matches that are not played to their end, where a table counts them: nobody comes, one side does, or one gives up."""

from __future__ import annotations

from typing import Any

import pytest

from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from tests.factories.games import make_catalogue
from tests.factories.ladders import make_ladder
from tests.factories.stages import round_robin, swiss
from tests.factories.teams import make_people
from tests.factories.tournaments import started
from tests.schema.conftest import Ask

SHOWN = """query ($slug: String!) { tournament(slug: $slug) { id status
  bracket { rounds { number matches { id version status outcome winnerSlot slots { seed score } } } }
  stages { groups { standings { seed values { tiebreak value } } } } } }"""


class Cup:
    """A running event of four, who are known by their seeds."""

    def __init__(self, ask: Ask, organizer: Actor, players: list[Actor]) -> None:
        self.ask, self.organizer, self.players = ask, organizer, players

    async def read(self) -> dict[str, Any]:
        return dict((await self.ask(ANONYMOUS, SHOWN, slug="spring-cup"))["tournament"])

    async def matches(self) -> list[dict[str, Any]]:
        """Those that can be played, or were begun."""
        rounds = (await self.read())["bracket"]["rounds"]
        found = [match for each in rounds for match in each["matches"]]
        return [match for match in found if match["status"] in ("READY", "LIVE")]

    async def points(self) -> dict[int, str]:
        """The points of each seed."""
        (stage,) = (await self.read())["stages"]
        rows = [row for group in stage["groups"] for row in group["standings"]]
        return {row["seed"]: next(one["value"] for one in row["values"] if one["tiebreak"] == "PTS") for row in rows}

    async def do(self, actor: Actor, field: str, match: dict[str, Any], **given: Any) -> dict[str, Any]:
        selection = f"... on {field[0].upper()}{field[1:]}Payload {{ match {{ version outcome winnerSlot }} }}"
        answer = await self.ask.mutate(
            actor, field, {"matchId": match["id"], "version": match["version"], **given}, selection
        )
        return dict(answer["match"])

    async def leave(self, seed: int) -> None:
        """Let a player give up the event, with the match that they play."""
        player, event = self.players[seed - 1], (await self.read())["id"]
        document = "query ($id: ID!) { node(id: $id) { ... on Tournament { viewerEntrant { id } } } }"
        entrant = (await self.ask(player, document, id=event))["node"]["viewerEntrant"]["id"]
        answer = await self.ask.mutate(player, "withdrawEntrant", {"entrantId": entrant})
        assert answer["__typename"] == "WithdrawEntrantPayload"


async def begin(db: Database, ask: Ask, make: Any) -> Cup:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    _, players = await started(db, organizer, 4, structure=None, stages=[make()], capacity=4)
    return Cup(ask, organizer, list(players.values()))


def seeds(match: dict[str, Any]) -> list[int]:
    return [slot["seed"] for slot in match["slots"]]


@pytest.mark.parametrize("make", [round_robin, swiss])
async def test_nobody_comes_to_one_match_and_one_side_to_another(db: Database, ask: Ask, make: Any) -> None:
    """Who does not come gets nothing, who does wins; and the event goes on to its end."""
    cup = await begin(db, ask, make)
    empty, half = (await cup.matches())[:2]
    told = await cup.do(cup.organizer, "awardWalkover", empty, isDoubleWalkover=True, reason="nobody came")
    assert (told["outcome"], told["winnerSlot"]) == ("WALKOVER", None)
    told = await cup.do(cup.organizer, "awardWalkover", half, winnerSlot=1, reason="one side came")
    assert (told["outcome"], told["winnerSlot"]) == ("WALKOVER", 1)
    points = await cup.points()
    assert [points[seed] for seed in seeds(empty)] == ["0", "0"]
    assert [points[seed] for seed in seeds(half)] == ["0", "1"]
    while ready := await cup.matches():
        await cup.do(cup.organizer, "awardWalkover", ready[0], winnerSlot=0, reason="goes on")
    assert (await cup.read())["status"] == "FINISHED"


@pytest.mark.parametrize("make", [round_robin, swiss])
async def test_who_gives_up_in_the_middle_of_a_match_loses_it(db: Database, ask: Ask, make: Any) -> None:
    """A live match as well, whatever its score; what they had won stays with both sides."""
    cup = await begin(db, ask, make)
    match = (await cup.matches())[0]
    leaving, staying = seeds(match)
    await cup.do(cup.players[leaving - 1], "startMatch", match)
    match = (await cup.matches())[0]
    await cup.leave(leaving)
    rounds = (await cup.read())["bracket"]["rounds"]
    found = next(each for round_ in rounds for each in round_["matches"] if each["id"] == match["id"])
    assert (found["status"], found["outcome"], found["winnerSlot"]) == ("FINISHED", "WALKOVER", 1)
    assert [slot["score"] for slot in found["slots"]] == [None, None]
    points = await cup.points()
    assert (points[leaving], points[staying]) == ("0", "1")
    while ready := await cup.matches():
        assert leaving not in seeds(ready[0])
        await cup.do(cup.organizer, "awardWalkover", ready[0], winnerSlot=0, reason="goes on")
    assert (await cup.read())["status"] == "FINISHED"


async def test_a_challenge_that_nobody_comes_to_moves_nobody(db: Database, ask: Ask) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    hall = await make_ladder(db, organizer, 4)
    cup = Cup(ask, organizer, list(hall.players.values()))
    await hall.challenge(4, 2)
    (match,) = await cup.matches()
    told = await cup.do(organizer, "awardWalkover", match, isDoubleWalkover=True, reason="nobody came")
    assert told["winnerSlot"] is None
    assert await hall.order() == [1, 2, 3, 4]
    await hall.challenge(3, 1)
    (match,) = await cup.matches()
    slot = seeds(match).index(3)
    await cup.do(organizer, "awardWalkover", match, winnerSlot=slot, reason="did not come")
    assert await hall.order() == [3, 1, 2, 4]
