"""What makes a match graph a bracket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from domain.tournaments.errors import GraphProblem, InvalidGraph
from domain.tournaments.rules.graph import (
    MAX_ENTRANTS,
    MatchGraph,
    MatchNode,
    feeder,
    fewest_losses,
    final_keys,
    playable_order,
    takes_both_from_one_match,
)
from domain.tournaments.values import Seed, Source, WinnerOf

MAX_KEY_LENGTH = 64
MAX_MATCHES_PER_ENTRANT = 3
_MAX_PROBLEMS = 20


def validate(graph: MatchGraph, max_entrants: int = MAX_ENTRANTS, *, one_champion: bool = True) -> None:
    """Refuses a graph that is not a bracket in playable order.

    A bracket uses each of the seeds 1 to `entrants` once, each winner and each loser at most once, has no cycle, and
    exactly one match that an entrant without a loss can win last: the final. Other matches whose winner goes nowhere
    are for places only, such as the match for third place. Without `one_champion` there may be several such finals:
    some qualify for another stage before they meet.

    Raises:
        InvalidGraph: with the first 20 problems of the first kind that was found, since later kinds may only follow
            from it.
    """
    validate_links(graph, max_entrants)
    refuse(_wrong_resets(graph))
    refuse(_wrong_finals(graph, one_champion=one_champion))


def validate_links(graph: MatchGraph, max_entrants: int = MAX_ENTRANTS) -> None:
    """Refuses a graph of the wrong size, with matches or sources that cannot be, or not in playable order.

    The first part of `validate`; what it accepts, the other functions on graphs can walk through.

    Raises:
        InvalidGraph: as `validate`.
    """
    refuse(_wrong_size(graph, max_entrants))
    refuse(_wrong_matches(graph))
    refuse(_wrong_sources(graph))
    refuse(_wrong_order(graph))


def refuse(problems: Iterable[GraphProblem]) -> None:
    """Raises InvalidGraph with the first 20 problems, if there are any."""
    first = tuple(islice(problems, _MAX_PROBLEMS))
    if first:
        raise InvalidGraph(first)


def _wrong_size(graph: MatchGraph, max_entrants: int) -> Iterator[GraphProblem]:
    most = MAX_MATCHES_PER_ENTRANT * graph.entrants
    if not 2 <= graph.entrants <= max_entrants:
        yield GraphProblem(None, None, f"There are {graph.entrants} entrants; a bracket takes 2 to {max_entrants}.")
    elif not graph.matches:
        yield GraphProblem(None, None, "There is no match.")
    elif len(graph.matches) > most:
        message = f"There are {len(graph.matches)} matches; {graph.entrants} entrants can have at most {most}."
        yield GraphProblem(None, None, message)


def _wrong_matches(graph: MatchGraph) -> Iterator[GraphProblem]:
    seen: set[str] = set()
    for node in graph.matches:
        if not 1 <= len(node.key) <= MAX_KEY_LENGTH:
            message = f"A match needs a key of 1 to {MAX_KEY_LENGTH} characters."
            yield GraphProblem(node.key[:MAX_KEY_LENGTH], None, message)
        elif node.key in seen:
            yield GraphProblem(node.key, None, f"The key {node.key!r} is used twice.")
        seen.add(node.key)
        if node.round < 1 or node.position < 0:
            yield GraphProblem(node.key, None, "Rounds count from 1 and positions from 0.")


def _wrong_sources(graph: MatchGraph) -> Iterator[GraphProblem]:
    used: set[Source] = set()
    for node in graph.matches:
        for slot, source in enumerate(node.sources):
            wrong = _source_problem(graph, node, source)
            if wrong:
                yield GraphProblem(node.key, slot, wrong)
            elif source in used:
                yield GraphProblem(node.key, slot, f"The {_named(source)} is used twice.")
            used.add(source)
    for number in range(1, graph.entrants + 1):
        if Seed(number) not in used:
            yield GraphProblem(None, None, f"Seed {number} does not play.")


def _source_problem(graph: MatchGraph, node: MatchNode, source: Source) -> str | None:
    key = feeder(source)
    if key == node.key:
        return "The match feeds itself."
    if key is not None and key not in graph:
        return f"The {_named(source)} cannot come here: there is no such match."
    if isinstance(source, Seed) and not 1 <= source.number <= graph.entrants:
        return f"There is no seed {source.number}; the seeds are 1 to {graph.entrants}."
    return None


def _named(source: Source) -> str:
    if isinstance(source, Seed):
        return f"seed {source.number}"
    return f"{'winner' if isinstance(source, WinnerOf) else 'loser'} of {source.match[:MAX_KEY_LENGTH]!r}"


def _wrong_order(graph: MatchGraph) -> Iterator[GraphProblem]:
    _, unplaced = playable_order(graph.matches)
    if unplaced:
        for key in _one_cycle(unplaced):
            yield GraphProblem(key, None, f"The match {key!r} waits for itself through other matches.")
        return
    seen: set[str] = set()
    for node in graph.matches:
        for slot, source in enumerate(node.sources):
            before = feeder(source)
            if before is not None and before not in seen:
                yield GraphProblem(node.key, slot, f"The match is listed before {before!r}, for which it waits.")
        seen.add(node.key)


def _one_cycle(unplaced: list[MatchNode]) -> list[str]:
    """The keys of one cycle, in playing order. Every match that cannot be placed waits for another such match."""
    waits_for = {node.key: node.sources for node in unplaced}
    trail: dict[str, None] = {}
    key = unplaced[0].key
    while key not in trail:
        trail[key] = None
        key = next(before for before in map(feeder, waits_for[key]) if before in waits_for)
    keys = list(trail)
    return keys[keys.index(key) :][::-1]


def _wrong_resets(graph: MatchGraph) -> Iterator[GraphProblem]:
    losses = fewest_losses(graph.matches)
    for node in graph.matches:
        first_final = takes_both_from_one_match(node)
        if first_final is None:
            if node.is_reset:
                message = "A reset takes the winner and the loser of one and the same match."
                yield GraphProblem(node.key, None, message)
            continue
        one_has_lost = losses[first_final][0] != losses[first_final][1]
        if node.is_reset and not one_has_lost:
            message = f"A reset needs one side of {first_final!r} to have lost before and the other not."
            yield GraphProblem(node.key, None, message)
        elif node.is_reset and (graph.winner_to[node.key] or graph.loser_to[node.key]):
            yield GraphProblem(node.key, None, "Nobody goes on from a reset; it is the last match.")
        elif not node.is_reset and (one_has_lost or graph.entrants > 2):
            message = f"The winner and the loser of {first_final!r} cannot meet again at once, except in a reset."
            yield GraphProblem(node.key, None, message)


def _wrong_finals(graph: MatchGraph, *, one_champion: bool) -> Iterator[GraphProblem]:
    finals = final_keys(graph)
    if not finals:
        yield GraphProblem(
            None, None, "Every entrant starts in the lower bracket; somebody has to start in the upper one."
        )
    for key in finals[1:] if one_champion else ():
        message = f"Both {finals[0]!r} and {key!r} could be won by a champion; send one winner on to another match."
        yield GraphProblem(key, None, message)
