"""Corrections in a tournament: what they do to later matches, to ratings, and what is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import pytest_asyncio
from sqlalchemy import select

from domain import matches, tournaments
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import InvalidInput, StaleVersion, Unauthenticated
from domain.matches import (
    DecideResult,
    MatchStatus,
    NotAnOfficial,
    Outcome,
    Verdict,
)
from domain.matches.errors import ImpossibleScore, MatchNotReady, WrongMatchStatus
from domain.tournaments import (
    CancelTournament,
    Effect,
    ResultInUse,
    Structure,
    TournamentStatus,
)
from domain.tournaments.errors import WrongTournamentStatus
from domain.tournaments.models import SetAside
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, make_admin, make_people, run
from tests.factories.tournaments import correction, entrants, places, row_of, seeds
from tests.fixtures.brackets import assert_explained, assert_gapless
from tests.fixtures.events import begin, effects
from tests.fixtures.rows import every_row, refused

SINGLE: dict[str, Any] = {"structure": Structure.SINGLE_ELIMINATION}


@pytest_asyncio.fixture
async def world(db: Database) -> AsyncIterator[tuple[Database, Actor]]:
    """A database with games, and an organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    yield db, organizer


async def test_a_dry_run_changes_nothing_and_says_what_then_happens(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 8)
    await event.play_on(lambda: event.random.choice([0, 1]), count=9)
    kinds: Counter[str] = Counter()
    for _ in range(12):
        finished = [key for key, state in (await event.all()).items() if state.outcome is Outcome.PLAYED]
        key, winner = event.random.choice(finished), event.random.choice([0, 1, None])
        rows = await every_row(event.db)
        dry = await event.correct(key, winner, dry_run=True)
        assert await every_row(event.db) == rows
        before = await event.all()
        told = await event.correct(key, winner, force=True)
        after = await event.all()
        assert told.match_effects == dry.match_effects
        by_seed = {row.seed: row.id for row in await entrants(event.db, event.tournament.id)}
        for effect in told.match_effects:
            kinds[effect.effect] += 1
            was, now = before[effect.key], after[effect.key]
            assert (effect.match_id, effect.is_play_set_aside) == (
                now.id,
                was != now
                and was.status not in (MatchStatus.READY, MatchStatus.PENDING, MatchStatus.NOT_NEEDED)
                and not any(slot.is_empty for slot in was.slots),
            )
            assert effect.before == tuple(by_seed[seed] for seed in seeds(was) if seed)
            assert effect.after == tuple(by_seed[seed] for seed in seeds(now) if seed)
            assert (effect.effect is Effect.STAY) == (was == now)
            if effect.effect is Effect.RESEAT:
                assert was.status not in matches.OPEN - {MatchStatus.READY}
        touched = {key, *(one.key for one in told.match_effects)}
        assert {key for key in after if before[key] != after[key]} <= touched
        await event.play_on(lambda: event.random.choice([0, 1]), count=2)
    assert set(kinds) == set(Effect)


async def test_a_match_that_is_reset_begins_anew_and_comes_back_as_it_was(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 4, **SINGLE)
    for key in ("U1.1", "U1.2"):
        await event.win(key, 0)
    final = await event.at("U2.1")
    player = event.players[cast("UUID", final.slots[0].participant_id)]
    live = matches.UpdateScore(final.id, final.version, (1, 0), event.tick())
    await run(event.db, matches.update_score, player, live)
    reported = matches.ReportResult(final.id, final.version + 1, (2, 1), event.tick(), games=((9, 1), (2, 9), (9, 8)))
    await run(event.db, matches.report_result, player, reported)
    before = await event.at("U2.1")
    assert effects(await event.correct("U1.1", 1, force=True)) == {"U2.1": "RESET"}
    anew = await event.at("U2.1")
    assert anew == replace(
        final,
        version=before.version + 1,
        slots=(replace((await event.at("U1.1")).slots[1], score=None), final.slots[1]),
    )
    assert (await event.correct("U1.1", 0)).match_effects[0].effect is Effect.REPLAY
    assert await event.at("U2.1") == replace(before, version=anew.version + 1)
    async with event.db.read() as session:
        assert list(await session.scalars(select(SetAside.state))) == []
        log = [(entry.kind.value, entry.message) for entry in await matches.log_after(session, final.id, 5, 100)]
    assert log == [
        ("RESET", "seen on video"),
        ("SEATED", "Spring-Cup-4"),
        ("SEATED", "Spring-Cup-1"),
        ("RESTORED", None),
    ]
    opponent = event.players[cast("UUID", final.slots[1].participant_id)]
    confirm = matches.ConfirmResult(final.id, anew.version + 1, event.tick())
    await run(event.db, matches.confirm_result, opponent, confirm)
    assert (await row_of(event.db, event.tournament.id)).status is TournamentStatus.FINISHED


