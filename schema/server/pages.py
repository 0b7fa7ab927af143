"""The pages that come with the server, and what watches over it asks."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import segno
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from domain.infra import backlog
from domain.infra.db import ReadSession, hear_from
from resolvers.services import Services
from schema.server.documents import FOLDER

WEB = Path(__file__).resolve().parents[2] / "web"
_READY_LIMIT_S = 1.0
# Longer than that of any event.
_MAX_ADDRESS = 500

# Everything a page needs comes from this server.
_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
# The editor inside GraphiQL sets styles itself.
_GRAPHIQL_POLICY = f"{_POLICY}; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data:"


class Bus(Protocol):
    """What readiness asks of the bus."""

    @property
    def is_connected(self) -> bool:
        """Whether this process hears what is published."""
        ...


class _Files:
    """The files of a directory, compressed and with security headers. Browsers ask each time whether they are new."""

    def __init__(self, directory: Path, policy: str) -> None:
        self._app = GZipMiddleware(StaticFiles(directory=directory, check_dir=False))
        added = _headers(policy) | {"cache-control": "no-cache"}
        self._added = [(name.encode(), value.encode()) for name, value in added.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._added]
            await send(message)

        await self._app(scope, receive, secured)


def routes(services: Services, bus: Bus, ids: Mapping[str, str], web: Path = WEB) -> list[BaseRoute]:
    """Pages, static files, metrics, health and the public keys of tokens. `ids` are those of documents, by name."""

    async def code(request: Request) -> Response:
        return _code(f"{services.settings.public_url}/live/{quote(request.path_params['slug'])}")

    async def graphiql(request: Request) -> Response:
        built = web / "graphiql" / "dist" / "index.html"
        if built.is_file():
            return _page(built, _GRAPHIQL_POLICY)
        return _page(web / "graphiql" / "plain.html")

    async def documents(request: Request) -> Response:
        return JSONResponse(ids, headers=_headers(_POLICY) | {"cache-control": "no-cache"})

    async def ready(request: Request) -> Response:
        missing = [] if bus.is_connected else ["bus"]
        if not await _answered(services, hear_from):
            missing.insert(0, "database")
        status = HTTPStatus.SERVICE_UNAVAILABLE if missing else HTTPStatus.OK
        return JSONResponse({"ready": not missing, "missing": missing}, status)

    async def metrics(request: Request) -> Response:
        await _answered(services, backlog.observe)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def keys(request: Request) -> Response:
        return JSONResponse(await services.accounts.jwks(), headers={"cache-control": "public, max-age=3600"})

    return [
        Route("/", _fixed(web / "index.html")),
        Route("/live/{slug}", _fixed(web / "live.html")),
        Route("/live/{slug}/code.svg", code),
        Route("/venues/{slug}/screen", _fixed(web / "screen.html")),
        Route("/graphiql", graphiql),
        Mount("/static/graphiql", _Files(web / "graphiql" / "dist", _GRAPHIQL_POLICY)),
        Route("/static/documents.json", documents),
        Mount("/static/documents", _Files(FOLDER, _POLICY)),
        Mount("/static", _Files(web / "assets", _POLICY)),
        Route("/metrics", metrics),
        Route("/healthz", _alive),
        Route("/readyz", ready),
        Route("/.well-known/jwks.json", keys),
    ]


async def _alive(request: Request) -> Response:
    return JSONResponse({"alive": True})


async def _answered(services: Services, ask: Callable[[ReadSession], Awaitable[object]]) -> bool:
    """Whether the database answered within the limit."""
    try:
        async with asyncio.timeout(_READY_LIMIT_S), services.db.read() as session:
            await ask(session)
    except Exception:  # noqa: BLE001  (whatever it is, the database does not answer)
        return False
    return True


def _fixed(path: Path) -> Callable[[Request], Awaitable[Response]]:
    """The same page at every address of a route; its script reads the address."""

    async def answer(request: Request) -> Response:
        return _page(path)

    return answer


def _page(path: Path, policy: str = _POLICY) -> Response:
    if not path.is_file():
        return PlainTextResponse("There is no such page.", HTTPStatus.NOT_FOUND, _headers(policy))
    return FileResponse(path, headers=_headers(policy) | {"cache-control": "no-cache"})


def _code(address: str) -> Response:
    """The QR code that leads to an address, dark on light in every theme, so that cameras read it."""
    if len(address) > _MAX_ADDRESS:
        return PlainTextResponse("There is no such page.", HTTPStatus.NOT_FOUND, _headers(_POLICY))
    drawn = io.BytesIO()
    segno.make_qr(address).save(drawn, kind="svg", xmldecl=False, omitsize=True, light="#fff", border=2)
    headers = _headers(_POLICY) | {"cache-control": "public, max-age=3600"}
    return Response(drawn.getvalue(), media_type="image/svg+xml", headers=headers)


def _headers(policy: str) -> dict[str, str]:
    return {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cross-origin-opener-policy": "same-origin",
    }
