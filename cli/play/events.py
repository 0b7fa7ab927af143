"""What organizers and entrants do with an event, whatever is played in it. Every step can be repeated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from graphql import DocumentNode

from cli.play import documents
from cli.play.client import Account, Answer, Refused

_STARTS_IN = timedelta(hours=1)


async def tournament(account: Account, slug: str) -> Answer | None:
    """The event at an address; None when there is none."""
    return await account.ask(documents.TOURNAMENT, {"slug": slug})


async def create(organizer: Account, slug: str, key: str, **given: object) -> Answer:
    """A new event, planned to start soon; the same one when it is repeated with the same key.

    Raises:
        Refused: the server said no.
        Unreachable: it stayed away.
    """
    starts_at = (datetime.now(UTC) + _STARTS_IN).replace(microsecond=0).isoformat()
    answer = await organizer.do(documents.CREATE_TOURNAMENT, slug=slug, startsAt=starts_at, idempotencyKey=key, **given)
    return answer["tournament"]


async def publish(organizer: Account, event: Answer) -> None:
    """Show a draft to everybody."""
    await _bring_to(organizer, event, documents.PUBLISH_TOURNAMENT, "PUBLISHED")


async def close_and_seed(organizer: Account, event: Answer, **how: object) -> None:
    """Let nobody else in, and give everybody a seed."""
    await organizer.do(documents.CLOSE_REGISTRATION, tournamentId=event["id"])
    await organizer.do(documents.SEED_TOURNAMENT, tournamentId=event["id"], **how)


async def start(organizer: Account, event: Answer) -> None:
    """Draw the bracket and begin."""
    await _bring_to(organizer, event, documents.START_TOURNAMENT, "RUNNING")


async def entrants(account: Account, slug: str) -> list[Answer]:
    """Everybody who entered, by registration."""
    found: list[Answer] = []
    after: str | None = None
    while True:
        page = (await account.ask(documents.ENTRANTS, {"slug": slug, "after": after}))["entrants"]
        found.extend(edge["node"] for edge in page["edges"])
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


@dataclass(frozen=True, slots=True)
class Bracket:
    """Every match of an event at one instant, none before the start. `cursor` is the change it is up to."""

    status: str
    cursor: int
    matches: list[Answer]


async def bracket(account: Account, slug: str) -> Bracket:
    """The bracket of an event.

    Raises:
        Refused: it is not at the address any more.
        Unreachable: the server stayed away.
    """
    answer = await account.ask(documents.MATCHES, {"slug": slug})
    if answer is None:
        raise Refused("", "", f"There is no event at the address {slug!r} any more.")
    drawn = answer["bracket"]
    if drawn is None:
        return Bracket(answer["status"], 0, [])
    matches = [match for round_ in drawn["rounds"] for match in round_["matches"]]
    return Bracket(answer["status"], int(drawn["cursor"]), matches)


async def match(account: Account, match_id: str) -> Answer:
    """A match as it is now."""
    return await account.ask(documents.MATCH, {"id": match_id})


async def _bring_to(organizer: Account, event: Answer, document: DocumentNode, status: str) -> None:
    try:
        await organizer.do(document, tournamentId=event["id"])
    except Refused as refusal:
        if not refusal.is_outdated:
            raise
        # An answer may have got lost, and what it told has happened.
        now = await tournament(organizer, event["slug"])
        if now is None or now["status"] != status:
            raise
