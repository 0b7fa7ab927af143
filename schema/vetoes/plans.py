"""How the sides of a stage's matches choose what is played, as organizers give it and as it is shown."""

from __future__ import annotations

import strawberry

from domain.kernel import veto as domain
from domain.kernel.veto import CounterPicker, VetoBeginner, VetoRepeats, VetoStepKind, VetoTemplate, VetoTurn
from schema.fields import attribute, enum_type, field, input_type, object_type

enum_type(
    VetoStepKind,
    {
        "BAN": "An option is out.",
        "PICK": "An option is played, after those picked before.",
        "SIDE": "One chooses on which side one starts in the game before it.",
        "DECIDER": "The only option that is left over is played last. Nobody chooses it.",
    },
)
enum_type(VetoTurn, {"A": "The side that begins.", "B": "The other side."})
enum_type(
    VetoBeginner,
    {
        "HIGHER_SEED": "The better seed.",
        "LOWER_SEED": "The worse seed.",
        "COIN": "By lot, which is drawn when both sides are known, and kept.",
    },
)
enum_type(
    VetoTemplate,
    {
        "STANDARD": "Two bans, then the picks, then bans until one option is left over, which is played last.",
        "BANS_FIRST": "All bans, then the picks, then what is left over.",
        "STRIKE": (
            "As `BANS_FIRST`, but after the first step each side has two in a row, as stages are struck in fighting"
            " games: of five A bans one, B two, A one, and the last one is played."
        ),
    },
)
enum_type(
    CounterPicker,
    {
        "LOSER": "The side that lost the game before.",
        "WINNER": "The side that won the game before.",
        "ALTERNATE": "B in the second game, A in the third, and so on.",
    },
)
enum_type(
    VetoRepeats,
    {
        "ALLOWED": "Everything may be picked again.",
        "NOT_WON": "Nobody picks what they have won a game of the match on.",
        "NOT_PLAYED": "Nothing that was played in the match is picked again.",
    },
)


@object_type(broadcastable=True)
class VetoOption:
    """A map, mode or discipline, or a side on which one starts."""

    slug: str = attribute("Its short name.")
    name: str = attribute("What people call it.")

    @classmethod
    def from_option(cls, option: domain.VetoOption) -> VetoOption:
        """The option as clients see it."""
        return cls(slug=option.slug, name=option.name)


@object_type(broadcastable=True)
class VetoPlanStep:
    """One step of the veto of every match."""

    kind: VetoStepKind = attribute("What happens in it.")
    turn: VetoTurn | None = attribute("Whose turn it is. Null for the decider.")


@object_type(broadcastable=True)
class VetoSequence:
    """The steps of matches of one length."""

    best_of: int = attribute("How many games these matches have at most.")
    steps: list[VetoPlanStep] = attribute("What happens, in order, at most 64 steps.", size=16)


@object_type(broadcastable=True)
class CounterPicks:
    """How each game after the first is picked, once it is known who won the one before."""

    picker: CounterPicker = attribute("Who picks.")
    bans: int = attribute("How many options the other side bans for the game before.")
    repeats: VetoRepeats = attribute("What may be picked again.")
    added_pool: list[VetoOption] = attribute("What there is to choose from in these games beside the pool.", size=12)

    @classmethod
    def from_picks(cls, picks: domain.CounterPicks) -> CounterPicks:
        """The counter-picks as clients see them."""
        return cls(
            picker=picks.picker,
            bans=picks.bans,
            repeats=picks.repeats,
            added_pool=[VetoOption.from_option(option) for option in picks.added_pool],
        )


@object_type(broadcastable=True)
class StageVeto:
    """How the two sides of each match of a stage choose in turn what is played."""

    plan: strawberry.Private[domain.VetoPlan]
    template: VetoTemplate | None = attribute("The steps of matches whose length has none of its own. Null: all have.")
    has_sides: bool = attribute("Whether by the template starting sides are chosen too.")
    beginner: VetoBeginner = attribute("Who is A.")
    step_seconds: int | None = attribute("How long a step may take, then it is done by lot. Null: as long as it takes.")
    counter_picks: CounterPicks | None = attribute(
        "How later games are picked one by one. Null: the steps are for all games, otherwise for the first."
    )

    @field(size=12, broadcastable=True)
    def pool(self) -> list[VetoOption]:
        """What there is to choose from, in the order in which it is shown, at most 32."""
        return [VetoOption.from_option(option) for option in self.plan.pool]

    @field(size=2, broadcastable=True)
    def sequences(self) -> list[VetoSequence]:
        """The steps of matches of some lengths, instead of those of the template."""
        return [
            VetoSequence(
                best_of=sequence.best_of,
                steps=[VetoPlanStep(kind=step.kind, turn=step.turn) for step in sequence.steps],
            )
            for sequence in self.plan.sequences
        ]

    @classmethod
    def from_plan(cls, plan: domain.VetoPlan) -> StageVeto:
        """The plan as clients see it."""
        return cls(
            plan=plan,
            template=plan.template,
            has_sides=plan.has_sides,
            beginner=plan.beginner,
            step_seconds=plan.step_s,
            counter_picks=None if plan.counter_picks is None else CounterPicks.from_picks(plan.counter_picks),
        )


