"""Ratings follow finished matches, each exactly once, and corrections as if they had always been so."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from domain.games.events import RatingsChanged
from domain.games.models import Rating, RatingChange, RatingPlace
from domain.games.rules.ratings import NEWCOMER, RatedMatch, Skill, rate, replay, with_winner
from domain.games.values import Competitor
from domain.infra import locks, outbox
from domain.infra.db import WriteSession

_Match = RatedMatch[Competitor]


async def rate_match(
    session: WriteSession,
    game_id: UUID,
    match_id: UUID,
    sides: tuple[Competitor, Competitor],
    winner: int | None,
) -> bool:
    """Let a finished match count; `winner` is the index of a side, None when it was drawn.

    One that counted between these sides before counts where it did, and what depends on it is rated again. False when
    it counts already: nothing changes then.
    """
    await locks.hold(session, game_id)
    if await _counted(session, match_id) is not None:
        return False
    position = await _place_again(session, match_id, sides)
    later: list[_Match] = []
    if position is None:
        position = await _next_position(session, game_id)
        skills = await _skills(session, game_id, sides)
    else:
        later = await _matches_from(session, game_id, position)
        skills = await _skills_before(session, game_id, sides, position)
    before = (skills.get(sides[0], NEWCOMER), skills.get(sides[1], NEWCOMER))
    match = rate(match_id, sides, before, winner)
    await session.execute(
        insert(RatingChange),
        [
            {"game_id": game_id, "position": position, "slot": slot, "has_won": slot == winner, **change}
            for slot, change in enumerate(_changes(match))
        ],
    )
    for slot, skill in enumerate(match.after):
        await _count(session, game_id, sides[slot], skill, has_won=slot == winner)
    if later:
        skills = dict(zip(sides, match.after, strict=True))
        await _write_again(session, game_id, replay(later, skills), skills)
    await outbox.record(session, RatingsChanged(game_id=game_id))
    return True


async def unrate_match(session: WriteSession, game_id: UUID, match_id: UUID) -> bool:
    """Let a match count no longer, and rate what depends on it again, as if it had never been.

    False when it did not count: nothing changes then.
    """
    await locks.hold(session, game_id)
    position = await _counted(session, match_id)
    if position is None:
        return False
    match, *later = await _matches_from(session, game_id, position)
    first, second = match.sides
    await session.execute(delete(RatingChange).where(RatingChange.match_id == match_id))
    await session.execute(
        insert(RatingPlace).values(
            match_id=match_id, first_id=first.id, second_id=second.id, game_id=game_id, position=position
        )
    )
    skills = dict(zip(match.sides, match.before, strict=True))
    again = replay(later, skills)
    for slot, side in enumerate(match.sides):
        if not await _uncount(session, game_id, side, has_won=slot == match.winner):
            del skills[side]
    await _write_again(session, game_id, again, skills)
    await outbox.record(session, RatingsChanged(game_id=game_id))
    return True


async def rerate_match(session: WriteSession, game_id: UUID, match_id: UUID, winner: int | None) -> bool:
    """Let a match that counted have ended otherwise, and rate again what depends on it.

    False when it did not count, or ended like this already: nothing changes then.
    """
    await locks.hold(session, game_id)
    position = await _counted(session, match_id)
    if position is None:
        return False
    match, *later = await _matches_from(session, game_id, position)
    if match.winner == winner:
        return False
    skills = dict(zip(match.sides, match.before, strict=True))
    await _write_again(session, game_id, replay([with_winner(match, winner), *later], skills), skills)
    for slot, side in enumerate(match.sides):
        change = (slot == winner) - (slot == match.winner)
        if change:
            won = update(RatingChange).where(RatingChange.match_id == match_id, RatingChange.slot == slot)
            await session.execute(won.values(has_won=slot == winner))
            await session.execute(update(Rating).where(*_of(game_id, side)).values(wins=Rating.wins + change))
    await outbox.record(session, RatingsChanged(game_id=game_id))
    return True


async def _counted(session: WriteSession, match_id: UUID) -> int | None:
    return await session.scalar(select(RatingChange.position).where(RatingChange.match_id == match_id).limit(1))


async def _place_again(session: WriteSession, match_id: UUID, sides: tuple[Competitor, Competitor]) -> int | None:
    """The position at which the match counted between these sides; it is the match's again."""
    first, second = sides
    statement = delete(RatingPlace).where(
        RatingPlace.match_id == match_id, RatingPlace.first_id == first.id, RatingPlace.second_id == second.id
    )
    return await session.scalar(statement.returning(RatingPlace.position))


async def _next_position(session: WriteSession, game_id: UUID) -> int:
    counting = select(func.max(RatingChange.position)).where(RatingChange.game_id == game_id)
    kept = select(func.max(RatingPlace.position)).where(RatingPlace.game_id == game_id)
    last = await session.scalar(select(func.greatest(counting.scalar_subquery(), kept.scalar_subquery())))
    return (last or 0) + 1


