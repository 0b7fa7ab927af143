"""Events of other platforms as recordings, so that they can be played as well."""

from __future__ import annotations

from cli.play.recording import FromMatch, InvalidRecording, RecordedMatch, Recording, Source
from cli.play.scores import Score, read_score
from domain.kernel.scoring import MatchScoring
from domain.tournaments import (
    Event,
    EventGroup,
    EventMatch,
    InvalidEventFile,
    LoserOf,
    MatchProgress,
    NoScoring,
    Seed,
    StageScoring,
    WinnerOf,
    read_event,
    reproduce,
    scoring_of,
)


def parse_event(content: bytes) -> Recording:
    """The event that a file of another platform tells, or our own JSON for events.

    Raises:
        InvalidRecording: it does not tell one, or one that cannot be played: of several stages, or not finished.
    """
    try:
        event = read_event([content])[1]
    except InvalidEventFile as error:
        raise InvalidRecording("", error.message) from error
    return _recording(event, _only_bracket(event))


def _only_bracket(event: Event) -> EventGroup:
    groups = [group for stage in event.stages for group in stage.groups]
    if len(groups) != 1 or any(match.sources is None for match in groups[0].matches):
        stages = ", ".join(f"{stage.format} of {len(stage.groups)} groups" for stage in event.stages)
        raise InvalidRecording("", f"is not one bracket ({stages}); only a bracket alone can be played.")
    return groups[0]


def _recording(event: Event, group: EventGroup) -> Recording:
    """The recording, in an order in which it can be played; places that the file does not state are ours."""
    found = reproduce(event)
    outcome = found.groups[0][0]
    if outcome.graph is None or outcome.bracket is None or not outcome.is_complete:
        raise InvalidRecording("", "has matches without a result; only a finished event can be played.")
    told = {match.key: match for match in group.matches}
    scoring = _scoring(event)
    states = outcome.bracket.matches
    matches = []
    for node in outcome.graph.matches:
        played = node.key if None not in states[node.key].sides else _feeder(told[node.key])
        matches.append(_match(told[node.key], states[played].sides, states[node.key].winner, scoring))
    places = {entrant.number: entrant.place for entrant in event.entrants}
    ranks = {seed: places[number] or found.placements[number][0] for seed, number in enumerate(group.entrants, 1)}
    return Recording(len(group.entrants), tuple(matches), ranks, scoring.scoring)


def _scoring(event: Event) -> StageScoring:
    """How its matches are scored, so that all results can stand; else as a best of, in which some are no results."""
    (stage,) = event.stages
    try:
        return scoring_of(stage)
    except NoScoring:
        return StageScoring(MatchScoring.BEST_OF, best_of=3, has_draws=False)


def _feeder(match: EventMatch) -> str:
    """The first final of a second one that was not needed: the same two would have met."""
    return next(source.match for source in match.sources or () if not isinstance(source, Seed))


def _match(
    match: EventMatch, sides: tuple[int | None, int | None], winner: int | None, scoring: StageScoring
) -> RecordedMatch:
    assert match.sources is not None
    first, second = sides
    seeds = (first or 0, second or 0)
    is_best_of = scoring.scoring is MatchScoring.BEST_OF
    score = _games_won(match) if is_best_of else _as_told(match, None if winner is None else seeds.index(winner))
    is_supported = score is not None and winner is not None and seeds[score.winner] == winner
    sources = (_source(match.sources[0]), _source(match.sources[1]))
    games = None if is_best_of else scoring.length(match)
    return RecordedMatch(match.key, match.round, sources, seeds, winner, score if is_supported else None, games)


def _source(source: Seed | WinnerOf | LoserOf) -> Source:
    if isinstance(source, Seed):
        return source.number
    return FromMatch(source.match, is_winner=isinstance(source, WinnerOf))


def _as_told(match: EventMatch, winner: int | None) -> Score | None:
    """The score as it is; None where the match was not played, or it is not told."""
    if match.progress is not MatchProgress.PLAYED or match.score is None:
        return None
    first, second = match.score
    return Score(match.score, tiebreak_winner=winner if first == second else None)


def _games_won(match: EventMatch) -> Score | None:
    """The score as games won; None where the match was not decided by one."""
    pairs = match.games or ((match.score,) if match.score else ())
    if match.progress is not MatchProgress.PLAYED:
        return None
    return read_score(",".join(f"{first}-{second}" for first, second in pairs))
