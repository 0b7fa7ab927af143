"""What stands in the log."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextvars import copy_context

import pytest
import structlog

from domain.infra import telemetry
from domain.infra.settings import Settings


@pytest.fixture
def as_it_was() -> Iterator[None]:
    """Puts back how processes log."""
    configured, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    yield
    structlog.configure(**configured)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.mark.usefixtures("as_it_was")
def test_every_line_has_the_process_and_the_id_of_the_request(capsys: pytest.CaptureFixture[str]) -> None:
    def request(request_id: str | None) -> None:
        telemetry.bind_request_id(request_id)
        structlog.get_logger("ours").warning("it happens")
        logging.getLogger("theirs").warning("it happens, too")

    def process() -> None:
        telemetry.configure(Settings(database_url="", redis_url="", secret_key="", log_format="json"), "api")
        for request_id in ("abc", None):
            copy_context().run(request, request_id)

    copy_context().run(process)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    told = [(line["event"], line["process"], line.get("request_id")) for line in lines]
    assert told == [
        ("it happens", "api", "abc"),
        ("it happens, too", "api", "abc"),
        ("it happens", "api", None),
        ("it happens, too", "api", None),
    ]
