"""Events of files become events here: as far as they are played, and everything works on them from there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from domain import matches, tournaments
from domain.games import GameNotFound
from domain.infra.db import Database
from domain.infra.outbox import OutboxRow
from domain.kernel.actor import ANONYMOUS
from domain.kernel.errors import InvalidInput, LimitReached, Unauthenticated
from domain.kernel.participant import ParticipantKind
from domain.kernel.scoring import MatchScoring
from domain.matches import DecideResult, MatchStatus, Outcome
from domain.tournaments import (
    Event,
    EventFormat,
    EventGroup,
    EventImport,
    EventMatch,
    EventStage,
    ImportNotPlayable,
    ImportStatus,
    LoserOf,
    MatchProgress,
    Seed,
    StageFormat,
    StageSource,
    Structure,
    TournamentStatus,
    WinnerOf,
    read_import,
    reproduce,
    write_event_json,
)
from domain.tournaments.commands.importing import MAX_WAITING_IMPORTS
from domain.tournaments.errors import SlugTaken, StageInUse
from domain.tournaments.rules.events import EventBye, EventEntrant
from domain.tournaments.rules.events.playable import PlayableBye
from domain.tournaments.rules.rounds import Kind as RoundKind
from domain.tournaments.values import Source
from tests.factories.games import make_catalogue
from tests.factories.imports import import_of, imported, make, wanted
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import (
    bracket,
    correction,
    entrants,
    make_tournament,
    places,
    row_of,
    seeds,
    states,
)
from tests.fixtures.rows import every_row, refused

FILES = Path(__file__).resolve().parents[4] / "shared" / "data" / "brackets"
PLAYED, FORFEIT, OPEN, LIVE = MatchProgress.PLAYED, MatchProgress.FORFEIT, MatchProgress.OPEN, MatchProgress.LIVE


def cast(count: int) -> tuple[EventEntrant, ...]:
    """So many entrants, seeded."""
    return tuple(EventEntrant(number, f"Player {number}", number) for number in range(1, count + 1))


def match(key: str, first: int, second: int, score: tuple[int, int] | None = (2, 0), **fields: Any) -> EventMatch:
    """A match of a table, won by the first."""
    given: dict[str, Any] = {"round": 1, "progress": PLAYED, "winner": 0}
    return EventMatch(key, sides=(first, second), score=score, **{**given, **fields})


def league(*played: EventMatch, count: int = 4, **fields: Any) -> Event:
    """A table of one group."""
    group = EventGroup(tuple(range(1, count + 1)), played)
    return Event(cast(count), (EventStage(StageFormat.ROUND_ROBIN, (group,), **fields),), "League")


def final_four(*more: EventMatch, **fields: Any) -> EventStage:
    """A single elimination of four in which favourites have won the first round."""
    group = EventGroup(
        (1, 2, 3, 4),
        (
            EventMatch("A", 1, sources=(Seed(1), Seed(4)), progress=PLAYED, winner=0, score=(2, 1)),
            EventMatch("B", 1, sources=(Seed(2), Seed(3)), progress=FORFEIT, winner=0),
            *more,
        ),
    )
    return EventStage(StageFormat.ELIMINATION, (group,), **fields)


def duel(key: str, first: int, second: int) -> EventGroup:
    """A bracket of one match, won by the first."""
    final = EventMatch(key, 1, sources=(Seed(1), Seed(2)), progress=PLAYED, winner=0, score=(1, 0))
    return EventGroup((first, second), (final,))


OPEN_FINAL = EventMatch("C", 2, sources=(WinnerOf("A"), WinnerOf("B")))
FINAL = replace(OPEN_FINAL, progress=PLAYED, winner=1, score=(0, 3))
THIRD = EventMatch("D", 0, sources=(LoserOf("A"), LoserOf("B")))


async def facts(db: Database) -> set[str]:
    """The names of everything that was recorded."""
    async with db.read() as session:
        return set(await session.scalars(select(OutboxRow.name).distinct()))


async def test_a_bracket_goes_on_where_its_file_ends(db: Database) -> None:
    """What was played is as if it had been here; the final is played here, and what was imported corrected."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event = Event((*cast(4), EventEntrant(9, "Nobody")), (final_four(OPEN_FINAL, THIRD, name="Finals"),))
    tournament_id = await imported(db, organizer, event)
    row = await row_of(db, tournament_id)
    assert (row.slug, row.name, row.status, row.is_published) == (
        "imported",
        "Imported",
        TournamentStatus.RUNNING,
        True,
    )
    assert (row.entrant_kind, row.entrant_count, row.capacity) == (ParticipantKind.GUEST, 4, 4)
    assert (row.organizer_id, row.imported_format) == (organizer.user_id, EventFormat.MATCHPOINT_EVENT)
    assert await facts(db) == {
        "tournaments.import_requested",
        "tournaments.import_advanced",
        "tournaments.import_ended",
        "tournaments.published",
        "tournaments.bracket_changed",
    }
    found = await bracket(db, tournament_id)
    assert {key: (state.status, seeds(state), state.best_of) for key, state in found.items()} == {
        "A": (MatchStatus.FINISHED, [1, 4], 3),
        "B": (MatchStatus.FINISHED, [2, 3], 3),
        "C": (MatchStatus.READY, [1, 2], 3),
        "D": (MatchStatus.READY, [4, 3], 3),
    }
    assert [slot.score for slot in found["A"].slots] == [2, 1]
    assert (found["B"].outcome, found["B"].slots[0].score) == (Outcome.WALKOVER, None)
    for key in ("C", "D"):
        decide = DecideResult(found[key].id, 1, (2, 0), NOW)
        await run(db, matches.decide_result, organizer, decide)
    assert (await row_of(db, tournament_id)).status is TournamentStatus.FINISHED
    assert await places(db, tournament_id) == {1: (1, 1), 2: (2, 2), 4: (3, 3), 3: (4, 4)}
    await run(db, tournaments.correct_match, organizer, correction(found["A"], 1, force=True))
    assert (await row_of(db, tournament_id)).status is TournamentStatus.RUNNING
    assert seeds((await bracket(db, tournament_id))["C"]) == [4, 2]


