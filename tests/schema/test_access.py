"""No mutation and no subscription goes without a guard, and no mutation without an access matrix.

Each module of tests here that has a matrix says in `ACCESS` who gets through: the people by their part, for every
mutation it covers.
"""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

from strawberry.types.base import StrawberryObjectDefinition

from domain.kernel.actor import ANONYMOUS
from domain.kernel.ids import global_id, new_id
from schema.fields import Access, Guard
from schema.root import build_schema
from tests.schema.conftest import Ask


def guards(root: str) -> dict[str, list[Guard]]:
    """The guards of every field of a root type."""
    found = build_schema().get_type_by_name(root)
    assert isinstance(found, StrawberryObjectDefinition)
    return {
        field.graphql_name or _camel(field.python_name): [
            guard for guard in field.extensions if isinstance(guard, Guard)
        ]
        for field in found.fields
    }


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def matrices() -> dict[str, dict[str, set[str]]]:
    """What each module of tests covers."""
    names = [path.stem for path in sorted(Path(__file__).parent.glob("test_*.py")) if path.stem != "test_access"]
    modules = {name: import_module(f"tests.schema.{name}") for name in names}
    return {name: module.ACCESS for name, module in modules.items() if hasattr(module, "ACCESS")}


def test_every_write_and_every_stream_has_one_guard() -> None:
    for root in ("Mutation", "Subscription"):
        assert {name: len(found) for name, found in guards(root).items() if len(found) != 1} == {}


def test_every_mutation_is_in_one_access_matrix() -> None:
    covered = Counter(name for matrix in matrices().values() for name in matrix)
    assert {name: covered[name] for name in guards("Mutation") if covered[name] != 1} == {}
    assert sorted(covered) == sorted(guards("Mutation"))


def test_who_gets_through_a_matrix_fits_the_guard() -> None:
    passing = {name: people for matrix in matrices().values() for name, people in matrix.items()}
    for name, (guard,) in guards("Mutation").items():
        assert ("anonymous" in passing[name]) == (guard.access is Access.ANYONE), name
        assert (passing[name] == {"admin"}) == (guard.access is Access.ADMIN), name


async def test_a_guard_comes_before_everything_else(ask: Ask) -> None:
    """Whoever is not logged in learns that first, not whether what they asked for exists."""
    given: dict[str, dict[str, Any]] = {
        "publishTournament": {"tournamentId": global_id("Tournament", new_id())},
        "confirmResult": {"matchId": "nonsense", "version": 1},
        "disbandTeam": {"teamId": global_id("Team", new_id())},
    }
    for name, values in given.items():
        assert await ask.mutate(ANONYMOUS, name, values) == {
            "__typename": "UnauthenticatedError",
            "code": "UNAUTHENTICATED",
        }
