"""What happens in the veto of a match, as it happens."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from domain.kernel.ids import key_of
from resolvers import vetoes as resolve
from resolvers.streams import ResyncReason
from resolvers.vetoes import VetoValue
from schema.fields import Access, Info, attribute, object_type, subscription
from schema.streams import Resync
from schema.vetoes.types import MatchVeto

_NULL = " Null while the sides of the match are not known, and where nothing is chosen."


@object_type(broadcastable=True)
class VetoSnapshot:
    """Where a stream of veto changes begins, or begins again."""

    veto: MatchVeto | None = attribute("The veto as it is." + _NULL)


@object_type(broadcastable=True)
class VetoChanged:
    """A step was done or taken back, who won the games was told, or the match has other sides."""

    veto: MatchVeto | None = attribute("The veto as it is now, with all that changed until now." + _NULL)


VetoChange = Annotated[
    VetoSnapshot | VetoChanged | Resync,
    strawberry.union("VetoChange", description="A message of the stream of veto changes."),
]


@object_type
class VetoesSubscription:
    """What happens in vetoes."""

    @subscription(Access.ANYONE)
    async def veto_changes(
        self, info: Info, match_id: Annotated[strawberry.ID, strawberry.argument(description="The match.")]
    ) -> AsyncIterable[VetoChange]:
        """The veto of a match between the sides it has: all of it, and again after each change. Only the newest counts.
        It may be told again as it was.
        """
        return (await resolve.veto_changes(info.context, key_of(match_id, "Match", "matchId"))).map(_message)


def _message(value: VetoValue) -> VetoSnapshot | VetoChanged | Resync:
    if isinstance(value, ResyncReason):
        return Resync(reason=value)
    veto = None if value.veto is None else MatchVeto.from_model(value.veto, value.games)
    return VetoSnapshot(veto=veto) if isinstance(value, resolve.VetoSnapshot) else VetoChanged(veto=veto)
