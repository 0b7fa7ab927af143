"""How large a document may be and how much it may ask for, checked before it is validated.

Every fragment is measured once and its measures are added where it is spread, so the check is linear in the size of the
document, whatever its fragments do. (Limiters that follow each spread take seconds for 700 bytes of nested fragments.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from schema.server.masking import Code, RequestRefused
from schema.server.sizes import Sizes

_OBJECTS_PER_POINT = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may have. Aliases, directives and root fields count as often as fragments repeat them.

    Repeated fields, fragments and spreads count as they are written: comparing each with all its likes is what makes
    validation costly.

    The objects are those it may ask for, by the sizes of its lists. A subscription may ask for fewer, because it asks
    again with each change.
    """

    tokens: int = 2_000
    source_length: int = 64 * 1024
    depth: int = 15
    aliases: int = 30
    directives: int = 50
    root_fields: int = 20
    repeats: int = 30
    fragments: int = 50
    spreads: int = 100
    objects: int = 10_000
    subscribed_objects: int = 5_000


# For documents of partners, who can ask in several requests where our own pages have to be quick.
PARTNER_LIMITS = Limits(depth=10, aliases=15, root_fields=15, objects=5_000, subscribed_objects=2_500)


class Demand(NamedTuple):
    """What an operation asks for: at most so many objects, for so many points, and whether about the schema itself."""

    objects: int
    points: int
    introspects: bool


