"""The documents of the pages, against the schema that answers them."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse, print_ast, validate

from schema.root import build_schema

DOCUMENTS = sorted((Path(__file__).parents[2] / "schema" / "documents").glob("*.graphql"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_is_one_valid_operation_of_its_name(document: Path) -> None:
    parsed = parse(document.read_text())
    operations = [node for node in parsed.definitions if isinstance(node, OperationDefinitionNode)]
    assert [node.name.value for node in operations if node.name] == [document.stem]
    assert validate(build_schema()._schema, parsed) == []


def test_fragments_of_one_name_are_the_same_everywhere() -> None:
    """A page that reads and then follows must ask both times for the same."""
    found: dict[str, set[str]] = {}
    for path in DOCUMENTS:
        for definition in parse(path.read_text()).definitions:
            if isinstance(definition, FragmentDefinitionNode):
                found.setdefault(definition.name.value, set()).add(print_ast(definition))
    assert {name: len(texts) for name, texts in found.items()} == dict.fromkeys(found, 1)
