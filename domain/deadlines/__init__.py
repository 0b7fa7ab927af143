"""Deadlines: until when sides check in for a match of a tournament, and answer a result that was reported.

Both are timers (`domain.infra.timers`), which outlive every process: the fact that the time is over is recorded when it
is, and looks whether it still matters. Who has not checked in loses without play; when nobody has, nobody goes on. A
result that is not answered is confirmed. A match that gets other sides has to be checked in for anew. This context
stands above queues, because matches that are called to tables have their check-in there.
"""

from domain.deadlines.commands import (
    CheckInToMatch,
    SetCheckInDeadline,
    SetMatchDeadlines,
    check_in_to_match,
    end_check_in,
    end_confirmation,
    set_check_in_deadline,
    set_match_deadlines,
)
from domain.deadlines.events import CheckInOpened, CheckInSoonOver, CheckInTimeEnded, ConfirmationTimeEnded
from domain.deadlines.queries import (
    Attention,
    attention,
    check_ins_by_match,
    confirmations_by_match,
    deadlines_by_id,
    needs_check_in,
)
from domain.deadlines.reactions import (
    await_confirmation,
    await_confirmation_again,
    follow_match,
    keep_from_tables,
    open_on_ready,
)
from domain.deadlines.values import (
    MAX_OVERDUE_MINUTES,
    AttentionReason,
    CheckInView,
    DeadlinesView,
)

__all__ = [
    "MAX_OVERDUE_MINUTES",
    "Attention",
    "AttentionReason",
    "CheckInOpened",
    "CheckInSoonOver",
    "CheckInTimeEnded",
    "CheckInToMatch",
    "CheckInView",
    "ConfirmationTimeEnded",
    "DeadlinesView",
    "SetCheckInDeadline",
    "SetMatchDeadlines",
    "attention",
    "await_confirmation",
    "await_confirmation_again",
    "check_in_to_match",
    "check_ins_by_match",
    "confirmations_by_match",
    "deadlines_by_id",
    "end_check_in",
    "end_confirmation",
    "follow_match",
    "keep_from_tables",
    "needs_check_in",
    "open_on_ready",
    "set_check_in_deadline",
    "set_match_deadlines",
]
