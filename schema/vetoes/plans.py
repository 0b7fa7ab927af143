"""How the sides of a stage's matches choose what is played, as organizers give it and as it is shown."""

from __future__ import annotations

import strawberry

from domain.kernel import veto as domain
from domain.kernel.veto import VetoBeginner, VetoStepKind, VetoTemplate, VetoTurn
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
class StageVeto:
    """How the two sides of each match of a stage choose in turn what is played."""

    plan: strawberry.Private[domain.VetoPlan]
    template: VetoTemplate | None = attribute("The steps of matches whose length has none of its own. Null: all have.")
    has_sides: bool = attribute("Whether by the template starting sides are chosen too.")
    beginner: VetoBeginner = attribute("Who is A.")
    step_seconds: int | None = attribute("How long a step may take, then it is done by lot. Null: as long as it takes.")

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
        )


@input_type
class VetoOptionInput:
    """A map, mode or discipline to choose from."""

    slug: str = attribute("Its short name: 1 to 40 small letters, digits and inner hyphens.")
    name: str | None = attribute(
        "What people call it, at most 60 characters. Null: as in the catalogue of the game, which has to have it then.",
        default=None,
    )


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
        "What happens, in order, 1 to 64 steps. Picks and the decider are as many as the match can have games."
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
        " decider. For games with starting sides.",
        default=False,
    )
    sequences: list[VetoSequenceInput] = attribute("Steps of your own, by length.", default_factory=list)
    beginner: VetoBeginner = attribute("Who is A.", default=VetoBeginner.HIGHER_SEED)
    step_seconds: int | None = attribute(
        "How long a step may take, 10 to 3600, then it is done by lot. Null: as long as it takes.", default=None
    )

    def to_plan(self) -> domain.VetoPlan:
        """The plan this describes."""
        return domain.VetoPlan(
            pool=tuple(domain.VetoOption(option.slug, option.name or "") for option in self.pool),
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
        )
