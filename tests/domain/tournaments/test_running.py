"""A running tournament when not everything is played: people leave, nobody turns up, results are put right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest_asyncio

from domain import matches, tournaments
from domain.infra.db import Database
from domain.infra.outbox import unpublished
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.matches import (
    AwardWalkover,
    DecideResult,
    Match,
    MatchNotReady,
    MatchOver,
    MatchState,
    MatchStatus,
    Outcome,
    Verdict,
)
from domain.matches.errors import WrongMatchStatus
from domain.tournaments import (
    CancelTournament,
    DisqualifyEntrant,
    EntrantStatus,
    FinishTournament,
    GrandFinal,
    Structure,
    Tournament,
    TournamentStatus,
    WithdrawEntrant,
)
from domain.tournaments.errors import (
    BracketUnfinished,
    NotAnOrganizer,
    NotEntered,
    ResultInUse,
    WrongTournamentStatus,
)
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import bracket, correction, entrants, places, play, play_on, row_of, seeds, started
from tests.fixtures.rows import every_row, refused

SINGLE: dict[str, Any] = {"structure": Structure.SINGLE_ELIMINATION}


@dataclass
class Event:
    """A running tournament and the people in it."""

    db: Database
    organizer: Actor
    tournament: Tournament
    players: dict[UUID, Actor]

    async def at(self, key: str) -> MatchState:
        """A match by its key in the bracket."""
        return (await bracket(self.db, self.tournament.id))[key]

    async def win(self, key: str, slot: int) -> Match:
        """Let a slot win a match by play."""
        return await play(self.db, await self.at(key), self.players, slot)

    async def walk_over(self, key: str, winner: int | None) -> None:
        """Decide a match without play."""
        state = await self.at(key)
        command = AwardWalkover(state.id, state.version, winner, "no show", NOW)
        await run(self.db, matches.award_walkover, self.organizer, command)

    async def correct(self, key: str, winner: int | None, **overrides: Any) -> None:
        """Let another slot have won a match that is finished."""
        await run(
            self.db, tournaments.correct_match, self.organizer, correction(await self.at(key), winner, **overrides)
        )

    async def entrant(self, seed: int) -> tournaments.Entrant:
        """The entrant with a seed."""
        return next(row for row in await entrants(self.db, self.tournament.id) if row.seed == seed)

    async def withdraw(self, seed: int) -> None:
        """Let the entrant with a seed leave."""
        row = await self.entrant(seed)
        command = WithdrawEntrant(row.id, NOW)
        await run(self.db, tournaments.withdraw_entrant, self.players[row.participant_id], command)

    async def disqualify(self, seed: int) -> None:
        """Put the entrant with a seed out."""
        command = DisqualifyEntrant((await self.entrant(seed)).id, "unsporting", NOW)
        await run(self.db, tournaments.disqualify_entrant, self.organizer, command)

    async def places(self) -> dict[int, tuple[int | None, int | None]]:
        """The places by seed."""
        return await places(self.db, self.tournament.id)

    async def status(self) -> TournamentStatus:
        """Where the tournament is."""
        return (await row_of(self.db, self.tournament.id)).status


@pytest_asyncio.fixture
async def world(db: Database) -> AsyncIterator[tuple[Database, Actor]]:
    """A database with games, and an organizer."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    yield db, organizer


async def begin(world: tuple[Database, Actor], count: int, slug: str = "spring-cup", **overrides: Any) -> Event:
    """A tournament that has just started."""
    db, organizer = world
    tournament, players = await started(db, organizer, count, slug, **overrides)
    return Event(db, organizer, tournament, players)


async def test_who_leaves_loses_what_is_open_and_keeps_what_was_won(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 4)
    db = event.db
    await event.win("U1.1", 0)  # 1 beats 4
    await event.withdraw(1)
    final, losers = await event.at("U2.1"), await event.at("L1.1")
    assert (final.status, seeds(final), seeds(losers)) == (MatchStatus.PENDING, [1, None], [4, None])
    await event.win("U1.2", 0)  # 2 beats 3
    final = await event.at("U2.1")
    assert (final.status, final.outcome, final.winner) == (MatchStatus.FINISHED, Outcome.WALKOVER, 1)
    assert seeds(await event.at("L2.1")) == [1, None]
    await event.win("L1.1", 0)  # 4 beats 3
    lower = await event.at("L2.1")
    assert (lower.outcome, lower.winner, seeds(lower)) == (Outcome.WALKOVER, 1, [1, 4])
    await event.disqualify(4)
    grand, reset = await event.at("F1.1"), await event.at("F2.1")
    assert (grand.outcome, grand.winner, seeds(grand)) == (Outcome.DISQUALIFICATION, 0, [2, 4])
    assert reset.status is MatchStatus.NOT_NEEDED
    assert await event.status() is TournamentStatus.FINISHED
    assert await event.places() == {1: (3, 3), 2: (1, 1), 3: (4, 4), 4: (2, 2)}
    kept = await event.at("U1.1")
    assert (kept.outcome, kept.winner, [slot.score for slot in kept.slots]) == (Outcome.PLAYED, 0, [2, 0])
    finished: list[tuple[Any, Any]] = [
        (tournaments.withdraw_entrant, WithdrawEntrant((await event.entrant(2)).id, NOW)),
        (tournaments.disqualify_entrant, DisqualifyEntrant((await event.entrant(2)).id, "late", NOW)),
    ]
    for use_case, command in finished:
        await refused(db, WrongTournamentStatus, use_case, event.organizer, command)


