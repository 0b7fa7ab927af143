"""When it is told how much of an event of files is made."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.tournaments.rules.events.making import TOLD_EVERY, Made, is_due


@pytest.mark.parametrize(
    ("made", "waited", "is_told"),
    [
        (Made(1, 10), TOLD_EVERY * 9, False),
        (Made(1, 11), TOLD_EVERY - timedelta(microseconds=1), False),
        (Made(1, 11), TOLD_EVERY, True),
        (Made(2, 10), timedelta(0), True),
    ],
    ids=["nothing new", "too soon", "half a second later", "a stage"],
)
def test_a_stage_is_told_at_once_and_matches_twice_a_second(made: Made, waited: timedelta, is_told: bool) -> None:
    assert is_due(made, Made(1, 10), waited) == is_told
