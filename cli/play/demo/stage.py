"""The demo: an event of made-up teams at the address `demo` that plays itself, and plays on after any interruption.

Nothing is kept here between two steps but sessions: what comes next always follows from what the server says.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Awaitable, Sequence
from datetime import UTC, datetime

from graphql import DocumentNode

from cli.play import documents, events
from cli.play.client import Account, Answer, Refused, Server, Unreachable
from cli.play.demo.cast import Cast, DemoTeam, Person
from cli.play.demo.script import Act, Step, next_step
from cli.play.pace import Pace, each

SLUG = "demo"
GAME = "rocket-league-3v3"
# Matches for each second at which an event of 32 teams takes seven minutes.
MATCHES_PER_SECOND = 0.15
PAUSE_S = 20.0
_STEPS_PER_MATCH = 5.5
_MATCHES_AT_ONCE = 6
_TEAMS_AT_ONCE = 4
_MOST_REFUSALS = 20
_RETRY_S = 5.0
_ABOUT = "Made-up teams play for nothing at all, over and over. Follow it live."
_UNDER_WAY = ("DISPUTED", "REPORTED", "LIVE")


class Demo:
    """Plays one event after the other."""

    def __init__(self, server: Server, secret: str, teams: int, matches_per_second: float, seed: int) -> None:
        self._server = server
        self._secret = secret
        self._team_count = teams
        self._seed = seed
        self._pace = Pace(matches_per_second * _STEPS_PER_MATCH)
        self._random = random.Random()  # noqa: S311  (chooses whose turn it is, not a secret)
        self._accounts: dict[str, Account] = {}

    async def play(self) -> None:
        """Play the event at the address to its end; a new one, when there is none or it has ended.

        Raises:
            Refused: the server said no.
            Unreachable: it stayed away.
        """
        cast = await self._cast()
        organizer = await self._signed_in(cast, cast.organizer)
        event = await self._event(cast, organizer)
        if event["status"] != "RUNNING":
            await self._fill(cast, organizer, event)
        _say("the event is running")
        await self._play_on(cast, organizer)
        _say("the event is over")

    async def play_forever(self, pause_s: float) -> None:
        """Play one event after the other, with a pause between them.

        Raises:
            Refused: the server said no.
        """
        while True:
            try:
                await self.play()
                await asyncio.sleep(pause_s)
            except Unreachable as error:
                _say(f"waiting for the server: {error}")
                await asyncio.sleep(_RETRY_S)

    async def _cast(self) -> Cast:
        games = {edge["node"]["slug"]: edge["node"] for edge in (await self._server.ask(documents.GAMES))["edges"]}
        if GAME not in games:
            raise Refused("", "", f"The server does not know the game {GAME!r}; `matchpoint migrate` tells it.")
        return Cast(self._secret, self._team_count, games[GAME]["teamSize"], self._seed)

    async def _event(self, cast: Cast, organizer: Account) -> Answer:
        """The event at the address, at least published. One that has ended makes room."""
        event = await events.tournament(organizer, SLUG)
        if event is not None and not event["viewerCanManage"]:
            raise Refused("", "", f"The address {SLUG!r} belongs to an event of somebody else.")
        if event is not None and await self._is_spent(cast, organizer, event):
            await self._move_away(organizer, event)
            event = None
        if event is None:
            event = await self._new_event(organizer)
        if event["status"] == "DRAFT":
            await events.publish(organizer, event)
        return event

    async def _is_spent(self, cast: Cast, organizer: Account, event: Answer) -> bool:
        """Whether an event has ended. One that cannot be carried on is called off."""
        status = str(event["status"])
        if status in ("FINISHED", "CANCELLED"):
            return True
        entered = await _entered(organizer)
        # It was interrupted while teams entered, for too long; or begun with other arguments than now.
        is_late = status == "PUBLISHED" and not event["isRegistrationOpen"] and len(entered) < len(cast.teams)
        is_another = int(event["capacity"]) != len(cast.teams) or not entered <= {team.slug for team in cast.teams}
        if is_late or is_another:
            await organizer.do(documents.CANCEL_TOURNAMENT, tournamentId=event["id"], reason="It was interrupted.")
        return is_late or is_another

    async def _new_event(self, organizer: Account) -> Answer:
        return await events.create(
            organizer,
            SLUG,
            f"{SLUG}-{datetime.now(UTC).isoformat()}",
            name="Matchpoint Demo Cup",
            description=_ABOUT,
            game=GAME,
            entrantKind="TEAM",
            structure="DOUBLE_ELIMINATION",
            bestOf=3,
            finalBestOf=5,
            capacity=self._team_count,
        )

    async def _move_away(self, organizer: Account, event: Answer) -> None:
        """Give an event that has ended the address of its day and time."""
        began = datetime.fromisoformat(event["startedAt"]) if event["startedAt"] else datetime.now(UTC)
        slug = f"{SLUG}-{began:%Y%m%d-%H%M%S}"
        for number in range(2, _MOST_REFUSALS):
            try:
                await organizer.do(documents.MOVE_TOURNAMENT, tournamentId=event["id"], slug=slug)
            except Refused as refusal:
                if not refusal.is_outdated:
                    raise
                there = await events.tournament(organizer, slug)
                if there is None or there["id"] != event["id"]:
                    slug = f"{SLUG}-{began:%Y%m%d-%H%M%S}-{number}"
                    continue
            return

    async def _fill(self, cast: Cast, organizer: Account, event: Answer) -> None:
        """Let every team enter, seed them and start."""
        entered = await _entered(organizer)

        async def enter(team: DemoTeam) -> None:
            team_id = await self._assembled(cast, team)
            captain = await self._signed_in(cast, team.captain)
            await _tolerating(captain.do(documents.REGISTER_ENTRANT, tournamentId=event["id"], teamId=team_id))

        _say(f"{self._team_count} teams enter")
        await each(enter, [team for team in cast.teams if team.slug not in entered], _TEAMS_AT_ONCE)
        await events.close_and_seed(organizer, event, method="RATING")
        await events.start(organizer, event)

    async def _assembled(self, cast: Cast, team: DemoTeam) -> str:
        """The id of a team, once everybody is in it."""
        found = await self._server.ask(documents.TEAM, {"slug": team.slug})
        captain = await self._signed_in(cast, team.captain)
        if found is None:
            answer = await captain.do(
                documents.CREATE_TEAM, name=team.name, slug=team.slug, tag=team.tag, idempotencyKey=team.slug
            )
            team_id, inside = str(answer["team"]["id"]), {team.captain.username}
        else:
            team_id, inside = str(found["id"]), {member["user"]["username"] for member in found["members"]}
        for person in team.members:
            if person.username not in inside:
                member = await self._signed_in(cast, person)
                await _tolerating(captain.do(documents.INVITE_TO_TEAM, teamId=team_id, username=person.username))
                await _accept(member, team)
        return team_id

    async def _signed_in(self, cast: Cast, person: Person) -> Account:
        if person.username not in self._accounts:
            account = Account(self._server, person.username, cast.password(person), person.display_name, person.email)
            if await self._server.ask(documents.USER, {"username": person.username}) is None:
                await account.register()
            self._accounts[person.username] = account
        return self._accounts[person.username]

    async def _play_on(self, cast: Cast, organizer: Account) -> None:
        while True:
            bracket = await events.bracket(organizer, SLUG)
            if bracket.status != "RUNNING":
                return
            under_way = [match for match in bracket.matches if match["status"] in _UNDER_WAY]
            ready = [match for match in bracket.matches if match["status"] == "READY"]
            await self._until_one_ends(cast, organizer, [*under_way, *ready][:_MATCHES_AT_ONCE])

    async def _until_one_ends(self, cast: Cast, organizer: Account, matches: Sequence[Answer]) -> None:
        """Go on in one match after the other, until there is room for another one."""
        active = list(matches)
        refusals = 0
        while True:
            await self._pace.wait()
            if not active:
                return
            index = self._random.randrange(len(active))
            step = next_step(active[index], self._seed)
            if step is None:
                return
            try:
                active[index] = await self._done(cast, organizer, active[index], step)
                refusals = 0
            except Refused as refusal:
                refusals += 1
                if not refusal.is_outdated or refusals > _MOST_REFUSALS:
                    raise
                active[index] = await events.match(organizer, active[index]["id"])

    async def _done(self, cast: Cast, organizer: Account, match: Answer, step: Step) -> Answer:
        """The match after a step."""
        if step.comment:
            key = f"{match['id']}-{match['version']}"
            await organizer.do(
                documents.RECORD_MATCH_EVENT,
                matchId=match["id"],
                kind="COMMENT",
                message=step.comment,
                idempotencyKey=key,
            )
        actor = organizer if step.slot is None else await self._captain(cast, match, step.slot)
        document, given = _request(step)
        answer = await actor.do(document, matchId=match["id"], version=match["version"], **given)
        return answer["match"]

    async def _captain(self, cast: Cast, match: Answer, slot: int) -> Account:
        slug = match["slots"][slot]["participant"]["slug"]
        team = next(team for team in cast.teams if team.slug == slug)
        return await self._signed_in(cast, team.captain)


async def _entered(organizer: Account) -> set[str]:
    """The slugs of the teams that have entered."""
    return {entrant["participant"]["slug"] for entrant in await events.entrants(organizer, SLUG)}


async def _accept(member: Account, team: DemoTeam) -> None:
    viewer = await member.ask(documents.TEAM_INVITATIONS)
    for edge in viewer["teamInvitations"]["edges"]:
        if edge["node"]["team"]["slug"] == team.slug:
            answer = member.do(documents.RESPOND_TO_TEAM_INVITATION, invitationId=edge["node"]["id"], accept=True)
            await _tolerating(answer)


async def _tolerating(asked: Awaitable[Answer]) -> None:
    """Ask for something that may have happened before an interruption."""
    try:
        await asked
    except Refused as refusal:
        if not refusal.is_outdated:
            raise


def _request(step: Step) -> tuple[DocumentNode, dict[str, object]]:
    scores = list(step.scores)
    match step.act:
        case Act.START:
            return documents.START_MATCH, {}
        case Act.SCORE:
            return documents.UPDATE_SCORE, {"scores": scores}
        case Act.REPORT:
            return documents.REPORT_RESULT, {"scores": scores}
        case Act.CONFIRM:
            return documents.CONFIRM_RESULT, {}
        case Act.DISPUTE:
            return documents.DISPUTE_RESULT, {"reason": step.text}
        case Act.DECIDE:
            return documents.DECIDE_RESULT, {"scores": scores, "reason": step.text}


def _say(what: str) -> None:
    print(f"demo: {what}", file=sys.stderr, flush=True)
