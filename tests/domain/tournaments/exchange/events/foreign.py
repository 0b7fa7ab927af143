"""One small event as other platforms tell it: a double elimination of four whose second final is played.

Ada beats Bo only in the last match; Cy is third and Dee fourth.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

Json = Any

NAMES = {1: "Ada", 2: "Bo", 3: "Cy", 4: "Dee"}
PLACES = {1: 1, 2: 2, 3: 3, 4: 4}


class Played(NamedTuple):
    """A match: sides come from a seed, or from the winner ("W") or loser ("L") of a match."""

    key: str
    round: int
    froms: tuple[str, str]
    sides: tuple[int, int]
    score: tuple[int, int]

    @property
    def winner(self) -> int:
        return self.sides[self.score[1] > self.score[0]]

    @property
    def loser(self) -> int:
        return self.sides[self.score[1] < self.score[0]]


MATCHES = (
    Played("A", 1, ("1", "4"), (1, 4), (2, 0)),
    Played("B", 1, ("2", "3"), (2, 3), (1, 2)),
    Played("C", 2, ("WA", "WB"), (1, 3), (2, 1)),
    Played("D", -1, ("LA", "LB"), (4, 2), (0, 2)),
    Played("E", -2, ("LC", "WD"), (3, 2), (1, 2)),
    Played("F", 3, ("WC", "WE"), (1, 2), (1, 2)),
    Played("G", 4, ("LF", "WF"), (1, 2), (3, 1)),
)
KEYS = {match.key: number for number, match in enumerate(MATCHES, 101)}


def challonge() -> Json:
    """As version 1 of the API of Challonge, nested."""
    return {
        "tournament": {
            "id": 7,
            "name": "Small Cup",
            "tournament_type": "double elimination",
            "state": "complete",
            "game_name": "Chess",
            "participants": [
                {"participant": {"id": 10 + seed, "seed": seed, "name": name, "final_rank": PLACES[seed]}}
                for seed, name in NAMES.items()
            ],
            "matches": [{"match": _challonge_match(match)} for match in MATCHES],
        }
    }


def _challonge_match(match: Played) -> Json:
    told = {
        "id": KEYS[match.key],
        "identifier": match.key,
        "round": match.round,
        "state": "complete",
        "group_id": None,
        "winner_id": 10 + match.winner,
        "scores_csv": f"{match.score[0]}-{match.score[1]}",
        "forfeited": None,
        "underway_at": None,
    }
    for number, (side, origin) in enumerate(zip(match.sides, match.froms, strict=True), 1):
        linked = origin[0] in "WL"
        told[f"player{number}_id"] = 10 + side
        told[f"player{number}_prereq_match_id"] = KEYS[origin[1]] if linked else None
        told[f"player{number}_is_prereq_match_loser"] = origin[0] == "L"
    return told


def challonge_2() -> Json:
    """As version 2.1 of the API of Challonge, which does not tell links."""
    participants = [
        {"id": str(10 + seed), "type": "participant", "attributes": {"name": name, "seed": seed, "final_rank": seed}}
        for seed, name in NAMES.items()
    ]
    matches = [
        {
            "id": str(KEYS[match.key]),
            "type": "match",
            "attributes": {
                "state": "complete",
                "round": match.round,
                "scores": f"{match.score[0]} - {match.score[1]}",
                "winner_id": 10 + match.winner,
                "points_by_participant": [
                    {"participant_id": 10 + side, "scores": [score]}
                    for side, score in zip(match.sides, match.score, strict=True)
                ],
                "timestamps": {"underway_at": None},
            },
        }
        for match in MATCHES
    ]
    tournament = {
        "id": "7",
        "type": "tournament",
        "attributes": {"name": "Small Cup", "tournament_type": "double elimination", "state": "complete"},
    }
    return {"data": tournament, "included": [*participants, *matches]}


def startgg() -> Json:
    """As start.gg answers for the event."""
    seeds = [{"id": 50 + seed, "seedNum": seed, "entrant": {"id": 10 + seed}} for seed in NAMES]
    group = {
        "id": 70,
        "displayIdentifier": "1",
        "seeds": {"nodes": seeds},
        "sets": {"nodes": [_set(match) for match in MATCHES]},
    }
    entrants = [{"id": 10 + seed, "name": name, "initialSeedNum": seed} for seed, name in NAMES.items()]
    standings = [{"placement": place, "entrant": {"id": 10 + seed}} for seed, place in PLACES.items()]
    phase = {
        "id": 60,
        "name": "Bracket",
        "phaseOrder": 1,
        "bracketType": "DOUBLE_ELIMINATION",
        "phaseGroups": {"nodes": [group]},
    }
    event = {
        "id": 5,
        "name": "Small Cup",
        "videogame": {"name": "Chess"},
        "entrants": {"nodes": entrants},
        "standings": {"nodes": standings},
        "phases": [phase],
    }
    return {"data": {"event": event}}


def startgg_entities() -> Json:
    """As the site of start.gg hands out its phase group."""
    seeds = [
        {"id": 50 + seed, "entrantId": 10 + seed, "groupSeedNum": seed, "placement": PLACES[seed]} for seed in NAMES
    ]
    entrants = [
        {"id": 10 + seed, "name": name, "initialSeedNum": seed, "finalPlacement": PLACES[seed]}
        for seed, name in NAMES.items()
    ]
    group = {"id": 70, "phaseId": 60, "groupTypeId": 2, "displayIdentifier": "1", "winnersTargetPhaseId": None}
    sets = [_entity(match) for match in MATCHES]
    return {"entities": {"groups": group, "sets": sets, "seeds": seeds, "entrants": entrants}, "resultEntity": "groups"}


def _entity(match: Played) -> Json:
    told: Json = {"id": KEYS[match.key], "round": match.round, "state": 3, "winnerId": 10 + match.winner, "bestOf": 3}
    for number, (side, origin, score) in enumerate(zip(match.sides, match.froms, match.score, strict=True), 1):
        linked = origin[0] in "WL"
        told[f"entrant{number}Id"] = 10 + side
        told[f"entrant{number}Score"] = score
        told[f"entrant{number}PrereqType"] = "set" if linked else "seed"
        told[f"entrant{number}PrereqId"] = KEYS[origin[1]] if linked else 50 + side
        told[f"entrant{number}PrereqCondition"] = {"W": "winner", "L": "loser"}.get(origin[0])
    return told


def _set(match: Played) -> Json:
    slots = []
    for index, (side, origin, score) in enumerate(zip(match.sides, match.froms, match.score, strict=True)):
        linked = origin[0] in "WL"
        slots.append(
            {
                "id": f"{KEYS[match.key]}-{index}",
                "slotIndex": index,
                "entrant": {"id": 10 + side, "name": NAMES[side]},
                "prereqType": "set" if linked else "seed",
                "prereqId": str(KEYS[origin[1]] if linked else 50 + side),
                "prereqPlacement": {"W": 1, "L": 2}.get(origin[0]),
                "standing": {"stats": {"score": {"value": score}}},
            }
        )
    return {
        "id": KEYS[match.key],
        "round": match.round,
        "state": 3,
        "winnerId": 10 + match.winner,
        "totalGames": 3,
        "slots": slots,
    }


def brackets_manager() -> Json:
    """As a database of brackets-manager.js."""
    spots = {
        "A": (1, 1, 1),
        "B": (1, 1, 2),
        "C": (1, 2, 1),
        "D": (2, 1, 1),
        "E": (2, 2, 1),
        "F": (3, 1, 1),
        "G": (3, 2, 1),
    }
    rounds = sorted({spot[:2] for spot in spots.values()})
    matches = []
    for index, match in enumerate(MATCHES):
        group, number, own = spots[match.key]
        told: Json = {
            "id": index,
            "stage_id": 0,
            "group_id": group,
            "round_id": rounds.index((group, number)),
            "number": own,
            "status": 4,
            "child_count": 0,
        }
        for slot in (0, 1):
            result = "win" if match.winner == match.sides[slot] else "loss"
            told[f"opponent{slot + 1}"] = {"id": match.sides[slot], "score": match.score[slot], "result": result}
        matches.append(told)
    positions = {"A": (1, 4), "B": (2, 3), "D": (1, 2), "E": (1, None), "F": (None, 1)}
    for match, told in zip(MATCHES, matches, strict=True):
        for slot, position in enumerate(positions.get(match.key, ())):
            if position is not None:
                told[f"opponent{slot + 1}"]["position"] = position
    return {
        "participant": [{"id": seed, "tournament_id": 0, "name": name} for seed, name in NAMES.items()],
        "stage": [
            {"id": 0, "tournament_id": 0, "name": "Small", "type": "double_elimination", "number": 1, "settings": {}}
        ],
        "group": [{"id": number, "stage_id": 0, "number": number} for number in (1, 2, 3)],
        "round": [
            {"id": index, "number": number, "stage_id": 0, "group_id": group}
            for index, (group, number) in enumerate(rounds)
        ],
        "match": matches,
        "match_game": [],
    }


def recorded() -> Json:
    """As results that are reduced to seeds and links."""
    takes = {"W": "winner", "L": "loser"}
    return {
        "entrants": 4,
        "final_rank_by_seed": {str(seed): place for seed, place in PLACES.items()},
        "matches": [
            {
                "id": match.key,
                "round": match.round,
                "p1_seed": match.sides[0],
                "p2_seed": match.sides[1],
                "p1_from": [takes[match.froms[0][0]], match.froms[0][1]] if match.froms[0][0] in takes else None,
                "p2_from": [takes[match.froms[1][0]], match.froms[1][1]] if match.froms[1][0] in takes else None,
                "winner_seed": match.winner,
                "scores": f"{match.score[0]}-{match.score[1]}",
            }
            for match in MATCHES
        ],
    }


def openfootball() -> Json:
    """A cup of two groups of three, whose winners play the final; tables are with it."""

    def match(first: str, second: str, goals: tuple[int, int], group: str | None, **more: Json) -> Json:
        told: Json = {
            "round": "R",
            "date": "2010-06-11",
            "team1": first,
            "team2": second,
            "score": {"ft": list(goals), **more},
        }
        return told | ({"group": group} if group else {})

    def row(name: str, place: int, *counts: int) -> Json:
        keys = ("played", "won", "drawn", "lost", "goals_for", "goals_against", "pts")
        return {"team": {"name": name, "code": name[:3].upper()}, "pos": place, **dict(zip(keys, counts, strict=True))}

    return {
        "name": "Small Cup 2010",
        "matches": [
            match("Peru", "Chad", (2, 0), "Group A"),
            match("Chad", "Fiji", (1, 1), "Group A"),
            match("Fiji", "Peru", (0, 0), "Group A"),
            match("Iran", "MAL", (1, 0), "Group B"),
            match("Mali", "Cuba", (3, 0), "Group B"),
            match("Cuba", "Iran", (2, 1), "Group B"),
            match("Peru", "Mali", (1, 1), None, et=[2, 2], p=[3, 4]),
        ],
        "groups": [
            {
                "name": "Group A",
                "standings": [
                    row("Peru", 1, 2, 1, 1, 0, 2, 0, 4),
                    row("Fiji", 2, 2, 0, 2, 0, 1, 1, 2),
                    row("Chad", 3, 2, 0, 1, 1, 1, 3, 1),
                ],
            },
            {
                "name": "Group B",
                "standings": [
                    row("Mali", 1, 2, 1, 0, 1, 3, 1, 3),
                    row("Iran", 2, 2, 1, 0, 1, 2, 2, 3),
                    row("Cuba", 3, 2, 1, 0, 1, 2, 4, 3),
                ],
            },
        ],
    }


def blue_alliance() -> Json:
    """The playoffs of eight alliances of two teams, in which the better one always wins; the final needs four."""
    pairs = [(1, 8), (4, 5), (2, 7), (3, 6), (8, 5), (7, 6), (1, 4), (2, 3), (4, 6), (3, 5), (1, 2), (3, 4), (2, 3)]

    def match(level: str, number: int, index: int, sides: tuple[int, int], scores: tuple[int, int]) -> Json:
        alliances = {
            colour: {"team_keys": [f"frc{side}", f"frc{side}0"], "score": score}
            for colour, side, score in zip(("red", "blue"), sides, scores, strict=True)
        }
        winner = "red" if scores[0] > scores[1] else "blue" if scores[0] < scores[1] else ""
        return {
            "key": f"2023x_{level}{number}m{index}",
            "event_key": "2023x",
            "comp_level": level,
            "set_number": number,
            "match_number": index,
            "alliances": alliances,
            "winning_alliance": winner,
        }

    def better(sides: tuple[int, int]) -> tuple[int, int]:
        return (90, 60) if sides[0] < sides[1] else (60, 90)

    return [
        match("qm", 1, 1, (1, 2), (3, 4)),
        *(match("sf", number, 1, sides, better(sides)) for number, sides in enumerate(pairs, 1)),
        match("f", 1, 2, (1, 2), (50, 80)),
        match("f", 1, 1, (1, 2), (80, 50)),
        match("f", 1, 3, (1, 2), (70, 70)),
        match("f", 1, 4, (1, 2), (80, 50)),
    ]


def scalachess() -> Json:
    """Three who play each other once."""
    return {
        "event": "Small",
        "ratings": {"1": 2000, "2": 1900, "3": 1800},
        "games": [[1, 1, 2, "1"], [2, 3, 1, "="], [3, 2, 3, "0"]],
        "expected": {
            "1": {"points": 1.5, "DE": 2.0, "SB": 0.75, "WON": 1.0, "BWG": 0.0, "KS": 0.5},
            "3": {"points": 1.5, "DE": 2.0, "SB": 0.75, "WON": 1.0, "BWG": 1.0, "KS": 0.5},
        },
    }


BRACKETS: dict[str, Callable[[], Json]] = {
    "CHALLONGE": challonge,
    "CHALLONGE_2": challonge_2,
    "STARTGG": startgg,
    "STARTGG_ENTITIES": startgg_entities,
    "BRACKETS_MANAGER": brackets_manager,
    "RECORDED": recorded,
}
DOCUMENTS = BRACKETS | {
    "OPENFOOTBALL": openfootball,
    "SCALACHESS": scalachess,
    "BLUE_ALLIANCE": blue_alliance,
}


def encoded(document: Json) -> list[bytes]:
    """The document as the only file."""
    return [json.dumps(document).encode()]


def changed(document: Json, change: Callable[[Json], object]) -> list[bytes]:
    """The document after a change, as the only file."""
    copy = deepcopy(document)
    change(copy)
    return encoded(copy)
