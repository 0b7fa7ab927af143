"""Which scores a best of N can have, and which results."""

from __future__ import annotations

from collections.abc import Sequence

from domain.kernel.errors import InvalidInput
from domain.matches.errors import ImpossibleScore
from domain.matches.values import Outcome, Result, Scores, Verdict

_MAX_BEST_OF = 99


def checked_best_of(best_of: int, *path: str) -> int:
    """The number of games a match has at most, as it is. `path` names the input field, if it is not just `bestOf`.

    Raises:
        InvalidInput: it is even or out of bounds.
    """
    if not (1 <= best_of <= _MAX_BEST_OF and best_of % 2):
        raise InvalidInput(f"A best of is an odd number from 1 to {_MAX_BEST_OF}.", *(path or ("bestOf",)))
    return best_of


def needed_wins(best_of: int) -> int:
    """How many games decide a best of N: more than half."""
    return best_of // 2 + 1


def running(best_of: int, scores: Sequence[int]) -> Scores:
    """Scores a match can have while it is played.

    Raises:
        ImpossibleScore: not two numbers from 0 to the wins needed, or both sides have won.
    """
    target = needed_wins(best_of)
    if len(scores) != 2:
        raise ImpossibleScore("Give two scores: of slot 0, then of slot 1.")
    first, second = scores
    if not (0 <= first <= target and 0 <= second <= target) or first == second == target:
        raise ImpossibleScore(f"In a best of {best_of} each side wins 0 to {target} games, and only one {target}.")
    return first, second


def final(best_of: int, scores: Sequence[int]) -> Scores:
    """Scores a match can end with.

    Raises:
        ImpossibleScore: nobody has the wins needed.
    """
    first, second = running(best_of, scores)
    target = needed_wins(best_of)
    if target not in (first, second):
        raise ImpossibleScore(f"A best of {best_of} ends when one side has won {target}; this one is not over.")
    return first, second


def games(scores: Scores, given: Sequence[Sequence[int]]) -> tuple[Scores, ...]:
    """The single games, when they are given, agreeing with the scores.

    Raises:
        ImpossibleScore: they are not pairs of points with a winner each, or do not add up to the scores.
    """
    if not given:
        return ()
    pairs: list[Scores] = []
    for entry in given:
        if len(entry) != 2 or entry[0] == entry[1] or min(entry) < 0 or max(entry) > 1_000_000:
            raise ImpossibleScore("Each game needs two different point scores, of slot 0 and of slot 1.")
        pairs.append((entry[0], entry[1]))
    wins = sum(first > second for first, second in pairs)
    if (wins, len(pairs) - wins) != scores:
        raise ImpossibleScore("The games do not add up to the scores.")
    return tuple(pairs)


def checked_result(best_of: int, verdict: Verdict) -> Result:
    """The result that an official gives a match of this length.

    Raises:
        ImpossibleScore: no match can end like this.
        InvalidInput: scores without play, or a winner that the scores tell already or that is no slot.
    """
    if verdict.outcome is Outcome.PLAYED:
        if verdict.winner is not None:
            raise InvalidInput("The scores say who has won; leave the winner out.", "winnerSlot")
        scores = final(best_of, verdict.scores)
        return played(scores, games(scores, verdict.games))
    if verdict.scores or verdict.games:
        raise InvalidInput("A match that was not played has no scores.", "scores")
    if verdict.winner not in (0, 1, None):
        raise InvalidInput("The winner is slot 0 or slot 1, or nobody.", "winnerSlot")
    return Result(verdict.outcome, verdict.winner)


def played(scores: Scores, games: tuple[Scores, ...]) -> Result:
    """The result of a match that ended with these scores."""
    return Result(Outcome.PLAYED, 0 if scores[0] > scores[1] else 1, scores, games)
