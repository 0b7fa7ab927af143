"""Events with a ladder: challenges, what they do to the order, what happens by itself, and the end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest_asyncio

from domain import matches, notifications, tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput, StaleVersion
from domain.kernel.participant import ParticipantKind
from domain.matches import (
    DecideResult,
    DisputeResult,
    MatchReady,
    MatchStatus,
    Outcome,
    ReportResult,
    StartMatch,
)
from domain.tournaments import (
    ChallengeCalledOff,
    ChallengeDue,
    CheckIn,
    EntrantStatus,
    FinishStage,
    FinishTournament,
    LadderDropDue,
    RegisterEntrant,
    SetRegistration,
    StageSource,
    StageStatus,
    Structure,
    TournamentStatus,
    WithdrawEntrant,
)
from domain.tournaments.commands.challenges import ChallengeOnLadder, WithdrawChallenge
from domain.tournaments.errors import (
    ChallengeBegun,
    ChallengeIsOpen,
    LadderClosed,
    LadderRuns,
    NotAChallenge,
    NotALadder,
    NotAnOrganizer,
    NotEntered,
    NotOnLadder,
    OutOfReach,
    RegistrationClosed,
    RematchTooSoon,
    StageInUse,
    TournamentFull,
    WrongTournamentStatus,
)
from tests.factories.games import make_catalogue
from tests.factories.ladders import DAY, Hall, due_facts, ladder, make_ladder
from tests.factories.notifications import react, told
from tests.factories.stages import knockout, names_in, round_robin, stages
from tests.factories.teams import NOW, add_members, make_people, make_team, run
from tests.factories.tournaments import (
    correction,
    enter,
    entrants,
    places,
    play_on,
    published,
    row_of,
    start,
    started,
    states,
    statuses,
)
from tests.fixtures.brackets import assert_gapless
from tests.fixtures.rows import every_row, refused


@pytest_asyncio.fixture
async def world(db: Database) -> AsyncIterator[tuple[Database, Actor]]:
    """A database with games, and an organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    yield db, organizer


async def refuses(hall: Hall, error: type[Any], challenger: int, challenged: int, now: Any = NOW) -> Any:
    """The refusal of a challenge, by which nothing has changed."""
    command = ChallengeOnLadder((await hall.entrant(challenged)).id, now)
    return await refused(hall.db, error, tournaments.challenges.challenge_on_ladder, hall.player(challenger), command)


async def test_a_ladder_begins_with_the_seeds_and_without_matches(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 5)
    assert await hall.order() == [1, 2, 3, 4, 5]
    assert await hall.states() == []
    assert (await row_of(db, hall.event.id)).status is TournamentStatus.RUNNING
    assert [stage.status for stage in await stages(db, hall.event.id)] == [StageStatus.RUNNING]
    async with db.snapshot() as session:
        view = (await tournaments.bracket_views(session, [hall.event.id]))[hall.event.id]
    assert (view.matches, [stage.graph.entrants for stage in view.index.stages.values()]) == ([], [5])


async def test_who_wins_takes_the_place(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 6)
    match = await hall.challenge(5, 3)
    state = await hall.state(match.id)
    assert (state.status, [slot.seed for slot in state.slots]) == (MatchStatus.READY, [5, 3])
    other = await hall.challenge(2, 1)
    assert await hall.order() == [1, 2, 3, 4, 5, 6]
    await hall.play(match, 0)
    assert await hall.order() == [1, 2, 5, 3, 4, 6]
    await hall.play(other, 1)
    assert await hall.order() == [1, 2, 5, 3, 4, 6]
    await hall.fought(4, 2)
    assert await hall.order() == [1, 4, 2, 5, 3, 6]
    view = await hall.view()
    assert [(move.number, move.entrant, move.before, move.after) for move in view.standing(NOW).moves] == [
        (1, 5, 5, 3),
        (3, 4, 5, 2),
    ]
    assert (await row_of(db, hall.event.id)).status is TournamentStatus.RUNNING
    await assert_gapless(db, hall.event.id)


