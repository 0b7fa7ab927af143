"""The tables of the rating regulations of FIDE (B.02, 8.1): results for differences in rating, and back."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction

# The last difference in rating for which 50, 51, 52 … hundredths of a point are expected.
_LAST_DIFFERENCE = (
    *(3, 10, 17, 25, 32, 39, 46, 53, 61, 68, 76, 83, 91, 98, 106, 113, 121, 129, 137, 145, 153, 162, 170, 179, 188),
    *(197, 206, 215, 225, 235, 245, 256, 267, 278, 290, 302, 315, 328, 344, 357, 374, 391, 411, 432, 456, 484, 517),
    *(559, 619, 735),
)
# The difference in rating for 50, 51, 52 … hundredths of the points.
_DIFFERENCE = (
    *(0, 7, 14, 21, 29, 36, 43, 50, 57, 65, 72, 80, 87, 95, 102, 110, 117, 125, 133, 141, 149, 158, 166, 175, 184, 193),
    *(202, 211, 220, 230, 240, 251, 262, 273, 284, 296, 309, 322, 336, 351, 366, 383, 401, 422, 444, 470, 501, 538),
    *(589, 677, 800),
)
MOST_DIFFERENCE = 800


def expected_hundredths(difference: int) -> int:
    """The hundredths of a point to expect of somebody who is rated so much higher (lower, if below 0)."""
    above = 50 + bisect_left(_LAST_DIFFERENCE, abs(difference))
    return above if difference >= 0 else 100 - above


def difference_for(share: Fraction) -> int:
    """The difference in rating that a share of the points, from 0 to 1, stands for; hundredths are rounded half up."""
    hundredths = int(share * 100 + Fraction(1, 2))
    return _DIFFERENCE[hundredths - 50] if hundredths >= 50 else -_DIFFERENCE[50 - hundredths]
