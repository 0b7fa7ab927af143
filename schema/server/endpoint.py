"""What the WebSocket connections of a process share."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from resolvers.services import Services
from schema.server.bus import Bus
from schema.server.execution import Engine
from schema.server.fanout import Fanout
from schema.server.meter import Meter
from schema.server.quotas import Quota
from schema.server.registry import Registry
from schema.server.usage import Usage
from schema.server.viewer import ApiKeys


@dataclass(frozen=True, slots=True)
class Timing:
    """How patient the server is."""

    init_s: float = 10.0
    unwritable_s: float = 30.0
    lifetime_s: float = 2 * 3600.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What the connections of a process share. `users` counts sockets, `mutations` are those that still run."""

    services: Services
    registry: Registry
    keys: ApiKeys
    usage: Usage
    engine: Engine
    meter: Meter
    hub: Bus
    fanout: Fanout
    timing: Timing
    users: Quota
    mutations: set[asyncio.Task[None]] = field(default_factory=set)
