"""`matchpoint export`: writes an event of a server as JSON of our own, which `matchpoint import` reads."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence

from graphql import parse

from cli.event_files import write
from cli.play.client import Answer, Refused, Server, Unreachable
from domain.kernel.errors import InvalidInput
from domain.tournaments import (
    Event,
    EventEntrant,
    EventGroup,
    EventMatch,
    EventStage,
    InvalidEventFile,
    LoserOf,
    MatchProgress,
    Seed,
    StageFormat,
    WinnerOf,
    checked_event,
    write_event_json,
)

_REFUSED = 2
_BRACKET = parse(
    """
    query ExportedBracket($slug: String!) {
      answer: tournament(slug: $slug) {
        name
        game { name }
        stages { structure }
        bracket {
          rounds {
            matches {
              id bestOf status outcome winnerSlot
              slots { seed score }
              games { scores }
              place { key side round sources { kind seed matchId } }
            }
          }
        }
      }
    }
    """
)
_ENTRANTS = parse(
    """
    query ExportedEntrants($slug: String!, $after: String) {
      answer: tournament(slug: $slug) {
        entrants(first: 100, after: $after) {
          nodes { id name seed placement { low } }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
    """
)
_PROGRESS = {
    "LIVE": MatchProgress.LIVE,
    "REPORTED": MatchProgress.LIVE,
    "DISPUTED": MatchProgress.LIVE,
    "NOT_NEEDED": MatchProgress.NOT_NEEDED,
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint export`."""
    parser.add_argument("slug", metavar="SLUG", help="the event, as in its address")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="address of the server (default: %(default)s)")
    parser.add_argument("--write", metavar="OUT", default="-", help="where to; - prints it (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Writes the event, and gives the exit status: 2 where the server has none that has begun.

    Raises:
        InvalidInput: the file cannot be written.
    """
    try:
        event = asyncio.run(_exported(arguments.url, arguments.slug))
    except (Refused, Unreachable) as error:
        print(f"matchpoint export: {' '.join(str(error).split())}", file=sys.stderr)
        return _REFUSED
    write(arguments.write, write_event_json(event))
    return 0


async def _exported(url: str, slug: str) -> Event:
    """The event as it is now.

    Raises:
        Refused: there is none that has begun, it has heats, or the server said no.
        Unreachable: it stayed away.
        InvalidInput: what it answered does not hold together, as when the event was corrected meanwhile.
    """
    async with Server(url) as server:
        told = await server.ask(_BRACKET, {"slug": slug})
        if told is not None and any(stage["structure"] == "FREE_FOR_ALL" for stage in told["stages"]):
            raise Refused("", "", f"The event {slug!r} has heats, and files of events have matches of two only.")
        if told is None or told["bracket"] is None:
            raise Refused("", "", f"There is no event at the address {slug!r} that has begun.")
        entrants = [each for each in await _entrants(server, slug) if each["seed"] is not None]
    try:
        return checked_event(_event(told, sorted(entrants, key=lambda entrant: entrant["seed"])))
    except InvalidEventFile as error:
        raise InvalidInput(f"{slug}: {error.message} Try again.") from error


async def _entrants(server: Server, slug: str) -> list[Answer]:
    found: list[Answer] = []
    after: str | None = None
    while True:
        page = (await server.ask(_ENTRANTS, {"slug": slug, "after": after}))["entrants"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def _event(told: Answer, entrants: Sequence[Answer]) -> Event:
    cast = tuple(
        EventEntrant(
            number=number,
            name=entrant["name"],
            seed=entrant["seed"],
            external_id=entrant["id"],
            place=entrant["placement"] and entrant["placement"]["low"],
        )
        for number, entrant in enumerate(entrants, 1)
    )
    matches = [match for round_ in told["bracket"]["rounds"] for match in round_["matches"]]
    keys = {match["id"]: match["place"]["key"] for match in matches}
    numbers = {entrant.seed: entrant.number for entrant in cast}
    group = EventGroup(tuple(numbers.values()), tuple(_match(match, keys, numbers) for match in matches))
    stage = EventStage(StageFormat.ELIMINATION, (group,))
    return Event(cast, (stage,), told["name"], told["game"]["name"])


def _match(told: Answer, keys: Mapping[str, str], numbers: Mapping[int | None, int]) -> EventMatch:
    first, second = told["slots"]
    is_over = told["status"] == "FINISHED"
    by_play = MatchProgress.PLAYED if told["outcome"] == "PLAYED" else MatchProgress.FORFEIT
    has_score = None not in (first["score"], second["score"])
    return EventMatch(
        key=told["place"]["key"],
        round=_round(told["place"]),
        sides=(numbers.get(first["seed"]), numbers.get(second["seed"])),
        sources=(_source(told["place"]["sources"][0], keys), _source(told["place"]["sources"][1], keys)),
        progress=by_play if is_over else _PROGRESS.get(told["status"], MatchProgress.OPEN),
        winner=told["winnerSlot"] if is_over else None,
        score=(first["score"], second["score"]) if has_score else None,
        games=tuple((game["scores"][0], game["scores"][1]) for game in told["games"]),
        best_of=told["bestOf"],
    )


def _round(place: Answer) -> int:
    """The round as Challonge counts: below 0 in the lower bracket, 0 for third place."""
    if place["side"] == "THIRD_PLACE":
        return 0
    number: int = place["round"]
    return -number if place["side"] == "LOWER" else number


def _source(told: Answer, keys: Mapping[str, str]) -> Seed | WinnerOf | LoserOf:
    if told["kind"] == "SEED":
        return Seed(told["seed"])
    key = keys[told["matchId"]]
    return WinnerOf(key) if told["kind"] == "WINNER" else LoserOf(key)
