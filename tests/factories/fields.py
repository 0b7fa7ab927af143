"""Large fields: thousands of people in an event, written as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.accounts import User
from domain.infra.db import WriteSession
from domain.infra.rows import insert_all
from domain.kernel.actor import Actor
from domain.kernel.ids import new_id
from domain.kernel.participant import ParticipantKind
from domain.tournaments import Entrant, EntrantStatus, Tournament
from domain.tournaments.models import EntrantPlayer


async def enter_all(session: WriteSession, tournament: Tournament, names: Sequence[str], now: datetime) -> list[Actor]:
    """Make a user of each name and register all of them, as if each had done so alone."""
    people = [_user(name, now) for name in names]
    entrants = [
        {
            "id": new_id(),
            "tournament_id": tournament.id,
            "kind": ParticipantKind.USER,
            "participant_id": person["id"],
            "name": person["display_name"],
            "number": number,
            "status": EntrantStatus.REGISTERED,
            "registered_at": now,
        }
        for number, person in enumerate(people, start=1)
    ]
    players = [
        {"entrant_id": entrant["id"], "user_id": entrant["participant_id"], "tournament_id": tournament.id}
        for entrant in entrants
    ]
    await insert_all(session, User, people)
    await insert_all(session, Entrant, entrants)
    await insert_all(session, EntrantPlayer, players)
    tournament.entrant_count = len(entrants)
    return [Actor(user_id=person["id"]) for person in people]


async def make_user(session: WriteSession, name: str, now: datetime) -> Actor:
    """One user."""
    user = _user(name, now)
    await insert_all(session, User, [user])
    return Actor(user_id=user["id"])


def _user(name: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "email": f"{name}@example.com",
        "username": name,
        "display_name": name,
        "password_hash": "",
        "created_at": now,
    }
