"""Games of a match that are picked one by one: whose turn comes of a game that is told, and what a correction does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain import matches, notifications, tournaments, vetoes
from domain.infra.db import Database
from domain.kernel.errors import InvalidInput, StaleVersion
from domain.kernel.scoring import MatchScoring
from domain.kernel.veto import CounterPicks, VetoOption, VetoPlan, VetoTemplate
from domain.matches import EntryKind, Match, MatchState, MatchStatus, ReportResult, UpdateScore, Verdict
from domain.tournaments import CorrectMatch, SetStages
from domain.vetoes import TakeVetoStep, UndoVetoStep, VetoTurnCame, VetoView, progress_in
from domain.vetoes.errors import GamesUntold, NothingToTakeBack, NotYourTurn, OptionGone, VetoOver, VetoUnfinished
from tests.factories.games import make_catalogue
from tests.factories.notifications import react, told
from tests.factories.stages import knockout
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import make_tournament, play
from tests.factories.vetoes import Event, make_event, open_veto, settle, take, undo
from tests.fixtures.rows import refused

STAGES = ("Arena", "Bridge", "Castle", "Desert", "Engine", "Forest")


def smash(**settings: Any) -> VetoPlan:
    """Three stages to strike from and three more to counter-pick; the winner bans one, the loser picks."""
    first, later = (tuple(VetoOption(name.lower(), name) for name in names) for names in (STAGES[:3], STAGES[3:]))
    return VetoPlan(pool=first, template=VetoTemplate.STRIKE, counter_picks=CounterPicks(added_pool=later), **settings)


async def fight(db: Database, entrants: int = 2, **settings: Any) -> Event:
    """A running event of best of 5 in which the first stage of the first match is the castle."""
    event = await make_event(db, entrants, veto=smash(**settings), best_of=5)
    await pick(db, event, "arena", "bridge")
    return event


async def pick(db: Database, event: Event, *options: str, key: str = "U1.1") -> VetoView:
    """Do steps for whoever's turn it is."""
    veto = await open_veto(db, event, key)
    for option in options:
        veto = await take(db, event.organizer, veto, option)
    return veto


async def tell(db: Database, event: Event, games: str, slot: int = 0, key: str = "U1.1") -> Match:
    """Let a side say who has won each game so far, as the slots: `011`."""
    return await run(db, matches.update_score, event.on(state := await event.match(db, key), slot), score(state, games))


def score(state: MatchState, games: str) -> UpdateScore:
    points = [(3, 0) if winner == "0" else (0, 3) for winner in games]
    return UpdateScore(state.id, state.version, (games.count("0"), games.count("1")), NOW, points)


async def maps(db: Database, event: Event, key: str = "U1.1") -> list[tuple[str, str | None]]:
    """What is played, and who has won it."""
    veto, state = await open_veto(db, event, key), await event.match(db, key)
    found = progress_in(veto, state.games).maps
    return [(one.option.name, None if one.winner is None else str(veto.slot_of(one.winner))) for one in found]


async def test_the_loser_of_each_game_picks_the_next(db: Database) -> None:
    event = await fight(db)
    state = await event.match(db)
    first, second = (event.on(state, slot) for slot in (0, 1))
    veto = await open_veto(db, event)
    await refused(db, VetoOver, vetoes.take_veto_step, first, TakeVetoStep(veto.id, veto.version, "desert", NOW))
    await tell(db, event, "0")
    veto = await open_veto(db, event)
    ban = TakeVetoStep(veto.id, veto.version, "desert", NOW)
    await refused(db, NotYourTurn, vetoes.take_veto_step, second, ban)
    veto = await take(db, first, veto, "desert")
    for error, actor, option in ((NotYourTurn, first, "engine"), (OptionGone, second, "desert")):
        step = TakeVetoStep(veto.id, veto.version, option, NOW)
        await refused(db, error, vetoes.take_veto_step, actor, step)
    await take(db, second, veto, "engine")
    await tell(db, event, "01", slot=1)
    # Slot 1 bans now, and slot 0 may not go back to the castle, where it has won.
    veto = await take(db, second, await open_veto(db, event), "forest")
    back = TakeVetoStep(veto.id, veto.version, "castle", NOW)
    await refused(db, OptionGone, vetoes.take_veto_step, first, back)
    await take(db, first, veto, "desert")
    assert await maps(db, event) == [("Castle", "0"), ("Engine", "1"), ("Desert", None)]
    async with db.read() as session:
        log = await matches.newest_log(session, state.id, 100)
    assert [entry.message for entry in log if entry.kind is EntryKind.VETO][3:] == [
        "Spring-Cup-1 banned Desert",
        "Spring-Cup-2 picked Engine",
        "Spring-Cup-2 banned Forest",
        "Spring-Cup-1 picked Desert",
    ]


