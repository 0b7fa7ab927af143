"""Lists of tie-breaks as organizers write them: PTS,BH/C1,SB."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final

from domain.tournaments.errors import InvalidTiebreak
from domain.tournaments.rules.tiebreaks.values import Tiebreak

MAX_TIEBREAKS: Final = 64
_MAX_TEXT = 1_000
_MAX_CUT = 9
_CODE = re.compile(r"[A-Za-z0-9]{1,8}")
_MODIFIER = re.compile(r"([A-Z])([+-]?[0-9]{0,9})", re.ASCII)

MODIFIERS: Final = {
    "PTS": "R",
    "WIN": "R",
    "WON": "R",
    "BPG": "R",
    "BWG": "R",
    "REP": "R",
    "STD": "R",
    "PS": "CR",
    "KS": "LR",
    "BH": "CMPR",
    "FB": "CMPR",
    "AOB": "FPR",
    "SB": "CMPR",
    "ARO": "CMUR",
    "TPR": "UR",
    "PTP": "UR",
    "APRO": "UR",
    "APPO": "UR",
    "RTNG": "UR",
    "DE": "P",
    "H2H": "P",
    "GD": "R",
    "GF": "R",
    "TPN": "R",
    "LOT": "L",
}
"""The tie-breaks and the modifiers that each of them takes."""
_OTHER_NAMES = {"GE": "REP", "SEED": "TPN"}


def parse_tiebreaks(text: str) -> tuple[Tiebreak, ...]:
    """The tie-breaks of a list that is parted by commas or blanks, first to last.

    Raises:
        InvalidTiebreak: one is not known, has a modifier that it does not take, or there are too many or none.
    """
    if len(text) > _MAX_TEXT:
        raise InvalidTiebreak(f"A list of tie-breaks has at most {_MAX_TEXT} characters.")
    words = text.replace(",", " ").split()
    if not 0 < len(words) <= MAX_TIEBREAKS:
        raise InvalidTiebreak(f"A list of tie-breaks names from one to {MAX_TIEBREAKS} of them.")
    seen: Counter[str] = Counter()
    return tuple(_parsed(word, seen) for word in words)


def _parsed(word: str, seen: Counter[str]) -> Tiebreak:
    code, *modifiers = word.upper().split("/")
    name = _OTHER_NAMES.get(code, code)
    if not _CODE.fullmatch(code) or name not in MODIFIERS:
        raise InvalidTiebreak(f"{word[:40]!r} is not a tie-break that is known; these are {', '.join(MODIFIERS)}.")
    label = "/".join([code, *modifiers])
    seen[label] += 1
    options: dict[str, Any] = {}
    for modifier in modifiers:
        found = _MODIFIER.fullmatch(modifier)
        if not found or found[1] not in MODIFIERS[name]:
            taken = ", ".join(MODIFIERS[name])
            raise InvalidTiebreak(f"{name} does not take the modifier {modifier[:40]!r}; it takes {taken}.")
        given = _option(word, name, found[1], found[2])
        if options.keys() & given.keys():
            raise InvalidTiebreak(f"{word[:40]!r} says the same thing twice.")
        options |= given
    if name == "LOT" and "lot" not in options:
        raise InvalidTiebreak("LOT needs the number that lots are drawn by, as in LOT/L20260301.")
    return Tiebreak(name, label if seen[label] == 1 else f"{label} ({seen[label]})", **options)


def _option(word: str, name: str, letter: str, number: str) -> dict[str, Any]:
    """What one modifier sets."""
    if letter in "PFR":
        if number:
            raise InvalidTiebreak(f"In {word[:40]!r}, {letter} takes no number.")
        return {{"P": "forfeits_count", "F": "fore", "R": "reverse"}[letter]: True}
    if not number.lstrip("+-"):
        raise InvalidTiebreak(f"In {word[:40]!r}, {letter} needs a number.")
    signed = number[0] in "+-"
    if letter == "L" and name == "KS":
        return {"limit": int(number)} if signed else {"percent": _up_to(word, number, 100)}
    if signed:
        raise InvalidTiebreak(f"In {word[:40]!r}, {letter} takes no sign.")
    if letter == "L":
        return {"lot": int(number)}
    if letter == "U":
        return {"unrated": _up_to(word, number, 9_999)}
    cut = _up_to(word, number, _MAX_CUT)
    return {"cut_low": cut} if letter == "C" else {"cut_low": cut, "cut_high": cut}


def _up_to(word: str, number: str, most: int) -> int:
    if int(number) > most:
        raise InvalidTiebreak(f"In {word[:40]!r}, {number} is more than {most}.")
    return int(number)
