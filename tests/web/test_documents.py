"""The documents of the pages, against the schema that answers them."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse, validate

from schema.root import build_schema

DOCUMENTS = sorted((Path(__file__).parents[2] / "schema" / "documents").glob("*.graphql"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_is_one_valid_operation_of_its_name(document: Path) -> None:
    parsed = parse(document.read_text())
    operations = [node for node in parsed.definitions if isinstance(node, OperationDefinitionNode)]
    assert [node.name.value for node in operations if node.name] == [document.stem]
    assert validate(build_schema()._schema, parsed) == []
