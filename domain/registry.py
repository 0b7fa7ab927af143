"""Every context in one place: its tables, its facts by wire name, and what must happen together with a fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain import (
    accounts,
    deadlines,
    disputes,
    games,
    matches,
    notifications,
    partners,
    queues,
    teams,
    tournaments,
    venues,
    vetoes,
)
from domain.infra import idempotency, inbox, outbox, timers
from domain.infra.db import Reaction
from domain.infra.orm import Row
from domain.kernel.events import Event

# Lower levels first. Importing a context declares its tables and its facts.
CONTEXTS = (
    *(accounts, games, partners, teams, venues, matches, vetoes, tournaments, queues),
    *(deadlines, disputes, notifications),
)
INFRASTRUCTURE = (outbox, inbox, idempotency, timers)

METADATA = Row.metadata

# Tables with a partition per month.
MONTHLY = ("match_log",)


def _facts(base: type[Event]) -> list[type[Event]]:
    kinds = [kind for direct in base.__subclasses__() for kind in (direct, *_facts(direct))]
    return [kind for kind in kinds if hasattr(kind, "name")]


EVENTS: Mapping[str, type[Event]] = {kind.name: kind for kind in _facts(Event)}

# What another context must do before the commit, so that no reader ever sees the fact without its consequence.
# Everything else about a fact happens after the commit, in `workers.reactions`.
WITHIN: Mapping[type[Event], Sequence[Reaction]] = {
    matches.MatchChanged: (
        *(vetoes.follow_match, tournaments.show_match, queues.follow_match),
        *(deadlines.follow_match, disputes.follow_match),
    ),
    matches.MatchReported: (deadlines.await_confirmation,),
    matches.MatchFinished: (tournaments.advance,),
    matches.MatchRestored: (tournaments.advance_again, deadlines.await_confirmation_again),
    tournaments.HeatDrawn: (queues.end_on_draw,),
    tournaments.HeatPlayed: (queues.follow_heat,),
    tournaments.TournamentCancelled: (queues.end_on_cancel,),
    queues.QueueOpened: (deadlines.keep_from_tables,),
}

# What matches ask about the events that they belong to.
matches.ROSTERS[matches.MatchKind.TOURNAMENT] = tournaments.players_of_participants
