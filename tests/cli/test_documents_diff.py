"""`matchpoint documents diff`: which change of the schema breaks which document, and whose."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import build_schema

from cli import documents
from cli.documents.changes import LiveDocument, compare
from cli.main import main
from tests.cli.checkouts import commit, git, write

SCHEMA = """
directive @tag(name: String) on FIELD

enum Status { OPEN LIVE DONE }

input Filter { status: Status, slug: String }

interface Node { id: ID! }

type Match implements Node { id: ID!, status: Status!, score(slot: Int): Int! }

type Team implements Node { id: ID!, name: String! }

union Found = Match | Team

type Query { match(id: ID!): Match, matches(filter: Filter): [Match!]!, found: [Found!]!, node: Node, unused: Int }
"""
DOCUMENTS = {
    "Score": "query Score($slot: Int) { match(id: 1) { score(slot: $slot) } }",
    "Live": "query Live { matches(filter: { status: LIVE }) { id } }",
    "Filtered": "query Filtered($filter: Filter) { matches(filter: $filter) { id } }",
    "Found": "query Found { found { __typename ... on Team { name } } }",
    "Node": "query Node { node { id } }",
    "Tagged": 'query Tagged { match(id: 1) { id @tag(name: "a") } }',
}
SUMMARY = (
    "Since HEAD: 1 breaking, 0 dangerous changes. 6 live documents (partners' not looked at, for want of --url),"
    " 1 broken."
)
CHANGES: list[tuple[str, str, str, list[str], list[str]]] = [
    # What is replaced by what, how the change is called, which documents it breaks, and which deserve a look.
    ("score(slot: Int): Int!", "points: Int!", "Field Match.score was removed.", ["Score"], []),
    (
        "score(slot: Int): Int!",
        "score: Int!",
        "Argument Match.score(slot:) was removed.",
        ["Score"],
        [],
    ),
    (
        "score(slot: Int): Int!",
        "score(slot: Int): Int",
        "Field Match.score changed type from Int! to Int.",
        [],
        ["Score"],
    ),
    (
        "score(slot: Int): Int!",
        "score(slot: Int, of: Int!): Int!",
        "A required argument Match.score(of:) was added.",
        ["Score"],
        [],
    ),
    ("OPEN LIVE DONE", "OPEN DONE", "Enum value Status.LIVE was removed.", ["Live"], ["Filtered"]),
    ("slug: String }", "name: String }", "Field Filter.slug was removed.", [], ["Filtered"]),
    (
        "status: Status, slug",
        "status: Status, game: String!, slug",
        "A required field Filter.game was added.",
        ["Live"],
        ["Filtered"],
    ),
    ("union Found = Match | Team", "union Found = Match", "Team was removed from union type Found.", ["Found"], []),
    ("@tag(name: String)", "@tag", "Argument @tag(name:) was removed.", ["Tagged"], []),
    ("directive @tag(name: String) on FIELD", "", "Directive @tag was removed.", ["Tagged"], []),
    (
        "type Team implements Node {",
        "type Team {",
        "Team no longer implements interface Node.",
        [],
        ["Found"],
    ),
    (", unused: Int", "", "Field Query.unused was removed.", [], []),
]


def live(sources: dict[str, str]) -> list[LiveDocument]:
    """Documents of a partner."""
    return [LiveDocument("partner acme", name, source) for name, source in sources.items()]


@pytest.mark.parametrize(("old", "new", "told", "breaks", "concerns"), CHANGES, ids=[case[2] for case in CHANGES])
def test_a_change_names_the_documents_it_breaks_and_those_that_use_what_changed(
    old: str, new: str, told: str, breaks: list[str], concerns: list[str]
) -> None:
    assert SCHEMA.count(old) == 1
    found = compare(build_schema(SCHEMA), build_schema(SCHEMA.replace(old, new)), live(DOCUMENTS))

    (change,) = [change for change in found.breaking if change.description == told]
    assert [document.name for document in change.breaks] == breaks
    assert [document.name for document in change.concerns] == concerns
    assert {entry.document.name for entry in found.broken} == set(breaks)
    assert found.unfit == ()


def test_what_is_added_breaks_nothing() -> None:
    old, new = build_schema(SCHEMA), build_schema(SCHEMA.replace("OPEN LIVE DONE", "OPEN LIVE DONE GONE"))
    found = compare(old, new, live(DOCUMENTS))

    assert (found.breaking, found.broken, found.unfit) == ((), (), ())
    assert found.dangerous == ("Enum value Status.GONE was added.",)


def test_what_did_not_fit_before_is_not_the_fault_of_this_change() -> None:
    unfit = live({"Gone": "query Gone { gone }", "Torn": "query Torn {"})
    fresh = live({"Fresh": "query Fresh { fresh }"})
    found = compare(build_schema(SCHEMA), build_schema(SCHEMA.replace("unused: Int", "fresh: Int")), [*unfit, *fresh])

    assert (found.broken, found.unfit) == ((), tuple(unfit))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout below the top of its repository, with one commit, that the command takes for its own."""
    git(tmp_path, "init", "--quiet")
    root = tmp_path / "product"
    root.mkdir()
    commit(root, SCHEMA, DOCUMENTS)
    monkeypatch.setattr(documents, "ROOT", root)
    return root


