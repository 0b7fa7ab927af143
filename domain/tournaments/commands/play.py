"""Seeding, start, disqualification and the explicit end of a tournament."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from domain import games, matches
from domain.infra import outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput
from domain.tournaments import policies
from domain.tournaments.commands.change import (
    checked_reason,
    count_entrants,
    held_entrant,
    managed,
    require_status,
    show,
)
from domain.tournaments.commands.heats import leave_heats
from domain.tournaments.commands.leave import put_out
from domain.tournaments.commands.seeding_apart import Apart, keep_apart
from domain.tournaments.commands.stages import start_stage
from domain.tournaments.commands.waitlist import move_up
from domain.tournaments.errors import BracketUnfinished, LadderRuns, NotEntered, TooFewEntrants
from domain.tournaments.events import EntrantDisqualified, EntrantPromoted, TournamentStarted
from domain.tournaments.models import Entrant, Tournament
from domain.tournaments.queries import count_open_heats, entrants_of, stages_of
from domain.tournaments.rules import seeding
from domain.tournaments.rules.stages import StagePlan, needed, short_stage
from domain.tournaments.values import (
    ENTERED,
    IN_THE_FIELD,
    EntrantStatus,
    SeedingMethod,
    StageStatus,
    TournamentStatus,
)

_MAX_DRAW = 2**62


@dataclass(frozen=True, slots=True)
class SeedTournament:
    """How to seed: by hand in `order` (entrant ids, best first), at random with a `number`, or by rating.

    `apart` says who should not meet early; None: the method alone counts.
    """

    tournament_id: UUID
    method: SeedingMethod
    order: Sequence[UUID] = ()
    number: int | None = None
    apart: Apart | None = None


async def seed_tournament(session: WriteSession, actor: Actor, command: SeedTournament) -> Tournament:
    """Give every entrant in the field a seed. It can be repeated until the start.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, InvalidInput, InvalidSeeding.
    """
    tournament = await managed(session, actor, command.tournament_id, TournamentStatus.PUBLISHED)
    if command.order and command.method is not SeedingMethod.MANUAL:
        raise InvalidInput("An order is for MANUAL alone; name that method, or leave the entrants out.", "entrantIds")
    if command.number is not None and command.method is not SeedingMethod.RANDOM:
        raise InvalidInput("A number is for RANDOM alone; name that method, or leave the number out.", "number")
    field = [entrant for entrant in await entrants_of(session, tournament.id) if entrant.status in IN_THE_FIELD]
    ids = [entrant.id for entrant in field]
    number: int | None = None
    if command.method is SeedingMethod.MANUAL:
        order = seeding.seed_manually(ids, command.order)
    elif command.method is SeedingMethod.RANDOM:
        number = secrets.randbelow(_MAX_DRAW) if command.number is None else command.number
        if not 0 <= number < _MAX_DRAW:
            raise InvalidInput("The number of a draw is a whole number from 0 to 2^62 - 1.", "number")
        order = seeding.seed_randomly(ids, number)
    else:
        order = seeding.seed_by_rating(ids, await _ratings(session, tournament, field))
    tournament.seeding_report = None
    if command.apart is not None:
        order, report = await keep_apart(session, tournament, field, order, command.apart)
        tournament.seeding_report = msgspec.to_builtins(report)
    by_id = {entrant.id: entrant for entrant in field}
    for seed, entrant_id in enumerate(order, start=1):
        by_id[entrant_id].seed = seed
    tournament.seeding, tournament.seeding_number = command.method, number
    await show(session, tournament)
    return tournament


@dataclass(frozen=True, slots=True)
class StartTournament:
    """Begin play."""

    tournament_id: UUID
    now: datetime


async def start_tournament(session: WriteSession, actor: Actor, command: StartTournament) -> Tournament:
    """Close registration, settle who takes part, draw the bracket and create its matches.

    Where there is a check-in, only those who checked in play, and the waitlist fills the places of the absent.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, TooFewEntrants.
    """
    tournament = await managed(session, actor, command.tournament_id, TournamentStatus.PUBLISHED)
    stages = await stages_of(session, tournament.id)
    field = await _settle_field(session, tournament, [stage.plan for stage in stages])
    await start_stage(session, tournament, stages[0], field, command.now)
    tournament.status, tournament.started_at = TournamentStatus.RUNNING, command.now
    await count_entrants(session, tournament)
    await show(session, tournament)
    await outbox.record(session, TournamentStarted(tournament_id=tournament.id))
    return tournament


@dataclass(frozen=True, slots=True)
class FinishTournament:
    """Ask for the end of a tournament."""

    tournament_id: UUID


async def finish_tournament(session: WriteSession, actor: Actor, command: FinishTournament) -> Tournament:
    """Confirm that a tournament is over. The last result finishes it by itself, so this refuses while matches are open.

    Raises:
        TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, BracketUnfinished, LadderRuns.
    """
    tournament = await managed(
        session, actor, command.tournament_id, TournamentStatus.RUNNING, TournamentStatus.FINISHED
    )
    if tournament.status is TournamentStatus.RUNNING:
        for stage in await stages_of(session, tournament.id):
            if stage.is_endless and stage.status is StageStatus.RUNNING:
                raise LadderRuns(stage.number)
        heats = await count_open_heats(session, tournament.id)
        raise BracketUnfinished(await matches.count_open(session, tournament.id), heats)
    return tournament


@dataclass(frozen=True, slots=True)
class DisqualifyEntrant:
    """Put an entrant out, and say why."""

    entrant_id: UUID
    reason: str
    now: datetime


async def disqualify_entrant(session: WriteSession, actor: Actor, command: DisqualifyEntrant) -> Entrant:
    """Put an entrant out as an organizer: before the start the waitlist moves up, then opponents of open matches go on.

    Raises:
        EntrantNotFound, TournamentNotFound, Unauthenticated, NotAnOrganizer, WrongTournamentStatus, NotEntered,
        InvalidInput.
        OwnMatch: the actor plays against them.
    """
    tournament, entrant = await held_entrant(session, command.entrant_id)
    await policies.require_can_manage(session, actor, tournament)
    require_status(tournament, TournamentStatus.PUBLISHED, TournamentStatus.RUNNING)
    reason = checked_reason(command.reason)
    if entrant.status not in ENTERED:
        raise NotEntered(entrant.status)
    if tournament.status is TournamentStatus.RUNNING:
        await put_out(session, actor, entrant, EntrantStatus.DISQUALIFIED, reason, command.now)
        await leave_heats(session, actor, tournament, entrant, command.now)
        await count_entrants(session, tournament)
    else:
        entrant.status, entrant.seed = EntrantStatus.DISQUALIFIED, None
        await move_up(session, tournament)
    await show(session, tournament)
    await outbox.record(session, EntrantDisqualified(tournament_id=tournament.id, entrant_id=entrant.id, reason=reason))
    return entrant


async def _settle_field(session: WriteSession, tournament: Tournament, plans: Sequence[StagePlan]) -> list[Entrant]:
    """Those who play, in the order of their seeds; everyone else is marked absent."""
    entered = [entrant for entrant in await entrants_of(session, tournament.id) if entrant.status in ENTERED]
    if tournament.check_in_opens_at is not None:
        present = [entrant for entrant in entered if entrant.checked_in_at is not None]
    else:
        present = entered
    field = [entrant for entrant in present if entrant.status in IN_THE_FIELD]
    waiting = [entrant for entrant in present if entrant.status is EntrantStatus.WAITLISTED]
    promoted = waiting[: max(0, tournament.capacity - len(field))]
    have = len(field) + len(promoted)
    short = short_stage(plans, have)
    if short is not None:
        raise TooFewEntrants(have, _needed(plans, *short))
    for entrant in promoted:
        await outbox.record(session, EntrantPromoted(tournament_id=tournament.id, entrant_id=entrant.id))
    playing = sorted([*field, *promoted], key=lambda entrant: (entrant.seed is None, entrant.seed, entrant.number))
    for entrant in entered:
        entrant.status, entrant.seed = EntrantStatus.ABSENT, None
    for seed, entrant in enumerate(playing, start=1):
        entrant.status, entrant.seed = EntrantStatus.PLAYING, seed
    return playing


def _needed(plans: Sequence[StagePlan], number: int, size: int) -> str:
    """In words, how many would be enough for a stage into which so many come."""
    opening = plans[number - 1].format
    least = str(opening.seeds or f"at least {needed(opening)}")
    return least if number == 1 else f"more: into stage {number} come {size}, and it takes {least}"


async def _ratings(session: WriteSession, tournament: Tournament, field: Sequence[Entrant]) -> dict[UUID, int]:
    """Ratings of entrants in thousandths, for those who have one."""
    keys = [games.Competitor(entrant.kind, entrant.participant_id) for entrant in field]
    found = await games.ratings_of(session, tournament.game_id, keys)
    return {
        entrant.id: round(found[key].ordinal * 1000) for entrant, key in zip(field, keys, strict=True) if key in found
    }
