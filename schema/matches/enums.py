"""Words about matches."""

from __future__ import annotations

from domain import matches as domain
from schema.fields import enum_type

MatchKind = domain.MatchKind
enum_type(
    MatchKind,
    {
        "TOURNAMENT": "Part of a tournament.",
        "CHALLENGE": "Somebody challenged somebody; it counts for ratings.",
        "CASUAL": "Played for fun; it counts for ratings too.",
    },
)
OpenMatchKind = domain.OpenMatchKind
enum_type(
    OpenMatchKind,
    {
        "CHALLENGE": "Somebody challenges somebody; it counts for ratings.",
        "CASUAL": "Played for fun; it counts for ratings too.",
    },
)
MatchStatus = domain.MatchStatus
enum_type(
    MatchStatus,
    {
        "INVITED": "The other side has not accepted yet.",
        "PENDING": "It is not known yet who plays.",
        "READY": "Both sides are known; it can be played.",
        "LIVE": "It is being played.",
        "REPORTED": "One side reported a result; the other has to confirm it.",
        "DISPUTED": "The sides disagree; an organizer decides.",
        "FINISHED": "The result is final.",
        "NOT_NEEDED": "It will not be played, because it is decided without it.",
        "CANCELLED": "It was called off.",
    },
)
MatchOutcome = domain.Outcome
enum_type(
    MatchOutcome,
    {
        "PLAYED": "By play.",
        "WALKOVER": "Without play: a side did not turn up or withdrew.",
        "DISQUALIFICATION": "Without play: a side was disqualified.",
    },
    name="MatchOutcome",
)
MatchEventKind = domain.EntryKind
enum_type(
    MatchEventKind,
    {
        "CREATED": "The match came to be.",
        "ACCEPTED": "The invited side accepted.",
        "SEATED": "A side became known, or unknown again after a correction.",
        "CHECK_IN_OPENED": "Both sides have to check in, until when the message says.",
        "CHECKED_IN": "A side said that it is there.",
        "STARTED": "Play began.",
        "SCORE": "The running score changed.",
        "REPORTED": "A side reported the result.",
        "CONFIRMED": "The other side agreed.",
        "DISPUTED": "The other side disagreed.",
        "DECIDED": "An organizer set the result.",
        "WALKOVER": "A side goes on without play.",
        "DISQUALIFIED": "A side was disqualified.",
        "FINISHED": "The result became final.",
        "CORRECTED": "An organizer replaced a final result.",
        "RESET": "What was played or decided in it was set aside, because a result before it was corrected.",
        "RESTORED": "The sides met again between whom something was set aside, and that holds again.",
        "NOT_NEEDED": "It turned out that it need not be played.",
        "CANCELLED": "It was called off.",
        "VETO": "A step of the veto was done, or taken back; the message says it.",
        "COMMENT": "Somebody said something about it.",
        "RACK_STARTED": "A rack began.",
        "RACK_ENDED": "A rack ended.",
        "SHOT": "A shot was played.",
        "FOUL": "A foul was called.",
    },
    name="MatchEventKind",
)
MatchObservation = domain.MatchObservation
enum_type(
    MatchObservation,
    {
        "COMMENT": "Somebody says something about it.",
        "RACK_STARTED": "A rack began.",
        "RACK_ENDED": "A rack ended.",
        "SHOT": "A shot was played.",
        "FOUL": "A foul was called.",
    },
)
