"""Whose word the API takes for where a request comes from."""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
from dataclasses import replace
from typing import Any

import pytest
import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app import create_app
from cli import api
from cli.api import configuration
from domain.infra.settings import InvalidSetting, Settings
from schema.server.quotas import Callers

SETTINGS = Settings(
    database_url="postgresql+asyncpg:///nowhere",
    redis_url="redis://127.0.0.1:1",
    secret_key="a secret for tests, 32 characters or more",
)


async def seen_from(config: uvicorn.Config, peer: str, forwarded: str) -> str:
    """The address the application sees when this neighbour passes a request on."""
    seen: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["client"][0])

    served: Any = application
    if config.proxy_headers:
        served = ProxyHeadersMiddleware(application, config.forwarded_allow_ips)
    scope = {"type": "http", "client": (peer, 40000), "headers": [(b"x-forwarded-for", forwarded.encode())]}
    await served(scope, None, None)
    return seen[0]


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "192.0.2.1"])
async def test_nobody_is_believed_by_default(peer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even this machine: whoever is on it could choose the address its attempts are counted under."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    config = configuration(create_app(SETTINGS), SETTINGS, "127.0.0.1", 8000)
    assert await seen_from(config, peer, "203.0.113.9") == peer


async def test_trusted_proxies_are_believed() -> None:
    settings = replace(SETTINGS, trusted_proxies=("192.0.2.1", "10.0.0.0/8", "2001:db8::/32"))
    config = configuration(create_app(settings), settings, "127.0.0.1", 8000)
    cases = {
        # From the right: what the nearest proxy that is not ours, or the client, was seen as.
        ("192.0.2.1", "198.51.100.4, 203.0.113.9, 10.1.2.3"): "203.0.113.9",
        ("10.9.9.9", "203.0.113.9"): "203.0.113.9",
        ("2001:db8::5", "2001:db9::1"): "2001:db9::1",
        ("192.0.2.2", "203.0.113.9"): "192.0.2.2",
        ("127.0.0.1", "203.0.113.9"): "127.0.0.1",
        # As a socket for both versions of IP sees those of version 4.
        ("::ffff:10.9.9.9", "203.0.113.9"): "203.0.113.9",
        ("::ffff:192.0.2.1", "203.0.113.9"): "203.0.113.9",
        ("::ffff:192.0.2.2", "203.0.113.9"): "::ffff:192.0.2.2",
    }
    callers = Callers.of(settings)
    counted = [callers.holder((peer, 4000)) for peer in ("::ffff:10.9.9.9", "::ffff:192.0.2.1", "::ffff:192.0.2.2")]
    assert counted == [None, None, "192.0.2.2"]
    seen = await asyncio.gather(*(seen_from(config, *case) for case in cases))
    assert dict(zip(cases, seen, strict=True)) == cases


def test_trusted_proxies_are_addresses_and_networks() -> None:
    environment = {name.upper(): getattr(SETTINGS, name) for name in ("database_url", "redis_url", "secret_key")}
    given = {**environment, "TRUSTED_PROXIES": "192.0.2.1, 10.0.0.0/8,::1"}
    assert Settings.from_environment(given).trusted_proxies == ("192.0.2.1", "10.0.0.0/8", "::1")
    for wrong in ("*", "balancer.example.org", "10.0.0.1/8", "192.0.2.1,unix:"):
        with pytest.raises(InvalidSetting, match="TRUSTED_PROXIES"):
            Settings.from_environment({**environment, "TRUSTED_PROXIES": wrong})


def test_only_a_listening_socket_can_be_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("database_url", "redis_url", "secret_key"):
        monkeypatch.setenv(name.upper(), getattr(SETTINGS, name))
    monkeypatch.setattr("cli.api.signal.signal", lambda *_: None)
    monkeypatch.setattr("cli.api.telemetry.configure", lambda *_: None)

    def serve(number: int) -> None:
        api.run(argparse.Namespace(fd=[number], metrics=None, host="127.0.0.1", port=8000))

    reading, writing = os.pipe()
    for number in (-1, 2**40, reading):
        with pytest.raises(InvalidSetting, match=f"--fd {number} is no socket"):
            serve(number)
    os.close(reading)
    os.close(writing)
    with socket.socket() as deaf, pytest.raises(InvalidSetting, match="does not listen"):
        serve(deaf.detach())
