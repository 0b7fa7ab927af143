"""`matchpoint plan`: prints the Python that a document is compiled to, and whether a subscription is shared."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import orjson
from graphql import OperationType
from graphql.execution import Executor

from domain.kernel.errors import InvalidInput
from schema.root import build_schema
from schema.server.documents import Documents, Operation
from schema.server.masking import RequestRefused
from schema.server.plan import Uncovered, compiled


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments of `matchpoint plan`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a GraphQL document of one operation")
    parser.add_argument(
        "--variables",
        default="{}",
        metavar="JSON",
        help="values of its variables; Booleans decide what the plan leaves out (default: %(default)s)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints the plan, and gives the exit status: 1 when graphql-core executes the document.

    Raises:
        InvalidInput: the file or the variables cannot be used.
    """
    schema = build_schema()
    try:
        operation = Documents(schema).prepare(arguments.file.read_text())
    except (OSError, UnicodeDecodeError, RequestRefused) as error:
        raise InvalidInput(f"{arguments.file}: {error}") from error
    if operation.kind is OperationType.SUBSCRIPTION:
        print(f"# {_sharing(operation)}")
    try:
        sys.stdout.write(compiled(_executor(schema._schema, operation, arguments.variables)).text)  # noqa: SLF001  (strawberry has no public way to its graphql-core schema)
    except Uncovered as reason:
        print(f"graphql-core executes {arguments.file}: {reason}.", file=sys.stderr)
        return 1
    return 0


def _sharing(operation: Operation) -> str:
    if not operation.unshared_fields:
        return "Shared: each change is executed once for all who may follow it."
    fields = ", ".join(operation.unshared_fields)
    return f"Not shared between viewers who are signed in, because these are not broadcastable: {fields}"


def _executor(schema: Any, operation: Operation, variables: str) -> Executor[Any]:
    try:
        given = orjson.loads(variables)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"--variables is not JSON: {error}") from error
    if not isinstance(given, dict):
        raise InvalidInput("--variables is a JSON object of names and values.")
    built = Executor.build(schema, operation.document, None, None, given, operation.name)
    if isinstance(built, list):
        raise InvalidInput("--variables do not fit: " + " ".join(error.message for error in built))
    return built
