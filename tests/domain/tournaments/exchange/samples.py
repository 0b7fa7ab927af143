"""Tournament Report Files to read, written column by column."""

from __future__ import annotations

from collections.abc import Mapping


def player(number: int, name: str, rounds: list[str], *, points: str = "", rating: str = "", rank: str = "") -> str:
    """A line 001; each round is eight characters, such as `   2 w 1`."""
    static = f"001 {number:>4} m    {name:<33} {rating:>4} NED {'':>11} {'':10} {points:>4} {rank:>4}"
    return "  ".join([static, *rounds])


HEAD = ["012 Winter Cup", "092 Individual: Swiss-System", "XXR 3"]
PLAYERS = {
    1: player(1, "Ada", ["   4 w 1", "   2 b =", "   3 w 1"], points="2.5", rating="2000", rank="1"),
    2: player(2, "Bo", ["   3 b 0", "   1 w =", "   4 b +"], points="1.5", rating="1900"),
    3: player(3, "Cy", ["   2 w 1", "0000 - H", "   1 b 0"], points="1.5", rating="1800"),
    4: player(4, "Dee", ["   1 b 0", "0000 - U", "   2 w -"], points="1.0"),
}


def file(changes: Mapping[int, str] | None = None, *, head: list[str] | None = None, end: str = "\r\n") -> bytes:
    """The sample event, with other lines for some players (none for ""), and other lines before."""
    lines = {**PLAYERS, **(changes or {})}
    return "".join(line + end for line in [*(HEAD if head is None else head), *lines.values()] if line).encode()
