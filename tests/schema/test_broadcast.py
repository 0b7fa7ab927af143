"""What viewers get through a group they share is what each of them would be answered alone, field by field.

For each subscription a document selects every field that is broadcastable, as deep as the schema goes on without coming
back to a type twice; the response keys say which field of which type a value is. All kinds of viewers follow it in one
group. What they get is compared with what an execution with their own rights answers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    parse,
)

from domain import matches, tournaments
from domain.infra.hub import Envelope
from domain.infra.presence import Subject, Watching
from domain.kernel.actor import ANONYMOUS, Actor, Role
from domain.kernel.ids import global_id, key_of
from domain.kernel.participant import ParticipantKind
from domain.matches import DecideResult, DisputeResult, MatchStatus, ReportResult
from domain.tournaments import (
    BracketSide,
    CheckIn,
    RegisterEntrant,
    RoundFormat,
    SeedingMethod,
    SeedTournament,
    StageSource,
    Structure,
)
from resolvers.context import Context
from resolvers.services import Services
from resolvers.streams import PUBLIC, Change, ResyncReason, Stream
from schema.root import build_schema
from schema.server.broadcastable import is_broadcastable, unshared_fields
from schema.server.documents import FOLDER, Documents, Operation
from schema.server.execution import Engine
from schema.server.fanout import Fanout
from schema.server.limits import Limits
from schema.server.masking import RequestRefused
from schema.server.parameters import Parameters
from tests.factories.deadlines import set_deadlines
from tests.factories.games import make_catalogue
from tests.factories.heats import run_heats
from tests.factories.queues import use_tables
from tests.factories.scenes import (
    call_in_vain,
    called_off,
    check_all_in,
    climbing,
    from_a_file,
    heats_at_a_table,
    in_heats,
    rate,
    shown_and_hidden,
    swiss_of_three,
)
from tests.factories.stages import double, round_robin, swiss
from tests.factories.teams import NOW, add_members, make_admin, make_invitation, make_people, make_team, run
from tests.factories.tournaments import enter, entrants, make_tournament, play, play_on, published, start, states
from tests.factories.venues import hall
from tests.factories.vetoes import begun_veto, choose, counter_picked
from tests.fixtures.following import Follower, data_of
from tests.fixtures.hub import LocalHub, LocalRelay
from tests.schema.server.conftest import services

__all__ = ["services"]

_STRAWBERRY = build_schema()
SCHEMA = _STRAWBERRY._schema
GAME = "rocket-league-1v1"
NODE = "query ($id: ID!) { node(id: $id) { id } }"
ARGUMENTS = {("User", "rating"): f'(game: "{GAME}")'}
# Types below the union of messages; the deepest field has four of them above it.
DEPTH = 5
WINDOWS = {
    "registration_opens_at": NOW - timedelta(hours=1),
    "registration_closes_at": NOW + timedelta(minutes=30),
    "check_in_opens_at": NOW - timedelta(hours=1),
    "check_in_closes_at": NOW + timedelta(minutes=30),
}
UNLIMITED = Limits(
    tokens=1_000_000, source_length=10_000_000, depth=50, aliases=100_000, directives=50, root_fields=50,
    repeats=100_000, subscribed_objects=10**12,
)  # fmt: skip


def selected(type_: GraphQLNamedType, above: tuple[str, ...] = ()) -> str:
    """All that is broadcastable of a type, as a selection; each field under the key `Type__field`.

    Of a type that stands above already, and of the deepest, only what has nothing below it.
    """
    if is_abstract_type(type_):
        parts = (f"... on {each.name} {{ {selected(each, above)} }}" for each in SCHEMA.get_possible_types(type_))
        return " ".join(parts)
    assert isinstance(type_, GraphQLObjectType)
    ends = type_.name in above or len(above) == DEPTH
    fields = [f"{type_.name}____typename: __typename"]
    for name, each in type_.fields.items():
        below, key = get_named_type(each.type), f"{type_.name}__{name}: {name}{ARGUMENTS.get((type_.name, name), '')}"
        if is_broadcastable(each) and is_leaf_type(below):
            fields.append(key)
        elif is_broadcastable(each) and not ends:
            fields.append(f"{key} {{ {selected(below, (*above, type_.name))} }}")
    return " ".join(fields)


def document(root: str) -> str:
    """A subscription to everything that is broadcastable."""
    assert SCHEMA.subscription_type is not None
    field_ = SCHEMA.subscription_type.fields[root]
    (key,) = (name for name, argument in field_.args.items() if str(argument.type) == "ID!")
    return f"subscription All($id: ID!) {{ {root}({key}: $id) {{ {selected(get_named_type(field_.type))} }} }}"


def reachable() -> set[str]:
    """The broadcastable fields that a document can select below nothing but broadcastable fields, as `Type.field`."""
    assert SCHEMA.subscription_type is not None
    pending = [get_named_type(each.type) for each in SCHEMA.subscription_type.fields.values()]
    found: dict[str, set[str]] = {}
    while pending:
        type_ = pending.pop()
        if is_abstract_type(type_):
            pending.extend(SCHEMA.get_possible_types(type_))
        elif isinstance(type_, GraphQLObjectType) and type_.name not in found:
            fields = {name: each for name, each in type_.fields.items() if is_broadcastable(each)}
            found[type_.name] = {f"{type_.name}.{name}" for name in fields}
            pending.extend(get_named_type(each.type) for each in fields.values())
    return set().union(*found.values())


def values(answer: object) -> Iterator[tuple[str, object]]:
    """Every value of an answer with its field, as `Type.field`, in order. Objects and lists stand for themselves."""
    if isinstance(answer, list):
        for each in answer:
            yield from values(each)
    elif isinstance(answer, dict):
        for key, value in answer.items():
            type_, _, name = key.partition("__")
            yield f"{type_}.{name}", value
            yield from values(value)


def different(first: object, second: object, at: str = "") -> Iterator[str]:
    """The innermost fields whose values are not the same."""
    if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
        for key in first:
            yield from different(first[key], second[key], key.replace("__", ".", 1))
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for one, other in zip(first, second, strict=True):
            yield from different(one, other, at)
    elif first != second:
        yield at


@dataclass
class World:
    """Events and people of all kinds, and the fan-out that they are followed through."""

    services: Services
    viewers: dict[str, Actor]
    subjects: dict[str, list[str]]
    draft: str
    hidden: str
    documents: Documents = field(default_factory=lambda: Documents(_STRAWBERRY, limits=UNLIMITED))
    hub: LocalHub = field(default_factory=LocalHub)
    engine: Engine = field(default_factory=lambda: Engine(_STRAWBERRY))

    def __post_init__(self) -> None:
        self.fanout = Fanout(self.engine, self.hub, self.services)
        self.relay = LocalRelay(self.services.db, self.hub)

    def operation(self, text: str) -> Operation:
        """The operation of a document."""
        return self.documents.operation(Parameters(query=text))

    def context(self, actor: Actor) -> Context:
        """A context with the rights of somebody."""
        return Context(services=self.services, actor=actor)

    async def stream(self, operation: Operation, subject: str, actor: Actor) -> tuple[Stream[Any], Mapping[str, Any]]:
        """The stream that somebody is granted."""
        return await self.fanout.stream(
            operation,
            {"id": subject},
            actor,
            lambda: self.engine.stream(operation, {"id": subject}, self.context(actor)),
        )

    async def follow(self, operation: Operation, subject: str, actor: Actor) -> Follower:
        """Let somebody follow a subject, and wait for the first message."""
        stream, coerced = await self.stream(operation, subject, actor)
        follower = Follower()
        # Nobody is counted, so that how many watch stays what it is.
        follower.member = self.fanout.join(
            operation, {"id": subject}, coerced, replace(stream, watching=None), actor, follower.slot,
            follower.failed.extend,
        )  # fmt: skip
        await follower.has_heard(1)
        return follower

    async def alone(
        self, operation: Operation, subject: str, actor: Actor, facts: Sequence[Envelope] | None = None
    ) -> list[Any]:
        """What executions with the rights of somebody answer: of facts, or else of the state and a new start."""
        stream, _ = await self.stream(operation, subject, actor)
        ctx = self.context(actor)
        if facts is None:
            changes = [*await stream.snapshot(ctx), Change(stream.resync(ResyncReason.SLOW_CLIENT), 0)]
        else:
            concerning = [fact for fact in facts if set(fact.topics) & set(stream.topics)]
            changes = [change for fact in concerning for change in await stream.changes(ctx, fact)]
            if stream.is_state:
                changes = list({change.key: change for change in sorted(changes, key=_version)}.values())
        answers = [
            await self.engine.answer(operation, {"id": subject}, self.context(actor), each.value) for each in changes
        ]
        return [data_of(answer.body) for answer in answers]

    async def all_alone(
        self, operation: Operation, subject: str, facts: Sequence[Envelope] | None = None
    ) -> dict[str, list[Any]]:
        """What each viewer is answered alone (see `alone`)."""
        return {name: await self.alone(operation, subject, who, facts) for name, who in self.viewers.items()}

    async def refused(self, actor: Actor, ids: Collection[str]) -> AsyncIterator[str]:
        """Those of the ids that a query of somebody answers with null."""
        for each in ids:
            answer = await self.engine.answer(self.operation(NODE), {"id": each}, self.context(actor))
            if answer.body["data"]["node"] is None:
                yield each


@pytest.fixture(autouse=True)
def watching_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who watches stays known however long a test takes on a busy machine."""
    monkeypatch.setattr("domain.infra.presence._HOLDS_MS", 600_000)