def points_for(objects: int) -> int:
    """What objects cost: one point for ten of them or a part of that, and one for none."""
    return max(1, -(-objects // _OBJECTS_PER_POINT))


# A selection set, its depth, its type, how often it is asked for, for a page and for each of its entries, and what it
# selects by response key.
_Selected = tuple[SelectionSetNode, int, GraphQLNamedType | None, int, int, Counter[str]]


@dataclass(slots=True)
class _Measure:
    """What a selection set holds. `spreads` lists the fragments it spreads: at which depth, and how often each."""

    depth: int = 0
    aliases: int = 0
    directives: int = 0
    root_fields: int = 0
    repeats: int = 0
    objects: int = 0
    weight: int = 0
    introspects: bool = False
    spreads: list[tuple[str, int, int]] = field(default_factory=list)


def check(document: DocumentNode, limits: Limits, sizes: Sizes) -> Mapping[str | None, Demand]:
    """What each operation of a document asks for, by its name. Refuses what is larger, or asks for more, than allowed.

    Raises:
        RequestRefused: which limit it exceeds.
    """
    fragments = {
        definition.name.value: _measured(
            definition.selection_set, sizes.named(definition.type_condition.name.value), sizes
        )
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    operations = [
        (definition, _measured(definition.selection_set, sizes.root(definition.operation), sizes))
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]
    _refuse_comparisons([*fragments.values(), *(measure for _, measure in operations)], len(fragments), limits)
    for name in _innermost_first(fragments):
        _add_spreads(fragments[name], fragments, limits)
    demands: dict[str | None, Demand] = {}
    for definition, operation in operations:
        operation.directives += len(definition.directives or ())
        _add_spreads(operation, fragments, limits)
        _refuse_beyond(operation, limits)
        _refuse_costly(operation, definition.operation, limits)
        demands[definition.name.value if definition.name else None] = _demand(operation, definition.operation)
    # A fragment that nothing spreads is refused by validation, which must not meet a huge one.
    for measure in fragments.values():
        measure.root_fields = 0
        _refuse_beyond(measure, limits)
    return demands


def _demand(measure: _Measure, kind: OperationType) -> Demand:
    # A subscription is paid for when it begins; its messages are executed once for all who follow it.
    objects = 0 if kind is OperationType.SUBSCRIPTION else points_for(measure.objects)
    return Demand(measure.objects, objects + measure.weight, measure.introspects)


def _measured(root: SelectionSetNode, root_type: GraphQLNamedType | None, sizes: Sizes) -> _Measure:
    measure = _Measure()
    # How often a selection set is asked for: for each entry where a connection has a page, and `once` for the page.
    # What a selection set selects is compared with what its inline fragments do, so they are counted together.
    pending: list[_Selected] = [(root, 1, root_type, 1, 1, Counter())]
    counters = [pending[0][-1]]
    while pending:
        selection_set, depth, parent, times, once, seen = pending.pop()
        measure.depth = max(measure.depth, depth)
        for selection in selection_set.selections:
            measure.directives += len(selection.directives or ())
            if isinstance(selection, FieldNode):
                seen[(selection.alias or selection.name).value] += 1
                measure.aliases += selection.alias is not None
                measure.root_fields += depth == 1
                asked = sizes.asked(parent, selection)
                measure.objects += (once if asked.is_once else times) * asked.objects
                measure.weight += asked.points
                measure.introspects |= asked.is_introspection
                if selection.selection_set is not None:
                    counters.append(Counter())
                    below = (selection.selection_set, depth + 1, asked.type, times * asked.each, times, counters[-1])
                    pending.append(below)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                narrowed = sizes.named(condition.name.value) if condition else parent
                pending.append((selection.selection_set, depth, narrowed, times, once, seen))
            elif isinstance(selection, FragmentSpreadNode):
                measure.spreads.append((selection.name.value, depth, times))
    measure.repeats = sum(count for seen in counters for count in seen.values() if count > 1)
    return measure


def _add_spreads(measure: _Measure, fragments: Mapping[str, _Measure], limits: Limits) -> None:
    """Add what the spread fragments hold. Counts stop just above their limits, so that they stay small numbers."""
    for name, depth, times in measure.spreads:
        spread = fragments.get(name)
        if spread is None:
            continue  # validation names the unknown fragment
        measure.depth = min(max(measure.depth, depth - 1 + spread.depth), limits.depth + 1)
        measure.aliases = min(measure.aliases + spread.aliases, limits.aliases + 1)
        measure.directives = min(measure.directives + spread.directives, limits.directives + 1)
        measure.objects = min(measure.objects + times * spread.objects, limits.objects + 1)
        measure.weight = min(measure.weight + spread.weight, limits.objects + 1)
        measure.introspects |= spread.introspects
        if depth == 1:
            measure.root_fields = min(measure.root_fields + spread.root_fields, limits.root_fields + 1)


def _innermost_first(fragments: Mapping[str, _Measure]) -> Iterator[str]:
    """Fragment names, each after all that it spreads. A cycle is cut where it closes; validation refuses it."""
    entered: set[str] = set()
    for first in fragments:
        stack = [(first, False)]
        while stack:
            name, is_complete = stack.pop()
            if is_complete:
                yield name
            elif name not in entered:
                entered.add(name)
                stack.append((name, True))
                stack.extend((inner, False) for inner, *_ in fragments[name].spreads if inner in fragments)


def _refuse_beyond(measure: _Measure, limits: Limits) -> None:
    for found, allowed, what in (
        (measure.depth, limits.depth, "levels of fields"),
        (measure.aliases, limits.aliases, "aliases"),
        (measure.directives, limits.directives, "directives"),
        (measure.root_fields, limits.root_fields, "fields of the operation itself"),
    ):
        _refuse_more(found, allowed, what)


def _refuse_comparisons(measures: Sequence[_Measure], fragments: int, limits: Limits) -> None:
    _refuse_more(fragments, limits.fragments, "fragments")
    _refuse_more(sum(len(measure.spreads) for measure in measures), limits.spreads, "uses of fragments")
    _refuse_more(sum(measure.repeats for measure in measures), limits.repeats, "repeated fields")


def _refuse_more(found: int, allowed: int, what: str) -> None:
    if found > allowed:
        raise RequestRefused(Code.DOCUMENT_LIMIT_EXCEEDED, f"The document has too many {what}; {allowed} are allowed.")


def _refuse_costly(measure: _Measure, kind: OperationType, limits: Limits) -> None:
    allowed = limits.subscribed_objects if kind is OperationType.SUBSCRIPTION else limits.objects
    if measure.objects > allowed:
        raise RequestRefused(
            Code.QUERY_TOO_COMPLEX,
            f"The document may ask for more than {allowed:,} objects at once. Ask for less per request: smaller pages"
            " (`first`, written into the document), fewer lists inside of lists, or several requests.",
        )
