"""The decorators every GraphQL type is written with.

They make three things impossible to forget: a docstring (it becomes the description clients read), who may call a
mutation or subscription, and the types a checker needs.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import AsyncIterable, Awaitable, Callable
from enum import Enum, auto
from operator import attrgetter
from typing import Any, Generic, Literal, ParamSpec, TypeVar, cast, overload

import msgspec
import strawberry
from strawberry.extensions import FieldExtension
from strawberry.schema_directive import Location, schema_directive
from typing_extensions import dataclass_transform

from domain.kernel.actor import Role
from domain.kernel.errors import Forbidden
from resolvers.context import Context

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

Info = strawberry.Info[Context, None]

BROADCASTABLE = "broadcastable"
PATH = "path"
IDEMPOTENCY_KEY = (
    "1 to 100 characters. A repeat of the request with the same key happens once and answers the same."
    " A key is kept for a week."
)


# What a change, or following something, costs on its own, in points.
_WEIGHT = 10
_PAGE_SIZE = "first"
# How a class makes and lays out its instances.
_OF_INSTANCES = {"__init__", "__dict__", "__weakref__"}


@schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description="How many entries a list counts as, before it is known how many there are.",
)
class ListSize:
    """The size of a list, as the GraphQL cost specification declares it."""

    assumed_size: int | None = strawberry.field(
        default=strawberry.UNSET, description="A list that is not a page counts as this many."
    )
    slicing_arguments: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="The arguments that say how long the page is."
    )
    sized_fields: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="The fields of the answer that hold the page."
    )


@schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="cost",
    description="How many points a field costs on its own, besides those for the objects it answers.",
)
class Cost:
    """The weight of a field, as the GraphQL cost specification declares it."""

    weight: int = strawberry.field(description="In points.")


class Access(Enum):
    """Who may call a field at all. Whether they may do it to that row is a policy of the domain."""

    ANYONE = auto()
    SIGNED_IN = auto()
    ADMIN = auto()


class Guard(FieldExtension):
    """Lets a caller through by `Access`, before anything else of the field runs."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def check(self, ctx: Context) -> None:
        """Raise the refusal that fits, or nothing."""
        if self.access is not Access.ANYONE:
            ctx.actor.require_user()
        if self.access is Access.ADMIN and Role.ADMIN not in ctx.actor.roles:
            raise Forbidden("Only an administrator may do this.")

    def resolve(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        """Check, then let the field run. Subscriptions resolve this way."""
        self.check(info.context)
        return next_(source, info, **kwargs)

    async def resolve_async(self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, **kwargs: Any) -> Any:
        """Check, then let the field run. Mutations resolve this way."""
        self.check(info.context)
        return await next_(source, info, **kwargs)


@overload
def field(resolver: Callable[P, R]) -> Callable[P, R]: ...
@overload
def field(
    *, size: int | None = None, broadcastable: bool = False, weight: int | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def field(
    resolver: Callable[..., Any] | None = None,
    *,
    size: int | None = None,
    broadcastable: bool = False,
    weight: int | None = None,
) -> Callable[..., Any]:
    """A field resolved by a method; its docstring becomes the description. `size` is how many a list counts as.

    One that is `broadcastable` answers the same to whoever may see the object. A subscription that selects another is
    not shared between viewers. `weight` is what it costs on its own, in points.
    """
    decorate = _resolved(size, {BROADCASTABLE: broadcastable}, [] if weight is None else [Cost(weight=weight)])
    return decorate if resolver is None else decorate(resolver)


def attribute(description: str, *, size: int | None = None, **default: Any) -> Any:
    """A field that is a plain attribute of the type; `default=` makes it optional in an input.

    `size` is how many a list counts as.
    """
    return strawberry.field(description=description, directives=_sized(size), **default)


def attribute_of(path: str, description: str, *, size: int | None = None, init: Literal[False] = False) -> Any:
    """A field that is read where it is, in something that the type holds: `row.name` of its `row`.

    Nothing of it is copied into the object, whether it is asked for or not. `size` is how many a list counts as.
    """
    made = strawberry.field(description=description, directives=_sized(size), metadata={PATH: path})
    made.init = init
    return made


def mutation(
    access: Access, *, weight: int = _WEIGHT
) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Awaitable[R]]]:
    """A root mutation field that `access` may call. Its input is described by the input type, if not otherwise.

    `weight` is what it costs on its own, in points.
    """

    def decorate(resolver: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
        made = strawberry.mutation(
            resolver, description=_describe(resolver), extensions=[Guard(access)], directives=[Cost(weight=weight)]
        )
        for argument in made.arguments:
            argument.description = argument.description or _describe(argument.type)
        return cast("Callable[P, Awaitable[R]]", made)

    return decorate


def subscription(
    access: Access,
) -> Callable[[Callable[P, Awaitable[AsyncIterable[R]]]], Callable[P, Awaitable[AsyncIterable[R]]]]:
    """A root subscription field that `access` may call. It answers a `resolvers.streams.Stream`."""

    def decorate(resolver: Callable[P, Awaitable[AsyncIterable[R]]]) -> Callable[P, Awaitable[AsyncIterable[R]]]:
        made = strawberry.subscription(
            resolver, description=_describe(resolver), extensions=[Guard(access)], directives=[Cost(weight=_WEIGHT)]
        )
        return cast("Callable[P, Awaitable[AsyncIterable[R]]]", made)

    return decorate


@overload
@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field, attribute, attribute_of))
def object_type(cls: type[T]) -> type[T]: ...
@overload
@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field, attribute, attribute_of))
def object_type(*, broadcastable: bool) -> Callable[[type[T]], type[T]]: ...
def object_type(cls: type[T] | None = None, *, broadcastable: bool = False) -> Any:
    """An object type; its docstring becomes the description.

    The plain attributes of one that is `broadcastable` are the same for whoever may see the object (see `field`).
    """

    def decorate(described: type[T]) -> type[T]:
        made = strawberry.type(described, description=_describe(described))
        if broadcastable:
            _mark_broadcastable(made)
        return _struct(made)

    return decorate if cls is None else decorate(cls)


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field, attribute))
def interface_type(cls: type[T]) -> type[T]:
    """An interface; its docstring becomes the description. Its plain attributes are `broadcastable`."""
    made = strawberry.interface(cls, description=_describe(cls))
    _mark_broadcastable(made)
    del made.__init__  # structs are made in their own way
    return made


