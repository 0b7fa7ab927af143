"""What operations cost: counters, times and spans, by names that clients cannot make up."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import Any

import strawberry

from domain.infra.telemetry import OPERATION_SECONDS, OPERATIONS, RESOLVER_SECONDS, span
from domain.kernel.ids import new_id
from schema.server.documents import Operation
from schema.server.timing import TIMED, timed

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

# prometheus_client takes a lock and makes texts of the labels each time.
_counter = lru_cache(maxsize=1_000)(OPERATIONS.labels)
_histogram = lru_cache(maxsize=1_000)(OPERATION_SECONDS.labels)


def request_id(given: str | None) -> str:
    """The id a client sent, when it is fit for logs; else a new one."""
    return given if given is not None and _SANE_ID.fullmatch(given) else new_id().hex


class Outcome:
    """How an observed operation went, and what it cost; `ok` and nothing unless the block says otherwise."""

    name = "ok"
    points = 0

    def settle(self, answer: dict[str, Any]) -> None:
        """Take from an answer whether it has errors, and what it has cost."""
        if "errors" in answer:
            self.name = "errors"
        self.points = answer["extensions"]["cost"]["actual"]


@contextmanager
def observed(operation: Operation) -> Iterator[Outcome]:
    """Count and time an operation, and open a span around it."""
    kind = operation.kind.value
    outcome = Outcome()
    began = time.perf_counter()
    with span(f"{kind} {operation.label}") as opened:
        try:
            yield outcome
        except BaseException:
            outcome.name = "failed"
            raise
        finally:
            opened.set_attribute("graphql.operation.type", kind)
            opened.set_attribute("graphql.document.hash", operation.document_hash)
            opened.set_attribute("graphql.outcome", outcome.name)
            _counter(operation.label, kind, outcome.name).inc()
            _histogram(operation.label, kind).observe(time.perf_counter() - began)


def instrument(schema: strawberry.Schema) -> None:
    """Time every field of the Query and Mutation roots. Their names are ours, so they are safe as labels."""
    core = schema._schema  # noqa: SLF001  (strawberry has no public way to its graphql-core schema)
    for root in (core.query_type, core.mutation_type):
        for name, field in root.fields.items() if root is not None else ():
            if field.resolve is not None and TIMED not in field.extensions:
                observe = RESOLVER_SECONDS.labels(f"{root}.{name}").observe
                field.resolve = wraps(field.resolve)(timed(field.resolve, observe))
                field.extensions = {**field.extensions, TIMED: observe}
