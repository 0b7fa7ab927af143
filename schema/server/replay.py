"""What came after a cursor, executed while it is sent, so that what nobody reads is not executed."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from resolvers.streams import Change

# How far those who read the same may be apart and still share each execution.
_MAX_KEPT = 64


@dataclass(frozen=True, slots=True)
class Message:
    """A change as it goes to every member."""

    payload: str
    version: int
    key: str


class Replay:
    """Changes that some viewers missed, for all of them who ask from the same cursor at the same time.

    Each change is executed when the first of them is ready for it. The newest messages are kept for the others; for who
    is slower than that they are executed again.
    """

    def __init__(self, changes: Sequence[Change[Any]], execute: Callable[[Change[Any]], asyncio.Task[Message]]) -> None:
        self._changes = changes
        self._execute = execute
        self._kept: OrderedDict[int, asyncio.Task[Message]] = OrderedDict()

    async def messages(self) -> AsyncIterator[Message]:
        """The changes as messages, in order."""
        for index in range(len(self._changes)):
            # An execution belongs to all who wait for it, so none of them takes it along when it leaves.
            yield await asyncio.shield(self._begun(index))

    def _begun(self, index: int) -> asyncio.Task[Message]:
        found = self._kept.get(index)
        if found is None:
            found = self._kept[index] = self._execute(self._changes[index])
            if len(self._kept) > _MAX_KEPT:
                self._kept.popitem(last=False)
        return found
