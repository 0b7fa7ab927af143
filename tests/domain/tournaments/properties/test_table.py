"""What always holds of an event, whatever is played in it, and where it is tested.

`pytest -k i07` runs all tests of the seventh; `make bench-properties` runs all of them, with many more examples.

i01  Nobody is in a round twice: not in two matches, nor in a match and sitting out.
i02  Every slot of a bracket has one feeder, which comes before it; every winner and loser goes to one slot at most.
i03  As many matches are played as the format says: n - 1 in a knock-out, two losses for all but one with two brackets.
i04  Places are a ranking of everybody, in which equals share a band as wide as they are many.
i05  While the better seed always wins, everybody ends in the band of their seed.
i06  Nobody meets again in a lower bracket before the round that is published for its size, and somebody can in it.
i07  The log of an event, replayed, gives the identical event; so does taking corrections back.
i08  The order in which independent results come in changes nothing.
i09  A Swiss round has no rematch and no second bye that can be helped, and the least gaps in points; where there is no
     round at all, that is said.
i10  Nor does the order of the players change a pairing or a table.
i11  A table has the points of its matches and byes, and no others.
i12  Buchholz hands out everybody's score once for each of their opponents.
i13  In groups everybody meets everybody, once in each cycle.
i14  Nobody is called to two tables at once, and nobody else to a table that is taken.
i17  What is told of an event is numbered without a gap, and whoever resumes from any number comes to the same.
i18  Who drops out changes nobody's results, nor points, but for those who had still to play against them.

Two numbers are missing: i15 is about prizes and i16 about clans, which there are not yet.

They are tested on plain values in `tests/domain/tournaments/rules` (eliminations, Swiss, tie-breaks), in `test_formats`
and, while a stage is running, in `test_running`; and by commands on the database in `test_commands`.
"""

from __future__ import annotations

import re
from pathlib import Path


def test_every_line_of_the_table_is_tested() -> None:
    """By a function, a class or a machine with its number in the name, and no number is made up."""
    table = set(re.findall(r"^(i\d\d)  ", __doc__ or "", re.MULTILINE))
    domain = Path(__file__).parents[2]
    named = re.compile(r"^(?:(?:async )?def )?(test_?properties\w*)", re.MULTILINE | re.IGNORECASE)
    names = {name.lower() for path in domain.rglob("test_*.py") for name in named.findall(path.read_text())}
    assert table == {number for name in names for number in re.findall(r"i\d\d", name)}
