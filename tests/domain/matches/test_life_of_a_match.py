"""A match outside of any event, from the challenge to the result, and everything that is refused on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pytest_asyncio

from domain import accounts, games, matches
from domain.infra.db import Database
from domain.infra.outbox import unpublished
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import InvalidInput, LimitReached, StaleVersion, Unauthenticated
from domain.kernel.ids import new_id
from domain.kernel.paging import PageRequest
from domain.kernel.scoring import MatchScoring
from domain.matches import (
    AwardWalkover,
    CancelMatch,
    ConfirmResult,
    CreateMatch,
    DecideResult,
    DisputeResult,
    EntryKind,
    Match,
    MatchNotFound,
    MatchNotReady,
    MatchObservation,
    MatchOver,
    MatchState,
    MatchStatus,
    NotAnOfficial,
    NotYourMatch,
    OpenMatchKind,
    Outcome,
    RecordObservation,
    ReportResult,
    RespondToMatch,
    StartMatch,
    UpdateScore,
)
from domain.matches.errors import (
    AlreadyReported,
    BothSides,
    DrawNotPossible,
    ImpossibleScore,
    NotInvited,
    OwnReport,
    SameSides,
    WrongMatchStatus,
)
from domain.teams.errors import NotCaptain, TeamNotFound
from tests.factories.accounts import make_user
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, add_members, make_admin, make_people, make_team, run
from tests.fixtures.clock import FakeClock
from tests.fixtures.rows import refused

Command = tuple[Callable[..., Awaitable[Any]], Any]
CHALLENGE = CreateMatch(game="nine-ball", kind=OpenMatchKind.CHALLENGE, best_of=3, now=NOW, opponent="bob")


@dataclass
class Duel:
    """Ann challenges Bob; Cid is a stranger."""

    db: Database
    ann: Actor
    bob: Actor
    cid: Actor
    admin: Actor

    async def invited(self) -> Match:
        """A challenge that waits for an answer."""
        return await run(self.db, matches.create_match, self.ann, CHALLENGE)

    async def ready(self) -> Match:
        """A challenge that was accepted."""
        match = await self.invited()
        return await run(self.db, matches.respond_to_match, self.bob, RespondToMatch(match.id, 1, True, NOW))

    async def reported(self) -> Match:
        """A match that Ann says she won 2:1."""
        match = await self.ready()
        return await run(self.db, matches.report_result, self.ann, ReportResult(match.id, 2, (2, 1), NOW))

    async def log(self, match: Match) -> list[tuple[int, EntryKind]]:
        """The log of a match."""
        async with self.db.read() as session:
            return [(entry.sequence, entry.kind) for entry in await matches.log_after(session, match.id, 0, 100)]

    async def facts(self) -> list[str]:
        """The names of the facts recorded so far that are more than a change of a match."""
        async with self.db.read() as session:
            names = [row.name for row in await unpublished(session, 1000)]
        return [name for name in names if name.startswith("matches.") and name != "matches.changed"]


@pytest_asyncio.fixture
async def duel(db: Database) -> AsyncIterator[Duel]:
    """The people and games of a duel."""
    await make_catalogue(db)
    ann, bob, cid = await make_people(db, "ann", "bob", "cid")
    yield Duel(db, ann, bob, cid, await make_admin(db))


async def refuse_all(duel: Duel, actor: Actor, error: type[Any], commands: list[Command]) -> None:
    """Each command meets the same refusal, and nothing changes."""
    for use_case, command in commands:
        await refused(duel.db, error, use_case, actor, command)


def every_change(match: Match, version: int) -> list[Command]:
    """All that can be asked of a match, as valid as it can be."""
    return [
        (matches.respond_to_match, RespondToMatch(match.id, version, True, NOW)),
        (matches.start_match, StartMatch(match.id, version, NOW)),
        (matches.update_score, UpdateScore(match.id, version, (1, 0), NOW)),
        (matches.report_result, ReportResult(match.id, version, (2, 0), NOW)),
        (matches.confirm_result, ConfirmResult(match.id, version, NOW)),
        (matches.dispute_result, DisputeResult(match.id, version, "no", NOW)),
        (matches.decide_result, DecideResult(match.id, version, (2, 0), NOW)),
        (matches.award_walkover, AwardWalkover(match.id, version, 0, "no show", NOW)),
        (matches.cancel_match, CancelMatch(match.id, version, NOW)),
    ]


async def test_challenges_that_cannot_be(duel: Duel) -> None:
    reds, blues = await make_team(duel.db, duel.ann, "reds"), await make_team(duel.db, duel.bob, "blues")
    by_team = replace(CHALLENGE, opponent=None, team_id=reds.id, opponent_team_id=blues.id)
    cases: list[tuple[type[Any], CreateMatch]] = [
        *((InvalidInput, replace(CHALLENGE, best_of=number)) for number in (-1, 0, 2, 101)),
        (games.GameNotFound, replace(CHALLENGE, game="chess")),
        (accounts.UserNotFound, replace(CHALLENGE, opponent="nobody")),
        (InvalidInput, replace(CHALLENGE, opponent=None)),
        (InvalidInput, replace(CHALLENGE, team_id=reds.id)),
        (SameSides, replace(CHALLENGE, opponent="ANN")),
        (SameSides, replace(by_team, opponent_team_id=reds.id)),
        (TeamNotFound, replace(by_team, opponent_team_id=new_id())),
        (TeamNotFound, replace(by_team, team_id=new_id())),
        (NotCaptain, replace(by_team, team_id=blues.id, opponent_team_id=reds.id)),
    ]
    for error, command in cases:
        await refused(duel.db, error, matches.create_match, duel.ann, command)
    await refused(duel.db, Unauthenticated, matches.create_match, ANONYMOUS, CHALLENGE)


async def test_a_challenge_is_scored_as_it_says(duel: Duel) -> None:
    """As in events: a game of chess can be drawn, unless somebody has to win; of goals there is one game."""
    for scoring, best_of, path in ((MatchScoring.POINTS, 3, "bestOf"), (MatchScoring.BEST_OF, 2, "bestOf")):
        wrong = replace(CHALLENGE, scoring=scoring, best_of=best_of)
        error = await refused(duel.db, InvalidInput, matches.create_match, duel.ann, wrong)
        assert error.path == (path,)
    for scoring, best_of, has_draws, scores, is_drawn in (
        (MatchScoring.PLAY_ALL, 1, True, (0, 0), True),
        (MatchScoring.POINTS, 1, True, (2, 2), True),
        (MatchScoring.POINTS, 1, False, (3, 2), False),
        (MatchScoring.BEST_OF, 3, True, (2, 1), False),
    ):
        given = replace(CHALLENGE, scoring=scoring, best_of=best_of, has_draws=has_draws)
        match = await run(duel.db, matches.create_match, duel.ann, given)
        assert match.can_be_drawn is (has_draws and scoring is not MatchScoring.BEST_OF)
        await run(duel.db, matches.respond_to_match, duel.bob, RespondToMatch(match.id, 1, True, NOW))
        if not has_draws:
            level = ReportResult(match.id, 2, (2, 2), NOW)
            await refused(duel.db, DrawNotPossible, matches.report_result, duel.ann, level)
        await run(duel.db, matches.report_result, duel.ann, ReportResult(match.id, 2, scores, NOW))
        done = await run(duel.db, matches.confirm_result, duel.bob, ConfirmResult(match.id, 3, NOW))
        assert (done.state.is_drawn, done.winner) == (is_drawn, None if is_drawn else 0)


async def test_a_private_user_is_nobody_to_others(duel: Duel) -> None:
    """A challenge would show the name and open the profile; a private user can still challenge others."""
    hidden = await make_user(duel.db, FakeClock(NOW), "hidden", is_private=True)
    challenge = replace(CHALLENGE, opponent="hidden")
    unknown = replace(CHALLENGE, opponent="nobody")
    absent = await refused(duel.db, accounts.UserNotFound, matches.create_match, duel.ann, unknown)
    private = await refused(duel.db, accounts.UserNotFound, matches.create_match, duel.ann, challenge)
    assert private.message == absent.message
    await refused(duel.db, SameSides, matches.create_match, Actor(user_id=hidden.id), challenge)
    match = await run(duel.db, matches.create_match, Actor(user_id=hidden.id), CHALLENGE)
    assert match.first.participant_id == hidden.id
    match = await run(duel.db, matches.create_match, duel.admin, challenge)
    assert match.second.participant_id == hidden.id


async def test_three_challenges_of_one_opponent_may_wait(duel: Duel) -> None:
    """One of them answered or called off, there is room again; the other direction and other opponents are free."""
    first, second, _ = [await duel.invited() for _ in range(3)]
    full = await refused(duel.db, LimitReached, matches.create_match, duel.ann, CHALLENGE)
    assert (full.code, full.retry_after_s) == ("LIMIT_REACHED", None)
    await run(duel.db, matches.create_match, duel.ann, replace(CHALLENGE, opponent="cid"))
    await run(duel.db, matches.create_match, duel.bob, replace(CHALLENGE, opponent="ann"))
    await run(duel.db, matches.respond_to_match, duel.bob, RespondToMatch(first.id, 1, True, NOW))
    await duel.invited()
    await refused(duel.db, LimitReached, matches.create_match, duel.ann, CHALLENGE)
    await run(duel.db, matches.cancel_match, duel.ann, CancelMatch(second.id, 1, NOW))
    await duel.invited()


async def test_twenty_challenges_of_one_side_may_wait(duel: Duel) -> None:
    """Counted of the side that invites, so a captain is not held up as a player."""
    people = await make_people(duel.db, *(f"player{number}" for number in range(21)))
    for number in range(20):
        await run(duel.db, matches.create_match, duel.ann, replace(CHALLENGE, opponent=f"player{number}"))
    last = replace(CHALLENGE, opponent="player20")
    await refused(duel.db, LimitReached, matches.create_match, duel.ann, last)
    reds, blues = await make_team(duel.db, duel.ann, "reds"), await make_team(duel.db, duel.bob, "blues")
    by_team = replace(CHALLENGE, opponent=None, team_id=reds.id, opponent_team_id=blues.id)
    for _ in range(3):
        await run(duel.db, matches.create_match, duel.ann, by_team)
    await refused(duel.db, LimitReached, matches.create_match, duel.ann, by_team)
    async with duel.db.read() as session:
        page = await matches.matches_of(session, [people[0].require_user()], (), PageRequest())
    await run(duel.db, matches.respond_to_match, people[0], RespondToMatch(page.rows[0][0].id, 1, False, NOW))
    await run(duel.db, matches.create_match, duel.ann, last)


async def test_challenges_at_once_do_not_pass_the_limit(duel: Duel) -> None:
    """They are counted one after the other."""
    made = await asyncio.gather(*(duel.invited() for _ in range(8)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in made) == ["LimitReached"] * 5 + ["Match"] * 3


async def test_who_may_act_and_when(duel: Duel) -> None:
    match = await duel.invited()
    await refuse_all(duel, duel.cid, MatchNotFound, every_change(Match(id=new_id()), 1))
    await refuse_all(duel, duel.bob, StaleVersion, every_change(match, 2))
    await refuse_all(duel, ANONYMOUS, Unauthenticated, every_change(match, 1))
    official, others = every_change(match, 1)[6:8], every_change(match, 1)
    others = [entry for entry in others if entry not in official]
    await refuse_all(duel, duel.cid, NotYourMatch, others)
    await refuse_all(duel, duel.cid, NotAnOfficial, official)
    await refuse_all(duel, duel.ann, NotAnOfficial, official)
    await refuse_all(duel, duel.ann, NotInvited, others[:1])
    await refuse_all(duel, duel.bob, WrongMatchStatus, [*others[1:3], *others[4:6]])
    await refuse_all(duel, duel.bob, MatchNotReady, others[3:4])
    await refuse_all(duel, duel.admin, MatchNotReady, official)
    comment = RecordObservation(match.id, MatchObservation.COMMENT, "soon", NOW)
    await refused(duel.db, WrongMatchStatus, matches.record_observation, duel.ann, comment)

    declined = await run(duel.db, matches.respond_to_match, duel.bob, RespondToMatch(match.id, 1, False, NOW))
    assert (declined.status, declined.version) == (MatchStatus.CANCELLED, 2)
    assert await duel.log(match) == [(1, EntryKind.CREATED), (2, EntryKind.CANCELLED)]
    over = every_change(match, 2)
    await refuse_all(duel, duel.bob, WrongMatchStatus, [*over[:3], over[8]])
    await refuse_all(duel, duel.bob, MatchOver, over[3:6])
    await refuse_all(duel, duel.admin, MatchOver, over[6:8])


async def test_games_are_told_one_after_the_other(duel: Duel) -> None:
    """Who does not tell them again leaves them as they are, as long as they make the scores."""
    match = await duel.ready()
    for scores, impossible in (((1, 0), ((2, 9),)), ((0, 0), ((9, 9),)), ((1, 0), ((9, 2), (9, 2))), ((1, 0), ((9,),))):
        wrong = UpdateScore(match.id, 2, scores, NOW, impossible)
        await refused(duel.db, ImpossibleScore, matches.update_score, duel.ann, wrong)
    told: list[tuple[tuple[int, int], tuple[tuple[int, int], ...], list[list[int]]]] = [
        ((1, 0), ((9, 2),), [[9, 2]]),
        ((1, 0), (), [[9, 2]]),
        ((0, 1), ((2, 9),), [[2, 9]]),
        ((1, 1), (), []),
        ((1, 2), ((9, 2), (2, 9), (1, 9)), [[9, 2], [2, 9], [1, 9]]),
    ]
    for version, (scores, played, shown) in enumerate(told, start=2):
        match = await run(duel.db, matches.update_score, duel.ann, UpdateScore(match.id, version, scores, NOW, played))
        assert (match.first.score, match.second.score, match.games) == (*scores, shown)
    report = await run(duel.db, matches.report_result, duel.bob, ReportResult(match.id, match.version, (1, 2), NOW))
    assert report.report is not None and report.report.games == ((9, 2), (2, 9), (1, 9))
    final = await run(duel.db, matches.confirm_result, duel.ann, ConfirmResult(match.id, report.version, NOW))
    assert final.games == [[9, 2], [2, 9], [1, 9]]


async def test_one_reports_and_the_other_confirms(duel: Duel) -> None:
    match = await duel.ready()
    assert await duel.facts() == ["matches.invited", "matches.ready"]
    for scores in ((1, 1), (2, 2), (3, 0), (-1, 2), (2,), (2, 0, 0), ()):
        impossible = ReportResult(match.id, 2, scores, NOW)
        await refused(duel.db, ImpossibleScore, matches.report_result, duel.ann, impossible)
    for played in (((9, 2),), ((9, 2), (9, 9)), ((9, 2), (2, 9)), ((-1, 2), (9, 2), (9, 2)), ((9, 2), (9,))):
        wrong = ReportResult(match.id, 2, (2, 0), NOW, played)
        await refused(duel.db, ImpossibleScore, matches.report_result, duel.ann, wrong)
    await run(duel.db, matches.start_match, duel.bob, StartMatch(match.id, 2, NOW))
    await refused(duel.db, WrongMatchStatus, matches.start_match, duel.ann, StartMatch(match.id, 3, NOW))
    for running in ((2, 2), (3, 0), (0, -1), (1,)):
        await refused(duel.db, ImpossibleScore, matches.update_score, duel.ann, UpdateScore(match.id, 3, running, NOW))
    await run(duel.db, matches.update_score, duel.ann, UpdateScore(match.id, 3, (1, 0), NOW))
    await refused(duel.db, WrongMatchStatus, matches.confirm_result, duel.bob, ConfirmResult(match.id, 4, NOW))
    report = ReportResult(match.id, 4, (2, 1), NOW, ((9, 2), (1, 9), (9, 8)))
    reported = await run(duel.db, matches.report_result, duel.ann, report)
    assert (reported.status, reported.version) == (MatchStatus.REPORTED, 5)
    assert reported.report == matches.Report(0, (2, 1), ((9, 2), (1, 9), (9, 8)), NOW)
    for scores in ((2, 1), (0, 2)):
        again = ReportResult(match.id, 5, scores, NOW)
        await refused(duel.db, AlreadyReported, matches.report_result, duel.ann, again)
    await refused(duel.db, OwnReport, matches.confirm_result, duel.ann, ConfirmResult(match.id, 5, NOW))
    await refused(duel.db, OwnReport, matches.dispute_result, duel.ann, DisputeResult(match.id, 5, "no", NOW))
    await refused(duel.db, StaleVersion, matches.confirm_result, duel.bob, ConfirmResult(match.id, 4, NOW))
    await refused(duel.db, WrongMatchStatus, matches.cancel_match, duel.bob, CancelMatch(match.id, 5, NOW))

    final = await run(duel.db, matches.confirm_result, duel.bob, ConfirmResult(match.id, 5, NOW))
    assert (final.status, final.winner, final.outcome, final.version) == (MatchStatus.FINISHED, 0, Outcome.PLAYED, 6)
    assert (final.first.score, final.second.score, final.games) == (2, 1, [[9, 2], [1, 9], [9, 8]])
    assert (final.report, final.started_at, final.finished_at) == (None, NOW, NOW)
    assert await duel.log(match) == list(
        enumerate(
            (EntryKind.CREATED, EntryKind.ACCEPTED, EntryKind.STARTED, EntryKind.SCORE, EntryKind.REPORTED,
             EntryKind.CONFIRMED, EntryKind.FINISHED),
            start=1,
        )
    )  # fmt: skip
    assert (await duel.facts())[2:] == ["matches.reported", "matches.finished"]
    over = every_change(match, 6)
    await refuse_all(duel, duel.bob, WrongMatchStatus, [*over[:3], over[8]])
    await refuse_all(duel, duel.bob, MatchOver, over[3:6])
    await refuse_all(duel, duel.admin, MatchOver, over[7:8])


async def test_an_equal_second_report_confirms(duel: Duel) -> None:
    match = await duel.reported()
    final = await run(duel.db, matches.report_result, duel.bob, ReportResult(match.id, 3, (2, 1), NOW))
    assert (final.status, final.winner) == (MatchStatus.FINISHED, 0)
    assert await duel.facts() == ["matches.invited", "matches.ready", "matches.reported", "matches.finished"]


async def test_two_who_disagree_may_call_a_match_off(duel: Duel) -> None:
    """Outside of an event nobody decides a dispute, so it must not stay open for ever."""
    match = await duel.ready()
    await run(duel.db, matches.report_result, duel.ann, ReportResult(match.id, 2, (2, 0), NOW))
    await run(duel.db, matches.dispute_result, duel.bob, DisputeResult(match.id, 3, "I won", NOW))
    called_off = await run(duel.db, matches.cancel_match, duel.ann, CancelMatch(match.id, 4, NOW))
    assert (called_off.status, called_off.report, called_off.dispute_reason) == (MatchStatus.CANCELLED, None, None)


async def test_a_different_second_report_is_a_dispute_that_an_official_decides(duel: Duel) -> None:
    match = await duel.reported()
    disputed = await run(duel.db, matches.report_result, duel.bob, ReportResult(match.id, 3, (0, 2), NOW))
    assert (disputed.status, disputed.dispute_reason) == (MatchStatus.DISPUTED, "The other side reported 0:2.")
    assert disputed.report == matches.Report(0, (2, 1), (), NOW)
    for actor in (duel.ann, duel.bob):
        waiting = every_change(match, 4)
        await refuse_all(duel, actor, WrongMatchStatus, waiting[:6])
    await refused(duel.db, NotAnOfficial, matches.decide_result, duel.bob, DecideResult(match.id, 4, (0, 2), NOW))
    tie = DecideResult(match.id, 4, (1, 1), NOW)
    await refused(duel.db, ImpossibleScore, matches.decide_result, duel.admin, tie)
    command = DecideResult(match.id, 4, (0, 2), NOW, reason="video")
    final = await run(duel.db, matches.decide_result, duel.admin, command)
    assert (final.status, final.winner, final.dispute_reason) == (MatchStatus.FINISHED, 1, None)
    assert [kind for _, kind in (await duel.log(match))[2:]] == [
        EntryKind.REPORTED,
        EntryKind.DISPUTED,
        EntryKind.DECIDED,
        EntryKind.FINISHED,
    ]
    assert (await duel.facts())[3:] == ["matches.disputed", "matches.finished"]

    again = DecideResult(match.id, 5, (2, 0), NOW, reason="other video")
    over = await refused(duel.db, MatchOver, matches.decide_result, duel.admin, again)
    assert "`correctMatch`" in over.message


async def test_a_dispute_needs_a_reason(duel: Duel) -> None:
    match = await duel.reported()
    for reason in ("", " \n", "x" * 501, "a\x00b"):
        command = DisputeResult(match.id, 3, reason, NOW)
        caught = await refused(duel.db, InvalidInput, matches.dispute_result, duel.bob, command)
        assert caught.path == ("reason",)
    command = DisputeResult(match.id, 3, " It was 1:2. ", NOW)
    disputed = await run(duel.db, matches.dispute_result, duel.bob, command)
    assert (disputed.status, disputed.dispute_reason) == (MatchStatus.DISPUTED, "It was 1:2.")


async def test_observations_join_the_log_without_a_new_version(duel: Duel) -> None:
    match = await duel.ready()
    said = RecordObservation(match.id, MatchObservation.COMMENT, "good break", NOW)
    await refused(duel.db, NotYourMatch, matches.record_observation, duel.cid, said)
    for wrong in (replace(said, message=" "), replace(said, message="x" * 501)):
        await refused(duel.db, InvalidInput, matches.record_observation, duel.ann, wrong)
    for kind in MatchObservation:
        noted = await run(duel.db, matches.record_observation, duel.ann, replace(said, kind=kind))
    assert (noted.version, noted.log_length) == (2, 7)
    assert (await duel.log(match))[2:] == list(enumerate(map(EntryKind, MatchObservation), start=3))


async def test_nobody_acts_for_both_sides(duel: Duel) -> None:
    reds, blues = await make_team(duel.db, duel.ann, "reds"), await make_team(duel.db, duel.ann, "blues")
    await add_members(duel.db, reds.id, duel.bob)
    command = replace(CHALLENGE, opponent=None, team_id=reds.id, opponent_team_id=blues.id)
    match = await run(duel.db, matches.create_match, duel.ann, command)
    requests = every_change(match, 1)
    await refuse_all(duel, duel.ann, BothSides, [*requests[:6], requests[8]])
    await refuse_all(duel, duel.bob, NotYourMatch, [*requests[:6], requests[8]])
    called_off = await run(duel.db, matches.cancel_match, duel.admin, CancelMatch(match.id, 1, NOW))
    assert called_off.status is MatchStatus.CANCELLED


async def test_my_matches(duel: Duel) -> None:
    reds, blues = await make_team(duel.db, duel.ann, "reds"), await make_team(duel.db, duel.bob, "blues")
    first, second = await duel.ready(), await duel.invited()
    command = replace(CHALLENGE, opponent=None, team_id=blues.id, opponent_team_id=reds.id)
    third = await run(duel.db, matches.create_match, duel.bob, command)
    keys = [duel.ann.require_user(), reds.id]
    async with duel.db.read() as session:
        found = await matches.matches_of(session, keys, (), PageRequest(size=2))
        rest = await matches.matches_of(session, keys, (), PageRequest(size=2, after=found.rows[-1][1]))
        ready = await matches.matches_of(session, keys, (MatchStatus.READY,), PageRequest())
        other = await matches.matches_of(session, [duel.cid.require_user()], (), PageRequest())
        log = (await matches.log_pages(session, [(first.id, PageRequest(size=1))]))[first.id, PageRequest(size=1)]
    assert [row.id for row, _ in found.rows] == [third.id, second.id]
    assert ([row.id for row, _ in rest.rows], found.has_next, rest.has_next) == ([first.id], True, False)
    assert ([row.id for row, _ in ready.rows], other.rows) == ([first.id], [])
    assert ([row.sequence for row, _ in log.rows], log.has_next) == ([1], True)


async def test_a_state_travels_as_json_and_comes_back_equal(duel: Duel) -> None:
    state = (await duel.reported()).state
    assert msgspec.convert(msgspec.to_builtins(state), MatchState) == state
    async with duel.db.read() as session:
        assert (await matches.states_by_id(session, [state.id]))[state.id] == state
