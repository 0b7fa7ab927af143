"""The same schema and the same data, served by us and by others: what `make bench` compares.

The servers from npm are in `*.mjs`, installed by `make bench`; ours and that of strawberry alone are in `ours` and
`stock`. All are started as `… DATA PORT`, and load the file that `rows` has written.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import orjson

from bench.peers import rows
from bench.server import Server, free_port, serving

FOLDER = Path(__file__).parent
DOCUMENTS = FOLDER / "documents"
OURS, STOCK, MERCURIUS, YOGA, GRAPHQL_WS = "ours", "stock_strawberry", "mercurius_jit", "yoga", "graphql_ws"

_COMMANDS = {
    OURS: (sys.executable, "-m", "bench.peers.ours"),
    STOCK: (sys.executable, "-m", "bench.peers.stock"),
    MERCURIUS: ("node", str(FOLDER / "mercurius.mjs")),
    YOGA: ("node", str(FOLDER / "yoga.mjs")),
    GRAPHQL_WS: ("node", str(FOLDER / "graphql_ws.mjs")),
}
SEED = 4409


def are_installed() -> bool:
    """Whether the servers from npm can be started."""
    return shutil.which("node") is not None and (FOLDER / "node_modules" / "installed").exists()


def versions() -> dict[str, str]:
    """The packages of the servers from npm, with the versions that are installed."""
    found: dict[str, str] = orjson.loads((FOLDER / "package.json").read_bytes())["dependencies"]
    return found


@contextmanager
def started(names: Sequence[str], environment: Mapping[str, str]) -> Iterator[dict[str, Server]]:
    """Servers by their names, all with the same data."""
    with tempfile.TemporaryDirectory(prefix="mp-peers-") as directory, ExitStack() as stack:
        data = Path(directory) / "data.json"
        rows.write(rows.generate(SEED), data)
        servers = {}
        for name in names:
            port = free_port()
            command = [*_COMMANDS[name], str(data), str(port)]
            servers[name] = stack.enter_context(serving(command, port, environment))
        yield servers


def request(document: str, variables: Mapping[str, object]) -> bytes:
    """What asks a server for one of `documents`, as JSON."""
    return orjson.dumps({"query": (DOCUMENTS / f"{document}.graphql").read_text(), "variables": variables})


def require_equal(what: str, answers: Mapping[str, object]) -> None:
    """Refuse to compare servers that do not answer the same.

    Raises:
        RuntimeError: which of them differs from the first.
    """
    (first, expected), *others = answers.items()
    for name, answer in others:
        if answer != expected:
            raise RuntimeError(f"{name} answers {what} otherwise than {first}: {answer!r:.200} and {expected!r:.200}")
