"""The bus, as the server sees it."""

from __future__ import annotations

from typing import Protocol

from domain.infra.hub import Hub


class Bus(Hub, Protocol):
    """A hub that knows when it hears nothing."""

    @property
    def is_connected(self) -> bool:
        """Whether this process hears what is published."""
        ...
