"""What operations cost: counters, times and spans, by names that clients cannot make up."""

from __future__ import annotations

import random
import re
import time
from functools import lru_cache, wraps
from types import TracebackType
from typing import Any, Self

import strawberry

from domain.infra.telemetry import OPERATION_SECONDS, OPERATIONS, RESOLVER_SECONDS, span
from schema.server.documents import Operation
from schema.server.timing import TIMED, timed

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

# prometheus_client takes a lock and makes texts of the labels each time.
_counter = lru_cache(maxsize=1_000)(OPERATIONS.labels)
_histogram = lru_cache(maxsize=1_000)(OPERATION_SECONDS.labels)


def request_id(given: str | None) -> str:
    """The id a client sent, when it is fit for logs; else a new one."""
    if given is not None and _SANE_ID.fullmatch(given):
        return given
    return random.randbytes(16).hex()  # noqa: S311  (finds a request in the log, no secret)


class Observed:
    """An operation that is counted and timed while the block runs, with a span around it.

    Attributes:
        outcome: how it goes: `ok`, unless the block says otherwise or raises.
        points: what it has cost.
    """

    def __init__(self, operation: Operation) -> None:
        self.outcome = "ok"
        self.points = 0
        self._operation = operation

    def __enter__(self) -> Self:
        """Begin."""
        self._began = time.perf_counter()
        self._kind = self._operation.kind.value
        self._span = span(f"{self._kind} {self._operation.label}")
        if self._span is not None:
            self._opened = self._span.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """End, and tell what came of it."""
        if kind is not None:
            self.outcome = "failed"
        _counter(self._operation.label, self._kind, self.outcome).inc()
        _histogram(self._operation.label, self._kind).observe(time.perf_counter() - self._began)
        if self._span is not None:
            self._opened.set_attribute("graphql.operation.type", self._kind)
            self._opened.set_attribute("graphql.document.hash", self._operation.document_hash)
            self._opened.set_attribute("graphql.outcome", self.outcome)
            self._span.__exit__(kind, error, traceback)

    def settle(self, answer: dict[str, Any]) -> None:
        """Take from an answer whether it has errors, and what it has cost."""
        if "errors" in answer:
            self.outcome = "errors"
        self.points = answer["extensions"]["cost"]["actual"]


def instrument(schema: strawberry.Schema) -> None:
    """Time every field of the Query and Mutation roots. Their names are ours, so they are safe as labels."""
    core = schema._schema  # noqa: SLF001  (strawberry has no public way to its graphql-core schema)
    for root in (core.query_type, core.mutation_type):
        for name, field in root.fields.items() if root is not None else ():
            if field.resolve is not None and TIMED not in field.extensions:
                observe = RESOLVER_SECONDS.labels(f"{root}.{name}").observe
                field.resolve = wraps(field.resolve)(timed(field.resolve, observe))
                field.extensions = {**field.extensions, TIMED: observe}
