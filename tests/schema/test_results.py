"""Kept answers of the real schema: as long as what happens is told, they are what the database says."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from domain import accounts, games, matches, teams, tournaments
from domain.games import Competitor
from domain.infra.buckets import Buckets
from domain.infra.cache import Cache
from domain.infra.db import Database, WriteSession
from domain.infra.presence import Presence
from domain.infra.settings import Settings
from domain.kernel.actor import Actor
from domain.kernel.ids import global_id
from domain.kernel.participant import ParticipantKind
from resolvers.context import Context
from resolvers.services import Services
from schema.root import build_schema
from schema.server.clients import Client
from schema.server.documents import Documents
from schema.server.execution import Engine, encoded
from schema.server.meter import Meter
from schema.server.parameters import Parameters, digest
from schema.server.results import Question, Result, Results
from tests.domain.tournaments.test_random_play import Crowd
from tests.factories.accounts import make_accounts
from tests.factories.games import make_catalogue
from tests.factories.story import PEOPLE, Story
from tests.factories.teams import NOW, add_members, make_admin, make_people, make_team, run
from tests.factories.tournaments import bracket, enter, make_tournament, published, row_of, start, started
from tests.fixtures.clock import FakeClock
from tests.fixtures.hub import LocalHub, LocalRelay

GAME = "rocket-league-1v1"
BRACKET = """query Bracket($slug: String!) { tournament(slug: $slug) { id name status slug entrantCount waitlistCount
  bracket { cursor earliestRematchRound rounds { name matches { id version status outcome winnerSlot disputeReason
    place { key } tournament { name } games { scores } report { slot scores }
    slots { name seed score participant { ... on User { displayName avatarUrl } ... on Team { tag } } } } } } } }"""
STANDINGS = """query Standings($slug: String!) { tournament(slug: $slug) { game { name } organizer { displayName }
  entrants(first: 50) { edges { node { name seed status placement { low high } } } } } }"""
LOG = """query Log($id: ID!) { match(id: $id) { version events(first: 100) { edges { node { sequence kind message
  actor { displayName } } } } } }"""
LEADERBOARD = """query Leaderboard($game: String!) { leaderboard(game: $game, first: 50) { edges { node { mu matchCount
  participant { ... on User { displayName } } } } } }"""
TEAM = """query Team($slug: String!) { team(slug: $slug) { name tag description isDisbanded version
  captain { displayName } members { role user { displayName } } } }"""
USER = """query User($name: String!, $game: String!) { user(username: $name) { displayName avatarUrl
  rating(game: $game) { mu winCount } } }"""
PROGRESS = """query Progress($slug: String!) { tournament(slug: $slug) { progress { side number
  matches { matchId status } } } }"""
EVENT = """query Event($slug: String!) { tournament(slug: $slug) { name description status capacity entrantCount
  waitlistCount version seeding seedingNumber startsAt checkInOpensAt startedAt finishedAt cancelReason } }"""
LIST = """query List($status: [TournamentStatus!]) { tournaments(status: $status, first: 10) { edges { node { slug name
  entrantCount } } } }"""
OPEN = "query Open($slug: String!) { tournament(slug: $slug) { isRegistrationOpen } }"
WATCHED = "query Watched($slug: String!) { tournament(slug: $slug) { viewerCount } }"
OF_THE_CUP = (BRACKET, PROGRESS, STANDINGS, EVENT, LIST)
DOCUMENTS = (*OF_THE_CUP, LOG, LEADERBOARD, TEAM, USER, OPEN, WATCHED)


class House:
    """Kept answers over a database of its own, and a relay that works when it is told to."""

    def __init__(self, services: Services, folder: Path) -> None:
        schema = build_schema()
        for source in DOCUMENTS:
            (folder / f"{digest(source)[:8]}.graphql").write_text(source)
        self.db = services.db
        self.hub = LocalHub()
        self.tell = LocalRelay(services.db, self.hub).tell
        self._services = services
        self._engine = Engine(schema)
        self._documents = Documents(schema, folder)
        self._results = Results(self._engine, self.hub, services)
        self._meter = Meter(Buckets(services.settings.redis_url), services.settings)

    async def close(self) -> None:
        """Leave nothing open."""
        await self._meter.close()

    def question(self, source: str, **variables: Any) -> Question:
        """What nobody in particular asks."""
        parameters = Parameters(query=source, variables=variables)
        operation = self._documents.operation(parameters)
        found = self._results.question(operation, parameters, Client())
        assert found is not None
        return found

    async def is_told(self, source: str, **variables: Any) -> bool:
        """Whether an answer is of nothing but what the bus tells about."""
        return (await self._result(self.question(source, **variables)))[0].is_told

    async def is_kept(self, source: str, **variables: Any) -> bool:
        """Whether an answer is kept; it is what the database says."""
        question = self.question(source, **variables)
        result, points = await self._result(question)
        answer = await self._engine.answer(question.operation, variables, Context(services=self._services))
        assert result.body == encoded(answer.body), source
        assert not result.has_errors
        return points == 0

    async def _result(self, question: Question) -> tuple[Result, int]:
        return await self._results.get(question, partial(self._meter.charge, question.operation, Client()))


@pytest_asyncio.fixture
async def house(
    db: Database, settings: Settings, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """Nothing that is kept grows old by itself."""
    monkeypatch.setattr("schema.server.watched.time.monotonic", lambda: 0.0)
    cache, presence = Cache(settings.redis_url), Presence(settings.redis_url, LocalHub())
    await make_catalogue(db)
    services = Services(
        settings=settings,
        db=db,
        clock=clock,
        accounts=make_accounts(db, cache, settings, clock),
        presence=presence,
    )
    house = House(services, tmp_path)
    yield house
    await house.close()
    await presence.stop()
    await cache.close()


@pytest.mark.parametrize("number", range(2))
async def test_whatever_people_do_what_is_kept_is_what_the_database_says(house: House, number: int) -> None:
    (organizer,) = await make_people(house.db, "organizer")
    tournament, players = await started(house.db, organizer, 7 + number, "cup")
    crowd = Crowd(house.db, organizer, tournament.id, players, Random(number))
    match_ids = [global_id("Match", state.id) for state in (await bracket(house.db, tournament.id)).values()]
    kept = Counter[str]()
    acts = 0
    while acts < 150 and await crowd.act():
        acts += 1
        await house.tell()
        kept.update([each for each in OF_THE_CUP if await _is_kept_and_then(house, each)])
        kept.update([LOG for match_id in match_ids if await house.is_kept(LOG, id=match_id)])
    # Most things that happen concern one match; what is said of the others is not made again.
    assert kept[LOG] > acts * len(match_ids) / 2
    # Who takes part, and who finished where, is the same until a match is over.
    assert kept[STANDINGS] == kept[EVENT] > acts / 3
    assert kept[LIST] == kept[EVENT] > kept[PROGRESS] >= kept[BRACKET]


async def _is_kept_and_then(house: House, source: str, **given: Any) -> bool:
    """Whether an answer about the cup, or a list, is kept; it is the next time."""
    variables = given if source == LIST else {"slug": "cup"}
    is_kept = await house.is_kept(source, **variables)
    assert await house.is_told(source, **variables)
    assert await house.is_kept(source, **variables)
    return is_kept


async def test_whatever_happens_around_the_play_what_is_kept_is_what_the_database_says(house: House) -> None:
    organizer, *people = await make_people(house.db, "organizer", *(f"p{number}" for number in range(PEOPLE)))
    story = await Story.begun(house.db, "cup", organizer, people)
    for act in story.acts:
        assert [
            source for source in (BRACKET, PROGRESS, STANDINGS, EVENT) if await _is_kept_and_then(house, source)
        ] == []
        for status in tournaments.TournamentStatus:
            await _is_kept_and_then(house, LIST, status=[status])
        await act()
        await house.tell()
    finished = await row_of(house.db, story.cup.id)
    assert finished.status is tournaments.TournamentStatus.FINISHED


async def _profile(house: House, actor: Actor) -> None:
    await run(house.db, accounts.update_profile, actor, accounts.UpdateProfile(display_name="Grace"))


async def _picture(house: House, actor: Actor) -> None:
    command = accounts.UpdateProfile(avatar_url="https://pictures.example/1.png")
    await run(house.db, accounts.update_profile, actor, command)


async def _hide(house: House, actor: Actor) -> None:
    await run(house.db, accounts.update_preferences, actor, accounts.UpdatePreferences(is_profile_public=False))


async def _rate(house: House, actor: Actor, *, again: bool = False) -> None:
    (state,) = await _states_of(house)
    game_id = games.game_key(GAME)

    async def work(session: WriteSession) -> bool:
        if again:
            return await games.rerate_match(session, game_id, state.id, winner=1)
        return await games.rate_match(session, game_id, state.id, _sides(state), winner=0)

    assert await house.db.transaction(work)


def _sides(state: matches.MatchState) -> tuple[Competitor, Competitor]:
    first, second = (Competitor(ParticipantKind.USER, _known(slot.participant_id)) for slot in state.slots)
    return first, second


def _known(key: UUID | None) -> UUID:
    assert key is not None
    return key


async def _states_of(house: House) -> list[matches.MatchState]:
    async with house.db.read() as session:
        found = await tournaments.tournament_by_slug(session, "duel")
        assert found is not None
        return list(await matches.states_of_owner(session, found.id))


async def _rename_team(house: House, actor: Actor) -> None:
    await run(house.db, teams.update_team, actor, teams.UpdateTeam(team_id=await _team(house), version=1, name="Blues"))


async def _promote(house: House, actor: Actor) -> None:
    bob = (await _user(house, "bob")).id
    command = teams.SetTeamRole(team_id=await _team(house), user_id=bob, role=teams.TeamRole.COACH)
    await run(house.db, teams.set_team_role, actor, command)


async def _remove(house: House, actor: Actor) -> None:
    command = teams.RemoveTeamMember(team_id=await _team(house), user_id=(await _user(house, "bob")).id, now=NOW)
    await run(house.db, teams.remove_team_member, actor, command)


async def _hand_over(house: House, actor: Actor) -> None:
    command = teams.TransferTeamCaptaincy(team_id=await _team(house), user_id=(await _user(house, "bob")).id)
    await run(house.db, teams.transfer_team_captaincy, actor, command)


async def _disband(house: House, actor: Actor) -> None:
    await run(house.db, teams.disband_team, actor, teams.DisbandTeam(team_id=await _team(house), now=NOW))


async def _move(house: House, actor: Actor) -> None:
    (state,) = await _states_of(house)
    await run(house.db, tournaments.move_tournament, actor, tournaments.MoveTournament(_known(state.owner_id), "moved"))


async def _score(house: House, actor: Actor) -> None:
    (state,) = await _states_of(house)
    await run(house.db, matches.update_score, actor, matches.UpdateScore(state.id, state.version, (1, 0), NOW))


async def _report(house: House, actor: Actor) -> None:
    (state,) = await _states_of(house)
    await run(house.db, matches.report_result, actor, matches.ReportResult(state.id, state.version, (2, 0), NOW))


async def _decide(house: House, actor: Actor) -> None:
    (state,) = await _states_of(house)
    admin = await make_admin(house.db)
    await run(house.db, matches.decide_result, admin, matches.DecideResult(state.id, state.version, (2, 0), NOW))


async def _cancel(house: House, actor: Actor) -> None:
    (state,) = await _states_of(house)
    command = tournaments.CancelTournament(_known(state.owner_id), "a storm", NOW)
    await run(house.db, tournaments.cancel_tournament, actor, command)


async def _team(house: House) -> UUID:
    async with house.db.read() as session:
        found = await teams.team_by_slug(session, "reds")
    assert found is not None
    return found.id


async def _user(house: House, name: str) -> accounts.User:
    async with house.db.read() as session:
        found = await accounts.user_by_username(session, name)
    assert found is not None
    return found


CHANGES: list[tuple[Callable[[House, Actor], Any], set[str]]] = [
    (_profile, {BRACKET, STANDINGS, LOG, LEADERBOARD, TEAM, USER}),
    (_picture, {BRACKET, STANDINGS, LOG, LEADERBOARD, TEAM, USER}),
    (_hide, {BRACKET, STANDINGS, LOG, LEADERBOARD, TEAM, USER}),
    (partial(_rate, again=True), {LEADERBOARD, USER}),
    (_rename_team, {TEAM}),
    (_promote, {TEAM}),
    (_remove, {TEAM}),
    (_hand_over, {TEAM}),
    (_disband, {TEAM}),
    (_move, {BRACKET, PROGRESS, STANDINGS, EVENT, LIST}),
    (_score, {BRACKET, LOG}),
    (_report, {BRACKET, PROGRESS, LOG}),
    (_decide, {BRACKET, PROGRESS, STANDINGS, EVENT, LIST, LOG}),
    (_cancel, {BRACKET, PROGRESS, STANDINGS, EVENT, LIST, LOG}),
]


@pytest.mark.parametrize(("change", "concerned"), CHANGES)
async def test_a_change_drops_what_it_concerns_and_nothing_else(
    house: House, change: Callable[[House, Actor], Any], concerned: set[str]
) -> None:
    ada, bob = await make_people(house.db, "ada", "bob")
    team = await make_team(house.db, ada)
    await add_members(house.db, team.id, bob)
    duel = await published(house.db, ada, "duel", structure=tournaments.Structure.SINGLE_ELIMINATION)
    await enter(house.db, duel.id, ada, bob)
    await start(house.db, ada, duel.id)
    (state,) = await _states_of(house)
    await run(house.db, matches.start_match, ada, matches.StartMatch(state.id, state.version, NOW))
    await _rate(house, ada)
    questions: dict[str, dict[str, Any]] = {
        BRACKET: {"slug": "duel"},
        PROGRESS: {"slug": "duel"},
        STANDINGS: {"slug": "duel"},
        EVENT: {"slug": "duel"},
        LIST: {"status": ["RUNNING"]},
        LOG: {"id": global_id("Match", state.id)},
        LEADERBOARD: {"game": GAME},
        TEAM: {"slug": "reds"},
        USER: {"name": "ada", "game": GAME},
    }
    await house.tell()
    for source, variables in questions.items():
        assert not await house.is_kept(source, **variables)
        assert await house.is_kept(source, **variables)
        assert await house.is_told(source, **variables)

    await change(house, ada)
    await house.tell()

    kept = {source for source, variables in questions.items() if await house.is_kept(source, **variables)}
    assert kept == set(questions) - concerned


@pytest.mark.parametrize("source", [OPEN, WATCHED])
async def test_what_changes_without_a_word_is_known_to(house: House, source: str) -> None:
    (organizer,) = await make_people(house.db, "organizer")
    await published(house.db, organizer, "cup")
    assert not await house.is_told(source, slug="cup")


async def test_what_is_not_there_may_come_without_a_word(house: House) -> None:
    (organizer,) = await make_people(house.db, "organizer")
    for source, variables in {
        BRACKET: {"slug": "cup"},
        TEAM: {"slug": "reds"},
        USER: {"name": "x", "game": GAME},
    }.items():
        assert not await house.is_told(source, **variables)
    draft = await make_tournament(house.db, organizer, "draft")
    assert await house.is_told(BRACKET, slug="draft")
    await house.is_kept(BRACKET, slug="draft")
    await house.is_kept(LIST, status=["PUBLISHED"])
    await run(house.db, tournaments.publish_tournament, organizer, tournaments.PublishTournament(draft.id))
    await house.tell()
    assert not await house.is_kept(BRACKET, slug="draft")
    assert not await house.is_kept(LIST, status=["PUBLISHED"])


async def test_after_a_gap_nothing_is_kept(house: House) -> None:
    (organizer,) = await make_people(house.db, "organizer")
    tournament = await published(house.db, organizer, "cup")
    await house.is_kept(BRACKET, slug="cup")
    await enter(house.db, tournament.id, organizer)
    house.hub.gap()
    assert not await house.is_kept(BRACKET, slug="cup")
