"""Swiss pairing: everybody plays on, against somebody with as many points whom they have not met."""

from domain.tournaments.rules.swiss.history import exits
from domain.tournaments.rules.swiss.pairing import MAX_PLAYERS, pair
from domain.tournaments.rules.swiss.values import (
    Board,
    Bye,
    End,
    EventOver,
    Exit,
    Method,
    PairedRound,
    Relaxation,
    Seat,
    SideReason,
    Terms,
)
from domain.tournaments.values import Float

__all__ = [
    "MAX_PLAYERS",
    "Board",
    "Bye",
    "End",
    "EventOver",
    "Exit",
    "Float",
    "Method",
    "PairedRound",
    "Relaxation",
    "Seat",
    "SideReason",
    "Terms",
    "exits",
    "pair",
]
