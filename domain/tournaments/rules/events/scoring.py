"""How the matches of a stage are scored here, so that every result that its file tells can stand as it is.

A file may say it. If that does not fit, or nothing is said, it is a best of, or all games of one number, or points:
the first by which all results can stand. Results that fit none are refused, never bent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from domain.kernel.scoring import MatchScoring
from domain.tournaments.rules.events.values import EventMatch, EventStage, Pair, Progress, StageFormat
from domain.tournaments.rules.formats import Elimination, RoundRobin, Swiss
from domain.tournaments.rules.ladder import Ladder

_MAX_BEST_OF = 99
_USUAL_BEST_OF = 3
_MAX_POINTS = 1_000_000


class NoScoring(Exception):
    """By no scoring all results can stand; it says which result is in the way of each."""


@dataclass(frozen=True, slots=True)
class StageScoring:
    """How the matches of a stage are scored.

    Attributes:
        scoring: what the scores count.
        best_of: how many games a match has where nothing else is told of it.
        has_draws: whether a level score stands, where the scoring can give one; False in a bracket.
    """

    scoring: MatchScoring
    best_of: int
    has_draws: bool

    def length(self, match: EventMatch) -> int:
        """How many games a match has at most: as told where its score fits that, else as the score says."""
        return _LENGTHS[self.scoring](match, self.best_of)

    def settled(self, match: EventMatch) -> EventMatch:
        """The match with the score that it must have had: where it is one game that can be drawn, who won tells it."""
        is_one_game = self.scoring is MatchScoring.PLAY_ALL and self.has_draws and self.length(match) == 1
        if not is_one_game or match.progress is not Progress.PLAYED or match.score is not None:
            return match
        return replace(match, score=(int(match.winner == 0), int(match.winner == 1)))


def scoring_of(stage: EventStage) -> StageScoring:
    """The first scoring by which all results of a stage can stand: what the file says, BEST_OF, PLAY_ALL, POINTS.

    Raises:
        NoScoring: there is none.
    """
    problems = []
    for scoring in dict.fromkeys((stage.match_scoring, *MatchScoring)):
        found = StageScoring(scoring, _usual(stage, scoring), has_draws=_has_draws(stage))
        problem = next(_problems(stage, found), None)
        if problem is None:
            return found
        problems.append(f"{scoring} ({problem})")
    raise NoScoring(f"its results fit no scoring: {', '.join(problems)}.")


def planned_scoring(stage: EventStage, settings: Elimination | RoundRobin | Swiss | Ladder) -> StageScoring:
    """The scoring that these settings of a stage say, once all of its results can stand by it.

    Raises:
        NoScoring: one cannot.
    """
    has_draws = isinstance(settings, RoundRobin | Swiss) and settings.has_draws
    found = StageScoring(settings.scoring, settings.best_of, has_draws)
    for problem in (*_problems(stage, found), *_wrong_lengths(stage, found)):
        raise NoScoring(f"by its plan its matches are scored as {found.scoring}, but {problem}.")
    return found


def _wrong_lengths(stage: EventStage, found: StageScoring) -> Iterator[str]:
    for match in _matches(stage):
        is_settled = match.progress is Progress.PLAYED and found.scoring is MatchScoring.BEST_OF
        if is_settled and match.best_of not in (None, found.length(match)):
            yield f"match {match.key!r}: its score is none of a best of {match.best_of}"


def _problems(stage: EventStage, found: StageScoring) -> Iterator[str]:
    is_guessed = found.scoring is MatchScoring.PLAY_ALL and stage.match_scoring is not found.scoring
    for match in _matches(stage):
        if match.progress not in (Progress.PLAYED, Progress.LIVE):
            continue
        problem = _problem(match, found)
        if problem is None and is_guessed and _told_length(stage, match) is None:
            problem = _uncommon_problem(match, found.best_of)
        if problem is not None:
            yield f"match {match.key!r}: {problem}"


def _problem(match: EventMatch, found: StageScoring) -> str | None:
    """Why a match cannot stand like this when it is scored so; None when it can."""
    problem = None if match.score is None else _score_problem(match.score, found, found.length(match))
    if problem is not None or match.progress is Progress.LIVE:
        return problem
    return _winner_problem(match, found) or _games_problem(match, found.scoring)


def _score_problem(score: Pair, found: StageScoring, length: int) -> str | None:
    shown = f"{score[0]}:{score[1]}"
    if found.scoring is MatchScoring.POINTS:
        return None if min(score) >= 0 and max(score) <= _MAX_POINTS else f"{shown} are no points"
    if found.scoring is MatchScoring.PLAY_ALL:
        fits = min(score) >= 0 and sum(score) <= length <= _MAX_BEST_OF
        return None if fits else f"{shown} are not games won of {min(length, _MAX_BEST_OF)}"
    fits = min(score) >= 0 and length <= _MAX_BEST_OF
    return None if fits else f"{shown} is no score of games won, as a best of 1 to {_MAX_BEST_OF} has"


def _winner_problem(match: EventMatch, found: StageScoring) -> str | None:
    is_best_of = found.scoring is MatchScoring.BEST_OF
    if match.winner is None and is_best_of:
        return "it was drawn, as a best of cannot be"
    if match.winner is None and not found.has_draws:
        return "it was drawn, where level scores have a winner"
    if match.score is None:
        return None
    first, second = match.score
    is_level = first == second
    if is_best_of and is_level:
        return f"{first}:{second} is level, as a best of cannot end"
    if is_level:
        return None
    return None if match.winner == int(second > first) else f"{first}:{second} says otherwise who won"


def _games_problem(match: EventMatch, scoring: MatchScoring) -> str | None:
    """Why the games do not make the score. A level one was drawn and maybe played again, or decided otherwise; of two
    legs the points are added.
    """
    if not match.games:
        return None
    if match.score is None:
        return "it has games, but no score"
    if any(not 0 <= min(pair) <= max(pair) <= _MAX_POINTS for pair in match.games):
        return "its games have no points that a game can have"
    add_up = _is_of_points if scoring is MatchScoring.POINTS else _is_won
    played = match.score[0] - match.advantage, match.score[1]
    return None if add_up(played, match.games) else "its games do not add up to its score"


def _is_won(score: Pair, games: Sequence[Pair]) -> bool:
    """Whether these are the games won, with some of the level ones."""
    won = sum(first > second for first, second in games), sum(first < second for first, second in games)
    missing = score[0] - won[0], score[1] - won[1]
    return min(missing) >= 0 and sum(missing) <= len(games) - sum(won)


def _is_of_points(score: Pair, games: Sequence[Pair]) -> bool:
    """Whether the last game ended like this, and those before it were drawn; or these are the points of all games."""
    *drawn, last = games
    is_replayed = last == score and all(first == second for first, second in drawn)
    return is_replayed or score == (sum(first for first, _ in games), sum(second for _, second in games))


def _uncommon_problem(match: EventMatch, common: int) -> str | None:
    """Whether a match has not as many games as the others, where nothing but their scores tells how many they are."""
    if match.progress is not Progress.PLAYED or match.score is None or common == 1 or sum(match.score) == common:
        return None
    return f"it has not {common} games, as others have"


def _has_draws(stage: EventStage) -> bool:
    """Whether level scores stand. They do not where somebody has won with one."""
    is_table = stage.format is not StageFormat.ELIMINATION
    return is_table and stage.has_draws and not any(_is_broken(match) for match in _matches(stage))


def _is_broken(match: EventMatch) -> bool:
    """Whether a match ended level, and something else decided it."""
    is_decided = match.progress is Progress.PLAYED and match.winner is not None
    return is_decided and match.score is not None and match.score[0] == match.score[1]


def _matches(stage: EventStage) -> Iterator[EventMatch]:
    return (match for group in stage.groups for match in group.matches)


def _usual(stage: EventStage, scoring: MatchScoring) -> int:
    """How many games the matches have, as the stage says or as the longest of them tells."""
    if scoring is MatchScoring.POINTS:
        return 1
    is_best_of = scoring is MatchScoring.BEST_OF
    if stage.best_of is not None and _is_length(stage.best_of, is_odd=is_best_of):
        return stage.best_of
    counted = (Progress.PLAYED,) if is_best_of else (Progress.PLAYED, Progress.LIVE)
    scores = [match.score for match in _matches(stage) if match.progress in counted and match.score]
    if is_best_of:
        return max((2 * max(score) - 1 for score in scores), default=_USUAL_BEST_OF)
    return max(1, *map(sum, scores)) if scores else 1


def _told_length(stage: EventStage, match: EventMatch) -> int | None:
    told = match.best_of or stage.best_of
    return told if told is not None and _is_length(told, is_odd=False) else None


def _is_length(number: int, *, is_odd: bool) -> bool:
    return 1 <= number <= _MAX_BEST_OF and (number % 2 == 1 or not is_odd)


def _best_of(match: EventMatch, usual: int) -> int:
    """The winner has won more than half of the games that there could have been."""
    told = match.best_of if match.best_of is not None and _is_length(match.best_of, is_odd=True) else usual
    if match.score is None or match.progress not in (Progress.PLAYED, Progress.LIVE):
        return told
    most = max(match.score)
    if match.progress is Progress.LIVE:
        return told if told // 2 >= most else 2 * most + 1
    return told if told // 2 + 1 == most else 2 * most - 1


def _play_all(match: EventMatch, usual: int) -> int:
    return match.best_of if match.best_of is not None and _is_length(match.best_of, is_odd=False) else usual


def _points(_: EventMatch, usual: int) -> int:
    return usual


_LENGTHS = {MatchScoring.BEST_OF: _best_of, MatchScoring.PLAY_ALL: _play_all, MatchScoring.POINTS: _points}
