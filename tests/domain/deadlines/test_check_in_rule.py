"""Who loses for not having checked in, whatever the times are."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.deadlines.rules.check_in import forfeiting, is_over, reminder_at
from domain.deadlines.values import CheckInView
from domain.kernel.ids import new_id
from tests.factories.teams import NOW

MINUTES = st.integers(-2000, 20_000).map(lambda minutes: timedelta(minutes=minutes))
TIMES = MINUTES.map(lambda after: NOW + after)


@st.composite
def check_ins(draw: st.DrawFn) -> CheckInView:
    """Any check-in, also one that nobody could make."""
    deadline, first, second = (draw(st.none() | TIMES) for _ in range(3))
    return CheckInView(new_id(), new_id(), NOW, deadline, first, second)


@given(check_ins(), TIMES)
def test_only_who_is_not_there_loses_and_only_from_the_deadline_on(check_in: CheckInView, now: datetime) -> None:
    losing = forfeiting(check_in, now)
    in_time = check_in.deadline_at is None or now < check_in.deadline_at
    for slot, at in enumerate(check_in.checked_in_at):
        assert (slot in losing) is (at is None and not in_time)
    assert is_over(check_in, now) is not in_time


@given(check_ins(), TIMES, TIMES)
def test_time_never_saves_anybody_and_a_later_deadline_never_costs_anybody(
    check_in: CheckInView, now: datetime, later: datetime
) -> None:
    now, later = sorted((now, later))
    assert set(forfeiting(check_in, now)) <= set(forfeiting(check_in, later))
    extended = check_in._replace(deadline_at=later)
    if check_in.deadline_at is not None and check_in.deadline_at <= later:
        assert set(forfeiting(extended, now)) <= set(forfeiting(check_in, now))
    assert forfeiting(check_in._replace(deadline_at=None), later) == ()


@given(check_ins(), TIMES, TIMES)
def test_to_check_in_saves_oneself_alone(check_in: CheckInView, at: datetime, now: datetime) -> None:
    losing = set(forfeiting(check_in, now))
    assert set(forfeiting(check_in._replace(first_checked_in_at=at), now)) == losing - {0}
    assert set(forfeiting(check_in._replace(second_checked_in_at=at), now)) == losing - {1}


@given(TIMES, st.integers(1, 7 * 24 * 60))
def test_people_are_reminded_while_there_is_time(since: datetime, minutes: int) -> None:
    deadline = since + timedelta(minutes=minutes)
    at = reminder_at(since, deadline)
    assert since < at < deadline
    assert deadline - at == min(timedelta(minutes=5), timedelta(minutes=minutes) / 2)
