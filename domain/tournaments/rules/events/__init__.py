"""Whole events of several stages: what they are, and what our rules make of their links and results."""

from domain.tournaments.rules.events.byes import OpenSources, without_byes
from domain.tournaments.rules.events.planned import (
    described,
    plan_of,
    played_course,
    seeds_of,
    size_of,
    with_own_keys,
)
from domain.tournaments.rules.events.reproduction import (
    MAX_ENTRANTS,
    Difference,
    GroupOutcome,
    Reproduction,
    bracket_outcome,
    reproduce,
    tiebreaks_of,
)
from domain.tournaments.rules.events.scoring import NoScoring, StageScoring, scoring_of
from domain.tournaments.rules.events.tables import MATCH_COUNTS
from domain.tournaments.rules.events.tracing import Untraceable, followed, traced
from domain.tournaments.rules.events.values import (
    DECIDED,
    Event,
    EventBye,
    EventEntrant,
    EventGroup,
    EventHeat,
    EventMatch,
    EventStage,
    Origin,
    Pair,
    Progress,
    StageFormat,
)

__all__ = [
    "DECIDED",
    "MATCH_COUNTS",
    "MAX_ENTRANTS",
    "Difference",
    "Event",
    "EventBye",
    "EventEntrant",
    "EventGroup",
    "EventHeat",
    "EventMatch",
    "EventStage",
    "GroupOutcome",
    "NoScoring",
    "OpenSources",
    "Origin",
    "Pair",
    "Progress",
    "Reproduction",
    "StageFormat",
    "StageScoring",
    "Untraceable",
    "bracket_outcome",
    "described",
    "followed",
    "plan_of",
    "played_course",
    "reproduce",
    "scoring_of",
    "seeds_of",
    "size_of",
    "tiebreaks_of",
    "traced",
    "with_own_keys",
    "without_byes",
]
