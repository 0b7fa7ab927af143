"""A small schema of its own, a bus inside the process, and a server: what the tests of the GraphQL server stand on."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, cast
from uuid import UUID

import strawberry
import uvicorn
from starlette.middleware.cors import CORSMiddleware
from strawberry.schema.config import StrawberryConfig

from domain.infra.buckets import Buckets
from domain.infra.hub import Envelope
from domain.kernel.errors import Conflict, InvalidInput, LimitReached
from resolvers.context import Context
from resolvers.services import Services
from resolvers.streams import PUBLIC, Change, Stream, cursor
from schema.errors import HANDLERS, Refusal
from schema.fields import Access, Info, attribute, input_type, mutation, object_type, subscription
from schema.fields import field as graphql_field
from schema.scalars import DATE_TIME
from schema.server.application import Application
from schema.server.documents import Documents
from schema.server.endpoint import Endpoint, Timing
from schema.server.execution import Engine
from schema.server.fanout import Fanout
from schema.server.http import GraphQLOverHTTP
from schema.server.meter import Meter
from schema.server.quotas import Callers
from schema.server.sse import EventStreams
from schema.server.tracing import instrument
from schema.server.usage import Usage
from schema.server.websocket import GraphQLOverWebSocket
from schema.server.wire import HTTPProtocol, WebSocketProtocol
from tests.fixtures.hub import LocalHub, envelope

NO_DOCUMENTS = Path(__file__).parent / "no_documents"


class BoardFull(Conflict):
    """Nothing more fits on the board."""


class Colour(Enum):
    """The colour of a card."""

    RED = "red"
    BLUE = "blue"


strawberry.enum(Colour)


@dataclass
class Board:
    """What the streams of the small schema tell about: numbered cards and the latest score of each table."""

    cards: list[str] = field(default_factory=list)
    first_kept: int = 1
    scores: dict[str, tuple[int, int]] = field(default_factory=dict)
    snapshots: int = 0
    replays: int = 0
    executions: int = 0
    asked: int = 0
    refuse: Exception | None = None
    before_read: Callable[[], Any] | None = None

    async def read(self) -> None:
        """Where a database would be asked."""
        if self.before_read is not None:
            await self.before_read()
        await asyncio.sleep(0)
        if self.refuse is not None:
            raise self.refuse


BOARD = Board()


def reset() -> Board:
    """An empty board."""
    BOARD.__init__()  # type: ignore[misc]
    return BOARD


@object_type(broadcastable=True)
class Card:
    """A card of the board."""

    number: int = attribute("Its place.")
    text: str = attribute("What is on it.")

    @graphql_field(broadcastable=True)
    async def viewer_name(self, info: Info) -> str | None:
        """Who asks; it is marked as if that were the same for all."""
        BOARD.executions += 1
        return None if info.context.actor.user_id is None else str(info.context.actor.user_id)

    @graphql_field
    async def is_mine(self, info: Info) -> bool:
        """Whether the viewer wrote it."""
        return info.context.actor.user_id is not None

    @graphql_field(broadcastable=True)
    async def count(self) -> int:
        """Counts the executions that select it."""
        BOARD.executions += 1
        return BOARD.executions

    @graphql_field(broadcastable=True)
    async def broken(self) -> str:
        """Always fails."""
        raise RuntimeError("the secret is 42")


@object_type(broadcastable=True)
class CardAdded:
    """A card came onto the board."""

    cursor: str = attribute("Where to resume.")
    card: Card = attribute("The card.")


@object_type(broadcastable=True)
class BoardSnapshot:
    """All cards."""

    cursor: str = attribute("Where to resume.")
    cards: list[Card] = attribute("All cards, in order.", size=10)


@object_type(broadcastable=True)
class Resync:
    """The stream starts over."""

    reason: str = attribute("Why.")


@object_type(broadcastable=True)
class Score:
    """The score of a table."""

    table: str = attribute("Which table.")
    version: int = attribute("Rises with each change.")
    points: int = attribute("The points.")
    padding: str = attribute("Makes messages large.")


@object_type(broadcastable=True)
class Scores:
    """All scores."""

    scores: list[Score] = attribute("One for each table.", size=10)


CardChange = Annotated[CardAdded | BoardSnapshot | Resync, strawberry.union("CardChange", description="A change.")]
ScoreChange = Annotated[Score | Scores | Resync, strawberry.union("ScoreChange", description="A change.")]


@input_type
class CardInput:
    """A card to add."""

    text: str = attribute("What is on it.")
    note: strawberry.Maybe[str] = attribute("A note; may be left out, not null.")
    colour: Colour | None = strawberry.field(default=None, description="Its colour.")


@object_type
class AddCardPayload:
    """The card that was added."""

    card: Card = attribute("The card.")


AddCardResult = Annotated[AddCardPayload | Refusal, strawberry.union("AddCardResult", description="Card or refusal.")]


@object_type
class Query:
    """Reads."""

    @graphql_field
    async def hello(self, name: str = "world") -> str:
        """Greets."""
        return f"hello {name}"

    @strawberry.field(description="Greets.", deprecation_reason="Use hello.")  # type: ignore[untyped-decorator]
    async def greeting(
        self, shout: Annotated[bool, strawberry.argument(deprecation_reason="It is too loud.")] = False
    ) -> str:
        """Greets, as it used to."""
        return "HELLO" if shout else "hello"

    @graphql_field
    async def viewer(self, info: Info) -> str | None:
        """The key of who asks."""
        key = info.context.actor.user_id
        return None if key is None else str(key)

    @graphql_field
    async def card(self, info: Info, number: int) -> Card | None:
        """A card by its number."""
        info.context.reads.add(["board:main"])
        if number < 1:
            raise InvalidInput("Cards are numbered from 1.", "number")
        return _card(number)

    @graphql_field
    async def limited(self) -> str:
        """Always too often."""
        raise LimitReached("Slower, please.", retry_after_s=7)

    @graphql_field
    async def at(self, time: datetime) -> datetime:
        """The same instant."""
        return time

    @graphql_field
    async def key(self, key: UUID) -> str:
        """The same key."""
        return str(key)

    @graphql_field
    async def wrong_type(self) -> int:
        """A value that does not fit the schema."""
        return "the secret is 42"  # type: ignore[return-value]

    @graphql_field
    async def null(self) -> str:
        """Null where the schema forbids it."""
        return None  # type: ignore[return-value]

    @graphql_field(size=10)
    async def cards(self) -> list[Card]:
        """Every card."""
        return [_card(number + 1) for number in range(len(BOARD.cards))]

    @graphql_field
    async def slow(self, seconds: float) -> str:
        """Takes its time."""
        await asyncio.sleep(seconds)
        return "done"

    @graphql_field
    async def again(self) -> Query:
        """The same root, one level deeper."""
        return Query()


@object_type
class Mutation:
    """Writes."""

    @mutation(Access.ANYONE)
    async def add_card(self, info: Info, input: CardInput) -> AddCardResult:  # noqa: A002
        """Add a card."""
        await BOARD.read()
        if len(BOARD.cards) >= 3:
            raise BoardFull("The board is full.")
        await asyncio.sleep(0.05)
        BOARD.cards.append(input.text)
        return AddCardPayload(card=_card(len(BOARD.cards)))

    @mutation(Access.SIGNED_IN)
    async def sign(self, info: Info) -> str:
        """Only for people."""
        return str(info.context.actor.require_user())


def _card(number: int) -> Card:
    return Card(number=number, text=BOARD.cards[number - 1])


def _added(number: int) -> Change[Any]:
    return Change(value=CardAdded(cursor=str(number), card=_card(number)), version=number)


def _score(table: str) -> Score:
    version, points = BOARD.scores[table]
    return Score(table=table, version=version, points=points, padding="x" * 2000)


async def _card_snapshot(ctx: Context) -> list[Change[Any]]:
    await BOARD.read()
    BOARD.snapshots += 1
    version = len(BOARD.cards)
    cards = [_card(number + 1) for number in range(version)]
    return [Change(value=BoardSnapshot(cursor=str(version), cards=cards), version=version)]


async def _card_replay(ctx: Context, after: int) -> list[Change[Any]] | None:
    await BOARD.read()
    BOARD.replays += 1
    if after + 1 < BOARD.first_kept:
        return None
    return [_added(number) for number in range(after + 1, len(BOARD.cards) + 1)]


async def _card_changes(ctx: Context, envelope: Envelope) -> list[Change[Any]]:
    await BOARD.read()
    return [_added(envelope.payload["number"])]


async def _score_snapshot(ctx: Context) -> list[Change[Any]]:
    await BOARD.read()
    BOARD.snapshots += 1
    versions = {table: version for table, (version, _) in BOARD.scores.items()}
    value = Scores(scores=[_score(table) for table in BOARD.scores])
    return [Change(value=value, version=0, key="", covers=versions)]


async def _score_changes(ctx: Context, envelope: Envelope) -> list[Change[Any]]:
    await BOARD.read()
    table = envelope.payload["table"]
    score = _score(table)
    return [Change(value=score, version=score.version, key=table)]


async def _nothing(ctx: Context, after: int) -> list[Change[Any]] | None:
    return None


@object_type
class Subscription:
    """Streams."""

    @subscription(Access.ANYONE)
    async def card_changes(self, board: str = "main", after: str | None = None) -> AsyncIterable[CardChange]:
        """Cards as they come."""
        BOARD.asked += 1
        return Stream(
            topics=(f"board:{board}",),
            audience=PUBLIC,
            after=cursor(after),
            is_state=False,
            snapshot=_card_snapshot,
            replay=_card_replay,
            changes=_card_changes,
            resync=lambda reason: Resync(reason=reason),
        )

    @subscription(Access.ANYONE)
    async def scores(self) -> AsyncIterable[ScoreChange]:
        """The newest scores."""
        return Stream(
            topics=("scores",),
            audience=PUBLIC,
            after=None,
            is_state=True,
            snapshot=_score_snapshot,
            replay=_nothing,
            changes=_score_changes,
            resync=lambda reason: Resync(reason=reason),
        )

    @subscription(Access.SIGNED_IN)
    async def my_cards(self, info: Info) -> AsyncIterable[CardChange]:
        """Cards for one viewer."""
        return Stream(
            topics=("board:main",),
            audience=f"user:{info.context.actor.require_user()}",
            after=None,
            is_state=False,
            snapshot=_card_snapshot,
            replay=_card_replay,
            changes=_card_changes,
            resync=lambda reason: Resync(reason=reason),
        )


def build_schema() -> strawberry.Schema:
    """The small schema."""
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        exception_handlers=HANDLERS,
        # Adds @defer and @stream; `schema.server` decides who gets an answer in parts.
        config=StrawberryConfig(scalar_map={datetime: DATE_TIME}, enable_experimental_incremental_execution=True),
    )


@dataclass
class Server:
    """A running server of the small schema."""

    url: str
    ws_url: str
    hub: LocalHub
    fanout: Fanout
    socket: GraphQLOverWebSocket
    usage: Usage
    streams: EventStreams
    callers: Callers
    board: Board
    uvicorn: uvicorn.Server
    task: asyncio.Task[None]

    async def add_card(self, text: str) -> None:
        """Commit a card and publish it."""
        self.board.cards.append(text)
        await self.hub.publish(envelope("board:main", number=len(self.board.cards)))

    async def set_score(self, table: str, points: int) -> None:
        """Commit a score and publish it."""
        version = self.board.scores.get(table, (0, 0))[0] + 1
        self.board.scores[table] = (version, points)
        await self.hub.publish(envelope("scores", table=table))


@asynccontextmanager
async def serving(
    services: Services,
    documents: Path = NO_DOCUMENTS,
    timing: Timing | None = None,
    time_limit_s: float = 10.0,
    body_limit_s: float = 10.0,
) -> AsyncIterator[Server]:
    """The small schema behind uvicorn, on a free port of loopback."""
    board = reset()
    schema = build_schema()
    instrument(schema)
    hub, meter = LocalHub(), Meter(Buckets(services.settings.redis_url), services.settings)
    endpoint = Endpoint.over(services, Documents(schema, documents), Engine(schema, time_limit_s), meter, hub)
    websocket, streams = GraphQLOverWebSocket(endpoint, timing), EventStreams(endpoint, timing)
    http = GraphQLOverHTTP(endpoint, streams, body_limit_s)
    app = Application("/graphql", CORSMiddleware(http, allow_origins=services.settings.allowed_origins), websocket)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    callers = Callers.of(services.settings)
    config = uvicorn.Config(
        app,
        http=cast("type[asyncio.Protocol]", partial(HTTPProtocol, callers)),
        ws=WebSocketProtocol,
        ws_max_size=128 * 1024,
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield Server(
            url=f"http://127.0.0.1:{port}/graphql",
            ws_url=f"ws://127.0.0.1:{port}/graphql",
            hub=hub,
            fanout=endpoint.fanout,
            socket=websocket,
            usage=endpoint.usage,
            streams=streams,
            callers=callers,
            board=board,
            uvicorn=server,
            task=task,
        )
    finally:
        await streams.drain()
        await websocket.drain()
        server.should_exit = True
        await task
        await meter.close()
        listener.close()