async def test_who_may_not_be_challenged(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 8, rematch_days=2)
    for challenger, challenged in ((8, 4), (4, 5), (4, 4)):
        assert (await refuses(hall, OutOfReach, challenger, challenged)).message == (
            "Challenge somebody who stands 1 to 3 rungs above you."
        )
    (stranger,) = await make_people(db, "stranger")
    command = ChallengeOnLadder((await hall.entrant(1)).id, NOW)
    await refused(db, NotOnLadder, tournaments.challenges.challenge_on_ladder, stranger, command)
    await refused(db, NotOnLadder, tournaments.challenges.challenge_on_ladder, organizer, command)
    match = await hall.challenge(5, 3)
    await refuses(hall, ChallengeIsOpen, 5, 4)
    await refuses(hall, ChallengeIsOpen, 4, 3)
    await refuses(hall, ChallengeIsOpen, 5, 3)
    # Who has challenged may be challenged, and who was challenged may challenge.
    await hall.challenge(6, 5)
    await hall.challenge(3, 1)
    await hall.play(match, 1)
    error = await refuses(hall, RematchTooSoon, 5, 3)
    assert (error.until, error.message) == (
        NOW + 2 * DAY,
        "You have just met; challenge them again after 2026-05-03 18:00 UTC.",
    )
    await refuses(hall, RematchTooSoon, 5, 3, NOW + 2 * DAY - timedelta(seconds=1))
    await hall.challenge(5, 3, NOW + 2 * DAY)


async def test_two_who_have_an_open_match_do_not_get_another(world: tuple[Database, Actor]) -> None:
    """1 has been challenged by 2 and drops below them while that is open, because 2 has played and 1 has not."""
    db, organizer = world
    hall = await make_ladder(db, organizer, 4, idle_days=2)
    await hall.challenge(2, 1)
    await hall.fought(3, 2, NOW + DAY, winner=1)
    assert await hall.order(NOW + 2 * DAY) == [2, 1, 3, 4]
    assert "open match with them" in (await refuses(hall, ChallengeIsOpen, 1, 2, NOW + 2 * DAY)).message


async def test_a_challenge_needs_an_event_and_a_ladder_that_run(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 4)
    league, players = await started(db, organizer, 4, "league", structure=None, stages=[round_robin()])
    opponent = (await entrants(db, league.id))[0]
    player = list(players.values())[1]
    await refused(
        db, LadderClosed, tournaments.challenges.challenge_on_ladder, player, ChallengeOnLadder(opponent.id, NOW)
    )
    begun = await hall.challenge(2, 1)
    await run(db, matches.start_match, hall.player(2), StartMatch(begun.id, begun.version, NOW))
    await hall.finish()
    await refuses(hall, LadderClosed, 4, 3)
    await hall.play(begun, 0)
    await refuses(hall, WrongTournamentStatus, 4, 3)


async def test_sixteen_challenge_the_same_player_at_once_and_one_does(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 17, capacity=17, reach=16)
    opponent = (await hall.entrant(1)).id

    async def outcome(player: Actor) -> str:
        try:
            await run(db, tournaments.challenges.challenge_on_ladder, player, ChallengeOnLadder(opponent, NOW))
        except ChallengeIsOpen as refusal:
            return refusal.code
        return ""

    found = await asyncio.gather(*(outcome(hall.player(number)) for number in range(2, 18)))
    assert Counter(found) == {"": 1, "CHALLENGE_IS_OPEN": 15}
    assert len(await hall.states()) == 1
    await assert_gapless(db, hall.event.id)


