"""What is called next: against all possibilities where there are few, and always the same."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.queues.rules.queue import FreeTable, Waiting, decide, path_lengths
from tests.fixtures.profiles import exhaustively


def key(number: int) -> UUID:
    return UUID(int=number)


def match(number: int, waited: int = 0, path: int = 1, sides: tuple[int, int] | None = None, **more: bool) -> Waiting:
    one, other = sides or (100 + 2 * number, 101 + 2 * number)
    return Waiting(id=key(number), sides=(key(one), key(other)), waited_min=waited, path=path, order=number, **more)


def table(number: int, **more: bool) -> FreeTable:
    return FreeTable(key(1000 + number), number, **more)


def called(waiting: list[Waiting], tables: list[FreeTable], played: dict[UUID, Counter[UUID]] | None = None) -> dict:  # type: ignore[type-arg]
    return {found.int: at.int - 1000 for found, at in decide(waiting, tables, played or {})}


def test_who_waits_longest_goes_first_then_the_longest_path_then_the_schedule() -> None:
    waiting = [match(1, 3), match(2, 4, path=1), match(3, 4, path=2), match(4, 4, path=2), match(5, 9)]
    assert list(called(waiting, [table(1)])) == [5]
    assert called(waiting, [table(2), table(1), table(3)]) == {5: 1, 3: 2, 4: 3}
    assert called(waiting, []) == {}
    assert called([], [table(1)]) == {}


def heat(number: int, *sides: int, waited: int = 0) -> Waiting:
    return Waiting(id=key(number), sides=tuple(map(key, sides)), waited_min=waited, path=1, order=number)


def test_a_heat_takes_one_table_and_everybody_in_it() -> None:
    waiting = [heat(1, 1, 2, 3, waited=2), match(2, 5, sides=(3, 4)), match(3, 1, sides=(4, 5)), heat(4, 6, 7, 8)]
    assert called(waiting, [table(1), table(2), table(3)]) == {2: 1, 4: 2}
    assert called(waiting[2:], [table(1), table(2), table(3)]) == {3: 1, 4: 2}
    assert called([waiting[0], waiting[2], waiting[3]], [table(1), table(2)]) == {1: 1, 3: 2}
    been = {key(2): Counter({key(1001): 1})}
    assert called([waiting[0]], [table(1), table(2)], been) == {1: 2}


def test_tables_are_for_whom_they_are_for() -> None:
    tables = [table(1, is_stream=True), table(2, is_accessible=True), table(3)]
    assert called([match(1, 5)], tables) == {1: 3}
    assert called([match(1, 5), match(2, is_featured=True)], tables) == {1: 3, 2: 1}
    assert called([match(1, 5), match(2, needs_access=True)], tables) == {1: 3, 2: 2}
    assert called([match(1, 5), match(2), match(3)], tables) == {1: 1, 2: 2, 3: 3}  # rather than waiting
    assert called([match(1, 5, needs_access=True), match(2, needs_access=True)], tables) == {1: 2}
    assert called([match(1, needs_access=True)], [table(1)]) == {}
    assert called([match(1, 1), match(2, needs_access=True)], [table(2, is_accessible=True), table(3)]) == {1: 3, 2: 2}


def test_nobody_is_sent_where_they_have_been_if_that_can_be_helped() -> None:
    been = {key(102): Counter({key(1001): 2}), key(104): Counter({key(1001): 1, key(1002): 1})}
    assert called([match(1), match(2)], [table(1), table(2)], been) == {1: 2, 2: 1}
    assert called([match(2), match(1)], [table(1), table(2), table(3)], been) == {1: 2, 2: 3}
    assert called([match(1)], [table(1)], been) == {1: 1}


def test_no_table_stays_empty_because_somebody_waits_for_two_matches() -> None:
    chain = [match(1, 1, sides=(1, 2)), match(2, 9, sides=(2, 3)), match(3, 1, sides=(3, 4))]
    assert called(chain, [table(1)]) == {2: 1}
    assert called(chain, [table(1), table(2)]) == {1: 1, 3: 2}


def test_path_lengths_count_the_rounds_to_the_end() -> None:
    following = {key(1): [key(3), key(2)], key(2): [key(4)], key(3): [key(4)], key(4): []}
    assert path_lengths(following) == {key(1): 3, key(2): 2, key(3): 2, key(4): 1}


@st.composite
def queues(draw: st.DrawFn, *, alone: bool) -> tuple[list[Waiting], list[FreeTable]]:
    people = st.tuples(st.integers(1, 6), st.integers(7, 12))
    waiting = [
        match(
            number,
            draw(st.integers(0, 3)),
            draw(st.integers(1, 2)),
            None if alone else draw(people),
            needs_access=draw(st.booleans()),
            is_featured=draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    kinds = draw(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=4))
    return waiting, [table(n, is_stream=stream, is_accessible=ramp) for n, (stream, ramp) in enumerate(kinds, start=1)]


def fits(chosen: tuple[Waiting, ...], tables: list[FreeTable]) -> bool:
    people = Counter(side for one in chosen for side in one.sides)
    needy = sum(one.needs_access for one in chosen)
    return max(people.values(), default=0) <= 1 and needy <= sum(each.is_accessible for each in tables)


def possible(waiting: list[Waiting], tables: list[FreeTable]) -> list[tuple[Waiting, ...]]:
    sizes = range(min(len(waiting), len(tables)) + 1)
    return [chosen for size in sizes for chosen in combinations(waiting, size) if fits(chosen, tables)]


@given(queues(alone=True))
def test_no_other_choice_shortens_the_waiting_more(queue: tuple[list[Waiting], list[FreeTable]]) -> None:
    waiting, tables = queue
    by_id = {one.id: one for one in waiting}
    mine = [by_id[match_id] for match_id, _ in decide(waiting, tables, {})]
    best = max(possible(waiting, tables), key=lambda chosen: (len(chosen), sum(one.waited_min for one in chosen)))
    assert (len(mine), sum(one.waited_min for one in mine)) == (len(best), sum(one.waited_min for one in best))
    # Nobody is overtaken: what was called is, from the first on, what comes soonest.
    ranks = sorted(one.rank for one in mine)
    assert all(
        ranks <= sorted(one.rank for one in other) for other in possible(waiting, tables) if len(other) == len(mine)
    )


@exhaustively
@given(queues(alone=False))
def test_properties_i14_nobody_is_called_twice_and_no_table_is_left_that_somebody_could_use(
    queue: tuple[list[Waiting], list[FreeTable]],
) -> None:
    waiting, tables = queue
    decided = decide(waiting, tables, {})
    by_id, by_table = {one.id: one for one in waiting}, {each.id: each for each in tables}
    mine = tuple(by_id[match_id] for match_id, _ in decided)
    assert fits(mine, tables)
    assert len({at for _, at in decided}) == len(decided)
    assert all(by_table[at].is_accessible for match_id, at in decided if by_id[match_id].needs_access)
    assert not any(fits((*mine, one), tables) for one in waiting if one not in mine and len(mine) < len(tables))
    assert decide(waiting[::-1], tables[::-1], {}) == decided


@given(queues(alone=True))
def test_no_other_way_to_give_the_tables_is_better(queue: tuple[list[Waiting], list[FreeTable]]) -> None:
    waiting, tables = queue
    by_id, by_table = {one.id: one for one in waiting}, {each.id: each for each in tables}

    def faults(pairs: list[tuple[Waiting, FreeTable]]) -> tuple[int, int, int]:
        return (
            sum(one.is_featured and not at.is_stream for one, at in pairs),
            sum(at.is_stream and not one.is_featured for one, at in pairs),
            sum(at.is_accessible and not one.needs_access for one, at in pairs),
        )

    mine = [(by_id[match_id], by_table[at]) for match_id, at in decide(waiting, tables, {})]
    ways = [list(zip([one for one, _ in mine], way, strict=True)) for way in permutations(tables, len(mine))]
    allowed = [way for way in ways if all(at.is_accessible for one, at in way if one.needs_access)]
    assert faults(mine) == min(faults(way) for way in allowed)