@pytest_asyncio.fixture
async def world(services: Services) -> World:
    """A cup, a Swiss and a league of teams that run, one that is over, one that was called off, and a draft."""
    db = services.db
    await make_catalogue(db)
    names = ("organizer", "ann", "bob", "cid", "dan", "eve", "stranger")
    organizer, ann, bob, cid, dan, eve, stranger = await make_people(db, *names)
    await shown_and_hidden(db, ann, bob)

    reds, blues = await make_team(db, ann, "reds"), await make_team(db, cid, "blues")
    await add_members(db, reds.id, bob)
    await add_members(db, blues.id, dan)
    await make_invitation(db, ann, reds.id, "eve")

    cup = await published(db, organizer, "cup")
    await set_deadlines(db, organizer, cup.id, check_in=10)
    await enter(db, cup.id, ann, bob, cid, dan)
    await start(db, organizer, cup.id)
    await check_all_in(db, organizer, cup.id)
    league = await published(
        db,
        organizer,
        "league",
        game="rocket-league-2v2",
        entrant_kind=ParticipantKind.TEAM,
        **WINDOWS,
        structure=Structure.SINGLE_ELIMINATION,
    )
    for captain, team in ((ann, reds), (cid, blues)):
        await run(db, tournaments.register_entrant, captain, RegisterEntrant(league.id, NOW, team_id=team.id))
    for entrant, captain in zip(await entrants(db, league.id), (ann, cid), strict=True):
        await run(db, tournaments.check_in, captain, CheckIn(entrant.id, NOW))
    await set_deadlines(db, organizer, league.id, confirmation=15)
    await start(db, organizer, league.id)
    plans = [
        swiss(rounds=1, wins_to_advance=1, losses_to_leave=3),
        replace(round_robin(StageSource(1, 1, 4), group_count=2), name="Groups"),
        double(StageSource(2, 1, 2), round_formats=(RoundFormat(side=BracketSide.LOWER, best_of=1, last_rounds=1),)),
    ]
    over = await published(db, organizer, "over", structure=None, stages=plans)
    await enter(db, over.id, ann, bob, cid, dan)
    await run(db, tournaments.seed_tournament, organizer, SeedTournament(over.id, SeedingMethod.RANDOM))
    await start(db, organizer, over.id)
    sides = {actor.require_user(): actor for actor in (ann, bob, cid, dan)}
    assert await play_on(db, over.id, sides) == 2 + 2 + 6
    rungs, off = await climbing(db, organizer, ann, bob), await called_off(db, organizer)
    three, royale = await swiss_of_three(db, organizer, sides), await in_heats(db, organizer, ann, bob, cid, dan)
    guests = await heats_at_a_table(db, organizer)
    draft = await make_tournament(db, organizer, "draft")
    from_file = await from_a_file(db, organizer, eve)

    (maps, final), (counter, picked) = (
        await begun_veto(db, organizer, ann, bob),
        await counter_picked(db, organizer, cid, dan),
    )

    first, second = [state for state in await states(db, cup.id) if state.status is MatchStatus.LIVE]
    await rate(db, await play(db, first, sides, winner=0), first)
    one, other = (sides[slot.participant_id] for slot in second.slots if slot.participant_id is not None)
    version = (await run(db, matches.report_result, one, ReportResult(second.id, second.version, (2, 0), NOW))).version
    await run(db, matches.dispute_result, other, DisputeResult(second.id, version, "It was 1:2.", NOW))
    third = next(state for state in await states(db, league.id) if state.status is MatchStatus.READY)
    await call_in_vain(db, organizer, third)
    venue, tables = await hall(db, organizer, 1)
    for event in (draft, cup):
        await use_tables(db, organizer, event.id, venue, tables)
    reported = ReportResult(third.id, third.version, (2, 1), NOW, games=((5, 1), (0, 3), (4, 2)))
    await run(db, matches.report_result, ann, reported)

    services.presence.start()
    for subject in (Subject("tournament", cup.id), Subject("match", first.id)):
        services.presence.enter(Watching(subject, is_named=True), ann.require_user())
        services.presence.enter(Watching(subject), "connection")
        await services.presence.say([subject])
    events = [
        global_id("Tournament", each.id) for each in (cup, league, over, rungs, royale, off, maps, counter, from_file)
    ]
    played = [global_id("Match", each.id) for each in (first, second, third)]
    return World(
        services=services,
        viewers={
            "nobody": ANONYMOUS,
            "stranger": stranger,
            "player": bob,
            "captain": ann,
            "invited": eve,
            "organizer": organizer,
            "moderator": Actor(user_id=dan.user_id, roles=frozenset({Role.MODERATOR})),
            "admin": await make_admin(db),
        },
        subjects={
            "bracketChanges": events,
            "liveScores": events,
            "standingsChanges": [events[2], global_id("Tournament", three.id)],
            "queueChanges": [*events[:2], global_id("Tournament", guests.id)],
            "matchEvents": played,
            "presenceChanges": [events[0], played[0]],
            "vetoChanges": [global_id("Match", each.id) for each in (final, picked)],
        },
        draft=global_id("Tournament", draft.id),
        hidden=global_id("User", bob.require_user()),
    )


