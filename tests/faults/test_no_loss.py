"""Clients who are dropped and resume while everything dies know at the end what the database does, each change once."""

from __future__ import annotations

from pathlib import Path

from tests.faults.ordeal import TOLD, Ordeal, Plan
from tests.faults.several import Books, several_processes

_PLAN = Plan(
    duration_s=12, clients=12, slow=2, entrants=8, faults=("valkey", "relay", "history", "api", "history"),
    changes_per_second=40, scores=8, seed=11,
)  # fmt: skip
_NOTHING = dict.fromkeys(("holes", "doubles", "behind", "wrong"), 0)


async def test_nothing_is_lost(database_url: str, tmp_path: Path) -> None:
    with several_processes(database_url, tmp_path) as several:
        outcome = await Ordeal(several, Books(database_url), _PLAN).run()
    assert {name: outcome[name] for name in _NOTHING} == _NOTHING, outcome
    assert not any(outcome["left"].values()), outcome
    assert len(outcome["faults"]) == len(_PLAN.faults)
    assert min(outcome["resyncs"][reason] for reason in TOLD) > 0, outcome
    assert min(outcome["drops"], outcome["breaks"], outcome["resumes"]) > 0, outcome
