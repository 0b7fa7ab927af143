"""Which scores a match can have, and which results.

Slot 0 may begin some games ahead, its `advantage`. Its score counts them: a best of 5 that begins 1:0 still ends at 3.
"""

from __future__ import annotations

from collections.abc import Sequence

from domain.kernel.errors import InvalidInput
from domain.kernel.scoring import MatchScoring
from domain.matches.errors import DrawNotPossible, ImpossibleScore
from domain.matches.values import MatchFormat, Outcome, Result, Scores, Verdict

_MAX_BEST_OF = 99
_MAX_POINTS = 1_000_000


def checked_best_of(best_of: int, *path: str, scoring: MatchScoring = MatchScoring.BEST_OF) -> int:
    """The number of games a match has, as it is. `path` names the input field, if it is not just `bestOf`.

    Raises:
        InvalidInput: no match that is scored like this has so many.
    """
    path = path or ("bestOf",)
    if scoring is MatchScoring.POINTS and best_of != 1:
        raise InvalidInput("With POINTS a match is one game: say 1, or leave it out.", *path)
    if scoring is MatchScoring.BEST_OF and not best_of % 2:
        raise InvalidInput(f"A best of is an odd number from 1 to {_MAX_BEST_OF}.", *path)
    if not 1 <= best_of <= _MAX_BEST_OF:
        raise InvalidInput(f"A match has 1 to {_MAX_BEST_OF} games.", *path)
    return best_of


def needed_wins(best_of: int) -> int:
    """How many games decide a best of N: more than half."""
    return best_of // 2 + 1


def running(given: MatchFormat, scores: Sequence[int]) -> Scores:
    """Scores a match can have while it is played.

    Raises:
        ImpossibleScore: not two numbers, or not such as count what the match is scored by.
    """
    if len(scores) != 2:
        raise ImpossibleScore("Give two scores: of slot 0, then of slot 1.")
    first, second = scores
    _REQUIRED[given.scoring](given, first, second)
    return first, second


def final(given: MatchFormat, scores: Sequence[int]) -> Scores:
    """Scores a match can end with.

    Raises:
        ImpossibleScore: as `running`, or in a best of nobody has the wins needed.
    """
    first, second = running(given, scores)
    target = needed_wins(given.best_of)
    if given.scoring is MatchScoring.BEST_OF and target not in (first, second):
        raise ImpossibleScore(f"A best of {given.best_of} ends when one side has won {target}; this one is not over.")
    return first, second


def games(
    given: MatchFormat,
    scores: Scores,
    told: Sequence[Sequence[int]],
    known: Sequence[Sequence[int]] = (),
    *,
    is_over: bool = True,
) -> tuple[Scores, ...]:
    """The single games that were played, when they are told, agreeing with the scores.

    When they are not, those that were `known` before, if they make these scores. Until it `is_over` not all are played.

    Raises:
        ImpossibleScore: they are not pairs of points that make the scores, or there are more or fewer games.
    """
    if not told:
        pairs = tuple((first, second) for first, second in known)
        return pairs if _made_by(given, pairs) == scores else ()
    if given.scoring is MatchScoring.POINTS:
        raise ImpossibleScore("With POINTS a match is one game, and its scores are the points; leave the games out.")
    if any(len(entry) != 2 or min(entry) < 0 or max(entry) > _MAX_POINTS for entry in told):
        raise ImpossibleScore(f"Each game needs two point scores from 0 to {_MAX_POINTS}, of slot 0 and of slot 1.")
    pairs = tuple((entry[0], entry[1]) for entry in told)
    is_all = given.scoring is MatchScoring.PLAY_ALL
    if is_all and is_over and len(pairs) != given.best_of:
        raise ImpossibleScore(f"All {given.best_of} games are played; give the points of each.")
    if not is_all and any(first == second for first, second in pairs):
        raise ImpossibleScore("Each game of a best of has a winner, so its two point scores are different.")
    if len(pairs) > given.best_of or _made_by(given, pairs) != scores:
        raise ImpossibleScore("The games do not add up to the scores.")
    return pairs


def checked_result(given: MatchFormat, verdict: Verdict, known: Sequence[Sequence[int]] = ()) -> Result:
    """The result that somebody gives a match of this format, in which these games are `known` already.

    Raises:
        ImpossibleScore: no match can end like this.
        DrawNotPossible: the scores are level, and it is not said who won what decided it then.
        InvalidInput: scores without play, or a winner that the scores tell already or that is no slot.
    """
    if verdict.winner not in (0, 1, None):
        raise InvalidInput("The winner is slot 0 or slot 1, or nobody.", "winnerSlot")
    if verdict.outcome is Outcome.PLAYED:
        scores = final(given, verdict.scores)
        told = games(given, scores, verdict.games, known)
        return Result(Outcome.PLAYED, _winner(given, scores, verdict.winner), scores, told)
    if verdict.scores or verdict.games:
        raise InvalidInput("A match that was not played has no scores.", "scores")
    return Result(verdict.outcome, verdict.winner)


def _made_by(given: MatchFormat, pairs: Sequence[Scores]) -> Scores:
    """The scores that these games make."""
    first, second = (sum(pair[slot] > pair[1 - slot] for pair in pairs) for slot in (0, 1))
    return given.advantage + first, second


def _winner(given: MatchFormat, scores: Scores, told: int | None) -> int | None:
    """Who won by scores that a match can end with; None for a draw."""
    first, second = scores
    is_level = first == second
    if is_level and not given.can_be_drawn:
        if told is None:
            raise DrawNotPossible
        return told
    if told is not None:
        raise InvalidInput("The scores say how it ended; leave the winner out.", "winnerSlot")
    return None if is_level else int(first < second)


def _require_best_of(given: MatchFormat, first: int, second: int) -> None:
    target = needed_wins(given.best_of)
    if not (0 <= first <= target and 0 <= second <= target) or first == second == target:
        message = f"In a best of {given.best_of} each side wins 0 to {target} games, and only one {target}."
        raise ImpossibleScore(message)
    if first < given.advantage:
        raise ImpossibleScore(f"Slot 0 begins {given.advantage} games ahead, and its score counts them.")


def _require_games(given: MatchFormat, first: int, second: int) -> None:
    if min(first, second) < 0 or first + second > given.best_of:
        message = f"Of {given.best_of} games the sides win 0 to {given.best_of} together; a drawn game counts for none."
        raise ImpossibleScore(message)


def _require_points(_: MatchFormat, first: int, second: int) -> None:
    if min(first, second) < 0 or max(first, second) > _MAX_POINTS:
        raise ImpossibleScore(f"Each side has 0 to {_MAX_POINTS} points.")


_REQUIRED = {
    MatchScoring.BEST_OF: _require_best_of,
    MatchScoring.PLAY_ALL: _require_games,
    MatchScoring.POINTS: _require_points,
}
