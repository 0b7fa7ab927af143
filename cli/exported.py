"""An event of a server, as it answers, as an event of our own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cli.play.client import Answer
from domain.kernel.scoring import MatchScoring
from domain.tournaments import (
    Event,
    EventBye,
    EventEntrant,
    EventGroup,
    EventMatch,
    EventStage,
    LoserOf,
    MatchProgress,
    Points,
    Ranking,
    RoundKind,
    Seed,
    StageFormat,
    WinnerOf,
)

_PROGRESS = {
    "LIVE": MatchProgress.LIVE,
    "REPORTED": MatchProgress.LIVE,
    "DISPUTED": MatchProgress.LIVE,
    "NOT_NEEDED": MatchProgress.NOT_NEEDED,
}
_TABLES = {"ROUND_ROBIN": StageFormat.ROUND_ROBIN, "SWISS": StageFormat.SWISS}


def event_of(told: Answer, matches: Sequence[Answer], entrants: Sequence[Answer]) -> Event:
    """The event with all of its matches; `entrants` are those who take part, seed 1 first."""
    cast = tuple(
        EventEntrant(
            number=number,
            name=entrant["name"],
            seed=entrant["seed"],
            external_id=entrant["id"],
            place=entrant["placement"] and entrant["placement"]["low"],
        )
        for number, entrant in enumerate(entrants, 1)
    )
    numbers = {
        key: number
        for number, entrant in enumerate(entrants, 1)
        for key in (entrant["id"], entrant["participant"]["id"])
    }
    # Matches of all stages have different keys in a file.
    prefixes = {stage["number"]: f"{stage['number']}/" if len(told["stages"]) > 1 else "" for stage in told["stages"]}
    keys = {match["id"]: prefixes[match["place"]["stage"]] + match["place"]["key"] for match in matches}
    begun = [stage for stage in told["stages"] if stage["groups"]]
    stages = tuple(_Stage(stage, matches, keys, numbers).told() for stage in begun)
    return Event(cast, stages, told["name"], told["game"]["name"])


class _Stage:
    """A stage that has begun. `keys` are by match, `numbers` by entrant and by who takes part."""

    def __init__(
        self, stage: Answer, matches: Sequence[Answer], keys: Mapping[str, str], numbers: Mapping[str, int]
    ) -> None:
        self._stage = stage
        self._matches = [match for match in matches if match["place"]["stage"] == stage["number"]]
        self._keys = keys
        self._numbers = numbers
        self._format = _TABLES.get(stage["structure"], StageFormat.ELIMINATION)

    def told(self) -> EventStage:
        """The stage with all of its groups."""
        settings, name = self._stage["settings"], self._stage["name"] or ""
        scoring, groups = MatchScoring(settings["scoring"]), tuple(map(self._group, self._stage["groups"]))
        if self._format is StageFormat.ELIMINATION:
            return EventStage(self._format, groups, name, match_scoring=scoring)
        ranking = _ranking(settings["ranking"])
        return EventStage(
            self._format,
            groups,
            name,
            tiebreaks=tuple(ranking.tiebreaks.split(",")),
            scoring=ranking.scoring,
            planned=settings.get("roundCount"),
            match_scoring=scoring,
        )

    def _group(self, group: Answer) -> EventGroup:
        if self._format is StageFormat.ELIMINATION:
            return EventGroup(tuple(self._starters()), tuple(map(self._match, self._matches)))
        standings = sorted(group["standings"], key=lambda row: int(row["seed"]))
        win = _ranking(self._stage["settings"]["ranking"]).points.win
        is_over = self._stage["status"] == "FINISHED"
        return EventGroup(
            tuple(self._number(row["entrant"]) for row in standings),
            tuple(self._match(match) for match in self._matches if match["place"]["group"] == group["number"]),
            tuple(
                EventBye(bye["round"], self._number(bye["entrant"]), RoundKind.PAIRING_BYE, win)
                for bye in group["byes"]
            ),
            name=f"Group {group['name']}" if group["name"] else "",
            places={self._number(row["entrant"]): row["rank"] for row in standings} if is_over else {},
        )

    def _number(self, entrant: Answer) -> int:
        return self._numbers[entrant["id"]]

    def _starters(self) -> Iterator[int]:
        """Who begins in a bracket, seed 1 first: they stand where a seed comes in."""
        found = {
            source["seed"]: slot["participant"]["id"]
            for match in self._matches
            for slot, source in zip(match["slots"], match["place"]["sources"], strict=True)
            if source["kind"] == "SEED"
        }
        return (self._numbers[found[seed]] for seed in sorted(found))

    def _match(self, told: Answer) -> EventMatch:
        first, second = told["slots"]
        is_over = told["status"] == "FINISHED"
        by_play = MatchProgress.PLAYED if told["outcome"] == "PLAYED" else MatchProgress.FORFEIT
        has_score = None not in (first["score"], second["score"])
        is_linked = self._format is StageFormat.ELIMINATION
        sources = told["place"]["sources"]
        return EventMatch(
            key=self._keys[told["id"]],
            round=_round(told["place"]),
            sides=(self._side(first), self._side(second)),
            sources=(self._source(sources[0]), self._source(sources[1])) if is_linked else None,
            progress=by_play if is_over else _PROGRESS.get(told["status"], MatchProgress.OPEN),
            winner=told["winnerSlot"] if is_over else None,
            score=(first["score"], second["score"]) if has_score else None,
            games=tuple((game["scores"][0], game["scores"][1]) for game in told["games"]),
            best_of=told["bestOf"],
        )

    def _side(self, slot: Answer) -> int | None:
        return None if slot["participant"] is None else self._numbers[slot["participant"]["id"]]

    def _source(self, told: Answer) -> Seed | WinnerOf | LoserOf:
        if told["kind"] == "SEED":
            return Seed(told["seed"])
        key = self._keys[told["matchId"]]
        return WinnerOf(key) if told["kind"] == "WINNER" else LoserOf(key)


def _round(place: Answer) -> int:
    """The round as Challonge counts: below 0 in the lower bracket, 0 for third place."""
    if place["side"] == "THIRD_PLACE":
        return 0
    number: int = place["round"]
    return -number if place["side"] == "LOWER" else number


def _ranking(told: Answer) -> Ranking:
    points = Points(win=told["winHalfPoints"], draw=told["drawHalfPoints"], loss=told["lossHalfPoints"])
    return Ranking(tiebreaks=told["tiebreaks"], points=points)
