"""Writes of the deadlines context. Whoever changes a deadline holds the tournament."""

from domain.deadlines.commands.check_in import (
    CheckInToMatch,
    SetCheckInDeadline,
    check_in_to_match,
    end_check_in,
    opened,
    set_check_in_deadline,
)
from domain.deadlines.commands.confirmation import end_confirmation, expect_confirmation
from domain.deadlines.commands.setup import SetMatchDeadlines, set_match_deadlines

__all__ = [
    "CheckInToMatch",
    "SetCheckInDeadline",
    "SetMatchDeadlines",
    "check_in_to_match",
    "end_check_in",
    "end_confirmation",
    "expect_confirmation",
    "opened",
    "set_check_in_deadline",
    "set_match_deadlines",
]
