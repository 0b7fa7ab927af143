"""The groups of a process, and which subscription belongs to which."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256 as digest
from typing import Any

import orjson

from domain.infra.hub import Hub
from domain.infra.telemetry import HUB_UNSHARED
from domain.kernel.actor import ANONYMOUS, Actor
from domain.kernel.errors import InvalidInput
from resolvers import presence
from resolvers.context import Context
from resolvers.services import Services
from resolvers.streams import PUBLIC, Stream, cursor
from schema.server.documents import Operation
from schema.server.execution import Engine
from schema.server.fanout.group import Group
from schema.server.fanout.member import Member
from schema.server.outbox import Slot

# In how many ways of writing its variables a group is recognized.
_MAX_WAYS = 8


@dataclass(frozen=True, slots=True)
class _Way:
    """A stream that nobody in particular was granted, and its variables as resolvers see them."""

    stream: Stream[Any]
    coerced: Mapping[str, Any]


class Fanout:
    """The groups of this process."""

    def __init__(self, engine: Engine, hub: Hub, services: Services) -> None:
        self._engine = engine
        self._hub = hub
        self._services = services
        self._groups: dict[tuple[object, ...], Group] = {}
        self._ways: dict[bytes, _Way] = {}
        self._asking: dict[bytes, asyncio.Future[None]] = {}

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self._groups)

    async def stream(
        self,
        operation: Operation,
        variables: dict[str, Any],
        actor: Actor,
        ask: Callable[[], Awaitable[tuple[Stream[Any], Mapping[str, Any]]]],
    ) -> tuple[Stream[Any], Mapping[str, Any]]:
        """The stream of a subscription and its variables as resolvers see them: those of an open group, or from `ask`.

        An open group is enough for who asks as its members did, when nobody in particular was granted its stream: then
        everybody is. Of those who come at the same time only the first asks. Raises what asking raises.
        """
        asked = _way(operation, variables)
        if asked not in self._ways and asked in self._asking:
            await asyncio.wait({self._asking[asked]})
        found = await self._known(asked, operation, variables, actor)
        if found is not None:
            return found
        if asked in self._asking:
            return await ask()
        self._asking[asked] = asyncio.get_running_loop().create_future()
        try:
            return await ask()
        finally:
            self._asking.pop(asked).set_result(None)

    async def _known(
        self, asked: bytes, operation: Operation, variables: dict[str, Any], actor: Actor
    ) -> tuple[Stream[Any], Mapping[str, Any]] | None:
        way = self._ways.get(asked)
        if way is None:
            return None
        stream = way.stream
        if operation.cursor_variable in variables:
            given = variables[operation.cursor_variable]
            if given is not None and not isinstance(given, str):
                return None
            try:
                stream = replace(stream, after=cursor(given))
            except InvalidInput:
                return None  # the field says what is wrong with it
        if actor.user_id is not None and stream.watching is not None and stream.watching.is_counted:
            ctx = Context(services=self._services, actor=actor)
            stream = replace(stream, watching=await presence.watching(ctx, stream.watching.subject))
        return stream, way.coerced

    def join(
        self,
        operation: Operation,
        variables: dict[str, Any],
        coerced: Mapping[str, Any],
        stream: Stream[Any],
        actor: Actor,
        slot: Slot,
        fail: Callable[[list[dict[str, Any]]], None],
    ) -> Member:
        """Add a subscription to its group. `fail` is called when it has to end, with the errors to send."""
        shared = {name: value for name, value in coerced.items() if name != operation.cursor_variable}
        unshared = _why_unshared(operation, stream, actor)
        # A shared group runs as nobody, so that a field that is marked by mistake shows what anybody may see. Any other
        # runs as exactly who is in it, so that nobody goes on with rights that they have lost.
        runs_as = ANONYMOUS if unshared is None else actor
        key = (operation.document_hash, operation.name, _canonical(shared), stream.topics, stream.audience, runs_as)
        group = self._groups.get(key)
        if group is None:
            ended = partial(self._end, key)
            group = Group(self._engine, self._hub, self._services, operation, variables, stream, runs_as, ended)
            self._groups[key] = group
            if unshared is not None:
                HUB_UNSHARED.labels(operation.label, unshared).inc()
        if stream.audience == PUBLIC and actor == ANONYMOUS:
            self._recognize(group, _way(operation, variables), _Way(stream, coerced))
        leave = None
        if stream.watching is not None:
            viewer = actor.user_id or slot.outbox
            self._services.presence.enter(stream.watching, viewer)
            leave = partial(self._services.presence.leave, stream.watching, viewer)
        return group.add(slot, stream.after, fail, leave)

    def _recognize(self, group: Group, asked: bytes, way: _Way) -> None:
        if asked not in self._ways and len(group.asked) < _MAX_WAYS:
            self._ways[asked] = way
            group.asked.append(asked)

    def _end(self, key: tuple[object, ...]) -> None:
        for asked in self._groups.pop(key).asked:
            del self._ways[asked]


def _why_unshared(operation: Operation, stream: Stream[Any], actor: Actor) -> str | None:
    """Why a subscription is served to this viewer alone; None when it is served to everybody."""
    if stream.audience != PUBLIC:
        return "audience"
    # What nobody in particular asks for is the same for all who are nobody in particular.
    return operation.unshared_fields[0] if operation.unshared_fields and actor != ANONYMOUS else None


def _way(operation: Operation, variables: Mapping[str, Any]) -> bytes:
    """How a subscription was asked for, but for the cursor."""
    shared = {name: value for name, value in variables.items() if name != operation.cursor_variable}
    has_cursor = len(shared) < len(variables)
    return digest(repr((operation.document_hash, operation.name, _canonical(shared), has_cursor)).encode()).digest()


def _canonical(variables: Mapping[str, Any]) -> bytes:
    return orjson.dumps(variables, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=repr)
