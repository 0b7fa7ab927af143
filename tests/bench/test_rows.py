from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest

from bench.peers import rows


def _leaves(value: Any) -> int:
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return 1
    return sum(map(_leaves, value))


@pytest.mark.parametrize(("entrants", "leaves"), [(64, 63 * 11), (256, 255 * 11)])
def test_a_bracket_is_whole(entrants: int, leaves: int) -> None:
    bracket = rows.generate(1).brackets[entrants]
    assert [len(played.matches) for played in bracket.rounds] == [
        entrants >> number for number in range(1, entrants.bit_length())
    ]
    assert _leaves(orjson.loads(msgspec.json.encode(bracket))) == leaves


def test_winners_go_on() -> None:
    bracket = rows.generate(1).brackets[64]
    for played, following in zip(bracket.rounds, bracket.rounds[1:], strict=False):
        winners = [slot.participant for match in played.matches for slot in match.slots if slot.isWinner]
        assert winners == [slot.participant for match in following.matches for slot in match.slots]


def test_what_is_written_is_loaded(tmp_path: Path) -> None:
    data = rows.generate(1)
    rows.write(data, tmp_path / "data.json")
    assert rows.load(tmp_path / "data.json") == data == rows.generate(1) != rows.generate(2)
