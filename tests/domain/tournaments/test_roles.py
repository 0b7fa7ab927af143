"""Organizers, referees and scorers: what each may do in an event, and never in a match of their own."""

from __future__ import annotations

from typing import Any

import pytest

from domain import accounts, matches, teams, tournaments
from domain.infra.db import Database
from domain.kernel.errors import InvalidInput
from domain.kernel.participant import ParticipantKind
from domain.matches import (
    AwardWalkover,
    DecideResult,
    MatchObservation,
    MatchStatus,
    NotAnOfficial,
    NotYourMatch,
    OwnMatch,
    RecordObservation,
    StartMatch,
    UpdateScore,
    Verdict,
)
from domain.tournaments import (
    CancelTournament,
    CorrectMatch,
    DisqualifyEntrant,
    SetStaff,
    StaffRole,
    Structure,
    WithdrawEntrant,
)
from domain.tournaments.errors import NotAnOrganizer
from tests.factories.games import make_catalogue
from tests.factories.teams import NOW, add_members, make_admin, make_people, make_team, run
from tests.factories.tournaments import enter, entrants, published, start, started, started_for_teams, states
from tests.fixtures.rows import refused


@pytest.mark.parametrize("role", StaffRole)
async def test_what_a_role_allows(db: Database, role: StaffRole) -> None:
    """An organizer may what a referee may, and a referee what a scorer may."""
    await make_catalogue(db)
    organizer, helper = await make_people(db, "organizer", "helper")
    event, _ = await started(db, organizer, 2, structure=Structure.SINGLE_ELIMINATION)
    (state,) = await states(db, event.id)
    begin = StartMatch(state.id, 1, NOW)
    await refused(db, NotYourMatch, matches.start_match, helper, begin)
    await run(db, tournaments.set_staff, organizer, SetStaff(event.id, "helper", role))

    comment = RecordObservation(state.id, MatchObservation.COMMENT, "Away we go.", NOW)
    await run(db, matches.start_match, helper, begin)
    await run(db, matches.update_score, helper, UpdateScore(state.id, 2, (1, 0), NOW))
    await run(db, matches.record_observation, helper, comment)
    decide = DecideResult(state.id, 3, (2, 0), NOW)
    correct = CorrectMatch(state.id, 4, Verdict(scores=(0, 2)), "Wrong way round.", NOW)
    if role is StaffRole.SCORER:
        await refused(db, NotAnOfficial, matches.decide_result, helper, decide)
        await refused(db, NotAnOfficial, matches.award_walkover, helper, AwardWalkover(state.id, 3, 0, "late", NOW))
        await run(db, matches.decide_result, organizer, decide)
        await refused(db, NotAnOfficial, tournaments.correct_match, helper, correct)
    else:
        await run(db, matches.decide_result, helper, decide)
        await run(db, tournaments.correct_match, helper, correct)
    add = SetStaff(event.id, "helper", StaffRole.REFEREE)
    if role is StaffRole.ORGANIZER:
        await run(db, tournaments.set_staff, helper, add)
    else:
        await refused(db, NotAnOrganizer, tournaments.set_staff, helper, add)
        await refused(db, NotAnOrganizer, tournaments.cancel_tournament, helper, CancelTournament(event.id, "x", NOW))


async def test_a_role_takes_the_place_of_another(db: Database) -> None:
    await make_catalogue(db)
    organizer, helper = await make_people(db, "organizer", "helper")
    event = await published(db, organizer)
    for role in (StaffRole.SCORER, StaffRole.SCORER, StaffRole.ORGANIZER, StaffRole.REFEREE):
        await run(db, tournaments.set_staff, organizer, SetStaff(event.id, "helper", role))
    async with db.read() as session:
        granted = (await accounts.grants_of(session, [event.id]))[event.id]
    roles = [(one.user_id, one.role.value) for one in granted]
    assert roles == [(organizer.user_id, "ORGANIZER"), (helper.user_id, "REFEREE")]
    demote = SetStaff(event.id, "organizer", StaffRole.REFEREE)
    await refused(db, InvalidInput, tournaments.set_staff, organizer, demote)
    await run(db, tournaments.set_staff, organizer, SetStaff(event.id, "helper", None))
    await refused(db, accounts.UserNotFound, tournaments.set_staff, organizer, SetStaff(event.id, "nobody", None))
    async with db.read() as session:
        assert (await accounts.grants_of(session, [event.id]))[event.id] == granted[:1]


