"""Rules about the code itself. Each docstring names the mistake the check prevents."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

from domain import registry

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("cli", "domain", "resolvers", "schema", "workers")
CONTEXTS = [context.__name__ for context in registry.CONTEXTS]


def _sources(*folders: str) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in sorted((PROJECT / folder).rglob("*.py")):
            yield str(path.relative_to(PROJECT)), path.read_text()


def test_other_contexts_are_imported_only_through_their_face() -> None:
    """Reaching into another context's modules ties the two together where nobody looks."""
    graph = grimp.build_graph(*PACKAGES)
    reaching = [
        f"{importer} -> {imported}"
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        for context in CONTEXTS
        if imported.startswith(f"{context}.") and not f"{importer}.".startswith(f"{context}.")
    ]
    assert reaching == []


def test_only_the_database_commits() -> None:
    """A commit in the middle of a command makes half of a change lasting."""
    committing = [name for name, text in _sources("domain", "resolvers", "schema") if ".commit(" in text]
    assert committing == []


def test_rows_have_no_relationships() -> None:
    """A relationship loads lazily, or joins two contexts; queries say what they load."""
    assert [name for name, text in _sources("domain") if "relationship(" in text.replace("relationship()", "")] == []


def test_schema_reads_only_through_resolvers() -> None:
    """A GraphQL type that queries by itself hides a statement per row, and a second way to do the same thing."""
    reaching = [
        f"{name}:{node.lineno}"
        for name, text in _sources("schema")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute) and node.attr in ("db", "loaders") and "server/" not in name
    ]
    assert reaching == []


def test_importing_the_application_loads_no_tensor_library() -> None:
    """Torch costs the API process 200 MB and two seconds; it belongs to workers alone."""
    code = "import sys, app; print(sorted({'torch', 'cv2', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("folder", [*PACKAGES, "tests", "bench"])
def test_files_stay_short(folder: str) -> None:
    """Past 500 lines nobody reads a file as a whole; it becomes a package of the same name."""
    long = [name for name, text in _sources(folder) if text.count("\n") > 500]
    assert long == []


def test_facts_have_names_of_their_context() -> None:
    """A wire name outlives the code; it says where the fact comes from and is unique."""
    for name, kind in registry.EVENTS.items():
        assert name.split(".")[0] == kind.__module__.split(".")[1]
        assert name.count(".") == 1
