"""Everything that can happen to a tournament but for its running matches, in one order that makes all of it happen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from domain import tournaments
from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.tournaments import Entrant, SeedingMethod, Structure, Tournament
from tests.factories.teams import NOW, run
from tests.factories.tournaments import (
    bracket,
    correction,
    enter,
    entrants,
    favourite,
    play,
    published,
    row_of,
    start,
)

Act = Callable[[], Awaitable[Any]]

PEOPLE = 5


@dataclass(frozen=True, slots=True)
class Story:
    """A single elimination with a check-in, for four at first, and five people who want to play."""

    db: Database
    cup: Tournament
    organizer: Actor
    people: Sequence[Actor]

    @classmethod
    async def begun(cls, db: Database, slug: str, organizer: Actor, people: Sequence[Actor]) -> Story:
        """One whose tournament is published."""
        cup = await published(
            db,
            organizer,
            slug,
            structure=Structure.SINGLE_ELIMINATION,
            capacity=4,
            check_in_opens_at=NOW - timedelta(hours=1),
        )
        return cls(db, cup, organizer, people)

    @property
    def acts(self) -> list[Act]:
        """What happens, each as what commits it. At the end the tournament has finished."""
        ann, bob, cid, dan, eve = range(PEOPLE)
        return [
            partial(self._edit, name="Autumn Cup"),
            *(partial(self._enter, each) for each in (ann, bob, cid, dan)),
            partial(self._enter, eve, waitlist=True),
            partial(self._check_in, ann),
            self._seed,
            partial(self._withdraw, bob),  # eve moves up
            partial(self._enter, bob, waitlist=True),
            partial(self._edit, capacity=5),  # bob moves up
            partial(self._disqualify, dan),
            *(partial(self._check_in, each) for each in (bob, cid, eve)),
            self._stop_registration,
            partial(start, self.db, self.organizer, self.cup.id),
            partial(self._finish, "U1.1"),
            partial(self._disqualify_first, "U1.2"),
            partial(self._finish, "U2.1"),
            partial(self._correct, "U2.1"),
            partial(self._correct, "U1.1", force=True),  # the final is to be played again
            partial(self._finish, "U2.1"),
        ]

    async def _edit(self, **values: Any) -> None:
        version = (await row_of(self.db, self.cup.id)).version
        command = tournaments.UpdateTournament(self.cup.id, version, **values)
        await run(self.db, tournaments.update_tournament, self.organizer, command)

    async def _enter(self, person: int, *, waitlist: bool = False) -> None:
        await enter(self.db, self.cup.id, self.people[person], waitlist=waitlist)

    async def _check_in(self, person: int) -> None:
        command = tournaments.CheckIn((await self._entrant(self.people[person])).id, NOW)
        await run(self.db, tournaments.check_in, self.people[person], command)

    async def _seed(self) -> None:
        command = tournaments.SeedTournament(self.cup.id, SeedingMethod.RANDOM, number=7)
        await run(self.db, tournaments.seed_tournament, self.organizer, command)

    async def _withdraw(self, person: int) -> None:
        command = tournaments.WithdrawEntrant((await self._entrant(self.people[person])).id, NOW)
        await run(self.db, tournaments.withdraw_entrant, self.people[person], command)

    async def _disqualify(self, person: int) -> None:
        command = tournaments.DisqualifyEntrant((await self._entrant(self.people[person])).id, "unsporting", NOW)
        await run(self.db, tournaments.disqualify_entrant, self.organizer, command)

    async def _disqualify_first(self, key: str) -> None:
        first = (await bracket(self.db, self.cup.id))[key].slots[0]
        await self._disqualify([each.user_id for each in self.people].index(first.participant_id))

    async def _stop_registration(self) -> None:
        command = tournaments.SetRegistration(self.cup.id, is_open=False)
        await run(self.db, tournaments.set_registration, self.organizer, command)

    async def _finish(self, key: str) -> None:
        state = (await bracket(self.db, self.cup.id))[key]
        await play(self.db, state, {each.require_user(): each for each in self.people}, favourite(state))

    async def _correct(self, key: str, *, force: bool = False) -> None:
        state = (await bracket(self.db, self.cup.id))[key]
        assert state.winner is not None
        command = correction(state, 1 - state.winner, force=force)
        await run(self.db, tournaments.correct_match, self.organizer, command)

    async def _entrant(self, person: Actor) -> Entrant:
        return next(each for each in await entrants(self.db, self.cup.id) if each.participant_id == person.user_id)