async def test_nobody_decides_a_match_of_their_own(db: Database) -> None:
    """Neither the organizer who plays nor the referee whose team does; whoever else may."""
    await make_catalogue(db)
    organizer, referee, other = await make_people(db, "organizer", "referee", "other")
    admin = await make_admin(db)

    async def decisions(event_id: Any) -> list[tuple[Any, Any]]:
        (state,) = await states(db, event_id)
        return [
            (matches.decide_result, DecideResult(state.id, state.version, (2, 0), NOW)),
            (matches.award_walkover, AwardWalkover(state.id, state.version, 0, "Nobody came.", NOW)),
        ]

    shape = {"structure": Structure.SINGLE_ELIMINATION}
    single = await published(db, organizer, "single", **shape)
    await enter(db, single.id, organizer, other)
    await start(db, organizer, single.id)
    for use_case, command in await decisions(single.id):
        await refused(db, OwnMatch, use_case, organizer, command)
    await run(db, tournaments.set_staff, organizer, SetStaff(single.id, "referee", StaffRole.REFEREE))
    (state,) = await states(db, single.id)
    await run(db, matches.decide_result, referee, DecideResult(state.id, state.version, (2, 0), NOW))
    correct = CorrectMatch(state.id, state.version + 1, Verdict(scores=(2, 1)), "One more.", NOW)
    await refused(db, OwnMatch, tournaments.correct_match, organizer, correct)

    doubles = await published(db, organizer, "doubles", entrant_kind=ParticipantKind.TEAM, **shape)
    await run(db, tournaments.set_staff, organizer, SetStaff(doubles.id, "referee", StaffRole.REFEREE))
    reds, blues = await make_team(db, other, "reds"), await make_team(db, admin, "blues")
    for captain, team in ((other, reds), (admin, blues)):
        command = tournaments.RegisterEntrant(doubles.id, NOW, team_id=team.id)
        await run(db, tournaments.register_entrant, captain, command)
    await start(db, organizer, doubles.id)
    await add_members(db, reds.id, referee)
    walkover = (await decisions(doubles.id))[1]
    await refused(db, OwnMatch, walkover[0], referee, walkover[1])
    await run(db, walkover[0], admin, walkover[1])
    (state,) = await states(db, doubles.id)
    assert state.status is MatchStatus.FINISHED


async def test_nobody_puts_out_who_they_are_to_play(db: Database) -> None:
    """That would decide the match. To give up a match of one's own is no such thing."""
    await make_catalogue(db)
    organizer, other = await make_people(db, "organizer", "other")
    event = await published(db, organizer, structure=Structure.SINGLE_ELIMINATION)
    mine, theirs = await enter(db, event.id, organizer, other)
    await start(db, organizer, event.id)
    await refused(db, OwnMatch, tournaments.disqualify_entrant, organizer, DisqualifyEntrant(theirs.id, "Late.", NOW))
    await refused(db, OwnMatch, tournaments.withdraw_entrant, organizer, WithdrawEntrant(theirs.id, NOW))
    await run(db, tournaments.withdraw_entrant, organizer, WithdrawEntrant(mine.id, NOW))
    (state,) = await states(db, event.id)
    assert state.winner is not None and state.slots[state.winner].participant_id == other.user_id


async def test_who_left_the_team_still_played_for_it(db: Database) -> None:
    """A referee on the roster decides nothing of the team: not after leaving it, and not to come back afterwards."""
    await make_catalogue(db)
    organizer, captain, referee, other = await make_people(db, "organizer", "captain", "referee", "other")
    reds, blues = await make_team(db, captain, "reds"), await make_team(db, other, "blues")
    await add_members(db, reds.id, referee)
    sides = {reds.id: captain, blues.id: other}
    event = await started_for_teams(db, organizer, sides, structure=Structure.SINGLE_ELIMINATION)
    await run(db, tournaments.set_staff, organizer, SetStaff(event.id, "referee", StaffRole.ORGANIZER))
    await run(db, teams.leave_team, referee, teams.LeaveTeam(team_id=reds.id, now=NOW))
    (state,) = await states(db, event.id)
    theirs = next(entrant for entrant in await entrants(db, event.id) if entrant.participant_id == blues.id)
    decisions: list[tuple[Any, Any]] = [
        (matches.decide_result, DecideResult(state.id, state.version, (2, 0), NOW)),
        (matches.award_walkover, AwardWalkover(state.id, state.version, 0, "Nobody came.", NOW)),
        (tournaments.disqualify_entrant, DisqualifyEntrant(theirs.id, "Late.", NOW)),
    ]
    for use_case, command in decisions:
        await refused(db, OwnMatch, use_case, referee, command)
    await run(db, matches.decide_result, organizer, DecideResult(state.id, state.version, (0, 2), NOW))
    correct = CorrectMatch(state.id, state.version + 1, Verdict(scores=(2, 1)), "One more.", NOW)
    await refused(db, OwnMatch, tournaments.correct_match, referee, correct)