@dataclass_transform(kw_only_default=True, field_specifiers=(strawberry.field, attribute))
def input_type(cls: type[T]) -> type[T]:
    """An input type; its docstring becomes the description."""
    return strawberry.input(cls, description=_describe(cls))


def enum_type(cls: type[Enum], descriptions: dict[str, str], *, name: str | None = None) -> None:
    """Make a domain enum a GraphQL enum, with a description for each value."""
    missing = {member.name for member in cls} ^ set(descriptions)
    if missing:
        raise TypeError(f"{cls.__name__} needs exactly one description per value: {sorted(missing)}")
    made = strawberry.enum(cls, name=name, description=_describe(cls))
    for value in made.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = descriptions[value.name]


def _mark_broadcastable(made: type) -> None:
    """Mark the type's own plain attributes."""
    for each in made.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        if each.base_resolver is None and each.origin is made:
            each.metadata = {**each.metadata, BROADCASTABLE: True}


def _struct(made: type[T]) -> type[T]:
    """A type that strawberry has made, again as a struct of msgspec: it has the same methods and is the same type.

    A dataclass takes what it is given by name through a dict, so that its objects cost several times as much, and there
    are hundreds of them in an answer. Types without attributes gain nothing; generic ones strawberry copies itself.
    """
    attributes = {each.name: each.default for each in dataclasses.fields(cast("Any", made)) if each.init}
    if not attributes or issubclass(made, Generic):
        return made
    namespace = {name: value for name, value in vars(made).items() if name not in _OF_INSTANCES | attributes.keys()}
    namespace |= {name: default for name, default in attributes.items() if default is not dataclasses.MISSING}
    namespace |= {
        each.name: property(attrgetter(each.metadata[PATH]))
        for each in dataclasses.fields(cast("Any", made))
        if PATH in each.metadata
    }
    namespace["__annotations__"] = dict.fromkeys(attributes, Any)
    bases = (*(base for base in made.__bases__ if base is not object), msgspec.Struct)
    struct: Any = msgspec.StructMeta(made.__name__, bases, namespace, kw_only=True)
    struct.__strawberry_definition__.origin = struct
    return cast("type[T]", struct)


def _resolved(size: int | None, metadata: dict[str, Any], costs: list[Cost]) -> Callable[[Callable[..., Any]], Any]:
    def decorate(resolver: Callable[..., Any]) -> Any:
        directives = _page() if _PAGE_SIZE in inspect.signature(resolver).parameters else _sized(size)
        described = _describe(resolver)
        return strawberry.field(resolver, description=described, metadata=metadata, directives=[*directives, *costs])

    return decorate


def _sized(size: int | None) -> list[ListSize]:
    return [] if size is None else [ListSize(assumed_size=size)]


def _page() -> list[ListSize]:
    return [ListSize(slicing_arguments=[_PAGE_SIZE], sized_fields=["edges", "nodes"])]


def _describe(thing: Any) -> str:
    doc = thing.__dict__.get("__doc__") if isinstance(thing, type) else thing.__doc__
    if not doc:
        raise TypeError(f"{thing.__qualname__} needs a docstring: clients read it as its description.")
    return inspect.cleandoc(doc)
