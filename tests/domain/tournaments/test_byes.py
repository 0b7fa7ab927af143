"""Byes that are requested: who sits out a Swiss round for which points, and how many may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import InvalidInput, Unauthenticated
from domain.kernel.ids import new_id
from domain.matches import MatchStatus
from domain.tournaments import (
    CancelTournament,
    EntrantNotFound,
    StageSource,
    Tournament,
    TournamentStatus,
    WithdrawEntrant,
)
from domain.tournaments.errors import (
    NotAnOrganizer,
    NotASwiss,
    NotEntered,
    NotYourEntry,
    RoundIsPaired,
    TooManyByes,
    WrongTournamentStatus,
)
from domain.tournaments.models import Entrant
from domain.tournaments.rules.rounds import Kind as RoundKind
from tests.factories.games import make_catalogue
from tests.factories.stages import knockout, matches_of_stage, stages, swiss
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import (
    enter,
    entrants,
    favourite,
    play,
    published,
    row_of,
    seeds,
    start,
    started,
    states,
)
from tests.fixtures.rows import every_row, refused

HALF, FULL, ZERO = RoundKind.HALF_BYE, RoundKind.FULL_BYE, RoundKind.ZERO_BYE


def request(entrant: Entrant, byes: Mapping[int, RoundKind], stage: int = 1) -> tournaments.byes.RequestByes:
    """A command for these byes."""
    return tournaments.byes.RequestByes(entrant.id, stage, byes)


async def open_event(db: Database, count: int, **settings: Any) -> tuple[Actor, Tournament, list[Actor], list[Entrant]]:
    """A Swiss that people have entered and that has not begun."""
    await make_catalogue(db)
    organizer, *players = await make_people(db, "organizer", *(f"player{number}" for number in range(1, count + 1)))
    event = await published(db, organizer, structure=None, stages=[swiss(rounds=3, **{"half_byes": 1, **settings})])
    return organizer, event, players, await enter(db, event.id, *players)


async def pairs(db: Database, event: Tournament, number: int) -> list[list[int]]:
    """Who meets in a round."""
    found = (await matches_of_stage(db, event.id, 1)).values()
    return sorted(sorted(seed or 0 for seed in seeds(state)) for state, place in found if place.round == number)


async def sat_out(db: Database, event: Tournament) -> list[tuple[int, int, RoundKind, int, int]]:
    """Who had which bye: the round, the seed, the kind, what it was worth and what they had before."""
    (stage,) = await stages(db, event.id)
    async with db.snapshot() as session:
        byes = (await tournaments.played_stages(session, [(event.id, stage.id)]))[event.id, stage.id].byes
    return [(bye.round, bye.seed, bye.kind, bye.worth, bye.points) for bye in byes]


async def play_round(db: Database, event: Tournament, players: list[Actor]) -> None:
    """Let the favourites win all that can be played."""
    by_id = {player.user_id: player for player in players if player.user_id is not None}
    for state in await states(db, event.id):
        if state.status is MatchStatus.READY:
            await play(db, state, by_id, favourite(state))


async def test_who_asks_in_time_sits_out_for_what_was_said(db: Database) -> None:
    """Half a point counts for the table and the next pairing; what is asked for later can be taken back."""
    organizer, event, players, entered = await open_event(db, 7)
    for entrant, by, byes in (
        (entered[6], players[6], {1: HALF}),
        (entered[0], organizer, {2: FULL, 3: ZERO}),
        (entered[1], players[1], {2: HALF}),
        (entered[1], players[1], {}),
        (entered[2], players[2], {2: ZERO, 3: ZERO}),
    ):
        await run(db, tournaments.byes.request_byes, by, request(entrant, byes))
    await start(db, organizer, event.id)
    assert await pairs(db, event, 1) == [[1, 4], [2, 5], [3, 6]]
    await play_round(db, event, players)
    # 4, 5, 6 have nothing and 7 half a point, so that 7 meets the only winner left.
    assert (await pairs(db, event, 2))[0] == [2, 7]
    await run(db, tournaments.byes.request_byes, players[2], request(entered[2], {}))
    await play_round(db, event, players)
    third = {seed for pair in await pairs(db, event, 3) for seed in pair}
    assert third >= {2, 3} and 1 not in third
    await play_round(db, event, players)
    told = await sat_out(db, event)
    assert {one for one in told if one[2] is not RoundKind.PAIRING_BYE} == {
        (1, 7, HALF, 1, 0),
        (2, 1, FULL, 2, 2),
        (2, 3, ZERO, 0, 2),
        (3, 1, ZERO, 0, 4),
    }
    assert [one[0] for one in told if one[2] is RoundKind.PAIRING_BYE] == [2]
    assert (await row_of(db, event.id)).status is TournamentStatus.FINISHED


async def test_where_too_few_would_be_left_all_are_paired(db: Database) -> None:
    organizer, event, players, entered = await open_event(db, 3, half_byes=3)
    for entrant, player in zip(entered[:2], players, strict=False):
        await run(db, tournaments.byes.request_byes, player, request(entrant, {1: HALF, 2: ZERO}))
    await run(db, tournaments.byes.request_byes, players[2], request(entered[2], {2: ZERO}))
    await start(db, organizer, event.id)
    assert await pairs(db, event, 1) == [[1, 2]]
    await run(db, tournaments.withdraw_entrant, players[2], WithdrawEntrant(entered[2].id, NOW))
    await play_round(db, event, players)
    assert await pairs(db, event, 2) == [[1, 2]]
    assert [one[:3] for one in await sat_out(db, event)] == [(1, 3, RoundKind.PAIRING_BYE)]


async def test_what_cannot_be_requested_is_refused(db: Database) -> None:
    organizer, event, players, entered = await open_event(db, 6)
    first, stranger = players[0], players[1]
    await run(db, tournaments.byes.request_byes, first, request(entered[0], {1: HALF}))
    await run(db, tournaments.byes.request_byes, organizer, request(entered[0], {1: HALF, 3: FULL}))
    ask = tournaments.byes.request_byes
    for error, actor, command in (
        (Unauthenticated, ANONYMOUS, request(entered[0], {2: ZERO})),
        (NotYourEntry, stranger, request(entered[0], {2: ZERO})),
        (EntrantNotFound, first, tournaments.byes.RequestByes(new_id(), 1, {2: ZERO})),
        (NotAnOrganizer, first, request(entered[0], {2: FULL})),
        (TooManyByes, first, request(entered[0], {1: HALF, 2: HALF, 3: FULL})),
        (InvalidInput, organizer, request(entered[0], {4: HALF})),
        (InvalidInput, organizer, request(entered[0], {0: HALF})),
        (InvalidInput, organizer, request(entered[0], {2: RoundKind.PAIRING_BYE})),
        (InvalidInput, organizer, request(entered[0], {2: HALF}, stage=2)),
    ):
        await refused(db, error, ask, actor, command)
    await run(db, tournaments.withdraw_entrant, players[5], WithdrawEntrant(entered[5].id, NOW))
    await refused(db, NotEntered, ask, players[5], request(entered[5], {1: ZERO}))
    await start(db, organizer, event.id)
    await refused(db, RoundIsPaired, ask, organizer, request(entered[1], {1: ZERO}))
    await refused(db, TooManyByes, ask, first, request(entered[0], {2: HALF, 3: FULL}))
    before = await every_row(db)
    await run(db, ask, first, request(entered[0], {3: FULL}))  # as it is
    assert await every_row(db) == before
    await run(db, ask, first, request(entered[0], {2: ZERO}))
    await run(db, tournaments.cancel_tournament, organizer, CancelTournament(event.id, "It rains.", NOW))
    await refused(db, WrongTournamentStatus, ask, organizer, request(entered[0], {2: HALF}))


async def test_byes_are_of_rounds_of_a_swiss_that_one_plays_in(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    plans = [knockout(), swiss(StageSource(1, 1, 2))]
    event, players = await started(db, organizer, 4, structure=None, stages=plans, capacity=4)
    entered = {entrant.seed: entrant for entrant in await entrants(db, event.id)}
    await refused(db, NotASwiss, tournaments.byes.request_byes, organizer, request(entered[1], {1: HALF}))
    for state in await states(db, event.id):
        if state.status is MatchStatus.READY:
            await play(db, state, players, favourite(state))
    (final,) = [state for state in await states(db, event.id) if state.status is MatchStatus.READY]
    await play(db, final, players, favourite(final))
    await refused(db, InvalidInput, tournaments.byes.request_byes, organizer, request(entered[4], {2: HALF}, stage=2))
