"""What a tournament means to one of its players, as it changes."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Annotated

import strawberry

from domain.kernel.ids import key_of
from resolvers import my_event as resolve
from resolvers.my_event import MyEventValue
from resolvers.streams import ResyncReason
from schema import matches, queues
from schema.fields import Access, Info, attribute, object_type, subscription
from schema.refs import HeatCallRef, HeatRef, MatchCallRef, MatchRef
from schema.streams import Resync
from schema.tournaments.heats import Heat
from schema.tournaments.subscriptions import TournamentId
from schema.tournaments.types import Entrant, Tournament


@object_type
class MyEvent:
    """What a tournament means to the viewer, who plays in it."""

    tournament: Tournament = attribute("The tournament.")
    entrant: Entrant = attribute("Whom the viewer plays for.")
    next_match: MatchRef | None = attribute(
        "What they play next: the match they were called to or play, else the first that can be played, else the one "
        "that waits for an opponent. Null when there is none yet, or any more."
    )
    call: MatchCallRef | None = attribute("Where that match was called to, and until when to answer. Null: it was not.")
    last_match: MatchRef | None = attribute("The match of theirs that was decided last. Null until then.")
    next_heat: HeatRef | None = attribute(
        "The heat of theirs that is to be played or is played. Null when there is none yet, or any more."
    )
    heat_call: HeatCallRef | None = attribute(
        "Where that heat was called to, and until when to be there. Null: it was not."
    )
    last_heat: HeatRef | None = attribute("The last heat of theirs that is over. Null until then.")

    @classmethod
    def from_value(cls, value: resolve.MyEvent) -> MyEvent:
        """The event as its player sees it."""
        upcoming, last = value.next_match, value.last_match
        return cls(
            tournament=Tournament.from_model(value.tournament),
            entrant=Entrant.from_model(value.entrant),
            next_match=None if upcoming is None else matches.Match.from_state(upcoming),
            call=None if value.call is None else queues.MatchCall.from_model(value.call),
            last_match=None if last is None else matches.Match.from_state(last),
            next_heat=None if value.next_heat is None else Heat.from_state(value.next_heat),
            heat_call=None if value.heat_call is None else queues.HeatCall.from_model(value.heat_call),
            last_heat=None if value.last_heat is None else Heat.from_state(value.last_heat),
        )


@object_type
class MyEventSnapshot:
    """Where a stream of what concerns a player begins, or begins again."""

    sequence: int = attribute("Rises with what happens in the tournament and its queue; only later ones follow.")
    event: MyEvent = attribute("All that concerns them.")


@object_type
class MyEventChanged:
    """Something that concerns the player changed: their entrant, a match, a call, or the tournament itself."""

    sequence: int = attribute("Larger than that of the message before; a client that reads slowly skips some.")
    event: MyEvent = attribute("All that concerns them, as it is now.")


MyEventChangeMessage = Annotated[
    MyEventSnapshot | MyEventChanged | Resync,
    strawberry.union("MyEventChange", description="A message of the stream of what concerns a player."),
]


@object_type
class MyEventSubscription:
    """What concerns players."""

    @subscription(Access.SIGNED_IN)
    async def my_event_changes(self, info: Info, tournament_id: TournamentId) -> AsyncIterable[MyEventChangeMessage]:
        """What a tournament means to the viewer, who plays in it: all of it, and again after each change that concerns
        them or their team. Only the newest counts. It ends when they play for nobody there any more.
        """
        key = key_of(tournament_id, "Tournament", "tournamentId")
        return (await resolve.my_event_changes(info.context, key)).map(_message)


def _message(value: MyEventValue) -> MyEventSnapshot | MyEventChanged | Resync:
    if isinstance(value, ResyncReason):
        return Resync(reason=value)
    event = MyEvent.from_value(value.event)
    if isinstance(value, resolve.MyEventSnapshot):
        return MyEventSnapshot(sequence=value.sequence, event=event)
    return MyEventChanged(sequence=value.sequence, event=event)
