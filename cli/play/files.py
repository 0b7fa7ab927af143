"""Reads recorded events from JSON files, and says what is wrong with one that cannot be played."""

from __future__ import annotations

import heapq
import json
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.play.imported import parse_event
from cli.play.recording import FromMatch, InvalidRecording, RecordedMatch, Recording, Source
from cli.play.scores import Score, read_score

MAX_BYTES = 8 * 1024 * 1024
MAX_ENTRANTS = 1024
_MAX_KEY = 64
_MAX_ROUND = 10_000
_SHOWN = 40


def read_recording(path: Path) -> Recording:
    """The event in a file.

    Raises:
        InvalidRecording: the file cannot be read, or is not an event that can be played.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InvalidRecording("", "is not a file.")
        if status.st_size > MAX_BYTES:
            raise InvalidRecording("", f"has {status.st_size:,} bytes; at most {MAX_BYTES:,} are read.")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidRecording("", f"cannot be read: {error.strerror}.") from error
    return parse_recording(content)


def parse_recording(content: bytes) -> Recording:
    """The event that the JSON text tells: a recording, or an event as `matchpoint import` reads it.

    Raises:
        InvalidRecording: it does not tell one that can be played.
    """
    decoded = _decoded(content)
    if isinstance(decoded, dict) and ("entrants" not in decoded or isinstance(decoded["entrants"], list)):
        return parse_event(content)
    whole = _object(decoded, "the file")
    entrants = _whole_number(whole.get("entrants"), "entrants", 2, MAX_ENTRANTS)
    drafts = _drafts(whole.get("matches"), entrants)
    _require_links(drafts, entrants)
    ranks = _ranks(whole.get("final_rank_by_seed"), entrants)
    return Recording(entrants, tuple(_resolved(_in_playing_order(drafts), ranks)), ranks)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A match as the file tells it, before it is held against the others."""

    key: str
    round: int | None
    sources: tuple[Source, Source]
    seeds: tuple[int | None, int | None]
    winner: int | None
    score: Score | None

    @property
    def place(self) -> str:
        return f"match {self.key!r}"

    @property
    def feeders(self) -> set[str]:
        return {source.key for source in self.sources if isinstance(source, FromMatch)}


def _decoded(content: bytes) -> object:
    if len(content) > MAX_BYTES:
        raise InvalidRecording("", f"has more than {MAX_BYTES:,} bytes.")
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidRecording(place, f"is not valid JSON ({error.msg}); is the file complete?") from error
    except RecursionError as error:
        raise InvalidRecording("", "is nested too deeply.") from error
    except ValueError as error:
        # Bytes that are not text, or a number of thousands of digits.
        raise InvalidRecording("", "is not JSON text in UTF-8.") from error


def _drafts(value: object, entrants: int) -> list[_Draft]:
    if not isinstance(value, list) or not value:
        raise InvalidRecording("matches", f"has to be a list of matches, not {_shown(value)}.")
    drafts = [_draft(entry, f"matches[{index}]", entrants) for index, entry in enumerate(value)]
    seen: set[str] = set()
    for draft in drafts:
        if draft.key in seen:
            raise InvalidRecording(draft.place, "the id is used twice.")
        seen.add(draft.key)
    return drafts


def _draft(value: object, place: str, entrants: int) -> _Draft:
    entry = _object(value, place)
    key = _key(entry.get("id"), f"{place}.id")
    place = f"match {key!r}"
    round_ = entry.get("round")
    seeds = (_seed(entry, "p1_seed", place, entrants), _seed(entry, "p2_seed", place, entrants))
    return _Draft(
        key=key,
        round=None if round_ is None else _whole_number(round_, f"{place}, round", -_MAX_ROUND, _MAX_ROUND),
        sources=(_source(entry, "p1", seeds[0], place), _source(entry, "p2", seeds[1], place)),
        seeds=seeds,
        winner=_seed(entry, "winner_seed", place, entrants),
        score=_score(entry.get("scores"), f"{place}, scores"),
    )


