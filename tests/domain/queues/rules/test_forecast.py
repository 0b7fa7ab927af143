"""When matches will be called: known answers, and what holds of every forecast."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.queues.rules.forecast import Form, Planned, expected_length, forecast, remaining


def key(number: int) -> UUID:
    return UUID(int=number)


def planned(number: int, length: int = 100, ready_at: int | None = 0, **more: object) -> Planned:
    values: dict[str, object] = {"path": 1, "after": (), "sides": (), **more}
    return Planned(id=key(number), length=length, order=number, ready_at=ready_at, **values)  # type: ignore[arg-type]


def starts(now: int, matches: list[Planned], tables: list[int], **more: dict[UUID, int]) -> dict[int, int]:
    found = forecast(now, matches, more.get("ends", {}), tables, more.get("busy", {}))
    return {match_id.int: at for match_id, at in found.items()}


def length(best_of: int, **known: list[int]) -> int:
    """How long a match of a best of will take, after matches of the best of in the names: `of3=[900]`."""
    return expected_length({Form(int(name[2:])): found for name, found in known.items()}, Form(best_of))


def test_lengths_are_learned_and_withstand_one_that_was_forgotten() -> None:
    assert [length(best_of) for best_of in (1, 3, 5)] == [600, 1200, 1800]
    assert length(3, of3=[900]) == 1200
    assert length(3, of3=[900] * 3) == 900
    assert length(3, of3=[900] * 4) == 900
    assert length(5, of3=[900] * 4) == 1350  # at the pace of the others
    assert length(3, of3=[900] * 4 + [50_000]) == 900
    assert length(3, of1=[100] * 9, of3=[1000] * 9) == 1000


def test_heats_are_as_long_as_heats_were() -> None:
    heat, long_heat = Form(1, is_heat=True), Form(3, is_heat=True)
    assert [expected_length({}, form) for form in (heat, long_heat)] == [600, 1800]
    known = {Form(1): [60] * 9, heat: [300] * 9}
    assert [expected_length(known, form) for form in (Form(1), heat, long_heat)] == [60, 300, 900]


def test_who_plays_long_takes_a_little_more() -> None:
    assert [remaining(800, elapsed) for elapsed in (0, 300, 750, 9000)] == [800, 500, 100, 100]
    assert remaining(1, 50) == 1


def test_tables_take_the_queue_in_order() -> None:
    queue = [planned(1), planned(2, path=2), planned(3)]
    assert starts(50, queue, [0]) == {2: 50, 1: 150, 3: 250}
    assert starts(50, queue, [0, 120]) == {2: 50, 1: 120, 3: 150}
    assert starts(50, queue, []) == {}


def test_what_follows_waits_for_what_comes_before() -> None:
    final = planned(9, ready_at=None, after=[key(1), key(2)])
    assert starts(0, [planned(1), planned(2, 300), final], [0, 0]) == {1: 0, 2: 0, 9: 300}
    assert starts(0, [planned(9, ready_at=None, after=[key(1)])], [0], ends={key(1): 70}) == {9: 70}
    assert starts(0, [planned(9, ready_at=None, after=[key(5)])], [0]) == {}


def test_nobody_plays_twice_at_once() -> None:
    sides = [key(100), key(101)]
    queue = [planned(1, sides=sides), planned(2, sides=[key(100), key(102)]), planned(3)]
    assert starts(0, queue, [0, 0]) == {1: 0, 3: 0, 2: 100}
    assert starts(0, queue[:1], [0], busy={key(101): 40}) == {1: 40}


@given(st.data())
def test_every_forecast_can_be_played(data: st.DataObject) -> None:
    lengths = st.integers(1, 50)
    matches: list[Planned] = []
    for number in range(data.draw(st.integers(0, 9))):
        before = data.draw(st.lists(st.integers(0, max(0, number - 1)), max_size=2, unique=True)) if number else []
        sides = data.draw(st.lists(st.integers(100, 105), min_size=2, max_size=2, unique=True))
        matches.append(
            planned(
                number,
                data.draw(lengths),
                None if before else data.draw(st.integers(0, 90)),
                after=[key(one) for one in before],
                sides=[] if before else [key(side) for side in sides],
            )
        )
    tables = data.draw(st.lists(st.integers(0, 80), min_size=1, max_size=3))
    found = starts(30, matches, tables)
    assert set(found) == {match.id.int for match in matches}
    spans = {match.id.int: (found[match.id.int], match.length) for match in matches}
    for match in matches:
        at, _ = spans[match.id.int]
        assert at >= max(30, min(tables), match.ready_at or 0)
        assert all(sum(spans[before.int]) <= at for before in match.after)
        at_once = [one for one in matches if spans[one.id.int][0] <= at < sum(spans[one.id.int])]
        assert len(at_once) <= len(tables)
        busy = [side for one in at_once for side in one.sides]
        assert len(busy) == len(set(busy))
