"""A whole house as `matchpoint up` runs it, with events played against it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from tests.fixtures.processes import ROOT, eventually, free_port

_STATE = re.compile(r"^\d\d:\d\d:\d\d ([\w-]+): (ready|running), pid (\d+)", re.MULTILINE)
MATCHES = 15
_PLAY_LIMIT_S = 240
_STOP_LIMIT_S = 30


def elimination_of_eight() -> dict[str, Any]:
    """A recorded double elimination of eight; 5 beats 4, 2 wins the final and its reset, else favourites win."""

    def match(key: str, number: int, first: tuple[int, Any], second: tuple[int, Any], scores: str) -> dict[str, Any]:
        one, two = (int(part) for part in scores.split("-"))
        return {
            "id": key, "round": number, "p1_seed": first[0], "p2_seed": second[0], "p1_from": first[1],
            "p2_from": second[1], "winner_seed": first[0] if one > two else second[0], "scores": scores,
        }  # fmt: skip

    def won(key: str) -> list[str]:
        return ["winner", key]

    def lost(key: str) -> list[str]:
        return ["loser", key]

    matches = [
        match("A", 1, (1, None), (8, None), "2-0"),
        match("B", 1, (4, None), (5, None), "1-2"),
        match("C", 1, (2, None), (7, None), "2-1"),
        match("D", 1, (3, None), (6, None), "2-0"),
        match("E", 2, (1, won("A")), (5, won("B")), "2-0"),
        match("F", 2, (2, won("C")), (3, won("D")), "2-1"),
        match("G", -1, (8, lost("A")), (4, lost("B")), "0-2"),
        match("H", -1, (7, lost("C")), (6, lost("D")), "1-2"),
        match("I", -2, (3, lost("F")), (4, won("G")), "2-0"),
        match("J", -2, (5, lost("E")), (6, won("H")), "2-0"),
        match("K", -3, (3, won("I")), (5, won("J")), "2-1"),
        match("L", 3, (1, won("E")), (2, won("F")), "3-2"),
        match("M", -4, (2, lost("L")), (3, won("K")), "2-0"),
        match("N", 4, (1, won("L")), (2, won("M")), "1-3"),
        match("O", 4, (2, won("N")), (1, lost("N")), "3-0"),
    ]
    ranks = {"2": 1, "1": 2, "3": 3, "5": 4, "4": 5, "6": 5, "7": 7, "8": 7}
    return {"entrants": 8, "final_rank_by_seed": ranks, "matches": matches}


class House:
    """`matchpoint up` with its services and processes; what dies in it comes back by itself."""

    def __init__(self, directory: Path) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._data = directory / "data"
        self._output = directory / "up.log"
        self._recording = directory / "event.json"
        self._recording.write_text(json.dumps(elimination_of_eight()))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start everything and wait until it is ready."""
        command = [
            sys.executable, "-m", "cli.main", "up", "--no-demo",
            "--port", self.url.rsplit(":", 1)[1], "--data-dir", str(self._data),
        ]  # fmt: skip
        environment = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "REDIS_URL")}
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        assert eventually(lambda: "api: ready" in self._output.read_text()), self._output.read_text()

    def stop(self) -> list[int]:
        """Stop everything; the answer is the processes that are still there, of all that ever ran."""
        assert self._process is not None
        pids = [int(pid) for _, _, pid in _STATE.findall(self._output.read_text())]
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(_STOP_LIMIT_S)
        return [pid for pid in pids if psutil.pid_exists(pid)]

    def pid(self, part: str) -> int:
        """The process that is a part now."""
        found = [int(pid) for name, _, pid in _STATE.findall(self._output.read_text()) if name == part]
        return found[-1]

    def kill(self, part: str) -> None:
        """End a part as a crash of it would, and wait until another process has its place."""
        pid = self.pid(part)
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: self.pid(part) != pid), self._output.read_text()

    def environment(self, name: str) -> str:
        """A setting of the running API."""
        return psutil.Process(self.pid("api")).environ()[name]

    def play(self) -> subprocess.Popen[str]:
        """Begin to play the recorded event, a few matches per second."""
        command = [
            sys.executable,
            "-m",
            "cli.main",
            "play",
            str(self._recording),
            "--url",
            self.url,
            "--json",
            "--speed",
            "3",
        ]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def assert_everything_once(ask: Callable[[str, str], Any], slug: str) -> None:
    """What the recorded event brings about has happened, and no more often than once.

    `ask` gives the first value of a statement with one argument.
    """
    event = "(SELECT id FROM tournaments WHERE slug = $1)"
    # Every match rated both of its sides, once; and the sums agree with the ratings themselves.
    rated = f"SELECT count(*) FROM rating_changes WHERE match_id IN (SELECT id FROM matches WHERE owner_id = {event})"
    assert ask(rated, slug) == 2 * MATCHES
    counted = (
        "SELECT sum(matches) FROM ratings WHERE participant_id IN "
        f"(SELECT participant_id FROM entrants WHERE tournament_id = {event})"
    )
    assert ask(counted, slug) == 2 * MATCHES
    # Each player was told of the start and of each match that was ready, reported or finished, once.
    told = (
        "SELECT count(*) FROM notifications WHERE user_id IN "
        f"(SELECT participant_id FROM entrants WHERE tournament_id = {event})"
    )
    assert ask(told, slug) == 8 + MATCHES * (2 + 1 + 2)
    # What viewers could see has every number once.
    seen = f"SELECT count(*) = max(sequence) AND min(sequence) = 1 FROM bracket_changes WHERE tournament_id = {event}"
    assert ask(seen, slug)


def outcome(player: subprocess.Popen[str]) -> dict[str, Any]:
    """What a player tells when the event is over."""
    told, problems = player.communicate(timeout=_PLAY_LIMIT_S)
    assert told, problems
    answer: dict[str, Any] = json.loads(told)
    return answer
