"""Sessions that end while nobody hears of it, and streams that are no longer granted."""

from __future__ import annotations

from uuid import UUID

import pytest

from domain.accounts import SignedIn
from domain.accounts.models import UserRole
from domain.infra.db import WriteSession
from domain.kernel.actor import Role
from domain.kernel.errors import NotFound
from resolvers.services import Services
from tests.schema.server.small import Server
from tests.schema.server.test_fanout import CARDS, added, change
from tests.schema.server.test_websocket import acknowledged, closed, heard, nothing_left, say, subscribe

ADD = 'mutation { addCard(input: {text: "x"}) { __typename } }'


async def revoke_unheard(services: Services, signed_in: SignedIn) -> None:
    """End the session; the bus does not say so."""
    await services.accounts.forget_sessions([signed_in.tokens.session.id])


async def test_a_revoked_session_changes_nothing_on_its_open_socket(
    server: Server, services: Services, ada: SignedIn
) -> None:
    async with acknowledged(server, {"accessToken": ada.tokens.access_token}) as socket:
        await subscribe(socket, "1", ADD)
        assert (await heard(socket))["payload"] == {"data": {"addCard": {"__typename": "AddCardPayload"}}}
        await heard(socket)
        await revoke_unheard(services, ada)
        await subscribe(socket, "2", ADD)
        assert await closed(socket) == (4403, "SESSION_REVOKED")
    assert server.board.cards == ["x"]
    await nothing_left(server)


@pytest.mark.parametrize("query", ["{ hello }", CARDS])
async def test_while_the_bus_is_away_whoever_reads_is_asked_for_again(
    server: Server, services: Services, ada: SignedIn, query: str
) -> None:
    async with acknowledged(server, {"accessToken": ada.tokens.access_token}) as socket, acknowledged(server) as nobody:
        server.hub.is_connected = False
        for open_socket in (socket, nobody):
            await subscribe(open_socket, "1", query)
            assert (await heard(open_socket))["type"] == "next"
        await revoke_unheard(services, ada)
        await subscribe(socket, "2", query)
        assert await closed(socket) == (4403, "SESSION_REVOKED")
        await say(nobody, type="complete", id="1")
        await say(nobody, type="ping")
        assert {"type": "pong"} in [await heard(nobody) for _ in range(2 if query == "{ hello }" else 1)]
    await nothing_left(server)


async def test_a_mutation_is_not_done_with_roles_that_are_gone(
    server: Server, services: Services, ada: SignedIn
) -> None:
    async with acknowledged(server, {"accessToken": ada.tokens.access_token}) as socket:
        await services.db.transaction(lambda session: _make_coach(session, ada.user.id))
        await services.accounts.forget_roles(ada.user.id)
        await subscribe(socket, "1", ADD)
        assert await closed(socket) == (4403, "ROLES_CHANGED")
    assert server.board.cards == []


async def test_nobody_goes_on_with_rights_that_were_lost(server: Server, services: Services, ada: SignedIn) -> None:
    mine = "subscription { myCards { ... on BoardSnapshot { cards { text } } } }"
    token = {"accessToken": ada.tokens.access_token}
    async with acknowledged(server, token) as before:
        await subscribe(before, "1", mine)
        await change(before)
        # The bus has not said so yet, so the older socket is still open.
        await services.db.transaction(lambda session: _make_coach(session, ada.user.id))
        await services.accounts.forget_roles(ada.user.id)
        async with acknowledged(server, token) as after:
            await subscribe(after, "1", mine)
            await change(after)
            assert server.fanout.groups == 2
            assert {frozenset(group._actor.roles) for group in server.fanout._groups.values()} == {
                frozenset({Role.PLAYER}),
                frozenset({Role.PLAYER, Role.COACH}),
            }
    await nothing_left(server)


async def _make_coach(session: WriteSession, user_id: UUID) -> None:
    session.add(UserRole(user_id=user_id, role=Role.COACH))


async def test_a_refusal_of_the_domain_ends_the_subscriptions_of_its_group(server: Server) -> None:
    async with acknowledged(server) as first, acknowledged(server) as second:
        for socket in (first, second):
            await subscribe(socket, "1", CARDS)
            await change(socket)
        await server.add_card("a")
        for socket in (first, second):
            assert await change(socket) == added(1, "a")
        server.board.refuse = NotFound("board")
        await server.add_card("not for them")
        for socket in (first, second):
            message = await heard(socket)
            assert (message["id"], message["type"]) == ("1", "error")
            assert message["payload"][0]["extensions"]["code"] == "NOT_FOUND"
        assert (server.fanout.groups, server.hub.sinks) == (0, {})
        server.board.refuse = None
        await subscribe(first, "1", "{ hello }")
        assert (await heard(first))["payload"] == {"data": {"hello": "hello world"}}