async def test_a_finished_event_is_finished_here(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    tournament_id = await imported(db, organizer, Event(cast(4), (final_four(FINAL),)))
    row = await row_of(db, tournament_id)
    assert (row.status, row.finished_at) == (TournamentStatus.FINISHED, NOW)
    assert await places(db, tournament_id) == {2: (1, 1), 1: (2, 2), 3: (3, 4), 4: (3, 4)}
    assert (await bracket(db, tournament_id))["C"].best_of == 5


async def test_groups_lead_into_a_bracket(db: Database) -> None:
    """Who goes on follows from ranks; a stage that is left unfinished by a correction is played on here."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    groups = tuple(
        EventGroup(
            (one, two, three),
            (
                match(f"{name}1", one, two, round=1),
                match(f"{name}2", one, three, (2, 1), round=2),
                match(f"{name}3", two, three, round=3),
            ),
            name=name,
        )
        for name, (one, two, three) in {"A": (1, 4, 5), "B": (2, 3, 6)}.items()
    )
    knockout = EventStage(
        StageFormat.ELIMINATION,
        (EventGroup((1, 2, 3, 4), final_four(FINAL).groups[0].matches),),
    )
    event = Event(cast(6), (EventStage(StageFormat.ROUND_ROBIN, groups, name="Groups"), knockout))
    tournament_id = await imported(db, organizer, event)
    assert (await row_of(db, tournament_id)).status is TournamentStatus.FINISHED
    placed = {one.name: (one.placement_low, one.placement_high) for one in await entrants(db, tournament_id)}
    assert placed == {f"Player {number}": band for number, band in reproduce(event).placements.items()}
    async with db.read() as session:
        first, second = (await tournaments.stage_views(session, [tournament_id]))[tournament_id]
    assert [(stage.name, stage.structure) for stage in (first, second)] == [
        ("Groups", Structure.ROUND_ROBIN),
        (None, Structure.CUSTOM),
    ]
    (source,) = tournaments.sources_from(second.sources)
    assert (source.stage, source.low, source.high, source.is_overall) == (1, 1, 2, False)


async def test_a_play_off_of_one_group_comes_between_groups_and_bracket(db: Database) -> None:
    """The sources name the group, so that a corrected play-off would let the other go on."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    groups = tuple(
        EventGroup(
            (one, two, three),
            (match(f"{name}1", one, two, round=1), match(f"{name}2", one, three, round=2), third),
            name=name,
        )
        for name, (one, two, three), third in (
            ("A", (1, 4, 5), match("A3", 4, 5, (1, 1), winner=None, round=3)),
            ("B", (2, 3, 6), match("B3", 3, 6, (2, 1), round=3)),
        )
    )
    table = EventStage(StageFormat.ROUND_ROBIN, groups, match_scoring=MatchScoring.POINTS)
    between = EventStage(StageFormat.ELIMINATION, (duel("P", 5, 4),), name="Play-off")
    last = EventStage(StageFormat.ELIMINATION, (EventGroup((1, 2, 3, 5), final_four(FINAL).groups[0].matches),))
    event = Event(cast(6), (table, between, last))
    tournament_id = await imported(db, organizer, event)
    async with db.read() as session:
        stages = (await tournaments.stage_views(session, [tournament_id]))[tournament_id]
    assert [tournaments.sources_from(stage.sources) for stage in stages] == [
        (),
        (StageSource(1, 2, 3, groups=(1,)),),
        (StageSource(1, 1, 1), StageSource(2, 1, 1), StageSource(1, 2, 2, groups=(2,))),
    ]
    placed = {one.name: (one.placement_low, one.placement_high) for one in await entrants(db, tournament_id)}
    assert placed == {f"Player {number}": band for number, band in reproduce(event).placements.items()}
    found = await bracket(db, tournament_id)
    await refused(db, StageInUse, tournaments.correct_match, organizer, correction(found["P"], 1, force=True))


