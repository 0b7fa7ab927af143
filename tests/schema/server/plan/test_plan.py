"""What a plan does that answers do not show: how often it calls, what it awaits, and when there is one."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import pytest
import strawberry
from graphql import GraphQLError, parse
from graphql.execution import Executor

from schema.server.plan import Done, Plan, Plans, Uncovered, compiled

CALLS: list[Any] = []


@strawberry.input
class Range:
    """An input that strawberry makes an object of."""

    low: int
    high: int = 9


@strawberry.type
class Leaf:
    """A type whose fields have resolvers of every kind."""

    number: int

    @strawberry.field
    def doubled(self) -> int:
        """Takes nothing."""
        return 2 * self.number

    @strawberry.field
    def within(self, bounds: Range, times: Annotated[int, strawberry.argument(name="often")] = 1) -> bool:
        """Takes an input and an argument with another name."""
        CALLS.append(bounds)
        return bounds.low <= self.number * times <= bounds.high

    @strawberry.field
    async def shared(self, info: strawberry.Info[Any, None]) -> int:
        """Waits for all others of its level."""
        loads: list[tuple[int, asyncio.Future[int]]] = info.context
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        loads.append((self.number, future))
        return await future

    @strawberry.field
    async def next(self) -> Leaf | None:
        """The one after it."""
        return Leaf(number=self.number + 1) if self.number < 4 else None

    @strawberry.field
    async def refused(self) -> str:
        """Fails for odd numbers."""
        if self.number % 2:
            raise ValueError(f"{self.number} is odd")
        return "even"


@strawberry.type
class Query:
    """The root."""

    @strawberry.field
    def leaves(self) -> list[Leaf]:
        """Three of them."""
        return [Leaf(number=number) for number in range(3)]

    @strawberry.field
    def greeting(self, loud: bool = False) -> str:
        """A word."""
        return "HELLO" if loud else "hello"


@strawberry.type
class Mutation:
    """Changes."""

    @strawberry.mutation
    def change(self) -> int:
        """Changes nothing."""
        return 1


SCHEMA = strawberry.Schema(Query, Mutation)._schema


def executor(source: str, variables: dict[str, Any] | None = None, context: Any = None) -> Executor[Any]:
    """What runs a document."""
    built = Executor.build(SCHEMA, parse(source), None, context, variables or {})
    assert not isinstance(built, list), built
    return built


async def answered(source: str, variables: dict[str, Any] | None = None, context: Any = None) -> Done:
    """What the plan of a document answers."""
    one = executor(source, variables, context)
    return await compiled(one).run(one)


async def test_arguments_are_converted_once_for_all_objects_of_a_level() -> None:
    CALLS.clear()
    done = await answered(
        "query ($r: Range!) { leaves { number doubled within(bounds: $r, often: 2) } }", {"r": {"low": 1}}
    )
    assert done.data == {
        "leaves": [
            {"number": 0, "doubled": 0, "within": False},
            {"number": 1, "doubled": 2, "within": True},
            {"number": 2, "doubled": 4, "within": True},
        ]
    }
    assert len(CALLS) == 3
    assert {id(given) for given in CALLS} == {id(CALLS[0])}
    assert CALLS[0] == Range(low=1, high=9)
    assert done.objects == 3


async def test_all_objects_and_branches_of_a_level_are_asked_before_any_of_them_answers() -> None:
    loads: list[tuple[int, asyncio.Future[int]]] = []
    running = asyncio.ensure_future(answered("{ leaves { shared next { shared } a: next { shared } } }", context=loads))
    levels = []
    while not running.done():
        for _ in range(20):
            await asyncio.sleep(0)
        levels.append(sorted(number for number, _ in loads))
        for number, future in loads:
            future.set_result(10 * number)
        loads.clear()
    assert [level for level in levels if level] == [[0, 1, 2], [1, 1, 2, 2, 3, 3]]
    assert (await running).data == {
        "leaves": [
            {"shared": 10 * n, "next": {"shared": 10 * (n + 1)}, "a": {"shared": 10 * (n + 1)}} for n in range(3)
        ]
    }


async def test_a_failure_makes_null_what_may_not_be_without_it() -> None:
    done = await answered("{ leaves { number refused } greeting }")
    assert done.data is None
    assert [(str(error.message), error.path) for error in done.errors] == [("1 is odd", ["leaves", 1, "refused"])]
    assert isinstance(done.errors[0], GraphQLError)
    assert isinstance(done.errors[0].original_error, ValueError)


async def test_a_cancelled_run_ends_what_it_waits_for() -> None:
    loads: list[tuple[int, asyncio.Future[int]]] = []
    running = asyncio.ensure_future(answered("{ leaves { shared } }", context=loads))
    while not loads:
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.sleep(0)
    assert all(future.cancelled() for _, future in loads)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("mutation { change }", "a mutation runs field by field"),
        ("{ __schema { description } }", "it asks about the schema"),
    ],
)
async def test_what_plans_do_not_cover_says_why(source: str, why: str) -> None:
    with pytest.raises(Uncovered, match=why):
        compiled(executor(source))
    plans = Plans(executor(source).operation)
    assert [plans.of(executor(source)) for _ in range(3)] == ["it comes for the first time", why, why]


async def test_there_is_a_plan_for_each_set_of_values_that_comes_again() -> None:
    source = "query ($a: Boolean!, $b: Boolean!) { greeting @include(if: $a) loud: greeting(loud: $b) }"

    def of(a: bool, b: bool) -> Plan | str:
        return plans.of(executor(source, {"a": a, "b": b}))

    plans = Plans(executor(source, {"a": True, "b": True}).operation)
    assert isinstance(of(True, True), str)
    first = of(True, True)
    assert isinstance(first, Plan)
    assert of(True, True) is first
    assert isinstance(of(False, True), str)
    second = of(False, True)
    assert isinstance(second, Plan)
    assert second is not first
    assert (await second.run(executor(source, {"a": False, "b": True}))).data == {"loud": "HELLO"}