async def test_who_picks_next_is_told(db: Database) -> None:
    event = await fight(db)
    state = await event.match(db)
    players = [event.on(state, slot).require_user() for slot in (0, 1)]
    heard = {}
    for name, act in (
        ("after the game", lambda: tell(db, event, "0")),
        ("after the ban", lambda: pick(db, event, "desert")),
        ("after the pick", lambda: pick(db, event, "engine")),
    ):
        before = [len(await told(db, player)) for player in players]
        await act()
        await react(db, VetoTurnCame, notifications.on_veto_turn_came)
        heard[name] = [len(await told(db, player)) - count for player, count in zip(players, before, strict=True)]
    assert heard == {"after the game": [1, 0], "after the ban": [0, 1], "after the pick": [0, 0]}


async def test_play_waits_for_each_pick_and_each_game_is_told(db: Database) -> None:
    event = await fight(db)
    state = await event.match(db)
    side, other = (event.on(state, slot) for slot in (0, 1))
    (scorer,) = await make_people(db, "scorer")
    staff = tournaments.SetStaff(event.tournament.id, username="scorer", role=tournaments.StaffRole.SCORER)
    await run(db, tournaments.set_staff, event.organizer, staff)
    # Nobody could know who picks next.
    for actor in (side, scorer, event.organizer):
        await refused(db, GamesUntold, matches.update_score, actor, UpdateScore(state.id, state.version, (1, 0), NOW))
    report = ReportResult(state.id, state.version, (3, 0), NOW)
    await refused(db, GamesUntold, matches.report_result, side, report)
    swept = replace(report, games=[(3, 0)] * 3)
    await refused(db, VetoUnfinished, matches.report_result, side, swept)
    await refused(db, VetoUnfinished, matches.update_score, side, score(state, "00"))
    await tell(db, event, "0")
    await pick(db, event, "desert", "engine")
    await refused(db, VetoUnfinished, matches.update_score, other, score(await event.match(db), "011"))
    await tell(db, event, "00", slot=1)
    await pick(db, event, "desert", "forest")
    now = await event.match(db)
    # What was told game by game cannot be reported otherwise at the end.
    lost = replace(report, version=now.version, scores=(0, 3), games=[(0, 3)] * 3)
    await refused(db, VetoUnfinished, matches.report_result, other, lost)
    await tell(db, event, "000")
    now = await event.match(db)
    reported = await run(db, matches.report_result, side, replace(report, version=now.version))
    done = await run(db, matches.confirm_result, other, matches.ConfirmResult(state.id, reported.version, NOW))
    assert (done.status, done.games) == (MatchStatus.FINISHED, [[3, 0]] * 3)
    assert await maps(db, event) == [("Castle", "0"), ("Engine", "0"), ("Forest", "0")]
    assert (await open_veto(db, event)).deadline_at is None


async def test_a_game_that_was_told_wrong_resets_what_was_picked_after_it(db: Database) -> None:
    """And told as before again it is as it was, with what was chosen meanwhile kept apart."""
    event = await fight(db)
    await tell(db, event, "0")
    await pick(db, event, "desert", "engine")
    await tell(db, event, "01")
    await pick(db, event, "forest", "desert")
    right = await maps(db, event)
    await tell(db, event, "1", slot=1)
    assert await maps(db, event) == [("Castle", "1")]
    state, veto = await event.match(db), await open_veto(db, event)
    # The other side has won now, so it bans.
    step = TakeVetoStep(veto.id, veto.version, "engine", NOW)
    await refused(db, NotYourTurn, vetoes.take_veto_step, event.on(state, 0), step)
    await pick(db, event, "engine", "forest")
    assert await maps(db, event) == [("Castle", "1"), ("Forest", None)]
    await tell(db, event, "01")
    assert await maps(db, event) == right


async def test_a_corrected_result_names_the_maps_of_its_games(db: Database) -> None:
    event = await fight(db)
    for games, options in (("0", ("desert", "engine")), ("01", ("forest", "desert")), ("010", ("arena", "forest"))):
        await tell(db, event, games)
        await pick(db, event, *options)
    state = await event.match(db)
    won = [(3, 0), (0, 3), (3, 0), (3, 0)]
    decided = await run(
        db, matches.decide_result, event.organizer, matches.DecideResult(state.id, state.version, (3, 1), NOW, won)
    )
    right = await maps(db, event)
    assert right == [("Castle", "0"), ("Engine", "1"), ("Desert", "0"), ("Forest", "0")]
    otherwise = Verdict(scores=(3, 1), games=[(0, 3), (3, 0), (3, 0), (3, 0)])
    fix = CorrectMatch(state.id, decided.version, otherwise, "seen on video", NOW)
    await run(db, tournaments.correct_match, event.organizer, fix)
    # Nobody has picked after that game was lost, so it is not known on what the rest was played.
    assert await maps(db, event) == [("Castle", "1")]
    version = (await event.match(db)).version
    back = replace(fix, version=version, verdict=Verdict(scores=(3, 1), games=won))
    await run(db, tournaments.correct_match, event.organizer, back)
    assert await maps(db, event) == right