async def test_a_challenge_is_taken_back_before_it_has_begun(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 5)
    match = await hall.challenge(5, 3)
    command = WithdrawChallenge(match.id, 1, NOW)
    for other in (hall.player(3), hall.player(4)):
        await refused(db, NotOnLadder, tournaments.challenges.withdraw_challenge, other, command)
    stale = WithdrawChallenge(match.id, 2, NOW)
    await refused(db, StaleVersion, tournaments.challenges.withdraw_challenge, hall.player(5), stale)
    taken = await run(db, tournaments.challenges.withdraw_challenge, hall.player(5), command)
    assert (taken.status, await hall.order()) == (MatchStatus.CANCELLED, [1, 2, 3, 4, 5])
    await refused(
        db,
        ChallengeBegun,
        tournaments.challenges.withdraw_challenge,
        hall.player(5),
        WithdrawChallenge(match.id, 2, NOW),
    )
    await react(db, ChallengeCalledOff, notifications.on_challenge_called_off)
    for number, opponent in ((3, 5), (5, 3)):
        assert await told(db, hall.player(number).require_user()) == [
            f"Spring Cup: Your match against Spring-Cup-{opponent} will not be played. The challenge was taken back."
        ]
    # Nobody is told again and again that they are challenged.
    await refuses(hall, RematchTooSoon, 5, 3)
    begun = await hall.challenge(5, 4)
    live = await run(db, matches.start_match, hall.player(5), StartMatch(begun.id, begun.version, NOW))
    again = WithdrawChallenge(begun.id, live.version, NOW)
    await refused(db, ChallengeBegun, tournaments.challenges.withdraw_challenge, hall.player(5), again)
    by_organizer = await hall.challenge(3, 2)
    await run(db, tournaments.challenges.withdraw_challenge, organizer, WithdrawChallenge(by_organizer.id, 1, NOW))
    duels, _ = await started(db, organizer, 2, "duel", structure=Structure.SINGLE_ELIMINATION)
    (duel,) = await states(db, duels.id)
    await refused(
        db, NotAChallenge, tournaments.challenges.withdraw_challenge, organizer, WithdrawChallenge(duel.id, 1, NOW)
    )


async def test_who_does_not_play_in_time_loses_and_is_told_before(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 4, answer_days=3)
    waiting, begun = await hall.challenge(4, 2), await hall.challenge(3, 1)
    live = await run(db, matches.start_match, hall.player(1), StartMatch(begun.id, begun.version, NOW))
    await react(db, MatchReady, notifications.on_match_ready)
    assert await told(db, hall.player(2).require_user()) == [
        "Spring Cup: Spring-Cup-4 challenges you. Play until 2026-05-04 18:00 UTC, or lose without play."
    ]
    assert await told(db, hall.player(4).require_user()) == [
        "Spring Cup: Your match against Spring-Cup-2 is ready to be played."
    ]
    assert await due_facts(db, ChallengeDue, NOW + 3 * DAY - timedelta(seconds=1)) == []
    due = await due_facts(db, ChallengeDue, NOW + 3 * DAY)
    assert [fact.match_id for fact in due] == [waiting.id, begun.id]

    async def expire(fact: ChallengeDue) -> None:
        await db.transaction(lambda session: tournaments.challenges.expire_challenge(session, fact))

    # The worker is late; that they did not come counts from when the time was over.
    await expire(due[0])
    state = await hall.state(waiting.id)
    assert (state.outcome, state.winner, state.finished_at) == (Outcome.WALKOVER, 0, NOW + 3 * DAY)
    assert await hall.order() == [1, 4, 2, 3]
    # What has begun, or is over, is nobody's business any more.
    rows = await every_row(db)
    for fact in due:
        await expire(fact)
    assert await every_row(db) == rows
    await hall.play(live, 1)
    await expire(due[1])
    assert (await hall.state(begun.id)).outcome is Outcome.PLAYED


