"""Vetoes of matches: when they open, who does their steps, what waits for them, and what is taken back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from domain import matches, tournaments, vetoes
from domain.infra.db import Database
from domain.infra.timers import DueAction
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput, StaleVersion, Unauthenticated
from domain.kernel.ids import new_id
from domain.kernel.veto import VetoBeginner, VetoOption, VetoPlan, VetoSequence, VetoStep, VetoStepKind, VetoTurn
from domain.matches import EntryKind, MatchStatus, NotAnOfficial, NotYourMatch, OwnMatch, WrongMatchStatus
from domain.tournaments import Elimination, Format, Link, Seed, SetStages, StagePlan, StageSource, Structure
from domain.tournaments.errors import StageStarted
from domain.vetoes import TakeVetoStep, UndoVetoStep, Veto, VetoView, progress_in
from domain.vetoes.errors import (
    NothingToTakeBack,
    NotYourTurn,
    OptionGone,
    UnknownOption,
    VetoNotFound,
    VetoOver,
    VetoReplaced,
    VetoUnfinished,
)
from tests.factories.games import make_catalogue
from tests.factories.heats import free_for_all
from tests.factories.stages import knockout, round_robin, swiss
from tests.factories.teams import NOW, make_admin, make_people, run
from tests.factories.tournaments import bracket, correction, make_tournament, play, published, row_of, states
from tests.factories.vetoes import (
    MAPS,
    make_event,
    maps_of,
    open_veto,
    plan_of,
    settle,
    take,
    turn_of,
    undo,
    veto_of,
)
from tests.fixtures.rows import refused


async def test_a_best_of_three_by_its_two_sides(db: Database) -> None:
    event = await make_event(db)
    state = await event.match(db)
    veto = await open_veto(db, event)
    assert (veto.version, veto.deadline_at, turn_of(veto)) == (1, None, 0)
    players = [event.on(state, slot) for slot in (0, 1)]
    for number, slug in enumerate(("ascent", "bind", "haven", "breeze", "icebox", "lotus")):
        assert turn_of(veto) == number % 2
        veto = await take(db, players[number % 2], veto, slug)
        assert veto.version == number + 2
    assert progress_in(veto, ()).is_complete
    assert maps_of(veto) == ["haven", "breeze", "split"]
    async with db.read() as session:
        log = [
            (entry.slot, entry.message, entry.actor_id)
            for entry in await matches.newest_log(session, state.id, 100)
            if entry.kind is EntryKind.VETO
        ]
    first, second = (player.user_id for player in players)
    assert log == [
        (0, "Spring-Cup-1 banned Ascent", first),
        (1, "Spring-Cup-2 banned Bind", second),
        (0, "Spring-Cup-1 picked Haven", first),
        (1, "Spring-Cup-2 picked Breeze", second),
        (0, "Spring-Cup-1 banned Icebox", first),
        (1, "Spring-Cup-2 banned Lotus", second),
        (None, "Split is left over", second),
    ]
    after = await event.match(db)
    assert after.version == state.version  # nobody's report fails because somebody bans meanwhile
    assert (await play(db, after, event.players, 0)).status is MatchStatus.FINISHED


@pytest.mark.parametrize(("beginner", "slots"), [("HIGHER_SEED", {0}), ("LOWER_SEED", {1}), ("COIN", {0, 1})])
async def test_who_begins(db: Database, beginner: str, slots: set[int]) -> None:
    """In the first round slot 0 has the better seed; of eight coins not all fall alike, but for one event in 128."""
    event = await make_event(db, 16, veto=plan_of(beginner=VetoBeginner(beginner)))
    found = [await open_veto(db, event, f"U1.{number}") for number in range(1, 9)]
    assert {veto.first_slot for veto in found} <= slots
    async with db.read() as session:
        lots = {veto.id: veto.lot for veto in await session.scalars(select(Veto))}
    if beginner == "COIN":
        assert [veto.first_slot for veto in found] == [lots[veto.id] % 2 for veto in found]


async def test_later_matches_get_theirs_with_their_sides(db: Database) -> None:
    event = await make_event(db, 4)
    final = await event.match(db, "U2.1")
    assert await veto_of(db, final) is None
    for key in ("U1.1", "U1.2"):
        await settle(db, event, key)
        await play(db, await event.match(db, key), event.players, 0)
    veto = await open_veto(db, event, "U2.1")
    assert (veto.version, len(progress_in(veto, ()).course.steps)) == (1, 7)


async def test_the_steps_follow_the_length_of_the_match(db: Database) -> None:
    plan = knockout(best_of=1, final_best_of=5)
    event = await make_event(db, 4, replace(plan, veto=plan_of()))
    kinds = [step.kind.value for step in progress_in(await open_veto(db, event), ()).course.steps]
    assert kinds == ["BAN"] * 6 + ["DECIDER"]
    for key in ("U1.1", "U1.2"):
        await settle(db, event, key)
        await play(db, await event.match(db, key), event.players, 0)
    kinds = [step.kind.value for step in progress_in(await open_veto(db, event, "U2.1"), ()).course.steps]
    assert kinds == ["BAN"] * 2 + ["PICK"] * 4 + ["DECIDER"]


async def test_a_bracket_that_is_given_has_the_lengths_of_its_matches(db: Database) -> None:
    links = (Link("A", Seed(1), Seed(2), best_of=1),)
    plan = StagePlan(None, Format(Structure.CUSTOM, Elimination(best_of=3), links), veto=plan_of("ascent"))
    event = await make_event(db, 2, plan)
    assert maps_of(await open_veto(db, event, "A")) == ["ascent"]


@pytest.mark.parametrize("make", [round_robin, swiss])
async def test_groups_and_swiss_have_vetoes(db: Database, make: Any) -> None:
    event = await make_event(db, 4, replace(make(), veto=plan_of("ascent")))
    drawn = await states(db, event.tournament.id)
    # A pool of one leaves nothing to choose, so it can be played.
    for state in drawn:
        veto = await veto_of(db, state)
        assert veto is not None and maps_of(veto) == ["ascent"]
    await play(db, drawn[0], event.players, 0)


async def test_a_stage_without_a_veto_has_none(db: Database) -> None:
    plain = replace(knockout(StageSource(1, 1, 2)), veto=plan_of())
    event = await make_event(db, 4, knockout(), plain)
    assert await veto_of(db, await event.match(db)) is None
    await play(db, await event.match(db), event.players, 0)


async def test_play_waits_for_the_veto_but_officials_do_not(db: Database) -> None:
    event = await make_event(db, 4)
    state = await event.match(db)
    player = event.on(state, 0)
    for use_case, command in (
        (matches.start_match, matches.StartMatch(state.id, state.version, NOW)),
        (matches.update_score, matches.UpdateScore(state.id, state.version, (1, 0), NOW)),
        (matches.report_result, matches.ReportResult(state.id, state.version, (2, 0), NOW)),
    ):
        await refused(db, VetoUnfinished, use_case, player, command)  # type: ignore[arg-type]
    started = await run(db, matches.start_match, event.organizer, matches.StartMatch(state.id, state.version, NOW))
    # A match that has begun, as at a table, still settles what is played.
    veto = await take(db, player, await open_veto(db, event), "ascent")
    decided = matches.DecideResult(state.id, started.version, (2, 0), NOW)
    await run(db, matches.decide_result, event.organizer, decided)
    await refused(
        db, WrongMatchStatus, vetoes.take_veto_step, event.on(state, 1), TakeVetoStep(veto.id, 2, "bind", NOW)
    )


async def test_who_may_do_a_step_and_what_it_can_be(db: Database) -> None:
    event = await make_event(db)
    state = await event.match(db)
    veto = await open_veto(db, event)
    player, other = (event.on(state, slot) for slot in (0, 1))
    (stranger,) = await make_people(db, "stranger")
    ban = TakeVetoStep(veto.id, 1, "ascent", NOW)
    for error, actor, command in (
        (Unauthenticated, Actor(), ban),
        (NotYourMatch, stranger, ban),
        (NotYourTurn, other, ban),
        (StaleVersion, player, replace(ban, version=2)),
        (UnknownOption, player, replace(ban, option="nowhere")),
        (UnknownOption, player, replace(ban, option="attack")),
        (VetoNotFound, player, replace(ban, veto_id=new_id())),
    ):
        await refused(db, error, vetoes.take_veto_step, actor, command)
    await take(db, player, veto, "ascent")
    again = TakeVetoStep(veto.id, 2, "ascent", NOW)
    assert "Ascent" in (await refused(db, OptionGone, vetoes.take_veto_step, other, again)).message
    done = await settle(db, event)
    over = TakeVetoStep(veto.id, done.version, "bind", NOW)
    for actor in (player, other, event.organizer):
        await refused(db, VetoOver, vetoes.take_veto_step, actor, over)


async def test_officials_act_for_the_side_whose_turn_it_is(db: Database) -> None:
    event = await make_event(db)
    admin = await make_admin(db)
    veto = await take(db, event.organizer, await open_veto(db, event), "ascent")
    veto = await take(db, admin, veto, "bind")
    assert [each.option.slug for each in progress_in(veto, ()).done] == ["ascent", "bind"]


async def test_officials_take_back_the_last_step_or_all(db: Database) -> None:
    event = await make_event(db)
    veto = await settle(db, event)
    assert maps_of(veto) == ["breeze", "haven", "split"]
    before = veto
    veto = await undo(db, event.organizer, veto)
    # The decider goes with the choice it followed from.
    assert (len(progress_in(veto, ()).done), veto.version) == (5, before.version + 1)
    veto = await take(db, event.on(await event.match(db), 1), veto, "split")
    assert maps_of(veto) == ["breeze", "haven", "lotus"]
    veto = await undo(db, event.organizer, veto, is_all=True)
    assert (progress_in(veto, ()).done, veto.first_slot) == ((), before.first_slot)
    state = await event.match(db)
    async with db.read() as session:
        last = (await matches.newest_log(session, state.id, 1))[0]
    assert (last.kind, last.slot, last.message) == (EntryKind.VETO, None, "Began the veto anew: misheard")
    report = matches.ReportResult(state.id, state.version, (2, 0), NOW)
    await refused(db, VetoUnfinished, matches.report_result, event.on(state, 0), report)


async def test_who_may_take_back_and_what(db: Database) -> None:
    event = await make_event(db)
    state = await event.match(db)
    veto = await open_veto(db, event)
    (stranger,) = await make_people(db, "stranger")
    back = UndoVetoStep(veto.id, 1, "misheard", NOW)
    await refused(db, NothingToTakeBack, vetoes.undo_veto_step, event.organizer, back)
    await take(db, event.on(state, 0), veto, "ascent")
    back = replace(back, version=2)
    for error, actor, command in (
        (Unauthenticated, Actor(), back),
        (NotAnOfficial, stranger, back),
        (NotAnOfficial, event.on(state, 0), back),
        (StaleVersion, event.organizer, replace(back, version=1)),
        (InvalidInput, event.organizer, replace(back, reason=" ")),
        (InvalidInput, event.organizer, replace(back, reason="x" * 501)),
        (VetoNotFound, event.organizer, replace(back, veto_id=new_id())),
    ):
        await refused(db, error, vetoes.undo_veto_step, actor, command)


async def test_an_official_who_plays_has_one_side_only(db: Database) -> None:
    await make_catalogue(db)
    organizer, other = await make_people(db, "organizer", "other")
    plan = knockout(best_of=3, final_best_of=3)
    cup = await published(
        db, organizer, game="valorant", structure=None, stages=[replace(plan, veto=plan_of())], capacity=2
    )
    for player in (organizer, other):
        await run(db, tournaments.register_entrant, player, tournaments.RegisterEntrant(cup.id, NOW))
    await run(db, tournaments.start_tournament, organizer, tournaments.StartTournament(cup.id, NOW))
    veto = await veto_of(db, (await bracket(db, cup.id))["U1.1"])
    assert veto is not None
    veto = await take(db, organizer, veto, "ascent")
    step = TakeVetoStep(veto.id, veto.version, "bind", NOW)
    await refused(db, NotYourTurn, vetoes.take_veto_step, organizer, step)
    back = UndoVetoStep(veto.id, veto.version, "misheard", NOW)
    await refused(db, OwnMatch, vetoes.undo_veto_step, organizer, back)


async def test_other_sides_have_another_veto_and_the_same_ones_theirs_again(db: Database) -> None:
    """A correction and another one back lead to the very same maps."""
    event = await make_event(db, 4, veto=plan_of(beginner=VetoBeginner.COIN))
    for key in ("U1.1", "U1.2"):
        await settle(db, event, key)
        await play(db, await event.match(db, key), event.players, 0)
    state = await event.match(db, "U2.1")
    settled = await settle(db, event, "U2.1")
    semi = await event.match(db, "U1.1")
    await run(db, tournaments.correct_match, event.organizer, correction(semi, 1, force=True))
    other = await open_veto(db, event, "U2.1")
    assert (other.id != settled.id, progress_in(other, ()).done) == (True, ())
    late = UndoVetoStep(settled.id, settled.version, "misheard", NOW)
    await refused(db, VetoReplaced, vetoes.undo_veto_step, event.organizer, late)
    changed = await event.match(db, "U2.1")
    await take(db, event.on(changed, turn_of(other)), other, "ascent")
    await run(db, tournaments.correct_match, event.organizer, correction(await event.match(db, "U1.1"), 0, force=True))
    assert await veto_of(db, await event.match(db, "U2.1")) == settled
    assert [slot.participant_id for slot in (await event.match(db, "U2.1")).slots] == [
        slot.participant_id for slot in state.slots
    ]
    assert len(progress_in(await _by_id(db, other), ()).done) == 1


async def test_an_unfinished_veto_goes_on_where_its_sides_left_it(db: Database) -> None:
    event = await make_event(db, 4, veto=plan_of(step_s=60))
    for key in ("U1.1", "U1.2"):
        await settle(db, event, key)
        await play(db, await event.match(db, key), event.players, 0)
    state = await event.match(db, "U2.1")
    veto = await open_veto(db, event, "U2.1")
    veto = await take(db, event.on(state, turn_of(veto)), veto, "lotus")
    later = NOW + timedelta(hours=1)
    for winner, now in ((1, NOW), (0, later)):
        semi = await event.match(db, "U1.1")
        await run(db, tournaments.correct_match, event.organizer, correction(semi, winner, force=True, now=now))
    again = await open_veto(db, event, "U2.1")
    assert (again.id, again.choices, again.version) == (veto.id, veto.choices, veto.version + 1)
    assert again.deadline_at == later + timedelta(seconds=60)


async def test_of_many_who_do_one_step_one_does_it(db: Database) -> None:
    event = await make_event(db)
    state = await event.match(db)
    veto = await open_veto(db, event)
    actors = [event.on(state, 0), event.organizer]

    async def attempt(number: int) -> VetoView | Exception:
        command = TakeVetoStep(veto.id, 1, MAPS[number % 7], NOW)
        try:
            return (await run(db, vetoes.take_veto_step, actors[number % 2], command)).view
        except StaleVersion as refusal:
            return refusal

    answers = await asyncio.gather(*(attempt(number) for number in range(16)))
    (won,) = [answer for answer in answers if isinstance(answer, VetoView)]
    assert [answer.current for answer in answers if isinstance(answer, StaleVersion)] == [2] * 15
    assert await open_veto(db, event) == won
    assert len(won.choices) == 1
    async with db.read() as session:
        log = await matches.newest_log(session, state.id, 100)
        assert await session.scalar(select(func.count()).select_from(DueAction)) == 0
    assert len([entry for entry in log if entry.kind is EntryKind.VETO]) == 1


async def test_vetoes_are_edited_until_their_stage_begins(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    plan = knockout(best_of=3, final_best_of=3)
    cup = await make_tournament(db, organizer, game="valorant", structure=None, stages=[plan], capacity=2)

    def given(veto: VetoPlan | None, version: int) -> SetStages:
        return SetStages(cup.id, version, [replace(plan, veto=veto)])

    for veto in (plan_of(), None, plan_of(step_s=30)):
        version = (await row_of(db, cup.id)).version
        await run(db, tournaments.set_stages, organizer, given(veto, version))
    version = (await row_of(db, cup.id)).version
    for wrong, path in (
        (plan_of("ascent"), ("stages", "0", "veto", "pool")),
        (plan_of("dust-2", "ascent", "bind"), ("stages", "0", "veto", "pool", "0", "name")),
    ):
        error = await refused(db, InvalidInput, tournaments.set_stages, organizer, given(wrong, version))
        assert error.path == path
    await run(db, tournaments.publish_tournament, organizer, tournaments.PublishTournament(cup.id))
    players = await make_people(db, "one", "two")
    for player in players:
        await run(db, tournaments.register_entrant, player, tournaments.RegisterEntrant(cup.id, NOW))
    await run(db, tournaments.start_tournament, organizer, tournaments.StartTournament(cup.id, NOW))
    version = (await row_of(db, cup.id)).version
    await run(db, tournaments.set_stages, organizer, given(plan_of(step_s=30), version))  # as it is
    version = (await row_of(db, cup.id)).version
    await refused(db, StageStarted, tournaments.set_stages, organizer, given(plan_of(), version))


async def test_heats_have_no_veto(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    cup = await make_tournament(db, organizer, game="valorant", structure=None, stages=[knockout()])
    plans = [knockout(), replace(free_for_all(StageSource(1, 1, 4, is_overall=True)), veto=plan_of())]
    error = await refused(db, InvalidInput, tournaments.set_stages, organizer, SetStages(cup.id, cup.version, plans))
    assert error.path == ("stages", "1", "veto")


async def test_maps_of_ones_own_and_a_strike_of_ones_own(db: Database) -> None:
    """The order in which fighting games strike stages: one, two, one."""
    a, b = VetoTurn
    order = [VetoStep(VetoStepKind.BAN, turn) for turn in (a, b, b, a)] + [VetoStep(VetoStepKind.DECIDER)]
    plan = VetoPlan(
        pool=tuple(VetoOption(f"stage-{number}", f"Stage {number}") for number in range(1, 6)),
        template=None,
        sequences=(VetoSequence(1, tuple(order)),),
    )
    event = await make_event(db, 2, veto=plan, best_of=1)
    assert maps_of(await settle(db, event)) == ["stage-5"]


async def _by_id(db: Database, veto: VetoView) -> VetoView:
    async with db.read() as session:
        return (await vetoes.vetoes_by_id(session, [veto.id]))[veto.id]
