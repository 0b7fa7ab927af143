"""What notifications say."""

from __future__ import annotations

from typing import Any

import pytest

from domain.notifications import NotificationKind, message

K = NotificationKind
WHY = "because a result before it was corrected: seen on video"
CUP = {"tournament": "Spring Cup"}

SAID: list[tuple[NotificationKind, dict[str, Any], str]] = [
    (K.TEAM_INVITATION, {"by": "Ann", "team": "Reds", "role": "COACH"}, "Ann invites you to join Reds as a coach."),
    (K.TEAM_INVITATION_ANSWERED, {"user": "Bob", "team": "Reds", "is_accepted": True}, "Bob has joined Reds."),
    (
        K.TEAM_INVITATION_ANSWERED,
        {"user": "Bob", "team": "Reds", "is_accepted": False},
        "Bob has declined the invitation to Reds.",
    ),
    (K.MATCH_INVITATION, {"opponent": "Ann", "best_of": 3}, "Ann challenges you to a match, best of 3."),
    (
        K.MATCH_INVITATION,
        {"opponent": "Ann", "best_of": 4, "scoring": "PLAY_ALL"},
        "Ann challenges you to a match, 4 games.",
    ),
    (
        K.MATCH_INVITATION,
        {"opponent": "Ann", "best_of": 1, "scoring": "PLAY_ALL"},
        "Ann challenges you to a match, 1 game.",
    ),
    (
        K.MATCH_INVITATION,
        {"opponent": "Ann", "best_of": 1, "scoring": "POINTS"},
        "Ann challenges you to a match, scored by points.",
    ),
    (K.MATCH_READY, {"opponent": "Ann"}, "Your match against Ann is ready to be played."),
    (K.MATCH_READY, {"opponent": "Ann", **CUP}, "Spring Cup: Your match against Ann is ready to be played."),
    (
        K.MATCH_READY,
        {"opponent": "Ann", "until": "18:10", **CUP},
        "Spring Cup: Your match against Ann is ready to be played. Check in until 18:10 UTC.",
    ),
    (
        K.CHECK_IN_REMINDER,
        {"opponent": "Ann", "until": "18:10", **CUP},
        "Spring Cup: Check in for your match against Ann until 18:10 UTC, or you lose it.",
    ),
    (
        K.REFEREE_CALLED,
        {"names": ["Ann", "Bob"], "by": "Bob", "reason": "Wrong map.", **CUP},
        "Spring Cup: Bob calls a referee to Ann against Bob: Wrong map.",
    ),
    (
        K.DISPUTE_MESSAGE,
        {"opponent": "Ann", "text": "Play it again.", **CUP},
        "Spring Cup: An official wrote about your match against Ann: Play it again.",
    ),
    (
        K.RESULT_REPORTED,
        {"opponent": "Ann", "scores": [1, 2], **CUP},
        "Spring Cup: Ann reported your match as 1:2 for you. Confirm or dispute it.",
    ),
    (
        K.RESULT_DISPUTED,
        {"names": ["Ann", "Bob"], "reason": "Wrong map.", **CUP},
        "Spring Cup: Ann and Bob disagree about their result: Wrong map.",
    ),
    (
        K.MATCH_FINISHED,
        {"opponent": "Ann", "has_won": True, "outcome": "PLAYED", "scores": [2, 0]},
        "You won against Ann 2:0.",
    ),
    (
        K.MATCH_FINISHED,
        {"opponent": "Ann", "has_won": False, "outcome": "PLAYED", "scores": [1, 2], **CUP},
        "Spring Cup: You lost against Ann 1:2.",
    ),
    (
        K.MATCH_FINISHED,
        {"opponent": "Ann", "has_won": False, "is_drawn": True, "outcome": "PLAYED", "scores": [2, 2], **CUP},
        "Spring Cup: You drew against Ann 2:2.",
    ),
    (
        K.MATCH_FINISHED,
        {"opponent": "Ann", "has_won": False, "is_drawn": False, "outcome": "PLAYED", "scores": [1, 1], **CUP},
        "Spring Cup: You lost against Ann 1:1 after a tie-break.",
    ),
    (
        K.RESULT_REPORTED,
        {"opponent": "Ann", "scores": [1, 1], "tiebreak_is_yours": True},
        "Ann reported your match as 1:1 for you, with the tie-break won by you. Confirm or dispute it.",
    ),
    (
        K.MATCH_FINISHED,
        {"opponent": "Ann", "has_won": True, "outcome": "WALKOVER", "scores": [None, None]},
        "You go on without playing against Ann.",
    ),
    (
        K.MATCH_FINISHED,
        {"opponent": None, "has_won": True, "outcome": "WALKOVER", "scores": [None, None]},
        "You go on without playing against nobody.",
    ),
    (
        K.MATCH_FINISHED,
        {"opponent": "Ann", "has_won": False, "outcome": "DISQUALIFICATION", "scores": [None, None]},
        "Your match against Ann was decided against you without being played.",
    ),
    (
        K.MATCH_RESET,
        {"opponent": "Ann", "plays_again": True, "reason": "Wrong score.", **CUP},
        (
            "Spring Cup: Your match against Ann does not count any more, and you play again, "
            "because a result before it was corrected: Wrong score."
        ),
    ),
    (
        K.MATCH_RESET,
        {"opponent": "Ann", "plays_again": False, "reason": "Wrong score."},
        "Your match against Ann does not count any more, because a result before it was corrected: Wrong score.",
    ),
    (
        K.MATCH_RESTORED,
        {"opponent": "Ann", **CUP},
        "Spring Cup: What was played in your match against Ann counts again.",
    ),
    (
        K.VETO_TURN,
        {"opponent": "Ann", "until": "18:05", **CUP},
        "Spring Cup: It is your turn to choose what you play against Ann, until 18:05 UTC.",
    ),
    (
        K.VETO_TURN,
        {"opponent": "Ann", "until": None},
        "It is your turn to choose what you play against Ann.",
    ),
    (
        K.MATCH_CALLED,
        {"opponent": "Ann", "table": "table 5", "until": None, **CUP},
        "Spring Cup: Your match against Ann is called to table 5.",
    ),
    (
        K.CALL_EXPIRED,
        {"names": ["Ann", "Bob"], "absent": ["Ann", "Bob"], "table": "Show", **CUP},
        "Spring Cup: Ann and Bob were called to Show, and Ann and Bob did not come in time.",
    ),
    (K.TOURNAMENT_STARTED, CUP, "Spring Cup has started."),
    (K.TOURNAMENT_CANCELLED, {"reason": "Power cut.", **CUP}, "Spring Cup was cancelled: Power cut."),
    (
        K.ENTRANT_PROMOTED,
        {"entrant": "Reds", **CUP},
        "Spring Cup: Reds moved up from the waitlist and takes part.",
    ),
    (
        K.ENTRANT_DISQUALIFIED,
        {"entrant": "Reds", "reason": "No show.", **CUP},
        "Spring Cup: Reds was disqualified: No show.",
    ),
    (
        K.HEAT_READY,
        {"round": 1, "number": 2, **CUP},
        "Spring Cup: You play in heat 2 of round 1, which is ready to be played.",
    ),
    (
        K.HEAT_CALLED,
        {"round": 1, "number": 2, "table": "table 5", "until": "18:05", **CUP},
        "Spring Cup: You play in heat 2 of round 1, which is called to table 5. Be there until 18:05 UTC.",
    ),
    (
        K.HEAT_CALLED,
        {"round": 1, "number": 2, "table": "Show", "until": None, **CUP},
        "Spring Cup: You play in heat 2 of round 1, which is called to Show.",
    ),
    (
        K.HEAT_FINISHED,
        {"round": 1, "number": 2, "place": 3, "size": 8, "points": 1, **CUP},
        "Spring Cup: You came in at place 3 of 8 in heat 2 of round 1, with 1 point.",
    ),
    (
        K.HEAT_RESET,
        {"round": 2, "number": 1, "was_played": True, "plays_again": True, "reason": "seen on video", **CUP},
        f"Spring Cup: What was played in heat 1 of round 2 does not count any more, and you play again, {WHY}",
    ),
    (
        K.HEAT_RESET,
        {"round": 2, "number": 1, "was_played": False, "plays_again": False, "reason": "seen on video", **CUP},
        f"Spring Cup: You do not play in heat 1 of round 2 any more, {WHY}",
    ),
    (
        K.HEAT_RESTORED,
        {"round": 2, "number": 1, **CUP},
        "Spring Cup: What was played in heat 1 of round 2 counts again.",
    ),
    (
        K.CHALLENGED,
        {"opponent": "Bob", "until": "2026-05-04 18:00", **CUP},
        "Spring Cup: Bob challenges you. Play until 2026-05-04 18:00 UTC, or lose without play.",
    ),
    (
        K.CHALLENGE_CALLED_OFF,
        {"opponent": "Bob", "reason": "The ladder has ended.", **CUP},
        "Spring Cup: Your match against Bob will not be played. The ladder has ended.",
    ),
    (
        K.GUEST_CLAIMED,
        {"user": "Bob", "entrant": "Bo", **CUP},
        "Spring Cup: Bob says that they are Bo. Accept or decline that.",
    ),
    (
        K.GUEST_CLAIM_ANSWERED,
        {"entrant": "Bo", "is_accepted": True, **CUP},
        "Spring Cup: The organizers accepted that you are Bo.",
    ),
    (
        K.GUEST_CLAIM_ANSWERED,
        {"entrant": "Bo", "is_accepted": False, **CUP},
        "Spring Cup: The organizers declined that you are Bo.",
    ),
]


@pytest.mark.parametrize(("kind", "data", "sentence"), SAID)
def test_a_sentence_from_kind_and_data(kind: NotificationKind, data: dict[str, Any], sentence: str) -> None:
    """For every way to be told something."""
    assert message(kind, data) == sentence


def test_every_kind_has_a_sentence() -> None:
    """None is forgotten above."""
    assert {kind for kind, _, _ in SAID} == set(NotificationKind)