async def test_a_result_holds_again_when_play_brings_the_same_two_together(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 8, **SINGLE)
    for key in ("U1.1", "U1.2", "U1.3", "U1.4", "U2.1", "U2.2", "U3.1"):
        await event.win(key, 0)
    before = await event.at("U3.1")
    final_places = await places(event.db, event.tournament.id)
    assert effects(await event.correct("U1.2", 1, force=True)) == {"U2.1": "RESET", "U3.1": "RESET"}
    assert (await row_of(event.db, event.tournament.id)).status is TournamentStatus.RUNNING
    await event.win("U2.1", 0)  # 1 beats 5 instead of 4, and then had beaten 2
    after = await event.at("U3.1")
    assert after == replace(before, version=before.version + 2)
    assert (await row_of(event.db, event.tournament.id)).status is TournamentStatus.FINISHED
    assert await places(event.db, event.tournament.id) == {**final_places, 4: (5, 8), 5: (3, 4)}
    await assert_explained(event.db, event.tournament.id)
    await assert_gapless(event.db, event.tournament.id)


async def test_a_double_no_show_that_decided_a_later_match_can_be_put_right(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 4, **SINGLE)
    await event.decide(await event.at("U1.1"), None)
    await event.win("U1.2", 0)
    assert (await row_of(event.db, event.tournament.id)).status is TournamentStatus.FINISHED
    found = await event.correct("U1.1", 0)
    assert effects(found) == {"U2.1": "RESEAT"}
    final = await event.at("U2.1")
    assert (final.status, seeds(final), final.outcome, final.finished_at) == (MatchStatus.READY, [1, 2], None, None)
    assert (await row_of(event.db, event.tournament.id)).status is TournamentStatus.RUNNING


async def test_nobody_goes_on_after_all_and_a_walkover_becomes_a_result(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 4, **SINGLE)
    await event.win("U1.1", 0)
    await event.win("U1.2", 0)
    await event.correct("U1.1", None)
    final = await event.at("U2.1")
    assert (final.outcome, seeds(final), final.winner) == (Outcome.WALKOVER, [0, 2], 1)
    state = await event.at("U1.1")
    assert (state.outcome, state.winner, [slot.score for slot in state.slots]) == (Outcome.WALKOVER, None, [None] * 2)
    await event.correct("U1.1", None, verdict=Verdict(outcome=Outcome.DISQUALIFICATION, winner=1))
    state = await event.at("U1.1")
    assert (state.outcome, state.winner, seeds(await event.at("U2.1"))) == (Outcome.DISQUALIFICATION, 1, [4, 2])
    await event.correct("U1.1", None, verdict=Verdict(scores=(2, 1), games=((9, 0), (0, 9), (9, 7))))
    state = await event.at("U1.1")
    assert (state.outcome, state.winner, state.games) == (Outcome.PLAYED, 0, ((9, 0), (0, 9), (9, 7)))
    assert seeds(await event.at("U2.1")) == [1, 2]


async def test_the_reset_of_a_grand_final(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 4)
    for key in ("U1.1", "U1.2", "U2.1", "L1.1", "L2.1"):
        await event.win(key, 0)
    await event.win("F1.1", 1)
    await event.win("F2.1", 0)
    before = await event.state()
    in_use = correction(await event.at("F1.1"), 0)
    refusal = await refused(event.db, ResultInUse, tournaments.correct_match, event.organizer, in_use)
    assert [(one.key, one.effect, one.is_play_set_aside) for one in refusal.effects] == [("F2.1", Effect.RESET, True)]
    assert effects(await event.correct("F1.1", 0, force=True)) == {"F2.1": "RESET"}
    reset = await event.at("F2.1")
    assert (reset.status, seeds(reset), reset.winner) == (MatchStatus.NOT_NEEDED, [None, None], None)
    assert (await row_of(event.db, event.tournament.id)).status is TournamentStatus.FINISHED
    assert effects(await event.correct("F1.1", 1)) == {"F2.1": "REPLAY"}
    assert await event.state() == before


