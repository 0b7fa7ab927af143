"""What a plan does that answers do not show: how often it calls, what it awaits, and when there is one."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import pytest
import strawberry
from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    parse,
)
from graphql.execution import Executor
from strawberry.extensions import FieldExtension

from schema.server.plan import Done, Plan, Plans, Run, Uncovered, compiled, compiler

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


class Refusing(FieldExtension):
    """Lets nobody through."""

    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        """Refuse."""
        raise PermissionError("not for you")


@strawberry.type
class Query:
    """The root."""

    @strawberry.field
    def leaves(self) -> list[Leaf]:
        """Three of them."""
        return [Leaf(number=number) for number in range(3)]

    @strawberry.field(extensions=[Refusing()])  # type: ignore[untyped-decorator]
    def guarded(self) -> str | None:
        """For nobody."""
        return "secret"

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


def run(built: Executor[Any]) -> Run:
    """A run of what an executor executes."""
    return Run(built.root_value, built.variable_values, lambda: built, hide_suggestions=built.hide_suggestions)


async def answered(source: str, variables: dict[str, Any] | None = None, context: Any = None) -> Done:
    """What the plan of a document answers."""
    one = executor(source, variables, context)
    return await compiled(one).answer(run(one))


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
    # What is below a field that answers at once does not wait for its neighbours.
    assert [level for level in levels if level] == [[0, 1, 1, 1, 2, 2, 2, 3, 3]]
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
    plans = Plans()
    assert [plans.of((source,), run(executor(source)).executor) for _ in range(3)] == [
        "it comes for the first time",
        why,
        why,
    ]


async def test_there_is_a_plan_for_each_key_that_comes_again() -> None:
    source = "query ($a: Boolean!) { greeting @include(if: $a) loud: greeting(loud: true) }"

    def of(a: bool) -> Plan | str:
        return plans.of((source, a), run(executor(source, {"a": a})).executor)

    plans = Plans()
    assert isinstance(of(True), str)
    first = of(True)
    assert isinstance(first, Plan)
    assert of(True) is first
    assert isinstance(of(False), str)
    second = of(False)
    assert isinstance(second, Plan)
    assert (await second.answer(run(executor(source, {"a": False})))).data == {"loud": "HELLO"}
    assert plans.fields == first.size + second.size == 3


def test_old_plans_go_when_all_have_too_many_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "_MAX_FIELDS", 5)
    plans = Plans()
    one = run(executor("{ a: greeting b: greeting }")).executor
    made = [plans.of((key,), one) for key in ("x", "x", "y", "y", "z", "z", "y")]
    assert plans.fields == 4
    assert made[6] is made[3]
    assert isinstance(plans.of(("x",), one), str)


def test_a_fragment_is_compiled_once_however_often_it_is_spread() -> None:
    spreads = " ".join(f"a{number}: leaves {{ ...F }}" for number in range(20))
    plan = compiled(executor(f"{{ {spreads} }} fragment F on Leaf {{ next {{ number doubled }} }}"))
    # Of each place the field itself and `next`; what is below `next` only once.
    assert plan.size == 20 + 20 + 2


def test_a_document_of_too_many_fields_is_not_compiled() -> None:
    with pytest.raises(Uncovered, match="more than 500 fields"):
        compiled(executor("{ " + " ".join(f"a{number}: greeting" for number in range(501)) + " }"))


async def test_names_of_the_schema_are_not_taken_for_those_of_the_plan() -> None:
    names = ("field", "selection", "run", "objects", "each", "value", "merged", "whole", "together", "holes", "by_type")
    types = {name: GraphQLObjectType(name, {"x": GraphQLField(GraphQLString)}) for name in names}
    fields = {name: GraphQLField(GraphQLNonNull(type_)) for name, type_ in types.items()}
    schema = GraphQLSchema(GraphQLObjectType("Query", fields))
    source = "{ " + " ".join(f"{name} {{ x }}" for name in names) + " }"
    built = Executor.build(schema, parse(source), {name: {"x": name} for name in names})
    assert not isinstance(built, list)
    done = await compiled(built).answer(run(built))
    assert done.data == {name: {"x": name} for name in names}


async def test_what_guards_a_field_guards_it_in_a_plan() -> None:
    done = await answered("{ guarded }")
    assert (done.data, [error.message for error in done.errors]) == ({"guarded": None}, ["not for you"])


async def test_a_condition_without_a_value_is_left_to_graphql_core() -> None:
    source = "query ($a: Boolean = true) { greeting @include(if: $a) }"
    plans = Plans()
    one = run(executor(source, {"a": None})).executor
    assert [plans.of((source, None), one) for _ in range(3)][1:] == ["a condition has no value"] * 2
