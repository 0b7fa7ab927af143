"""Where the losers of an upper round go in the lower bracket, for brackets of 2 to 4,096 slots.

All orders are masks, one for each of the upper rounds 2, 3, …: survivor j of the lower bracket plays the loser of upper
match j XOR mask. The losers of round 1 meet each other, neighbour by neighbour, in every order.
"""

from __future__ import annotations

from domain.tournaments.values import DropOrder

# These put off the first lower round in which two who met in the upper bracket can meet again, to rounds 2, 3, 4, 5, 7,
# 8, 9, 11, 13, 15 and 16 for 4, 8, … 4,096 slots; up to 1,024 an exhaustive search over all masks finds no later round.
# From that round on they leave few such pairs. Those for 128 are orders of brackets-manager.js (half-reverse, reverse,
# half shift twice, reverse, natural), whose own default is a round earlier for 16, 64 and 128.
_OPTIMAL: dict[int, tuple[int, ...]] = {
    2: (),
    4: (0,),
    8: (1, 0),
    16: (2, 1, 0),
    32: (4, 3, 1, 0),
    64: (4, 4, 3, 1, 0),
    128: (15, 15, 4, 2, 1, 0),
    256: (8, 8, 6, 4, 3, 1, 0),
    512: (16, 16, 12, 8, 5, 3, 1, 0),
    1024: (32, 32, 24, 16, 10, 6, 3, 1, 0),
    2048: (64, 64, 48, 32, 20, 12, 7, 3, 1, 0),
    4096: (128, 128, 96, 64, 40, 24, 14, 7, 3, 1, 0),
}


def drop_masks(order: DropOrder, slots: int) -> tuple[int, ...]:
    """The masks of the upper rounds from 2 to the last, in a bracket of so many slots, a power of two up to 4,096."""
    if order is DropOrder.OPTIMAL:
        return _OPTIMAL[slots]
    sizes = [slots >> number for number in range(2, slots.bit_length())]
    if order is DropOrder.NATURAL:
        return (0,) * len(sizes)
    return tuple(_challonge(index, matches) for index, matches in enumerate(sizes))


def _challonge(index: int, matches: int) -> int:
    """Four orders in turn: all reversed, each half reversed, the halves exchanged, as they are.

    Observed in brackets of 64 and 256 slots by the author of tournament-js/duel (issue 11, 2015; its option `downMix`),
    and the order of a recorded event of 41 entrants (garsh0p/garpr). Other sizes go by the same rule.
    """
    return (matches - 1, max(matches // 2 - 1, 0), matches // 2, 0)[index % 4]