async def test_officials_take_back_what_was_picked_for_the_next_game(db: Database) -> None:
    event = await fight(db)
    await tell(db, event, "0")
    veto = await pick(db, event, "desert", "engine")
    veto = await undo(db, event.organizer, veto)
    veto = await take(db, event.organizer, veto, "forest")
    veto = await undo(db, event.organizer, veto, is_all=True)
    # The map of the game that was played stays.
    assert await maps(db, event) == [("Castle", "0")]
    back = UndoVetoStep(veto.id, veto.version, "misheard", NOW)
    await refused(db, NothingToTakeBack, vetoes.undo_veto_step, event.organizer, back)
    await pick(db, event, "desert", "engine")
    await tell(db, event, "")
    veto = await undo(db, event.organizer, await open_veto(db, event))
    await take(db, event.organizer, veto, "castle")
    assert await maps(db, event) == [("Bridge", None)]
    # What was picked after a game on another map does not come back.
    await tell(db, event, "0")
    assert await maps(db, event) == [("Bridge", "0")]


async def test_the_time_for_a_pick_begins_with_the_game_before(db: Database) -> None:
    event = await fight(db, step_s=60)
    assert (await open_veto(db, event)).deadline_at is None
    await tell(db, event, "0")
    veto = await open_veto(db, event)
    assert veto.deadline_at == NOW + timedelta(seconds=60)
    late = NOW + timedelta(seconds=65)
    # Told again as it was, the time goes on.
    state = await event.match(db)
    again = replace(score(state, "0"), now=late)
    await run(db, matches.update_score, event.on(state, 1), again)
    assert await open_veto(db, event) == veto
    due = vetoes.VetoStepDue(match_id=state.id, veto_id=veto.id, version=veto.version, at=late)
    await db.transaction(lambda session: vetoes.do_overdue_step(session, due, late))
    after = await open_veto(db, event)
    assert (after.deadline_at, len(after.choices)) == (late + timedelta(seconds=60), 3)


async def test_other_sides_begin_anew_and_the_same_ones_find_theirs(db: Database) -> None:
    event = await fight(db, 4)
    await pick(db, event, "arena", "bridge", key="U1.2")
    for key in ("U1.1", "U1.2"):
        state = await event.match(db, key)
        await run(
            db, matches.decide_result, event.organizer, matches.DecideResult(state.id, state.version, (3, 0), NOW)
        )
    await pick(db, event, "bridge", "castle", key="U2.1")
    await tell(db, event, "0", key="U2.1")
    await pick(db, event, "desert", "engine", key="U2.1")
    played = await maps(db, event, "U2.1")
    assert played == [("Arena", "0"), ("Engine", None)]
    for winner in (1, 0):
        semi = await event.match(db)
        fix = CorrectMatch(
            semi.id, semi.version, Verdict(scores=(3, 0) if winner == 0 else (0, 3)), "seen", NOW, force=True
        )
        await run(db, tournaments.correct_match, event.organizer, fix)
        if winner == 1:
            assert await maps(db, event, "U2.1") == []
    assert await maps(db, event, "U2.1") == played


async def test_of_many_who_tell_a_game_and_pick_after_it_one_does_each(db: Database) -> None:
    event = await fight(db)
    state = await event.match(db)
    sides = [event.on(state, slot) for slot in (0, 1)]

    async def attempt(use_case: Any, command: Any, number: int) -> str:
        try:
            await run(db, use_case, sides[number % 2], command)
        except (StaleVersion, NotYourTurn) as refusal:
            return type(refusal).__name__
        return "done"

    answers = await asyncio.gather(*(attempt(matches.update_score, score(state, "01"[n % 2]), n) for n in range(8)))
    assert sorted(answers) == ["StaleVersion"] * 7 + ["done"]
    veto = await open_veto(db, event)
    bans = [TakeVetoStep(veto.id, veto.version, ("desert", "engine")[n % 2], NOW) for n in range(8)]
    picked = await asyncio.gather(*(attempt(vetoes.take_veto_step, ban, n) for n, ban in enumerate(bans)))
    assert picked.count("done") == 1
    assert len((await open_veto(db, event)).choices) == len(veto.choices) + 1


async def test_a_single_game_and_other_scorings(db: Database) -> None:
    """In a match of one game nothing is counter-picked; where games can be drawn, nobody could say who picks."""
    event = await make_event(db, 2, veto=smash(), best_of=1)
    await settle(db, event)
    await play(db, await event.match(db), event.players, 0)
    await make_catalogue(db)
    (organizer,) = await make_people(db, "another")
    cup = await make_tournament(db, organizer, "other-cup", game="valorant", structure=None, stages=[knockout()])
    plan = replace(knockout(best_of=3, final_best_of=3, scoring=MatchScoring.PLAY_ALL), veto=smash())
    wrong = SetStages(cup.id, cup.version, [plan])
    error = await refused(db, InvalidInput, tournaments.set_stages, organizer, wrong)
    assert error.path == ("stages", "0", "veto", "counterPicks")
