"""What a change of the schema means for documents that are in use: which do not fit any more, and what they used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate
from graphql.utilities import BreakingChange, BreakingChangeType, DangerousChange, find_schema_changes

from cli.documents.coordinates import coordinates_in

# Where a change is told of something with a parent, as in `Match.status`, `Query.match(id:)` or `@cost(weight:)`.
_PLACE = re.compile(r"@\w+(?:\(\w+:\))?|\w+\.\w+(?:\(\w+:\))?")
_ADDED = frozenset(
    {
        BreakingChangeType.REQUIRED_INPUT_FIELD_ADDED,
        BreakingChangeType.REQUIRED_ARG_ADDED,
        BreakingChangeType.REQUIRED_DIRECTIVE_ARG_ADDED,
    }
)


@dataclass(frozen=True, slots=True)
class LiveDocument:
    """A document that somebody asks for. The owner is told to people."""

    owner: str
    name: str
    source: str

    def __str__(self) -> str:
        return f"{self.name} ({self.owner})"


@dataclass(frozen=True, slots=True)
class Broken:
    """A document that fitted the old schema and does not fit the new one, and why."""

    document: LiveDocument
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Breaking:
    """A change that can break documents, and those that use what has changed: they break, or deserve a look."""

    description: str
    breaks: tuple[LiveDocument, ...]
    concerns: tuple[LiveDocument, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two schemas compared, for the sake of the documents that are in use. `unfit` did not fit the old one either."""

    breaking: tuple[Breaking, ...]
    dangerous: tuple[str, ...]
    broken: tuple[Broken, ...]
    unfit: tuple[LiveDocument, ...]


def compare(old: GraphQLSchema, new: GraphQLSchema, documents: Sequence[LiveDocument]) -> Comparison:
    """What has changed from one schema to the other, and what it does to the documents."""
    broken: list[Broken] = []
    unfit: list[LiveDocument] = []
    used: dict[LiveDocument, frozenset[str]] = {}
    for document in documents:
        parsed = _parsed(document.source)
        if isinstance(parsed, GraphQLError):
            unfit.append(document)
            continue
        used[document] = coordinates_in(parsed, old)
        if problems := validate(new, parsed):
            if validate(old, parsed):
                unfit.append(document)
            else:
                broken.append(Broken(document, tuple(_told(problem) for problem in problems)))
    changes = find_schema_changes(old, new)
    lost = {entry.document for entry in broken}
    return Comparison(
        breaking=tuple(_weighed(change, used, lost) for change in changes if isinstance(change, BreakingChange)),
        dangerous=tuple(change.description for change in changes if isinstance(change, DangerousChange)),
        broken=tuple(broken),
        unfit=tuple(unfit),
    )


def _parsed(source: str) -> DocumentNode | GraphQLError:
    try:
        return parse(source)
    except GraphQLError as error:
        return error


def _weighed(change: BreakingChange, used: dict[LiveDocument, frozenset[str]], lost: set[LiveDocument]) -> Breaking:
    place = _place(change)
    concerned = [document for document, coordinates in used.items() if place in coordinates]
    return Breaking(
        description=change.description,
        breaks=tuple(document for document in concerned if document in lost),
        concerns=tuple(document for document in concerned if document not in lost),
    )


def _place(change: BreakingChange) -> str:
    """The coordinate whose users a change concerns. graphql-core tells it in the description only."""
    text = change.description.removeprefix("Standard scalar ")
    found = _PLACE.search(text)
    place = found[0] if found else text.split(maxsplit=1)[0]
    if change.type in _ADDED:
        # Nobody uses what is new, but whoever uses that which it was added to has to give it.
        return place.partition("(")[0] if "(" in place else place.partition(".")[0]
    return place


def _told(problem: GraphQLError) -> str:
    place = f"line {problem.locations[0].line}: " if problem.locations else ""
    return f"{place}{problem.message}"
