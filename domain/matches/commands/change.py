"""How every change of a match is made: held, checked against the version the caller saw, logged, recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.infra import locks, outbox
from domain.infra.db import WriteSession
from domain.kernel.actor import Actor
from domain.kernel.errors import InvalidInput, StaleVersion
from domain.matches.errors import MatchNotFound
from domain.matches.events import MatchChanged
from domain.matches.models import Match, MatchLogRow
from domain.matches.values import EntryKind, Scores

_MAX_TEXT = 500


async def held(session: WriteSession, match_id: UUID, version: int | None = None) -> Match:
    """The match, held until the transaction ends together with everything else of its owner.

    Raises:
        MatchNotFound: there is no such match.
        StaleVersion: it is not at the version the caller saw.
    """
    owner_id = (await session.execute(select(Match.owner_id).where(Match.id == match_id))).one_or_none()
    if owner_id is None:
        raise MatchNotFound
    await locks.hold(session, owner_id[0] or match_id)
    statement = select(Match).where(Match.id == match_id).execution_options(populate_existing=True)
    match = (await session.scalars(statement)).one()
    if version is not None and match.version != version:
        raise StaleVersion("match", match.version)
    return match


def checked_text(text: str, field: str) -> str:
    """What somebody says about a match, without surrounding spaces.

    Raises:
        InvalidInput: it is empty, longer than 500 characters, or holds a null character.
    """
    text = text.strip()
    if not 1 <= len(text) <= _MAX_TEXT or "\x00" in text:
        raise InvalidInput(f"Say it in 1 to {_MAX_TEXT} characters.", field)
    return text


@dataclass(slots=True)
class Change:
    """The entries that one change adds to the log of a match."""

    match: Match
    actor: Actor
    now: datetime
    entries: list[MatchLogRow] = field(default_factory=list)

    def log(
        self, kind: EntryKind, *, slot: int | None = None, scores: Scores | None = None, message: str | None = None
    ) -> None:
        """Add an entry."""
        self.match.log_length += 1
        self.entries.append(
            MatchLogRow(
                match_id=self.match.id,
                sequence=self.match.log_length,
                kind=kind,
                at=self.now,
                actor_id=self.actor.user_id,
                slot=slot,
                scores=None if scores is None else list(scores),
                message=message,
            )
        )

    async def record(
        self,
        session: WriteSession,
        *,
        is_new_version: bool = True,
        is_score_alone: bool = False,
        has_other_sides: bool = False,
    ) -> None:
        """Write the entries, raise the version and record the fact."""
        if is_new_version:
            self.match.version += 1
        session.add_all(self.entries)
        await outbox.record(
            session,
            MatchChanged(
                state=self.match.state,
                entries=tuple(row.entry for row in self.entries),
                is_new_version=is_new_version,
                is_score_alone=is_score_alone,
                has_other_sides=has_other_sides,
            ),
        )