async def test_pools_lead_into_a_bracket(db: Database) -> None:
    """Two of each pool go on; the file that comes out of it is the one that went in."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    other = EventGroup(
        (2, 3, 6, 7),
        (
            EventMatch("P", 1, sources=(Seed(1), Seed(4)), progress=PLAYED, winner=0, score=(2, 0)),
            EventMatch("Q", 1, sources=(Seed(2), Seed(3)), progress=PLAYED, winner=1, score=(1, 2)),
            EventMatch("R", 2, sources=(WinnerOf("P"), WinnerOf("Q")), progress=PLAYED, winner=0, score=(2, 0)),
        ),
        name="B",
    )
    pool = replace(final_four(FINAL).groups[0], entrants=(1, 4, 5, 8), name="A")
    pools = EventStage(StageFormat.ELIMINATION, (pool, other), name="Pools")
    names = {"A": "W", "B": "X", "C": "Y"}
    opening: list[tuple[Source, Source]] = [(Seed(1), Seed(4)), (Seed(2), Seed(3)), (WinnerOf("W"), WinnerOf("X"))]
    last = tuple(
        replace(each, key=names[each.key], sources=sources)
        for each, sources in zip((*final_four().groups[0].matches, OPEN_FINAL), opening, strict=True)
    )
    event = Event(cast(8), (pools, EventStage(StageFormat.ELIMINATION, (EventGroup((4, 2, 1, 6), last),))))
    tournament_id = await imported(db, organizer, event)
    async with db.snapshot() as session:
        first, second = (await tournaments.stage_views(session, [tournament_id]))[tournament_id]
        seats = (await tournaments.stage_fields(session, [(tournament_id, first.id)]))[tournament_id, first.id]
        exported = await tournaments.exported_event(session, tournament_id, "9-ball", NOW)
    assert [(seat.entrant.name, seat.group) for seat in seats[:4]] == [
        ("Player 1", 1),
        ("Player 2", 2),
        ("Player 4", 1),
        ("Player 3", 2),
    ]
    assert tournaments.sources_from(second.sources) == (StageSource(1, 1, 2),)
    assert exported is not None
    assert [len(group.matches) for group in exported.stages[0].groups] == [3, 3]
    again = reproduce(exported)
    assert again.differences == ()
    assert len(read_import([write_event_json(exported)]).stages) == 2
    found = await bracket(db, tournament_id)
    await run(db, matches.decide_result, organizer, DecideResult(found["Y"].id, 1, (2, 0), NOW))
    placed = {one.name: (one.placement_low, one.placement_high) for one in await entrants(db, tournament_id)}
    assert [placed[f"Player {number}"] for number in (4, 2, 1, 6)] == [(1, 1), (2, 2), (3, 4), (3, 4)]
    assert (await row_of(db, tournament_id)).status is TournamentStatus.FINISHED


async def test_pools_alone_end_with_several_first_places(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event = Event(cast(4), (EventStage(StageFormat.ELIMINATION, (duel("Y", 1, 2), duel("Z", 3, 4))),))
    tournament_id = await imported(db, organizer, event)
    assert (await row_of(db, tournament_id)).status is TournamentStatus.FINISHED
    placed = {one.name: (one.placement_low, one.placement_high) for one in await entrants(db, tournament_id)}
    assert placed == {f"Player {number}": (1, 2) if number in (1, 3) else (3, 4) for number in range(1, 5)}


async def test_who_went_on_by_lot_goes_on_here(db: Database) -> None:
    """All of a group are level, and not the first two of the file played the final: the seeds say who went on."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    level = [
        match(f"X{number}", *sides, (1, 1), winner=None, round=number)
        for number, sides in enumerate(((1, 2), (1, 3), (2, 3)), 1)
    ]
    groups = league(*level, count=3, match_scoring=MatchScoring.POINTS)
    final = EventStage(StageFormat.ELIMINATION, (duel("F", 3, 1),))
    tournament_id = await imported(db, organizer, replace(groups, stages=(*groups.stages, final)))
    found = {one.name: (one.seed, one.placement_low) for one in await entrants(db, tournament_id)}
    assert found == {"Player 1": (1, 2), "Player 3": (2, 1), "Player 2": (3, 3)}
    assert (await row_of(db, tournament_id)).status is TournamentStatus.FINISHED


