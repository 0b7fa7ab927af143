"""`matchpoint export`: writes an event of a server as JSON of our own, which `matchpoint import` reads."""

from __future__ import annotations

import argparse
import asyncio
import sys

from graphql import parse

from cli.event_files import write
from cli.exported import event_of
from cli.play.client import Answer, Refused, Server, Unreachable
from domain.kernel.errors import InvalidInput
from domain.tournaments import Event, InvalidEventFile, checked_event, write_event_json

_REFUSED = 2
_STAGES = parse(
    """
    query ExportedStages($slug: String!) {
      answer: tournament(slug: $slug) {
        name
        game { name }
        stages {
          number
          name
          structure
          status
          settings {
            ... on EliminationSettings { scoring }
            ... on RoundRobinSettings { scoring ranking { ...Order } }
            ... on SwissSettings { scoring roundCount ranking { ...Order } }
          }
          groups {
            number
            name
            standings { rank seed entrant { id } }
            byes { round entrant { id } }
          }
        }
      }
    }
    fragment Order on Ranking { tiebreaks winHalfPoints drawHalfPoints lossHalfPoints }
    """
)
_MATCHES = parse(
    """
    query ExportedMatches($slug: String!) {
      answer: tournament(slug: $slug) {
        bracket {
          rounds {
            matches {
              id bestOf status outcome winnerSlot
              slots { score participant { ... on User { id } ... on Team { id } } }
              games { scores }
              place { key stage group side round sources { kind seed matchId } }
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
          nodes { id name seed placement { low } participant { ... on User { id } ... on Team { id } } }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
    """
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint export`."""
    parser.add_argument("slug", metavar="SLUG", help="the event, as in its address")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="address of the server (default: %(default)s)")
    parser.add_argument("--write", metavar="OUT", default="-", help="where to; - prints it (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Writes the event, and gives the exit status: 2 where the server has none that has begun, or it
    has a ladder.

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
        Refused: there is none that has begun, it has a ladder, or the server said no.
        Unreachable: it stayed away.
        InvalidInput: what it answered does not hold together, as when the event was corrected meanwhile.
    """
    async with Server(url) as server:
        told = await server.ask(_STAGES, {"slug": slug})
        if told is None or not any(stage["groups"] for stage in told["stages"]):
            raise Refused("", "", f"There is no event at the address {slug!r} that has begun.")
        if any(stage["structure"] == "LADDER" for stage in told["stages"]):
            raise Refused("", "", f"{slug!r} is played on a ladder, for which matchpoint-event-1 has no form.")
        rounds = (await server.ask(_MATCHES, {"slug": slug}))["bracket"]["rounds"]
        played = [match for each in rounds for match in each["matches"]]
        entrants = [each for each in await _entrants(server, slug) if each["seed"] is not None]
    try:
        return checked_event(event_of(told, played, sorted(entrants, key=lambda entrant: entrant["seed"])))
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
