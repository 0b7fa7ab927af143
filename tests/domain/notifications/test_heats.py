"""Who is told of heats: of the draw, of the end, and of what corrections change."""

from __future__ import annotations

from uuid import UUID

from domain import matches, notifications, tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.matches import DecideResult, MatchStatus
from domain.tournaments import HeatCorrected, HeatDrawn, HeatPlayed, StageSource, WithdrawEntrant
from domain.tournaments.commands.guests import AddGuests
from tests.factories.games import make_catalogue
from tests.factories.heats import correct, free_for_all, heat_at, report, run_heats
from tests.factories.notifications import react, told
from tests.factories.stages import round_robin
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import enter, entrants, published, start, started, states

TOLD = ((HeatDrawn, notifications.on_heat_drawn), (HeatPlayed, notifications.on_heat_finished))


async def tell(db: Database) -> None:
    """Let everybody be told of everything."""
    for kind, reaction in (*TOLD, (HeatCorrected, notifications.on_heat_corrected)):
        await react(db, kind, reaction)


async def eight_in_heats(db: Database) -> tuple[Actor, UUID, dict[int, Actor]]:
    """An event of eight whose four heats of two lead on to heats of two; its organizer, and who plays by seed."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    plan = free_for_all(heat_size=2, advancing=1)
    event, players = await started(db, organizer, 8, structure=None, stages=[plan])
    seeded = {row.seed: players[row.participant_id] for row in await entrants(db, event.id) if row.seed is not None}
    return organizer, event.id, seeded


async def test_who_is_in_a_heat_is_told_of_it_and_of_where_they_came_in(db: Database) -> None:
    organizer, event_id, players = await eight_in_heats(db)
    await report(db, organizer, await heat_at(db, event_id, 1, 1), [8, 1])
    for number in (2, 3, 4):
        await report(db, organizer, await heat_at(db, event_id, 1, number))
    for _ in range(2):
        await tell(db)
    assert sorted(await told(db, players[8].require_user())) == [
        "Spring Cup: You came in at place 1 of 2 in heat 1 of round 1, with 5 points.",
        "Spring Cup: You play in heat 1 of round 1, which is ready to be played.",
        "Spring Cup: You play in heat 1 of round 2, which is ready to be played.",
    ]
    assert sorted(await told(db, players[1].require_user())) == [
        "Spring Cup: You came in at place 2 of 2 in heat 1 of round 1, with 3 points.",
        "Spring Cup: You play in heat 1 of round 1, which is ready to be played.",
    ]
    assert await told(db, organizer.require_user()) == []


async def test_a_correction_tells_who_comes_who_goes_and_whose_play_is_set_aside(db: Database) -> None:
    organizer, event_id, players = await eight_in_heats(db)
    await run_heats(db, organizer, event_id, rounds=2)
    await tell(db)
    before = {seed: await told(db, player.require_user()) for seed, player in players.items()}
    # Of round 2 heat 1 has 1 and 4, heat 2 has 2 and 3; the final 1 and 2.
    heat = await heat_at(db, event_id, 1, 1)
    await correct(db, organizer, heat, [8, 1], force=True)
    await tell(db)

    async def news(seed: int) -> set[str]:
        return set(await told(db, players[seed].require_user())) - set(before[seed])

    why = "because a result before it was corrected: seen on video"
    drawn = await heat_at(db, event_id, 2, 1), await heat_at(db, event_id, 2, 2)
    assert [[seat.seed for seat in heat.seats] for heat in drawn] == [[2, 8], [3, 4]]
    assert await news(1) == {f"Spring Cup: What was played in heat 1 of round 2 does not count any more, {why}"}
    assert await news(8) == {"Spring Cup: You play in heat 1 of round 2, which is ready to be played."}
    for seed, came_into, out_of in ((2, 1, 2), (4, 2, 1)):
        again = f"What was played in heat {out_of} of round 2 does not count any more, and you play again, {why}"
        assert await news(seed) == {
            f"Spring Cup: {again}",
            f"Spring Cup: You play in heat {came_into} of round 2, which is ready to be played.",
        }
    heat = await heat_at(db, event_id, 1, 1)
    await correct(db, organizer, heat, [1, 8])
    await tell(db)
    assert f"Spring Cup: You do not play in heat 1 of round 2 any more, {why}" in await news(8)
    assert "Spring Cup: What was played in heat 1 of round 2 counts again." in await news(1)


async def test_guests_and_those_who_have_left_are_told_of_no_heat(db: Database) -> None:
    await make_catalogue(db)
    organizer, ann, bob = await make_people(db, "organizer", "ann", "bob")
    plans = [round_robin(), free_for_all(StageSource(1, 1, 3))]
    event = await published(db, organizer, structure=None, stages=plans)
    _, row = await enter(db, event.id, ann, bob)
    await run(db, tournaments.guests.add_guests, organizer, AddGuests(event.id, ["Fay"], NOW))
    await start(db, organizer, event.id)
    await run(db, tournaments.withdraw_entrant, bob, WithdrawEntrant(row.id, NOW))
    (left,) = [state for state in await states(db, event.id) if state.status is MatchStatus.READY]
    await run(db, matches.decide_result, organizer, DecideResult(left.id, left.version, (1, 0), NOW))
    await report(db, organizer, await heat_at(db, event.id, 1, 1, stage=2))
    await tell(db)
    assert len(await told(db, ann.require_user())) == 2
    assert [line.split(" in heat")[0] for line in await told(db, bob.require_user())] == [
        "Spring Cup: You came in at place 3 of 3"
    ]
