"""What is known of entrants who should not meet early, and seeds that keep them apart."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from domain import matches, teams
from domain.infra.db import WriteSession
from domain.kernel.errors import InvalidInput
from domain.tournaments.models import Entrant, Tournament
from domain.tournaments.queries import players_of
from domain.tournaments.rules.seeding_apart import Circle, early_meetings, seed_apart
from domain.tournaments.values import SeedingConflict, SeedingConstraint, SeedingReport, Structure

MAX_RECENT_DAYS = 365
MAX_GROUPS = 256
MAX_IN_GROUPS = 4096
# More than a thousand entrants who have each met eight others of the field; older meetings do not count.
_MAX_MEETINGS = 4096
_MAX_CONFLICTS = 100

_Circles = list[Circle[UUID]]


@dataclass(frozen=True, slots=True)
class Apart:
    """Who should not meet early, and how many of the best seeds stay as they are.

    `avoid` says what is looked up; opponents are recent for `recent_days`. `keep_apart` has groups of entrant ids.
    """

    now: datetime
    avoid: Collection[SeedingConstraint]
    keep_apart: Sequence[Sequence[UUID]]
    recent_days: int
    locked_seeds: int


async def keep_apart(
    session: WriteSession, tournament: Tournament, field: Sequence[Entrant], order: Sequence[UUID], apart: Apart
) -> tuple[tuple[UUID, ...], SeedingReport]:
    """The entrants in an order of seeds, exchanged within bands, and who could still meet early.

    Raises:
        InvalidInput: the terms are wrong, or the bracket is not one of the known shapes.
    """
    _require_terms(tournament, order, apart)
    recent_since = apart.now - timedelta(days=apart.recent_days)
    circles = [Circle(SeedingConstraint.KEEP_APART, tuple(group)) for group in apart.keep_apart]
    if SeedingConstraint.SAME_TEAM in apart.avoid:
        circles += await _teams(session, field)
    if SeedingConstraint.RECENT_OPPONENTS in apart.avoid:
        circles += await _recent_opponents(session, tournament, field, recent_since)
    # A thousand entrants take a second or so, in which others are served.
    seeded = await asyncio.to_thread(seed_apart, order, circles, apart.locked_seeds)
    report = SeedingReport(
        avoid=tuple(sorted(set(apart.avoid))),
        keep_apart=tuple(map(tuple, apart.keep_apart)),
        recent_since=recent_since if SeedingConstraint.RECENT_OPPONENTS in apart.avoid else None,
        locked_seeds=apart.locked_seeds,
        conflicts=tuple(
            SeedingConflict(first=each.first, second=each.second, round=each.round, constraints=each.constraints)
            for each in early_meetings(seeded, circles, _MAX_CONFLICTS)
        ),
    )
    return seeded, report


def _require_terms(tournament: Tournament, order: Sequence[UUID], apart: Apart) -> None:
    if tournament.structure is Structure.CUSTOM:
        raise InvalidInput("Entrants are kept apart in single and double elimination; order these yourself.", "avoid")
    if SeedingConstraint.KEEP_APART in apart.avoid:
        raise InvalidInput("Name those who are to be kept apart in `keepApart`.", "avoid")
    if not 1 <= apart.recent_days <= MAX_RECENT_DAYS:
        raise InvalidInput(f"Opponents can be recent for 1 to {MAX_RECENT_DAYS} days.", "recentDays")
    if not 0 <= apart.locked_seeds <= len(order):
        raise InvalidInput(f"From 0 to all {len(order)} seeds can be locked.", "lockedSeeds")
    _require_groups(order, apart.keep_apart)


def _require_groups(order: Sequence[UUID], groups: Sequence[Sequence[UUID]]) -> None:
    if len(groups) > MAX_GROUPS or sum(map(len, groups)) > MAX_IN_GROUPS:
        raise InvalidInput(f"At most {MAX_GROUPS} groups can be named, of {MAX_IN_GROUPS} in all.", "keepApart")
    known = set(order)
    for index, group in enumerate(groups):
        members = set(group)
        if len(members) < 2 or len(members) < len(group):
            raise InvalidInput(
                "A group to keep apart has at least 2 entrants, each named once.", "keepApart", str(index)
            )
        if members - known:
            raise InvalidInput("The group names somebody who has no place.", "keepApart", str(index))


async def _teams(session: WriteSession, field: Sequence[Entrant]) -> _Circles:
    """Entrants with players in one team."""
    players = await players_of(session, [entrant.id for entrant in field])
    users = [user_id for found in players.values() for user_id in found]
    of_user = await teams.teams_of_users(session, users)
    entrants_by_team: dict[UUID, set[UUID]] = defaultdict(set)
    for entrant_id, found in players.items():
        for user_id in found:
            for team_id in of_user.get(user_id, ()):
                entrants_by_team[team_id].add(entrant_id)
    return _circles(SeedingConstraint.SAME_TEAM, entrants_by_team.values())


async def _recent_opponents(
    session: WriteSession, tournament: Tournament, field: Sequence[Entrant], since: datetime
) -> _Circles:
    """Entrants who have played each other in the game of the tournament since then."""
    entrant_of = {entrant.participant_id: entrant.id for entrant in field}
    met = await matches.meetings_of(session, tournament.game_id, list(entrant_of), since, _MAX_MEETINGS)
    pairs = {frozenset((entrant_of[one], entrant_of[other])) for one, other in met}
    return _circles(SeedingConstraint.RECENT_OPPONENTS, pairs)


def _circles(constraint: SeedingConstraint, groups: Iterable[Collection[UUID]]) -> _Circles:
    return [Circle(constraint, tuple(group)) for group in groups if len(group) > 1]
