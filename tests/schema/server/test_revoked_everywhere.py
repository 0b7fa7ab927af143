"""A session that ends in one process closes its sockets in another: relay, bus and API as they run."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.fixtures.server import RunningServer, server

__all__ = ["server"]

REGISTER = """mutation ($input: RegisterInput!) { register(input: $input) {
    ... on RegisterPayload { tokens { accessToken } } } }"""
LOG_OUT = "mutation { logOut { __typename } }"
LIMIT_S = 20.0


async def test_logging_out_closes_the_socket_of_that_session_alone(server: RunningServer) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http:

        async def asked(query: str, token: str = "", **variables: Any) -> Any:
            headers = {"authorization": f"Bearer {token}"} if token else {}
            body = {"query": query, "variables": variables}
            return (await http.post("/graphql", json=body, headers=headers)).json()["data"]

        tokens = []
        for name in ("ada", "bob"):
            given = {"email": f"{name}@example.com", "username": name, "displayName": name}
            made = await asked(REGISTER, input=given | {"password": "correct horse battery"})
            tokens.append(made["register"]["tokens"]["accessToken"])
        address, protocol = server.url.replace("http", "ws") + "/graphql", Subprotocol("graphql-transport-ws")
        async with (
            connect(address, subprotocols=[protocol]) as hers,
            connect(address, subprotocols=[protocol]) as his,
            asyncio.timeout(LIMIT_S),
        ):
            for socket, token in ((hers, tokens[0]), (his, tokens[1])):
                await socket.send(json.dumps({"type": "connection_init", "payload": {"accessToken": token}}))
                assert json.loads(await socket.recv()) == {"type": "connection_ack"}
            assert (await asked(LOG_OUT, tokens[0]))["logOut"]["__typename"] == "LogOutPayload"
            with pytest.raises(ConnectionClosed) as end:
                await hers.recv()
            assert end.value.rcvd is not None
            assert (end.value.rcvd.code, end.value.rcvd.reason) == (4403, "SESSION_REVOKED")
            await his.send('{"type":"ping"}')
            assert json.loads(await his.recv()) == {"type": "pong"}
