"""Types as their decorators make them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec
import pytest
import strawberry

from schema.fields import attribute, attribute_of, field, interface_type, object_type

T = TypeVar("T")


@interface_type
class Named:
    """Something with a name."""

    name: str = attribute("Its name.")

    @field
    def loud(self) -> str:
        """Its name, louder."""
        return self.name.upper()


@object_type
class Town(Named):
    """A place."""

    row: strawberry.Private[dict[str, int]]
    rank: int | None = attribute("Its place, if it has one.", default=None)

    @field
    def people(self) -> int:
        """How many live there."""
        return self.row["people"]

    @classmethod
    def of(cls, name: str, people: int) -> Town:
        """The town of that name."""
        return cls(name=name, row={"people": people})

    @property
    def is_large(self) -> bool:
        """Whether many live there."""
        return self.row["people"] > 100_000


@dataclass
class Row:
    """Where something is."""

    country: str


@object_type
class Region:
    """What is read from its row."""

    row: strawberry.Private[Row]
    land: str = attribute_of("row.country", "Where it is.")


@object_type
class Holder(Generic[T]):
    """Whatever it is."""

    value: T = attribute("What it holds.")


@object_type
class Query:
    """Reads."""

    @field
    def town(self) -> Town:
        """A town."""
        return Town.of("Lyon", 520_000)

    @field
    def named(self) -> Named:
        """The same, as something with a name."""
        return Town.of("Lyon", 520_000)

    @field
    def holder(self) -> Holder[Town]:
        """The same, held."""
        return Holder(value=Town.of("Lyon", 520_000))

    @field
    def region(self) -> Region:
        """A region."""
        return Region(row=Row("France"))


SCHEMA = strawberry.Schema(Query)
LYON = {"name": "Lyon", "loud": "LYON", "people": 520_000, "rank": None}


def test_an_object_is_made_by_names_and_knows_its_defaults() -> None:
    town = Town(name="Lyon", row={"people": 1}, rank=3)
    assert isinstance(town, msgspec.Struct)
    assert isinstance(town, Named)
    assert (town.name, town.rank, town.people(), town.loud(), town.is_large) == ("Lyon", 3, 1, "LYON", False)
    assert Town.of("Lyon", 520_000).rank is None
    assert Town.of("Lyon", 1) == Town.of("Lyon", 1) != Town.of("Lyon", 2)


def test_an_object_lacks_nothing_and_has_nothing_else() -> None:
    with pytest.raises(TypeError, match="Missing required argument 'row'"):
        Town(name="Lyon")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Unexpected keyword argument 'mayor'"):
        Town(name="Lyon", row={}, mayor="Ada")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("{ town { name loud people rank } }", {"town": LYON}),
        (
            "{ named { __typename name loud ... on Town { people } } }",
            {"named": {"__typename": "Town", "name": "Lyon", "loud": "LYON", "people": 520_000}},
        ),
        ("{ holder { value { name loud people rank } } }", {"holder": {"value": LYON}}),
    ],
)
def test_the_schema_knows_objects_by_their_class(query: str, answer: object) -> None:
    assert SCHEMA.execute_sync(query).data == answer


def test_an_object_of_another_class_is_refused() -> None:
    @object_type
    class Other:
        """Reads."""

        @field
        def town(self) -> Town:
            """No town."""
            return "Lyon"  # type: ignore[return-value]

    done = strawberry.Schema(Other).execute_sync("{ town { people } }")
    assert done.data is None
    assert [error.message for error in done.errors or ()] == ["Expected value of type 'Town' but got: 'Lyon'."]


def test_what_is_read_from_a_row_is_not_copied() -> None:
    row = Row("France")
    region = Region(row=row)
    row.country = "Rhône"
    assert region.land == "Rhône"
    with pytest.raises(TypeError, match="land"):
        Region(row=row, land="Savoie")  # type: ignore[call-arg]
    assert SCHEMA.execute_sync("{ region { land } }").data == {"region": {"land": "France"}}
