"""Scalars beyond those of GraphQL itself."""

from __future__ import annotations

from datetime import UTC, datetime

from strawberry.types.scalar import ScalarDefinition

from domain.kernel.errors import InvalidInput


def _write(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _read(text: object) -> datetime:
    try:
        value = datetime.fromisoformat(text if isinstance(text, str) else "")
    except ValueError:
        raise InvalidInput("A DateTime is a text such as 2026-05-01T18:00:00Z.") from None
    if value.tzinfo is None:
        raise InvalidInput("A DateTime needs its offset, such as Z or +02:00.")
    return value.astimezone(UTC)


DATE_TIME = ScalarDefinition(
    name="DateTime",
    description="An instant as RFC 3339 text with its offset; answers are in UTC, such as 2026-05-01T18:00:00Z.",
    specified_by_url="https://scalars.graphql.org/andimarek/date-time",
    serialize=_write,
    parse_value=_read,
    parse_literal=None,
    directives=(),
)
