"""What a notification says: the one place where its kind and data become a sentence.

The data of a kind is written by the reactions. A row lives longer than a release, so keys are only ever added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from domain.notifications.values import NotificationKind

Data = Mapping[str, Any]


def message(kind: NotificationKind, data: Data) -> str:
    """The sentence for the person who was notified."""
    return _MESSAGES[kind](data)


def _team_invitation(data: Data) -> str:
    return f"{data['by']} invites you to join {data['team']} as {_ROLES[data['role']]}."


def _team_invitation_answered(data: Data) -> str:
    if data["is_accepted"]:
        return f"{data['user']} has joined {data['team']}."
    return f"{data['user']} has declined the invitation to {data['team']}."


def _match_invitation(data: Data) -> str:
    return f"{data['opponent']} challenges you to a match, {_length(data)}."


def _length(data: Data) -> str:
    count, scoring = data["best_of"], data.get("scoring")
    if scoring == "PLAY_ALL":
        return f"{count} {'game' if count == 1 else 'games'}"
    # Invitations from before there was another scoring are to a best of.
    return "scored by points" if scoring == "POINTS" else f"best of {count}"


def _match_ready(data: Data) -> str:
    ready = f"{_event(data)}Your match against {data['opponent']} is ready to be played."
    return f"{ready} Check in until {data['until']} UTC." if data.get("until") else ready


def _result_reported(data: Data) -> str:
    score = f"{_score(data)} for you{_TIEBREAKS[data.get('tiebreak_is_yours')]}"
    return f"{_event(data)}{data['opponent']} reported your match as {score}. Confirm or dispute it."


def _result_disputed(data: Data) -> str:
    first, second = data["names"]
    return f"{_event(data)}{first} and {second} disagree about their result: {data['reason']}"


def _match_finished(data: Data) -> str:
    if data["outcome"] == "PLAYED":
        verb = "drew" if data.get("is_drawn") else "won" if data["has_won"] else "lost"
        is_tied = not data.get("is_drawn") and data["scores"][0] == data["scores"][1]
        tiebreak = " after a tie-break" if is_tied else ""
        return f"{_event(data)}You {verb} against {data['opponent']} {_score(data)}{tiebreak}."
    opponent = data["opponent"] or "nobody"
    if data["has_won"]:
        return f"{_event(data)}You go on without playing against {opponent}."
    return f"{_event(data)}Your match against {opponent} was decided against you without being played."


def _match_reset(data: Data) -> str:
    then = ", and you play again" if data["plays_again"] else ""
    why = f"because a result before it was corrected: {data['reason']}"
    return f"{_event(data)}Your match against {data['opponent']} does not count any more{then}, {why}"


def _match_restored(data: Data) -> str:
    return f"{_event(data)}What was played in your match against {data['opponent']} counts again."


def _veto_turn(data: Data) -> str:
    until = f", until {data['until']} UTC" if data["until"] else ""
    return f"{_event(data)}It is your turn to choose what you play against {data['opponent']}{until}."


def _match_called(data: Data) -> str:
    where = f"{_event(data)}Your match against {data['opponent']} is called to {data['table']}."
    return f"{where} Say there that you have come, until {data['until']} UTC." if data["until"] else where


def _call_expired(data: Data) -> str:
    first, second = data["names"]
    absent = " and ".join(data["absent"])
    return f"{_event(data)}{first} and {second} were called to {data['table']}, and {absent} did not come in time."


def _check_in_reminder(data: Data) -> str:
    match = f"your match against {data['opponent']}"
    return f"{_event(data)}Check in for {match} until {data['until']} UTC, or you lose it."


def _referee_called(data: Data) -> str:
    first, second = data["names"]
    return f"{_event(data)}{data['by']} calls a referee to {first} against {second}: {data['reason']}"


def _dispute_message(data: Data) -> str:
    return f"{_event(data)}An official wrote about your match against {data['opponent']}: {data['text']}"


def _tournament_started(data: Data) -> str:
    return f"{data['tournament']} has started."


def _tournament_cancelled(data: Data) -> str:
    return f"{data['tournament']} was cancelled: {data['reason']}"


def _entrant_promoted(data: Data) -> str:
    return f"{data['tournament']}: {data['entrant']} moved up from the waitlist and takes part."


def _entrant_disqualified(data: Data) -> str:
    return f"{data['tournament']}: {data['entrant']} was disqualified: {data['reason']}"


def _challenged(data: Data) -> str:
    return f"{_event(data)}{data['opponent']} challenges you. Play until {data['until']} UTC, or lose without play."


def _challenge_called_off(data: Data) -> str:
    return f"{_event(data)}Your match against {data['opponent']} will not be played. {data['reason']}"


def _guest_claimed(data: Data) -> str:
    return f"{_event(data)}{data['user']} says that they are {data['entrant']}. Accept or decline that."


def _guest_claim_answered(data: Data) -> str:
    if data["is_accepted"]:
        return f"{_event(data)}The organizers accepted that you are {data['entrant']}."
    return f"{_event(data)}The organizers declined that you are {data['entrant']}."


def _heat_ready(data: Data) -> str:
    return f"{_event(data)}You play in {_heat(data)}, which is ready to be played."


def _heat_called(data: Data) -> str:
    there = f" Be there until {data['until']} UTC." if data["until"] else ""
    return f"{_event(data)}You play in {_heat(data)}, which is called to {data['table']}.{there}"


def _heat_finished(data: Data) -> str:
    points = "1 point" if data["points"] == 1 else f"{data['points']} points"
    return f"{_event(data)}You came in at place {data['place']} of {data['size']} in {_heat(data)}, with {points}."


def _heat_reset(data: Data) -> str:
    why = f"because a result before it was corrected: {data['reason']}"
    if not data["was_played"]:
        return f"{_event(data)}You do not play in {_heat(data)} any more, {why}"
    then = ", and you play again" if data["plays_again"] else ""
    return f"{_event(data)}What was played in {_heat(data)} does not count any more{then}, {why}"


def _heat_restored(data: Data) -> str:
    return f"{_event(data)}What was played in {_heat(data)} counts again."


def _heat(data: Data) -> str:
    return f"heat {data['number']} of round {data['round']}"


def _event(data: Data) -> str:
    return f"{data['tournament']}: " if data.get("tournament") else ""


def _score(data: Data) -> str:
    own, other = data["scores"]
    return f"{own}:{other}"


_TIEBREAKS = {None: "", True: ", with the tie-break won by you", False: ", with the tie-break lost by you"}
_ROLES = {"PLAYER": "a player", "SUBSTITUTE": "a substitute", "COACH": "a coach"}

_MESSAGES: dict[NotificationKind, Callable[[Data], str]] = {
    NotificationKind.TEAM_INVITATION: _team_invitation,
    NotificationKind.TEAM_INVITATION_ANSWERED: _team_invitation_answered,
    NotificationKind.MATCH_INVITATION: _match_invitation,
    NotificationKind.MATCH_READY: _match_ready,
    NotificationKind.RESULT_REPORTED: _result_reported,
    NotificationKind.RESULT_DISPUTED: _result_disputed,
    NotificationKind.MATCH_FINISHED: _match_finished,
    NotificationKind.MATCH_RESET: _match_reset,
    NotificationKind.MATCH_RESTORED: _match_restored,
    NotificationKind.VETO_TURN: _veto_turn,
    NotificationKind.MATCH_CALLED: _match_called,
    NotificationKind.CALL_EXPIRED: _call_expired,
    NotificationKind.CHECK_IN_REMINDER: _check_in_reminder,
    NotificationKind.REFEREE_CALLED: _referee_called,
    NotificationKind.DISPUTE_MESSAGE: _dispute_message,
    NotificationKind.TOURNAMENT_STARTED: _tournament_started,
    NotificationKind.TOURNAMENT_CANCELLED: _tournament_cancelled,
    NotificationKind.ENTRANT_PROMOTED: _entrant_promoted,
    NotificationKind.ENTRANT_DISQUALIFIED: _entrant_disqualified,
    NotificationKind.HEAT_READY: _heat_ready,
    NotificationKind.HEAT_CALLED: _heat_called,
    NotificationKind.HEAT_FINISHED: _heat_finished,
    NotificationKind.HEAT_RESET: _heat_reset,
    NotificationKind.HEAT_RESTORED: _heat_restored,
    NotificationKind.CHALLENGED: _challenged,
    NotificationKind.CHALLENGE_CALLED_OFF: _challenge_called_off,
    NotificationKind.GUEST_CLAIMED: _guest_claimed,
    NotificationKind.GUEST_CLAIM_ANSWERED: _guest_claim_answered,
}