async def test_a_correction_moves_whom_it_concerns_and_correcting_back_restores_the_order(
    world: tuple[Database, Actor],
) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 6)
    first = await hall.fought(4, 2)
    await hall.fought(6, 3, NOW + timedelta(hours=1))
    before = await hall.order()
    assert before == [1, 4, 2, 6, 3, 5]
    names = {entrant.id: number for number, entrant in enumerate(await entrants(db, hall.event.id), 1)}
    rows = await every_row(db)
    dry = await hall.correct(first.id, 1, dry_run=True)
    assert await every_row(db) == rows
    told_before = [(names[change.entrant_id], change.before, change.after) for change in dry.rungs]
    assert told_before == [(2, 3, 2), (6, 4, 3), (3, 5, 4), (4, 2, 5)]
    assert dry.effects == []
    await hall.correct(first.id, 1)
    assert await hall.order() == [1, 2, 6, 3, 4, 5]
    back = await hall.correct(first.id, 0)
    assert await hall.order() == before
    assert [(names[change.entrant_id], change.before, change.after) for change in back.rungs] == [
        (4, 5, 2),
        (2, 2, 3),
        (6, 3, 4),
        (3, 4, 5),
    ]
    # A double walkover moves nobody.
    await hall.correct(first.id, None)
    assert await hall.order() == [1, 2, 6, 3, 4, 5]
    assert (await row_of(db, hall.event.id)).status is TournamentStatus.RUNNING


async def test_who_leaves_is_taken_off_and_nobody_else_loses_a_place(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 6, has_late_entry=True)
    await hall.fought(4, 2)
    open_as_challenger = await hall.challenge(4, 1)
    open_as_challenged = await hall.challenge(2, 4, NOW + DAY)
    leaving = (await hall.entrant(4)).id
    await run(db, tournaments.withdraw_entrant, hall.player(4), WithdrawEntrant(leaving, NOW + DAY))
    assert await hall.order(NOW + DAY) == [1, 2, 3, 5, 6]
    for match, winner in ((open_as_challenger, 1), (open_as_challenged, 0)):
        state = await hall.state(match.id)
        assert (state.outcome, state.winner) == (Outcome.WALKOVER, winner)
    await refuses(hall, OutOfReach, 5, 4, NOW + DAY)
    await refuses(hall, NotOnLadder, 4, 1, NOW + 2 * DAY)
    # Who has left does not come back, not even where others may still enter.
    await refused(db, NotEntered, tournaments.register_entrant, hall.player(4), RegisterEntrant(hall.event.id, NOW))


async def test_who_enters_later_begins_at_the_bottom(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 4, capacity=5, has_late_entry=True)
    late, later = await make_people(db, "late", "later")
    await run(db, tournaments.register_entrant, late, RegisterEntrant(hall.event.id, NOW + DAY))
    assert await hall.order(NOW + DAY) == [1, 2, 3, 4, 5]
    assert (await statuses(db, hall.event.id))[-1] is EntrantStatus.PLAYING
    enter = RegisterEntrant(hall.event.id, NOW + DAY, waitlist=True)
    await refused(db, TournamentFull, tournaments.register_entrant, later, enter)
    opponent = (await hall.entrant(2)).id
    await run(db, tournaments.challenges.challenge_on_ladder, late, ChallengeOnLadder(opponent, NOW + DAY))
    async with db.snapshot() as session:
        view = (await tournaments.bracket_views(session, [hall.event.id]))[hall.event.id]
    assert [stage.graph.entrants for stage in view.index.stages.values()] == [5]