async def _skills_before(
    session: WriteSession, game_id: UUID, sides: Sequence[Competitor], position: int
) -> dict[Competitor, Skill]:
    """What was believed of sides before a position."""
    statement = (
        select(RatingChange.kind, RatingChange.participant_id, RatingChange.mu_after, RatingChange.sigma_after)
        .ext(distinct_on(RatingChange.participant_id))
        .where(
            RatingChange.game_id == game_id,
            RatingChange.position < position,
            tuple_(RatingChange.kind, RatingChange.participant_id).in_(sides),
        )
        .order_by(RatingChange.participant_id, RatingChange.position.desc())
    )
    found = await session.execute(statement)
    return {Competitor(kind, participant_id): Skill(mu, sigma) for kind, participant_id, mu, sigma in found}


async def _skills(session: WriteSession, game_id: UUID, sides: Sequence[Competitor]) -> dict[Competitor, Skill]:
    statement = select(Rating.kind, Rating.participant_id, Rating.mu, Rating.sigma).where(
        Rating.game_id == game_id, tuple_(Rating.kind, Rating.participant_id).in_(sides)
    )
    found = await session.execute(statement)
    return {Competitor(kind, participant_id): Skill(mu, sigma) for kind, participant_id, mu, sigma in found}


async def _matches_from(session: WriteSession, game_id: UUID, position: int) -> list[_Match]:
    """The rated matches of a game from a position on, in order."""
    statement = (
        select(
            RatingChange.match_id,
            RatingChange.kind,
            RatingChange.participant_id,
            RatingChange.has_won,
            RatingChange.mu_before,
            RatingChange.sigma_before,
            RatingChange.mu_after,
            RatingChange.sigma_after,
        )
        .where(RatingChange.game_id == game_id, RatingChange.position >= position)
        .order_by(RatingChange.position, RatingChange.slot)
    )
    rows = (await session.execute(statement)).all()
    return [
        RatedMatch(
            match_id=first.match_id,
            sides=(Competitor(first.kind, first.participant_id), Competitor(second.kind, second.participant_id)),
            winner=next((slot for slot, change in enumerate((first, second)) if change.has_won), None),
            before=(Skill(first.mu_before, first.sigma_before), Skill(second.mu_before, second.sigma_before)),
            after=(Skill(first.mu_after, first.sigma_after), Skill(second.mu_after, second.sigma_after)),
        )
        for first, second in zip(rows[::2], rows[1::2], strict=True)
    ]


def _changes(match: _Match) -> list[dict[str, object]]:
    """The changes of a match, as columns; the key of each row is among them."""
    return [
        {
            "match_id": match.match_id,
            "kind": side.kind,
            "participant_id": side.id,
            "mu_before": before.mu,
            "sigma_before": before.sigma,
            "mu_after": after.mu,
            "sigma_after": after.sigma,
        }
        for side, before, after in zip(match.sides, match.before, match.after, strict=True)
    ]


async def _write_again(
    session: WriteSession, game_id: UUID, again: Sequence[_Match], skills: dict[Competitor, Skill]
) -> None:
    changes = [change for match in again for change in _changes(match)]
    if changes:
        await session.execute(update(RatingChange), changes)
    ratings = [
        {"game_id": game_id, "kind": side.kind, "participant_id": side.id, "mu": skill.mu, "sigma": skill.sigma}
        for side, skill in skills.items()
    ]
    if ratings:
        await session.execute(update(Rating), ratings)


def _of(game_id: UUID, side: Competitor) -> tuple[ColumnElement[bool], ...]:
    return Rating.game_id == game_id, Rating.kind == side.kind, Rating.participant_id == side.id


async def _count(session: WriteSession, game_id: UUID, side: Competitor, skill: Skill, *, has_won: bool) -> None:
    statement = insert(Rating).values(
        game_id=game_id,
        kind=side.kind,
        participant_id=side.id,
        mu=skill.mu,
        sigma=skill.sigma,
        matches=1,
        wins=int(has_won),
    )
    present = {
        "mu": statement.excluded.mu,
        "sigma": statement.excluded.sigma,
        "matches": Rating.matches + 1,
        "wins": Rating.wins + statement.excluded.wins,
    }
    key = [Rating.game_id, Rating.kind, Rating.participant_id]
    await session.execute(statement.on_conflict_do_update(index_elements=key, set_=present))


async def _uncount(session: WriteSession, game_id: UUID, side: Competitor, *, has_won: bool) -> bool:
    """Let a competitor have played one match less; False when that was the only one, so that no rating is left."""
    only = delete(Rating).where(*_of(game_id, side), Rating.matches == 1)
    if await session.scalar(only.returning(Rating.matches)) is not None:
        return False
    fewer = {"matches": Rating.matches - 1, "wins": Rating.wins - int(has_won)}
    await session.execute(update(Rating).where(*_of(game_id, side)).values(fewer))
    return True
