"""The table of a group, as rounds that tie-breaks can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from domain.tournaments.rules.events.values import (
    DECIDED,
    EventGroup,
    EventMatch,
    EventStage,
    Pair,
    Progress,
    StageFormat,
)
from domain.tournaments.rules.rounds import Entry, Field, Kind, Player, Scoring, Side

MATCH_COUNTS = frozenset({"PLAYED", "DRAWN", "LOST"})
"""What a table counts beside the values of tie-breaks."""


def field_of(
    stage: EventStage, group: EventGroup, names: Mapping[int, str], ratings: Mapping[int, int | None]
) -> Field:
    """The rounds of the group. Who has neither match nor bye in a round was not paired in it: for no points, or, where
    the stage has a plan, for those of an absence.
    """
    told = {number for number, _, _ in _entries(stage, group)}
    index = {number: place for place, number in enumerate(sorted(told))}
    absence = 0 if stage.plan is None else stage.scoring.absence
    idle = Entry(Kind.ZERO_BYE if stage.format is StageFormat.ROUND_ROBIN else Kind.ABSENT, absence)
    rounds = {entrant: [idle] * len(index) for entrant in group.entrants}
    for number, entrant, entry in _entries(stage, group):
        rounds[entrant][index[number]] = entry
    players = {
        number: Player(number, names[number], ratings[number], tuple(entries)) for number, entries in rounds.items()
    }
    planned = stage.planned if stage.planned is None or stage.planned >= len(index) else None
    return Field(players, planned, stage.scoring, predetermined=stage.format is StageFormat.ROUND_ROBIN)


def match_counts(field: Field, number: int) -> dict[str, Fraction]:
    """How many matches somebody has played, drawn and lost, forfeits included."""
    entries = [entry for entry in field.players[number].rounds if entry.kind in (Kind.PLAYED, Kind.FORFEIT)]
    drawn = sum(entry.points == field.scoring.draw for entry in entries)
    lost = sum(entry.points < field.scoring.draw for entry in entries)
    return {"PLAYED": Fraction(len(entries)), "DRAWN": Fraction(drawn), "LOST": Fraction(lost)}


def points_of(match: EventMatch, scoring: Scoring) -> Pair:
    """What a match of a table brought its two sides, in halves of a point."""
    if match.points is not None:
        return match.points
    if match.progress not in DECIDED:
        return 0, 0
    is_forfeit = match.progress is Progress.FORFEIT
    win, loss = (scoring.forfeit_win, scoring.forfeit_loss) if is_forfeit else (scoring.win, scoring.loss)
    if match.winner is None:
        return (loss, loss) if is_forfeit else (scoring.draw, scoring.draw)
    return (win, loss) if match.winner == 0 else (loss, win)


def _entries(stage: EventStage, group: EventGroup) -> Iterator[tuple[int, int, Entry]]:
    """Each entry with its round and whose it is."""
    for bye in group.byes:
        yield bye.round, bye.entrant, Entry(bye.kind, bye.points)
    for match in group.matches:
        for slot, entrant in enumerate(match.sides):
            if entrant is not None:
                yield match.round or 1, entrant, _entry(stage, match, slot)


def _entry(stage: EventStage, match: EventMatch, slot: int) -> Entry:
    kind = {Progress.PLAYED: Kind.PLAYED, Progress.FORFEIT: Kind.FORFEIT}.get(match.progress, Kind.OPEN)
    side = (Side.FIRST, Side.SECOND)[slot] if stage.has_sides else None
    games = match.score if kind is Kind.PLAYED and match.score and min(match.score) >= 0 else None
    if games and slot == 1:
        games = games[::-1]
    return Entry(kind, points_of(match, stage.scoring)[slot], match.sides[1 - slot], side, games, match.is_rated)