async def test_who_may_not_correct_and_what_cannot_be_corrected(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 8, **SINGLE)
    db, correct = event.db, tournaments.correct_match
    await event.win("U1.1", 0)
    await event.decide(await event.at("U1.3"), None)
    await event.win("U1.4", 0)
    good = correction(await event.at("U1.1"), 1)
    await refused(db, Unauthenticated, correct, ANONYMOUS, good)
    await refused(db, NotAnOfficial, correct, next(iter(event.players.values())), good)
    await refused(db, matches.MatchNotFound, correct, event.organizer, replace(good, match_id=event.tournament.id))
    await refused(db, StaleVersion, correct, event.organizer, replace(good, version=good.version - 1))
    await refused(db, WrongMatchStatus, correct, event.organizer, correction(await event.at("U1.2"), 0))
    await refused(db, MatchNotReady, correct, event.organizer, correction(await event.at("U2.2"), 0))
    for reason in ("", " ", "x" * 501, "a\x00"):
        await refused(db, InvalidInput, correct, event.organizer, replace(good, reason=reason))
    for scores in ((), (1, 1), (2, 2), (3, 0), (2,)):
        await refused(db, ImpossibleScore, correct, event.organizer, replace(good, verdict=Verdict(scores=scores)))
    for verdict in (
        Verdict(scores=(2, 0), winner=0),
        Verdict(outcome=Outcome.WALKOVER, winner=2),
        Verdict(outcome=Outcome.WALKOVER, winner=0, scores=(2, 0)),
        Verdict(outcome=Outcome.WALKOVER, games=((1, 0),)),
    ):
        for dry_run in (False, True):
            wrong = replace(good, verdict=verdict, dry_run=dry_run)
            await refused(db, InvalidInput, correct, event.organizer, wrong)
    cancel = CancelTournament(event.tournament.id, "fire alarm", event.tick())
    await run(db, tournaments.cancel_tournament, event.organizer, cancel)
    for command in (good, replace(good, force=True), replace(good, dry_run=True)):
        await refused(db, WrongTournamentStatus, correct, event.organizer, command)


async def test_ratings_forget_what_was_set_aside_and_remember_what_holds_again(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 4, **SINGLE)
    for key in ("U1.1", "U1.2", "U2.1"):
        await event.win(key, 0)
    await event.rate()
    rated = await event.ratings()
    assert {seed: row[2:] for seed, row in rated.items()} == {1: (2, 2), 2: (2, 1), 3: (1, 0), 4: (1, 0)}
    await event.correct("U1.1", 1, force=True)
    await event.rate()
    assert {seed: row[2:] for seed, row in (await event.ratings()).items()} == {
        1: (1, 0),
        2: (1, 1),
        3: (1, 0),
        4: (1, 1),
    }
    await event.correct("U1.1", None, verdict=Verdict(outcome=Outcome.WALKOVER, winner=0))
    await event.rate()
    assert {seed: row[2:] for seed, row in (await event.ratings()).items()} == {1: (1, 1), 2: (2, 1), 3: (1, 0)}
    await event.correct("U1.1", 0)
    await event.rate()
    assert await event.ratings() == rated


async def test_a_match_outside_of_any_event_is_corrected_alone(world: tuple[Database, Actor]) -> None:
    db, _ = world
    ann, bob = await make_people(db, "ann", "bob")
    admin = await make_admin(db)
    challenge = matches.CreateMatch(
        game="nine-ball", kind=matches.OpenMatchKind.CASUAL, best_of=1, now=NOW, opponent="bob"
    )
    match = await run(db, matches.create_match, ann, challenge)
    match = await run(db, matches.respond_to_match, bob, matches.RespondToMatch(match.id, 1, True, NOW))
    match = await run(db, matches.decide_result, admin, DecideResult(match.id, match.version, (1, 0), NOW))
    for somebody in (ann, bob):
        await refused(db, NotAnOfficial, tournaments.correct_match, somebody, correction(match, 1))
    rows = await every_row(db)
    dry = await run(db, tournaments.correct_match, admin, correction(match, 1, dry_run=True))
    assert (dry.effects, await every_row(db)) == ([], rows)
    found = await run(db, tournaments.correct_match, admin, correction(match, 1))
    async with db.read() as session:
        state = (await matches.states_by_id(session, [match.id]))[match.id]
        facts = list(await session.scalars(select(OutboxRow.name).order_by(OutboxRow.id)))
    assert (found.effects, state.winner, state.version) == ([], 1, match.version + 1)
    assert facts[-2:] == ["matches.changed", "matches.corrected"]
