"""Scripts of Node.js that run other people's clients and audits against the server."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.costs import without_cost

HERE = Path(__file__).parent
LIMIT_S = 120.0

RunScript = Callable[..., Awaitable[Any]]


@pytest.fixture
def node() -> RunScript:
    """Runs a script of this folder with arguments, and gives what it printed as JSON, without what answers cost."""
    if shutil.which("node") is None or not (HERE / "node_modules" / "installed").exists():
        pytest.skip("the clients come from npm, and Node.js or `make install` is missing")

    async def run(script: str, *arguments: str) -> Any:
        process = await asyncio.create_subprocess_exec(
            "node", str(HERE / script), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        try:
            async with asyncio.timeout(LIMIT_S):
                out, err = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.wait()
            raise
        assert process.returncode == 0, err.decode()
        return without_cost(json.loads(out))

    return run
