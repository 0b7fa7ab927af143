"""`matchpoint play`: plays an event against a running server through its public API, as its users would."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from cli.play.client import Refused, Server, Unreachable
from cli.play.demo import MATCHES_PER_SECOND, PAUSE_S, Demo
from cli.play.files import read_recording
from cli.play.pace import Pace
from cli.play.player import NotAsRecorded, Outcome, Player
from cli.play.recording import InvalidRecording
from cli.play.report import Progress

_REFUSED = 2
_SHOWN_DIFFERENCES = 10
_MIN_SECRET = 32
_MOST_TEAMS = 256


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint play`."""
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="a recorded event, as JSON")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="address of the server (default: %(default)s)")
    parser.add_argument(
        "--speed",
        type=_speed,
        metavar="N",
        help=f"matches per second at most; 0: as fast as possible (default: 0, of the demo {MATCHES_PER_SECOND})",
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as one line of JSON")
    demo = parser.add_argument_group("demo", "It needs SECRET_KEY, from which it derives the passwords of its teams.")
    demo.add_argument("--demo", action="store_true", help="play a made-up event at the address `demo` instead")
    demo.add_argument("--forever", action="store_true", help="begin anew after the end")
    demo.add_argument("--teams", type=_teams, default=32, metavar="N", help="how many (default: %(default)s)")
    demo.add_argument("--seed", type=int, default=1, help="which names and which results (default: %(default)s)")
    demo.add_argument(
        "--pause", type=_speed, default=PAUSE_S, metavar="S", help="seconds between two events (default: %(default)s)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Plays, and gives the exit status: 0 all as recorded, 1 not so, 2 the file or the server refused."""
    if arguments.demo == (arguments.file is not None):
        return _refuse("name a FILE to play, or --demo.")
    try:
        if arguments.demo:
            return _play_demo(arguments)
        return _play(arguments.file, arguments.url, arguments.speed or 0, as_json=arguments.json)
    except (Refused, Unreachable) as error:
        return _refuse(str(error))


def _play(path: Path, url: str, speed: float, *, as_json: bool) -> int:
    try:
        recording = read_recording(path)
    except InvalidRecording as error:
        return _refuse(f"{path}: {error}")

    async def play() -> Outcome:
        name = path.stem.replace("_", " ").strip()[:100] or "Event"
        async with Server(url) as server:
            with Progress() as progress:
                return await Player(server, recording, name, Pace(speed), progress).play()

    try:
        outcome = asyncio.run(play())
    except NotAsRecorded as error:
        print(f"matchpoint play: {error}", file=sys.stderr)
        return 1
    _tell(outcome, url, as_json=as_json)
    return 0 if outcome.is_good else 1


def _play_demo(arguments: argparse.Namespace) -> int:
    secret = os.environ.get("SECRET_KEY", "")
    if len(secret) < _MIN_SECRET:
        return _refuse(f"the demo needs SECRET_KEY, of at least {_MIN_SECRET} characters, for its passwords.")
    speed = MATCHES_PER_SECOND if arguments.speed is None else arguments.speed

    async def play() -> None:
        async with Server(arguments.url) as server:
            demo = Demo(server, secret, arguments.teams, speed, arguments.seed)
            await (demo.play_forever(arguments.pause) if arguments.forever else demo.play())

    asyncio.run(play())
    return 0


def _tell(outcome: Outcome, url: str, *, as_json: bool) -> None:
    for difference in outcome.differences[:_SHOWN_DIFFERENCES]:
        print(difference, file=sys.stderr)
    if len(outcome.differences) > _SHOWN_DIFFERENCES:
        print(f"… and {len(outcome.differences) - _SHOWN_DIFFERENCES} more.", file=sys.stderr)
    if as_json:
        told = {
            "matches": outcome.matches,
            "placements_equal": outcome.placements_equal,
            "seconds": outcome.seconds,
            "changes_seen": outcome.changes_seen,
            "gaps": outcome.gaps,
            "resumes": outcome.resumes,
            "slug": outcome.slug,
        }
        print(json.dumps(told))
        return
    places = "every place as recorded" if outcome.placements_equal else "places differ from the recording"
    print(f"{outcome.matches} matches in {outcome.seconds:.1f} s, {places}.")
    print(f"{outcome.changes_seen} changes seen, {outcome.gaps} gaps, {outcome.resumes} resumes.")
    print(f"{url.rstrip('/')}/live/{outcome.slug}")


def _refuse(problem: str) -> int:
    print(f"matchpoint play: {' '.join(problem.split())}", file=sys.stderr)
    return _REFUSED


def _speed(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 up")
    return value


def _teams(text: str) -> int:
    value = int(text)
    if not 2 <= value <= _MOST_TEAMS:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 2 to {_MOST_TEAMS}")
    return value