@input_type
class VetoOptionInput:
    """A map, mode or discipline to choose from."""

    slug: str = attribute("Its short name: 1 to 40 small letters, digits and inner hyphens.")
    name: str | None = attribute(
        "What people call it, at most 60 characters. Null: as in the catalogue of the game, which has to have it then.",
        default=None,
    )

    def to_option(self) -> domain.VetoOption:
        """The option this describes."""
        return domain.VetoOption(self.slug, self.name or "")


@input_type
class VetoStepInput:
    """One step."""

    kind: VetoStepKind = attribute("What happens in it.")
    turn: VetoTurn | None = attribute("Whose turn it is. Null for the decider, and only there.", default=None)


@input_type
class VetoSequenceInput:
    """The steps of matches of one length."""

    best_of: int = attribute("How many games these matches have at most; one of the lengths in the stage.")
    steps: list[VetoStepInput] = attribute(
        "What happens, in order, 1 to 64 steps. Picks and the decider are as many as the match can have games, or one"
        " with counter-picks."
    )


@input_type
class CounterPicksInput:
    """How each game after the first is picked, once it is known who won the one before."""

    picker: CounterPicker = attribute("Who picks.", default=CounterPicker.LOSER)
    bans: int = attribute("How many options the other side bans for the game before, 0 to 8.", default=1)
    repeats: VetoRepeats = attribute("What may be picked again.", default=VetoRepeats.NOT_WON)
    added_pool: list[VetoOptionInput] = attribute(
        "What there is to choose from in these games beside the pool, at most 32 with it, each once.",
        default_factory=list,
    )

    def to_picks(self) -> domain.CounterPicks:
        """The counter-picks this describes."""
        return domain.CounterPicks(
            picker=self.picker,
            bans=self.bans,
            repeats=self.repeats,
            added_pool=tuple(option.to_option() for option in self.added_pool),
        )


@input_type
class VetoInput:
    """How the two sides of each match choose in turn what is played."""

    pool: list[VetoOptionInput] = attribute("What there is to choose from, 1 to 32, each once.")
    template: VetoTemplate | None = attribute(
        "The steps of matches whose length is not in `sequences`. Null: all lengths are.",
        default=VetoTemplate.STANDARD,
    )
    has_sides: bool = attribute(
        "Whether by the template the other side chooses where it starts after each pick, and who is next for the"
        " decider; also after each counter-pick. For games with starting sides.",
        default=False,
    )
    sequences: list[VetoSequenceInput] = attribute("Steps of your own, by length.", default_factory=list)
    beginner: VetoBeginner = attribute("Who is A.", default=VetoBeginner.HIGHER_SEED)
    step_seconds: int | None = attribute(
        "How long a step may take, 10 to 3600, then it is done by lot. Null: as long as it takes.", default=None
    )
    counter_picks: CounterPicksInput | None = attribute(
        "How later games of a best of are picked one by one; template and sequences settle the first one then, and"
        " scores have to tell each game. Null: they settle all games.",
        default=None,
    )

    def to_plan(self) -> domain.VetoPlan:
        """The plan this describes."""
        return domain.VetoPlan(
            pool=tuple(option.to_option() for option in self.pool),
            template=self.template,
            has_sides=self.has_sides,
            sequences=tuple(
                domain.VetoSequence(
                    sequence.best_of, tuple(domain.VetoStep(step.kind, step.turn) for step in sequence.steps)
                )
                for sequence in self.sequences
            ),
            beginner=self.beginner,
            step_s=self.step_seconds,
            counter_picks=None if self.counter_picks is None else self.counter_picks.to_picks(),
        )
