"""Tournaments for tests: with people in them, started, and played."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from domain import matches, tournaments
from domain.infra.db import Database, WriteSession
from domain.kernel.actor import Actor
from domain.kernel.participant import ParticipantKind
from domain.matches import Match, MatchState, MatchStatus, Outcome, Verdict
from domain.tournaments import (
    CorrectMatch,
    CreateTournament,
    Entrant,
    EntrantStatus,
    Structure,
    Tournament,
    TournamentView,
)
from domain.tournaments.queries import entrants_of
from tests.factories.teams import NOW, make_people, run

Winner = Callable[[MatchState], int]


def favourite(state: MatchState) -> int:
    """The slot with the better seed."""
    first, second = state.slots
    assert first.seed is not None and second.seed is not None
    return 0 if first.seed < second.seed else 1


async def make_tournament(db: Database, organizer: Actor, slug: str = "spring-cup", **overrides: Any) -> Tournament:
    """A draft for players, double elimination, best of 3."""
    command = CreateTournament(
        slug=slug,
        name="Spring Cup",
        game="rocket-league-1v1",
        entrant_kind=ParticipantKind.USER,
        structure=Structure.DOUBLE_ELIMINATION,
        starts_at=NOW + timedelta(hours=2),
        now=NOW,
    )
    return await run(db, tournaments.create_tournament, organizer, replace(command, **overrides))


async def published(db: Database, organizer: Actor, slug: str = "spring-cup", **overrides: Any) -> Tournament:
    """A tournament that takes registrations."""
    draft = await make_tournament(db, organizer, slug, **overrides)
    return await run(db, tournaments.publish_tournament, organizer, tournaments.PublishTournament(draft.id))


async def enter(db: Database, tournament_id: UUID, *players: Actor, waitlist: bool = False) -> list[Entrant]:
    """Register players themselves, in one transaction."""
    command = tournaments.RegisterEntrant(tournament_id, NOW, waitlist=waitlist)

    async def work(session: WriteSession) -> list[Entrant]:
        return [await tournaments.register_entrant(session, player, command) for player in players]

    return await db.transaction(work)


async def start(db: Database, organizer: Actor, tournament_id: UUID) -> Tournament:
    """Begin play with whoever is in."""
    return await run(db, tournaments.start_tournament, organizer, tournaments.StartTournament(tournament_id, NOW))


async def started(
    db: Database, organizer: Actor, entrants: int, slug: str = "spring-cup", **overrides: Any
) -> tuple[Tournament, dict[UUID, Actor]]:
    """A running tournament, seeded by registration, and its players by their keys."""
    tournament = await published(db, organizer, slug, **overrides)
    players = await make_people(db, *(f"{slug}-{number}" for number in range(1, entrants + 1)))
    await enter(db, tournament.id, *players)
    running = await start(db, organizer, tournament.id)
    return running, {player.require_user(): player for player in players}


async def started_for_teams(
    db: Database, organizer: Actor, teams: Mapping[UUID, Actor], **overrides: Any
) -> Tournament:
    """A running tournament of these teams, by their keys, which their captains registered in this order."""
    tournament = await published(db, organizer, entrant_kind=ParticipantKind.TEAM, **overrides)
    for team_id, captain in teams.items():
        command = tournaments.RegisterEntrant(tournament.id, NOW, team_id=team_id)
        await run(db, tournaments.register_entrant, captain, command)
    return await start(db, organizer, tournament.id)


async def row_of(db: Database, tournament_id: UUID) -> TournamentView:
    """A tournament as it is now."""
    async with db.read() as session:
        return (await tournaments.tournaments_by_id(session, [tournament_id]))[tournament_id]


async def entrants(db: Database, tournament_id: UUID) -> list[Entrant]:
    """Everybody who ever entered, by registration."""
    async with db.read() as session:
        return await entrants_of(session, tournament_id)


async def statuses(db: Database, tournament_id: UUID) -> list[EntrantStatus]:
    """Where everybody stands, by registration."""
    return [entrant.status for entrant in await entrants(db, tournament_id)]


async def states(db: Database, tournament_id: UUID) -> list[MatchState]:
    """Every match of a tournament."""
    async with db.read() as session:
        return await matches.states_of_owner(session, tournament_id)


async def bracket(db: Database, tournament_id: UUID) -> dict[str, MatchState]:
    """Every match of a started tournament by its key in the bracket, in playable order."""
    async with db.snapshot() as session:
        view = (await tournaments.bracket_views(session, [tournament_id]))[tournament_id]
    return {place.key: state for state, place in view.matches}


def seeds(state: MatchState) -> list[int | None]:
    """Who sits in the slots: the seed, 0 for nobody, None while unknown."""
    return [0 if slot.is_empty else slot.seed for slot in state.slots]


async def play(db: Database, state: MatchState, players: dict[UUID, Actor], winner: int) -> Match:
    """Let slot 0 report the result and slot 1 confirm it."""
    first, second = (players[slot.participant_id] for slot in state.slots if slot.participant_id is not None)
    target = state.best_of // 2 + 1
    scores = (target, 0) if winner == 0 else (0, target)
    reported = await run(db, matches.report_result, first, matches.ReportResult(state.id, state.version, scores, NOW))
    return await run(db, matches.confirm_result, second, matches.ConfirmResult(state.id, reported.version, NOW))


def correction(state: MatchState | Match, winner: int | None, **overrides: Any) -> CorrectMatch:
    """A command that lets a slot have won to nil, or with None nobody."""
    target = state.best_of // 2 + 1
    if winner is None:
        verdict = Verdict(outcome=Outcome.WALKOVER)
    else:
        verdict = Verdict(scores=(target, 0) if winner == 0 else (0, target))
    return replace(CorrectMatch(state.id, state.version, verdict, "seen on video", NOW), **overrides)


async def play_on(db: Database, tournament_id: UUID, players: dict[UUID, Actor], winner: Winner = favourite) -> int:
    """Play until nothing is left to play; the answer is how many matches that were."""
    played = 0
    while ready := [state for state in await states(db, tournament_id) if state.status is MatchStatus.READY]:
        for state in ready:
            await play(db, state, players, winner(state))
            played += 1
    return played


async def places(db: Database, tournament_id: UUID) -> dict[int, tuple[int | None, int | None]]:
    """The places by seed."""
    return {
        entrant.seed: (entrant.placement_low, entrant.placement_high)
        for entrant in await entrants(db, tournament_id)
        if entrant.seed is not None
    }