def _version(change: Change[Any]) -> int:
    return change.version


async def test_each_viewer_gets_through_a_group_what_they_are_answered_alone(world: World) -> None:
    await world.relay.tell()
    followed = {
        (world.operation(document(root)), subject): {
            name: await world.follow(world.operation(document(root)), subject, who)
            for name, who in world.viewers.items()
        }
        for root, subjects in world.subjects.items()
        for subject in subjects
    }
    assert world.fanout.groups == len(followed)
    states_ = {each: await world.all_alone(*each) for each in followed}
    await _decide_all(world)
    in_heats_at_a_table = key_of(world.subjects["queueChanges"][-1], "Tournament", "id")
    await run_heats(world.services.db, world.viewers["organizer"], in_heats_at_a_table, rounds=1)
    final, _ = world.subjects["vetoChanges"]
    await choose(world.services.db, world.viewers["organizer"], key_of(final, "Match", "id"), "bind")
    facts = await world.relay.tell()
    problems: set[tuple[str, str]] = set()
    seen: set[str] = set()
    ids: set[str] = set()
    for each, followers in followed.items():
        changes = await world.all_alone(*each, facts)
        for name, follower in followers.items():
            *state, resync = states_[each][name]
            own = [*state, *changes[name]]
            await follower.has_heard(len(own))
            problems |= {(name, each) for each in different(follower.heard, own)}
            seen |= {each for each, value in values([*own, resync]) if value is not None}
            ids |= {str(value) for each, value in values(own) if each.endswith(".id")}
            follower.leave()
    assert world.fanout.groups == 0
    assert problems == set()
    left = sorted(reachable() - seen)
    assert not left, left
    # Who hides cannot be looked up; where they play in public, their name shows.
    refused = {name: {each async for each in world.refused(who, ids)} for name, who in world.viewers.items()}
    assert refused == {name: set() if name in ("player", "admin") else {world.hidden} for name in world.viewers}


