"""The port of the job queue: makes owed reactions prompt. Truth is in `domain.infra.inbox`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from domain.infra.inbox import Owed


class Jobs(Protocol):
    """Where workers are called. The adapter is in `workers.queue`."""

    async def enqueue(self, owed: Sequence[Owed]) -> None:
        """Ask workers to run reactions soon. Asking twice is harmless.

        Raises:
            Unavailable: the queue did not take them all.
        """
        ...
