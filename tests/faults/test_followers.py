"""What the clients of these tests would notice."""

from __future__ import annotations

from typing import Any

from tests.faults.followers import BracketFold, LogFold, ScoresFold


def _match(version: int) -> dict[str, Any]:
    return {"id": "M", "version": version, "status": "LIVE", "slots": [{"score": 1}, {"score": version}]}


def _bracket(cursor: int, version: int) -> dict[str, Any]:
    return {
        "__typename": "BracketSnapshot",
        "cursor": str(cursor),
        "bracket": {"rounds": [{"matches": [_match(version)]}]},
    }


def _changed(cursor: int, version: int) -> dict[str, Any]:
    return {"__typename": "MatchChanged", "cursor": str(cursor), "match": _match(version)}


def _folded(*messages: dict[str, Any]) -> BracketFold:
    fold = BracketFold()
    for message in messages:
        fold.take(message)
    return fold


def test_a_bracket_notices_what_is_missing_and_what_comes_twice() -> None:
    whole = _folded(_bracket(4, 1), _changed(5, 2), {"__typename": "TournamentChanged", "cursor": "6"})
    assert (whole.holes, whole.doubles, whole.cursor) == (0, 0, 6)
    assert whole.agrees({"M": (2, "LIVE", [1, 2])})
    assert not whole.agrees({"M": (3, "LIVE", [1, 3])})
    assert _folded(_bracket(4, 1), _changed(6, 2)).holes == 1
    assert _folded(_bracket(4, 1), _changed(5, 3)).holes == 1
    assert _folded(_bracket(4, 1), _changed(5, 2), _changed(5, 2)).doubles == 2
    assert _folded(_bracket(4, 1), _bracket(5, 2)).holes == 1
    resync = {"__typename": "Resync", "reason": "SLOW_CLIENT"}
    assert _folded(_bracket(4, 1), resync, _bracket(9, 6), _changed(10, 7)).holes == 0


def test_a_log_notices_what_is_missing_and_what_comes_twice() -> None:
    def added(number: int) -> dict[str, Any]:
        return {"__typename": "MatchEventAdded", "cursor": str(number), "event": {"sequence": number}}

    fold = LogFold()
    fold.take({"__typename": "MatchEventsSnapshot", "cursor": "2", "events": [{"sequence": 1}, {"sequence": 2}]})
    fold.take(added(3))
    assert (fold.holes, fold.doubles) == (0, 0)
    fold.take(added(5))
    fold.take(added(5))
    assert (fold.holes, fold.doubles) == (1, 1)
    assert (fold.has(5, {}), fold.has(6, {})) == (True, False)


def test_scores_notice_what_is_old() -> None:
    def score(version: int) -> dict[str, Any]:
        return {"__typename": "LiveScore", "matchId": "M", "version": version, "status": "LIVE", "scores": [0, version]}

    fold = ScoresFold()
    fold.take({"__typename": "LiveScoresSnapshot", "all": [score(2)]})
    fold.take(score(4))
    assert (fold.doubles, fold.agrees({"M": (4, "LIVE", [0, 4])})) == (0, True)
    assert not fold.has(0, {"M": (5, "LIVE", [0, 5])})
    fold.take(score(4))
    assert fold.doubles == 1
