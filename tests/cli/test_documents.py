"""`matchpoint documents`: what build tools wrote is published, its use told, and the schema held to it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from graphql import DocumentNode, parse

from cli import documents
from cli.documents import registry
from cli.documents.manifest import InvalidManifest, read_manifest
from cli.main import main
from cli.play.client import Server, _AsWritten
from domain import partners
from domain.infra.db import Database
from domain.kernel.ids import new_id
from domain.partners import Use
from schema.root import build_schema
from schema.server.documents import Documents
from schema.server.parameters import Parameters
from tests.cli.checkouts import commit, git, write
from tests.cli.recordings import Json
from tests.factories.accounts import PASSWORD
from tests.fixtures.rows import every_row
from tests.fixtures.server import RunningServer, server

__all__ = ["server"]

GAMES = "query Games { games { edges { node { slug } } } }"
TEAMS = "query Teams($first: Int!) { teams(first: $first) { edges { node { slug } } } }"
# Written on a machine that ends lines in two characters, and by one that says hello in its own script.
ODD = "# Grüße\r\nquery Odd { viewer { user { username } } }\r\n"

DOCUMENTS_OF = parse(
    "query ($slug: String!) { answer: partner(slug: $slug) { documents(first: 1) { edges { node { id name } } } } }"
)


def sha256(text: str) -> str:
    """The hash that clients send."""
    return hashlib.sha256(text.encode()).hexdigest()


def codegen(*sources: str) -> Json:
    """A manifest as GraphQL Code Generator writes it."""
    return {f"sha256:{sha256(source)}": source for source in sources}


def relay(*sources: str) -> Json:
    """A manifest as the Relay compiler writes it."""
    return {sha256(source): source for source in sources}


def apollo(*sources: str) -> Json:
    """A manifest as Apollo's tool writes it."""
    operations = [
        {"id": sha256(source), "name": f"Named{number}", "type": "query", "body": source}
        for number, source in enumerate(sources)
    ]
    return {"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations}


def written(path: Path, manifest: object) -> Path:
    """A file of JSON."""
    path.write_text(json.dumps(manifest))
    return path


@pytest.mark.parametrize("tool", [codegen, relay, apollo])
def test_every_tool_is_read_to_the_byte(tool: Callable[..., Json], tmp_path: Path) -> None:
    path = written(tmp_path / "manifest.json", tool(GAMES, TEAMS, ODD))

    assert [document.source for document in read_manifest(path)] == [GAMES, TEAMS, ODD]


def test_a_folder_is_read_to_the_byte_and_each_text_once(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name, source in (("a", ODD), ("deep/b", GAMES), ("c", ODD)):
        (tmp_path / f"{name}.graphql").write_bytes(source.encode())
    (tmp_path / "notes.txt").write_text("no document")

    found = read_manifest(tmp_path)

    assert [(document.place, document.source) for document in found] == [("a.graphql", ODD), ("deep/b.graphql", GAMES)]


@pytest.mark.parametrize(
    ("manifest", "problem"),
    [
        ({}, "has no documents."),
        ([], "has to be a JSON object of documents by id."),
        ({f"sha256:{sha256(GAMES)}": TEAMS}, "has an id that is not the SHA-256 of its text; build it again."),
        ({hashlib.md5(GAMES.encode()).hexdigest(): GAMES}, "has an id that is no SHA-256"),  # noqa: S324  (Relay's own)
        ({f"SHA256:{sha256(GAMES)}": GAMES}, "has an id that is no SHA-256"),
        ({f"sha256:{sha256(GAMES)}": None}, "has no text."),
        ({"format": "apollo-persisted-query-manifest"}, "`operations` has to be a list."),
        ({"format": "apollo-persisted-query-manifest", "operations": [1]}, "operation 0 has no text."),
        ({**apollo(GAMES), "operations": [{"id": sha256(TEAMS), "name": "A", "body": GAMES}]}, "A has an id that is"),
    ],
)
def test_a_manifest_that_lies_is_refused(manifest: object, problem: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidManifest) as refusal:
        read_manifest(written(tmp_path / "manifest.json", manifest))

    assert problem in str(refusal.value)


@pytest.mark.parametrize("content", [b"", b"query A { a }", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_manifest_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(content)
    for broken in (path, tmp_path / "none"):
        with pytest.raises(InvalidManifest):
            read_manifest(broken)


def test_without_a_token_nothing_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MATCHPOINT_TOKEN", raising=False)
    (tmp_path / "token").write_text("two\nlines")
    usage = ["documents", "usage", "--partner", "acme", "--url", "http://127.0.0.1:9"]

    assert main(usage) == main([*usage, "--token-file", str(tmp_path / "token")]) == 2
    assert main([*usage, "--token-file", str(tmp_path / "none")]) == 2
    assert main(["documents", "diff", "--url", "http://127.0.0.1:9"]) == 2

    assert [line.partition(": ")[2] for line in capsys.readouterr().err.splitlines()] == [
        "an access token is needed, in MATCHPOINT_TOKEN or a file named with --token-file.",
        "an access token is needed, in MATCHPOINT_TOKEN or a file named with --token-file.",
        f"{tmp_path / 'none'}: cannot be read: No such file or directory.",
        "an access token is needed, in MATCHPOINT_TOKEN or a file named with --token-file.",
    ]


def answer_of(field: str, selection: str) -> DocumentNode:
    """A mutation as a person would send it."""
    name = field[0].upper() + field[1:]
    return parse(
        f"mutation ($input: {name}Input!) {{ answer: {field}(input: $input)"
        f" {{ __typename ... on {name}Payload {{ {selection} }} ... on UserError {{ code message }} }} }}"
    )


class Platform:
    """A server with an administrator, and a partner `acme` with a manager."""

    def __init__(self, server: RunningServer, tokens: dict[str, str], folder: Path) -> None:
        self.server = server
        self.tokens = tokens
        self._folder = folder

    async def run(self, who: str, what: str, *arguments: str) -> int:
        """The exit status of the command, with somebody's token."""
        token = self._folder / who
        token.write_text(self.tokens[who] + "\n")
        given = ["documents", what, *arguments, "--url", self.server.url, "--token-file", str(token)]
        return await asyncio.to_thread(main, given)


def seed(server: RunningServer) -> None:
    """Makes the administrator."""
    environment = {**server.environment, "ADMIN_PASSWORD": PASSWORD}
    subprocess.run(server.command("seed"), env=environment, cwd=server.logs, check=True, capture_output=True)


@pytest_asyncio.fixture
async def platform(server: RunningServer, tmp_path: Path) -> Platform:
    """The platform, running."""
    seed(server)
    folder = tmp_path / "tokens"
    folder.mkdir()
    async with Server(server.url) as api:

        async def token(field: str, **given: str) -> str:
            answer = await api.ask(answer_of(field, "tokens { accessToken }"), {"input": given})
            return str(answer["tokens"]["accessToken"])

        tokens = {"admin": await token("logIn", login="admin", password=PASSWORD)}
        for name in ("manager", "stranger"):
            email = f"{name}@example.org"
            tokens[name] = await token("register", email=email, username=name, displayName=name, password=PASSWORD)
        partner = {"slug": "acme", "name": "Acme", "manager": "manager"}
        await api.ask(answer_of("createPartner", "partner { slug }"), {"input": partner}, tokens["admin"])
    # From here on people may send no documents of their own.
    server.kill("api")
    server.environment["DOCUMENTS"] = "persisted"
    server.start_part("api")
    server.wait_until_ready()
    return Platform(server, tokens, folder)


async def partner_rows(db: Database) -> list[tuple[str, str]]:
    """Every row about partners."""
    return [(table, row) for table, row in await every_row(db) if table.startswith("partner")]


async def test_a_release_is_published_and_its_use_is_told(
    platform: Platform, db: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release = ("--partner", "acme", "--label", "1.4.0")
    manifest = str(written(tmp_path / "manifest.json", codegen(GAMES, TEAMS, ODD)))

    assert await platform.run("manager", "publish", manifest, *release) == 0
    assert capsys.readouterr().out == "Published 3 documents of acme as 1.4.0.\n"
    before = await partner_rows(db)
    async with db.read() as session:
        acme = await partners.partner_by_slug(session, "acme")
        assert acme is not None
        assert await partners.served_documents(session, acme.id) == {sha256(text): text for text in (GAMES, TEAMS, ODD)}

    # A build that runs again publishes nothing twice; another one may not take the label.
    assert await platform.run("manager", "publish", manifest, *release) == 0
    other = str(written(tmp_path / "other.json", relay(GAMES)))
    assert await platform.run("manager", "publish", other, *release) == 2
    assert "There is a release 1.4.0 already" in capsys.readouterr().err

    # Nor may anybody else, who does not even learn that there is such a partner.
    fresh = ("--partner", "acme", "--label", "2.0.0")
    assert await platform.run("stranger", "publish", other, *fresh) == 2
    assert await platform.run("manager", "publish", other, "--partner", "nobody", "--label", "2.0.0") == 2
    assert capsys.readouterr().err.splitlines() == [
        "matchpoint documents: There is no partner acme, or you do not manage it.",
        "matchpoint documents: There is no partner nobody, or you do not manage it.",
    ]

    # A document that does not fit is named by where it stands, and nothing is published.
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "good.graphql").write_text(GAMES)
    (broken / "teams.graphql").write_text("query Teams {\n  teams(first: 5) { people }\n}")
    assert await platform.run("manager", "publish", str(broken), *fresh) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("matchpoint documents: Document 1: ")
    assert second.startswith(
        "  teams.graphql, line 2, column 21: Cannot query field 'people' on type 'TeamConnection'."
    )
    assert second.endswith("(GRAPHQL_VALIDATION_FAILED)")

    # So is one that the server does not read to its end.
    large = str(written(tmp_path / "large.json", relay(*(f"{GAMES}\n#{n}{' ' * 60_000}" for n in range(5)))))
    assert await platform.run("manager", "publish", large, *fresh) == 2
    assert capsys.readouterr().err == (
        "matchpoint documents: A request has at most 262144 bytes. Publish the documents in parts, as releases of"
        " several labels; all are served.\n"
    )
    assert await partner_rows(db) == before

    at = datetime.now(UTC)
    key_id = new_id()
    uses = [
        Use(acme.id, key_id, sha256(GAMES), at.date(), 1200, 3, 2400, at),
        Use(acme.id, key_id, sha256(ODD), at.date(), 1, 0, 1, at),
    ]
    await db.transaction(lambda session: partners.record_usage(session, uses))
    assert await platform.run("manager", "usage", "--partner", "acme", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["documentId"], one["operation"], one["uses"], one["errors"], one["points"]) for one in told] == [
        (f"sha256:{sha256(GAMES)}", "Games", 1200, 3, 2400),
        (f"sha256:{sha256(ODD)}", "Odd", 1, 0, 1),
        (f"sha256:{sha256(TEAMS)}", "Teams", 0, 0, 0),
    ]
    assert told[0]["lastUsedAt"].startswith(f"{at:%Y-%m-%dT%H:%M}")
    assert (told[2]["lastUsedAt"], told[2]["isServed"]) == (None, True)
    assert await platform.run("manager", "usage", "--partner", "acme") == 0
    heading, *rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert heading == ["Document", "Operation", "Uses", "Errors", "Last"]
    assert [row[:4] for row in rows] == [
        [sha256(GAMES)[:12], "Games", "1,200", "3"],
        [sha256(ODD)[:12], "Odd", "1", "0"],
        [sha256(TEAMS)[:12], "Teams", "0", "0"],
    ]
    assert rows[2][4] == "never"
    assert await platform.run("stranger", "usage", "--partner", "acme") == 2
    assert await platform.run("manager", "usage", "--partner", "acme", "--days", "91") == 2


async def test_documents_of_partners_hold_the_schema(
    platform: Platform,
    db: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """More documents than a page has; one that was revoked may break."""
    sources = [f"query Q{number} {{ games {{ edges {{ node {{ slug }} }} }} }}" for number in range(110)]
    breaks, revoked = (
        "query Tags { teams { edges { node { tag } } } }",
        "query Old { teams { edges { node { tag } } } }",
    )
    manifest = str(written(tmp_path / "manifest.json", codegen(*sources, breaks, revoked)))
    assert await platform.run("manager", "publish", manifest, "--partner", "acme", "--label", "1") == 0
    async with Server(platform.server.url) as api:
        found = await api.ask(DOCUMENTS_OF, {"slug": "acme"}, platform.tokens["admin"])
        (old,) = [edge["node"]["id"] for edge in found["documents"]["edges"] if edge["node"]["name"] == "Old"]
        given = {"documentId": old, "reason": "nobody uses it"}
        await api.ask(answer_of("revokeDocument", "document { id }"), {"input": given}, platform.tokens["admin"])

    root = tmp_path / "checkout"
    schema = build_schema().as_str()
    root.mkdir()
    git(root, "init", "--quiet")
    commit(root, schema, {})
    before, team, after = schema.partition("type Team implements")
    write(root, before + team + after.replace("  tag: String!", "  label: String!", 1), {})
    monkeypatch.setattr(documents, "ROOT", root)
    capsys.readouterr()

    assert await platform.run("admin", "diff", "--base", "HEAD") == 1
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "breaking: Field Team.tag was removed.",
        "  breaks Tags (partner acme)",
        "broken: Tags (partner acme)",
        "  line 1: Cannot query field 'tag' on type 'Team'.",
        "Since HEAD: 1 breaking, 0 dangerous changes. 111 live documents (111 of them partners'), 1 broken.",
    ]
    assert await platform.run("manager", "diff", "--base", "HEAD") == 2
    assert "are for administrators" in capsys.readouterr().err


def test_what_the_command_sends_is_registered_with_every_server() -> None:
    """A server that takes no other documents from people takes these, byte for byte."""
    served = Documents(build_schema())
    for sent in (registry._ROLES, registry._PARTNER_ID, registry._PUBLISH, registry._USAGE):
        text = _AsWritten(sent).payload["query"]
        assert served.first_party(Parameters(document_id=f"sha256:{sha256(text)}")).name is not None