async def test_putting_somebody_out(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 3)
    db, entrant = event.db, await event.entrant(2)
    player = event.players[entrant.participant_id]
    command = DisqualifyEntrant(entrant.id, "unsporting", NOW)
    await refused(db, NotAnOrganizer, tournaments.disqualify_entrant, player, command)
    for reason in ("", "x" * 501, "a\x00"):
        wrong = DisqualifyEntrant(entrant.id, reason, NOW)
        await refused(db, InvalidInput, tournaments.disqualify_entrant, event.organizer, wrong)
    await event.disqualify(2)
    assert (await event.entrant(2)).status is EntrantStatus.DISQUALIFIED
    leave = WithdrawEntrant(entrant.id, NOW)
    await refused(db, NotEntered, tournaments.disqualify_entrant, event.organizer, command)
    await refused(db, NotEntered, tournaments.withdraw_entrant, event.organizer, leave)
    # 2 lost the opening match and, at once known, the lower one still to come.
    opening = await event.at("U1.2")
    assert (opening.status, opening.outcome, opening.winner) == (MatchStatus.FINISHED, Outcome.DISQUALIFICATION, 1)
    await event.win("U2.1", 0)
    lower = await event.at("L1.1")
    assert (sorted(filter(None, seeds(lower))), lower.outcome) == ([2, 3], Outcome.DISQUALIFICATION)
    async with db.read() as session:
        facts = [row.payload for row in await unpublished(session, 1000) if row.name.endswith("entrant_disqualified")]
    assert facts == [{"tournament_id": str(event.tournament.id), "entrant_id": str(entrant.id), "reason": "unsporting"}]


async def test_when_neither_side_turns_up(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 3, grand_final=GrandFinal.SINGLE)
    await event.walk_over("U1.2", None)  # 2 and 3: nobody goes on from here, neither up nor down
    upper, lower, grand = [await event.at(key) for key in ("U2.1", "L1.1", "F1.1")]
    assert [(state.status, state.outcome, sorted(seeds(state), key=str)) for state in (upper, lower, grand)] == [
        (MatchStatus.FINISHED, Outcome.WALKOVER, [0, 1]),
        (MatchStatus.FINISHED, Outcome.WALKOVER, [0, 0]),
        (MatchStatus.FINISHED, Outcome.WALKOVER, [0, 1]),
    ]
    assert (lower.winner, await event.status()) == (None, TournamentStatus.FINISHED)
    assert await event.places() == {1: (1, 1), 2: (2, 3), 3: (2, 3)}


async def test_who_has_left_and_meets_nobody_does_not_block_the_event(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 8, **SINGLE)
    await event.win("U1.1", 0)  # 1 beats 8
    await event.withdraw(1)
    await event.walk_over("U1.2", None)  # 1 meets nobody in the semi-final
    semi = await event.at("U2.1")
    assert (semi.status, semi.outcome, seeds(semi), semi.winner) == (
        MatchStatus.FINISHED,
        Outcome.WALKOVER,
        [1, 0],
        0,
    )
    await play_on(event.db, event.tournament.id, event.players)
    final = await event.at("U3.1")
    assert (final.outcome, seeds(final), final.winner) == (Outcome.WALKOVER, [1, 2], 1)
    assert await event.status() is TournamentStatus.FINISHED
    assert (await event.places())[2] == (1, 1)


async def test_a_walkover_is_an_organizers(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 4, **SINGLE)
    state = await event.at("U1.1")
    assert state.slots[0].participant_id is not None
    player = event.players[state.slots[0].participant_id]
    command = AwardWalkover(state.id, state.version, 0, "no show", NOW)
    await refused(event.db, matches.NotAnOfficial, matches.award_walkover, player, command)
    for wrong in (
        AwardWalkover(state.id, state.version, 2, "no show", NOW),
        AwardWalkover(state.id, state.version, 0, " ", NOW),
    ):
        await refused(event.db, InvalidInput, matches.award_walkover, event.organizer, wrong)
    final = await event.at("U2.1")
    early = AwardWalkover(final.id, final.version, 0, "no show", NOW)
    await refused(event.db, MatchNotReady, matches.award_walkover, event.organizer, early)
    await event.walk_over("U1.1", 1)
    state = await event.at("U1.1")
    assert (state.outcome, state.winner, [slot.score for slot in state.slots]) == (Outcome.WALKOVER, 1, [None, None])
    late = AwardWalkover(state.id, state.version, 0, "no show", NOW)
    await refused(event.db, MatchOver, matches.award_walkover, event.organizer, late)


