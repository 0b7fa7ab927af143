"""Whose turn it is hears of it, as long as it is their turn."""

from __future__ import annotations

from domain import matches, notifications, vetoes
from domain.infra.db import Database
from tests.factories.notifications import react, told
from tests.factories.teams import NOW, run
from tests.factories.vetoes import make_event, open_veto, plan_of, settle, take


async def test_whose_turn_it_is_hears_of_it(db: Database) -> None:
    event = await make_event(db, 2, veto=plan_of(step_s=300))
    state = await event.match(db)
    first, second = (event.on(state, slot) for slot in (0, 1))
    await react(db, vetoes.VetoTurnCame, notifications.on_veto_turn_came)
    turn = "Spring Cup: It is your turn to choose what you play against Spring-Cup-{}, until 18:05 UTC."
    assert await told(db, first.require_user()) == [turn.format(2)]
    assert await told(db, second.require_user()) == []
    await take(db, first, await open_veto(db, event), "ascent")
    # The fact of the first turn comes once more, and is not true any more.
    await react(db, vetoes.VetoTurnCame, notifications.on_veto_turn_came)
    assert await told(db, first.require_user()) == [turn.format(2)]
    assert await told(db, second.require_user()) == [turn.format(1)]


async def test_nobody_hears_of_a_turn_that_is_over(db: Database) -> None:
    event = await make_event(db)
    await settle(db, event)
    await react(db, vetoes.VetoTurnCame, notifications.on_veto_turn_came)
    state = await event.match(db)
    for slot in (0, 1):
        assert await told(db, event.on(state, slot).require_user()) == []


async def test_nobody_hears_of_a_turn_in_a_match_that_is_over(db: Database) -> None:
    event = await make_event(db)
    state = await event.match(db)
    decided = matches.DecideResult(state.id, state.version, (2, 0), NOW)
    await run(db, matches.decide_result, event.organizer, decided)
    await react(db, vetoes.VetoTurnCame, notifications.on_veto_turn_came)
    assert await told(db, event.on(state, 0).require_user()) == []