def test_a_broken_document_of_ours_fails_the_build(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, SCHEMA.replace("score(slot: Int): Int!", "points: Int!"), DOCUMENTS)

    assert main(["documents", "diff", "--base", "HEAD"]) == 1

    told = capsys.readouterr()
    assert told.out.splitlines() == [
        "breaking: Field Match.score was removed.",
        "  breaks Score (first-party)",
        "broken: Score (first-party)",
        "  line 1: Cannot query field 'score' on type 'Match'.",
        SUMMARY,
    ]
    assert told.err.startswith("matchpoint documents: live documents do not fit the schema any more.")


def test_a_change_that_no_document_notices_passes(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, SCHEMA.replace(", unused: Int", ""), DOCUMENTS)

    assert main(["documents", "diff", "--base", "HEAD"]) == 0

    told = capsys.readouterr()
    assert told.out.splitlines()[0] == "breaking: Field Query.unused was removed."
    assert told.err == ""


def test_a_document_that_is_gone_is_still_sent_by_older_pages(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever removes a field together with its last use breaks those who have not reloaded yet."""
    changed = SCHEMA.replace("score(slot: Int): Int!", "points: Int!")
    edited = {**DOCUMENTS, "Score": "query Score { match(id: 1) { points } }"}
    commit(root, changed, edited)

    assert main(["documents", "diff"]) == 1
    assert "broken: Score (first-party, of HEAD~1, still sent by older pages and apps)" in capsys.readouterr().out

    # In two steps nothing breaks: first nobody asks for it, then it goes.
    git(root, "reset", "--quiet", "--hard", "HEAD~1")
    commit(root, SCHEMA, {**DOCUMENTS, "Score": "query Score { match(id: 1) { status } }"})
    assert main(["documents", "diff"]) == 0
    commit(root, changed, {**DOCUMENTS, "Score": "query Score { match(id: 1) { status } }"})
    assert main(["documents", "diff"]) == 0
    assert "breaking: Field Match.score was removed." in capsys.readouterr().out


def test_without_an_earlier_commit_there_is_nothing_to_compare(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["documents", "diff"]) == 0
    unpacked = tmp_path / "unpacked"
    write(unpacked, SCHEMA, DOCUMENTS)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(unpacked))
    monkeypatch.setattr(documents, "ROOT", unpacked)
    assert main(["documents", "diff"]) == 0

    line = "There is no HEAD~1 here to compare with; name another revision with --base."
    assert capsys.readouterr().out.splitlines() == [line, line]


@pytest.mark.parametrize("revision", ["nowhere", "--all", "HEAD:product", ""])
def test_a_revision_that_was_named_has_to_be_there(
    root: Path, revision: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["documents", "diff", f"--base={revision}"]) == 2

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"matchpoint documents: There is no revision {revision}".rstrip())
    assert told.err.count("\n") == 1