def _source(entry: Mapping[str, object], side: str, seed: int | None, place: str) -> Source:
    value = entry.get(f"{side}_from")
    if value is None:
        if seed is None:
            raise InvalidRecording(place, f"{side} comes from nowhere: {side}_seed and {side}_from are both missing.")
        return seed
    place = f"{place}, {side}_from"
    if not isinstance(value, list) or len(value) != 2 or value[0] not in ("winner", "loser"):
        raise InvalidRecording(place, f'has to be ["winner", id] or ["loser", id], not {_shown(value)}.')
    return FromMatch(_key(value[1], place), is_winner=value[0] == "winner")


def _score(value: object, place: str) -> Score | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidRecording(place, f'has to be a text such as "2-1", not {_shown(value)}.')
    try:
        return read_score(value)
    except ValueError as error:
        raise InvalidRecording(place, f'{_shown(value)} is not a score such as "2-1" or "2-1,0-2,2-0".') from error


def _ranks(value: object, entrants: int) -> dict[int, int]:
    ranks = {}
    for text, rank in _object(value, "final_rank_by_seed").items():
        place = f"final_rank_by_seed[{_shown(text)}]"
        if not text.isascii() or not text.isdigit() or len(text) > 4 or not 1 <= int(text) <= entrants:
            raise InvalidRecording(place, f"is not a seed; the seeds are 1 to {entrants}.")
        if rank is not None:
            ranks[int(text)] = _whole_number(rank, place, 1, entrants)
    if not ranks:
        raise InvalidRecording("final_rank_by_seed", "has no rank to compare with.")
    return ranks


def _require_links(drafts: Sequence[_Draft], entrants: int) -> None:
    """Everything a match takes exists, and is taken once."""
    keys = {draft.key for draft in drafts}
    taken: set[Source] = set()
    for draft in drafts:
        for side, source in zip(("p1", "p2"), draft.sources, strict=True):
            if isinstance(source, FromMatch) and source.key not in keys:
                raise InvalidRecording(f"{draft.place}, {side}_from", f"there is no match {source.key!r}.")
            if source in taken:
                raise InvalidRecording(f"{draft.place}, {side}", f"the {_named(source)} goes to two matches.")
            taken.add(source)
    for seed in range(1, entrants + 1):
        if seed not in taken:
            raise InvalidRecording("matches", f"seed {seed} of {entrants} does not play.")


def _in_playing_order(drafts: Sequence[_Draft]) -> Iterator[_Draft]:
    """The file's order, except that a match that waits for others comes as soon as they are played."""
    waits_for = {draft.key: draft.feeders for draft in drafts}
    followers: dict[str, list[int]] = {draft.key: [] for draft in drafts}
    for index, draft in enumerate(drafts):
        for key in draft.feeders:
            followers[key].append(index)
    ready = [index for index, draft in enumerate(drafts) if not waits_for[draft.key]]
    while ready:
        draft = drafts[heapq.heappop(ready)]
        del waits_for[draft.key]
        yield draft
        for index in followers[draft.key]:
            missing = waits_for[drafts[index].key]
            missing.discard(draft.key)
            if not missing:
                heapq.heappush(ready, index)
    if waits_for:
        raise InvalidRecording(f"match {_on_a_cycle(waits_for)!r}", "waits for itself through other matches.")


def _on_a_cycle(waits_for: Mapping[str, set[str]]) -> str:
    """A match that waits for itself, among matches each of which waits for another of them."""
    key = next(iter(waits_for))
    seen: set[str] = set()
    while key not in seen:
        seen.add(key)
        key = min(waits_for[key])
    return key


def _resolved(drafts: Iterator[_Draft], ranks: Mapping[int, int]) -> Iterator[RecordedMatch]:
    """The matches with both sides and the winner known, held against the results before them."""
    ordered = list(drafts)
    went_on = _who_went_on(ordered)
    played: dict[str, RecordedMatch] = {}
    for draft in ordered:
        seeds = _side(draft, 0, played), _side(draft, 1, played)
        winner = _winner(draft, seeds, went_on, ranks)
        # A score that says otherwise than the organizers did not decide the match.
        is_supported = draft.score is not None and seeds[draft.score.winner] == winner
        score = draft.score if is_supported else None
        played[draft.key] = RecordedMatch(draft.key, draft.round, draft.sources, seeds, winner, score)
        yield played[draft.key]


