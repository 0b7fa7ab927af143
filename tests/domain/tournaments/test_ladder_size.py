"""A ladder as large as one can be: what challenges and results cost there."""

from __future__ import annotations

from random import Random
from time import process_time

from sqlalchemy import update

from domain import matches, tournaments
from domain.infra.db import Database, WriteSession
from domain.kernel.actor import Actor
from domain.matches import ConfirmResult, Match, MatchStatus, Outcome, ReportResult
from domain.tournaments import LadderView
from domain.tournaments.commands.challenges import ChallengeOnLadder
from domain.tournaments.commands.stages import draw
from domain.tournaments.errors import TooManyChallenges
from domain.tournaments.models import Tournament
from domain.tournaments.queries import stage_field, stages_of
from domain.tournaments.rules.graph import MatchNode
from domain.tournaments.rules.ladder import MAX_CHALLENGES
from domain.tournaments.values import BracketSide, Seed
from tests.factories.fields import enter_all
from tests.factories.games import make_catalogue
from tests.factories.ladders import DAY, Hall, ladder
from tests.factories.teams import NOW, make_people, run
from tests.factories.tournaments import entrants, published, start
from tests.fixtures.database import counted_statements
from tests.fixtures.rows import refused

SIZE = 4096
LATER = NOW + 30 * DAY


async def _fill(session: WriteSession, event: Tournament) -> list[Actor]:
    tournament = await session.get_one(Tournament, event.id)
    return await enter_all(session, tournament, [f"player-{number}" for number in range(SIZE)], NOW)


async def _play(session: WriteSession, hall: Hall, first: int, last: int) -> None:
    """The challenges with these numbers, all of them won, as if each had been made alone."""
    tournament = await session.get_one(Tournament, hall.event.id)
    (stage,) = await stages_of(session, hall.event.id)
    field, random, nodes = await stage_field(session, stage.id), Random(1), []
    for number in range(first, last + 1):
        below = random.randint(2, SIZE)
        seeds = Seed(below), Seed(max(1, below - random.randint(1, 3)))
        nodes.append(MatchNode(f"C{number}", BracketSide.GROUP, 1, number - 1, *seeds, group=1))
    drawn = await draw(session, tournament, stage, nodes, field, NOW)
    decided = {"status": MatchStatus.FINISHED, "outcome": Outcome.PLAYED, "winner": 0, "finished_at": NOW + DAY}
    await session.execute(update(Match).where(Match.id.in_(drawn)).values(decided))


async def test_challenges_and_results_on_the_largest_ladder(db: Database) -> None:
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    event = await published(db, organizer, structure=None, stages=[ladder(idle_days=14)], capacity=SIZE)
    people = await db.transaction(lambda session: _fill(session, event))
    await start(db, organizer, event.id)
    hall = Hall(db, organizer, event, {actor.require_user(): actor for actor in people})
    player = dict(zip((row.id for row in await entrants(db, event.id)), people, strict=True))

    async def challenge(view: LadderView, rung: int) -> tuple[Match, Actor, Actor]:
        order = view.standing(LATER).order
        below, above = view.entrants[order[rung]], view.entrants[order[rung - 2]]
        made = await run(db, tournaments.challenges.challenge_on_ladder, player[below], ChallengeOnLadder(above, LATER))
        return made, player[below], player[above]

    statements = []
    for numbers in ((1, 100), (102, MAX_CHALLENGES - 1)):
        await db.transaction(lambda session, numbers=numbers: _play(session, hall, *numbers))  # type: ignore[misc]
        view = await hall.view()
        began = process_time()
        with counted_statements(db) as counted:
            match, first, second = await challenge(view, 2000)
            reported = await run(db, matches.report_result, first, ReportResult(match.id, 1, (1, 0), LATER))
            played = process_time()
            await run(db, matches.confirm_result, second, ConfirmResult(match.id, reported.version, LATER))
        assert process_time() - began < 5
        # A result is a matter of its match alone, whatever has been played.
        assert process_time() - played < 0.5
        statements.append(len(counted))
        order = view.standing(LATER).order
        assert (await hall.view()).standing(LATER).order == (
            *order[:1998],
            order[2000],
            *order[1998:2000],
            *order[2001:],
        )
    assert statements[0] == statements[1]
    view = await hall.view()
    assert len(view.matches) == MAX_CHALLENGES
    order = view.standing(LATER).order
    command = ChallengeOnLadder(view.entrants[order[99]], LATER)
    error = await refused(
        db, TooManyChallenges, tournaments.challenges.challenge_on_ladder, player[view.entrants[order[100]]], command
    )
    assert error.retry_after_s is None
