"""What is counted before an operation runs is never less than what it answers, whatever it selects."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from domain.infra.db import Database
from domain.kernel.actor import Actor
from domain.kernel.ids import global_id
from domain.matches import MatchStatus, StartMatch, start_match
from domain.partners import Use, record_usage
from domain.tournaments import Tournament
from resolvers.context import Context
from resolvers.services import Services
from schema.root import build_schema
from schema.server.documents import Documents
from schema.server.execution import Engine, objects_in
from schema.server.masking import RequestRefused
from schema.server.parameters import Parameters
from tests.factories.disputes import call_referee, post
from tests.factories.games import make_catalogue
from tests.factories.heats import free_for_all, run_heats
from tests.factories.partners import document, make_key, make_partner, publish
from tests.factories.queues import use_tables
from tests.factories.stages import round_robin
from tests.factories.teams import NOW, add_members, make_admin, make_invitation, make_people, make_team, run
from tests.factories.tournaments import play_on, started, states
from tests.factories.venues import hall
from tests.factories.vetoes import begun_veto
from tests.schema.server.small import NO_DOCUMENTS

SCHEMA = build_schema()
_CORE = SCHEMA._schema
_DOCUMENTS = 200
_SEED = 20260501


class Writer:
    """Writes queries over the schema that find what is there: by chance, with aliases, fragments and conditions."""

    def __init__(self, chance: random.Random, known: dict[str, Sequence[str]]) -> None:
        self._chance = chance
        self._known = known
        self._fragments: list[str] = []
        self._breadth = 1

    def query(self) -> str:
        """A query. Some are narrow, because what is counted too low shows where little else is counted."""
        self._fragments = []
        self._breadth = self._chance.choice((1, 1, 2, 3))
        root = _CORE.query_type
        assert root is not None
        return " ".join(
            ["query ($n: Int = 7) {", self._selected(root, self._chance.randint(2, 6)), "}", *self._fragments]
        )

    def _selected(self, parent: GraphQLNamedType, depth: int) -> str:
        if isinstance(parent, GraphQLUnionType) or (
            isinstance(parent, GraphQLInterfaceType) and self._chance.random() < 0.8
        ):
            kinds = list(_CORE.get_possible_types(parent))
            chosen = self._chance.sample(kinds, min(len(kinds), self._chance.randint(1, 3)))
            parts = [f"... on {kind.name} {{ {self._selected(kind, depth)} }}" for kind in chosen]
            return " ".join(["__typename", *parts])
        assert isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType))
        usable = [name for name, field in parent.fields.items() if depth or is_leaf_type(get_named_type(field.type))]
        composite = [name for name in usable if not is_leaf_type(get_named_type(parent.fields[name].type))]
        names = self._chance.sample(usable, min(len(usable), self._chance.randint(1, self._breadth)))
        if composite and self._chance.random() < 0.8:
            lists = [name for name in composite if "[" in str(parent.fields[name].type)]
            names[0] = self._chance.choice(lists if lists and self._chance.random() < 0.6 else composite)
        parts = ["__typename", *(self._field(parent, name, depth) for name in dict.fromkeys(names))]
        if composite and self._breadth > 1 and self._chance.random() < 0.2:
            alias = f"a{self._chance.randrange(10**9)}"
            parts.append(f"{alias}: {self._field(parent, self._chance.choice(composite), depth)}")
        return self._wrapped(parent, " ".join(parts))

    def _wrapped(self, parent: GraphQLNamedType, selection: str) -> str:
        if self._chance.random() < 0.2:
            name = f"F{len(self._fragments)}"
            self._fragments.append(f"fragment {name} on {parent.name} {{ {selection} }}")
            return f"...{name}"
        return f"... {{ {selection} }}" if self._chance.random() < 0.1 else selection

    def _field(self, parent: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int) -> str:
        field = parent.fields[name]
        given = [
            f"{key}: {self._value(key, argument, field)}"
            for key, argument in field.args.items()
            if self._gives(key, argument)
        ]
        kind = get_named_type(field.type)
        selection = "" if is_leaf_type(kind) else f" {{ {self._selected(kind, depth - 1)} }}"
        arguments = f"({', '.join(given)})" if given else ""
        return f"{name}{arguments}{selection}"

    def _gives(self, key: str, argument: GraphQLArgument) -> bool:
        return is_required_argument(argument) or (key == "first" and self._chance.random() < 0.8)

    def _value(self, key: str, argument: GraphQLArgument, field: GraphQLField) -> str:
        if get_named_type(argument.type) is GraphQLInt:
            return self._chance.choice(["2", "3", "5", "8", "$n"])
        kind = get_named_type(field.type).name
        found = self._known.get(f"{kind}.{key}") or self._known[key]
        return f'"{self._chance.choice(found)}"'


async def make_world(db: Database) -> tuple[Actor, Tournament]:
    """Who runs cups, over, in a hall and with a veto, a league and heats, leads a team, and manages a partner."""
    await make_catalogue(db)
    organizer, *others = await make_people(db, "organizer", "ben", "cleo", "dan")
    cup, players = await started(db, organizer, 8)
    await play_on(db, cup.id, players)
    summer, racers = await started(db, organizer, 12, "summer-cup")
    await begun_veto(db, organizer, *others[:2])
    disputed = next(state for state in await states(db, summer.id) if state.status is MatchStatus.READY)
    first, second = (racers[slot.participant_id] for slot in disputed.slots if slot.participant_id is not None)
    await call_referee(db, first, disputed.id)
    for actor in (first, second, organizer):
        await post(db, actor, disputed.id, links=("https://clips.example/1", "https://clips.example/2"))
    await run(db, start_match, first, StartMatch(disputed.id, disputed.version, NOW - timedelta(days=1)))
    venue, tables = await hall(db, organizer, 3)
    await use_tables(db, organizer, summer.id, venue, tables)
    league, players = await started(db, organizer, 9, "league", structure=None, stages=[round_robin(group_count=3)])
    await play_on(db, league.id, players)
    royale, _ = await started(
        db, organizer, 20, "royale", structure=None, stages=[free_for_all(heat_size=8, advancing=4)]
    )
    await run_heats(db, organizer, royale.id)
    team = await make_team(db, organizer)
    await add_members(db, team.id, *others[:2])
    await make_invitation(db, organizer, team.id, "dan")
    partner = await make_partner(db, await make_admin(db), "organizer")
    key, _ = await make_key(db, organizer, partner.id)
    for number in range(3):
        await publish(db, organizer, partner.id, f"1.{number}", "query A { a }", f"query B{number} {{ b }}")
    use = Use(partner.id, key.id, document("query A { a }").hash, NOW.date(), 1, 0, 1, NOW)
    await db.transaction(lambda session: record_usage(session, [use]))
    return organizer, cup


async def test_no_answer_holds_more_objects_than_its_document_was_counted_with(
    db: Database, services: Services
) -> None:
    organizer, cup = await make_world(db)
    matches = [global_id("Match", state.id) for state in await states(db, cup.id)]
    known = {
        "Tournament.slug": ("spring-cup", "summer-cup", "league", "maps", "royale"),
        # Of `tournamentExport`, which answers a text.
        "String.slug": ("spring-cup",),
        "Team.slug": ("reds",),
        "Partner.slug": ("acme",),
        "Venue.slug": ("old-hall",),
        "Game.slug": ("rocket-league-1v1", "valorant"),
        "game": ("rocket-league-1v1",),
        "username": ("organizer", "ben", "spring-cup-1"),
        "Match.id": matches,
        "id": [global_id("Tournament", cup.id), global_id("User", organizer.require_user()), *matches[:2]],
    }
    documents, engine = Documents(SCHEMA, NO_DOCUMENTS), Engine(SCHEMA)
    writer = Writer(random.Random(_SEED), known)
    counted: list[int] = []
    while len(counted) < _DOCUMENTS:
        source = writer.query()
        try:
            operation = documents.operation(Parameters(query=source))
        except RequestRefused:
            continue  # it asks for too much, or two fragments give one name to different things
        # Once by graphql-core, and once by a plan.
        first, second = [
            await engine.answer(operation, {}, Context(services=services, actor=organizer)) for _ in range(2)
        ]
        assert "errors" not in first.body, (first, source)
        assert second == first, source
        assert first.objects == objects_in(first.body["data"])
        counted.append(first.objects)
        assert operation.demand.objects >= counted[-1], source
    # What was written did find something.
    assert sum(counted) > 10 * _DOCUMENTS