def _side(draft: _Draft, slot: int, played: Mapping[str, RecordedMatch]) -> int:
    source, told = draft.sources[slot], draft.seeds[slot]
    if not isinstance(source, FromMatch):
        return source
    before = played[source.key]
    if before.winner is None:
        raise InvalidRecording(f"{draft.place}, p{slot + 1}_from", f"match {source.key!r} has no winner.")
    seed = before.winner if source.is_winner else _other(before.winner, before.seeds)
    if told is not None and told != seed:
        problem = f"is {told}, but the {_named(source)} is seed {seed}."
        raise InvalidRecording(f"{draft.place}, p{slot + 1}_seed", problem)
    return seed


def _other(seed: int, seeds: tuple[int, int]) -> int:
    return seeds[1] if seed == seeds[0] else seeds[0]


def _who_went_on(drafts: Sequence[_Draft]) -> dict[tuple[str, bool], int]:
    """The seeds that are seen again in later matches, by the match they come from and whether they won it."""
    return {
        (source.key, source.is_winner): seed
        for draft in drafts
        for source, seed in zip(draft.sources, draft.seeds, strict=True)
        if isinstance(source, FromMatch) and seed is not None
    }


def _winner(
    draft: _Draft, seeds: tuple[int, int], went_on: Mapping[tuple[str, bool], int], ranks: Mapping[int, int]
) -> int | None:
    """Who won: as the file says, as the score says, or as is seen by who went on or finished better."""
    winner, place = draft.winner, f"{draft.place}, winner_seed"
    if winner is None and draft.score is not None:
        winner = seeds[draft.score.winner]
    if winner is None:
        winner = went_on.get((draft.key, True))
    if winner is None and (draft.key, False) in went_on:
        winner = _other(went_on[draft.key, False], seeds)
    if winner is not None:
        if winner not in seeds:
            raise InvalidRecording(place, f"seed {winner} cannot have won; seed {seeds[0]} met seed {seeds[1]}.")
        return winner
    if _is_repeat(draft):
        return None
    first, second = seeds
    if first in ranks and second in ranks and ranks[first] != ranks[second]:
        return first if ranks[first] < ranks[second] else second
    raise InvalidRecording(place, "is missing, and neither scores nor a later match tell who won.")


def _is_repeat(draft: _Draft) -> bool:
    return len(draft.feeders) == 1 and all(isinstance(source, FromMatch) for source in draft.sources)


def _seed(entry: Mapping[str, object], name: str, place: str, entrants: int) -> int | None:
    value = entry.get(name)
    return None if value is None else _whole_number(value, f"{place}, {name}", 1, entrants)


def _whole_number(value: object, place: str, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidRecording(place, f"has to be a whole number from {least} to {most}, not {_shown(value)}.")
    return value


def _key(value: object, place: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**_MAX_KEY:
        return str(value)
    if not isinstance(value, str) or not 1 <= len(value) <= _MAX_KEY or not value.isprintable():
        raise InvalidRecording(place, f"has to be an id of 1 to {_MAX_KEY} characters, not {_shown(value)}.")
    return value


def _object(value: object, place: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise InvalidRecording(place, f"has to be an object, not {_shown(value)}.")
    return value


def _named(source: Source) -> str:
    if isinstance(source, FromMatch):
        return f"{'winner' if source.is_winner else 'loser'} of match {source.key!r}"
    return f"seed {source}"


def _shown(value: object) -> str:
    """The value in a few characters, on one line."""
    if value is None:
        return "nothing"
    if isinstance(value, (list, dict)):
        return f"a list of {len(value)}" if isinstance(value, list) else "an object"
    text = ascii(value) if not isinstance(value, int) or abs(value) < 10**_SHOWN else "a huge number"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