async def test_a_correction_of_the_score_alone_moves_nobody(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 4, **SINGLE)
    opening = await event.win("U1.1", 0)
    await event.win("U1.2", 0)
    await event.win("U2.1", 0)
    before = await bracket(event.db, event.tournament.id)
    await event.correct("U1.1", 0, verdict=Verdict(scores=(2, 1)))
    after = await bracket(event.db, event.tournament.id)
    changed = after.pop("U1.1")
    before.pop("U1.1")
    assert after == before
    assert ([slot.score for slot in changed.slots], changed.version) == ([2, 1], opening.version + 1)
    assert await event.places() == {1: (1, 1), 2: (2, 2), 3: (3, 4), 4: (3, 4)}


async def test_a_correction_turns_everything_round_until_it_is_built_on(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 4, **SINGLE, has_third_place_match=True)
    opening = await event.win("U1.1", 0)
    other = await event.win("U1.2", 0)
    unfounded = correction(opening, 1, reason=" ")
    await refused(event.db, InvalidInput, tournaments.correct_match, event.organizer, unfounded)
    await event.correct("U1.1", 1)
    assert (seeds(await event.at("U2.1")), seeds(await event.at("T1.1"))) == ([4, 2], [1, 3])
    assert {(await event.at(key)).status for key in ("U2.1", "T1.1")} == {MatchStatus.READY}

    third = await event.at("T1.1")
    assert third.slots[0].participant_id is not None
    live = matches.StartMatch(third.id, third.version, NOW)
    await run(event.db, matches.start_match, event.players[third.slots[0].participant_id], live)
    in_use = await refused(event.db, ResultInUse, tournaments.correct_match, event.organizer, correction(other, 1))
    assert [effect.key for effect in in_use.effects] == ["T1.1"]

    await event.win("U2.1", 1)  # 2 beats 4
    third = await event.at("T1.1")
    await play(event.db, third, event.players, 0)  # 1 beats 3
    assert await event.places() == {1: (3, 3), 2: (1, 1), 3: (4, 4), 4: (2, 2)}
    await event.correct("U2.1", 0)
    assert await event.places() == {1: (3, 3), 2: (2, 2), 3: (4, 4), 4: (1, 1)}
    assert await event.status() is TournamentStatus.FINISHED


async def test_a_walkover_for_nobody_can_be_put_right(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 4, **SINGLE)
    await event.walk_over("U1.1", None)
    assert seeds(await event.at("U2.1")) == [0, None]
    await event.correct("U1.1", 1)
    assert seeds(await event.at("U2.1")) == [4, None]
    await play_on(event.db, event.tournament.id, event.players)
    assert await event.places() == {1: (3, 4), 2: (1, 1), 3: (3, 4), 4: (2, 2)}


async def test_a_cancelled_tournament_stays_cancelled(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 4, **SINGLE, has_third_place_match=True)
    await event.win("U1.1", 0)
    await event.win("U1.2", 0)
    third = await event.win("T1.1", 0)
    final = await event.at("U2.1")
    assert final.slots[0].participant_id is not None
    report = matches.ReportResult(final.id, final.version, (2, 0), NOW)
    await run(event.db, matches.report_result, event.players[final.slots[0].participant_id], report)
    cancel = CancelTournament(event.tournament.id, "fire alarm", NOW)
    await run(event.db, tournaments.cancel_tournament, event.organizer, cancel)
    final = await event.at("U2.1")
    assert (final.status, final.report, final.version) == (MatchStatus.CANCELLED, None, 5)
    correct = tournaments.correct_match
    await refused(event.db, WrongTournamentStatus, correct, event.organizer, correction(third, 1))
    await refused(event.db, WrongMatchStatus, correct, event.organizer, correction(final, 1))
    decide = DecideResult(final.id, final.version, (0, 2), NOW)
    await refused(event.db, MatchOver, matches.decide_result, event.organizer, decide)
    assert await event.status() is TournamentStatus.CANCELLED


async def test_asking_for_the_end(world: tuple[Database, Actor]) -> None:
    event = await begin(world, 3, **SINGLE)
    finish = FinishTournament(event.tournament.id)
    early = await refused(event.db, BracketUnfinished, tournaments.finish_tournament, event.organizer, finish)
    assert early.still_open == 2
    await refused(event.db, NotAnOrganizer, tournaments.finish_tournament, next(iter(event.players.values())), finish)
    await play_on(event.db, event.tournament.id, event.players)
    before = await every_row(event.db)
    row = await run(event.db, tournaments.finish_tournament, event.organizer, finish)
    assert (row.status, await every_row(event.db)) == (TournamentStatus.FINISHED, before)