async def _decide_all(world: World) -> None:
    """The organizer decides what is disputed or waits for the other side, and reports heats."""
    db = world.services.db
    for event in {*world.subjects["bracketChanges"], *world.subjects["standingsChanges"]}:
        for state in await states(db, key_of(event, "Tournament", "id")):
            if state.status in (MatchStatus.REPORTED, MatchStatus.DISPUTED):
                decided = DecideResult(state.id, state.version, (0, 2), NOW, reason="Seen on video.")
                await run(db, matches.decide_result, world.viewers["organizer"], decided)
        await run_heats(db, world.viewers["organizer"], key_of(event, "Tournament", "id"))


@pytest.mark.parametrize(
    "root", ["bracketChanges", "liveScores", "presenceChanges", "queueChanges", "standingsChanges"]
)
async def test_a_stream_is_for_whoever_may_see_its_subject(world: World, root: str) -> None:
    operation = world.operation(document(root))
    for name, who in world.viewers.items():
        refused = [each async for each in world.refused(who, [world.draft])]
        if name in ("organizer", "admin"):
            assert refused == []
            stream, _ = await world.stream(operation, world.draft, who)
            assert stream.audience != PUBLIC
        else:
            assert refused == [world.draft]
            with pytest.raises(RequestRefused) as refusal:
                await world.follow(operation, world.draft, who)
            assert refusal.value.code == "TOURNAMENT_NOT_FOUND"
            assert world.fanout.groups == 0


def test_an_interface_promises_for_all_its_types() -> None:
    for type_ in SCHEMA.type_map.values():
        if isinstance(type_, GraphQLInterfaceType):
            for name, each in type_.fields.items():
                kept = {is_broadcastable(own.fields[name]) for own in SCHEMA.get_possible_types(type_)}
                assert kept == {is_broadcastable(each)}, f"{type_.name}.{name}"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.graphql")), ids=lambda path: path.stem)
def test_what_our_own_pages_follow_is_shared(path: Path) -> None:
    assert unshared_fields(SCHEMA, parse(path.read_text())).get(path.stem, ()) == ()
