"""Logs, metrics and traces of a process.

Every line of the log is one event with fields; `request_id` joins what one request did, across API, relay and worker.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Iterable
from contextlib import AbstractContextManager
from contextvars import ContextVar
from functools import cache

import structlog
from opentelemetry import trace
from prometheus_client import REGISTRY, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from domain.infra.settings import Settings


class Tally:
    """A number that changes with every message, where a metric of its own would cost too much; read when asked for."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0


_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

OPERATIONS = Counter(
    "matchpoint_operations", "GraphQL operations by name, kind and outcome.", ["operation", "kind", "outcome"]
)
OPERATION_SECONDS = Histogram(
    "matchpoint_operation_seconds",
    "Time from request to answer.",
    ["operation", "kind"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
UNPLANNED = Counter(
    "matchpoint_operations_unplanned", "Executions without a plan, by operation and why.", ["operation", "reason"]
)
RESOLVER_SECONDS = Histogram(
    "matchpoint_resolver_seconds",
    "Time in root resolvers, by field.",
    ["field"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
OUTBOX_LAG_SECONDS = Gauge("matchpoint_outbox_lag_seconds", "Age of the oldest fact that is not published yet.")
REACTIONS_OWED = Gauge("matchpoint_reactions_owed", "Reactions that wait or have failed so far.")
REACTIONS_GIVEN_UP = Gauge("matchpoint_reactions_given_up", "Reactions that failed too often and wait for a person.")
HUB_GROUPS = Gauge("matchpoint_hub_groups", "Groups of equal subscriptions.")
HUB_UNSHARED = Counter(
    "matchpoint_hub_unshared",
    "Groups that only one viewer can be in, by operation and why: a field that is not broadcastable, or the audience.",
    ["operation", "reason"],
)
HUB_MEMBERS = Gauge("matchpoint_hub_members", "Subscriptions in all groups.")
HUB_EXECUTIONS = Counter("matchpoint_hub_executions", "Executions of a subscription document for an event.")
HUB_DELIVERED = Counter("matchpoint_hub_delivered", "Messages handed to connections.")
HUB_DROPPED = Counter("matchpoint_hub_dropped", "Messages a slow connection did not get.", ["reason"])
HUB_COALESCED = Counter("matchpoint_hub_coalesced", "Changes of a state that a newer one came before.")
HUB_GAPS = Counter("matchpoint_hub_gaps", "Times the bus may have lost facts.")
HUB_LAG_SECONDS = Histogram(
    "matchpoint_hub_lag_seconds",
    "Time from the record of a fact to its hand-over to connections.",
    buckets=(0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
RESULTS = Counter(
    "matchpoint_results",
    "Answers to what everybody may know: kept, shared with who asked before, or made.",
    ["operation", "outcome"],
)
POINTS_REFUSED = Counter("matchpoint_points_refused", "Operations refused because points were used up.", ["payer"])
POINTS_UNCHARGED = Counter(
    "matchpoint_points_uncharged", "Operations nobody was charged for, because Redis did not answer."
)
USES_LOST = Counter("matchpoint_uses_lost", "Uses of partners' documents that could not be counted.")
PRESENCE_VIEWERS = Gauge("matchpoint_presence_viewers", "Viewers here, each once for every subject they watch.")
HUB_OUTBOXES = Tally()
Gauge("matchpoint_hub_outboxes", "What connections send from, in memory: one of each that is open.").set_function(
    lambda: HUB_OUTBOXES.value
)
HUB_WAITING = Tally()
Gauge("matchpoint_hub_waiting", "Messages that wait to be sent, of all connections.").set_function(
    lambda: HUB_WAITING.value
)
SOCKET_BYTES = Tally()
EVENT_BYTES = Tally()
SLOW_CLOSES = Counter(
    "matchpoint_slow_closes",
    "Connections ended because the client took nothing for too long (unread), or for a moment while very much waited"
    " (full), or did not answer a ping (silent).",
    ["reason"],
)
TASKS = Gauge("matchpoint_asyncio_tasks", "Tasks of asyncio that have not ended.")
CONNECTIONS = Gauge("matchpoint_websocket_connections", "Open WebSocket connections.")
EVENT_STREAMS = Gauge("matchpoint_event_streams", "Open streams of server-sent events.")


class _SentBytes(Collector):
    """Bytes of messages, without what is around them on the wire."""

    def collect(self) -> Iterable[CounterMetricFamily]:
        """What is known now."""
        sent = CounterMetricFamily(
            "matchpoint_sent_bytes", "Bytes of messages handed to connections that stay open.", labels=["transport"]
        )
        sent.add_metric(["websocket"], SOCKET_BYTES.value)
        sent.add_metric(["event_stream"], EVENT_BYTES.value)
        yield sent


REGISTRY.register(_SentBytes())

_tracer = trace.get_tracer("matchpoint")

# Without local variables, which hold passwords and tokens.
_TRACEBACKS = structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))


def current_request_id() -> str | None:
    """The id of the request this code runs for, if any."""
    return _request_id.get()


def bind_request_id(request_id: str | None) -> None:
    """Make the id part of every log line and recorded fact from here on, in this task."""
    _request_id.set(request_id)


def _add_request_id(_: object, __: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    request_id = _request_id.get()
    if request_id is not None:
        line.setdefault("request_id", request_id)
    return line


def count_tasks() -> None:
    """Let a metric tell how many tasks the running loop has, counted when it is asked for."""
    loop = asyncio.get_running_loop()
    TASKS.set_function(lambda: len(asyncio.all_tasks(loop)))


def span(name: str) -> AbstractContextManager[trace.Span] | None:
    """A span around a block; None when nobody collects spans."""
    return _tracer.start_as_current_span(name) if _are_spans_collected() else None


@cache
def _are_spans_collected() -> bool:
    """Asked once: who collects spans says so before the first of them."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def configure(settings: Settings, process: str) -> None:
    """Set up logs and, when a collector is given, traces. `process` names the program: api, relay, worker."""
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if settings.log_format == "console"
        else structlog.processors.JSONRenderer()
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_request_id,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _TRACEBACKS if settings.log_format == "json" else structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    # Libraries log through the standard module; the same renderer prints them.
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    if settings.otel_exporter_otlp_endpoint:
        _export_traces(settings, process)


def _export_traces(settings: Settings, process: str) -> None:
    # Imported here because the exporter costs memory and time that most processes do not need.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"matchpoint-{process}"}))
    endpoint = settings.otel_exporter_otlp_endpoint.rstrip("/") + "/v1/traces"
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)
