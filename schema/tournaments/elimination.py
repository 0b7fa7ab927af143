"""What can be known of a bracket before it is drawn."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain import tournaments as domain
from schema.fields import attribute, field, object_type
from schema.tournaments.formats import DropOrder

# The largest bracket takes as much as some hundred small reads.
_WEIGHT = 50


@object_type(broadcastable=True)
class EliminationFacts:
    """The size of a double elimination, and when those who have met can meet again."""

    upper_round_count: int = attribute("The rounds of the upper bracket.")
    lower_round_count: int = attribute("The rounds of the lower bracket that have matches.")
    match_count: int = attribute("The matches of both, without a grand final.")
    earliest_rematch_round: int | None = attribute(
        "The first lower round in which two who met in the upper bracket can meet again. Null when there is none."
    )


@object_type
class EliminationQuery:
    """Reads about brackets that do not exist yet."""

    @field(weight=_WEIGHT)
    def elimination_facts(
        self,
        entrant_count: Annotated[int, strawberry.argument(description="2 to 4096.")],
        drop_order: Annotated[
            DropOrder, strawberry.argument(description="Where the losers of the upper bracket go.")
        ] = domain.DropOrder.OPTIMAL,
        lower_starter_count: Annotated[
            int, strawberry.argument(description="How many of the lowest seeds start in the lower bracket.")
        ] = 0,
    ) -> EliminationFacts:
        """What a double elimination of any size is like, to choose one before the start. A started one says of itself
        when people can meet again.
        """
        facts = domain.elimination_facts(entrant_count, drop_order, lower_starter_count)
        return EliminationFacts(
            upper_round_count=facts.upper_rounds,
            lower_round_count=facts.lower_rounds,
            match_count=facts.matches,
            earliest_rematch_round=facts.earliest_rematch_round,
        )
