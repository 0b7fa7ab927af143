"""Rules about what clients see."""

from __future__ import annotations

from typing import TypeVar

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)
from strawberry.types.field import StrawberryField

from cli.schema import WRITTEN
from schema.fields import Cost, ListSize
from schema.root import build_schema

D = TypeVar("D")


def _schema() -> GraphQLSchema:
    return build_schema()._schema


def test_the_committed_sdl_is_the_schema() -> None:
    """A change of the API that nobody reads in a diff is a change nobody decided."""
    now = build_schema().as_str().rstrip() + "\n"
    assert WRITTEN.read_text() == now, "run `matchpoint schema --write` and read the diff"


def test_everything_is_described() -> None:
    """Clients read descriptions, not code."""
    silent: list[str] = []
    for name, kind in _schema().type_map.items():
        if name.startswith("__") or name in ("Int", "Float", "String", "Boolean", "ID"):
            continue
        if not kind.description:
            silent.append(name)
        if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)):
            silent += [f"{name}.{key}" for key, field in kind.fields.items() if not field.description]
        if isinstance(kind, GraphQLEnumType):
            silent += [f"{name}.{key}" for key, value in kind.values.items() if not value.description]
        if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
            silent += [
                f"{name}.{key}({argument})"
                for key, field in kind.fields.items()
                for argument, given in field.args.items()
                if not given.description
            ]
    assert silent == []


def test_every_mutation_has_an_input_a_payload_and_a_result_of_its_own() -> None:
    """What two mutations share, neither can change without the other."""
    root = _schema().mutation_type
    assert root is not None
    for key, field in root.fields.items():
        name = key[0].upper() + key[1:]
        assert {argument: str(given.type) for argument, given in field.args.items()} in ({"input": f"{name}Input!"}, {})
        result = get_named_type(field.type)
        assert str(field.type) == f"{name}Result!"
        assert isinstance(result, GraphQLUnionType)
        assert [kind.name for kind in result.types if not kind.name.endswith("Error")] == [f"{name}Payload"]


def test_every_list_that_grows_is_a_connection() -> None:
    """A list without a bound is fine in the demo and fatal in a year. Exceptions are bounded by a rule, named here."""
    bounded = {
        "Bracket.extents", "Bracket.rounds", "BracketRound.matches", "BracketPlace.sources",
        "CorrectMatchPayload.effects", "CorrectMatchPayload.rungChanges", "Ladder.challengeableByViewer",
        "CorrectHeatPayload.effects", "FreeForAllSettings.points", "Heat.entrants", "HeatEffect.after",
        "HeatEffect.before", "HeatEntrant.games", "HeatStanding.heats", "HeatsInUseError.effects",
        "MatchEffect.after", "MatchEffect.before", "ResultInUseError.effects", "Game.formats", "Game.stats",
        "GameScore.scores", "InvalidInputError.path", "LiveScore.names", "LiveScore.scores",
        "LiveScoresSnapshot.scores", "Match.games", "Match.slots", "MatchEvent.scores",
        "MatchEventsSnapshot.events", "MatchReport.games", "MatchReport.scores",
        "ApiKey.scopes", "CounterPicks.addedPool", "DocumentsInvalidError.problems", "Partner.managers",
        "Partner.usage",
        "PartnerRelease.documents", "Presence.viewers",
        "Pairing.seats", "SeedCut.stayed", "SeedCut.wentOn", "Stage.seedCuts",
        "Stage.groups", "Stage.requestedByes", "Stage.sources", "StageGroup.byes", "StageGroup.rounds",
        "StageGroup.standings", "StageSource.groups", "Standing.values",
        "StandingValue.terms", "Tournament.stages",
        "DisputeMessage.links", "DisputeMessagesSnapshot.messages", "MatchCheckIn.sides", "Tournament.attention",
        "MatchCall.answeredSlots", "Queue.calls", "Queue.heatCalls", "Queue.tables", "Queue.waiting",
        "Queue.waitingHeats",
        "Venue.managers", "Venue.tables", "Venue.tournaments",
        "Game.options", "Game.startingSides", "MatchVeto.choosable", "MatchVeto.maps", "MatchVeto.pool",
        "MatchVeto.steps", "StageVeto.pool", "StageVeto.sequences", "VetoMap.startingSides", "VetoSequence.steps",
        "RoundProgress.matches", "Tournament.progress",
        "EliminationSettings.roundFormats", "RoundRobinSettings.roundFormats", "SwissSettings.roundFormats",
        "EventImportReport.differences", "EventImportReport.stages",
        "EntrantGroup.entrants", "SeedingConflict.constraints", "SeedingReport.avoid", "SeedingReport.conflicts",
        "SeedingReport.keepApart",
        "Entrant.players", "Team.invitations", "Team.members", "Tournament.staff", "Viewer.roles",
    }  # fmt: skip
    lists = {
        f"{name}.{key}"
        for name, kind in _schema().type_map.items()
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__")
        for key, field in kind.fields.items()
        if "[" in str(field.type) and key not in ("edges", "nodes")
    }
    assert lists == bounded


def test_every_list_says_how_many_it_counts_as() -> None:
    """Without a size a list would count as one object, whatever it holds. A page counts as its connection says."""
    unsized = {
        f"{name}.{key}"
        for name, kind in _schema().type_map.items()
        if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)) and not name.startswith("__")
        for key, field in kind.fields.items()
        if "[" in str(field.type) and not any(size.assumed_size for size in _declared(field, ListSize))
    }
    assert {place for place in unsized if not place.endswith(("Connection.edges", "Connection.nodes"))} == set()


def test_every_connection_is_sliced_by_first() -> None:
    """A page is as large as the document says; what cannot say it would count as one."""
    for name, kind in _schema().type_map.items():
        if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
            for key, field in kind.fields.items():
                if get_named_type(field.type).name.endswith("Connection"):
                    (size,) = _declared(field, ListSize)
                    assert (size.slicing_arguments, size.sized_fields) == (["first"], ["edges", "nodes"]), (
                        f"{name}.{key}"
                    )
                    assert "first" in field.args, f"{name}.{key}"


def test_every_change_and_subscription_has_a_weight() -> None:
    """A change costs more than the objects it answers, and a subscription is paid for when it begins."""
    schema = _schema()
    for root in (schema.mutation_type, schema.subscription_type):
        assert root is not None
        assert {name for name, field in root.fields.items() if _weight(field) < 10} == set()
    assert schema.query_type is not None
    assert {name for name, field in schema.query_type.fields.items() if _weight(field)} == {
        "eliminationFacts",
        "tournamentExport",
    }


def _declared(field: GraphQLField, kind: type[D]) -> list[D]:
    made = field.extensions.get("strawberry-definition")
    directives = made.directives if isinstance(made, StrawberryField) else ()
    return [directive for directive in directives if isinstance(directive, kind)]


def _weight(field: GraphQLField) -> int:
    return sum(cost.weight for cost in _declared(field, Cost))
