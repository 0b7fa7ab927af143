"""`matchpoint plan`: the Python of a document, or why there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import main
from schema.server.documents import FOLDER


def test_the_plan_of_a_document_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(FOLDER / "LiveScores.graphql"), "--variables", '{"tournamentId": "x", "id": "x"}']) == 0
    printed = capsys.readouterr().out
    compile(printed, "plan", "exec")
    assert "async def rows_Subscription_" in printed
    assert printed.startswith("# Shared: ")


def test_what_keeps_a_subscription_from_being_shared_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "document.graphql"
    file.write_text("""subscription S { bracketChanges(tournamentId: "x") {
        ... on MatchChanged { match { id viewerSlot tournament { ...T } } } } }
    fragment T on Tournament { viewerCanManage name }""")
    assert main(["plan", str(file)]) == 0
    printed = capsys.readouterr().out
    compile(printed, "plan", "exec")
    assert printed.splitlines()[0] == (
        "# Not shared between viewers who are signed in, because these are not broadcastable:"
        " Match.viewerSlot, Tournament.viewerCanManage"
    )


@pytest.mark.parametrize(
    ("text", "variables", "status", "said"),
    [
        ("mutation M { logOut { __typename } }", "{}", 1, "a mutation runs field by field"),
        ("query Q { nothing }", "{}", 2, "Cannot query field 'nothing'"),
        ("query Q {", "{}", 2, "Syntax Error"),
        ("query Q($a: Boolean!) { games @include(if: $a) { nodes { id } } }", "{}", 2, "'$a'"),
        ("query Q { __typename }", "[", 2, "is not JSON"),
        ("query Q { __typename }", "[]", 2, "is a JSON object"),
    ],
)
def test_what_has_no_plan_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, variables: str, status: int, said: str
) -> None:
    file = tmp_path / "document.graphql"
    file.write_text(text)
    assert main(["plan", str(file), "--variables", variables]) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err


def test_a_file_that_is_not_there_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(tmp_path / "none.graphql")]) == 2
    assert "none.graphql" in capsys.readouterr().err
