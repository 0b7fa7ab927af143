"""The veto of a match, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import strawberry

from domain import vetoes as domain
from domain.kernel.ids import global_id
from domain.kernel.veto import VetoStepKind, VetoTurn
from domain.matches import Scores
from resolvers import matches as resolve_matches
from resolvers import vetoes as resolve
from resolvers.context import Context
from schema import matches
from schema.fields import Info, attribute, field, object_type
from schema.node import Node, readable
from schema.refs import MatchRef
from schema.vetoes.plans import VetoOption


@object_type(broadcastable=True)
class VetoStep:
    """One step of the veto of a match, done or still to come."""

    number: int = attribute("Counts from 1.")
    game: int = attribute("The game for which it is done, where later ones are picked one by one. Otherwise 1.")
    kind: VetoStepKind = attribute("What happens in it.")
    slot: int | None = attribute("Whose turn it is. Null for the decider.")
    option: VetoOption | None = attribute("What was chosen, or is left over. Null while it is still to come.")
    chosen_at: datetime | None = attribute("When. Null while it is still to come.")
    is_automatic: bool = attribute("Whether it was done by lot because the time was over; always for a decider.")


@object_type(broadcastable=True)
class VetoMap:
    """What is played in one game of the match."""

    game: int = attribute("The number of the game, from 1.")
    option: VetoOption = attribute("What is played.")
    picked_by_slot: int | None = attribute("The side that picked it. Null: it was left over.")
    starting_sides: list[VetoOption] = attribute(
        "On which sides slot 0 and slot 1 start. Empty where nobody has chosen.", size=2
    )
    winner_slot: int | None = attribute("The side that won it, as far as games are told. Null: not told, or drawn.")


@object_type(broadcastable=True)
class MatchVeto(Node):
    """How the two sides of a match choose in turn what is played. Other sides of the match have one of their own."""

    row: strawberry.Private[domain.VetoView]
    progress: strawberry.Private[domain.Progress]
    version: int = attribute("Rises by one with each change; writes have to name the version they saw.")
    is_complete: bool = attribute(
        "Whether it is settled what is played, or with counter-picks what is next. Until then sides do not begin."
    )
    turn: int | None = attribute(
        "The slot whose turn it is, also if the match was decided before. Null when all steps are done."
    )
    deadline_at: datetime | None = attribute(
        "When the step is done by lot, if the match is still open. Null: there is no limit, or no step."
    )

    @field(size=12, broadcastable=True)
    def pool(self) -> list[VetoOption]:
        """What there was to choose from, also in later games alone."""
        return [VetoOption.from_option(option) for option in self.progress.course.options]

    @field(size=12, broadcastable=True)
    def choosable(self) -> list[VetoOption]:
        """What can be chosen now: options that are left, or starting sides. Empty when all steps are done."""
        return [VetoOption.from_option(option) for option in self.progress.choosable]

    @field(size=16, broadcastable=True)
    def steps(self) -> list[VetoStep]:
        """All steps in order, also those to come. With counter-picks those of a game come when it is told who won the
        one before.
        """
        done = self.progress.done
        return [
            VetoStep(
                number=number,
                game=known.game,
                kind=known.step.kind,
                slot=_slot(self.row, known.step.turn),
                option=VetoOption.from_option(done[number - 1].option) if number <= len(done) else None,
                chosen_at=done[number - 1].at if number <= len(done) else None,
                is_automatic=number <= len(done) and done[number - 1].is_automatic,
            )
            for number, known in enumerate(self.progress.steps, start=1)
        ]

    @field(size=7, broadcastable=True)
    def maps(self) -> list[VetoMap]:
        """What is played, as far as it is settled, in the order of the games."""
        return [
            VetoMap(
                game=game,
                option=VetoOption.from_option(one.option),
                picked_by_slot=_slot(self.row, one.picked_by),
                starting_sides=self._starting_sides(one),
                winner_slot=_slot(self.row, one.winner),
            )
            for game, one in enumerate(self.progress.maps, start=1)
        ]

    @field(broadcastable=True)
    async def match(self, info: Info) -> MatchRef:
        """What it is about."""
        state = await resolve_matches.match(info.context, self.row.match_id)
        assert state is not None
        return matches.Match.from_state(state)

    def _starting_sides(self, one: domain.VetoMap) -> list[VetoOption]:
        if one.starting_side is None:
            return []
        other = next(side for side in self.progress.course.starting_sides if side != one.starting_side)
        sides = [VetoOption.from_option(one.starting_side), VetoOption.from_option(other)]
        return sides if _slot(self.row, one.chooser) == 0 else sides[::-1]

    @classmethod
    def from_model(cls, row: domain.VetoView, games: Sequence[Scores]) -> MatchVeto:
        """The veto of a row, when these games of its match are told."""
        progress = domain.progress_in(row, games)
        step = progress.next_step
        return cls(
            id=strawberry.ID(global_id("MatchVeto", row.id)),
            row=row,
            progress=progress,
            version=row.version,
            is_complete=progress.is_complete,
            turn=None if step is None else _slot(row, step.turn),
            deadline_at=row.deadline_at,
        )


def _slot(row: domain.VetoView, turn: VetoTurn | None) -> int | None:
    return None if turn is None else row.slot_of(turn)


async def _read(ctx: Context, key: UUID) -> MatchVeto | None:
    row = await resolve.veto_by_id(ctx, key)
    return None if row is None else await seen(ctx, row)


async def seen(ctx: Context, row: domain.VetoView) -> MatchVeto:
    """The veto of a row, as its match is now."""
    state = await resolve_matches.match(ctx, row.match_id)
    assert state is not None
    return MatchVeto.from_model(row, resolve.games_between(row, state))


readable("MatchVeto", _read)