async def test_a_level_score_with_a_winner_and_one_that_was_played_again_stand(db: Database) -> None:
    """What decided them is not told beside who won; the bracket goes on from there."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    shot = EventMatch("A", 1, sources=(Seed(1), Seed(4)), progress=PLAYED, winner=1, score=(1, 1), shootout=(3, 4))
    again = EventMatch(
        "B", 1, sources=(Seed(2), Seed(3)), progress=PLAYED, winner=0, score=(2, 0), games=((1, 1), (2, 0))
    )
    group = EventGroup((1, 2, 3, 4), (shot, again, OPEN_FINAL))
    event = Event(cast(4), (EventStage(StageFormat.ELIMINATION, (group,), match_scoring=MatchScoring.POINTS),))
    tournament_id = await imported(db, organizer, event)
    found = await bracket(db, tournament_id)
    assert [(found[key].winner, [slot.score for slot in found[key].slots], found[key].games) for key in "AB"] == [
        (1, [1, 1], ()),
        (0, [2, 0], ((1, 1), (2, 0))),
    ]
    assert (found["C"].scoring, found["C"].can_be_drawn, seeds(found["C"])) == (MatchScoring.POINTS, False, [4, 2])
    decide = DecideResult(found["C"].id, 1, (12, 7), NOW)
    await run(db, matches.decide_result, organizer, decide)
    assert await places(db, tournament_id) == {4: (1, 1), 2: (2, 2), 1: (3, 4), 3: (3, 4)}


async def test_a_swiss_of_chess_goes_on_with_its_sides_and_byes(db: Database) -> None:
    """Draws without a score are games of 0:0; the next round is paired by half points, and who had White has Black."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    first = (
        match("X", 1, 3, None, winner=None),
        match("Y", 4, 2, None),
    )
    group = EventGroup((1, 2, 3, 4, 5), first, (EventBye(1, 5, RoundKind.PAIRING_BYE, 2),))
    stage = EventStage(
        StageFormat.SWISS, (group,), has_sides=True, best_of=1, planned=2, match_scoring=MatchScoring.PLAY_ALL
    )
    tournament_id = await imported(db, organizer, Event(cast(5), (stage,)))
    found = await bracket(db, tournament_id)
    assert [[slot.score for slot in found[key].slots] for key in "XY"] == [[0, 0], [1, 0]]
    later = {key: state for key, state in found.items() if key not in "XY"}
    assert {key: (state.status, state.can_be_drawn) for key, state in later.items()} == {
        "R2.1": (MatchStatus.READY, True),
        "R2.2": (MatchStatus.READY, True),
    }
    # Seeds 1 and 3 have met, and 2 sits out; of the two ways left one gives all who had a side the other one.
    assert [seeds(later[key]) for key in ("R2.1", "R2.2")] == [[3, 4], [5, 1]]


