"""Who is told of which fact, and that nobody is told twice."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from domain import matches, notifications, teams, tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.participant import ParticipantKind
from domain.kernel.scoring import MatchScoring
from domain.matches import OpenMatchKind
from domain.teams import TeamRole
from domain.tournaments import StageSource, Structure
from tests.factories.games import make_catalogue
from tests.factories.notifications import react, told
from tests.factories.stages import knockout, round_robin
from tests.factories.teams import NOW, add_members, make_invitation, make_people, make_team, run
from tests.factories.tournaments import bracket, correction, enter, play, play_on, published, started, states
from tests.fixtures.database import counted_statements


async def heard(db: Database, people: dict[str, Actor]) -> dict[str, list[str]]:
    """What each was told, by name; whoever was told nothing is absent."""
    found = {name: await told(db, person.require_user()) for name, person in people.items()}
    return {name: messages for name, messages in found.items() if messages}


async def test_an_invitation_to_a_team(db: Database) -> None:
    """The invited hears of it, the inviter of the answer."""
    ann, bob, cid = await make_people(db, "ann", "bob", "cid")
    people = {"ann": ann, "bob": bob, "cid": cid}
    team = await make_team(db, ann)
    for person, name, accept in ((bob, "bob", True), (cid, "cid", False)):
        invitation = await make_invitation(db, ann, team.id, name, TeamRole.SUBSTITUTE)
        command = teams.RespondToTeamInvitation(invitation_id=invitation.id, accept=accept, now=NOW)
        await run(db, teams.respond_to_team_invitation, person, command)
    await react(db, teams.TeamMemberInvited, notifications.on_team_member_invited)
    await react(db, teams.TeamInvitationAnswered, notifications.on_team_invitation_answered)
    assert await heard(db, people) == {
        "ann": ["Bob has joined Reds.", "Cid has declined the invitation to Reds."],
        "bob": ["Ann invites you to join Reds as a substitute."],
        "cid": ["Ann invites you to join Reds as a substitute."],
    }


async def test_nobody_is_told_twice(db: Database) -> None:
    """Not when the fact comes again, and not when two workers have it at once."""
    ann, bob = await make_people(db, "ann", "bob")
    team = await make_team(db, ann)
    await make_invitation(db, ann, team.id, "bob")
    await asyncio.gather(*(react(db, teams.TeamMemberInvited, notifications.on_team_member_invited) for _ in range(4)))
    await react(db, teams.TeamMemberInvited, notifications.on_team_member_invited)
    assert await told(db, bob.require_user()) == ["Ann invites you to join Reds as a player."]


async def test_a_challenge_between_users(db: Database) -> None:
    """From the invitation to the result, each from their side."""
    await make_catalogue(db)
    ann, bob, cid = await make_people(db, "ann", "bob", "cid")
    people = {"ann": ann, "bob": bob, "cid": cid}
    command = matches.CreateMatch(game="nine-ball", kind=OpenMatchKind.CHALLENGE, best_of=3, opponent="bob", now=NOW)
    match = await run(db, matches.create_match, ann, command)
    match = await run(db, matches.respond_to_match, bob, matches.RespondToMatch(match.id, match.version, True, NOW))
    match = await run(db, matches.report_result, bob, matches.ReportResult(match.id, match.version, (2, 1), NOW))
    await run(db, matches.confirm_result, ann, matches.ConfirmResult(match.id, match.version, NOW))
    await react(db, matches.MatchInvited, notifications.on_match_invited)
    await react(db, matches.MatchReady, notifications.on_match_ready)
    await react(db, matches.MatchReported, notifications.on_match_reported)
    await react(db, matches.MatchFinished, notifications.on_match_finished)
    assert await heard(db, people) == {
        "ann": [
            "Your match against Bob is ready to be played.",
            "Bob reported your match as 2:1 for you. Confirm or dispute it.",
            "You won against Bob 2:1.",
        ],
        "bob": [
            "Ann challenges you to a match, best of 3.",
            "Your match against Ann is ready to be played.",
            "You lost against Ann 1:2.",
        ],
    }


async def test_a_challenge_between_teams(db: Database) -> None:
    """Captains are asked, everyone hears what happens."""
    await make_catalogue(db)
    ann, bob, cid, dan = await make_people(db, "ann", "bob", "cid", "dan")
    people = {"ann": ann, "bob": bob, "cid": cid, "dan": dan}
    reds, blues = await make_team(db, ann, "reds"), await make_team(db, bob, "blues")
    await add_members(db, reds.id, cid)
    await add_members(db, blues.id, dan)
    command = matches.CreateMatch(
        game="valorant", kind=OpenMatchKind.CASUAL, best_of=1, team_id=reds.id, opponent_team_id=blues.id, now=NOW
    )
    match = await run(db, matches.create_match, ann, command)
    match = await run(db, matches.respond_to_match, bob, matches.RespondToMatch(match.id, match.version, True, NOW))
    await run(db, matches.report_result, ann, matches.ReportResult(match.id, match.version, (1, 0), NOW))
    await react(db, matches.MatchInvited, notifications.on_match_invited)
    await react(db, matches.MatchReady, notifications.on_match_ready)
    await react(db, matches.MatchReported, notifications.on_match_reported)
    assert await heard(db, people) == {
        "ann": ["Your match against Blues is ready to be played."],
        "bob": [
            "Reds challenges you to a match, best of 1.",
            "Your match against Reds is ready to be played.",
            "Reds reported your match as 0:1 for you. Confirm or dispute it.",
        ],
        "cid": ["Your match against Blues is ready to be played."],
        "dan": ["Your match against Reds is ready to be played."],
    }


async def test_a_tournament(db: Database) -> None:
    """Players hear of the start, their matches and their exit; organizers of disputes."""
    await make_catalogue(db)
    olga, otto = await make_people(db, "olga", "otto")
    tournament, players = await started(db, olga, 4, "cup")
    await run(
        db,
        tournaments.set_staff,
        olga,
        tournaments.SetStaff(tournament.id, username="otto", role=tournaments.StaffRole.REFEREE),
    )
    ready = [state for state in await states(db, tournament.id) if state.status is matches.MatchStatus.READY]
    first, second = ready
    loser_of_first = players[_participant(first, 1)]
    await play(db, first, players, 0)
    one, other = players[_participant(second, 0)], players[_participant(second, 1)]
    match = await run(db, matches.report_result, one, matches.ReportResult(second.id, second.version, (2, 0), NOW))
    command = matches.DisputeResult(match.id, match.version, "It was 2:1.", NOW)
    await run(db, matches.dispute_result, other, command)
    await react(db, tournaments.TournamentStarted, notifications.on_tournament_started)
    await react(db, matches.MatchDisputed, notifications.on_match_disputed)
    await react(db, matches.MatchFinished, notifications.on_match_finished)
    for organizer in (olga, otto):
        assert await told(db, organizer.require_user()) == [
            f"Spring Cup: {second.slots[0].name} and {second.slots[1].name} disagree about their result: It was 2:1."
        ]
    for player in players.values():
        assert (await told(db, player.require_user()))[0] == "Spring Cup has started."
    assert await told(db, loser_of_first.require_user()) == [
        "Spring Cup has started.",
        f"Spring Cup: You lost against {first.slots[0].name} 0:2.",
    ]
    assert len(await told(db, other.require_user())) == 1


async def test_who_plays_is_not_told_of_a_dispute_as_an_official(db: Database) -> None:
    """An organizer who enters cannot decide the match, so another one has to, for the team as for the player."""
    await make_catalogue(db)
    olga, otto = await make_people(db, "olga", "otto")
    tournament, players = await started(db, olga, 2, "cup")
    (state,) = [one for one in await states(db, tournament.id) if one.status is matches.MatchStatus.READY]
    one, other = (players[_participant(state, slot)] for slot in (0, 1))
    for username, role in (("otto", tournaments.StaffRole.REFEREE), ("cup-1", tournaments.StaffRole.ORGANIZER)):
        command = tournaments.SetStaff(tournament.id, username=username, role=role)
        await run(db, tournaments.set_staff, olga, command)
    match = await run(db, matches.report_result, one, matches.ReportResult(state.id, state.version, (2, 0), NOW))
    command_ = matches.DisputeResult(match.id, match.version, "It was 2:1.", NOW)
    await run(db, matches.dispute_result, other, command_)
    await react(db, matches.MatchDisputed, notifications.on_match_disputed)
    said = f"Spring Cup: {state.slots[0].name} and {state.slots[1].name} disagree about their result: It was 2:1."
    assert [await told(db, official.require_user()) for official in (olga, otto)] == [[said], [said]]
    assert [await told(db, player.require_user()) for player in (one, other)] == [[], []]


async def test_disqualified(db: Database) -> None:
    """The disqualified hears why, the opponent goes on."""
    await make_catalogue(db)
    (olga,) = await make_people(db, "olga")
    tournament, players = await started(db, olga, 2, "cup")
    (state, *_rest) = [one for one in await states(db, tournament.id) if one.status is matches.MatchStatus.READY]
    out, stays = _participant(state, 0), _participant(state, 1)
    async with db.read() as session:
        entry = (await tournaments.entries_of_user(session, [(tournament.id, out)]))[tournament.id, out]
    command = tournaments.DisqualifyEntrant(entry.id, "Cheating.", NOW)
    await run(db, tournaments.disqualify_entrant, olga, command)
    await react(db, tournaments.EntrantDisqualified, notifications.on_entrant_disqualified)
    await react(db, matches.MatchFinished, notifications.on_match_finished)
    name, opponent = state.slots[0].name, state.slots[1].name
    assert (await told(db, out))[:2] == [
        f"Spring Cup: {name} was disqualified: Cheating.",
        f"Spring Cup: Your match against {opponent} was decided against you without being played.",
    ]
    assert (await told(db, stays))[0] == f"Spring Cup: You go on without playing against {name}."
    assert set(players) == {out, stays}


async def test_promoted_from_the_waitlist_and_cancelled(db: Database) -> None:
    """Whoever left hears nothing more."""
    await make_catalogue(db)
    olga, *people = await make_people(db, "olga", "ann", "bob", "cid", "dan")
    tournament = await published(db, olga, "cup", capacity=2)
    entrants = await enter(db, tournament.id, *people, waitlist=True)
    await run(db, tournaments.withdraw_entrant, people[0], tournaments.WithdrawEntrant(entrants[0].id, NOW))
    await run(db, tournaments.cancel_tournament, olga, tournaments.CancelTournament(tournament.id, "Power cut.", NOW))
    await react(db, tournaments.EntrantPromoted, notifications.on_entrant_promoted)
    await react(db, tournaments.TournamentCancelled, notifications.on_tournament_cancelled)
    assert await heard(db, dict(zip(("olga", "ann", "bob", "cid", "dan"), (olga, *people), strict=True))) == {
        "bob": ["Spring Cup was cancelled: Power cut."],
        "cid": [
            "Spring Cup: Cid moved up from the waitlist and takes part.",
            "Spring Cup was cancelled: Power cut.",
        ],
        "dan": ["Spring Cup was cancelled: Power cut."],
    }


async def test_a_team_in_a_tournament(db: Database) -> None:
    """All who play for it hear, and its captain."""
    await make_catalogue(db)
    olga, ann, bob, cid, dan = await make_people(db, "olga", "ann", "bob", "cid", "dan")
    tournament = await published(
        db, olga, "cup", entrant_kind=ParticipantKind.TEAM, game="rocket-league-2v2", capacity=2
    )
    for captain, mate, slug in ((ann, bob, "reds"), (cid, dan, "blues")):
        team = await make_team(db, captain, slug)
        await add_members(db, team.id, mate)
        command = tournaments.RegisterEntrant(tournament.id, NOW, team_id=team.id)
        await run(db, tournaments.register_entrant, captain, command)
    await run(db, tournaments.start_tournament, olga, tournaments.StartTournament(tournament.id, NOW))
    await react(db, tournaments.TournamentStarted, notifications.on_tournament_started)
    await react(db, matches.MatchReady, notifications.on_match_ready)
    people = {"olga": olga, "ann": ann, "bob": bob, "cid": cid, "dan": dan}
    reds = ["Spring Cup has started.", "Spring Cup: Your match against Blues is ready to be played."]
    blues = ["Spring Cup has started.", "Spring Cup: Your match against Reds is ready to be played."]
    assert await heard(db, people) == {"ann": reds, "bob": reds, "cid": blues, "dan": blues}


async def test_a_correction(db: Database) -> None:
    """Who had played a match that is set aside hears so, and so does who is in it when it counts again."""
    await make_catalogue(db)
    (olga,) = await make_people(db, "olga")
    tournament, players = await started(db, olga, 4, "cup", structure=Structure.SINGLE_ELIMINATION)
    people = {slot.seed: slot for state in await states(db, tournament.id) for slot in state.slots if slot.seed}
    heard_by = {seed: players[slot.participant_id] for seed, slot in people.items() if slot.participant_id}
    await play_on(db, tournament.id, players)
    for winner, force in ((1, True), (0, False)):
        opening = (await bracket(db, tournament.id))["U1.1"]
        await run(db, tournaments.correct_match, olga, correction(opening, winner, force=force))
    await react(db, matches.MatchReset, notifications.on_match_reset)
    await react(db, matches.MatchRestored, notifications.on_match_restored)
    why = "because a result before it was corrected: seen on video"
    assert {seed: await told(db, person.require_user()) for seed, person in heard_by.items()} == {
        1: [
            f"Spring Cup: Your match against {people[2].name} does not count any more, {why}",
            f"Spring Cup: What was played in your match against {people[2].name} counts again.",
        ],
        2: [
            f"Spring Cup: Your match against {people[1].name} does not count any more, and you play again, {why}",
            f"Spring Cup: What was played in your match against {people[1].name} counts again.",
        ],
        3: [],
        4: [],
    }


@pytest.mark.parametrize("entrants", [4, 12])
async def test_telling_many_takes_few_statements(db: Database, entrants: int) -> None:
    """The same number for any number of entrants up to a page."""
    await make_catalogue(db)
    (olga,) = await make_people(db, "olga")
    await started(db, olga, entrants, "cup")
    with counted_statements(db) as sent:
        await react(db, tournaments.TournamentStarted, notifications.on_tournament_started)
    assert len([one for one in sent if "notifications" in one]) == 1
    assert len([one for one in sent if one.startswith("SELECT")]) == 5


def _participant(state: matches.MatchState, slot: int) -> UUID:
    participant = state.slots[slot].participant_id
    assert participant is not None
    return participant


async def test_a_draw_and_a_tie_break_are_told_to_both_sides(db: Database) -> None:
    """In a group a level score is a draw; in a final it says who won the tie-break."""
    await make_catalogue(db)
    (organizer,) = await make_people(db, "organizer")
    goals: dict[str, Any] = {"scoring": MatchScoring.POINTS}
    plans = [round_robin(**goals), knockout(StageSource(1, 1, 2), **goals)]
    cup, players = await started(db, organizer, 2, "cup", structure=None, stages=plans, capacity=2)
    for winner in (None, 1):
        (state,) = [each for each in await states(db, cup.id) if each.status is matches.MatchStatus.READY]
        first, second = (players[slot.participant_id] for slot in state.slots if slot.participant_id is not None)
        report = matches.ReportResult(state.id, state.version, (1, 1), NOW, winner=winner)
        reported = await run(db, matches.report_result, first, report)
        await run(db, matches.confirm_result, second, matches.ConfirmResult(state.id, reported.version, NOW))
    await react(db, matches.MatchReported, notifications.on_match_reported)
    await react(db, matches.MatchFinished, notifications.on_match_finished)
    ask = "Cup-1 reported your match as 1:1 for you"
    assert await heard(db, {"first": first, "second": second}) == {
        "first": [
            "Spring Cup: You drew against Cup-2 1:1.",
            "Spring Cup: You lost against Cup-2 1:1 after a tie-break.",
        ],
        "second": [
            f"Spring Cup: {ask}. Confirm or dispute it.",
            f"Spring Cup: {ask}, with the tie-break won by you. Confirm or dispute it.",
            "Spring Cup: You drew against Cup-1 1:1.",
            "Spring Cup: You won against Cup-1 1:1 after a tie-break.",
        ],
    }
