"""What all subscriptions share."""

from __future__ import annotations

from typing import Annotated

import strawberry

from resolvers.streams import ResyncReason
from schema.fields import attribute, enum_type, object_type

Resume = Annotated[
    str | None,
    strawberry.argument(
        description="The cursor of the last message seen, to resume after it. Null: begin with a snapshot."
    ),
]

enum_type(
    ResyncReason,
    {
        "HISTORY_GONE": "The messages after the cursor are not kept any more; a snapshot follows.",
        "CONNECTION_GAP": "The server may have missed something; a snapshot follows.",
        "SLOW_CLIENT": "The client reads too slowly and messages were dropped; a snapshot follows.",
    },
)


@object_type(broadcastable=True)
class Resync:
    """The stream starts over: forget what was seen, a snapshot follows."""

    reason: ResyncReason = attribute("Why.")