async def test_byes_of_every_kind_count_as_their_file_says(db: Database) -> None:
    """The table is that of the file, and the next round is paired by it."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    kinds = (RoundKind.HALF_BYE, 1), (RoundKind.FULL_BYE, 2), (RoundKind.ZERO_BYE, 0), (RoundKind.PAIRING_BYE, 1)
    byes = tuple(EventBye(1, number, *told) for number, told in enumerate(kinds, 3))
    group = EventGroup((1, 2, 3, 4, 5, 6), (match("X", 1, 2, (1, 0)),), byes)
    fields: dict[str, Any] = {"tiebreaks": ("PTS", "BH"), "best_of": 1, "planned": 2}
    event = Event(cast(6), (EventStage(StageFormat.SWISS, (group,), **fields),))
    tournament_id = await imported(db, organizer, event)
    async with db.snapshot() as session:
        (stage,) = (await tournaments.stage_views(session, [tournament_id]))[tournament_id]
        told = (await tournaments.played_stages(session, [(tournament_id, stage.id)]))[tournament_id, stage.id].byes
        exported = await tournaments.exported_event(session, tournament_id, "9-ball", NOW)
    assert [(bye.seed, bye.kind, bye.worth, bye.points) for bye in told] == [
        (number, *each, 0) for number, each in enumerate(kinds, 3)
    ]
    found = await bracket(db, tournament_id)
    assert [sorted(seed or 0 for seed in seeds(found[f"R2.{board}"])) for board in (1, 2, 3)] == [
        [1, 4],
        [3, 6],
        [2, 5],
    ]
    assert exported is not None
    assert exported.stages[0].groups[0].byes == byes


async def test_rounds_are_those_that_are_there() -> None:
    """A bracket from the semi-finals on, and a Swiss in which somebody was not paired, for no points."""
    late = final_four(OPEN_FINAL)
    played = tuple(replace(each, round=7 + (each.round or 0)) for each in late.groups[0].matches)
    (stage,) = read_import(
        [write_event_json(Event(cast(4), (replace(late, groups=(EventGroup((1, 2, 3, 4), played),)),)))]
    ).stages
    assert {node.key: node.round for node in stage.nodes} == {"A": 1, "B": 1, "C": 2}
    group = EventGroup((1, 2, 3), (match("X", 1, 2),), (EventBye(1, 3, RoundKind.ZERO_BYE),))
    (swiss,) = read_import([write_event_json(Event(cast(3), (EventStage(StageFormat.SWISS, (group,)),)))]).stages
    assert (swiss.byes, len(swiss.nodes)) == ((PlayableBye(1, 3, RoundKind.ZERO_BYE, 0, 0, 0),), 1)


async def test_what_cannot_go_on_here_is_refused_with_its_stage() -> None:
    swiss: dict[str, Any] = {"format": StageFormat.SWISS, "planned": 3}
    two = EventGroup((1, 2), (match("X", 1, 2),)), EventGroup((3, 4), (match("Y", 3, 4),))
    drawn, broken = match("X", 1, 2, (1, 1), winner=None), match("Y", 3, 4, (2, 2))
    for event, message in (
        (league(drawn, broken), "match 'X': it was drawn, where level scores have a winner"),
        (league(drawn, has_draws=False), "match 'X': it was drawn, where level scores have a winner"),
        (league(match("X", 1, 2, (1, 2))), "POINTS (match 'X': 1:2 says otherwise who won)"),
        (league(match("X", 1, 2, (-1, -3))), "POINTS (match 'X': -1:-3 are no points)"),
        (league(match("X", 1, 2, (1, 0), games=((3, 3), (1, 4)))), "match 'X': its games do not add up"),
        (league(match("X", 1, 2, points=(6, 0))), "match 'X': it brought other points"),
        (league(match("X", 1, 2, (-1, 3), progress=LIVE, winner=None)), "BEST_OF (match 'X': -1:3 is no score"),
        (Event(cast(4), (EventStage(groups=two, **swiss),)), "it is a Swiss of several groups"),
        (
            Event(cast(5), (final_four(FINAL), EventStage(StageFormat.ELIMINATION, (duel("Z", 2, 5),)))),
            "Stage 2 cannot be imported: who came into it",
        ),
        (league(), "it has no matches yet"),
        (league(match("X", 1, 2), planned=3), "only 1 of its 3 rounds are there"),
    ):
        with pytest.raises(ImportNotPlayable) as caught:
            read_import([write_event_json(event)])
        assert message in caught.value.message, caught.value.message


async def test_who_may_import_and_under_which_name(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    command = wanted([write_event_json(Event(cast(4), (final_four(FINAL),)))])
    await make_tournament(db, organizer, "taken")
    for error, actor, change in (
        (Unauthenticated, ANONYMOUS, {}),
        (InvalidInput, organizer, {"slug": "No Slug"}),
        (InvalidInput, organizer, {"name": " "}),
        (InvalidInput, organizer, {"source_url": "javascript:alert(1)"}),
        (GameNotFound, organizer, {"game": "no-game"}),
        (SlugTaken, organizer, {"slug": "taken"}),
    ):
        for use in (tournaments.import_event, tournaments.check_import):
            await refused(db, error, use, actor, replace(command, **change))  # type: ignore[arg-type]
    before = await every_row(db)
    await run(db, tournaments.check_import, organizer, command)
    assert await every_row(db) == before
    for number in range(MAX_WAITING_IMPORTS):
        await run(db, tournaments.import_event, organizer, replace(command, slug=f"cup-{number}"))
    await refused(db, LimitReached, tournaments.import_event, organizer, command)


async def test_an_address_that_was_taken_meanwhile_ends_the_import(db: Database) -> None:
    """Nothing of the event is left, and whoever asked can read why."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    command = wanted([write_event_json(Event(cast(4), (final_four(FINAL),)))])
    first, second = [await run(db, tournaments.import_event, organizer, command) for _ in range(2)]
    await make(db, first)
    # A worker that was lost had told of what it had made.
    told = update(EventImport).where(EventImport.id == second.id).values(made_stage_count=1, made_match_count=2)
    await db.transaction(lambda session: session.execute(told))
    await make(db, second)
    failed = await import_of(db, second.id)
    assert (failed.status, failed.error_code, failed.tournament_id) == (ImportStatus.FAILED, "SLUG_TAKEN", None)
    assert (failed.made_stage_count, failed.made_match_count) == (0, 0)
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(tournaments.Tournament)) == 1


async def test_real_brackets_end_here_as_they_did(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    if not FILES.exists():
        pytest.skip(f"{FILES} is not here")
    for name in ("challonge_41_entrants.json", "brackets_viewer_demo_db_16.json"):
        data = [(FILES / name).read_bytes()]
        read = read_import(data)
        tournament_id = await imported(db, organizer, read.event, name.split("_")[0])
        found = {one.number: (one.placement_low, one.placement_high) for one in await entrants(db, tournament_id)}
        assert {number: band for number, band in found.items() if band[0]} == dict(read.found.placements)
        assert len(await states(db, tournament_id)) == read.match_count
