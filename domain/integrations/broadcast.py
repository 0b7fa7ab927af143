"""The hub over broadcaster: one channel of Valkey or Redis, one subscriber per process.

broadcaster is the wire and nothing more. Its listener ends without a word when the connection drops and its queues have
no bound, so this adapter drains it at once, watches the listener, sends itself a heartbeat through the channel, and
starts over when the listener ends or nothing is heard. Whenever facts may have been missed (a new connection, a hole in
the numbers of the relay) every sink is told.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import Any

import msgspec
import structlog
from broadcaster import Broadcast
from broadcaster._backends.redis import RedisBackend
from broadcaster._base import Subscriber

from domain.infra.hub import EVERY_TOPIC, Envelope, Sink
from domain.infra.telemetry import HUB_GAPS
from domain.kernel.errors import Unavailable
from domain.kernel.ids import new_id

CHANNEL = "matchpoint"
_BEAT = "beat "
_PUBLISH_LIMIT_S = 2.0
_CONNECT_LIMIT_S = 2.0
_START_LIMIT_S = 5.0
_MAX_BACKOFF_S = 5.0

_log = structlog.get_logger("hub")
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Envelope).decode


class _Silent(Exception):
    """Nothing was heard for too long, not even what this process says itself."""


class _Backend(RedisBackend):
    """broadcaster's backend for any URL that redis-py understands, unix sockets too, which ends all that it began."""

    @property
    def listener(self) -> asyncio.Task[None]:
        """Fails when the connection drops."""
        assert self._listener is not None
        return self._listener

    async def disconnect(self) -> None:
        """Close both connections, whatever state they are in."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
        for connection in (self._pubsub, self._conn):
            with suppress(Exception):
                async with asyncio.timeout(_CONNECT_LIMIT_S):
                    await connection.aclose()


class BroadcastHub:
    """The hub of a process. `start` it before facts are expected, `stop` it at the end."""

    def __init__(self, url: str, *, heartbeat_s: float = 1.0, silence_s: float = 3.0) -> None:
        self._url = url
        self._heartbeat_s = heartbeat_s
        self._silent_beats = silence_s / heartbeat_s
        self._own_beat = f"{_BEAT}{new_id().hex}"
        self._sinks: dict[str, dict[Sink, int]] = {}
        self._broadcast: Broadcast | None = None
        self._connected = asyncio.Event()
        self._beats_unheard = 0
        self._sequence: int | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_connected(self) -> bool:
        """Whether this process hears what is published."""
        return self._connected.is_set()

    @property
    def topics(self) -> int:
        """How many topics have sinks."""
        return len(self._sinks)

    async def start(self) -> None:
        """Connect. When the bus does not answer yet, go on without it and keep trying."""
        self._task = asyncio.create_task(self._run())
        with suppress(TimeoutError):
            async with asyncio.timeout(_START_LIMIT_S):
                await self._connected.wait()

    async def stop(self) -> None:
        """Disconnect."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def publish(self, envelope: Envelope) -> None:
        """Hand a fact to every process.

        Raises:
            Unavailable: the bus did not take it within two seconds; it may have been published all the same.
        """
        await self._say(_encode(envelope).decode())

    def attach(self, topic: str, sink: Sink) -> None:
        """Let the sink hear of a topic from now on."""
        sinks = self._sinks.setdefault(topic, {})
        sinks[sink] = sinks.get(sink, 0) + 1

    def detach(self, topic: str, sink: Sink) -> None:
        """Undo one `attach`."""
        sinks = self._sinks[topic]
        sinks[sink] -= 1
        if not sinks[sink]:
            del sinks[sink]
        if not sinks:
            del self._sinks[topic]

    async def _run(self) -> None:
        backoff_s = 0.1
        while True:
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001  (whatever the wire raises means: connect again)
                _log.warning("bus connection lost", error=repr(error), retry_in_s=round(backoff_s, 2))
            if self.is_connected:
                backoff_s = 0.1
                self._connected.clear()
            await asyncio.sleep(random.uniform(backoff_s / 2, backoff_s))  # noqa: S311  (spreads retries, not a secret)
            backoff_s = min(backoff_s * 2, _MAX_BACKOFF_S)

    async def _listen(self) -> None:
        backend = _Backend(self._url)
        self._broadcast = Broadcast(backend=backend)
        try:
            async with asyncio.timeout(_CONNECT_LIMIT_S):
                await self._broadcast.connect()
            async with self._broadcast.subscribe(CHANNEL) as subscriber:
                self._beats_unheard = 0
                reader = asyncio.create_task(self._read(subscriber))
                try:
                    await self._beat(reader, backend.listener)
                finally:
                    reader.cancel()
                    await asyncio.gather(reader, return_exceptions=True)
        finally:
            broadcast, self._broadcast = self._broadcast, None
            with suppress(Exception):
                await broadcast.disconnect()
            await backend.disconnect()

    async def _beat(self, *readers: asyncio.Task[None]) -> None:
        """Say something each second and expect to hear something, until one of the readers fails."""
        while self._beats_unheard <= self._silent_beats:
            # Counted in beats, not in time, so that a process that was stopped for a while does not blame the bus.
            self._beats_unheard += 1
            with suppress(Unavailable):
                await self._say(self._own_beat)
            done, _ = await asyncio.wait(readers, timeout=self._heartbeat_s, return_when=asyncio.FIRST_COMPLETED)
            for reader in done:
                reader.result()
        raise _Silent

    async def _read(self, subscriber: Subscriber) -> None:
        while True:
            event = await subscriber.get()
            self._beats_unheard = 0
            if not event.message.startswith(_BEAT):
                self._dispatch(event.message)
            elif event.message == self._own_beat and not self.is_connected:
                # Only now is it certain that whatever is said is heard; what was said before may be lost.
                self._connected.set()
                self._sequence = None
                self._gap()

    async def _say(self, message: str) -> None:
        if self._broadcast is None:
            raise Unavailable("The bus is not connected.")
        try:
            async with asyncio.timeout(_PUBLISH_LIMIT_S):
                await self._broadcast.publish(CHANNEL, message)
        except Exception as error:
            raise Unavailable("The bus did not take the message.") from error

    def _dispatch(self, message: str) -> None:
        try:
            envelope = _decode(message)
        except msgspec.MsgspecError:
            _log.error("a message of the bus is not a fact", size=len(message))
            self._gap()
            return
        # Facts that skip the outbox have no number.
        if envelope.sequence:
            if self._sequence is not None and envelope.sequence != self._sequence + 1:
                self._gap()
            self._sequence = envelope.sequence
        sinks: dict[Sink, Any] = {}
        for topic in (*envelope.topics, EVERY_TOPIC):
            sinks |= self._sinks.get(topic, {})
        for sink in sinks:
            sink.deliver(envelope)

    def _gap(self) -> None:
        HUB_GAPS.inc()
        sinks: dict[Sink, Any] = {}
        for attached in self._sinks.values():
            sinks |= attached
        for sink in sinks:
            sink.gap()
