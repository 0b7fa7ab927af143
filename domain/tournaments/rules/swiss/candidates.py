"""Which pairs are looked at: in a large field those that can be in the best round.

A round is known by its slack: by how much its squares of gaps exceed the least that score groups of these sizes need.
A pair across several borders of score groups costs at least what single steps across each would. So a round of some
slack crosses the borders of a group at most `slack / smallest step` times more than the two times that both its borders
may need; with the bye, that is `k` players of a group who are paired elsewhere.

Inside of a group let d be the most of it that one of them may not meet. When everybody may meet the 4d + 1 + k next
ones in rank except those, the group can be paired completely whichever k leave it: cut what is left into runs of 2d + 2
and more; in each everybody may meet half of the others, so it has a complete pairing (Dirac). Between two groups the
nearest e + k + 1 of each are enough, where e is the most that anybody may not meet: some of them are always free.

So when the round that is found has no more slack than was looked for, no other has less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

FIRST_STEPS = 4
"""The slack of most rounds is no more, in smallest steps."""
_NEAR = 16


class Groups:
    """The score groups of a round, best first.

    Args:
        ranks: the ranks of each.
        points: the points of each, in halves.
        barred: for each rank those that it may not meet.
        bye: the rank that has the bye, or another with as many points.
    """

    def __init__(
        self, ranks: Sequence[range], points: Sequence[int], barred: Sequence[set[int]], bye: int | None
    ) -> None:
        self._ranks = ranks
        self._points = points
        self._steps = [(upper - lower) ** 2 for upper, lower in pairwise(points)]
        sizes = [len(group) - (bye is not None and bye in group) for group in ranks]
        self._odd = [total % 2 for total in accumulate(sizes)][: len(self._steps)]
        self._barred_inside = [max(sum(other in group for other in barred[rank]) for rank in group) for group in ranks]
        self._most_barred = max(map(len, barred))

    @property
    def least(self) -> int:
        """The least squares of gaps if everybody could meet everybody: each odd group floats one down."""
        return sum(step for step, odd in zip(self._steps, self._odd, strict=True) if odd)

    @property
    def first_slack(self) -> int:
        """How much to look for at first."""
        return FIRST_STEPS * self._smallest_step

    def candidates(self, slack: int, opponents: Mapping[int, int]) -> Iterator[tuple[int, list[int]]]:
        """Each rank with those below it that it can meet in a round of no more slack, or that come near its opponent.

        `opponents` has whom each would meet if nothing stood in the way.
        """
        elsewhere = slack // self._smallest_step + 3
        border = self._most_barred + elsewhere + 1
        below = self._neighbours(slack)
        reaches = [4 * barred + 1 + elsewhere for barred in self._barred_inside]
        tops = [
            group if len(group) <= reach + 1 else group[:border]
            for group, reach in zip(self._ranks, reaches, strict=True)
        ]
        for index, (group, reach) in enumerate(zip(self._ranks, reaches, strict=True)):
            further = [rank for lower in below[index] for rank in tops[lower]]
            for rank in group:
                target = opponents.get(rank, rank)
                near = {*range(rank + 1, rank + reach + 1), *range(target - _NEAR, target + _NEAR + 1)}
                inside = sorted(other for other in near if rank < other < group.stop)
                has_border = len(group) <= reach + 1 or rank >= group.stop - border
                yield rank, inside + further if has_border else inside

    @property
    def _smallest_step(self) -> int:
        return min(self._steps, default=1)

    def _neighbours(self, slack: int) -> list[list[int]]:
        """For each group the lower ones with which it can have pairs in a round of no more slack.

        A pair of two groups changes which of the borders between them have to be crossed: the odd ones no more, the
        even ones instead.
        """
        changes = [step * (1 - 2 * odd) for step, odd in zip(self._steps, self._odd, strict=True)]
        total = list(accumulate(changes, initial=0))
        return [
            [
                lower
                for lower in range(upper + 1, len(self._ranks))
                if (self._points[upper] - self._points[lower]) ** 2 + total[lower] - total[upper] <= slack
            ]
            for upper in range(len(self._ranks))
        ]