async def test_who_was_absent_at_the_start_may_still_come(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    opens_at = NOW - timedelta(hours=1)
    event = await published(
        db, organizer, structure=None, stages=[ladder(has_late_entry=True)], check_in_opens_at=opens_at
    )
    players = await make_people(db, "ann", "bob", "cid")
    for player, entrant in zip(players, await enter(db, event.id, *players), strict=True):
        if player is not players[1]:
            await run(db, tournaments.check_in, player, CheckIn(entrant.id, NOW))
    hall = Hall(db, organizer, event, {player.require_user(): player for player in players})
    await start(db, organizer, event.id)
    assert (await statuses(db, event.id), await hall.order()) == (
        [EntrantStatus.PLAYING, EntrantStatus.ABSENT, EntrantStatus.PLAYING],
        [1, 3],
    )
    await run(db, tournaments.register_entrant, players[1], RegisterEntrant(event.id, NOW))
    # Whoever registers again gets another number, the last one.
    assert [row.name for row in await entrants(db, event.id)] == ["Ann", "Cid", "Bob"]
    assert await hall.order() == [1, 2, 3]


async def test_nobody_enters_a_ladder_that_is_closed_to_them(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    (late,) = await make_people(db, "late")
    fixed = await make_ladder(db, organizer, 2, slug="fixed")
    await refused(db, WrongTournamentStatus, tournaments.register_entrant, late, RegisterEntrant(fixed.event.id, NOW))
    hall = await make_ladder(db, organizer, 2, has_late_entry=True)
    stop = SetRegistration(hall.event.id, is_open=False)
    enter = RegisterEntrant(hall.event.id, NOW)
    await run(db, tournaments.set_registration, organizer, stop)
    wrong = replace(stop, tournament_id=fixed.event.id)
    await refused(db, WrongTournamentStatus, tournaments.set_registration, organizer, wrong)
    await refused(db, RegistrationClosed, tournaments.register_entrant, late, enter)


async def test_the_order_of_a_ladder_that_was_ended_are_the_places(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 6)
    await hall.fought(4, 2)
    leaving = (await hall.entrant(3)).id
    await run(db, tournaments.withdraw_entrant, hall.player(3), WithdrawEntrant(leaving, NOW))
    waiting, begun = await hall.challenge(6, 5), await hall.challenge(2, 4, NOW + DAY)
    live = await run(db, matches.start_match, hall.player(2), StartMatch(begun.id, begun.version, NOW))
    finish = FinishStage(hall.event.id, 1, NOW + DAY)
    await refused(db, NotAnOrganizer, tournaments.finish_stage, hall.player(1), finish)
    await run(db, tournaments.finish_stage, organizer, finish)
    assert (await hall.state(waiting.id)).status is MatchStatus.CANCELLED
    assert (await row_of(db, hall.event.id)).status is TournamentStatus.RUNNING
    rows = await every_row(db)
    await run(db, tournaments.finish_stage, organizer, finish)
    assert await every_row(db) == rows
    await hall.play(live, 0)
    assert (await row_of(db, hall.event.id)).status is TournamentStatus.FINISHED
    assert await places(db, hall.event.id) == {1: (1, 1), 2: (2, 2), 4: (3, 3), 5: (4, 4), 6: (5, 5), 3: (6, 6)}
    # A correction after the end changes the places, and back.
    await hall.correct(begun.id, 1)
    assert (await places(db, hall.event.id))[4] == (2, 2)
    await hall.correct(begun.id, 0)
    assert (await places(db, hall.event.id))[4] == (3, 3)
    await assert_gapless(db, hall.event.id)


async def test_a_ladder_without_a_match_ends_as_it_began(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 3)
    await refused(db, LadderRuns, tournaments.finish_tournament, organizer, FinishTournament(hall.event.id))
    await hall.finish(now=NOW + DAY)
    row = await row_of(db, hall.event.id)
    assert (row.status, row.finished_at) == (TournamentStatus.FINISHED, NOW + DAY)
    assert await places(db, hall.event.id) == {1: (1, 1), 2: (2, 2), 3: (3, 3)}


async def test_the_best_of_a_ladder_go_on_and_a_ladder_follows_on_groups(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    plans = [round_robin(), ladder(StageSource(1, 1, 3)), knockout(StageSource(2, 1, 2))]
    event, players = await started(db, organizer, 4, structure=None, stages=plans)
    hall = Hall(db, organizer, event, players)
    finish = FinishStage(event.id, 2, NOW)
    await refused(db, LadderClosed, tournaments.finish_stage, organizer, finish)
    caught = await refused(db, NotALadder, tournaments.finish_stage, organizer, FinishStage(event.id, 1, NOW))
    assert caught.code == "NOT_A_LADDER"
    await refused(db, InvalidInput, tournaments.finish_stage, organizer, FinishStage(event.id, 4, NOW))
    await play_on(db, event.id, players)
    assert await names_in(db, event.id, 2) == ["Spring-Cup-1", "Spring-Cup-2", "Spring-Cup-3"]
    decisive = await hall.fought(3, 1)
    await hall.finish(2)
    assert await names_in(db, event.id, 3) == ["Spring-Cup-3", "Spring-Cup-1"]
    await refused(db, StageInUse, tournaments.correct_match, organizer, correction(await hall.state(decisive.id), 1))
    await play_on(db, event.id, players)
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED


async def test_viewers_are_told_when_somebody_may_have_dropped(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 3, idle_days=7)
    await hall.fought(3, 2, winner=1)

    async def tell(event: LadderDropDue, now: Any) -> int:
        before = (await row_of(db, hall.event.id)).change_count
        await db.transaction(lambda session: tournaments.tell_of_drops(session, event, now))
        return (await row_of(db, hall.event.id)).change_count - before

    assert await due_facts(db, LadderDropDue, NOW + 7 * DAY - timedelta(seconds=1)) == []
    (due,) = await due_facts(db, LadderDropDue, NOW + 7 * DAY)
    assert await hall.order(NOW + 6 * DAY) == [1, 2, 3]
    assert await tell(due, NOW + 7 * DAY) == 1
    # It comes again a week later, also when a worker was late.
    *_, again = await due_facts(db, LadderDropDue, NOW + 14 * DAY)
    assert again == due
    assert await tell(again, NOW + 16 * DAY) == 1
    await hall.finish(now=NOW + 17 * DAY)
    assert len(await due_facts(db, LadderDropDue, NOW + 30 * DAY)) == 3
    assert await tell(again, NOW + 30 * DAY) == 0
    assert await due_facts(db, LadderDropDue, NOW + 300 * DAY) == [due] * 3


async def test_what_two_disagree_about_moves_whom_a_referee_says(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    hall = await make_ladder(db, organizer, 4)
    match = await hall.challenge(3, 1)
    report = ReportResult(match.id, match.version, (1, 0), NOW)
    reported = await run(db, matches.report_result, hall.player(3), report)
    dispute = DisputeResult(match.id, reported.version, "I won.", NOW)
    disputed = await run(db, matches.dispute_result, hall.player(1), dispute)
    # It has begun, so the time to answer is over for nobody, and nobody takes it back.
    due = ChallengeDue(tournament_id=hall.event.id, match_id=match.id, at=NOW + 7 * DAY)
    await db.transaction(lambda session: tournaments.challenges.expire_challenge(session, due))
    back = WithdrawChallenge(match.id, disputed.version, NOW)
    await refused(db, ChallengeBegun, tournaments.challenges.withdraw_challenge, hall.player(3), back)
    assert await hall.order() == [1, 2, 3, 4]
    await run(db, matches.decide_result, organizer, DecideResult(match.id, disputed.version, (1, 0), NOW))
    assert await hall.order() == [3, 1, 2, 4]


async def test_any_player_of_a_team_challenges_for_it(world: tuple[Database, Actor]) -> None:
    db, organizer = world
    teams_of = {"game": "rocket-league-2v2", "entrant_kind": ParticipantKind.TEAM}
    event = await published(db, organizer, structure=None, stages=[ladder()], **teams_of)
    people = await make_people(db, "ann", "bob", "cid", "dan")
    players = {}
    for captain, member, slug in ((people[0], people[1], "reds"), (people[2], people[3], "blues")):
        team = await make_team(db, captain, slug)
        await add_members(db, team.id, member)
        await run(db, tournaments.register_entrant, captain, RegisterEntrant(event.id, NOW, team_id=team.id))
        players[team.id] = captain
    await start(db, organizer, event.id)
    reds, _ = await entrants(db, event.id)
    match = await run(db, tournaments.challenges.challenge_on_ladder, people[3], ChallengeOnLadder(reds.id, NOW))
    assert [slot.name for slot in match.slots] == ["Blues", "Reds"]
    await run(db, tournaments.challenges.withdraw_challenge, people[2], WithdrawChallenge(match.id, match.version, NOW))
