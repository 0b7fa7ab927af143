"""`python -m bench.peers.stock DATA PORT`: the same types, served by strawberry alone, as its documentation shows."""

from __future__ import annotations

import sys
from pathlib import Path

import strawberry
import uvicorn
from strawberry.asgi import GraphQL

from bench.peers import rows
from bench.peers.schema import query_type


def main(data: str, port: str) -> None:
    """Serve until terminated."""
    schema = strawberry.Schema(query=query_type(rows.load(Path(data))))
    uvicorn.run(GraphQL(schema), host="127.0.0.1", port=int(port), access_log=False, log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
