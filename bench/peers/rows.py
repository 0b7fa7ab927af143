"""The data of a comparison: made anew for each run, written to one file, and loaded by every server from there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from random import Random

import msgspec

ITEMS = 100
BRACKETS = (64, 256)

_CITIES = ("Berlin", "Kraków", "Lyon", "Montréal", "Seoul", "São Paulo", "Tokyo", "Zürich")
_BEST_OF = 5
_WINS = 3


class MatchState(Enum):
    """Where a match is in its life."""

    READY = "READY"
    LIVE = "LIVE"
    FINISHED = "FINISHED"


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An entry of a long list."""

    id: str
    name: str
    score: int
    active: bool
    rank: int
    city: str


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """Who plays."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One side of a match."""

    score: int
    isWinner: bool  # noqa: N815  (a name in the file, which Node.js reads as it is)
    participant: ParticipantRow


@dataclass(frozen=True, slots=True)
class MatchRow:
    """Two sides and a best of N games."""

    id: str
    state: MatchState
    bestOf: int  # noqa: N815  (the same)
    slots: tuple[SlotRow, SlotRow]


@dataclass(frozen=True, slots=True)
class RoundRow:
    """The matches of a round."""

    matches: tuple[MatchRow, ...]


@dataclass(frozen=True, slots=True)
class BracketRow:
    """The rounds of a single elimination, first to last."""

    rounds: tuple[RoundRow, ...]


@dataclass(frozen=True, slots=True)
class Data:
    """All that is served. `brackets` has the number of entrants as key."""

    hello: str
    items: tuple[ItemRow, ...]
    brackets: dict[int, BracketRow]


def generate(seed: int) -> Data:
    """A list, and brackets that were played to their end. Equal seeds make equal data."""
    random = Random(seed)  # noqa: S311  (no secret)
    items = tuple(
        ItemRow(
            id=f"item-{number}",
            name=f"Item {number}",
            score=random.randrange(10_000),
            active=random.random() < 0.5,
            rank=number + 1,
            city=random.choice(_CITIES),
        )
        for number in range(ITEMS)
    )
    return Data("world", items, {entrants: _bracket(random, entrants) for entrants in BRACKETS})


def write(data: Data, path: Path) -> None:
    """Write the file that every server loads."""
    path.write_bytes(msgspec.json.encode(data))


def load(path: Path) -> Data:
    """The data of a file that `write` made."""
    return msgspec.json.decode(path.read_bytes(), type=Data)


def _bracket(random: Random, entrants: int) -> BracketRow:
    playing = [ParticipantRow(id=f"user-{number}", name=f"Player {number}") for number in range(entrants)]
    rounds: list[RoundRow] = []
    while len(playing) > 1:
        pairs = zip(playing[::2], playing[1::2], strict=True)
        matches = tuple(_match(random, f"match-{len(rounds) + 1}-{number}", pair) for number, pair in enumerate(pairs))
        rounds.append(RoundRow(matches))
        playing = [slot.participant for match in matches for slot in match.slots if slot.isWinner]
    return BracketRow(tuple(rounds))


def _match(random: Random, key: str, pair: tuple[ParticipantRow, ParticipantRow]) -> MatchRow:
    winner = random.randrange(2)
    first, second = (
        SlotRow(score=_WINS if won else random.randrange(_WINS), isWinner=won, participant=participant)
        for participant, won in zip(pair, (winner == 0, winner == 1), strict=True)
    )
    return MatchRow(id=key, state=MatchState.FINISHED, bestOf=_BEST_OF, slots=(first, second))
